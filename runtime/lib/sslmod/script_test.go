package sslmod

import (
	"crypto/tls"
	"io"
	"slices"
	"testing"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/lib/socketmod"
)

// globals are what the scripts of the tests see.
func (r *rig) globals(t *testing.T, port starlark.Value) starlark.StringDict {
	t.Helper()
	return starlark.StringDict{
		"ssl": Module(), "socket": socketmod.Module(), "port": port,
		"ca":       starlark.String(file(t, "ca.pem", certPEM(trusted.cert))),
		"stranger": starlark.String(file(t, "stranger.pem", certPEM(stranger.cert))),
	}
}

func TestScript(t *testing.T) {
	port := serveTLS(t, serverConfig(localhost), echo)
	r := newRun(t, host.Host{})
	r.eval(t, r.globals(t, port),
		`c = ssl.create_default_context(cafile=ca)`,
		`s = c.wrap_socket(socket.create_connection(("127.0.0.1", port)), server_hostname="localhost")`,
		`type(s) ==> 'SSLSocket'`,
		`s.getpeername() == ("127.0.0.1", port) ==> True`,
		`s.sendall("ping\n") ==> 5`,
		`f = s.makefile()`,
		`f.readline() ==> 'ping\n'`,
		`s.close()`,
		`f.write("pong")`,
		`f.flush()`,
		`f.read(4) ==> 'pong'`,
		`f.close()`,
		`{s: 1} ==> ! TypeError: 'unhashable type: SSLSocket'`,
		`{c: 1} ==> ! TypeError: 'unhashable type: SSLContext'`,

		// The authorities given are trusted, no others.
		`c = ssl.create_default_context(cafile=stranger)`,
		`c.wrap_socket(socket.create_connection(("127.0.0.1", port)), server_hostname="localhost") ==> ! ssl.SSLError: '`+verifyFailed+`'`,
		`c = ssl.create_default_context()`,
		`c.wrap_socket(socket.create_connection(("127.0.0.1", port)), server_hostname="other") ==> ! ssl.CertificateError: "hostname 'other' doesn't match 'localhost'"`,
		`c.wrap_socket(socket.create_connection(("127.0.0.1", port)), server_hostname=5) ==> ! TypeError: 'server_hostname must be a string, not int'`,

		// As the documentation switches verification off.
		`c.check_hostname = False`,
		`c.verify_mode = ssl.CERT_NONE`,
		`s = c.wrap_socket(socket.create_connection(("127.0.0.1", port)))`,
		`s.getpeercert() ==> {}`,
		`s.close()`,
	)
}

func TestLegacyWrapSocket(t *testing.T) {
	port := serveTLS(t, serverConfig(localhost), echo)
	r := newRun(t, host.Host{})
	r.eval(t, r.globals(t, port),
		`s = ssl.wrap_socket(socket.create_connection(("127.0.0.1", port)))`,
		`s.getpeercert() ==> {}`,
		`s.cert_reqs, s.ca_certs, s.keyfile, s.ssl_version ==> (0, None, None, 2)`,
		`s.close()`,
		`s = ssl.wrap_socket(socket.create_connection(("127.0.0.1", port)), cert_reqs=ssl.CERT_REQUIRED, ca_certs=ca, ssl_version=ssl.PROTOCOL_TLSv1_2, ciphers="ECDHE+AESGCM")`,
		`s.version() ==> 'TLSv1.2'`,
		`s.getpeercert()["version"] ==> 3`,
		`s.close()`,
		`ssl.wrap_socket(socket.create_connection(("127.0.0.1", port)), cert_reqs=ssl.CERT_REQUIRED, ca_certs=stranger) ==> ! ssl.SSLError: '`+verifyFailed+`'`,
		`ssl.wrap_socket(socket.create_connection(("127.0.0.1", port)), cert_reqs=ssl.CERT_REQUIRED) ==> ! ssl.SSLError: '`+verifyFailed+`'`,
	)
}

