package runtime

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// embedder is a program of somebody else's: it gives a script a function, a
// module and a limit, calls a function of the script, and tells errors apart.
const embedder = `package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"go.starlark.net/starlark"

	"starwire/runtime"
	"starwire/runtime/host"
)

const plugin = ` + "`" + `
def price(item):
    print("asked for", item["name"])
    return item["amount"] * app.rate
def call(url):
    httplib.HTTPConnection(url).connect()
` + "`" + `

func main() {
	rt, err := runtime.New(runtime.Config{
		Limits:  runtime.Limits{Wall: 10 * time.Second, Steps: 100_000},
		Modules: map[string]starlark.StringDict{"app": {"rate": starlark.MakeInt(3)}},
		Print:   func(line string) { fmt.Println("script:", line) },
	})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	ctx := context.Background()
	globals, err := rt.Run(ctx, "plugin.star", []byte(plugin))
	if err != nil {
		fmt.Print(runtime.FormatError(err))
		os.Exit(1)
	}
	item := starlark.NewDict(2)
	item.SetKey(starlark.String("name"), starlark.String("tea"))
	item.SetKey(starlark.String("amount"), starlark.MakeInt(14))
	v, err := rt.Call(ctx, globals["price"].(starlark.Callable), starlark.Tuple{item}, nil)
	fmt.Println(v, err)
	var price func(item map[string]any) (int, error)
	if err := rt.Bind(globals["price"], &price); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println(price(map[string]any{"name": "milk", "amount": 2}))
	_, err = rt.Call(ctx, globals["call"].(starlark.Callable), starlark.Tuple{starlark.String("example.com")}, nil)
	var refused *host.PermissionError
	fmt.Println(errors.As(err, &refused), refused.Grant)
}
`

// TestEmbed builds that program as a module of its own and runs it, without a
// network: all it needs is what this module needs.
func TestEmbed(t *testing.T) {
	goCommand, err := exec.LookPath("go")
	if err != nil {
		t.Skip("there is no go command")
	}
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	sum, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	var version string
	for line := range strings.Lines(string(mod)) {
		if strings.HasPrefix(line, "go ") {
			version = line
		}
	}
	write("go.mod", "module example.com/embedder\n\n"+version+"\nrequire starwire v0.0.0\n\nreplace starwire => "+root+"\n")
	write("go.sum", string(sum))
	write("main.go", embedder)
	cmd := exec.CommandContext(t.Context(), goCommand, "run", ".")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS="+os.Getenv("GOFLAGS")+" -mod=mod", "GOPROXY=off", "GONOSUMDB=*", "GOWORK=off")
	out, err := cmd.CombinedOutput()
	const want = "script: asked for tea\n42 <nil>\nscript: asked for milk\n6 <nil>\ntrue --allow-net=example.com:80\n"
	if err != nil || string(out) != want {
		t.Errorf("go run: %v, printed\n%s\nwant\n%s", err, out, want)
	}
}

// TestTenThousandRuns has many goroutines run scripts on one Runtime. TestMain sees
// what they leave behind.
func TestTenThousandRuns(t *testing.T) {
	const goroutines = 64
	runs := 10_000
	if testing.Short() {
		runs = 1000
	}
	var printed atomic.Int64
	rt, _ := newRuntime(t, Config{
		Print: func(string) { printed.Add(1) },
		FS:    tree(map[string]string{"lib.star": "def double(n): return 2 * n\n"}),
	})
	src := []byte(`
load("lib.star", "double")
items = [double(n) for n in range(3)]
d = {"items": items}
attempt(fail, "no")
print(d)
`)
	var next atomic.Int64
	var wg sync.WaitGroup
	for range goroutines {
		wg.Go(func() {
			for {
				n := next.Add(1)
				if n > int64(runs) {
					return
				}
				globals, err := rt.Run(context.Background(), fmt.Sprintf("run%d.star", n%3), src)
				if err != nil || globals["items"].String() != "[0, 2, 4]" {
					t.Errorf("run %d: %v, %v", n, globals, err)
					return
				}
			}
		})
	}
	wg.Wait()
	if n := printed.Load(); n != int64(runs) {
		t.Errorf("%d lines were printed; want %d", n, runs)
	}
	rt.meters.mu.Lock()
	defer rt.meters.mu.Unlock()
	if n := len(rt.meters.m); n > 0 {
		t.Errorf("the Runtime still measures the memory of %d runs", n)
	}
}

// BenchmarkRuns is the cost of a run where many go on at once.
func BenchmarkRuns(b *testing.B) {
	rt, _ := newRuntime(b, Config{Print: func(string) {}})
	src := []byte(`print("x")`)
	b.SetParallelism(64)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := rt.Run(context.Background(), "x.star", src); err != nil {
				b.Error(err)
				return
			}
		}
	})
}
