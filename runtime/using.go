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
	u := &using{thread: thread, item: args}
	if len(args) == 1 {
		u.item = args[0]
	}
	for _, v := range args {
		fn := attr(v, "close")
		if fn == nil {
			return nil, py.TypeError.Errorf("using: %s has no close method", py.TypeName(v))
		}
		u.closers = append(u.closers, closer{fn: fn})
	}
	return u, nil
}

// A using is an iterable of one item, the end of whose iteration ends a block.
type using struct {
	thread  *starlark.Thread // calls the closers
	item    starlark.Value
	closers []closer // called from the last to the first
}

// A closer is a function to call at the end of a block.
type closer struct {
	fn   starlark.Value
	args starlark.Tuple
}

var (
	_ starlark.Iterable = (*using)(nil)
	_ py.Composite      = (*using)(nil)
)

func (u *using) String() string        { return repr(u) }
func (u *using) Type() string          { return "using" }
func (u *using) Freeze()               { u.item.Freeze() }
func (u *using) Truth() starlark.Bool  { return true }
func (u *using) Hash() (uint32, error) { return 0, py.TypeError.Errorf("unhashable type: using") }

// ReprBy is String with the item as show shows it.
func (u *using) ReprBy(show func(starlark.Value) string) string { return "using(" + show(u.item) + ")" }

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
	*p = it.using.item
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
		for _, c := range slices.Backward(block.using.closers) {
			if err := c.call(thread, st); err != nil && first == nil {
				first = err
			}
		}
	}
	if first != nil {
		st.setPending(thread, first)
	}
}

// call calls the function. A panic is an error. On a stopped thread a script's
// own function would not get past its first step; what it would close is closed
// at the end of the run.
func (c closer) call(thread *starlark.Thread, st *threadState) error {
	if _, ok := c.fn.(*starlark.Function); ok && st.task.stopped() != nil {
		return nil
	}
	_, err := recovering(func() (starlark.Value, error) {
		return starlark.Call(thread, c.fn, c.args, nil)
	})
	return err
}
