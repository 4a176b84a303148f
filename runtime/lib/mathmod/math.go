package mathmod

import (
	"math"
	"math/big"

	stock "go.starlark.net/lib/math"
	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starwire/runtime/lazy"
	"starwire/runtime/py"
)

var module lazy.Module

// Module returns the module math, made on first use. It is immutable; runs may share it.
func Module() *starlarkstruct.Module { return module.Get("math", members) }

// A function is one of a float. If it can overflow, an infinite result is
// OverflowError, and else outside its domain.
type function struct {
	fn       func(float64) float64
	overflow bool
}

func functions() map[string]function {
	return functionsTable.Get(func() map[string]function {
		return map[string]function{
			"acos":  {math.Acos, false},
			"acosh": {math.Acosh, false},
			"asin":  {math.Asin, false},
			"asinh": {math.Asinh, false},
			"atan":  {math.Atan, false},
			"atanh": {math.Atanh, false},
			"cos":   {math.Cos, false},
			"cosh":  {math.Cosh, true},
			"erf":   {math.Erf, false},
			"erfc":  {math.Erfc, false},
			"exp":   {math.Exp, true},
			"expm1": {math.Expm1, true},
			"fabs":  {math.Abs, false},
			"gamma": {gamma, true},
			"lgamma": {func(x float64) float64 {
				if pole(x) {
					return math.NaN()
				}
				y, _ := math.Lgamma(x)
				return y
			}, true},
			"log1p":   {math.Log1p, true},
			"sin":     {math.Sin, false},
			"sinh":    {math.Sinh, true},
			"sqrt":    {math.Sqrt, false},
			"tan":     {math.Tan, false},
			"tanh":    {math.Tanh, false},
			"degrees": {func(x float64) float64 { return x * (180 / math.Pi) }, true},
			"radians": {func(x float64) float64 { return x * (math.Pi / 180) }, false},
		}
	})
}

var functionsTable lazy.Value[map[string]function]

// pole reports whether gamma is infinite at x: zero and the negative integers.
func pole(x float64) bool { return x <= 0 && x == math.Floor(x) && !math.IsInf(x, 0) }

func gamma(x float64) float64 {
	if pole(x) {
		return math.NaN()
	}
	return math.Gamma(x)
}

func members() starlark.StringDict {
	m := starlark.StringDict{
		"atan2":     binary("atan2", math.Atan2),
		"ceil":      starlark.NewBuiltin("ceil", ceil),
		"copysign":  binary("copysign", math.Copysign),
		"e":         starlark.Float(math.E),
		"factorial": starlark.NewBuiltin("factorial", factorial),
		"floor":     starlark.NewBuiltin("floor", floor),
		"fmod":      binary("fmod", math.Mod),
		"frexp":     starlark.NewBuiltin("frexp", frexp),
		"fsum":      starlark.NewBuiltin("fsum", fsum),
		"hypot":     binary("hypot", math.Hypot),
		"isinf":     starlark.NewBuiltin("isinf", isInf),
		"isnan":     starlark.NewBuiltin("isnan", isNaN),
		"ldexp":     starlark.NewBuiltin("ldexp", ldexp),
		"log":       starlark.NewBuiltin("log", log),
		"log10":     starlark.NewBuiltin("log10", log10),
		"modf":      starlark.NewBuiltin("modf", modf),
		"pi":        starlark.Float(math.Pi),
		"pow":       starlark.NewBuiltin("pow", pow),
		"trunc":     starlark.NewBuiltin("trunc", trunc),
	}
	for name, f := range functions() {
		m[name] = unary(name, f)
	}
	for name, v := range stock.Module.Members {
		if m[name] == nil {
			m[name] = v
		}
	}
	return m
}

func errDomain() error { return py.ValueError.Errorf("math domain error") }
func errRange() error  { return py.OverflowError.Errorf("math range error") }

// number is v as a float. An int too large for one is an OverflowError.
func number(v starlark.Value) (float64, error) {
	var n py.Number
	if err := n.Unpack(v); err != nil {
		return 0, py.TypeError.Errorf("%w", err)
	}
	if _, ok := v.(starlark.Int); ok && math.IsInf(float64(n), 0) {
		return 0, py.OverflowError.Errorf("long int too large to convert to float")
	}
	return float64(n), nil
}

