package runtime

import (
	"strings"

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
func (u *using) Iterate() starlark.Iterator { return &usingIterator{using: u} }

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

// Done closes the values, all of them, in reverse order. It has no way to return
// an error, so the first one stops the thread, and the catch around it, or the
// end of the run, takes it up from there (settle).
func (it *usingIterator) Done() {
	thread, values := it.using.thread, it.using.values
	st := stateOf(thread)
	first := st.takeClosing(thread) // of a block inside this one
	for i := len(values) - 1; i >= 0; i-- {
		if err := closeOne(thread, attr(values[i], "close")); err != nil && first == nil {
			first = err
		}
	}
	if st.closing = first; first != nil {
		thread.Cancel(closingReason)
	}
}

// raise is Host.Raise: the error of an iterator's Next stops the thread as one of
// a close method does, and a catch takes it up in the same way.
func (r *run) raise(thread *starlark.Thread, err error) {
	if thread == nil {
		r.task.stop(err)
		return
	}
	if st := stateOf(thread); st.closing == nil {
		st.closing = err
	}
	thread.Cancel(closingReason)
}

// closeOne calls a close method. A panic is an error.
func closeOne(thread *starlark.Thread, fn starlark.Value) (err error) {
	defer recoverTo(&err)
	_, err = starlark.Call(thread, fn, nil, nil)
	return err
}

// closingReason is why a thread is cancelled whose using block met an error.
const closingReason = "a close method failed"

// takeClosing returns the error that a using block left behind, or nil, and lets
// the thread go on.
func (st *threadState) takeClosing(thread *starlark.Thread) error {
	err := st.closing
	if err == nil {
		return nil
	}
	st.closing = nil
	thread.Uncancel()
	if cause := st.task.stopped(); cause != nil {
		thread.Cancel(cause.Error())
	}
	return err
}

// settle returns the error with which code on the thread ended: err, unless that
// is none, or the way in which a using block made its own known. An error that
// was there before the block was left is the one to know of.
func (st *threadState) settle(thread *starlark.Thread, err error) error {
	closing := st.takeClosing(thread)
	if closing != nil && (err == nil || strings.HasSuffix(err.Error(), "cancelled: "+closingReason)) {
		return closing
	}
	return err
}
