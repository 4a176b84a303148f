package httplibmod

import (
	"slices"
	"strings"

	"go.starlark.net/starlark"

	"starwire/runtime/py"
)

// These are methods of httplib.py whose names begin with an underscore and that
// programs call all the same. What they override in Python has no effect here,
// where there are no subclasses: only _validate_path can be assigned.

// connGetHostPort is _get_hostport(host, port): the two parsed as the
// constructor does.
func connGetHostPort(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var host, port starlark.Value
	if err := py.UnpackMethod(b.Name(), args, kwargs, "host", &host, "port", &port); err != nil {
		return nil, err
	}
	name, port, err := splitHostPort(host, port, connOf(b).defaultPort)
	if err != nil {
		return nil, err
	}
	return starlark.Tuple{starlark.String(name), port}, nil
}

// connValidateHost is _validate_host(host).
func connValidateHost(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	host, err := urlArg(b, args, kwargs, "host")
	if err != nil {
		return nil, err
	}
	return starlark.None, connOf(b).rules.checkHost(host)
}

// connValidatePath is _validate_path(url).
func connValidatePath(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	url, err := urlArg(b, args, kwargs, "url")
	if err != nil {
		return nil, err
	}
	return starlark.None, checkURL(url)
}

// urlArg unpacks the one argument, in which an expression is searched for.
func urlArg(b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple, name string) (string, error) {
	var v starlark.Value
	if err := py.UnpackMethod(b.Name(), args, kwargs, name, &v); err != nil {
		return "", err
	}
	s, ok := py.AsBytes(v)
	if !ok {
		return "", py.TypeError.Errorf("expected string or buffer")
	}
	return s, nil
}

// connEncodeRequest is _encode_request(request): the request as it is.
func connEncodeRequest(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var request starlark.Value
	err := py.UnpackMethod(b.Name(), args, kwargs, "request", &request)
	return request, err
}

// connOutput is _output(s): a line for the request being put, in any state and
// unchecked, as send() is.
func connOutput(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var line starlark.Value
	if err := py.UnpackMethod(b.Name(), args, kwargs, "s", &line); err != nil {
		return nil, err
	}
	c := connOf(b)
	if err := c.checkMutable("put a line on"); err != nil {
		return nil, err
	}
	s, ok := py.AsBytes(line)
	if !ok {
		return nil, notJoined(len(c.request.ends), line)
	}
	c.request.out = append(c.request.out, s...)
	c.request.endLine()
	return starlark.None, nil
}

// notJoined is the error of joining lines of which one is no string.
func notJoined(i int, v starlark.Value) error {
	return py.TypeError.Errorf("sequence item %d: expected string, %s found", i, py.TypeName(v))
}

// connSendOutput is _send_output([message_body]): the lines put so far, a blank
// one and the body are sent, in any state.
func connSendOutput(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var content starlark.Value
	if err := py.UnpackMethod(b.Name(), args, kwargs, "message_body?", &content); err != nil {
		return nil, err
	}
	c := connOf(b)
	if err := c.checkMutable("send on"); err != nil {
		return nil, err
	}
	body, err := newBody(content)
	if err != nil {
		return nil, err
	}
	err = c.flush(thread, body)
	if c.watch != nil {
		c.watch.sent(err)
	}
	return starlark.None, err
}

// connSendRequest is _send_request(method, url, body, headers): what request does.
func connSendRequest(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var meth, url, body, headers starlark.Value
	if err := py.UnpackMethod(b.Name(), args, kwargs, "method", &meth, "url", &url, "body", &body, "headers", &headers); err != nil {
		return nil, err
	}
	return starlark.None, connOf(b).requestOf(thread, meth, url, body, headers)
}

