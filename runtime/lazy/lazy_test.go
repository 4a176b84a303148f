package lazy

import (
	"errors"
	"sync"
	"testing"

	"go.starlark.net/starlark"

	"starwire/runtime/panics"
)

// TestOnce: however many ask at a time, a value is made once, and all get it.
func TestOnce(t *testing.T) {
	var v Value[*int]
	var made int
	get := func() *int {
		return v.Get(func() *int {
			made++
			return new(int)
		})
	}
	all := make([]*int, 16)
	var wg sync.WaitGroup
	for i := range all {
		wg.Go(func() { all[i] = get() })
	}
	wg.Wait()
	for i, p := range all {
		if p == nil || p != get() {
			t.Errorf("Get of goroutine %d = %p; want %p", i, p, get())
		}
	}
	if made != 1 {
		t.Errorf("made %d times; want 1", made)
	}
	if n := testing.AllocsPerRun(100, func() { get() }); n != 0 {
		t.Errorf("Get of what is made: %v allocations; want 0", n)
	}
}

// TestModule: a module is frozen, and the same each time.
func TestModule(t *testing.T) {
	var m Module
	list := starlark.NewList(nil)
	members := func() starlark.StringDict { return starlark.StringDict{"list": list} }
	module := m.Get("m", members)
	if module.Name != "m" || module.Members["list"] != list || module != m.Get("m", members) {
		t.Errorf("Get = %v with %v; want module m with its list, twice the same", module, module.Members)
	}
	if err := list.Append(starlark.None); err == nil {
		t.Error("a list of the module can be changed; want it frozen")
	}
}

// TestMethods: methods have their names, and are the same each time.
func TestMethods(t *testing.T) {
	var m Methods
	functions := func() map[string]Method {
		return map[string]Method{
			"self": func(_ *starlark.Thread, b *starlark.Builtin, _ starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
				return b.Receiver(), nil
			},
		}
	}
	self := m.Get(functions)["self"]
	if self.Name() != "self" || self != m.Get(functions)["self"] {
		t.Fatalf("Get = %v; want one method, self, twice the same", m.Get(functions))
	}
	v, err := starlark.Call(new(starlark.Thread), self.BindReceiver(starlark.True), nil, nil)
	if v != starlark.True || err != nil {
		t.Errorf("True.self() = %v, %v; want True", v, err)
	}
}

// TestPanics: functions and methods return their panics, and a function that is in
// several modules is the same in all.
func TestPanics(t *testing.T) {
	var one, other Module
	var methods Methods
	bang := func(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
		panic("bang")
	}
	shared := starlark.NewBuiltin("shared", bang)
	first := one.Get("one", func() starlark.StringDict { return starlark.StringDict{"f": shared} }).Members["f"]
	again := other.Get("other", func() starlark.StringDict { return starlark.StringDict{"f": shared, "g": first} }).Members
	if again["f"] != first || again["g"] != first {
		t.Error("a function is another in each module")
	}
	method := methods.Get(func() map[string]Method { return map[string]Method{"m": bang} })["m"]
	for _, fn := range []starlark.Value{first, method} {
		var p *panics.Error
		if _, err := starlark.Call(new(starlark.Thread), fn, nil, nil); !errors.As(err, &p) || p.Value != "bang" {
			t.Errorf("%v that panics: %v; want an error", fn, err)
		}
	}
}
