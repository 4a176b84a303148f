// Package operatormod is Python 2.7's module operator: its operators as functions.
//
// # Differences from CPython 2.7
//
// Of the operators that change their left side there are iadd and iconcat, which extend a list. There are
// no functions of slices: write x[i:j].
//
// operator.c.
package operatormod

import (
	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starwire/runtime/lazy"
	"starwire/runtime/lib/builtinmod"
	"starwire/runtime/py"
)

// A function is how a built-in is implemented.
type function = lazy.Method

// New returns the module operator. stock returns what .py files have under a name: the functions of
// operators, as pysyntax names them, and Python's built-ins.
func New(stock func(name string) *starlark.Builtin) *starlarkstruct.Module {
	m := make(starlark.StringDict)
	add := func(name string, fn function) { m[name] = starlark.NewBuiltin(name, fn) }
	for name, op := range map[string]string{
		"add": "$plus", "sub": "$sub", "mul": "$times", "div": "$div", "floordiv": "$floor", "mod": "$mod",
		"lshift": "$shl", "rshift": "$shr", "and_": "$bitand", "or_": "$bitor", "xor": "$bitxor", "pow": "$pow",
		"eq": "$eq", "lt": "$lt", "le": "$le", "gt": "$gt", "ge": "$ge", "iadd": "$iadd",
		"getitem": "$index", "is_": "$is", "delitem": "$delitem",
	} {
		add(name, func(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			if err := expect(b, args, kwargs, 2); err != nil {
				return nil, err
			}
			return stock(op).CallInternal(thread, args, nil)
		})
	}
	for name, op := range map[string]string{"neg": "$neg", "inv": "$invert", "invert": "$invert", "abs": "abs"} {
		add(name, func(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			if err := one(b, args, kwargs); err != nil {
				return nil, err
			}
			switch args[0].(type) {
			case starlark.Int, starlark.Float, starlark.Bool:
			default:
				if sign := signOf(name); sign != "" {
					return nil, py.TypeError.Errorf("bad operand type for unary %s: '%s'", sign, py.TypeName(args[0]))
				}
			}
			return stock(op).CallInternal(thread, args, nil)
		})
	}
	equal := func(thread *starlark.Thread, x, y starlark.Value) (bool, error) {
		v, err := stock("$eq").CallInternal(thread, starlark.Tuple{x, y}, nil)
		return err == nil && bool(v.Truth()), err
	}
	o := &operators{stock: stock, equal: equal}
	for name, fn := range map[string]function{
		"concat": o.concat, "iconcat": o.concat, "contains": o.contains, "sequenceIncludes": o.contains,
		"countOf": o.countOf, "indexOf": o.indexOf, "index": index, "isCallable": isCallable, "is_not": o.isNot, "ne": o.ne,
		"isMappingType": isMapping, "isNumberType": isNumber, "isSequenceType": isSequence,
		"not_": truth, "truth": truth, "pos": pos, "repeat": o.repeat, "setitem": setItem, "truediv": trueDiv,
		"attrgetter": o.attrGetter, "itemgetter": o.itemGetter, "methodcaller": o.methodCaller,
	} {
		add(name, fn)
	}
	return &starlarkstruct.Module{Name: "operator", Members: m}
}

// signOf returns the operator that a function is and that is written before its
// operand, or "".
func signOf(name string) string {
	switch name {
	case "neg":
		return "-"
	case "inv", "invert":
		return "~"
	}
	return ""
}

// setItem is setitem(a, b, c): a[b] = c.
func setItem(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := expect(b, args, kwargs, 3); err != nil {
		return nil, err
	}
	switch x := args[0].(type) {
	case starlark.HasSetKey:
		if err := builtinmod.Hashable(args[1]); err != nil {
			return nil, err
		}
		return starlark.None, x.SetKey(args[1], args[2])
	case starlark.HasSetIndex:
		i, err := starlark.AsInt32(args[1])
		if err != nil {
			return nil, py.TypeError.Errorf("%s indices must be integers, not %s", py.TypeName(x), py.TypeName(args[1]))
		}
		if i < 0 {
			i += x.Len()
		}
		if i < 0 || i >= x.Len() {
			return nil, py.IndexError.Errorf("%s assignment index out of range", py.TypeName(x))
		}
		return starlark.None, x.SetIndex(i, args[2])
	}
	return nil, py.TypeError.Errorf("'%s' object does not support item assignment", py.TypeName(args[0]))
}

