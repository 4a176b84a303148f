package pysyntax

import (
	"math/big"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.starlark.net/syntax"
)

// strLit is the value of a string token.
type strLit struct {
	value string
	bytes bool // Starlark's bytes type: b'…' outside Script mode

	prefix, text string // in Script mode: the prefix in small letters, and what is between the quotes
}

// isUnicode reports whether the literal is of Python 2's type unicode; all of those without a prefix are
// if the file says so.
func (lit *strLit) isUnicode(all bool) bool {
	return strings.Contains(lit.prefix, "u") || all && !strings.Contains(lit.prefix, "b")
}

// stringPrefix reports whether word, before a quote, belongs to the string literal.
// rb is Starlark's (and Python 3's); Python 2 has only br.
func stringPrefix(word string) bool {
	switch strings.ToLower(word) {
	case "r", "u", "b", "ur", "br":
		return true
	}
	return word == "rb"
}

// str scans a string literal whose prefix, already passed, began at start.
func (s *scanner) str(start int, pos syntax.Position, prefix string) {
	quote := s.src[s.off]
	n := 1
	if s.peek(1) == quote && s.peek(2) == quote {
		n = 3
	}
	s.skip(n)
	body := s.off
	for escaped := false; ; {
		switch {
		case s.eof():
			if n == 3 || escaped {
				s.failEOF(pos, "this string is never closed")
			} else {
				s.fail(pos, "this string is never closed")
			}
			return
		case s.newline() && n == 1:
			s.fail(pos, "this string is never closed: the line ends first")
			return
		case s.src[s.off] == quote && (n == 1 || s.peek(1) == quote && s.peek(2) == quote):
			text := s.src[body:s.off]
			s.skip(n)
			s.strValue(start, pos, strings.ToLower(prefix), text)
			return
		case s.src[s.off] == '\\':
			s.skip(1)
			if s.eof() {
				s.failEOF(pos, "this string is never closed")
				return
			}
			escaped = s.newline()
			s.advance()
		default:
			escaped = false
			s.advance()
		}
	}
}

// strValue decodes and emits a string literal.
func (s *scanner) strValue(start int, pos syntax.Position, prefix, text string) {
	if strings.Contains(text, "\r") {
		text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	}
	lit := strLit{value: text, bytes: s.mode != Script && strings.Contains(prefix, "b"), prefix: prefix, text: text}
	unicodeEscapes := s.mode != Script || strings.Contains(prefix, "u")
	if raw := strings.Contains(prefix, "r"); !raw || prefix == "ur" {
		v, msg := unescape(text, raw, unicodeEscapes, strings.Contains(prefix, "u"))
		if msg != "" {
			s.refuse(pos, "%s", msg)
		} else {
			lit.value = v
		}
	}
	s.emit(tokString, start, pos, lit)
}

