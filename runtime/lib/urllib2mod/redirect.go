package urllib2mod

import (
	"strings"

	"go.starlark.net/starlark"

	"starwire/runtime/lib/urlparsemod"
	"starwire/runtime/py"
)

// HTTPRedirectHandler is the handler that follows redirects.
var HTTPRedirectHandler *py.Kind

// Bounds of redirects: to one URL, and to all.
const (
	maxRepeats      = 4
	maxRedirections = 10
)

const loopMessage = "The HTTP server returned a redirect error that would lead to an infinite loop.\nThe last 30x error message was:\n"

func makeRedirect() {
	HTTPRedirectHandler = &py.Kind{Module: "urllib2", Class: "HTTPRedirectHandler", Base: BaseHandler,
		Computed: []string{"inf_msg", "max_redirections", "max_repeats"},
		Get: func(_ *py.Object, name string) (starlark.Value, error) {
			switch name {
			case "inf_msg":
				return starlark.String(loopMessage), nil
			case "max_redirections":
				return starlark.MakeInt(maxRedirections), nil
			case "max_repeats":
				return starlark.MakeInt(maxRepeats), nil
			}
			return nil, nil
		},
		Methods: py.Functions(map[string]method{
			"http_error_301":   httpRedirect,
			"http_error_302":   httpRedirect,
			"http_error_303":   httpRedirect,
			"http_error_307":   httpRedirect,
			"redirect_request": redirectRequest,
		})}
}

// redirectRequest is redirect_request(req, fp, code, msg, headers, newurl): the
// Request of the new URL.
//
// urllib2.py, HTTPRedirectHandler.redirect_request.
func redirectRequest(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var f failure
	var newURL py.ByteStr
	if err := py.UnpackArgs(b.Name(), args, kwargs, "req", &f.req, "fp", &f.fp, "code", &f.code, "msg", &f.msg, "headers", &f.hdrs, "newurl", &newURL); err != nil {
		return nil, err
	}
	req, err := asRequest(b, f.req)
	if err != nil {
		return nil, err
	}
	v, err := py.CallMethod(thread, req, "get_method")
	if err != nil {
		return nil, err
	}
	code, err := starlark.AsInt32(f.code)
	if err != nil {
		return nil, py.TypeError.Errorf("an integer is required")
	}
	again := false
	switch verb := py.Str(v); code {
	case 301, 302, 303:
		again = verb == "GET" || verb == "HEAD" || verb == "POST"
	case 307:
		again = verb == "GET" || verb == "HEAD"
	}
	if !again {
		return nil, f.raise(thread, f.msg)
	}
	headers := new(starlark.Dict)
	values := make(map[string]starlark.Value)
	var names []string
	for _, field := range fieldsOf(req, "headers") {
		names, values[field.name] = append(names, field.name), field.value
	}
	for _, name := range py.HashOrder(names) {
		if lower := py.Lower(name); lower == "content-length" || lower == "content-type" {
			continue
		}
		if err := headers.SetKey(starlark.String(name), values[name]); err != nil {
			return nil, err
		}
	}
	origin, err := py.CallMethod(thread, req, "get_origin_req_host")
	if err != nil {
		return nil, err
	}
	return starlark.Call(thread, Request, starlark.Tuple{starlark.String(strings.ReplaceAll(string(newURL), " ", "%20"))}, []starlark.Tuple{
		{starlark.String("headers"), headers},
		{starlark.String("origin_req_host"), origin},
		{starlark.String("unverifiable"), starlark.True},
	})
}

// location returns the first Location or URI, made absolute; ok is false if there is none.
func (f failure) location(thread *starlark.Thread) (url string, ok bool, err error) {
	for _, name := range []string{"location", "uri"} {
		v, err := py.CallMethod(thread, f.hdrs, "getheaders", starlark.String(name))
		if err != nil {
			return "", false, err
		}
		list, isList := v.(starlark.Indexable)
		if !isList || list.Len() == 0 {
			continue
		}
		url = py.Str(list.Index(0))
		call := func(function string, args ...starlark.Value) (starlark.Value, error) {
			return starlark.Call(thread, urlparsemod.Module().Members[function], args, nil)
		}
		parts, err := call("urlparse", starlark.String(url))
		if err != nil {
			return "", false, err
		}
		if p, isParts := parts.(starlark.Indexable); isParts && p.Len() == 6 {
			all := make(starlark.Tuple, 6)
			for i := range all {
				all[i] = p.Index(i)
			}
			if !all[2].Truth() && all[1].Truth() {
				all[2] = starlark.String("/")
			}
			parts = all
		}
		whole, err := call("urlunparse", parts)
		if err != nil {
			return "", false, err
		}
		base, err := py.CallMethod(thread, f.req, "get_full_url")
		if err != nil {
			return "", false, err
		}
		joined, err := call("urljoin", base, whole)
		return py.Str(orNone(joined)), true, err
	}
	return "", false, nil
}

