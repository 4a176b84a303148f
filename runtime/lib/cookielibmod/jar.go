package cookielibmod

import (
	"slices"
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starwire/runtime/host"
	"starwire/runtime/lazy"
	"starwire/runtime/lib/urllibmod"
	"starwire/runtime/lib/urlparsemod"
	"starwire/runtime/py"
)

// Bounds of a jar, which servers fill.
const (
	maxCookies     = 3000
	maxCookieBytes = 1 << 20
)

// A CookieJar keeps the cookies that servers set, and says which to send.
//
// cookielib.py, CookieJar.
type CookieJar struct {
	cookies []*cookie // in the order in which they were first set
	bytes   int
	frozen  bool
}

var (
	_ starlark.HasAttrs = (*CookieJar)(nil)
	_ starlark.Sequence = (*CookieJar)(nil)
)

var module lazy.Module

// Module returns the module cookielib, made on first use. It is immutable; runs may share it.
func Module() *starlarkstruct.Module { return module.Get("cookielib", members) }

func members() starlark.StringDict {
	return starlark.StringDict{
		"Cookie":    Cookie,
		"CookieJar": starlark.NewBuiltin("CookieJar", newCookieJar),
	}
}

// newCookieJar is CookieJar(policy=None).
func newCookieJar(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var policy starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "policy??", &policy); err != nil {
		return nil, err
	}
	if policy != nil {
		return nil, py.NotImplementedError.Errorf("there is no policy but the default one; leave cookies out by jar.clear(domain, path, name)")
	}
	return new(CookieJar), nil
}

// String returns <CookieJar[...]>.
func (j *CookieJar) String() string {
	var parts []string
	for _, c := range j.ordered() {
		parts = append(parts, c.object().String())
	}
	return "<CookieJar[" + strings.Join(parts, ", ") + "]>"
}

// Type returns "CookieJar".
func (j *CookieJar) Type() string { return "CookieJar" }

// Freeze makes every operation that changes the jar fail.
func (j *CookieJar) Freeze() { j.frozen = true }

// Truth is whether there are cookies.
func (j *CookieJar) Truth() starlark.Bool { return len(j.cookies) > 0 }

// Hash refuses: a jar may change.
func (j *CookieJar) Hash() (uint32, error) {
	return 0, py.TypeError.Errorf("unhashable type: 'CookieJar'")
}

// Len returns the number of cookies.
func (j *CookieJar) Len() int { return len(j.cookies) }

// Iterate iterates over the cookies that there are now.
func (j *CookieJar) Iterate() starlark.Iterator {
	var all starlark.Tuple
	for _, c := range j.ordered() {
		all = append(all, c.object())
	}
	return all.Iterate()
}

var jarMethods lazy.Methods

func jarFunctions() map[string]lazy.Method {
	return map[string]lazy.Method{
		"add_cookie_header":     jarAddCookieHeader,
		"clear":                 jarClear,
		"clear_expired_cookies": jarClearSome,
		"clear_session_cookies": jarClearSome,
		"extract_cookies":       jarExtractCookies,
		"set_cookie":            jarSetCookie,
	}
}

// Attr returns a method.
func (j *CookieJar) Attr(name string) (starlark.Value, error) {
	if m := jarMethods.Get(jarFunctions)[name]; m != nil {
		return m.BindReceiver(j), nil
	}
	return nil, nil
}

