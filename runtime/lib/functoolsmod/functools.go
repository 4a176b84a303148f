// Package functoolsmod is Python 2.7's module functools, but for what needs decorators: wraps and
// update_wrapper.
//
// _functoolsmodule.c; functools.py.
package functoolsmod

import (
	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"
	"go.starlark.net/syntax"

	"starwire/runtime/host"
	"starwire/runtime/lazy"
	"starwire/runtime/lib/builtinmod"
	"starwire/runtime/py"
)

// Module returns the module functools.
func Module() *starlarkstruct.Module { return module.Get("functools", members) }

var module lazy.Module

func members() starlark.StringDict {
	return starlark.StringDict{
		"cmp_to_key": starlark.NewBuiltin("cmp_to_key", cmpToKey),
		"partial":    starlark.NewBuiltin("partial", newPartial),
		"reduce":     starlark.NewBuiltin("reduce", builtinmod.Reduce),
	}
}

// A partial is a function with some of its arguments.
type partial struct {
	fn     starlark.Callable
	args   starlark.Tuple
	kwargs []starlark.Tuple
	depth  int // how many partials there are, each the function of the one before
}

// maxDepth bounds partials of partials, each of which takes room on the stack.
const maxDepth = 1000

var (
	_ starlark.Callable = (*partial)(nil)
	_ starlark.HasAttrs = (*partial)(nil)
)

// newPartial is partial(func, *args, **kwargs).
func newPartial(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(args) == 0 {
		return nil, py.TypeError.Errorf("type 'partial' takes at least one argument")
	}
	fn, ok := args[0].(starlark.Callable)
	if !ok {
		return nil, py.TypeError.Errorf("the first argument must be callable")
	}
	p := &partial{fn: fn, args: args[1:], kwargs: kwargs}
	if inner, ok := fn.(*partial); ok {
		p.depth = inner.depth + 1
	}
	return p, nil
}

// CallInternal calls the function with its arguments and those of the call, which replace those of the same
// name.
func (p *partial) CallInternal(thread *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if p.depth > maxDepth {
		return nil, py.RuntimeError.Errorf("maximum recursion depth exceeded while calling a Python object")
	}
	all := append(p.args[:len(p.args):len(p.args)], args...)
	named := make([]starlark.Tuple, 0, len(p.kwargs)+len(kwargs))
	for _, own := range p.kwargs {
		replaced := false
		for _, kv := range kwargs {
			replaced = replaced || kv[0] == own[0]
		}
		if !replaced {
			named = append(named, own)
		}
	}
	return starlark.Call(thread, p.fn, all, append(named, kwargs...))
}

// String shows no address, which Python's does.
func (p *partial) String() string { return "<functools.partial object>" }

// Name returns "partial".
func (p *partial) Name() string { return "partial" }

// Type returns "functools.partial".
func (p *partial) Type() string { return "functools.partial" }

// Freeze freezes the function and its arguments.
func (p *partial) Freeze() { p.FreezeBy(func(v starlark.Value) { v.Freeze() }) }

// FreezeBy is Freeze, but leaves to freeze what the partial holds.
func (p *partial) FreezeBy(freeze func(starlark.Value)) {
	for _, v := range p.Held() {
		freeze(v)
	}
}

// Held lists the function and its arguments.
func (p *partial) Held() []starlark.Value {
	held := []starlark.Value{p.fn, p.args}
	for _, kv := range p.kwargs {
		held = append(held, kv[1])
	}
	return held
}

// Truth is always true.
func (p *partial) Truth() starlark.Bool { return true }

// Hash hashes the name.
func (p *partial) Hash() (uint32, error) { return starlark.String(p.Type()).Hash() }

// Attr returns func, args or keywords.
func (p *partial) Attr(name string) (starlark.Value, error) {
	switch name {
	case "func":
		return p.fn, nil
	case "args":
		return p.args, nil
	case "keywords":
		d := starlark.NewDict(len(p.kwargs))
		for _, kv := range p.kwargs {
			if err := d.SetKey(kv[0], kv[1]); err != nil {
				return nil, err
			}
		}
		return d, nil
	}
	return nil, nil
}

// AttrNames lists what Attr knows.
func (p *partial) AttrNames() []string { return []string{"args", "func", "keywords"} }

// A key is a value that a function of two compares with others.
type key struct {
	thread *starlark.Thread
	cmp    starlark.Value
	obj    starlark.Value
	frozen bool
}

var (
	_ starlark.Comparable = (*key)(nil)
	_ starlark.HasAttrs   = (*key)(nil)
)

// cmpToKey is cmp_to_key(mycmp): a function that makes keys for sorted, which mycmp compares.
func cmpToKey(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var cmp starlark.Value
	if err := py.UnpackAny(b.Name(), args, kwargs, "mycmp", &cmp); err != nil {
		return nil, err
	}
	return starlark.NewBuiltin("K", func(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		var obj starlark.Value
		if err := py.UnpackAny(b.Name(), args, kwargs, "obj", &obj); err != nil {
			return nil, err
		}
		return &key{thread: thread, cmp: b.Receiver(), obj: obj}, nil
	}).BindReceiver(cmp), nil
}

// String shows no address, which Python's does.
func (k *key) String() string { return "<functools.K object>" }

// Type returns "K".
func (k *key) Type() string { return "K" }

// Freeze freezes the function and the value.
func (k *key) Freeze() { k.FreezeBy(func(v starlark.Value) { v.Freeze() }) }

// FreezeBy is Freeze, but leaves to freeze what the key holds.
func (k *key) FreezeBy(freeze func(starlark.Value)) {
	if k.frozen {
		return
	}
	k.frozen = true
	freeze(k.cmp)
	freeze(k.obj)
}

// Held lists the function and the value.
func (k *key) Held() []starlark.Value { return []starlark.Value{k.cmp, k.obj} }

// Truth is always true.
func (k *key) Truth() starlark.Bool { return true }

// Hash refuses.
func (k *key) Hash() (uint32, error) { return 0, py.TypeError.Errorf("hash not implemented") }

// Attr returns obj.
func (k *key) Attr(name string) (starlark.Value, error) {
	if name == "obj" {
		return k.obj, nil
	}
	return nil, nil
}

// AttrNames lists what Attr knows.
func (k *key) AttrNames() []string { return []string{"obj"} }

// CompareSameType calls the function, on the thread that made the key, or one in its place.
func (k *key) CompareSameType(op syntax.Token, y starlark.Value, _ int) (bool, error) {
	other, ok := y.(*key)
	if !ok {
		return false, py.TypeError.Errorf("K %s %s not implemented", op, y.Type())
	}
	thread, release := host.Running(k.thread, k.frozen, "cmp_to_key")
	defer release()
	v, err := starlark.Call(thread, k.cmp, starlark.Tuple{k.obj, other.obj}, nil)
	if err != nil {
		return false, err
	}
	n, err := builtinmod.Compare(thread, v, starlark.MakeInt(0))
	switch op {
	case syntax.EQL:
		return n == 0, err
	case syntax.NEQ:
		return n != 0, err
	case syntax.LT:
		return n < 0, err
	case syntax.LE:
		return n <= 0, err
	case syntax.GT:
		return n > 0, err
	}
	return n >= 0, err
}
