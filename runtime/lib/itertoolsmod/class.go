package itertoolsmod

import (
	"go.starlark.net/starlark"

	"starwire/runtime/panics"
)

// A class is a function of itertools that is a class in CPython: isinstance knows what it makes.
type class struct{ *starlark.Builtin }

var _ starlark.HasAttrs = class{}

// String returns <type 'itertools.chain'>.
func (c class) String() string { return "<type 'itertools." + c.Name() + "'>" }

// Type returns "type".
func (c class) Type() string { return "type" }

// HasInstance reports whether v is an iterator that the class makes: isinstance.
func (c class) HasInstance(v starlark.Value) bool { return v.Type() == "itertools."+c.Name() }

// Attr returns __name__, or from_iterable of chain.
func (c class) Attr(name string) (starlark.Value, error) {
	switch {
	case name == "__name__":
		return starlark.String(c.Name()), nil
	case name == "from_iterable" && c.Name() == "chain":
		return panics.Builtin(starlark.NewBuiltin("from_iterable", fromIterable)), nil
	}
	return nil, nil
}

// AttrNames lists what Attr knows.
func (c class) AttrNames() []string {
	if c.Name() == "chain" {
		return []string{"__name__", "from_iterable"}
	}
	return []string{"__name__"}
}
