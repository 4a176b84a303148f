package builtinmod

import (
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"starwire/runtime/host"
	"starwire/runtime/py"
)

// Arithmetic returns x + y, x - y and so on, for which a bool counts as 0 or 1. & | ^ of two bools are a
// bool. multiply and shift do the * and << of everything else; the words of errors are CPython's.
//
// boolobject.c; intobject.c; abstract.c, binary_op1.
func Arithmetic(op syntax.Token, other func(thread *starlark.Thread, x, y starlark.Value) (starlark.Value, error)) func(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
	return func(thread *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
		return arithmetic(thread, op, other, args)
	}
}

func arithmetic(thread *starlark.Thread, op syntax.Token, other func(thread *starlark.Thread, x, y starlark.Value) (starlark.Value, error), args starlark.Tuple) (starlark.Value, error) {
	x, y := args[0], args[1]
	bx, xIsBool := x.(starlark.Bool)
	by, yIsBool := y.(starlark.Bool)
	if xIsBool && yIsBool {
		switch op {
		case syntax.AMP:
			return bx && by, nil
		case syntax.PIPE:
			return bx || by, nil
		case syntax.CIRCUMFLEX:
			return starlark.Bool(bx != by), nil
		}
	}
	if xIsBool {
		x, _ = number(x)
	}
	if yIsBool {
		y, _ = number(y)
	}
	v, err := other(thread, x, y)
	if err != nil && v == nil && (xIsBool || yIsBool) {
		if _, ok := err.(*py.Exception); !ok && op != syntax.SLASHSLASH {
			return nil, unsupported(op.String(), args[0], args[1])
		}
	}
	return v, err
}

// Add is x + y; InPlace is what x += y makes of x: a list is extended.
//
// listobject.c, list_inplace_concat.
func Add(thread *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	return arithmetic(thread, syntax.PLUS, sumOf, args)
}

// sumOf is the interpreter's x + y, once there is room for the result.
func sumOf(thread *starlark.Thread, x, y starlark.Value) (starlark.Value, error) {
	size := 0
	switch x := x.(type) {
	case starlark.Int:
		if y, ok := y.(starlark.Int); ok {
			return x.Add(y), nil
		}
	case starlark.String:
		if y, ok := y.(starlark.String); ok && (py.IsUnicode(x) || py.IsUnicode(y)) {
			return joined(thread, x, y)
		}
		if _, isText := py.AsBytes(y); py.IsUnicode(x) && !isText && !is[*py.Unicode](y) {
			return nil, py.TypeError.Errorf("coercing to Unicode: need string or buffer, %s found", py.TypeName(y))
		}
		size = len(x) + max(starlark.Len(y), 0)
	case starlark.Bytes:
		size = max(starlark.Len(x), 0) + max(starlark.Len(y), 0)
	case *py.Unicode:
		size = len(x.Text()) + max(starlark.Len(y), 0)
	case *starlark.List, starlark.Tuple:
		size = (max(starlark.Len(x), 0) + max(starlark.Len(y), 0)) * valueSize
	}
	if size > smallSum {
		if err := host.Reserve(thread, int64(size)); err != nil {
			return nil, err
		}
	}
	return starlark.Binary(syntax.PLUS, x, y)
}

// joined is x + y of strings one of which is unicode text: the other must be ASCII, too.
//
// unicodeobject.c, PyUnicode_Concat.
func joined(thread *starlark.Thread, x, y starlark.String) (starlark.Value, error) {
	for _, s := range [2]starlark.String{x, y} {
		if !py.IsUnicode(s) && !py.IsASCII(string(s)) {
			return nil, py.NotASCII(string(s))
		}
	}
	if n := len(x) + len(y); n > smallSum {
		if err := host.Reserve(thread, int64(n)); err != nil {
			return nil, err
		}
	}
	return py.Text(string(x + y)), nil
}

// smallSum is what needs no room asked for.
const smallSum = 4096 // bytes

