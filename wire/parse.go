package wire

import (
	"bytes"
	"math"
)

// A StatusLine is what a status-line says. RFC 9112 §4.
type StatusLine struct {
	Minor  int    // of the version HTTP/1.Minor; above 1 it is to be read as 1 (RFC 9110 §2.5)
	Code   int    // 100 to 999
	Reason []byte // view of the line; often empty
}

// ParseStatusLine splits a status-line given without its terminator. The
// reason-phrase is a view of line. The space before an empty reason may be
// missing, as some servers omit it. Any other deviation is a *[SyntaxError].
//
//	status-line = HTTP-version SP status-code SP [ reason-phrase ]
//
// RFC 9112 §4.
func ParseStatusLine(line []byte) (StatusLine, error) {
	s, at := parseStatusLine(line)
	if at >= 0 {
		return StatusLine{}, invalid(ElemStatusLine, at)
	}
	return s, nil
}

// parseStatusLine returns the offset of the first bad byte, or -1.
func parseStatusLine(line []byte) (s StatusLine, at int) {
	const form = "HTTP/1.x 000"
	if at := versionPrefix(line); at >= 0 {
		return s, at
	}
	s.Minor = int(line[7] - '0')
	if len(line) < 9 || line[8] != ' ' {
		return s, 8
	}
	for i := 9; i < len(form); i++ {
		// A code below 100 has no class, and 0 is no first digit.
		if i >= len(line) || line[i]-'0' > 9 || i == 9 && line[i] == '0' {
			return s, i
		}
		s.Code = s.Code*10 + int(line[i]-'0')
	}
	if len(line) == len(form) {
		return s, -1
	}
	if line[len(form)] != ' ' {
		return s, len(form)
	}
	s.Reason = line[len(form)+1:]
	if i := badText(s.Reason); i >= 0 {
		return s, len(form) + 1 + i
	}
	return s, -1
}

// versionPrefix returns -1 if b starts with HTTP/1.DIGIT, else the offset of
// the first byte that differs. The version is case-sensitive and each part is
// one digit. RFC 9112 §2.3.
func versionPrefix(b []byte) int {
	const prefix = "HTTP/1."
	for i := range len(prefix) + 1 {
		if i >= len(b) || i < len(prefix) && b[i] != prefix[i] || i == len(prefix) && b[i]-'0' > 9 {
			return i
		}
	}
	return -1
}

// badText returns the index of the first NUL, CR or LF in b, or -1. Those three
// are dangerous wherever they turn up; other controls are kept, as RFC 9110
// §5.5 allows a recipient.
func badText(b []byte) int {
	for i := control(b, 0); i < len(b); i = control(b, i+1) {
		if c := b[i]; c == 0 || c == '\r' || c == '\n' {
			return i
		}
	}
	return -1
}

// A RequestLine is what a request-line says. Method and Target are views of the
// line. RFC 9112 §3.
type RequestLine struct {
	Method, Target []byte
	Minor          int // of the version HTTP/1.Minor
}

// ParseRequestLine splits a request-line given without its terminator.
// The target is any visible US-ASCII; its form is not looked at.
//
//	request-line = method SP request-target SP HTTP-version
//
// RFC 9112 §3.
func ParseRequestLine(line []byte) (RequestLine, error) {
	r, at := parseRequestLine(line)
	if at >= 0 {
		return RequestLine{}, invalid(ElemRequestLine, at)
	}
	return r, nil
}

// parseRequestLine returns the offset of the first bad byte, or -1.
func parseRequestLine(line []byte) (r RequestLine, at int) {
	m := tokenPrefix(line)
	if m == 0 || m == len(line) || line[m] != ' ' {
		return r, m
	}
	t := m + 1
	for t < len(line) && line[t] > ' ' && line[t] < 0x7f {
		t++
	}
	if t == m+1 || t == len(line) || line[t] != ' ' {
		return r, t
	}
	v := line[t+1:]
	if i := versionPrefix(v); i >= 0 {
		return r, t + 1 + i
	}
	if len(v) > len("HTTP/1.x") {
		return r, t + 1 + len("HTTP/1.x")
	}
	return RequestLine{Method: line[:m], Target: line[m+1 : t], Minor: int(v[7] - '0')}, -1
}

// ParseFieldLine splits one field line, without its terminator. Both results
// are views of line. The name is a token with the colon right behind it; the
// value is stripped of SP and HTAB at its ends and holds no NUL, CR or LF. A
// line that deviates, folded lines (RFC 9112 §5.2) among them, is a
// *[SyntaxError].
//
//	field-line = field-name ":" OWS field-value OWS
//
// RFC 9112 §5.
func ParseFieldLine(line []byte) (name, value []byte, err error) {
	k, at := parseFieldLine(line)
	if at >= 0 {
		return nil, nil, invalid(ElemFieldLine, at)
	}
	i, j := trimOWS(line, k+1, len(line))
	return line[:k], line[i:j], nil
}

// parseFieldLine returns the offset of the colon, and that of the first bad
// byte or -1.
func parseFieldLine(line []byte) (colon, at int) {
	k := tokenPrefix(line)
	if k == 0 || k == len(line) || line[k] != ':' {
		return 0, k
	}
	if i := badText(line[k+1:]); i >= 0 {
		return 0, k + 1 + i
	}
	return k, -1
}

// ParseChunkLine returns the size that a chunk-size line states, in bytes; 0 is
// the last-chunk. The line is given without its CRLF. Extensions are checked
// for bytes that could hide a line end, and dropped. The size is 1 to 16
// hexadecimal digits and below 2^63; anything else is a *[SyntaxError].
//
//	chunk-size [ chunk-ext ]
//
// RFC 9112 §7.1 and §7.1.1.
func ParseChunkLine(line []byte) (size int64, err error) {
	size, at := parseChunkLine(line, false)
	if at >= 0 {
		return 0, invalid(ElemChunkSize, at)
	}
	return size, nil
}

// parseChunkLine returns the size and the offset of the first bad byte, or -1.
// Lenient, it takes any number of leading zeros and whitespace at the end of
// the line, and looks at nothing but CR in the extensions: hardening H7 of what
// CPython's int(line, 16) takes.
func parseChunkLine(line []byte, lenient bool) (size int64, at int) {
	i := 0
	if lenient {
		for i < len(line) && line[i] == '0' {
			i++
		}
	}
	first := i
	var n uint64
	for i < len(line) && hexdig[line[i]] != 0 {
		if i-first == 16 {
			return 0, i
		}
		n = n<<4 | uint64(hexdig[line[i]]-1)
		i++
	}
	if i == 0 || n > math.MaxInt64 {
		return 0, i
	}
	ext := i
	for ext < len(line) && isOWS(line[ext]) {
		ext++
	}
	if ext == len(line) {
		if ext > i && !lenient {
			return 0, i
		}
		return int64(n), -1
	}
	if line[ext] != ';' {
		return 0, ext
	}
	if lenient {
		if k := bytes.IndexByte(line[ext:], '\r'); k >= 0 {
			return 0, ext + k
		}
	} else if k := badText(line[ext:]); k >= 0 {
		return 0, ext + k
	}
	return int64(n), -1
}
