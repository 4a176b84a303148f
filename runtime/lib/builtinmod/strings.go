package builtinmod

import (
	"bytes"
	"strings"

	"go.starlark.net/starlark"

	"starwire/runtime/py"
)

// strMethods are Python's methods of str. They see bytes: letters are those of ASCII, and white space is
// py.IsSpace's, as in CPython under the C locale.
//
// stringobject.c, string_methods.
var strMethods map[string]*starlark.Builtin

func init() {
	strMethods = methods(map[string]function{
		"capitalize": mapped(capitalize),
		"center":     justify,
		"count":      strCount,
		"decode":     strDecode,
		"encode":     strEncode,
		"endswith":   affix,
		"expandtabs": expandTabs,
		"find":       strFind,
		"format":     strFormat,
		"index":      strFind,
		"isalnum":    every(func(c byte) bool { return isAlpha(c) || isDigit(c) }),
		"isalpha":    every(isAlpha),
		"isdigit":    every(isDigit),
		"islower":    cased(isUpper, isLower),
		"isspace":    every(py.IsSpace),
		"istitle":    isTitle,
		"isupper":    cased(isLower, isUpper),
		"join":       strJoin,
		"ljust":      justify,
		"lower":      mapped(py.Lower),
		"lstrip":     strip,
		"partition":  partition,
		"replace":    strReplace,
		"rfind":      strFind,
		"rindex":     strFind,
		"rjust":      justify,
		"rpartition": partition,
		"rsplit":     strSplit,
		"rstrip":     strip,
		"split":      strSplit,
		"splitlines": splitLines,
		"startswith": affix,
		"strip":      strip,
		"swapcase":   mapped(swapCase),
		"title":      mapped(title),
		"translate":  translate,
		"upper":      mapped(upper),
		"zfill":      zfill,
	})
}

// methods makes built-ins of functions.
func methods(table map[string]function) map[string]*starlark.Builtin {
	all := make(map[string]*starlark.Builtin, len(table))
	for name, fn := range table {
		all[name] = starlark.NewBuiltin(name, fn)
	}
	return all
}

// self is the string that a method was called on.
func self(b *starlark.Builtin) string {
	s, _ := py.AsBytes(b.Receiver())
	return s
}

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

