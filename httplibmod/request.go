package httplibmod

import (
	"bytes"
	"slices"
	"strings"
	"time"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/py"
	"starwire/wire"
)

// requestBuffer holds the lines of the request being built, as they will be
// sent: httplib.py's _buffer, joined already.
type requestBuffer struct {
	out  []byte
	ends []int // where in out each line ends, its CRLF included
	// seen is a list that a script put in place of _buffer, to see the lines.
	seen *starlark.List
}

// reset empties the buffer, a script's list in place.
func (b *requestBuffer) reset() {
	b.out, b.ends = b.out[:0], b.ends[:0]
	if b.seen != nil {
		b.seen.Clear() // a frozen list is past being seen
	}
}

// endLine ends the line that was appended to out.
func (b *requestBuffer) endLine() {
	if b.seen != nil {
		start := 0
		if len(b.ends) > 0 {
			start = b.ends[len(b.ends)-1]
		}
		b.seen.Append(starlark.String(b.out[start:]))
	}
	b.out = append(b.out, '\r', '\n')
	b.ends = append(b.ends, len(b.out))
}

// list returns the lines without their ends, as Python programs see _buffer.
func (b *requestBuffer) list() *starlark.List {
	if b.seen != nil {
		return b.seen
	}
	lines := make([]starlark.Value, len(b.ends))
	start := 0
	for i, end := range b.ends {
		lines[i] = starlark.String(b.out[start : end-2])
		start = end
	}
	return starlark.NewList(lines)
}

// set replaces the lines by a list of strings, which sees those to come.
func (b *requestBuffer) set(v starlark.Value) error {
	l, ok := v.(*starlark.List)
	if !ok {
		return py.TypeError.Errorf("_buffer is a list, not %s", py.TypeName(v))
	}
	b.seen = nil
	b.reset()
	for i := range l.Len() {
		s, ok := py.AsBytes(l.Index(i))
		if !ok {
			return notJoined(i, l.Index(i))
		}
		b.out = append(b.out, s...)
		b.endLine()
	}
	b.seen = l
	return nil
}

// putRequest is httplib.py, HTTPConnection.putrequest. The state moves before
// the URL is checked, so a bad URL leaves Request-started until close(); but a
// method that is no token is refused before that, because it could smuggle a
// whole request (H13). An empty buffer at the start is D2.
func (c *HTTPConnection) putRequest(thread *starlark.Thread, method, url starlark.Value, skipHost, skipAcceptEncoding bool) error {
	if err := c.checkMutable("put a request on"); err != nil {
		return err
	}
	if c.pending != nil && c.pending.closed {
		c.pending = nil
	}
	to, err := c.allowed(opPutRequest)
	if err != nil {
		return err
	}
	methodText := py.Str(method)
	if err := checkMethod(methodText); err != nil {
		return err
	}
	c.state = to
	c.method = method
	c.request.reset()
	c.announced = announcement{length: -1}

	target := "/"
	if url.Truth() {
		s, ok := py.AsBytes(url)
		if !ok {
			return py.TypeError.Errorf("expected string or buffer")
		}
		target = s
	}
	if c.validatePath != nil {
		if _, err := starlark.Call(thread, c.validatePath, starlark.Tuple{starlark.String(target)}, nil); err != nil {
			return err
		}
	} else if err := checkURL(target); err != nil {
		return err
	}

	if err := c.rules.checkTarget(methodText, target); err != nil {
		return err
	}
	if c.watch != nil {
		c.watch.begin(methodText, target)
	}
	b := &c.request
	b.out = append(b.out, methodText...)
	b.out = append(b.out, ' ')
	b.out = append(b.out, target...)
	b.out = append(b.out, ' ')
	b.out = append(b.out, c.vsnText...)
	b.endLine()
	if limit := c.rules.or(c.rules.limits.RequestLine, maxLine, maxLine); c.rules.strict && len(b.out) > limit {
		return InvalidURL.Errorf("a request line has at most %d bytes, not %d", limit, len(b.out))
	}
	if c.vsn != 11 {
		return nil
	}
	if !skipHost {
		host, port := c.host, c.port
		if c.tunnelHost != "" {
			host, port = c.tunnelHost, c.tunnelPort
		}
		value, err := c.hostValue(target, host, port)
		if err != nil {
			return err
		}
		if m := &c.hostMade; m.put && m.value == value {
			b.out = append(b.out, m.line...)
			b.endLine()
		} else if err := c.putHeader("Host", value); err != nil {
			return err
		} else if m.value == value {
			m.put, m.line = true, "Host: "+value
		}
	}
	if !skipAcceptEncoding {
		b.out = append(b.out, "Accept-Encoding: identity"...)
		b.endLine()
	}
	return nil
}

