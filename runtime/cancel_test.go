package runtime

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"go.starlark.net/starlark"

	"starwire/runtime/lib/socketmod"
	"starwire/runtime/py"
)

// soon is how soon a run ends after its cancellation. The promise is 50 ms; a
// machine busy with other tests gets several hundred times that: tests that hang take
// for ever, and TestBounds holds the promise itself.
const soon = 20 * time.Second

// silent returns the port of a server that answers each connection with text,
// says so on reached, and then is silent until the test ends.
func silent(t *testing.T, text string, reached chan<- struct{}) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		var conns []net.Conn
		for {
			conn, err := l.Accept()
			if err != nil {
				break
			}
			conns = append(conns, conn)
			if text != "" {
				buf := make([]byte, 1000)
				conn.Read(buf) // the request
				conn.Write([]byte(text))
			}
			reached <- struct{}{}
		}
		for _, conn := range conns {
			conn.Close()
		}
	}()
	t.Cleanup(func() {
		l.Close()
		<-done
	})
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}

// blocked are scripts that block on the network; %s is the port of a server
// that sends text and then nothing.
var blocked = []struct{ name, text, src string }{
	{"connect", "", `c = httplib.HTTPConnection("black.hole", %s%s); c.connect()`},
	{"handshake", "", `c = httplib.HTTPSConnection("127.0.0.1", %s%s); c.connect()`},
	{"head", "HTTP/1.1 200 OK\r\nX: y\r\n", `c = httplib.HTTPConnection("127.0.0.1", %s%s); c.request("GET", "/"); c.getresponse()`},
	{"body", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", `c = httplib.HTTPConnection("127.0.0.1", %s%s); c.request("GET", "/"); c.getresponse().read()`},
	{"chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", `c = httplib.HTTPConnection("127.0.0.1", %s%s); c.request("GET", "/"); c.getresponse().read()`},
}

// blockedConfig dials black.hole for ever and everything else as usual.
func blockedConfig(reached chan<- struct{}) Config {
	return Config{
		Permissions: Everything(),
		Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
			if strings.HasPrefix(address, "black.hole:") {
				reached <- struct{}{}
				<-ctx.Done()
				return nil, ctx.Err()
			}
			var d net.Dialer
			return d.DialContext(ctx, network, address)
		},
	}
}

func TestCancelBlocked(t *testing.T) {
	for _, tt := range blocked {
		t.Run(tt.name, func(t *testing.T) {
			reached := make(chan struct{}, 8)
			port := silent(t, tt.text, reached)
			rt, _ := newRuntime(t, blockedConfig(reached))
			ctx, cancel := context.WithCancelCause(context.Background())
			why := errors.New("the reason")
			began := make(chan time.Time, 1)
			go func() {
				<-reached
				began <- time.Now()
				cancel(why)
			}()
			src := fmt.Sprintf("def f():\n  "+tt.src+"\nattempt(f)\nprint('not reached')\n", port, "")
			_, err := rt.Run(ctx, "blocked.star", []byte(src))
			took := time.Since(<-began)
			if !errors.Is(err, context.Canceled) || !errors.Is(err, why) || ExitCode(err) != 130 {
				t.Errorf("error %v, exit status %d; want canceled with its cause, 130", err, ExitCode(err))
			}
			if took > soon {
				t.Errorf("the run ended %v after its cancellation", took)
			}
			t.Log(took)
		})
	}
}

func TestTimeoutBlocked(t *testing.T) {
	for _, tt := range blocked {
		t.Run(tt.name, func(t *testing.T) {
			reached := make(chan struct{}, 8)
			port := silent(t, tt.text, reached)
			rt, _ := newRuntime(t, blockedConfig(reached))
			_, err := rt.Run(context.Background(), "blocked.star", fmt.Appendf(nil, tt.src, port, ", timeout=0.02"))
			var x *py.Exception
			if !errors.As(err, &x) || !x.IsA(socketmod.ErrorClass) || !strings.Contains(x.Error(), "timed out") {
				t.Errorf("error %v; want a timeout", err)
			}
			// The limit of time ends the run in the same places, and nothing catches it.
			rt, _ = newRuntime(t, func() Config {
				c := blockedConfig(reached)
				c.Limits.Wall = 20 * time.Millisecond
				return c
			}())
			src := fmt.Sprintf("def f():\n  "+tt.src+"\nattempt(f)\n", port, "")
			_, err = rt.Run(context.Background(), "blocked.star", []byte(src))
			var limit *LimitError
			if !errors.As(err, &limit) || limit.Limit != "time" || ExitCode(err) != 3 {
				t.Errorf("error %v; want the limit of time", err)
			}
		})
	}
}

