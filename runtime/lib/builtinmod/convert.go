package builtinmod

import (
	"errors"
	"math"
	"math/big"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/py"
)

// stopped reports whether the error is a StopIteration.
func stopped(err error) bool {
	var x *py.Exception
	return errors.As(err, &x) && x.IsA(py.StopIteration)
}

// makeStr is str(x).
func makeStr(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x starlark.Value = starlark.String("")
	if err := py.UnpackAny(b.Name(), args, kwargs, "object?", &x); err != nil {
		return nil, err
	}
	text, err := strOf(thread, x)
	return py.Bytes(text), err
}

// strOf is str(x). The error is the UnicodeEncodeError of a Unicode, and of an exception that shows one.
func strOf(thread *starlark.Thread, x starlark.Value) (string, error) {
	if err := notASCII(x); err != nil {
		return "", err
	}
	return Str(thread, x)
}

// Shown is what print writes of x: text as it is, and str of anything else, with the same errors.
//
// fileobject.c, PyFile_WriteObject.
func Shown(thread *starlark.Thread, x starlark.Value) (py.Chars, error) {
	if c, ok := py.CharsOf(x); ok {
		return c, nil
	}
	s, err := strOf(thread, x)
	return py.Chars{S: s}, err
}

// notASCII is the error of strOf for a value that shows unicode text beyond ASCII.
func notASCII(x starlark.Value) error {
	if e, ok := x.(*py.Exception); ok && len(e.Args) == 1 {
		if u, ok := e.Args[0].(*py.Unicode); ok && py.Str(e) == u.Text() {
			x = u
		}
	}
	return py.AsASCII(x)
}

// makeUnicode is unicode(x, encoding="ascii", errors="strict").
//
// unicodeobject.c, unicode_new.
func makeUnicode(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x starlark.Value = starlark.String("")
	encoding, onError := "", ""
	if err := py.UnpackAny(b.Name(), args, kwargs, "string?", &x, "encoding?", &encoding, "errors?", &onError); err != nil {
		return nil, err
	}
	s, isText := py.AsBytes(x)
	if encoding == "" && onError == "" {
		shown, err := Str(thread, x)
		if err != nil {
			return nil, err
		}
		if notASCII(x) != nil { // a Unicode, or an exception that shows one
			return textResult(thread, shown)
		}
		return decodeASCII(thread, shown, "strict")
	}
	switch {
	case py.IsUnicode(x):
		return nil, py.TypeError.Errorf("decoding Unicode is not supported")
	case !isText:
		return nil, py.TypeError.Errorf("coercing to Unicode: need string or buffer, %s found", py.TypeName(x))
	case encoding == "":
		encoding = "ascii"
	case onError == "":
		onError = "strict"
	}
	if !isCharset(encoding) {
		return nil, py.TypeError.Errorf("decoder did not return an unicode object (type=str)")
	}
	return decode(thread, s, encoding, onError)
}

// makeInt is int(x=0, base=10).
//
// intobject.c, int_new.
func makeInt(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	return makeInteger(b, args, kwargs, false)
}

// makeLong is long(x=0, base=10), which lets an L follow the digits.
//
// longobject.c, long_new.
func makeLong(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	return makeInteger(b, args, kwargs, true)
}

func makeInteger(b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple, long bool) (starlark.Value, error) {
	var x starlark.Value = starlark.MakeInt(0)
	var baseArg starlark.Value
	if err := py.UnpackAny(b.Name(), args, kwargs, "x?", &x, "base?", &baseArg); err != nil {
		return nil, err
	}
	if err := decimal(b, x); err != nil {
		return nil, err
	}
	s, isText := py.AsBytes(x)
	if baseArg != nil && !isText {
		return nil, py.TypeError.Errorf("%s() can't convert non-string with explicit base", b.Name())
	}
	if isText {
		base := 10
		if baseArg != nil {
			n, ok := baseArg.(starlark.Int)
			if !ok {
				return nil, py.TypeError.Errorf("an integer is required")
			}
			if base = clampInt(n); base != 0 && (base < 2 || base > 36) {
				return nil, py.ValueError.Errorf("%s() base must be >= 2 and <= 36, or 0", b.Name())
			}
		}
		if n, ok := parseInteger(s, base, long); ok {
			return n, nil
		}
		return nil, py.ValueError.Errorf("invalid literal for %s() with base %d: %s", b.Name(), base, py.Quote(s))
	}
	switch x, _ := number(x); x := x.(type) {
	case starlark.Int:
		return x, nil
	case starlark.Float:
		return truncate(float64(x))
	}
	return nil, py.TypeError.Errorf("%s() argument must be a string or a number, not '%s'", b.Name(), py.TypeName(x))
}

