//go:build linux && (amd64 || arm64) && !race && !msan && !asan

package socketmod

import (
	"context"
	"net"
	"net/netip"
	"os"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"

	"starwire/runtime/host"
)

// A sockaddr holds struct sockaddr_in or sockaddr_in6.
type sockaddr struct {
	syscall.RawSockaddrInet6
	size uint32
}

func (s *sockaddr) v4() *syscall.RawSockaddrInet4 {
	return (*syscall.RawSockaddrInet4)(unsafe.Pointer(&s.RawSockaddrInet6))
}

// networkPort returns port in the order of its bytes on the wire.
func networkPort(port uint16) uint16 { return port<<8 | port>>8 }

func (s *sockaddr) set(addr netip.AddrPort) {
	if a := addr.Addr(); a.Is4() {
		*s.v4() = syscall.RawSockaddrInet4{Family: syscall.AF_INET, Port: networkPort(addr.Port()), Addr: a.As4()}
		s.size = syscall.SizeofSockaddrInet4
	} else {
		s.RawSockaddrInet6 = syscall.RawSockaddrInet6{Family: syscall.AF_INET6, Port: networkPort(addr.Port()), Addr: a.As16()}
		s.size = syscall.SizeofSockaddrInet6
	}
}

func (s *sockaddr) addrPort() netip.AddrPort {
	if s.Family == syscall.AF_INET {
		return netip.AddrPortFrom(netip.AddrFrom4(s.v4().Addr), networkPort(s.Port))
	}
	return netip.AddrPortFrom(netip.AddrFrom16(s.Addr), networkPort(s.Port))
}

// dialKernel is DialTCP.
func dialKernel(ctx context.Context, h *host.Host, addr netip.AddrPort, timeout time.Duration, judge func(netip.AddrPort) error) (net.Conn, bool, error) {
	w := kernelWaitOf(h)
	if a := addr.Addr(); !w.allowed.Load() || a.Zone() != "" || a.IsUnspecified() {
		return nil, false, nil
	}
	c := &kernelConn{remote: addr}
	if err := ctx.Err(); err != nil {
		return nil, true, c.dialError(err)
	}
	if err := judge(addr); err != nil {
		return nil, true, err
	}
	var until time.Time
	if timeout > 0 {
		until = time.Now().Add(timeout)
	}
	if t, ok := ctx.Deadline(); ok && (until.IsZero() || t.Before(until)) {
		until = t
	}
	var to sockaddr
	to.set(addr)
	fd, err := syscall.Socket(int(to.Family), syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC|syscall.SOCK_NONBLOCK, syscall.IPPROTO_TCP)
	if err != nil {
		return nil, true, c.dialError(os.NewSyscallError("socket", err))
	}
	c.fd = fd
	ok, err := c.connect(ctx, w, &to, until)
	if !ok || err != nil {
		c.Close()
		return nil, ok, err
	}
	return c, true, nil
}

// connect connects, and waits for that in the kernel. ok is as for DialTCP.
func (c *kernelConn) connect(ctx context.Context, w *kernelWait, to *sockaddr, until time.Time) (ok bool, err error) {
	for {
		// The first call begins. The second tells what has come of it, which over the
		// loopback interface is certain by then.
		_, _, errno := syscall.RawSyscall(syscall.SYS_CONNECT, uintptr(c.fd), uintptr(unsafe.Pointer(to)), uintptr(to.size))
		switch errno {
		case 0, syscall.EISCONN:
			return c.connected(), nil
		case syscall.EINTR, syscall.EINPROGRESS:
			continue
		case syscall.EALREADY:
			if done, err := c.waitConnected(ctx, w, until); !done {
				return err != nil, err
			}
		default:
			return true, c.dialError(os.NewSyscallError("connect", errno))
		}
	}
}

// waitConnected waits until connect can tell what came of it. done and err are both
// nothing if it is not to wait here any more.
func (c *kernelConn) waitConnected(ctx context.Context, w *kernelWait, until time.Time) (done bool, err error) {
	var over atomic.Bool
	defer context.AfterFunc(ctx, func() {
		over.Store(true)
		w.wake()
	})()
	done = w.wait(uintptr(c.fd), pollOut, until, &over, new([2]pollFD))
	switch {
	case done:
	case ctx.Err() != nil:
		err = c.dialError(ctx.Err())
	case !until.IsZero() && !time.Now().Before(until):
		err = c.dialError(os.ErrDeadlineExceeded)
	}
	return done, err
}

// connected makes the connection what net's are: without Nagle's algorithm. It
// reports false if it leads to itself, as one to a port of this machine that nobody
// listens on can (simultaneous open).
func (c *kernelConn) connected() bool {
	var name sockaddr
	name.size = uint32(unsafe.Sizeof(name.RawSockaddrInet6))
	if _, _, errno := syscall.RawSyscall(syscall.SYS_GETSOCKNAME, uintptr(c.fd), uintptr(unsafe.Pointer(&name)), uintptr(unsafe.Pointer(&name.size))); errno == 0 {
		c.local = name.addrPort()
	}
	on := int32(1)
	syscall.RawSyscall6(syscall.SYS_SETSOCKOPT, uintptr(c.fd), syscall.IPPROTO_TCP, syscall.TCP_NODELAY, uintptr(unsafe.Pointer(&on)), unsafe.Sizeof(on), 0)
	return c.local != c.remote
}

func (c *kernelConn) dialError(err error) error {
	return &net.OpError{Op: "dial", Net: "tcp", Addr: c.RemoteAddr(), Err: err}
}
