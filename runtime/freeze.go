package runtime

import (
	"reflect"
	"unsafe"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starwire/runtime/lazy"
	"starwire/runtime/py"
)

// freeze freezes values and all they refer to. Value.Freeze does so by recursion:
// data nested deeply enough overflows the Go stack, a nested function that calls
// itself does at once, and tuples in each other take time without end. freeze
// takes memory in proportion to the values, and visits each once.
func freeze(values ...starlark.Value) {
	f := freezer{todo: values, flags: frozenFlags()}
	for len(f.todo) > 0 {
		v := f.todo[len(f.todo)-1]
		f.todo = f.todo[:len(f.todo)-1]
		f.visit(v)
	}
}

// freezeDict freezes the values of a table of names.
func freezeDict(d starlark.StringDict) {
	values := make([]starlark.Value, 0, len(d))
	for _, v := range d {
		values = append(values, v)
	}
	freeze(values...)
}

type freezer struct {
	todo  []starlark.Value
	flags flags
	seen  map[any]struct{} // of what has no flag of its own
}

// first reports whether key was not seen before.
func (f *freezer) first(key any) bool {
	if _, ok := f.seen[key]; ok {
		return false
	}
	if f.seen == nil {
		f.seen = make(map[any]struct{})
	}
	f.seen[key] = struct{}{}
	return true
}

func (f *freezer) add(v starlark.Value) {
	switch v.(type) {
	case nil, starlark.String, starlark.Int, starlark.Bool, starlark.NoneType, starlark.Float:
	default:
		f.todo = append(f.todo, v)
	}
}

func (f *freezer) visit(v starlark.Value) {
	switch v := v.(type) {
	case *starlark.List:
		if f.flags.list.set(unsafe.Pointer(v)) {
			for i := range v.Len() {
				f.add(v.Index(i))
			}
		}
	case *starlark.Dict:
		if f.flags.dict.set(unsafe.Pointer(v)) {
			for k, e := range v.Entries() {
				f.add(k)
				f.add(e)
			}
		}
	case *starlark.Set:
		if f.flags.set.set(unsafe.Pointer(v)) {
			for e := range v.Elements() {
				f.add(e)
			}
		}
	case starlark.Tuple:
		if len(v) > 0 && f.first(tupleKey{&v[0], len(v)}) {
			for _, e := range v {
				f.add(e)
			}
		}
	case *starlark.Function:
		if f.first(v) {
			f.function(v)
		}
	case *starlark.Builtin:
		f.add(v.Receiver())
	case *starlarkstruct.Struct:
		if f.first(v) {
			for _, name := range v.AttrNames() {
				e, _ := v.Attr(name)
				f.add(e)
			}
		}
	case *starlarkstruct.Module:
		if f.first(v) {
			for _, e := range v.Members {
				f.add(e)
			}
		}
	case *py.Exception:
		if f.first(v) {
			f.add(v.Args)
			for _, e := range v.Fields {
				f.add(e)
			}
		}
	case *callFrame:
		if f.first(v) {
			for _, e := range v.vars {
				f.add(e)
			}
		}
	case *Result:
		if f.first(v) {
			for _, e := range v.pair() {
				f.add(e)
			}
		}
	case *using:
		if f.first(v) {
			f.add(v.item)
		}
	case freezeBy:
		v.FreezeBy(f.add)
	default:
		v.Freeze()
	}
}

// A freezeBy is a value that others are inside of: FreezeBy freezes the value
// alone, and adds those, once.
type freezeBy interface {
	FreezeBy(add func(starlark.Value))
}

// function adds what a function keeps: defaults and free variables.
func (f *freezer) function(fn *starlark.Function) {
	for i := range fn.NumParams() {
		if d := fn.ParamDefault(i); d != nil {
			f.add(d)
		}
	}
	for i := range fn.NumFreeVars() {
		_, v := fn.FreeVar(i)
		f.add(v)
	}
}

// A tupleKey is the identity of a tuple.
type tupleKey struct {
	first *starlark.Value
	len   int
}

// A flag is where a container of the interpreter's notes that it is frozen: the
// one way to freeze it alone. TestFreezeFlags holds the places.
type flag struct{ offset uintptr }

type flags struct{ list, dict, set flag }

func frozenFlags() flags {
	return flagsTable.Get(func() flags {
		return flags{
			list: flagOf(reflect.TypeFor[starlark.List](), "frozen"),
			dict: flagOf(reflect.TypeFor[starlark.Dict](), "ht", "frozen"),
			set:  flagOf(reflect.TypeFor[starlark.Set](), "ht", "frozen"),
		}
	})
}

var flagsTable lazy.Value[flags]

func flagOf(t reflect.Type, path ...string) flag {
	var f flag
	for _, name := range path {
		field, ok := t.FieldByName(name)
		if !ok {
			panic("runtime: " + t.String() + " has no field " + name)
		}
		f.offset += field.Offset
		t = field.Type
	}
	if t.Kind() != reflect.Bool {
		panic("runtime: frozen is no bool")
	}
	return f
}

// set sets the container's flag and reports whether it was unset.
func (f flag) set(container unsafe.Pointer) bool {
	p := (*bool)(unsafe.Add(container, f.offset))
	if *p {
		return false
	}
	*p = true
	return true
}
