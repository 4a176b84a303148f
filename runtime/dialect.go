package runtime

import (
	"math"
	"math/big"
	"reflect"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"starwire/runtime/lib/builtinmod"
	"starwire/runtime/py"
	"starwire/runtime/pysyntax"
)

// maxPowerBits bounds the result of x ** y.
const maxPowerBits = 1 << 20

// power is $pow(x, y), Python's x ** y: an integer for integers and y >= 0, and
// else a float.
//
// intobject.c, int_pow; floatobject.c, float_pow.
func power(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var xv, yv starlark.Value
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 2, &xv, &yv); err != nil {
		return nil, err
	}
	x, y := number(xv), number(yv)
	if x == nil || y == nil {
		return nil, py.TypeError.Errorf("unsupported operand type(s) for ** or pow(): '%s' and '%s'", py.TypeName(xv), py.TypeName(yv))
	}
	xi, xInt := x.(starlark.Int)
	yi, yInt := y.(starlark.Int)
	if xInt && yInt && yi.Sign() >= 0 {
		base, exponent := xi.BigInt(), yi.BigInt()
		if base.BitLen() > 1 && (!exponent.IsInt64() || exponent.Int64() > maxPowerBits/int64(base.BitLen()-1)) {
			return nil, py.OverflowError.Errorf("the result of ** is too large")
		}
		if base.BitLen() <= 1 { // 0, 1 and -1: only whether the exponent is 0, and its last bit, matter
			exponent = new(big.Int).SetInt64(int64(exponent.Sign())*2 - int64(exponent.Bit(0)))
		}
		return starlark.MakeBigInt(new(big.Int).Exp(base, exponent, nil)), nil
	}
	xf, _ := starlark.AsFloat(x)
	yf, _ := starlark.AsFloat(y)
	switch {
	case xf == 0 && yf < 0:
		return nil, py.ZeroDivisionError.Errorf("0.0 cannot be raised to a negative power")
	case xf < 0 && yf != math.Floor(yf) && !math.IsInf(xf, 0) && !math.IsInf(yf, 0):
		return nil, py.ValueError.Errorf("negative number cannot be raised to a fractional power")
	}
	z := math.Pow(xf, yf)
	if math.IsInf(z, 0) && !math.IsInf(xf, 0) && !math.IsInf(yf, 0) {
		return nil, py.OverflowError.New(nil, starlark.MakeInt(34), starlark.String("Numerical result out of range"))
	}
	return starlark.Float(z), nil
}

// number returns v as an Int or a Float, or nil. A bool counts as 0 or 1.
func number(v starlark.Value) starlark.Value {
	switch v := v.(type) {
	case starlark.Int, starlark.Float:
		return v
	case starlark.Bool:
		if v {
			return starlark.MakeInt(1)
		}
		return starlark.MakeInt(0)
	}
	return nil
}

// is is $is(x, y): whether the two are one object. Equal strings, numbers and
// tuples of one type count as one.
func is(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x, y starlark.Value
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 2, &x, &y); err != nil {
		return nil, err
	}
	if reflect.TypeOf(x) != reflect.TypeOf(y) || py.IsUnicode(x) != py.IsUnicode(y) {
		return starlark.False, nil
	}
	switch x.(type) {
	case starlark.Int, starlark.Float, starlark.Tuple,
		*py.Exception: // of which one that was raised is a copy
		eq, err := starlark.Equal(x, y)
		return starlark.Bool(eq), err
	}
	if !reflect.TypeOf(x).Comparable() {
		eq, err := starlark.Compare(syntax.EQL, x, y)
		return starlark.Bool(eq), err
	}
	return starlark.Bool(x == y), nil
}

// set is $set(list), of a set display.
func set(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	return starlark.Call(thread, starlark.Universe["set"], args, kwargs)
}

// PythonSyntax says how the Runtime parses .py files, for tools that do.
func (rt *Runtime) PythonSyntax() pysyntax.Config {
	opts := options
	return pysyntax.Config{
		Mode: pysyntax.Script, Options: &opts, Exports: rt.exports, Known: rt.knownInPython, Attr: builtinmod.HasAttr,
		Unicode: func(text string) string { return string(py.Text(text).(starlark.String)) },
	}
}
