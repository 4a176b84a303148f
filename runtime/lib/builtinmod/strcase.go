package builtinmod

import (
	"strings"

	"go.starlark.net/starlark"

	"starwire/runtime/py"
)

// Letters and their case.

func isUpper(c byte) bool { return 'A' <= c && c <= 'Z' }
func isLower(c byte) bool { return 'a' <= c && c <= 'z' }
func isAlpha(c byte) bool { return isUpper(c) || isLower(c) }
func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// mapped makes a method without arguments.
func mapped(f func(s string) string) function {
	return func(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		if err := noArgs(b, args, kwargs); err != nil {
			return nil, err
		}
		return result(thread, f(self(b)))
	}
}

func mapBytes(s string, f func(c byte, i int) byte) string {
	out := []byte(s)
	for i, c := range out {
		out[i] = f(c, i)
	}
	return string(out)
}

func upper(s string) string {
	return mapBytes(s, func(c byte, _ int) byte {
		if isLower(c) {
			return c - 0x20
		}
		return c
	})
}

func swapCase(s string) string {
	return mapBytes(s, func(c byte, _ int) byte {
		if isAlpha(c) {
			return c ^ 0x20
		}
		return c
	})
}

func capitalize(s string) string {
	return mapBytes(py.Lower(s), func(c byte, i int) byte {
		if i == 0 && isLower(c) {
			return c - 0x20
		}
		return c
	})
}

func title(s string) string {
	inWord := false
	return mapBytes(py.Lower(s), func(c byte, _ int) byte {
		first := isLower(c) && !inWord
		inWord = isAlpha(c)
		if first {
			return c - 0x20
		}
		return c
	})
}

// every makes a method that reports whether all bytes are of a kind, and there is one.
func every(ok func(c byte) bool) function {
	return func(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		s := self(b)
		for i := range len(s) {
			if !ok(s[i]) {
				return starlark.False, noArgs(b, args, kwargs)
			}
		}
		return starlark.Bool(s != ""), noArgs(b, args, kwargs)
	}
}

// cased makes a method that reports whether there is a letter of one case and none of the other.
func cased(not, want func(c byte) bool) function {
	return func(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		found := false
		s := self(b)
		for i := range len(s) {
			if not(s[i]) {
				return starlark.False, noArgs(b, args, kwargs)
			}
			found = found || want(s[i])
		}
		return starlark.Bool(found), noArgs(b, args, kwargs)
	}
}

func isTitle(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	s := self(b)
	letter := strings.ContainsFunc(s, func(r rune) bool { return r < 0x80 && isAlpha(byte(r)) })
	return starlark.Bool(letter && s == title(s)), noArgs(b, args, kwargs)
}
