package sslmod

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/lib/libtest"
	"starwire/runtime/lib/socketmod"
	"starwire/runtime/py"
)

// testdata/keys holds one key under several encryptions by OpenSSL, all with
// the password "secret", and a certificate for it.
func TestKeys(t *testing.T) {
	r := newRun(t, host.Host{})
	const cert = "testdata/keys/ec-cert.pem"
	asked := 0
	globals := starlark.StringDict{"ask": starlark.NewBuiltin("ask", func(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
		asked++
		return starlark.String("secret"), nil
	})}
	for _, key := range []string{"ec-traditional", "ec-pkcs8", "ec-pkcs8-des3", "ec-pkcs8-aes128"} {
		name := "testdata/keys/" + key + ".pem"
		asked = 0
		for _, password := range []starlark.Value{starlark.String("secret"), starlark.Bytes("secret"), globals["ask"]} {
			c := NewDefaultContext()
			if err := c.LoadCertChain(r.thread, cert, name, password); err != nil || len(c.certs) != 1 {
				t.Errorf("%s with password %v: %v", key, password, err)
			}
		}
		if asked != 1 {
			t.Errorf("%s: asked for the password %d times; want once", key, asked)
		}
		for _, password := range []starlark.Value{starlark.String("wrong"), starlark.String(""), starlark.None, nil} {
			err := NewDefaultContext().LoadCertChain(r.thread, cert, name, password)
			wantError(t, key, err, SSLError, "[SSL] PEM lib (_ssl.c:2815)")
		}
	}
	asked = 0
	c := NewDefaultContext()
	if err := c.LoadCertChain(r.thread, cert, "testdata/keys/ec.pem", globals["ask"]); err != nil || asked != 0 {
		t.Errorf("a plain key: %v, asked %d times; want nil, 0", err, asked)
	}
	err := c.LoadCertChain(r.thread, cert, "testdata/keys/ec-pkcs8-scrypt.pem", starlark.String("secret"))
	wantError(t, "scrypt", err, SSLError, "[SSL] PEM lib (_ssl.c:2815)")
	if err == nil || !strings.Contains(errors.Unwrap(err).Error(), "PBKDF2 only") {
		t.Errorf("scrypt: the cause of %v does not say what is supported", err)
	}
	r.eval(t, starlark.StringDict{"c": c, "boom": starlark.NewBuiltin("boom", func(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
		return nil, py.ValueError.Errorf("boom")
	})},
		`c.load_cert_chain("testdata/keys/ec-cert.pem", "testdata/keys/ec-pkcs8.pem", "secret")`,
		`c.load_cert_chain("testdata/keys/ec-cert.pem", "testdata/keys/ec-pkcs8.pem", lambda: "secret")`,
		`c.load_cert_chain("testdata/keys/ec-cert.pem", "testdata/keys/ec-pkcs8.pem", lambda: 5) ==> ! TypeError: 'password callback must return a string'`,
		`c.load_cert_chain("testdata/keys/ec-cert.pem", "testdata/keys/ec-pkcs8.pem", boom) ==> ! ValueError: 'boom'`,
		`c.load_cert_chain("testdata/keys/ec-cert.pem", "testdata/keys/ec-pkcs8.pem", "x" * 1025) ==> ! ValueError: 'password cannot be longer than 1024 bytes'`,
		`c.load_cert_chain("testdata/keys/ec-cert.pem", "testdata/keys/ec-pkcs8.pem", 5) ==> ! TypeError: 'password should be a string or callable'`,
		`c.load_cert_chain("testdata/keys/ec-cert.pem") ==> ! ssl.SSLError: '[SSL] PEM lib (_ssl.c:2815)'`,
	)
}

