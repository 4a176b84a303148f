//go:build linux && (amd64 || arm64) && !race && !msan && !asan

package socketmod

import (
	"io"
	"net"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"

	"starwire/runtime/host"
)

// mostDirect is the most that one system call sends here, in bytes, and mostReceived
// the most that one receives: until it returns its processor can do nothing else.
// Receiving a body of 256 MiB 256 KiB at a time costs a third more than by the MiB.
const (
	mostDirect   = 256 << 10
	mostReceived = 1 << 20
)

// A direct makes the system calls of a link without telling Go's scheduler. They
// do not block (MSG_DONTWAIT; the poller or a kernelWait waits). One that moves 64 KiB takes so
// long that the scheduler gives the processor to another thread, woken for it,
// and where a script has one processor, the script then waits for that thread.
//
// The race detector and its like, which follow these calls, do without.
type direct struct {
	raw  syscall.RawConn // nil: net makes the calls
	in   call            // beside out, for Close may write while the owner reads
	out  call
	look func(fd uintptr) // as in.try, but takes nothing
	push func(fd uintptr) // as out.try, once

	wait *kernelWait // where the run has one thread
	by   time.Time   // when the read under way must end; zero: never
	over atomic.Bool // what reads here is to wait in the poller, which knows why
	fds  [2]pollFD   // of wait

	empty bool // nothing is there, as far as is known: the last look saw nothing, and nothing was read since
}

// A call is one operation under way, and what it came to.
type call struct {
	try func(fd uintptr) bool // made once a connection, so that a call allocates nothing
	buf []byte                // not empty
	n   int
	err syscall.Errno
}

// init makes d ready for conn, if it is one of net's own: what hides behind other
// types may want to see its reads.
func (d *direct) init(h *host.Host, conn net.Conn, raw syscall.RawConn) {
	switch conn.(type) {
	case *net.TCPConn, *net.UnixConn, *kernelConn:
		d.raw, d.wait = raw, kernelWaitOf(h)
		_, d.empty = conn.(*kernelConn) // just made: nothing has come yet, mostly
		d.in.try = func(fd uintptr) bool {
			if d.empty {
				d.empty = false
				d.wait.wait(fd, pollIn, d.by, &d.over, &d.fds) // whatever comes of it: Go's poller wants a read before it waits
			}
			for !d.in.do(syscall.SYS_RECVFROM, fd, syscall.MSG_DONTWAIT) {
				if !d.wait.wait(fd, pollIn, d.by, &d.over, &d.fds) {
					return false
				}
			}
			return true
		}
		d.look = func(fd uintptr) { d.in.do(syscall.SYS_RECVFROM, fd, syscall.MSG_DONTWAIT|syscall.MSG_PEEK) }
		d.out.try = func(fd uintptr) bool {
			return d.out.do(syscall.SYS_SENDTO, fd, syscall.MSG_DONTWAIT|syscall.MSG_NOSIGNAL)
		}
		d.push = func(fd uintptr) { d.out.try(fd) }
	}
}

// do makes the system call, and reports whether it came to anything: else the
// poller is to wait for the connection and call again.
func (c *call) do(number, fd, flags uintptr) bool {
	for {
		n, _, errno := syscall.RawSyscall6(number, fd, uintptr(unsafe.Pointer(unsafe.SliceData(c.buf))), uintptr(len(c.buf)), flags, 0, 0)
		if errno == syscall.EINTR {
			continue
		}
		if c.n, c.err = int(n), errno; errno != 0 {
			c.n = 0
		}
		return errno != syscall.EAGAIN
	}
}

// result forgets the buffer and returns what came of the call; err is what the
// poller says.
func (c *call) result(err error) (int, error) {
	c.buf = nil
	switch {
	case err != nil:
		return 0, err
	case c.err != 0:
		return 0, c.err
	}
	return c.n, nil
}

// receive reads once, waiting for the first byte to the read deadline. ok is false
// if the connection is not one to do this with.
func (l *link) receive(p []byte) (n int, ok bool, err error) {
	d := &l.direct
	if d.raw == nil || len(p) == 0 {
		return 0, false, nil
	}
	d.in.buf, d.by = p[:min(len(p), mostReceived)], l.reads.by
	n, err = d.in.result(d.raw.Read(d.in.try))
	if n == 0 && err == nil {
		err = io.EOF
	}
	return n, true, err
}

// peekDirect is peek. ok is false if the connection is not one to do this with.
func (l *link) peekDirect() (data, eof, ok bool) {
	d := &l.direct
	if d.raw == nil {
		return false, false, false
	}
	d.in.buf = l.one[:]
	n, err := d.in.result(d.raw.Control(d.look))
	d.empty = err == syscall.EAGAIN
	return n > 0, n == 0 && !d.empty, true
}

// transmit writes all of p, waiting to the write deadline. ok is false if p is
// large, or the connection not one to do this with.
func (l *link) transmit(p []byte) (n int, ok bool, err error) {
	d := &l.direct
	if d.raw == nil || len(p) == 0 || len(p) > mostDirect {
		return 0, false, nil
	}
	for n < len(p) && err == nil {
		var k int
		d.out.buf = p[n:]
		k, err = d.out.result(d.raw.Write(d.out.try))
		n += k
	}
	return n, true, err
}

// transmitNow writes what of p the system takes at once, whatever the deadline. ok
// is as for transmit.
func (l *link) transmitNow(p []byte) (n int, ok bool, err error) {
	d := &l.direct
	if d.raw == nil || len(p) == 0 || len(p) > mostDirect {
		return 0, false, nil
	}
	d.out.buf = p
	if n, err = d.out.result(d.raw.Control(d.push)); err == syscall.EAGAIN {
		err = nil
	}
	return n, true, err
}

// wake ends a read that waits in the kernel: it goes on in the poller.
func (d *direct) wake() {
	if d.wait != nil {
		d.over.Store(true)
		d.wait.wake()
	}
}

// renew lets reads wait in the kernel again.
func (d *direct) renew() { d.over.Store(false) }

// tcp returns the connection as one of net's, if it is or can become one.
func (l *link) tcp() (*net.TCPConn, error) {
	switch c := l.Conn.(type) {
	case *net.TCPConn:
		return c, nil
	case *kernelConn:
		p, err := c.poller()
		if err != nil {
			return nil, err
		}
		return p.TCPConn, nil
	}
	return nil, nil
}
