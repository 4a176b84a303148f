package runtime

import (
	"slices"

	"go.starlark.net/starlark"

	"starwire/runtime/py"
)

// usingFn is using(*values): "for c in using(conn):" runs the block once and
// closes conn when it is left, by its end, break, return or an exception. For
// several values c is the tuple of them; they are closed in reverse order.
func usingFn(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(kwargs) > 0 || len(args) == 0 {
		return nil, py.TypeError.Errorf("using: want the values to close")
	}
	for _, v := range args {
		if attr(v, "close") == nil {
			return nil, py.TypeError.Errorf("using: %s has no close method", py.TypeName(v))
		}
	}
	return &using{thread: thread, values: args}, nil
}

// A using is what using returns: an iterable of one item.
type using struct {
	thread *starlark.Thread // closes the values
	values starlark.Tuple
}

var _ starlark.Iterable = (*using)(nil)

func (u *using) String() string        { return "using" + repr(u.values) }
func (u *using) Type() string          { return "using" }
func (u *using) Freeze()               { u.values.Freeze() }
func (u *using) Truth() starlark.Bool  { return true }
func (u *using) Hash() (uint32, error) { return 0, py.TypeError.Errorf("unhashable type: using") }

// Iterate begins the block; the iterator's Done ends it.
func (u *using) Iterate() starlark.Iterator {
	it := &usingIterator{using: u}
	st := stateOf(u.thread)
	st.usings = append(st.usings, it)
	return it
}

type usingIterator struct {
	using *using
	begun bool
}

// Next yields the values once.
func (it *usingIterator) Next(p *starlark.Value) bool {
	if it.begun {
		return false
	}
	it.begun = true
	if len(it.using.values) == 1 {
		*p = it.using.values[0]
	} else {
		*p = it.using.values
	}
	return true
}

// Done closes the values, and before them those of the blocks inside this one:
// the interpreter ends the blocks that an error or a return leaves from the
// outside in. It has no way to return an error, so the first one becomes pending.
func (it *usingIterator) Done() {
	thread := it.using.thread
	st := stateOf(thread)
	i := slices.Index(st.usings, it)
	if i < 0 {
		return
	}
	inner := slices.Clone(st.usings[i:])
	st.usings = slices.Delete(st.usings, i, len(st.usings))
	first := st.takePending(thread)
	for _, block := range slices.Backward(inner) {
		for _, v := range slices.Backward(block.using.values) {
			if err := closeOne(thread, st, attr(v, "close")); err != nil && first == nil {
				first = err
			}
		}
	}
	if first != nil {
		st.setPending(thread, first)
	}
}

// closeOne calls a close method. A panic is an error. On a stopped thread a
// script's own function would not get past its first step; what it would close
// is closed at the end of the run.
func closeOne(thread *starlark.Thread, st *threadState, fn starlark.Value) error {
	if _, ok := fn.(*starlark.Function); ok && st.task.stopped() != nil {
		return nil
	}
	_, err := recovering(func() (starlark.Value, error) {
		return starlark.Call(thread, fn, nil, nil)
	})
	return err
}
