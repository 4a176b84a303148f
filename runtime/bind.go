package runtime

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	"go.starlark.net/starlark"

	"starwire/runtime/convert"
)

// Bind makes a script's function, as Run returned it, a Go function, and stores it
// in dst, a pointer to a variable of a function type:
//
//	var price func(ctx context.Context, item Item) (float64, error)
//	err := rt.Bind(globals["price"], &price)
//
// The type's first parameter may be a context.Context; its last result is an
// error. Arguments and results are converted as package convert says; several
// results are a tuple's items. Each call is a Call, with its limits and errors; what
// does not convert is a *convert.Error. Like Call, the function may be called by
// several goroutines at the same time.
//
// A built-in that a run calls should call a script's function on the run's own
// thread instead (see convert.Func): a Call is a run of its own.
func (rt *Runtime) Bind(fn starlark.Value, dst any) error {
	callable, ok := fn.(starlark.Callable)
	if !ok {
		return fmt.Errorf("runtime.Bind: want a function, got %s", typeOf(fn))
	}
	p := reflect.ValueOf(dst)
	if p.Kind() != reflect.Pointer || p.IsNil() || p.Elem().Kind() != reflect.Func {
		return fmt.Errorf("runtime.Bind: want a pointer to a function, got %T", dst)
	}
	t := p.Elem().Type()
	if t.NumOut() == 0 || t.Out(t.NumOut()-1) != reflect.TypeFor[error]() {
		return fmt.Errorf("runtime.Bind: the last result of %v is no error", t)
	}
	p.Elem().Set(reflect.MakeFunc(t, func(in []reflect.Value) []reflect.Value {
		out := make([]reflect.Value, t.NumOut())
		for i := range out {
			out[i] = reflect.New(t.Out(i)).Elem()
		}
		if err := rt.callBound(callable, t, in, out[:len(out)-1]); err != nil {
			for i := range out {
				out[i].SetZero()
			}
			out[len(out)-1].Set(reflect.ValueOf(err))
		}
		return out
	}))
	return nil
}

func typeOf(v starlark.Value) string {
	if v == nil {
		return "nothing"
	}
	return v.Type()
}

// callBound calls fn with Go values and stores its results.
func (rt *Runtime) callBound(fn starlark.Callable, t reflect.Type, in, out []reflect.Value) error {
	ctx := context.Background()
	if len(in) > 0 && t.In(0) == reflect.TypeFor[context.Context]() {
		if c, ok := in[0].Interface().(context.Context); ok {
			ctx = c
		}
		in = in[1:]
	}
	if t.IsVariadic() {
		last := in[len(in)-1]
		in = in[: len(in)-1 : len(in)-1]
		for i := range last.Len() {
			in = append(in, last.Index(i))
		}
	}
	args := make(starlark.Tuple, len(in))
	for i, x := range in {
		v, err := convert.ToValue(x.Interface())
		if err != nil {
			return badValue(err, fmt.Sprintf("%s() argument %d", fn.Name(), i+1))
		}
		args[i] = v
	}
	v, err := rt.Call(ctx, fn, args, nil)
	switch {
	case err != nil || len(out) == 0:
		return err
	case len(out) == 1:
		return badValue(convert.FromValue(v, out[0].Addr().Interface()), fn.Name()+"() result")
	}
	items, ok := v.(starlark.Tuple)
	if !ok || len(items) != len(out) {
		return badValue(&convert.Error{Problem: fmt.Sprintf("want a tuple of %d, got %s", len(out), v.Type())}, fn.Name()+"() result")
	}
	for i, item := range items {
		if err := convert.FromValue(item, out[i].Addr().Interface()); err != nil {
			return badValue(err, fmt.Sprintf("%s() result %d", fn.Name(), i+1))
		}
	}
	return nil
}

// badValue says which argument or result did not convert.
func badValue(err error, what string) error {
	var e *convert.Error
	if !errors.As(err, &e) {
		return err
	}
	return fmt.Errorf("%s: %w", what, err)
}
