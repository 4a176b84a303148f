package urllib2mod

import (
	"errors"

	"go.starlark.net/starlark"

	"starwire/httplibmod"
	"starwire/runtime/lib/socketmod"
	"starwire/runtime/lib/sslmod"
	"starwire/runtime/lib/urllibmod"
	"starwire/runtime/lib/urlopenmod"
	"starwire/runtime/py"
)

// The classes of handlers. BaseHandler is the base of all.
var BaseHandler, AbstractHTTPHandler, HTTPHandler, HTTPSHandler, HTTPErrorProcessor, HTTPDefaultErrorHandler,
	UnknownHandler *py.Kind

// ordered is a Get that gives handler_order.
func ordered(n int) func(*py.Object, string) (starlark.Value, error) {
	return func(_ *py.Object, name string) (starlark.Value, error) {
		if name == "handler_order" {
			return starlark.MakeInt(n), nil
		}
		return nil, nil
	}
}

type method = func(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error)

func makeHandlers() {
	BaseHandler = &py.Kind{Module: "urllib2", Class: "BaseHandler", Get: ordered(500), Computed: []string{"handler_order"},
		Methods: py.Functions(map[string]method{"add_parent": addParent, "close": noop})}
	AbstractHTTPHandler = &py.Kind{Module: "urllib2", Class: "AbstractHTTPHandler", Base: BaseHandler, Init: httpInit,
		Methods: py.Functions(map[string]method{"do_open": doOpen, "do_request_": doRequest, "set_http_debuglevel": setDebugLevel})}
	HTTPHandler = &py.Kind{Module: "urllib2", Class: "HTTPHandler", Base: AbstractHTTPHandler,
		Methods: py.Functions(map[string]method{"http_open": httpOpen, "http_request": doRequest})}
	HTTPSHandler = &py.Kind{Module: "urllib2", Class: "HTTPSHandler", Base: AbstractHTTPHandler, Init: httpsInit,
		Methods: py.Functions(map[string]method{"https_open": httpOpen, "https_request": doRequest})}
	HTTPErrorProcessor = &py.Kind{Module: "urllib2", Class: "HTTPErrorProcessor", Base: BaseHandler, Get: ordered(1000),
		Methods: py.Functions(map[string]method{"http_response": httpResponse, "https_response": httpResponse})}
	HTTPDefaultErrorHandler = &py.Kind{Module: "urllib2", Class: "HTTPDefaultErrorHandler", Base: BaseHandler,
		Methods: py.Functions(map[string]method{"http_error_default": httpErrorDefault})}
	UnknownHandler = &py.Kind{Module: "urllib2", Class: "UnknownHandler", Base: BaseHandler,
		Methods: py.Functions(map[string]method{"unknown_open": unknownOpen})}
}

// addParent is add_parent(parent).
func addParent(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	o, _ := py.Receiver[any](b)
	var parent starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "parent", &parent); err != nil {
		return nil, err
	}
	return starlark.None, o.SetField("parent", parent)
}

func httpInit(_ *starlark.Thread, o *py.Object, args starlark.Tuple, kwargs []starlark.Tuple) error {
	var level starlark.Value = starlark.MakeInt(0)
	if err := py.UnpackArgs(o.Type(), args, kwargs, "debuglevel?", &level); err != nil {
		return err
	}
	o.Set("_debuglevel", level)
	return nil
}

func httpsInit(_ *starlark.Thread, o *py.Object, args starlark.Tuple, kwargs []starlark.Tuple) error {
	var level starlark.Value = starlark.MakeInt(0)
	var context starlark.Value = starlark.None
	if err := py.UnpackArgs(o.Type(), args, kwargs, "debuglevel?", &level, "context?", &context); err != nil {
		return err
	}
	o.Set("_debuglevel", level)
	o.Set("_context", context)
	return nil
}

// setDebugLevel is set_http_debuglevel(level).
func setDebugLevel(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	o, _ := py.Receiver[any](b)
	var level starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "level", &level); err != nil {
		return nil, err
	}
	return starlark.None, o.SetField("_debuglevel", level)
}

