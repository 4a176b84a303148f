package httplibmod

import (
	"errors"

	"go.starlark.net/starlark"

	"starwire/runtime/lazy"
	"starwire/runtime/py"
)

// A legacyHTTP is HTTP or HTTPS, the interface of Python 1.5: it speaks HTTP/1.0
// through a connection of its own, and sends the headers it is given alone.
type legacyHTTP struct {
	class   *legacyClass
	conn    *HTTPConnection
	headers starlark.Value // nil before the first getreply
	file    starlark.Value
}

// legacyClass is HTTP or HTTPS itself.
type legacyClass struct {
	class
	of *connectionClass
}

var (
	httpClass  = &legacyClass{class{"httplib", "HTTP"}, plainClass}
	httpsClass = &legacyClass{class{"httplib", "HTTPS"}, secureClass}
)

var (
	_ starlark.Callable    = (*legacyClass)(nil)
	_ owner                = (*legacyClass)(nil)
	_ starlark.HasSetField = (*legacyHTTP)(nil)
)

// Attr returns the methods and class attributes of httplib.py.
func (k *legacyClass) Attr(name string) (starlark.Value, error) {
	if m := unbound(k, legacyMethods(), name); m != nil {
		return m, nil
	}
	switch name {
	case "_http_vsn":
		return starlark.MakeInt(10), nil
	case "_http_vsn_str":
		return starlark.String("HTTP/1.0"), nil
	case "debuglevel":
		return starlark.MakeInt(0), nil
	case "_connection_class":
		return k.of, nil
	}
	return k.class.Attr(name)
}

// AttrNames lists what Attr knows.
func (k *legacyClass) AttrNames() []string {
	return classNames(legacyMethods(), "_connection_class", "_http_vsn", "_http_vsn_str", "debuglevel")
}

// HasInstance reports whether v is of the class or of one below it: what
// isinstance asks. HTTPS is below HTTP.
func (k *legacyClass) HasInstance(v starlark.Value) bool {
	h, ok := v.(*legacyHTTP)
	return ok && (h.class == k || k == httpClass)
}

// IsSubclass reports whether k is the class or derives from it: what issubclass asks.
func (k *legacyClass) IsSubclass(of starlark.Value) bool {
	return of == starlark.Value(k) || of == starlark.Value(httpClass)
}

// CallInternal is HTTP([host[, port[, strict]]]) and HTTPS([host[, port[,
// key_file[, cert_file[, strict[, context]]]]]]). Port 0 is the default one.
func (k *legacyClass) CallInternal(thread *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var host, port, strict starlark.Value = starlark.String(""), starlark.None, starlark.None
	var keyFile, certFile, context starlark.Value = starlark.None, starlark.None, starlark.None
	params := []any{"host?", &host, "port?", &port}
	if k.of.secure {
		params = append(params, "key_file?", &keyFile, "cert_file?", &certFile, "strict?", &strict, "context?", &context)
	} else {
		params = append(params, "strict?", &strict)
	}
	if err := py.UnpackMethod("__init__", args, kwargs, params...); err != nil {
		return nil, err
	}
	if n, ok := port.(starlark.Int); ok && n.Sign() == 0 {
		port = starlark.None
	}
	with := []starlark.Tuple{{starlark.String("strict"), strict}}
	if k.of.secure {
		with = append(with, starlark.Tuple{starlark.String("key_file"), keyFile},
			starlark.Tuple{starlark.String("cert_file"), certFile}, starlark.Tuple{starlark.String("context"), context})
	}
	v, err := k.of.CallInternal(thread, starlark.Tuple{host, port}, with)
	if err != nil {
		return nil, err
	}
	c := v.(*HTTPConnection)
	c.vsn, c.vsnText = 10, "HTTP/1.0"
	return &legacyHTTP{class: k, conn: c, file: starlark.None}, nil
}

// String returns Python's repr without the address.
func (h *legacyHTTP) String() string { return "<httplib." + h.class.name + " instance>" }

// Type returns the name of the class.
func (h *legacyHTTP) Type() string { return h.class.name }

// Freeze freezes the connection.
func (h *legacyHTTP) Freeze() { h.conn.Freeze() }

// Truth is always true.
func (h *legacyHTTP) Truth() starlark.Bool { return true }

// Hash refuses: it changes.
func (h *legacyHTTP) Hash() (uint32, error) {
	return 0, py.TypeError.Errorf("unhashable type: %s", h.class.name)
}

var legacyTable lazy.Value[map[string]*starlark.Builtin]

