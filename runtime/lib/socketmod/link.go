package socketmod

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"starwire/runtime/host"
)

// A link is the one place where a connection's bytes pass: it sets deadlines,
// looks without blocking, and remembers the end of input. A plain Socket calls
// it directly; TLS runs on top of it.
//
// Deadlines are set only when there is a timeout, at most once an operation, and not
// for one that does not wait, or ends before an earlier one's deadline. The end
// of the run moves both deadlines to the past (context.AfterFunc), so nothing
// waits for the context beside the operation itself. Close may be called from
// any goroutine, the rest from the socket's own.
type link struct {
	net.Conn  // the bare connection
	raw       syscall.RawConn
	resources *host.Resources
	ctx       context.Context // of the part of the run that uses the connection now

	timeout time.Duration // noTimeout, 0 for non-blocking, or how long each operation may wait
	expires time.Time     // when every operation's time is over, whatever the timeout; zero: never
	reads   deadline
	writes  deadline
	readFor time.Duration // the timeout of the operation whose read deadline that is; 0: of another kind
	held    bool          // one deadline covers a whole exchange: see within
	looking bool          // reads do not block, whatever the timeout
	eof     bool          // the peer has closed its side without more ado

	closed  atomic.Bool
	closing atomic.Bool // the farewell is being written: best effort, without blocking

	mu          sync.Mutex
	secure      io.Closer   // the TLS layer, which says goodbye first
	stop        func() bool // ends the watch on ctx
	watches     int         // how many watches there were
	interrupted bool        // the deadlines are in the past, because ctx ended

	io     rawIO
	direct direct
	one    [1]byte // what a look reads into
}

// A deadline is what was set for one side of the connection, other than by the end
// of the run.
type deadline struct {
	armed bool      // there is one
	by    time.Time // which; zero: none
}

const noTimeout time.Duration = -1

var (
	past  = time.Unix(1, 0)
	epoch = time.Now() // what time.Since tells without asking for the date
)

// newLink takes conn for the run of h and registers it there.
func newLink(h *host.Host, conn net.Conn) (*link, error) {
	l := &link{Conn: conn, resources: h.Resources, timeout: noTimeout}
	if sc, ok := conn.(syscall.Conn); ok {
		if raw, err := sc.SyscallConn(); err == nil {
			l.raw = raw
			l.direct.init(h, conn, raw)
		}
	}
	l.io.init()
	l.watch(h.Context())
	if err := h.Resources.Add(l); err != nil {
		return nil, err
	}
	return l, nil
}

// watch makes ctx the one whose end interrupts the connection. An interruption
// by the one before is over: its part of the run is.
func (l *link) watch(ctx context.Context) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stop != nil {
		l.stop()
	}
	if l.interrupted && !l.closed.Load() {
		l.interrupted, l.readFor, l.reads.by = false, 0, time.Time{}
		l.Conn.SetDeadline(time.Time{})
		l.direct.renew()
	}
	l.ctx = ctx
	l.watches++
	current := l.watches
	l.stop = context.AfterFunc(ctx, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.watches == current {
			l.interrupt()
		}
	})
}

// interrupt ends whatever blocks, and whatever would. l.mu is held.
func (l *link) interrupt() {
	l.interrupted = true
	l.Conn.SetDeadline(past)
	l.direct.wake()
}

// Close says goodbye over TLS, if that is possible at once, and closes the
// connection. Later calls do nothing.
func (l *link) Close() error {
	if !l.closed.CompareAndSwap(false, true) {
		return nil
	}
	l.resources.Remove(l)
	l.mu.Lock()
	l.stop()
	secure := l.secure
	if secure != nil {
		l.interrupt() // whoever is blocked lets go of the TLS layer's locks
	}
	l.mu.Unlock()
	if secure != nil {
		l.closing.Store(true)
		secure.Close()
	}
	l.direct.wake() // Conn.Close waits for whoever is in a system call
	return l.Conn.Close()
}

// over returns the cause of the run's end, or nil.
func (l *link) over() error {
	if l.ctx.Err() == nil {
		return nil
	}
	return context.Cause(l.ctx)
}

// arm sets one side's deadline for the operation that begins now, or clears the
// one the last operation left. The run may end at any moment, and its deadline
// in the past must win: so look after setting.
func (l *link) arm(side *deadline, set func(net.Conn, time.Time) error, timeout time.Duration) error {
	if l.held {
		return nil
	}
	t := l.expires
	if side.armed = l.limited(); side.armed && timeout > 0 {
		if by := time.Now().Add(timeout); t.IsZero() || by.Before(t) {
			t = by
		}
	}
	side.by = t
	// A pipe whose other end is closed refuses; the operation will say why.
	if err := set(l.Conn, t); err != nil && err != io.ErrClosedPipe {
		return err
	}
	if err := l.over(); err != nil {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.interrupt()
		return err
	}
	return nil
}

func (l *link) armRead() error { return l.armReadFor(l.timeout) }

// armReadFor is armRead with less than the whole timeout left.
func (l *link) armReadFor(timeout time.Duration) error {
	if !l.held {
		l.readFor = max(l.timeout, 0)
	}
	return l.arm(&l.reads, net.Conn.SetReadDeadline, timeout)
}

