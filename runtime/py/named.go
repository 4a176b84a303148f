package py

import (
	"slices"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"starwire/runtime/lazy"
)

// A NamedType is the type of tuples whose items have names besides their
// places: time.struct_time, urlparse's ParseResult, sys.version_info.
type NamedType struct {
	// Name is the type's name, and what repr begins with.
	Name string
	// Fields names the items, in order.
	Fields []string
	// Extra names further attributes, sorted, that Attr computes.
	Extra []string
	// Class is the type as a value, if scripts can have it.
	Class starlark.Value
	// Attr returns an attribute of Extra.
	Attr func(n *Named, name string) (starlark.Value, error)
}

// New returns a tuple of the type. It must have as many items as the type has fields.
func (t *NamedType) New(items ...starlark.Value) *Named {
	if len(items) != len(t.Fields) {
		panic("py: " + t.Name + " made with a wrong number of items")
	}
	return &Named{typ: t, items: items}
}

// A Named is a tuple with named items. It indexes, slices, unpacks, iterates,
// concatenates and orders as a tuple does; a slice of it is a plain tuple.
// Unlike Python's it never equals a plain tuple: Starlark compares values of one
// type only. Compare with tuple(n).
type Named struct {
	typ   *NamedType
	items starlark.Tuple
}

var (
	_ starlark.HasAttrs   = (*Named)(nil)
	_ starlark.Sequence   = (*Named)(nil)
	_ starlark.Sliceable  = (*Named)(nil)
	_ starlark.Comparable = (*Named)(nil)
	_ starlark.HasBinary  = (*Named)(nil)
)

// NamedType returns the type of n.
func (n *Named) NamedType() *NamedType { return n.typ }

// Tuple returns the items. The slice is borrowed and must not be changed.
func (n *Named) Tuple() starlark.Tuple { return n.items }

// String returns Python's repr: ParseResult(scheme='http', …).
func (n *Named) String() string { return Repr(n) }

// Type returns the type's name.
func (n *Named) Type() string { return n.typ.Name }

// Freeze freezes the items.
func (n *Named) Freeze() { n.items.Freeze() }

// FreezeBy is Freeze by what freezes a tuple, because such values can be nested
// without end.
func (n *Named) FreezeBy(freeze func(starlark.Value)) { freeze(n.items) }

// Truth is true: the types have at least one field.
func (n *Named) Truth() starlark.Bool { return len(n.items) > 0 }

// Hash is the hash of the tuple.
func (n *Named) Hash() (uint32, error) { return n.items.Hash() }

// Len returns the number of items.
func (n *Named) Len() int { return len(n.items) }

// Index returns item i.
func (n *Named) Index(i int) starlark.Value { return n.items[i] }

// Slice returns a plain tuple.
func (n *Named) Slice(start, end, step int) starlark.Value { return n.items.Slice(start, end, step) }

// Iterate iterates over the items.
func (n *Named) Iterate() starlark.Iterator { return n.items.Iterate() }

// CompareSameType orders n and a value of the same type as tuples.
func (n *Named) CompareSameType(op syntax.Token, y starlark.Value, depth int) (bool, error) {
	return n.items.CompareSameType(op, y.(*Named).items, depth)
}

// Binary is + with a tuple or another Named, * with an int, and in.
func (n *Named) Binary(op syntax.Token, y starlark.Value, side starlark.Side) (starlark.Value, error) {
	if op == syntax.IN && side == starlark.Left {
		return nil, nil // n in y: y decides
	}
	if other, ok := y.(*Named); ok && op != syntax.IN {
		y = other.items
	}
	switch y.(type) {
	case starlark.Tuple, starlark.Int:
	default:
		if op != syntax.IN {
			return nil, nil
		}
	}
	switch op {
	case syntax.PLUS, syntax.STAR, syntax.IN:
		if side == starlark.Left {
			return starlark.Binary(op, n.items, y)
		}
		return starlark.Binary(op, y, n.items)
	}
	return nil, nil
}

// Attr returns the item of that name, a computed attribute, or count or index,
// the methods of tuples.
func (n *Named) Attr(name string) (starlark.Value, error) {
	if i := slices.Index(n.typ.Fields, name); i >= 0 {
		return n.items[i], nil
	}
	if slices.Contains(n.typ.Extra, name) {
		return n.typ.Attr(n, name)
	}
	if m := namedMethods.Get(namedFunctions)[name]; m != nil {
		return m.BindReceiver(n), nil
	}
	return nil, nil
}

// AttrNames lists what Attr knows.
func (n *Named) AttrNames() []string {
	return sortedNames(n.typ.Fields, n.typ.Extra, []string{"count", "index"})
}

var namedMethods lazy.Methods

func namedFunctions() map[string]lazy.Method {
	return map[string]lazy.Method{"count": namedCount, "index": namedIndex}
}

func namedCount(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x starlark.Value
	if err := UnpackArgs(b.Name(), args, kwargs, "value", &x); err != nil {
		return nil, err
	}
	count := 0
	for _, item := range b.Receiver().(*Named).items {
		if eq, err := starlark.Equal(item, x); err != nil {
			return nil, err
		} else if eq {
			count++
		}
	}
	return starlark.MakeInt(count), nil
}

func namedIndex(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x starlark.Value
	if err := UnpackArgs(b.Name(), args, kwargs, "value", &x); err != nil {
		return nil, err
	}
	for i, item := range b.Receiver().(*Named).items {
		if eq, err := starlark.Equal(item, x); err != nil {
			return nil, err
		} else if eq {
			return starlark.MakeInt(i), nil
		}
	}
	return nil, ValueError.Errorf("tuple.index(x): x not in tuple")
}
