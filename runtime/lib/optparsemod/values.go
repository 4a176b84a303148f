package optparsemod

import (
	"slices"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"starwire/runtime/py"
)

// Values are the values of the options: what parse_args returns. A script may set any attribute.
//
// optparse.py, Values.
type values struct {
	d      starlark.Dict // by name, a String
	frozen bool
}

var (
	_ starlark.HasSetField = (*values)(nil)
	_ starlark.Comparable  = (*values)(nil)
	_ py.Reprer            = (*values)(nil)
	_ py.DoubleText        = (*values)(nil)
)

// newValues is Values(defaults=None).
func newValues(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var defaults *starlark.Dict
	if err := py.UnpackArgs(b.Name(), args, kwargs, "defaults??", &defaults); err != nil {
		return nil, err
	}
	v := new(values)
	if defaults != nil {
		for _, item := range defaults.Items() {
			name, ok := py.AsBytes(item[0])
			if !ok {
				return nil, py.TypeError.Errorf("attribute name must be string, not '%s'", py.TypeName(item[0]))
			}
			if err := v.SetField(name, item[1]); err != nil {
				return nil, err
			}
		}
	}
	return v, nil
}

// String returns the text of a dict of the values.
func (v *values) String() string { return py.Str(&v.d) }

// Repr returns what CPython does, without the address.
func (v *values) Repr() string { return "<Values: " + v.String() + ">" }

// ReprBy returns the same text as Repr, whatever the values hold.
func (v *values) ReprBy(show func(part starlark.Value) string) string {
	return "<Values: " + show(&v.d) + ">"
}

// StrBy returns the text of a dict of the values.
func (v *values) StrBy(show func(part starlark.Value) string) string { return show(&v.d) }

// Type returns "Values".
func (v *values) Type() string { return "Values" }

// Freeze makes the values immutable.
func (v *values) Freeze() {
	if !v.frozen {
		v.frozen = true
		v.d.Freeze()
	}
}

// Truth is always true.
func (v *values) Truth() starlark.Bool { return true }

// Hash refuses: the values may change.
func (v *values) Hash() (uint32, error) {
	return 0, py.TypeError.Errorf("unhashable type: 'Values'")
}

// CompareSameType compares the values of both.
func (v *values) CompareSameType(op syntax.Token, y starlark.Value, depth int) (bool, error) {
	return starlark.CompareDepth(op, &v.d, &y.(*values).d, depth)
}

// get returns a value, or nil.
func (v *values) get(name string) starlark.Value {
	if x, found, _ := v.d.Get(starlark.String(name)); found { // a string is never unhashable
		return x
	}
	return nil
}

// Attr returns a value, ensure_value, or __dict__, which is a copy.
func (v *values) Attr(name string) (starlark.Value, error) {
	if x := v.get(name); x != nil {
		return x, nil
	}
	switch name {
	case "__dict__":
		d := starlark.NewDict(v.d.Len())
		for _, item := range v.d.Items() {
			if err := d.SetKey(item[0], item[1]); err != nil {
				return nil, err
			}
		}
		return d, nil
	case "ensure_value":
		return starlark.NewBuiltin(name, ensureValue).BindReceiver(v), nil
	}
	return nil, py.AttributeError.Errorf("Values instance has no attribute '%s'", name)
}

// AttrNames lists what Attr knows.
func (v *values) AttrNames() []string {
	names := []string{"__dict__", "ensure_value"}
	for _, key := range v.d.Keys() {
		names = append(names, string(key.(starlark.String)))
	}
	slices.Sort(names)
	return names
}

// SetField sets a value.
func (v *values) SetField(name string, x starlark.Value) error {
	if v.frozen {
		return py.TypeError.Errorf("cannot change frozen Values")
	}
	return v.d.SetKey(starlark.String(name), x)
}

// ensure returns the value of that name, which is what make makes if there is none or None.
func (v *values) ensure(name string, make func() starlark.Value) (starlark.Value, error) {
	if x := v.get(name); x != nil && x != starlark.None {
		return x, nil
	}
	x := make()
	return x, v.SetField(name, x)
}

// ensureValue is ensure_value(attr, value).
func ensureValue(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var name string
	var value starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "attr", &name, "value", &value); err != nil {
		return nil, err
	}
	return b.Receiver().(*values).ensure(name, func() starlark.Value { return value })
}
