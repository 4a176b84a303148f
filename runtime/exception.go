package runtime

import (
	"errors"
	"io/fs"
	"syscall"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starwire/runtime/host"
	"starwire/runtime/panics"
	"starwire/runtime/py"
)

// A PanicError is a panic in a built-in, or in a function of Config's, which the run
// survives. Scripts see a RuntimeError.
//
// Its traceback shows the script's frames if it is one of these that panics, or what
// they call: a function or method of ours, or of Config's Predeclared and Modules;
// a method of another value, called as x.method(), whose name no type of Starlark's
// own has; an operator between such values but /, // and >>.
// If anything else panics, as the index or the iteration of an embedder's value, it
// is shown without the frames inside the innermost such call, or the whole of the
// run: the interpreter pops its frames before anybody else sees the panic. Stack
// shows where it was.
type PanicError = host.PanicError

// recoverTo turns a panic into an error; it must be deferred.
func recoverTo(err *error) {
	if v := recover(); v != nil {
		*err = panicked(host.Panicked(v))
	}
}

// panicked returns what scripts see of a panic.
func panicked(e *PanicError) *py.Exception {
	return py.RuntimeError.New(e, starlark.String(e.Error()))
}

// survivePanics makes a panic in a function of the embedder's an error where the
// script calls it: at the end of the run the script's frames would be lost.
func (rt *Runtime) survivePanics() {
	for name := range rt.config.Predeclared {
		rt.predeclared.values[name] = surviving(rt.predeclared.values[name])
	}
	for name := range rt.config.Modules {
		for member, v := range rt.modules[name] { // New's own copy, which the module shares
			rt.modules[name][member] = surviving(v)
		}
	}
}

// surviving returns v, but as a function whose panics are errors if it is one, or as
// a module of such functions.
func surviving(v starlark.Value) starlark.Value {
	switch v := v.(type) {
	case *starlark.Builtin:
		return panics.Builtin(v)
	case *starlarkstruct.Module:
		members := make(starlark.StringDict, len(v.Members))
		for name, member := range v.Members {
			members[name] = surviving(member)
		}
		return &starlarkstruct.Module{Name: v.Name, Members: members}
	}
	return v
}

// exceptionOf returns the exception that stands for an error in scripts, or nil
// for errors that no script may catch.
func exceptionOf(err error) *py.Exception {
	var fatal py.Uncatchable
	if errors.As(err, &fatal) {
		return nil
	}
	var x *py.Exception
	errors.As(err, &x)
	var refused *host.PermissionError
	if errors.As(err, &refused) && (x == nil || !x.IsA(py.PermissionError)) {
		return py.PermissionError.New(refused, starlark.String(refused.Error()))
	}
	if x != nil {
		return x
	}
	var bad *SyntaxError
	if errors.As(err, &bad) {
		return py.SyntaxError.New(bad, starlark.String(bad.Error()))
	}
	var defect *PanicError
	if errors.As(err, &defect) {
		return panicked(defect)
	}
	var path *fs.PathError
	var errno syscall.Errno
	if errors.As(err, &errno) {
		args := []starlark.Value{starlark.MakeInt(int(errno)), starlark.String(errno.Error())}
		if errors.As(err, &path) {
			args = append(args, starlark.String(path.Path))
		}
		return py.IOError.New(err, args...)
	}
	return classify(innermost(err))
}

// innermost returns the error as it was raised, under the interpreter's wrapping
// of it: by the file where it happened, and by each that loads that file.
func innermost(err error) error {
	var e *starlark.EvalError
	for errors.As(err, &e) && e.Unwrap() != nil {
		err = e.Unwrap()
	}
	return err
}