func TestLoadCertChain(t *testing.T) {
	r := newRun(t, host.Host{})
	cert, key := certPEM(localhost.Leaf), keyPEM(t, localhost.PrivateKey)
	both := file(t, "both.pem", key, cert, certPEM(trusted.cert))
	c := NewDefaultContext()
	if err := c.LoadCertChain(r.thread, both, "", nil); err != nil || len(c.certs) != 1 || len(c.certs[0].Certificate) != 2 {
		t.Errorf("one file of everything: %v, %d chains", err, len(c.certs))
	}
	// A second one with a key of the same kind takes its place.
	other := trusted.issue([]string{"other"}, nil)
	if err := c.LoadCertChain(r.thread, file(t, "c.pem", certPEM(other.Leaf)), file(t, "k.pem", keyPEM(t, other.PrivateKey)), nil); err != nil || len(c.certs) != 1 || !c.certs[0].Leaf.Equal(other.Leaf) {
		t.Errorf("a second chain: %v, %d chains", err, len(c.certs))
	}
	err := c.LoadCertChain(r.thread, file(t, "c.pem", cert), file(t, "k.pem", keyPEM(t, newKey())), nil)
	wantError(t, "another key", err, SSLError, "[X509: KEY_VALUES_MISMATCH] key values mismatch (_ssl.c:2824)")
	wantReason(t, "another key", err, "KEY_VALUES_MISMATCH")
	for name, text := range map[string]string{
		"nothing":             "",
		"no key":              cert,
		"no certificate":      key,
		"a broken key":        cert + "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
		"a broken chain":      "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n" + key,
		"a broken encryption": cert + "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n",
		"binary":              "\x00\x01\x02",
	} {
		err := c.LoadCertChain(r.thread, file(t, "x.pem", text), "", starlark.String("x"))
		wantError(t, name, err, SSLError, "[SSL] PEM lib (_ssl.c:2815)")
	}
	big, err := os.Create(filepath.Join(t.TempDir(), "big.pem"))
	if err != nil {
		t.Fatal(err)
	}
	big.Truncate(maxFile + 1)
	big.Close()
	wantError(t, "a huge file", c.LoadCertChain(r.thread, big.Name(), "", nil), SSLError, "[SSL] PEM lib (_ssl.c:2815)")
	err = c.LoadCertChain(r.thread, t.TempDir(), "", nil)
	wantError(t, "a directory", err, py.IOError, "[Errno 21] Is a directory")
}

// What the run may not read is refused, and no IOError.
func TestFilesNeedAGrant(t *testing.T) {
	thread := new(starlark.Thread)
	var refused *host.PermissionError
	for name, err := range map[string]error{
		"load_cert_chain":              NewDefaultContext().LoadCertChain(thread, "x", "", nil),
		"load_verify_locations":        NewDefaultContext().LoadVerifyLocations(thread, "x", "", ""),
		"load_verify_locations capath": NewDefaultContext().LoadVerifyLocations(thread, "", "x", ""),
	} {
		if !errors.As(err, &refused) || refused.Target != "x" {
			t.Errorf("%s = %v; want a PermissionError for x", name, err)
		}
	}
	if got := libtest.Eval(thread, starlark.StringDict{"ssl": Module()}, `ssl.get_default_verify_paths()[:3]`); got != "(None, None, 'SSL_CERT_FILE')\n" {
		t.Errorf("get_default_verify_paths()[:3] = %s", got)
	}
	r := newRun(t, host.Host{Budget: &host.Budget{ReadLimit: 10}})
	var limit *host.LimitError
	if err := NewDefaultContext().LoadVerifyLocations(r.thread, "testdata/certificate.pem", "", ""); !errors.As(err, &limit) {
		t.Errorf("a file beyond the limit: %v; want a LimitError", err)
	}
}

