package runtime_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"
	"go.starlark.net/syntax"

	"starwire/runtime"
)

// A volatile is a value of an embedder's whose methods and operators panic.
type volatile struct{ name string }

var (
	_ starlark.HasAttrs   = (*volatile)(nil)
	_ starlark.HasBinary  = (*volatile)(nil)
	_ starlark.Comparable = (*volatile)(nil)
)

func (v *volatile) String() string        { return v.name }
func (v *volatile) Type() string          { return "volatile" }
func (v *volatile) Freeze()               {}
func (v *volatile) Truth() starlark.Bool  { return true }
func (v *volatile) Hash() (uint32, error) { return 0, nil }
func (v *volatile) AttrNames() []string   { return []string{"burst", "get", "join", "lazily", "plain"} }

func (v *volatile) Attr(name string) (starlark.Value, error) {
	switch name {
	case "burst", "get", "join":
		return starlark.NewBuiltin(name, burst).BindReceiver(v), nil
	case "lazily":
		panic("bang")
	case "plain":
		return starlark.NewBuiltin(name, func(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
			return starlark.Tuple{b.Receiver(), args}, nil
		}).BindReceiver(v), nil
	}
	return nil, nil
}

func (v *volatile) Binary(op syntax.Token, y starlark.Value, side starlark.Side) (starlark.Value, error) {
	if y == starlark.None {
		return nil, nil
	}
	panic("bang")
}

func (v *volatile) CompareSameType(syntax.Token, starlark.Value, int) (bool, error) { panic("bang") }

// burst is a built-in that panics.
func burst(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
	panic("bang")
}

// runScript runs a script and returns what it prints.
func runScript(t *testing.T, c runtime.Config, name, src string) (string, error) {
	t.Helper()
	var out strings.Builder
	c.Stdout = &out
	rt, err := runtime.New(c)
	if err != nil {
		t.Fatal(err)
	}
	_, err = rt.Run(context.Background(), name, []byte(src))
	return out.String(), err
}

// TestPanicKeepsFrames has functions, methods and operators panic, an embedder's and
// ours: the error tells where in the script that was, and a script can catch it.
func TestPanicKeepsFrames(t *testing.T) {
	fn := starlark.NewBuiltin("burst", burst)
	v, w := &volatile{"v"}, &volatile{"w"}
	c := runtime.Config{
		Stderr:      io.Discard,
		Permissions: runtime.Everything(),
		Predeclared: starlark.StringDict{
			"burst": fn, "v": v, "w": w,
			"make": starlark.NewBuiltin("make", func(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
				return v, nil
			}),
			"record": starlarkstruct.FromStringDict(starlarkstruct.Default, starlark.StringDict{"burst": fn}),
			"nested": &starlarkstruct.Module{Name: "nested", Members: starlark.StringDict{"burst": fn}},
		},
		Modules: map[string]starlark.StringDict{"own": {"burst": fn}},
	}
	skip := map[string]string{"getattr(v, 'get')()": "x.py"} // see PanicError
	for _, expr := range []string{
		"burst()", "own.burst()", "nested.burst()", "record.burst()", "max([1], key=burst)",
		"v.burst()", "make().burst(1, x=2)", "[v][0].burst()", "v.join([])", "v.lazily()", "getattr(v, 'get')()",
		"v + w", "v * 2", "v * w", "2 * v", "v % w", "v << 1", "v | w", "v & w", "v ^ w", "v - w", "v < w", "v == w", "v >= w", "v in [w]", "x(v)",
	} {
		for _, file := range []string{"x.star", "x.py"} {
			if skip[expr] == file {
				continue
			}
			src := "def x(v): return v + v\ndef inner(v, w):\n    y = 0\n    y = " + expr + "\ndef outer():\n    inner(v, w)\nouter()\n"
			_, err := runScript(t, c, file, src)
			var p *runtime.PanicError
			got := runtime.FormatError(err)
			if !errors.As(err, &p) || p.Value != "bang" || !strings.Contains(string(p.Stack), "volatile") && !strings.Contains(string(p.Stack), "burst") {
				t.Errorf("%s in %s: %s; want a *PanicError with the Go stack", expr, file, got)
				continue
			}
			if !strings.Contains(got, file+":6:10: in outer\n") || !strings.Contains(got, file+":4:") || !strings.Contains(got, "in inner\n") ||
				!strings.Contains(got, "\nRuntimeError: internal error: bang\nhint: ") {
				t.Errorf("%s in %s:\n%s\nwant the frames of outer and inner", expr, file, got)
			}
			src = strings.Replace(src, "\nouter()\n", "\nprint(str(catch(RuntimeError, outer).error))\n", 1)
			if out, err := runScript(t, c, file, src); err != nil || out != "internal error: bang\n" {
				t.Errorf("%s in %s, caught: printed %q, %v", expr, file, out, err)
			}
		}
	}
}

// TestForeign: what stands between the script and a value of the embedder's does not
// show.
func TestForeign(t *testing.T) {
	c := runtime.Config{Predeclared: starlark.StringDict{"v": &volatile{"v"}}}
	for _, file := range []string{"x.star", "x.py"} {
		src := "m = v.plain\nprint(v.plain(1), m(2), type(v), str(m))\n"
		want := `(v, (1,)) (v, (2,)) volatile <built-in method plain of volatile value>`
		if out, err := runScript(t, c, file, src); file == "x.star" && (err != nil || out != want+"\n") {
			t.Errorf("printed %q, %s; want %s", out, runtime.FormatError(err), want)
		}
		for expr, want := range map[string]string{
			"v.brust()": "AttributeError: volatile has no .brust field or method (did you mean .burst?)",
			"v + None":  "TypeError: unknown binary op: volatile + NoneType",
		} {
			_, err := runScript(t, c, file, expr)
			if got := runtime.FormatError(err); file == "x.star" && !strings.Contains(got, want) {
				t.Errorf("%s in %s: %s; want %s", expr, file, got, want)
			}
		}
	}
}
