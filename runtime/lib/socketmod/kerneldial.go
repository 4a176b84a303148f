package socketmod

import (
	"context"
	"net"
	"net/netip"
	"time"

	"starwire/runtime/host"
)

// DialTCP connects to addr within timeout (0: however long it takes), on the calling
// thread, for a run whose reads wait there too: see [BlockReads]. Go's poller gets to
// know the connection when it must wait for it, which one that asks once and is
// closed does not need; then the connection is a *net.TCPConn's. judge is asked at
// the last moment, and its error is returned as it is.
//
// ok is false where the run's reads do not wait so: the caller dials as it always
// does. Errors are those of net.Dialer, *net.OpError with the system's error; the
// end of ctx is one with ctx's.
func DialTCP(ctx context.Context, h *host.Host, addr netip.AddrPort, timeout time.Duration, judge func(netip.AddrPort) error) (conn net.Conn, ok bool, err error) {
	return dialKernel(ctx, h, addr, timeout, judge)
}
