package runtime

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"go.starlark.net/starlark"

	"starwire/runtime/racetest"
)

// guardValues are expressions of every kind of operand.
var guardValues = []string{
	`0`, `7`, `-3`, `1 << 70`, `2.5`, `True`, `None`, `""`, `"ab"`, `"%s-%s"`, `b"ab"`, `[]`, `[1, 2]`, `[[1], "a"]`,
	`()`, `(1, 2)`, `((1,), "a")`, `{}`, `{"a": 1}`, `{(1, 2): [3]}`, `set()`, `set([1, 2])`, `set([2, "a"])`, `len`,
}

// TestGuardsAgree: a guarded operator means what the interpreter's does, for all
// operands, wherever they stand.
func TestGuardsAgree(t *testing.T) {
	racetest.OneGoroutine(t)
	rt, _ := newRuntime(t, Config{})
	for _, op := range []string{
		"+", "-", "*", "%", "|", "&", "^", "<<", "==", "!=", "<", "<=", ">", ">=", "in", "not in",
	} {
		src := fmt.Sprintf("def names(x, y): return x %[1]s y\ndef calls(x, y): return list([x])[0] %[1]s list([y])[0]\n", op)
		if strings.Contains("+-*%|&^<<", op) {
			src += fmt.Sprintf("def augmented(x, y):\n  x %[1]s= y\n  return x\ndef part(x, y):\n  z = [x]\n  z[0] %[1]s= list([y])[0]\n  return z[0]\n", op)
		}
		agree(t, rt, src)
	}
	agree(t, rt, "def index(x, y): return x[y]\ndef entry(x, y): return {y: x}[y]\ndef entries(x, y): return {k: v for k, v in [(y, x)]}\n"+
		"def get(x, y): return x.get(y, 0)\ndef add(x, y):\n  x.add(y)\n  return x\ndef pop(x, y):\n  v = x.pop(y)\n  return x, v\n"+
		"def place(x, y): return x.index(y)\ndef remove(x, y):\n  x.remove(y)\n  return x\n"+
		"def set1(x, y):\n  x[y] = 1\n  return x\ndef union(x, y): return x.union(y)\ndef largest(x, y): return max(x, y), min([x, y])\n"+
		"def order(x, y): return sorted([x, y, x])\ndef makeset(x, y): return set([x]), set(y)\ndef makedict(x, y): return dict([(x, y)])\n")
}

// agree calls each function of src with all pairs of values, guarded and not.
func agree(t *testing.T, rt *Runtime, src string) {
	t.Helper()
	guarded, err := rt.Run(context.Background(), "x.star", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	thread := new(starlark.Thread)
	plain, err := starlark.ExecFileOptions(&options, thread, "x.star", src, nil)
	if err != nil {
		t.Fatal(err)
	}
	call := func(f starlark.Value, x, y string) string {
		var args starlark.Tuple
		for _, text := range []string{x, y} {
			v, err := starlark.EvalOptions(&options, thread, "v", text, nil)
			if err != nil {
				t.Fatal(err)
			}
			args = append(args, v)
		}
		v, err := starlark.Call(thread, f, args, nil)
		if err != nil {
			return "error: " + strings.TrimPrefix(strings.TrimPrefix(err.Error(), "TypeError: "), "ValueError: ")
		}
		return v.String()
	}
	for name, f := range plain {
		for _, x := range guardValues {
			for _, y := range guardValues {
				want, got := call(f, x, y), call(guarded[name], x, y)
				if got != want {
					t.Errorf("%s(%s, %s) in %.60q\n got %s\nwant %s", name, x, y, src, got, want)
				}
			}
		}
	}
}
