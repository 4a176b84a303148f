package builtinmod

import (
	"strings"
	"unicode"

	"go.starlark.net/starlark"

	"starwire/runtime/py"
)

// Letters of unicode text and their case, and what fills text up to a width.

// recased makes a method without arguments.
func recased(f func(s string) string) function {
	return func(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		if err := noArgs(b, args, kwargs); err != nil {
			return nil, err
		}
		return textResult(thread, f(py.Str(b.Receiver())))
	}
}

// eachRune maps the characters of s in turn. Surrogates stay.
func eachRune(s string, f func(r rune) rune) string {
	out := make([]byte, 0, len(s))
	for s != "" {
		r, size := py.DecodeRune(s)
		out = py.AppendRune(out, f(r))
		s = s[size:]
	}
	return string(out)
}

// atStart maps the first character otherwise than the rest.
func atStart(one, rest func(rune) rune) func(rune) rune {
	started := false
	return func(r rune) rune {
		if started {
			return rest(r)
		}
		started = true
		return one(r)
	}
}

func swapRune(r rune) rune {
	switch {
	case unicode.Is(unicode.Lu, r):
		return unicode.ToLower(r)
	case unicode.Is(unicode.Ll, r):
		return unicode.ToUpper(r)
	}
	return r
}

func isCased(r rune) bool { return unicode.In(r, unicode.Lu, unicode.Ll, unicode.Lt) }

func uniTitle(s string) string {
	inWord := false
	return eachRune(s, func(r rune) rune {
		mapped := unicode.ToTitle(r)
		if inWord {
			mapped = unicode.ToLower(r)
		}
		inWord = isCased(r)
		return mapped
	})
}

// everyRune makes a method that reports whether all characters are of a kind.
func everyRune(ok func(r rune) bool) function {
	return func(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		for _, c := range parts(py.Str(b.Receiver())) {
			if !ok(first(c)) {
				return starlark.False, noArgs(b, args, kwargs)
			}
		}
		return starlark.True, noArgs(b, args, kwargs)
	}
}

// casedRunes makes a method that reports whether there is a letter of one case and none of the others.
func casedRunes(want *unicode.RangeTable) function {
	return func(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		found := false
		for _, c := range parts(py.Str(b.Receiver())) {
			r := first(c)
			switch {
			case unicode.Is(want, r):
				found = true
			case isCased(r):
				return starlark.False, noArgs(b, args, kwargs)
			}
		}
		return starlark.Bool(found), noArgs(b, args, kwargs)
	}
}

// uniIsTitle is u.istitle().
//
// unicodeobject.c, unicode_istitle.
func uniIsTitle(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	cased, inWord := false, false
	for _, c := range parts(py.Str(b.Receiver())) {
		r := first(c)
		switch {
		case unicode.In(r, unicode.Lu, unicode.Lt):
			if inWord {
				return starlark.False, noArgs(b, args, kwargs)
			}
			cased, inWord = true, true
		case unicode.Is(unicode.Ll, r):
			if !inWord {
				return starlark.False, noArgs(b, args, kwargs)
			}
		default:
			inWord = false
		}
	}
	return starlark.Bool(cased), noArgs(b, args, kwargs)
}

// uniIsDigit is u.isdigit(), which of characters that are numbers but no decimal digits knows no answer.
func uniIsDigit(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	for _, c := range parts(py.Str(b.Receiver())) {
		r := first(c)
		if unicode.Is(unicode.Nd, r) {
			continue
		}
		if unicode.Is(unicode.No, r) {
			return nil, py.NotImplementedError.Errorf("isdigit() of %s; use isdecimal()", py.Repr(py.Text(c)))
		}
		return starlark.False, noArgs(b, args, kwargs)
	}
	return starlark.True, noArgs(b, args, kwargs)
}

// uniJustify is u.ljust, u.rjust and u.center(width, fillchar=" ").
func uniJustify(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var width starlark.Int
	var fillV starlark.Value = starlark.String(" ")
	if err := unpack(b, args, kwargs, 1, &width, &fillV); err != nil {
		return nil, err
	}
	if !py.IsUnicode(b.Receiver()) {
		return nil, py.TypeError.Errorf("%s() argument 2 must be char, not unicode", b.Name())
	}
	fill, err := wideText(fillV)
	if err != nil {
		return nil, err
	}
	if runes(fill) != 1 {
		return nil, py.TypeError.Errorf("The fill character must be exactly one character long")
	}
	s := py.Str(b.Receiver())
	n := clampInt(width) - runes(s)
	if n <= 0 {
		return b.Receiver(), nil
	}
	if n > maxText/len(fill) {
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
	return textResult(thread, strings.Repeat(fill, left)+s+strings.Repeat(fill, right))
}

// uniZfill is u.zfill(width).
func uniZfill(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var width starlark.Int
	if err := unpack(b, args, kwargs, 1, &width); err != nil {
		return nil, err
	}
	u := b.Receiver().(*py.Unicode)
	n := clampInt(width) - u.Len()
	if n <= 0 {
		return u, nil
	}
	inBytes := starlark.MakeInt(clampInt(width) + len(u.Text()) - u.Len())
	return asUTF8(zfill)(thread, b, starlark.Tuple{inBytes}, nil)
}

// uniExpandTabs is u.expandtabs(tabsize=8).
func uniExpandTabs(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	size := starlark.MakeInt(8)
	if err := unpack(b, args, kwargs, 0, &size); err != nil {
		return nil, err
	}
	s, tab := py.Str(b.Receiver()), clampInt(size)
	if n := strings.Count(s, "\t"); tab > 0 && n > 0 && tab > maxText/n {
		return nil, py.MemoryError.New(nil)
	}
	return textResult(thread, py.ExpandTabs(s, tab, func(rest string) int {
		_, size := py.DecodeRune(rest)
		return size
	}))
}
