package runtime

import (
	"context"
	"strings"
	"testing"

	"go.starlark.net/starlark"

	"starwire/runtime/racetest"
)

func TestFreezeFlags(t *testing.T) {
	list, dict, set := starlark.NewList(nil), starlark.NewDict(0), starlark.NewSet(0)
	inner := starlark.NewList(nil)
	if err := list.Append(starlark.Tuple{inner}); err != nil {
		t.Fatal(err)
	}
	freeze(list, dict, set)
	for _, tt := range []struct {
		name string
		err  error
	}{
		{"list", list.Append(starlark.None)},
		{"list in a tuple in a list", inner.Append(starlark.None)},
		{"dict", dict.SetKey(starlark.None, starlark.None)},
		{"set", set.Insert(starlark.None)},
	} {
		if tt.err == nil || !strings.Contains(tt.err.Error(), "frozen") {
			t.Errorf("a change of the %s: %v; want that it is frozen", tt.name, tt.err)
		}
	}
}

// TestFreezeDeep has runs return what Value.Freeze does not survive, or not within
// a lifetime.
func TestFreezeDeep(t *testing.T) {
	racetest.OneGoroutine(t)
	for name, src := range map[string]string{
		"a function that refers to itself": "def f():\n  def g(): return g\n  return g\nx = [f()]\n",
		"closures in closures":             "def wrap(g): return lambda: g\nx = None\nfor i in range(200000): x = wrap(x)\n",
		"tuples in each other":             "x = (1,)\nfor i in range(100): x = (x, x)\nx = [x]\n",
		"deep lists":                       "x = []\nfor i in range(300000): x = [x]\n",
		"a deep list that holds itself":    "x = []\ny = x\nfor i in range(300000): x = [x]\ny.append(x)\n",
		"deep dicts":                       "x = {}\nfor i in range(300000): x = {1: x}\n",
		"deep structs":                     "x = 1\nfor i in range(200000): x = struct(a=x)\n",
		"deep exceptions":                  "x = ValueError()\nfor i in range(200000): x = ValueError(x)\n",
	} {
		rt, _ := newRuntime(t, Config{})
		globals, err := rt.Run(context.Background(), "x.star", []byte(src))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if l, ok := globals["x"].(*starlark.List); ok && l.Append(starlark.None) == nil {
			t.Errorf("%s: the list is not frozen", name)
		}
	}
}