func noArgs(b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) error {
	if len(kwargs) > 0 {
		return py.TypeError.Errorf("%s() takes no keyword arguments", b.Name())
	}
	if len(args) > 0 {
		return py.TypeError.Errorf("%s() takes no arguments (%d given)", b.Name(), len(args))
	}
	return nil
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

// text unpacks a string where only a string will do.
func text(v starlark.Value) (string, error) {
	if s, ok := py.AsBytes(v); ok {
		return s, nil
	}
	return "", py.TypeError.Errorf("expected a character buffer object")
}

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

// unpack is starlark.UnpackPositionalArgs whose error is a TypeError.
func unpack(b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple, min int, vars ...any) error {
	if len(kwargs) > 0 {
		return py.TypeError.Errorf("%s() takes no keyword arguments", b.Name())
	}
	if len(args) < min || len(args) > len(vars) {
		bound, n := "exactly", min
		if min != len(vars) {
			if bound = "at least"; len(args) > len(vars) {
				bound, n = "at most", len(vars)
			}
		}
		if bound == "exactly" && n == 1 {
			return py.TypeError.Errorf("%s() takes exactly one argument (%d given)", b.Name(), len(args))
		}
		plural := "s"
		if n == 1 {
			plural = ""
		}
		return py.TypeError.Errorf("%s() takes %s %d argument%s (%d given)", b.Name(), bound, n, plural, len(args))
	}
	if err := starlark.UnpackPositionalArgs(b.Name(), args, nil, min, vars...); err != nil {
		return py.TypeError.Errorf("%w", err)
	}
	return nil
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

// bounds returns where the part of a string of n bytes between two optional indexes is.
func bounds(n int, start, end starlark.Value) (i, j int, err error) {
	i, j = 0, n
	for _, limit := range []struct {
		v  starlark.Value
		to *int
	}{{start, &i}, {end, &j}} {
		if limit.v == nil || limit.v == starlark.None {
			continue
		}
		v, ok := limit.v.(starlark.Int)
		if !ok {
			return 0, 0, py.TypeError.Errorf("slice indices must be integers or None or have an __index__ method")
		}
		at := clampInt(v)
		if at < 0 {
			at = max(at+n, 0)
		}
		*limit.to = at
	}
	return i, min(j, n), nil
}

// window unpacks (x, start, end) and returns the part of the string between them; inside is false if the
// part begins beyond the end.
func window(b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (x starlark.Value, part string, at int, inside bool, err error) {
	var start, end starlark.Value
	if err := unpack(b, args, kwargs, 1, &x, &start, &end); err != nil {
		return nil, "", 0, false, err
	}
	s := self(b)
	i, j, err := bounds(len(s), start, end)
	if err != nil || i > j {
		return x, "", 0, false, err
	}
	return x, s[i:j], i, true, nil
}

// strFind is s.find, s.rfind, s.index and s.rindex(sub, start, end).
func strFind(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	x, part, at, inside, err := window(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	sub, err := text(x)
	if err != nil {
		return nil, err
	}
	i := -1
	if inside {
		if find := strings.Index; b.Name()[0] == 'r' {
			i = strings.LastIndex(part, sub)
		} else {
			i = find(part, sub)
		}
	}
	switch {
	case i >= 0:
		return starlark.MakeInt(at + i), nil
	case strings.HasSuffix(b.Name(), "index"):
		return nil, py.ValueError.Errorf("substring not found")
	}
	return starlark.MakeInt(-1), nil
}

func strCount(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	x, part, _, inside, err := window(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	sub, err := text(x)
	switch {
	case err != nil || !inside:
		return starlark.MakeInt(0), err
	case sub == "":
		return starlark.MakeInt(len(part) + 1), nil
	}
	return starlark.MakeInt(strings.Count(part, sub)), nil
}

// affix is s.startswith and s.endswith(prefix or tuple, start, end).
func affix(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	x, part, _, inside, err := window(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	has := strings.HasPrefix
	if b.Name() == "endswith" {
		has = strings.HasSuffix
	}
	options, isTuple := x.(starlark.Tuple)
	if !isTuple {
		options = starlark.Tuple{x}
	}
	for _, o := range options {
		s, ok := py.AsBytes(o)
		if !ok {
			if isTuple {
				return nil, py.TypeError.Errorf("expected a character buffer object")
			}
			return nil, py.TypeError.Errorf("%s first arg must be str, unicode, or tuple, not %s", b.Name(), py.TypeName(o))
		}
		if inside && has(part, s) {
			return starlark.True, nil
		}
	}
	return starlark.False, nil
}

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

// partition is s.partition and s.rpartition(sep).
func partition(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var v starlark.Value
	if err := unpack(b, args, kwargs, 1, &v); err != nil {
		return nil, err
	}
	sep, err := text(v)
	if err != nil {
		return nil, err
	}
	if sep == "" {
		return nil, py.ValueError.Errorf("empty separator")
	}
	s, empty := self(b), starlark.String("")
	i := strings.Index(s, sep)
	if b.Name() == "rpartition" {
		if i = strings.LastIndex(s, sep); i < 0 {
			return starlark.Tuple{empty, empty, starlark.String(s)}, nil
		}
	}
	if i < 0 {
		return starlark.Tuple{starlark.String(s), empty, empty}, nil
	}
	return starlark.Tuple{starlark.String(s[:i]), starlark.String(sep), starlark.String(s[i+len(sep):])}, nil
}

// strReplace is s.replace(old, new, count=-1).
func strReplace(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var oldV, newV starlark.Value
	count := starlark.MakeInt(-1)
	if err := unpack(b, args, kwargs, 2, &oldV, &newV, &count); err != nil {
		return nil, err
	}
	old, err := text(oldV)
	if err != nil {
		return nil, err
	}
	with, err := text(newV)
	if err != nil {
		return nil, err
	}
	s, n := self(b), clampInt(count)
	found := len(s) + 1
	if old != "" {
		found = strings.Count(s, old)
	}
	if n >= 0 {
		found = min(found, n)
	}
	if grow := len(with) - len(old); grow > 0 && found > (maxText-len(s))/grow {
		return nil, py.MemoryError.New(nil)
	}
	if old != "" {
		return result(thread, strings.Replace(s, old, with, n))
	}
	// Between bytes, where package strings would go by characters.
	var out strings.Builder
	for i := range len(s) {
		if i < found {
			out.WriteString(with)
		}
		out.WriteByte(s[i])
	}
	if len(s) < found {
		out.WriteString(with)
	}
	return result(thread, out.String())
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
	case sepV == starlark.None && right:
		parts = splitRight(s, n)
	case sepV == starlark.None:
		parts = py.Split(s, n)
	default:
		sep, err := text(sepV)
		if err != nil {
			return nil, err
		}
		if sep == "" {
			return nil, py.ValueError.Errorf("empty separator")
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
func splitLines(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var keep starlark.Value = starlark.False
	if err := unpack(b, args, kwargs, 0, &keep); err != nil {
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
	sep := self(b)
	if it, ok := x.(starlark.Iterable); !ok && !is[starlark.String](x) || it == nil && !is[starlark.String](x) {
		return nil, py.TypeError.Errorf("can only join an iterable")
	}
	var out bytes.Buffer
	n := 0
	err := each(thread, x, func(v starlark.Value) (bool, error) {
		s, ok := py.AsBytes(v)
		if !ok {
			return false, py.TypeError.Errorf("sequence item %d: expected string, %s found", n, py.TypeName(v))
		}
		if n++; n > 1 {
			out.WriteString(sep)
		}
		out.WriteString(s)
		if out.Len() > maxText {
			return false, py.MemoryError.New(nil)
		}
		return true, nil
	})
	if err != nil {
		return nil, err
	}
	return result(thread, out.String())
}

// translate is s.translate(table, deletechars="").
func translate(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var table starlark.Value
	var remove py.ByteStr
	if err := unpack(b, args, kwargs, 1, &table, &remove); err != nil {
		return nil, err
	}
	var to string
	if table != starlark.None {
		var err error
		if to, err = text(table); err != nil {
			return nil, err
		}
		if len(to) != 256 {
			return nil, py.ValueError.Errorf("translation table must be 256 characters long")
		}
	}
	s := self(b)
	out := make([]byte, 0, len(s))
	for i := range len(s) {
		c := s[i]
		if strings.IndexByte(string(remove), c) >= 0 {
			continue
		}
		if to != "" {
			c = to[c]
		}
		out = append(out, c)
	}
	return result(thread, string(out))
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
	var out strings.Builder
	column := 0
	for i := range len(s) {
		switch c := s[i]; c {
		case '\t':
			if tab > 0 {
				n := tab - column%tab
				out.WriteString(strings.Repeat(" ", n))
				column += n
			}
		case '\n', '\r':
			out.WriteByte(c)
			column = 0
		default:
			out.WriteByte(c)
			column++
		}
	}
	return result(thread, out.String())
}

// codecArgs unpacks (encoding, errors).
func codecArgs(b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (encoding, onError string, err error) {
	encoding, onError = "ascii", "strict"
	err = py.UnpackArgs(b.Name(), args, kwargs, "encoding?", &encoding, "errors?", &onError)
	return encoding, onError, err
}

func strEncode(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	encoding, onError, err := codecArgs(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	return encode(thread, self(b), encoding, onError)
}

func strDecode(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	encoding, onError, err := codecArgs(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	return decode(thread, self(b), encoding, onError)
}
