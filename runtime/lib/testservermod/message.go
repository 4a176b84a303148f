package testservermod

import (
	"net/http"
	"strconv"
	"strings"
)

// A field is one header line.
type field struct{ name, value string }

// A message is an ordinary response. Its head is written here and not by
// net/http, because reason, names, their case and order have to arrive as the
// script wrote them. Only what frames the body is added.
type message struct {
	status int
	reason string
	fields []field
	body   []byte
	pieces [][]byte // the body as chunks, if cut
	cut    bool

	// What fields say, found by note.
	length                              string // the Content-Length
	coding                              string // the Transfer-Encoding
	connection                          string
	hasLength, hasCoding, hasConnection bool
}

// textMessage is a response of our own making.
func textMessage(status int, body string, fields ...field) *message {
	m := &message{
		status: status, reason: http.StatusText(status), body: []byte(body),
		fields: append(fields, field{"Content-Type", "text/plain; charset=utf-8"}),
	}
	m.note()
	return m
}

// note reads the fields that matter for framing.
func (m *message) note() {
	for _, f := range m.fields {
		switch {
		case strings.EqualFold(f.name, "Content-Length"):
			m.length, m.hasLength = strings.TrimSpace(f.value), true
		case strings.EqualFold(f.name, "Transfer-Encoding"):
			m.coding, m.hasCoding = strings.TrimSpace(f.value), true
		case strings.EqualFold(f.name, "Connection"):
			m.connection, m.hasConnection = f.value, true
		}
	}
}

// bodyAllowed reports whether a response with this status can have content.
// RFC 9110 §6.4.1.
func bodyAllowed(status int) bool {
	return status >= 200 && status != http.StatusNoContent && status != http.StatusNotModified
}

// send writes the response as an answer to x's request, framed as RFC 9112 §6
// asks, and decides whether the connection can go on.
func (m *message) send(x *exchange) error {
	http11 := x.http11
	hasBody := bodyAllowed(m.status) && !(x.req.method == http.MethodConnect && m.status < 300)
	chunked := hasBody && (m.cut && http11 && !m.hasCoding || m.hasCoding && hasToken(m.coding, "chunked"))

	head := make([]byte, 0, 256+len(m.body))
	if http11 {
		head = append(head, "HTTP/1.1 "...)
	} else {
		head = append(head, "HTTP/1.0 "...)
	}
	head = strconv.AppendInt(head, int64(m.status), 10)
	head = append(head, ' ')
	head = append(head, m.reason...)
	head = append(head, "\r\n"...)
	for _, f := range m.fields {
		head = appendField(head, f.name, f.value)
	}

	switch {
	case !hasBody:
	case chunked:
		if !m.hasCoding {
			head = appendField(head, "Transfer-Encoding", "chunked")
		}
	case m.hasCoding: // one that we do not write: until close
		x.close = true
	case m.hasLength:
		// The script may lie about the length; then there is no next response.
		if n, err := strconv.Atoi(m.length); err != nil || n != m.len() && x.req.method != http.MethodHead {
			x.close = true
		}
	case m.cut: // to HTTP/1.0, which knows no chunks: until close
		x.close = true
	default:
		head = appendField(head, "Content-Length", strconv.Itoa(len(m.body)))
	}
	if hasToken(m.connection, "close") {
		x.close = true
	}
	if !m.hasConnection {
		switch {
		case x.wantsClose && http11:
			head = appendField(head, "Connection", "close")
		case !x.wantsClose && !x.close && !http11:
			head = appendField(head, "Connection", "keep-alive")
		}
	}
	head = append(head, "\r\n"...)

	if !hasBody || x.req.method == http.MethodHead {
		return x.write(head)
	}
	return m.sendBody(x, head, chunked)
}

// sendBody writes the head and the body. Each piece leaves by itself; a small
// body leaves with its head.
func (m *message) sendBody(x *exchange, head []byte, chunked bool) error {
	const together = 64 << 10
	pieces := m.pieces
	if !m.cut && len(m.body) > 0 {
		if !chunked && len(m.body) <= together {
			return x.write(append(head, m.body...))
		}
		pieces = [][]byte{m.body}
	}
	if err := x.write(head); err != nil {
		return err
	}
	for _, p := range pieces {
		if chunked {
			p = appendChunk(nil, p)
		}
		if err := x.write(p); err != nil {
			return err
		}
	}
	if chunked {
		return x.write([]byte("0\r\n\r\n"))
	}
	return nil
}

// len returns the bytes of the body.
func (m *message) len() int {
	n := len(m.body)
	for _, p := range m.pieces {
		n += len(p)
	}
	return n
}

func appendField(dst []byte, name, value string) []byte {
	dst = append(dst, name...)
	dst = append(dst, ": "...)
	dst = append(dst, value...)
	return append(dst, "\r\n"...)
}

// appendChunk appends one chunk. RFC 9112 §7.1.
func appendChunk(dst, p []byte) []byte {
	dst = strconv.AppendInt(dst, int64(len(p)), 16)
	dst = append(dst, "\r\n"...)
	dst = append(dst, p...)
	return append(dst, "\r\n"...)
}

// hasToken reports whether a comma-separated field value has the token.
func hasToken(value, token string) bool {
	for t := range strings.SplitSeq(value, ",") {
		if strings.EqualFold(strings.TrimSpace(t), token) {
			return true
		}
	}
	return false
}
