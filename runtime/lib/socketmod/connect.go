package socketmod

import (
	"context"
	"errors"
	"net"
	"strconv"
	"strings"
	"time"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/py"
)

// Connect is socket.create_connection: it resolves host, tries its addresses in
// order through the run's Host, each within timeout, and returns the last
// one's error. port is a number, a service's name or None; source is None or
// the (host, port) to bind.
//
// Errors are exceptions (refused: socket.error(111, 'Connection refused'); no
// such name: gaierror; too slow: timeout), *host.PermissionError, a used-up
// limit, or the cause of the run's end.
//
// Lib/socket.py, create_connection; Modules/socketmodule.c.
func Connect(thread *starlark.Thread, hostname string, port starlark.Value, timeout Timeout, source starlark.Value) (*Socket, error) {
	return ConnectBefore(time.Time{}, "", thread, hostname, port, timeout, source)
}

// ConnectBefore is Connect within a total time, for names and all addresses
// together: at expires it is over, which is a timeout, and so it is for every
// later operation of the Socket. See [Socket.Expire]. scheme is what the caller
// will speak, as in host.DialRequest.
func ConnectBefore(expires time.Time, scheme string, thread *starlark.Thread, hostname string, port starlark.Value, timeout Timeout, source starlark.Value) (*Socket, error) {
	var bind *localAddr
	if source != nil && bool(source.Truth()) {
		var err error
		if bind, err = parseLocal(source); err != nil {
			return nil, err
		}
	}
	timeout = timeout.Resolve(thread)
	var trace host.DialTrace
	conn, err := dial(host.From(thread), scheme, hostname, port, timeout, bind, expires, &trace)
	if err != nil {
		return nil, err
	}
	s, err := NewSocket(host.From(thread), conn, timeout)
	if err != nil {
		return nil, err
	}
	s.resolving = trace.Resolve
	s.Expire(expires)
	return s, nil
}

// ConnectAddress is Connect for an address as scripts give it: a pair of host
// and port.
func ConnectAddress(thread *starlark.Thread, address starlark.Value, timeout Timeout, source starlark.Value) (*Socket, error) {
	host, port, err := unpackPair(address)
	if err != nil {
		return nil, err
	}
	name, ok := py.AsBytes(host)
	switch {
	case host == starlark.None:
		name = "localhost" // getaddrinfo's None is this machine
	case !ok:
		return nil, py.TypeError.Errorf("getaddrinfo() argument 1 must be string or None")
	}
	return Connect(thread, name, port, timeout, source)
}

// unpackPair is Python's host, port = address.
func unpackPair(v starlark.Value) (first, second starlark.Value, err error) {
	var items []starlark.Value
	if s, ok := py.AsBytes(v); ok {
		for i := range min(len(s), 3) {
			items = append(items, starlark.String(s[i:i+1]))
		}
	} else {
		seq, ok := v.(starlark.Iterable)
		if !ok {
			return nil, nil, py.NotIterable(v)
		}
		for item := range starlark.Elements(seq) {
			if items = append(items, item); len(items) > 2 {
				break
			}
		}
	}
	switch len(items) {
	case 0:
		return nil, nil, py.ValueError.Errorf("need more than 0 values to unpack")
	case 1:
		return nil, nil, py.ValueError.Errorf("need more than 1 value to unpack")
	case 2:
		return items[0], items[1], nil
	}
	return nil, nil, py.ValueError.Errorf("too many values to unpack")
}

// localAddr is an address to bind before connecting.
type localAddr struct {
	host string
	port int
}

// dial opens a connection, with Python's errors.
func dial(h *host.Host, scheme, hostname string, port starlark.Value, timeout Timeout, bind *localAddr, expires time.Time, trace *host.DialTrace) (net.Conn, error) {
	if err := h.Context().Err(); err != nil {
		return nil, contextCause(h)
	}
	service, err := parsePort(port)
	if err != nil {
		return nil, err
	}
	// getaddrinfo takes no brackets, and nothing for a name.
	if hostname == "" || strings.ContainsAny(hostname, "[]\x00") {
		return nil, gaiError(eaiNoName, nil)
	}
	d := host.DialRequest{Host: hostname, Port: service, Scheme: scheme, Trace: trace}
	if bind != nil {
		d.Bind, d.SourceHost, d.SourcePort = true, bind.host, bind.port
	}
	return dialRequest(h, d, timeout, expires)
}