// asRequest unpacks the one argument of a method, a Request.
func asRequest(b *starlark.Builtin, v starlark.Value) (*py.Object, error) {
	if req, ok := v.(*py.Object); ok && req.Kind().IsA(Request) {
		return req, nil
	}
	return nil, py.TypeError.Errorf("%s() wants a Request, not %s", b.Name(), py.TypeName(v))
}

// doRequest is http_request, https_request and do_request_(request): it adds the
// header lines that the script did not.
//
// urllib2.py, AbstractHTTPHandler.do_request_.
func doRequest(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	o, _ := py.Receiver[any](b)
	var v starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "request", &v); err != nil {
		return nil, err
	}
	req, err := asRequest(b, v)
	if err != nil {
		return nil, err
	}
	host, err := py.CallMethod(thread, req, "get_host")
	if err != nil {
		return nil, err
	}
	if !host.Truth() {
		return nil, urlError(starlark.String("no host given"), nil)
	}
	add := func(name string, value starlark.Value) error {
		if findHeader(req, name) != nil {
			return nil
		}
		return setHeader(req, "unredirected_hdrs", name, value)
	}
	if data := req.Field("data"); data != starlark.None {
		if err := add("Content-type", starlark.String("application/x-www-form-urlencoded")); err != nil {
			return nil, err
		}
		n := starlark.Len(data)
		if s, ok := py.AsBytes(data); ok {
			n = len(s)
		}
		if n < 0 && findHeader(req, "Content-length") == nil {
			return nil, py.TypeError.Errorf("object of type '%s' has no len()", py.TypeName(data))
		}
		if err := add("Content-length", starlark.String(starlark.MakeInt(n).String())); err != nil {
			return nil, err
		}
	}
	proxied, err := py.CallMethod(thread, req, "has_proxy")
	if err != nil {
		return nil, err
	}
	if proxied.Truth() {
		selector, err := py.CallMethod(thread, req, "get_selector")
		if err != nil {
			return nil, err
		}
		_, rest, _ := urllibmod.SplitType(py.Str(selector))
		name, _, _ := urllibmod.SplitHost(rest)
		host = starlark.String(name)
	}
	if err := add("Host", host); err != nil {
		return nil, err
	}
	if parent, ok := o.Field("parent").(*py.Object); ok {
		if list := starlark.Iterate(parent.Field("addheaders")); list != nil {
			defer list.Done()
			var item starlark.Value
			for list.Next(&item) {
				line, ok := item.(starlark.Tuple)
				if !ok || len(line) != 2 {
					return nil, py.ValueError.Errorf("addheaders holds tuples (name, value)")
				}
				name, ok := py.AsBytes(line[0])
				if !ok {
					return nil, py.TypeError.Errorf("addheaders holds tuples (name, value)")
				}
				if err := add(capitalize(name), line[1]); err != nil {
					return nil, err
				}
			}
		}
	}
	return req, nil
}

// httpOpen is http_open and https_open(req).
func httpOpen(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	o, _ := py.Receiver[any](b)
	var v starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "req", &v); err != nil {
		return nil, err
	}
	req, err := asRequest(b, v)
	if err != nil {
		return nil, err
	}
	if b.Name() == "http_open" {
		return send(thread, o, httplibmod.Module().Members["HTTPConnection"], req, nil)
	}
	var more []starlark.Tuple
	if context := o.Field("_context"); context != starlark.None {
		more = []starlark.Tuple{{starlark.String("context"), context}}
	}
	return send(thread, o, httplibmod.Module().Members["HTTPSConnection"], req, more)
}

// doOpen is do_open(http_class, req, **http_conn_args).
func doOpen(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	o, _ := py.Receiver[any](b)
	if len(args) != 2 {
		return nil, py.TypeError.Errorf("do_open() takes exactly 3 arguments (%d given)", len(args)+1)
	}
	req, err := asRequest(b, args[1])
	if err != nil {
		return nil, err
	}
	return send(thread, o, args[0], req, kwargs)
}

