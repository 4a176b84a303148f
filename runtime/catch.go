package runtime

import (
	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"starwire/runtime/lazy"
	"starwire/runtime/py"
)

// catchFn is catch(types, fn, *args, **kwargs): it calls fn and returns a
// Result. An exception of those types is caught, every other error goes on.
func catchFn(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(args) < 2 {
		return nil, py.TypeError.Errorf("catch: want the types to catch and the function to call, got %d arguments", len(args))
	}
	if _, err := py.BaseException.Matches(args[0]); err != nil {
		return nil, err
	}
	return catch(thread, b, args[0], args[1], args[2:], kwargs)
}

// attemptFn is attempt(fn, *args, **kwargs), which is catch(Exception, fn, …).
func attemptFn(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(args) < 1 {
		return nil, py.TypeError.Errorf("attempt: want the function to call")
	}
	return catch(thread, b, py.ExceptionClass, args[0], args[1:], kwargs)
}

// maxCatches bounds catches inside catches: raising an exception again at each
// level copies the call stack each time.
const maxCatches = 1000

func catch(thread *starlark.Thread, b *starlark.Builtin, types, fn starlark.Value, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	v, x, err := guard(thread, b, fn, args, kwargs)
	if err == nil {
		return &Result{value: v}, nil
	}
	if x == nil {
		return nil, err
	}
	ok, merr := x.Class().Matches(types)
	switch {
	case merr != nil:
		return nil, merr
	case !ok:
		return nil, err
	}
	return &Result{err: x}, nil
}

// guard calls fn. If that fails, x is the exception that it raised, with its
// traceback, or nil for an error that no script may catch.
func guard(thread *starlark.Thread, b *starlark.Builtin, fn starlark.Value, args starlark.Tuple, kwargs []starlark.Tuple) (v starlark.Value, x *py.Exception, err error) {
	c, ok := fn.(starlark.Callable)
	if !ok {
		return nil, nil, py.TypeError.Errorf("%s: want a function, not %s", b.Name(), py.TypeName(fn))
	}
	st := stateOf(thread)
	if st.catches >= maxCatches {
		return nil, nil, tooRecursive()
	}
	st.catches++
	v, err = protect(thread, c, args, kwargs)
	st.catches--
	if err == nil {
		return v, nil, nil
	}
	if x = st.task.run.exceptionOf(err); x == nil || st.task.stopped() != nil {
		return nil, nil, err
	}
	// The traceback begins with the function that called catch.
	frames := st.task.run.frames(err, max(thread.CallStackDepth()-2, 0))
	return nil, x.WithTraceback(formatFrames(frames)), err
}

// protect calls fn. A panic is an error, and so is one that using met when it
// closed a value.
func protect(thread *starlark.Thread, fn starlark.Callable, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	v, err := recovering(func() (starlark.Value, error) {
		return starlark.Call(thread, fn, args, kwargs)
	})
	if err = stateOf(thread).settle(thread, err); err != nil {
		return nil, err
	}
	return v, nil
}

// recovering calls f. A panic is an error.
func recovering[T any](f func() (T, error)) (v T, err error) {
	defer recoverTo(&err)
	return f()
}

// A Result is what catch and attempt return: a value or the exception in its
// place. It unpacks as (value, error) and is true if there is a value.
type Result struct {
	value starlark.Value // nil if err is set
	err   *py.Exception
}

var (
	_ starlark.HasAttrs  = (*Result)(nil)
	_ starlark.Indexable = (*Result)(nil)
	_ starlark.Sequence  = (*Result)(nil)
	_ py.Reprer          = (*Result)(nil)
	_ py.Composite       = (*Result)(nil)
)

// String returns Result(value=…) or Result(error=…), with Starlark's repr.
func (r *Result) String() string { return repr(r) }

// Repr returns String's text with Python's repr.
func (r *Result) Repr() string { return py.Repr(r) }

// ReprBy returns either, by what shows the value.
func (r *Result) ReprBy(show func(starlark.Value) string) string {
	if r.err != nil {
		return "Result(error=" + show(r.err) + ")"
	}
	return "Result(value=" + show(r.value) + ")"
}

// Type returns "Result".
func (r *Result) Type() string { return "Result" }

// Freeze freezes the value or the exception.
func (r *Result) Freeze() {
	if r.err != nil {
		r.err.Freeze()
	} else {
		r.value.Freeze()
	}
}

// Truth reports whether there is a value.
func (r *Result) Truth() starlark.Bool { return r.err == nil }

// Hash refuses: the value may be mutable.
func (r *Result) Hash() (uint32, error) { return 0, py.TypeError.Errorf("unhashable type: Result") }

// Len returns 2: a Result unpacks as (value, error).
func (r *Result) Len() int { return 2 }

// Index returns the value or None, then the exception or None.
func (r *Result) Index(i int) starlark.Value { return r.pair()[i] }

// Iterate returns an iterator over the two.
func (r *Result) Iterate() starlark.Iterator { return r.pair().Iterate() }

func (r *Result) held() []starlark.Value { return r.pair() }

func (r *Result) pair() starlark.Tuple {
	if r.err != nil {
		return starlark.Tuple{starlark.None, r.err}
	}
	return starlark.Tuple{r.value, starlark.None}
}

var resultMethods lazy.Methods

func resultFunctions() map[string]lazy.Method {
	return map[string]lazy.Method{"or_else": resultOrElse, "unwrap": resultUnwrap}
}

// Attr returns ok, value, error, unwrap or or_else.
func (r *Result) Attr(name string) (starlark.Value, error) {
	switch name {
	case "ok":
		return r.Truth(), nil
	case "value":
		return r.pair()[0], nil
	case "error":
		return r.pair()[1], nil
	}
	if m := resultMethods.Get(resultFunctions)[name]; m != nil {
		return m.BindReceiver(r), nil
	}
	return nil, nil
}

// AttrNames lists what Attr knows.
func (r *Result) AttrNames() []string {
	return []string{"error", "ok", "or_else", "unwrap", "value"}
}

// resultUnwrap is r.unwrap(): the value, or the exception raised again.
func resultUnwrap(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 0); err != nil {
		return nil, err
	}
	r := b.Receiver().(*Result)
	if r.err != nil {
		return nil, r.err
	}
	return r.value, nil
}

// resultOrElse is r.or_else(x): the value, or x.
func resultOrElse(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var otherwise starlark.Value
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 1, &otherwise); err != nil {
		return nil, err
	}
	if r := b.Receiver().(*Result); r.err == nil {
		return r.value, nil
	}
	return otherwise, nil
}

// CompareSameType compares two Results: equal if value and exception are.
func (r *Result) CompareSameType(op syntax.Token, y starlark.Value, depth int) (bool, error) {
	return r.CompareBy(new(py.Comparison), op, y, py.MaxCompareDepth-depth)
}

var _ py.Comparer = (*Result)(nil)

// CompareBy is CompareSameType on c's account.
func (r *Result) CompareBy(c *py.Comparison, op syntax.Token, y starlark.Value, depth int) (bool, error) {
	other := y.(*Result)
	switch op {
	case syntax.EQL, syntax.NEQ:
		eq := r == other
		if !eq && r.err == nil && other.err == nil {
			var err error
			if eq, err = c.CompareDepth(syntax.EQL, r.value, other.value, depth+1); err != nil {
				return false, err
			}
		}
		return eq == (op == syntax.EQL), nil
	}
	return false, py.TypeError.Errorf("Result %s Result not implemented", op)
}
