package runtime

import (
	"slices"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/lazy"
	"starwire/runtime/lib/builtinmod"
	"starwire/runtime/py"
)

// A generator is the value of a generator expression. It can be gone through
// once, and does its work as it is asked for items.
type generator struct {
	thread *starlark.Thread // calls fn
	items  starlark.Iterator
	fn     starlark.Value
	nested bool
	inner  starlark.Iterator // of a nested one: the items of the last item
	done   bool
}

var (
	_ starlark.Iterable  = (*generator)(nil)
	_ starlark.HasAttrs  = (*generator)(nil)
	_ starlark.Container = (*generator)(nil)
)

// newGenerator is $generator(iterable, fn, nested=False).
//
// CPython: genobject.c.
func newGenerator(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var items starlark.Value
	g := &generator{thread: thread}
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 2, &items, &g.fn, &g.nested); err != nil {
		return nil, err
	}
	if g.items = iterate(items); g.items == nil {
		return nil, py.NotIterable(items)
	}
	return g, nil
}

// iterate returns an iterator over x, or nil. A generator may be left in the
// middle, and must not keep a list from being changed from then on, as the
// interpreter's iterators would.
func iterate(x starlark.Value) starlark.Iterator {
	switch x := py.Plain(x).(type) {
	case *starlark.List:
		return &listIterator{list: x}
	case *starlark.Dict:
		return starlark.Tuple(x.Keys()).Iterate()
	case *starlark.Set:
		return starlark.Tuple(slices.Collect(x.Elements())).Iterate()
	}
	return starlark.Iterate(x)
}

// A listIterator goes over a list as it is at each step, as Python's does.
type listIterator struct {
	list *starlark.List
	i    int
}

func (it *listIterator) Next(p *starlark.Value) bool {
	if it.i >= it.list.Len() {
		return false
	}
	*p = it.list.Index(it.i)
	it.i++
	return true
}

func (it *listIterator) Done() {}

func (g *generator) String() string       { return "<generator object <genexpr>>" }
func (g *generator) Type() string         { return "generator" }
func (g *generator) Freeze()              {}
func (g *generator) Truth() starlark.Bool { return true }
func (g *generator) Hash() (uint32, error) {
	return 0, py.TypeError.Errorf("unhashable type: generator")
}

// Iterate returns the generator itself: what one loop has taken, no other gets.
func (g *generator) Iterate() starlark.Iterator { return g }

// Done leaves the generator where it is: another loop may go on from there.
func (g *generator) Done() {}

// Has goes on to the first item that equals x: x in g.
func (g *generator) Has(x starlark.Value) (bool, error) {
	for {
		var v starlark.Value
		if more, err := g.next(&v); !more || err != nil {
			return false, err
		}
		if eq, err := builtinmod.EqualTo(g.thread, v, x); eq || err != nil {
			return eq, err
		}
		if err := host.Spend(g.thread, 1); err != nil {
			return false, err
		}
	}
}

// Next produces the next item. An error becomes pending.
func (g *generator) Next(p *starlark.Value) bool {
	ok, err := g.next(p)
	if err != nil {
		stateOf(g.thread).setPending(g.thread, err)
	}
	return ok
}

func (g *generator) next(p *starlark.Value) (bool, error) {
	for !g.done {
		if g.inner != nil {
			if g.inner.Next(p) {
				return true, nil
			}
			g.inner.Done()
			g.inner = nil
		}
		var item starlark.Value
		if !g.items.Next(&item) {
			break
		}
		v, err := recovering(func() (starlark.Value, error) {
			return starlark.Call(g.thread, g.fn, starlark.Tuple{item}, nil)
		})
		if err != nil {
			g.end()
			return false, err
		}
		results, ok := v.(*starlark.List)
		if !ok || results.Len() == 0 {
			continue
		}
		if *p = results.Index(0); !g.nested {
			return true, nil
		}
		if g.inner = iterate(*p); g.inner == nil {
			g.end()
			return false, py.NotIterable(*p)
		}
	}
	g.end()
	return false, nil
}

// end lets go of what the generator iterates over.
func (g *generator) end() {
	if !g.done {
		g.done = true
		g.items.Done()
		if g.inner != nil {
			g.inner.Done()
		}
	}
}

var generatorMethods lazy.Methods

func generatorFunctions() map[string]lazy.Method {
	return map[string]lazy.Method{"close": generatorClose, "next": generatorNext}
}

func generatorClose(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 0); err != nil {
		return nil, err
	}
	b.Receiver().(*generator).end()
	return starlark.None, nil
}

func generatorNext(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 0); err != nil {
		return nil, err
	}
	var v starlark.Value
	ok, err := b.Receiver().(*generator).next(&v)
	if err == nil && !ok {
		err = py.StopIteration.New(nil)
	}
	return v, err
}

// Attr returns next or close.
func (g *generator) Attr(name string) (starlark.Value, error) {
	if m := generatorMethods.Get(generatorFunctions)[name]; m != nil {
		return m.BindReceiver(g), nil
	}
	return nil, nil
}

// AttrNames lists what Attr knows.
func (g *generator) AttrNames() []string { return []string{"close", "next"} }
