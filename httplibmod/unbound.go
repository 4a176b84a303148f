package httplibmod

import (
	"slices"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"starwire/runtime/py"
)

// An unboundMethod is a method as its class has it, HTTPConnection.request: its
// first argument is the instance.
//
// classobject.c, instancemethod_call.
type unboundMethod struct {
	class  owner
	method *starlark.Builtin
}

// An owner is a class whose methods can be had without an instance.
type owner interface {
	starlark.HasAttrs
	Name() string
	HasInstance(v starlark.Value) bool
	// bind returns the method as the instance self has it.
	bind(self starlark.Value, method *starlark.Builtin) starlark.Callable
}

var (
	_ starlark.Callable   = unboundMethod{}
	_ starlark.Comparable = unboundMethod{}
)

// unbound returns the method of that name, or nil.
func unbound(k owner, methods map[string]*starlark.Builtin, name string) starlark.Value {
	if m := methods[name]; m != nil {
		return unboundMethod{k, m}
	}
	return nil
}

// classNames are what dir() of a class shows: its methods, its attributes, and
// what every class has.
func classNames(methods map[string]*starlark.Builtin, attrs ...string) []string {
	return methodNames(methods, slices.Concat(attrs, []string{"__module__", "__name__"}))
}

// Name returns the name of the method.
func (u unboundMethod) Name() string { return u.method.Name() }

// Owner returns the class that has the method.
func (u unboundMethod) Owner() starlark.Value { return u.class }

// String returns <unbound method HTTPConnection.request>.
func (u unboundMethod) String() string {
	return "<unbound method " + u.class.Name() + "." + u.Name() + ">"
}

// Type returns "instancemethod".
func (u unboundMethod) Type() string { return "instancemethod" }

// Freeze does nothing: a method never changes.
func (u unboundMethod) Freeze() {}

// Truth is always true.
func (u unboundMethod) Truth() starlark.Bool { return true }

// Hash hashes the name.
func (u unboundMethod) Hash() (uint32, error) { return starlark.String(u.Name()).Hash() }

// CompareSameType compares the methods: a class has those of the one it derives from.
func (u unboundMethod) CompareSameType(op syntax.Token, y starlark.Value, _ int) (bool, error) {
	same := u.method == y.(unboundMethod).method
	switch op {
	case syntax.EQL:
		return same, nil
	case syntax.NEQ:
		return !same, nil
	}
	return false, py.TypeError.Errorf("unsupported operand type(s) for %s: 'instancemethod' and 'instancemethod'", op)
}

// CallInternal calls the method of the instance that comes first.
func (u unboundMethod) CallInternal(thread *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	got := "nothing"
	if len(args) > 0 {
		if u.class.HasInstance(args[0]) {
			return u.class.bind(args[0], u.method).CallInternal(thread, args[1:], kwargs)
		}
		got = py.TypeName(args[0]) + " instance"
		if _, ok := args[0].(owner); ok {
			got = "classobj instance"
		}
	}
	return nil, py.TypeError.Errorf("unbound method %s() must be called with %s instance as first argument (got %s instead)",
		u.Name(), u.class.Name(), got)
}
