package runtime

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/lib/socketmod"
)

// TestParallelServer has many workers against one server of the script's own,
// whose handler takes turns with the waiting script alone.
func TestParallelServer(t *testing.T) {
	rt, out := newRuntime(t, Config{Permissions: Permissions{Listen: true}})
	_, err := rt.Run(context.Background(), "x.star", []byte(`
hits = []
def handler(req):
    hits.append(req.path)
    return "got " + req.path
srv = testserver.start(handler)
def fetch(n):
    conn = httplib.HTTPConnection(srv.netloc)
    for i in range(3):
        conn.request("GET", "/%d/%d" % (n, i))
        body = conn.getresponse().read()
    conn.close()
    print(body)
    return body
all = parallel(fetch, range(64), limit=64)
print(all == ["got /%d/2" % n for n in range(64)], len(hits), len(set(hits)))
`))
	if err != nil {
		t.Fatal(FormatError(err))
	}
	var want strings.Builder
	for n := range 64 {
		fmt.Fprintf(&want, "got /%d/2\n", n)
	}
	want.WriteString("True 192 192\n")
	if out.String() != want.String() {
		t.Errorf("printed\n%s\nwant\n%s", out, &want)
	}
}

// TestOnConcurrent: the hook is called where a second thread of scripts begins,
// before it does, and nowhere else.
func TestOnConcurrent(t *testing.T) {
	for _, tt := range []struct {
		script string
		want   int
	}{
		{"time.sleep(0.001)", 0},
		{"parallel(len, [])", 0},
		{"parallel(len, ['a'])", 0},
		{"parallel(len, ['a', 'b'], limit=1)", 0},
		{"parallel(len, ['a', 'b'])", 1},
		{"testserver.start({})", 1},
		{"testserver.start({})\nparallel(len, ['a', 'b'])\nparallel(len, ['a', 'b'])", 3},
	} {
		called := 0
		rt, _ := newRuntime(t, Config{Permissions: Permissions{Listen: true}, OnConcurrent: func() { called++ }})
		if _, err := rt.Run(context.Background(), "x.star", []byte(tt.script)); err != nil || called != tt.want {
			t.Errorf("%s called the hook %d times, %v; want %d", tt.script, called, err, tt.want)
		}
	}
}

// TestParallelLeaves has workers leave connections, responses and servers to the
// script. The handlers of such a server share what its worker returned, and so
// have to take turns with the script.
func TestParallelLeaves(t *testing.T) {
	rt, out := newRuntime(t, Config{Permissions: Permissions{Listen: true}})
	_, err := rt.Run(context.Background(), "x.star", []byte(`
def start(n):
    log = []
    def handler(req):
        log.append(req.path)
        return str(n)
    srv = testserver.start(handler, names=["server%d" % n])
    conn = httplib.HTTPConnection(srv.netloc)
    conn.request("GET", "/one")
    return srv, log, conn, conn.getresponse()
servers = parallel(start, range(4))

def ask(n):  # served by the handlers of a worker that is over
    conn = httplib.HTTPConnection("server%d" % n)
    conn.request("GET", "/two")
    return conn.getresponse().read()
print(parallel(ask, range(4)))

for srv, log, conn, resp in servers:
    print(resp.read(), log)
    conn.request("GET", "/three")
    for i in range(1000):
        log.append(i)
    print(conn.getresponse().read(), len(log))
    srv.close()
print([s[0].closed for s in servers])
`))
	if err != nil {
		t.Fatal(FormatError(err))
	}
	var want strings.Builder
	want.WriteString(`["0", "1", "2", "3"]` + "\n")
	for n := range 4 {
		fmt.Fprintf(&want, "%d [\"/one\", \"/two\"]\n%d 1003\n", n, n)
	}
	want.WriteString("[True, True, True, True]\n")
	if out.String() != want.String() {
		t.Errorf("printed\n%s\nwant\n%s", out, &want)
	}
}