// unescape decodes the escapes of a string literal as Python 2 does: one it does not know stands for
// itself, backslash and all. With raw only the unicode escapes count (the ur prefix); without
// unicodeEscapes \u, \U and \N are three more it does not know. With text \xff is the character, in
// UTF-8, and not the byte. The message is empty if all is well.
//
// Python Language Reference 2.7 §2.4.1.
func unescape(s string, raw, unicodeEscapes, text bool) (value, message string) {
	if !strings.Contains(s, `\`) {
		return s, ""
	}
	var b strings.Builder
	char := func(n uint64) {
		if text && n >= utf8.RuneSelf {
			b.WriteRune(rune(n))
		} else {
			b.WriteByte(byte(n))
		}
	}
	for {
		i := strings.IndexByte(s, '\\')
		if i < 0 || i+1 == len(s) {
			b.WriteString(s)
			return b.String(), ""
		}
		b.WriteString(s[:i])
		s = s[i:]
		c := s[1]
		switch {
		case unicodeEscapes && (c == 'u' || c == 'U'):
			n := 6
			if c == 'U' {
				n = 10
			}
			if len(s) < n {
				return "", "truncated escape " + s[:2]
			}
			v, err := strconv.ParseUint(s[2:n], 16, 32)
			surrogate := 0xD800 <= v && v < 0xE000
			if err != nil || v > unicode.MaxRune || surrogate && !text {
				return "", "invalid escape " + strconv.QuoteToASCII(s[:n])
			}
			if surrogate { // a character of its own, in the bytes that UTF-8 would give it
				b.Write([]byte{0xe0 | byte(v>>12), 0x80 | byte(v>>6)&0xbf, 0x80 | byte(v)&0xbf})
			} else {
				b.WriteRune(rune(v))
			}
			s = s[n:]
		case unicodeEscapes && c == 'N' && text && !raw:
			return "", `\N{…} is not supported; write \u and the character's number`
		case raw:
			b.WriteString(s[:2])
			s = s[2:]
		case c == '\n':
			s = s[2:]
		case strings.IndexByte(`abfnrtv\'"`, c) >= 0:
			b.WriteByte("\a\b\f\n\r\t\v\\'\""[strings.IndexByte(`abfnrtv\'"`, c)])
			s = s[2:]
		case '0' <= c && c <= '7':
			n, v := 1, uint64(0)
			for ; n <= 3 && n < len(s) && '0' <= s[n] && s[n] <= '7'; n++ {
				v = v*8 + uint64(s[n]-'0')
			}
			char(v)
			s = s[n:]
		case c == 'x':
			if len(s) < 4 {
				return "", `invalid \x escape`
			}
			v, err := strconv.ParseUint(s[2:4], 16, 8)
			if err != nil {
				return "", `invalid \x escape`
			}
			char(v)
			s = s[4:]
		default:
			b.WriteString(s[:2])
			s = s[2:]
		}
	}
}

// number scans an integer (decimal, 0x, 0o, 0b, Python 2's 0777, each with an optional L) or a float.
//
// Python Language Reference 2.7 §2.4.4–2.4.6.
func (s *scanner) number() {
	start, pos := s.off, s.pos()
	digits := func(ok func(byte) bool) int {
		from := s.off
		for !s.eof() && ok(s.src[s.off]) {
			s.skip(1)
		}
		return s.off - from
	}
	base := 10
	if s.src[s.off] == '0' {
		switch s.peek(1) {
		case 'x', 'X':
			base = 16
		case 'o', 'O':
			base = 8
		case 'b', 'B':
			base = 2
		}
	}
	isFloat := false
	if base != 10 {
		s.skip(2)
		if digits(func(c byte) bool { return digitValue(c) < base }) == 0 {
			s.fail(pos, "a number cannot begin with %s alone", s.src[start:s.off])
			return
		}
	} else {
		digits(isDigit)
		if s.peek(0) == '.' {
			isFloat = true
			s.skip(1)
			digits(isDigit)
		}
		if c := s.peek(0); c == 'e' || c == 'E' {
			n := 1
			if c := s.peek(1); c == '+' || c == '-' {
				n = 2
			}
			if isDigit(s.peek(n)) {
				isFloat = true
				s.skip(n)
				digits(isDigit)
			}
		}
	}
	text := s.src[start:s.off]
	switch c := s.peek(0); {
	case c == 'j' || c == 'J':
		s.refuse(pos, "complex numbers are not supported; keep the two parts apart")
		s.skip(1)
	case !isFloat && (c == 'l' || c == 'L'):
		s.skip(1)
	}
	if isFloat {
		v, _ := strconv.ParseFloat(text, 64) // out of range is an infinity, as in Python
		s.emit(tokFloat, start, pos, v)
		return
	}
	if base == 10 && len(text) > 1 && text[0] == '0' {
		base = 8 // 0777; the zeros of 0, 00 and 000 are octal too
		if strings.ContainsAny(text, "89") {
			s.fail(pos, "%s is octal in Python 2 and has a digit over 7; drop the leading zeros", text)
			return
		}
	} else if base != 10 {
		text = text[2:]
	}
	if v, err := strconv.ParseInt(text, base, 64); err == nil {
		s.emit(tokInt, start, pos, v)
		return
	}
	v, _ := new(big.Int).SetString(text, base)
	s.emit(tokInt, start, pos, v)
}

// digitValue is the value of a hexadecimal digit, or a number larger than any base.
func digitValue(c byte) int {
	switch {
	case isDigit(c):
		return int(c - '0')
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	}
	return 99
}
