package mathmod

import (
	"math"
	"math/big"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/py"
)

// integral returns x as an int.
func integral(x float64) (starlark.Value, error) {
	switch {
	case math.IsNaN(x):
		return nil, py.ValueError.Errorf("cannot convert float NaN to integer")
	case math.IsInf(x, 0):
		return nil, py.OverflowError.Errorf("cannot convert float infinity to integer")
	}
	n, err := starlark.NumberToInt(starlark.Float(x))
	if err != nil {
		return nil, py.OverflowError.Errorf("%w", err)
	}
	return n, nil
}

// rounded is ceil, floor or trunc: an int is itself.
func rounded(b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple, round func(float64) float64) (starlark.Value, error) {
	v, err := valueArg(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	if _, ok := v.(starlark.Int); ok {
		return v, nil
	}
	x, err := number(v)
	if err != nil {
		return nil, err
	}
	return integral(round(x))
}

// ceil is math.ceil(x), an int.
func ceil(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	return rounded(b, args, kwargs, math.Ceil)
}

// floor is math.floor(x), an int.
func floor(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	return rounded(b, args, kwargs, math.Floor)
}

// trunc is math.trunc(x), an int.
func trunc(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	return rounded(b, args, kwargs, math.Trunc)
}

// isNaN is math.isnan(x).
func isNaN(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	x, err := numberArg(b, args, kwargs)
	return starlark.Bool(math.IsNaN(x)), err
}

// isInf is math.isinf(x).
func isInf(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	x, err := numberArg(b, args, kwargs)
	return starlark.Bool(math.IsInf(x, 0)), err
}

// frexp is math.frexp(x): the mantissa and the exponent.
func frexp(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	x, err := numberArg(b, args, kwargs)
	m, e := math.Frexp(x)
	return starlark.Tuple{starlark.Float(m), starlark.MakeInt(e)}, err
}

// modf is math.modf(x): the parts after and before the point.
func modf(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	x, err := numberArg(b, args, kwargs)
	whole, part := math.Modf(x)
	if math.IsInf(x, 0) {
		part = math.Copysign(0, x)
	}
	return starlark.Tuple{starlark.Float(part), starlark.Float(whole)}, err
}

// ldexp is math.ldexp(x, i): x * 2**i.
func ldexp(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var v, i starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "x", &v, "i", &i); err != nil {
		return nil, err
	}
	x, err := number(v)
	if err != nil {
		return nil, err
	}
	n, ok := i.(starlark.Int)
	if !ok {
		return nil, py.TypeError.Errorf("Expected an int or long as second argument to ldexp.")
	}
	const enough = 1 << 20 // no exponent is as large
	exp := enough * n.Sign()
	if e, ok := n.Int64(); ok && -enough < e && e < enough {
		exp = int(e)
	}
	y := math.Ldexp(x, exp)
	if math.IsInf(y, 0) && !math.IsInf(x, 0) {
		return nil, errRange()
	}
	return starlark.Float(y), nil
}

// factorial is math.factorial(x).
func factorial(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	v, err := valueArg(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	if f, ok := v.(starlark.Float); ok {
		if f != starlark.Float(math.Floor(float64(f))) || math.IsInf(float64(f), 0) {
			return nil, py.ValueError.Errorf("factorial() only accepts integral values")
		}
		if v, err = integral(float64(f)); err != nil {
			return nil, err
		}
	}
	n, ok := v.(starlark.Int)
	if !ok {
		return nil, py.TypeError.Errorf("an integer is required")
	}
	if n.Sign() < 0 {
		return nil, py.ValueError.Errorf("factorial() not defined for negative values")
	}
	i, ok := n.Int64()
	if !ok || i > MaxFactorial {
		return nil, py.OverflowError.Errorf("factorial() of more than %d", MaxFactorial)
	}
	return starlark.MakeBigInt(new(big.Int).MulRange(1, i)), nil
}

// fsum is math.fsum(iterable): the exact sum, rounded once. Its partial sums do
// not overlap.
//
// mathmodule.c, math_fsum
func fsum(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var seq starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "iterable", &seq); err != nil {
		return nil, err
	}
	iter := starlark.Iterate(seq)
	if iter == nil {
		return nil, py.NotIterable(seq)
	}
	defer iter.Done()
	var partials []float64
	special, infinities := 0.0, 0.0 // sums of what is not finite
	var v starlark.Value
	for count := 1; iter.Next(&v); count++ {
		if count%256 == 0 {
			if err := host.Spend(thread, 256); err != nil {
				return nil, err
			}
		}
		x, err := number(v)
		if err != nil {
			return nil, err
		}
		given := x
		kept := partials[:0]
		for _, y := range partials {
			if math.Abs(x) < math.Abs(y) {
				x, y = y, x
			}
			high := x + y
			if low := y - (high - x); low != 0 {
				kept = append(kept, low)
			}
			x = high
		}
		partials = kept
		switch {
		case x == 0:
		case isFinite(x):
			partials = append(partials, x)
		case isFinite(given):
			return nil, py.OverflowError.Errorf("intermediate overflow in fsum")
		default:
			if math.IsInf(given, 0) {
				infinities += given
			}
			special += given
			partials = partials[:0]
		}
	}
	switch {
	case math.IsNaN(infinities):
		return nil, py.ValueError.Errorf("-inf + inf in fsum")
	case special != 0:
		return starlark.Float(special), nil
	}
	return starlark.Float(total(partials)), nil
}

// total adds up partial sums, from the largest on, and rounds half to even.
func total(partials []float64) float64 {
	n := len(partials)
	if n == 0 {
		return 0
	}
	n--
	high, low := partials[n], 0.0
	for n > 0 {
		x := high
		n--
		y := partials[n]
		high = x + y
		if low = y - (high - x); low != 0 {
			break
		}
	}
	if n > 0 && (low < 0 && partials[n-1] < 0 || low > 0 && partials[n-1] > 0) {
		y := low * 2
		if x := high + y; y == x-high {
			high = x
		}
	}
	return high
}
