package urllib2mod

import (
	"slices"
	"strconv"
	"strings"
	"sync"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/lib/socketmod"
	"starwire/runtime/py"
)

// OpenerDirector is the class urllib2.OpenerDirector.
var OpenerDirector *py.Kind

// A director is which handlers an OpenerDirector asks for what, in their order.
type director struct {
	open, request, response map[string][]*py.Object // by protocol
	errors                  map[string][]*py.Object // by status code, or "default"
}

func makeOpener() {
	OpenerDirector = &py.Kind{Module: "urllib2", Class: "OpenerDirector",
		Init: func(_ *starlark.Thread, o *py.Object, args starlark.Tuple, kwargs []starlark.Tuple) error {
			o.Data = &director{
				open: map[string][]*py.Object{}, request: map[string][]*py.Object{},
				response: map[string][]*py.Object{}, errors: map[string][]*py.Object{},
			}
			o.Set("addheaders", starlark.NewList([]starlark.Value{
				starlark.Tuple{starlark.String("User-agent"), starlark.String("Python-urllib/2.7")},
			}))
			o.Set("handlers", starlark.NewList(nil))
			return py.UnpackArgs("OpenerDirector", args, kwargs)
		},
		Methods: py.Functions(map[string]func(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error){
			"add_handler": openerAddHandler,
			"close":       noop,
			"error":       openerError,
			"open":        openerOpen,
		})}
}

// noop is a method that CPython keeps for old programs.
func noop(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	return starlark.None, py.UnpackArgs(b.Name(), args, kwargs)
}

// order is handler_order.
func order(h *py.Object) int {
	v, _ := h.Attr("handler_order")
	if v == nil {
		return 500
	}
	n, err := starlark.AsInt32(v)
	if err != nil {
		return 500
	}
	return n
}

// insert puts the handler behind those of its order.
func insert(list []*py.Object, h *py.Object) []*py.Object {
	i := len(list)
	for i > 0 && order(h) < order(list[i-1]) {
		i--
	}
	return slices.Insert(list, i, h)
}

// openerAddHandler is add_handler(handler).
//
// urllib2.py, OpenerDirector.add_handler.
func openerAddHandler(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	o, d := py.Receiver[*director](b)
	var v starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "handler", &v); err != nil {
		return nil, err
	}
	h, ok := v.(*py.Object)
	if !ok || !h.Kind().IsA(BaseHandler) {
		return nil, py.TypeError.Errorf("expected BaseHandler instance, got <type '%s'>", py.TypeName(v))
	}
	if err := o.Changing(); err != nil {
		return nil, err
	}
	added := false
	for _, name := range h.AttrNames() {
		if name == "redirect_request" || name == "do_open" || name == "proxy_open" {
			continue
		}
		protocol, condition, found := strings.Cut(name, "_")
		var table map[string][]*py.Object
		kind := protocol
		switch {
		case !found:
			continue
		case strings.HasPrefix(condition, "error"):
			_, kind, _ = strings.Cut(condition, "_")
			if table = d.errors; protocol != "http" {
				continue
			}
		case condition == "open":
			table = d.open
		case condition == "response":
			table = d.response
		case condition == "request":
			table = d.request
		default:
			continue
		}
		table[kind] = insert(table[kind], h)
		added = true
	}
	if !added {
		return starlark.None, nil
	}
	if list, ok := o.Field("handlers").(*starlark.List); ok {
		all := make([]*py.Object, 0, list.Len()+1)
		for x := range starlark.Elements(list) {
			if x, ok := x.(*py.Object); ok {
				all = append(all, x)
			}
		}
		sorted := make([]starlark.Value, 0, len(all)+1)
		for _, x := range insert(all, h) {
			sorted = append(sorted, x)
		}
		if err := o.SetField("handlers", starlark.NewList(sorted)); err != nil {
			return nil, err
		}
	}
	_, err := py.CallMethod(thread, h, "add_parent", o)
	return starlark.None, err
}

