package jsonmod

import (
	"strings"
	"unicode/utf8"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/py"
)

// A codecFunc turns text of some encoding into UTF-8.
type codecFunc func(s string) (string, error)

// codec returns the decoder of the named encoding: nil for UTF-8.
func codec(v starlark.Value) (codecFunc, error) {
	if v == starlark.None {
		return nil, nil
	}
	name, ok := py.AsBytes(v)
	if !ok {
		return nil, py.TypeError.Errorf("encoding must be a string, not %s", py.TypeName(v))
	}
	switch strings.NewReplacer("-", "", "_", "", " ", "").Replace(py.Lower(name)) {
	case "utf8":
		return nil, nil
	case "latin1", "latin", "iso88591", "l1":
		return fromLatin1, nil
	case "ascii", "usascii", "646":
		return fromASCII, nil
	}
	return nil, py.LookupError.Errorf("unknown encoding: %s", name)
}

func fromLatin1(s string) (string, error) {
	var b []byte
	for i := 0; i < len(s); i++ {
		b = utf8.AppendRune(b, rune(s[i]))
	}
	return string(b), nil
}

func fromASCII(s string) (string, error) {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return "", py.UnicodeDecodeError.New(nil, starlark.String("ascii"), starlark.String(s),
				starlark.MakeInt(i), starlark.MakeInt(i+1), starlark.String("ordinal not in range(128)"))
		}
	}
	return s, nil
}

// isASCII reports whether s has no byte above 0x7f.
func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// appendRune appends r in UTF-8; a surrogate gets the three bytes that Python 2
// gives it, so that it survives.
func appendRune(b []byte, r rune) []byte {
	if 0xd800 <= r && r <= 0xdfff {
		return append(b, 0xe0|byte(r>>12), 0x80|byte(r>>6)&0xbf, 0x80|byte(r)&0xbf)
	}
	return utf8.AppendRune(b, r)
}

// decodeRune reads the character that s begins with. Surrogates are taken as
// appendRune writes them; a byte that is no UTF-8 is U+FFFD and one byte wide.
func decodeRune(s string) (r rune, n int) {
	r, n = utf8.DecodeRuneInString(s)
	if r == utf8.RuneError && n == 1 && len(s) >= 3 && s[0] == 0xed && 0xa0 <= s[1] && s[1] <= 0xbf && s[2]&0xc0 == 0x80 {
		return 0xd000 | rune(s[1]&0x3f)<<6 | rune(s[2]&0x3f), 3
	}
	return r, n
}

// appendQuoted appends s, in UTF-8, as it is between the quotes of a JSON string:
// in ASCII only, or with other characters as they are. What is no UTF-8 becomes
// U+FFFD. RFC 8259 §7.
func appendQuoted(b []byte, s string, ascii bool) []byte {
	start := 0 // s[start:i] is copied as it is
	for i := 0; i < len(s); {
		c := s[i]
		if ' ' <= c && c < utf8.RuneSelf && c != '"' && c != '\\' && (c != 0x7f || !ascii) {
			i++
			continue
		}
		r, n := decodeRune(s[i:])
		if c >= utf8.RuneSelf && !ascii && n > 1 && !isSurrogate(r) {
			i += n
			continue
		}
		b = append(b, s[start:i]...)
		i += n
		start = i
		switch {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c == '\n':
			b = append(b, '\\', 'n')
		case c == '\r':
			b = append(b, '\\', 'r')
		case c == '\t':
			b = append(b, '\\', 't')
		case c == '\f':
			b = append(b, '\\', 'f')
		case c == '\b':
			b = append(b, '\\', 'b')
		case r == utf8.RuneError && n == 1 && !ascii:
			b = utf8.AppendRune(b, r)
		case r > 0xffff:
			r -= 0x10000
			b = appendEscape(b, 0xd800|r>>10)
			b = appendEscape(b, 0xdc00|r&0x3ff)
		default:
			b = appendEscape(b, r)
		}
	}
	return append(b, s[start:]...)
}

// appendBytes is appendQuoted of bytes that are not UTF-8, which stay as they are.
//
// json/encoder.py, encode_basestring.
func appendBytes(b []byte, s string) []byte {
	for i := range len(s) {
		if s[i] < utf8.RuneSelf {
			b = appendQuoted(b, s[i:i+1], false)
		} else {
			b = append(b, s[i])
		}
	}
	return b
}

func isSurrogate(r rune) bool { return 0xd800 <= r && r <= 0xdfff }

// appendEscape appends \uXXXX.
func appendEscape(b []byte, r rune) []byte {
	const hex = "0123456789abcdef"
	return append(b, '\\', 'u', hex[r>>12&15], hex[r>>8&15], hex[r>>4&15], hex[r&15])
}

// most is how deep any run may go: all of this recurses.
const most = 50_000

// depthLimit returns how deep the thread's run may go, and the error of a run that
// has a limit of its own and goes deeper.
func depthLimit(thread *starlark.Thread, depth int) (int, error) {
	if depth <= 1 || thread == nil {
		return MaxDepth, nil
	}
	b := host.From(thread).Budget
	if b.JSONDepth == 0 {
		return MaxDepth, nil
	}
	return most, b.JSON(depth)
}
