package socketmod

import (
	"errors"
	"io"
	"net"
	"sync/atomic"
	"time"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/py"
)

// A Socket is a stream socket: a Starlark value for scripts, and a reader and
// writer for Go. It owns one connection, which belongs to the run that made it
// and is closed at the run's end at the latest.
//
// Its errors are exceptions of this module's classes, which wrap the Go error;
// the end of the run gives the cause of its context, and a used-up limit a
// *host.LimitError, which also closes the socket. Close and Closed may be called
// from any goroutine; everything else belongs to one goroutine at a time.
type Socket struct {
	typeName string
	host     *host.Host
	link     *link    // nil: not connected
	conn     net.Conn // the link's bare connection, or the layer on top of it
	layer    Layer
	timeout  Timeout // resolved: never the sentinel

	source  io.Reader  // what scripts read through, or nil for the connection
	peeked  []byte     // read ahead by a look; comes first
	bind    *localAddr // what bind() asked for
	family  int        // AF_INET or AF_INET6, while not connected; or AF_UNIX
	proto   int
	options [][3]int // what setsockopt asked for before there was a connection
	frozen  bool
	waiting bool         // an operation blocks, and others have the turn: see pause
	done    atomic.Bool  // the script closed it, or its connection went to another Socket
	holders atomic.Int32 // open file objects, which keep the connection

	in, out   int64         // bytes so far
	resolving time.Duration // how long resolving the peer's name took
}

// A Layer is what a protocol on top of TCP changes about a Socket.
type Layer struct {
	// Conn speaks the protocol over the transport that Take lends.
	Conn net.Conn
	// MapError turns an error of Conn into the exception to raise; reading says
	// which side it was, ended that the transport below had ended without more
	// ado. It returns nil for errors it does not know.
	MapError func(err error, reading, ended bool) error
	// AtEnd reports whether err, which MapError made, is an end that a script's
	// recv shows as ''; nil: none is.
	AtEnd func(err error) bool
	// Flags is the TypeError or ValueError of recv and send with flags, which
	// such a layer does not support; nil allows them.
	Flags func(method string) error
}

// NewSocket returns a Socket over conn, which it owns, for the run of h, with
// the given resolved timeout. The error is host.ErrEnded: the run is over, and
// conn closed. The end of h's context ends what blocks; see Use.
func NewSocket(h *host.Host, conn net.Conn, timeout Timeout) (*Socket, error) {
	s := &Socket{typeName: "socket", host: h, timeout: timeout}
	if err := s.attach(conn); err != nil {
		return nil, err
	}
	return s, nil
}

// attach makes conn the socket's connection.
func (s *Socket) attach(conn net.Conn) error {
	l, err := newLink(s.host, conn)
	if err != nil {
		return err
	}
	s.link, s.conn = l, conn
	s.applyTimeout()
	for _, o := range s.options {
		if err := l.setOption(o[0], o[1], o[2]); err != nil {
			err = s.fail(err, false)
			s.link, s.conn = nil, nil
			l.Close()
			return err
		}
	}
	return nil
}

// Use tells the socket that thread is about to operate it: the end of that
// thread's context is what ends a blocked operation. A connection may outlive
// the part of the run that opened it, as in a session of many items; whoever
// does I/O for a script calls Use first. It costs a comparison while the part
// stays the same.
func (s *Socket) Use(thread *starlark.Thread) {
	if h := host.From(thread); h != s.host && !s.waiting {
		s.host = h
		if s.link != nil {
			s.link.watch(h.Context())
		}
	}
}

// Take moves the connection into a new Socket of the named type, which talks
// through the layer that build makes over the transport it is given. The old
// Socket is closed from then on: nothing can pass the layer by. What the old one
// had read ahead is gone: it arrived before the layer began. Without build the old
// one's layer comes off.
func (s *Socket) Take(typeName string, build func(transport net.Conn) Layer) (*Socket, error) {
	if err := s.ready("wrap"); err != nil {
		return nil, err
	}
	t := &Socket{typeName: typeName, host: s.host, link: s.link, timeout: s.timeout}
	under := net.Conn(s.link)
	if s.layer.Conn != nil {
		under = s.conn
	}
	if build != nil {
		t.layer = build(under)
	}
	t.conn = t.layer.Conn
	s.link.mu.Lock()
	s.link.secure = nil
	if t.conn == nil {
		t.conn = s.link.Conn
		s.link.writes.armed = true // TLS's goodbye leaves a deadline in the past
	} else {
		s.link.secure = t.conn
	}
	s.link.mu.Unlock()
	s.done.Store(true)
	s.link, s.conn, s.source, s.peeked = nil, nil, nil, nil
	return t, nil
}

