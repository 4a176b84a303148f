package remod

import (
	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/py"
)

// matches is what finditer returns: Python's iterator, which can be gone through
// once.
type matches struct {
	scan   *scan
	frozen bool
}

var (
	_ starlark.Iterable = (*matches)(nil)
	_ starlark.HasAttrs = (*matches)(nil)
)

// String returns <callable-iterator object>, without an address.
func (it *matches) String() string { return "<callable-iterator object>" }

// Type returns CPython's name of the type.
func (it *matches) Type() string { return "callable-iterator" }

// Freeze ends the iteration: it would change the iterator.
func (it *matches) Freeze() { it.frozen = true }

// Truth is always true.
func (it *matches) Truth() starlark.Bool { return true }

// Hash refuses: the iterator is its position.
func (it *matches) Hash() (uint32, error) {
	return 0, py.TypeError.Errorf("unhashable type: callable-iterator")
}

var nextMethod = starlark.NewBuiltin("next", matchesNext)

// Attr returns the method next.
func (it *matches) Attr(name string) (starlark.Value, error) {
	if name == "next" {
		return nextMethod.BindReceiver(it), nil
	}
	return nil, nil
}

// AttrNames lists what Attr knows.
func (it *matches) AttrNames() []string { return []string{"next"} }

func (it *matches) next() (*Match, error) {
	if it.frozen {
		return nil, py.TypeError.Errorf("cannot read from frozen callable-iterator")
	}
	return it.scan.next()
}

// matchesNext is it.next(): the next match, or StopIteration.
func matchesNext(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := py.UnpackArgs(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	it := b.Receiver().(*matches)
	if !it.frozen {
		it.scan.thread = thread
	}
	m, err := it.next()
	if err != nil {
		return nil, err
	}
	if m == nil {
		return nil, py.StopIteration.New(nil)
	}
	return m, nil
}

// Iterate goes on where the iterator is. Host.Raise raises its errors.
func (it *matches) Iterate() starlark.Iterator { return (*matchLoop)(it) }

type matchLoop matches

// Next finds one match.
func (l *matchLoop) Next(p *starlark.Value) bool {
	it := (*matches)(l)
	m, err := it.next()
	if err != nil {
		thread := it.scan.thread
		h := host.From(thread)
		if thread.CallStackDepth() == 0 {
			thread = nil // it is not the one that loops
		}
		h.Raise(thread, err)
		return false
	}
	if m == nil {
		return false
	}
	*p = m
	return true
}

// Done does nothing: the iterator keeps its place.
func (l *matchLoop) Done() {}