// valueArg unpacks the one argument.
func valueArg(b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var v starlark.Value
	err := py.UnpackArgs(b.Name(), args, kwargs, "x", &v)
	return v, err
}

// numberArg unpacks the one argument, a number.
func numberArg(b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (float64, error) {
	v, err := valueArg(b, args, kwargs)
	if err != nil {
		return 0, err
	}
	return number(v)
}

// numberArgs unpacks two numbers.
func numberArgs(b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (x, y float64, err error) {
	var v, w starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "x", &v, "y", &w); err != nil {
		return 0, 0, err
	}
	if x, err = number(v); err != nil {
		return 0, 0, err
	}
	y, err = number(w)
	return x, y, err
}

// unary makes a function of one number.
//
// mathmodule.c, math_1
func unary(name string, f function) *starlark.Builtin {
	return starlark.NewBuiltin(name, func(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		x, err := numberArg(b, args, kwargs)
		if err != nil {
			return nil, err
		}
		y := f.fn(x)
		switch {
		case math.IsNaN(y) && !math.IsNaN(x):
			return nil, errDomain()
		case math.IsInf(y, 0) && !math.IsInf(x, 0) && f.overflow:
			return nil, errRange()
		case math.IsInf(y, 0) && !math.IsInf(x, 0):
			return nil, errDomain()
		}
		return starlark.Float(y), nil
	})
}

// binary makes a function of two numbers.
//
// mathmodule.c, math_2
func binary(name string, fn func(x, y float64) float64) *starlark.Builtin {
	return starlark.NewBuiltin(name, func(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		x, y, err := numberArgs(b, args, kwargs)
		if err != nil {
			return nil, err
		}
		z := fn(x, y)
		switch {
		case math.IsNaN(z) && !math.IsNaN(x) && !math.IsNaN(y):
			return nil, errDomain()
		case math.IsInf(z, 0) && !math.IsInf(x, 0) && !math.IsInf(y, 0):
			return nil, errRange()
		}
		return starlark.Float(z), nil
	})
}

// pow is math.pow(x, y).
//
// mathmodule.c, math_pow
func pow(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	x, y, err := numberArgs(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	z := math.Pow(x, y)
	if isFinite(x) && isFinite(y) {
		switch {
		case math.IsNaN(z), math.IsInf(z, 0) && x == 0:
			return nil, errDomain()
		case math.IsInf(z, 0):
			return nil, errRange()
		}
	}
	return starlark.Float(z), nil
}

func isFinite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// logOf is the natural logarithm of a number, however large an int it is.
//
// mathmodule.c, loghelper
func logOf(v starlark.Value) (float64, error) {
	if n, ok := v.(starlark.Int); ok && n.Sign() > 0 {
		i := n.BigInt()
		shift := max(i.BitLen()-64, 0)
		f, _ := new(big.Float).SetInt(new(big.Int).Rsh(i, uint(shift))).Float64()
		return math.Log(f) + float64(shift)*math.Ln2, nil
	}
	x, err := number(v)
	if err != nil {
		if _, large := v.(starlark.Int); large { // and negative
			return 0, errDomain()
		}
		return 0, err
	}
	if x <= 0 {
		return 0, errDomain()
	}
	return math.Log(x), nil
}

// log is math.log(x[, base]).
func log(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var v, base starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "x", &v, "base?", &base); err != nil {
		return nil, err
	}
	x, err := logOf(v)
	if err != nil || base == nil {
		return starlark.Float(x), err
	}
	y, err := logOf(base)
	if err != nil {
		return nil, err
	}
	if y == 0 {
		return nil, py.ZeroDivisionError.Errorf("float division by zero")
	}
	return starlark.Float(x / y), nil
}

// log10 is math.log10(x).
func log10(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	v, err := valueArg(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	x, err := number(v)
	if _, ok := v.(starlark.Int); ok && err != nil {
		x, err = logOf(v)
		return starlark.Float(x / math.Ln10), err
	}
	if err != nil {
		return nil, err
	}
	if x <= 0 {
		return nil, errDomain()
	}
	return starlark.Float(math.Log10(x)), nil
}