// expect checks that there are n positional arguments.
//
// operator.c, spam2.
func expect(b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple, n int) error {
	if len(kwargs) > 0 {
		return py.TypeError.Errorf("%s() takes no keyword arguments", b.Name())
	}
	if len(args) != n {
		name := b.Name()
		if name != "pow" {
			name = "op_" + name
		}
		return py.TypeError.Errorf("%s expected %d arguments, got %d", name, n, len(args))
	}
	return nil
}

// one checks that there is one positional argument.
func one(b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) error {
	if len(kwargs) > 0 {
		return py.TypeError.Errorf("%s() takes no keyword arguments", b.Name())
	}
	if len(args) != 1 {
		return py.TypeError.Errorf("%s() takes exactly one argument (%d given)", b.Name(), len(args))
	}
	return nil
}

// operators are what .py files have for operators.
type operators struct {
	stock func(name string) *starlark.Builtin
	equal func(thread *starlark.Thread, x, y starlark.Value) (bool, error)
}

func isSeq(v starlark.Value) bool {
	switch v.(type) {
	case starlark.String, starlark.Bytes, *py.Unicode, *starlark.List, starlark.Tuple, *py.Named:
		return true
	}
	return false
}

// concat is concat(a, b), a + b of sequences, and iconcat.
func (o *operators) concat(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := expect(b, args, kwargs, 2); err != nil {
		return nil, err
	}
	if !isSeq(args[0]) {
		return nil, py.TypeError.Errorf("'%s' object can't be concatenated", py.TypeName(args[0]))
	}
	op := "$plus"
	if b.Name() == "iconcat" {
		op = "$iadd"
	}
	return o.stock(op).CallInternal(thread, args, nil)
}

// repeat is repeat(sequence, n), sequence * n.
func (o *operators) repeat(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := expect(b, args, kwargs, 2); err != nil {
		return nil, err
	}
	if !isSeq(args[0]) {
		return nil, py.TypeError.Errorf("'%s' object can't be repeated", py.TypeName(args[0]))
	}
	if _, err := index(thread, b, args[1:], nil); err != nil {
		return nil, py.TypeError.Errorf("an integer is required")
	}
	return o.stock("$times").CallInternal(thread, args, nil)
}

// contains is contains(a, b): b in a.
func (o *operators) contains(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := expect(b, args, kwargs, 2); err != nil {
		return nil, err
	}
	switch args[0].(type) {
	case starlark.Container, starlark.Mapping:
		return o.stock("$contains").CallInternal(thread, starlark.Tuple{args[1], args[0]}, nil)
	}
	found := false
	err := each(thread, args[0], func(v starlark.Value) (bool, error) {
		var err error
		found, err = o.equal(thread, v, args[1])
		return !found, err
	})
	return starlark.Bool(found), err
}

// each goes over x, with the error that in has for what cannot be gone over.
func each(thread *starlark.Thread, x starlark.Value, f func(v starlark.Value) (bool, error)) error {
	if _, err := builtinmod.Steps(thread, x); err != nil {
		return py.TypeError.Errorf("argument of type '%s' is not iterable", py.TypeName(x))
	}
	return builtinmod.Each(thread, x, f)
}

// countOf is countOf(a, b): how many items of a equal b.
func (o *operators) countOf(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := expect(b, args, kwargs, 2); err != nil {
		return nil, err
	}
	n := 0
	err := each(thread, args[0], func(v starlark.Value) (bool, error) {
		eq, err := o.equal(thread, v, args[1])
		if eq {
			n++
		}
		return true, err
	})
	return starlark.MakeInt(n), err
}