// checkMethod refuses what is not a token (RFC 9110 §9.1, H13), a control byte
// in the words of newer versions of CPython.
func checkMethod(method string) error {
	if wire.IsToken(method) {
		return nil
	}
	for i := 0; i < len(method); i++ {
		if method[i] < ' ' || method[i] == 0x7f {
			return py.ValueError.Errorf("method can't contain control characters. %s (found at least %s)",
				py.Quote(method), py.Quote(method[i:i+1]))
		}
	}
	return py.ValueError.Errorf("Invalid method %s: it must be a token such as 'GET'", py.Quote(method))
}

// putHeader appends one field line; the values are joined by folds. httplib.py,
// HTTPConnection.putheader.
func (c *HTTPConnection) putHeader(name string, values ...string) error {
	if _, err := c.allowed(opPutHeader); err != nil {
		return err
	}
	if !legalHeaderName(name) {
		return py.ValueError.Errorf("Invalid header name %s", py.Quote(name))
	}
	for _, v := range values {
		if !legalHeaderValue(v) {
			return py.ValueError.Errorf("Invalid header value %s", py.Quote(v))
		}
	}
	if err := c.rules.checkField(name, values); err != nil {
		return err
	}
	switch len(name) {
	case len("host"):
		if isName(name, "host") && len(values) > 0 {
			if err := checkHostField(values[0]); err != nil {
				return err
			}
		}
	case len("expect"), len("content-length"), len("transfer-encoding"):
		if len(values) > 0 {
			c.announced.note(name, values[0])
		}
	}
	b := &c.request
	b.out = append(b.out, name...)
	b.out = append(b.out, ':', ' ')
	for i, v := range values {
		if i > 0 {
			b.out = append(b.out, '\r', '\n', '\t')
		}
		b.out = append(b.out, v...)
	}
	b.endLine()
	return nil
}

// legalHeaderName is \A[^:\s][^:\r\n]*\Z as in 2.7, so that inner spaces and
// 8-bit bytes pass, without controls (H14).
func legalHeaderName(s string) bool {
	if s == "" || py.IsSpace(s[0]) {
		return false
	}
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] == ':' || s[i] == 0x7f {
			return false
		}
	}
	return true
}

// legalHeaderValue refuses NUL, and CR and LF except in CRLF followed by a
// space or a tab, which is a fold (H14).
func legalHeaderValue(s string) bool {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case 0, '\n':
			return false
		case '\r':
			if i+2 >= len(s) || s[i+1] != '\n' || s[i+2] != ' ' && s[i+2] != '\t' {
				return false
			}
			i += 2
		}
	}
	return true
}

// endHeaders is httplib.py, HTTPConnection.endheaders. The
// state moves before anything is sent.
func (c *HTTPConnection) endHeaders(thread *starlark.Thread, b body) error {
	if err := c.checkMutable("send on"); err != nil {
		return err
	}
	err := c.sendOutput(thread, b)
	if c.watch != nil {
		c.watch.sent(err)
	}
	return err
}

func (c *HTTPConnection) sendOutput(thread *starlark.Thread, b body) error {
	to, err := c.allowed(opEndHeaders)
	if err != nil {
		return err
	}
	c.state = to
	return c.flush(thread, b)
}

