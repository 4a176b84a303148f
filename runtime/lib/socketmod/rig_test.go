package socketmod

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"testing"
	"time"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/lib/libtest"
	"starwire/runtime/py"
)

func TestMain(m *testing.M) { libtest.Main(m) }

// dialTCP dials in Go's poller.
func dialTCP(ctx context.Context, d host.DialRequest) (net.Conn, error) {
	dialer := net.Dialer{Timeout: d.Timeout}
	if d.Bind {
		dialer.LocalAddr = &net.TCPAddr{IP: net.ParseIP(d.SourceHost), Port: d.SourcePort}
	}
	return dialer.DialContext(ctx, "tcp", net.JoinHostPort(d.Host, d.Port))
}

// alone makes new rigs runs with one thread, whose reads and connects wait in the
// kernel where that can be.
var alone bool

// TestAlone runs the tests of sockets once more, for a run with one thread.
func TestAlone(t *testing.T) {
	alone = true
	defer func() { alone = false }()
	for name, test := range map[string]func(*testing.T){
		"ConnectCancelled": TestConnectCancelled, "DeadlineOfBefore": TestDeadlineOfBefore, "Expire": TestExpire,
		"ScriptTimeouts": TestScriptTimeouts, "Source": TestSource, "MakeFile": TestMakeFile,
		"MakeFileBuffers": TestMakeFileBuffers, "MakeFileErrors": TestMakeFileErrors, "Take": TestTake,
		"Attributes": TestAttributes, "ReadWrite": TestReadWrite, "ReadTimeout": TestReadTimeout,
		"WriteTimeout": TestWriteTimeout, "WriteBig": TestWriteBig, "WriteOn": TestWriteOn,
		"WriteProgress": TestWriteProgress, "Cancelled": TestCancelled, "Use": TestUse,
		"Reset": TestReset, "Budget": TestBudget, "Idle": TestIdle,
		"NonBlocking": TestNonBlocking, "Retain": TestRetain, "EndOfRun": TestEndOfRun,
		"SteadyPathAllocs": TestSteadyPathAllocs, "ReadFrom": TestReadFrom, "ReadFromTimeout": TestReadFromTimeout,
		"ReadFromLimits": TestReadFromLimits, "CopyN": TestCopyN, "CopyNErrors": TestCopyNErrors,
		"WriteBuffersSmall": TestWriteBuffersSmall, "Turns": TestTurns, "InUse": TestInUse,
	} {
		t.Run(name, test)
	}
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
	ctx, cancel := context.WithCancelCause(context.Background())
	r := &rig{thread: new(starlark.Thread), cancel: cancel}
	if h.Dial == nil {
		h.Dial = r.dial
	}
	r.host = host.Attach(r.thread, ctx, h)
	if alone {
		BlockReads(r.host)
	}
	t.Cleanup(func() {
		cancel(nil)
		r.host.Resources.Close()
	})
	return r
}

// dial is what a run that may do everything dials with.
func (r *rig) dial(ctx context.Context, d host.DialRequest) (net.Conn, error) {
	if addr, err := netip.ParseAddrPort(net.JoinHostPort(d.Host, d.Port)); err == nil && !d.Bind {
		if conn, ok, err := DialTCP(ctx, r.host, addr, d.Timeout, anywhere); ok {
			return conn, err
		}
	}
	return dialTCP(ctx, d)
}

func anywhere(netip.AddrPort) error { return nil }

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
