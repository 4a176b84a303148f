package collectionsmod

import (
	"go.starlark.net/starlark"

	"starwire/runtime/py"
)

// A class is a class that is no dict's: a callable value that isinstance knows.
type class struct {
	name    string
	builtin bool // written in C, which shows in its text
	make    func(thread *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error)
	has     func(v starlark.Value) bool
}

var (
	_ starlark.Callable = (*class)(nil)
	_ starlark.HasAttrs = (*class)(nil)
)

// String returns <type 'collections.deque'>, or <class …> of one written in Python.
func (c *class) String() string {
	if c.builtin {
		return "<type 'collections." + c.name + "'>"
	}
	return "<class '_abcoll." + c.name + "'>"
}

// Name returns the name without the module.
func (c *class) Name() string { return c.name }

// Type returns "type".
func (c *class) Type() string { return "type" }

// Freeze does nothing: a class never changes.
func (c *class) Freeze() {}

// Truth is always true.
func (c *class) Truth() starlark.Bool { return true }

// Hash hashes the name.
func (c *class) Hash() (uint32, error) { return starlark.String("collections." + c.name).Hash() }

// HasInstance reports whether v is an instance: isinstance.
func (c *class) HasInstance(v starlark.Value) bool { return c.has(v) }

// IsSubclass reports whether of is the class, or of deque one that has deques among its instances: issubclass.
func (c *class) IsSubclass(of starlark.Value) bool {
	class, ok := of.(interface{ HasInstance(v starlark.Value) bool })
	return of == starlark.Value(c) || ok && c == dequeClass() && class.HasInstance(new(Deque))
}

// CallInternal makes an instance; of an abstract class there are none.
func (c *class) CallInternal(thread *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if c.make == nil {
		return nil, py.TypeError.Errorf("Can't instantiate abstract class %s", c.name)
	}
	return c.make(thread, args, kwargs)
}

// Attr returns __name__ or __module__.
func (c *class) Attr(name string) (starlark.Value, error) {
	switch name {
	case "__name__":
		return starlark.String(c.name), nil
	case "__module__":
		if c.builtin {
			return starlark.String("collections"), nil
		}
		return starlark.String("_abcoll"), nil
	}
	return nil, nil
}

// AttrNames lists what Attr knows.
func (c *class) AttrNames() []string { return []string{"__module__", "__name__"} }

// abstract returns the abstract classes: whether a value is an instance of each.
//
// _abcoll.py.
func abstract() map[string]func(v starlark.Value) bool {
	return map[string]func(v starlark.Value) bool{
		"Callable": func(v starlark.Value) bool { _, ok := v.(starlark.Callable); return ok },
		"Container": func(v starlark.Value) bool {
			return isText(v) || isSequence(v) || isMapping(v) || isSet(v)
		},
		"Hashable": func(v starlark.Value) bool { _, err := v.Hash(); return err == nil },
		"Iterable": func(v starlark.Value) bool {
			_, ok := v.(starlark.Iterable)
			return ok || isText(v)
		},
		"Iterator":        isIterator,
		"Mapping":         isMapping,
		"MutableMapping":  isMapping,
		"MutableSequence": func(v starlark.Value) bool { _, ok := v.(*starlark.List); return ok },
		"MutableSet":      isSet,
		"Sequence":        isSequence,
		"Set":             isSet,
		"Sized":           func(v starlark.Value) bool { return isText(v) || starlark.Len(v) >= 0 },
	}
}

func isText(v starlark.Value) bool {
	_, ok := py.AsBytes(v)
	return ok || py.IsUnicode(v)
}

func isMapping(v starlark.Value) bool { _, ok := py.AsDict(v); return ok }
func isSet(v starlark.Value) bool     { _, ok := v.(*starlark.Set); return ok }

func isSequence(v starlark.Value) bool {
	switch v.(type) {
	case *starlark.List, starlark.Tuple, *py.Named:
		return true
	}
	return isText(v) || v.Type() == "range"
}

// isIterator reports whether v can be gone through once, by its next.
func isIterator(v starlark.Value) bool {
	_, iterable := v.(starlark.Iterable)
	x, ok := v.(starlark.HasAttrs)
	if !ok || !iterable {
		return false
	}
	next, err := x.Attr("next")
	return err == nil && next != nil
}
