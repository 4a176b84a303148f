package urllib2mod

import (
	"encoding/base64"
	"strings"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/lib/urllibmod"
	"starwire/runtime/lib/urlopenmod"
	"starwire/runtime/py"
)

// ProxyHandler is the handler that sends requests to proxies.
var ProxyHandler *py.Kind

func makeProxy() {
	ProxyHandler = &py.Kind{Module: "urllib2", Class: "ProxyHandler", Base: BaseHandler, Init: proxyInit, Get: ordered(100),
		Methods: py.Functions(map[string]method{"proxy_open": proxyOpen})}
}

// proxyInit is __init__(proxies=None): a URL for each scheme, by default those of
// the environment. Each makes an attribute scheme_open.
func proxyInit(thread *starlark.Thread, o *py.Object, args starlark.Tuple, kwargs []starlark.Tuple) error {
	var proxies starlark.Value
	if err := py.UnpackArgs("ProxyHandler", args, kwargs, "proxies??", &proxies); err != nil {
		return err
	}
	if proxies == nil {
		var err error
		if proxies, err = urlopenmod.Proxies(host.From(thread)); err != nil {
			return err
		}
	}
	m, ok := proxies.(starlark.IterableMapping)
	if !ok {
		return py.AssertionError.Errorf("proxies must be a mapping")
	}
	o.Set("proxies", proxies)
	for _, item := range m.Items() {
		scheme, proxy := py.Str(item[0]), item[1]
		o.Set(scheme+"_open", starlark.NewBuiltin(scheme+"_open", func(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			var req starlark.Value
			if err := py.UnpackArgs(b.Name(), args, kwargs, "r", &req); err != nil {
				return nil, err
			}
			return py.CallMethod(thread, o, "proxy_open", req, proxy, starlark.String(scheme))
		}))
	}
	return nil
}

// parseProxy takes a proxy's URL, or its authority alone, apart.
//
// urllib2.py, _parse_proxy.
func parseProxy(proxy string) (scheme, user, password, hostport string, err error) {
	scheme, rest, _ := urllibmod.SplitType(proxy)
	authority := proxy
	if !strings.HasPrefix(rest, "/") {
		scheme = ""
	} else {
		if !strings.HasPrefix(rest, "//") {
			return "", "", "", "", py.ValueError.Errorf("proxy URL with no authority: %s", py.Quote(proxy))
		}
		authority, _, _ = strings.Cut(rest[2:], "/")
	}
	info, hostport, ok := urllibmod.SplitUser(authority)
	if ok {
		user, password, _ = urllibmod.SplitPasswd(info)
	}
	return scheme, user, password, hostport, nil
}

// proxyOpen is proxy_open(req, proxy, type): it turns the request to the proxy, for
// other handlers to send.
//
// urllib2.py, ProxyHandler.proxy_open.
func proxyOpen(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	o, _ := py.Receiver[any](b)
	var v, kind starlark.Value
	var proxy py.ByteStr
	if err := py.UnpackArgs(b.Name(), args, kwargs, "req", &v, "proxy", &proxy, "type", &kind); err != nil {
		return nil, err
	}
	req, err := asRequest(b, v)
	if err != nil {
		return nil, err
	}
	own, err := py.CallMethod(thread, req, "get_type")
	if err != nil {
		return nil, err
	}
	scheme, user, password, hostport, err := parseProxy(string(proxy))
	if err != nil {
		return nil, err
	}
	if scheme == "" {
		scheme = py.Str(own)
	}
	if name := req.Field("host"); name.Truth() {
		direct, err := urlopenmod.Bypass(host.From(thread), py.Str(name))
		if err != nil || direct {
			return starlark.None, err
		}
	}
	if user != "" && password != "" {
		login := urllibmod.Unquote(user) + ":" + urllibmod.Unquote(password)
		if err := setHeader(req, "headers", "Proxy-authorization", starlark.String("Basic "+base64.StdEncoding.EncodeToString([]byte(login)))); err != nil {
			return nil, err
		}
	}
	if _, err := py.CallMethod(thread, req, "set_proxy", starlark.String(urllibmod.Unquote(hostport)), starlark.String(scheme)); err != nil {
		return nil, err
	}
	if py.Str(own) == scheme || py.Str(own) == "https" {
		return starlark.None, nil
	}
	return reopen(thread, o, req, req)
}
