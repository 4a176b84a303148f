// Package contextlibmod is closing of Python 2.7's module contextlib. A with statement closes what it is given, so that
// closing(x) is x itself. There is neither contextmanager nor nested: they need generators.
package contextlibmod

import (
	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starwire/runtime/lazy"
	"starwire/runtime/py"
)

var module lazy.Module

// Module returns the module contextlib, made on first use. It is immutable; runs may share it.
func Module() *starlarkstruct.Module {
	return module.Get("contextlib", func() starlark.StringDict {
		return starlark.StringDict{"closing": starlark.NewBuiltin("closing", closing)}
	})
}

// closing is contextlib.closing(thing).
func closing(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var thing starlark.Value
	if err := py.UnpackAny(b.Name(), args, kwargs, "thing", &thing); err != nil {
		return nil, err
	}
	return thing, nil
}
