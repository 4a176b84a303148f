package py

import "math"

// IsSpace reports whether c is one of the six bytes that Python 2's str.strip,
// str.split and int() take for white space: space, \t, \n, \r, \v and \f.
// NUL, 0x1c–0x1f, 0x85 and 0xa0 are not among them.
func IsSpace(c byte) bool {
	return c == ' ' || '\t' <= c && c <= '\r'
}

// Strip returns s without the white space at both ends: str.strip().
func Strip[T ~string | ~[]byte](s T) T {
	i, j := 0, len(s)
	for i < j && IsSpace(s[i]) {
		i++
	}
	for j > i && IsSpace(s[j-1]) {
		j--
	}
	return s[i:j]
}

// Split cuts s at runs of white space, at most n times (n < 0: everywhere), as
// str.split(None, n) does: leading white space is dropped, and after n cuts the
// remainder keeps its trailing white space. The parts are views of s.
func Split(s string, n int) []string {
	var parts []string
	for {
		i := 0
		for i < len(s) && IsSpace(s[i]) {
			i++
		}
		if s = s[i:]; s == "" {
			return parts
		}
		if n >= 0 && len(parts) == n {
			return append(parts, s)
		}
		j := 0
		for j < len(s) && !IsSpace(s[j]) {
			j++
		}
		parts = append(parts, s[:j])
		s = s[j:]
	}
}

// Int10 is int(s): white space trimmed, one optional sign, optional white space
// after it, then decimal digits only, of any number. A value beyond int64
// saturates at its ends: nothing that httplib reads needs more, and converting
// a megabyte of digits exactly would be quadratic (CVE-2020-10735).
func Int10(s string) (n int64, ok bool) { return parseInt(s, 10) }

// Int16 is int(s, 16): Int10 with hexadecimal digits of either case and an
// optional 0x or 0X after the sign.
func Int16(s string) (n int64, ok bool) { return parseInt(s, 16) }

func parseInt(s string, base int64) (int64, bool) {
	s = Strip(s)
	negative := false
	if s != "" && (s[0] == '+' || s[0] == '-') {
		negative = s[0] == '-'
		for s = s[1:]; s != "" && IsSpace(s[0]); {
			s = s[1:]
		}
	}
	if base == 16 && len(s) >= 2 && s[0] == '0' && s[1]|0x20 == 'x' {
		s = s[2:]
	}
	if s == "" {
		return 0, false
	}
	var n int64
	for i := 0; i < len(s); i++ {
		d := digit(s[i])
		if d >= base {
			return 0, false
		}
		if n > (math.MaxInt64-d)/base {
			n = math.MaxInt64
			continue
		}
		n = n*base + d
	}
	if negative {
		n = -n
	}
	return n, true
}

// digit is the value of a hexadecimal digit, or 16 for any other byte.
func digit(c byte) int64 {
	switch {
	case '0' <= c && c <= '9':
		return int64(c - '0')
	case 'a' <= c && c <= 'f':
		return int64(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return int64(c-'A') + 10
	}
	return 16
}

// Lower returns s with the ASCII capitals made small, all other bytes as they
// are: str.lower() under the C locale.
func Lower(s string) string {
	for i := 0; i < len(s); i++ {
		if 'A' <= s[i] && s[i] <= 'Z' {
			b := []byte(s)
			for ; i < len(b); i++ {
				if 'A' <= b[i] && b[i] <= 'Z' {
					b[i] += 'a' - 'A'
				}
			}
			return string(b)
		}
	}
	return s
}
