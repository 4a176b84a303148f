// Package panics makes errors of panics in functions that scripts call.
//
// The interpreter lets a panic through, and takes its frames off the thread on the
// way: whoever recovers further out cannot tell any more where in the script it
// was. So each built-in recovers for itself.
package panics

import (
	"fmt"
	"runtime/debug"

	"go.starlark.net/starlark"
)

// An Error is a panic, which the program survives: a defect of whoever wrote the
// function.
type Error struct {
	Value any    // what panic was called with
	Stack []byte // the Go stack, as of debug.Stack
}

// Error returns the panic's text.
func (e *Error) Error() string { return fmt.Sprintf("internal error: %v", e.Value) }

// To turns a panic into an *Error at err; it must be deferred.
func To(err *error) {
	if v := recover(); v != nil {
		*err = Of(v)
	}
}

// Of returns the error of a panic, whose value recover returned to the deferred
// function that calls Of. An *Error is a panic that went on from another goroutine: it
// stays what it is.
func Of(v any) *Error {
	if e, ok := v.(*Error); ok {
		return e
	}
	return &Error{Value: v, Stack: debug.Stack()}
}

// A Function is what a built-in does.
type Function = func(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error)

// Safe returns a function that does what fn does, and returns the *Error of a panic.
func Safe(fn Function) Function {
	return func(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (v starlark.Value, err error) {
		defer To(&err)
		return fn(thread, b, args, kwargs)
	}
}

// Builtin returns a built-in that does what b does, with its name and receiver, and
// returns the *Error of a panic.
func Builtin(b *starlark.Builtin) *starlark.Builtin {
	s := starlark.NewBuiltin(b.Name(), func(thread *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (v starlark.Value, err error) {
		defer To(&err)
		return b.CallInternal(thread, args, kwargs)
	})
	if b.Receiver() != nil {
		s = s.BindReceiver(b.Receiver())
	}
	return s
}
