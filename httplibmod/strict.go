package httplibmod

import (
	"errors"
	"io"
	"strings"
	"syscall"

	"go.starlark.net/starlark"

	"starwire/runtime/py"
	"starwire/wire"
)

// This file is policy="strict": what differs from CPython 2.7 because RFC 9112
// lets a client refuse it, or because two implementations are known to read it
// differently. What both policies share is where it always is.

// readHeadStrictly reads one head by the grammar alone.
func (r *HTTPResponse) readHeadStrictly(thread *starlark.Thread) (s statusLine, err error) {
	h := &r.t.head
	r.t.headOf = nil
	if err := r.r.ReadResponse(h); err != nil {
		return s, r.strictHeadError(err)
	}
	if debugging(r.manner.debuglevel) {
		debugHead(thread, string(h.Bytes()))
	}
	if h.Status == 100 || h.Status > 101 && h.Status < 200 {
		return statusLine{code: h.Status}, nil
	}
	s = r.takeHead(h)
	if h.Folded() || h.Controls() {
		r.msg = strictMessage(h)
	}
	return s, nil
}

// debugHead prints the lines of a head as the debug output does.
func debugHead(thread *starlark.Thread, head string) {
	first := true
	for line := range strings.Lines(head) {
		switch {
		case line == "\r\n" || line == "\n":
		case first:
			debugPrint(thread, "reply: "+py.Quote(line)+"\n")
			first = false
		default:
			debugPrint(thread, "header: "+line)
		}
	}
}

// strictHeadError returns the exception for a head that was refused. Nothing of
// it has been consumed.
func (r *HTTPResponse) strictHeadError(err error) error {
	var s *wire.SyntaxError
	switch {
	case err == io.EOF:
		return BadStatusLine.New(err, starlark.String(silence))
	case errors.Is(err, io.ErrUnexpectedEOF):
		line := r.statusLine()
		if !strings.HasSuffix(line, "\n") {
			return BadStatusLine.New(err, starlark.String(line))
		}
		return HTTPException.New(err, starlark.String("the connection ended inside the headers"))
	case errors.As(err, &s) && s.Element == wire.ElemStatusLine && s.Reason == wire.Invalid:
		line := r.statusLine()
		if v := strings.FieldsFunc(line, func(c rune) bool { return c <= ' ' }); len(v) > 0 && unknownVersion(v[0]) {
			return UnknownProtocol.New(err, starlark.String(v[0]))
		}
		return BadStatusLine.New(err, starlark.String(line))
	}
	return err
}

// statusLine consumes the line that would be the status line, past the empty
// ones that may come before it.
func (r *HTTPResponse) statusLine() string {
	for n := 0; ; n++ {
		line, err := r.r.ReadLine()
		if err != nil || !isLast(string(line)) || n == r.t.rules.emptyLines() {
			return string(line)
		}
	}
}

// unknownVersion reports whether s names a version of HTTP that is not 1.DIGIT.
func unknownVersion(s string) bool {
	v, ok := strings.CutPrefix(s, "HTTP/")
	return ok && py.Escape(v) == v && !(len(v) == 3 && v[0] == '1' && v[1] == '.' && '0' <= v[2] && v[2] <= '9')
}

// strictMessage returns the message of a head with folds or controls: folds are
// one space (RFC 9112 §5.2), and only SP and HTAB count as space around a value.
func strictMessage(h *wire.Head) *HTTPMessage {
	m := new(HTTPMessage)
	t := m.begin()
	defer t.end()
	for name, value := range h.All() {
		t.line(string(name) + ": " + string(value) + "\r\n")
		t.join(py.Lower(string(name)), ", ", string(value))
	}
	return m
}

