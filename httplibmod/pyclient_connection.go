package httplibmod

import (
	"errors"
	"syscall"

	"go.starlark.net/starlark"

	"starwire/runtime/lib/socketmod"
	"starwire/runtime/py"
)

// clientClass is http.client.HTTPConnection or HTTPSConnection itself.
type clientClass struct {
	class
	of *connectionClass
}

var (
	_ starlark.Callable = (*clientClass)(nil)
	_ owner             = (*clientClass)(nil)
)

// Attr returns the class attributes of httplib's class.
func (k *clientClass) Attr(name string) (starlark.Value, error) {
	if v, _ := k.class.Attr(name); v != nil {
		return v, nil
	}
	if m := unbound(k, connectionMethods, name); m != nil {
		return m, nil
	}
	return k.of.Attr(name)
}

// AttrNames lists what Attr knows.
func (k *clientClass) AttrNames() []string { return k.of.AttrNames() }

// HasInstance reports whether v is a connection of http.client of the class, or
// of one below it.
func (k *clientClass) HasInstance(v starlark.Value) bool {
	c, ok := v.(*clientConnection)
	return ok && k.of.HasInstance(c.HTTPConnection)
}

// IsSubclass reports whether k is the class or derives from it: what issubclass asks.
func (k *clientClass) IsSubclass(of starlark.Value) bool {
	c, ok := of.(*clientClass)
	return ok && k.of.IsSubclass(c.of)
}

// bind returns the method that self itself has, which raises Python 3's exceptions.
func (k *clientClass) bind(self starlark.Value, method *starlark.Builtin) starlark.Callable {
	return boundAttr(self, method)
}

func boundAttr(self starlark.Value, method *starlark.Builtin) starlark.Callable {
	v, err := self.(starlark.HasAttrs).Attr(method.Name())
	if err != nil {
		return method.BindReceiver(self)
	}
	return v.(starlark.Callable)
}

// CallInternal is HTTPConnection(host[, port[, timeout[, source_address[,
// blocksize]]]]), and for HTTPS context= besides; and by name our own arguments,
// as httplib's classes have them.
func (k *clientClass) CallInternal(thread *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var host, port, timeout, source, blocksize, context starlark.Value
	params := []any{"host", &host, "port?", &port, "timeout?", &timeout, "source_address?", &source, "blocksize?", &blocksize}
	if k.of.secure {
		params = append(params, "context?", &context)
	}
	with := []starlark.Tuple{{starlark.String("strict"), starlark.True}}
	kwargs, with = splitOurs(kwargs, with)
	if err := py.UnpackMethod("__init__", args, kwargs, params...); err != nil {
		return nil, err
	}
	for _, kw := range []struct {
		name  string
		value starlark.Value
	}{{"port", port}, {"timeout", timeout}, {"source_address", source}, {"context", context}} {
		if kw.value != nil {
			with = append(with, starlark.Tuple{starlark.String(kw.name), kw.value})
		}
	}
	v, err := k.of.CallInternal(thread, starlark.Tuple{host}, with)
	if err != nil {
		return nil, err
	}
	return &clientConnection{v.(*HTTPConnection)}, nil
}

// A clientConnection is a connection of http.client: one of httplib whose
// responses and exceptions are Python 3's.
type clientConnection struct{ *HTTPConnection }

var _ starlark.HasSetField = (*clientConnection)(nil)

// String returns Python's repr without the address.
func (c *clientConnection) String() string { return "<http.client." + c.Type() + " object>" }

// Repr returns the same as String.
func (c *clientConnection) Repr() string { return c.String() }

// Attr is HTTPConnection's; what methods raise is put in Python 3's classes.
func (c *clientConnection) Attr(name string) (starlark.Value, error) {
	if name == "__class__" {
		return clientModule().Attr(c.Type())
	}
	v, err := c.HTTPConnection.Attr(name)
	if b, ok := v.(*starlark.Builtin); ok && connectionMethods[name] != nil {
		return modern(b), err
	}
	return v, err
}

// modern returns a method that calls b and gives Python 3's responses and
// exceptions.
func modern(b *starlark.Builtin) *starlark.Builtin {
	f := func(thread *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		v, err := b.CallInternal(thread, args, kwargs)
		if err != nil {
			return nil, modernError(err)
		}
		if r, ok := v.(*HTTPResponse); ok {
			return &clientResponse{r}, nil
		}
		return v, nil
	}
	return starlark.NewBuiltin(b.Name(), f).BindReceiver(b.Receiver())
}

// errnoClasses has Python 3's class for the cause of a socket.error.
var errnoClasses = []struct {
	errno syscall.Errno
	class **py.Class
}{

	{syscall.ECONNREFUSED, &ConnectionRefusedError},
	{syscall.ECONNRESET, &ConnectionResetError},
	{syscall.ECONNABORTED, &ConnectionAbortedError},
	{syscall.EPIPE, &BrokenPipeError},
}

// modernError returns err as Python 3 classes it.
func modernError(err error) error {
	var e *py.Exception
	if !errors.As(err, &e) {
		return err
	}
	switch e.Class() {
	case BadStatusLine:
		if line, _ := py.AsBytes(e.Fields["line"]); line == silence {
			return RemoteDisconnected.New(err, starlark.String("Remote end closed connection without response"))
		}
	case socketmod.ErrorClass:
		for _, ec := range errnoClasses {
			if errors.Is(e.Cause, ec.errno) {
				return (*ec.class).New(err, e.Args...)
			}
		}
	}
	return err
}
