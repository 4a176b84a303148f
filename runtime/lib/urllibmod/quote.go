package urllibmod

import (
	"strings"
	"unicode/utf8"

	"go.starlark.net/starlark"

	"starwire/runtime/lazy"
	"starwire/runtime/py"
)

// alwaysSafe lists the bytes that quote never touches. The tilde is not one of
// them: Python 2 predates RFC 3986.
const alwaysSafe = "ABCDEFGHIJKLMNOPQRSTUVWXYZ" +
	"abcdefghijklmnopqrstuvwxyz" +
	"0123456789" + "_.-"

// A byteSet holds bytes.
type byteSet [256]bool

var alwaysSafeSet lazy.Value[byteSet]

func makeAlwaysSafeSet() (set byteSet) {
	set.add(alwaysSafe)
	return set
}

func (b *byteSet) add(s string) {
	for i := 0; i < len(s); i++ {
		b[s[i]] = true
	}
}

// Quote returns s with every byte that is neither a letter, a digit, one of
// "_.-" nor in safe as %XX.
//
// urllib.py, quote
func Quote(s, safe string) string { return escape(s, safe, false) }

// QuotePlus is Quote with a space as "+".
//
// urllib.py, quote_plus
func QuotePlus(s, safe string) string { return escape(s, safe, true) }

func escape(s, safe string, plus bool) string {
	set := alwaysSafeSet.Get(makeAlwaysSafeSet)
	set.add(safe)
	n := 0
	for i := 0; i < len(s); i++ {
		if !set[s[i]] {
			n++
		}
	}
	// With plus, a space in safe becomes "+" too: quote_plus replaces them last.
	if n == 0 && (!plus || strings.IndexByte(s, ' ') < 0) {
		return s
	}
	const hex = "0123456789ABCDEF"
	b := make([]byte, 0, len(s)+2*n)
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case plus && c == ' ':
			b = append(b, '+')
		case set[c]:
			b = append(b, c)
		default:
			b = append(b, '%', hex[c>>4], hex[c&15])
		}
	}
	return string(b)
}

// Unquote replaces each % followed by two hexadecimal digits by the byte they
// name, in one pass. Any other % stands for itself.
//
// urllib.py, unquote
func Unquote(s string) string {
	i := strings.IndexByte(s, '%')
	if i < 0 {
		return s
	}
	b := make([]byte, 0, len(s))
	b = append(b, s[:i]...)
	for ; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			hi, lo := unhex(s[i+1]), unhex(s[i+2])
			if hi < 16 && lo < 16 {
				b = append(b, hi<<4|lo)
				i += 2
				continue
			}
		}
		b = append(b, s[i])
	}
	return string(b)
}

// UnquotePlus is Unquote after each "+" became a space.
//
// urllib.py, unquote_plus
func UnquotePlus(s string) string { return Unquote(strings.ReplaceAll(s, "+", " ")) }

// UnquoteText is Unquote for text of either type: in unicode text, %XX is the character
// of that number.
//
// urllib.py, unquote
func UnquoteText(c py.Chars) py.Chars {
	if !c.Wide || strings.IndexByte(c.S, '%') < 0 {
		return c.Of(Unquote(c.S))
	}
	b := make([]byte, 0, len(c.S))
	for i := 0; i < len(c.S); i++ {
		if c.S[i] == '%' && i+2 < len(c.S) {
			if hi, lo := unhex(c.S[i+1]), unhex(c.S[i+2]); hi < 16 && lo < 16 {
				b = utf8.AppendRune(b, rune(hi<<4|lo))
				i += 2
				continue
			}
		}
		b = append(b, c.S[i])
	}
	return c.Of(string(b))
}

// unhex is the value of a hexadecimal digit, or 16.
func unhex(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10
	}
	return 16
}

// quoteArgs unpacks (s, safe=…) of quote and quote_plus.
func quoteArgs(b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple, safe starlark.Value) (s, safeValue starlark.Value, err error) {
	if err = py.UnpackAny(b.Name(), args, kwargs, "s", &s, "safe?", &safe); err != nil {
		return nil, nil, err
	}
	if err = unquotable(s); err != nil {
		return nil, nil, err
	}
	return s, safe, py.AsASCII(safe)
}

