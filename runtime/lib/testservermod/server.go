package testservermod

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"starwire/runtime/host"
)

// What a server remembers at most; the oldest is forgotten.
const (
	maxRequests = 10_000
	maxKept     = 64 << 20 // bytes of requests, about
	maxErrors   = 1_000
)

// errClosed is why what a server had under way ended when it was closed.
var errClosed = errors.New("the test server was closed")

// A server is one listener of the run's own and whatever it serves. Its methods
// are safe for concurrent use.
type server struct {
	host      *host.Host // of whoever started it
	routes    routes
	tunnel    *tunnel     // for a proxy, else nil
	tlsConfig *tls.Config // nil for plain HTTP
	cacert    string      // the run's authority, for TLS
	clientPEM string      // a client's certificate and key, if asked for
	names     []string    // "host:port"
	timeout   time.Duration
	maxBody   int64

	addr   net.Addr
	ln     net.Listener
	http   *http.Server
	fleet  *fleet
	ctx    context.Context // of handlers, delays and tunnels
	cancel context.CancelCauseFunc
	work   sync.WaitGroup // the accept loop and one a connection
	idle   chan struct{}  // closed once the work is done

	mu       sync.Mutex
	closed   bool
	conns    map[*conn]struct{}
	requests []*request
	kept     int // bytes, about
	errors   []string
}

// start opens the listener and serves. The server must have its routes, its TLS
// configuration and its limits.
func (s *server) start() error {
	ln, err := s.host.Listen(s.host.Context())
	if err != nil {
		return err
	}
	s.host.Invite() // routes may be functions
	s.ln, s.addr, s.idle = ln, ln.Addr(), make(chan struct{})
	s.conns = make(map[*conn]struct{})
	s.ctx, s.cancel = context.WithCancelCause(s.host.Lifetime())
	s.http = &http.Server{
		Handler:           s,
		ConnContext:       func(ctx context.Context, c net.Conn) context.Context { return withConn(ctx, c.(*conn)) },
		ConnState:         s.connState,
		ErrorLog:          log.New(noteWriter{s}, "", 0),
		MaxHeaderBytes:    2 * maxHead, // heads has the say
		ReadHeaderTimeout: s.timeout,
		ReadTimeout:       s.timeout,
		IdleTimeout:       10 * s.timeout,
	}
	for _, name := range s.names {
		s.host.Names.Set(name, s.addr.String())
	}
	s.fleet = fleetOf(s.host)
	if err := s.fleet.add(s); err != nil {
		s.abort(err)
		ln.Close()
		return err
	}
	s.work.Go(func() { s.http.Serve(&listener{ln, s}) })
	context.AfterFunc(s.ctx, func() { s.abort(context.Cause(s.ctx)) })
	return nil
}

// abort ends everything the server does, without waiting: no more clients, no
// more names, connections closed, handlers cancelled. Only the first call counts.
func (s *server) abort(cause error) {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return
	}
	s.closed = true
	conns := make([]*conn, 0, len(s.conns))
	for c := range s.conns {
		conns = append(conns, c)
	}
	s.mu.Unlock()

	for _, name := range s.names {
		s.host.Names.Delete(name, s.addr.String())
	}
	s.cancel(cause)
	for _, c := range conns {
		if c.idle.Load() && cause == errClosed {
			c.Close()
		} else {
			c.abort()
		}
	}
	s.http.Close()
	go func() {
		s.work.Wait()
		close(s.idle)
	}()
}

// ended reports whether the server is closed, or closing.
func (s *server) ended() bool {
	if s.ctx.Err() != nil {
		return true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed
}

// admit takes on a connection, unless there are too many or the server has ended.
func (s *server) admit(c *conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || len(s.conns) >= maxConns {
		return false
	}
	s.conns[c] = struct{}{}
	s.work.Add(1)
	return true
}

// release forgets a connection that nothing serves any more.
func (s *server) release(c *conn) {
	c.doneOnce.Do(func() {
		s.mu.Lock()
		delete(s.conns, c)
		s.mu.Unlock()
		s.work.Done()
	})
}

// connState hears from net/http what it does with a connection.
func (s *server) connState(nc net.Conn, state http.ConnState) {
	c := nc.(*conn)
	switch state {
	case http.StateIdle:
		c.quiet.Store(false)
		c.idle.Store(true)
	case http.StateClosed:
		s.release(c)
	}
}

// record keeps a request for srv.requests.
func (s *server) record(r *request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, r)
	s.kept += r.size()
	for len(s.requests) > maxRequests || s.kept > maxKept && len(s.requests) > 1 {
		s.kept -= s.requests[0].size()
		s.requests[0] = nil
		s.requests = s.requests[1:]
	}
}

// note keeps what went wrong for srv.errors.
func (s *server) note(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.errors = append(s.errors, text); len(s.errors) > maxErrors {
		s.errors = s.errors[1:]
	}
}

// A noteWriter gets net/http's log.
type noteWriter struct{ srv *server }

// Write keeps one line of the log.
func (w noteWriter) Write(p []byte) (int, error) {
	if !w.srv.ended() {
		w.srv.note(strings.TrimSpace(string(p)))
	}
	return len(p), nil
}

// hostPort returns the server's address in two parts.
func (s *server) hostPort() (host string, port int) {
	h, p, _ := net.SplitHostPort(s.addr.String())
	port, _ = strconv.Atoi(p)
	return h, port
}

// url returns the server's address as a URL without a path.
func (s *server) url() string {
	if s.tlsConfig != nil {
		return "https://" + s.addr.String()
	}
	return "http://" + s.addr.String()
}

// Close closes the server and waits until nothing of it runs. It is called on
// the goroutine of the thread that started the server.
func (s *server) Close() error { return s.close(s.host) }

// close is Close as the thread of h calls it, which may be that of a handler of
// this very server: it ends at the latest with the thread's context.
func (s *server) close(h *host.Host) error {
	s.abort(errClosed)
	defer h.Resume(h.Pause())
	select {
	case <-s.idle:
		s.fleet.remove(s)
		return nil
	case <-h.Context().Done():
		return context.Cause(h.Context())
	}
}

var _ io.Closer = (*server)(nil)

// A fleet is the open servers of a run. At its end they are closed together:
// one's handler may be waiting for another's.
type fleet struct {
	host *host.Host // of the script
	mu   sync.Mutex
	open map[*server]struct{}
}

// fleetKey is where a run keeps its fleet. What has resources of its own has
// servers of its own.
type fleetKey struct{ resources *host.Resources }

func fleetOf(h *host.Host) *fleet {
	return host.State(h, fleetKey{h.Resources}, func() *fleet {
		return &fleet{host: h.Script(), open: make(map[*server]struct{})}
	})
}

// add takes on a server, unless the run has ended.
func (f *fleet) add(s *server) error {
	f.mu.Lock()
	f.open[s] = struct{}{}
	f.mu.Unlock()
	return f.host.Resources.Add(f)
}

func (f *fleet) remove(s *server) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.open, s)
	if len(f.open) == 0 {
		f.host.Resources.Remove(f)
	}
}

// Close closes every server of the run, on the script's goroutine.
func (f *fleet) Close() error {
	f.mu.Lock()
	open := make([]*server, 0, len(f.open))
	for s := range f.open {
		open = append(open, s)
	}
	clear(f.open)
	f.mu.Unlock()
	for _, s := range open {
		s.abort(host.ErrEnded)
	}
	defer f.host.Resume(f.host.Pause())
	for _, s := range open {
		<-s.idle
	}
	return nil
}
