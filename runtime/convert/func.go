package convert

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"syscall"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/py"
)

// Func makes a Go function one that scripts can call. Arguments and results are
// converted; several results are a tuple. Before the parameters that scripts see,
// fn may have a context.Context, which is that of the run, a *starlark.Thread, or
// both; the last parameter may be variadic. A last result of type error, if not
// nil, is raised: as itself if it is an exception, a refused permission or the end
// of a run, as an IOError if it is one of the system's, as an Error otherwise;
// errors.As finds it again in what runtime.Runtime.Run returns. An argument that
// does not convert is a TypeError around an *Error.
//
// params name the parameters, all or none of them but a variadic one: then scripts
// can pass them by name, too. A name that ends in "?" and all that follow can be
// left out, and are zero.
//
// fn must be safe for concurrent use if runs of its Runtime, or the workers of
// parallel, go on at the same time. The error is an *Error, about fn or params.
func Func(name string, fn any, params ...string) (*starlark.Builtin, error) {
	v := reflect.ValueOf(fn)
	if v.Kind() != reflect.Func || v.IsNil() {
		return nil, rooted(problem("want a function, not ", typeName(v)), name)
	}
	b, err := makeFunc(name, v, params)
	return b, rooted(err, name)
}

var (
	contextType = reflect.TypeFor[context.Context]()
	threadType  = reflect.TypeFor[*starlark.Thread]()
	errorType   = reflect.TypeFor[error]()
)

// A function is a Go function as scripts call it.
type function struct {
	name     string
	fn       reflect.Value
	own      []reflect.Type // parameters that scripts do not see
	params   []string       // names without "?", or nil
	in       []reflect.Type // parameters that scripts see, without a variadic one
	required int            // of in
	variadic reflect.Type   // the element's type, or nil
	results  int            // without the error
	fails    bool           // whether the last result is an error
}

func makeFunc(name string, fn reflect.Value, params []string) (*starlark.Builtin, error) {
	t := fn.Type()
	f := &function{name: name, fn: fn, results: t.NumOut()}
	i := 0
	for i < t.NumIn() && (t.In(i) == contextType || t.In(i) == threadType) {
		f.own = append(f.own, t.In(i))
		i++
	}
	for ; i < t.NumIn(); i++ {
		if t.IsVariadic() && i == t.NumIn()-1 {
			f.variadic = t.In(i).Elem()
			break
		}
		f.in = append(f.in, t.In(i))
	}
	if f.results > 0 && t.Out(f.results-1) == errorType {
		f.fails = true
		f.results--
	}
	f.required = len(f.in)
	if len(params) > 0 && len(params) != len(f.in) {
		return nil, problem(fmt.Sprintf("%d names for %d parameters", len(params), len(f.in)))
	}
	for i, p := range params {
		p, optional := strings.CutSuffix(p, "?")
		if optional {
			f.required = min(f.required, i)
		}
		f.params = append(f.params, p)
	}
	return starlark.NewBuiltin(name, f.call), nil
}

// call is what the interpreter calls.
func (f *function) call(thread *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	bound, err := f.bind(args, kwargs)
	if err != nil {
		return nil, err
	}
	w := &walk{thread: thread}
	in := make([]reflect.Value, 0, len(f.own)+len(bound))
	for _, t := range f.own {
		if t == contextType {
			in = append(in, reflect.ValueOf(host.Context(thread)))
		} else {
			in = append(in, reflect.ValueOf(thread))
		}
	}
	for i, arg := range bound {
		t := f.variadic
		if i < len(f.in) {
			t = f.in[i]
		}
		x := reflect.New(t).Elem()
		if arg != nil {
			if err := w.fromValue(arg, x, 0); err != nil {
				return nil, f.badArgument(err, i)
			}
		}
		in = append(in, x)
	}
	if err := w.bill(); err != nil {
		return nil, err
	}
	return f.result(thread, f.fn.Call(in))
}

// bind returns the values of the parameters, in order; nil for one left out.
func (f *function) bind(args starlark.Tuple, kwargs []starlark.Tuple) ([]starlark.Value, error) {
	if len(args) > len(f.in) && f.variadic == nil {
		return nil, py.TypeError.Errorf("%s() takes %s (%d given)", f.name, f.takes(), len(args))
	}
	bound := make([]starlark.Value, max(len(f.in), len(args)))
	copy(bound, args)
	for _, kv := range kwargs {
		name, _ := starlark.AsString(kv[0])
		i := 0
		for i < len(f.params) && f.params[i] != name {
			i++
		}
		switch {
		case len(f.params) == 0:
			return nil, py.TypeError.Errorf("%s() takes no keyword arguments", f.name)
		case i == len(f.params):
			return nil, py.TypeError.Errorf("%s() got an unexpected keyword argument '%s'", f.name, name)
		case bound[i] != nil:
			return nil, py.TypeError.Errorf("%s() got multiple values for keyword argument '%s'", f.name, name)
		}
		bound[i] = kv[1]
	}
	for i := range f.required {
		if bound[i] == nil {
			return nil, py.TypeError.Errorf("%s() takes %s (%d given)", f.name, f.takes(), len(args)+len(kwargs))
		}
	}
	return bound, nil
}

// takes tells the number of arguments as Python does.
func (f *function) takes() string {
	how, n := "exactly", len(f.in)
	switch {
	case f.variadic != nil || f.required < len(f.in):
		how, n = "at least", f.required
	case n == 0:
		return "no arguments"
	}
	if n == 1 {
		return how + " 1 argument"
	}
	return fmt.Sprintf("%s %d arguments", how, n)
}

// badArgument is the TypeError for an argument that does not convert; other
// errors, such as the end of the run, stay what they are.
func (f *function) badArgument(err error, i int) error {
	var e *Error
	if !errors.As(err, &e) {
		return err
	}
	root := fmt.Sprintf("argument %d", i+1)
	if i < len(f.params) {
		root = f.params[i]
	}
	err = rooted(err, root)
	return py.TypeError.New(err, starlark.String(fmt.Sprintf("%s(): %v", f.name, err)))
}

// result converts what fn returned.
func (f *function) result(thread *starlark.Thread, out []reflect.Value) (starlark.Value, error) {
	if f.fails {
		if err, ok := out[f.results].Interface().(error); ok {
			return nil, raised(err)
		}
	}
	w := &walk{thread: thread}
	values := make(starlark.Tuple, f.results)
	for i := range values {
		v, err := w.toValue(out[i], 0, f.name)
		if err != nil {
			return nil, fmt.Errorf("%s(): result: %w", f.name, rooted(err, ""))
		}
		values[i] = v
	}
	if err := w.bill(); err != nil {
		return nil, err
	}
	switch len(values) {
	case 0:
		return starlark.None, nil
	case 1:
		return values[0], nil
	}
	return values, nil
}

// raised returns the error that is raised for one that fn returned: an exception,
// unless the runtime has one of its own for it.
func raised(err error) error {
	var (
		exception *py.Exception
		final     py.Uncatchable
		refused   *host.PermissionError
		eval      *starlark.EvalError
		errno     syscall.Errno
	)
	if errors.As(err, &exception) || errors.As(err, &final) || errors.As(err, &refused) || errors.As(err, &eval) || errors.As(err, &errno) {
		return err
	}
	return py.Error.New(err, starlark.String(err.Error()))
}
