package sslmod

import (
	"crypto/x509"

	"go.starlark.net/starlark"

	"starwire/runtime/lazy"
	"starwire/runtime/lib/socketmod"
	"starwire/runtime/py"
)

// contextMethods are SSLContext's, with CPython's parameters and error texts.
func contextMethods() map[string]*starlark.Builtin {
	return contextMethodsTable.Get(func() map[string]*starlark.Builtin {
		return map[string]*starlark.Builtin{
			"cert_store_stats":         starlark.NewBuiltin("cert_store_stats", contextCertStoreStats),
			"get_ca_certs":             starlark.NewBuiltin("get_ca_certs", contextGetCACerts),
			"load_cert_chain":          starlark.NewBuiltin("load_cert_chain", contextLoadCertChain),
			"load_default_certs":       starlark.NewBuiltin("load_default_certs", contextLoadDefaultCerts),
			"load_dh_params":           starlark.NewBuiltin("load_dh_params", contextLoadDHParams),
			"load_verify_locations":    starlark.NewBuiltin("load_verify_locations", contextLoadVerifyLocations),
			"session_stats":            starlark.NewBuiltin("session_stats", contextSessionStats),
			"set_alpn_protocols":       starlark.NewBuiltin("set_alpn_protocols", contextSetALPNProtocols),
			"set_ciphers":              starlark.NewBuiltin("set_ciphers", contextSetCiphers),
			"set_default_verify_paths": starlark.NewBuiltin("set_default_verify_paths", contextSetDefaultVerifyPaths),
			"set_ecdh_curve":           starlark.NewBuiltin("set_ecdh_curve", contextSetECDHCurve),
			"set_npn_protocols":        starlark.NewBuiltin("set_npn_protocols", contextSetNPNProtocols),
			"set_servername_callback":  starlark.NewBuiltin("set_servername_callback", contextSetServernameCallback),
			"wrap_socket":              starlark.NewBuiltin("wrap_socket", contextWrapSocket),
		}
	})
}

var contextMethodsTable lazy.Value[map[string]*starlark.Builtin]

// newSSLContext is ssl.SSLContext(protocol).
func newSSLContext(_ *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var v starlark.Value
	switch n := len(args) + len(kwargs); {
	case n == 0:
		return nil, py.TypeError.Errorf("__new__() takes at least 2 arguments (1 given)")
	case n > 1:
		return nil, py.TypeError.Errorf("__init__() takes exactly 2 arguments (%d given)", n+1)
	case len(args) == 1:
		v = args[0]
	default:
		if err := py.UnpackArgs("SSLContext", args, kwargs, "protocol", &v); err != nil {
			return nil, err
		}
	}
	n, err := intArgument(v)
	if err != nil {
		return nil, err
	}
	c, err := newContext(n)
	if err != nil {
		return nil, err
	}
	return c, nil
}

// path reads a file name that may be None. CPython's words are those of the
// conversion it tries.
func path(v starlark.Value) (string, error) {
	if s, ok := py.AsBytes(v); ok {
		return s, nil
	}
	return "", py.TypeError.Errorf("coercing to Unicode: need string or buffer, %s found", py.TypeName(v))
}

// optionalPath is path, with "" for None.
func optionalPath(v starlark.Value) (string, error) {
	if v == nil || v == starlark.None {
		return "", nil
	}
	return path(v)
}

func contextLoadCertChain(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var certfile, keyfile, password starlark.Value
	if len(args)+len(kwargs) == 0 {
		return nil, py.TypeError.Errorf("Required argument 'certfile' (pos 1) not found")
	}
	if err := py.UnpackArgs(b.Name(), args, kwargs, "certfile", &certfile, "keyfile?", &keyfile, "password?", &password); err != nil {
		return nil, err
	}
	if err := b.Receiver().(*SSLContext).loadCertChain(thread, certfile, keyfile, password); err != nil {
		return nil, err
	}
	return starlark.None, nil
}

// loadCertChain is LoadCertChain for a script's arguments.
func (c *SSLContext) loadCertChain(thread *starlark.Thread, certfile, keyfile, password starlark.Value) error {
	if err := c.mutable("change"); err != nil {
		return err
	}
	cert, err := path(certfile)
	if err != nil {
		return err
	}
	key, err := optionalPath(keyfile)
	if err != nil {
		return err
	}
	if err := checkPassword(password); err != nil {
		return err
	}
	return c.LoadCertChain(thread, cert, key, password)
}

func contextLoadVerifyLocations(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var cafile, capath, cadata starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "cafile?", &cafile, "capath?", &capath, "cadata?", &cadata); err != nil {
		return nil, err
	}
	if err := b.Receiver().(*SSLContext).loadVerifyLocations(thread, cafile, capath, cadata); err != nil {
		return nil, err
	}
	return starlark.None, nil
}

