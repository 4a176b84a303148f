// Package collectionsmod is Python 2.7's module collections: dicts with defaults, with an order, and
// that count, a queue with two ends, and tuples whose items have names.
//
// The dicts are [py.SubDict]: they are dicts to isinstance, json.dumps, dict(), == and whatever takes one.
//
// # Differences from CPython 2.7
//
// A dict keeps the order of insertion, so that keys of a Counter that were counted equally often come in
// that order from most_common and repr.
//
// An instance of a namedtuple is equal to the plain tuple of its items, but not the same key of a dict or
// member of a set.
//
// d += x of a deque is a TypeError; d.extend(x) is what it means. The classes have no methods of their own
// to call with an instance, but fromkeys and _make.
//
// There are the abstract classes that isinstance is asked about, though built-in types are no subclasses of
// them to issubclass: Callable, Container, Hashable, Iterable,
// Iterator, Mapping, MutableMapping, MutableSequence, MutableSet, Sequence, Set and Sized.
//
// collections.py; _collectionsmodule.c.
package collectionsmod

import (
	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starwire/runtime/host"
	"starwire/runtime/lazy"
	"starwire/runtime/lib/builtinmod"
	"starwire/runtime/py"
)

// Module returns the module collections.
func Module() *starlarkstruct.Module { return module.Get("collections", members) }

var module lazy.Module

func members() starlark.StringDict {
	m := starlark.StringDict{
		"Counter":     counterKind(),
		"OrderedDict": OrderedDict(),
		"defaultdict": defaultDictKind(),
		"deque":       dequeClass(),
		"namedtuple":  starlark.NewBuiltin("namedtuple", namedTuple),
	}
	for name, has := range abstract() {
		m[name] = &class{name: name, has: has}
	}
	return m
}

// dictAttr returns what looks up the attributes of a class's instances: first its own methods, then
// those of dicts.
func dictAttr(methods *lazy.Methods, own func() map[string]lazy.Method) func(d *py.SubDict, name string) (starlark.Value, error) {
	return func(d *py.SubDict, name string) (starlark.Value, error) {
		if m := methods.Get(own)[name]; m != nil {
			return m.BindReceiver(d), nil
		}
		v, err := builtinmod.Attr(d.Dict(), name)
		if err != nil || name == "__doc__" {
			return nil, nil // the error that names the class is the caller's
		}
		return v, nil
	}
}

// dictNames returns what lists those attributes.
func dictNames(methods *lazy.Methods, own func() map[string]lazy.Method) func() []string {
	return func() []string {
		names := builtinmod.DictNames()
		for name := range methods.Get(own) {
			names = append(names, name)
		}
		return names
	}
}

// running returns a thread for work of the dict's that the interpreter asks for without saying on which.
func running(d *py.SubDict) (thread *starlark.Thread, release func()) {
	return host.Running(d.Thread(), d.Changing() != nil, d.Kind().Class)
}

// atMostOne is the TypeError of a class that takes one positional argument.
func atMostOne(args starlark.Tuple) error {
	if len(args) > 1 {
		return py.TypeError.Errorf("expected at most 1 arguments, got %d", len(args))
	}
	return nil
}

// copyOf returns a copy of the dict.
func copyOf(thread *starlark.Thread, d *starlark.Dict) (*starlark.Dict, error) {
	c := starlark.NewDict(d.Len())
	return c, builtinmod.UpdateDict(thread, c, starlark.Tuple{d}, nil)
}

// noArgs refuses arguments.
func noArgs(b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) error {
	return py.UnpackAny(b.Name(), args, kwargs)
}
