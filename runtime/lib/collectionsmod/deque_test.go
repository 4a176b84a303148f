package collectionsmod

import (
	"math/rand/v2"
	"slices"
	"testing"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/lib/libtest"
)

// TestDequeModel does at random what a slice does as well.
func TestDequeModel(t *testing.T) {
	thread, _ := libtest.Thread(t, host.Host{})
	r := rand.New(rand.NewPCG(1, 2))
	for _, most := range []int{-1, 0, 1, 3, 8, 20} {
		d := &Deque{max: most, thread: thread}
		var model []starlark.Value
		call := func(name string, args ...starlark.Value) starlark.Value {
			m, err := d.Attr(name)
			if err != nil || m == nil {
				t.Fatalf("%s: %v, %v", name, m, err)
			}
			v, err := starlark.Call(thread, m, args, nil)
			if err != nil {
				t.Fatalf("%s%v: %v", name, args, err)
			}
			return v
		}
		for step := range 3000 {
			v := starlark.Value(starlark.MakeInt(step))
			switch op := r.IntN(10); {
			case op < 3:
				call("append", v)
				if model = append(model, v); most >= 0 && len(model) > most {
					model = model[1:]
				}
			case op < 5:
				call("appendleft", v)
				if model = slices.Insert(model, 0, v); most >= 0 && len(model) > most {
					model = model[:most]
				}
			case op == 5 && len(model) > 0:
				if got := call("pop"); got != model[len(model)-1] {
					t.Fatalf("pop() = %v; want %v", got, model[len(model)-1])
				}
				model = model[:len(model)-1]
			case op == 6 && len(model) > 0:
				if got := call("popleft"); got != model[0] {
					t.Fatalf("popleft() = %v; want %v", got, model[0])
				}
				model = model[1:]
			case op == 7:
				n := r.IntN(21) - 10
				call("rotate", starlark.MakeInt(n))
				if len(model) > 0 {
					n = ((n % len(model)) + len(model)) % len(model)
					model = append(slices.Clone(model[len(model)-n:]), model[:len(model)-n]...)
				}
			case op == 8 && len(model) > 0:
				i := r.IntN(len(model))
				if err := d.DeleteKey(starlark.MakeInt(i - len(model))); err != nil {
					t.Fatal(err)
				}
				model = slices.Delete(model, i, i+1)
			case op == 9:
				call("reverse")
				slices.Reverse(model)
			}
			if got := d.items(); !slices.Equal(got, model) || d.Len() != len(model) {
				t.Fatalf("maxlen %d, step %d: %v; want %v", most, step, got, model)
			}
		}
	}
}

// TestDequeRoom: what was taken out is not kept.
func TestDequeRoom(t *testing.T) {
	thread, _ := libtest.Thread(t, host.Host{})
	d := &Deque{max: -1, thread: thread}
	for i := range 100 {
		if err := d.pushBack(thread, starlark.MakeInt(i)); err != nil {
			t.Fatal(err)
		}
	}
	for d.n > 0 {
		d.takeFront()
	}
	for i, v := range d.ring {
		if v != nil {
			t.Errorf("place %d holds %v", i, v)
		}
	}
}