func legacyMethods() map[string]*starlark.Builtin {
	return legacyTable.Get(func() map[string]*starlark.Builtin {
		return methodTable(map[string]method{
			"close":    legacyClose,
			"connect":  legacyConnect,
			"getfile":  legacyGetFile,
			"getreply": legacyGetReply,
		})
	})
}

// ofConnection names the methods that are the connection's own.
var ofConnection = []string{"endheaders", "putheader", "putrequest", "send", "set_debuglevel"}

// Attr returns a field or a bound method; some methods are the connection's.
func (h *legacyHTTP) Attr(name string) (starlark.Value, error) {
	if m, ok := legacyMethods()[name]; ok {
		return m.BindReceiver(h), nil
	}
	for _, own := range ofConnection {
		if name == own {
			return h.conn.bind(name), nil
		}
	}
	switch name {
	case "__class__":
		return h.class, nil
	case "_conn":
		return h.conn, nil
	case "file":
		return h.file, nil
	case "headers":
		return h.headers, nil // nil: there is none before the first reply
	case "key_file", "cert_file":
		if h.class.of.secure {
			return h.conn.Attr(name)
		}
		return nil, nil
	case "__name__", "__module__":
		return nil, nil
	}
	return h.class.Attr(name)
}

// AttrNames lists what Attr knows, sorted.
func (h *legacyHTTP) AttrNames() []string {
	names := append([]string{"_conn", "_connection_class", "_http_vsn", "_http_vsn_str", "debuglevel", "file"}, ofConnection...)
	if h.headers != nil {
		names = append(names, "headers")
	}
	if h.class.of.secure {
		names = append(names, "cert_file", "key_file")
	}
	return methodNames(legacyMethods(), names)
}

// SetField assigns file and headers, as Python programs may.
func (h *legacyHTTP) SetField(name string, v starlark.Value) error {
	if err := h.conn.checkMutable("set ." + name + " of"); err != nil {
		return err
	}
	switch name {
	case "file":
		h.file = v
	case "headers":
		h.headers = v
	default:
		return readOnly(h, name)
	}
	return nil
}

func legacyOf(b *starlark.Builtin) *legacyHTTP { return b.Receiver().(*legacyHTTP) }

// legacyConnect is httplib.py, HTTP.connect: with a host, that of another server.
func legacyConnect(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var host, port starlark.Value = starlark.None, starlark.None
	if err := py.UnpackMethod(b.Name(), args, kwargs, "host?", &host, "port?", &port); err != nil {
		return nil, err
	}
	c := legacyOf(b).conn
	if host != starlark.None {
		if err := c.checkMutable("connect"); err != nil {
			return nil, err
		}
		name, port, err := splitHostPort(host, port, c.defaultPort)
		if err != nil {
			return nil, err
		}
		if err := c.rules.checkHost(name); err != nil { // 2.7 leaves this out (D4)
			return nil, err
		}
		c.host, c.port = name, port
	}
	c.startClock()
	return starlark.None, c.connect(thread)
}

// legacyGetReply is httplib.py, HTTP.getreply: status, reason and message, or
// -1, what the server sent instead of a status line, and None.
func legacyGetReply(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var buffering starlark.Value = starlark.False
	if err := py.UnpackMethod(b.Name(), args, kwargs, "buffering?", &buffering); err != nil {
		return nil, err
	}
	h := legacyOf(b)
	r, err := h.conn.getResponse(thread, bool(buffering.Truth()))
	var exc *py.Exception
	if errors.As(err, &exc) && exc.IsA(BadStatusLine) {
		h.conn.close(thread)
		h.file, h.headers = starlark.None, starlark.None
		return starlark.Tuple{starlark.MakeInt(-1), exc.Fields["line"], starlark.None}, nil
	}
	if err != nil {
		return nil, err
	}
	h.headers, h.file = r.msg, responseFile{r}
	return starlark.Tuple{starlark.MakeInt(int(r.status)), starlark.String(r.reason), r.msg}, nil
}

// legacyGetFile is httplib.py, HTTP.getfile.
func legacyGetFile(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := py.UnpackMethod(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	return legacyOf(b).file, nil
}

// legacyClose is httplib.py, HTTP.close.
func legacyClose(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := py.UnpackMethod(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	h := legacyOf(b)
	if err := h.conn.checkMutable("close"); err != nil {
		return nil, err
	}
	h.file = starlark.None
	return starlark.None, h.conn.close(thread)
}

// newFakeSocket is FakeSocket(sock, sslobj), which Python kept for programs
// of old: it returns sslobj.
func newFakeSocket(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var sock, sslobj starlark.Value
	if err := py.UnpackFunction(b.Name(), args, kwargs, "sock", &sock, "sslobj", &sslobj); err != nil {
		return nil, err
	}
	return sslobj, nil
}
