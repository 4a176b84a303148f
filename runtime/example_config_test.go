package runtime_test

import (
	"context"
	"crypto/x509"
	"fmt"
	mathrand "math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing/fstest"
	"time"

	"go.starlark.net/starlark"

	"starwire/runtime"
)

// run runs a script whose errors are shown to a person.
func run(c runtime.Config, src string) {
	rt, err := runtime.New(c)
	if err != nil {
		fmt.Println(err)
		return
	}
	if _, err := rt.Run(context.Background(), "script.star", []byte(src)); err != nil {
		fmt.Print(runtime.FormatError(err))
	}
}

// hello answers every request.
func hello(w http.ResponseWriter, r *http.Request) {
	w.Header()["Date"] = nil
	fmt.Fprintf(w, "hello, %s", r.Host)
}

// portOf returns the port of a server's address.
func portOf(address string) string {
	_, port, _ := net.SplitHostPort(address)
	return port
}

// A text is compiled once, however often it runs: by one goroutine or by many.
func ExampleRuntime() {
	rt, err := runtime.New(runtime.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	src := []byte("total = 0\nfor n in range(10): total += n")
	totals := make([]starlark.Value, 8)
	var wg sync.WaitGroup
	for i := range totals {
		wg.Go(func() {
			globals, err := rt.Run(context.Background(), "sum.star", src)
			if err == nil {
				totals[i] = globals["total"]
			}
		})
	}
	wg.Wait()
	fmt.Println(totals)
	// Output: [45 45 45 45 45 45 45 45]
}

// A function of a script's, with Go's types.
func ExampleRuntime_Bind() {
	rt, _ := runtime.New(runtime.Config{})
	globals, err := rt.Run(context.Background(), "prices.star", []byte(`
def total(items, discount):
    return sum([item["price"] * item["count"] for item in items]) - discount
def sum(numbers):
    n = 0
    for number in numbers:
        n += number
    return n
`))
	if err != nil {
		fmt.Print(runtime.FormatError(err))
		return
	}
	type item struct {
		Price int `starwire:"price"`
		Count int `starwire:"count"`
	}
	var total func(ctx context.Context, items []item, discount int) (int, error)
	if err := rt.Bind(globals["total"], &total); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(total(context.Background(), []item{{5, 2}, {10, 1}}, 3))
	// Output: 17 <nil>
}

// Scripts load and open files of a tree that the program made up.
func ExampleConfig_fS() {
	run(runtime.Config{FS: fstest.MapFS{
		"lib/greet.star": {Data: []byte(`def greet(): return "hello, " + open("data/name.txt").read()`)},
		"data/name.txt":  {Data: []byte("world")},
	}}, `
load("lib/greet.star", "greet")
print(greet())
print(attempt(open, "../secret").error)
`)
	// Output:
	// hello, world
	// not allowed to read file ../secret (to allow it: --allow-read=DIR)
}

// A folder as a tree: no name and no symbolic link leads out of it.
func ExampleConfig_osRoot() {
	dir, err := os.MkdirTemp("", "scripts")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	if err := os.WriteFile(filepath.Join(dir, "lib.star"), []byte("answer = 42"), 0o600); err != nil {
		fmt.Println(err)
		return
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer root.Close()
	run(runtime.Config{FS: root.FS()}, `
load("lib.star", "answer")
print(answer, open("lib.star").read())
`)
	// Output: 42 answer = 42
}

// Connections are the program's to make: here all lead to a server of its own.
func ExampleConfig_dial() {
	srv := httptest.NewServer(http.HandlerFunc(hello))
	defer srv.Close()
	run(runtime.Config{
		Permissions: runtime.Permissions{Net: []string{"*.example.com:80"}},
		Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
			fmt.Println("dial", network, address)
			var d net.Dialer
			return d.DialContext(ctx, network, srv.Listener.Addr().String())
		},
	}, `
conn = httplib.HTTPConnection("www.example.com")
conn.request("GET", "/")
print(conn.getresponse().read())
`)
	// Output:
	// dial tcp www.example.com:80
	// hello, www.example.com
}

// Names can mean what the program says. An address that is no public one needs a
// grant of its own, whatever name leads to it.
func ExampleConfig_lookup() {
	srv := httptest.NewServer(http.HandlerFunc(hello))
	defer srv.Close()
	lookup := func(_ context.Context, name string) ([]netip.Addr, error) {
		fmt.Println("lookup", name)
		return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
	}
	const src = `
conn = httplib.HTTPConnection("app.internal", int(sys.argv[0]))
result = attempt(conn.request, "GET", "/")
print(type(result.error) if result.error else conn.getresponse().status)
`
	for _, net := range [][]string{{"app.internal"}, {"app.internal", "127.0.0.0/8"}} {
		run(runtime.Config{
			Permissions: runtime.Permissions{Net: net}, Lookup: lookup,
			Args: []string{portOf(srv.Listener.Addr().String())},
		}, src)
	}
	// Output:
	// lookup app.internal
	// PermissionError
	// lookup app.internal
	// 200
}

// Scripts trust the authorities of the program's choice.
func ExampleConfig_rootCAs() {
	srv := httptest.NewTLSServer(http.HandlerFunc(hello))
	defer srv.Close()
	pool := x509.NewCertPool()
	pool.AddCert(srv.Certificate())
	run(runtime.Config{
		Permissions: runtime.Permissions{Net: []string{"https://127.0.0.1:" + portOf(srv.Listener.Addr().String())}},
		RootCAs:     pool,
		Args:        []string{portOf(srv.Listener.Addr().String())},
	}, `
conn = httplib.HTTPSConnection("127.0.0.1", int(sys.argv[0]))
conn.request("GET", "/")
print(conn.getresponse().status)
`)
	// Output: 200
}

// With a clock and randomness of the program's own, each run is like the other.
func ExampleConfig_clock() {
	var printed [2]string
	for i := range printed {
		now := time.Date(2038, 1, 19, 3, 14, 7, 0, time.UTC)
		run(runtime.Config{
			Now:   func() time.Time { return now },
			Sleep: func(_ context.Context, d time.Duration) error { now = now.Add(d); return nil },
			Rand:  mathrand.NewChaCha8([32]byte{}),
			Print: func(line string) { printed[i] += line + "\n" },
		}, `
began = time.time()
time.sleep(3600)
print(int(began), time.time() - began)
print(random.random(), repr(os.urandom(8)))
`)
	}
	fmt.Println(strings.Split(printed[0], "\n")[0])
	fmt.Println(printed[0] == printed[1])
	// Output:
	// 2147483647 3600.0
	// true
}

// What scripts print goes where the program says, a line at a time; a new
// connection's debug output is printed, too.
func ExampleConfig_print() {
	srv := httptest.NewServer(http.HandlerFunc(hello))
	defer srv.Close()
	run(runtime.Config{
		Permissions: runtime.Permissions{Net: []string{"www.example.com"}},
		Resolve:     map[string]string{"www.example.com:80": srv.Listener.Addr().String()},
		DebugLevel:  1,
		Print: func(line string) {
			if strings.HasPrefix(line, "send:") {
				fmt.Println("debug |", line)
			} else if !strings.HasPrefix(line, "reply:") && !strings.HasPrefix(line, "header:") {
				fmt.Println("print |", line)
			}
		},
	}, `
conn = httplib.HTTPConnection("www.example.com")
conn.request("GET", "/")
print(conn.getresponse().read())
`)
	// Output:
	// debug | send: 'GET / HTTP/1.1\r\nHost: www.example.com\r\nAccept-Encoding: identity\r\n\r\n'
	// print | hello, www.example.com
}

// A program that runs on one processor can learn when a script needs more.
func ExampleConfig_onConcurrent() {
	run(runtime.Config{
		OnConcurrent: sync.OnceFunc(func() { fmt.Println("now there are several") }),
	}, `
print("alone")
print(parallel(lambda n: n * n, [1, 2, 3]))
`)
	// Output:
	// alone
	// now there are several
	// [1, 4, 9]
}

// What a script needed, and what it was refused.
func ExampleAudit() {
	var audit runtime.Audit
	run(runtime.Config{
		Permissions: runtime.Permissions{Env: []string{"*"}},
		Audit:       audit.Add,
	}, `
os.getenv("HOME")
attempt(httplib.HTTPSConnection("api.example.com").connect)
`)
	fmt.Printf("%+v\n", audit.Permissions())
	for _, refused := range audit.Refused() {
		fmt.Println(refused)
	}
	// Output:
	// {Net:[api.example.com:443] DenyNet:[] Read:[] Write:[] Env:[HOME] Listen:false}
	// not allowed to connect to api.example.com:443 (to allow it: --allow-net=api.example.com:443)
}
