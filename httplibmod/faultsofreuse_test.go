package httplibmod

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	goruntime "runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"starwire/runtime/host"
	"starwire/runtime/racetest"
)

// steps returns what a server does with its first connection, its second, and
// so on; the last for all that follow.
func steps(serve ...func(c *faultConn)) func(c *faultConn) {
	var n atomic.Int32
	return func(c *faultConn) { serve[min(int(n.Add(1)), len(serve))-1](c) }
}

// again answers every request with a body that says which connection it is.
func again(body string) func(c *faultConn) {
	return func(c *faultConn) {
		c.request()
		c.send(faultOK + fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(body), body))
		c.untilClosed()
	}
}

// TestFaultsBetweenRequests: whatever a server does behind a complete answer, the
// next request has a connection of its own, and no answer but its own (H1,
// CVE-2026-6733).
func TestFaultsBetweenRequests(t *testing.T) {
	after := map[string]func(c *faultConn){ // of a complete answer
		"F8 RST":                      func(c *faultConn) { c.reset() },
		"F8 FIN":                      func(c *faultConn) { c.Close() },
		"F24 half-close":              func(c *faultConn) { c.tcp.CloseWrite(); c.untilClosed() },
		"F26 junk":                    func(c *faultConn) { c.send("junk"); c.untilClosed() },
		"F26 empty lines and junk":    func(c *faultConn) { c.send("\r\n\r\n\r\n"); c.untilClosed() },
		"F26 many empty lines":        func(c *faultConn) { c.forever("\r\n") },
		"F26 a whole answer":          func(c *faultConn) { c.send(faultOK + "Content-Length: 4\r\n\r\nevil"); c.untilClosed() },
		"F26 a 408":                   func(c *faultConn) { c.send("HTTP/1.1 408 x\r\nConnection: close\r\n\r\n"); c.Close() },
		"F26 half an answer":          func(c *faultConn) { c.send("HTTP/1.1 200 OK\r\nContent-"); c.untilClosed() },
		"F26 the body of a 204":       func(c *faultConn) { c.send("5\r\nevil!\r\n0\r\n\r\n"); c.untilClosed() },
		"F26 an answer to the junk":   func(c *faultConn) { c.send("HTTP/1.1 400 x\r\n\r\n"); c.untilClosed() },
		"F26 bytes behind the length": func(c *faultConn) { c.send("!"); c.untilClosed() },
	}
	const script = "c.request('GET', '/1')\nr = c.getresponse()\nfirst = r.read()\n%s" +
		"c.request('GET', '/2')\nr = c.getresponse()\nshow(first, r.status, r.read())"
	for name, then := range after {
		for _, secure := range []bool{false, true} {
			if secure && strings.HasSuffix(name, "RST") {
				continue // the handshake's own bytes are still unread: RST takes the answer along
			}
			for _, policy := range []string{"python", "strict"} {
				for _, late := range []bool{false, true} {
					t.Run(fmt.Sprintf("%s/%s/tls=%v/late=%v", name, policy, secure, late), func(t *testing.T) {
						before := countResources()
						goOn := make(chan struct{})
						s := newFaultServer(t, secure, steps(func(c *faultConn) {
							c.request()
							c.send(faultOK + "Content-Length: 5\r\n\r\nfirst")
							if late {
								<-goOn
							}
							then(c)
						}, again("second")))
						cl := newClient(nil)
						wait := "ready(c)\n"
						if late {
							// The client has read the first answer whole before the rest is sent.
							if got := cl.run(connect(s, policy, "") + "c.request('GET', '/1')\nr = c.getresponse()\nshow(r.read())"); got != "'first'" {
								t.Errorf("first answer: %s", got)
							}
							close(goOn)
							if got := cl.run(wait + "c.request('GET', '/2')\nshow(c.getresponse().read())"); got != "'second'" {
								t.Errorf("second answer: %s; want 'second'", got)
							}
						} else if got := cl.run(connect(s, policy, "") + fmt.Sprintf(script, wait)); got != "'first' 200 'second'" {
							t.Errorf("answers: %s; want 'first' 200 'second'", got)
						}
						cl.close()
						s.close()
						settled(t, before)
					})
				}
			}
		}
	}
}

