package rfc822mod

import (
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"starwire/runtime/py"
)

// An AddressList is Python's class of that name: a sequence of (name, address)
// tuples with the union and difference of sets. It is immutable.
type AddressList struct {
	addresses []Address
	list      *starlark.List // the same as tuples, frozen
}

var (
	_ starlark.HasAttrs  = (*AddressList)(nil)
	_ starlark.HasBinary = (*AddressList)(nil)
	_ starlark.Sequence  = (*AddressList)(nil)
	_ starlark.Sliceable = (*AddressList)(nil)
	_ py.Reprer          = (*AddressList)(nil)
)

// NewAddressList returns a list of the given addresses, which it keeps.
func NewAddressList(addresses []Address) *AddressList {
	tuples := make([]starlark.Value, len(addresses))
	for i, a := range addresses {
		tuples[i] = a.Tuple()
	}
	list := starlark.NewList(tuples)
	list.Freeze()
	return &AddressList{addresses: addresses, list: list}
}

// newAddressList is AddressList(field): a text, or something false for no addresses.
func newAddressList(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	field, err := addressField(thread, b, args, kwargs, "field")
	if err != nil {
		return nil, err
	}
	return NewAddressList(ParseAddresses(field)), nil
}

// String returns the addresses in canonical form, with ", " between them.
//
// rfc822.py, AddressList.__str__.
func (l *AddressList) String() string {
	texts := make([]string, len(l.addresses))
	for i, a := range l.addresses {
		texts[i] = a.String()
	}
	return strings.Join(texts, ", ")
}

// Repr returns Python's repr without the address.
func (l *AddressList) Repr() string { return "<rfc822.AddressList instance>" }

// Type returns "AddressList".
func (l *AddressList) Type() string { return "AddressList" }

// Freeze does nothing: the list never changes.
func (l *AddressList) Freeze() {}

// Truth is Python's: a list without addresses is false.
func (l *AddressList) Truth() starlark.Bool { return len(l.addresses) > 0 }

// Hash refuses, for Python's lists can change.
func (l *AddressList) Hash() (uint32, error) {
	return 0, py.TypeError.Errorf("unhashable type: AddressList")
}

// Len returns the number of addresses.
func (l *AddressList) Len() int { return len(l.addresses) }

// Index returns the i'th address as a tuple.
func (l *AddressList) Index(i int) starlark.Value { return l.list.Index(i) }

// Slice returns a list of tuples.
func (l *AddressList) Slice(start, end, step int) starlark.Value {
	return l.list.Slice(start, end, step)
}

// Iterate goes over the tuples.
func (l *AddressList) Iterate() starlark.Iterator { return l.list.Iterate() }

// Attr returns addresslist, a frozen list of the tuples.
func (l *AddressList) Attr(name string) (starlark.Value, error) {
	if name == "addresslist" {
		return l.list, nil
	}
	return nil, nil
}

// AttrNames lists what Attr knows.
func (l *AddressList) AttrNames() []string { return []string{"addresslist"} }

// Binary is l + other, the addresses of both, those of other that l has left
// out; l - other, those that other has not; and pair in l.
//
// rfc822.py, AddressList.__add__ and __sub__.
func (l *AddressList) Binary(op syntax.Token, y starlark.Value, side starlark.Side) (starlark.Value, error) {
	if op == syntax.IN && side == starlark.Right {
		pair, ok := y.(starlark.Tuple)
		if !ok || len(pair) != 2 {
			return starlark.False, nil
		}
		name, ok1 := py.AsBytes(pair[0])
		addr, ok2 := py.AsBytes(pair[1])
		return starlark.Bool(ok1 && ok2 && l.set()[Address{name, addr}]), nil
	}
	other, ok := y.(*AddressList)
	if !ok || side == starlark.Right {
		return nil, nil
	}
	switch op {
	case syntax.PLUS:
		return NewAddressList(append(l.addresses[:len(l.addresses):len(l.addresses)], other.without(l)...)), nil
	case syntax.MINUS:
		return NewAddressList(l.without(other)), nil
	}
	return nil, nil
}

// without returns the addresses that other has not.
func (l *AddressList) without(other *AddressList) []Address {
	has := other.set()
	var kept []Address
	for _, a := range l.addresses {
		if !has[a] {
			kept = append(kept, a)
		}
	}
	return kept
}

func (l *AddressList) set() map[Address]bool {
	set := make(map[Address]bool, len(l.addresses))
	for _, a := range l.addresses {
		set[a] = true
	}
	return set
}
