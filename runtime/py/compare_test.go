package py

import (
	"errors"
	"slices"
	"testing"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"
	"go.starlark.net/syntax"
)

var comparisonOps = []syntax.Token{syntax.EQL, syntax.NEQ, syntax.LT, syntax.LE, syntax.GT, syntax.GE}

// TestComparisonAgrees holds Comparison against the interpreter's operators.
func TestComparisonAgrees(t *testing.T) {
	list := func(vs ...starlark.Value) *starlark.List { return starlark.NewList(vs) }
	set := func(vs ...starlark.Value) *starlark.Set {
		s := new(starlark.Set)
		for _, v := range vs {
			s.Insert(v)
		}
		return s
	}
	dict := func(vs ...starlark.Value) *starlark.Dict {
		d := new(starlark.Dict)
		for i := 0; i < len(vs); i += 2 {
			d.SetKey(vs[i], vs[i+1])
		}
		return d
	}
	one, two, a := starlark.MakeInt(1), starlark.MakeInt(2), starlark.String("a")
	values := []starlark.Value{
		starlark.None, starlark.True, one, two, starlark.Float(1), a, starlark.String("ab"), starlark.Bytes("a"),
		list(), list(one), list(one, two), list(two), list(one, a), list(list(one), two),
		starlark.Tuple{}, starlark.Tuple{one}, starlark.Tuple{one, two}, starlark.Tuple{one, list(two)},
		dict(), dict(one, two), dict(one, a), dict(a, one), dict(one, two, a, one),
		set(), set(one), set(one, two), set(two, a),
		starlarkstruct.FromStringDict(starlarkstruct.Default, starlark.StringDict{"a": one}),
		starlarkstruct.FromStringDict(starlarkstruct.Default, starlark.StringDict{"a": list(one)}),
		starlarkstruct.FromStringDict(starlarkstruct.Default, starlark.StringDict{"b": one}),
		starlarkstruct.FromStringDict(starlark.String("point"), starlark.StringDict{"a": one}),
	}
	for _, x := range values {
		for _, y := range values {
			for _, op := range comparisonOps {
				want, wantErr := starlark.Compare(op, x, y)
				got, err := new(Comparison).Compare(op, x, y)
				if got != want || (err == nil) != (wantErr == nil) || err != nil && err.Error() != wantErr.Error() {
					t.Errorf("%v %s %v = %v, %v; want %v, %v", x, op, y, got, err, want, wantErr)
				}
			}
		}
	}
}

// nested returns a list in a list, n times.
func nested(n int) starlark.Value {
	x := starlark.NewList(nil)
	for range n {
		x = starlark.NewList([]starlark.Value{x})
	}
	return x
}

func TestComparisonDepth(t *testing.T) {
	if eq, err := new(Comparison).Compare(syntax.EQL, nested(1000), nested(1000)); !eq || err != nil {
		t.Errorf("a thousand lists in each other: %v, %v; want equal", eq, err)
	}
	_, err := new(Comparison).Compare(syntax.EQL, nested(MaxCompareDepth+1), nested(MaxCompareDepth+1))
	if e := new(Exception); !errors.As(err, &e) || !e.IsA(RuntimeError) {
		t.Errorf("lists nested too deeply: %v; want a RuntimeError", err)
	}
}

// TestComparisonStops: what is compared is told, and an error ends it.
func TestComparisonStops(t *testing.T) {
	items := make([]starlark.Value, 1000)
	for i := range items {
		items[i] = starlark.None
	}
	x := starlark.Value(starlark.NewList(slices.Clone(items)))
	for range 5 { // a thousand to the sixth power
		for i := range items {
			items[i] = x
		}
		x = starlark.NewList(slices.Clone(items))
	}
	spent, end := 0, errors.New("the end")
	c := Comparison{Spend: func(n int) error {
		if spent += n; spent > 1_000_000 {
			return end
		}
		return nil
	}}
	if _, err := c.Compare(syntax.EQL, x, x); err != end {
		t.Errorf("Compare error %v; want %v", err, end)
	}
}

func TestCheckKey(t *testing.T) {
	deep := starlark.Value(starlark.Tuple{})
	wide := starlark.Value(starlark.Tuple{})
	for i := range 1_000_000 {
		deep = starlark.Tuple{deep}
		if i < 100 { // a tree of 2^100
			wide = starlark.Tuple{wide, wide}
		}
	}
	long := make(starlark.Tuple, 100_000)
	for i := range long {
		long[i] = starlark.MakeInt(i)
	}
	text := starlark.String(make([]byte, 10<<20))
	tests := []struct {
		name string
		v    starlark.Value
		ok   bool
	}{
		{"number", starlark.MakeInt(1), true},
		{"text", text, true},
		{"empty", starlark.Tuple{}, true},
		{"pair", starlark.Tuple{starlark.MakeInt(1), starlark.Tuple{starlark.None}}, true},
		{"long", long, true},
		{"long inside", starlark.Tuple{long}, false},
		{"texts inside", starlark.Tuple{starlark.Tuple{text}}, false},
		{"too long", make(starlark.Tuple, maxKeyItems+1), false},
		{"deep", deep, false},
		{"shared", wide, false},
		{"struct", starlarkstruct.FromStringDict(starlarkstruct.Default, starlark.StringDict{"a": wide}), false},
	}
	for _, tt := range tests {
		if err := CheckKey(tt.v); (err == nil) != tt.ok {
			t.Errorf("%s: CheckKey error %v; want none: %v", tt.name, err, tt.ok)
		}
	}
}