// TestFaultsOfTLS: F20 and F23, a handshake that is none or does not go on.
func TestFaultsOfTLS(t *testing.T) {
	hello := func(c *faultConn) []byte { // reads the ClientHello
		head := make([]byte, 5)
		if _, err := io.ReadFull(c.tcp, head); err != nil {
			return nil
		}
		rest := make([]byte, int(head[3])<<8|int(head[4]))
		io.ReadFull(c.tcp, rest)
		return append(head, rest...)
	}
	for _, tt := range []struct {
		name  string
		serve func(c *faultConn)
		want  string
	}{
		{"F20 HTTP on a TLS port", func(c *faultConn) { hello(c); c.send("HTTP/1.1 400 Bad Request\r\n\r\n") }, "ssl.SSLError"},
		{"F23 nothing is read", func(c *faultConn) { <-c.s.stop }, "socket.timeout"},
		{"F23 nothing is answered", func(c *faultConn) { hello(c); c.untilClosed() }, "socket.timeout"},
		{"F23 half a ServerHello", func(c *faultConn) { hello(c); c.send("\x16\x03\x03\x00\x7a\x02\x00\x00"); c.untilClosed() }, "socket.timeout"},
		{"F23 a drip", func(c *faultConn) {
			hello(c)
			c.drip("\x16\x03\x03\x3f\xff"+strings.Repeat("\x02", 1000), faultTimeout/8)
		}, "socket.timeout|ssl.SSLError"},
		{"F23 the certificate is not verified", func(c *faultConn) {
			s := tls.Server(cutWriter{c.tcp, 200}, serverTLS)
			s.Handshake()
			c.untilClosed()
		}, "socket.timeout"},
		{"F23 FIN in the handshake", func(c *faultConn) { hello(c); c.send("\x16\x03\x03\x00\x7a\x02") }, "ssl.SSLEOFError"},
		{"F23 plaintext before the handshake", func(c *faultConn) { c.send(faultGood); hello(c); c.untilClosed() }, "ssl.SSLError"},
		{"F23 plaintext inside the handshake", func(c *faultConn) { hello(c); c.send("\x17\x03\x03\x00\x05hello"); c.untilClosed() }, "ssl.SSLError"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			kwargs, wait := "", time.Duration(0)
			if strings.Contains(tt.want, "timeout") {
				kwargs, wait = seconds("timeout", faultTimeout), faultTimeout
			}
			timely(t, wait, func() time.Duration {
				before := countResources()
				s := newFaultServer(t, false, tt.serve)
				cl := newClient(nil)
				script := strings.NewReplacer("HTTPConnection", "HTTPSConnection", "127.0.0.1", "localhost").Replace(connect(s, "python", kwargs))
				start := time.Now()
				got := cl.run(script + faultScript)
				took := time.Since(start)
				if !oneOf(got, tt.want) {
					t.Errorf("outcome %s; want %s", got, tt.want)
				}
				if cl.conn().transport() != nil {
					t.Error("the socket is still open")
				}
				cl.healthy(t, true)
				cl.close()
				s.close()
				settled(t, before)
				return took
			})
		})
	}
	// F20 the other way round: the server's alert is an HTTP/0.9 answer, or none.
	for policy, want := range map[string]string{"python": "7", "strict": "httplib.BadStatusLine"} {
		s := newFaultServer(t, false, func(c *faultConn) { c.request(); c.send("\x15\x03\x01\x00\x02\x02\x46") })
		cl := newClient(nil)
		if got := cl.run(connect(s, policy, "") + faultScript); got != want {
			t.Errorf("F20 TLS on an HTTP port, %s policy: %s; want %s", policy, got, want)
		}
		cl.close()
		s.close()
	}
}

// cutWriter passes n bytes on and drops the rest.
type cutWriter struct {
	net.Conn
	n int
}

func (c cutWriter) Write(p []byte) (int, error) {
	if _, err := c.Conn.Write(p[:min(len(p), c.n)]); err != nil {
		return 0, err
	}
	return len(p), nil
}

// TestSplits: F30, every split of an answer in two, and one byte at a time.
func TestSplits(t *testing.T) {
	answers := []string{
		faultOK + "A: b\r\nContent-Length: 5\r\n\r\nhello",
		"HTTP/1.1 103 x\r\nLink: a\r\n\r\n" + faultChunked + "5;x=y\r\nhello\r\n1\r\n!\r\n0\r\nT: u\r\n\r\n",
		"HTTP/1.0 200 OK\r\nFrom: x\r\n y\r\n\r\nhello",
		"hello\r\n", // HTTP/0.9
		" HTTP/1.1 200 OK\r\nno colon\r\nContent-Length : 3\r\nContent-Length: 5\r\n\r\nhello",
	}
	for _, answer := range answers {
		for _, policy := range []string{"python", "strict"} {
			outcomeOf := func(pieces ...string) string {
				client, server := net.Pipe() // each write is one read, if that is large enough
				served := make(chan struct{})
				go func() {
					defer close(served)
					defer server.Close()
					server.SetDeadline(time.Now().Add(5 * time.Second))
					(&faultConn{Conn: server}).request()
					for _, p := range pieces {
						if _, err := io.WriteString(server, p); err != nil {
							return
						}
					}
				}()
				cl := newClient(func(context.Context, host.DialRequest) (net.Conn, error) { return client, nil })
				got := cl.run(fmt.Sprintf("c = httplib.HTTPConnection('h', policy=%q)\n", policy) +
					"c.request('GET', '/')\nr = c.getresponse()\nshow(r.version, r.status, r.getheaders(), r.will_close)\nb = r.read(3)\nshow(b + r.read())")
				cl.close()
				client.Close()
				<-served
				return got
			}
			want := outcomeOf(answer)
			if got := outcomeOf(strings.Split(answer, "")...); got != want {
				t.Errorf("%s policy, %q byte by byte: %s; whole: %s", policy, answer, got, want)
			}
			for i := 1; i < len(answer); i++ {
				if got := outcomeOf(answer[:i], answer[i:]); got != want {
					t.Errorf("%s policy, %q split at %d: %s; whole: %s", policy, answer, i, got, want)
				}
			}
		}
	}
}

