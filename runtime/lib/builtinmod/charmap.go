package builtinmod

import (
	"unicode/utf8"

	"go.starlark.net/starlark"

	"starwire/runtime/py"
)

// A charmap is an encoding of a byte for each character. Its table has the characters of the bytes from first on, 0
// for bytes that have none; the bytes before are those of Latin-1.
type charmap struct {
	first byte
	table []rune
}

// charmapOf returns the encoding of that name, one that pages are in besides Latin-1;
// nil for others.
func charmapOf(name string) *charmap {
	switch name {
	case "cp1252":
		return &cp1252
	case "iso8859-15":
		return &latin9
	}
	return nil
}

// The encodings of encodings/cp1252.py and iso8859_15.py.
var (
	cp1252 = charmap{0x80, []rune{
		'€', 0, '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', 0, 'Ž', 0,
		0, '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', 0, 'ž', 'Ÿ',
	}}
	latin9 = charmap{0xa4, []rune{'€', '¥', 'Š', '§', 'š', '©', 'ª', '«', '¬', '\u00ad', '®', '¯', '°', '±', '²', '³', 'Ž', 'µ', '¶', '·', 'ž', '¹', 'º', '»', 'Œ', 'œ', 'Ÿ'}}
)

// char returns the character of a byte, or 0 if it has none.
func (m *charmap) char(c byte) rune {
	if i := int(c) - int(m.first); 0 <= i && i < len(m.table) {
		return m.table[i]
	}
	return rune(c)
}

// byte returns the byte of a character.
func (m *charmap) byte(r rune) (c byte, ok bool) {
	for i, t := range m.table {
		if t == r && t != 0 {
			return m.first + byte(i), true
		}
	}
	if r < 0x100 && m.char(byte(r)) == r {
		return byte(r), true
	}
	return 0, false
}

const noCharacter = "character maps to <undefined>"

// decode is s.decode in the encoding.
//
// unicodeobject.c, PyUnicode_DecodeCharmap.
func (m *charmap) decode(thread *starlark.Thread, s, onError string) (starlark.Value, error) {
	b := make([]byte, 0, len(s)+len(s)/8)
	for i := range len(s) {
		r := m.char(s[i])
		if r != 0 || s[i] == 0 {
			b = utf8.AppendRune(b, r)
			continue
		}
		switch onError {
		case "ignore":
		case "replace":
			b = append(b, "\uFFFD"...)
		case "strict":
			return nil, py.UnicodeDecodeError.New(nil, starlark.String("charmap"), py.Bytes(s), starlark.MakeInt(i), starlark.MakeInt(i+1),
				starlark.String(noCharacter))
		default:
			return nil, unknownHandler(onError)
		}
	}
	return textResult(thread, string(b))
}

// encode is u.encode in the encoding, of text in UTF-8.
//
// unicodeobject.c, PyUnicode_EncodeCharmap.
func (m *charmap) encode(thread *starlark.Thread, s, onError string) (starlark.Value, error) {
	return encodeBytes(thread, s, onError, m.byte, func(next, at int) error { return m.cannotEncode(s, next, at) })
}

// cannotEncode is the error of the character at the place at, which ends at the byte next: it tells of all that follow
// without a byte of their own.
func (m *charmap) cannotEncode(s string, next, at int) error {
	end := at + 1
	for next < len(s) {
		r, n := py.DecodeRune(s[next:])
		if _, ok := m.byte(r); ok {
			break
		}
		next += n
		end++
	}
	return py.UnicodeEncodeError.New(nil, starlark.String("charmap"), py.Text(s), starlark.MakeInt(at), starlark.MakeInt(end), starlark.String(noCharacter))
}
