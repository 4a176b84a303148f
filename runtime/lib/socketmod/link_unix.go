//go:build unix

package socketmod

import (
	"io"
	"os"
	"syscall"
)

// canLook says that a socket can be read and written without blocking, past the
// deadlines that Go's poller keeps.
const canLook = true

// rawIO holds one call of the system: the closures that make it are made once a
// connection, so that a call allocates nothing.
type rawIO struct {
	buf   []byte
	flags int
	wait  bool
	n     int
	err   error

	doRecv func(fd uintptr)
	doSend func(fd uintptr) bool
}

func (c *rawIO) init() {
	c.doRecv = func(fd uintptr) {
		for {
			c.n, _, c.err = syscall.Recvfrom(int(fd), c.buf, c.flags|syscall.MSG_DONTWAIT)
			if c.err != syscall.EINTR {
				return
			}
		}
	}
	c.doSend = func(fd uintptr) bool {
		for {
			c.n, c.err = syscall.Write(int(fd), c.buf[:min(len(c.buf), 1<<30)])
			if c.err == syscall.EINTR {
				continue
			}
			return c.err != syscall.EAGAIN || !c.wait
		}
	}
}

// done returns what a call moved, and its error; err is that of Go, which made it.
// What could not be done at once is os.ErrDeadlineExceeded.
func (c *rawIO) done(err error) (int, error) {
	c.buf = nil
	if err == nil {
		err = c.err
	}
	switch {
	case err == syscall.EAGAIN:
		return 0, os.ErrDeadlineExceeded
	case err != nil:
		return 0, err
	}
	return c.n, nil
}

// recv reads once without blocking; flags as in recv(2).
func (l *link) recv(p []byte, flags int) (int, error) {
	c := &l.io
	c.buf, c.flags = p, flags
	n, err := c.done(l.raw.Control(c.doRecv))
	if err == nil && n == 0 && len(p) > 0 {
		err = io.EOF
	}
	return n, err
}

// send writes once. With wait it waits, to the deadline, until the system takes
// something; without, nothing taken is os.ErrDeadlineExceeded.
func (l *link) send(p []byte, wait bool) (int, error) {
	c := &l.io
	if !wait {
		// Close uses this while the owner may be writing: a copy of its own.
		c = new(rawIO)
		c.init()
	}
	c.buf, c.wait = p, wait
	var err error
	if wait {
		err = l.raw.Write(c.doSend)
	} else {
		err = l.raw.Control(func(fd uintptr) { c.doSend(fd) })
	}
	return c.done(err)
}

// peek looks for the next byte, or the end of input, and takes nothing.
func (l *link) peek() (data, eof bool) {
	if data, eof, ok := l.peekDirect(); ok {
		return data, eof
	}
	n, err := l.recv(l.one[:], syscall.MSG_PEEK)
	return n > 0, err != nil && err != os.ErrDeadlineExceeded
}
