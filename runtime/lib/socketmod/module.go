package socketmod

import (
	"encoding/binary"
	"math"
	"net/netip"
	"syscall"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starwire/runtime/host"
	"starwire/runtime/lazy"
	"starwire/runtime/py"
)

var module lazy.Module

// Module returns the module socket, made on first use. It is immutable; every run may share it.
func Module() *starlarkstruct.Module { return module.Get("socket", members) }

func members() starlark.StringDict {
	m := starlark.StringDict{
		"error":    ErrorClass,
		"timeout":  TimeoutClass,
		"gaierror": GAIError,
		"herror":   HError,
		"sslerror": SSLError,

		"_GLOBAL_DEFAULT_TIMEOUT": globalDefault,
		"has_ipv6":                starlark.True,
	}
	for name, n := range map[string]int64{
		"AF_UNSPEC": syscall.AF_UNSPEC, "AF_INET": syscall.AF_INET, "AF_INET6": syscall.AF_INET6,
		"SOCK_STREAM": syscall.SOCK_STREAM, "SOCK_DGRAM": syscall.SOCK_DGRAM,
		"SHUT_RD": 0, "SHUT_WR": 1, "SHUT_RDWR": 2,
		"SOL_SOCKET": syscall.SOL_SOCKET, "SOL_TCP": syscall.IPPROTO_TCP,
		"SO_KEEPALIVE": syscall.SO_KEEPALIVE, "SO_REUSEADDR": syscall.SO_REUSEADDR,
		"SO_RCVBUF": syscall.SO_RCVBUF, "SO_SNDBUF": syscall.SO_SNDBUF, "SO_LINGER": syscall.SO_LINGER,
		"SO_BROADCAST": syscall.SO_BROADCAST,
		"IPPROTO_IP":   syscall.IPPROTO_IP, "IPPROTO_IPV6": syscall.IPPROTO_IPV6,
		"IPPROTO_TCP": syscall.IPPROTO_TCP, "IPPROTO_UDP": syscall.IPPROTO_UDP,
		"TCP_NODELAY": syscall.TCP_NODELAY,
		"EAI_NONAME":  eaiNoName, "EAI_AGAIN": eaiAgain, "EAI_SERVICE": eaiService,
		"INADDR_ANY": 0, "INADDR_BROADCAST": math.MaxUint32, "INADDR_LOOPBACK": 0x7f000001, "INADDR_NONE": math.MaxUint32,
	} {
		m[name] = starlark.MakeInt64(n)
	}
	for name, n := range platformConstants {
		m[name] = starlark.MakeInt(n)
	}
	for name, fn := range map[string]builtin{
		"create_connection": createConnection,
		"getdefaulttimeout": getDefaultTimeout,
		"setdefaulttimeout": setDefaultTimeout,
		"socket":            newSocket,
		"inet_aton":         inetAton,
		"inet_ntoa":         inetNtoa,
		"inet_pton":         inetPton,
		"inet_ntop":         inetNtop,
		"htons":             swap16,
		"ntohs":             swap16,
		"htonl":             swap32,
		"ntohl":             swap32,
	} {
		m[name] = starlark.NewBuiltin(name, fn)
	}
	return m
}

type builtin = func(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error)

// createConnection is socket.create_connection(address[, timeout[, source_address]]).
func createConnection(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var address starlark.Value
	timeout, source := globalDefault, starlark.Value(starlark.None)
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "address", &address, "timeout?", &timeout, "source_address?", &source); err != nil {
		return nil, err
	}
	t, err := ParseTimeout(timeout)
	if err != nil {
		return nil, err
	}
	s, err := ConnectAddress(thread, address, t, source)
	if err != nil {
		return nil, err
	}
	return s, nil
}

// getDefaultTimeout is socket.getdefaulttimeout().
func getDefaultTimeout(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := starlark.UnpackArgs(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	return defaults(thread).get().Value(), nil
}

// setDefaultTimeout is socket.setdefaulttimeout(timeout), for this run.
func setDefaultTimeout(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var v starlark.Value
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 1, &v); err != nil {
		return nil, err
	}
	t, err := ParseTimeout(v)
	if err == nil && t.IsDefault() {
		err = py.TypeError.Errorf("a float is required")
	}
	if err != nil {
		return nil, err
	}
	defaults(thread).set(t)
	return starlark.None, nil
}

