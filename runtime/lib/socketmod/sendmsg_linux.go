//go:build linux && (amd64 || arm64) && !race && !msan && !asan

package socketmod

import (
	"net"
	"os"
	"syscall"
	"unsafe"
)

// mostBuffers is how many buffers transmitBuffers sends: a request's head and body,
// and room for as many again.
const mostBuffers = 4

// transmitBuffers sends all of bufs in one call, if the system has room for them, and
// consumes them. ok is false, and nothing sent, if the connection is one of net's,
// which does that itself, or they are many or large.
func (l *link) transmitBuffers(bufs *net.Buffers) (n int64, ok bool, err error) {
	c, ok := l.Conn.(*kernelConn)
	if !ok || c.became.Load() != nil || len(*bufs) > mostBuffers || sizeOf(*bufs) > mostDirect {
		return 0, false, nil
	}
	var errno syscall.Errno
	err = l.direct.raw.Write(func(fd uintptr) (done bool) {
		for sizeOf(*bufs) > 0 {
			sent, e := sendmsg(fd, *bufs)
			switch e {
			case 0:
				n += int64(sent)
				consume(bufs, sent)
			case syscall.EINTR:
			case syscall.EAGAIN:
				return false
			default:
				errno = e
				return true
			}
		}
		return true
	})
	if err == nil && errno != 0 {
		err = os.NewSyscallError("sendmsg", errno)
	}
	return n, true, err
}

// sendmsg is sendmsg(2), without waiting.
func sendmsg(fd uintptr, bufs net.Buffers) (sent int, errno syscall.Errno) {
	var parts [mostBuffers]syscall.Iovec
	msg := syscall.Msghdr{Iov: &parts[0]}
	for _, b := range bufs {
		if len(b) > 0 {
			parts[msg.Iovlen] = syscall.Iovec{Base: unsafe.SliceData(b), Len: uint64(len(b))}
			msg.Iovlen++
		}
	}
	n, _, errno := syscall.RawSyscall(syscall.SYS_SENDMSG, fd, uintptr(unsafe.Pointer(&msg)), syscall.MSG_DONTWAIT|syscall.MSG_NOSIGNAL)
	if errno != 0 {
		return 0, errno
	}
	return int(n), 0
}

func sizeOf(bufs net.Buffers) (size int) {
	for _, b := range bufs {
		size += len(b)
	}
	return size
}

// consume takes the first n bytes off bufs, and every buffer that is empty then.
func consume(bufs *net.Buffers, n int) {
	for len(*bufs) > 0 {
		if b := (*bufs)[0]; n < len(b) {
			(*bufs)[0] = b[n:]
			return
		}
		n -= len((*bufs)[0])
		(*bufs)[0], *bufs = nil, (*bufs)[1:]
	}
}
