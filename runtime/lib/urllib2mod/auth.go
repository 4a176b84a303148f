package urllib2mod

import (
	"encoding/base64"
	"regexp"

	"go.starlark.net/starlark"

	"starwire/runtime/lazy"
	"starwire/runtime/py"
)

// HTTPBasicAuthHandler and ProxyBasicAuthHandler answer the challenges 401 and 407
// by Basic authentication.
var HTTPBasicAuthHandler, ProxyBasicAuthHandler *py.Kind

func makeBasic() {
	HTTPBasicAuthHandler = &py.Kind{Module: "urllib2", Class: "HTTPBasicAuthHandler", Base: BaseHandler, Init: authInit,
		Computed: []string{"auth_header"}, Get: authHeader("Authorization", 500),
		Methods: py.Functions(map[string]method{"http_error_401": basicChallenge})}
	ProxyBasicAuthHandler = &py.Kind{Module: "urllib2", Class: "ProxyBasicAuthHandler", Base: BaseHandler, Init: authInit,
		Computed: []string{"auth_header"}, Get: authHeader("Proxy-authorization", 500),
		Methods: py.Functions(map[string]method{"http_error_407": basicChallenge})}
}

// authHeader is a Get that gives auth_header and handler_order.
func authHeader(name string, order int) func(*py.Object, string) (starlark.Value, error) {
	return func(_ *py.Object, attr string) (starlark.Value, error) {
		switch attr {
		case "auth_header":
			return starlark.String(name), nil
		case "handler_order":
			return starlark.MakeInt(order), nil
		}
		return nil, nil
	}
}

// authInit is __init__(password_mgr=None).
func authInit(thread *starlark.Thread, o *py.Object, args starlark.Tuple, kwargs []starlark.Tuple) error {
	var passwords starlark.Value
	name := "password_mgr?"
	if o.Kind().IsA(HTTPDigestAuthHandler) || o.Kind().IsA(ProxyDigestAuthHandler) {
		name = "passwd?"
	}
	if err := py.UnpackArgs(o.Type(), args, kwargs, name+"?", &passwords); err != nil {
		return err
	}
	if passwords == nil {
		var err error
		if passwords, err = starlark.Call(thread, HTTPPasswordMgr, nil, nil); err != nil {
			return err
		}
	}
	o.Set("passwd", passwords)
	h, ok := passwords.(starlark.HasAttrs)
	if !ok {
		return py.NoAttribute(passwords, "add_password")
	}
	add, err := h.Attr("add_password")
	if add == nil || err != nil {
		return py.NoAttribute(passwords, "add_password")
	}
	o.Set("add_password", add)
	return nil
}

// challengeOf returns the challenge of the failure, and what it is for: the URL of
// the request, or the authority of the proxy. ok is false if there is no challenge.
func challengeOf(thread *starlark.Thread, f failure, proxy bool) (challenge, place string, ok bool, err error) {
	name, get := "www-authenticate", "get_full_url"
	if proxy {
		name, get = "proxy-authenticate", "get_host"
	}
	v, err := py.CallMethod(thread, f.hdrs, "get", starlark.String(name), starlark.None)
	if err != nil {
		return "", "", false, err
	}
	where, err := py.CallMethod(thread, f.req, get)
	if err != nil {
		return "", "", false, err
	}
	challenge, ok = py.AsBytes(v)
	return challenge, py.Str(where), ok && challenge != "", nil
}

// realmOf finds the last scheme with a realm. RE2 has no backward reference: the
// three ways to quote are three expressions.
//
// urllib2.py, AbstractBasicAuthHandler.rx.
func realmExprs() []*regexp.Regexp {
	return realmExprsTable.Get(func() []*regexp.Regexp {
		return []*regexp.Regexp{
			regexp.MustCompile(`(?i)(?:.*,)*[ \t]*([^ \t]+)[ \t]+realm="([^"']*)"`),
			regexp.MustCompile(`(?i)(?:.*,)*[ \t]*([^ \t]+)[ \t]+realm='([^"']*)'`),
			regexp.MustCompile(`(?i)(?:.*,)*[ \t]*([^ \t]+)[ \t]+realm=([^"']*)`),
		}
	})
}

var realmExprsTable lazy.Value[[]*regexp.Regexp]

// basicChallenge is http_error_401 and http_error_407(req, fp, code, msg, headers).
//
// urllib2.py, AbstractBasicAuthHandler.http_error_auth_reqed and retry_http_basic_auth.
func basicChallenge(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	o, _ := py.Receiver[any](b)
	f, err := unpackFailure(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	req, err := asRequest(b, f.req)
	if err != nil {
		return nil, err
	}
	challenge, where, ok, err := challengeOf(thread, f, b.Name() == "http_error_407")
	if err != nil || !ok {
		return starlark.None, err
	}
	var m []string
	for _, expr := range realmExprs() {
		if m = expr.FindStringSubmatch(challenge); m != nil {
			break
		}
	}
	if m == nil || py.Lower(m[1]) != "basic" {
		return starlark.None, nil
	}
	user, password, err := passwordOf(thread, o, m[2], where)
	if err != nil || password == starlark.None {
		return starlark.None, err
	}
	auth := "Basic " + base64.StdEncoding.EncodeToString([]byte(py.Str(user)+":"+py.Str(password)))
	header, err := headerName(o)
	if err != nil {
		return nil, err
	}
	if v := findHeader(req, header); v != nil && v == starlark.Value(starlark.String(auth)) {
		return starlark.None, nil
	}
	if err := setHeader(req, "unredirected_hdrs", header, starlark.String(auth)); err != nil {
		return nil, err
	}
	return reopen(thread, o, req, req)
}

// headerName returns auth_header.
func headerName(o *py.Object) (string, error) {
	v, err := o.Attr("auth_header")
	return py.Str(orNone(v)), err
}

// passwordOf asks the handler's password manager.
func passwordOf(thread *starlark.Thread, o *py.Object, realm, where string) (user, password starlark.Value, err error) {
	v, err := py.CallMethod(thread, o.Field("passwd"), "find_user_password", starlark.String(realm), starlark.String(where))
	if err != nil {
		return nil, nil, err
	}
	pair, ok := v.(starlark.Indexable)
	if !ok || pair.Len() != 2 {
		return nil, nil, py.ValueError.Errorf("find_user_password returned no (user, password)")
	}
	return pair.Index(0), pair.Index(1), nil
}
