package py

import (
	"unicode"

	"go.starlark.net/starlark"
)

// Chars is text of either type, for functions that do the same to both: of a str its
// bytes, of unicode text its UTF-8. To cut it at ASCII characters is right for either.
type Chars struct {
	S    string
	Wide bool // it is unicode text
}

// CharsOf returns the text that v is; ok is false for any other value.
func CharsOf(v starlark.Value) (c Chars, ok bool) {
	if u, ok := v.(*Unicode); ok {
		return Chars{u.text, true}, true
	}
	s, ok := AsBytes(v)
	return Chars{s, ok && inPages(s)}, ok
}

// Of returns s, a part of c or made of it alone, as text of the same type.
func (c Chars) Of(s string) Chars { return Chars{s, c.Wide} }

// Value returns the text as a value of its type.
func (c Chars) Value() starlark.Value {
	if c.Wide {
		return Text(c.S)
	}
	return Bytes(c.S)
}

// Lower returns c.lower(): of a str, only ASCII letters have a case.
func (c Chars) Lower() Chars {
	if !c.Wide || IsASCII(c.S) {
		return c.Of(Lower(c.S))
	}
	var b []byte
	for s := c.S; s != ""; {
		r, size := DecodeRune(s)
		b, s = AppendRune(b, unicode.ToLower(r)), s[size:]
	}
	return c.Of(string(b))
}

// JoinChars returns sep.join(parts) of a sep that is ASCII: unicode text if one of the parts
// is, if there are several. The error is the UnicodeDecodeError of a str beside it that is
// not ASCII.
//
// stringobject.c, string_join; unicodeobject.c, PyUnicode_Join.
func JoinChars(sep string, parts ...Chars) (Chars, error) {
	if len(parts) == 1 {
		return parts[0], nil
	}
	wide, size := false, 0
	for _, p := range parts {
		wide = wide || p.Wide
		size += len(sep) + len(p.S)
	}
	b := make([]byte, 0, size)
	for i, p := range parts {
		if wide && !p.Wide && !IsASCII(p.S) {
			return Chars{}, NotASCII(p.S)
		}
		if i > 0 {
			b = append(b, sep...)
		}
		b = append(b, p.S...)
	}
	return Chars{string(b), wide}, nil
}
