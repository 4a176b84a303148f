package httplibmod

import (
	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/lib/socketmod"
	"starwire/runtime/lib/sslmod"
	"starwire/runtime/py"
)

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
	_ starlark.Callable = (*connectionClass)(nil)
	_ owner             = (*connectionClass)(nil)
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