func TestLoadVerifyLocations(t *testing.T) {
	authority := certPEM(trusted.cert)
	broken := "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
	dir := t.TempDir()
	for name, text := range map[string]string{"0a1b2c3d.0": authority, "0a1b2c3d.1": "nonsense", "other.pem": certPEM(stranger.cert), "0A1B2C3D.0x": certPEM(stranger.cert)} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	port := serveTLS(t, serverConfig(localhost), untilClosed)
	r := newRun(t, host.Host{})
	tests := []struct {
		name                   string
		cafile, capath, cadata string
	}{
		{"cafile", file(t, "ca.pem", "a comment\n", certPEM(stranger.cert), authority), "", ""},
		{"cafile with a broken one", file(t, "ca.pem", broken, authority), "", ""},
		{"capath", "", dir, ""},
		{"PEM", "", "", authority},
		{"two PEM", "", "", certPEM(stranger.cert) + authority},
		{"DER", "", "", string(trusted.cert.Raw)},
		{"two DER", "", "", string(stranger.cert.Raw) + string(trusted.cert.Raw)},
		{"the leaf itself", "", "", certPEM(localhost.Leaf)},
	}
	for _, tt := range tests {
		c := NewDefaultContext()
		c.defaults = false
		_, err := c.Wrap(r.thread, r.connect(t, port, socketmod.NoTimeout), "localhost")
		wantReason(t, tt.name+": before", err, "CERTIFICATE_VERIFY_FAILED")
		if err := c.LoadVerifyLocations(r.thread, tt.cafile, tt.capath, tt.cadata); err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		s, err := c.Wrap(r.thread, r.connect(t, port, socketmod.NoTimeout), "localhost")
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		s.Close()
	}
	bad := []struct {
		name                   string
		cafile, capath, cadata string
		want                   string
	}{
		{"a file without one", file(t, "x.pem", "x"), "", "", "[X509] no certificate or crl found (_ssl.c:3063)"},
		{"a file of broken ones", file(t, "x.pem", broken), "", "", "[X509] no certificate or crl found (_ssl.c:3063)"},
		{"broken PEM", "", "", broken, "[PEM] ASN1 lib (_ssl.c:2938)"},
		{"text", "", "", "xx", "[PEM: NO_START_LINE] no start line (_ssl.c:2938)"},
		{"other PEM", "", "", "-----BEGIN X-----\nAAAA\n-----END X-----\n", "[PEM: NO_START_LINE] no start line (_ssl.c:2938)"},
		{"short DER", "", "", string(trusted.cert.Raw[:100]), "not enough data (_ssl.c:2938)"},
	}
	for _, tt := range bad {
		c := NewDefaultContext()
		wantError(t, tt.name, c.LoadVerifyLocations(r.thread, tt.cafile, tt.capath, tt.cadata), SSLError, tt.want)
		if len(c.authorities) != 0 {
			t.Errorf("%s: %d authorities were loaded", tt.name, len(c.authorities))
		}
	}
	r.eval(t, starlark.StringDict{"ssl": Module(), "ca": starlark.Bytes(authority), "leaf": starlark.String(localhost.Leaf.Raw)},
		`c = ssl.create_default_context(cadata=ca)`,
		`c.cert_store_stats() ==> {'crl': 0, 'x509': 1, 'x509_ca': 1}`,
		`c.load_verify_locations(cadata=ca)`,
		`c.load_verify_locations(cadata=leaf)`,
		`c.cert_store_stats() ==> {'crl': 0, 'x509': 2, 'x509_ca': 1}`,
		`len(c.get_ca_certs()) ==> 1`,
		`c.get_ca_certs()[0]["subject"] ==> ((('commonName', 'Test Authority'),),)`,
		`ssl.PEM_cert_to_DER_cert(str(ca)) == c.get_ca_certs(True)[0] ==> True`,
	)
}

// testdata/certificate.repr is what CPython 2.7.18 shows of testdata/certificate.pem,
// by _ssl._test_decode_cert.
func TestCertificateDict(t *testing.T) {
	want, err := os.ReadFile("testdata/certificate.repr")
	if err != nil {
		t.Fatal(err)
	}
	r := newRun(t, host.Host{})
	got := libtest.Eval(r.thread, starlark.StringDict{"ssl": Module()},
		`ssl.create_default_context(cafile="testdata/certificate.pem").get_ca_certs()[0]`)
	if got != string(want) {
		t.Errorf("got  %swant %s", got, want)
	}
}