// Within runs f, which uses the socket's connection, under one deadline for the
// whole of it: the socket's timeout from now. Errors are f's, mapped.
func (s *Socket) Within(f func() error) error {
	if err := s.ready("write to"); err != nil {
		return err
	}
	err := func() error {
		defer s.resume(s.pause())
		return s.link.within(f)
	}()
	return s.fail(err, false)
}

// Host returns the host of the run that the socket belongs to.
func (s *Socket) Host() *host.Host { return s.host }

// NetConn returns the bare connection, a *net.TCPConn (but see [DialTCP]) or
// *tls.Conn as a rule, or nil if there is none. Reading and writing it directly is not counted and
// knows no timeout.
func (s *Socket) NetConn() net.Conn { return s.conn }

// Moved returns how many bytes were received and sent so far; over TLS, before
// encryption.
func (s *Socket) Moved() (in, out int64) { return s.in, s.out }

// Resolving returns how long Connect took to resolve the peer's name.
func (s *Socket) Resolving() time.Duration { return s.resolving }

// SetSource makes r what the script's recv and makefile read through: a reader
// over this Socket that may hold bytes already. nil takes it away. Read, for
// Go, does not use it.
func (s *Socket) SetSource(r io.Reader) { s.source = r }

// GetTimeout returns the timeout: none or seconds.
func (s *Socket) GetTimeout() Timeout { return s.timeout }

// SetTimeout sets the timeout of the operations to come; the sentinel counts as
// none.
func (s *Socket) SetTimeout(t Timeout) {
	if t.kind == timeoutDefault {
		t = NoTimeout
	}
	s.timeout = t
	s.applyTimeout()
}

func (s *Socket) applyTimeout() {
	if s.link == nil {
		return
	}
	s.link.timeout = noTimeout
	if d, ok := s.timeout.Duration(); ok {
		s.link.timeout = d
	}
}

// Expire ends the time of every operation, whatever the timeout, at t: from then
// on each fails as if its timeout had passed. Zero means never. A socket with
// timeout 0 is not concerned: it does not wait.
func (s *Socket) Expire(t time.Time) {
	if s.link != nil {
		s.link.expires = t
	}
}

// AtEnd reports whether err, from Read, is an end that a script's recv shows as
// nothing more: over TLS, one without close_notify that the context lets pass.
func (s *Socket) AtEnd(err error) bool {
	return err != nil && s.layer.AtEnd != nil && s.layer.AtEnd(err)
}

// Closed reports whether the socket was closed by Close or by the script.
func (s *Socket) Closed() bool {
	return s.done.Load() || s.link != nil && s.link.closed.Load()
}

// Close closes the connection. It is idempotent and ends reads and writes that
// are blocked in other goroutines, with socket.error(EBADF).
func (s *Socket) Close() error {
	s.done.Store(true)
	if s.link == nil {
		return nil
	}
	return s.link.Close()
}

// Retain keeps the connection open although the script closes the socket, as a
// reference from a file object does in CPython. Each Retain wants one Release.
func (s *Socket) Retain() { s.holders.Add(1) }

// Release undoes one Retain; the last one closes the connection if the script
// has closed the socket.
func (s *Socket) Release() {
	if s.holders.Add(-1) <= 0 && s.done.Load() && s.link != nil {
		s.link.Close()
	}
}

// shut is the script's close: it leaves the connection to file objects.
func (s *Socket) shut() {
	s.done.Store(true)
	if s.holders.Load() <= 0 && s.link != nil {
		s.link.Close()
	}
}

// ready returns why the connection cannot be used: frozen, closed, or none.
func (s *Socket) ready(verb string) error {
	switch {
	case s.frozen:
		return s.frozenError(verb)
	case s.waiting:
		return s.waitingError(verb)
	case s.link == nil && s.done.Load():
		return Errno(errBadFile, nil)
	case s.link == nil:
		return Errno(errNotConnected, nil)
	case s.link.closed.Load():
		return s.fail(net.ErrClosed, false)
	}
	return nil
}

func (s *Socket) frozenError(verb string) error {
	return py.TypeError.Errorf("cannot %s frozen %s", verb, s.typeName)
}

// Read reads what there is, up to len(p) bytes, waiting for the first one. The
// peer's end is io.EOF; over TLS, an end without close_notify is an error for
// which errors.Is(err, io.ErrUnexpectedEOF) holds.
func (s *Socket) Read(p []byte) (int, error) {
	if s.frozen || s.waiting || s.link == nil {
		return 0, s.ready("read from")
	}
	if len(s.peeked) > 0 {
		return s.readPeeked(p)
	}
	n, err := s.waitRead(p)
	if n > 0 {
		if over := s.received(int64(n)); over != nil {
			return 0, over
		}
	}
	if err != nil {
		err = s.fail(err, true)
	}
	return n, err
}

