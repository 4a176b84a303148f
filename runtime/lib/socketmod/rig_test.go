package socketmod

import (
	"context"
	"errors"
	"fmt"
	"net"
	"testing"
	"time"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/lib/libtest"
	"starwire/runtime/py"
)

func TestMain(m *testing.M) { libtest.Main(m) }

// dialTCP is what a run that may do everything dials with.
func dialTCP(ctx context.Context, d host.DialRequest) (net.Conn, error) {
	dialer := net.Dialer{Timeout: d.Timeout}
	if d.Bind {
		dialer.LocalAddr = &net.TCPAddr{IP: net.ParseIP(d.SourceHost), Port: d.SourcePort}
	}
	return dialer.DialContext(ctx, "tcp", net.JoinHostPort(d.Host, d.Port))
}

// A rig is a run, and a socket of its that is connected to peer.
type rig struct {
	thread *starlark.Thread
	host   *host.Host
	cancel context.CancelCauseFunc
	s      *Socket
	peer   *net.TCPConn
}

var errStop = errors.New("stop")

// newRun returns a rig without a connection.
func newRun(t testing.TB, h host.Host) *rig {
	t.Helper()
	if h.Dial == nil {
		h.Dial = dialTCP
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	r := &rig{thread: new(starlark.Thread), cancel: cancel}
	r.host = host.Attach(r.thread, ctx, h)
	t.Cleanup(func() {
		cancel(nil)
		r.host.Resources.Close()
	})
	return r
}

// newRig returns a rig whose socket has the given timeout.
func newRig(t testing.TB, h host.Host, timeout Timeout) *rig {
	t.Helper()
	r := newRun(t, h)
	r.connect(t, timeout)
	return r
}

// connect gives the rig its socket and its peer.
func (r *rig) connect(t testing.TB, timeout Timeout) {
	t.Helper()
	l := listen(t)
	var err error
	r.s, err = Connect(r.thread, "127.0.0.1", portOf(l), NoTimeout, nil) // which takes as long as it takes
	if err != nil {
		t.Fatal(err)
	}
	r.s.SetTimeout(timeout)
	conn, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	r.peer = conn.(*net.TCPConn)
	t.Cleanup(func() { r.peer.Close() })
}

func listen(t testing.TB) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func portOf(l net.Listener) starlark.Value {
	return starlark.MakeInt(l.Addr().(*net.TCPAddr).Port)
}

// wantError checks the class and the repr of an exception.
func wantError(t testing.TB, what string, err error, class *py.Class, repr string) {
	t.Helper()
	var e *py.Exception
	if !errors.As(err, &e) || e.Class() != class || e.Repr() != repr {
		got := fmt.Sprint(err)
		if e != nil {
			got = e.Class().QualifiedName() + " " + e.Repr()
		}
		t.Errorf("%s: %s; want %s %s", what, got, class.QualifiedName(), repr)
	}
}

// promptly runs f and fails if it takes longer than an interruption may: 50 ms,
// a hundredfold on a busy machine. What does not end at all takes longer.
func promptly(t testing.TB, what string, f func()) {
	t.Helper()
	start := time.Now()
	f()
	if d := time.Since(start); d > 5*time.Second {
		t.Errorf("%s took %v; want at most 50ms", what, d)
	}
}
