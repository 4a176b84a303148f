package runtime

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"

	"go.starlark.net/starlark"

	"starwire/runtime/py"
)

// failing runs the script and returns its error.
func failing(t *testing.T, c Config, name, src string) error {
	t.Helper()
	rt, _ := newRuntime(t, c)
	_, err := rt.Run(context.Background(), name, []byte(src))
	if err == nil {
		t.Errorf("%s: no error", src)
	}
	return err
}

func TestTraceback(t *testing.T) {
	err := failing(t, Config{}, "dir/check.star", `
def inner(conn):
	# a tab, and wide characters before the place
	x = ["é→", conn["status"]]

def outer():
    return [
        inner({}) for _ in range(1)]

outer()
`)
	want := `Traceback (most recent call last):
  dir/check.star:10:6: in <toplevel>
    outer()
         ^
  dir/check.star:8:14: in outer
    inner({}) for _ in range(1)]
         ^
  dir/check.star:4:17: in inner
    x = ["é→", conn["status"]]
                   ^
KeyError: 'status'
`
	if got := FormatError(err); got != want {
		t.Errorf("FormatError:\n%s\nwant\n%s", got, want)
	}
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("error of type %T; want an *Error", err)
	}
	if len(e.Frames) != 3 || e.Frames[2].Function != "inner" || e.Frames[2].Pos.Line != 4 || !strings.Contains(e.Frames[2].Source, `conn["status"]`) {
		t.Errorf("Frames = %+v", e.Frames)
	}
	var eval *starlark.EvalError
	var x *py.Exception
	if !errors.As(err, &eval) || !errors.As(err, &x) || !x.IsA(py.KeyError) || err.Error() != "KeyError: 'status'" {
		t.Errorf("%v: want a *starlark.EvalError and a KeyError in it", err)
	}
}

func TestTracebackRaisedAgain(t *testing.T) {
	err := failing(t, Config{}, "x.star", `
def f():
    fail(ValueError("x"))
r = attempt(f)
def g():
    r.unwrap()
g()
`)
	want := `Traceback (most recent call last):
  x.star:4:12: in <toplevel>
    r = attempt(f)
               ^
  x.star:3:9: in f
    fail(ValueError("x"))
        ^
raised again:
  x.star:7:2: in <toplevel>
    g()
     ^
  x.star:6:13: in g
    r.unwrap()
            ^
ValueError: x
`
	if got := FormatError(err); got != want {
		t.Errorf("FormatError:\n%s\nwant\n%s", got, want)
	}
}

// A call of parallel was made by the one who called parallel, and stands below it.
func TestTracebackOfParallel(t *testing.T) {
	err := failing(t, Config{}, "x.star", `
def inner(n):
    return {}[n]
def outer():
    return parallel(lambda n: parallel(inner, [n]), [7])
outer()
`)
	want := `Traceback (most recent call last):
  x.star:6:6: in <toplevel>
    outer()
         ^
  x.star:5:20: in outer
    return parallel(lambda n: parallel(inner, [n]), [7])
                   ^
  x.star:5:39: in lambda
    return parallel(lambda n: parallel(inner, [n]), [7])
                                      ^
  x.star:3:14: in inner
    return {}[n]
             ^
KeyError: 7
`
	if got := FormatError(err); got != want {
		t.Errorf("FormatError:\n%s\nwant\n%s", got, want)
	}
}

func TestTracebackIsBounded(t *testing.T) {
	err := failing(t, Config{}, "x.star", "def f(): f()\nf()\n")
	got := FormatError(err)
	if n := strings.Count(got, "in f\n"); n > maxFrames || n < maxFrames/2 || !strings.Contains(got, " more\n") ||
		!strings.HasSuffix(got, "RuntimeError: maximum recursion depth exceeded\n") {
		t.Errorf("FormatError of a deep recursion has %d frames:\n%.2000s", n, got)
	}
	long := "x = [" + strings.Repeat("1, ", 1000) + "][1][2]\n"
	if got := FormatError(failing(t, Config{}, "x.star", long)); len(got) > 300 {
		t.Errorf("FormatError shows a line of %d bytes:\n%s", len(long), got)
	}
	// Text that a peer chose does not drive the terminal.
	got = FormatError(failing(t, Config{}, "x.star", "fail('\\x1b[2J' + 'y' * 10000) # \x1b[2J"))
	if len(got) > 500 || strings.Contains(got, "\x1b") {
		t.Errorf("FormatError lets control characters or long texts through: %d bytes, %q", len(got), got)
	}
}

