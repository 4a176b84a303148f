package testservermod

import (
	"math"
	"net"
	"strconv"
	"strings"
	"time"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starwire/runtime/host"
	"starwire/runtime/lazy"
	"starwire/runtime/py"
)

var module lazy.Module

// Module returns the module testserver, made on first use. It is immutable; runs may share it.
func Module() *starlarkstruct.Module { return module.Get("testserver", members) }

func members() starlark.StringDict {
	return starlark.StringDict{
		"delay": starlark.NewBuiltin("delay", newDelay),
		"drip":  starlark.NewBuiltin("drip", newDrip),
		"proxy": starlark.NewBuiltin("proxy", startProxy),
		"raw":   starlark.NewBuiltin("raw", newRaw),
		"reset": starlark.NewBuiltin("reset", newReset),
		"start": starlark.NewBuiltin("start", startServer),
	}
}

const (
	defaultTimeout = 60.0     // seconds
	defaultMaxBody = 16 << 20 // bytes
)

// startServer is start(routes=None, tls=False, names=[], client_ca=None,
// timeout=60, max_body=16777216).
func startServer(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var routes, secure, names, clientCA starlark.Value = starlark.None, starlark.False, starlark.None, starlark.None
	timeout, maxBody := py.Number(defaultTimeout), int64(defaultMaxBody)
	if err := py.UnpackArgs(b.Name(), args, kwargs, "routes?", &routes, "tls?", &secure, "names?", &names,
		"client_ca?", &clientCA, "timeout?", &timeout, "max_body?", &maxBody); err != nil {
		return nil, err
	}
	s := &server{host: host.From(thread), maxBody: maxBody}
	if maxBody < 0 || maxBody > math.MaxInt32 {
		return nil, py.ValueError.Errorf("max_body: want 0 to %d bytes, not %d", math.MaxInt32, maxBody)
	}
	kind, on, err := parseTLS(secure)
	if err != nil {
		return nil, err
	}
	if !on && clientCA != starlark.None && clientCA != starlark.False {
		return nil, py.ValueError.Errorf("client_ca: only a server with tls asks for certificates")
	}
	if s.routes, err = parseRoutes(routes); err != nil {
		return nil, err
	}
	if err := s.configure(names, timeout, on); err != nil {
		return nil, err
	}
	if on {
		if err := s.secure(kind, clientCA); err != nil {
			return nil, err
		}
	}
	if err := s.start(); err != nil {
		return nil, err
	}
	return s, nil
}

// startProxy is proxy(auth=None, names=[], timeout=60).
func startProxy(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var auth, names starlark.Value = starlark.None, starlark.None
	timeout := py.Number(defaultTimeout)
	if err := py.UnpackArgs(b.Name(), args, kwargs, "auth?", &auth, "names?", &names, "timeout?", &timeout); err != nil {
		return nil, err
	}
	s := &server{host: host.From(thread), maxBody: defaultMaxBody}
	text, ok := py.AsBytes(auth)
	switch {
	case auth == starlark.None:
	case !ok:
		return nil, py.TypeError.Errorf("auth: want 'name:password', not %s", py.TypeName(auth))
	case !strings.Contains(text, ":"):
		return nil, py.ValueError.Errorf("auth: want 'name:password', not %s", py.Quote(text))
	}
	s.tunnel = newTunnel(text)
	if err := s.configure(names, timeout, false); err != nil {
		return nil, err
	}
	if err := s.start(); err != nil {
		return nil, err
	}
	return s, nil
}

// configure reads the arguments that servers and proxies share.
func (s *server) configure(names starlark.Value, timeout py.Number, secure bool) (err error) {
	if s.timeout, err = parseSeconds("timeout", timeout); err != nil {
		return err
	}
	if s.timeout < time.Millisecond || s.timeout > 24*time.Hour {
		return py.ValueError.Errorf("timeout: want 0.001 to 86400 seconds, not %v", float64(timeout))
	}
	s.names, err = parseNames(s.host, names, secure)
	return err
}

