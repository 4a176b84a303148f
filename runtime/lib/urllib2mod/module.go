package urllib2mod

import (
	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starwire/runtime/lazy"
	"starwire/runtime/lib/cookielibmod"
	"starwire/runtime/lib/urllibmod"
	"starwire/runtime/py"
)

// HTTPCookieProcessor is the handler that keeps cookies in its field cookiejar.
var HTTPCookieProcessor *py.Kind

var module lazy.Module

// Module returns the module urllib2, made on first use. It is immutable; runs may
// share it. Its classes, as Request, are made with it, and nil before.
func Module() *starlarkstruct.Module { return module.Get("urllib2", members) }

// members makes the classes, and lists what is in the module.
func members() starlark.StringDict {
	makeRequest()
	makeOpener()
	makeHandlers()
	makeRedirect()
	makePasswords()
	makeBasic()
	makeDigest()
	makeProxy()
	HTTPCookieProcessor = &py.Kind{Module: "urllib2", Class: "HTTPCookieProcessor", Base: BaseHandler, Init: cookieInit,
		Methods: py.Functions(map[string]method{
			"http_request": cookieRequest, "https_request": cookieRequest,
			"http_response": cookieResponse, "https_response": cookieResponse,
		})}
	m := starlark.StringDict{
		"HTTPError":       HTTPError,
		"URLError":        URLError,
		"build_opener":    starlark.NewBuiltin("build_opener", buildOpener),
		"install_opener":  starlark.NewBuiltin("install_opener", installOpener),
		"parse_http_list": starlark.NewBuiltin("parse_http_list", parseHTTPList),
		"parse_keqv_list": starlark.NewBuiltin("parse_keqv_list", parseKeqvList),
		"urlopen":         starlark.NewBuiltin("urlopen", urlOpen),
	}
	for _, name := range []string{"quote", "unquote"} { // which urllib2.py has from urllib
		fn := urllibmod.Module().Members[name].(*starlark.Builtin)
		m[name] = starlark.NewBuiltin(name, func(thread *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			return fn.CallInternal(thread, args, kwargs)
		})
	}
	for _, k := range []*py.Kind{
		BaseHandler, HTTPBasicAuthHandler, HTTPCookieProcessor, HTTPDefaultErrorHandler, HTTPDigestAuthHandler,
		HTTPErrorProcessor, HTTPHandler, HTTPPasswordMgr, HTTPPasswordMgrWithDefaultRealm, HTTPRedirectHandler,
		HTTPSHandler, OpenerDirector, ProxyBasicAuthHandler, ProxyDigestAuthHandler, ProxyHandler, Request, UnknownHandler,
	} {
		m[k.Class] = k
	}
	return m
}

// cookieInit is __init__(cookiejar=None).
func cookieInit(thread *starlark.Thread, o *py.Object, args starlark.Tuple, kwargs []starlark.Tuple) error {
	var jar starlark.Value
	if err := py.UnpackArgs(o.Type(), args, kwargs, "cookiejar??", &jar); err != nil {
		return err
	}
	if jar == nil {
		var err error
		if jar, err = starlark.Call(thread, cookielibmod.Module().Members["CookieJar"], nil, nil); err != nil {
			return err
		}
	}
	o.Set("cookiejar", jar)
	return nil
}

// cookieRequest is http_request and https_request(request).
func cookieRequest(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	o, _ := py.Receiver[any](b)
	var req starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "request", &req); err != nil {
		return nil, err
	}
	_, err := py.CallMethod(thread, o.Field("cookiejar"), "add_cookie_header", req)
	return req, err
}

// cookieResponse is http_response and https_response(request, response).
func cookieResponse(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	o, _ := py.Receiver[any](b)
	var req, response starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "request", &req, "response", &response); err != nil {
		return nil, err
	}
	_, err := py.CallMethod(thread, o.Field("cookiejar"), "extract_cookies", response, req)
	return response, err
}
