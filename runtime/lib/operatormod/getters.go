package operatormod

import (
	"strings"

	"go.starlark.net/starlark"

	"starwire/runtime/py"
)

// A getter is what itemgetter, attrgetter and methodcaller return: a function of one argument.
type getter struct {
	name string
	args starlark.Tuple // what it gets, or calls with
	kw   []starlark.Tuple
	get  func(thread *starlark.Thread, x starlark.Value) (starlark.Value, error)
}

var _ starlark.Callable = (*getter)(nil)

// String shows no address, which Python's does.
func (g *getter) String() string { return "<operator." + g.name + " object>" }

// Name returns the name of the type.
func (g *getter) Name() string { return g.name }

// Type returns the name of the type with the module.
func (g *getter) Type() string { return "operator." + g.name }

// Freeze freezes the arguments.
func (g *getter) Freeze() { g.FreezeBy(func(v starlark.Value) { v.Freeze() }) }

// FreezeBy is Freeze, but leaves the arguments to freeze.
func (g *getter) FreezeBy(freeze func(starlark.Value)) {
	for _, v := range g.Held() {
		freeze(v)
	}
}

// Held lists the arguments.
func (g *getter) Held() []starlark.Value {
	held := []starlark.Value{g.args}
	for _, kv := range g.kw {
		held = append(held, kv[1])
	}
	return held
}

// Truth is always true.
func (g *getter) Truth() starlark.Bool { return true }

// Hash hashes the name.
func (g *getter) Hash() (uint32, error) { return starlark.String(g.name).Hash() }

// CallInternal gets what the getter gets of its one argument.
func (g *getter) CallInternal(thread *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(kwargs) > 0 {
		return nil, py.TypeError.Errorf("%s() does not take keyword arguments", g.name)
	}
	if len(args) != 1 {
		return nil, py.TypeError.Errorf("%s expected 1 arguments, got %d", g.name, len(args))
	}
	return g.get(thread, args[0])
}

// getters makes a getter of one thing, or of a tuple of several.
func getters(b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple,
	get func(thread *starlark.Thread, x, what starlark.Value) (starlark.Value, error)) (starlark.Value, error) {
	if len(kwargs) > 0 {
		return nil, py.TypeError.Errorf("%s() does not take keyword arguments", b.Name())
	}
	if len(args) == 0 {
		return nil, py.TypeError.Errorf("%s expected 1 arguments, got 0", b.Name())
	}
	g := &getter{name: b.Name(), args: args}
	g.get = func(thread *starlark.Thread, x starlark.Value) (starlark.Value, error) {
		if len(args) == 1 {
			return get(thread, x, args[0])
		}
		all := make(starlark.Tuple, len(args))
		for i, what := range args {
			v, err := get(thread, x, what)
			if err != nil {
				return nil, err
			}
			all[i] = v
		}
		return all, nil
	}
	return g, nil
}

// itemGetter is itemgetter(item, ...).
func (o *operators) itemGetter(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	index := o.stock("$index")
	return getters(b, args, kwargs, func(thread *starlark.Thread, x, item starlark.Value) (starlark.Value, error) {
		return index.CallInternal(thread, starlark.Tuple{x, item}, nil)
	})
}

// attrGetter is attrgetter(name, ...), in which a dot goes from one attribute to one of that.
func (o *operators) attrGetter(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	return getters(b, args, kwargs, func(thread *starlark.Thread, x, name starlark.Value) (starlark.Value, error) {
		path, ok := starlark.AsString(name)
		if !ok {
			return nil, py.TypeError.Errorf("attribute name must be a string")
		}
		for part := range strings.SplitSeq(path, ".") {
			v, err := o.attr(thread, x, part)
			if err != nil {
				return nil, err
			}
			x = v
		}
		return x, nil
	})
}

func (o *operators) attr(thread *starlark.Thread, x starlark.Value, name string) (starlark.Value, error) {
	return o.stock("$attr").CallInternal(thread, starlark.Tuple{x, starlark.String(name)}, nil)
}

// methodCaller is methodcaller(name, *args, **kwargs).
func (o *operators) methodCaller(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(args) == 0 {
		return nil, py.TypeError.Errorf("methodcaller needs at least one argument, the method name")
	}
	g := &getter{name: b.Name(), args: args, kw: kwargs}
	g.get = func(thread *starlark.Thread, x starlark.Value) (starlark.Value, error) {
		name, ok := starlark.AsString(args[0])
		if !ok {
			return nil, py.TypeError.Errorf("attribute name must be string, not '%s'", py.TypeName(args[0]))
		}
		m, err := o.attr(thread, x, name)
		if err != nil {
			return nil, err
		}
		return starlark.Call(thread, m, args[1:], kwargs)
	}
	return g, nil
}