// indexOf is indexOf(a, b): the index of the first item of a that equals b.
func (o *operators) indexOf(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := expect(b, args, kwargs, 2); err != nil {
		return nil, err
	}
	i, found := -1, false
	err := each(thread, args[0], func(v starlark.Value) (bool, error) {
		var err error
		i++
		found, err = o.equal(thread, v, args[1])
		return !found, err
	})
	if err == nil && !found {
		err = py.ValueError.Errorf("sequence.index(x): x not in sequence")
	}
	return starlark.MakeInt(i), err
}

// ne is ne(a, b): a != b.
func (o *operators) ne(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := expect(b, args, kwargs, 2); err != nil {
		return nil, err
	}
	eq, err := o.equal(thread, args[0], args[1])
	return starlark.Bool(!eq), err
}

// isNot is is_not(a, b).
func (o *operators) isNot(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := expect(b, args, kwargs, 2); err != nil {
		return nil, err
	}
	v, err := o.stock("$is").CallInternal(thread, args, nil)
	if err != nil {
		return nil, err
	}
	return !v.Truth(), nil
}

// truth is truth(a) and not_(a).
func truth(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := one(b, args, kwargs); err != nil {
		return nil, err
	}
	return starlark.Bool(bool(args[0].Truth()) == (b.Name() == "truth")), nil
}

// pos is pos(a): +a.
func pos(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := one(b, args, kwargs); err != nil {
		return nil, err
	}
	switch x := args[0].(type) {
	case starlark.Int, starlark.Float:
		return x, nil
	case starlark.Bool:
		if x {
			return starlark.MakeInt(1), nil
		}
		return starlark.MakeInt(0), nil
	}
	return nil, py.TypeError.Errorf("bad operand type for unary +: '%s'", py.TypeName(args[0]))
}

// index is index(a): a, if it is an integer.
func index(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := one(b, args, kwargs); err != nil {
		return nil, err
	}
	switch args[0].(type) {
	case starlark.Int, starlark.Bool:
		return args[0], nil
	}
	return nil, py.TypeError.Errorf("'%s' object cannot be interpreted as an index", py.TypeName(args[0]))
}

// trueDiv is truediv(a, b): a / b as from __future__ import division has it.
func trueDiv(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := expect(b, args, kwargs, 2); err != nil {
		return nil, err
	}
	var floats [2]starlark.Float
	whole := true
	for i, v := range args {
		if b, ok := v.(starlark.Bool); ok {
			v = starlark.MakeInt(0)
			if b {
				v = starlark.MakeInt(1)
			}
		}
		_, isInt := v.(starlark.Int)
		f, ok := starlark.AsFloat(v)
		if !ok {
			return nil, py.TypeError.Errorf("unsupported operand type(s) for /: '%s' and '%s'", py.TypeName(args[0]), py.TypeName(args[1]))
		}
		floats[i], whole = starlark.Float(f), whole && isInt
	}
	switch {
	case floats[1] == 0 && whole:
		return nil, py.ZeroDivisionError.Errorf("division by zero")
	case floats[1] == 0:
		return nil, py.ZeroDivisionError.Errorf("float division by zero")
	}
	return floats[0] / floats[1], nil
}

// isCallable is isCallable(a).
func isCallable(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := one(b, args, kwargs); err != nil {
		return nil, err
	}
	_, ok := args[0].(starlark.Callable)
	return starlark.Bool(ok), nil
}

// isMapping is isMappingType(a).
func isMapping(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := one(b, args, kwargs); err != nil {
		return nil, err
	}
	_, ok := args[0].(starlark.Mapping)
	return starlark.Bool(ok || isSeq(args[0])), nil
}

// isNumber is isNumberType(a).
func isNumber(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := one(b, args, kwargs); err != nil {
		return nil, err
	}
	switch args[0].(type) {
	case starlark.Int, starlark.Float, starlark.Bool:
		return starlark.True, nil
	}
	return starlark.False, nil
}

// isSequence is isSequenceType(a).
func isSequence(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := one(b, args, kwargs); err != nil {
		return nil, err
	}
	_, ok := args[0].(starlark.Indexable)
	return starlark.Bool(ok || isSeq(args[0])), nil
}
