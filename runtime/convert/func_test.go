package convert

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	hosts "starwire/runtime/host"
	"starwire/runtime/py"
)

func TestFunc(t *testing.T) {
	exception := py.ValueError.Errorf("mine")
	refused := &hosts.PermissionError{Action: "do", Target: "it", Grant: "--x"}
	_, missing := os.Open("/nonexistent/file")
	funcs := map[string]*starlark.Builtin{}
	for _, tt := range []struct {
		name   string
		fn     any
		params []string
	}{
		{"nothing", func() {}, nil},
		{"add", func(a, b int) int { return a + b }, nil},
		{"named", func(a int, b string, c []int) string { return fmt.Sprint(a, b, c) }, []string{"a", "b?", "c"}},
		{"many", func(sep string, words ...string) string { return strings.Join(words, sep) }, []string{"sep"}},
		{"fails", func(what string) error {
			return map[string]error{"plain": errors.New("key x not in dict"), "own": exception, "refused": refused, "file": missing}[what]
		}, nil},
		{"both", func(n int) (int, error) { return n, nil }, nil},
		{"three", func() (int, string, error) { return 1, "x", nil }, nil},
		{"ctx", func(ctx context.Context, key string) any { return ctx.Value(key) }, nil},
		{"thread", func(ctx context.Context, thread *starlark.Thread, f starlark.Callable) (starlark.Value, error) {
			return starlark.Call(thread, f, starlark.Tuple{starlark.String(thread.Name)}, nil)
		}, nil},
		{"server", func(c struct{ Hosts []server }) int { return len(c.Hosts) }, []string{"config"}},
		{"bad", func() any { return []any{make(chan int)} }, nil},
	} {
		b, err := Func(tt.name, tt.fn, tt.params...)
		if err != nil {
			t.Fatalf("Func(%s): %v", tt.name, err)
		}
		funcs[tt.name] = b
	}
	thread := &starlark.Thread{Name: "main"}
	hosts.Attach(thread, context.WithValue(context.Background(), "k", "v"), hosts.Host{}) //lint:ignore SA1029 a key that scripts can name
	env := starlark.StringDict{}
	for name, b := range funcs {
		env[name] = b
	}
	for _, tt := range []struct{ expr, want string }{
		{"nothing()", "None"},
		{"add(1, 2)", "3"},
		{"add(1, 2.5)", "TypeError: add(): argument 2: want int, got float"},
		{"add(1)", "TypeError: add() takes exactly 2 arguments (1 given)"},
		{"add(1, 2, 3)", "TypeError: add() takes exactly 2 arguments (3 given)"},
		{"add(1, b=2)", "TypeError: add() takes no keyword arguments"},
		{"nothing(1)", "TypeError: nothing() takes no arguments (1 given)"},
		{"named(1)", `"1[]"`},
		{`named(1, "x", [2])`, `"1x[2]"`},
		{`named(c=[3], a=1)`, `"1[3]"`},
		{`named(b="x")`, "TypeError: named() takes at least 1 argument (1 given)"},
		{`named(1, a=1)`, "TypeError: named() got multiple values for keyword argument 'a'"},
		{`named(1, d=1)`, "TypeError: named() got an unexpected keyword argument 'd'"},
		{`named(1, c=["x"])`, "TypeError: named(): c[0]: want int, got str"},
		{`many("-", "a", "b")`, `"a-b"`},
		{`many("-")`, `""`},
		{`many("-", "a", 5)`, "TypeError: many(): argument 3: want string, got int"},
		{`many(sep="+")`, `""`},
		{`fails("none")`, "None"},
		{`fails("plain")`, "Error: key x not in dict"},
		{`fails("own")`, "ValueError: mine"},
		{`fails("refused")`, "not allowed to do it (to allow it: --x)"},
		{`fails("file")`, "open /nonexistent/file: no such file or directory"},
		{"both(5)", "5"},
		{"three()", `(1, "x")`},
		{`ctx("k")`, `"v"`},
		{`thread(lambda name: name + "!")`, `"main!"`},
		{`server({"Hosts": [{}, {}]})`, "2"},
		{`server(config={"Hosts": [{}, {"port": 300}]})`, "TypeError: server(): config.Hosts[1].port: the int 300 is out of range for int8"},
		{"bad()", "bad(): result: [0]: a chan int does not convert"},
	} {
		v, err := starlark.EvalOptions(&syntax.FileOptions{Set: true}, thread, "x.star", tt.expr, env)
		got := fmt.Sprint(v)
		if err != nil {
			var e *starlark.EvalError
			if errors.As(err, &e) {
				err = e.Unwrap()
			}
			got = err.Error()
		}
		if got != tt.want {
			t.Errorf("%s = %s; want %s", tt.expr, got, tt.want)
		}
	}
	_, err := starlark.EvalOptions(&syntax.FileOptions{Set: true}, thread, "x.star", `fails("file")`, env)
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v is not what the function returned", err)
	}
	var e *Error
	if _, err = starlark.EvalOptions(&syntax.FileOptions{Set: true}, thread, "x.star", "add(1, None)", env); !errors.As(err, &e) || e.Path != "argument 2" {
		t.Errorf("%v: %+v; want an *Error with its path", err, e)
	}
}

func TestFuncErrors(t *testing.T) {
	var none func()
	for _, tt := range []struct {
		fn     any
		params []string
		want   string
	}{
		{5, nil, "f: want a function, not int"},
		{nil, nil, "f: want a function, not nil"},
		{none, nil, "f: want a function, not func()"},
		{func(int) {}, []string{"a", "b"}, "f: 2 names for 1 parameters"},
		{func(int, ...int) {}, []string{"a", "b"}, "f: 2 names for 1 parameters"},
	} {
		if _, err := Func("f", tt.fn, tt.params...); err == nil || err.Error() != tt.want {
			t.Errorf("Func(%T, %q) error %v; want %s", tt.fn, tt.params, err, tt.want)
		}
	}
}

// TestFuncCharges: what a call converts counts as steps, and the end of the run
// ends a conversion.
func TestFuncCharges(t *testing.T) {
	calls := 0
	f, err := Func("f", func(list []int) []int { calls++; return list })
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	thread := new(starlark.Thread)
	hosts.Attach(thread, ctx, hosts.Host{})
	items := make([]starlark.Value, 10_000)
	for i := range items {
		items[i] = starlark.MakeInt(i)
	}
	args := starlark.Tuple{starlark.NewList(items)}
	if _, err := starlark.Call(thread, f, args, nil); err != nil || thread.Steps < 20_000 {
		t.Errorf("%d steps, %v; want 20,000", thread.Steps, err)
	}
	over := errors.New("over")
	cancel(over)
	if _, err := starlark.Call(thread, f, args, nil); !errors.Is(err, over) || calls != 1 {
		t.Errorf("after the end: %v, %d calls; want its cause and no second", err, calls)
	}
}
