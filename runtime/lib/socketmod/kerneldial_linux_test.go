//go:build (amd64 || arm64) && !race && !msan && !asan

package socketmod

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"strconv"
	"syscall"
	"testing"
	"time"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/lib/libtest"
	"starwire/runtime/py"
)

func TestDialTCP(t *testing.T) {
	l := listen(t)
	there := l.Addr().(*net.TCPAddr).AddrPort()
	gone := listen(t)
	gone.Close()
	silent := libtest.FullBacklog(t)
	refusal := errors.New("not there")
	nowhere := func(netip.AddrPort) error { return refusal }
	tests := []struct {
		name    string
		addr    netip.AddrPort
		timeout time.Duration
		ctx     func() (context.Context, context.CancelFunc)
		judge   func(netip.AddrPort) error
		ok      bool
		err     error // nil: connected, if ok
	}{
		{"connected", there, 0, nil, anywhere, true, nil},
		{"connected within a timeout", there, time.Hour, nil, anywhere, true, nil},
		{"refused", gone.Addr().(*net.TCPAddr).AddrPort(), 0, nil, anywhere, true, syscall.ECONNREFUSED},
		{"a broadcast address", netip.MustParseAddrPort("255.255.255.255:1"), 0, nil, anywhere, true, syscall.ENETUNREACH},
		{"timeout", silent, time.Millisecond, nil, anywhere, true, os.ErrDeadlineExceeded},
		{"the context's deadline", silent, time.Hour, func() (context.Context, context.CancelFunc) {
			return context.WithTimeout(context.Background(), time.Millisecond)
		}, anywhere, true, os.ErrDeadlineExceeded},
		{"the run's end", silent, 0, func() (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(context.Background())
			cancel()
			return ctx, cancel
		}, anywhere, true, context.Canceled},
		{"the run's end before", there, 0, func() (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(context.Background())
			cancel()
			return ctx, cancel
		}, nowhere, true, context.Canceled},
		{"the context's deadline before", there, time.Hour, func() (context.Context, context.CancelFunc) {
			return context.WithDeadline(context.Background(), past)
		}, nowhere, true, os.ErrDeadlineExceeded},
		{"not allowed", there, 0, nil, func(a netip.AddrPort) error {
			if a != there {
				t.Errorf("judged %v; want %v", a, there)
			}
			return refusal
		}, true, refusal},
		{"any address", netip.AddrPortFrom(netip.IPv4Unspecified(), there.Port()), 0, nil, anywhere, false, nil},
		{"a zone", netip.MustParseAddrPort("[fe80::1%lo]:1"), 0, nil, anywhere, false, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRun(t, host.Host{})
			BlockReads(r.host)
			ctx := r.host.Context()
			if tt.ctx != nil {
				var cancel context.CancelFunc
				ctx, cancel = tt.ctx()
				defer cancel()
			}
			conn, ok, err := DialTCP(ctx, r.host, tt.addr, tt.timeout, tt.judge)
			if conn != nil {
				defer conn.Close()
			}
			if ok != tt.ok || (conn != nil) != (ok && tt.err == nil) {
				t.Fatalf("DialTCP(%v) = %v, %v, %v", tt.addr, conn, ok, err)
			}
			// net says of a context's deadline that it is one of the connection's.
			if !errors.Is(err, tt.err) && !(errors.Is(tt.err, os.ErrDeadlineExceeded) && errors.Is(err, context.DeadlineExceeded)) {
				t.Errorf("DialTCP(%v): %v; want %v", tt.addr, err, tt.err)
			}
			if conn == nil {
				return
			}
			peer, err := l.Accept()
			if err != nil {
				t.Fatal(err)
			}
			defer peer.Close()
			if conn.LocalAddr().String() != peer.RemoteAddr().String() || conn.RemoteAddr().String() != l.Addr().String() {
				t.Errorf("from %v to %v; want %v and %v", conn.LocalAddr(), conn.RemoteAddr(), peer.RemoteAddr(), l.Addr())
			}
		})
	}
}

func TestDialTCP6(t *testing.T) {
	l, err := net.Listen("tcp", "[::1]:0")
	if err != nil {
		t.Skip("no IPv6 here: ", err)
	}
	defer l.Close()
	r := newRun(t, host.Host{})
	BlockReads(r.host)
	conn, ok, err := DialTCP(r.host.Context(), r.host, l.Addr().(*net.TCPAddr).AddrPort(), 0, anywhere)
	if !ok || err != nil {
		t.Fatalf("DialTCP(%v) = %v, %v", l.Addr(), ok, err)
	}
	defer conn.Close()
	peer, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer peer.Close()
	if conn.LocalAddr().String() != peer.RemoteAddr().String() || conn.RemoteAddr().String() != l.Addr().String() {
		t.Errorf("from %v to %v; want %v and %v", conn.LocalAddr(), conn.RemoteAddr(), peer.RemoteAddr(), l.Addr())
	}
}

func TestDialTCPInPoller(t *testing.T) {
	r := newRun(t, host.Host{})
	addr := listen(t).Addr().(*net.TCPAddr).AddrPort()
	if conn, ok, err := DialTCP(r.host.Context(), r.host, addr, 0, anywhere); conn != nil || ok || err != nil {
		t.Errorf("DialTCP() = %v, %v, %v; want nothing", conn, ok, err)
	}
}

func TestDialTCPToItself(t *testing.T) {
	r := newRun(t, host.Host{})
	BlockReads(r.host)
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC|syscall.SOCK_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	var name sockaddr
	sa, err := syscall.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	addr := netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), uint16(sa.(*syscall.SockaddrInet4).Port))
	name.set(addr)
	c := &kernelConn{fd: fd, remote: addr}
	defer c.Close()
	if ok, err := c.connect(r.host.Context(), kernelWaitOf(r.host), &name, time.Time{}); ok || err != nil {
		t.Errorf("connect() = %v, %v; want it left to net", ok, err)
	}
}

func newKernelHost(t *testing.T) *host.Host {
	r := newRun(t, host.Host{})
	BlockReads(r.host)
	return r.host
}

func TestDialTCPErrors(t *testing.T) {
	l := listen(t)
	port := l.Addr().(*net.TCPAddr).Port
	l.Close()
	for _, alone := range []bool{false, true} {
		r := newRun(t, host.Host{})
		if alone {
			r.host.Dial = func(ctx context.Context, d host.DialRequest) (net.Conn, error) {
				conn, _, err := DialTCP(ctx, newKernelHost(t), netip.MustParseAddrPort(net.JoinHostPort(d.Host, d.Port)), d.Timeout, anywhere)
				return conn, err
			}
		}
		_, err := Connect(r.thread, "127.0.0.1", starlark.MakeInt(port), NoTimeout, nil)
		wantError(t, "Connect", err, ErrorClass, "error(111, 'Connection refused')")
		var e *py.Exception
		if want := "dial tcp 127.0.0.1:" + strconv.Itoa(port) + ": connect: connection refused"; !errors.As(err, &e) || errors.Unwrap(e) == nil || errors.Unwrap(e).Error() != want {
			t.Errorf("alone %v: %v; want it caused by %s", alone, err, want)
		}
	}
}
