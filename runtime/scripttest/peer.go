package scripttest

import (
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

// DefaultLimit is how long a peer lives unless Server.Start is told otherwise.
const DefaultLimit = 10 * time.Second

// A Peer is a running server script. Its methods may be called from any
// goroutine.
type Peer struct {
	certs     string
	deadline  time.Time
	ports     Ports
	listeners []*listener
	wg        sync.WaitGroup

	mu       sync.Mutex
	events   map[string]chan struct{}
	set      map[string]bool
	problems []error
}

type listener struct {
	net   *net.TCPListener
	conns []*peerConn // accepted; owned by the accept loop until it ends
	last  string      // local address of the connection that ends the accept loop
	mu    sync.Mutex
}

// Start opens the server's listeners on 127.0.0.1 and plays the script for
// each connection that arrives. certs is the folder of the certificates that
// `tls` steps name. After limit (0: DefaultLimit) every wait ends, so that
// nothing a client does keeps the peer alive. The caller must call Finish.
func (s *Server) Start(certs string, limit time.Duration) (*Peer, error) {
	if limit == 0 {
		limit = DefaultLimit
	}
	p := &Peer{
		certs:    certs,
		deadline: time.Now().Add(limit),
		ports:    Ports{},
		events:   map[string]chan struct{}{},
		set:      map[string]bool{},
	}
	for i := range s.listeners {
		l, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
		if err != nil {
			for _, open := range p.listeners {
				open.net.Close()
			}
			return nil, err
		}
		name := "PORT"
		if i > 0 {
			name += strconv.Itoa(i + 1)
		}
		p.ports[name] = l.Addr().(*net.TCPAddr).Port
		p.listeners = append(p.listeners, &listener{net: l})
	}
	for i, l := range p.listeners {
		p.wg.Go(func() { p.accept(l, s.listeners[i]) })
	}
	return p, nil
}

// Ports returns the numbers of the peer's listeners: PORT, PORT2, ….
func (p *Peer) Ports() Ports { return p.ports }

// Wait blocks until a step `mark name` was played. At the peer's limit it gives
// up with an error that is [os.ErrDeadlineExceeded].
func (p *Peer) Wait(name string) error {
	timeout := time.NewTimer(time.Until(p.deadline))
	defer timeout.Stop()
	select {
	case <-p.event(name):
		return nil
	case <-timeout.C:
		return fmt.Errorf("%s was never reached: %w", name, os.ErrDeadlineExceeded)
	}
}

// Signal lets the step `await name` go on.
func (p *Peer) Signal(name string) {
	done := p.event(name)
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.set[name] {
		p.set[name] = true
		close(done)
	}
}

func (p *Peer) event(name string) chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.events[name] == nil {
		p.events[name] = make(chan struct{})
	}
	return p.events[name]
}

func (p *Peer) problem(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.problems = append(p.problems, fmt.Errorf(format, args...))
}

// Finish stops listening, waits until every connection ended, and returns what
// they received in the form of a case's `sent` file. Connections that were
// made before Finish was called count, even if nothing was sent on them. The
// error tells of steps that gave up.
func (p *Peer) Finish() (sent string, err error) {
	for _, l := range p.listeners {
		// The backlog is served in order, so one more connection marks its end.
		l.mu.Lock()
		c, err := net.DialTCP("tcp", nil, l.net.Addr().(*net.TCPAddr))
		if err == nil {
			l.last = c.LocalAddr().String()
			defer c.Close()
		} else {
			l.net.Close()
		}
		l.mu.Unlock()
	}
	p.wg.Wait()
	var out strings.Builder
	for i, l := range p.listeners {
		if len(p.listeners) > 1 {
			fmt.Fprintf(&out, "listener %d\n", i+1)
		}
		for j, c := range l.conns {
			fmt.Fprintf(&out, "conn %d\n", j+1)
			for _, part := range c.log {
				if part.marker != "" {
					out.WriteString(part.marker + "\n")
				}
				out.WriteString(Encode(part.data, p.ports))
			}
		}
	}
	return out.String(), errors.Join(p.problems...)
}

func (p *Peer) accept(l *listener, scripts []connScript) {
	defer l.net.Close()
	for {
		conn, err := l.net.AcceptTCP()
		if err != nil {
			return
		}
		l.mu.Lock()
		last := l.last == conn.RemoteAddr().String()
		l.mu.Unlock()
		if last {
			conn.Close()
			return
		}
		c := &peerConn{peer: p, tcp: conn, conn: conn, log: []received{{}}}
		script := connScript{{op: stepClose}}
		if i := len(l.conns); i < len(scripts) {
			script = scripts[i]
		} else {
			c.log = append(c.log, received{marker: "unexpected"})
		}
		l.conns = append(l.conns, c)
		p.wg.Go(func() { c.play(script) })
	}
}

