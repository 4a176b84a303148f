package cookiemod

import (
	"fmt"
	"strings"
)

// isLegal reports whether c needs no quotes.
//
// Cookie.py, _LegalChars.
func isLegal(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c != 0 && strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0
}

func allLegal(s string) bool {
	for i := range len(s) {
		if !isLegal(s[i]) {
			return false
		}
	}
	return true
}

// quote puts what is not a word into quotes.
//
// Cookie.py, _quote.
func quote(s string) string {
	if allLegal(s) {
		return s
	}
	b := make([]byte, 0, len(s)+len(s)/4+2)
	b = append(b, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c < ' ' || c >= 0x7f || c == ',' || c == ';':
			b = fmt.Appendf(b, `\%03o`, c)
		default:
			b = append(b, c)
		}
	}
	return string(append(b, '"'))
}

// unquote takes the quotes of s away, if there are any.
//
// Cookie.py, _unquote.
func unquote(s string) string {
	if len(s) < 2 || s[0] != '"' || s[len(s)-1] != '"' {
		return s
	}
	s = s[1 : len(s)-1]
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] != '\\' || i+1 == len(s) || s[i+1] == '\n':
			b = append(b, s[i])
		case isOctal(s[i+1:]):
			b = append(b, (s[i+1]-'0')<<6|(s[i+2]-'0')<<3|(s[i+3]-'0'))
			i += 3
		default:
			i++
			b = append(b, s[i])
		}
	}
	return string(b)
}

// isOctal reports whether s begins with the three digits of a byte.
func isOctal(s string) bool {
	digit := func(c, most byte) bool { return '0' <= c && c <= most }
	return len(s) >= 3 && digit(s[0], '3') && digit(s[1], '7') && digit(s[2], '7')
}
