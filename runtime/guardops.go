package runtime

import (
	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"starwire/runtime/py"
)

// maxIntBits bounds what * and << make of integers, and the numbers that int
// reads: to write a larger one in decimal takes seconds.
const maxIntBits = 1 << 21

// multiply is $mul(x, y): x * y.
func multiply(thread *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	return mul(thread, args[0], args[1])
}

func mul(thread *starlark.Thread, x, y starlark.Value) (starlark.Value, error) {
	n, ok := x.(starlark.Int)
	if !ok {
		if n, ok = y.(starlark.Int); !ok {
			return starlark.Binary(syntax.STAR, x, y)
		}
		y = x
	}
	length, unit := 0, int64(1)
	switch y := y.(type) {
	case starlark.Int:
		_, smallX := n.Int64()
		_, smallY := y.Int64()
		if smallX && smallY || bitLen(n)+bitLen(y) <= maxIntBits {
			return n.Mul(y), nil
		}
		return nil, py.OverflowError.Errorf("the result of * is too large")
	case starlark.String:
		length = len(y)
	case starlark.Bytes:
		length = len(y)
	case *starlark.List:
		length, unit = y.Len(), valueSize
	case starlark.Tuple:
		length, unit = len(y), valueSize
	}
	if count, ok := n.Int64(); ok && count > 0 {
		// The interpreter itself refuses 1<<30 elements.
		if size := times(int64(length), count); 0 < size && size < 1<<30 {
			if err := reserve(thread, size*unit); err != nil {
				return nil, err
			}
		}
	}
	if s, ok := y.(starlark.String); ok && py.IsUnicode(s) {
		v, err := starlark.Binary(syntax.STAR, s, n)
		if err != nil {
			return nil, err
		}
		return py.Text(string(v.(starlark.String))), nil
	}
	if _, ok := x.(starlark.Int); ok {
		return starlark.Binary(syntax.STAR, x, y)
	}
	return starlark.Binary(syntax.STAR, x, n)
}

// shiftLeft is $lshift(x, y): x << y.
func shiftLeft(_ *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	return shl(args[0], args[1])
}

func shl(x, y starlark.Value) (starlark.Value, error) {
	if n, ok := x.(starlark.Int); ok {
		if _, small := n.Int64(); !small && bitLen(n) > maxIntBits {
			return nil, py.OverflowError.Errorf("the result of << is too large")
		}
	}
	return starlark.Binary(syntax.LTLT, x, y)
}

func bitLen(n starlark.Int) int { return n.BigInt().BitLen() }

// percent is $percent(x, y): x % y.
func percent(thread *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	return mod(thread, args[0], args[1])
}

// An operand is the right side of x *= y, x -= y and so on. The interpreter
// knows no operators for it, and asks it: so x is evaluated once, whatever it is.
type operand struct {
	starlark.Value
	thread *starlark.Thread
}

var _ starlark.HasBinary = operand{}

// newOperand is $operand(y).
func newOperand(thread *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	return operand{args[0], thread}, nil
}

// Binary applies the operator to x and what the operand stands for.
func (o operand) Binary(op syntax.Token, x starlark.Value, side starlark.Side) (starlark.Value, error) {
	switch op {
	case syntax.STAR:
		return mul(o.thread, x, o.Value)
	case syntax.PIPE:
		if x, ok := x.(*starlark.Dict); ok {
			if y, ok := o.Value.(*starlark.Dict); ok {
				return x, mergeInto(o.thread, x, y)
			}
		}
		return operate(o.thread, op, x, o.Value)
	case syntax.AMP, syntax.CIRCUMFLEX, syntax.MINUS:
		return operate(o.thread, op, x, o.Value)
	}
	return nil, nil
}

// setItem is $setitem(x, i, y): x[i] = y, or x.i = y if there is a fourth argument.
func setItem(_ *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	x, i, y := args[0], args[1], args[2]
	if len(args) > 3 {
		name := string(i.(starlark.String))
		if x, ok := x.(starlark.HasSetField); ok {
			return starlark.None, x.SetField(name, y)
		}
		return nil, py.AttributeError.Errorf("can't assign to .%s field of %s", name, x.Type())
	}
	switch x := x.(type) {
	case starlark.HasSetKey:
		return starlark.None, x.SetKey(i, y)
	case starlark.HasSetIndex:
		n, err := starlark.AsInt32(i)
		if err != nil {
			return nil, err
		}
		if n < 0 {
			n += x.Len()
		}
		if n < 0 || n >= x.Len() {
			return nil, py.IndexError.Errorf("%s index %v out of range [%d:%d]", x.Type(), i, -x.Len(), x.Len()-1)
		}
		return starlark.None, x.SetIndex(n, y)
	}
	return nil, py.TypeError.Errorf("%s value does not support item assignment", x.Type())
}

// done is $done(x): None.
func done(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
	return starlark.None, nil
}