// chain asks the handlers in turn, until one returns something.
func chain(thread *starlark.Thread, handlers []*py.Object, method string, args ...starlark.Value) (starlark.Value, error) {
	for _, h := range handlers {
		v, err := py.CallMethod(thread, h, method, args...)
		if err != nil || v != starlark.None {
			return v, err
		}
	}
	return starlark.None, nil
}

// openerOpen is open(fullurl, data=None, timeout=<the default>).
//
// urllib2.py, OpenerDirector.open.
func openerOpen(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	_, d := py.Receiver[*director](b)
	var url starlark.Value
	var data starlark.Value = starlark.None
	timeout := socketmod.Module().Members["_GLOBAL_DEFAULT_TIMEOUT"]
	if err := py.UnpackArgs(b.Name(), args, kwargs, "fullurl", &url, "data?", &data, "timeout?", &timeout); err != nil {
		return nil, err
	}
	return d.do(thread, url, data, timeout)
}

// do opens a URL or a Request.
func (d *director) do(thread *starlark.Thread, url, data, timeout starlark.Value) (starlark.Value, error) {
	req, ok := url.(*py.Object)
	if _, isText := py.AsBytes(url); isText {
		v, err := starlark.Call(thread, Request, starlark.Tuple{url, data}, nil)
		if err != nil {
			return nil, err
		}
		req, ok = v.(*py.Object)
	} else if ok && data != starlark.None {
		if _, err := py.CallMethod(thread, req, "add_data", data); err != nil {
			return nil, err
		}
	}
	if !ok || !req.Kind().IsA(Request) {
		return nil, py.TypeError.Errorf("a URL or a Request, not %s", py.TypeName(url))
	}
	if err := req.SetField("timeout", timeout); err != nil {
		return nil, err
	}
	v, err := py.CallMethod(thread, req, "get_type")
	if err != nil {
		return nil, err
	}
	protocol := py.Str(v)
	var asked starlark.Value = req
	for _, h := range d.request[protocol] {
		if asked, err = py.CallMethod(thread, h, protocol+"_request", asked); err != nil {
			return nil, err
		}
	}
	response, err := d.send(thread, asked)
	if err != nil {
		return nil, err
	}
	for _, h := range d.response[protocol] {
		if response, err = py.CallMethod(thread, h, protocol+"_response", asked, response); err != nil {
			return nil, err
		}
	}
	return response, nil
}

// send is OpenerDirector._open.
func (d *director) send(thread *starlark.Thread, req starlark.Value) (starlark.Value, error) {
	v, err := chain(thread, d.open["default"], "default_open", req)
	if err != nil || v.Truth() {
		return v, err
	}
	kind, err := py.CallMethod(thread, req, "get_type")
	if err != nil {
		return nil, err
	}
	protocol := py.Str(kind)
	v, err = chain(thread, d.open[protocol], protocol+"_open", req)
	if err != nil || v.Truth() {
		return v, err
	}
	return chain(thread, d.open["unknown"], "unknown_open", req)
}

// openerError is error(proto, req, fp, code, msg, hdrs), for http and https.
//
// urllib2.py, OpenerDirector.error.
func openerError(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	_, d := py.Receiver[*director](b)
	var proto py.ByteStr
	var req, fp, code, msg, hdrs starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "proto", &proto, "req", &req, "fp", &fp, "code", &code, "msg", &msg, "hdrs", &hdrs); err != nil {
		return nil, err
	}
	number, err := starlark.AsInt32(code)
	if err != nil {
		return nil, py.TypeError.Errorf("an integer is required")
	}
	kind := strconv.Itoa(number)
	v, err := chain(thread, d.errors[kind], "http_error_"+kind, req, fp, code, msg, hdrs)
	if err != nil || v.Truth() {
		return v, err
	}
	return chain(thread, d.errors["default"], "http_error_default", req, fp, code, msg, hdrs)
}

// installed is where a run keeps the opener that urlopen uses.
type installedKey struct{}

