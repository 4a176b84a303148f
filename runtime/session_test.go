package runtime

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"go.starlark.net/starlark"

	"starwire/runtime/py"
)

// feed runs the lines in the session through Next and returns what it showed:
// values as Python's repr, errors by their last line, and what was printed.
func feed(t *testing.T, s *Session, out *strings.Builder, lines ...string) string {
	t.Helper()
	out.Reset()
	s.Display = func(v starlark.Value) { out.WriteString(py.Repr(v) + "\n") }
	read := func(prompt string) (string, error) {
		if len(lines) == 0 {
			return "", io.EOF
		}
		line := lines[0]
		lines = lines[1:]
		return line, nil
	}
	for {
		_, err := s.Next(context.Background(), read)
		if err == io.EOF {
			return strings.TrimSuffix(out.String(), "\n")
		}
		if err != nil {
			text := strings.TrimSuffix(FormatError(err), "\n")
			out.WriteString(text[strings.LastIndexByte(text, '\n')+1:] + "\n")
		}
	}
}

func TestSessionNames(t *testing.T) {
	tests := []struct {
		name  string
		lines string
		want  string
	}{
		{"value", "1 + 1\nNone\n'a'\n", "2\n'a'"},
		{"operators of Python's", "2 ** 3\n1 is 1\n{1, 1}\n-2 ** 2\nx = 2; y = 'a'\nx * x, y * x\nx * y\ny in y\nx == y", "8\nTrue\nset([1])\n-4\n(4, 'aa')\n'aa'\nTrue\nFalse"},
		{"statements show nothing", "x = [1, 2, 3]\nx[1:2] = [7]\ndel x[0]\ny = {'a': 5}\ny['a'] %= 3\ny['a'] <<= 2\nassert x\nx, y", "([7, 3], {'a': 8})"},
		{"underscore", "6 * 7\n_ + 1\nNone\n_", "42\n43\n43"},
		{"forward reference", "def f(): return g()\n\nf()\ndef g(): return 1\n\nf()", "NameError: name 'g' is not defined\n1"},
		{"redefinition", "def g(): return 1\n\ndef f(): return g()\n\nf()\ndef g(): return 2\n\nf()", "1\n2"},
		{"recursion through the new function", "def f(n): return n and f(n - 1)\n\nold = f\ndef f(n): return 'new'\n\nold(3)", "'new'"},
		{"lambda", "f = lambda: x\nx = 1\nf()\nx = 2\nf()", "1\n2"},
		{"augmented", "x = 1\nx += 2\nx\ny = [1]\nz = y\ny += [2]\nz\nzyx += 1", "3\n[1, 2]\nNameError: name 'zyx' is not defined"},
		{"augmented index", "d = {}\nd['a'] = 1\nd['a'] += 5\nd", "{'a': 6}"},
		{"unpacking", "a, (b, c) = 1, (2, 3)\n[c, b, a]\na, b = b, a\na, b", "[3, 2, 1]\n(2, 1)"},
		{"loop", "for i in range(3):\n  x = i\n\nx, i", "(2, 2)"},
		{"loop shows values", "for i in range(2): i\n", "0\n1"},
		{"loop seen by a function", "def show(): print(n)\n\nfor n in range(2): show()\n", "0\n1"},
		{"while and if", "n = 0\nwhile n < 3:\n  n += 1\n  if n == 2: found = n\n\nn, found", "(3, 2)"},
		{"an error keeps what was done", "a = 1; b = zyx; c = 2\na\nc", "NameError: name 'zyx' is not defined\n1\nNameError: name 'c' is not defined"},
		{"comprehension", "x = 9\n[x for x in range(3)]\nx\n[[y, x] for y in 'a'.elems()]", "[0, 1, 2]\n9\n[['a', 9]]"},
		{"closure", "def counter():\n  n = [0]\n  def next():\n    n[0] += 1\n    return n[0]\n  return next\n\nc = counter()\nc()\nc()", "1\n2"},
		{"local is not global", "x = 1\ndef f():\n  x = 2\n  return x\n\nf()\nx", "2\n1"},
		{"default", "x = 1\ndef f(y=x, *args, z=x, **kw): return (y, z, args, kw)\n\nx = 2\nf()\nf(x=x)", "(1, 1, (), {})\n(1, 1, (), {'x': 2})"},
		{"shadowing a built-in", "def f(): return len('abc')\n\nf()\nlen = lambda s: 'mine'\nf()", "3\n'mine'"},
		{"shadowing a module", "httplib = 5\nhttplib", "5"},
		{"load", "load('math', 'floor', c='ceil')\nfloor(1.5), c(1.5)\ndef f(): return floor(2.5)\n\nf()", "(1, 2)\n2"},
		{"import", "import math, json as j\nmath.floor(1.5), j.dumps('x')\nfrom httplib import OK as ok\nok", "(1, '\"x\"')\n200"},
		{"print", "print 'a', 1\nprint('b')\nprint 'c',\nprint 'd'", "a 1\nb\nc d"},
		{"semicolons", "1; 2; x = 3; x", "1\n2\n3"},
		{"attribute", "s = struct(x=1)\ns.x\ns.y", "1\nAttributeError: struct has no .y attribute"},
		{"hint", "def frobnicate(): pass\n\nfrobnicat()", "hint: did you mean frobnicate?"},
		{"syntax error", "x = = 1\nx = 1\nx", "        ^\n1"},
		{"catch", "attempt(lambda: zyx).error", "NameError(\"name 'zyx' is not defined\",)"},
		{"brackets", "f = [\n1,\n2]\nf", "[1, 2]"},
		{"triple quotes", "s = '''a\n\nb'''\ns", "'a\\n\\nb'"},
		{"blank lines", "\n\n  \n# comment\n1", "1"},
		{"end inside an item", "def f():\n  return 5", ""},
	}
	for _, tt := range tests {
		rt, out := newRuntime(t, Config{})
		s := rt.NewSession()
		if got := feed(t, s, out, strings.Split(tt.lines, "\n")...); got != tt.want {
			t.Errorf("%s:\n%s\nshowed\n%s\nwant\n%s", tt.name, tt.lines, got, tt.want)
		}
		if err := s.Close(); err != nil {
			t.Errorf("%s: Close() = %v", tt.name, err)
		}
	}
}

