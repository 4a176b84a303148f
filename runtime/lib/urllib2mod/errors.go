package urllib2mod

import (
	"go.starlark.net/starlark"

	"starwire/runtime/lib/urlopenmod"
	"starwire/runtime/py"
)

// URLError is the exception class urllib2.URLError: e.reason is a text or the
// socket.error behind it.
var URLError = py.NewClass("urllib2", "URLError", py.Spec{
	Fields: []string{"reason"},
	Doc:    "The URL could not be opened. e.reason is a text, or the socket.error.",
	Init:   initURLError,
	Str:    strURLError,
}, py.IOError)

func strURLError(e *py.Exception) string { return "<urlopen error " + py.Str(e.Fields["reason"]) + ">" }

func initURLError(e *py.Exception, args starlark.Tuple, kwargs []starlark.Tuple) error {
	var reason starlark.Value
	if err := py.UnpackArgs("URLError", args, kwargs, "reason", &reason); err != nil {
		return err
	}
	e.Args = starlark.Tuple{reason}
	for _, name := range []string{"errno", "filename", "strerror"} {
		e.Set(name, starlark.None)
	}
	e.Set("reason", reason)
	return nil
}

// responseNames are the attributes that an HTTPError has of the response it is.
var responseNames = []string{"close", "fileno", "getcode", "geturl", "info", "next", "read", "readline", "readlines"}

// HTTPError is the exception class urllib2.HTTPError, which is also the response:
// e.code, e.msg, e.hdrs, e.read().
var HTTPError = py.NewClass("urllib2", "HTTPError", py.Spec{
	Fields: []string{
		"code", "fp", "hdrs", "headers", "msg", "url",
		"close", "fileno", "getcode", "geturl", "info", "next", "read", "readline", "readlines", // responseNames
	},
	Doc:  "The response has a status that is no success. It can be read as a response: e.code, e.msg, e.hdrs, e.read().",
	Init: initHTTPError,
	Str:  strHTTPError,
	Repr: reprHTTPError,
}, URLError)

func initHTTPError(e *py.Exception, args starlark.Tuple, kwargs []starlark.Tuple) error {
	var url, code, msg, hdrs, fp starlark.Value
	if err := py.UnpackArgs("HTTPError", args, kwargs, "url", &url, "code", &code, "msg", &msg, "hdrs", &hdrs, "fp", &fp); err != nil {
		return err
	}
	e.Args = starlark.Tuple{}
	for name, v := range map[string]starlark.Value{
		"errno": starlark.None, "strerror": starlark.None, "filename": url,
		"code": code, "msg": msg, "reason": msg, "hdrs": hdrs, "fp": fp,
	} {
		e.Set(name, v)
	}
	if fp == starlark.None {
		return nil
	}
	e.Set("headers", hdrs)
	e.Set("url", url)
	response, ok := fp.(*urlopenmod.Response)
	if !ok {
		response = urlopenmod.NewResponse(nil, fp, hdrs, url, code, false)
	}
	for _, name := range responseNames {
		m, err := response.Attr(name)
		if err != nil {
			return err
		}
		e.Set(name, m)
	}
	return nil
}

func reprHTTPError(*py.Exception) string { return "HTTPError()" }

func strHTTPError(e *py.Exception) string {
	return "HTTP Error " + py.Str(e.Fields["code"]) + ": " + py.Str(e.Fields["msg"])
}

func urlError(reason starlark.Value, cause error) error { return URLError.New(cause, reason) }