// A peerConn is one accepted connection; one goroutine owns it until Finish.
type peerConn struct {
	peer     *Peer
	tcp      *net.TCPConn
	conn     net.Conn // tcp, or TLS over it
	log      []received
	pending  []byte // received and not yet consumed by a read step
	deaf     bool   // TLS is over: what still comes is nobody's
	ignoring bool   // what comes differs from run to run
}

// received is a stretch of what a connection received.
type received struct {
	marker string // "", "tls", "ignored" or "unexpected"
	data   []byte
}

// errEnded reports that the connection is over and its script with it.
var errEnded = errors.New("connection ended")

func (c *peerConn) play(script connScript) {
	defer c.tcp.Close()
	if err := c.tcp.SetDeadline(c.peer.deadline); err != nil {
		c.peer.problem("deadline: %w", err)
		return
	}
	var err error
	for _, st := range script {
		if err = c.do(st); err != nil {
			break
		}
	}
	for err == nil {
		err = c.more()
	}
	// That a client resets a connection, or does not take more, is its right.
	if errors.Is(err, os.ErrDeadlineExceeded) {
		c.peer.problem("a step waited too long: %w", err)
	}
}

func (c *peerConn) do(st step) error {
	switch st.op {
	case stepReadRequest, stepReadHead:
		return c.readRequest(st.op == stepReadRequest)
	case stepReadN:
		_, err := c.take(st.n)
		return err
	case stepReadEOF:
		for {
			if err := c.more(); err != nil {
				c.pending = nil
				if err == errEnded {
					return nil
				}
				return err
			}
		}
	case stepSend, stepDrip:
		return c.send(st)
	case stepClose:
		if t, ok := c.conn.(*tls.Conn); ok {
			if err := t.CloseWrite(); err != nil {
				return err
			}
		}
		return c.endWrite()
	case stepCut:
		return c.endWrite()
	case stepReset:
		if err := c.tcp.SetLinger(0); err != nil {
			return err
		}
		c.tcp.Close()
		return errEnded
	case stepIgnore:
		c.ignoring = true
		c.log = append(c.log, received{marker: "ignored"})
		return nil
	case stepTLS:
		return c.startTLS(st.text)
	case stepMark:
		c.peer.Signal(st.text)
		return nil
	case stepAwait:
		return c.peer.Wait(st.text)
	}
	panic(fmt.Sprintf("scripttest: step %d has no meaning", st.op))
}

// endWrite shuts our side of the TCP connection. What TLS would still read is
// of no interest: the recorder cannot see it either.
func (c *peerConn) endWrite() error {
	_, c.deaf = c.conn.(*tls.Conn)
	c.conn = c.tcp
	return c.tcp.CloseWrite()
}

func (c *peerConn) more() error {
	buf := make([]byte, 64<<10)
	n, err := c.conn.Read(buf)
	if n > 0 && !c.deaf {
		c.pending = append(c.pending, buf[:n]...)
		if last := &c.log[len(c.log)-1]; !c.ignoring {
			last.data = append(last.data, buf[:n]...)
		}
	}
	if err == io.EOF {
		return errEnded
	}
	return err
}

func (c *peerConn) take(n int) ([]byte, error) {
	for len(c.pending) < n {
		if err := c.more(); err != nil {
			return nil, err
		}
	}
	data := c.pending[:n]
	c.pending = c.pending[n:]
	return data, nil
}

var contentLength = regexp.MustCompile(`(?i)\r\ncontent-length:[ \t]*([0-9]+)`)

func (c *peerConn) readRequest(body bool) error {
	end := -1
	for {
		if end = bytes.Index(c.pending, []byte("\r\n\r\n")); end >= 0 {
			break
		}
		if err := c.more(); err != nil {
			return err
		}
	}
	head, err := c.take(end + 4)
	if err != nil || !body {
		return err
	}
	if m := contentLength.FindSubmatch(head); m != nil {
		n, err := strconv.Atoi(string(m[1]))
		if err != nil {
			return err
		}
		_, err = c.take(n)
		return err
	}
	return nil
}

func (c *peerConn) send(st step) error {
	data, err := Decode(st.text, c.peer.ports)
	if err != nil {
		c.peer.problem("send: %w", err)
		return err
	}
	size := len(data)
	if st.op == stepDrip {
		size = 1
	}
	for len(data) > 0 {
		n := min(size, len(data))
		if _, err := c.conn.Write(data[:n]); err != nil {
			return err
		}
		data = data[n:]
	}
	return nil
}

func (c *peerConn) startTLS(name string) error {
	c.log = append(c.log, received{marker: "tls"})
	base := filepath.Join(c.peer.certs, name)
	cert, err := tls.LoadX509KeyPair(base+".pem", base+".key")
	if err != nil {
		c.peer.problem("tls: %w", err)
		return err
	}
	t := tls.Server(c.tcp, &tls.Config{Certificates: []tls.Certificate{cert}})
	if err := t.Handshake(); err != nil {
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return err
		}
		return errEnded // the client refused; the script tells why
	}
	c.conn = t
	return nil
}
