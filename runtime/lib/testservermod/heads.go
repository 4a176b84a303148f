package testservermod

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
	"sync"
)

// maxHead bounds a request's head, in bytes.
const maxHead = 1 << 20

// errHeadTooLarge says that a request's head exceeds maxHead.
var errHeadTooLarge = errors.New("request head too large")

// heads follows the bytes that a client sends and keeps the head of each
// request as it crossed the wire, because net/http, which serves, forgets the
// case of names and the order of fields. It only watches: what is a request,
// and where it ends, net/http decides. Where heads loses its way it says so by
// having no head, and the request shows what net/http read.
type heads struct {
	mu    sync.Mutex
	state headState
	line  []byte // of a chunked body: the line so far
	head  []byte // the head so far
	left  int64  // bytes of content still to come
	done  []string
}

type headState int

const (
	inHead headState = iota
	inContent
	inChunkLine
	inChunk // the data and the line end after it
	inTrailer
	lost
)

// feed takes the next bytes of the connection.
func (h *heads) feed(p []byte) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	for len(p) > 0 {
		switch h.state {
		case inHead:
			if len(h.head) == 0 {
				if p = bytes.TrimLeft(p, "\r\n"); len(p) == 0 {
					return nil
				}
			}
			line, rest, whole := cutLine(p)
			h.head, p = append(h.head, line...), rest
			if len(h.head) > maxHead {
				h.lose()
				return errHeadTooLarge
			}
			if whole && (bytes.HasSuffix(h.head, []byte("\n\r\n")) || bytes.HasSuffix(h.head, []byte("\n\n"))) {
				h.finishHead()
			}
		case inContent, inChunk:
			n := min(int64(len(p)), h.left)
			h.left, p = h.left-n, p[n:]
			if h.left == 0 && h.state == inContent {
				h.state = inHead
			} else if h.left == 0 {
				h.state = inChunkLine
			}
		case inChunkLine, inTrailer:
			line, rest, whole := cutLine(p)
			h.line, p = append(h.line, line...), rest
			if len(h.line) > maxHead {
				h.lose()
			} else if whole {
				h.finishLine()
			}
		case lost:
			return nil
		}
	}
	return nil
}

// finishHead keeps the head and finds what follows it. RFC 9112 §6.3; as
// net/http, a client of HTTP/1.0 has no transfer codings.
func (h *heads) finishHead() {
	head := string(h.head)
	h.done, h.head = append(h.done, head), nil
	line, _, _ := strings.Cut(head, "\n")
	codings := !strings.HasSuffix(strings.TrimRight(line, "\r"), " HTTP/1.0")
	for _, f := range headFields(head) {
		switch {
		case codings && strings.EqualFold(f.name, "Transfer-Encoding"):
			h.state = inChunkLine
			return
		case strings.EqualFold(f.name, "Content-Length"):
			n, err := strconv.ParseInt(f.value, 10, 64)
			if err != nil || n < 0 {
				h.lose()
				return
			}
			h.left = n
		}
	}
	if h.left > 0 {
		h.state = inContent
	}
}

// finishLine reads a line of a chunked body.
func (h *heads) finishLine() {
	line := strings.TrimSpace(string(h.line))
	h.line = h.line[:0]
	if h.state == inTrailer {
		if line == "" {
			h.state = inHead
		}
		return
	}
	size, _, _ := strings.Cut(line, ";")
	n, err := strconv.ParseInt(strings.TrimSpace(size), 16, 62)
	switch {
	case err != nil || n < 0:
		h.lose()
	case n == 0:
		h.state = inTrailer
	default:
		h.state, h.left = inChunk, n+2
	}
}

// lose gives up.
func (h *heads) lose() {
	h.state, h.head, h.line = lost, nil, nil
}

// next returns the head of the next request in order, or "".
func (h *heads) next() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.done) == 0 {
		return ""
	}
	head := h.done[0]
	if h.done = h.done[1:]; len(h.done) == 0 {
		h.done = nil
	}
	return head
}

// cutLine returns p up to and with its first line end.
func cutLine(p []byte) (line, rest []byte, whole bool) {
	if i := bytes.IndexByte(p, '\n'); i >= 0 {
		return p[:i+1], p[i+1:], true
	}
	return p, nil, false
}

// headFields returns the fields of a head, in order, as they are written but
// for white space around values. A folded line continues the value before it,
// after one space (RFC 9112 §5.2); lines that are no fields are left out.
func headFields(head string) []field {
	var fields []field
	_, head, _ = strings.Cut(head, "\n")
	for line := range strings.SplitSeq(head, "\n") {
		line = strings.TrimSuffix(line, "\r")
		if line != "" && (line[0] == ' ' || line[0] == '\t') && len(fields) > 0 {
			last := &fields[len(fields)-1]
			last.value = strings.Trim(last.value+" "+strings.Trim(line, " \t"), " ")
		} else if name, value, ok := strings.Cut(line, ":"); ok {
			fields = append(fields, field{name, strings.Trim(value, " \t")})
		}
	}
	return fields
}