// send sends the request on a connection of the class, and returns the response.
//
// urllib2.py, AbstractHTTPHandler.do_open.
func send(thread *starlark.Thread, o *py.Object, class starlark.Value, req *py.Object, more []starlark.Tuple) (starlark.Value, error) {
	host, err := py.CallMethod(thread, req, "get_host")
	if err != nil {
		return nil, err
	}
	if !host.Truth() {
		return nil, urlError(starlark.String("no host given"), nil)
	}
	timeout := req.Field("timeout")
	if timeout == starlark.None {
		if v, _ := req.Attr("timeout"); v == nil {
			timeout = socketmod.Module().Members["_GLOBAL_DEFAULT_TIMEOUT"]
		}
	}
	h, err := starlark.Call(thread, class, starlark.Tuple{host}, append([]starlark.Tuple{{starlark.String("timeout"), timeout}}, more...))
	if err != nil {
		return nil, err
	}
	if _, err := py.CallMethod(thread, h, "set_debuglevel", o.Field("_debuglevel")); err != nil {
		return nil, err
	}
	headers, proxyAuth, err := headersOf(req)
	if err != nil {
		return nil, err
	}
	if tunnel := req.Field("_tunnel_host"); tunnel.Truth() {
		own := new(starlark.Dict)
		if proxyAuth != nil {
			if err := own.SetKey(proxyAuthorization, proxyAuth); err != nil {
				return nil, err
			}
			if _, _, err := headers.Delete(proxyAuthorization); err != nil {
				return nil, err
			}
		}
		set, err := h.(starlark.HasAttrs).Attr("set_tunnel")
		if err != nil {
			return nil, err
		}
		if _, err := starlark.Call(thread, set, starlark.Tuple{tunnel}, []starlark.Tuple{{starlark.String("headers"), own}}); err != nil {
			return nil, err
		}
	}
	verb, err := py.CallMethod(thread, req, "get_method")
	if err != nil {
		return nil, err
	}
	selector, err := py.CallMethod(thread, req, "get_selector")
	if err != nil {
		return nil, err
	}
	if _, err := py.CallMethod(thread, h, "request", verb, selector, req.Field("data"), headers); err != nil {
		var x *py.Exception
		if errors.As(err, &x) && x.IsA(socketmod.ErrorClass) {
			if _, err := py.CallMethod(thread, h, "close"); err != nil {
				return nil, err
			}
			return nil, urlError(x, err)
		}
		return nil, err
	}
	get, err := h.(starlark.HasAttrs).Attr("getresponse")
	if err != nil {
		return nil, err
	}
	r, err := starlark.Call(thread, get, nil, []starlark.Tuple{{starlark.String("buffering"), starlark.True}})
	if err != nil {
		return nil, err
	}
	return answer(thread, req, r)
}

// answer returns the response to the request as a file.
func answer(thread *starlark.Thread, req *py.Object, r starlark.Value) (starlark.Value, error) {
	attr := func(name string) starlark.Value {
		if h, ok := r.(starlark.HasAttrs); ok {
			if v, err := h.Attr(name); v != nil && err == nil {
				return v
			}
		}
		return starlark.None
	}
	url, err := py.CallMethod(thread, req, "get_full_url")
	if err != nil {
		return nil, err
	}
	response := urlopenmod.NewResponse(thread, r, attr("msg"), url, attr("status"), true)
	return response, response.SetField("msg", attr("reason"))
}

const proxyAuthorization = starlark.String("Proxy-Authorization")

