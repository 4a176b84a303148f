package builtinmod

import (
	"errors"
	"math"
	"testing"

	"go.starlark.net/starlark"

	"starwire/runtime/py"
)

// The sessions of package runtime hold what CPython does; here is what only
// starwire has: bounds.

func TestBounds(t *testing.T) {
	thread := new(starlark.Thread)
	huge := starlark.MakeInt64(min(1<<40, math.MaxInt)) // what an index may be
	tests := []struct {
		name string
		call func() (starlark.Value, error)
	}{
		{"ljust", func() (starlark.Value, error) {
			return py.CallMethod(thread, bound{starlark.String("a")}, "ljust", huge)
		}},
		{"zfill", func() (starlark.Value, error) {
			return py.CallMethod(thread, bound{starlark.String("a")}, "zfill", huge)
		}},
		{"expandtabs", func() (starlark.Value, error) {
			return py.CallMethod(thread, bound{starlark.String("\t")}, "expandtabs", huge)
		}},
		{"%*d", func() (starlark.Value, error) {
			return Mod(thread, nil, starlark.Tuple{starlark.String("%*d"), starlark.Tuple{huge, huge}}, nil)
		}},
		{"%999999999999d", func() (starlark.Value, error) {
			return Mod(thread, nil, starlark.Tuple{starlark.String("%999999999999d"), huge}, nil)
		}},
		{"range", func() (starlark.Value, error) {
			return starlark.Call(thread, Members(nil)["range"], starlark.Tuple{huge}, nil)
		}},
		{"list", func() (starlark.Value, error) {
			r, err := starlark.Call(thread, Members(nil)["xrange"], starlark.Tuple{huge}, nil)
			if err != nil {
				return nil, err
			}
			return starlark.Call(thread, listType, starlark.Tuple{r}, nil)
		}},
	}
	for _, tt := range tests {
		v, err := tt.call()
		var x *py.Exception
		if !errors.As(err, &x) || !x.IsA(py.MemoryError) && !x.IsA(py.OverflowError) && !x.IsA(py.ValueError) {
			t.Errorf("%s = %.40v, %v; want an error about its size", tt.name, v, err)
		}
	}
}

// A bound value has the attributes that Attr finds.
type bound struct{ starlark.Value }

func (b bound) Attr(name string) (starlark.Value, error) { return Attr(b.Value, name) }
func (b bound) AttrNames() []string                      { return nil }

func TestRecursiveData(t *testing.T) {
	thread := new(starlark.Thread)
	a, b := starlark.NewList(nil), starlark.NewList(nil)
	a.Append(a)
	b.Append(b)
	for name, f := range map[string]function{"Equal": Equal, "Order": Order} {
		_, err := f(thread, starlark.NewBuiltin("$lt", f), starlark.Tuple{a, b}, nil)
		if x, ok := err.(*py.Exception); !ok || !x.IsA(py.RuntimeError) {
			t.Errorf("%s of lists in themselves: %v; want a RuntimeError", name, err)
		}
	}
}

func TestHasAttr(t *testing.T) {
	for name, want := range map[string]bool{"encode": true, "iteritems": true, "sort": true, "__class__": true, "request": false, "append": false} {
		if got := HasAttr(name); got != want {
			t.Errorf("HasAttr(%s) = %t", name, got)
		}
	}
}

func TestTypes(t *testing.T) {
	named()
	if TypeOf(starlark.String("a")) != starlark.Value(strType) || TypeOf(starlark.MakeInt(1).Lsh(70)) != starlark.Value(longType) {
		t.Error("TypeOf does not know str or long")
	}
	for _, typ := range named() {
		for _, name := range typ.AttrNames() {
			if v, err := typ.Attr(name); v == nil || err != nil {
				t.Errorf("%s.%s is listed and missing: %v", typ.name, name, err)
			}
		}
	}
}