// newSocket is socket.socket([family[, type[, proto]]]): a stream socket, of TCP
// or of the system's own (AF_UNIX), that connect will connect.
func newSocket(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	family, kind, proto := syscall.AF_INET, syscall.SOCK_STREAM, 0
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "family?", &family, "type?", &kind, "proto?", &proto); err != nil {
		return nil, err
	}
	unix, hasUnix := platformConstants["AF_UNIX"]
	switch {
	case hasUnix && family == unix && proto != 0:
		return nil, Errno(errNoProtocol, nil)
	case family != syscall.AF_INET && family != syscall.AF_INET6 && !(hasUnix && family == unix):
		return nil, Errno(errNoFamily, nil)
	case kind != syscall.SOCK_STREAM:
		return nil, Errno(errInvalid, nil)
	case proto != 0 && proto != syscall.IPPROTO_TCP:
		return nil, Errno(errNoProtocol, nil)
	}
	return &Socket{
		typeName: "socket", host: host.From(thread), family: family, proto: proto,
		timeout: defaults(thread).get(),
	}, nil
}

// inetAton is socket.inet_aton("127.0.0.1"): four bytes.
func inetAton(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var s string
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 1, &s); err != nil {
		return nil, err
	}
	a, err := netip.ParseAddr(s)
	if err != nil || !a.Is4() {
		return nil, ErrorClass.Errorf("illegal IP address string passed to inet_aton")
	}
	return starlark.String(a.AsSlice()), nil
}

// inetNtoa is socket.inet_ntoa(four bytes).
func inetNtoa(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	packed, err := packedArgument(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	if len(packed) != 4 {
		return nil, ErrorClass.Errorf("packed IP wrong length for inet_ntoa")
	}
	return starlark.String(netip.AddrFrom4([4]byte([]byte(packed))).String()), nil
}

func packedArgument(b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (string, error) {
	var v starlark.Value
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 1, &v); err != nil {
		return "", err
	}
	packed, ok := py.AsBytes(v)
	if !ok {
		return "", py.TypeError.Errorf("%s() argument 1 must be string or read-only buffer, not %s", b.Name(), py.TypeName(v))
	}
	return packed, nil
}

// inetPton is socket.inet_pton(family, text).
func inetPton(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var family int
	var s string
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 2, &family, &s); err != nil {
		return nil, err
	}
	if family != syscall.AF_INET && family != syscall.AF_INET6 {
		return nil, Errno(errNoFamily, nil)
	}
	a, err := netip.ParseAddr(s)
	if err != nil || a.Zone() != "" || a.Is4() != (family == syscall.AF_INET) {
		return nil, ErrorClass.Errorf("illegal IP address string passed to inet_pton")
	}
	return starlark.String(a.AsSlice()), nil
}

// inetNtop is socket.inet_ntop(family, packed).
func inetNtop(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var family int
	var v starlark.Value
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 2, &family, &v); err != nil {
		return nil, err
	}
	packed, _ := py.AsBytes(v)
	a, ok := netip.AddrFromSlice([]byte(packed))
	switch {
	case family != syscall.AF_INET && family != syscall.AF_INET6:
		return nil, py.ValueError.Errorf("unknown address family %d", family)
	case !ok || a.Is4() != (family == syscall.AF_INET):
		return nil, py.ValueError.Errorf("invalid length of packed IP address string")
	}
	return starlark.String(a.String()), nil
}

// swap16 is htons and ntohs.
func swap16(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	n, err := unsigned(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	return starlark.MakeInt(int(binary.NativeEndian.Uint16(binary.BigEndian.AppendUint16(nil, uint16(n))))), nil
}

// swap32 is htonl and ntohl.
func swap32(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	n, err := unsigned(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	return starlark.MakeUint(uint(binary.NativeEndian.Uint32(binary.BigEndian.AppendUint32(nil, uint32(n))))), nil
}

func unsigned(b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (uint64, error) {
	var v starlark.Value
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 1, &v); err != nil {
		return 0, err
	}
	i, err := integer(v)
	if err != nil {
		return 0, err
	}
	n, ok := i.Uint64()
	if !ok {
		return 0, py.OverflowError.Errorf("can't convert negative number to unsigned long")
	}
	return n, nil
}
