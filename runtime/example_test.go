package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing/fstest"
	"time"

	"go.starlark.net/starlark"

	"starwire/runtime"
	"starwire/runtime/host"
	"starwire/runtime/py"
)

func Example() {
	rt, err := runtime.New(runtime.Config{
		Permissions: runtime.Permissions{Net: []string{"api.example.com:443"}},
		Limits:      runtime.Limits{Wall: 5 * time.Second, Steps: 10_000_000},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = rt.Run(context.Background(), "hello.star", []byte(`print("hello", 6 * 7)`))
	fmt.Println(err)
	// Output:
	// hello 42
	// <nil>
}

func ExampleRuntime_Run() {
	rt, _ := runtime.New(runtime.Config{})
	globals, err := rt.Run(context.Background(), "plugin.star", []byte(`
name = "greeter"
def greet(who):
    return "hello, " + who
`))
	if err != nil {
		fmt.Print(runtime.FormatError(err))
		return
	}
	fmt.Println(globals["name"], globals["greet"])
	// Output: "greeter" <function greet>
}

func ExampleRuntime_Call() {
	rt, _ := runtime.New(runtime.Config{})
	globals, _ := rt.Run(context.Background(), "plugin.star", []byte(`
def greet(who):
    return "hello, " + who
`))
	greet := globals["greet"].(starlark.Callable)
	v, err := rt.Call(context.Background(), greet, starlark.Tuple{starlark.String("world")}, nil)
	fmt.Println(v, err)
	// Output: "hello, world" <nil>
}

// What went wrong is told by type.
func ExampleRuntime_Run_errors() {
	rt, _ := runtime.New(runtime.Config{Limits: runtime.Limits{Steps: 100_000}})
	for _, src := range []string{
		`{}["key"]`,
		`httplib.HTTPConnection("example.com").connect()`,
		"while True: pass",
		"sys.exit(3)",
		"x = = 1",
	} {
		_, err := rt.Run(context.Background(), "script.star", []byte(src))
		var (
			exception *py.Exception
			refused   *host.PermissionError
			limit     *runtime.LimitError
			exit      *runtime.ExitError
			syntax    *runtime.SyntaxError
		)
		switch {
		case errors.As(err, &refused):
			fmt.Println("refused:", refused.Target)
		case errors.As(err, &exception):
			fmt.Println("exception:", exception)
		case errors.As(err, &limit):
			fmt.Println("limit:", limit.Limit)
		case errors.As(err, &exit):
			fmt.Println("exit:", exit.Code)
		case errors.As(err, &syntax):
			fmt.Println("syntax:", syntax)
		}
	}
	// Output:
	// exception: KeyError: 'key'
	// refused: example.com:80
	// limit: steps
	// exit: 3
	// syntax: script.star:1:5: got '=', want primary expression
}

func ExampleRuntime_Run_canceled() {
	rt, _ := runtime.New(runtime.Config{})
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	_, err := rt.Run(ctx, "loop.star", []byte("while True: pass"))
	fmt.Println(errors.Is(err, context.DeadlineExceeded), runtime.ExitCode(err))
	// Output: true 3
}

func ExampleFormatError() {
	rt, _ := runtime.New(runtime.Config{})
	_, err := rt.Run(context.Background(), "check.star", []byte(`
def status(resp):
    return resp["status"]
status({})
`))
	fmt.Print(runtime.FormatError(err))
	// Output:
	// Traceback (most recent call last):
	//   check.star:4:7: in <toplevel>
	//     status({})
	//           ^
	//   check.star:3:16: in status
	//     return resp["status"]
	//                ^
	// KeyError: 'status'
}

// Scripts find what an embedder gives them, and files in a tree of its choice.
func ExampleConfig() {
	upper := starlark.NewBuiltin("double", func(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		var n int
		if err := starlark.UnpackArgs(b.Name(), args, kwargs, "n", &n); err != nil {
			return nil, err
		}
		return starlark.MakeInt(2 * n), nil
	})
	rt, err := runtime.New(runtime.Config{
		Modules:     map[string]starlark.StringDict{"app": {"double": upper}},
		Predeclared: starlark.StringDict{"version": starlark.String("1.2")},
		FS: fstest.MapFS{
			"lib/tools.star": {Data: []byte("def quadruple(n): return app.double(app.double(n))")},
		},
		Print: func(line string) { fmt.Println("script:", line) },
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = rt.Run(context.Background(), "main.star", []byte(`
load("lib/tools.star", "quadruple")
print(version, quadruple(10))
`))
	fmt.Println(err)
	// Output:
	// script: 1.2 40
	// <nil>
}

func ExampleSession() {
	rt, _ := runtime.New(runtime.Config{Stdout: os.Stdout})
	s := rt.NewSession()
	defer s.Close()
	for _, item := range []string{
		"def f(): return g() + 1\n",
		"def g(): return 41\n",
		"f()\n",
		"print 'old', 'times'\n",
	} {
		v, err := s.Eval(context.Background(), "<example>", item)
		if err != nil {
			fmt.Print(runtime.FormatError(err))
		} else if v != nil {
			fmt.Println(py.Repr(v))
		}
	}
	// Output:
	// 42
	// old times
}