// headersOf returns the header lines of the request, in the order in which
// CPython's dicts give them, and among them the Proxy-Authorization.
func headersOf(req *py.Object) (headers *starlark.Dict, proxyAuth starlark.Value, err error) {
	var own, user, late, all, titled py.HashDict
	values := make(map[string]starlark.Value)
	for _, f := range fieldsOf(req, "unredirected_hdrs") {
		own.Add(f.name)
		values[f.name] = f.value
	}
	all.Merge(&own)
	for _, f := range fieldsOf(req, "headers") {
		user.Add(f.name)
		if _, has := values[f.name]; !has {
			values[f.name] = f.value
		}
	}
	for _, name := range user.Keys() {
		if !has(&own, name) {
			late.Add(name)
		}
	}
	all.Merge(&late)
	all.Add("Connection")
	values["Connection"] = starlark.String("close")
	byTitle := make(map[string]starlark.Value)
	for _, name := range all.Keys() {
		titled.Add(title(name))
		byTitle[title(name)] = values[name]
	}
	headers = new(starlark.Dict)
	for _, name := range titled.Keys() {
		if err := headers.SetKey(starlark.String(name), byTitle[name]); err != nil {
			return nil, nil, err
		}
	}
	return headers, byTitle[string(proxyAuthorization)], nil
}

func has(d *py.HashDict, key string) bool {
	for _, k := range d.Keys() {
		if k == key {
			return true
		}
	}
	return false
}

// title is str.title.
func title(s string) string {
	b := []byte(py.Lower(s))
	inWord := false
	for i, c := range b {
		letter := 'a' <= c && c <= 'z'
		if letter && !inWord {
			b[i] -= 'a' - 'A'
		}
		inWord = letter
	}
	return string(b)
}

// httpResponse is http_response and https_response(request, response) of
// HTTPErrorProcessor: what is no success goes to the handlers of errors.
func httpResponse(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	o, _ := py.Receiver[any](b)
	var request, response starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "request", &request, "response", &response); err != nil {
		return nil, err
	}
	r, ok := response.(starlark.HasAttrs)
	if !ok {
		return nil, py.NoAttribute(response, "code")
	}
	var parts [2]starlark.Value
	for i, name := range []string{"code", "msg"} {
		v, err := r.Attr(name)
		if v == nil || err != nil {
			return nil, py.NoAttribute(response, name)
		}
		parts[i] = v
	}
	code, err := starlark.AsInt32(parts[0])
	if err != nil {
		return nil, py.TypeError.Errorf("an integer is required")
	}
	if 200 <= code && code < 300 {
		return response, nil
	}
	headers, err := py.CallMethod(thread, response, "info")
	if err != nil {
		return nil, err
	}
	return py.CallMethod(thread, o.Field("parent"), "error", starlark.String("http"), request, response, parts[0], parts[1], headers)
}

// httpErrorDefault is http_error_default(req, fp, code, msg, hdrs).
func httpErrorDefault(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	f, err := unpackFailure(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	return nil, f.raise(thread, f.msg)
}

// A failure is what the methods http_error_NNN are told.
type failure struct{ req, fp, code, msg, hdrs starlark.Value }

func unpackFailure(b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (f failure, err error) {
	err = py.UnpackArgs(b.Name(), args, kwargs, "req", &f.req, "fp", &f.fp, "code", &f.code, "msg", &f.msg, "headers", &f.hdrs)
	return f, err
}

// raise returns the HTTPError of the request's URL.
func (f failure) raise(thread *starlark.Thread, msg starlark.Value) error {
	url, err := py.CallMethod(thread, f.req, "get_full_url")
	if err != nil {
		return err
	}
	return HTTPError.New(nil, url, f.code, msg, f.hdrs, f.fp)
}

// unknownOpen is unknown_open(req).
func unknownOpen(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var req starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "req", &req); err != nil {
		return nil, err
	}
	kind, err := py.CallMethod(thread, req, "get_type")
	if err != nil {
		return nil, err
	}
	switch scheme := py.Str(kind); scheme {
	case "ftp", "file":
		return nil, urlError(starlark.String("urllib2 opens no "+scheme+" URLs here, only http and https; a file is opened by open"), nil)
	default:
		return nil, urlError(starlark.String("unknown url type: "+scheme), nil)
	}
}

// defaultContext is ssl.create_default_context(cafile=cafile, capath=capath).
func defaultContext(thread *starlark.Thread, cafile, capath starlark.Value) (starlark.Value, error) {
	return starlark.Call(thread, sslmod.Module().Members["create_default_context"], nil, []starlark.Tuple{
		{starlark.String("cafile"), cafile}, {starlark.String("capath"), capath},
	})
}