// loadVerifyLocations is LoadVerifyLocations for a script's arguments.
func (c *SSLContext) loadVerifyLocations(thread *starlark.Thread, cafile, capath, cadata starlark.Value) error {
	if err := c.mutable("change"); err != nil {
		return err
	}
	absent := func(v starlark.Value) bool { return v == nil || v == starlark.None }
	if absent(cafile) && absent(capath) && absent(cadata) {
		return py.TypeError.Errorf("cafile, capath and cadata cannot be all omitted")
	}
	file, err := optionalPath(cafile)
	if err != nil {
		return err
	}
	dir, err := optionalPath(capath)
	if err != nil {
		return err
	}
	var data string
	if !absent(cadata) {
		s, ok := py.AsBytes(cadata)
		if !ok {
			return py.TypeError.Errorf("cadata should be an ASCII string or a bytes-like object")
		}
		if s == "" {
			return py.ValueError.Errorf("Empty certificate data")
		}
		data = s
	}
	if file == "" && !absent(cafile) {
		return py.IOError.New(nil, starlark.MakeInt(2), starlark.String("No such file or directory"))
	}
	return c.LoadVerifyLocations(thread, file, dir, data)
}

func contextLoadDefaultCerts(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	c := b.Receiver().(*SSLContext)
	purpose := starlark.Value(serverAuth())
	if err := py.UnpackArgs(b.Name(), args, kwargs, "purpose?", &purpose); err != nil {
		return nil, err
	}
	if err := checkPurpose(purpose); err != nil {
		return nil, err
	}
	if err := c.mutable("change"); err != nil {
		return nil, err
	}
	c.defaults = true
	return starlark.None, nil
}

func contextSetDefaultVerifyPaths(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	c := b.Receiver().(*SSLContext)
	if n := len(args) + len(kwargs); n > 0 {
		return nil, py.TypeError.Errorf("set_default_verify_paths() takes no arguments (%d given)", n)
	}
	if err := c.mutable("change"); err != nil {
		return nil, err
	}
	c.defaults = true
	return starlark.None, nil
}

// contextCertStoreStats counts what was loaded by name; the default authorities
// are read at a handshake only.
func contextCertStoreStats(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	c := b.Receiver().(*SSLContext)
	if err := py.UnpackArgs(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	authorities := 0
	for _, cert := range c.authorities {
		if isAuthority(cert) {
			authorities++
		}
	}
	d := starlark.NewDict(3)
	d.SetKey(starlark.String("x509"), starlark.MakeInt(len(c.authorities)))
	d.SetKey(starlark.String("x509_ca"), starlark.MakeInt(authorities))
	d.SetKey(starlark.String("crl"), starlark.MakeInt(c.crls))
	return d, nil
}

// isAuthority reports whether cert may sign others: by its basic constraints, or
// because it is a self-issued one of version 1.
func isAuthority(cert *x509.Certificate) bool {
	return cert.BasicConstraintsValid && cert.IsCA ||
		cert.Version == 1 && string(cert.RawSubject) == string(cert.RawIssuer)
}

func contextGetCACerts(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	c := b.Receiver().(*SSLContext)
	binary := starlark.Value(starlark.False)
	if err := py.UnpackArgs(b.Name(), args, kwargs, "binary_form?", &binary); err != nil {
		return nil, err
	}
	var list []starlark.Value
	for _, cert := range c.authorities {
		switch {
		case !isAuthority(cert):
		case bool(binary.Truth()):
			list = append(list, starlark.String(cert.Raw))
		default:
			list = append(list, certificateDict(cert))
		}
	}
	return starlark.NewList(list), nil
}

func contextSessionStats(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	c := b.Receiver().(*SSLContext)
	if err := py.UnpackArgs(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	c.mu.Lock()
	s := c.stats
	c.mu.Unlock()
	d := starlark.NewDict(11)
	for _, kv := range []struct {
		name string
		n    int
	}{
		{"number", 0}, {"connect", s.connect}, {"connect_good", s.connectGood}, {"connect_renegotiate", 0},
		{"accept", s.accept}, {"accept_good", s.acceptGood}, {"accept_renegotiate", 0},
		{"hits", 0}, {"misses", 0}, {"timeouts", 0}, {"cache_full", 0}, // sessions are not resumed
	} {
		d.SetKey(starlark.String(kv.name), starlark.MakeInt(kv.n))
	}
	return d, nil
}

func contextSetCiphers(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	c := b.Receiver().(*SSLContext)
	var v starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "ciphers", &v); err != nil {
		return nil, err
	}
	list, ok := py.AsBytes(v)
	if !ok {
		return nil, py.TypeError.Errorf("set_ciphers() argument 1 must be string, not %s", py.TypeName(v))
	}
	if err := c.setCiphers(list); err != nil {
		return nil, err
	}
	return starlark.None, nil
}

func (c *SSLContext) setCiphers(list string) error {
	if err := c.mutable("change"); err != nil {
		return err
	}
	ids, err := parseCiphers(list)
	if err == nil {
		c.ciphers = ids
	}
	return err
}

// protocolList reads the argument of set_alpn_protocols and set_npn_protocols.
func protocolList(b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple, name string) ([]string, error) {
	var v starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "protocols", &v); err != nil {
		return nil, err
	}
	if s, ok := py.AsBytes(v); ok { // a str is a sequence of protocols of one letter
		list := make([]string, len(s))
		for i := range list {
			list[i] = s[i : i+1]
		}
		return list, nil
	}
	seq, ok := v.(starlark.Iterable)
	if !ok {
		return nil, py.NotIterable(v)
	}
	var list []string
	total := 0
	for item := range starlark.Elements(seq) {
		s, ok := py.AsBytes(item)
		if !ok {
			return nil, py.NoAttribute(item, "encode")
		}
		if len(s) == 0 || len(s) > 255 {
			return nil, SSLError.New(nil, starlark.String(name+" protocols must be 1 to 255 in length"))
		}
		if total += 1 + len(s); total > 65535 {
			return nil, py.OverflowError.Errorf("protocols longer than 65535")
		}
		list = append(list, s)
	}
	return list, nil
}

