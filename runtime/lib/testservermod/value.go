package testservermod

import (
	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/lazy"
	"starwire/runtime/py"
)

var _ starlark.HasAttrs = (*server)(nil)

// String returns <testserver.server http://127.0.0.1:40001>.
func (s *server) String() string { return "<testserver.server " + s.url() + ">" }

// Type returns "testserver.server".
func (s *server) Type() string { return "testserver.server" }

// Freeze does nothing: a server's own data has a lock, and its handlers take
// turns with the script, so a frozen one can go on serving.
func (s *server) Freeze() {}

// Truth is whether the server is open.
func (s *server) Truth() starlark.Bool { return starlark.Bool(!s.ended()) }

// Hash refuses: a server is no key.
func (s *server) Hash() (uint32, error) {
	return 0, py.TypeError.Errorf("unhashable type: %s", s.Type())
}

// Attr returns what is known of the server, or a method.
func (s *server) Attr(name string) (starlark.Value, error) {
	switch name {
	case "cacert":
		return orNone(s.cacert), nil
	case "client_pem":
		return orNone(s.clientPEM), nil
	case "closed":
		return starlark.Bool(s.ended()), nil
	case "errors":
		s.mu.Lock()
		defer s.mu.Unlock()
		list := make([]starlark.Value, len(s.errors))
		for i, e := range s.errors {
			list[i] = starlark.String(e)
		}
		return starlark.NewList(list), nil
	case "host":
		h, _ := s.hostPort()
		return starlark.String(h), nil
	case "names":
		list := make([]starlark.Value, len(s.names))
		for i, n := range s.names {
			list[i] = starlark.String(n)
		}
		return starlark.NewList(list), nil
	case "netloc":
		return starlark.String(s.addr.String()), nil
	case "port":
		_, p := s.hostPort()
		return starlark.MakeInt(p), nil
	case "requests":
		s.mu.Lock()
		defer s.mu.Unlock()
		list := make([]starlark.Value, len(s.requests))
		for i, r := range s.requests {
			list[i] = r
		}
		return starlark.NewList(list), nil
	case "url":
		return starlark.String(s.url()), nil
	}
	if m := serverMethods()[name]; m != nil {
		return m.BindReceiver(s), nil
	}
	return nil, nil
}

func orNone(s string) starlark.Value {
	if s == "" {
		return starlark.None
	}
	return starlark.String(s)
}

// AttrNames lists what Attr knows.
func (s *server) AttrNames() []string {
	return []string{
		"cacert", "clear", "client_pem", "close", "closed", "errors", "host", "names", "netloc", "port", "requests", "url",
	}
}

func serverMethods() map[string]*starlark.Builtin {
	return serverMethodsTable.Get(func() map[string]*starlark.Builtin {
		return map[string]*starlark.Builtin{
			"clear": starlark.NewBuiltin("clear", serverClear),
			"close": starlark.NewBuiltin("close", serverClose),
		}
	})
}

var serverMethodsTable lazy.Value[map[string]*starlark.Builtin]

// serverClear is srv.clear(): forget the requests and errors so far.
func serverClear(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := py.UnpackArgs(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	s := b.Receiver().(*server)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests, s.kept, s.errors = nil, 0, nil
	return starlark.None, nil
}

// serverClose is srv.close(). Closing twice does nothing.
func serverClose(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := py.UnpackArgs(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	return starlark.None, b.Receiver().(*server).close(host.From(thread))
}