// wrap_socket of a socket that connects later, and a handshake that comes later.
func TestLater(t *testing.T) {
	port := serveTLS(t, serverConfig(localhost), echo)
	r := newRun(t, host.Host{})
	r.eval(t, r.globals(t, port),
		`c = ssl.create_default_context()`,
		`s = c.wrap_socket(socket.socket(), server_hostname="localhost")`,
		`s.version()`,
		`s.settimeout(60)`,
		`s.connect(("127.0.0.1", port))`,
		`s.version() ==> 'TLSv1.3'`,
		`s.connect(("127.0.0.1", port)) ==> ! ValueError: 'attempt to connect already-connected SSLSocket!'`,
		`s.write("x") ==> 1`,
		`s.recv() ==> 'x'`,
		`s.close()`,

		`s = c.wrap_socket(socket.create_connection(("127.0.0.1", port)), do_handshake_on_connect=False, server_hostname="localhost")`,
		`s.do_handshake_on_connect ==> False`,
		`s.getpeercert() ==> ! ValueError: 'handshake not done yet'`,
		`s.pending() ==> 0`,
		`s.cipher()`,
		`s.do_handshake()`,
		`s.version() ==> 'TLSv1.3'`,
		`s.close()`,

		// A bad name is found before a byte is sent, whenever the handshake is.
		`s = c.wrap_socket(socket.create_connection(("127.0.0.1", port)), do_handshake_on_connect=False, server_hostname="other")`,
		`s.sendall("secret") ==> ! ssl.CertificateError: "hostname 'other' doesn't match 'localhost'"`,
		`s.recv() ==> ! ssl.CertificateError: "hostname 'other' doesn't match 'localhost'"`,
		`s.close()`,
		`s = c.wrap_socket(socket.socket(), server_hostname="other")`,
		`s.connect(("127.0.0.1", port)) ==> ! ssl.CertificateError: "hostname 'other' doesn't match 'localhost'"`,
		`s.recv() ==> ! socket.error: '[Errno 9] Bad file descriptor'`,

		// Non-blocking sockets.
		`n = socket.create_connection(("127.0.0.1", port))`,
		`n.setblocking(0)`,
		`c.wrap_socket(n, server_hostname="localhost") ==> ! ValueError: 'do_handshake_on_connect should not be specified for non-blocking sockets'`,
		`n = socket.create_connection(("127.0.0.1", port))`,
		`n.setblocking(0)`,
		`s = c.wrap_socket(n, do_handshake_on_connect=False, server_hostname="localhost")`,
		`s.do_handshake() ==> ! ssl.SSLWantReadError: 'The operation did not complete (read) (_ssl.c:727)'`,
		`s.do_handshake(True)`,
		`s.gettimeout() ==> 0.0`,
		`s.version() ==> 'TLSv1.3'`,
		`s.close()`,
		`c.wrap_socket(n, server_hostname="localhost") ==> ! socket.error: '[Errno 9] Bad file descriptor'`,
	)
	if n := r.host.Resources.Len(); n != 0 {
		t.Errorf("%d resources; want 0", n)
	}
}

func TestGetServerCertificate(t *testing.T) {
	port := serveTLS(t, serverConfig(localhost), echo)
	r := newRun(t, host.Host{})
	g := r.globals(t, port)
	g["want"] = starlark.String(certPEM(localhost.Leaf))
	r.eval(t, g,
		`ssl.get_server_certificate(("127.0.0.1", port)) == want ==> True`,
		`ssl.get_server_certificate(("127.0.0.1", port), ssl.PROTOCOL_TLSv1_2, ca) == want ==> True`,
		`ssl.get_server_certificate(("127.0.0.1", port), ca_certs=stranger) ==> ! ssl.SSLError: '`+verifyFailed+`'`,
	)
	if n := r.host.Resources.Len(); n != 0 {
		t.Errorf("%d resources; want 0", n)
	}
}

// TLS inside TLS, as through a proxy that is spoken to over TLS.
func TestNested(t *testing.T) {
	port := serveTLS(t, serverConfig(localhost), func(front *tls.Conn) {
		c := tls.Server(front, serverConfig(localhost))
		if c.Handshake() == nil {
			echo(c)
		}
		io.Copy(io.Discard, front)
	})
	r := newRun(t, host.Host{})
	for _, timeout := range []string{"None", "60"} {
		r.eval(t, r.globals(t, port),
			`c = ssl.create_default_context()`,
			`s = c.wrap_socket(socket.create_connection(("127.0.0.1", port), `+timeout+`), server_hostname="localhost")`,
			`s = c.wrap_socket(s, server_hostname="localhost")`,
			`s.write("inner") ==> 5`,
			`s.recv(5) ==> 'inner'`,
			`s.close()`,
		)
	}
}

func TestFrozen(t *testing.T) {
	port := serveTLS(t, serverConfig(localhost), echo)
	r := newRun(t, host.Host{})
	s := r.wrap(t, port, socketmod.NoTimeout)
	s.Freeze()
	r.eval(t, starlark.StringDict{"s": s, "c": s.Context()},
		`s.recv() ==> ! TypeError: 'cannot read from frozen SSLSocket'`,
		`s.write("x") ==> ! TypeError: 'cannot write to frozen SSLSocket'`,
		`s.unwrap() ==> ! TypeError: 'cannot read from frozen SSLSocket'`,
		`s.close() ==> ! TypeError: 'cannot close frozen SSLSocket'`,
	)
	s.Close()
}

func TestAttributes(t *testing.T) {
	port := serveTLS(t, serverConfig(localhost), echo)
	r := newRun(t, host.Host{})
	s := r.wrap(t, port, socketmod.NoTimeout)
	s.legacy = legacyArguments{}
	for _, name := range legacyNames {
		s.legacy[name] = starlark.None
	}
	for _, v := range []starlark.HasAttrs{s, s.Context(), purposeClass{}} {
		names := v.AttrNames()
		if !slices.IsSorted(names) {
			t.Errorf("%s: AttrNames() = %q; want them sorted", v.Type(), names)
		}
		if len(slices.Compact(slices.Clone(names))) != len(names) {
			t.Errorf("%s: AttrNames() = %q; want each once", v.Type(), names)
		}
		for _, name := range names {
			if a, err := v.Attr(name); a == nil || err != nil {
				t.Errorf("%s.%s = %v, %v", v.Type(), name, a, err)
			}
		}
		if a, err := v.Attr("nothing"); a != nil || err != nil {
			t.Errorf("%s.nothing = %v, %v; want nil, nil", v.Type(), a, err)
		}
	}
	s.Close()
}
