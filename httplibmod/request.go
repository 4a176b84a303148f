package httplibmod

import (
	"slices"
	"strings"

	"go.starlark.net/starlark"

	"starwire/runtime/py"
	"starwire/wire"
)

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