func TestSessionNext(t *testing.T) {
	rt, _ := newRuntime(t, Config{})
	s := rt.NewSession()
	defer s.Close()
	ctx := context.Background()
	var prompts []string
	lines := []string{"def f():\n", "    return 5\n", "\n", "f()\n", "x = 1\n", ""}
	read := func(prompt string) (string, error) {
		prompts = append(prompts, prompt)
		line := lines[0]
		lines = lines[1:]
		return line, nil
	}
	for _, want := range []starlark.Value{nil, starlark.MakeInt(5), nil, nil} {
		if v, err := s.Next(ctx, read); err != nil || v != want {
			t.Errorf("Next = %v, %v; want %v", v, err, want)
		}
	}
	if got, want := strings.Join(prompts, "|"), ">>> |... |... |>>> |>>> |>>> "; got != want {
		t.Errorf("prompts %q; want %q", got, want)
	}
	boom := errors.New("boom")
	if _, err := s.Next(ctx, func(string) (string, error) { return "", boom }); err != boom {
		t.Errorf("Next with a reader that fails = %v; want its error", err)
	}
	// What stands before the end of input runs, its newline or not.
	if v, err := s.Next(ctx, func(string) (string, error) { return "6 * 7", io.EOF }); err != nil || v.String() != "42" {
		t.Errorf("Next at the end of input = %v, %v; want 42", v, err)
	}
	if _, err := s.Next(ctx, func(string) (string, error) { return "", io.EOF }); err != io.EOF {
		t.Errorf("Next after the end of input = %v; want EOF", err)
	}
}

