package rfc822mod

import (
	"encoding/base64"
	"strings"

	"starwire/runtime/py"
)

// BinasciiError is what the decoders raise for text that cannot be decoded, and
// UUError what decode does for a uuencoded file without its beginning or end.
var (
	BinasciiError = py.NewClass("binascii", "Error", py.Spec{Doc: "Text that cannot be decoded."}, py.ExceptionClass)
	UUError       = py.NewClass("uu", "Error", py.Spec{Doc: "A uuencoded file that does not begin, or end, as it should."}, py.ExceptionClass)
)

// maxQuotedLine is how long a line of quoted-printable text may be, with the
// "=" that breaks it.
const maxQuotedLine = 76

// EncodeQuotedPrintable returns data in quoted-printable form (RFC 2045 §6.7).
// Line ends all become those of the first line; spaces and tabs stay, but for
// those at the end of a line.
//
// binascii.b2a_qp.
func EncodeQuotedPrintable(data string) string {
	const hex = "0123456789ABCDEF"
	end := "\n"
	if i := strings.IndexByte(data, '\n'); i > 0 && data[i-1] == '\r' {
		end = "\r\n"
	}
	out := make([]byte, 0, len(data)+len(data)/8)
	column := 0
	soften := func() {
		out = append(out, '=')
		out = append(out, end...)
		column = 0
	}
	for i := 0; i < len(data); i++ {
		c := data[i]
		last := i+1 == len(data)
		switch {
		case c == '\n', c == '\r' && !last && data[i+1] == '\n':
			if n := len(out); n > 0 && (out[n-1] == ' ' || out[n-1] == '\t') {
				blank := out[n-1]
				out = append(out[:n-1], '=', hex[blank>>4], hex[blank&15])
			}
			out = append(out, end...)
			column = 0
			if c == '\r' {
				i++
			}
		case mustQuote(c, last), c == '.' && column == 0 && (last || data[i+1] == '\n' || data[i+1] == '\r' || data[i+1] == 0):
			if column+3 >= maxQuotedLine {
				soften()
			}
			out = append(out, '=', hex[c>>4], hex[c&15])
			column += 3
		default:
			if !last && data[i+1] != '\n' && column+1 >= maxQuotedLine {
				soften()
			}
			out = append(out, c)
			column++
		}
	}
	return string(out)
}

// mustQuote reports whether c, which ends no line, may not stand for itself.
// last is whether c is the last byte.
func mustQuote(c byte, last bool) bool {
	switch c {
	case '\t', ' ':
		return last
	case '\r', '\n':
		return false
	}
	return c < ' ' || c > '~' || c == '='
}

// DecodeQuotedPrintable returns what text in quoted-printable form stands for.
// An "=" that quotes nothing stays.
//
// binascii.a2b_qp.
func DecodeQuotedPrintable(text string) string {
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); {
		if text[i] != '=' {
			out = append(out, text[i])
			i++
			continue
		}
		if i++; i == len(text) {
			break
		}
		switch c := text[i]; {
		case c == '\n' || c == '\r': // a line that goes on
			if n := strings.IndexByte(text[i:], '\n'); n >= 0 {
				i += n + 1
			} else {
				i = len(text)
			}
		case c == '=':
			out = append(out, '=')
			i++
		case i+1 < len(text) && unhex(c) < 16 && unhex(text[i+1]) < 16:
			out = append(out, unhex(c)<<4|unhex(text[i+1]))
			i += 2
		default:
			out = append(out, '=')
		}
	}
	return string(out)
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

// DecodeBase64 returns what the base64 digits in text stand for. Other bytes
// are skipped; digits that make up no byte are an exception.
//
// binascii.a2b_base64.
func DecodeBase64(text string) (string, error) {
	out := make([]byte, 0, len(text)/4*3+3)
	var bits, have uint
	digits := 0 // of the group of four
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c == '=' {
			if digits == 3 || digits == 2 && nextBase64(text[i+1:]) == '=' {
				have = 0
				break
			}
			continue
		}
		d := base64Digit(c)
		if d < 0 {
			continue
		}
		digits = (digits + 1) % 4
		bits, have = bits<<6|uint(d), have+6
		if have >= 8 {
			have -= 8
			out = append(out, byte(bits>>have))
			bits &= 1<<have - 1
		}
	}
	if have != 0 {
		return "", BinasciiError.Errorf("Incorrect padding")
	}
	return string(out), nil
}

// encodeBase64Line returns data as one line, as binascii.b2a_base64 does.
func encodeBase64Line(data string) (string, error) {
	return base64.StdEncoding.EncodeToString([]byte(data)) + "\n", nil
}

// nextBase64 returns the next digit or "=" in text, 0 if there is none.
func nextBase64(text string) byte {
	for i := 0; i < len(text); i++ {
		if text[i] == '=' || base64Digit(text[i]) >= 0 {
			return text[i]
		}
	}
	return 0
}

// base64Digit is the value of a digit, or -1.
func base64Digit(c byte) int {
	switch {
	case 'A' <= c && c <= 'Z':
		return int(c - 'A')
	case 'a' <= c && c <= 'z':
		return int(c-'a') + 26
	case '0' <= c && c <= '9':
		return int(c-'0') + 52
	case c == '+':
		return 62
	case c == '/':
		return 63
	}
	return -1
}

// maxUULine is how many bytes a line of uuencoded text can hold.
const maxUULine = 45

// EncodeUULine returns a line of uuencoded text for at most 45 bytes.
//
// binascii.b2a_uu.
func EncodeUULine(data string) string {
	out := []byte{' ' + byte(len(data))}
	for i := 0; i < len(data); i += 3 {
		var group uint
		for j := i; j < i+3; j++ {
			group <<= 8
			if j < len(data) {
				group |= uint(data[j])
			}
		}
		out = append(out, ' '+byte(group>>18), ' '+byte(group>>12&63), ' '+byte(group>>6&63), ' '+byte(group&63))
	}
	return string(append(out, '\n'))
}

// DecodeUULine returns what a line of uuencoded text stands for. It must not be empty.
//
// binascii.a2b_uu.
func DecodeUULine(line string) (string, error) {
	n := int(line[0]-' ') & 63
	line = line[1:]
	out := make([]byte, 0, n)
	var bits, have uint
	for len(out) < n {
		var d byte // a space that was lost at the end of the line
		if line != "" {
			if c := line[0]; c != '\n' && c != '\r' {
				if c < ' ' || c > ' '+64 {
					return "", BinasciiError.Errorf("Illegal char")
				}
				d = (c - ' ') & 63
			}
			line = line[1:]
		}
		bits, have = bits<<6|uint(d), have+6
		if have >= 8 {
			have -= 8
			out = append(out, byte(bits>>have))
			bits &= 1<<have - 1
		}
	}
	if strings.Trim(line, " `\n\r") != "" {
		return "", BinasciiError.Errorf("Trailing garbage")
	}
	return string(out), nil
}
