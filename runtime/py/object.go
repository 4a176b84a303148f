package py

import (
	"fmt"
	"slices"

	"go.starlark.net/starlark"
)

// A Kind is a class of a module whose instances are Objects: calling it makes
// one, and isinstance knows it. Kinds are immutable and shared by all runs.
type Kind struct {
	// Module and Class are the names: "urllib2" and "Request".
	Module, Class string
	// Base is the class that this one derives from, or nil.
	Base *Kind
	// Init is __init__. Nil is Base's, and without a Base takes no arguments.
	Init func(thread *starlark.Thread, o *Object, args starlark.Tuple, kwargs []starlark.Tuple) error
	// Methods are called with the instance as receiver; Base's are found as well.
	Methods map[string]*starlark.Builtin
	// Str is str() of an instance. Nil is Base's, and without a Base
	// <urllib2.Request instance>.
	Str func(o *Object) string
	// Get returns an attribute that is neither a field nor a method, or nil.
	Get func(o *Object, name string) (starlark.Value, error)
	// Computed names the attributes that Get knows.
	Computed []string
}

var (
	_ starlark.Callable = (*Kind)(nil)
	_ starlark.HasAttrs = (*Kind)(nil)
)

// Functions makes built-in functions, or the Methods of a Kind, of Go functions by their names.
func Functions(table map[string]func(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error)) map[string]*starlark.Builtin {
	all := make(map[string]*starlark.Builtin, len(table))
	for name, fn := range table {
		all[name] = starlark.NewBuiltin(name, fn)
	}
	return all
}

// String returns <class 'urllib2.Request'>.
func (k *Kind) String() string { return "<class '" + k.Module + "." + k.Class + "'>" }

// Name returns the class's name without its module.
func (k *Kind) Name() string { return k.Class }

// Type returns "type".
func (k *Kind) Type() string { return "type" }

// Freeze does nothing: a Kind never changes.
func (k *Kind) Freeze() {}

// Truth is always true.
func (k *Kind) Truth() starlark.Bool { return true }

// Hash hashes the name, so that classes can be keys of a dict.
func (k *Kind) Hash() (uint32, error) { return starlark.String(k.Module + "." + k.Class).Hash() }

// Attr returns __name__ or __module__.
func (k *Kind) Attr(name string) (starlark.Value, error) {
	switch name {
	case "__name__":
		return starlark.String(k.Class), nil
	case "__module__":
		return starlark.String(k.Module), nil
	}
	return nil, nil
}

// AttrNames lists what Attr knows.
func (k *Kind) AttrNames() []string { return []string{"__module__", "__name__"} }

// IsA reports whether k is b or derives from it.
func (k *Kind) IsA(b *Kind) bool {
	for ; k != nil; k = k.Base {
		if k == b {
			return true
		}
	}
	return false
}

// HasInstance reports whether v is an instance of the class or of one below it.
func (k *Kind) HasInstance(v starlark.Value) bool {
	o, ok := v.(*Object)
	return ok && o.kind.IsA(k)
}

// CallInternal makes an instance.
func (k *Kind) CallInternal(thread *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	o := k.New()
	init := k
	for init != nil && init.Init == nil {
		init = init.Base
	}
	if init == nil {
		return o, UnpackArgs(k.Class, args, kwargs)
	}
	if err := init.Init(thread, o, args, kwargs); err != nil {
		return nil, err
	}
	return o, nil
}

// New returns an instance without fields, as Init is to fill it.
func (k *Kind) New() *Object { return &Object{kind: k, fields: make(starlark.StringDict)} }

// method returns the method of that name, or nil.
func (k *Kind) method(name string) *starlark.Builtin {
	for ; k != nil; k = k.Base {
		if m := k.Methods[name]; m != nil {
			return m
		}
	}
	return nil
}

// An Object is an instance of a Kind. As in Python, a script may assign any attribute of it.
type Object struct {
	kind   *Kind
	fields starlark.StringDict
	frozen bool

	// Data is what the class keeps in Go, out of the script's sight.
	Data any
}

var _ starlark.HasSetField = (*Object)(nil)

// Kind returns the object's class.
func (o *Object) Kind() *Kind { return o.kind }

// String returns Python's str(o), without an address.
func (o *Object) String() string {
	var w reprWriter
	return w.object(o, 0)
}

// Type returns the name of the class.
func (o *Object) Type() string { return o.kind.Class }

// Freeze freezes the fields, and Data if that has a method Freeze.
func (o *Object) Freeze() {
	o.FreezeBy(func(v starlark.Value) { v.Freeze() })
}

// FreezeBy is Freeze, but leaves the fields to freeze, because objects can be
// nested without end.
func (o *Object) FreezeBy(freeze func(starlark.Value)) {
	if o.frozen {
		return
	}
	o.frozen = true
	for _, v := range o.fields {
		freeze(v)
	}
	if d, ok := o.Data.(interface{ Freeze() }); ok {
		d.Freeze()
	}
}

// Truth is always true.
func (o *Object) Truth() starlark.Bool { return true }

// Hash refuses: an object may change.
func (o *Object) Hash() (uint32, error) {
	return 0, TypeError.Errorf("unhashable type: '%s'", o.kind.Class)
}

// Attr returns a field, a method, or what the class computes.
func (o *Object) Attr(name string) (starlark.Value, error) {
	if v := o.fields[name]; v != nil {
		return v, nil
	}
	if m := o.kind.method(name); m != nil {
		return m.BindReceiver(o), nil
	}
	for k := o.kind; k != nil; k = k.Base {
		if k.Get == nil {
			continue
		}
		if v, err := k.Get(o, name); v != nil || err != nil {
			return v, err
		}
	}
	if name == "__class__" {
		return o.kind, nil
	}
	return nil, nil
}

// AttrNames lists what Attr knows.
func (o *Object) AttrNames() []string {
	names := []string{"__class__"}
	for name := range o.fields {
		names = append(names, name)
	}
	for k := o.kind; k != nil; k = k.Base {
		for name := range k.Methods {
			names = append(names, name)
		}
		names = append(names, k.Computed...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// SetField sets a field.
func (o *Object) SetField(name string, v starlark.Value) error {
	if err := o.Changing(); err != nil {
		return err
	}
	o.fields[name] = v
	return nil
}

// Changing returns the error of changing a frozen object, or nil.
func (o *Object) Changing() error {
	if o.frozen {
		return TypeError.Errorf("cannot change frozen %s", o.kind.Class)
	}
	return nil
}

// Field returns a field, None if there is none.
func (o *Object) Field(name string) starlark.Value {
	if v := o.fields[name]; v != nil {
		return v
	}
	return starlark.None
}

// Set sets a field of an object that was just made.
func (o *Object) Set(name string, v starlark.Value) { o.fields[name] = v }

// Receiver returns the object that a method of one of its Kind's was called on,
// and its Data as a T.
func Receiver[T any](b *starlark.Builtin) (*Object, T) {
	o, ok := b.Receiver().(*Object)
	if !ok {
		panic(fmt.Sprintf("py: method %s of an object called on %T", b.Name(), b.Receiver()))
	}
	data, _ := o.Data.(T)
	return o, data
}
