package urllib2mod

import (
	"strings"

	"go.starlark.net/starlark"

	"starwire/runtime/lib/urllibmod"
	"starwire/runtime/lib/urlparsemod"
	"starwire/runtime/py"
)

// HTTPPasswordMgr and HTTPPasswordMgrWithDefaultRealm keep names and passwords by
// realm and URL; the second knows None as a realm that stands for all.
var HTTPPasswordMgr, HTTPPasswordMgrWithDefaultRealm *py.Kind

// A login is one add_password.
type login struct {
	realm          starlark.Value
	uris           [2][]place // with and without default ports
	user, password starlark.Value
}

// A place is the authority and the path of a URL.
type place struct{ authority, path string }

type logins struct{ all []login }

func makePasswords() {
	HTTPPasswordMgr = &py.Kind{Module: "urllib2", Class: "HTTPPasswordMgr",
		Init: func(_ *starlark.Thread, o *py.Object, args starlark.Tuple, kwargs []starlark.Tuple) error {
			o.Data = new(logins)
			return py.UnpackArgs(o.Type(), args, kwargs)
		},
		Methods: py.Functions(map[string]method{"add_password": addPassword, "find_user_password": findUserPassword})}
	HTTPPasswordMgrWithDefaultRealm = &py.Kind{Module: "urllib2", Class: "HTTPPasswordMgrWithDefaultRealm", Base: HTTPPasswordMgr}
}

// reduce returns the authority and the path of a URL or of an authority.
//
// urllib2.py, HTTPPasswordMgr.reduce_uri.
func reduce(thread *starlark.Thread, uri string, defaultPort bool) (place, error) {
	v, err := starlark.Call(thread, urlparsemod.Module().Members["urlsplit"], starlark.Tuple{starlark.String(uri)}, nil)
	if err != nil {
		return place{}, err
	}
	parts, ok := v.(starlark.Indexable)
	p := place{uri, "/"}
	scheme := ""
	if ok && bool(parts.Index(1).Truth()) {
		scheme, p.authority = py.Str(parts.Index(0)), py.Str(parts.Index(1))
		if path := py.Str(parts.Index(2)); path != "" {
			p.path = path
		}
	}
	if host, _, has := urllibmod.SplitPort(p.authority); defaultPort && !has {
		switch scheme {
		case "http":
			p.authority = host + ":80"
		case "https":
			p.authority = host + ":443"
		}
	}
	return p, nil
}

// holds reports whether test is base, or below it.
//
// urllib2.py, HTTPPasswordMgr.is_suburi.
func (base place) holds(test place) bool {
	return base.authority == test.authority && strings.HasPrefix(test.path, base.path)
}

// addPassword is add_password(realm, uri, user, passwd), where uri may be a list of URLs.
func addPassword(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	o, list := py.Receiver[*logins](b)
	l := login{}
	var uri starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "realm", &l.realm, "uri", &uri, "user", &l.user, "passwd", &l.password); err != nil {
		return nil, err
	}
	if err := o.Changing(); err != nil {
		return nil, err
	}
	var uris []string
	if s, ok := py.AsBytes(uri); ok {
		uris = []string{s}
	} else {
		it := starlark.Iterate(uri)
		if it == nil {
			return nil, py.NotIterable(uri)
		}
		defer it.Done()
		var v starlark.Value
		for it.Next(&v) {
			if err := py.AsASCII(v); err != nil {
				return nil, err
			}
			uris = append(uris, py.Str(v))
		}
	}
	for _, u := range uris {
		for i := range l.uris {
			p, err := reduce(thread, u, i == 0)
			if err != nil {
				return nil, err
			}
			l.uris[i] = append(l.uris[i], p)
		}
	}
	list.all = append(list.all, l)
	return starlark.None, nil
}

// findUserPassword is find_user_password(realm, authuri): (user, password), or two times None.
func findUserPassword(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	o, list := py.Receiver[*logins](b)
	var realm starlark.Value
	var uri py.ByteStr
	if err := py.UnpackArgs(b.Name(), args, kwargs, "realm", &realm, "authuri", &uri); err != nil {
		return nil, err
	}
	realms := []starlark.Value{realm}
	if o.Kind().IsA(HTTPPasswordMgrWithDefaultRealm) {
		realms = append(realms, starlark.None)
	}
	for _, realm := range realms {
		l, err := list.find(thread, realm, string(uri))
		if err != nil {
			return nil, err
		}
		if l != nil {
			return starlark.Tuple{l.user, l.password}, nil
		}
	}
	return starlark.Tuple{starlark.None, starlark.None}, nil
}

func (list *logins) find(thread *starlark.Thread, realm starlark.Value, uri string) (*login, error) {
	for i := range 2 {
		test, err := reduce(thread, uri, i == 0)
		if err != nil {
			return nil, err
		}
		for n := len(list.all) - 1; n >= 0; n-- { // what was said last holds
			l := &list.all[n]
			same, err := starlark.Equal(l.realm, realm)
			if err != nil {
				return nil, err
			}
			for _, places := range l.uris {
				for _, p := range places {
					if same && p.holds(test) {
						return l, nil
					}
				}
			}
		}
	}
	return nil, nil
}