// decimal refuses a Unicode, although CPython reads numbers whose digits are those of other scripts.
//
// unicodeobject.c, PyUnicode_EncodeDecimal.
func decimal(b *starlark.Builtin, x starlark.Value) error {
	u, ok := x.(*py.Unicode)
	switch {
	case !ok:
		return nil
	case strings.ContainsFunc(u.Text(), func(r rune) bool { return r >= utf8.RuneSelf && (unicode.Is(unicode.Nd, r) || isUnicodeSpace(r)) }):
		return py.ValueError.Errorf("%s() takes ASCII digits and white space here, not %s", b.Name(), u)
	}
	return py.ValueError.Errorf("invalid literal for %s(): %s", b.Name(), u)
}

// truncate returns the integer part of f.
func truncate(f float64) (starlark.Value, error) {
	switch {
	case math.IsInf(f, 0):
		return nil, py.OverflowError.Errorf("cannot convert float infinity to integer")
	case math.IsNaN(f):
		return nil, py.ValueError.Errorf("cannot convert float NaN to integer")
	}
	n, _ := big.NewFloat(f).Int(nil)
	return starlark.MakeBigInt(n), nil
}

// maxDigits bounds the digits of an integer: converting them takes more than linear time.
const maxDigits = 1 << 16

// parseInteger reads an integer with white space around it, a sign, the base's prefix, and, of a long, an L.
//
// intobject.c, PyInt_FromString.
func parseInteger(s string, base int, long bool) (starlark.Int, bool) {
	var zero starlark.Int
	s = py.Strip(s)
	negative := false
	if s != "" && (s[0] == '+' || s[0] == '-') {
		negative = s[0] == '-'
		for s = s[1:]; s != "" && py.IsSpace(s[0]); {
			s = s[1:]
		}
	}
	if len(s) > 1 && s[0] == '0' {
		of := map[byte]int{'x': 16, 'o': 8, 'b': 2}[s[1]|0x20]
		switch {
		case of != 0 && (base == of || base == 0):
			base, s = of, s[2:]
		case base == 0:
			base = 8
		}
	}
	if base == 0 {
		base = 10
	}
	if n := len(s); long && n > 1 && s[n-1]|0x20 == 'l' && base <= 21 {
		s = s[:n-1]
	}
	if s == "" || len(s) > maxDigits || strings.ContainsAny(s, "+-_") {
		return zero, false
	}
	n, ok := new(big.Int).SetString(s, base)
	if !ok {
		return zero, false
	}
	if negative {
		n.Neg(n)
	}
	return starlark.MakeBigInt(n), true
}

// makeFloat is float(x=0.0).
//
// floatobject.c, float_new and PyFloat_FromString.
func makeFloat(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x starlark.Value = starlark.Float(0)
	if err := py.UnpackAny(b.Name(), args, kwargs, "x?", &x); err != nil {
		return nil, err
	}
	if err := decimal(b, x); err != nil {
		return nil, err
	}
	if s, ok := py.AsBytes(x); ok {
		f, ok := parseFloat(py.Strip(s))
		if !ok {
			return nil, badFloat(py.Strip(s))
		}
		return starlark.Float(f), nil
	}
	n, ok := number(x)
	if !ok {
		return nil, py.TypeError.Errorf("float() argument must be a string or a number")
	}
	return toFloat(n)
}

// toFloat returns an Int or Float as a Float.
func toFloat(n starlark.Value) (starlark.Float, error) {
	f, _ := starlark.AsFloat(n)
	if math.IsInf(f, 0) && is[starlark.Int](n) {
		return 0, py.OverflowError.Errorf("long int too large to convert to float")
	}
	return starlark.Float(f), nil
}

// parseFloat reads what Python takes for a float: no hexadecimal, no underscores.
func parseFloat(s string) (float64, bool) {
	word := strings.TrimLeft(py.Lower(s), "+-")
	if word != "inf" && word != "infinity" && word != "nan" && strings.Trim(word, "0123456789.e+-") != "" {
		return 0, false
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return 0, false
	}
	return f, true
}

// badFloat is the error of float(s): the words depend on whether s begins with a number.
func badFloat(s string) error {
	for i := 1; i < min(len(s), 400); i++ {
		if _, ok := parseFloat(s[:i]); ok {
			return py.ValueError.Errorf("invalid literal for float(): %s", s)
		}
	}
	return py.ValueError.Errorf("could not convert string to float: %s", s)
}