// TestManyFailures: F31, ten thousand connections that fail in every way there
// is, by eight at a time. Afterwards, in runs that go on, nothing of them is left:
// no descriptor, no goroutine, no memory.
func TestManyFailures(t *testing.T) {
	total, few := 10_000, 8 // few: of what is slow
	if racetest.Enabled || testing.Short() {
		total, few = 500, 2 // it would take a minute and more
	}
	type failure struct {
		fault
		policy string
		secure bool
		rounds int
	}
	var all []failure
	quick, slow := 0, 0
	for _, f := range allFaults() {
		if f.id == "F29" || f.id == "F34" { // which is no failure; which ends the run
			continue
		}
		for _, secure := range []bool{false, true} {
			for _, policy := range []string{"python", "strict"} {
				if secure && f.plain || !secure && f.secure || strings.Contains(f.kwargs, "policy=") && policy == "python" {
					continue
				}
				rounds := 0 // to be shared out
				if secure || f.wait > 0 || f.timesOut() || f.id == "F14" || f.id == "F25" {
					rounds = few
					slow += rounds
				} else {
					quick++
				}
				all = append(all, failure{f, policy, secure, rounds})
			}
		}
	}
	each := max(few, (total-slow+quick-1)/quick)

	var clients [8]*client
	for i := range clients {
		clients[i] = newClient(nil)
		clients[i].healthy(t, false)
	}
	before, heap := countResources(), liveHeap()
	connections := 0
	for _, f := range all {
		s := newFaultServer(t, f.secure, f.serve)
		script := f.script
		if script == "" {
			script = faultScript
		}
		script = f.opening(s, f.policy, faultTimeout/3) + script
		script = strings.ReplaceAll(script, fmt.Sprint(faultDeadline.Seconds()), fmt.Sprint(faultTimeout.Seconds()))
		rounds := f.rounds
		if rounds == 0 {
			rounds = each
		}
		var left atomic.Int32
		left.Store(int32(rounds))
		var working sync.WaitGroup
		for _, cl := range clients {
			working.Go(func() {
				for left.Add(-1) >= 0 {
					cl.run(script)
					cl.run("c.close()")
				}
			})
		}
		working.Wait()
		connections += rounds
		s.close()
	}
	settled(t, before)
	if grown := liveHeap() - heap; grown > 1<<20 {
		t.Errorf("%d connections have left %d bytes; want at most a megabyte", connections, grown)
	}
	if connections < total {
		t.Errorf("%d connections; want %d", connections, total)
	}
	for _, cl := range clients {
		cl.healthy(t, false)
		cl.close()
	}
}

