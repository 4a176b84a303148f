package httplibmod

import (
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

// connRequest is request(method, url[, body[, headers]], *, progress=False).
func connRequest(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(kwargs) == 0 && len(args) == 2 { // the usual call, without the cost of UnpackArgs
		for _, v := range args {
			if err := py.AsASCII(v); err != nil {
				return nil, err
			}
		}
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
		for _, v := range kv {
			if err := py.AsASCII(v); err != nil {
				return nil, err
			}
		}
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
		if err := py.AsASCII(v); err != nil {
			return nil, err
		}
		values[i] = py.Str(v)
	}
	return starlark.None, c.putHeader(name, values...)
}

// formatted is '%s' % v: a tuple stands for its elements.
func formatted(v starlark.Value) (string, error) {
	t, ok := v.(starlark.Tuple)
	switch {
	case !ok:
		return py.Str(v), py.AsASCII(v)
	case len(t) == 0:
		return "", py.TypeError.Errorf("not enough arguments for format string")
	case len(t) > 1:
		return "", py.TypeError.Errorf("not all arguments converted during string formatting")
	}
	return py.Str(t[0]), py.AsASCII(t[0])
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
