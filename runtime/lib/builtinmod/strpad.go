package builtinmod

import (
	"strings"

	"go.starlark.net/starlark"

	"starwire/runtime/py"
)

// What fills text up to a width.

// justify is s.ljust, s.rjust and s.center(width, fillchar=" ").
func justify(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var width starlark.Int
	fill := py.ByteStr(" ")
	if err := unpack(b, args, kwargs, 1, &width, &fill); err != nil {
		return nil, err
	}
	if len(fill) != 1 {
		return nil, py.TypeError.Errorf("%s() argument 2 must be char, not str", b.Name())
	}
	s := self(b)
	n := clampInt(width) - len(s)
	if n <= 0 {
		return starlark.String(s), nil
	}
	if n > maxText {
		return nil, py.MemoryError.New(nil)
	}
	left, right := 0, 0
	switch b.Name() {
	case "ljust":
		right = n
	case "rjust":
		left = n
	default: // an odd one goes to the left if the width is odd
		left = n/2 + n&clampInt(width)&1
		right = n - left
	}
	return result(thread, strings.Repeat(string(fill), left)+s+strings.Repeat(string(fill), right))
}

func zfill(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var width starlark.Int
	if err := unpack(b, args, kwargs, 1, &width); err != nil {
		return nil, err
	}
	s := self(b)
	n := clampInt(width) - len(s)
	if n <= 0 {
		return starlark.String(s), nil
	}
	if n > maxText {
		return nil, py.MemoryError.New(nil)
	}
	sign := ""
	if s != "" && (s[0] == '+' || s[0] == '-') {
		sign, s = s[:1], s[1:]
	}
	return result(thread, sign+strings.Repeat("0", n)+s)
}

// expandTabs is s.expandtabs(tabsize=8).
func expandTabs(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	size := starlark.MakeInt(8)
	if err := unpack(b, args, kwargs, 0, &size); err != nil {
		return nil, err
	}
	s, tab := self(b), clampInt(size)
	if n := strings.Count(s, "\t"); tab > 0 && n > 0 && tab > maxText/n {
		return nil, py.MemoryError.New(nil)
	}
	return result(thread, py.ExpandTabs(s, tab, py.OneByte))
}
