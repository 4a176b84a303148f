package builtinmod

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.starlark.net/starlark"

	"starwire/runtime/lib/base64mod"
	"starwire/runtime/py"
)

// codecName brings the name of an encoding into one form.
//
// encodings/__init__.py, normalize_encoding, and encodings/aliases.py.
func codecName(name string) string {
	switch name = strings.NewReplacer("-", "", "_", "", " ", "").Replace(py.Lower(name)); name {
	case "utf8", "u8", "utf":
		return "utf8"
	case "ascii", "usascii", "646":
		return "ascii"
	case "latin1", "latin", "iso88591", "88591", "l1":
		return "latin1"
	case "cp1252", "1252", "windows1252":
		return "cp1252"
	case "iso885915", "latin9", "l9":
		return "iso8859-15"
	case "base64", "base64codec":
		return "base64"
	case "hex", "hexcodec":
		return "hex"
	case "rot13":
		return "rot13"
	case "stringescape":
		return "stringescape"
	}
	return ""
}

func unknownEncoding(name string) error {
	return py.LookupError.Errorf("unknown encoding: %s", name)
}

// member calls a function of base64 or binascii.
func member(thread *starlark.Thread, members starlark.StringDict, name, s string) (starlark.Value, error) {
	return starlark.Call(thread, members[name], starlark.Tuple{starlark.String(s)}, nil)
}

// isCharset reports whether the encoding is one of text: those that decode to unicode.
func isCharset(name string) bool {
	c := codecName(name)
	return c == "utf8" || c == "ascii" || c == "latin1" || charmapOf(c) != nil
}

// encodeText is u.encode(name, onError): of text, in UTF-8, the bytes in the encoding.
func encodeText(thread *starlark.Thread, s, name, onError string) (starlark.Value, error) {
	switch codecName(name) {
	case "utf8":
		return py.Bytes(s), nil
	case "ascii":
		return encodeChars(thread, s, "ascii", 0x80, onError)
	case "latin1":
		return encodeChars(thread, s, "latin-1", 0x100, onError)
	case "cp1252", "iso8859-15":
		return charmapOf(codecName(name)).encode(thread, s, onError)
	case "":
		return nil, unknownEncoding(name)
	case "rot13":
		b, err := encode(thread, s, name, onError)
		if err != nil || py.IsASCII(s) {
			return b, err
		}
		return textResult(thread, py.Str(b))
	}
	if !py.IsASCII(s) {
		return nil, py.CannotEncode("ascii", s, utf8.RuneSelf)
	}
	return encode(thread, s, name, onError)
}

// encode is s.encode(name, onError) of bytes: for an encoding of text they must be ASCII.
func encode(thread *starlark.Thread, s, name, onError string) (starlark.Value, error) {
	switch codecName(name) {
	case "utf8", "ascii", "latin1", "cp1252", "iso8859-15":
		if !py.IsASCII(s) {
			return nil, py.NotASCII(s)
		}
		return starlark.String(s), nil
	case "base64":
		return member(thread, base64mod.Module().Members, "encodestring", s)
	case "hex":
		return member(thread, base64mod.Binascii().Members, "hexlify", s)
	case "rot13":
		return result(thread, rot13(s))
	case "stringescape":
		quoted := py.Quote("\"" + s) // a double quote makes the other kind the outer one
		return result(thread, quoted[2:len(quoted)-1])
	}
	return nil, unknownEncoding(name)
}

// decode is s.decode(name, onError): of bytes in the encoding the text.
func decode(thread *starlark.Thread, s, name, onError string) (starlark.Value, error) {
	switch codecName(name) {
	case "utf8":
		return decodeUTF8(thread, s, onError)
	case "ascii":
		return decodeASCII(thread, s, onError)
	case "latin1":
		b := make([]byte, 0, len(s))
		for i := range len(s) {
			b = utf8.AppendRune(b, rune(s[i]))
		}
		return textResult(thread, string(b))
	case "cp1252", "iso8859-15":
		return charmapOf(codecName(name)).decode(thread, s, onError)
	case "base64":
		return member(thread, base64mod.Module().Members, "decodestring", s)
	case "hex":
		return member(thread, base64mod.Binascii().Members, "unhexlify", s)
	case "rot13":
		return result(thread, rot13(s))
	case "stringescape":
		return unescape(thread, s)
	}
	return nil, unknownEncoding(name)
}

