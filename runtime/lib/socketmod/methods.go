package socketmod

import (
	"net"
	"strings"
	"syscall"
	"time"

	"go.starlark.net/starlark"

	"starwire/runtime/lazy"
	"starwire/runtime/py"
)

// methods are the script's, with CPython's parameters and error texts.
func methods() map[string]*starlark.Builtin {
	return methodsTable.Get(func() map[string]*starlark.Builtin {
		return map[string]*starlark.Builtin{
			"bind":        starlark.NewBuiltin("bind", socketBind),
			"close":       starlark.NewBuiltin("close", socketClose),
			"connect":     starlark.NewBuiltin("connect", socketConnect),
			"connect_ex":  starlark.NewBuiltin("connect_ex", socketConnectEx),
			"fileno":      starlark.NewBuiltin("fileno", socketFileno),
			"getpeername": starlark.NewBuiltin("getpeername", socketGetPeerName),
			"getsockname": starlark.NewBuiltin("getsockname", socketGetSockName),
			"getsockopt":  starlark.NewBuiltin("getsockopt", socketGetSockOpt),
			"gettimeout":  starlark.NewBuiltin("gettimeout", socketGetTimeout),
			"makefile":    starlark.NewBuiltin("makefile", socketMakeFile),
			"recv":        starlark.NewBuiltin("recv", socketRecv),
			"send":        starlark.NewBuiltin("send", socketSend),
			"sendall":     starlark.NewBuiltin("sendall", socketSendAll),
			"setblocking": starlark.NewBuiltin("setblocking", socketSetBlocking),
			"setsockopt":  starlark.NewBuiltin("setsockopt", socketSetSockOpt),
			"settimeout":  starlark.NewBuiltin("settimeout", socketSetTimeout),
			"shutdown":    starlark.NewBuiltin("shutdown", socketShutdown),
		}
	})
}

var methodsTable lazy.Value[map[string]*starlark.Builtin]

// unhashable is the TypeError of a value that cannot be a key.
func unhashable(typeName string) error { return py.TypeError.Errorf("unhashable type: %s", typeName) }

// usable returns why a script's call must fail before it does anything.
func (s *Socket) usable(thread *starlark.Thread, verb string) error {
	if s.frozen {
		return s.frozenError(verb)
	}
	if s.waiting {
		return s.waitingError(verb)
	}
	s.Use(thread)
	if s.done.Load() {
		return Errno(errBadFile, nil)
	}
	return nil
}

// Check tells the socket who uses it, as Use does, and returns why a script
// cannot read from it: frozen, closed (EBADF), or not connected (ENOTCONN).
func (s *Socket) Check(thread *starlark.Thread) error { return s.connected(thread, "read from") }

// connected is usable, and ENOTCONN for a socket without a connection.
func (s *Socket) connected(thread *starlark.Thread, verb string) error {
	if err := s.usable(thread, verb); err != nil {
		return err
	}
	return s.ready(verb)
}

// one unpacks the single argument of a method.
func one(b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(kwargs) > 0 {
		return nil, py.TypeError.Errorf("%s() takes no keyword arguments", b.Name())
	}
	if len(args) != 1 {
		return nil, py.TypeError.Errorf("%s() takes exactly one argument (%d given)", b.Name(), len(args))
	}
	return args[0], nil
}

// none refuses arguments.
func none(b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) error {
	if len(args)+len(kwargs) > 0 {
		return py.TypeError.Errorf("%s() takes no arguments (%d given)", b.Name(), len(args)+len(kwargs))
	}
	return nil
}

// field returns the attributes that are no methods.
func (s *Socket) field(name string) (starlark.Value, error) {
	switch name {
	case "family":
		family := s.family
		if s.link != nil && !s.isUnix() {
			family = syscall.AF_INET
			if a, ok := s.link.LocalAddr().(*net.TCPAddr); ok && a.IP.To4() == nil {
				family = syscall.AF_INET6
			}
		}
		return starlark.MakeInt(family), nil
	case "type":
		return starlark.MakeInt(syscall.SOCK_STREAM), nil
	case "proto":
		return starlark.MakeInt(s.proto), nil
	}
	return nil, nil
}

