package httplibmod

import (
	"errors"
	"slices"

	"go.starlark.net/starlark"

	"starwire/runtime/py"
)

// method is a method's Go function; its receiver is b.Receiver().
type method = func(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error)

// methodTable makes the unbound built-ins that values bind themselves to.
func methodTable(methods map[string]method) map[string]*starlark.Builtin {
	table := make(map[string]*starlark.Builtin, len(methods))
	for name, f := range methods {
		table[name] = starlark.NewBuiltin(name, alone(f))
	}
	return table
}

// methodNames merges the names of methods and fields, sorted.
func methodNames(methods map[string]*starlark.Builtin, fields []string) []string {
	names := slices.Clone(fields)
	for name := range methods {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

var connectionMethods, responseMethods map[string]*starlark.Builtin

func init() {
	connectionMethods = methodTable(map[string]method{
		"_encode_request":     connEncodeRequest,
		"_get_hostport":       connGetHostPort,
		"_output":             connOutput,
		"_send_output":        connSendOutput,
		"_send_request":       connSendRequest,
		"_set_content_length": connSetContentLength,
		"_tunnel":             connTunnel,
		"_validate_host":      connValidateHost,
		"_validate_path":      connValidatePath,
		"close":               connClose,
		"connect":             connConnect,
		"endheaders":          connEndHeaders,
		"getresponse":         connGetResponse,
		"putheader":           connPutHeader,
		"putrequest":          connPutRequest,
		"request":             connRequest,
		"send":                connSend,
		"set_debuglevel":      connSetDebugLevel,
		"set_tunnel":          connSetTunnel,
	})
	responseMethods = methodTable(map[string]method{
		"_check_close":  respCheckClose,
		"_read_chunked": respReadChunked,
		"_read_status":  respReadStatus,
		"_safe_read":    respSafeRead,
		"begin":         respBegin,
		"chunks":        respChunks,
		"close":         respClose,
		"fileno":        respFileno,
		"getheader":     respGetHeader,
		"getheaders":    respGetHeaders,
		"isclosed":      respIsClosed,
		"read":          respRead,
		"save":          respSave,
	})
}

func connOf(b *starlark.Builtin) *HTTPConnection { return b.Receiver().(*HTTPConnection) }
func respOf(b *starlark.Builtin) *HTTPResponse   { return b.Receiver().(*HTTPResponse) }

// connRequest is request(method, url[, body[, headers]], *, progress=False).
func connRequest(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(kwargs) == 0 && len(args) == 2 { // the usual call, without the cost of UnpackArgs
		return starlark.None, connOf(b).sendRequest(thread, args[0], args[1], nil, nil)
	}
	kwargs, progress := takeProgress(kwargs)
	var meth, url, body, headers starlark.Value
	if err := py.UnpackMethod(b.Name(), args, kwargs, "method", &meth, "url", &url, "body?", &body, "headers?", &headers); err != nil {
		return nil, err
	}
	c := connOf(b)
	return starlark.None, c.watched(progress, func() error { return c.requestOf(thread, meth, url, body, headers) })
}

// requestOf is sendRequest with the headers as a script gives them, or nil.
func (c *HTTPConnection) requestOf(thread *starlark.Thread, meth, url, body, headers starlark.Value) error {
	fields, err := fieldsOf(headers)
	if err != nil {
		if allStrings(headers) { // 2.7 notices when it comes to sending them
			if e := c.putRequest(thread, meth, url, false, false); e != nil {
				err = e
			}
		}
		return err
	}
	return c.sendRequest(thread, meth, url, body, fields)
}

// allStrings reports whether headers can be taken for a mapping for as long as
// only its names are looked at: a string, or a list of strings.
func allStrings(headers starlark.Value) bool {
	if _, ok := py.AsBytes(headers); ok {
		return true
	}
	list, ok := headers.(starlark.Sequence)
	if _, isMapping := headers.(starlark.Mapping); !ok || isMapping {
		return false
	}
	for name := range starlark.Elements(list) {
		if _, ok := py.AsBytes(name); !ok {
			return false
		}
	}
	return true
}

// fieldsOf returns the pairs of a mapping in its own order, names as they are
// and values as str() shows them; nothing for nil.
func fieldsOf(headers starlark.Value) ([]field, error) {
	if headers == nil {
		return nil, nil
	}
	m, ok := headers.(starlark.IterableMapping)
	if !ok {
		it, ok := headers.(starlark.Iterable)
		if _, isText := py.AsBytes(headers); isText {
			return nil, py.NoAttribute(headers, "iteritems")
		}
		if !ok {
			return nil, py.NotIterable(headers)
		}
		for name := range starlark.Elements(it) {
			if _, ok := py.AsBytes(name); !ok {
				return nil, py.NoAttribute(name, "lower")
			}
		}
		return nil, py.NoAttribute(headers, "iteritems")
	}
	items := m.Items()
	if len(items) == 0 {
		return nil, nil
	}
	fields := make([]field, len(items))
	for i, kv := range items {
		name, ok := py.AsBytes(kv[0])
		if !ok {
			return nil, py.NoAttribute(kv[0], "lower")
		}
		fields[i] = field{name, py.Str(kv[1])}
	}
	return fields, nil
}

// connPutRequest is putrequest(method, url[, skip_host[, skip_accept_encoding]]).
func connPutRequest(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var meth, url starlark.Value
	var skipHost, skipAcceptEncoding starlark.Value = starlark.False, starlark.False
	if err := py.UnpackMethod(b.Name(), args, kwargs, "method", &meth, "url", &url,
		"skip_host?", &skipHost, "skip_accept_encoding?", &skipAcceptEncoding); err != nil {
		return nil, err
	}
	return starlark.None, connOf(b).putRequest(thread, meth, url, bool(skipHost.Truth()), bool(skipAcceptEncoding.Truth()))
}

// connPutHeader is putheader(header, *values).
func connPutHeader(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(args) == 0 && len(kwargs) == 0 {
		return nil, py.TypeError.Errorf("putheader() takes at least 2 arguments (1 given)")
	}
	if len(kwargs) > 0 {
		return nil, py.TypeError.Errorf("putheader() got an unexpected keyword argument %s", py.Repr(kwargs[0][0]))
	}
	c := connOf(b)
	if err := c.checkMutable("put a header on"); err != nil {
		return nil, err
	}
	name, err := formatted(args[0])
	if err != nil {
		return nil, err
	}
	values := make([]string, len(args)-1)
	for i, v := range args[1:] {
		values[i] = py.Str(v)
	}
	return starlark.None, c.putHeader(name, values...)
}

// formatted is '%s' % v: a tuple stands for its elements.
func formatted(v starlark.Value) (string, error) {
	t, ok := v.(starlark.Tuple)
	switch {
	case !ok:
		return py.Str(v), nil
	case len(t) == 0:
		return "", py.TypeError.Errorf("not enough arguments for format string")
	case len(t) > 1:
		return "", py.TypeError.Errorf("not all arguments converted during string formatting")
	}
	return py.Str(t[0]), nil
}

// connEndHeaders is endheaders([message_body]).
func connEndHeaders(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var content starlark.Value
	if err := py.UnpackMethod(b.Name(), args, kwargs, "message_body?", &content); err != nil {
		return nil, err
	}
	c := connOf(b)
	if _, err := c.allowed(opEndHeaders); err != nil {
		return nil, err
	}
	body, err := newBody(content)
	if err != nil {
		return nil, err
	}
	return starlark.None, c.endHeaders(thread, body)
}

// connSend is send(data, *, progress=False).
func connSend(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	kwargs, progress := takeProgress(kwargs)
	var data starlark.Value
	if err := py.UnpackMethod(b.Name(), args, kwargs, "data", &data); err != nil {
		return nil, err
	}
	c := connOf(b)
	return starlark.None, c.watched(progress, func() error { return c.send(thread, data) })
}

// connGetResponse is getresponse([buffering]).
func connGetResponse(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	buffered := false
	if len(args)+len(kwargs) > 0 {
		var buffering starlark.Value = starlark.False
		if err := py.UnpackMethod(b.Name(), args, kwargs, "buffering?", &buffering); err != nil {
			return nil, err
		}
		buffered = bool(buffering.Truth())
	}
	r, err := connOf(b).getResponse(thread, buffered)
	if err != nil {
		return nil, err
	}
	return r, nil
}

// getResponse is httplib.py, HTTPConnection.getresponse. A response whose head
// cannot be read leaves the state Request-sent, and the socket closed (H4).
func (c *HTTPConnection) getResponse(thread *starlark.Thread, buffering bool) (*HTTPResponse, error) {
	if err := c.checkMutable("get a response from"); err != nil {
		return nil, err
	}
	if c.pending != nil && c.pending.closed {
		c.pending = nil
	}
	to, err := c.allowed(opGetResponse)
	if err != nil {
		return nil, err
	}
	if c.pending != nil {
		return nil, ResponseNotReady.New(nil)
	}
	t := c.transport()
	if t == nil {
		if c.lostAnswer {
			return nil, ResponseNotReady.Errorf("the answer to this request was lost: close() first")
		}
		return nil, py.AttributeError.Errorf("'NoneType' object has no attribute 'makefile'")
	}
	if t.sock != nil && c.announced.wrong() {
		t.spent = true
		if c.rules.strict && !c.announced.expect && t.unsent == nil {
			t.close(thread)
			c.lostAnswer = true
			return nil, py.ValueError.Errorf("the body is shorter than its Content-Length")
		}
	}
	r, err := c.makeResponse(thread, t, buffering)
	if err != nil {
		return nil, err
	}
	r.x = c.watch.take()
	if err := r.begin(thread); err != nil {
		err = asException(err)
		if t.unsent != nil {
			err = t.unsent
		}
		r.abandon(thread)
		c.lostAnswer = true
		return nil, err
	}
	if t.timed {
		t.expire(c.expires) // the head's own time is over
	}
	if r.x != nil {
		r.x.head(r)
	}
	c.state = to
	if r.willClose {
		// The response takes the socket along.
		r.owned = true
		c.t = nil
		return r, nil
	}
	t.held = true
	c.pending = r
	return r, nil
}

// makeResponse calls response_class(sock, [debuglevel,] strict=, method=,
// [buffering=]) as Python does, if the script set one.
func (c *HTTPConnection) makeResponse(thread *starlark.Thread, t *transport, buffering bool) (*HTTPResponse, error) {
	if c.responseClass == responseClass {
		return newResponse(thread, t, c.debuglevel, c.strict, c.method, buffering)
	}
	args := starlark.Tuple{t.value}
	if c.debugging() {
		args = append(args, c.debuglevel)
	}
	kwargs := []starlark.Tuple{{starlark.String("strict"), c.strict}, {starlark.String("method"), c.method}}
	if buffering {
		kwargs = append(kwargs, starlark.Tuple{starlark.String("buffering"), starlark.True})
	}
	v, err := starlark.Call(thread, c.responseClass, args, kwargs)
	if err != nil {
		return nil, err
	}
	r, ok := v.(*HTTPResponse)
	if !ok {
		return nil, py.TypeError.Errorf("response_class returned %s; want an HTTPResponse", py.TypeName(v))
	}
	if r.t.value == t.value {
		r.t = t // the window belongs to the connection's socket
		if t.r != nil {
			r.r = t.r
		}
	}
	return r, nil
}

// asException lets an error of begin be raised after the response is closed.
func asException(err error) error {
	if errors.As(err, new(*py.Exception)) {
		return err
	}
	return wireError(err)
}

// connConnect is connect().
func connConnect(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := py.UnpackMethod(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	c := connOf(b)
	c.startClock()
	return starlark.None, c.connect(thread)
}

// connTunnel is _tunnel(), which programs with a socket of their own call.
func connTunnel(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := py.UnpackMethod(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	c := connOf(b)
	if err := c.checkMutable("connect"); err != nil {
		return nil, err
	}
	t := c.transport()
	if t == nil {
		return nil, NotConnected.New(nil)
	}
	err := c.tunnel(thread, t)
	if err != nil {
		t.close(thread)
		c.t, c.state = nil, idle
	}
	return starlark.None, err
}

// connClose is close().
func connClose(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := py.UnpackMethod(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	c := connOf(b)
	if err := c.checkMutable("close"); err != nil {
		return nil, err
	}
	return starlark.None, c.close(thread)
}

// close is httplib.py, HTTPConnection.close: idle again, the socket closed, and
// the unread persistent response with it. Lines put but not sent are dropped (D2).
func (c *HTTPConnection) close(thread *starlark.Thread) error {
	c.state = moves[c.state][opClose]
	c.request.reset()
	c.watch.end(nil)
	c.lostAnswer = false
	var err error
	if t := c.t; t != nil {
		c.t = nil
		err = t.close(thread)
	}
	if r := c.pending; r != nil {
		c.pending = nil
		err = errors.Join(err, r.finish(thread))
	}
	return err
}

// detach gives up the socket for another: a response still to be read keeps it.
func (c *HTTPConnection) detach(thread *starlark.Thread) {
	t := c.transport()
	c.t = nil
	switch {
	case t == nil:
	case t.held && c.pending != nil && !c.pending.closed:
		c.pending.owned = true
		c.pending = nil
	default:
		t.close(thread)
	}
}

// connSetDebugLevel is set_debuglevel(level).
func connSetDebugLevel(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var level starlark.Value
	if err := py.UnpackMethod(b.Name(), args, kwargs, "level", &level); err != nil {
		return nil, err
	}
	return starlark.None, connOf(b).SetField("debuglevel", level)
}

// connSetTunnel is set_tunnel(host[, port[, headers]]).
func connSetTunnel(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var host, port, headers starlark.Value = nil, starlark.None, starlark.None
	if err := py.UnpackMethod(b.Name(), args, kwargs, "host", &host, "port?", &port, "headers?", &headers); err != nil {
		return nil, err
	}
	var fields []field
	if headers.Truth() {
		var err error
		if fields, err = fieldsOf(headers); err != nil {
			return nil, err
		}
	}
	return starlark.None, connOf(b).setTunnel(host, port, fields)
}

// respBegin is begin().
func respBegin(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := py.UnpackMethod(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	r := respOf(b)
	if r.frozen {
		return nil, errors.New("cannot read from frozen HTTPResponse")
	}
	if err := r.begin(thread); err != nil {
		return nil, asException(err)
	}
	return starlark.None, nil
}

// respRead is read([amt]).
func respRead(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	amt, err := readAmount(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	s, err := respOf(b).read(thread, amt)
	if err != nil {
		return nil, err
	}
	return starlark.String(s), nil
}

// readAmount returns read's one argument, without the cost of UnpackArgs where
// it is given as usual.
func readAmount(b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (int64, error) {
	switch {
	case len(kwargs) == 0 && len(args) == 0:
		return all, nil
	case len(kwargs) == 0 && len(args) == 1:
		return amountOf(args[0])
	}
	var amount starlark.Value = starlark.None
	if err := py.UnpackMethod(b.Name(), args, kwargs, "amt?", &amount); err != nil {
		return 0, err
	}
	return amountOf(amount)
}

// amountOf returns how many bytes v asks for: all for None and for any negative
// number; what is no integer is a TypeError (D12).
func amountOf(v starlark.Value) (int64, error) {
	switch v := v.(type) {
	case starlark.NoneType:
		return all, nil
	case starlark.Bool:
		if v {
			return 1, nil
		}
		return 0, nil
	case starlark.Int:
		n, ok := v.Int64()
		if !ok || n < 0 {
			return all, nil
		}
		return n, nil
	}
	return 0, py.TypeError.Errorf("an integer is required, not %s", py.TypeName(v))
}

// respGetHeader is getheader(name[, default]).
func respGetHeader(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var name, fallback starlark.Value = nil, starlark.None
	if len(kwargs) == 0 && len(args) == 1 {
		name = args[0]
	} else if err := py.UnpackMethod(b.Name(), args, kwargs, "name", &name, "default?", &fallback); err != nil {
		return nil, err
	}
	r := respOf(b)
	if r.msg == nil {
		return nil, ResponseNotReady.New(nil)
	}
	return r.msg.lookup(name, fallback)
}

// respGetHeaders is getheaders().
func respGetHeaders(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := py.UnpackMethod(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	r := respOf(b)
	if r.msg == nil {
		return nil, ResponseNotReady.New(nil)
	}
	items := r.msg.Items()
	list := make([]starlark.Value, len(items))
	for i, kv := range items {
		list[i] = kv
	}
	return starlark.NewList(list), nil
}

// respFileno is fileno(): the socket's descriptor.
func respFileno(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := py.UnpackMethod(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	return respOf(b).fileno(thread)
}

func (r *HTTPResponse) fileno(thread *starlark.Thread) (starlark.Value, error) {
	if r.closed {
		return nil, py.AttributeError.Errorf("'NoneType' object has no attribute 'fileno'")
	}
	value := r.t.value
	if r.file != nil {
		value = r.file.value
	}
	fileno, err := (&scriptObject{value}).method("fileno")
	if err != nil {
		return nil, err
	}
	return starlark.Call(thread, fileno, nil, nil)
}

// respIsClosed is isclosed().
func respIsClosed(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := py.UnpackMethod(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	return starlark.Bool(respOf(b).closed), nil
}

// respClose is close().
func respClose(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := py.UnpackMethod(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	return starlark.None, respOf(b).close(thread)
}
