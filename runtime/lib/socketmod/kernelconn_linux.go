//go:build linux && (amd64 || arm64) && !race && !msan && !asan

package socketmod

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// A kernelConn is a TCP connection that was made without Go's poller, and is its own
// until something must wait there: a read that does not wait in the kernel, a write
// for which the system has no room, what only a *net.TCPConn can do. From then on it
// is one.
//
// Close and the deadlines may be used from any goroutine, the rest from one at a time.
type kernelConn struct {
	local, remote netip.AddrPort

	use sync.RWMutex // held for reading by whoever uses fd
	fd  int          // negative: closed, or another's

	became atomic.Pointer[polled] // nil: it is its own

	mu sync.Mutex
	by [2]time.Time // the deadlines of reading and writing, which go with it
}

// A polled is what a kernelConn becomes.
type polled struct {
	*net.TCPConn
	raw syscall.RawConn
}

const (
	reading = iota
	writing
)

// poller returns what c has become at the latest now. An error, as for want of
// descriptors, leaves it as it is.
func (c *kernelConn) poller() (*polled, error) {
	if p := c.became.Load(); p != nil {
		return p, nil
	}
	c.use.Lock()
	defer c.use.Unlock()
	if c.fd < 0 {
		return nil, c.closedError()
	}
	p, err := adopt(c.fd)
	if err != nil {
		return nil, err
	}
	c.closeFD()
	c.mu.Lock()
	defer c.mu.Unlock()
	p.SetReadDeadline(c.by[reading])
	p.SetWriteDeadline(c.by[writing])
	c.became.Store(p)
	return p, nil
}

// keepAliveOptions are what FileConn changes besides SO_KEEPALIVE.
var keepAliveOptions = [...]int{unix.TCP_KEEPIDLE, unix.TCP_KEEPINTVL, unix.TCP_KEEPCNT}

// adopt makes a connection of net's with a copy of fd, and leaves its options alone.
func adopt(fd int) (*polled, error) {
	var options [len(keepAliveOptions)]int
	for i, o := range keepAliveOptions {
		options[i], _ = syscall.GetsockoptInt(fd, syscall.IPPROTO_TCP, o)
	}
	own, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return nil, os.NewSyscallError("fcntl", err)
	}
	f := os.NewFile(uintptr(own), "")
	defer f.Close()
	conn, err := net.FileConn(f) // of one more copy
	if err != nil {
		return nil, err
	}
	tcp := conn.(*net.TCPConn)
	tcp.SetKeepAlive(false) // which FileConn asks for
	for i, o := range keepAliveOptions {
		syscall.SetsockoptInt(fd, syscall.IPPROTO_TCP, o, options[i])
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		tcp.Close()
		return nil, err
	}
	return &polled{tcp, raw}, nil
}

func (c *kernelConn) closedError() error {
	return &net.OpError{Op: "use", Net: "tcp", Source: c.LocalAddr(), Addr: c.RemoteAddr(), Err: net.ErrClosed}
}

// Close closes the connection, once nobody uses it in a system call any more.
func (c *kernelConn) Close() error {
	c.use.Lock()
	defer c.use.Unlock()
	switch p := c.became.Load(); {
	case p != nil:
		return p.Close()
	case c.fd < 0:
		return c.closedError()
	}
	return c.closeFD()
}

// closeFD closes the descriptor. use is held.
func (c *kernelConn) closeFD() error {
	_, _, errno := syscall.RawSyscall(syscall.SYS_CLOSE, uintptr(c.fd), 0, 0)
	c.fd = -1
	if errno != 0 {
		return os.NewSyscallError("close", errno)
	}
	return nil
}

// LocalAddr returns this end's address, a *net.TCPAddr.
func (c *kernelConn) LocalAddr() net.Addr { return net.TCPAddrFromAddrPort(c.local) }

// RemoteAddr returns the peer's address, a *net.TCPAddr.
func (c *kernelConn) RemoteAddr() net.Addr { return net.TCPAddrFromAddrPort(c.remote) }

