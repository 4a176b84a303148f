package runtime

import (
	"reflect"
	"strings"
	"sync"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"
	"go.starlark.net/syntax"

	"starwire/runtime/panics"
)

// Values of the embedder's own types have methods and operators of which nobody
// knows whether they panic. The interpreter calls them itself, and by the time
// anybody could recover, it has forgotten where in the script it was. So what is
// no value of the interpreter's, or ours, gets its methods called, and its operators
// applied, by what recovers there and then.

// A foreign is such a value, as the interpreter sees it where it looks up a method
// to call, or applies an operator. No script gets hold of one.
type foreign struct{ starlark.Value }

var (
	_ starlark.HasAttrs  = foreign{}
	_ starlark.HasBinary = foreign{}
)

// Attr returns an attribute to be called.
func (f foreign) Attr(name string) (v starlark.Value, err error) {
	x, ok := f.Value.(starlark.HasAttrs)
	if !ok {
		return nil, nil
	}
	defer panics.To(&err)
	v, err = x.Attr(name)
	if b, ok := v.(*starlark.Builtin); ok {
		v = panics.Builtin(b)
	}
	return v, err
}

// AttrNames lists the attributes, for the hint of what could have been meant.
func (f foreign) AttrNames() []string {
	if x, ok := f.Value.(starlark.HasAttrs); ok {
		return x.AttrNames()
	}
	return nil
}

// Binary applies an operator.
func (f foreign) Binary(op syntax.Token, y starlark.Value, side starlark.Side) (v starlark.Value, err error) {
	if side == starlark.Left {
		return binary(op, f.Value, y)
	}
	return binary(op, y, f.Value)
}

// binary is x op y, and an error if that panics.
func binary(op syntax.Token, x, y starlark.Value) (v starlark.Value, err error) {
	defer panics.To(&err)
	return starlark.Binary(op, x, y)
}

// asReceiver is $receiver[x]: x, or the foreign that stands for it.
func asReceiver(x starlark.Value) (starlark.Value, error) {
	if isForeign(x) {
		return foreign{x}, nil
	}
	return x, nil
}

// foreignTypes says of types whether they are the embedder's.
var foreignTypes sync.Map // of bool by reflect.Type

// isForeign reports whether x may have methods and operators that are the
// embedder's: its type is, or it holds whatever it was given.
func isForeign(x starlark.Value) bool {
	switch x.(type) {
	case starlark.String, starlark.Int, starlark.Float, starlark.Bool, starlark.NoneType, starlark.Bytes, starlark.Tuple,
		*starlark.List, *starlark.Dict, *starlark.Set, *starlarkstruct.Module, foreign:
		return false // most of all
	case *starlarkstruct.Struct:
		return true
	}
	t := reflect.TypeOf(x)
	if is, ok := foreignTypes.Load(t); ok {
		return is.(bool)
	}
	named := t
	if t.Kind() == reflect.Pointer {
		named = t.Elem()
	}
	path := named.PkgPath()
	of := func(module string) bool { return path == module || strings.HasPrefix(path, module+"/") }
	is := !of("go.starlark.net") && !of(ownModule) || strings.HasSuffix(path, "_test") // those of a test from outside
	foreignTypes.Store(t, is)
	return is
}

// ownModule is the path of our own module.
const ownModule = "starwire"
