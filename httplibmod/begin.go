package httplibmod

import (
	"errors"
	"io"
	"strings"

	"go.starlark.net/starlark"

	"starwire/runtime/py"
	"starwire/wire"
)

// silence is the text of BadStatusLine for a connection that ended without an answer.
const silence = "No status line received - the server has closed the connection"

// maxInterim is how many interim responses may come before the final one (D8).
const maxInterim = 100

// A statusLine is what Python's rule makes of a status line.
type statusLine struct {
	version string
	code    int
	reason  string // not stripped yet
	simple  string // not "": a line that is no status line, with which an HTTP/0.9 body begins
}

// readStatus is httplib.py, HTTPResponse._read_status. With strict a line that
// does not begin with HTTP/ is refused, else it begins the body of an HTTP/0.9
// response. debug gets the raw line, if it is not nil.
func readStatus(r headReader, strict bool, debug func(line string)) (statusLine, error) {
	line, err := r.headLine()
	if err != nil {
		return statusLine{}, err
	}
	if debug != nil {
		debug(line)
	}
	if line == "" {
		return statusLine{}, BadStatusLine.New(nil, starlark.String(silence))
	}
	bad := BadStatusLine.New(nil, starlark.String(line))
	var s statusLine
	parts := py.Split(line, 2)
	if len(parts) >= 2 {
		s.version = parts[0]
	}
	if len(parts) == 3 {
		s.reason = parts[2]
	}
	if !strings.HasPrefix(s.version, "HTTP/") {
		if strict {
			return statusLine{simple: line}, bad
		}
		return statusLine{version: "HTTP/0.9", code: 200, simple: line}, nil
	}
	code, ok := py.Int10(parts[1])
	if !ok || code < 100 || code > 999 {
		return s, bad
	}
	s.code = int(code)
	return s, nil
}

// begin is httplib.py, HTTPResponse.begin: the status line, past any interim
// responses, the fields, and how the body is framed.
func (r *HTTPResponse) begin(thread *starlark.Thread) error {
	if r.msg != nil {
		return nil
	}
	r.enter(thread)
	r.fresh = !r.t.used
	r.t.used = true
	if r.x != nil {
		if err := r.x.answered(r); err != nil {
			return err
		}
	}
	var s statusLine
	for interim := 0; ; interim++ {
		var err error
		if s, err = r.readHead(thread, r.fresh && interim == 0); err != nil {
			return err
		}
		// 101 hands the connection over to another protocol: it is final (H5).
		if s.code >= 200 || s.code == 101 {
			break
		}
		if limit := r.t.rules.interim(); interim == limit {
			return HTTPException.Errorf("got more than %d interim responses", limit)
		}
	}
	return r.settle(s)
}

// readHead reads one head. The strict parser comes first: it needs one pass and
// one string, and what it accepts Python's rule would read the same way. Where
// it refuses, nothing has been consumed, and Python's rule reads the same bytes.
// The fields of a final head end up in r.msg.
func (r *HTTPResponse) readHead(thread *starlark.Thread, first bool) (s statusLine, err error) {
	rules := r.t.rules
	if rules.strict {
		return r.readHeadStrictly(thread)
	}
	h := &r.t.head
	r.t.headOf = nil
	if !debugging(r.manner.debuglevel) && (rules.limits.FieldLines > 0 || r.t.headerLimit(thread) == maxHeaders) {
		switch err := r.r.ReadResponse(h); {
		case err == nil:
			if h.Status == 100 || h.Status > 101 && h.Status < 200 {
				return statusLine{code: h.Status}, nil
			}
			return r.takeHead(h), nil
		case err != io.EOF && !errors.Is(err, io.ErrUnexpectedEOF) && !isSyntax(err):
			return s, err
		}
	}
	return r.readHeadByRule(thread, first)
}

func isSyntax(err error) bool { return err != nil && errors.As(err, new(*wire.SyntaxError)) }

