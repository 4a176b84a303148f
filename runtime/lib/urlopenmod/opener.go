package urlopenmod

import (
	"encoding/base64"
	"errors"
	"strings"

	"go.starlark.net/starlark"

	"starwire/httplibmod"
	"starwire/runtime/host"
	"starwire/runtime/lib/socketmod"
	"starwire/runtime/lib/urllibmod"
	"starwire/runtime/py"
)

// URLopener and FancyURLopener are the classes of that name. The first raises
// IOError for every status but 2xx, the second follows redirects, answers Basic
// challenges with the name and password in the URL, and returns the rest.
var URLopener, FancyURLopener *py.Kind

// makeKinds makes the classes: their methods refer to them.
func makeKinds() {
	URLopener = &py.Kind{Module: "urllib", Class: "URLopener", Init: openerInit,
		Methods: py.Functions(map[string]func(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error){
			"addheader": openerAddHeader,
			"close":     openerClose,
			"open":      openerOpen,
			"retrieve":  openerRetrieve,
		})}
	FancyURLopener = &py.Kind{Module: "urllib", Class: "FancyURLopener", Base: URLopener}
}

// agent is what the openers say they are.
const agent = "Python-urllib/1.17"

// maxTries bounds redirects, as FancyURLopener.maxtries.
const maxTries = 10

// openerInit is __init__(proxies=None, context=None).
func openerInit(thread *starlark.Thread, o *py.Object, args starlark.Tuple, kwargs []starlark.Tuple) error {
	var proxies, context starlark.Value
	if err := py.UnpackArgs(o.Type(), args, kwargs, "proxies??", &proxies, "context??", &context); err != nil {
		return err
	}
	if proxies == nil {
		var err error
		if proxies, err = Proxies(host.From(thread)); err != nil {
			return err
		}
	}
	if _, ok := proxies.(starlark.Mapping); !ok {
		return py.AssertionError.Errorf("proxies must be a mapping")
	}
	if context == nil {
		context = starlark.None
	}
	o.Set("proxies", proxies)
	o.Set("context", context)
	o.Set("version", starlark.String(agent))
	o.Set("type", starlark.None)
	o.Set("addheaders", starlark.NewList([]starlark.Value{
		starlark.Tuple{starlark.String("User-Agent"), starlark.String(agent)},
		starlark.Tuple{starlark.String("Accept"), starlark.String("*/*")},
	}))
	return nil
}

// openerAddHeader is addheader(name, value).
func openerAddHeader(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	o, _ := py.Receiver[any](b)
	list, ok := o.Field("addheaders").(*starlark.List)
	if !ok || len(kwargs) > 0 {
		return nil, py.TypeError.Errorf("addheader(name, value) needs addheaders to be a list")
	}
	return starlark.None, list.Append(args)
}

// openerClose is close(), which has nothing to do.
func openerClose(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	return starlark.None, py.UnpackArgs(b.Name(), args, kwargs)
}

// openerOpen is open(fullurl, data=None).
func openerOpen(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	o, _ := py.Receiver[any](b)
	var url starlark.Value
	var data starlark.Value = starlark.None
	if err := py.UnpackArgs(b.Name(), args, kwargs, "fullurl", &url, "data?", &data); err != nil {
		return nil, err
	}
	return open(thread, o, url, data)
}

// An opening is one call of open, through all its redirects.
type opening struct {
	thread *starlark.Thread
	o      *py.Object
	fancy  bool
	tries  int
}

// open opens the URL.
//
// urllib.py, URLopener.open.
func open(thread *starlark.Thread, o *py.Object, url, data starlark.Value) (starlark.Value, error) {
	text, ok := py.AsBytes(url)
	if !ok {
		return nil, py.AttributeError.Errorf("'%s' object has no attribute 'strip'", py.TypeName(url))
	}
	p := &opening{thread: thread, o: o, fancy: o.Kind().IsA(FancyURLopener)}
	return p.open(text, data)
}

func ioError(args ...starlark.Value) error { return py.IOError.New(nil, args...) }