// frameStrictly decides how the body is framed and whether the connection can
// be used again, by RFC 9112 §6.3 and §9.3. Where that is anyone's guess it
// refuses.
func (r *HTTPResponse) frameStrictly() error {
	h := &r.t.head
	if r.status == 101 && !r.t.wants {
		return HTTPException.Errorf("the server switched protocols without being asked to")
	}
	method, _ := py.AsBytes(r.method)
	f, err := wire.ResponseFraming(method, h)
	if err != nil {
		var s *wire.SyntaxError
		if errors.As(err, &s) && s.Element == wire.ElemTransferEncoding {
			coding, _ := r.msg.get("transfer-encoding")
			return UnknownTransferEncoding.New(err, starlark.String(py.Escape(coding)))
		}
		length, _ := r.msg.get("content-length")
		return HTTPException.New(err, starlark.String("Content-Length is no length: "+py.Escape(length)))
	}
	r.body = r.r.Body(f)
	r.willClose = !wire.Persistent(h, f) || r.t.broken || method == "CONNECT" && r.status < 300
	switch f.Kind {
	case wire.NoContent:
		r.left, r.bodiless = 0, true
	case wire.ContentLength:
		r.left = f.Length
	case wire.Chunked:
		r.left, r.chunked = untilClose, true
	case wire.UntilClose:
		r.left = untilClose
	}
	return nil
}

// checkTarget refuses a request target of the wrong form for its method, or with
// a byte that a URI does not have. RFC 9112 §3.2, RFC 3986 §2.
func (r *rules) checkTarget(method, target string) error {
	if !r.strict {
		return nil
	}
	if i := strings.IndexAny(target, "\"<>\\^`{|}#"); i >= 0 {
		return InvalidURL.Errorf("URL can't contain %s: %s", py.Quote(target[i:i+1]), py.Escape(target))
	}
	switch {
	case method == "CONNECT":
		if !strings.ContainsAny(target, "/*") {
			return nil
		}
	case target == "*":
		if method == "OPTIONS" {
			return nil
		}
	case target[0] == '/' || strings.Contains(target, "://"):
		return nil
	}
	return InvalidURL.Errorf("%s is no target for %s", py.Escape(target), method)
}

// checkField refuses a field whose name is no token, and a value that is folded
// or longer than the limit.
func (r *rules) checkField(name string, values []string) error {
	if !r.strict {
		return nil
	}
	if !wire.IsToken(name) {
		return py.ValueError.Errorf("Invalid header name %s", py.Quote(name))
	}
	limit := r.or(r.limits.RequestValue, maxLine, maxLine)
	for i, v := range values {
		if i > 0 || strings.IndexByte(v, '\n') >= 0 {
			return py.ValueError.Errorf("header value of %s is folded", name)
		}
		if len(v) > limit {
			return py.ValueError.Errorf("header value of %s has more than %d bytes", name, limit)
		}
	}
	return nil
}

// checkHostField refuses a Host that is no authority (CVE-2023-29406).
func checkHostField(value string) error {
	if strings.ContainsAny(value, " \t\r\n/\\?#@") {
		return py.ValueError.Errorf("Invalid header value %s", py.Quote(value))
	}
	return nil
}

// An announcement is what the head of a request says of its body, and how much
// of that body was sent: RFC 9112 §6.2. A server reads by what was announced, so
// after any other number of bytes it takes what is sent for something else.
type announcement struct {
	length int64 // Content-Length; -1 for none
	coded  bool  // there is a Transfer-Encoding: the script frames the body
	expect bool  // the script may wait for permission to send the body
	sent   int64 // bytes
}

// note takes what a field of the request says.
func (a *announcement) note(name, value string) {
	switch {
	case isName(name, "content-length"):
		a.length = -1
		if n, ok := py.Int10(value); ok {
			a.length = n
		}
	case isName(name, "transfer-encoding"):
		a.coded = true
	case isName(name, "expect"):
		a.expect = true
	}
}

// wrong reports whether other than what was announced was sent.
func (a *announcement) wrong() bool { return !a.coded && a.length >= 0 && a.sent != a.length }

// over reports whether n bytes more would be more than what was announced.
func (a *announcement) over(n int) bool { return !a.coded && a.sent+int64(n) > max(a.length, 0) }

// hungUp reports whether err is the server's refusal to read on.
func hungUp(err error) bool {
	return errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNRESET)
}