// AttrNames lists what Attr knows.
func (j *CookieJar) AttrNames() []string {
	var names []string
	for name := range jarMethods.Get(jarFunctions) {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// ordered lists the cookies as CPython's dicts of dicts of dicts do: by domain, path and name.
func (j *CookieJar) ordered() []*cookie {
	var all []*cookie
	names := func(key func(*cookie) string, in []*cookie) []string {
		var keys []string
		for _, c := range in {
			keys = append(keys, key(c))
		}
		return py.HashOrder(keys)
	}
	for _, domain := range names(func(c *cookie) string { return c.domain }, j.cookies) {
		ofDomain := filter(j.cookies, func(c *cookie) bool { return c.domain == domain })
		for _, path := range names(func(c *cookie) string { return c.path }, ofDomain) {
			ofPath := filter(ofDomain, func(c *cookie) bool { return c.path == path })
			for _, name := range names(func(c *cookie) string { return c.name }, ofPath) {
				all = append(all, filter(ofPath, func(c *cookie) bool { return c.name == name })...)
			}
		}
	}
	return all
}

func filter(list []*cookie, keep func(*cookie) bool) []*cookie {
	var out []*cookie
	for _, c := range list {
		if keep(c) {
			out = append(out, c)
		}
	}
	return out
}

func now(thread *starlark.Thread) int64 { return host.From(thread).Now().Unix() }

// change refuses to change what is frozen.
func (j *CookieJar) change() error {
	if j.frozen {
		return py.TypeError.Errorf("cannot change frozen CookieJar")
	}
	return nil
}

// remove takes out the cookies that drop picks, and returns how many they are.
func (j *CookieJar) remove(drop func(*cookie) bool) int {
	n := len(j.cookies)
	j.cookies = slices.DeleteFunc(j.cookies, func(c *cookie) bool {
		if !drop(c) {
			return false
		}
		j.bytes -= c.size()
		return true
	})
	return n - len(j.cookies)
}

func (c *cookie) size() int { return len(c.name) + len(py.Str(c.value)) + len(c.domain) + len(c.path) }

// A place is where a request goes.
type place struct {
	host, effective string // the second with .local behind a name without dots
	path            string
	secure          bool
}

// placeOf asks a urllib2.Request, or what has its methods, where it goes.
//
// cookielib.py, request_host, eff_request_host and request_path.
func placeOf(thread *starlark.Thread, request starlark.Value) (place, error) {
	var p place
	url, err := py.CallMethod(thread, request, "get_full_url")
	if err != nil {
		return p, err
	}
	v, err := starlark.Call(thread, urlparsemod.Module().Members["urlsplit"], starlark.Tuple{url}, nil)
	if err != nil {
		return p, err
	}
	parts, ok := v.(starlark.Indexable)
	if !ok {
		return p, py.ValueError.Errorf("not a URL: %s", py.Repr(url))
	}
	p.secure = py.Str(parts.Index(0)) == "https"
	p.host = py.Str(parts.Index(1))
	if p.host == "" {
		if v, err := py.CallMethod(thread, request, "get_header", starlark.String("Host"), starlark.String("")); err == nil {
			p.host = py.Str(v)
		}
	}
	p.host, _, _ = urllibmod.SplitPort(py.Lower(p.host))
	p.effective = p.host
	if !strings.Contains(p.host, ".") {
		p.effective += ".local"
	}
	if p.path = escapePath(py.Str(parts.Index(2))); !strings.HasPrefix(p.path, "/") {
		p.path = "/" + p.path
	}
	return p, nil
}

func dotted(s string) string {
	if strings.HasPrefix(s, ".") {
		return s
	}
	return "." + s
}

// gets reports whether a request to p gets the cookie.
//
// cookielib.py, DefaultCookiePolicy.domain_return_ok, path_return_ok and return_ok.
func (p place) gets(c *cookie, now int64) bool {
	domain := dotted(c.domain)
	if !strings.HasSuffix(dotted(p.host), domain) && !strings.HasSuffix(dotted(p.effective), domain) {
		return false
	}
	if !strings.HasSuffix(dotted(p.effective), domain) {
		return false
	}
	rest, below := strings.CutPrefix(p.path, c.path)
	if !below || rest != "" && !strings.HasSuffix(c.path, "/") && rest[0] != '/' {
		return false
	}
	return (!c.secure || p.secure) && !c.expired(now)
}

// jarAddCookieHeader is add_cookie_header(request).
//
// cookielib.py, CookieJar.add_cookie_header.
func jarAddCookieHeader(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	j := b.Receiver().(*CookieJar)
	var request starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "request", &request); err != nil {
		return nil, err
	}
	if err := j.change(); err != nil {
		return nil, err
	}
	if err := host.Spend(thread, len(j.cookies)); err != nil {
		return nil, err
	}
	to, err := placeOf(thread, request)
	if err != nil {
		return nil, err
	}
	at := now(thread)
	found := filter(j.ordered(), func(c *cookie) bool { return to.gets(c, at) })
	slices.SortStableFunc(found, func(a, b *cookie) int { return len(b.path) - len(a.path) })
	var parts []string
	for _, c := range found {
		if c.value == starlark.None {
			parts = append(parts, c.name)
		} else {
			parts = append(parts, c.name+"="+py.Str(c.value))
		}
	}
	if len(parts) > 0 {
		has, err := py.CallMethod(thread, request, "has_header", starlark.String("Cookie"))
		if err != nil {
			return nil, err
		}
		if !has.Truth() {
			if _, err := py.CallMethod(thread, request, "add_unredirected_header", starlark.String("Cookie"), starlark.String(strings.Join(parts, "; "))); err != nil {
				return nil, err
			}
		}
	}
	j.remove(func(c *cookie) bool { return c.expired(at) })
	return starlark.None, nil
}

// jarExtractCookies is extract_cookies(response, request).
//
// cookielib.py, CookieJar.extract_cookies and make_cookies.
func jarExtractCookies(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	j := b.Receiver().(*CookieJar)
	var response, request starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "response", &response, "request", &request); err != nil {
		return nil, err
	}
	if err := j.change(); err != nil {
		return nil, err
	}
	headers, err := py.CallMethod(thread, response, "info")
	if err != nil {
		return nil, err
	}
	lines, err := py.CallMethod(thread, headers, "getheaders", starlark.String("Set-Cookie"))
	if err != nil {
		return nil, err
	}
	list := starlark.Iterate(lines)
	if list == nil {
		return nil, py.NotIterable(lines)
	}
	defer list.Done()
	from, err := placeOf(thread, request)
	if err != nil {
		return nil, err
	}
	at := now(thread)
	var line starlark.Value
	for list.Next(&line) {
		if err := host.Spend(thread, 1+len(j.cookies)); err != nil {
			return nil, err
		}
		if c := parse(py.Str(line), at); c != nil && from.mayset(c) {
			j.set(c, at)
		}
	}
	return starlark.None, nil
}

