package libtest

import (
	"net/netip"
	"syscall"
	"testing"
)

// FullBacklog returns the address of a server that accepts nobody and has nobody
// wait: who connects to it hears nothing. t closes it at its end.
func FullBacklog(t testing.TB) netip.AddrPort {
	t.Helper()
	open := func() int {
		syscall.ForkLock.RLock()
		defer syscall.ForkLock.RUnlock()
		fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
		if err != nil {
			t.Fatal(err)
		}
		syscall.CloseOnExec(fd)
		t.Cleanup(func() { syscall.Close(fd) })
		return fd
	}
	fd := open()
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Listen(fd, 0); err != nil {
		t.Fatal(err)
	}
	name, err := syscall.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	for range 4 { // the first ones that come fill the queue
		c := open()
		if err := syscall.SetNonblock(c, true); err != nil {
			t.Fatal(err)
		}
		syscall.Connect(c, name)
	}
	a := name.(*syscall.SockaddrInet4)
	return netip.AddrPortFrom(netip.AddrFrom4(a.Addr), uint16(a.Port))
}
