// Package itertoolsmod is Python 2.7's module itertools: iterators that do their work as they are asked for
// items, so that they may be without an end.
//
// # Differences from CPython 2.7
//
// isinstance(x, itertools.count) is what it is there, but type(x) is not itertools.count. More than 5000
// iterators in each other are a RuntimeError.
//
// itertoolsmodule.c.
package itertoolsmod

import (
	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starwire/runtime/lazy"
	"starwire/runtime/lib/builtinmod"
	"starwire/runtime/panics"
	"starwire/runtime/py"
)

// Module returns the module itertools.
func Module() *starlarkstruct.Module { return module.Get("itertools", members) }

var module lazy.Module

func members() starlark.StringDict {
	m := starlark.StringDict{"tee": starlark.NewBuiltin("tee", tee)}
	for name, fn := range map[string]lazy.Method{
		"chain":                         chain,
		"combinations":                  combinations,
		"combinations_with_replacement": combinations,
		"compress":                      compress,
		"count":                         count,
		"cycle":                         cycle,
		"dropwhile":                     dropWhile,
		"groupby":                       groupBy,
		"ifilter":                       ifilter,
		"ifilterfalse":                  ifilter,
		"imap":                          imap,
		"islice":                        islice,
		"izip":                          izip,
		"izip_longest":                  izipLongest,
		"permutations":                  permutations,
		"product":                       product,
		"repeat":                        repeat,
		"starmap":                       starmap,
		"takewhile":                     takeWhile,
	} {
		m[name] = class{panics.Builtin(starlark.NewBuiltin(name, fn))}
	}
	return m
}

// iterator returns an iterator of itertools.
func iterator(thread *starlark.Thread, b *starlark.Builtin, step builtinmod.Step) (starlark.Value, error) {
	return builtinmod.NewIterator(thread, "itertools."+b.Name(), step), nil
}

// exactly checks that there are n positional arguments and no others.
func exactly(b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple, n int) error {
	if len(kwargs) > 0 {
		return py.TypeError.Errorf("%s() does not take keyword arguments", b.Name())
	}
	if len(args) != n {
		return py.TypeError.Errorf("%s expected %d arguments, got %d", b.Name(), n, len(args))
	}
	return nil
}

// missing is the TypeError of an argument that is not there: the n-th.
func missing(name string, n int) error {
	return py.TypeError.Errorf("Required argument '%s' (pos %d) not found", name, n)
}

// sources returns what goes over each of the arguments.
func sources(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, first int) ([]builtinmod.Step, error) {
	steps := make([]builtinmod.Step, len(args))
	for i, arg := range args {
		step, err := builtinmod.Steps(thread, arg)
		if err != nil {
			if b.Name() == "imap" {
				return nil, err
			}
			return nil, py.TypeError.Errorf("%s argument #%d must support iteration", b.Name(), i+first)
		}
		steps[i] = step
	}
	return steps, nil
}