// encodeChars writes each character below limit as one byte.
//
// unicodeobject.c, unicode_encode_ucs1.
func encodeChars(thread *starlark.Thread, s, codec string, limit rune, onError string) (starlark.Value, error) {
	return encodeBytes(thread, s, onError,
		func(r rune) (byte, bool) { return byte(r), r < limit },
		func(int, int) error { return py.CannotEncode(codec, s, limit) })
}

// encodeBytes writes each character of s, in UTF-8, as the byte that byteOf gives it.
// refuse is the error of the first that has none, at the place at, which ends at next.
func encodeBytes(thread *starlark.Thread, s, onError string, byteOf func(rune) (byte, bool), refuse func(next, at int) error) (starlark.Value, error) {
	var out strings.Builder
	for i, at := 0, 0; i < len(s); at++ {
		r, n := py.DecodeRune(s[i:])
		i += n
		if c, ok := byteOf(r); ok {
			out.WriteByte(c)
			continue
		}
		switch onError {
		case "ignore":
		case "replace":
			out.WriteByte('?')
		case "xmlcharrefreplace":
			fmt.Fprintf(&out, "&#%d;", r)
		case "backslashreplace":
			out.WriteString(py.EscapeRune(r))
		case "strict":
			return nil, refuse(i, at)
		default:
			return nil, unknownHandler(onError)
		}
	}
	return result(thread, out.String())
}

func unknownHandler(name string) error {
	return py.LookupError.Errorf("unknown error handler name '%s'", name)
}

func decodeASCII(thread *starlark.Thread, s, onError string) (starlark.Value, error) {
	if py.IsASCII(s) {
		return textResult(thread, s)
	}
	var out strings.Builder
	for i := range len(s) {
		if s[i] < utf8.RuneSelf {
			out.WriteByte(s[i])
			continue
		}
		switch onError {
		case "ignore":
		case "replace":
			out.WriteString("\uFFFD")
		case "strict":
			return nil, py.NotASCII(s)
		default:
			return nil, unknownHandler(onError)
		}
	}
	return textResult(thread, out.String())
}

func decodeUTF8(thread *starlark.Thread, s, onError string) (starlark.Value, error) {
	bad := py.CheckUTF8(s)
	switch {
	case bad == nil:
		return textResult(thread, s)
	case onError == "strict":
		return nil, bad
	case onError != "ignore" && onError != "replace":
		return nil, unknownHandler(onError)
	}
	var out strings.Builder
	for bad != nil {
		start, end := bad.Fields["start"].(starlark.Int), bad.Fields["end"].(starlark.Int)
		out.WriteString(s[:clampInt(start)])
		if onError == "replace" {
			out.WriteString("\uFFFD")
		}
		s = s[clampInt(end):]
		bad = py.CheckUTF8(s)
	}
	out.WriteString(s)
	return textResult(thread, out.String())
}

func rot13(s string) string {
	b := []byte(s)
	for i, c := range b {
		switch l := c | 0x20; {
		case 'a' <= l && l <= 'm':
			b[i] += 13
		case 'n' <= l && l <= 'z':
			b[i] -= 13
		}
	}
	return string(b)
}

// unescape reads the escapes of a string literal.
//
// stringobject.c, PyString_DecodeEscape.
func unescape(thread *starlark.Thread, s string) (starlark.Value, error) {
	var out strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' {
			out.WriteByte(s[i])
			continue
		}
		if i++; i == len(s) {
			return nil, py.ValueError.Errorf(`Trailing \ in string`)
		}
		const names, values = `abfnrtv\'"`, "\a\b\f\n\r\t\v\\'\""
		switch c := s[i]; {
		case c == '\n':
		case strings.IndexByte(names, c) >= 0:
			out.WriteByte(values[strings.IndexByte(names, c)])
		case c == 'x':
			if len(s) < i+3 {
				return nil, py.ValueError.Errorf(`invalid \x escape`)
			}
			n, err := strconv.ParseUint(s[i+1:i+3], 16, 8)
			if err != nil {
				return nil, py.ValueError.Errorf(`invalid \x escape`)
			}
			out.WriteByte(byte(n))
			i += 2
		case '0' <= c && c <= '7':
			n := 0
			end := min(i+3, len(s))
			for ; i < end && '0' <= s[i] && s[i] <= '7'; i++ {
				n = n*8 + int(s[i]-'0')
			}
			out.WriteByte(byte(n))
			i--
		default:
			out.WriteByte('\\')
			out.WriteByte(c)
		}
	}
	return result(thread, out.String())
}
