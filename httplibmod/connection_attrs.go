package httplibmod

import (
	"fmt"
	"math"
	"slices"

	"go.starlark.net/starlark"

	"starwire/runtime/lib/socketmod"
	"starwire/runtime/py"
)

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