// TestParallelChain asks a worker's server, from another worker, after the first
// has ended and while parallel goes on.
func TestParallelChain(t *testing.T) {
	rt, out := newRuntime(t, Config{Permissions: Permissions{Listen: true}})
	_, err := rt.Run(context.Background(), "x.star", []byte(`
def f(n):
    if n == 0:
        return testserver.start({"/": lambda req: "hello"}, names=["first"])
    conn = httplib.HTTPConnection("first")
    conn.request("GET", "/")
    return conn.getresponse().read()
print(parallel(f, range(3), limit=1)[1:])
`))
	if err != nil || out.String() != `["hello", "hello"]`+"\n" {
		t.Errorf("printed %q, error %s", out, FormatError(err))
	}
}

// TestParallelStops cancels a run whose workers compute and block.
func TestParallelStops(t *testing.T) {
	for _, limit := range []string{"context", "wall", "steps", "conns"} {
		t.Run(limit, func(t *testing.T) {
			reached := make(chan struct{}, 8)
			port := silent(t, "HTTP/1.1 200 OK\r\n", reached)
			c := blockedConfig(reached)
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			switch limit {
			case "wall":
				c.Limits.Wall = 50 * time.Millisecond
			case "steps":
				c.Limits.Steps = 1_000_000
			case "conns":
				c.Limits.Conns = 2
			}
			rt, out := newRuntime(t, c)
			if limit == "context" {
				go func() {
					<-reached
					cancel()
				}()
			}
			_, err := rt.Run(ctx, "x.star", fmt.Appendf(nil, `
def spin():
    while True:
        attempt(lambda: [None for _ in range(1000)])
def f(n):
    if n %% 3 == 0:
        spin()
    if n %% 3 == 1:
        time.sleep(1000)
    c = httplib.HTTPConnection("127.0.0.1", %s)
    c.request("GET", "/")
    c.getresponse()
parallel(f, range(12), limit=12, errors="return")
print("not reached")
`, port))
			var over *LimitError
			switch {
			case limit == "context":
				if !errors.Is(err, context.Canceled) {
					t.Errorf("error %v; want canceled", err)
				}
			case !errors.As(err, &over) || !strings.HasPrefix(over.Flag, "--"):
				t.Errorf("error %v; want a limit's", err)
			}
			if out.Len() > 0 {
				t.Errorf("printed %q", out)
			}
		})
	}
}

// TestParallelFailureCloses has nothing stay open whose way to it is lost, so
// that a session does not fill up.
func TestParallelFailureCloses(t *testing.T) {
	rt, _ := newRuntime(t, Config{Permissions: Permissions{Listen: true}})
	s := rt.NewSession()
	defer s.Close()
	for _, src := range []string{
		"srv = testserver.start('x')",
		"kept = []",
		`def f(n):
    c = httplib.HTTPConnection(srv.netloc)
    c.connect()
    testserver.start('y')
    if n == 5: fail('no')
    return c
`,
		"attempt(parallel, f, range(20))",
	} {
		if _, err := s.Eval(context.Background(), "<x>", src); err != nil {
			t.Fatal(FormatError(err))
		}
	}
	if n := s.run.task.host.Resources.Len(); n != 1 {
		t.Errorf("%d resources are open; want 1, the script's server", n)
	}
}

// TestParallelRate counts on a clock that moves when someone sleeps.
func TestParallelRate(t *testing.T) {
	var now atomic.Int64
	rt, out := newRuntime(t, Config{
		Now: func() time.Time { return time.Unix(0, now.Load()) },
		Sleep: func(ctx context.Context, d time.Duration) error {
			now.Add(int64(d))
			return ctx.Err()
		},
	})
	_, err := rt.Run(context.Background(), "x.star", []byte(`
print(parallel(lambda n: int(time.time()), range(7), limit=1, rate=(2, 10)))
`))
	if err != nil || out.String() != "[0, 0, 10, 10, 20, 20, 30]\n" {
		t.Errorf("printed %q, error %s", out, FormatError(err))
	}
}

