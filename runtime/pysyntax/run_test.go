package pysyntax

import (
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"
)

// A world is a reference implementation of the functions that compiled programs call, small and slow,
// which writes to a string.
type world struct {
	out   strings.Builder
	files map[starlark.Value]*strings.Builder
	soft  map[*strings.Builder]bool

	global *frame   // GlobalName
	frames []*frame // of calls, outermost first
	failed error    // of a generator
	open   []*once  // with blocks, outermost first

	operators bool // there are functions for Python's operators
}

// str is Python's str for the values tests print.
func pyStr(v starlark.Value) string {
	if s, ok := starlark.AsString(v); ok {
		return s
	}
	if e, ok := v.(*exception); ok {
		return e.text()
	}
	return strings.ReplaceAll(v.String(), `"`, `'`)
}

func (w *world) print(_ *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	nl, out := true, &w.out
	for _, kv := range kwargs {
		switch kv[0].(starlark.String) {
		case "nl":
			nl = bool(kv[1].(starlark.Bool))
		case "file":
			if kv[1] != starlark.None {
				if out = w.files[kv[1]]; out == nil {
					return nil, fmt.Errorf("%s has no write method", kv[1].Type())
				}
			}
		default:
			return nil, fmt.Errorf("unexpected keyword %s", kv[0])
		}
	}
	for _, v := range args {
		if w.soft[out] {
			out.WriteByte(' ')
		}
		s := pyStr(v)
		out.WriteString(s)
		_, isString := v.(starlark.String)
		w.soft[out] = !isString || s == "" || s[len(s)-1] == ' ' || !strings.ContainsAny(s[len(s)-1:], "\t\n\v\f\r")
	}
	if nl {
		out.WriteByte('\n')
		w.soft[out] = false
	}
	return starlark.None, nil
}

// modules are what import finds; a package holds its submodules.
var modules = map[string]starlark.Value{
	"httplib": module("httplib", starlark.StringDict{
		"OK": starlark.MakeInt(200), "responses": starlark.String("table"),
	}),
	"os":      module("os", starlark.StringDict{"path": module("os.path", starlark.StringDict{"sep": starlark.String("/")})}),
	"os.path": module("os.path", starlark.StringDict{"sep": starlark.String("/")}),
}

func module(name string, members starlark.StringDict) starlark.Value {
	return &starlarkstruct.Module{Name: name, Members: members}
}

func importModule(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var path string
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 1, &path); err != nil {
		return nil, err
	}
	if modules[path] == nil {
		return nil, fmt.Errorf("ImportError: No module named %s", path)
	}
	top, _, _ := strings.Cut(path, ".")
	return modules[top], nil
}

func importFrom(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var path, name string
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 2, &path, &name); err != nil {
		return nil, err
	}
	m, ok := modules[path].(*starlarkstruct.Module)
	if !ok {
		return nil, fmt.Errorf("ImportError: No module named %s", path)
	}
	v := m.Members[name]
	if v == nil {
		return nil, fmt.Errorf("ImportError: cannot import name %s", name)
	}
	return v, nil
}

func power(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x, y int
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 2, &x, &y); err != nil {
		return nil, err
	}
	r := 1
	for range y {
		r *= x
	}
	return starlark.MakeInt(r), nil
}

func is(_ *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	return starlark.Bool(args[0] == args[1]), nil
}

// predeclared is the environment of a program.
func (w *world) predeclared() starlark.StringDict {
	stderr := module("stderr", nil)
	w.files = map[starlark.Value]*strings.Builder{stderr: new(strings.Builder)}
	w.soft = make(map[*strings.Builder]bool)
	env := starlark.StringDict{
		"sys":   module("sys", starlark.StringDict{"stderr": stderr}),
		SetName: starlark.Universe["set"],
		"True":  starlark.True,
	}
	functions := w.blockBuiltins()
	maps.Copy(functions, map[string]builtin{
		PrintName: w.print, ImportName: importModule, ImportFromName: importFrom, PowerName: power, IsName: is,
	})
	if w.operators {
		maps.Copy(functions, operatorBuiltins)
	}
	for name, f := range functions {
		env[name] = starlark.NewBuiltin(name, f)
	}
	for name, c := range classes {
		env[name] = c
	}
	w.global = &frame{vars: make(map[string]starlark.Value), module: env}
	env[GlobalName] = w.global
	return env
}

// stderr is what the program printed to sys.stderr.
func (w *world) stderr() string {
	var all strings.Builder
	for _, b := range w.files {
		all.WriteString(b.String())
	}
	return all.String()
}

// run compiles and runs a program and returns its globals.
func (w *world) run(src string, c Config) (starlark.StringDict, error) {
	env := w.predeclared()
	c.Known = func(name string) bool { return env.Has(name) || starlark.Universe.Has(name) }
	f, err := Parse("x.py", src, c)
	if err != nil {
		return nil, err
	}
	prog, err := starlark.FileProgram(f, env.Has)
	if err != nil {
		return nil, err
	}
	thread := &starlark.Thread{Print: func(_ *starlark.Thread, msg string) { w.out.WriteString("fn:" + msg + "\n") }}
	thread.SetMaxExecutionSteps(1_000_000)
	globals, err := prog.Init(thread, env)
	if w.failed != nil {
		err = w.failed
	}
	return globals, err
}

// checkRun runs a program and compares all it printed.
func checkRun(t *testing.T, src string, c Config, want string) {
	t.Helper()
	w := new(world)
	_, err := w.run(src, c)
	got := w.out.String()
	if s := w.stderr(); s != "" {
		got += "stderr:" + s
	}
	if err != nil {
		got += "error: " + describe(err)
	}
	if got != want {
		t.Errorf("run(%q) printed %q; want %q", src, got, want)
	}
}

// describe is an error with the place in the program where it happened.
func describe(err error) string {
	var eval *starlark.EvalError
	if errors.As(err, &eval) {
		for i := range eval.CallStack {
			if pos := eval.CallStack.At(i).Pos; pos.Filename() == "x.py" {
				return fmt.Sprintf("%d:%d: %v", pos.Line, pos.Col, err)
			}
		}
	}
	return strings.TrimPrefix(err.Error(), "x.py:")
}

// syntaxErrors is every place that Parse refuses, one a line.
func syntaxErrors(src string, c Config) string {
	_, err := Parse("x.py", src, c)
	var list ErrorList
	if !errors.As(err, &list) {
		return ""
	}
	var lines []string
	for _, e := range list {
		lines = append(lines, fmt.Sprintf("%d:%d: %s", e.Pos.Line, e.Pos.Col, e.Msg))
	}
	return strings.Join(lines, "\n")
}
