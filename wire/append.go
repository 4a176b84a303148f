package wire

import "strconv"

// AppendRequestLine appends a request-line and its CRLF to dst. It does not
// validate: see [IsToken] for the method, and [AppendRequest] for a form that
// does. RFC 9112 §3.
func AppendRequestLine(dst []byte, method, target string, minor int) []byte {
	dst = append(dst, method...)
	dst = append(dst, ' ')
	dst = append(dst, target...)
	dst = append(dst, ' ')
	dst = appendVersion(dst, minor)
	return append(dst, '\r', '\n')
}

// AppendStatusLine appends a status-line and its CRLF to dst. The space before
// the reason is written even if that is empty, as the grammar wants. It does
// not validate. RFC 9112 §4.
func AppendStatusLine(dst []byte, minor, code int, reason string) []byte {
	dst = appendVersion(dst, minor)
	dst = append(dst, ' ')
	dst = strconv.AppendInt(dst, int64(code), 10)
	dst = append(dst, ' ')
	dst = append(dst, reason...)
	return append(dst, '\r', '\n')
}

func appendVersion(dst []byte, minor int) []byte {
	dst = append(dst, "HTTP/1."...)
	return append(dst, '0'+byte(minor))
}

// AppendField appends a field line and its CRLF to dst. It does not validate:
// see [IsToken] and [IsFieldValue]. RFC 9112 §5.
func AppendField(dst []byte, name, value string) []byte {
	dst = append(dst, name...)
	dst = append(dst, ':', ' ')
	dst = append(dst, value...)
	return append(dst, '\r', '\n')
}

// AppendChunkLine appends the chunk-size line of a chunk of size bytes to dst.
// The data and a CRLF are to follow; after size 0, the last-chunk, the trailer
// section or just a CRLF. A negative size is written as 0. RFC 9112 §7.1.
func AppendChunkLine(dst []byte, size int64) []byte {
	dst = strconv.AppendInt(dst, max(size, 0), 16)
	return append(dst, '\r', '\n')
}