// parseNames reads the argument names: "host:port", or "host" for the port of
// the scheme.
func parseNames(h *host.Host, v starlark.Value, secure bool) ([]string, error) {
	if v == starlark.None {
		return nil, nil
	}
	list, ok := v.(starlark.Indexable)
	if _, text := v.(starlark.String); !ok || text {
		return nil, py.TypeError.Errorf("names: want a list of strings such as 'www.python.org:443', not %s", py.TypeName(v))
	}
	var names []string
	for i := range list.Len() {
		text, ok := py.AsBytes(list.Index(i))
		if !ok {
			return nil, py.TypeError.Errorf("names: want strings such as 'www.python.org:443', not %s", py.TypeName(list.Index(i)))
		}
		name, port, err := net.SplitHostPort(text)
		if err != nil && !strings.Contains(text, ":") {
			name, port, err = text, "80", nil
			if secure {
				port = "443"
			}
		}
		n, perr := strconv.ParseUint(port, 10, 16)
		if err != nil || perr != nil || n == 0 || name == "" || strings.ContainsAny(name, " */") {
			return nil, py.ValueError.Errorf("names: want 'host:port', not %s", py.Quote(text))
		}
		if addr, ok := h.Names.Lookup(name, port); ok {
			return nil, py.ValueError.Errorf("names: %s already leads to %s", text, addr)
		}
		names = append(names, net.JoinHostPort(name, port))
	}
	return names, nil
}

// newRaw is raw(data).
func newRaw(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var data py.ByteStr
	if err := py.UnpackArgs(b.Name(), args, kwargs, "data", &data); err != nil {
		return nil, err
	}
	return newFault("raw", nil, raw(data))
}

// newDelay is delay(seconds, response).
func newDelay(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var seconds py.Number
	var response starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "seconds", &seconds, "response", &response); err != nil {
		return nil, err
	}
	wait, err := parseSeconds("delay", seconds)
	if err != nil {
		return nil, err
	}
	inner, err := parseAnswer(response)
	if err != nil {
		return nil, within("delay", err)
	}
	return newFault("delay", response, &delayed{wait, inner})
}

// newDrip is drip(response, n=1, seconds=0).
func newDrip(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var response starlark.Value
	n, seconds := 1, py.Number(0)
	if err := py.UnpackArgs(b.Name(), args, kwargs, "response", &response, "n?", &n, "seconds?", &seconds); err != nil {
		return nil, err
	}
	if n < 1 {
		return nil, py.ValueError.Errorf("drip: want at least one byte at a time, not %d", n)
	}
	wait, err := parseSeconds("drip", seconds)
	if err != nil {
		return nil, err
	}
	inner, err := parseAnswer(response)
	if err != nil {
		return nil, within("drip", err)
	}
	return newFault("drip", response, &dripping{inner, n, wait})
}

// newReset is reset(after="", response=None): the bytes after, or that many of a
// response's, and then a reset.
func newReset(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var after, response starlark.Value = starlark.String(""), starlark.None
	if err := py.UnpackArgs(b.Name(), args, kwargs, "after?", &after, "response?", &response); err != nil {
		return nil, err
	}
	if text, ok := py.AsBytes(after); ok {
		if response != starlark.None && text != "" {
			return nil, py.TypeError.Errorf("reset: want after as a number of bytes of the response, not %s", py.TypeName(after))
		}
		if response == starlark.None {
			return newFault("reset", nil, &resetting{raw(text), -1})
		}
		after = starlark.MakeInt(0)
	}
	count, isInt := after.(starlark.Int)
	if !isInt {
		return nil, py.TypeError.Errorf("reset: want after as a string or a number of bytes, not %s", py.TypeName(after))
	}
	n, ok := count.Int64()
	if !ok || n < 0 {
		return nil, py.ValueError.Errorf("reset: want after as a number of bytes, not %s", count)
	}
	if response == starlark.None {
		response = starlark.String("")
	}
	inner, err := parseAnswer(response)
	if err != nil {
		return nil, within("reset", err)
	}
	return newFault("reset", response, &resetting{inner, n})
}
