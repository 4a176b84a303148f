package builtinmod

import (
	"math"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"starwire/runtime/py"
)

// Div is x / y: of integers the floor of the quotient.
//
// intobject.c, int_classic_div; floatobject.c, float_classic_div.
func Div(_ *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	x, okX := number(args[0])
	y, okY := number(args[1])
	if !okX || !okY {
		v, err := starlark.Binary(syntax.SLASH, args[0], args[1])
		if err != nil {
			return nil, unsupported("/", args[0], args[1])
		}
		return v, nil
	}
	return divide(x, y)
}

func divide(x, y starlark.Value) (starlark.Value, error) {
	xi, okX := x.(starlark.Int)
	yi, okY := y.(starlark.Int)
	if okX && okY {
		if yi.Sign() == 0 {
			return nil, py.ZeroDivisionError.Errorf("integer division or modulo by zero")
		}
		return xi.Div(yi), nil
	}
	if f, ok := starlark.AsFloat(y); ok && f == 0 {
		return nil, py.ZeroDivisionError.Errorf("float division by zero")
	}
	return starlark.Binary(syntax.SLASH, x, y)
}

func unsupported(op string, x, y starlark.Value) error {
	return py.TypeError.Errorf("unsupported operand type(s) for %s: '%s' and '%s'", op, py.TypeName(x), py.TypeName(y))
}

// Mod is x % y: of a string its formatting.
//
// stringobject.c, PyString_Format; intobject.c, int_mod.
func Mod(thread *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	switch args[0].(type) {
	case starlark.String, starlark.Bytes, *py.Unicode:
		return formatText(thread, args[0], args[1])
	}
	x, okX := number(args[0])
	y, okY := number(args[1])
	if !okX || !okY {
		v, err := starlark.Binary(syntax.PERCENT, args[0], args[1])
		if err != nil {
			return nil, unsupported("%", args[0], args[1])
		}
		return v, nil
	}
	if f, ok := starlark.AsFloat(y); ok && f == 0 {
		if is[starlark.Int](x) && is[starlark.Int](y) {
			return nil, py.ZeroDivisionError.Errorf("integer division or modulo by zero")
		}
		return nil, py.ZeroDivisionError.Errorf("float modulo")
	}
	return modulo(x, y)
}

// modulo is x % y of numbers, y not 0. Of floats the result has the sign of y even if it is 0.
//
// floatobject.c, float_rem.
func modulo(x, y starlark.Value) (starlark.Value, error) {
	v, err := starlark.Binary(syntax.PERCENT, x, y)
	if f, ok := v.(starlark.Float); ok && f == 0 {
		d, _ := starlark.AsFloat(y)
		v = starlark.Float(math.Copysign(0, d))
	}
	return v, err
}

// Equal is x == y, for which True is 1 and False 0.
//
// object.c, PyObject_RichCompare.
func Equal(thread *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	eq, err := equal(thread, args[0], args[1])
	return starlark.Bool(eq), err
}

// Order is x < y, x <= y, x > y or x >= y, by the name of the built-in: $lt, $le, $gt or $ge. Values of
// different types have an order, but sets go by what they contain.
//
// object.c, PyObject_RichCompare.
func Order(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	x, y, op := args[0], args[1], b.Name()
	if is[*starlark.Set](x) && is[*starlark.Set](y) {
		ok, err := starlark.Compare(orderOf(op), x, y)
		return starlark.Bool(ok), err
	}
	if isNaN(x) || isNaN(y) {
		return starlark.False, nil
	}
	c, err := compare(thread, x, y)
	switch op {
	case "$lt":
		return starlark.Bool(c < 0), err
	case "$le":
		return starlark.Bool(c <= 0), err
	case "$gt":
		return starlark.Bool(c > 0), err
	}
	return starlark.Bool(c >= 0), err
}

func orderOf(name string) syntax.Token {
	switch name {
	case "$lt":
		return syntax.LT
	case "$le":
		return syntax.LE
	case "$gt":
		return syntax.GT
	}
	return syntax.GE
}

func isNaN(v starlark.Value) bool {
	f, ok := v.(starlark.Float)
	return ok && f != f
}
