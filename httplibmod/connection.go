package httplibmod

import (
	"fmt"
	"math"
	"slices"
	"time"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/lib/socketmod"
	"starwire/runtime/lib/sslmod"
	"starwire/runtime/py"
)

// An HTTPConnection is one transaction at a time with one HTTP server, as
// Python's class of that name: it is built with a host and a port, opens its
// socket at the first send, and closes it when the server or close() says so.
// An HTTPSConnection is the same with a TLS context.
type HTTPConnection struct {
	class *connectionClass

	host          string
	port          starlark.Value
	timeout       starlark.Value // as given: the sentinel, None or a number
	sourceAddress starlark.Value
	strict        starlark.Value
	debuglevel    starlark.Value
	autoOpen      starlark.Value
	responseClass starlark.Value    // HTTPResponse, or a function that makes one
	dial          starlark.Value    // _create_connection: socket.create_connection, or a script's
	validatePath  starlark.Callable // _validate_path, or nil for checkURL
	defaultPort   int
	vsn           int    // _http_vsn
	vsnText       string // _http_vsn_str

	method  starlark.Value // of the latest putrequest
	request requestBuffer

	tunnelHost    string
	tunnelPort    starlark.Value
	tunnelHeaders []field

	state   connState
	pending *HTTPResponse // the persistent response not known to be read to its end
	t       *transport    // nil when there is no socket

	// HTTPSConnection only.
	keyFile, certFile starlark.Value
	context           starlark.Value // *sslmod.SSLContext, or whatever was given

	rules     *rules
	hostMade  madeHost
	deadline  time.Duration // of an exchange in all; 0: none
	expires   time.Time     // when the exchange under way must be over; zero: never
	announced announcement  // by the request under way

	progress bool   // the call under way was asked to tell how far it has come
	meter    *meter // nil: nobody watches what is being sent

	watch *watch // nil: nobody watches

	lostAnswer bool // getresponse failed; until close()
	frozen     bool
	user       *starlark.Thread    // inside a method; see lease
	manner     *manner             // of its responses; nil: to be made
	bound      []*starlark.Builtin // methods, bound once: a few, found sooner one by one than in a map
}

// A field is a name and a value to be sent.
type field struct{ name, value string }

// connectionClass is HTTPConnection or HTTPSConnection itself: a callable that
// makes connections, with the class attributes Python has.
//
// Each run has its own two, whose attributes a script can assign; all of one name
// are equal.
type connectionClass struct {
	class
	defaultPort int
	secure      bool
	run         *settings // of the run; nil: nothing can be assigned
}

var (
	plainClass  = &connectionClass{class: class{"httplib", "HTTPConnection"}, defaultPort: httpPort}
	secureClass = &connectionClass{class: class{"httplib", "HTTPSConnection"}, defaultPort: httpsPort, secure: true}
)

var (
	_ starlark.Callable    = (*connectionClass)(nil)
	_ owner                = (*connectionClass)(nil)
	_ starlark.HasSetField = (*HTTPConnection)(nil)
	_ py.Reprer            = (*HTTPConnection)(nil)
)

// Attr returns the methods and class attributes of httplib.py.
func (k *connectionClass) Attr(name string) (starlark.Value, error) {
	if m := unbound(k, connectionMethods, name); m != nil {
		return m, nil
	}
	if v := k.run.classAttr(k, name); v != nil {
		return v, nil
	}
	switch name {
	case "_http_vsn":
		return starlark.MakeInt(11), nil
	case "_http_vsn_str":
		return starlark.String("HTTP/1.1"), nil
	case "auto_open":
		return starlark.MakeInt(1), nil
	case "debuglevel", "strict":
		return starlark.MakeInt(0), nil
	case "default_port":
		return starlark.MakeInt(k.defaultPort), nil
	case "response_class":
		return responseClass, nil
	}
	return k.class.Attr(name)
}

// AttrNames lists what Attr knows.
func (k *connectionClass) AttrNames() []string {
	return classNames(connectionMethods, "_http_vsn", "_http_vsn_str", "auto_open", "debuglevel", "default_port", "response_class", "strict")
}

// HasInstance reports whether v is a connection of the class or of one below it:
// what isinstance asks. An HTTPSConnection is an HTTPConnection.
func (k *connectionClass) HasInstance(v starlark.Value) bool {
	c, ok := v.(*HTTPConnection)
	return ok && c.class.IsSubclass(k)
}

