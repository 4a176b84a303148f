package runtime

import (
	"strings"

	"go.starlark.net/starlark"

	"starwire/runtime/py"
)

// Some errors arise where none can be returned: in an iterator's Done, between
// two steps of the interpreter. Such an error is noted on the thread, and the
// thread is cancelled, so that it stops at its next step; whoever called the
// code that was running then finds the error in place of the cancellation.

// pendingReason is why a thread is cancelled on which an error is pending.
const pendingReason = "an error is pending"

// setPending notes an error, unless one is there already, and stops the thread.
func (st *threadState) setPending(thread *starlark.Thread, err error) {
	if st.pending == nil {
		st.pending = err
	}
	thread.Cancel(pendingReason)
}

// takePending returns the error that is pending, or nil, and lets the thread go on.
func (st *threadState) takePending(thread *starlark.Thread) error {
	err := st.pending
	if err == nil {
		return nil
	}
	st.pending = nil
	thread.Uncancel()
	if cause := st.task.stopped(); cause != nil {
		thread.Cancel(cause.Error())
	}
	return err
}

// settle returns the error with which code on the thread ended: err, unless that
// is none or only the way in which a pending one made itself known. An error
// that was under way before another became pending is the one to know of.
func (st *threadState) settle(thread *starlark.Thread, err error) error {
	pending := st.takePending(thread)
	switch {
	case pending == nil:
		return err
	case err == nil:
		return pending
	case strings.HasSuffix(err.Error(), "cancelled: "+pendingReason):
		return &pendingError{err: pending, at: err}
	}
	return err
}

// A pendingError is an error that was pending, and where it stopped the script.
type pendingError struct {
	err, at error
}

func (e *pendingError) Error() string   { return e.err.Error() }
func (e *pendingError) Unwrap() []error { return []error{e.err, e.at} }

// tooRecursive is the error of functions that call each other too deeply.
func tooRecursive() *py.Exception {
	return py.RuntimeError.Errorf("maximum recursion depth exceeded")
}

// raise is Host.Raise, for iterators of modules.
func (r *run) raise(thread *starlark.Thread, err error) {
	if thread == nil {
		r.current.Load().stop(err)
		return
	}
	stateOf(thread).setPending(thread, err)
}
