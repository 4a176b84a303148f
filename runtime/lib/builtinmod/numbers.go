package builtinmod

import (
	"math"
	"math/big"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"starwire/runtime/lazy"
	"starwire/runtime/py"
)

var intTable, floatTable lazy.Methods

func intMethods() map[string]*starlark.Builtin {
	return intTable.Get(func() map[string]function {
		return map[string]function{"bit_length": func(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			n, _ := number(b.Receiver())
			return starlark.MakeInt(n.(starlark.Int).BigInt().BitLen()), noArgs(b, args, kwargs)
		}}
	})
}

func floatMethods() map[string]*starlark.Builtin {
	return floatTable.Get(func() map[string]function {
		return map[string]function{"is_integer": func(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			f := float64(b.Receiver().(starlark.Float))
			return starlark.Bool(f == math.Floor(f) && !math.IsInf(f, 0)), noArgs(b, args, kwargs)
		}}
	})
}

// abs is abs(x).
func abs(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x starlark.Value
	if err := unpack(b, args, kwargs, 1, &x); err != nil {
		return nil, err
	}
	n, ok := number(x)
	switch n := n.(type) {
	case starlark.Int:
		if n.Sign() < 0 {
			return starlark.MakeInt(0).Sub(n), nil
		}
	case starlark.Float:
		return starlark.Float(math.Abs(float64(n))), nil
	}
	if !ok {
		return nil, py.TypeError.Errorf("bad operand type for abs(): '%s'", py.TypeName(x))
	}
	return n, nil
}

// round is round(x, ndigits=0): a float, halves away from zero.
//
// floatobject.c, _Py_double_round.
func round(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x py.Number
	var digits starlark.Int
	if err := py.UnpackAny(b.Name(), args, kwargs, "number", &x, "ndigits?", &digits); err != nil {
		return nil, err
	}
	f, n := float64(x), clampInt(digits)
	switch {
	case math.IsNaN(f) || math.IsInf(f, 0) || f == 0 || n > 323:
		return starlark.Float(f), nil
	case n < -308:
		return starlark.Float(0 * f), nil
	}
	if n <= 0 {
		p := math.Pow(10, float64(-n))
		return starlark.Float(math.Round(f/p) * p), nil
	}
	// The decimal text of the float is exact; a half, which only that can tell, goes away from zero.
	r, _ := new(big.Float).SetFloat64(f).Rat(nil)
	scale := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil))
	r.Mul(r, scale)
	if half := big.NewRat(1, 2); f > 0 {
		r.Add(r, half)
	} else {
		r.Sub(r, half)
	}
	whole := new(big.Int).Quo(r.Num(), r.Denom())
	out, _ := new(big.Rat).Quo(new(big.Rat).SetInt(whole), scale).Float64()
	return starlark.Float(out), nil
}

// divMod is divmod(x, y).
func divMod(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x, y starlark.Value
	if err := unpack(b, args, kwargs, 2, &x, &y); err != nil {
		return nil, err
	}
	nx, okX := number(x)
	ny, okY := number(y)
	if !okX || !okY {
		return nil, unsupported("divmod()", x, y)
	}
	if f, ok := starlark.AsFloat(ny); ok && f == 0 {
		if is[starlark.Int](nx) && is[starlark.Int](ny) {
			return nil, py.ZeroDivisionError.Errorf("integer division or modulo by zero")
		}
		return nil, py.ZeroDivisionError.Errorf("float divmod()")
	}
	q, err := starlark.Binary(syntax.SLASHSLASH, nx, ny)
	if err != nil {
		return nil, err
	}
	r, err := modulo(nx, ny)
	return starlark.Tuple{q, r}, err
}

// chr is chr(i); ord is ord(c); unichr is unichr(i).
func chr(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	n, err := integerArg(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	if i := clampInt(n); i >= 0 && i < 256 {
		return letter(byte(i)), nil
	}
	return nil, py.ValueError.Errorf("chr() arg not in range(256)")
}

func unichr(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	n, err := integerArg(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	if i := clampInt(n); i >= 0 && i < 0x110000 {
		return py.Text(string(py.AppendRune(nil, rune(i)))), nil
	}
	return nil, py.ValueError.Errorf("unichr() arg not in range(0x110000) (wide Python build)")
}

func ord(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x starlark.Value
	if err := unpack(b, args, kwargs, 1, &x); err != nil {
		return nil, err
	}
	if u, ok := x.(*py.Unicode); ok {
		if n := u.Len(); n != 1 {
			return nil, py.TypeError.Errorf("ord() expected a character, but string of length %d found", n)
		}
		r, _ := py.DecodeRune(u.Text())
		return starlark.MakeInt(int(r)), nil
	}
	s, ok := py.AsBytes(x)
	if !ok {
		return nil, py.TypeError.Errorf("ord() expected string of length 1, but %s found", py.TypeName(x))
	}
	if len(s) == 1 {
		return starlark.MakeInt(int(s[0])), nil
	}
	return nil, py.TypeError.Errorf("ord() expected a character, but string of length %d found", len(s))
}

func integerArg(b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Int, error) {
	var x starlark.Value
	if err := unpack(b, args, kwargs, 1, &x); err != nil {
		return starlark.Int{}, err
	}
	n, _ := number(x)
	if n, ok := n.(starlark.Int); ok {
		return n, nil
	}
	if is[starlark.Float](x) {
		return starlark.Int{}, py.TypeError.Errorf("integer argument expected, got float")
	}
	return starlark.Int{}, py.TypeError.Errorf("an integer is required")
}

// base is hex(n), oct(n) and bin(n).
func base(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x starlark.Value
	if err := unpack(b, args, kwargs, 1, &x); err != nil {
		return nil, err
	}
	v, _ := number(x)
	n, ok := v.(starlark.Int)
	if !ok {
		if b.Name() == "bin" {
			return nil, py.TypeError.Errorf("'%s' object cannot be interpreted as an index", py.TypeName(x))
		}
		return nil, py.TypeError.Errorf("%s() argument can't be converted to %s", b.Name(), b.Name())
	}
	s := ""
	switch b.Name() {
	case "hex":
		s = "0x" + integerText(n.BigInt(), 'x')
	case "oct":
		if s = integerText(n.BigInt(), 'o'); n.Sign() != 0 {
			s = "0" + s
		}
	default:
		s = "0b" + integerText(n.BigInt(), 'b')
	}
	if n.Sign() < 0 {
		s = "-" + s
	}
	if isLong(n) && b.Name() != "bin" {
		s += "L"
	}
	return starlark.String(s), nil
}

// sum is sum(sequence, start=0).
func sum(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var seq starlark.Value
	var total starlark.Value = starlark.MakeInt(0)
	if err := unpack(b, args, kwargs, 1, &seq, &total); err != nil {
		return nil, err
	}
	if is[starlark.String](total) {
		return nil, py.TypeError.Errorf("sum() can't sum strings [use ''.join(seq) instead]")
	}
	err := each(thread, seq, func(v starlark.Value) (bool, error) {
		x, y := total, v
		if n, ok := number(x); ok {
			x = n
		}
		if n, ok := number(y); ok {
			y = n
		}
		if n := starlark.Len(x) + starlark.Len(y); n > maxItems {
			return false, py.MemoryError.New(nil)
		}
		var err error
		if total, err = starlark.Binary(syntax.PLUS, x, y); err != nil {
			return false, unsupported("+", x, y)
		}
		return true, nil
	})
	return total, err
}