// TestParallelDialect shares the variables of sessions and of dialect functions,
// which are not frozen but not assignable for the time being.
func TestParallelDialect(t *testing.T) {
	tests := []struct{ name, src, want string }{
		{"global", "n = 0\ndef f(i):\n    global n\n    n += i\ntry:\n    parallel(f, range(3))\nexcept TypeError, e:\n    print e\nn = 5\nf(1)\nprint n\n",
			"cannot assign variable 'n' while parallel runs functions that can reach it\n6\n"},
		{"reads", "data = [1]\nother = [1]\ndef f(i):\n    return data[0] + i\nprint parallel(f, range(2))\nother.append(2)\ndata = []\ndata.append(3)\nprint data\n",
			"[1, 2]\n[3]\n"},
		{"frozen", "data = []\ndef f(i):\n    data.append(i)\ntry:\n    parallel(f, [1])\nexcept TypeError, e:\n    print e\n",
			"append: cannot append to frozen list\n"},
		{"try", "def outer():\n    n = 1\n    got = []\n    def f(i):\n        try:\n            got.append(n / i)\n        except ZeroDivisionError:\n            return 'zero'\n        except TypeError, e:\n            return 'frozen'\n    try:\n        r = parallel(f, [0, 1])\n    finally:\n        n = 2\n    return r, n\nprint outer()\n",
			"(['zero', 'frozen'], 2)\n"},
		{"print", "def f(i):\n    print i,\n    print 'x'\nparallel(f, range(3))\n", "0 x\n1 x\n2 x\n"},
		{"generator", "g = (x for x in [1])\ntry:\n    parallel(lambda i: list(g), [1])\nexcept TypeError, e:\n    print e\nprint parallel(lambda i: i, (x for x in [1, 2]))\n",
			"parallel: a value of type generator belongs to the thread that made it and cannot be shared\n[1, 2]\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rt, out := newRuntime(t, Config{})
			if _, err := rt.Run(context.Background(), "x.py", []byte(tt.src)); err != nil || out.String() != tt.want {
				t.Errorf("a file printed %q, error %s; want %q", out, FormatError(err), tt.want)
			}
			out.Reset()
			s := rt.NewSession()
			defer s.Close()
			if err := s.Run(context.Background(), "x.py", []byte(tt.src)); err != nil || out.String() != tt.want {
				t.Errorf("a session printed %q, error %s; want %q", out, FormatError(err), tt.want)
			}
		})
	}
}

// TestParallelInHandler calls parallel in a handler, which ends with its server.
func TestParallelInHandler(t *testing.T) {
	rt, out := newRuntime(t, Config{Permissions: Permissions{Listen: true}})
	_, err := rt.Run(context.Background(), "x.star", []byte(`
def handler(req):
    return str(parallel(lambda n: n + 1, range(3)))
def stuck(req):
    parallel(lambda n: time.sleep(1000), range(3))
srv = testserver.start({"/": handler, "/stuck": stuck})
conn = httplib.HTTPConnection(srv.netloc)
conn.request("GET", "/")
print(conn.getresponse().read())
conn.timeout = 0.05
conn.request("GET", "/stuck")
srv.close()
print(srv.closed)
`))
	if err != nil || out.String() != "[1, 2, 3]\nTrue\n" {
		t.Errorf("printed %q, error %s", out, FormatError(err))
	}
}

// TestParallelLibrary calls parallel while a file is loaded, with functions of
// the file's own; and through a function of another file.
func TestParallelLibrary(t *testing.T) {
	rt, out := newRuntime(t, Config{FS: tree(map[string]string{
		"lib.star": "table = [1]\nfree = []\ndef f(n): return table[0] + n\nx = parallel(f, range(2))\nfree.append(1)\ndef each(fn, n): return parallel(fn, range(n))\n",
	})})
	_, err := rt.Run(context.Background(), "x.star", []byte(`
load("lib.star", "x", "each")
mine, other = [5], []
print(x, each(lambda n: n * mine[0], 3))
other.append(1)
print(attempt(mine.append, 1).error)
`))
	if err != nil || out.String() != "[1, 2] [0, 5, 10]\nappend: cannot append to frozen list\n" {
		t.Errorf("printed %q, error %s", out, FormatError(err))
	}
}