// takeHead makes the message of a head that the strict parser took, with one
// string for all of it.
func (r *HTTPResponse) takeHead(h *wire.Head) statusLine {
	raw := string(h.Bytes())
	r.t.headOf = r
	i, j := h.ReasonSpan()
	s := statusLine{version: "HTTP/1.1", code: h.Status, reason: raw[i:j]}
	if h.Minor == 0 {
		s.version = "HTTP/1.0"
	}
	first := fieldsStart(h)
	if first == 0 {
		first = j + uint32(strings.IndexByte(raw[j:], '\n')) + 1
	}
	fields := raw[first:]
	if h.Folded() || h.Controls() {
		// Python joins folds and strips controls in ways of its own.
		r.msg = new(HTTPMessage)
		r.msg.readHeaders(&stringLines{fields}, len(fields)) // counted by the parser
	} else {
		blank := len("\n")
		if strings.HasSuffix(fields, "\r\n") {
			blank = len("\r\n")
		}
		r.head.raw = fields[:len(fields)-blank]
		r.msg = &r.head
	}
	return s
}

// readHeadByRule reads one head by Python's rule, line by line.
func (r *HTTPResponse) readHeadByRule(thread *starlark.Thread, first bool) (s statusLine, err error) {
	lines := &headLines{r: r.r, limit: r.t.rules.headBytes()}
	if !r.fresh {
		lines.empty = r.t.rules.emptyLines()
	}
	if s, err = r.readStatusByRule(thread, lines, first); err != nil || s.simple != "" {
		return s, err
	}
	debug := debugging(r.manner.debuglevel)
	if s.code < 200 && s.code != 101 {
		return s, r.skipInterim(thread, lines, debug)
	}
	if s.version == "HTTP/0.9" || !strings.HasPrefix(s.version, "HTTP/1.") {
		return s, nil // settle knows what to make of those
	}
	msg := new(HTTPMessage)
	if err := msg.readHeaders(lines, r.t.rules.headers(thread)); err != nil {
		return s, err
	}
	r.msg = msg
	if debug {
		for line := range msg.lines() {
			debugPrint(thread, "header: "+line)
		}
	}
	return s, nil
}

// readStatusByRule reads a status line, of the first response on its connection
// if that is so.
func (r *HTTPResponse) readStatusByRule(thread *starlark.Thread, lines *headLines, first bool) (statusLine, error) {
	var debug func(string)
	if debugging(r.manner.debuglevel) {
		debug = func(line string) {
			debugPrint(thread, "reply: "+py.Quote(line)+"\n")
		}
	}
	// HTTP/0.9 has no place on TLS, nor behind another response (H2, D19).
	strict := bool(r.manner.strict.Truth()) || !first || r.t.secure()
	s, err := readStatus(lines, strict, debug)
	if err != nil && s.simple != "" {
		r.abandon(thread) // Python closes here, before the error
	}
	return s, err
}

// skipInterim drops the fields of an interim response, at most the
// usual number of them: lines up to one that is blank but for white space, or the end of input.
func (r *HTTPResponse) skipInterim(thread *starlark.Thread, lines headReader, debug bool) error {
	limit := r.t.rules.headers(thread)
	for n := 0; ; n++ {
		line, err := lines.headLine()
		if err != nil {
			return err
		}
		if line = py.Strip(line); line == "" {
			return nil
		}
		if n == limit {
			return HTTPException.Errorf("got more than %d headers", limit)
		}
		if debug {
			debugPrint(thread, "header: "+line+"\n")
		}
	}
}

// settle decides what begin leaves behind: version, status and reason, the
// framing of the body, and whether the connection closes after it.
func (r *HTTPResponse) settle(s statusLine) error {
	switch {
	case s.version == "HTTP/1.0":
		r.version = 10
	case strings.HasPrefix(s.version, "HTTP/1."):
		r.version = 11
	case s.version == "HTTP/0.9":
		r.version = 9
	default:
		r.status, r.reason = int16(s.code), py.Strip(s.reason)
		return UnknownProtocol.New(nil, starlark.String(s.version))
	}
	r.status, r.reason = int16(s.code), py.Strip(s.reason)
	if r.version == 9 {
		r.msg = newMessage("")
		r.msg.parse()
		r.msg.status = endOfInput // Python reads it from an empty file
		r.left, r.willClose = untilClose, true
		r.oddly().prefix = s.simple
		r.body = r.r.Body(wire.Framing{Kind: wire.UntilClose})
		return nil
	}
	if r.t.rules.strict {
		return r.frameStrictly()
	}
	r.frame()
	return nil
}

