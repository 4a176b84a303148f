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

// bind binds a method to an instance of the class.
func (k class) bind(self starlark.Value, method *starlark.Builtin) starlark.Callable {
	return method.BindReceiver(self)
}

// An objectClass is a class that has a constructor and methods, and no more:
// HTTPResponse and LineAndFileWrapper.
type objectClass struct {
	class
	init    func(thread *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error)
	has     func(v starlark.Value) bool                                           // HasInstance
	methods func() map[string]*starlark.Builtin                                   // which refer to the class
	bound   func(self starlark.Value, method *starlark.Builtin) starlark.Callable // how self has one; nil: as any
}

var (
	_ starlark.Callable = (*objectClass)(nil)
	_ owner             = (*objectClass)(nil)
)

// CallInternal makes an instance.
func (k *objectClass) CallInternal(thread *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	return k.init(thread, args, kwargs)
}

// HasInstance reports whether v is an instance of the class: what isinstance asks.
func (k *objectClass) HasInstance(v starlark.Value) bool { return k.has(v) }

// IsSubclass reports whether of is the class: what issubclass asks.
func (k *objectClass) IsSubclass(of starlark.Value) bool { return of == starlark.Value(k) }

// Attr returns a method, or what every class has.
func (k *objectClass) Attr(name string) (starlark.Value, error) {
	if m := unbound(k, k.methods(), name); m != nil {
		return m, nil
	}
	return k.class.Attr(name)
}

func (k *objectClass) bind(self starlark.Value, method *starlark.Builtin) starlark.Callable {
	if k.bound != nil {
		return k.bound(self, method)
	}
	return k.class.bind(self, method)
}

// AttrNames lists what Attr knows.
func (k *objectClass) AttrNames() []string { return classNames(k.methods()) }