// IsSubclass reports whether k is the class or derives from it: what issubclass asks.
func (k *connectionClass) IsSubclass(of starlark.Value) bool {
	base, ok := of.(*connectionClass)
	return ok && (base.secure == k.secure || !base.secure)
}

// CallInternal makes a connection: HTTPConnection(host[, port[, strict[,
// timeout[, source_address]]]]), HTTPSConnection(host[, port[, key_file[,
// cert_file[, strict[, timeout[, source_address[, context]]]]]]]). Our own
// arguments, policy, deadline, max_body and limits, go by name.
func (k *connectionClass) CallInternal(thread *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(args)+len(kwargs) == 0 {
		return nil, py.TypeError.Errorf("__init__() takes at least 2 arguments (1 given)")
	}
	c := k.new()
	h := host.From(thread)
	if level := h.DebugLevel; level > 0 {
		c.debuglevel = starlark.MakeInt(level)
	}
	settingsOf(h).initConnection(c)
	var ours ourArguments
	if len(kwargs) > 0 {
		kwargs = ours.take(kwargs)
	}
	o, err := ours.options(optionsOf(h).Options)
	if err != nil {
		return nil, err
	}
	c.rules, c.deadline = newRules(&o), o.Deadline
	c.watch = newWatch(c, h)
	var hostname, port, strict starlark.Value = nil, starlark.None, starlark.None
	params := []any{"host", &hostname, "port?", &port}
	if k.secure {
		params = append(params, "key_file?", &c.keyFile, "cert_file?", &c.certFile)
	}
	params = append(params, "strict?", &strict, "timeout?", &c.timeout, "source_address?", &c.sourceAddress)
	if k.secure {
		params = append(params, "context?", &c.context)
	}
	if err := py.UnpackMethod("__init__", args, kwargs, params...); err != nil {
		return nil, err
	}
	if strict != starlark.None {
		c.strict = strict
	}
	if c.host, c.port, err = splitHostPort(hostname, port, c.defaultPort); err != nil {
		return nil, err
	}
	if err := c.rules.checkHost(c.host); err != nil {
		return nil, err
	}
	if k.secure {
		if err := c.initContext(thread); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// new returns a connection with httplib.py's defaults.
func (k *connectionClass) new() *HTTPConnection {
	return &HTTPConnection{
		class:         k,
		timeout:       socketmod.Timeout{}.Value(),
		sourceAddress: starlark.None,
		strict:        starlark.MakeInt(0),
		debuglevel:    starlark.MakeInt(0),
		autoOpen:      starlark.MakeInt(1),
		responseClass: responseClass,
		dial:          starlark.None,
		defaultPort:   k.defaultPort,
		vsn:           11,
		vsnText:       "HTTP/1.1",
		method:        starlark.None,
		tunnelPort:    starlark.None,
		state:         idle,
		keyFile:       starlark.None,
		certFile:      starlark.None,
		context:       starlark.None,
	}
}

// String returns Python's repr without the address.
func (c *HTTPConnection) String() string { return "<httplib." + c.class.name + " instance>" }

// Repr returns the same as String.
func (c *HTTPConnection) Repr() string { return c.String() }

// Type returns the name of the class.
func (c *HTTPConnection) Type() string { return c.class.name }

// Truth is always true.
func (c *HTTPConnection) Truth() starlark.Bool { return true }

// Hash refuses: a connection changes.
func (c *HTTPConnection) Hash() (uint32, error) {
	return 0, fmt.Errorf("unhashable type: %s", c.Type())
}

// Freeze makes every call that would change the connection an error. The
// methods are bound now, because a frozen value may be shared.
func (c *HTTPConnection) Freeze() {
	c.FreezeBy(func(v starlark.Value) { v.Freeze() })
}

// FreezeBy is Freeze, but leaves what a script may have assigned to freeze.
func (c *HTTPConnection) FreezeBy(freeze func(starlark.Value)) {
	if c.frozen {
		return
	}
	for name := range connectionMethods {
		c.bind(name)
	}
	c.frozen = true
	for _, v := range []starlark.Value{c.timeout, c.sourceAddress, c.dial, c.responseClass, c.context} {
		freeze(v)
	}
	if c.pending != nil {
		c.pending.Freeze()
	}
	if c.t != nil {
		freeze(c.t.value) // conn.sock
	}
}

// checkMutable is the error of an operation on a frozen connection.
func (c *HTTPConnection) checkMutable(verb string) error {
	if c.frozen {
		return fmt.Errorf("cannot %s frozen %s", verb, c.Type())
	}
	return nil
}

// transport returns the connection's live transport, or nil: one whose framing
// was lost is closed, and then there is no socket.
func (c *HTTPConnection) transport() *transport {
	if !c.t.live() {
		c.t = nil
	}
	return c.t
}

// bind returns the method called name, bound to c once.
func (c *HTTPConnection) bind(name string) starlark.Value {
	for _, b := range c.bound {
		if b.Name() == name {
			return b
		}
	}
	m, ok := connectionMethods[name]
	if !ok {
		return nil
	}
	b := m.BindReceiver(c)
	if c.frozen {
		return b
	}
	c.bound = append(c.bound, b)
	return b
}

// Attr returns a field of spec or a bound method.
func (c *HTTPConnection) Attr(name string) (starlark.Value, error) {
	if name == "_validate_path" && c.validatePath != nil {
		return c.validatePath, nil
	}
	if m := c.bind(name); m != nil {
		return m, nil
	}
	switch name {
	case "host":
		return starlark.String(c.host), nil
	case "port":
		return c.port, nil
	case "timeout":
		return c.timeout, nil
	case "source_address":
		return c.sourceAddress, nil
	case "sock":
		if !c.t.live() {
			return starlark.None, nil
		}
		return c.t.value, nil
	case "strict":
		return c.strict, nil
	case "debuglevel":
		return c.debuglevel, nil
	case "auto_open":
		return c.autoOpen, nil
	case "response_class":
		return c.responseClass, nil
	case "default_port":
		return starlark.MakeInt(c.defaultPort), nil
	case "stats":
		return c.watch.stats(), nil
	case "timings":
		return starlark.Bool(c.watch != nil), nil
	case "policy":
		if c.rules.strict {
			return starlark.String("strict"), nil
		}
		return starlark.String("python"), nil
	case "deadline":
		return secondsValue(c.deadline), nil
	case "max_body":
		if c.rules.maxBody == math.MaxInt64 {
			return starlark.None, nil
		}
		return starlark.MakeInt64(c.rules.maxBody), nil
	case "limits":
		return c.rules.dict(), nil
	case "_http_vsn":
		return starlark.MakeInt(c.vsn), nil
	case "_http_vsn_str":
		return starlark.String(c.vsnText), nil
	case "_buffer":
		return c.request.list(), nil
	case "_method":
		return c.method, nil
	case "_tunnel_host":
		if c.tunnelHost == "" {
			return starlark.None, nil
		}
		return starlark.String(c.tunnelHost), nil
	case "_tunnel_port":
		return c.tunnelPort, nil
	case "_tunnel_headers":
		d := starlark.NewDict(len(c.tunnelHeaders))
		for _, f := range c.tunnelHeaders {
			if err := d.SetKey(starlark.String(f.name), starlark.String(f.value)); err != nil {
				return nil, err
			}
		}
		return d, nil
	case "_create_connection":
		if c.dial == starlark.None {
			return socketmod.Module().Members["create_connection"], nil
		}
		return c.dial, nil
	case "__class__":
		return c.class, nil
	case "_HTTPConnection__state":
		return starlark.String(c.state.String()), nil
	case "_HTTPConnection__response":
		if c.pending == nil {
			return starlark.None, nil
		}
		return c.pending, nil
	}
	if c.class.secure {
		switch name {
		case "key_file":
			return c.keyFile, nil
		case "cert_file":
			return c.certFile, nil
		case "_context":
			return c.context, nil
		}
	}
	return nil, nil
}

// connectionFields names what Attr returns besides methods.
var connectionFields = []string{
	"_HTTPConnection__response", "_HTTPConnection__state", "_buffer", "_create_connection", "_http_vsn", "_http_vsn_str",
	"_method", "_tunnel_headers", "_tunnel_host", "_tunnel_port", "auto_open", "deadline", "debuglevel", "default_port",
	"host", "limits", "max_body", "policy", "port", "response_class", "sock", "source_address", "stats", "strict", "timeout", "timings",
}

// AttrNames lists what Attr knows, sorted.
func (c *HTTPConnection) AttrNames() []string {
	names := append([]string(nil), connectionFields...)
	if c.class.secure {
		names = append(names, "_context", "cert_file", "key_file")
	}
	return methodNames(connectionMethods, names)
}

// SetField assigns what Python programs assign to a connection.
func (c *HTTPConnection) SetField(name string, v starlark.Value) error {
	if err := c.checkMutable("set ." + name + " of"); err != nil {
		return err
	}
	switch name {
	case "host":
		s, ok := py.AsBytes(v)
		if !ok {
			return py.TypeError.Errorf("host is a string, not %s", py.TypeName(v))
		}
		c.host = s
	case "port":
		c.port = v
	case "timeout":
		c.timeout = v
	case "deadline":
		d, err := parseSeconds(name, v)
		if err != nil {
			return err
		}
		c.deadline = d
	case "source_address":
		c.sourceAddress = v
	case "strict":
		c.strict, c.manner = v, nil
	case "timings":
		switch on := bool(v.Truth()); {
		case on && c.watch == nil:
			c.watch = &watch{conn: c}
		case !on && c.watch != nil && c.watch.host == nil:
			c.watch = nil
		}
	case "debuglevel":
		c.debuglevel, c.manner = v, nil
	case "auto_open":
		c.autoOpen = v
	case "response_class":
		if _, ok := v.(starlark.Callable); !ok {
			return py.TypeError.Errorf("response_class is a function that returns an HTTPResponse, not %s", py.TypeName(v))
		}
		c.responseClass = v
	case "_create_connection":
		if _, ok := v.(starlark.Callable); !ok {
			return py.TypeError.Errorf("'%s' object is not callable", py.TypeName(v))
		}
		c.dial = v
	case "_validate_path", "_validate_host":
		f, ok := v.(starlark.Callable)
		if !ok {
			return py.TypeError.Errorf("'%s' object is not callable", py.TypeName(v))
		}
		if name == "_validate_path" { // the host was checked by the constructor: too late
			c.validatePath = f
		}
	case "default_port", "_http_vsn":
		n, err := starlark.AsInt32(v)
		if err != nil {
			return py.TypeError.Errorf("%s is an int, not %s", name, py.TypeName(v))
		}
		if name == "_http_vsn" {
			c.vsn = n
		} else {
			c.defaultPort = n
		}
	case "_http_vsn_str":
		s, ok := py.AsBytes(v)
		if !ok {
			return py.TypeError.Errorf("_http_vsn_str is a string, not %s", py.TypeName(v))
		}
		if err := checkURL(s); err != nil {
			return err
		}
		c.vsnText = s
	case "_buffer":
		return c.request.set(v)
	case "sock":
		c.t = nil
		if v != starlark.None {
			c.t = newTransport(v, c.rules)
		}
	default:
		return readOnly(c, name)
	}
	return nil
}

// readOnly is the error of assigning an attribute that v does not have, or that
// cannot be assigned.
func readOnly(v starlark.HasAttrs, name string) error {
	if slices.Contains(v.AttrNames(), name) {
		return py.AttributeError.Errorf("%s.%s cannot be assigned", v.Type(), name)
	}
	return starlark.NoSuchAttrError(fmt.Sprintf("can't assign to .%s field of %s", name, v.Type()))
}

// initContext is httplib.py, HTTPSConnection.__init__: the default context
// verifies chain and name, and a client certificate goes into whichever it is.
func (c *HTTPConnection) initContext(thread *starlark.Thread) error {
	var err error
	certificate := c.keyFile.Truth() || c.certFile.Truth()
	if c.context == starlark.None {
		if certificate { // a context of its own, as one is loaded below
			c.context, err = starlark.Call(thread, sslmod.Module().Members["create_default_context"], nil, nil)
		} else {
			c.context, err = sslmod.DefaultContext(thread)
		}
	}
	if err != nil || !certificate {
		return err
	}
	load, err := (&scriptObject{c.context}).method("load_cert_chain")
	if err != nil {
		return err
	}
	_, err = starlark.Call(thread, load, starlark.Tuple{c.certFile, c.keyFile}, nil)
	return err
}