// Read reads once, waiting in Go's poller.
func (c *kernelConn) Read(b []byte) (int, error) {
	p, err := c.poller()
	if err != nil {
		return 0, err
	}
	return p.Read(b)
}

// Write writes all of p, waiting in Go's poller.
func (c *kernelConn) Write(b []byte) (int, error) {
	p, err := c.poller()
	if err != nil {
		return 0, err
	}
	return p.Write(b)
}

// CloseRead shuts down reading.
func (c *kernelConn) CloseRead() error {
	p, err := c.poller()
	if err != nil {
		return err
	}
	return p.CloseRead()
}

// CloseWrite shuts down writing.
func (c *kernelConn) CloseWrite() error {
	p, err := c.poller()
	if err != nil {
		return err
	}
	return p.CloseWrite()
}

// SetDeadline sets both deadlines.
func (c *kernelConn) SetDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.by = [2]time.Time{t, t}
	if p := c.became.Load(); p != nil {
		return p.SetDeadline(t)
	}
	return nil
}

// SetReadDeadline sets the deadline of reading.
func (c *kernelConn) SetReadDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.by[reading] = t
	if p := c.became.Load(); p != nil {
		return p.SetReadDeadline(t)
	}
	return nil
}

// SetWriteDeadline sets the deadline of writing.
func (c *kernelConn) SetWriteDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.by[writing] = t
	if p := c.became.Load(); p != nil {
		return p.SetWriteDeadline(t)
	}
	return nil
}

// SyscallConn returns what makes system calls on the connection; it never fails.
func (c *kernelConn) SyscallConn() (syscall.RawConn, error) { return kernelRaw{c}, nil }

// A kernelRaw is a kernelConn's RawConn. What is to wait, or has no time left, goes
// to the poller.
type kernelRaw struct{ c *kernelConn }

// Control runs f with the descriptor.
func (r kernelRaw) Control(f func(fd uintptr)) error {
	if r.c.try(func(fd uintptr) bool { f(fd); return true }) {
		return nil
	}
	p, err := r.c.poller()
	if err != nil {
		return err
	}
	return p.raw.Control(f)
}

// Read runs f with the descriptor until f returns true.
func (r kernelRaw) Read(f func(fd uintptr) (done bool)) error { return r.until(reading, f) }

// Write runs f with the descriptor until f returns true.
func (r kernelRaw) Write(f func(fd uintptr) (done bool)) error { return r.until(writing, f) }

func (r kernelRaw) until(side int, f func(fd uintptr) (done bool)) error {
	for {
		if r.c.inTime(side) && r.c.try(f) {
			return nil
		}
		switch p, err := r.c.poller(); {
		case err == nil && side == reading:
			return p.raw.Read(f)
		case err == nil:
			return p.raw.Write(f)
		case !errors.Is(err, syscall.EMFILE) && !errors.Is(err, syscall.ENFILE):
			return err
		case !r.c.inTime(side):
			return os.ErrDeadlineExceeded
		}
		r.c.doze(side)
	}
}

// doze waits for one side where there are no descriptors to wait with as usual. Nothing
// wakes it, so it is short.
func (c *kernelConn) doze(side int) {
	events := [...]int16{reading: pollIn, writing: pollOut}
	c.try(func(fd uintptr) bool {
		unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: events[side]}}, 10)
		return true
	})
}

// try runs f once, if the descriptor is still c's.
func (c *kernelConn) try(f func(fd uintptr) (done bool)) bool {
	c.use.RLock()
	defer c.use.RUnlock()
	return c.fd >= 0 && f(uintptr(c.fd))
}

// inTime reports whether the deadline of one side is still to come.
func (c *kernelConn) inTime(side int) bool {
	c.mu.Lock()
	by := c.by[side]
	c.mu.Unlock()
	return by.IsZero() || time.Now().Before(by)
}
