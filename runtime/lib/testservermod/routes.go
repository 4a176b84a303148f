package testservermod

import (
	"errors"
	"net/http"
	"slices"
	"sort"
	"strings"

	"go.starlark.net/starlark"

	"starwire/runtime/py"
)

// routes is what a server answers, by method and path. It does not change once
// the server runs.
type routes []route

// A route is one key of the script's dict, taken apart, and its answer.
type route struct {
	key    string // as the script wrote it
	method string // "" for any
	path   string // without the star of a prefix
	prefix bool
	answer answer
}

// parseRoutes reads the argument of start: a dict, or one answer for everything.
func parseRoutes(v starlark.Value) (routes, error) {
	d, ok := v.(*starlark.Dict)
	switch {
	case v == starlark.None:
		return nil, nil
	case !ok || isResponse(d):
		a, err := parseAnswer(v)
		if err != nil {
			return nil, within("routes", err)
		}
		return routes{{key: "*", prefix: true, answer: a}}, nil
	}
	var rs routes
	for _, item := range d.Items() {
		r, err := parseRoute(item[0], item[1])
		if err != nil {
			return nil, err
		}
		rs = append(rs, r)
	}
	// The most telling first: a longer path before a shorter one, a whole path
	// before a prefix, a method before none.
	sort.SliceStable(rs, func(i, j int) bool {
		a, b := rs[i], rs[j]
		switch {
		case a.prefix != b.prefix:
			return b.prefix
		case len(a.path) != len(b.path):
			return len(a.path) > len(b.path)
		}
		return a.method != "" && b.method == ""
	})
	return rs, nil
}

func parseRoute(k, v starlark.Value) (route, error) {
	key, ok := py.AsBytes(k)
	if !ok {
		return route{}, py.TypeError.Errorf("routes: a key is a string such as '/path' or 'GET /path', not %s", py.TypeName(k))
	}
	r := route{key: key, path: key}
	if method, path, ok := strings.Cut(key, " "); ok {
		r.method, r.path = method, path
	}
	r.path, r.prefix = strings.CutSuffix(r.path, "*")
	switch {
	case strings.ContainsAny(r.path, " \t\r\n*") || key != "" && r.method == "" && key[0] == ' ':
		return route{}, badKey(key)
	case strings.ContainsAny(r.path, "?#"):
		return route{}, py.ValueError.Errorf("route %s: a route is matched against the path alone, without query and fragment", py.Quote(key))
	case r.method != http.MethodConnect && !strings.HasPrefix(r.path, "/") && !(r.prefix && r.path == ""):
		return route{}, badKey(key)
	case r.path == "" && !r.prefix:
		return route{}, badKey(key)
	}
	a, err := parseAnswer(v)
	if err != nil {
		return route{}, within("route "+py.Quote(key), err)
	}
	r.answer = a
	return r, nil
}

// isResponse reports whether a dict is a response and not a dict of routes. No
// route's key is also a key of a response.
func isResponse(d *starlark.Dict) bool {
	for _, k := range d.Keys() {
		switch k {
		case starlark.String("status"), starlark.String("reason"), starlark.String("headers"), starlark.String("body"):
		default:
			return false
		}
	}
	return d.Len() > 0
}

// within puts where an exception arose before its text.
func within(where string, err error) error {
	var x *py.Exception
	if errors.As(err, &x) {
		return x.Class().Errorf("%s: %s", where, x.String())
	}
	return err
}

func badKey(key string) error {
	return py.ValueError.Errorf("route %s: want '/path', 'METHOD /path', or either with a * at the end", py.Quote(key))
}

// find returns the answer for a request: of the routes that fit its path best,
// the one for its method, else the one for any. GET's answers HEAD too. Without
// an answer, allow names the methods that the path has routes for.
func (rs routes) find(method, path string) (a answer, allow []string) {
	var get answer
	fit := "" // the pattern that get belongs to
	for _, r := range rs {
		if r.path != path && !(r.prefix && strings.HasPrefix(path, r.path)) {
			continue
		}
		if get != nil && r.pattern() != fit {
			break
		}
		switch r.method {
		case method:
			return r.answer, nil
		case "":
			if get != nil {
				return get, nil
			}
			return r.answer, nil
		case http.MethodGet:
			if method == http.MethodHead {
				get, fit = r.answer, r.pattern()
				continue
			}
		}
		if !slices.Contains(allow, r.method) {
			allow = append(allow, r.method)
		}
	}
	return get, allow
}

// pattern is the key without its method.
func (r route) pattern() string {
	if r.prefix {
		return r.path + "*"
	}
	return r.path
}

// list names the routes, for the text of a 404.
func (rs routes) list() string {
	if len(rs) == 0 {
		return "none"
	}
	keys := make([]string, len(rs))
	for i, r := range rs {
		keys[i] = r.key
	}
	sort.Strings(keys)
	const most = 50
	if len(keys) > most {
		keys = append(keys[:most], "…")
	}
	return strings.Join(keys, ", ")
}
