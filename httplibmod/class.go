package httplibmod

import "go.starlark.net/starlark"

// A class is what the classes of this module that are no exceptions have in
// common: HTTPConnection, HTTP and their like. It never changes.
type class struct{ module, name string }

// Name returns the name of the class.
func (k class) Name() string { return k.name }

// String returns Python's repr of an old-style class, without the address.
func (k class) String() string { return "<class " + k.module + "." + k.name + ">" }

// Type returns "type".
func (k class) Type() string { return "type" }

// Freeze does nothing.
func (k class) Freeze() {}

// Truth is always true.
func (k class) Truth() starlark.Bool { return true }

// Hash hashes the qualified name.
func (k class) Hash() (uint32, error) { return starlark.String(k.module + "." + k.name).Hash() }

// Attr returns what every class has.
func (k class) Attr(name string) (starlark.Value, error) {
	switch name {
	case "__name__":
		return starlark.String(k.name), nil
	case "__module__":
		return starlark.String(k.module), nil
	}
	return nil, nil
}
