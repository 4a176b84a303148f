package cookiemod

import (
	"slices"

	"go.starlark.net/starlark"

	"starwire/runtime/lib/builtinmod"
	"starwire/runtime/py"
)

// A mapping is what cookies and morsels inherit of dict.
type mapping struct {
	d      starlark.Dict
	frozen bool
}

// dictNames are the methods of dict.
var dictNames = []string{
	"clear", "copy", "get", "has_key", "items", "iteritems", "iterkeys", "itervalues", "keys", "pop", "popitem",
	"setdefault", "update", "values",
}

// Len returns the number of keys.
func (m *mapping) Len() int { return m.d.Len() }

// Truth is Python's: an empty mapping is false.
func (m *mapping) Truth() starlark.Bool { return m.d.Len() > 0 }

// Get returns what is under a key. A missing one is a KeyError; to the "in" operator, which asks through Get
// too, it is just not there.
func (m *mapping) Get(k starlark.Value) (v starlark.Value, found bool, err error) {
	v, found, err = m.d.Get(k)
	if err == nil && !found {
		err = py.KeyError.New(nil, k)
	}
	return v, found, err
}

// Items returns pairs of key and value.
func (m *mapping) Items() []starlark.Tuple { return m.d.Items() }

// Iterate goes over the keys.
func (m *mapping) Iterate() starlark.Iterator { return m.d.Iterate() }

// item returns what is under a name, or nil.
func (m *mapping) item(name string) starlark.Value {
	v, _, _ := m.d.Get(starlark.String(name)) // a string is never unhashable
	return v
}

// method returns a method of dict, of the mapping's, or nil.
func (m *mapping) method(name string) (starlark.Value, error) {
	if !slices.Contains(dictNames, name) {
		return nil, nil
	}
	return builtinmod.Attr(&m.d, name)
}

// names lists the methods of dict and more, sorted.
func (m *mapping) names(methods map[string]*starlark.Builtin, more ...string) []string {
	names := append(slices.Clone(dictNames), more...)
	for name := range methods {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// change returns the error of changing what is frozen, or nil.
func (m *mapping) change(what string) error {
	if m.frozen {
		return py.TypeError.Errorf("cannot change frozen %s", what)
	}
	return nil
}

// shown is str(v); cookies and morsels, which may hold each other, are shown by show.
func shown(v starlark.Value, show func(part starlark.Value) string) string {
	switch v.(type) {
	case *morsel, *cookie:
		return show(v)
	}
	return py.Str(v)
}
