package sslmod

import (
	"crypto/tls"
	"errors"
	"io"
	"sort"

	"go.starlark.net/starlark"

	"starwire/runtime/lazy"
	"starwire/runtime/lib/socketmod"
	"starwire/runtime/py"
)

// An SSLSocket is a Socket over TLS. Everything of Socket works on it; what
// differs, and what TLS adds, is here. An end of the connection without
// close_notify makes Read fail with an SSLEOFError for which
// errors.Is(err, io.ErrUnexpectedEOF) holds; recv shows ” instead while
// suppress_ragged_eofs is on and no record was cut.
type SSLSocket struct {
	*socketmod.Socket
	context *SSLContext
	options wrapOptions
	tls     *tls.Conn // nil before connect and after unwrap
	shaking bool      // a handshake is under way
	legacy  legacyArguments
}

// legacyArguments are what ssl.wrap_socket was called with, for attributes of
// the same names; nil: the context's wrap_socket was called.
type legacyArguments map[string]starlark.Value

var _ starlark.HasAttrs = (*SSLSocket)(nil)

// String returns <ssl.SSLSocket object>.
func (s *SSLSocket) String() string { return "<ssl.SSLSocket object>" }

// Type returns the name of Python's class.
func (s *SSLSocket) Type() string { return "SSLSocket" }

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

// sslMethods are SSLSocket's own; the rest are Socket's.
func sslMethods() map[string]*starlark.Builtin {
	return sslMethodsTable.Get(func() map[string]*starlark.Builtin {
		return map[string]*starlark.Builtin{
			"cipher":                 starlark.NewBuiltin("cipher", sslCipher),
			"compression":            starlark.NewBuiltin("compression", sslNothing),
			"connect":                starlark.NewBuiltin("connect", sslConnect),
			"do_handshake":           starlark.NewBuiltin("do_handshake", sslDoHandshake),
			"get_channel_binding":    starlark.NewBuiltin("get_channel_binding", sslGetChannelBinding),
			"getpeercert":            starlark.NewBuiltin("getpeercert", sslGetPeerCert),
			"pending":                starlark.NewBuiltin("pending", sslPending),
			"read":                   starlark.NewBuiltin("read", sslRead),
			"recv":                   starlark.NewBuiltin("recv", sslRecv),
			"selected_alpn_protocol": starlark.NewBuiltin("selected_alpn_protocol", sslSelectedALPNProtocol),
			"selected_npn_protocol":  starlark.NewBuiltin("selected_npn_protocol", sslNothing),
			"unwrap":                 starlark.NewBuiltin("unwrap", sslUnwrap),
			"version":                starlark.NewBuiltin("version", sslVersion),
			"write":                  starlark.NewBuiltin("write", sslWrite),
		}
	})
}

var sslMethodsTable lazy.Value[map[string]*starlark.Builtin]

// legacyNames are attributes that hold wrap_socket's arguments.
var legacyNames = []string{"ca_certs", "cert_reqs", "certfile", "ciphers", "keyfile", "ssl_version"}

// Attr returns a method, or what the socket was made with.
func (s *SSLSocket) Attr(name string) (starlark.Value, error) {
	if m, ok := sslMethods()[name]; ok {
		return m.BindReceiver(s), nil
	}
	switch name {
	case "context":
		return s.context, nil
	case "do_handshake_on_connect":
		return starlark.Bool(s.options.handshake), nil
	case "server_hostname":
		return s.options.hostname, nil
	case "server_side":
		return starlark.Bool(s.options.serverSide), nil
	case "suppress_ragged_eofs":
		return starlark.Bool(s.options.suppressEOFs), nil
	case "connect_ex":
		return nil, nil // a handshake has no errno
	}
	if v, ok := s.legacy[name]; ok {
		return v, nil
	}
	return s.Socket.Attr(name)
}

