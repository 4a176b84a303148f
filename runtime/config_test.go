package runtime

import (
	"context"
	"errors"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.starlark.net/starlark"

	"starwire/httplibmod"
)

func TestConfigErrors(t *testing.T) {
	one := starlark.MakeInt(1)
	tests := []struct {
		c    Config
		want string
	}{
		{Config{Modules: map[string]starlark.StringDict{"a-b": {}}}, `runtime.Config: Modules: "a-b" is not a name`},
		{Config{Modules: map[string]starlark.StringDict{"": {}}}, `runtime.Config: Modules: "" is not a name`},
		{Config{Modules: map[string]starlark.StringDict{"httplib": {}}}, `runtime.Config: Modules: there is a built-in module "httplib"`},
		{Config{Modules: map[string]starlark.StringDict{"sys": {}}}, `runtime.Config: Modules: there is a built-in module "sys"`},
		{Config{Modules: map[string]starlark.StringDict{"m": {"x": nil}}}, `runtime.Config: Modules: m.x is nil`},
		{Config{Predeclared: starlark.StringDict{"1a": one}}, `runtime.Config: Predeclared: "1a" is not a name`},
		{Config{Predeclared: starlark.StringDict{"a": nil}}, `runtime.Config: Predeclared: a is nil`},
		{Config{Permissions: Permissions{Net: []string{"a b"}}}, `runtime.Config: Permissions.Net: "a b": `},
	}
	for _, tt := range tests {
		if _, err := New(tt.c); err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("New(%+v) = %v; want %s", tt.c, err, tt.want)
		}
	}
}

// TestZeroConfig has the script of a zero Config try everything.
func TestZeroConfig(t *testing.T) {
	rt, out := newRuntime(t, Config{})
	globals, err := rt.Run(context.Background(), "x.star", []byte(`
print("printed")
refused = [type(attempt(*call).error) for call in [
    (httplib.HTTPConnection("127.0.0.1", 80).connect,),
    (socket.create_connection, ("localhost", 80)),
    (open, "x"),
    (open, "x", "w"),
    (testserver.start, {}),
]]
def load_file():
    return 1
argv, stdin = sys.argv, sys.stdin.read()
`))
	if err != nil {
		t.Fatal(FormatError(err))
	}
	if got := globals["refused"].String(); strings.Count(got, "PermissionError") != 5 {
		t.Errorf("a zero Config refuses %s; want PermissionError five times", got)
	}
	if out.String() != "printed\n" || globals["stdin"] != starlark.String("") {
		t.Errorf("printed %q, read %v", out, globals["stdin"])
	}
}

func TestLimitDefaults(t *testing.T) {
	l := Limits{}.withDefaults()
	if l.Steps <= 0 || l.Wall <= 0 || l.ReadBytes <= 0 || l.WriteBytes <= 0 || l.PrintBytes <= 0 || l.Conns <= 0 || l.Memory <= 0 {
		t.Errorf("the defaults %+v leave something unbounded", l)
	}
	if got := NoLimits().withDefaults(); got != NoLimits() {
		t.Errorf("NoLimits became %+v", got)
	}
	set := Limits{Steps: 1, Wall: 2, ReadBytes: 3, WriteBytes: 4, PrintBytes: 5, Conns: 6, Memory: 7 << 30}
	if got := set.withDefaults(); got != set {
		t.Errorf("%+v became %+v", set, got)
	}
	rt, _ := newRuntime(t, Config{Limits: NoLimits()})
	if _, err := rt.Run(context.Background(), "x.star", []byte("for i in range(100000): pass")); err != nil {
		t.Errorf("without limits: %v", err)
	}
}

// TestSteps holds the step limit to within its slices, whatever runs the steps.
func TestSteps(t *testing.T) {
	charge := starlark.NewBuiltin("charge", func(thread *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
		n, _ := args[0].(starlark.Int).Uint64()
		thread.Steps += n
		return starlark.None, nil
	})
	for _, tt := range []struct {
		steps int64
		src   string
		ok    bool
	}{
		{1000, "for i in range(50): pass", true},
		{1000, "for i in range(10000): pass", false},
		{100_000, "for i in range(1000): pass", true},
		{1_000_000, "charge(900000)", true},
		{1_000_000, "charge(1100000)\nx = 1", false},
		{1_000_000, "for i in range(10): charge(90000)", true},
		{1_000_000, "for i in range(12): charge(90000)", false},
		{100_000, "load('lib.star', 'x')", true},
		{20_000, "load('lib.star', 'x')", false},
	} {
		rt, _ := newRuntime(t, Config{
			Limits:      Limits{Steps: tt.steps},
			Predeclared: starlark.StringDict{"charge": charge},
			FS:          tree(map[string]string{"lib.star": "x = 1\nfor i in range(5000): x += 1\n"}),
		})
		_, err := rt.Run(context.Background(), "x.star", []byte(tt.src))
		if (err == nil) != tt.ok || err != nil && !strings.Contains(err.Error(), fmt.Sprintf("limit exceeded: steps (%d); --max-steps sets it", tt.steps)) {
			t.Errorf("%s with %d steps: %v; want ok %v", tt.src, tt.steps, err, tt.ok)
		}
	}
}