func orNone(v starlark.Value) starlark.Value {
	if v == nil {
		return starlark.None
	}
	return v
}

// httpRedirect is http_error_301, 302, 303 and 307(req, fp, code, msg, headers).
//
// urllib2.py, HTTPRedirectHandler.http_error_302.
func httpRedirect(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	o, _ := py.Receiver[any](b)
	f, err := unpackFailure(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	req, err := asRequest(b, f.req)
	if err != nil {
		return nil, err
	}
	url, ok, err := f.location(thread)
	if err != nil || !ok {
		return starlark.None, err
	}
	if lower := py.Lower(url); !strings.HasPrefix(lower, "http://") && !strings.HasPrefix(lower, "https://") && !strings.HasPrefix(lower, "ftp://") {
		msg := py.Str(f.msg) + " - Redirection to url '" + url + "' is not allowed"
		return nil, HTTPError.New(nil, starlark.String(url), f.code, starlark.String(msg), f.hdrs, f.fp)
	}
	next, err := py.CallMethod(thread, o, "redirect_request", req, f.fp, f.code, f.msg, f.hdrs, starlark.String(url))
	if err != nil || next == starlark.None {
		return starlark.None, err
	}
	to, err := asRequest(b, next)
	if err != nil {
		return nil, err
	}
	visited, looped, err := visit(req, to, url)
	if err != nil {
		return nil, err
	}
	if looped {
		return nil, f.raise(thread, starlark.String(loopMessage+py.Str(f.msg)))
	}
	if err := to.SetField("redirect_dict", visited); err != nil {
		return nil, err
	}
	if _, err := py.CallMethod(thread, f.fp, "read"); err != nil {
		return nil, err
	}
	if _, err := py.CallMethod(thread, f.fp, "close"); err != nil {
		return nil, err
	}
	return reopen(thread, o, req, to)
}

// visit counts the visits of a URL in the redirect_dict that the requests share.
func visit(req, to *py.Object, url string) (visited *starlark.Dict, looped bool, err error) {
	visited, again := req.Field("redirect_dict").(*starlark.Dict)
	count := 0
	if again {
		v, found, err := visited.Get(starlark.String(url))
		if err != nil {
			return nil, false, err
		}
		if found {
			if count, err = starlark.AsInt32(v); err != nil {
				return nil, false, err
			}
		}
		if count >= maxRepeats || visited.Len() >= maxRedirections {
			return visited, true, nil
		}
	} else {
		visited = new(starlark.Dict)
		if err := req.SetField("redirect_dict", visited); err != nil {
			return nil, false, err
		}
	}
	return visited, false, visited.SetKey(starlark.String(url), starlark.MakeInt(count+1))
}

// reopen opens a request by the handler's opener, with the timeout that the first one had.
func reopen(thread *starlark.Thread, o, first, req *py.Object) (starlark.Value, error) {
	open, err := openOf(o.Field("parent"))
	if err != nil {
		return nil, err
	}
	var kwargs []starlark.Tuple
	if timeout, _ := first.Attr("timeout"); timeout != nil {
		kwargs = []starlark.Tuple{{starlark.String("timeout"), timeout}}
	}
	return starlark.Call(thread, open, starlark.Tuple{req}, kwargs)
}

// openOf returns the method open of a handler's parent.
func openOf(parent starlark.Value) (starlark.Value, error) {
	if p, ok := parent.(starlark.HasAttrs); ok {
		if m, err := p.Attr("open"); m != nil || err != nil {
			return m, err
		}
	}
	return nil, py.AttributeError.Errorf("the handler belongs to no opener: give it to build_opener")
}