// readPeeked reads what a look has read ahead, and what else is there.
func (s *Socket) readPeeked(p []byte) (int, error) {
	n := copy(p, s.peeked)
	if s.peeked = s.peeked[n:]; n == len(p) {
		return n, nil
	}
	s.link.looking = true
	more, _ := s.readLayer(p[n:]) // an error comes back at the next call
	s.link.looking = false
	if more > 0 {
		if over := s.received(int64(more)); over != nil {
			return 0, over
		}
	}
	return n + more, nil
}

// readLayer reads from TLS or whatever is on top, or else from the link.
func (s *Socket) readLayer(p []byte) (int, error) {
	if s.layer.Conn == nil {
		return s.link.Read(p)
	}
	return s.conn.Read(p)
}

// Write writes all of p. The timeout counts anew from each piece the system
// took, as in CPython's sendall.
func (s *Socket) Write(p []byte) (int, error) {
	if s.frozen || s.waiting || s.link == nil {
		return 0, s.ready("write to")
	}
	n, err := s.waitWrite(p)
	return n, s.wrote(int64(n), err)
}

// pause lets the run's handlers run while an operation blocks. Until resume the
// socket refuses them, and everyone else: they would meet it halfway.
func (s *Socket) pause() (paused bool) {
	s.waiting = true
	return s.host.Pause()
}

func (s *Socket) resume(paused bool) {
	s.host.Resume(paused)
	s.waiting = false
}

func (s *Socket) waitingError(verb string) error {
	return py.RuntimeError.Errorf("cannot %s %s in use: the script is waiting for it", verb, s.typeName)
}

// waitRead reads once; the run's handlers may run meanwhile.
func (s *Socket) waitRead(p []byte) (int, error) {
	defer s.resume(s.pause())
	return s.readLayer(p)
}

// waitWrite writes all of p, as waitRead reads.
func (s *Socket) waitWrite(p []byte) (int, error) {
	defer s.resume(s.pause())
	if s.layer.Conn == nil {
		return s.link.Write(p)
	}
	return s.conn.Write(p)
}

// received charges n bytes read; a used-up limit closes the socket.
func (s *Socket) received(n int64) error {
	s.in += n
	err := s.host.Budget.Read(n)
	if err != nil {
		s.Close()
	}
	return err
}

// wrote charges n bytes sent, and maps the error.
func (s *Socket) wrote(n int64, err error) error {
	s.out += n
	if over := s.host.Budget.Write(n); over != nil {
		s.Close()
		return over
	}
	if err != nil {
		err = s.fail(err, false)
	}
	return err
}

// fail maps an error of the connection. The end of the run, and then Close, are
// the reason for whatever else went wrong after them.
func (s *Socket) fail(err error, reading bool) error {
	if err == nil {
		return nil
	}
	l := s.link
	if over := l.over(); over != nil {
		return over
	}
	if l.closed.Load() {
		return Errno(errBadFile, err)
	}
	var exception *py.Exception
	if errors.As(err, &exception) {
		return err
	}
	if s.timeout.kind == timeoutSeconds && s.timeout.seconds == 0 && s.layer.Conn == nil && isDeadline(err) {
		return Errno(errWouldBlock, err)
	}
	if s.layer.MapError != nil {
		if mapped := s.layer.MapError(err, reading, l.eof); mapped != nil {
			return mapped
		}
	}
	return netError(err)
}

// Idle looks, without blocking, at a connection on which nothing should be going
// on: data says that bytes can be read, eof that the peer has closed or the
// connection is broken. It costs one system call; where the system has no
// non-blocking look, it waits 50 µs.
//
// robustness H1: what to ask before writing a request on a used connection.
func (s *Socket) Idle() (data, eof bool) {
	if s.link == nil || s.link.closed.Load() {
		return false, true
	}
	if len(s.peeked) > 0 {
		return true, false
	}
	l := s.link
	if s.layer.Conn == nil && l.raw != nil && canLook {
		return l.peek()
	}
	// Over TLS, bytes on the wire need not be data: tickets, key updates and
	// close_notify are. Reading one byte through the layer tells them apart.
	l.looking = true
	n, err := s.readLayer(l.one[:])
	l.looking = false
	if n > 0 {
		s.peeked = append(s.peeked[:0], l.one[0])
		if s.received(1) != nil {
			return false, true
		}
		return true, false
	}
	return false, err != nil && !isDeadline(err)
}