func socketClose(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	s := b.Receiver().(*Socket)
	if err := none(b, args, kwargs); err != nil {
		return nil, err
	}
	if s.frozen {
		return nil, s.frozenError("close")
	}
	s.shut()
	return starlark.None, nil
}

func socketBind(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	s := b.Receiver().(*Socket)
	v, err := one(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	if err := s.usable(thread, "bind"); err != nil {
		return nil, err
	}
	if s.isUnix() {
		return nil, Errno(errInvalid, nil) // a name of its own serves nobody but servers
	}
	addr, err := parseLocal(v)
	if err != nil {
		return nil, err
	}
	if s.link != nil || s.bind != nil {
		return nil, Errno(errInvalid, nil)
	}
	s.bind = addr
	return starlark.None, nil
}

// ConnectTo is the method connect: it opens the connection of a socket that has
// none. address is Python's (host, port), or the path of an AF_UNIX socket.
func (s *Socket) ConnectTo(thread *starlark.Thread, address starlark.Value) error {
	if err := s.usable(thread, "connect"); err != nil {
		return err
	}
	if s.isUnix() {
		return s.connectUnix(address)
	}
	name, port, err := parseAddr(address)
	if err != nil {
		return err
	}
	if s.link != nil {
		return Errno(errIsConnected, nil)
	}
	if name == "" {
		name = "localhost" // INADDR_ANY reaches this machine
	}
	conn, err := dial(s.host, "", name, starlark.MakeInt(port), s.timeout, s.bind, time.Time{}, nil)
	if err != nil {
		return err
	}
	return s.attach(conn)
}

func socketConnect(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	address, err := one(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	if err := b.Receiver().(*Socket).ConnectTo(thread, address); err != nil {
		return nil, err
	}
	return starlark.None, nil
}

// socketConnectEx returns the errno in place of the exception.
func socketConnectEx(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	address, err := one(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	err = b.Receiver().(*Socket).ConnectTo(thread, address)
	if e, ok := err.(*py.Exception); ok && e.Class() == ErrorClass && e.Fields["errno"] != starlark.None {
		return e.Fields["errno"], nil
	}
	if e, ok := err.(*py.Exception); ok && e.Class() == TimeoutClass {
		number, _ := errnoOf(errWouldBlock)
		return starlark.MakeInt(number), nil
	}
	if err != nil {
		return nil, err
	}
	return starlark.MakeInt(0), nil
}

func socketFileno(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	s := b.Receiver().(*Socket)
	if err := none(b, args, kwargs); err != nil {
		return nil, err
	}
	if s.done.Load() {
		return nil, Errno(errBadFile, nil)
	}
	n, err := s.Fileno()
	if err != nil {
		return nil, err
	}
	return starlark.MakeInt(n), nil
}

// Fileno returns the number of the connection's descriptor, which stays the
// socket's; EBADF if it is closed or has none.
func (s *Socket) Fileno() (int, error) {
	if s.link == nil || s.link.raw == nil {
		return -1, Errno(errBadFile, nil)
	}
	// The way to the poller would change the number.
	if _, err := s.link.tcp(); err != nil {
		return -1, s.fail(err, false)
	}
	n := -1
	if err := s.link.raw.Control(func(fd uintptr) { n = int(fd) }); err != nil {
		return -1, Errno(errBadFile, err)
	}
	return n, nil
}

func socketGetPeerName(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	s := b.Receiver().(*Socket)
	if err := none(b, args, kwargs); err != nil {
		return nil, err
	}
	if err := s.connected(thread, "read from"); err != nil {
		return nil, err
	}
	return addrTuple(s.link.RemoteAddr()), nil
}

func socketGetSockName(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	s := b.Receiver().(*Socket)
	if err := none(b, args, kwargs); err != nil {
		return nil, err
	}
	if err := s.usable(thread, "read from"); err != nil {
		return nil, err
	}
	switch {
	case s.link != nil:
		return addrTuple(s.link.LocalAddr()), nil
	case s.bind != nil:
		return starlark.Tuple{starlark.String(s.bind.host), starlark.MakeInt(s.bind.port)}, nil
	case s.isUnix():
		return starlark.String(""), nil
	case s.family == syscall.AF_INET6:
		return addrTuple(&net.TCPAddr{IP: net.IPv6unspecified}), nil
	}
	return addrTuple(&net.TCPAddr{IP: net.IPv4zero}), nil
}

// addrTuple returns an address as Python shows it: (host, port), for IPv6
// (host, port, flow label, scope); for AF_UNIX the path.
func addrTuple(a net.Addr) starlark.Value {
	if unix, ok := a.(*net.UnixAddr); ok && (unix == nil || unix.Name == "@") {
		return starlark.String("") // it has no name
	}
	tcp, ok := a.(*net.TCPAddr)
	if !ok {
		return starlark.String(a.String())
	}
	t := starlark.Tuple{starlark.String(tcp.IP.String()), starlark.MakeInt(tcp.Port)}
	if tcp.IP.To4() == nil {
		scope := 0
		if tcp.Zone != "" {
			n, _ := py.Int10(tcp.Zone)
			scope = int(n)
			if i, err := net.InterfaceByName(tcp.Zone); err == nil {
				scope = i.Index
			}
		}
		t = append(t, starlark.MakeInt(0), starlark.MakeInt(scope))
	}
	return t
}

func socketGetTimeout(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	s := b.Receiver().(*Socket)
	if err := none(b, args, kwargs); err != nil {
		return nil, err
	}
	if s.done.Load() {
		return nil, Errno(errBadFile, nil)
	}
	return s.timeout.Value(), nil
}

func socketSetTimeout(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	s := b.Receiver().(*Socket)
	v, err := one(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	if err := s.usable(thread, "change"); err != nil {
		return nil, err
	}
	t, err := ParseTimeout(v)
	if err == nil && t.IsDefault() {
		err = py.TypeError.Errorf("a float is required")
	}
	if err != nil {
		return nil, err
	}
	s.SetTimeout(t)
	return starlark.None, nil
}

// socketSetBlocking is setblocking(flag): settimeout(None) or settimeout(0).
func socketSetBlocking(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	s := b.Receiver().(*Socket)
	v, err := one(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	if err := s.usable(thread, "change"); err != nil {
		return nil, err
	}
	n, err := integer(v)
	if err != nil {
		return nil, err
	}
	s.SetTimeout(Seconds(0))
	if n.Sign() != 0 {
		s.SetTimeout(NoTimeout)
	}
	return starlark.None, nil
}

func socketShutdown(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	s := b.Receiver().(*Socket)
	v, err := one(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	n, err := integer(v)
	if err != nil {
		return nil, err
	}
	if err := s.connected(thread, "close"); err != nil {
		return nil, err
	}
	how, ok := n.Int64()
	if !ok || how < 0 || how > 2 {
		return nil, Errno(errInvalid, nil)
	}
	half, ok := s.link.Conn.(interface {
		CloseRead() error
		CloseWrite() error
	})
	if !ok {
		return nil, Errno(errInvalid, nil)
	}
	if how != 1 {
		err = half.CloseRead()
	}
	if how != 0 && err == nil {
		err = half.CloseWrite()
	}
	if err != nil {
		return nil, s.fail(err, false)
	}
	return starlark.None, nil
}

// payload reads the data argument of send and sendall.
func payload(b *starlark.Builtin, v starlark.Value) (string, error) {
	if err := py.AsASCII(v); err != nil {
		return "", err
	}
	data, ok := py.AsBytes(v)
	if !ok {
		name := py.TypeName(v)
		if v == starlark.None {
			name = "None"
		}
		return "", py.TypeError.Errorf("%s() argument 1 must be string or buffer, not %s", b.Name(), name)
	}
	return data, nil
}

// flags reads the optional flags argument of recv, send and sendall.
func (s *Socket) flags(b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple, most int) (int, error) {
	switch {
	case len(kwargs) > 0:
		return 0, py.TypeError.Errorf("%s() takes no keyword arguments", b.Name())
	case len(args) == 0:
		return 0, py.TypeError.Errorf("%s() takes at least 1 argument (0 given)", b.Name())
	case len(args) > most:
		return 0, py.TypeError.Errorf("%s() takes at most %d arguments (%d given)", b.Name(), most, len(args))
	case len(args) == 1:
		return 0, nil
	}
	n, err := smallInts(args[1:])
	if err != nil {
		return 0, err
	}
	if n[0] != 0 && s.layer.Flags != nil {
		return 0, s.layer.Flags(strings.TrimSpace(b.Name()))
	}
	return n[0], nil
}
