package py

import (
	"fmt"
	"sort"
	"strings"
	"unicode/utf8"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// Unicode is a value of Python 2's type unicode that is not ASCII: its length and
// indexes are those of characters. Unicode text that is ASCII is a String, so that
// it equals the str of the same characters and both are one key of a dict;
// IsUnicode tells them apart.
//
// A Unicode is immutable. Lone surrogates are characters, in the three bytes that
// UTF-8 would give them. It is no starlark.Iterable, as a string is none.
type Unicode struct {
	text  string
	n     int   // characters
	marks []int // offset of each character whose number is a multiple of markEvery
}

var (
	_ starlark.Indexable  = (*Unicode)(nil)
	_ starlark.Sliceable  = (*Unicode)(nil)
	_ starlark.Comparable = (*Unicode)(nil)
	_ starlark.HasBinary  = (*Unicode)(nil)
	_ Reprer              = (*Unicode)(nil)
)

// markEvery is how many characters are looked through, at most, for one of them.
const markEvery = 64

// maxUnicode bounds the text that one operation makes.
const maxUnicode = 1 << 28 // bytes

// Text returns unicode text, in UTF-8, as a value: a String if it is ASCII, else a
// Unicode.
func Text(s string) starlark.Value {
	if IsASCII(s) {
		return asciiText(s)
	}
	u := &Unicode{text: s}
	for i := 0; i < len(s); u.n++ {
		if u.n%markEvery == 0 {
			u.marks = append(u.marks, i)
		}
		_, size := DecodeRune(s[i:])
		i += size
	}
	return u
}

// IsASCII reports whether s has no byte above 0x7f.
func IsASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// DecodeRune reads the character that s, which is not empty, begins with, and its
// size in bytes. A surrogate is one, as AppendRune writes it.
func DecodeRune(s string) (r rune, size int) {
	r, size = utf8.DecodeRuneInString(s)
	if r == utf8.RuneError && size == 1 && len(s) >= 3 && s[0] == 0xed && isContinuation(s[1]) && isContinuation(s[2]) {
		return 0xd000 | rune(s[1]&0x3f)<<6 | rune(s[2]&0x3f), 3
	}
	return r, size
}

// AppendRune appends r in UTF-8; a surrogate gets the three bytes that Python 2
// gives it.
func AppendRune(b []byte, r rune) []byte {
	if 0xd800 <= r && r <= 0xdfff {
		return append(b, 0xe0|byte(r>>12), 0x80|byte(r>>6)&0xbf, 0x80|byte(r)&0xbf)
	}
	return utf8.AppendRune(b, r)
}

// AsText returns the text, in UTF-8, that v is where text is wanted: a Unicode's, or
// that of a string, which must be ASCII. ok is false for any other value.
// The error is a UnicodeDecodeError.
//
// unicodeobject.c, PyUnicode_FromObject.
func AsText(v starlark.Value) (s string, ok bool, err error) {
	if u, ok := v.(*Unicode); ok {
		return u.text, true, nil
	}
	s, ok = AsBytes(v)
	if ok && !IsASCII(s) {
		return "", true, NotASCII(s)
	}
	return s, ok, nil
}

// NotASCII is the UnicodeDecodeError of s.decode('ascii'), of an s that is not ASCII.
func NotASCII(s string) *Exception {
	i := strings.IndexFunc(s, func(r rune) bool { return r >= utf8.RuneSelf })
	return UnicodeDecodeError.New(nil, starlark.String("ascii"), starlark.String(s),
		starlark.MakeInt(i), starlark.MakeInt(i+1), starlark.String("ordinal not in range(128)"))
}

// AsASCII is the UnicodeEncodeError of a Unicode where bytes are wanted, and nil for
// every other value.
func AsASCII(v starlark.Value) error {
	if u, ok := v.(*Unicode); ok {
		return CannotEncode("ascii", u.text, 0x80)
	}
	return nil
}

// CannotEncode is the UnicodeEncodeError of encoding text, in UTF-8, of which at least
// one character is not below limit.
//
// unicodeobject.c, unicode_encode_ucs1.
func CannotEncode(codec, text string, limit rune) *Exception {
	start, end, at := -1, 0, 0
	for i := 0; i < len(text); at++ {
		r, size := DecodeRune(text[i:])
		i += size
		if r >= limit {
			if start < 0 {
				start = at
			}
			end = at + 1
		} else if start >= 0 {
			break
		}
	}
	return UnicodeEncodeError.New(nil, starlark.String(codec), Text(text), starlark.MakeInt(start), starlark.MakeInt(end),
		starlark.String(fmt.Sprintf("ordinal not in range(%d)", limit)))
}

// Text returns the text in UTF-8.
func (u *Unicode) Text() string { return u.text }

// String returns the repr.
func (u *Unicode) String() string { return u.Repr() }

// Repr returns u'…', in ASCII.
//
// unicodeobject.c, unicodeescape_string.
func (u *Unicode) Repr() string {
	quote := byte('\'')
	if strings.IndexByte(u.text, '\'') >= 0 && strings.IndexByte(u.text, '"') < 0 {
		quote = '"'
	}
	var b strings.Builder
	b.WriteByte('u')
	b.WriteByte(quote)
	for i := 0; i < len(u.text); {
		r, size := DecodeRune(u.text[i:])
		i += size
		switch {
		case r == rune(quote) || r == '\\':
			b.WriteByte('\\')
			b.WriteByte(byte(r))
		case r < utf8.RuneSelf:
			writeEscaped(&b, byte(r))
		default:
			b.WriteString(EscapeRune(r))
		}
	}
	b.WriteByte(quote)
	return b.String()
}

// EscapeRune returns the character as \xhh, \uhhhh or \Uhhhhhhhh.
func EscapeRune(r rune) string {
	switch {
	case r < 0x100:
		return fmt.Sprintf(`\x%02x`, r)
	case r < 0x10000:
		return fmt.Sprintf(`\u%04x`, r)
	}
	return fmt.Sprintf(`\U%08x`, r)
}

// Type returns "unicode".
func (u *Unicode) Type() string { return "unicode" }

// Freeze does nothing: the text never changes.
func (u *Unicode) Freeze() {}

// Truth is true: empty text is a string.
func (u *Unicode) Truth() starlark.Bool { return true }

// Hash hashes the text.
func (u *Unicode) Hash() (uint32, error) { return starlark.String(u.text).Hash() }

// Len returns the number of characters.
func (u *Unicode) Len() int { return u.n }

// Index returns character i.
func (u *Unicode) Index(i int) starlark.Value {
	from := u.Offset(i)
	_, size := DecodeRune(u.text[from:])
	return Text(u.text[from : from+size])
}

// Offset returns the offset in bytes of character i, 0 ≤ i ≤ Len().
func (u *Unicode) Offset(i int) int {
	if i >= u.n {
		return len(u.text)
	}
	at := u.marks[i/markEvery]
	for range i % markEvery {
		_, size := DecodeRune(u.text[at:])
		at += size
	}
	return at
}

// Position returns the number of the character at an offset in bytes.
func (u *Unicode) Position(offset int) int {
	mark := sort.SearchInts(u.marks, offset+1) - 1
	n := mark * markEvery
	for at := u.marks[mark]; at < offset; n++ {
		_, size := DecodeRune(u.text[at:])
		at += size
	}
	return n
}

// Slice returns the characters from start on, before end.
func (u *Unicode) Slice(start, end, step int) starlark.Value {
	if step == 1 {
		if start >= end {
			return Text("")
		}
		return Text(u.text[u.Offset(start):u.Offset(end)])
	}
	var b []byte
	for i := start; step > 0 && i < end || step < 0 && i > end; i += step {
		from := u.Offset(i)
		_, size := DecodeRune(u.text[from:])
		b = append(b, u.text[from:from+size]...)
	}
	return Text(string(b))
}

// CompareSameType compares by characters, whose order is that of their UTF-8.
func (u *Unicode) CompareSameType(op syntax.Token, y starlark.Value, _ int) (bool, error) {
	v := y.(*Unicode)
	switch op {
	case syntax.EQL:
		return u.text == v.text, nil
	case syntax.NEQ:
		return u.text != v.text, nil
	case syntax.LT:
		return u.text < v.text, nil
	case syntax.LE:
		return u.text <= v.text, nil
	case syntax.GT:
		return u.text > v.text, nil
	}
	return u.text >= v.text, nil
}

// Binary is + with text, * with an integer, and in.
func (u *Unicode) Binary(op syntax.Token, y starlark.Value, side starlark.Side) (starlark.Value, error) {
	switch op {
	case syntax.PLUS, syntax.IN:
		if op == syntax.IN && side == starlark.Left {
			return nil, nil
		}
		s, ok, err := AsText(y)
		switch {
		case err != nil:
			return nil, err
		case op == syntax.IN && !ok:
			return nil, TypeError.Errorf("'in <string>' requires string as left operand, not %s", TypeName(y))
		case op == syntax.IN:
			return starlark.Bool(strings.Contains(u.text, s)), nil
		case !ok && side == starlark.Left:
			return nil, TypeError.Errorf("coercing to Unicode: need string or buffer, %s found", TypeName(y))
		case !ok:
			return nil, nil
		case len(s)+len(u.text) > maxUnicode:
			return nil, MemoryError.New(nil)
		case side == starlark.Left:
			return Text(u.text + s), nil
		}
		return Text(s + u.text), nil
	case syntax.STAR:
		n, ok := y.(starlark.Int)
		if !ok {
			return nil, nil
		}
		if n.Sign() <= 0 {
			return Text(""), nil
		}
		times, ok := n.Int64()
		if !ok || times > int64(maxUnicode/len(u.text)) {
			return nil, MemoryError.New(nil)
		}
		return Text(strings.Repeat(u.text, int(times))), nil
	}
	return nil, nil
}
