package builtinmod

import (
	"slices"
	"strings"

	"go.starlark.net/starlark"

	"starwire/runtime/py"
)

// uniStrip is u.strip, u.lstrip and u.rstrip(chars=None).
func uniStrip(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var chars starlark.Value = starlark.None
	if err := unpack(b, args, kwargs, 0, &chars); err != nil {
		return nil, err
	}
	s, err := wideSelf(b)
	if err != nil {
		return nil, err
	}
	cut := isUnicodeSpace
	if chars != starlark.None {
		set, ok, err := py.AsText(chars)
		if err != nil {
			return nil, err
		}
		if !ok {
			return nil, py.TypeError.Errorf("%s arg must be None, unicode or str", b.Name())
		}
		cut = func(r rune) bool { return strings.Contains(set, string(py.AppendRune(nil, r))) }
	}
	all := parts(s)
	if b.Name() != "rstrip" {
		for len(all) > 0 && cut(first(all[0])) {
			all = all[1:]
		}
	}
	if b.Name() != "lstrip" {
		for len(all) > 0 && cut(first(all[len(all)-1])) {
			all = all[:len(all)-1]
		}
	}
	return textResult(thread, strings.Join(all, ""))
}

// uniSplit is u.split and u.rsplit(sep=None, maxsplit=-1).
func uniSplit(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var sep starlark.Value = starlark.None
	limit := starlark.MakeInt(-1)
	if err := unpack(b, args, kwargs, 0, &sep, &limit); err != nil {
		return nil, err
	}
	if sep != starlark.None {
		if _, err := wideText(sep); err != nil {
			return nil, err
		}
		return asUTF8(strSplit)(thread, b, args, kwargs)
	}
	s, err := wideSelf(b)
	if err != nil {
		return nil, err
	}
	n := clampInt(limit)
	var out []starlark.Value
	if b.Name() == "split" {
		for {
			s = strings.TrimLeftFunc(s, isUnicodeSpace)
			i := strings.IndexFunc(s, isUnicodeSpace)
			if s == "" {
				break
			}
			if i < 0 || n >= 0 && len(out) == n {
				out = append(out, py.Text(s))
				break
			}
			out = append(out, py.Text(s[:i]))
			s = s[i:]
		}
		return starlark.NewList(out), nil
	}
	for {
		s = strings.TrimRightFunc(s, isUnicodeSpace)
		i := strings.LastIndexFunc(s, isUnicodeSpace)
		if s == "" {
			break
		}
		if i < 0 || n >= 0 && len(out) == n {
			out = append(out, py.Text(s))
			break
		}
		_, size := py.DecodeRune(s[i:])
		out = append(out, py.Text(s[i+size:]))
		s = s[:i]
	}
	slices.Reverse(out)
	return starlark.NewList(out), nil
}

// uniSplitLines is u.splitlines(keepends=False).
//
// unicodeobject.c, PyUnicode_Splitlines.
func uniSplitLines(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var keep starlark.Value = starlark.False
	if err := unpack(b, args, kwargs, 0, &keep); err != nil {
		return nil, err
	}
	var out []starlark.Value
	for s := py.Str(b.Receiver()); s != ""; {
		i := strings.IndexAny(s, "\n\r\v\f\x1c\x1d\x1e\u0085\u2028\u2029")
		if i < 0 {
			out = append(out, py.Text(s))
			break
		}
		_, size := py.DecodeRune(s[i:])
		end := i + size
		if s[i] == '\r' && end < len(s) && s[end] == '\n' {
			end++
		}
		if keep.Truth() {
			i = end
		}
		out = append(out, py.Text(s[:i]))
		s = s[end:]
	}
	return starlark.NewList(out), nil
}

// isUnicodeSpace reports whether the character is white space to Python 2.7.
//
// unicodetype_db.h, _PyUnicode_IsWhitespace.
func isUnicodeSpace(r rune) bool {
	switch {
	case '\t' <= r && r <= '\r', 0x1c <= r && r <= ' ', r == 0x85, r == 0xa0, r == 0x1680, r == 0x180e, 0x2000 <= r && r <= 0x200a,
		r == 0x2028, r == 0x2029, r == 0x202f, r == 0x205f, r == 0x3000:
		return true
	}
	return false
}
