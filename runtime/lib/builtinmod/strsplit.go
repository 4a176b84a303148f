package builtinmod

import (
	"strings"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/py"
)

// What takes text apart, and joins it.

// strip is s.strip, s.lstrip and s.rstrip(chars=None).
func strip(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var chars starlark.Value = starlark.None
	if err := unpack(b, args, kwargs, 0, &chars); err != nil {
		return nil, err
	}
	cut := py.IsSpace
	if chars != starlark.None {
		set, ok := py.AsBytes(chars)
		if !ok {
			return nil, py.TypeError.Errorf("%s arg must be None, str or unicode", b.Name())
		}
		cut = func(c byte) bool { return strings.IndexByte(set, c) >= 0 }
	}
	s := self(b)
	if b.Name() != "rstrip" {
		for s != "" && cut(s[0]) {
			s = s[1:]
		}
	}
	if b.Name() != "lstrip" {
		for s != "" && cut(s[len(s)-1]) {
			s = s[:len(s)-1]
		}
	}
	return starlark.String(s), nil
}

// strSplit is s.split and s.rsplit(sep=None, maxsplit=-1).
func strSplit(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var sepV starlark.Value = starlark.None
	limit := starlark.MakeInt(-1)
	if err := unpack(b, args, kwargs, 0, &sepV, &limit); err != nil {
		return nil, err
	}
	s, n, right := self(b), clampInt(limit), b.Name() == "rsplit"
	var parts []string
	switch {
	case sepV == starlark.None:
		if err := reserveParts(thread, words(s), n); err != nil {
			return nil, err
		}
		if right {
			parts = splitRight(s, n)
		} else {
			parts = py.Split(s, n)
		}
	default:
		sep, err := text(sepV)
		if err != nil {
			return nil, err
		}
		if sep == "" {
			return nil, py.ValueError.Errorf("empty separator")
		}
		if err := reserveParts(thread, strings.Count(s, sep)+1, n); err != nil {
			return nil, err
		}
		if right && n >= 0 {
			for ; n > 0; n-- {
				i := strings.LastIndex(s, sep)
				if i < 0 {
					break
				}
				parts = append(parts, s[i+len(sep):])
				s = s[:i]
			}
			parts = reversedStrings(append(parts, s))
		} else if n < 0 {
			parts = strings.Split(s, sep)
		} else {
			parts = strings.SplitN(s, sep, n+1)
		}
	}
	return stringList(parts), nil
}

// words counts the words of s.
func words(s string) int {
	n, inside := 0, false
	for i := range len(s) {
		space := py.IsSpace(s[i])
		if !space && !inside {
			n++
		}
		inside = !space
	}
	return n
}

// reserveParts asks for room for the list of n parts of a text, or for most+1 if most
// is not negative: twice the place in a list, and the string's own.
func reserveParts(thread *starlark.Thread, n, most int) error {
	if most >= 0 {
		n = min(n, most)
	}
	return host.Reserve(thread, int64(n)*3*valueSize)
}

// splitRight is py.Split from the right.
func splitRight(s string, n int) []string {
	var parts []string
	for {
		for s != "" && py.IsSpace(s[len(s)-1]) {
			s = s[:len(s)-1]
		}
		if s == "" {
			return reversedStrings(parts)
		}
		if n >= 0 && len(parts) == n {
			return reversedStrings(append(parts, s))
		}
		i := len(s)
		for i > 0 && !py.IsSpace(s[i-1]) {
			i--
		}
		parts = append(parts, s[i:])
		s = s[:i]
	}
}

func reversedStrings(list []string) []string {
	for i, j := 0, len(list)-1; i < j; i, j = i+1, j-1 {
		list[i], list[j] = list[j], list[i]
	}
	return list
}

func stringList(parts []string) *starlark.List {
	elems := make([]starlark.Value, len(parts))
	for i, p := range parts {
		elems[i] = starlark.String(p)
	}
	return starlark.NewList(elems)
}

// splitLines is s.splitlines(keepends=False): lines end in \n, \r or \r\n.
func splitLines(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var keep starlark.Value = starlark.False
	if err := unpack(b, args, kwargs, 0, &keep); err != nil {
		return nil, err
	}
	if err := reserveParts(thread, strings.Count(self(b), "\n")+strings.Count(self(b), "\r")+1, -1); err != nil {
		return nil, err
	}
	var parts []string
	for s := self(b); s != ""; {
		i := strings.IndexAny(s, "\r\n")
		if i < 0 {
			parts = append(parts, s)
			break
		}
		end := i + 1
		if s[i] == '\r' && end < len(s) && s[end] == '\n' {
			end++
		}
		if keep.Truth() {
			i = end
		}
		parts = append(parts, s[:i])
		s = s[end:]
	}
	return stringList(parts), nil
}

// strJoin is s.join(iterable).
func strJoin(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x starlark.Value
	if err := unpack(b, args, kwargs, 1, &x); err != nil {
		return nil, err
	}
	sep := py.Str(b.Receiver())
	wide, narrow := py.IsUnicode(b.Receiver()), ""
	if !wide && !py.IsASCII(sep) {
		narrow = sep
	}
	if it, ok := x.(starlark.Iterable); !ok && !isString(x) || it == nil && !isString(x) {
		return nil, py.TypeError.Errorf("can only join an iterable")
	}
	var out []byte
	n := 0
	err := each(thread, x, func(v starlark.Value) (bool, error) {
		s, ok := py.AsBytes(v)
		if py.IsUnicode(v) {
			s, ok, wide = py.Str(v), true, true
		} else if narrow == "" && !py.IsASCII(s) {
			narrow = s
		}
		if !ok {
			return false, py.TypeError.Errorf("sequence item %d: expected string, %s found", n, py.TypeName(v))
		}
		if len(out)+len(sep)+len(s) > maxText {
			return false, py.MemoryError.New(nil)
		}
		var err error
		if out, err = host.Grow(thread, out, len(sep)+len(s)); err != nil {
			return false, err
		}
		if n++; n > 1 {
			out = append(out, sep...)
		}
		out = append(out, s...)
		return true, nil
	})
	switch {
	case err != nil:
		return nil, err
	case !wide:
		return result(thread, host.String(out))
	case narrow != "" && (n > 1 || narrow != sep):
		return nil, py.NotASCII(narrow)
	}
	return textResult(thread, host.String(out))
}

func isString(v starlark.Value) bool { return is[starlark.String](v) || is[*py.Unicode](v) }
