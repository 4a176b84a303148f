package py

import (
	"strings"
	"testing"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// subKinds returns a class whose instances mind their order, and one whose do not and whose missing keys are 0.
func subKinds() (ordered, counting *DictKind) {
	get := func(*SubDict, string) (starlark.Value, error) { return nil, nil }
	parts := func(d *SubDict) []starlark.Value { return []starlark.Value{d.Dict()} }
	ordered = &DictKind{Module: "m", Class: "Ordered", Ordered: true, Get: get, Parts: parts}
	counting = &DictKind{Module: "m", Class: "Counting", Builtin: true, Lenient: true, Get: get, Parts: parts,
		Missing: func(*SubDict, starlark.Value) (starlark.Value, error) { return starlark.MakeInt(0), nil }}
	return ordered, counting
}

// dictOf returns a dict of the letters, in their order.
func dictOf(letters string) *starlark.Dict {
	d := new(starlark.Dict)
	for _, c := range letters {
		if err := d.SetKey(starlark.String(c), starlark.MakeInt(int(c))); err != nil {
			panic(err)
		}
	}
	return d
}

func TestSubDictComparison(t *testing.T) {
	ordered, counting := subKinds()
	thread := new(starlark.Thread)
	for _, tt := range []struct {
		x, y starlark.Value
		want bool
	}{
		{ordered.New(thread, dictOf("ab")), ordered.New(thread, dictOf("ab")), true},
		{ordered.New(thread, dictOf("ab")), ordered.New(thread, dictOf("ba")), false},
		{ordered.New(thread, dictOf("ab")), ordered.New(thread, dictOf("abc")), false},
		{counting.New(thread, dictOf("ab")), counting.New(thread, dictOf("ba")), true},
		{counting.New(thread, dictOf("ab")), dictOf("ba"), true},
		{dictOf("ab"), ordered.New(thread, dictOf("ba")), true},
		{ordered.New(thread, dictOf("ab")), counting.New(thread, dictOf("ba")), true},
		{ordered.New(thread, dictOf("")), starlark.NewList(nil), false},
		{starlark.None, counting.New(thread, dictOf("")), false},
	} {
		for op, want := range map[syntax.Token]bool{syntax.EQL: tt.want, syntax.NEQ: !tt.want} {
			if got, err := new(Comparison).Compare(op, tt.x, tt.y); got != want || err != nil {
				t.Errorf("%v %s %v = %v, %v; want %v", tt.x, op, tt.y, got, err, want)
			}
		}
	}
	x := ordered.New(thread, dictOf("a"))
	if _, err := new(Comparison).Compare(syntax.LT, x, x); err == nil {
		t.Error("dicts have an order")
	}
	if eq, err := starlark.Equal(x, ordered.New(thread, dictOf("a"))); !eq || err != nil {
		t.Errorf("Equal = %v, %v; want true", eq, err)
	}
}

func TestSubDictKeys(t *testing.T) {
	ordered, counting := subKinds()
	o, c := ordered.New(new(starlark.Thread), dictOf("a")), counting.New(new(starlark.Thread), dictOf("a"))
	key := starlark.String("x")
	for _, d := range []*SubDict{o, c} {
		if in, err := d.Has(key); in || err != nil {
			t.Errorf("%s: x in d = %v, %v; want false", d.Type(), in, err)
		}
	}
	var e *Exception
	if _, found, err := o.Get(key); found || !asException(err, &e) || !e.IsA(KeyError) {
		t.Errorf("o[x] = %v, %v; want a KeyError", found, err)
	}
	if v, found, err := c.Get(key); !found || v != starlark.MakeInt(0) || err != nil || c.Len() != 1 {
		t.Errorf("c[x] = %v, %v, %v; want 0", v, found, err)
	}
	if err := o.DeleteKey(key); !asException(err, &e) || !e.IsA(KeyError) {
		t.Errorf("del o[x]: %v; want a KeyError", err)
	}
	if err := c.DeleteKey(key); err != nil {
		t.Errorf("del c[x]: %v", err)
	}
	if o.Type() != "Ordered" || c.Type() != "m.Counting" || ordered.String() != "<class 'm.Ordered'>" || counting.String() != "<type 'm.Counting'>" {
		t.Errorf("types %s, %s, %s, %s", o.Type(), c.Type(), ordered, counting)
	}
	if got := Repr(starlark.Tuple{o}); got != "(Ordered({'a': 97}),)" {
		t.Errorf("Repr = %s", got)
	}
}

func asException(err error, e **Exception) bool {
	x, ok := err.(*Exception)
	*e = x
	return ok
}

func TestSubDictFrozen(t *testing.T) {
	ordered, _ := subKinds()
	list := starlark.NewList(nil)
	held := dictOf("a")
	if err := held.SetKey(starlark.String("l"), list); err != nil {
		t.Fatal(err)
	}
	d, factory := ordered.New(new(starlark.Thread), held), starlark.NewList(nil)
	d.SetFactory(factory)
	if err := d.Changing(); err != nil {
		t.Errorf("Changing() = %v before it is frozen", err)
	}
	d.Freeze()
	if err := d.Changing(); err == nil || !strings.Contains(err.Error(), "cannot change frozen Ordered") {
		t.Errorf("Changing() = %v; want that it is frozen", err)
	}
	if err := d.SetKey(starlark.String("b"), starlark.None); err == nil {
		t.Error("a frozen dict was changed")
	}
	for _, l := range []*starlark.List{list, factory} {
		if err := l.Append(starlark.None); err == nil {
			t.Error("what a frozen dict holds was changed")
		}
	}
}