// frame is the second half of httplib.py, HTTPResponse.begin.
func (r *HTTPResponse) frame() {
	coding, announced := r.framing("transfer-encoding")
	r.chunked = py.Lower(coding) == "chunked"
	r.willClose = r.checkClose()
	r.left = untilClose
	unsure := announced && !r.chunked // a coding we do not decode: H12
	if length, ok := r.framing("content-length"); ok && length != "" {
		if r.chunked {
			unsure = true // H10
		} else {
			var exact bool
			r.left, exact = contentLength(length)
			unsure = unsure || !exact
		}
	}
	if r.chunked && r.version == 10 {
		unsure = true // H11
	}
	bodiless := r.status == 204 || r.status == 304 || r.status < 200 || isHead(r.method)
	switch {
	case bodiless:
		// Whatever the fields say (H17); what follows all the same is seen
		// before the connection is used again (H1).
		r.left = 0
		r.body = r.r.Body(wire.Framing{Kind: wire.NoContent})
	case r.chunked:
		r.body = r.r.Body(wire.Framing{Kind: wire.Chunked})
	case r.left >= 0:
		r.body = r.r.Body(wire.Framing{Kind: wire.ContentLength, Length: r.left})
	default:
		r.body = r.r.Body(wire.Framing{Kind: wire.UntilClose})
	}
	r.bodiless = bodiless
	if unsure || r.left == untilClose && !r.chunked || r.t.broken {
		r.willClose = true
	}
}

// framing returns the joined value of a field that frames the body.
func (r *HTTPResponse) framing(name string) (value string, ok bool) {
	if r.indexed() {
		return r.fromIndex(name)
	}
	return r.msg.framing(name)
}

// get returns the joined value of a field, in any case, without taking the message
// apart.
func (r *HTTPResponse) get(name string) (value string, ok bool) {
	if r.indexed() {
		return r.fromIndex(name)
	}
	return r.msg.get(name)
}

// indexed reports whether the index that the strict parser made of the head is
// still there: no later head was read, and the message is as it came.
func (r *HTTPResponse) indexed() bool { return r.msg == &r.head && !r.head.parsed && r.t.headOf == r }

// fromIndex is get by the index. Where it has one field of that name, that is all:
// without folds and controls the parser strips what Python does.
func (r *HTTPResponse) fromIndex(name string) (value string, ok bool) {
	h := &r.t.head
	i := h.Index(name, 0)
	if i < 0 {
		return "", false
	}
	if h.Index(name, i+1) >= 0 {
		return r.msg.get(name)
	}
	start := fieldsStart(h)
	_, _, v, end := h.Span(i)
	return r.head.raw[v-start : end-start], true
}

// fieldsStart returns where in h.Bytes the first field line begins, or 0 if there
// is none.
func fieldsStart(h *wire.Head) uint32 {
	if h.Len() == 0 {
		return 0
	}
	start, _, _, _ := h.Span(0)
	return start
}

// untilClose as a length means: as far as the connection goes.
const untilClose = -1

// contentLength is int(value) for a Content-Length: untilClose where that fails
// or is negative. exact is false for what Python takes and RFC 9112 §6.3 does
// not, a sign, white space, too many digits: the connection is then not used
// again (H12).
func contentLength(value string) (n int64, exact bool) {
	n, ok := py.Int10(value)
	if !ok || n < 0 {
		return untilClose, false
	}
	for i := 0; i < len(value); i++ {
		if value[i] < '0' || value[i] > '9' {
			return n, false
		}
	}
	return n, n < maxInt64
}

const maxInt64 = 1<<63 - 1

func trimOWS(s string) string { return strings.Trim(s, " \t") }

// checkClose is httplib.py, HTTPResponse._check_close: tests for a substring of
// the joined value.
func (r *HTTPResponse) checkClose() bool {
	conn, ok := r.get("connection")
	if ok {
		conn = py.Lower(conn)
		if strings.ContainsAny(conn, "\x00\r") {
			return true // whatever it says: others read it differently (H12)
		}
	}
	return r.closes(conn)
}

// closes is checkClose with the Connection field in lower case.
func (r *HTTPResponse) closes(conn string) bool {
	if r.version == 11 {
		return strings.Contains(conn, "close")
	}
	if v, _ := r.msg.get("keep-alive"); v != "" {
		return false
	}
	if strings.Contains(conn, "keep-alive") {
		return false
	}
	proxy, _ := r.msg.get("proxy-connection")
	return !strings.Contains(py.Lower(proxy), "keep-alive")
}

// isHead reports whether the method is HEAD, whose case counts.
func isHead(method starlark.Value) bool {
	s, ok := py.AsBytes(method)
	return ok && s == "HEAD"
}
