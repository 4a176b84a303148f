package py

import (
	"errors"
	"fmt"

	"go.starlark.net/starlark"
)

// UnpackArgs is starlark.UnpackArgs whose error, such as a missing argument, is
// a TypeError, as it is in Python. An argument that is a Unicode is refused with the
// UnicodeEncodeError of what wants bytes; UnpackAny takes it.
func UnpackArgs(name string, args starlark.Tuple, kwargs []starlark.Tuple, pairs ...any) error {
	for _, v := range args {
		if err := AsASCII(v); err != nil {
			return err
		}
	}
	for _, kv := range kwargs {
		if err := AsASCII(kv[1]); err != nil {
			return err
		}
	}
	return UnpackAny(name, args, kwargs, pairs...)
}

// UnpackAny is UnpackArgs for a function that knows what to do with a Unicode.
func UnpackAny(name string, args starlark.Tuple, kwargs []starlark.Tuple, pairs ...any) error {
	if err := starlark.UnpackArgs(name, args, kwargs, pairs...); err != nil {
		return TypeError.Errorf("%w", err)
	}
	return nil
}

// A ByteStr is a parameter that takes Python 2's str: a string, or bytes.
type ByteStr string

// Unpack accepts a string or bytes.
func (s *ByteStr) Unpack(v starlark.Value) error {
	b, ok := AsBytes(v)
	if !ok {
		return fmt.Errorf("got %s, want str", TypeName(v))
	}
	*s = ByteStr(b)
	return nil
}

// AsBytes returns the bytes of a string or bytes value; ok is false for any other.
func AsBytes(v starlark.Value) (s string, ok bool) {
	switch v := v.(type) {
	case starlark.String:
		return string(v), true
	case starlark.Bytes:
		return string(v), true
	}
	return "", false
}

// A Number is a parameter that takes an int, a float or a bool, as Python's
// C functions do for a float.
type Number float64

// Unpack accepts a number in the words of PyFloat_AsDouble.
func (n *Number) Unpack(v starlark.Value) error {
	switch v := v.(type) {
	case starlark.Float:
		*n = Number(v)
		return nil
	case starlark.Int:
		*n = Number(v.Float())
		return nil
	case starlark.Bool:
		*n = 0
		if v {
			*n = 1
		}
		return nil
	}
	return errors.New("a float is required")
}

// NoAttribute is Python's AttributeError of a value without the attribute name.
func NoAttribute(v starlark.Value, name string) *Exception {
	return AttributeError.Errorf("'%s' object has no attribute '%s'", TypeName(v), name)
}

// NotIterable is Python's TypeError of a value that cannot be iterated.
func NotIterable(v starlark.Value) *Exception {
	return TypeError.Errorf("'%s' object is not iterable", TypeName(v))
}

// CInt reads an argument of a C function that takes an integer; a bool is one. The
// errors are a TypeError, and an OverflowError for what an int cannot hold.
//
// Python/getargs.c, convertsimple.
func CInt(v starlark.Value) (int, error) {
	switch v := v.(type) {
	case starlark.Bool:
		if v {
			return 1, nil
		}
		return 0, nil
	case starlark.Int:
		n, ok := v.Int64()
		if !ok || int64(int(n)) != n {
			return 0, OverflowError.Errorf("Python int too large to convert to C long")
		}
		return int(n), nil
	case starlark.Float:
		return 0, TypeError.Errorf("integer argument expected, got float")
	}
	return 0, TypeError.Errorf("an integer is required")
}
