package runtime_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"starwire/runtime"
	"starwire/runtime/lib/libtest"
	"starwire/runtime/py"
	"starwire/runtime/scripttest"
)

// TestValues evaluates, as .py files, what testdata/record/record_values.py
// recorded of Python 2's operators, methods and built-in functions.
func TestValues(t *testing.T) {
	paths, err := filepath.Glob("testdata/python/*.session")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no sessions: %v", err)
	}
	rt, err := runtime.New(runtime.Config{})
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		before := "" // the statements so far
		for _, c := range libtest.Parse(string(text)) {
			got, ok := evaluate(rt, before, c.Source)
			if !ok {
				before += c.Source + "\n"
			}
			if got != c.Want {
				t.Errorf("%s:%d: %s\ngot  %swant %s", path, c.Line, c.Source, got, c.Want)
			}
		}
	}
}

// evaluate returns the outcome of an expression after statements, as a session
// writes it; ok is false if the source is a statement.
func evaluate(rt *runtime.Runtime, before, source string) (got string, ok bool) {
	src := before + "result = (" + source + ")\n"
	globals, err := rt.Run(context.Background(), "session.py", []byte(src))
	var syntax *runtime.SyntaxError
	if errors.As(err, &syntax) {
		if _, err = rt.Run(context.Background(), "session.py", []byte(before+source+"\n")); err == nil {
			return "", false
		}
	}
	var x *py.Exception
	switch {
	case errors.As(err, &x):
		return "! " + x.Class().QualifiedName() + ": " + py.Quote(x.String()) + "\n", true
	case err != nil:
		return "! " + err.Error() + "\n", true
	}
	rep := scripttest.Rep(globals["result"])
	if rep == "None" {
		return "", true
	}
	return strings.TrimSuffix(rep, "\n") + "\n", true
}
