package py

import (
	"slices"
	"testing"

	"go.starlark.net/starlark"
)

func TestObject(t *testing.T) {
	thread := new(starlark.Thread)
	base := &Kind{Module: "m", Class: "Base",
		Init: func(_ *starlark.Thread, o *Object, args starlark.Tuple, kwargs []starlark.Tuple) error {
			var n starlark.Value
			if err := UnpackArgs("Base", args, kwargs, "n", &n); err != nil {
				return err
			}
			o.Set("n", n)
			return nil
		},
		Methods: Functions(map[string]func(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error){
			"twice": func(_ *starlark.Thread, b *starlark.Builtin, _ starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
				o, _ := Receiver[any](b)
				return starlark.Tuple{o.Field("n"), o.Field("n")}, nil
			},
		})}
	below := &Kind{Module: "m", Class: "Below", Base: base}

	if _, err := starlark.Call(thread, below, nil, nil); err == nil {
		t.Error("Below() without its argument succeeds")
	}
	v, err := starlark.Call(thread, below, starlark.Tuple{starlark.MakeInt(3)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	o := v.(*Object)
	if got, err := CallMethod(thread, o, "twice"); err != nil || got.String() != "(3, 3)" {
		t.Errorf("twice() = %v, %v", got, err)
	}
	if o.String() != "<m.Below instance>" || o.Type() != "Below" || below.String() != "<class 'm.Below'>" {
		t.Errorf("names: %s, %s, %s", o, o.Type(), below)
	}
	if !base.HasInstance(o) || !below.HasInstance(o) || below.HasInstance(base.New()) || base.HasInstance(starlark.None) {
		t.Error("HasInstance does not follow Base")
	}
	if err := o.SetField("x", starlark.True); err != nil || o.Field("x") != starlark.True {
		t.Errorf("SetField: %v", err)
	}
	if got := o.AttrNames(); !slices.Equal(got, []string{"__class__", "n", "twice", "x"}) {
		t.Errorf("AttrNames() = %v", got)
	}
	if v, err := o.Attr("nothing"); v != nil || err != nil {
		t.Errorf("Attr(nothing) = %v, %v", v, err)
	}
	o.Freeze()
	if err := o.SetField("x", starlark.False); err == nil {
		t.Error("a frozen object changes")
	}
}