// mayset fills in the domain and path that the server left out, and reports
// whether the policy lets it set the cookie.
//
// cookielib.py, _cookie_from_cookie_tuple and DefaultCookiePolicy.set_ok_domain.
func (p place) mayset(c *cookie) bool {
	if !c.pathSet {
		c.path = p.path[:strings.LastIndexByte(p.path, '/')]
		if c.path == "" {
			c.path = "/"
		}
	}
	if !c.domainSet {
		c.domain = p.effective
		return true
	}
	c.domainDot = strings.HasPrefix(c.domain, ".")
	c.domain = dotted(c.domain)
	if !strings.Contains(c.domain[1:], ".") && c.domain != ".local" {
		return false
	}
	return strings.HasSuffix(p.effective, c.domain) || !strings.HasPrefix(p.effective, ".") && strings.HasSuffix("."+p.effective, c.domain)
}

// set puts the cookie in the place of the one of its name, or takes that out if
// its time is over. A full jar takes no more.
func (j *CookieJar) set(c *cookie, now int64) {
	same := func(o *cookie) bool { return o.domain == c.domain && o.path == c.path && o.name == c.name }
	if c.expired(now) {
		j.remove(same)
		return
	}
	at := slices.IndexFunc(j.cookies, same)
	if at >= 0 {
		j.bytes += c.size() - j.cookies[at].size()
		j.cookies[at] = c
		return
	}
	if len(j.cookies) >= maxCookies || j.bytes+c.size() > maxCookieBytes {
		return
	}
	j.bytes += c.size()
	j.cookies = append(j.cookies, c)
}

// jarClear is clear(domain=None, path=None, name=None).
func jarClear(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	j := b.Receiver().(*CookieJar)
	var domain, path, name starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "domain??", &domain, "path??", &path, "name??", &name); err != nil {
		return nil, err
	}
	switch {
	case name != nil && (domain == nil || path == nil):
		return nil, py.ValueError.Errorf("domain and path must be given to remove a cookie by name")
	case path != nil && domain == nil:
		return nil, py.ValueError.Errorf("domain must be given to remove cookies by path")
	}
	if err := j.change(); err != nil {
		return nil, err
	}
	is := func(v starlark.Value, s string) bool { return v == nil || py.Str(v) == s }
	n := j.remove(func(c *cookie) bool { return is(domain, c.domain) && is(path, c.path) && is(name, c.name) })
	if n > 0 || domain == nil {
		return starlark.None, nil
	}
	for _, missing := range []starlark.Value{name, path, domain} {
		if missing != nil {
			return nil, py.KeyError.New(nil, missing)
		}
	}
	return starlark.None, nil
}

// jarClearSome is clear_session_cookies() and clear_expired_cookies().
func jarClearSome(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	j := b.Receiver().(*CookieJar)
	if err := py.UnpackArgs(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	if err := j.change(); err != nil {
		return nil, err
	}
	at := now(thread)
	j.remove(func(c *cookie) bool {
		if b.Name() == "clear_session_cookies" {
			return c.discard
		}
		return c.expired(at)
	})
	return starlark.None, nil
}

// jarSetCookie is set_cookie(cookie), which asks no policy.
func jarSetCookie(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	j := b.Receiver().(*CookieJar)
	var o *py.Object
	if err := py.UnpackArgs(b.Name(), args, kwargs, "cookie", &o); err != nil {
		return nil, err
	}
	if !Cookie.HasInstance(o) {
		return nil, py.TypeError.Errorf("want a Cookie, not %s", o.Type())
	}
	if err := j.change(); err != nil {
		return nil, err
	}
	c, err := cookieOf(o)
	if err != nil {
		return nil, err
	}
	j.set(c, now(thread))
	return starlark.None, nil
}