func (l *link) armWrite() error { return l.armWriteFor(l.timeout) }

// armWriteFor is armWrite with less than the whole timeout left.
func (l *link) armWriteFor(timeout time.Duration) error {
	return l.arm(&l.writes, net.Conn.SetWriteDeadline, timeout)
}

// limited reports whether operations that wait have a deadline.
func (l *link) limited() bool { return l.timeout > 0 || !l.expires.IsZero() && l.timeout != 0 }

// within runs f under one deadline for all it does: the timeout from now.
func (l *link) within(f func() error) error {
	if l.limited() {
		if err := l.armRead(); err != nil {
			return err
		}
		if err := l.armWrite(); err != nil {
			return err
		}
		l.held = true
		defer func() { l.held = false }()
	}
	return f()
}

// Read reads once.
func (l *link) Read(p []byte) (int, error) {
	var n int
	var err error
	switch {
	case l.looking || l.timeout == 0:
		n, err = l.readNow(p)
	case l.timeout > 0 && l.reads.armed && l.readFor == l.timeout && l.expires.IsZero() && !l.held:
		n, err = l.readArmedBefore(p)
	default:
		if l.limited() || l.reads.armed {
			if err := l.armRead(); err != nil {
				return 0, err
			}
		}
		n, err = l.wait(p)
	}
	if err == io.EOF && n == 0 {
		l.eof = true
	}
	return n, err
}

// wait reads once, to the deadline.
func (l *link) wait(p []byte) (int, error) {
	if n, ok, err := l.receive(p); ok {
		return n, err
	}
	return l.Conn.Read(p)
}

// readArmedBefore reads within the timeout, where the deadline of an earlier read with
// the same timeout still stands. It comes too soon for this one, and mostly nothing
// waits for so long: what is left of the timeout is a matter for when it has come.
func (l *link) readArmedBefore(p []byte) (int, error) {
	began := time.Since(epoch)
	n, err := l.wait(p)
	if n > 0 || err == nil || !isDeadline(err) || l.over() != nil {
		return n, err
	}
	left := began + l.timeout - time.Since(epoch)
	if left <= 0 {
		return n, err
	}
	if err := l.armReadFor(left); err != nil {
		return 0, err
	}
	if l.closed.Load() { // Close may have moved the deadline to the past just before
		return 0, net.ErrClosed
	}
	return l.wait(p)
}

func isDeadline(err error) bool { return errors.Is(err, os.ErrDeadlineExceeded) }

// lookTime is how long a look may take where the system has no other way.
const lookTime = 50 * time.Microsecond

// readNow reads what is there already. Nothing there is os.ErrDeadlineExceeded,
// which TLS takes for a pause, not for the end.
func (l *link) readNow(p []byte) (int, error) {
	if err := l.over(); err != nil {
		return 0, err
	}
	if l.raw != nil && canLook {
		return l.recv(p, 0)
	}
	l.reads.armed = true
	if err := l.Conn.SetReadDeadline(time.Now().Add(lookTime)); err != nil {
		return 0, err
	}
	return l.Conn.Read(p)
}

// Write writes all of p. The timeout counts anew from each piece the system
// took, as in CPython's sendall.
func (l *link) Write(p []byte) (int, error) {
	switch {
	case l.closing.Load():
		return l.writeNow(p)
	case l.timeout == 0 && !l.held && l.bare():
		return l.writeNow(p)
	case l.limited() && !l.held:
		return l.writeTimed(p)
	}
	if l.writes.armed && !l.held {
		if err := l.armWrite(); err != nil {
			return 0, err
		}
	}
	if n, ok, err := l.transmit(p); ok {
		return n, err
	}
	return l.Conn.Write(p)
}

// bare reports whether nothing runs on top of the link.
func (l *link) bare() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.secure == nil
}

// writeNow writes what the system takes at once.
func (l *link) writeNow(p []byte) (int, error) {
	if l.raw == nil || !canLook {
		return 0, os.ErrDeadlineExceeded
	}
	done := 0
	for done < len(p) {
		n, err := l.send(p[done:], false)
		done += n
		if err != nil {
			return done, err
		}
	}
	return done, nil
}

// writeTimed writes piece by piece, each within the timeout. What the system takes at
// once needs no deadline.
func (l *link) writeTimed(p []byte) (int, error) {
	done := 0
	if l.expires.IsZero() {
		if err := l.over(); err != nil {
			return 0, err
		}
		var err error
		if done, _, err = l.transmitNow(p); err != nil || done == len(p) {
			return done, err
		}
	}
	for {
		if err := l.armWrite(); err != nil {
			return done, err
		}
		var n int
		var err error
		if l.raw != nil && canLook {
			n, err = l.send(p[done:], true)
		} else if n, err = l.Conn.Write(p[done:]); n > 0 && isDeadline(err) {
			err = nil
		}
		done += n
		if err != nil || done == len(p) {
			return done, err
		}
	}
}

// contextCause returns why the run of h has ended.
func contextCause(h *host.Host) error { return context.Cause(h.Context()) }
