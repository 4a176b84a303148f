package sslmod

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/lib/socketmod"
	"starwire/runtime/py"
)

// wrapOptions are wrap_socket's arguments.
type wrapOptions struct {
	serverSide   bool
	handshake    bool
	suppressEOFs bool
	hostname     starlark.Value // None, or the name to send and to verify
}

// Wrap makes a TLS client of sock, which must be connected, and does the
// handshake within sock's timeout and the run's context. serverHostname is sent
// (SNI) if it is a DNS name, and verified if the context checks host names; ""
// is no name. sock itself is closed from then on; after a failure so is its
// connection (D1).
//
// Errors: SSLError (untrusted chain: reason CERTIFICATE_VERIFY_FAILED; too slow:
// also a socket.timeout), CertificateError for a name that does not match,
// ValueError if a name is needed, socket.error from below.
func (c *SSLContext) Wrap(thread *starlark.Thread, sock *socketmod.Socket, serverHostname string) (*SSLSocket, error) {
	o := wrapOptions{handshake: true, suppressEOFs: true, hostname: starlark.None}
	if serverHostname != "" {
		o.hostname = starlark.String(serverHostname)
	}
	s, err := c.wrap(thread, sock, o)
	if err != nil {
		sock.Close()
		return nil, err
	}
	return s, nil
}

// wrap is SSLSocket's constructor.
func (c *SSLContext) wrap(thread *starlark.Thread, sock *socketmod.Socket, o wrapOptions) (*SSLSocket, error) {
	name, _ := py.AsBytes(o.hostname)
	switch {
	case o.serverSide && name != "":
		return nil, py.ValueError.Errorf("server_hostname can only be specified in client mode")
	case c.checkHostname && !o.serverSide && name == "":
		return nil, py.ValueError.Errorf("check_hostname requires server_hostname")
	}
	s := &SSLSocket{Socket: sock, context: c, options: o}
	sock.Use(thread)
	if sock.NetConn() == nil {
		if sock.Closed() {
			return nil, socketmod.BadFile()
		}
		return s, nil // connect will do the rest
	}
	if err := s.start(thread); err != nil {
		return nil, err
	}
	return s, nil
}

// start puts TLS on the connection, and shakes hands unless that is for later.
func (s *SSLSocket) start(thread *starlark.Thread) error {
	plain := s.Socket
	settings := s.context.settings
	config, err := settings.config(host.From(thread), s.options)
	if err == nil && s.options.handshake {
		if wait, ok := plain.GetTimeout().Duration(); ok && wait == 0 {
			err = py.ValueError.Errorf("do_handshake_on_connect should not be specified for non-blocking sockets")
		}
	}
	if err != nil {
		plain.Close()
		return err
	}
	s.Socket, err = plain.Take("SSLSocket", func(transport net.Conn) socketmod.Layer {
		if s.options.serverSide {
			s.tls = tls.Server(transport, config)
		} else {
			s.tls = tls.Client(transport, config)
		}
		return socketmod.Layer{Conn: s.tls, MapError: s.mapError, AtEnd: s.atEnd, Flags: s.noFlags}
	})
	if err != nil {
		s.Socket = plain
		return err
	}
	if s.options.handshake {
		return s.shakeHands()
	}
	return nil
}

// shakeHands completes the handshake under one deadline; a failure closes the
// connection.
func (s *SSLSocket) shakeHands() error {
	s.shaking = true
	err := s.Within(s.tls.Handshake)
	s.shaking = false
	s.context.count(s.options.serverSide, err == nil)
	if err != nil {
		s.Close()
	}
	return err
}

// config returns what crypto/tls needs. Verification is ours to start, because
// Python tells a bad chain from a wrong name; both are Go's to judge (D16).
func (c *settings) config(h *host.Host, o wrapOptions) (*tls.Config, error) {
	lowest, highest, ok := c.versions()
	if !ok {
		return nil, sslFault(nil, "NO_PROTOCOLS_AVAILABLE")
	}
	name, _ := py.AsBytes(o.hostname)
	config := &tls.Config{
		ServerName:         name,
		InsecureSkipVerify: true,
		MinVersion:         lowest,
		MaxVersion:         highest,
		NextProtos:         c.alpn,
		CipherSuites:       c.ciphers,
		CurvePreferences:   c.curves,
		Time:               h.Now,
	}
	if c.verifyMode != certNone {
		config.VerifyConnection = func(state tls.ConnectionState) error {
			return c.verify(h, &state, o)
		}
	}
	if o.serverSide {
		if len(c.certs) == 0 {
			return nil, sslFault(nil, "NO_CERTIFICATE_SET")
		}
		config.Certificates = c.certs
		switch c.verifyMode {
		case certOptional:
			config.ClientAuth = tls.RequestClientCert
		case certRequired:
			config.ClientAuth = tls.RequireAnyClientCert
		}
	} else if len(c.certs) > 0 {
		// OpenSSL shows its certificate whatever authorities the server names.
		config.GetClientCertificate = func(request *tls.CertificateRequestInfo) (*tls.Certificate, error) {
			for i := range c.certs {
				if request.SupportsCertificate(&c.certs[i]) == nil {
					return &c.certs[i], nil
				}
			}
			return &c.certs[0], nil
		}
	}
	return config, nil
}

var errNoCRL = errors.New("unable to get certificate CRL: revocation lists are not supported")

// verify judges the peer's chain, then its name.
func (c *settings) verify(h *host.Host, state *tls.ConnectionState, o wrapOptions) error {
	if len(state.PeerCertificates) == 0 {
		return nil // a client without a certificate, where one is optional
	}
	if c.verifyFlags&verifyCRLCheckLeaf != 0 {
		return verifyError(errNoCRL)
	}
	roots, err := c.roots(h)
	if err != nil {
		return verifyError(err)
	}
	options := x509.VerifyOptions{
		Roots: roots, Intermediates: x509.NewCertPool(), CurrentTime: h.Now(),
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if o.serverSide {
		options.KeyUsages = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	}
	leaf := state.PeerCertificates[0]
	for _, cert := range state.PeerCertificates[1:] {
		options.Intermediates.AddCert(cert)
	}
	if _, err := leaf.Verify(options); err != nil {
		return verifyError(err)
	}
	if c.checkHostname && !o.serverSide {
		name, _ := py.AsBytes(o.hostname)
		if err := leaf.VerifyHostname(name); err != nil {
			return mismatch(err, name, certificateNames(leaf, name))
		}
	}
	return nil
}

// certificateNames lists what a certificate could have matched hostname by: its
// names and, for an address, its addresses.
func certificateNames(cert *x509.Certificate, hostname string) []string {
	names := append([]string(nil), cert.DNSNames...)
	if net.ParseIP(hostname) != nil {
		for _, ip := range cert.IPAddresses {
			names = append(names, ip.String())
		}
	}
	return names
}

// count keeps session_stats.
func (c *SSLContext) count(serverSide, good bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := 0
	if good {
		n = 1
	}
	if serverSide {
		c.stats.accept++
		c.stats.acceptGood += n
	} else {
		c.stats.connect++
		c.stats.connectGood += n
	}
}