// unquotable is the KeyError of text beyond ASCII: quote looks each character up in a
// table of bytes.
func unquotable(s starlark.Value) error {
	if u, ok := s.(*py.Unicode); ok {
		for i := range u.Len() {
			if c, ok := u.Index(i).(*py.Unicode); ok {
				return py.KeyError.New(nil, c)
			}
		}
	}
	return nil
}

// quote is urllib.quote(s, safe='/'). What is false but not None comes back as
// it is, as in urllib.py.
func quote(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	s, safe, err := quoteArgs(b, args, kwargs, starlark.String("/"))
	if err != nil {
		return nil, err
	}
	return quoteValue(s, safe)
}

func quoteValue(s, safe starlark.Value) (starlark.Value, error) {
	if !s.Truth() {
		if s == starlark.None {
			return nil, py.TypeError.Errorf("None object cannot be quoted")
		}
		return s, nil
	}
	safeText, err := safeBytes(safe)
	if err != nil {
		return nil, err
	}
	text, ok := py.AsBytes(s)
	if !ok {
		return nil, py.NoAttribute(s, "rstrip")
	}
	return starlark.String(Quote(text, safeText)), nil
}

// safeBytes is what urllib.py makes of safe, with the TypeErrors in its order:
// the key of its cache, the loop over safe, the concatenation.
func safeBytes(safe starlark.Value) (string, error) {
	if s, ok := py.AsBytes(safe); ok {
		return s, nil
	}
	switch safe := safe.(type) {
	case *starlark.List, *starlark.Dict, *starlark.Set, *py.SubDict:
		return "", py.TypeError.Errorf("unhashable type: '%s'", py.TypeName(safe))
	case starlark.Iterable:
		return "", py.TypeError.Errorf("cannot concatenate 'str' and '%s' objects", py.TypeName(safe))
	}
	return "", py.NotIterable(safe)
}

// quotePlus is urllib.quote_plus(s, safe=”).
func quotePlus(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	s, safe, err := quoteArgs(b, args, kwargs, starlark.String(""))
	if err != nil {
		return nil, err
	}
	text, ok := py.AsBytes(s)
	if !ok {
		// ' ' in s comes first.
		if starlark.Len(s) < 0 {
			return nil, py.TypeError.Errorf("argument of type '%s' is not iterable", py.TypeName(s))
		}
		return quoteValue(s, safe)
	}
	if strings.IndexByte(text, ' ') < 0 {
		return quoteValue(s, safe)
	}
	safeText, ok := py.AsBytes(safe)
	if !ok {
		return nil, py.TypeError.Errorf("unsupported operand type(s) for +: '%s' and 'str'", py.TypeName(safe))
	}
	quoted := QuotePlus(text, safeText)
	if py.IsUnicode(s) && Quote(text, safeText+" ") == text { // what quote returns as it is
		return py.Text(quoted), nil
	}
	return starlark.String(quoted), nil
}

// unquote is urllib.unquote(s).
func unquote(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	c, err := textArg(b, args, kwargs, "s", "split")
	return UnquoteText(c).Value(), err
}

// unquotePlus is urllib.unquote_plus(s).
func unquotePlus(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	c, err := textArg(b, args, kwargs, "s", "replace")
	return UnquoteText(c.Of(strings.ReplaceAll(c.S, "+", " "))).Value(), err
}

// pathname2url is urllib.pathname2url(pathname): quote, as on POSIX.
func pathname2url(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var s starlark.Value
	if err := py.UnpackAny(b.Name(), args, kwargs, "pathname", &s); err != nil {
		return nil, err
	}
	if err := unquotable(s); err != nil {
		return nil, err
	}
	return quoteValue(s, starlark.String("/"))
}

// url2pathname is urllib.url2pathname(pathname): unquote, as on POSIX.
func url2pathname(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	c, err := textArg(b, args, kwargs, "pathname", "split")
	return UnquoteText(c).Value(), err
}

// textArg unpacks the one argument of a function that begins by calling the
// method named first on it: the AttributeError of what is not a string names it.
func textArg(b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple, param, first string) (py.Chars, error) {
	var v starlark.Value
	if err := py.UnpackAny(b.Name(), args, kwargs, param, &v); err != nil {
		return py.Chars{}, err
	}
	c, ok := py.CharsOf(v)
	if !ok {
		return c, py.NoAttribute(v, first)
	}
	return c, nil
}
