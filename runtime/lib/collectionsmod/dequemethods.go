package collectionsmod

import (
	"slices"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/lazy"
	"starwire/runtime/lib/builtinmod"
	"starwire/runtime/py"
)

var dequeMethods lazy.Methods

// Attr returns maxlen or a method.
func (d *Deque) Attr(name string) (starlark.Value, error) {
	if name == "maxlen" {
		if d.max < 0 {
			return starlark.None, nil
		}
		return starlark.MakeInt(d.max), nil
	}
	if m := dequeMethods.Get(dequeFunctions)[name]; m != nil {
		return m.BindReceiver(d), nil
	}
	return nil, nil
}

// AttrNames lists what Attr knows.
func (d *Deque) AttrNames() []string {
	names := []string{"maxlen"}
	for name := range dequeMethods.Get(dequeFunctions) {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// dequeFunctions are the methods of deques.
//
// _collectionsmodule.c, deque_methods.
func dequeFunctions() map[string]lazy.Method {
	add := func(push func(*Deque, *starlark.Thread, starlark.Value) error) lazy.Method {
		return method(1, func(thread *starlark.Thread, d *Deque, args starlark.Tuple) (starlark.Value, error) {
			return starlark.None, push(d, thread, args[0])
		})
	}
	addAll := func(push func(*Deque, *starlark.Thread, starlark.Value) error) lazy.Method {
		return method(1, func(thread *starlark.Thread, d *Deque, args starlark.Tuple) (starlark.Value, error) {
			return starlark.None, d.addAll(thread, args[0], push)
		})
	}
	take := func(take func(*Deque) starlark.Value) lazy.Method {
		return method(0, func(_ *starlark.Thread, d *Deque, _ starlark.Tuple) (starlark.Value, error) {
			if d.n == 0 {
				return nil, py.IndexError.Errorf("pop from an empty deque")
			}
			if err := d.changing(); err != nil {
				return nil, err
			}
			return take(d), nil
		})
	}
	return map[string]lazy.Method{
		"append":     add((*Deque).pushBack),
		"appendleft": add((*Deque).pushFront),
		"clear": method(0, func(_ *starlark.Thread, d *Deque, _ starlark.Tuple) (starlark.Value, error) {
			if err := d.changing(); err != nil {
				return nil, err
			}
			d.ring, d.head, d.n = nil, 0, 0
			return starlark.None, nil
		}),
		"count":      method(1, dequeCount),
		"extend":     addAll((*Deque).pushBack),
		"extendleft": addAll((*Deque).pushFront),
		"pop":        take((*Deque).takeBack),
		"popleft":    take((*Deque).takeFront),
		"remove":     method(1, dequeRemove),
		"reverse": method(0, func(thread *starlark.Thread, d *Deque, _ starlark.Tuple) (starlark.Value, error) {
			if d.frozen {
				return nil, d.changing()
			}
			items := d.items()
			slices.Reverse(items)
			d.replace(items)
			return starlark.None, host.Spend(thread, d.n/spendEvery)
		}),
		"rotate": dequeRotate,
	}
}

// method makes a method that takes so many positional arguments.
func method(n int, f func(thread *starlark.Thread, d *Deque, args starlark.Tuple) (starlark.Value, error)) lazy.Method {
	return func(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		switch {
		case len(kwargs) > 0:
			return nil, py.TypeError.Errorf("%s() takes no keyword arguments", b.Name())
		case len(args) != n && n == 0:
			return nil, py.TypeError.Errorf("%s() takes no arguments (%d given)", b.Name(), len(args))
		case len(args) != n:
			return nil, py.TypeError.Errorf("%s() takes exactly one argument (%d given)", b.Name(), len(args))
		}
		return f(thread, b.Receiver().(*Deque), args)
	}
}

// dequeCount is d.count(x).
func dequeCount(thread *starlark.Thread, d *Deque, args starlark.Tuple) (starlark.Value, error) {
	var tick builtinmod.Ticker
	n, state := 0, d.state
	for i := range d.n {
		eq, err := builtinmod.EqualTo(thread, *d.at(i), args[0])
		if err != nil {
			return nil, err
		}
		if eq {
			n++
		}
		if d.state != state {
			return nil, py.RuntimeError.Errorf("deque mutated during iteration")
		}
		if err := tick.Tick(thread); err != nil {
			return nil, err
		}
	}
	return starlark.MakeInt(n), nil
}

// dequeRemove is d.remove(x).
func dequeRemove(thread *starlark.Thread, d *Deque, args starlark.Tuple) (starlark.Value, error) {
	i, err := d.find(thread, args[0])
	if err != nil {
		return nil, err
	}
	if i < 0 {
		return nil, py.ValueError.Errorf("deque.remove(x): x not in deque")
	}
	return starlark.None, d.remove(i)
}

// dequeRotate is d.rotate(n=1).
func dequeRotate(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var by starlark.Value = starlark.MakeInt(1)
	if len(kwargs) > 0 {
		return nil, py.TypeError.Errorf("rotate() takes no keyword arguments")
	}
	if len(args) > 1 {
		return nil, py.TypeError.Errorf("rotate() takes at most 1 argument (%d given)", len(args))
	}
	if len(args) == 1 {
		by = args[0]
	}
	n, err := py.CInt(by)
	d := b.Receiver().(*Deque)
	if err != nil || d.n < 2 {
		return starlark.None, err
	}
	if err := d.changing(); err != nil {
		return nil, err
	}
	n %= d.n
	if n < 0 {
		n += d.n
	}
	items := d.items()
	d.replace(append(items[d.n-n:len(items):len(items)], items[:d.n-n]...))
	return starlark.None, host.Spend(thread, d.n/spendEvery)
}
