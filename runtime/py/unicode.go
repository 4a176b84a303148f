package py

import (
	"fmt"

	"go.starlark.net/starlark"
)

// UnicodeDecodeError says which bytes of a text are not in the encoding it was
// taken to be in.
var UnicodeDecodeError = NewClass("", "UnicodeDecodeError", Spec{
	Init: initDecodeError, Str: strDecodeError,
	Fields: []string{"encoding", "end", "object", "reason", "start"},
	Doc:    "Bytes could not be decoded: encoding, object, start, end, reason.",
}, UnicodeError)

// initDecodeError is UnicodeDecodeError.__init__: (encoding, object, start, end, reason).
func initDecodeError(e *Exception, args starlark.Tuple, kwargs []starlark.Tuple) error {
	if err := noKeywords(e.class, kwargs); err != nil {
		return err
	}
	if len(args) != 5 {
		return TypeError.Errorf("function takes exactly 5 arguments (%d given)", len(args))
	}
	for i, name := range []string{"encoding", "object", "start", "end", "reason"} {
		if name == "start" || name == "end" {
			if n, ok := args[i].(starlark.Int); !ok {
				return TypeError.Errorf("an integer is required")
			} else if _, ok := n.Int64(); !ok {
				return OverflowError.Errorf("Python int too large to convert to C long")
			}
		} else if _, ok := AsBytes(args[i]); !ok && (name != "object" || args[i].Type() != "unicode") {
			return TypeError.Errorf("argument %d must be str, not %s", i+1, TypeName(args[i]))
		}
		e.Set(name, args[i])
	}
	e.Args = args
	return nil
}

// strDecodeError is UnicodeDecodeError.__str__.
func strDecodeError(e *Exception) string {
	encoding, reason := Str(e.Fields["encoding"]), Str(e.Fields["reason"])
	object, _ := AsBytes(e.Fields["object"])
	start, _ := e.Fields["start"].(starlark.Int).Int64()
	end, _ := e.Fields["end"].(starlark.Int).Int64()
	if 0 <= start && start < int64(len(object)) && end == start+1 {
		return fmt.Sprintf("'%s' codec can't decode byte 0x%02x in position %d: %s", encoding, object[start], start, reason)
	}
	return fmt.Sprintf("'%s' codec can't decode bytes in position %d-%d: %s", encoding, start, end-1, reason)
}

// CheckUTF8 returns nil if s is UTF-8 as Python 2.7 reads it, which lets
// surrogates pass, and else the UnicodeDecodeError of s.decode('utf-8').
//
// unicodeobject.c, PyUnicode_DecodeUTF8Stateful
func CheckUTF8(s string) *Exception {
	for i := 0; i < len(s); {
		if s[i] < 0x80 {
			i++
			continue
		}
		n, bad, reason := decodeStep(s[i:])
		if n == 0 {
			return UnicodeDecodeError.New(nil, starlark.String("utf8"), starlark.String(s),
				starlark.MakeInt(i), starlark.MakeInt(i+bad), starlark.String(reason))
		}
		i += n
	}
	return nil
}

// decodeStep measures the sequence of two or more bytes that s begins with. If
// it is not one, n is 0 and the first bad bytes are to blame, for that reason.
func decodeStep(s string) (n, bad int, reason string) {
	c := s[0]
	switch {
	case 0xc2 <= c && c <= 0xdf:
		n = 2
	case 0xe0 <= c && c <= 0xef:
		n = 3
	case 0xf0 <= c && c <= 0xf4:
		n = 4
	default:
		return 0, 1, "invalid start byte"
	}
	if n > len(s) {
		bad = 1
		for k := 1; k < len(s) && isContinuation(s[k]); k++ {
			bad++
		}
		return 0, bad, "unexpected end of data"
	}
	good := 1
	for good < n && isContinuation(s[good]) {
		good++
	}
	switch {
	case c == 0xe0 && s[1] < 0xa0, c == 0xf0 && s[1] < 0x90, c == 0xf4 && s[1] > 0x8f:
		// Too long a form, or beyond U+10FFFF: only the bytes' shape counts below.
		return 0, min(good, n-1), "invalid continuation byte"
	case good < n:
		return 0, good, "invalid continuation byte"
	}
	return n, 0, ""
}

func isContinuation(c byte) bool { return c&0xc0 == 0x80 }

// UnicodeEncodeError says which characters of a text the encoding has not.
var UnicodeEncodeError = NewClass("", "UnicodeEncodeError", Spec{
	Init: initDecodeError, Str: strEncodeError,
	Fields: []string{"encoding", "end", "object", "reason", "start"},
	Doc:    "Text could not be encoded: encoding, object, start, end, reason. Positions count characters.",
}, UnicodeError)

// strEncodeError is UnicodeEncodeError.__str__.
func strEncodeError(e *Exception) string {
	encoding, reason := Str(e.Fields["encoding"]), Str(e.Fields["reason"])
	start, _ := e.Fields["start"].(starlark.Int).Int64()
	end, _ := e.Fields["end"].(starlark.Int).Int64()
	object := e.Fields["object"]
	if s, ok := AsBytes(object); ok {
		object = Text(s)
	}
	if chars, ok := object.(starlark.Indexable); ok && 0 <= start && start < int64(chars.Len()) && end == start+1 {
		r, _ := DecodeRune(Str(chars.Index(int(start))))
		return fmt.Sprintf("'%s' codec can't encode character u'%s' in position %d: %s", encoding, EscapeRune(r), start, reason)
	}
	return fmt.Sprintf("'%s' codec can't encode characters in position %d-%d: %s", encoding, start, end-1, reason)
}
