package runtime

import (
	"context"
	"os"
	"regexp"
	"strings"
	"testing"

	"go.starlark.net/starlark"
)

// freeVariable is CPython's error about a closure's variable without a value,
// which here has the words of the function's own.
var freeVariable = regexp.MustCompile(`NameError free variable ('\w+') referenced before assignment in enclosing scope`)

// WalkWorld and WalkOutput are walkWorld and walkOutput, for tests outside the package.
var WalkWorld, WalkOutput = walkWorld, walkOutput

// walkWorld are the names that the programs of testdata/record/trywalk.py find:
// a manager tells when its block begins and ends.
func walkWorld() starlark.StringDict {
	tell := func(thread *starlark.Thread, what string, name starlark.Value) (starlark.Value, error) {
		out := &stateOf(thread).task.run.out
		soft := out.isSoft(nil) // the recorder's manager uses the function print, which leaves it alone
		err := writeTo(thread, nil, what+" "+str(name)+"\n")
		out.setSoft(nil, soft)
		return starlark.None, err
	}
	return starlark.StringDict{"manager": starlark.NewBuiltin("manager", func(_ *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
		m := &testManager{name: args[0]}
		m.enter = func(thread *starlark.Thread) (starlark.Value, error) {
			_, err := tell(thread, "enter", m.name)
			return m, err
		}
		m.exit = func(thread *starlark.Thread) (starlark.Value, error) { return tell(thread, "exit", m.name) }
		return m, nil
	})}
}

// A testManager is what the programs open with a with statement.
type testManager struct {
	starlark.NoneType
	name        starlark.Value
	enter, exit func(thread *starlark.Thread) (starlark.Value, error)
}

func (m *testManager) String() string       { return "Manager" }
func (m *testManager) Type() string         { return "Manager" }
func (m *testManager) Truth() starlark.Bool { return true }
func (m *testManager) AttrNames() []string  { return []string{"__enter__", "__exit__", "name"} }

func (m *testManager) Attr(name string) (starlark.Value, error) {
	var f func(thread *starlark.Thread) (starlark.Value, error)
	switch name {
	case "name":
		return m.name, nil
	case "__enter__":
		f = m.enter
	case "__exit__":
		f = m.exit
	default:
		return nil, nil
	}
	return starlark.NewBuiltin(name, func(thread *starlark.Thread, _ *starlark.Builtin, _ starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
		return f(thread)
	}), nil
}

// walkOutput is what a program printed, as the recorder writes it: with a newline at its end, and without
// the one that ends the line of a last print with a comma, as no program of the recorder's is the main one.
func walkOutput(printed string) string {
	printed = strings.TrimRight(printed, "\n")
	if printed != "" {
		printed += "\n"
	}
	return printed
}

// TestAsCPythonDoes runs the programs that testdata/record/trywalk.py recorded:
// every combination of try, loops, with, raise, return, break and continue.
func TestAsCPythonDoes(t *testing.T) {
	text, err := os.ReadFile("pysyntax/testdata/trywalk.txt")
	if err != nil {
		t.Fatal(err)
	}
	programs := strings.Split(string(text), "##### ")[1:]
	if len(programs) < 500 {
		t.Errorf("%d programs; want 500 or more", len(programs))
	}
	rt, out := newRuntime(t, Config{Predeclared: walkWorld()})
	for _, p := range programs {
		number, rest, _ := strings.Cut(p, "\n")
		src, want, ok := strings.Cut(rest, "===== prints\n")
		if !ok {
			t.Fatalf("program %s has no output", number)
		}
		want = freeVariable.ReplaceAllString(want, "UnboundLocalError local variable $1 referenced before assignment")
		out.Reset()
		_, err := rt.Run(context.Background(), "x.py", []byte(src))
		got := walkOutput(out.String())
		if err != nil {
			got += "error: " + FormatError(err)
		}
		if got != want {
			t.Errorf("program %s:\n%s\nprints:\n%s\nwant:\n%s", number, src, got, want)
		}
	}
}
