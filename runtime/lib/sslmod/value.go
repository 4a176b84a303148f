package sslmod

import (
	"sort"

	"go.starlark.net/starlark"

	"starwire/runtime/py"
)

var (
	_ starlark.HasAttrs    = (*SSLContext)(nil)
	_ starlark.HasSetField = (*SSLContext)(nil)
)

// String returns <ssl.SSLContext object>.
func (c *SSLContext) String() string { return "<ssl.SSLContext object>" }

// Type returns the name of Python's class.
func (c *SSLContext) Type() string { return "SSLContext" }

// Freeze makes the settings final; the context stays usable.
func (c *SSLContext) Freeze() {
	if !c.frozen {
		c.frozen = true
		c.protocol.Freeze()
	}
}

// Truth is always true.
func (c *SSLContext) Truth() starlark.Bool { return true }

// Hash refuses: a context is its settings.
func (c *SSLContext) Hash() (uint32, error) {
	return 0, py.TypeError.Errorf("unhashable type: SSLContext")
}

// contextFields are the attributes that can be assigned.
var contextFields = []string{"check_hostname", "options", "protocol", "verify_flags", "verify_mode"}

// Attr returns a setting or a method.
func (c *SSLContext) Attr(name string) (starlark.Value, error) {
	switch name {
	case "check_hostname":
		return starlark.Bool(c.checkHostname), nil
	case "options":
		return starlark.MakeInt64(c.options), nil
	case "protocol":
		return c.protocol, nil
	case "verify_flags":
		return starlark.MakeInt64(c.verifyFlags), nil
	case "verify_mode":
		return starlark.MakeInt(c.verifyMode), nil
	}
	if m, ok := contextMethods()[name]; ok {
		return m.BindReceiver(c), nil
	}
	return nil, nil
}

// AttrNames lists what Attr knows.
func (c *SSLContext) AttrNames() []string {
	names := append([]string(nil), contextFields...)
	for name := range contextMethods() {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// SetField assigns a setting, with CPython's checks.
func (c *SSLContext) SetField(name string, v starlark.Value) error {
	if err := c.mutable("change"); err != nil {
		return err
	}
	switch name {
	case "check_hostname":
		return c.setCheckHostname(bool(v.Truth()))
	case "protocol":
		c.protocol = v
		return nil
	case "options", "verify_flags", "verify_mode":
		n, err := longArgument(v)
		if err != nil {
			return err
		}
		switch name {
		case "options":
			c.options = n
		case "verify_flags":
			c.verifyFlags = n
		default:
			return c.setVerifyMode(n)
		}
		return nil
	}
	if _, ok := contextMethods()[name]; ok {
		return py.AttributeError.Errorf("'SSLContext' object attribute '%s' is read-only", name)
	}
	return py.AttributeError.Errorf("'SSLContext' object has no attribute '%s'", name)
}

// mutable refuses changes of a frozen context.
func (c *SSLContext) mutable(verb string) error {
	if c.frozen {
		return py.TypeError.Errorf("cannot %s frozen SSLContext", verb)
	}
	return nil
}