// flush is httplib.py, HTTPConnection._send_output: the lines put so far, a blank
// one, and the body.
func (c *HTTPConnection) flush(thread *starlark.Thread, b body) error {
	head := append(c.request.out, '\r', '\n')
	c.request.reset()
	if c.rules.strict && c.announced.over(len(b.text)) {
		return tooMuch()
	}
	c.startClock()
	if t := c.transport(); t != nil {
		t.expire(c.expires)
		if t.used && (!t.held || c.pending.complete()) && t.stale() {
			// Nothing of this request was sent yet, so a new connection replays nothing.
			t.close(thread)
		}
	}
	if c.rules.strict {
		if err := c.openStrictly(thread, head); err != nil {
			return err
		}
	}
	if f := c.hostOf(thread).Sending; f != nil {
		f(c.describe(head, b))
	}
	if c.progress {
		if err := c.open(thread); err != nil {
			return err
		}
		c.beginUpload(thread, &b)
	}
	if err := c.sendHead(thread, head, b.text); err != nil {
		return err
	}
	if b.isText() {
		return nil
	}
	return c.sendBody(thread, b)
}

// hostOf returns the thread's host: the socket has been given it.
func (c *HTTPConnection) hostOf(thread *starlark.Thread) *host.Host {
	if t := c.t; t != nil && t.sock != nil && t.user == thread {
		return t.sock.Host()
	}
	return host.From(thread)
}

// describe tells Host.Sending of a request.
func (c *HTTPConnection) describe(head []byte, b body) host.Request {
	r := host.Request{Secure: c.class.secure, Head: string(head), Body: b.text, Streamed: !b.isText()}
	r.Host, r.Port = c.host, py.Str(c.port)
	if c.tunnelHost != "" {
		r.Host, r.Port = c.tunnelHost, py.Str(c.tunnelPort)
	}
	return r
}

// sendHead opens the connection if need be, and writes head and text together.
func (c *HTTPConnection) sendHead(thread *starlark.Thread, head []byte, text string) error {
	if err := c.open(thread); err != nil {
		return err
	}
	if c.debugging() {
		c.debugSend(thread, string(head)+text)
	}
	return c.write(thread, head, text)
}

// write writes to the transport. After an error the server's early answer, if
// there is one, can still be read, but the connection is not used again.
//
// In strict connections that answer comes first: a server that refuses to read
// on is no error of the send, but one of getresponse if there is no answer.
func (c *HTTPConnection) write(thread *starlark.Thread, head []byte, text string) error {
	if err := c.count(thread, len(text)); err != nil {
		return err
	}
	var err error
	if c.meter != nil {
		err = c.writePieces(thread, head, text)
	} else {
		err = c.t.write(thread, head, text)
	}
	if err == nil {
		return nil
	}
	return c.unsent(thread, err)
}

// unsent ends a request that was not sent to its end, because of err.
func (c *HTTPConnection) unsent(thread *starlark.Thread, err error) error {
	t := c.t
	t.broken = true
	switch {
	case t.sock == nil:
	case !hungUp(err): // a timeout: nobody knows how much arrived (H4)
		t.close(thread)
	case c.rules.strict:
		t.unsent = err
		return nil
	case !t.answered():
		t.close(thread)
	}
	return err
}

// tooMuch is the refusal to send more than was announced.
func tooMuch() error { return py.ValueError.Errorf("the body is longer than its Content-Length") }

// count notes that n bytes of the body are about to be sent.
func (c *HTTPConnection) count(thread *starlark.Thread, n int) error {
	if c.rules.strict && c.state == reqSent && c.announced.over(n) {
		c.t.close(thread)
		return tooMuch()
	}
	c.announced.sent += int64(n)
	return nil
}

// startClock begins the time that an exchange may take in all.
func (c *HTTPConnection) startClock() {
	if c.frozen { // what follows will say so; several threads may be here
		return
	}
	if c.expires = (time.Time{}); c.deadline > 0 {
		c.expires = time.Now().Add(c.deadline)
	}
}

