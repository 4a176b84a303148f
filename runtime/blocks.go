package runtime

import (
	"errors"

	"go.starlark.net/starlark"

	"starwire/runtime/lib/sysmod"
	"starwire/runtime/py"
)

// try is $try(frame, block): it calls block and returns (what that returned,
// None) or (None, exception).
//
// CPython: SETUP_EXCEPT.
func try(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(args) != 2 {
		return nil, py.TypeError.Errorf("%s takes 2 arguments", b.Name())
	}
	f, ok := args[0].(frame)
	if !ok {
		return nil, py.TypeError.Errorf("%s: got %s, want a frame", b.Name(), args[0].Type())
	}
	v, x, err := attempt(thread, b, args[1])
	if err != nil {
		return nil, err
	}
	if x == nil {
		return starlark.Tuple{v, starlark.None}, nil
	}
	stateOf(thread).handle(thread, f, x)
	return starlark.Tuple{starlark.None, x}, nil
}

// attempt runs the block of a try statement. It returns its value, or the
// exception that ended it, which counts as caught; or the error that no script
// catches.
func attempt(thread *starlark.Thread, b *starlark.Builtin, block starlark.Value) (starlark.Value, *py.Exception, error) {
	v, x, err := guard(thread, b, block, nil, nil)
	if err == nil {
		return v, nil, nil
	}
	st := stateOf(thread)
	if x == nil {
		x = st.exiting(err)
	}
	if x == nil {
		return nil, nil, err
	}
	st.caught.add(x, err, thread.CallStackDepth()-2)
	return nil, x, nil
}

// exiting returns the SystemExit behind an error, or nil if there is none or the
// run was stopped.
func (st *threadState) exiting(err error) *py.Exception {
	var exit *ExitError
	if !errors.As(err, &exit) || st.task.stopped() != nil {
		return nil
	}
	return exit.Raised
}

// raised returns the error by which x travels: a SystemExit ends the run, unless
// it is caught.
func raised(x *py.Exception) error {
	if x.IsA(py.SystemExit) {
		return sysmod.Exiting(x)
	}
	return x
}

// finally is $finally(block): like $try, of a try statement that catches nothing.
//
// CPython: SETUP_FINALLY.
func finally(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(args) != 1 {
		return nil, py.TypeError.Errorf("%s takes 1 argument", b.Name())
	}
	v, x, err := attempt(thread, b, args[0])
	if err != nil {
		return nil, err
	}
	if x == nil {
		return starlark.Tuple{v, starlark.None}, nil
	}
	return starlark.Tuple{starlark.None, x}, nil
}

// except is $except(exception, types).
//
// CPython: COMPARE_OP (exception match).
func except(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if x, ok := exceptionArg(args, 2); ok {
		ok, err := x.Class().Matches(args[1])
		return starlark.Bool(ok), err
	}
	return nil, py.TypeError.Errorf("%s takes an exception and the types to match", b.Name())
}

// reraise is $reraise(exception): it raises what $try or $finally returned.
//
// CPython: END_FINALLY.
func reraise(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if x, ok := exceptionArg(args, 1); ok {
		return nil, stateOf(thread).caught.again(x)
	}
	return nil, py.TypeError.Errorf("%s takes an exception", b.Name())
}

func exceptionArg(args starlark.Tuple, n int) (*py.Exception, bool) {
	if len(args) != n {
		return nil, false
	}
	x, ok := args[0].(*py.Exception)
	return x, ok
}

// raise is $raise(type=None, value=None, traceback=None), Python 2's raise
// statement.
//
// ceval.c, do_raise.
func raise(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var typ, value, traceback starlark.Value = starlark.None, starlark.None, starlark.None
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 0, &typ, &value, &traceback); err != nil {
		return nil, err
	}
	st := stateOf(thread)
	switch x := typ.(type) {
	case starlark.NoneType:
		if x := st.handling(thread); x != nil && len(args) == 0 {
			return nil, st.caught.again(x)
		}
	case *py.Exception:
		if value != starlark.None {
			return nil, py.TypeError.Errorf("instance exception may not have a separate value")
		}
		return nil, raised(x)
	case *py.Class:
		var of starlark.Tuple
		switch v := value.(type) {
		case starlark.NoneType:
		case starlark.Tuple:
			of = v
		case *py.Exception:
			if v.IsA(x) {
				return nil, raised(v)
			}
			of = starlark.Tuple{v}
		default:
			of = starlark.Tuple{v}
		}
		v, err := starlark.Call(thread, x, of, nil)
		if err != nil {
			return nil, err
		}
		return nil, raised(v.(*py.Exception))
	}
	return nil, py.TypeError.Errorf("exceptions must be old-style classes or derived from BaseException, not %s", py.TypeName(typ))
}

// assert is $assert(message): the failure of an assert statement.
func assert(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	return nil, py.AssertionError.New(nil, args...)
}

// with is $with(manager), of a with statement: what has __enter__ and __exit__
// methods is used by these, anything else as using does.
//
// CPython: SETUP_WITH.
func with(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(args) != 1 {
		return nil, py.TypeError.Errorf("%s takes 1 argument", b.Name())
	}
	m := args[0]
	u := &using{thread: thread, item: m}
	enter, exit := attr(m, "__enter__"), attr(m, "__exit__")
	switch {
	case enter != nil && exit != nil:
		var err error
		if u.item, err = starlark.Call(thread, enter, nil, nil); err != nil {
			return nil, err
		}
		u.closers = []closer{{fn: exit, args: starlark.Tuple{starlark.None, starlark.None, starlark.None}}}
	case attr(m, "close") != nil:
		u.closers = []closer{{fn: attr(m, "close")}}
	default:
		return nil, py.AttributeError.New(nil, starlark.String("__exit__"))
	}
	return u, nil
}

// catches are the last exceptions that try statements of a thread caught, with
// the errors by which they came, so that one which goes on still tells from
// where. They are few: an error holds a copy of the call stack.
type catches struct {
	last [16]struct {
		x    *py.Exception
		err  error
		skip int // how many calls are outside that of the try statement
	}
	next int
}

func (c *catches) add(x *py.Exception, err error, skip int) {
	c.last[c.next].x, c.last[c.next].err, c.last[c.next].skip = x, err, max(skip, 0)
	c.next = (c.next + 1) % len(c.last)
}

// again returns the error that lets x go on.
func (c *catches) again(x *py.Exception) error {
	for _, l := range c.last {
		if l.x == x {
			return &goesOn{x: x, err: l.err}
		}
	}
	var fatal py.Uncatchable
	if errors.As(x.Cause, &fatal) {
		return x.Cause
	}
	return raised(x)
}

// A goesOn is an exception that was caught and goes on, with its traceback.
type goesOn struct {
	x   *py.Exception
	err error // by which it came
}

func (e *goesOn) Error() string   { return e.x.Error() }
func (e *goesOn) Unwrap() []error { return []error{e.err, e.x} }