// TestParallelShared has workers read and call everything they share at once: for
// the race detector.
func TestParallelShared(t *testing.T) {
	rt, _ := newRuntime(t, Config{Permissions: Permissions{Listen: true}})
	_, err := rt.Run(context.Background(), "x.star", []byte(`
srv = testserver.start({"/": "x"}, tls=True)
context = ssl.create_default_context()
table = {str(n): [n, {"n": (n,)}] for n in range(100)}
error = attempt(fail, ValueError("shared")).error
numbers = set(range(100))
msg = attempt(httplib.HTTPConnection, "x", "y").error
plain = httplib.HTTPConnection("x")
plain.putrequest("GET", "/")
begun = httplib.HTTPConnection(testserver.start("y").netloc)
begun.request("GET", "/")
resp = begun.getresponse()
sock = socket.create_connection(("127.0.0.1", srv.port))
secure = httplib.HTTPSConnection(srv.netloc, context=context)
secure.connect()
out, codes = sys.stdout, "abc".codepoints()
digest = hashlib.md5("x")
mac = hmac.new("k")
shared = [srv, context, plain, begun, begun.sock, resp, resp.msg, sock, secure, secure.sock, out, digest, mac, codes,
    os.environ, error, numbers, table, "text", msg]
pattern = re.compile("[0-9]+")
def touch():
    for v in shared:
        str(v), repr(v), bool(v), attempt(hash, v), attempt(len, v), v == out or attempt(list, v)
        for name in dir(v):
            a = getattr(v, name)
            if type(a) == "builtin_function_or_method" and (name != "close" or v not in (srv, out)):
                attempt(a), attempt(a, 1), attempt(a, "a", "b")
def f(n):
    touch()
    conn = httplib.HTTPSConnection(srv.netloc, context=context)
    conn.request("GET", "/")
    conn.getresponse().read()
    conn.close()
    pattern.findall(str(n))
    for k in table:
        if table[k][0] != table[k][1]["n"][0]:
            fail("differs")
    str(plain), plain.host, plain.sock, str(msg), srv.requests, srv.url
    attempt(plain.connect)
    sys.stdout.write(str(sorted(numbers)[n]) + "\n")
    httplib._MAXHEADERS = 100 + n
    return attempt(fail, error).error.traceback
parallel(f, range(12), limit=4)
`))
	if err != nil {
		t.Fatal(FormatError(err))
	}
}

// TestParallelOrphan calls parallel on a thread that the runtime did not make.
func TestParallelOrphan(t *testing.T) {
	var out strings.Builder
	thread := new(starlark.Thread)
	host.Attach(thread, context.Background(), host.Host{Stdout: &out})
	say := starlark.NewBuiltin("say", func(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		return starlark.Call(thread, builtins()["print"], args, nil)
	})
	items := starlark.NewList([]starlark.Value{starlark.MakeInt(1), starlark.MakeInt(2)})
	if _, err := starlark.Call(thread, builtins()["parallel"], starlark.Tuple{say, items}, nil); err != nil || out.String() != "1\n2\n" {
		t.Errorf("printed %q, error %v", &out, err)
	}
	many, err := starlark.Call(thread, builtins()["range"], starlark.Tuple{starlark.MakeInt(5000)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	v, err := starlark.Call(thread, builtins()["parallel"], starlark.Tuple{starlark.Universe["str"], many}, nil)
	if err != nil || starlark.Len(v) != 5000 {
		t.Errorf("%d results, error %v; want 5000", starlark.Len(v), err)
	}
}

func TestParallelTimeoutClass(t *testing.T) {
	x := (&timedOut{time.Second}).exception()
	if !x.IsA(socketmod.TimeoutClass) || x.String() != "the call took longer than 1s" {
		t.Errorf("exception = %v", x)
	}
}

// BenchmarkParallel is the cost of a call that parallel makes.
func BenchmarkParallel(b *testing.B) {
	for _, limit := range []int{1, 8, 64} {
		b.Run(fmt.Sprintf("limit=%d", limit), func(b *testing.B) {
			rt, _ := newRuntime(b, Config{Limits: NoLimits()})
			globals, err := rt.Run(context.Background(), "x.star", fmt.Appendf(nil, "def f(n): return n\ndef g(): parallel(f, range(1000), limit=%d)\n", limit))
			if err != nil {
				b.Fatal(err)
			}
			g := globals["g"].(starlark.Callable)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := rt.Call(context.Background(), g, nil, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
