package socketmod

import (
	"strings"
	"time"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/py"
)

// maxUnixPath is the shortest path that sun_path has no room for, on Linux: other
// systems have less, and say so themselves.
const maxUnixPath = 108

// isUnix reports whether the socket is one of AF_UNIX.
func (s *Socket) isUnix() bool {
	unix, ok := platformConstants["AF_UNIX"]
	return ok && s.family == unix
}

// connectUnix is the method connect of an AF_UNIX socket. Linux's abstract names,
// which begin with a zero byte, are not supported: no path grants them.
//
// Modules/socketmodule.c, getsockaddrarg.
func (s *Socket) connectUnix(address starlark.Value) error {
	path, ok := py.AsBytes(address)
	switch {
	case !ok:
		return py.TypeError.Errorf("argument must be string or read-only character buffer, not %s", py.TypeName(address))
	case len(path) >= maxUnixPath:
		return ErrorClass.New(nil, starlark.String("AF_UNIX path too long"))
	case path == "" || strings.IndexByte(path, 0) >= 0:
		return Errno(errInvalid, nil)
	case s.link != nil:
		return Errno(errIsConnected, nil)
	}
	if s.host.Context().Err() != nil {
		return contextCause(s.host)
	}
	conn, err := dialRequest(s.host, host.DialRequest{Path: path}, s.timeout, time.Time{})
	if err != nil {
		return err
	}
	return s.attach(conn)
}
