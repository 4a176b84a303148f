package httplibmod

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	goruntime "runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/lib/socketmod"
	"starwire/runtime/py"
	"starwire/runtime/racetest"
)

const (
	faultTimeout  = 60 * time.Millisecond  // of connections that are to time out
	faultDeadline = 400 * time.Millisecond // of those that are to run out of time as a whole: an answer may need a moment
	faultPatience = 20 * time.Second       // of all others: how busy the machine is makes no difference
)

// faultSlack is within what a call returns after its timeout, or at once. The race
// detector slows down what moves megabytes.
func faultSlack() time.Duration {
	if racetest.Enabled {
		return 5 * time.Second
	}
	return 250 * time.Millisecond
}

// timely fails unless once takes no longer than limit and the slack. It has five
// attempts: what a busy machine adds comes and goes, what we add stays.
func timely(t *testing.T, limit time.Duration, once func() time.Duration) {
	t.Helper()
	limit += faultSlack()
	var took [5]time.Duration
	for i := range took {
		if took[i] = once(); t.Failed() || took[i] <= limit {
			return
		}
	}
	t.Errorf("took %v; want at most %v", took, limit)
}

// A faultServer serves each connection with the function that is set, over TCP
// or TLS.
type faultServer struct {
	ln      net.Listener
	tls     *tls.Config // nil: none
	serve   func(c *faultConn)
	sent    atomic.Int64  // bytes of content, TLS not counted
	stop    chan struct{} // closed at the end of the test: whoever drips, ends
	serving sync.WaitGroup
}

// A faultConn is the server's side of one connection.
type faultConn struct {
	net.Conn              // TLS if the server has it
	tcp      *net.TCPConn // below
	s        *faultServer
}

func newFaultServer(t testing.TB, secure bool, serve func(c *faultConn)) *faultServer {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &faultServer{ln: ln, serve: serve, stop: make(chan struct{})}
	if secure {
		s.tls = serverTLS
	}
	s.serving.Go(func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			s.serving.Go(func() { s.handle(c.(*net.TCPConn)) })
		}
	})
	return s
}

func (s *faultServer) handle(tcp *net.TCPConn) {
	defer tcp.Close()
	tcp.SetDeadline(time.Now().Add(faultPatience)) // a broken test ends
	c := &faultConn{Conn: tcp, tcp: tcp, s: s}
	if s.tls != nil {
		secure := tls.Server(tcp, s.tls)
		if secure.Handshake() != nil {
			return
		}
		c.Conn = secure
	}
	s.serve(c)
}

func (s *faultServer) port() int { return s.ln.Addr().(*net.TCPAddr).Port }

// close ends the server and waits for its connections.
func (s *faultServer) close() {
	close(s.stop)
	s.ln.Close()
	s.serving.Wait()
}

// request reads one request's head and returns what came of it; the tests' bodies
// that come with one are left unread.
func (c *faultConn) request() string {
	var head []byte
	var one [1]byte
	for !bytes.HasSuffix(head, []byte("\r\n\r\n")) {
		if _, err := c.Read(one[:]); err != nil {
			break
		}
		head = append(head, one[0])
	}
	return string(head)
}

func (c *faultConn) send(s string) error {
	c.s.sent.Add(int64(len(s))) // before a client can have read it
	n, err := io.WriteString(c.Conn, s)
	c.s.sent.Add(int64(n - len(s)))
	return err
}

// forever sends s again and again.
func (c *faultConn) forever(s string) {
	s = strings.Repeat(s, 1+(4<<10)/len(s))
	for c.send(s) == nil {
		select {
		case <-c.s.stop:
			return
		default:
		}
	}
}

// drip sends s byte by byte, then again.
func (c *faultConn) drip(s string, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for i := 0; ; i++ {
		select {
		case <-c.s.stop:
			return
		case <-tick.C:
			if c.send(s[i%len(s):][:1]) != nil {
				return
			}
		}
	}
}

// reset ends the connection by RST.
func (c *faultConn) reset() {
	c.tcp.SetLinger(0)
	c.tcp.Close()
}

// untilClosed waits for the client to close.
func (c *faultConn) untilClosed() { io.Copy(io.Discard, c.tcp) }

var certs = filepath.Join("..", "testdata", "httplib", "certs")

