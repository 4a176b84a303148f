package wire

import (
	"encoding/binary"
	"math/bits"
)

// The byte classes of the grammar, one table each. They are plain data, so the
// linker lays them out and nothing runs at start-up.

// tchar marks the bytes a token may hold. RFC 9110 §5.6.2:
//
//	token = 1*tchar
//	tchar = "!" / "#" / "$" / "%" / "&" / "'" / "*" / "+" / "-" / "." /
//	        "^" / "_" / "`" / "|" / "~" / DIGIT / ALPHA
var tchar = [256]bool{
	'!': true, '#': true, '$': true, '%': true, '&': true, '\'': true, '*': true,
	'+': true, '-': true, '.': true, '^': true, '_': true, '`': true, '|': true, '~': true,

	'0': true, '1': true, '2': true, '3': true, '4': true,
	'5': true, '6': true, '7': true, '8': true, '9': true,

	'A': true, 'B': true, 'C': true, 'D': true, 'E': true, 'F': true, 'G': true, 'H': true, 'I': true,
	'J': true, 'K': true, 'L': true, 'M': true, 'N': true, 'O': true, 'P': true, 'Q': true, 'R': true,
	'S': true, 'T': true, 'U': true, 'V': true, 'W': true, 'X': true, 'Y': true, 'Z': true,

	'a': true, 'b': true, 'c': true, 'd': true, 'e': true, 'f': true, 'g': true, 'h': true, 'i': true,
	'j': true, 'k': true, 'l': true, 'm': true, 'n': true, 'o': true, 'p': true, 'q': true, 'r': true,
	's': true, 't': true, 'u': true, 'v': true, 'w': true, 'x': true, 'y': true, 'z': true,
}

// hexdig holds the value of each HEXDIG plus one; zero is no HEXDIG.
// RFC 5234 appendix B.1, in either case:
//
//	HEXDIG = DIGIT / "A" / "B" / "C" / "D" / "E" / "F"
var hexdig = [256]uint8{
	'0': 1, '1': 2, '2': 3, '3': 4, '4': 5, '5': 6, '6': 7, '7': 8, '8': 9, '9': 10,
	'A': 11, 'B': 12, 'C': 13, 'D': 14, 'E': 15, 'F': 16,
	'a': 11, 'b': 12, 'c': 13, 'd': 14, 'e': 15, 'f': 16,
}

// IsToken reports whether s is a token: a method or a field name that may be
// sent. RFC 9110 §5.6.2.
func IsToken(s string) bool { return s != "" && tokenPrefix(s) == len(s) }

// IsFieldValue reports whether s may be sent as the value of a field line.
// It looks at bytes only: whitespace at the ends passes, and the recipient
// strips it. RFC 9110 §5.5:
//
//	field-vchar = VCHAR / obs-text        ; and between them SP / HTAB
func IsFieldValue(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
}

// isTarget reports whether s can stand in a request-line: visible US-ASCII, at
// least one byte. RFC 9112 §3.2 allows less; what a URI may hold is for the
// layer that has the URI.
func isTarget[T string | []byte](s T) bool {
	for i := 0; i < len(s); i++ {
		if s[i] <= ' ' || s[i] >= 0x7f {
			return false
		}
	}
	return len(s) > 0
}

// tokenPrefix returns the length of the longest run of tchar that s starts with.
func tokenPrefix[T string | []byte](s T) int {
	for i := 0; i < len(s); i++ {
		if !tchar[s[i]] {
			return i
		}
	}
	return len(s)
}

// isOWS reports whether c is optional whitespace. RFC 9110 §5.6.3:
//
//	OWS = *( SP / HTAB )
func isOWS(c byte) bool { return c == ' ' || c == '\t' }

// trimOWS narrows the range [i, j) of b by the whitespace at both its ends.
func trimOWS(b []byte, i, j int) (int, int) {
	for i < j && isOWS(b[i]) {
		i++
	}
	for i < j && isOWS(b[j-1]) {
		j--
	}
	return i, j
}

// control returns the index of the first byte of b[i:] below SP, or len(b).
// HTAB is one of them: the callers know what to make of it.
func control(b []byte, i int) int {
	const each, high = 0x0101010101010101, 0x8080808080808080
	// Eight bytes at a time: subtracting 0x20 borrows into the top bit of every
	// byte below it. A borrow may spill into the bytes above the first such
	// byte, never below it, so the lowest marked byte is exact.
	for ; len(b)-i >= 8; i += 8 {
		x := binary.LittleEndian.Uint64(b[i:])
		if m := (x - ' '*each) &^ x & high; m != 0 {
			return i + bits.TrailingZeros64(m)>>3
		}
	}
	for i < len(b) && b[i] >= ' ' {
		i++
	}
	return i
}

// equalFold reports whether name is s, letters compared without case as field
// names and most field tokens are. Only US-ASCII letters have a case.
func equalFold[A, B string | []byte](name A, s B) bool {
	if len(name) != len(s) {
		return false
	}
	// Backwards: names on one head tend to share a beginning (Content-, X-), and
	// of those of equal length the end tells more apart.
	for i := len(name) - 1; i >= 0; i-- {
		if a, b := name[i], s[i]; a != b && lower(a) != lower(b) {
			return false
		}
	}
	return true
}

func lower(c byte) byte {
	if c-'A' < 26 {
		c |= 0x20
	}
	return c
}