// makeBool is bool(x=False).
func makeBool(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x starlark.Value = starlark.False
	if err := py.UnpackAny(b.Name(), args, kwargs, "x?", &x); err != nil {
		return nil, err
	}
	return x.Truth(), nil
}

// items unpacks the one argument of a container's type, and collects what is in it.
func items(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) ([]starlark.Value, error) {
	var x starlark.Value = starlark.Tuple{}
	if err := py.UnpackAny(b.Name(), args, kwargs, "iterable?", &x); err != nil {
		return nil, err
	}
	return collect(thread, x)
}

// makeList is list(iterable=()).
func makeList(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	elems, err := items(thread, b, args, kwargs)
	if err != nil {
		return nil, err
	}
	return starlark.NewList(elems), nil
}

// makeTuple is tuple(iterable=()).
func makeTuple(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	elems, err := items(thread, b, args, kwargs)
	if err != nil {
		return nil, err
	}
	return starlark.Tuple(elems), nil
}

// A set takes about elementSize bytes for each element, twice that while it grows; below
// smallSet elements that is not worth a question.
const (
	elementSize = 4 * valueSize
	smallSet    = 1 << 10
)

// makeSet is set(iterable=()). It takes the room of what is different, however much is not.
func makeSet(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x starlark.Value = starlark.Tuple{}
	if err := py.UnpackAny(b.Name(), args, kwargs, "iterable?", &x); err != nil {
		return nil, err
	}
	set, room := starlark.NewSet(min(max(starlark.Len(x), 0), smallSet)), smallSet
	err := each(thread, x, func(e starlark.Value) (bool, error) {
		if err := hashable(e); err != nil {
			return false, err
		}
		if set.Len() == room {
			if err := host.Reserve(thread, 2*elementSize*int64(room)); err != nil {
				return false, err
			}
			room *= 2
		}
		return true, set.Insert(e)
	})
	if err != nil {
		return nil, err
	}
	return set, nil
}

func unhashable(v starlark.Value) error {
	return py.TypeError.Errorf("unhashable type: '%s'", py.TypeName(v))
}

// makeDict is dict(**kwargs), dict(mapping, **kwargs) and dict(iterable, **kwargs).
func makeDict(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(args) > 1 {
		return nil, py.TypeError.Errorf("dict expected at most 1 arguments, got %d", len(args))
	}
	d := new(starlark.Dict)
	return d, updateDict(thread, d, args, kwargs)
}

// updateDict puts into d what the one argument, a mapping or pairs, holds, and then the keyword arguments.
//
// dictobject.c, dict_update_common.
func updateDict(thread *starlark.Thread, d *starlark.Dict, args starlark.Tuple, kwargs []starlark.Tuple) error {
	set := func(k, v starlark.Value) error {
		if err := hashable(k); err != nil {
			return err
		}
		return d.SetKey(k, v)
	}
	if len(args) == 1 {
		if m, ok := args[0].(starlark.IterableMapping); ok {
			for _, item := range m.Items() {
				if err := set(item[0], item[1]); err != nil {
					return err
				}
			}
		} else if keys, m := attrOf(args[0], "keys"), mapping(args[0]); keys != nil && m != nil {
			all, err := starlark.Call(thread, keys, nil, nil)
			if err != nil {
				return err
			}
			if err := each(thread, all, func(k starlark.Value) (bool, error) {
				v, _, err := m.Get(k)
				if err != nil {
					return false, err
				}
				return true, set(k, v)
			}); err != nil {
				return err
			}
		} else {
			n := 0
			if err := each(thread, args[0], func(item starlark.Value) (bool, error) {
				pair, err := collect(thread, item)
				if err != nil {
					return false, py.TypeError.Errorf("cannot convert dictionary update sequence element #%d to a sequence", n)
				}
				if len(pair) != 2 {
					return false, py.ValueError.Errorf("dictionary update sequence element #%d has length %d; 2 is required", n, len(pair))
				}
				n++
				return true, set(pair[0], pair[1])
			}); err != nil {
				return err
			}
		}
	}
	for _, kv := range kwargs {
		if err := set(kv[0], kv[1]); err != nil {
			return err
		}
	}
	return nil
}

func mapping(v starlark.Value) starlark.Mapping {
	m, _ := v.(starlark.Mapping)
	return m
}

// makeType is type(x).
func makeType(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(args) == 3 {
		return nil, py.TypeError.Errorf("type() cannot make classes here; write functions, and keep their data in a dict or struct")
	}
	var x starlark.Value
	if err := py.UnpackAny(b.Name(), args, kwargs, "object", &x); err != nil {
		return nil, err
	}
	return TypeOf(x), nil
}