func TestClock(t *testing.T) {
	var slept []time.Duration
	rt, out := newRuntime(t, Config{
		Now: func() time.Time { return time.Unix(1_000_000, 0) },
		Sleep: func(_ context.Context, d time.Duration) error {
			slept = append(slept, d)
			return nil
		},
	})
	if _, err := rt.Run(context.Background(), "x.star", []byte("time.sleep(2.5)\nprint(int(time.time()))")); err != nil || out.String() != "1000000\n" {
		t.Errorf("printed %q, %v", out, err)
	}
	if !slices.Equal(slept, []time.Duration{2500 * time.Millisecond}) {
		t.Errorf("slept %v; want 2.5 s once", slept)
	}
}

// TestRand: with the same randomness, runs do the same.
func TestRand(t *testing.T) {
	const src = `print(repr(os.urandom(8)), random.random(), random.SystemRandom().getrandbits(32), random.Random().randint(1, 1000))`
	run := func(c Config) string {
		t.Helper()
		rt, out := newRuntime(t, c)
		if _, err := rt.Run(context.Background(), "x.star", []byte(src)); err != nil {
			t.Fatal(FormatError(err))
		}
		return out.String()
	}
	bytes := func(seed byte) io.Reader { return mathrand.NewChaCha8([32]byte{seed}) }
	if a, b := run(Config{Rand: bytes(1)}), run(Config{Rand: bytes(1)}); a != b {
		t.Errorf("the same randomness gave\n%s%s", a, b)
	}
	if a, b := run(Config{Rand: bytes(1)}), run(Config{Rand: bytes(2)}); a == b {
		t.Errorf("other randomness gave the same: %s", a)
	}
	if a, b := run(Config{}), run(Config{}); a == b {
		t.Errorf("the system's randomness gave the same: %s", a)
	}
	rt, _ := newRuntime(t, Config{Rand: strings.NewReader("")})
	_, err := rt.Run(context.Background(), "x.star", []byte(`os.urandom(1)`))
	if !errors.Is(err, io.EOF) {
		t.Errorf("without any: %v; want the reader's error", err)
	}
}

func TestDialects(t *testing.T) {
	for _, tt := range []struct {
		dialect Dialect
		name    string
		python  bool
	}{
		{DialectAuto, "x.py", true}, {DialectAuto, "x.star", false}, {DialectAuto, "<string>", false},
		{DialectPython, "x.star", true}, {DialectStarlark, "x.py", false},
	} {
		rt, _ := newRuntime(t, Config{Dialect: tt.dialect})
		_, err := rt.Run(context.Background(), tt.name, []byte("print 'x'"))
		if (err == nil) != tt.python {
			t.Errorf("dialect %d, %s: %v; want Python: %v", tt.dialect, tt.name, err, tt.python)
		}
	}
}

func TestProgramCache(t *testing.T) {
	var c programCache
	add := func(name, text string, python bool) {
		c.put(&program{name: name, text: text}, python)
	}
	add("a", "1", false)
	add("a", "1", true)
	add("a", "1", false)
	if c.get("a", []byte("1"), true) == nil || c.get("a", []byte("2"), true) != nil || c.get("b", []byte("1"), true) != nil {
		t.Error("the cache confuses its keys")
	}
	if len(c.m) != 2 || c.size != 2 {
		t.Errorf("%d entries of %d bytes; want 2 of 2", len(c.m), c.size)
	}
	for i := range 2 * maxPrograms {
		add(fmt.Sprint(i), "x", false)
	}
	if len(c.m) > maxPrograms {
		t.Errorf("%d entries; want %d at most", len(c.m), maxPrograms)
	}
	big := strings.Repeat("x", maxProgramBytes/8)
	for i := range 32 {
		add(fmt.Sprint(i), big, false)
	}
	if c.size > maxProgramBytes {
		t.Errorf("%d bytes of text; want %d at most", c.size, maxProgramBytes)
	}
	size := 0
	for k := range c.m {
		size += len(k.text)
	}
	if size != c.size {
		t.Errorf("the cache counts %d bytes; there are %d", c.size, size)
	}
	add("huge", strings.Repeat("x", maxProgramBytes), false)
	if c.get("huge", []byte(strings.Repeat("x", maxProgramBytes)), false) != nil {
		t.Error("the cache keeps a text as large as itself")
	}
}