// A certificate shown and asked for, in both versions of TLS.
func TestClientCertificate(t *testing.T) {
	client := trusted.issue([]string{"client"}, nil)
	foreign := stranger.issue([]string{"client"}, nil)
	pool := x509.NewCertPool()
	pool.AddCert(trusted.cert)
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		config := serverConfig(localhost)
		config.MaxVersion = version
		config.ClientAuth = tls.RequireAndVerifyClientCert
		config.ClientCAs = pool
		port := serveTLS(t, config, func(c *tls.Conn) {
			io.WriteString(c, c.ConnectionState().PeerCertificates[0].DNSNames[0])
			c.Close()
		})
		exchange := func(certs ...tls.Certificate) (string, error) {
			r := newRun(t, host.Host{})
			c := NewDefaultContext()
			for _, cert := range certs {
				if err := c.LoadCertChain(r.thread, file(t, "client.pem", certPEM(cert.Leaf), keyPEM(t, cert.PrivateKey)), "", nil); err != nil {
					t.Fatal(err)
				}
			}
			s, err := c.Wrap(r.thread, r.connect(t, port, socketmod.Seconds(60)), "localhost")
			if err != nil {
				return "", err
			}
			defer s.Close()
			got, err := io.ReadAll(s)
			return string(got), err
		}
		if got, err := exchange(client); got != "client" || err != nil {
			t.Errorf("with a certificate: %q, %v", got, err)
		}
		// TLS 1.3 tells a client that has finished of it with the first read.
		_, err := exchange()
		if version == tls.VersionTLS13 {
			wantReason(t, "without one", err, "TLSV13_ALERT_CERTIFICATE_REQUIRED")
		} else {
			wantReason(t, "without one", err, "SSLV3_ALERT_HANDSHAKE_FAILURE")
		}
		_, err = exchange(foreign)
		wantReason(t, "with a stranger's", err, "TLSV1_ALERT_UNKNOWN_CA")
	}
}

// The server's side of wrap_socket, over a connection that was dialled.
func TestServerSide(t *testing.T) {
	both := file(t, "both.pem", certPEM(localhost.Leaf), keyPEM(t, localhost.PrivateKey))
	ca := file(t, "ca.pem", certPEM(trusted.cert))
	client := trusted.issue([]string{"client"}, nil)
	got := make(chan error, 1)
	port := serve(t, func(raw *net.TCPConn) {
		pool := x509.NewCertPool()
		pool.AddCert(trusted.cert)
		c := tls.Client(raw, &tls.Config{RootCAs: pool, ServerName: "localhost", Certificates: []tls.Certificate{client}})
		_, err := io.WriteString(c, "ping")
		if err == nil {
			buf := make([]byte, 4)
			if _, err = io.ReadFull(c, buf); !bytes.Equal(buf, []byte("ping")) && err == nil {
				err = errors.New("no echo")
			}
		}
		got <- err
	})
	r := newRun(t, host.Host{})
	g := starlark.StringDict{"ssl": Module(), "both": starlark.String(both), "ca": starlark.String(ca), "sock": r.connect(t, port, socketmod.Seconds(60))}
	r.eval(t, g,
		`c = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=ca)`,
		`c.load_cert_chain(both)`,
		`c.verify_mode = ssl.CERT_REQUIRED`,
		`s = c.wrap_socket(sock, server_side=True)`,
		`s.sendall(s.recv(4)) ==> 4`,
		`s.getpeercert()["subjectAltName"] ==> (('DNS', 'client'),)`,
		`s.server_side ==> True`,
		`c.session_stats()["accept_good"] ==> 1`,
		`s.connect(("h", 1)) ==> ! ValueError: "can't connect in server-side mode"`,
	)
	if err := <-got; err != nil {
		t.Errorf("the client: %v", err)
	}
	g["sock"] = r.connect(t, port, socketmod.Seconds(60))
	r.eval(t, g,
		`ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).wrap_socket(sock, server_side=True) ==> ! ssl.SSLError: '[SSL: NO_CERTIFICATE_SET] no certificate set (_ssl.c:727)'`,
		`g = sock.recv(1) ==> ! socket.error: '[Errno 9] Bad file descriptor'`,
	)
	<-got
}