// TestSessionItems has an item end, by itself or cancelled, and the session go on.
func TestSessionItems(t *testing.T) {
	reached := make(chan struct{}, 8)
	port := silent(t, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", reached)
	rt, _ := newRuntime(t, Config{Permissions: Everything(), Limits: Limits{Steps: 100_000}})
	s := rt.NewSession()
	defer s.Close()
	eval := func(ctx context.Context, src string) (starlark.Value, error) {
		t.Helper()
		return s.Eval(ctx, "x", src)
	}
	// What an item opens outlives its context.
	ctx, cancel := context.WithCancel(context.Background())
	if _, err := eval(ctx, "srv = testserver.start({'/': 'ok'})\nc = httplib.HTTPConnection(srv.host, srv.port)\nc.connect()\n"); err != nil {
		t.Fatal(FormatError(err))
	}
	cancel()
	if v, err := eval(context.Background(), "c.request('GET', '/')\nc.getresponse().read()\n"); err != nil || py.Repr(v) != "'ok'" {
		t.Errorf("a connection of an earlier item read %v, %v; want 'ok'", v, err)
	}
	// A cancelled item leaves the session as it is.
	ctx, cancel = context.WithCancel(context.Background())
	go func() {
		<-reached
		cancel()
	}()
	if _, err := eval(ctx, "c = httplib.HTTPConnection('127.0.0.1', "+port+")\nc.request('GET', '/')\nc.getresponse().read()\n"); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled item = %v; want canceled", err)
	}
	if v, err := eval(context.Background(), "c.close()\n1 + 1\n"); err != nil || v.String() != "2" {
		t.Errorf("after a cancelled item: %v, %v; want 2", v, err)
	}
	// Each item has the steps to itself.
	var limit *LimitError
	for range 3 {
		if _, err := eval(context.Background(), "for i in range(10000): pass\n"); err != nil {
			t.Errorf("an item within the limit: %v", err)
		}
	}
	if _, err := eval(context.Background(), "while True: pass\n"); !errors.As(err, &limit) {
		t.Errorf("an endless item: %v; want a LimitError", err)
	}
	if v, err := eval(context.Background(), "2\n"); err != nil || v.String() != "2" {
		t.Errorf("after an endless item: %v, %v; want 2", v, err)
	}
}

// TestSessionHandlers has a server's handler, on a thread of its own, use the
// session's variables, from before it began and after.
func TestSessionHandlers(t *testing.T) {
	rt, out := newRuntime(t, Config{Permissions: Permissions{Listen: true}})
	s := rt.NewSession()
	defer s.Close()
	got := feed(t, s, out,
		"seen = []",
		"def handler(req):",
		"    seen.append(req.path)",
		"    global count",
		"    count = len(seen)",
		"    return answer % count",
		"",
		"srv = testserver.start({'/': handler})",
		"answer = 'answer %d'",
		"def get():",
		"    c = httplib.HTTPConnection(srv.host, srv.port)",
		"    c.request('GET', '/')",
		"    return c.getresponse().read()",
		"",
		"get()",
		"answer = 'other %d'",
		"get(), count, seen",
	)
	if want := "'answer 1'\n('other 2', 2, ['/', '/'])"; got != want {
		t.Errorf("the session showed\n%s\nwant\n%s", got, want)
	}
}

func TestSessionRun(t *testing.T) {
	rt, out := newRuntime(t, Config{})
	s := rt.NewSession()
	defer s.Close()
	ctx := context.Background()
	if err := s.Run(ctx, "setup.star", []byte("def f(): return x\nx = 1\n2\n")); err != nil {
		t.Fatal(FormatError(err))
	}
	if got := feed(t, s, out, "f()", "x = 5", "f()"); got != "1\n5" {
		t.Errorf("after Run: %q", got)
	}
	f, ok := s.Lookup("f")
	if !ok {
		t.Fatal("Lookup(f) found nothing")
	}
	if v, err := s.Call(ctx, f.(starlark.Callable), nil, nil); err != nil || v.String() != "5" {
		t.Errorf("Call(f) = %v, %v; want 5", v, err)
	}
	if _, err := s.Call(ctx, f.(starlark.Callable), starlark.Tuple{f}, nil); !strings.HasPrefix(FormatError(err), "Traceback") {
		t.Errorf("Call(f, f) = %v; want an error", err)
	}
	s.Set("x", starlark.String("set"))
	if v, _ := s.Lookup("x"); v != starlark.String("set") {
		t.Errorf("Lookup(x) after Set = %v", v)
	}
	if got := s.Globals().Keys(); !slices.Equal(got, []string{"_", "f", "x"}) {
		t.Errorf("Globals = %q", got)
	}
	names := s.Names()
	for _, want := range []string{"f", "x", "httplib", "len", "ValueError", "catch"} {
		if !slices.Contains(names, want) {
			t.Errorf("Names has no %s", want)
		}
	}
	for _, name := range names {
		if strings.HasPrefix(name, "$") {
			t.Errorf("Names has %s", name)
		}
		if _, ok := s.Lookup(name); !ok {
			t.Errorf("Names has %s, but Lookup has not", name)
		}
	}
	if _, ok := s.Lookup("nosuch"); ok {
		t.Error("Lookup(nosuch) found something")
	}
}