// TestManyRuns has goroutines run, call and fail at the same time.
func TestManyRuns(t *testing.T) {
	rt, _ := newRuntime(t, Config{Print: func(string) {}})
	globals, err := rt.Run(context.Background(), "lib.star", []byte("data = {'a': [1]}\ndef f(n): return len(data['a']) + n\n"))
	if err != nil {
		t.Fatal(err)
	}
	f := globals["f"].(starlark.Callable)
	var wg sync.WaitGroup
	for g := range 64 {
		wg.Go(func() {
			for i := range 50 {
				switch (g + i) % 3 {
				case 0:
					if _, err := rt.Run(context.Background(), "x.star", []byte(`print("x", sys.argv)`)); err != nil {
						t.Error(err)
					}
				case 1:
					if v, err := rt.Call(context.Background(), f, starlark.Tuple{starlark.MakeInt(i)}, nil); err != nil || v != starlark.MakeInt(i+1) {
						t.Errorf("f(%d) = %v, %v", i, v, err)
					}
				case 2:
					if _, err := rt.Run(context.Background(), "y.star", []byte(`fail("x")`)); err == nil || err.Error() != "Error: x" {
						t.Errorf("fail: %v", err)
					}
				}
			}
		})
	}
	wg.Wait()
}

// TestImports holds the promise that to embed the package links no terminal, no
// flags and nothing else that only the command needs. The HTTP of net/http is
// testserver's alone.
func TestImports(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "-f", "{{.ImportPath}} {{.Imports}}", "starwire/runtime").CombinedOutput()
	if err != nil {
		t.Skipf("no go command: %v\n%s", err, out)
	}
	for line := range strings.Lines(string(out)) {
		pkg, imports, _ := strings.Cut(line, " ")
		switch pkg {
		case "flag", "testing", "github.com/chzyer/readline", "golang.org/x/term", "starwire/runtime/repl", "starwire/runtime/doctest":
			t.Errorf("runtime links %s", pkg)
		case "starwire/runtime/lib/testservermod":
			continue
		}
		if strings.HasPrefix(pkg, "starwire/") && slices.Contains(strings.Fields(strings.Trim(imports, "[]\n")), "net/http") {
			t.Errorf("%s imports net/http", pkg)
		}
	}
}

// TestHTTPOptions: connections begin with the Config's options, in each item of a
// session too, and a script's own come before those.
func TestHTTPOptions(t *testing.T) {
	rt, out := newRuntime(t, Config{HTTP: httplibmod.Options{
		Strict: true, Deadline: 3 * time.Second, MaxBody: 99, Limits: httplibmod.Limits{Interim: 4},
	}})
	const show = `
def show(c):
    print(c.policy, c.deadline, c.max_body, c.limits["interim"])
show(httplib.HTTPConnection("h"))
show(http.client.HTTPSConnection("h"))
show(httplib.HTTPConnection("h", policy="python", deadline=None, max_body=None, limits={"interim": 5}))
`
	const want = "strict 3.0 99 4\nstrict 3.0 99 4\npython None None 5\n"
	s := rt.NewSession()
	defer s.Close()
	for what, execute := range map[string]func() error{
		"Run": func() error {
			_, err := rt.Run(context.Background(), "x.star", []byte(show))
			return err
		},
		"Session": func() error { return s.Run(context.Background(), "x.star", []byte(show)) },
	} {
		out.Reset()
		if err := execute(); err != nil || out.String() != want {
			t.Errorf("%s printed %q, %v; want %q", what, out, err, want)
		}
	}
}

// TestSocketTimeout: what is given no timeout waits as long as the Config says, and
// a script may say otherwise.
func TestSocketTimeout(t *testing.T) {
	const told = `
print(socket.getdefaulttimeout())
srv = testserver.start({})
def show(**given):
    c = httplib.HTTPConnection(srv.host, srv.port, **given)
    c.connect()
    print(c.sock.gettimeout())
show()
show(timeout=None)
socket.setdefaulttimeout(7200)
show()
`
	const waits = `
srv = testserver.start({"/": testserver.delay(60, "late")})
def get():
    c = httplib.HTTPConnection(srv.host, srv.port)
    c.request("GET", "/")
    c.getresponse()
print(isinstance(attempt(get).error, socket.timeout))
`
	for _, tt := range []struct {
		timeout   time.Duration
		src, want string
	}{
		{time.Hour, told, "3600.0\n3600.0\nNone\n7200.0\n"},
		{0, told, "None\nNone\nNone\n7200.0\n"},
		{20 * time.Millisecond, waits, "True\n"},
	} {
		rt, out := newRuntime(t, Config{SocketTimeout: tt.timeout, Permissions: Permissions{Listen: true}})
		if _, err := rt.Run(context.Background(), "x.star", []byte(tt.src)); err != nil || out.String() != tt.want {
			t.Errorf("SocketTimeout %v: printed %q, %v; want %q", tt.timeout, out, err, tt.want)
		}
		out.Reset()
		s := rt.NewSession()
		if err := s.Run(context.Background(), "x.star", []byte(tt.src)); err != nil || out.String() != tt.want {
			t.Errorf("SocketTimeout %v, in a session: printed %q, %v; want %q", tt.timeout, out, err, tt.want)
		}
		s.Close()
	}
}