type installed struct {
	mu     sync.Mutex
	opener starlark.Value
}

func installedOf(thread *starlark.Thread) *installed {
	return host.State(host.From(thread), installedKey{}, func() *installed { return new(installed) })
}

// installOpener is install_opener(opener).
func installOpener(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var opener starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "opener", &opener); err != nil {
		return nil, err
	}
	state := installedOf(thread)
	state.mu.Lock()
	defer state.mu.Unlock()
	state.opener = opener
	return starlark.None, nil
}

// buildOpener is build_opener(*handlers), each an instance or a class.
//
// urllib2.py, build_opener.
func buildOpener(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(kwargs) > 0 {
		return nil, py.TypeError.Errorf("build_opener() got an unexpected keyword argument")
	}
	o, err := starlark.Call(thread, OpenerDirector, nil, nil)
	if err != nil {
		return nil, err
	}
	var handlers []starlark.Value
	for _, class := range []*py.Kind{ProxyHandler, UnknownHandler, HTTPHandler, HTTPDefaultErrorHandler, HTTPRedirectHandler, HTTPErrorProcessor, HTTPSHandler} {
		if !slices.ContainsFunc(args, func(v starlark.Value) bool {
			k, ok := v.(*py.Kind)
			return ok && k.IsA(class) || class.HasInstance(v)
		}) {
			handlers = append(handlers, class)
		}
	}
	for _, h := range append(handlers, args...) {
		if class, ok := h.(*py.Kind); ok {
			if h, err = starlark.Call(thread, class, nil, nil); err != nil {
				return nil, err
			}
		}
		if _, err := py.CallMethod(thread, o, "add_handler", h); err != nil {
			return nil, err
		}
	}
	return o, nil
}

// urlOpen is urlopen(url, data=None, timeout=<the default>, cafile=None, capath=None, cadefault=False, context=None).
//
// urllib2.py, urlopen.
func urlOpen(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var url starlark.Value
	var data, cafile, capath, cadefault, tls starlark.Value = starlark.None, starlark.None, starlark.None, starlark.False, starlark.None
	timeout := socketmod.Module().Members["_GLOBAL_DEFAULT_TIMEOUT"]
	if err := py.UnpackArgs(b.Name(), args, kwargs, "url", &url, "data?", &data, "timeout?", &timeout,
		"cafile?", &cafile, "capath?", &capath, "cadefault?", &cadefault, "context?", &tls); err != nil {
		return nil, err
	}
	if cafile.Truth() || capath.Truth() || cadefault.Truth() {
		if tls != starlark.None {
			return nil, py.ValueError.Errorf("You can't pass both context and any of cafile, capath, and cadefault")
		}
		var err error
		if tls, err = defaultContext(thread, cafile, capath); err != nil {
			return nil, err
		}
	}
	opener, err := openerFor(thread, tls)
	if err != nil {
		return nil, err
	}
	return py.CallMethod(thread, opener, "open", url, data, timeout)
}

// openerFor returns an opener with the TLS context, or the one installed, made at its first use.
func openerFor(thread *starlark.Thread, tls starlark.Value) (starlark.Value, error) {
	build := starlark.NewBuiltin("build_opener", buildOpener)
	if tls != starlark.None {
		h, err := starlark.Call(thread, HTTPSHandler, nil, []starlark.Tuple{{starlark.String("context"), tls}})
		if err != nil {
			return nil, err
		}
		return starlark.Call(thread, build, starlark.Tuple{h}, nil)
	}
	state := installedOf(thread)
	state.mu.Lock()
	opener := state.opener
	state.mu.Unlock()
	if opener != nil && opener != starlark.None {
		return opener, nil
	}
	opener, err := starlark.Call(thread, build, nil, nil)
	if err != nil {
		return nil, err
	}
	state.mu.Lock()
	defer state.mu.Unlock()
	if state.opener == nil || state.opener == starlark.None {
		state.opener = opener
	}
	return state.opener, nil
}