func TestDeadline(t *testing.T) {
	rt, _ := newRuntime(t, Config{})
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	_, err := rt.Run(ctx, "sleep.star", []byte("attempt(time.sleep, 3600)\nprint('not reached')"))
	if !errors.Is(err, context.DeadlineExceeded) || ExitCode(err) != 3 {
		t.Errorf("error %v, exit status %d; want the deadline exceeded, 3", err, ExitCode(err))
	}
}

func TestCancelledBefore(t *testing.T) {
	rt, out := newRuntime(t, Config{})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	s := rt.NewSession()
	defer s.Close()
	f, err := s.Eval(context.Background(), "f", "def f(): print('called')\n\nf\n")
	if err != nil {
		t.Fatal(err)
	}
	src := []byte("print('ran')")
	_, err1 := rt.Run(ctx, "x.star", src)
	_, err2 := s.Eval(ctx, "x", string(src))
	_, err3 := rt.Call(ctx, f.(starlark.Callable), nil, nil)
	_, err4 := s.Call(ctx, f.(starlark.Callable), nil, nil)
	for i, err := range []error{err1, err2, err3, err4} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("call %d with an ended context: %v", i, err)
		}
	}
	if out.Len() > 0 {
		t.Errorf("code ran: it printed %q", out)
	}
}

// TestNothingSurvives has a script leave everything open.
func TestNothingSurvives(t *testing.T) {
	reached := make(chan struct{}, 8)
	port := silent(t, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", reached)
	rt, _ := newRuntime(t, Config{Permissions: Everything()})
	src := fmt.Sprintf(`
srv = testserver.start({"/": "ok"}, tls=True, names=["www.python.org:443"])
conns = []
for i in range(3):
    c = httplib.HTTPSConnection("www.python.org")
    c.request("GET", "/")
    conns.append((c, c.getresponse()))
    d = httplib.HTTPConnection("127.0.0.1", %s)
    d.request("GET", "/")
    conns.append((d, d.getresponse()))
f = open("runtime_test.go")
s = socket.create_connection(("127.0.0.1", %s))
`, port, port)
	before := descriptors()
	globals, err := rt.Run(context.Background(), "open.star", []byte(src))
	if err != nil {
		t.Fatal(FormatError(err))
	}
	if srv := globals["srv"]; srv == nil {
		t.Error("no server")
	}
	// The other ends, which silent holds, are still there.
	if after := descriptors(); after > before+4 {
		t.Errorf("%d descriptors after the run, %d before", after, before)
	}
}

// TestByteLimits has scripts receive and send more than they may.
func TestByteLimits(t *testing.T) {
	prelude := `
srv = testserver.start({"/": "x" * 5000, "POST /": "ok"})
def get():
    for i in range(10):
        c = httplib.HTTPConnection(srv.host, srv.port)
        c.request("GET", "/")
        c.getresponse().read()
def post():
    for i in range(10):
        c = httplib.HTTPConnection(srv.host, srv.port)
        c.request("POST", "/", "x" * 5000)
        c.getresponse().read()
`
	for _, tt := range []struct {
		call, flag string
		limits     Limits
	}{
		{"attempt(get)", "--max-read", Limits{ReadBytes: 20_000}},
		{"attempt(post)", "--max-write", Limits{WriteBytes: 20_000}},
		{"attempt(get)", "--max-conns", Limits{Conns: 3}},
		{"attempt(open, 'cancel_test.go').unwrap().read()", "--max-read", Limits{ReadBytes: 100}},
	} {
		rt, _ := newRuntime(t, Config{Permissions: Everything(), Limits: tt.limits})
		_, err := rt.Run(context.Background(), "x.star", []byte(prelude+tt.call))
		var limit *LimitError
		if !errors.As(err, &limit) || limit.Flag != tt.flag || ExitCode(err) != 3 {
			t.Errorf("%s within %+v: %v; want the limit of %s", tt.call, tt.limits, err, tt.flag)
		}
	}
}