var serverTLS = func() *tls.Config {
	cert, err := tls.LoadX509KeyPair(filepath.Join(certs, "localhost.pem"), filepath.Join(certs, "localhost.key"))
	if err != nil {
		panic(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{cert}, SessionTicketsDisabled: true}
}()

var clientRoots = func() *x509.CertPool {
	pem, err := os.ReadFile(filepath.Join(certs, "ca.pem"))
	if err != nil {
		panic(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	return pool
}()

// hugeBody is more than any socket's buffers hold.
var hugeBody = sync.OnceValue(func() starlark.Value { return starlark.String(strings.Repeat("x", 64<<20)) })

// A client is a run that talks to fault servers.
type client struct {
	thread *starlark.Thread
	host   *host.Host
	out    strings.Builder
	env    starlark.StringDict
}

func newClient(dial func(ctx context.Context, d host.DialRequest) (net.Conn, error)) *client {
	if dial == nil {
		dial = func(ctx context.Context, d host.DialRequest) (net.Conn, error) {
			dialer := net.Dialer{Timeout: d.Timeout}
			return dialer.DialContext(ctx, "tcp", net.JoinHostPort("127.0.0.1", d.Port))
		}
	}
	cl := &client{thread: new(starlark.Thread)}
	cl.thread.Print = func(_ *starlark.Thread, msg string) { cl.out.WriteString(msg + "\n") }
	cl.host = host.Attach(cl.thread, context.Background(), host.Host{
		Dial:   dial,
		Stdout: &cl.out,
		Roots:  func() (*x509.CertPool, error) { return clientRoots, nil },
	})
	builtin := func(name string, f func(args starlark.Tuple) (starlark.Value, error)) starlark.Value {
		return starlark.NewBuiltin(name, func(_ *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
			return f(args)
		})
	}
	cl.env = starlark.StringDict{
		"httplib": Module(),
		"BODY":    hugeBody(),
		"show": builtin("show", func(args starlark.Tuple) (starlark.Value, error) {
			var parts []string
			for _, a := range args {
				parts = append(parts, py.Repr(a))
			}
			cl.out.WriteString(strings.Join(parts, " ") + "\n")
			return starlark.None, nil
		}),
		"ready": builtin("ready", func(args starlark.Tuple) (starlark.Value, error) { return starlark.None, untilReadable(args[0]) }),
	}
	return cl
}

// untilReadable waits until there is something to read on a connection's socket.
func untilReadable(conn starlark.Value) error {
	t := conn.(*HTTPConnection).t
	if len(t.bufferedBytes()) > 0 {
		return nil // it came with what was read before
	}
	s := t.sock
	for end := time.Now().Add(faultPatience); time.Now().Before(end); goruntime.Gosched() {
		if data, eof := s.Idle(); data || eof {
			return nil
		}
	}
	return errors.New("nothing came")
}

// run runs a script and returns what it printed, then the exception that ended
// it: its class, and with full its text.
func (cl *client) run(script string) string {
	cl.out.Reset()
	_, program, err := starlark.SourceProgramOptions(options, "test.star", script, cl.env.Has)
	if err != nil {
		return err.Error()
	}
	globals, err := program.Init(cl.thread, cl.env) // which freezes nothing
	for k, v := range globals {
		cl.env[k] = v
	}
	out := strings.TrimSpace(strings.ReplaceAll(cl.out.String(), "\n", " "))
	if err != nil {
		var e *py.Exception
		if !errors.As(err, &e) {
			return strings.TrimSpace(out + " " + err.Error())
		}
		if e.IsA(socketmod.TimeoutClass) { // over TLS it is an SSLError besides
			return strings.TrimSpace(out + " socket.timeout")
		}
		out += " " + e.Class().QualifiedName()
	}
	return strings.TrimSpace(out)
}

// conn is the script's connection c.
func (cl *client) conn() *HTTPConnection {
	c, _ := cl.env["c"].(*HTTPConnection)
	return c
}

func (cl *client) close() { cl.host.Resources.Close() }

// connect is the script line that makes c, which is patient unless kwargs say
// otherwise.
func connect(s *faultServer, policy, kwargs string) string {
	class, name := "HTTPConnection", "127.0.0.1"
	if s.tls != nil {
		class, name = "HTTPSConnection", "localhost"
	}
	if !strings.Contains(kwargs, "timeout=") {
		kwargs += seconds("timeout", faultPatience)
	}
	return fmt.Sprintf("c = httplib.%s(%q, %d, policy=%q%s)\n", class, name, s.port(), policy, kwargs)
}

// seconds is a keyword argument of a connection.
func seconds(name string, d time.Duration) string { return fmt.Sprintf(", %s=%v", name, d.Seconds()) }

// resources is what must come back to where it was.
type resources struct{ goroutines, descriptors int }

func countResources() resources {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		entries = nil // no such system: goroutines alone
	}
	return resources{goruntime.NumGoroutine(), len(entries)}
}

// settled fails unless no more is in use than before, after what is ending has
// had time to.
func settled(t *testing.T, before resources) {
	t.Helper()
	var now resources
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); goruntime.Gosched() {
		now = countResources()
		if now.goroutines <= before.goroutines && now.descriptors <= before.descriptors {
			return
		}
	}
	t.Errorf("left behind: %+v before, %+v now", before, now)
}

// healthy fails unless another connection of the run works at once.
func (cl *client) healthy(t *testing.T, secure bool) {
	t.Helper()
	s := newFaultServer(t, secure, func(c *faultConn) { c.request(); c.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi") })
	defer s.close()
	got := cl.run(strings.ReplaceAll(connect(s, "strict", ""), "c = ", "c2 = ") + "c2.request('GET', '/')\nshow(c2.getresponse().read())\nc2.close()")
	if got != "'hi'" {
		t.Errorf("a healthy server right after: %s; want 'hi'", got)
	}
}
