package py

import (
	"iter"
	"slices"
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// A DictKind is a class that derives from dict, as collections.OrderedDict does:
// calling it makes a SubDict, and isinstance knows it. Kinds are immutable and
// shared by all runs.
type DictKind struct {
	// Module and Class are the names: "collections" and "OrderedDict".
	Module, Class string
	// Builtin says that it is written in C, which shows in its texts.
	Builtin bool
	// Ordered says that two instances are equal only if their order is.
	Ordered bool
	// Lenient says that del of a key that is missing does nothing.
	Lenient bool
	// Make is what a call does.
	Make func(thread *starlark.Thread, k *DictKind, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error)
	// Missing returns what d[key] is if there is no such key. If it is nil, that is a
	// KeyError.
	Missing func(d *SubDict, key starlark.Value) (starlark.Value, error)
	// Get returns an attribute of an instance, or nil. Names lists those it knows.
	Get   func(d *SubDict, name string) (starlark.Value, error)
	Names func() []string
	// Static returns an attribute of the class, or nil.
	Static func(k *DictKind, name string) starlark.Value
	// Parts returns the values between the brackets of an instance's text.
	Parts func(d *SubDict) []starlark.Value
	// Binary is the operators of instances, as starlark.HasBinary has them. The
	// field may be nil.
	Binary func(d *SubDict, op syntax.Token, y starlark.Value, side starlark.Side) (starlark.Value, error)
}

var (
	_ starlark.Callable = (*DictKind)(nil)
	_ starlark.HasAttrs = (*DictKind)(nil)
)

// String returns <class 'collections.OrderedDict'>, or <type …> of one written in C.
func (k *DictKind) String() string {
	what := "class"
	if k.Builtin {
		what = "type"
	}
	return "<" + what + " '" + k.Module + "." + k.Class + "'>"
}

// Name returns the class's name without its module.
func (k *DictKind) Name() string { return k.Class }

// Type returns "type".
func (k *DictKind) Type() string { return "type" }

// Freeze does nothing: a DictKind never changes.
func (k *DictKind) Freeze() {}

// Truth is always true.
func (k *DictKind) Truth() starlark.Bool { return true }

// Hash hashes the name, so that classes can be keys of a dict.
func (k *DictKind) Hash() (uint32, error) { return starlark.String(k.Module + "." + k.Class).Hash() }

// HasInstance reports whether v is an instance of the class.
func (k *DictKind) HasInstance(v starlark.Value) bool {
	d, ok := v.(*SubDict)
	return ok && d.kind == k
}

// IsSubclass reports whether of is the class, or one that has dicts among its instances: issubclass.
func (k *DictKind) IsSubclass(of starlark.Value) bool {
	if b, ok := of.(*starlark.Builtin); ok { // the dict of .star files
		return b.Name() == "dict"
	}
	class, ok := of.(interface{ HasInstance(v starlark.Value) bool })
	return of == starlark.Value(k) || ok && class.HasInstance(new(starlark.Dict))
}

// CallInternal makes an instance.
func (k *DictKind) CallInternal(thread *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	return k.Make(thread, k, args, kwargs)
}

// Attr returns __name__, __module__, or what Static does.
func (k *DictKind) Attr(name string) (starlark.Value, error) {
	switch name {
	case "__name__":
		return starlark.String(k.Class), nil
	case "__module__":
		return starlark.String(k.Module), nil
	}
	return k.Static(k, name), nil
}

// AttrNames lists __module__, __name__ and fromkeys.
func (k *DictKind) AttrNames() []string { return []string{"__module__", "__name__", "fromkeys"} }

// New returns an instance that holds what d does, and keeps d. The thread is the one
// that makes it.
func (k *DictKind) New(thread *starlark.Thread, d *starlark.Dict) *SubDict {
	return &SubDict{kind: k, dict: d, thread: thread, factory: starlark.None}
}

// A SubDict is an instance of a DictKind. Like a dict it is for one goroutine at a
// time, or frozen.
type SubDict struct {
	kind    *DictKind
	dict    *starlark.Dict
	thread  *starlark.Thread
	factory starlark.Value
}

var (
	_ starlark.IterableMapping = (*SubDict)(nil)
	_ starlark.HasSetKey       = (*SubDict)(nil)
	_ starlark.Sequence        = (*SubDict)(nil)
	_ starlark.Container       = (*SubDict)(nil)
	_ starlark.HasSetField     = (*SubDict)(nil)
	_ starlark.HasBinary       = (*SubDict)(nil)
	_ starlark.Comparable      = (*SubDict)(nil)
	_ Comparer                 = (*SubDict)(nil)
	_ Composite                = (*SubDict)(nil)
)

// AsDict returns the dict that v is, or that holds what v does. It is borrowed:
// changes of one are changes of the other.
func AsDict(v starlark.Value) (*starlark.Dict, bool) {
	switch v := v.(type) {
	case *starlark.Dict:
		return v, true
	case *SubDict:
		return v.dict, true
	}
	return nil, false
}

// Plain returns the dict of a SubDict, and any other value as it is.
func Plain(v starlark.Value) starlark.Value {
	if d, ok := v.(*SubDict); ok {
		return d.dict
	}
	return v
}

// Kind returns the class of d.
func (d *SubDict) Kind() *DictKind { return d.kind }

// Dict returns the dict that holds what d does. It is borrowed.
func (d *SubDict) Dict() *starlark.Dict { return d.dict }

// Thread returns the thread that made d.
func (d *SubDict) Thread() *starlark.Thread { return d.thread }

// Factory returns default_factory, None if there is none.
func (d *SubDict) Factory() starlark.Value { return d.factory }

// SetFactory gives an instance that was just made its default_factory.
func (d *SubDict) SetFactory(v starlark.Value) { d.factory = v }

// Changing returns the error of changing a frozen dict, or nil.
func (d *SubDict) Changing() error {
	// There is no such key: this asks whether the dict may change.
	_, _, err := d.dict.Delete(noKey{})
	if err != nil && strings.Contains(err.Error(), "frozen") {
		return TypeError.Errorf("cannot change frozen %s", d.kind.Class)
	}
	return nil // a loop over the dict may be under way, which the change itself finds out
}

// noKey is no key of any dict.
type noKey struct{ starlark.NoneType }

// Type returns a name of no other type, so that it equals nothing.
func (noKey) Type() string { return "no key" }

// Hash returns any number.
func (noKey) Hash() (uint32, error) { return 1, nil }

// String returns Python's str(d).
func (d *SubDict) String() string { return Repr(d) }

// ReprBy returns Python's repr(d): OrderedDict([('a', 1)]).
func (d *SubDict) ReprBy(show func(part starlark.Value) string) string {
	text := d.kind.Class + "("
	for i, v := range d.kind.Parts(d) {
		if i > 0 {
			text += ", "
		}
		text += show(v)
	}
	return text + ")"
}

// Type returns the name that errors of CPython's show.
func (d *SubDict) Type() string {
	if d.kind.Builtin {
		return d.kind.Module + "." + d.kind.Class
	}
	return d.kind.Class
}

// Freeze freezes what is in the dict, and the factory.
func (d *SubDict) Freeze() {
	d.dict.Freeze()
	d.factory.Freeze()
}

// FreezeBy is Freeze, but leaves it to freeze what to freeze, because dicts can be nested
// without end.
func (d *SubDict) FreezeBy(freeze func(starlark.Value)) {
	freeze(d.dict)
	freeze(d.factory)
}

// Held lists what d holds: its dict and its factory.
func (d *SubDict) Held() []starlark.Value { return []starlark.Value{d.dict, d.factory} }

// Truth is whether there is a key.
func (d *SubDict) Truth() starlark.Bool { return d.dict.Len() > 0 }

// Hash refuses, as a dict's does.
func (d *SubDict) Hash() (uint32, error) {
	return 0, TypeError.Errorf("unhashable type: '%s'", d.Type())
}

// Len returns the number of keys.
func (d *SubDict) Len() int { return d.dict.Len() }

// Items returns the items in the order of insertion.
func (d *SubDict) Items() []starlark.Tuple { return d.dict.Items() }

// Entries goes over the keys and values.
func (d *SubDict) Entries() iter.Seq2[starlark.Value, starlark.Value] { return d.dict.Entries() }

// Iterate iterates over the keys.
func (d *SubDict) Iterate() starlark.Iterator { return d.dict.Iterate() }

// Has reports whether there is the key: key in d.
func (d *SubDict) Has(key starlark.Value) (bool, error) {
	_, found, err := d.dict.Get(key)
	return found, err
}

// Get returns d[key], which may be what the class has for a key that is missing, or
// a KeyError.
func (d *SubDict) Get(key starlark.Value) (starlark.Value, bool, error) {
	v, found, err := d.dict.Get(key)
	switch {
	case found || err != nil:
		return v, found, err
	case d.kind.Missing == nil:
		return nil, false, KeyError.New(nil, key)
	}
	v, err = d.kind.Missing(d, key)
	return v, err == nil, err
}

// DeleteKey is del d[key].
func (d *SubDict) DeleteKey(key starlark.Value) error {
	_, found, err := d.dict.Delete(key)
	if err == nil && !found && !d.kind.Lenient {
		err = KeyError.New(nil, key)
	}
	return err
}

// SetKey sets d[key].
func (d *SubDict) SetKey(key, v starlark.Value) error { return d.dict.SetKey(key, v) }

// Attr returns default_factory of a defaultdict, or a method.
func (d *SubDict) Attr(name string) (starlark.Value, error) {
	if name == "__class__" {
		return d.kind, nil
	}
	return d.kind.Get(d, name)
}

// AttrNames lists what Attr knows.
func (d *SubDict) AttrNames() []string {
	names := append(d.kind.Names(), "__class__")
	slices.Sort(names)
	return slices.Compact(names)
}

// SetField sets default_factory of a defaultdict. Other attributes, which CPython
// allows for classes written in Python, are refused.
func (d *SubDict) SetField(name string, v starlark.Value) error {
	if known, err := d.kind.Get(d, name); name != "default_factory" || known == nil || err != nil {
		return NoAttribute(d, name)
	}
	if err := d.Changing(); err != nil {
		return err
	}
	d.factory = v
	return nil
}

// Binary is the operators that the class has.
func (d *SubDict) Binary(op syntax.Token, y starlark.Value, side starlark.Side) (starlark.Value, error) {
	if d.kind.Binary == nil {
		return nil, nil
	}
	return d.kind.Binary(d, op, y, side)
}

// CompareSameType compares d with another instance of its class.
func (d *SubDict) CompareSameType(op syntax.Token, y starlark.Value, depth int) (bool, error) {
	var c Comparison
	return d.CompareBy(&c, op, y, MaxCompareDepth-depth)
}

// CompareBy is d == y and d != y of an instance of the same class.
func (d *SubDict) CompareBy(c *Comparison, op syntax.Token, y starlark.Value, depth int) (bool, error) {
	other, ok := y.(*SubDict)
	if !ok || !isEquality(op) {
		return false, TypeError.Errorf("%s %s %s not implemented", d.Type(), op, y.Type())
	}
	if d.kind.Ordered && other.kind.Ordered && !sameOrder(d.dict, other.dict) {
		return op == syntax.NEQ, nil
	}
	return c.CompareDepth(op, d.dict, other.dict, depth)
}

// sameOrder reports whether two dicts have the same keys in the same order.
func sameOrder(x, y *starlark.Dict) bool {
	if x.Len() != y.Len() {
		return false
	}
	others := y.Keys()
	for i, k := range x.Keys() {
		if eq, err := starlark.Equal(k, others[i]); !eq || err != nil {
			return false
		}
	}
	return true
}

// SameOrder reports whether x and y are equal as far as their orders go: where both
// are of classes that mind it, their keys must come in the same one.
func SameOrder(x, y starlark.Value) bool {
	dx, okX := x.(*SubDict)
	dy, okY := y.(*SubDict)
	return !okX || !okY || !dx.kind.Ordered || !dy.kind.Ordered || sameOrder(dx.dict, dy.dict)
}

func isSubDict(v starlark.Value) bool { _, ok := v.(*SubDict); return ok }
