package testservermod

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
)

// tlsClient speaks TLS on c, trusting what the run trusts.
func (r *rig) tlsClient(t *testing.T, c net.Conn, name string) *tls.Conn {
	t.Helper()
	roots, err := r.host.DefaultRoots()
	if err != nil {
		t.Fatal(err)
	}
	tc := tls.Client(c, &tls.Config{RootCAs: roots, ServerName: name})
	t.Cleanup(func() { tc.Close() })
	return tc
}

func TestTLS(t *testing.T) {
	other, r := newRig(t), newRig(t)
	s := r.start(`{"/": {"reason": "Safe", "body": "ok"}}, tls=True, names=["www.python.org:443", "10.1.2.3:443"]`)
	for _, name := range []string{"www.python.org", "localhost", "127.0.0.1", "::1", "10.1.2.3"} {
		c := r.tlsClient(t, dial(t, s), name)
		w := &wireClient{c, newReader(c)}
		for range 2 {
			if status, body, err := w.get("/"); status != "200 Safe" || body != "ok" || err != nil {
				t.Errorf("GET of %s: %q, %q, %v", name, status, body, err)
			}
		}
		if p := c.ConnectionState().NegotiatedProtocol; p != "" {
			t.Errorf("protocol %q was negotiated; want none", p)
		}
	}
	var wrong x509.HostnameError
	if err := r.tlsClient(t, dial(t, s), "www.example.com").Handshake(); !errors.As(err, &wrong) {
		t.Errorf("handshake for another name: %v; want a HostnameError", err)
	}
	// The text is the authority, alone.
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM([]byte(s.cacert)) {
		t.Fatalf("cacert = %q; want PEM", s.cacert)
	}
	c := tls.Client(dial(t, s), &tls.Config{RootCAs: pool, ServerName: "localhost"})
	if err := c.Handshake(); err != nil {
		t.Errorf("handshake with srv.cacert: %v", err)
	}
	c.Close()
	// Another run does not trust it.
	var unknown x509.UnknownAuthorityError
	if err := other.tlsClient(t, dial(t, s), "localhost").Handshake(); !errors.As(err, &unknown) {
		t.Errorf("handshake in another run: %v; want an UnknownAuthorityError", err)
	}
	// A second server of the run has the same authority.
	if r.run(`second = testserver.start("2", tls=True)`); r.eval("second.cacert == srv.cacert") != "True" {
		t.Error("a second server has an authority of its own")
	}
}

// TestTLSFaults shows the ways in which a certificate can be wrong.
func TestTLSFaults(t *testing.T) {
	for kind, check := range map[string]func(error) bool{
		"self-signed": func(err error) bool { return errors.As(err, new(x509.UnknownAuthorityError)) },
		"expired": func(err error) bool {
			var invalid x509.CertificateInvalidError
			return errors.As(err, &invalid) && invalid.Reason == x509.Expired
		},
		"wrong-name": func(err error) bool { return errors.As(err, new(x509.HostnameError)) },
	} {
		t.Run(kind, func(t *testing.T) {
			r := newRig(t)
			s := r.start(`"ok", tls="` + kind + `"`)
			c := r.tlsClient(t, dial(t, s), "localhost")
			if err := c.Handshake(); !check(err) {
				t.Errorf("handshake: %v (%T)", err, err)
			}
			io.Copy(io.Discard, c.NetConn())
			if got := r.eval("srv.errors"); !strings.HasPrefix(got, "['TLS handshake: remote error: tls: ") {
				t.Errorf("srv.errors = %s; want the client's alert", got)
			}
		})
	}
}

// TestPlainToTLS speaks no TLS to a server that wants it.
func TestPlainToTLS(t *testing.T) {
	r := newRig(t)
	s := r.start(`"ok", tls=True`)
	reply := r.ask(s, "GET / HTTP/1.1")
	wantText(t, "GET", reply, "HTTP/1.0 400 Bad Request\r\n\r\nthis server speaks HTTPS; the request came without TLS\n")
	if got := r.eval("srv.errors, srv.requests"); got != "(['a client spoke without TLS to an HTTPS server'], [])" {
		t.Errorf("errors, requests = %s", got)
	}
}

func TestClientCertificates(t *testing.T) {
	r := newRig(t)
	s := r.start(`lambda req: str(req.client_cert), tls=True, client_ca=True`)
	pair, err := tls.X509KeyPair([]byte(s.clientPEM), []byte(s.clientPEM))
	if err != nil {
		t.Fatalf("client_pem: %v", err)
	}
	r.run(`pem = testserver.start("ok", tls=True, client_ca=srv.cacert)`)
	for _, name := range []string{"srv", "pem"} {
		s := r.globals[name].(*server)
		roots, _ := r.host.DefaultRoots()
		config := &tls.Config{RootCAs: roots, ServerName: "localhost", Certificates: []tls.Certificate{pair}}
		c := tls.Client(dial(t, s), config)
		r.paused(func() {
			if status, body, err := (&wireClient{c, newReader(c)}).get("/"); status != "200 OK" || err != nil || name == "srv" && body != "starwire test client" {
				t.Errorf("%s: GET with a certificate: %q, %q, %v", name, status, body, err)
			}
		})
		c.Close()
		c = r.tlsClient(t, dial(t, s), "localhost")
		if _, _, err := (&wireClient{c, newReader(c)}).get("/"); err == nil || !strings.Contains(err.Error(), "certificate required") {
			t.Errorf("%s: GET without a certificate: %v", name, err)
		}
		io.Copy(io.Discard, c.NetConn()) // until the server has noted it, and closes
	}
	if got := r.eval("srv.requests[0].client_cert, srv.errors"); got != "('starwire test client', [\"TLS handshake: tls: client didn't provide a certificate\"])" {
		t.Errorf("client_cert, errors = %s", got)
	}
}
