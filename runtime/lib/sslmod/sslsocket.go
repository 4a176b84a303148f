package sslmod

import (
	"crypto/tls"
	"errors"

	"starwire/runtime/lib/socketmod"
	"starwire/runtime/py"
)

// An SSLSocket is a Socket over TLS. Everything of Socket works on it; what
// differs, and what TLS adds, is here. An end of the connection without
// close_notify makes Read fail with an SSLEOFError for which
// errors.Is(err, io.ErrUnexpectedEOF) holds; recv shows ” instead while
// suppress_ragged_eofs is on.
type SSLSocket struct {
	*socketmod.Socket
	context *SSLContext
	options wrapOptions
	tls     *tls.Conn // nil before connect and after unwrap
	shaking bool      // a handshake is under way
}

// Context returns the context that made the socket.
func (s *SSLSocket) Context() *SSLContext { return s.context }

// ConnectionState returns what the handshake agreed on; the zero value before it.
func (s *SSLSocket) ConnectionState() tls.ConnectionState {
	if s.tls == nil {
		return tls.ConnectionState{}
	}
	return s.tls.ConnectionState()
}

// atEnd reports the ends that scripts see as ”.
func (s *SSLSocket) atEnd(err error) bool {
	return s.options.suppressEOFs && errors.Is(err, errNoGoodbye)
}

// noFlags is the ValueError of recv, send and sendall with flags.
func (s *SSLSocket) noFlags(method string) error {
	return py.ValueError.Errorf("non-zero flags not allowed in calls to %s() on <class 'ssl.SSLSocket'>", method)
}