// openStrictly opens the connection before a request. An answer to a request
// that was not sent yet answers something else (RFC 9112 §9.2).
func (c *HTTPConnection) openStrictly(thread *starlark.Thread, head []byte) error {
	if err := c.open(thread); err != nil {
		return err
	}
	t := c.t
	t.wants = hasField(head, "upgrade")
	if t.sock != nil && !t.used {
		if data, _ := t.sock.Idle(); data || len(t.bufferedBytes()) > 0 {
			t.close(thread)
			return BadStatusLine.Errorf("the server answered before the request was sent")
		}
	}
	if d := c.rules.headTime(); d > 0 {
		if by := time.Now().Add(d); c.expires.IsZero() || by.Before(c.expires) {
			t.expire(by)
		}
	}
	return nil
}

// hasField reports whether a request head has a field of that name, given in
// lower case.
func hasField(head []byte, name string) bool {
	for line := range bytes.Lines(head) {
		if len(line) > len(name) && line[len(name)] == ':' && equalFold(string(line[:len(name)]), name) {
			return true
		}
	}
	return false
}

// open connects, as the first half of httplib.py, HTTPConnection.send does.
func (c *HTTPConnection) open(thread *starlark.Thread) error {
	if c.transport() != nil {
		return nil
	}
	if !c.autoOpen.Truth() {
		return NotConnected.New(nil)
	}
	return c.connect(thread)
}

// sendRequest is httplib.py, HTTPConnection._send_request. The body's type and
// length are settled before anything is sent (D11), and a Transfer-Encoding of
// the caller's keeps Content-Length away (H15).
func (c *HTTPConnection) sendRequest(thread *starlark.Thread, method, url, bodyValue starlark.Value, headers []field) error {
	var has struct{ host, acceptEncoding, length, coding bool }
	for _, f := range headers {
		switch {
		case isName(f.name, "host"):
			has.host = true
		case isName(f.name, "accept-encoding"):
			has.acceptEncoding = true
		case isName(f.name, "content-length"):
			if has.length {
				return py.ValueError.Errorf("Content-Length is given twice")
			}
			has.length = true
		case isName(f.name, "transfer-encoding"):
			has.coding = true
		}
	}
	if has.length && has.coding {
		return py.ValueError.Errorf("Content-Length and Transfer-Encoding cannot both be given: leave one out")
	}
	b, err := newBody(bodyValue)
	if err != nil {
		return err
	}
	if err := c.putRequest(thread, method, url, has.host, has.acceptEncoding); err != nil {
		return err
	}
	if !has.length && !has.coding {
		if err := c.putContentLength(thread, &b); err != nil {
			return err
		}
	}
	for _, f := range headers {
		if err := c.putHeader(f.name, f.value); err != nil {
			return err
		}
	}
	return c.endHeaders(thread, b)
}

// isName compares a field name with one in lower case.
func isName(name, lower string) bool {
	return len(name) == len(lower) && equalFold(name, lower)
}

// methodsExpectingBody is httplib.py's _METHODS_EXPECTING_BODY.
var methodsExpectingBody = []string{"PATCH", "POST", "PUT"}

// putContentLength is httplib.py, HTTPConnection._set_content_length.
func (c *HTTPConnection) putContentLength(thread *starlark.Thread, b *body) error {
	if b.value == nil {
		method, ok := py.AsBytes(c.method)
		if !ok {
			return py.AttributeError.Errorf("'%s' object has no attribute 'upper'", py.TypeName(c.method))
		}
		if slices.Contains(methodsExpectingBody, strings.ToUpper(method)) {
			return c.putHeader("Content-Length", "0")
		}
		return nil
	}
	n, err := b.measure(thread)
	if err != nil {
		return err
	}
	return c.putHeader("Content-Length", starlark.MakeInt64(n).String())
}
