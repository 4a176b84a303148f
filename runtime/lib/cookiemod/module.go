package cookiemod

import (
	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starwire/runtime/lazy"
	"starwire/runtime/py"
)

// CookieError is raised for a name that a cookie, or an attribute of one, must not have.
var CookieError = py.NewClass("Cookie", "CookieError",
	py.Spec{Doc: "A name that a cookie, or an attribute of a cookie, must not have."}, py.ExceptionClass)

var module lazy.Module

// Module returns the module Cookie, made on first use. It is immutable; runs may share it.
func Module() *starlarkstruct.Module { return module.Get("Cookie", members) }

func members() starlark.StringDict {
	return starlark.StringDict{
		"BaseCookie":   baseCookie,
		"CookieError":  CookieError,
		"Morsel":       morselClass,
		"SimpleCookie": simpleCookie,
	}
}

// A class is one of the module's, which scripts call.
type class struct {
	name string
	base *class
}

var (
	_ starlark.Callable = (*class)(nil)
	_ starlark.HasAttrs = (*class)(nil)
)

var (
	morselClass  = &class{name: "Morsel"}
	baseCookie   = &class{name: "BaseCookie"}
	simpleCookie = &class{name: "SimpleCookie", base: baseCookie}
)

// String returns <class 'Cookie.SimpleCookie'>.
func (k *class) String() string { return "<class 'Cookie." + k.name + "'>" }

// Name returns the name of the class without its module.
func (k *class) Name() string { return k.name }

// Type returns "type".
func (k *class) Type() string { return "type" }

// Freeze does nothing: a class never changes.
func (k *class) Freeze() {}

// Truth is always true.
func (k *class) Truth() starlark.Bool { return true }

// Hash hashes the name.
func (k *class) Hash() (uint32, error) { return starlark.String("Cookie." + k.name).Hash() }

// Attr returns __name__ or __module__.
func (k *class) Attr(name string) (starlark.Value, error) {
	switch name {
	case "__module__":
		return starlark.String("Cookie"), nil
	case "__name__":
		return starlark.String(k.name), nil
	}
	return nil, nil
}

// AttrNames lists what Attr knows.
func (k *class) AttrNames() []string { return []string{"__module__", "__name__"} }

// HasInstance reports whether v is of the class or of one below it: what isinstance asks.
func (k *class) HasInstance(v starlark.Value) bool {
	switch v := v.(type) {
	case *morsel:
		return k == morselClass
	case *cookie:
		return v.class.IsSubclass(k)
	}
	return false
}

// IsSubclass reports whether k is the class or derives from it: what issubclass asks.
func (k *class) IsSubclass(of starlark.Value) bool {
	for ; k != nil; k = k.base {
		if of == starlark.Value(k) {
			return true
		}
	}
	return false
}

// CallInternal makes an instance.
func (k *class) CallInternal(thread *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if k == morselClass {
		return newMorsel(thread, args, kwargs)
	}
	return newCookie(thread, k, args, kwargs)
}