func contextSetALPNProtocols(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	c := b.Receiver().(*SSLContext)
	list, err := protocolList(b, args, kwargs, "ALPN")
	if err != nil {
		return nil, err
	}
	if err := c.mutable("change"); err != nil {
		return nil, err
	}
	c.alpn = list
	return starlark.None, nil
}

// contextSetNPNProtocols refuses: the extension has gone from every TLS library.
func contextSetNPNProtocols(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if _, err := protocolList(b, args, kwargs, "NPN"); err != nil {
		return nil, err
	}
	return nil, py.NotImplementedError.Errorf("The NPN extension requires OpenSSL 1.0.1 or later.")
}

func contextSetECDHCurve(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	c := b.Receiver().(*SSLContext)
	if len(args) != 1 || len(kwargs) > 0 {
		return nil, py.TypeError.Errorf("set_ecdh_curve() takes exactly one argument (%d given)", len(args)+len(kwargs))
	}
	name, ok := py.AsBytes(args[0])
	if !ok {
		return nil, py.TypeError.Errorf("set_ecdh_curve() argument 1 must be string, not %s", py.TypeName(args[0]))
	}
	id := curveOf(name)
	if id == 0 {
		return nil, py.ValueError.Errorf("unknown elliptic curve name %s", py.Quote(name))
	}
	if err := c.mutable("change"); err != nil {
		return nil, err
	}
	c.curves = append(c.curves[:0:0], id)
	return starlark.None, nil
}

// contextLoadDHParams refuses: crypto/tls has no finite-field Diffie-Hellman,
// and only servers have parameters for it.
func contextLoadDHParams(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
	return nil, py.NotImplementedError.Errorf("Diffie-Hellman parameters are not supported: ECDHE needs none")
}

// contextSetServernameCallback takes None only: names are for servers to see.
func contextSetServernameCallback(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	c := b.Receiver().(*SSLContext)
	if len(args) != 1 || len(kwargs) > 0 {
		return nil, py.TypeError.Errorf("set_servername_callback() takes exactly one argument (%d given)", len(args)+len(kwargs))
	}
	if err := c.mutable("change"); err != nil {
		return nil, err
	}
	if args[0] == starlark.None {
		return starlark.None, nil
	}
	if _, ok := args[0].(starlark.Callable); !ok {
		return nil, py.TypeError.Errorf("not a callable object")
	}
	return nil, py.NotImplementedError.Errorf("server name callbacks are not supported")
}

func contextWrapSocket(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	c := b.Receiver().(*SSLContext)
	var sock, hostname starlark.Value
	var serverSide, handshake, suppress starlark.Value = starlark.False, starlark.True, starlark.True
	if len(args)+len(kwargs) == 0 {
		return nil, py.TypeError.Errorf("wrap_socket() takes at least 2 arguments (1 given)")
	}
	if err := py.UnpackArgs(b.Name(), args, kwargs, "sock", &sock, "server_side?", &serverSide,
		"do_handshake_on_connect?", &handshake, "suppress_ragged_eofs?", &suppress, "server_hostname?", &hostname); err != nil {
		return nil, err
	}
	plain, err := socketArgument(sock)
	if err != nil {
		return nil, err
	}
	if hostname == nil {
		hostname = starlark.None
	} else if _, ok := py.AsBytes(hostname); !ok && hostname != starlark.None {
		return nil, py.TypeError.Errorf("server_hostname must be a string, not %s", py.TypeName(hostname))
	}
	s, err := c.wrap(thread, plain, wrapOptions{
		serverSide: bool(serverSide.Truth()), handshake: bool(handshake.Truth()),
		suppressEOFs: bool(suppress.Truth()), hostname: hostname,
	})
	if err != nil {
		return nil, err
	}
	return s, nil
}

// socketArgument returns the Socket behind a socket or SSLSocket value. CPython
// asks anything for its getsockopt.
func socketArgument(v starlark.Value) (*socketmod.Socket, error) {
	switch s := v.(type) {
	case *socketmod.Socket:
		return s, nil
	case *SSLSocket:
		return s.Socket, nil
	}
	return nil, py.NoAttribute(v, "getsockopt")
}
