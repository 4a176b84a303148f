package builtinmod

import (
	"slices"
	"sync"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"starwire/runtime/lazy"
	"starwire/runtime/lib/filemod"
	"starwire/runtime/py"
)

// function is how a built-in is implemented.
type function = func(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error)

// A Type is a built-in type of Python's, or the type of a module's value: what type(x) returns. Types are
// immutable, and there is one for each name.
type Type struct {
	name    string
	make    function // what a call does; nil for types that cannot be called
	has     func(v starlark.Value) bool
	methods map[string]*starlark.Builtin
	static  map[string]*starlark.Builtin // methods of the type itself, such as dict.fromkeys
}

var (
	_ starlark.Callable   = (*Type)(nil)
	_ starlark.HasAttrs   = (*Type)(nil)
	_ starlark.Comparable = (*Type)(nil)
)

// The types with names. They refer to functions that refer to them.
var strType, unicodeType, basestringType, intType, longType, floatType, boolType, listType, tupleType, dictType,
	setType, fileType, typeType, objectType, noneType, functionType, builtinType *Type

// named returns the types that a script finds by name. The first call makes all types.
func named() []*Type { return namedTypes.Get(makeTypes) }

var namedTypes lazy.Value[[]*Type]

func makeTypes() []*Type {
	isText := func(v starlark.Value) bool { _, ok := py.AsBytes(v); return ok }
	strType = &Type{name: "str", make: makeStr, has: func(v starlark.Value) bool { return isText(v) && !py.IsUnicode(v) }, methods: strMethods()}
	unicodeType = &Type{name: "unicode", make: makeUnicode, has: py.IsUnicode, methods: unicodeMethods()}
	basestringType = &Type{name: "basestring", has: func(v starlark.Value) bool { return isText(v) || py.IsUnicode(v) }}
	intType = &Type{name: "int", make: makeInt, methods: intMethods(), has: func(v starlark.Value) bool {
		switch v := v.(type) {
		case starlark.Int:
			return !isLong(v)
		case starlark.Bool: // a kind of int
			return true
		}
		return false
	}}
	longType = &Type{name: "long", make: makeLong, methods: intMethods(), has: func(v starlark.Value) bool {
		n, ok := v.(starlark.Int)
		return ok && isLong(n)
	}}
	floatType = &Type{name: "float", make: makeFloat, has: is[starlark.Float], methods: floatMethods()}
	boolType = &Type{name: "bool", make: makeBool, has: is[starlark.Bool]}
	listType = &Type{name: "list", make: makeList, has: is[*starlark.List], methods: listMethods()}
	tupleType = &Type{name: "tuple", make: makeTuple, methods: tupleMethods(), has: func(v starlark.Value) bool {
		return is[starlark.Tuple](v) || is[*py.Named](v)
	}}
	dictType = &Type{name: "dict", make: makeDict, has: isDict, methods: dictMethods(), static: map[string]*starlark.Builtin{
		"fromkeys": starlark.NewBuiltin("fromkeys", dictFromKeys),
	}}
	setType = &Type{name: "set", make: makeSet, has: is[*starlark.Set], methods: setMethods()}
	fileType = &Type{name: "file", has: is[*filemod.File], make: func(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		return starlark.Call(thread, filemod.Builtin, args, kwargs)
	}}
	objectType = &Type{name: "object", has: func(starlark.Value) bool { return true }}
	typeType = &Type{name: "type", make: makeType, has: func(v starlark.Value) bool { return is[*Type](v) || is[*py.Class](v) }}
	named := []*Type{strType, unicodeType, basestringType, intType, longType, floatType, boolType, listType, tupleType,
		dictType, setType, fileType, typeType, objectType}

	noneType = &Type{name: "NoneType"}
	functionType = &Type{name: "function"}
	builtinType = &Type{name: "builtin_function_or_method"}
	for _, t := range append(slices.Clone(named), noneType, functionType, builtinType) {
		others.Store(t.name, t)
	}
	return named
}

func isDict(v starlark.Value) bool { _, ok := py.AsDict(v); return ok }

func is[T starlark.Value](v starlark.Value) bool { _, ok := v.(T); return ok }

// isLong reports whether Python 2 keeps the integer as a long.
func isLong(n starlark.Int) bool { _, ok := n.Int64(); return !ok }