// dialRequest asks the host for a connection, within timeout and before expires.
func dialRequest(h *host.Host, d host.DialRequest, timeout Timeout, expires time.Time) (net.Conn, error) {
	wait, limited := timeout.Duration()
	if limited && wait == 0 {
		// Python starts the connection and reports that it is under way; no
		// script can wait for the end of it, so there is nothing to start.
		return nil, Errno(errInProgress, nil)
	}
	if limited {
		d.Timeout = wait
	}
	ctx := h.Context()
	if !expires.IsZero() {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, expires)
		defer cancel()
	}
	paused := h.Pause()
	conn, err := h.Dial(ctx, d)
	h.Resume(paused)
	if err == nil {
		return conn, nil
	}
	if h.Context().Err() != nil {
		return nil, contextCause(h)
	}
	var refused *host.PermissionError
	if ctx.Err() != nil && !errors.As(err, &refused) {
		return nil, TimeoutClass.New(err, starlark.String("timed out"))
	}
	return nil, dialError(err)
}

// dialError maps what only dialling can report, then all the rest.
func dialError(err error) error {
	var dns *net.DNSError
	var addr *net.AddrError
	switch {
	case errors.As(err, &dns): // before its Timeout method is asked
	case errors.As(err, &addr) && strings.Contains(addr.Err, "port"):
		return gaiError(eaiService, err)
	case errors.As(err, &addr):
		return gaiError(eaiNoName, err)
	}
	return netError(err)
}

// parsePort returns the port as the dialler wants it: a number from 0 to 65535,
// or a name. A number beyond, which CPython reduces modulo 65536, is no service.
func parsePort(port starlark.Value) (string, error) {
	switch p := port.(type) {
	case starlark.Int:
		n, ok := p.Int64()
		if !ok || n < 0 || n > 65535 {
			return "", gaiError(eaiService, nil)
		}
		return strconv.FormatInt(n, 10), nil
	case starlark.Bool:
		if p {
			return "1", nil
		}
		return "0", nil
	case starlark.NoneType, nil:
		return "0", nil
	case starlark.String:
		return parseService(string(p))
	case starlark.Bytes:
		return parseService(string(p))
	}
	return "", ErrorClass.Errorf("getaddrinfo() argument 2 must be integer or string")
}

func parseService(name string) (string, error) {
	if name == "" {
		return "0", nil
	}
	if strings.ContainsAny(name, ":[]\x00") {
		return "", gaiError(eaiService, nil)
	}
	if n, ok := py.Int10(name); ok && (n < 0 || n > 65535) {
		return "", gaiError(eaiService, nil)
	}
	return name, nil
}

// parseLocal reads a local (host, port), with getsockaddrarg's errors.
func parseLocal(v starlark.Value) (*localAddr, error) {
	name, port, err := parseAddr(v)
	if err != nil {
		return nil, err
	}
	return &localAddr{host: name, port: port}, nil
}

// parseAddr reads an address as bind and connect take it.
// Modules/socketmodule.c, getsockaddrarg.
func parseAddr(v starlark.Value) (string, int, error) {
	t, ok := v.(starlark.Tuple)
	if !ok {
		return "", 0, py.TypeError.Errorf("getsockaddrarg: AF_INET address must be tuple, not %s", py.TypeName(v))
	}
	if len(t) != 2 && len(t) != 4 { // four for IPv6
		return "", 0, py.TypeError.Errorf("getsockaddrarg() takes exactly 2 arguments (%d given)", len(t))
	}
	name, ok := py.AsBytes(t[0])
	if !ok {
		return "", 0, py.TypeError.Errorf("coercing to Unicode: need string or buffer, %s found", py.TypeName(t[0]))
	}
	port, err := integer(t[1])
	if err != nil {
		return "", 0, err
	}
	n, ok := port.Int64()
	if !ok || n < 0 || n > 65535 {
		return "", 0, py.OverflowError.Errorf("getsockaddrarg: port must be 0-65535.")
	}
	return name, int(n), nil
}

// integer reads a C int argument with PyArg_ParseTuple's errors.
func integer(v starlark.Value) (starlark.Int, error) {
	switch v := v.(type) {
	case starlark.Int:
		return v, nil
	case starlark.Bool:
		if v {
			return starlark.MakeInt(1), nil
		}
		return starlark.MakeInt(0), nil
	case starlark.Float:
		return starlark.Int{}, py.TypeError.Errorf("integer argument expected, got float")
	}
	return starlark.Int{}, py.TypeError.Errorf("an integer is required")
}