func (p *opening) open(fullurl string, data starlark.Value) (starlark.Value, error) {
	fullurl = urllibmod.Quote(urllibmod.Unwrap(fullurl), "%/:=&?~#+!$,;'@()*[]|")
	scheme, rest, ok := urllibmod.SplitType(fullurl)
	if !ok {
		scheme = "file"
	}
	proxy := ""
	if m, ok := p.o.Field("proxies").(starlark.Mapping); ok {
		v, found, err := m.Get(starlark.String(scheme))
		if err != nil {
			return nil, err
		}
		if found {
			proxy, _ = py.AsBytes(v)
		}
	}
	t := target{scheme: scheme, url: rest, selector: rest}
	if proxy != "" {
		var at string
		t.scheme, at, _ = urllibmod.SplitType(proxy)
		t.host, _, _ = urllibmod.SplitHost(at)
		t.selector, t.proxied = fullurl, true
	}
	if err := p.o.SetField("type", starlark.String(t.scheme)); err != nil {
		return nil, err
	}
	switch t.scheme {
	case "http", "https":
	case "file", "ftp", "data":
		return nil, ioError(starlark.String("url error"), starlark.String("urllib opens no "+t.scheme+" URLs here, only http and https; a file is opened by open"))
	default:
		if proxy != "" {
			return nil, ioError(starlark.String("url error"), starlark.String("invalid proxy for "+t.scheme), starlark.String(proxy))
		}
		return nil, ioError(starlark.String("url error"), starlark.String("unknown url type"), starlark.String(t.scheme))
	}
	v, err := p.openHTTP(t, data)
	var x *py.Exception
	if errors.As(err, &x) && x.IsA(socketmod.ErrorClass) {
		return nil, py.IOError.New(err, starlark.String("socket error"), x)
	}
	return v, err
}

// A target says where a request goes.
type target struct {
	scheme   string
	url      string // what is behind the scheme's colon
	host     string // of the proxy, if proxied
	selector string
	proxied  bool
}

// openHTTP sends the request.
//
// urllib.py, URLopener.open_http and open_https.
func (p *opening) openHTTP(t target, data starlark.Value) (starlark.Value, error) {
	var user, proxyUser, realHost string
	address := t.host
	if t.proxied {
		proxyUser, address, _ = urllibmod.SplitUser(address)
		scheme, rest, _ := urllibmod.SplitType(t.selector)
		t.url = rest
		if scheme == t.scheme {
			var path string
			realHost, path, _ = urllibmod.SplitHost(rest)
			if realHost != "" {
				user, realHost, _ = urllibmod.SplitUser(realHost)
			}
			if user != "" {
				t.selector = scheme + "://" + realHost + path
			}
			direct, err := Bypass(host.From(p.thread), realHost)
			if err != nil {
				return nil, err
			}
			if direct {
				address = realHost
			}
		}
	} else {
		address, t.selector, _ = urllibmod.SplitHost(t.url)
		if address != "" {
			user, address, _ = urllibmod.SplitUser(address)
			address = urllibmod.Unquote(address)
		}
		realHost = address
	}
	if address == "" {
		return nil, ioError(starlark.String(t.scheme+" error"), starlark.String("no host given"))
	}
	h, err := p.connection(t.scheme, address)
	if err != nil {
		return nil, err
	}
	method := "GET"
	var lines [][2]string
	if data != starlark.None {
		method = "POST"
		lines = append(lines, [2]string{"Content-Type", "application/x-www-form-urlencoded"},
			[2]string{"Content-Length", starlark.MakeInt(max(starlark.Len(data), 0)).String()})
	}
	if proxyUser != "" {
		lines = append(lines, [2]string{"Proxy-Authorization", basic(urllibmod.Unquote(proxyUser))})
	}
	if user != "" {
		lines = append(lines, [2]string{"Authorization", basic(urllibmod.Unquote(user))})
	}
	if realHost != "" {
		lines = append(lines, [2]string{"Host", realHost})
	}
	if _, err := py.CallMethod(p.thread, h, "putrequest", starlark.String(method), starlark.String(t.selector)); err != nil {
		return nil, err
	}
	for _, line := range lines {
		if _, err := py.CallMethod(p.thread, h, "putheader", starlark.String(line[0]), starlark.String(line[1])); err != nil {
			return nil, err
		}
	}
	if err := p.addHeaders(h); err != nil {
		return nil, err
	}
	if _, err := py.CallMethod(p.thread, h, "endheaders", data); err != nil {
		return nil, err
	}
	return p.reply(t, h, data)
}

// basic is the value of an Authorization field for "user:password".
func basic(user string) string { return "Basic " + base64.StdEncoding.EncodeToString([]byte(user)) }

