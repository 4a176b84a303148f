//go:build !linux || !(amd64 || arm64) || race || msan || asan

package socketmod

import (
	"context"
	"net"
	"net/netip"
	"os"
	"syscall"
	"time"

	"starwire/runtime/host"
)

// direct is empty: the system's calls are made by net.
type direct struct{}

func (*direct) init(*host.Host, net.Conn, syscall.RawConn) {}
func (*direct) wake()                                      {}
func (*direct) renew()                                     {}

func blockReads(*host.Host) {}
func pollReads(*host.Host)  {}

func dialKernel(context.Context, *host.Host, netip.AddrPort, time.Duration, func(netip.AddrPort) error) (net.Conn, bool, error) {
	return nil, false, nil
}

func (l *link) receive(p []byte) (n int, ok bool, err error)  { return 0, false, nil }
func (l *link) peekDirect() (data, eof, ok bool)              { return false, false, false }
func (l *link) transmit(p []byte) (n int, ok bool, err error) { return 0, false, nil }

func (l *link) transmitNow(p []byte) (n int, ok bool, err error) { return 0, false, nil }

func (l *link) transmitBuffers(*net.Buffers) (n int64, ok bool, err error) { return 0, false, nil }

func (l *link) sendfileDirect(*os.File, int64, int64) (sent int64, ok bool, err error) {
	return 0, false, nil
}

// tcp returns the connection if it is one of net's.
func (l *link) tcp() (*net.TCPConn, error) {
	tcp, _ := l.Conn.(*net.TCPConn)
	return tcp, nil
}
