package osmod

import (
	"slices"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/lazy"
	"starwire/runtime/lib/filemod"
	"starwire/runtime/py"
)

// environ is os.environ: a read-only mapping of the variables that were granted.
// Nothing is read before a script asks.
type environ struct{ h *host.Host }

var (
	_ starlark.IterableMapping = (*environ)(nil)
	_ starlark.Sequence        = (*environ)(nil)
	_ starlark.HasAttrs        = (*environ)(nil)
	_ py.Reprer                = (*environ)(nil)
)

// String returns the repr of a dict, as Python's os.environ does.
func (e *environ) String() string { return py.Repr(e.dict()) }

// Repr returns the same text as String.
func (e *environ) Repr() string { return e.String() }

// Type returns the class's name in os.py.
func (e *environ) Type() string { return "_Environ" }

// Freeze does nothing: environ never changes.
func (e *environ) Freeze() {}

// Truth reports whether there is any variable.
func (e *environ) Truth() starlark.Bool { return e.Len() > 0 }

// Hash refuses, as a dict does.
func (e *environ) Hash() (uint32, error) {
	return 0, py.TypeError.Errorf("unhashable instance")
}

// names are the granted names of variables that are set, sorted.
func (e *environ) names() []string {
	names := slices.Clone(e.h.Environ())
	slices.Sort(names)
	return slices.Compact(names)
}

// Len returns the number of variables.
func (e *environ) Len() int { return len(e.names()) }

// Iterate iterates over the names.
func (e *environ) Iterate() starlark.Iterator { return e.dict().Iterate() }

// Items returns the names and values, sorted by name.
func (e *environ) Items() []starlark.Tuple { return e.dict().Items() }

func (e *environ) dict() *starlark.Dict {
	names := e.names()
	d := starlark.NewDict(len(names))
	for _, name := range names {
		if v, ok, err := e.h.Getenv(name); ok && err == nil {
			d.SetKey(starlark.String(name), starlark.String(v)) // a new dict takes every string
		}
	}
	return d
}

// lookup returns a variable. The error is a PermissionError.
func (e *environ) lookup(k starlark.Value) (v starlark.Value, found bool, err error) {
	name, ok := py.AsBytes(k)
	if !ok {
		return nil, false, nil
	}
	s, ok, err := e.h.Getenv(name)
	if err != nil || !ok {
		return nil, false, filemod.Error(err, "")
	}
	return starlark.String(s), true, nil
}

// Get returns the variable's value. A missing one is a KeyError, one that was not
// granted a PermissionError.
func (e *environ) Get(k starlark.Value) (v starlark.Value, found bool, err error) {
	v, found, err = e.lookup(k)
	if err == nil && !found {
		err = py.KeyError.New(nil, k)
	}
	return v, found, err
}

func environMethods() map[string]*starlark.Builtin {
	return environMethodsTable.Get(func() map[string]*starlark.Builtin {
		return map[string]*starlark.Builtin{
			"copy":    starlark.NewBuiltin("copy", environCopy),
			"get":     starlark.NewBuiltin("get", environGet),
			"has_key": starlark.NewBuiltin("has_key", environHasKey),
			"items":   starlark.NewBuiltin("items", environItems),
			"keys":    starlark.NewBuiltin("keys", environKeys),
			"values":  starlark.NewBuiltin("values", environValues),
		}
	})
}

var environMethodsTable lazy.Value[map[string]*starlark.Builtin]

// Attr returns a method.
func (e *environ) Attr(name string) (starlark.Value, error) {
	if m := environMethods()[name]; m != nil {
		return m.BindReceiver(e), nil
	}
	return nil, nil
}

// AttrNames lists the methods.
func (e *environ) AttrNames() []string {
	return []string{"copy", "get", "has_key", "items", "keys", "values"}
}

// environGet is environ.get(key[, failobj]).
func environGet(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var key starlark.Value
	var failobj starlark.Value = starlark.None
	if err := py.UnpackAny(b.Name(), args, kwargs, "key", &key, "failobj?", &failobj); err != nil {
		return nil, err
	}
	v, found, err := b.Receiver().(*environ).lookup(key)
	if err != nil {
		return nil, err
	}
	if !found {
		return failobj, nil
	}
	return v, nil
}

// environHasKey is environ.has_key(key).
func environHasKey(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var key starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "key", &key); err != nil {
		return nil, err
	}
	_, found, err := b.Receiver().(*environ).lookup(key)
	if err != nil {
		return nil, err
	}
	return starlark.Bool(found), nil
}

// environDict is the receiver of a method without arguments as a dict.
func environDict(b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (*starlark.Dict, error) {
	if err := py.UnpackArgs(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	return b.Receiver().(*environ).dict(), nil
}

// environCopy is environ.copy(): a dict.
func environCopy(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	d, err := environDict(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	return d, nil
}

// environItems is environ.items().
func environItems(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	d, err := environDict(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	items := make([]starlark.Value, 0, d.Len())
	for _, item := range d.Items() {
		items = append(items, item)
	}
	return starlark.NewList(items), nil
}

// environKeys is environ.keys().
func environKeys(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	d, err := environDict(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	return starlark.NewList(d.Keys()), nil
}

// environValues is environ.values().
func environValues(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	d, err := environDict(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	values := make([]starlark.Value, 0, d.Len())
	for _, item := range d.Items() {
		values = append(values, item[1])
	}
	return starlark.NewList(values), nil
}