// connection returns an httplib.HTTP or httplib.HTTPS.
func (p *opening) connection(scheme, address string) (starlark.Value, error) {
	if scheme == "http" {
		return starlark.Call(p.thread, httplibmod.Module().Members["HTTP"], starlark.Tuple{starlark.String(address)}, nil)
	}
	var kwargs []starlark.Tuple
	if context := p.o.Field("context"); context != starlark.None {
		kwargs = []starlark.Tuple{{starlark.String("context"), context}}
	}
	return starlark.Call(p.thread, httplibmod.Module().Members["HTTPS"], starlark.Tuple{starlark.String(address), starlark.MakeInt(0)}, kwargs)
}

// addHeaders sends the field lines of the opener's own.
func (p *opening) addHeaders(h starlark.Value) error {
	list := starlark.Iterate(p.o.Field("addheaders"))
	if list == nil {
		return py.NotIterable(p.o.Field("addheaders"))
	}
	defer list.Done()
	var item starlark.Value
	for list.Next(&item) {
		line, ok := item.(starlark.Tuple)
		if !ok {
			return py.TypeError.Errorf("addheaders holds tuples (name, value), not %s", py.TypeName(item))
		}
		if _, err := py.CallMethod(p.thread, h, "putheader", line...); err != nil {
			return err
		}
	}
	return nil
}

// reply reads the head of the response and makes of it what the opener's class makes of its status.
func (p *opening) reply(t target, h, data starlark.Value) (starlark.Value, error) {
	got, err := py.CallMethod(p.thread, h, "getreply")
	if err != nil {
		return nil, err
	}
	head, ok := got.(starlark.Tuple)
	if !ok || len(head) != 3 {
		return nil, py.ValueError.Errorf("getreply() returned no (code, message, headers)")
	}
	fp, err := py.CallMethod(p.thread, h, "getfile")
	if err != nil {
		return nil, err
	}
	code, err := starlark.AsInt32(head[0])
	if err != nil {
		return nil, err
	}
	if code == -1 {
		if fp != starlark.None {
			if _, err := py.CallMethod(p.thread, fp, "close"); err != nil {
				return nil, err
			}
		}
		return nil, ioError(starlark.String("http protocol error"), starlark.MakeInt(0), starlark.String("got a bad status line"), starlark.None)
	}
	answer := NewResponse(p.thread, fp, head[2], starlark.String(t.scheme+":"+t.url), head[0], false)
	if 200 <= code && code < 300 {
		return answer, nil
	}
	refused := func() (starlark.Value, error) {
		if _, err := py.CallMethod(p.thread, fp, "close"); err != nil {
			return nil, err
		}
		return nil, ioError(starlark.String("http error"), head[0], head[1], head[2])
	}
	if !p.fancy {
		return refused()
	}
	// What FancyURLopener returns says http of an https URL, too.
	answer.fields["url"] = starlark.String("http:" + t.url)
	switch code {
	case 301, 302, 303, 307:
		if code == 307 && data != starlark.None {
			break
		}
		p.tries++
		if p.tries >= maxTries {
			answer.fields["code"] = starlark.MakeInt(500)
			break
		}
		v, err := p.redirect(t, answer, head)
		if v != nil || err != nil {
			return v, err
		}
	case 401, 407:
		return refused()
	}
	return answer, nil
}

// redirect follows a Location; it returns nil if there is none.
//
// urllib.py, FancyURLopener.redirect_internal.
func (p *opening) redirect(t target, answer *Response, head starlark.Tuple) (starlark.Value, error) {
	var location starlark.Value
	for _, name := range []string{"location", "uri"} {
		var err error
		if location, err = py.CallMethod(p.thread, head[2], "getheader", starlark.String(name)); err != nil {
			return nil, err
		}
		if location != starlark.None {
			break
		}
	}
	next, ok := py.AsBytes(location)
	if !ok {
		return nil, nil
	}
	if _, err := py.CallMethod(p.thread, answer.fp, "close"); err != nil {
		return nil, err
	}
	next, err := join(p.thread, t.scheme+":"+t.url, next)
	if err != nil {
		return nil, err
	}
	if lower := py.Lower(next); !strings.HasPrefix(lower, "http://") && !strings.HasPrefix(lower, "https://") && !strings.HasPrefix(lower, "ftp://") {
		return nil, ioError(starlark.String("redirect error"), head[0],
			starlark.String(py.Str(head[1])+" - Redirection to url '"+next+"' is not allowed"), head[2])
	}
	return p.open(next, starlark.None)
}