// TestSessionPython: a .py file means in a session what it means by itself, and
// what is typed after it means what the session says.
func TestSessionPython(t *testing.T) {
	const file = `from __future__ import print_function
import sys
n = 7 / 2
def half(x): return x / 2
def count():
    global n
    n += 1
    return n
def later(): return str(u"\xe9" and typed) + str(True + 1)
print("%05.1f" % n, 1 == True, [c for c in "ab"], c, __name__, __file__)
try:
    {}["x"]
except KeyError as e:
    caught = e
"a value"
`
	rt, out := newRuntime(t, Config{})
	s := rt.NewSession()
	defer s.Close()
	if err := s.Run(context.Background(), "dir/prog.py", []byte(file)); err != nil {
		t.Fatal(FormatError(err))
	}
	if got, want := out.String(), "003.0 True ['a', 'b'] b __main__ dir/prog.py\n"; got != want {
		t.Errorf("the file printed %q; want %q", got, want)
	}
	for _, tt := range []struct {
		python      bool
		lines, want string
	}{
		{false, "n, half(9), count(), n\nrepr(caught)\n7 / 2\ntyped = 'é'\nlater() == 'é2'\nc", "(3, 4, 4, 4)\n\"KeyError('x',)\"\n3.5\nTrue\n'b'"},
		{true, "7 / 2\nn += 7 / 2\nn\ntyped = 'x'\nlater()\n1 == True, len(xrange(3))\n'%(a)s' % {'a': 1}\nTrue + 1\n'ab'.decode('ascii')\n__name__", "3\n7\n'x2'\n(True, 3)\n'1'\n2\nu'ab'\n'__main__'"},
		{true, "print(1, 2)\nfrom __future__ import division\n7 / 2\ndef f(): return 1 / 4\n\nf(), half(9)", "1 2\n3.5\n(0.25, 4)"},
		{true, "len = 5\nlen\ndel len\nlen('ab')\n[x for x in [1, 2]]\nx\nnosuch", "5\n2\n[1, 2]\n2\nNameError: name 'nosuch' is not defined"},
		{false, "7 / 2\nf()", "3.5\n0.25"},
	} {
		s.Python = tt.python
		if got := feed(t, s, out, strings.Split(tt.lines, "\n")...); got != tt.want {
			t.Errorf("Python: %v:\n%s\nshowed\n%s\nwant\n%s", tt.python, tt.lines, got, tt.want)
		}
	}
	s.Python = true
	if _, ok := s.Lookup("xrange"); !ok || !slices.Contains(s.Names(), "xrange") {
		t.Error("a session in Python does not know xrange")
	}
	if err := s.Run(context.Background(), "prog.py", []byte("print 7 / 2, (1, 2)")); err != nil {
		t.Errorf("a second file, without print_function: %v", err)
	}
}

// TestSessionPythonTraceback: the traceback of a file is what Runtime.Run has.
func TestSessionPythonTraceback(t *testing.T) {
	const file = "def f(x):\n    try:\n        return 1 / x\n    finally:\n        pass\nfor i in [1, 0]:\n    f(i)\n"
	rt, _ := newRuntime(t, Config{})
	_, want := rt.Run(context.Background(), "prog.py", []byte(file))
	s := rt.NewSession()
	defer s.Close()
	if err := s.Run(context.Background(), "prog.py", []byte(file)); err == nil || FormatError(err) != FormatError(want) {
		t.Errorf("Session.Run:\n%s\nwant, as Run has it,\n%s", FormatError(err), FormatError(want))
	}
}

func TestSessionClosed(t *testing.T) {
	rt, _ := newRuntime(t, Config{Permissions: Everything()})
	s := rt.NewSession()
	if _, err := s.Eval(context.Background(), "x", "srv = testserver.start({})\n"); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("Close() = %v", err)
	}
	if _, err := s.Eval(context.Background(), "x", "1"); err == nil {
		t.Error("Eval works after Close")
	}
	if _, err := s.Call(context.Background(), starlark.Universe["len"].(starlark.Callable), nil, nil); err == nil {
		t.Error("Call works after Close")
	}
	if err := s.Run(context.Background(), "x", nil); err == nil {
		t.Error("Run works after Close")
	}
}

func TestSessionStarlark(t *testing.T) {
	rt, out := newRuntime(t, Config{Dialect: DialectStarlark})
	s := rt.NewSession()
	defer s.Close()
	if got := feed(t, s, out, "def f(): return g", "", "g = 3", "f()", "print 1", strings.Repeat("(", 2000)+strings.Repeat(")", 2000)); !strings.HasPrefix(got, "3\n") || strings.Count(got, "\n") < 2 {
		t.Errorf("a Starlark session showed %q; want 3, then errors", got)
	}
}