// connSetContentLength is _set_content_length(body, method): it puts the header
// for a body whose length can be told without reading it.
func connSetContentLength(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var content, meth starlark.Value
	if err := py.UnpackMethod(b.Name(), args, kwargs, "body", &content, "method", &meth); err != nil {
		return nil, err
	}
	c := connOf(b)
	if err := c.checkMutable("put a header on"); err != nil {
		return nil, err
	}
	body, err := newBody(content)
	if err != nil {
		return nil, err
	}
	length := int64(len(body.text))
	switch {
	case body.value == nil:
		name, ok := py.AsBytes(meth)
		if !ok {
			return nil, py.NoAttribute(meth, "upper")
		}
		if !slices.Contains(methodsExpectingBody, strings.ToUpper(name)) {
			return starlark.None, nil
		}
	case body.file != nil:
		n, ok := body.file.Remaining()
		if !ok {
			return starlark.None, c.cannotStat(thread)
		}
		length = n
	case body.read != nil:
		return starlark.None, c.cannotStat(thread)
	}
	return starlark.None, c.putHeader("Content-Length", starlark.MakeInt64(length).String())
}

// cannotStat is what debug output says of a body without a length.
func (c *HTTPConnection) cannotStat(thread *starlark.Thread) error {
	if c.debugging() {
		debugPrint(thread, "Cannot stat!!\n")
	}
	return nil
}

// respReadStatus is _read_status(): the next line, as a status line.
func respReadStatus(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := py.UnpackMethod(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	r := respOf(b)
	if err := r.readable("readline"); err != nil {
		return nil, err
	}
	r.enter(thread)
	r.fresh = !r.t.used
	s, err := r.readStatusByRule(thread, &headLines{r: r.r, limit: r.t.rules.headBytes()}, r.fresh)
	if err != nil {
		return nil, asException(err)
	}
	if s.simple != "" || r.oddity != nil {
		r.oddly().prefix = s.simple
	}
	return starlark.Tuple{starlark.String(s.version), starlark.MakeInt(s.code), starlark.String(s.reason)}, nil
}

// readable is the error of reading from the file of a response that is closed
// or frozen.
func (r *HTTPResponse) readable(method string) error {
	if r.frozen {
		return py.TypeError.Errorf("cannot read from frozen HTTPResponse")
	}
	if r.closed {
		return py.NoAttribute(starlark.None, method)
	}
	return nil
}

// respCheckClose is _check_close(): whether the headers say that the connection
// closes after the response.
func respCheckClose(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := py.UnpackMethod(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	r := respOf(b)
	if r.msg == nil {
		return nil, py.NoAttribute(starlark.None, "getheader")
	}
	conn, _ := r.msg.get("connection")
	return starlark.Bool(r.closes(py.Lower(conn))), nil
}

// respReadChunked is _read_chunked(amt): read of a chunked body.
func respReadChunked(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var amount starlark.Value
	if err := py.UnpackMethod(b.Name(), args, kwargs, "amt", &amount); err != nil {
		return nil, err
	}
	amt, err := amountOf(amount)
	if err != nil {
		return nil, err
	}
	r := respOf(b)
	if !r.chunked || r.bodiless {
		return nil, py.AssertionError.New(nil)
	}
	if err := r.readable("readline"); err != nil {
		return nil, err
	}
	s, err := r.read(thread, amt)
	return starlark.String(s), err
}

// respSafeRead is _safe_read(amt): exactly so many bytes from the file, whatever
// frames them.
func respSafeRead(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var amount starlark.Value
	if err := py.UnpackMethod(b.Name(), args, kwargs, "amt", &amount); err != nil {
		return nil, err
	}
	n, ok := amount.(starlark.Int)
	if !ok {
		return nil, py.TypeError.Errorf("an integer is required, not %s", py.TypeName(amount))
	}
	r := respOf(b)
	if n.Sign() <= 0 {
		return starlark.String(""), nil
	}
	if err := r.readable("read"); err != nil {
		return nil, err
	}
	want, ok := n.Int64()
	if !ok {
		want = all
	}
	r.enter(thread)
	data, err := responseFile{r}.read(want)
	if err != nil {
		return nil, err
	}
	if missing := n.Sub(starlark.MakeInt(len(data))); missing.Sign() > 0 {
		return nil, IncompleteRead.New(nil, starlark.String(data), missing)
	}
	return starlark.String(data), nil
}