// InPlace is x += y.
func InPlace(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	list, ok := args[0].(*starlark.List)
	if !ok {
		return Add(thread, b, args, kwargs)
	}
	items, err := collect(thread, args[1])
	if err != nil {
		return nil, err
	}
	for _, v := range items {
		if err := list.Append(v); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// plain is the interpreter's operator.
func plain(op syntax.Token) func(*starlark.Thread, starlark.Value, starlark.Value) (starlark.Value, error) {
	return func(_ *starlark.Thread, x, y starlark.Value) (starlark.Value, error) {
		return starlark.Binary(op, x, y)
	}
}

// Plain is Arithmetic for an operator that needs no guard.
func Plain(op syntax.Token) func(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
	return Arithmetic(op, plain(op))
}

// Sign returns -x or ~x, for which a bool counts as 0 or 1.
func Sign(op syntax.Token) func(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
	return func(_ *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
		x := args[0]
		if n, ok := number(x); ok {
			x = n
		}
		return starlark.Unary(op, x)
	}
}

// Index is x[i] for a bool i: of a sequence item 0 or 1, of a mapping what is under i or the equal number.
func Index(_ *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	x, i := args[0], args[1]
	n, isNumber := number(i)
	switch x := x.(type) {
	case starlark.Mapping:
		if d, ok := x.(*py.SubDict); ok && isNumber {
			if found, err := d.Has(i); !found && err == nil {
				i = n // True is 1 where that is missing, too
			}
		}
		for _, key := range []starlark.Value{i, n} {
			if key == nil {
				continue
			}
			v, found, err := x.Get(key)
			if err != nil {
				return nil, err
			}
			if found {
				return v, nil
			}
		}
		return nil, py.KeyError.New(nil, i)
	case starlark.Indexable:
		at, ok := n.(starlark.Int)
		if !isNumber || !ok {
			return nil, py.TypeError.Errorf("%s indices must be integers, not %s", kindOf(x), py.TypeName(i))
		}
		j := clampInt(at)
		if j < 0 {
			j += x.Len()
		}
		if j < 0 || j >= x.Len() {
			return nil, py.IndexError.Errorf("%s index out of range", kindOf(x))
		}
		return x.Index(j), nil
	}
	return nil, py.TypeError.Errorf("'%s' object has no attribute '__getitem__'", py.TypeName(x))
}

// Sliced is what stands for x in x[i:j:k]: the interpreter makes a str of each slice of unicode text that is
// ASCII, unless there is no step.
func Sliced(_ *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	if s, ok := args[0].(starlark.String); ok && py.IsUnicode(s) {
		return slicedText{s}, nil
	}
	return args[0], nil
}

// slicedText is unicode text that is ASCII, while it is sliced.
type slicedText struct{ starlark.Sliceable }

// Slice returns a part of the text, as unicode text.
func (s slicedText) Slice(start, end, step int) starlark.Value {
	return wideResult(s.Sliceable.Slice(start, end, step))
}

// kindOf names a sequence as the words of its IndexError do.
func kindOf(v starlark.Value) string {
	if name := py.TypeName(v); name != "str" {
		return strings.TrimPrefix(name, "collections.")
	}
	return "string"
}

// inBytes is x in y of unicode text and a str, which must be ASCII.
//
// stringobject.c, string_contains; unicodeobject.c, PyUnicode_Contains.
func inBytes(x, y starlark.Value) (starlark.Value, error) {
	s, _, err := py.AsText(y)
	return starlark.Bool(strings.Contains(s, py.Str(x))), err
}

// Contains is x in y for a bool x, which equals 0 or 1, and for unicode text.
func Contains(thread *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	x, y := args[0], args[1]
	switch y := y.(type) {
	case starlark.String, starlark.Bytes:
		if py.IsUnicode(x) {
			return inBytes(x, y)
		}
		if _, ok := py.AsBytes(x); !ok {
			return nil, py.TypeError.Errorf("'in <string>' requires string as left operand, not %s", py.TypeName(x))
		}
	case *starlark.List, starlark.Tuple:
		items, err := collect(thread, y)
		if err != nil {
			return nil, err
		}
		at, err := place(thread, items, x)
		return starlark.Bool(at >= 0), err
	}
	in, err := starlark.Binary(syntax.IN, x, y)
	if n, ok := number(x); ok && err == nil && !bool(in.Truth()) {
		return starlark.Binary(syntax.IN, n, y)
	}
	return in, err
}