func TestPanic(t *testing.T) {
	c := Config{Predeclared: starlark.StringDict{"bad": starlark.NewBuiltin("bad", func(_ *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
		return args[1], nil
	})}}
	err := failing(t, c, "x.star", "def f(): bad()\nf()")
	var p *PanicError
	if !errors.As(err, &p) || !strings.Contains(string(p.Stack), "TestPanic") || !strings.Contains(err.Error(), "RuntimeError: internal error: runtime error: index out of range [1] with length 0") {
		t.Errorf("error %v; want a *PanicError with the Go stack", err)
	}
	if got := FormatError(err); !strings.Contains(got, "\nhint: this is a defect of") || !strings.Contains(got, "x.star:1:13: in f") {
		t.Errorf("FormatError:\n%s\nwant a hint, and the frame of f", got)
	}
	// What a built-in of ours calls keeps the frames around it.
	c.Predeclared["worse"] = panicking{}
	err = failing(t, c, "x.star", "def f(): list([1]); sorted([1], key=lambda x: worse.attr)\nf()")
	if got := FormatError(err); !errors.As(err, &p) || !strings.Contains(got, "in f") {
		t.Errorf("FormatError of an attribute that panics:\n%s\nwant the frame of f", got)
	}
	rt, _ := newRuntime(t, c)
	if _, err := rt.Call(context.Background(), c.Predeclared["bad"].(starlark.Callable), nil, nil); !errors.As(err, &p) {
		t.Errorf("Call of a built-in that panics = %v; want a *PanicError", err)
	}
	s := rt.NewSession()
	defer s.Close()
	if _, err := s.Eval(context.Background(), "x", "bad()"); !errors.As(err, &p) {
		t.Errorf("Eval of a built-in that panics = %v; want a *PanicError", err)
	}
	if v, err := s.Eval(context.Background(), "x", "1"); err != nil || v.String() != "1" {
		t.Errorf("the session after a panic: %v, %v", v, err)
	}
}

// A panicking has attributes that panic.
type panicking struct{ starlark.NoneType }

func (panicking) Attr(string) (starlark.Value, error) { panic("no attribute") }
func (panicking) AttrNames() []string                 { return nil }

func TestHints(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := l.Addr().String()
	l.Close()
	server := "srv = testserver.start({'/': 'x'}, tls=True, names=['www.test:443', 'other.test:443'])\n"
	tests := []struct {
		name, src string
		want      string // at the end of the text
	}{
		{"refused", fmt.Sprintf("httplib.HTTPConnection(%q).connect()", closed),
			"socket.error: [Errno 111] Connection refused\nhint: nothing listens on " + closed + "; is the server running, and is the port right?\n"},
		{"unknown host", `httplib.HTTPConnection("nosuch.test").connect()`,
			"socket.gaierror: [Errno -2] Name or service not known\nhint: there is no host \"nosuch.test\"; check its spelling, or give its address by --resolve nosuch.test:PORT:ADDRESS\n"},
		{"plain server", server + "srv = testserver.start({})\nhttplib.HTTPSConnection(srv.host, srv.port).connect()",
			"hint: the server does not speak TLS on this port; HTTPConnection speaks plain HTTP\n"},
		{"wrong host name", server + "httplib.HTTPSConnection('wrong.test', srv.port).connect()",
			"hint: the server's certificate is for localhost, www.test, other.test, 127.0.0.1, ::1, not for wrong.test\n"},
		{"untrusted", "httplib.HTTPSConnection('untrusted.test').connect()",
			"hint: the server's certificate is signed by nobody this machine trusts; --cacert FILE adds an authority\n"},
	}
	untrusted := untrustedServer(t)
	c := Config{
		Permissions: Everything(),
		Resolve:     map[string]string{"untrusted.test:443": untrusted},
		Lookup: func(_ context.Context, name string) ([]netip.Addr, error) {
			if name == "wrong.test" {
				return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
			}
			return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
		},
	}
	for _, tt := range tests {
		got := FormatError(failing(t, c, "x.star", tt.src))
		if !strings.HasSuffix(got, tt.want) {
			t.Errorf("%s: FormatError\n%s\nwant at its end\n%s", tt.name, got, tt.want)
		}
	}
}

// untrustedServer returns the address of a TLS server with a certificate of an
// authority that only another run trusts.
func untrustedServer(t *testing.T) string {
	t.Helper()
	rt, _ := newRuntime(t, Config{Permissions: Everything()})
	s := rt.NewSession()
	t.Cleanup(func() { s.Close() })
	v, err := s.Eval(context.Background(), "x", "srv = testserver.start({}, tls=True, names=['untrusted.test:443'])\n'%s:%d' % (srv.host, srv.port)\n")
	if err != nil {
		t.Fatal(FormatError(err))
	}
	return string(v.(starlark.String))
}