// liveHeap returns how many bytes are in use, without what pools keep.
func liveHeap() int64 {
	for range 3 {
		goruntime.GC()
	}
	var m goruntime.MemStats
	goruntime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// TestFaultsOfProxies: F32.
func TestFaultsOfProxies(t *testing.T) {
	for _, tt := range []struct {
		name, answer   string // to CONNECT
		then           func(c *faultConn)
		python, strict string
	}{
		{"stall", "HTTP/1.1 2", func(c *faultConn) { c.untilClosed() }, "socket.timeout", ""},
		{"early bytes", "HTTP/1.1 200 OK\r\n\r\n" + faultGood, func(c *faultConn) { c.untilClosed() }, "2", "httplib.BadStatusLine"},
		{"a body that is none", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", func(c *faultConn) { c.request(); c.send(faultGood); c.untilClosed() }, "2", ""},
		{"407 with a body", "HTTP/1.1 407 Auth\r\nContent-Length: 5\r\n\r\nhello", func(c *faultConn) {}, "socket.error", ""},
		{"endless headers", "HTTP/1.1 200 OK\r\n", func(c *faultConn) { c.forever("A: b\r\n") }, "httplib.HTTPException", ""},
		{"an endless line", "HTTP/1.1 200 OK\r\n", func(c *faultConn) { c.forever("A") }, "httplib.LineTooLong", ""},
		{"HTTP/0.9", "hello\r\n", func(c *faultConn) {}, "socket.error", "httplib.BadStatusLine|httplib.HTTPException"},
		{"nothing", "", func(c *faultConn) {}, "httplib.BadStatusLine", ""},
	} {
		for _, policy := range []string{"python", "strict"} {
			want := tt.python
			if policy == "strict" && tt.strict != "" {
				want = tt.strict
			}
			t.Run(tt.name+"/"+policy, func(t *testing.T) {
				kwargs, wait := "", time.Duration(0)
				if want == "socket.timeout" {
					kwargs, wait = seconds("timeout", faultTimeout), faultTimeout
				}
				timely(t, wait, func() time.Duration {
					before := countResources()
					s := newFaultServer(t, false, func(c *faultConn) { c.request(); c.send(tt.answer); tt.then(c) })
					cl := newClient(nil)
					start := time.Now()
					got := cl.run(connect(s, policy, kwargs) + "c.set_tunnel('origin', 80)\n" + faultScript)
					took := time.Since(start)
					if !oneOf(got, want) {
						t.Errorf("outcome %s; want %s", got, want)
					}
					if open := cl.conn().transport() != nil; open != (want == "2") {
						t.Errorf("socket open: %v", open)
					}
					cl.close()
					s.close()
					settled(t, before)
					return took
				})
			})
		}
	}
	// In the clear behind CONNECT, and then TLS: what came before is not of it.
	s := newFaultServer(t, false, func(c *faultConn) {
		c.request()
		c.send("HTTP/1.1 200 OK\r\n\r\n" + faultGood)
		c.untilClosed()
	})
	cl := newClient(nil)
	script := strings.NewReplacer("HTTPConnection", "HTTPSConnection", "127.0.0.1", "localhost").Replace(connect(s, "python", ""))
	if got := cl.run(script + "c.set_tunnel('localhost', 443)\n" + faultScript); got != "ssl.SSLError" {
		t.Errorf("an answer before the handshake in a tunnel: %s; want ssl.SSLError", got)
	}
	cl.close()
	s.close()
}

// TestDroppedResponse: F33, nothing but close() or the end of the run frees a
// response that nobody reads.
func TestDroppedResponse(t *testing.T) {
	before := countResources()
	s := newFaultServer(t, false, func(c *faultConn) { c.request(); c.send(faultOK + "Content-Length: 5\r\n\r\n"); c.untilClosed() })
	cl := newClient(nil)
	const drop = "def drop():\n    c.request('GET', '/')\n    c.getresponse()\ndrop()\n"
	if got := cl.run(connect(s, "python", "") + drop + "c.close()"); got != "" {
		t.Error(got)
	}
	if got := cl.run(connect(s, "python", "") + drop); got != "" {
		t.Error(got)
	}
	cl.close()
	s.close()
	settled(t, before)
}

// TestFaultsOfNames: F35, through the function that dials for the run.
func TestFaultsOfNames(t *testing.T) {
	slow := func(ctx context.Context, d host.DialRequest) (net.Conn, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	for _, tt := range []struct {
		name string
		dial func(ctx context.Context, d host.DialRequest) (net.Conn, error)
		want string
	}{
		{"no name", func(context.Context, host.DialRequest) (net.Conn, error) {
			return nil, &net.DNSError{Err: "no such host", Name: "h", IsNotFound: true}
		}, "socket.gaierror"},
		{"slow resolver", slow, "socket.timeout"},
		{"dead addresses", func(ctx context.Context, d host.DialRequest) (net.Conn, error) {
			for { // each takes its timeout
				one, cancel := context.WithTimeout(ctx, d.Timeout)
				<-one.Done()
				cancel()
				if ctx.Err() != nil {
					return nil, ctx.Err()
				}
			}
		}, "socket.timeout"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			timely(t, 150*time.Millisecond, func() time.Duration {
				cl := newClient(tt.dial)
				defer cl.close()
				start := time.Now()
				got := cl.run("c = httplib.HTTPConnection('h', timeout=0.05, deadline=0.15)\nc.request('GET', '/')")
				took := time.Since(start)
				if got != tt.want {
					t.Errorf("%s; want %s", got, tt.want)
				}
				if c := cl.conn(); c.transport() != nil || c.state != idle {
					t.Errorf("connection is %v with socket %v; want Idle without", c.state, c.transport())
				}
				return took
			})
		})
	}
}