// AttrNames lists what Attr knows.
func (s *SSLSocket) AttrNames() []string {
	names := []string{"context", "do_handshake_on_connect", "server_hostname", "server_side", "suppress_ragged_eofs"}
	if s.legacy != nil {
		names = append(names, legacyNames...)
	}
	for name := range sslMethods() {
		names = append(names, name)
	}
	for _, name := range s.Socket.AttrNames() {
		if _, own := sslMethods()[name]; !own && name != "connect_ex" {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	return names
}

// none refuses arguments.
func none(b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) error {
	return py.UnpackArgs(b.Name(), args, kwargs)
}

// sslNothing is compression() and selected_npn_protocol(): there is neither.
func sslNothing(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := none(b, args, kwargs); err != nil {
		return nil, err
	}
	return starlark.None, nil
}

func sslCipher(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	s := b.Receiver().(*SSLSocket)
	if err := none(b, args, kwargs); err != nil {
		return nil, err
	}
	state := s.ConnectionState()
	if !state.HandshakeComplete {
		return starlark.None, nil
	}
	return cipherTuple(state.CipherSuite), nil
}

func sslVersion(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	s := b.Receiver().(*SSLSocket)
	if err := none(b, args, kwargs); err != nil {
		return nil, err
	}
	switch s.ConnectionState().Version {
	case tls.VersionTLS12:
		return starlark.String("TLSv1.2"), nil
	case tls.VersionTLS13:
		return starlark.String("TLSv1.3"), nil
	}
	return starlark.None, nil
}

func sslSelectedALPNProtocol(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	s := b.Receiver().(*SSLSocket)
	if err := none(b, args, kwargs); err != nil {
		return nil, err
	}
	if p := s.ConnectionState().NegotiatedProtocol; p != "" {
		return starlark.String(p), nil
	}
	return starlark.None, nil
}

// sslGetPeerCert is getpeercert([binary_form]): None without a certificate, an
// empty dict for one that was not verified.
func sslGetPeerCert(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	s := b.Receiver().(*SSLSocket)
	binary := starlark.Value(starlark.False)
	if err := py.UnpackArgs(b.Name(), args, kwargs, "binary_form?", &binary); err != nil {
		return nil, err
	}
	if err := s.Check(thread); err != nil {
		return nil, err
	}
	state := s.ConnectionState()
	switch {
	case s.tls != nil && !state.HandshakeComplete:
		return nil, py.ValueError.Errorf("handshake not done yet")
	case len(state.PeerCertificates) == 0:
		return starlark.None, nil
	case bool(binary.Truth()):
		return starlark.String(state.PeerCertificates[0].Raw), nil
	case s.context.verifyMode == certNone:
		return new(starlark.Dict), nil
	}
	return certificateDict(state.PeerCertificates[0]), nil
}

func sslGetChannelBinding(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	s := b.Receiver().(*SSLSocket)
	kind := "tls-unique"
	if err := py.UnpackArgs(b.Name(), args, kwargs, "cb_type?", &kind); err != nil {
		return nil, err
	}
	if kind != "tls-unique" {
		return nil, py.ValueError.Errorf("Unsupported channel binding type")
	}
	if unique := s.ConnectionState().TLSUnique; len(unique) > 0 {
		return starlark.String(unique), nil
	}
	return starlark.None, nil
}

// sslPending is pending(): whether a byte can be read without waiting. crypto/tls
// does not say how many there are.
func sslPending(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	s := b.Receiver().(*SSLSocket)
	if err := none(b, args, kwargs); err != nil {
		return nil, err
	}
	if s.tls == nil || !s.ConnectionState().HandshakeComplete || s.Check(thread) != nil {
		return starlark.MakeInt(0), nil
	}
	if data, _ := s.Idle(); data {
		return starlark.MakeInt(1), nil
	}
	return starlark.MakeInt(0), nil
}

// sslRead is read([len]); sslRecv is recv([buflen[, flags]]).
func sslRead(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	s := b.Receiver().(*SSLSocket)
	size := starlark.MakeInt(1024)
	if err := py.UnpackArgs(b.Name(), args, kwargs, "len?", &size); err != nil {
		return nil, err
	}
	if s.tls == nil || s.Closed() {
		return nil, py.ValueError.Errorf("Read on closed or unwrapped SSL socket.")
	}
	return s.Recv(thread, size, 0)
}

func sslRecv(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	s := b.Receiver().(*SSLSocket)
	size, flags := starlark.MakeInt(1024), 0
	if err := py.UnpackArgs(b.Name(), args, kwargs, "buflen?", &size, "flags?", &flags); err != nil {
		return nil, err
	}
	if flags != 0 && s.tls != nil {
		return nil, s.noFlags(b.Name())
	}
	return s.Recv(thread, size, flags)
}

// sslWrite is write(data): all of it.
func sslWrite(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	s := b.Receiver().(*SSLSocket)
	var data py.ByteStr
	if err := py.UnpackArgs(b.Name(), args, kwargs, "data", &data); err != nil {
		return nil, err
	}
	if s.tls == nil || s.Closed() {
		return nil, py.ValueError.Errorf("Write on closed or unwrapped SSL socket.")
	}
	s.Use(thread)
	n, err := s.Write([]byte(data))
	if err != nil {
		return nil, err
	}
	return starlark.MakeInt(n), nil
}

// sslConnect is connect(address): TCP, then TLS.
func sslConnect(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	s := b.Receiver().(*SSLSocket)
	var address starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "addr", &address); err != nil {
		return nil, err
	}
	switch {
	case s.options.serverSide:
		return nil, py.ValueError.Errorf("can't connect in server-side mode")
	case s.tls != nil:
		return nil, py.ValueError.Errorf("attempt to connect already-connected SSLSocket!")
	}
	if err := s.ConnectTo(thread, address); err != nil {
		return nil, err
	}
	if err := s.start(thread); err != nil {
		return nil, err
	}
	return starlark.None, nil
}

// sslDoHandshake is do_handshake([block]).
func sslDoHandshake(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	s := b.Receiver().(*SSLSocket)
	block := starlark.Value(starlark.False)
	if err := py.UnpackArgs(b.Name(), args, kwargs, "block?", &block); err != nil {
		return nil, err
	}
	if err := s.Check(thread); err != nil {
		return nil, err
	}
	if s.tls == nil {
		return nil, py.ValueError.Errorf("No SSL wrapper around %s", s)
	}
	if wait, ok := s.GetTimeout().Duration(); ok && wait == 0 {
		// CPython would do a step and raise SSLWantReadError; here a handshake
		// that stops half-way cannot go on.
		if !block.Truth() {
			return nil, wantReadError(nil)
		}
		old := s.GetTimeout()
		s.SetTimeout(socketmod.NoTimeout)
		defer s.SetTimeout(old)
	}
	if err := s.shakeHands(); err != nil {
		return nil, err
	}
	return starlark.None, nil
}

// sslUnwrap is unwrap(): TLS ends, in both directions, and the plain socket is
// returned. Content that the peer still sends is an error.
func sslUnwrap(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	s := b.Receiver().(*SSLSocket)
	if err := none(b, args, kwargs); err != nil {
		return nil, err
	}
	if s.tls == nil {
		return nil, py.ValueError.Errorf("No SSL wrapper around %s", s)
	}
	if err := s.Check(thread); err != nil {
		return nil, err
	}
	if err := s.Within(s.tls.CloseWrite); err != nil {
		return nil, err
	}
	var one [1]byte
	switch n, err := s.Read(one[:]); {
	case n > 0:
		return nil, sslFault(nil, "APPLICATION_DATA_AFTER_CLOSE_NOTIFY")
	case err != io.EOF:
		return nil, err
	}
	plain, err := s.Take("socket", nil)
	if err != nil {
		return nil, err
	}
	s.tls = nil
	return plain, nil
}