// others are all types that were asked for, by name.
var others sync.Map

// TypeOf returns the type of v: a class for an exception.
func TypeOf(v starlark.Value) starlark.Value {
	named()
	switch v := v.(type) {
	case starlark.String:
		if py.IsUnicode(v) {
			return unicodeType
		}
		return strType
	case starlark.Bytes:
		return strType
	case starlark.Int:
		if isLong(v) {
			return longType
		}
		return intType
	case starlark.NoneType:
		return noneType
	case *starlark.Function:
		return functionType
	case *starlark.Builtin:
		return builtinType
	case *py.Exception:
		return v.Class()
	case *py.SubDict:
		return v.Kind()
	case *py.Named:
		if class := v.NamedType().Class; class != nil {
			return class
		}
	case interface{ Class() starlark.Value }: // a value of a module's that knows its class
		return v.Class()
	}
	name := v.Type()
	t, _ := others.LoadOrStore(name, &Type{name: name, has: func(v starlark.Value) bool { return v.Type() == name }})
	return t.(*Type)
}

// String returns <type 'str'>.
func (t *Type) String() string { return "<type '" + t.name + "'>" }

// Name returns the name of the type.
func (t *Type) Name() string { return t.name }

// Type returns "type".
func (t *Type) Type() string { return "type" }

// Freeze does nothing: a type never changes.
func (t *Type) Freeze() {}

// Truth is always true.
func (t *Type) Truth() starlark.Bool { return true }

// Hash hashes the name, so that types can be keys of a dict.
func (t *Type) Hash() (uint32, error) { return starlark.String(t.name).Hash() }

// HasInstance reports whether v is of the type: isinstance.
func (t *Type) HasInstance(v starlark.Value) bool {
	if t.has != nil {
		return t.has(v)
	}
	return TypeOf(v) == starlark.Value(t)
}

// CompareSameType compares by identity.
func (t *Type) CompareSameType(op syntax.Token, y starlark.Value, depth int) (bool, error) {
	switch op {
	case syntax.EQL:
		return t == y.(*Type), nil
	case syntax.NEQ:
		return t != y.(*Type), nil
	}
	return false, py.TypeError.Errorf("type %s type not implemented", op)
}

// CallInternal makes a value of the type.
func (t *Type) CallInternal(thread *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if t == basestringType {
		return nil, py.TypeError.Errorf("The basestring type cannot be instantiated")
	}
	if t.make == nil {
		return nil, py.TypeError.Errorf("cannot create '%s' instances", t.name)
	}
	return t.make(thread, starlark.NewBuiltin(t.name, t.make), args, kwargs)
}

// Attr returns __name__, a method of the type, or a method of its values, which takes the value as its
// first argument: str.upper.
func (t *Type) Attr(name string) (starlark.Value, error) {
	if name == "__name__" {
		return starlark.String(t.name), nil
	}
	if m := t.static[name]; m != nil {
		return m, nil
	}
	if t.methods[name] == nil && !slices.Contains(stock(t.name), name) {
		return nil, py.AttributeError.Errorf("type object '%s' has no attribute '%s'", t.name, name)
	}
	return starlark.NewBuiltin(name, func(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		if len(args) == 0 {
			return nil, py.TypeError.Errorf("descriptor '%s' of '%s' object needs an argument", name, t.name)
		}
		if !t.has(args[0]) {
			return nil, py.TypeError.Errorf("descriptor '%s' requires a '%s' object but received a '%s'", name, t.name, py.TypeName(args[0]))
		}
		m, err := Attr(args[0], name)
		if err != nil {
			return nil, err
		}
		return starlark.Call(thread, m, args[1:], kwargs)
	}), nil
}

// AttrNames lists what Attr knows.
func (t *Type) AttrNames() []string {
	names := append([]string{"__name__"}, stock(t.name)...)
	for name := range t.methods {
		names = append(names, name)
	}
	for name := range t.static {
		names = append(names, name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// stock returns the methods that a type of Starlark's shares with Python's.
func stock(typ string) []string {
	switch typ {
	case "list":
		return []string{"append", "insert"}
	case "dict":
		return []string{"clear", "get", "items", "values"}
	case "set":
		return []string{"add", "clear", "difference", "discard", "intersection", "issubset", "issuperset", "symmetric_difference", "union"}
	}
	return nil
}
