package sslmod

import (
	"encoding/asn1"
	"errors"
	"os"
	"testing"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/py"
)

func TestAttributeText(t *testing.T) {
	tests := []struct {
		tag  int
		in   string
		want string
	}{
		{asn1.TagUTF8String, "Zürich", "Zürich"},
		{asn1.TagPrintableString, "NL", "NL"},
		{asn1.TagBMPString, "\x00Z\x00\xfc", "Zü"},
		{asn1.TagBMPString, "\x00Z\x00", "Z"}, // cut short
		{asn1.TagT61String, "Z\xfc", "Zü"},
	}
	for _, tt := range tests {
		if got := attributeText(asn1.RawValue{Tag: tt.tag, Bytes: []byte(tt.in)}); got != tt.want {
			t.Errorf("attributeText(%d, %q) = %q; want %q", tt.tag, tt.in, got, tt.want)
		}
	}
	if got := nameTuple([]byte("nonsense")).String(); got != "()" {
		t.Errorf("nameTuple of nonsense = %s; want ()", got)
	}
	for in, want := range map[string]string{"\x7f\x00\x00\x01": "127.0.0.1", "abc": "<invalid>"} {
		if got := addressText([]byte(in)); got != want {
			t.Errorf("addressText(%q) = %q; want %q", in, got, want)
		}
	}
}

// Refusals of crypto/tls that are texts only.
func TestProtocolErrors(t *testing.T) {
	s := new(SSLSocket)
	tests := []struct{ text, want string }{
		{"tls: server selected unsupported protocol version 301", "[SSL: UNSUPPORTED_PROTOCOL] unsupported protocol (_ssl.c:727)"},
		{"tls: no supported versions satisfy MinVersion and MaxVersion", "[SSL: NO_PROTOCOLS_AVAILABLE] no protocols available (_ssl.c:727)"},
		{"tls: server chose an unconfigured cipher suite", "[SSL: WRONG_CIPHER_RETURNED] wrong cipher returned (_ssl.c:727)"},
		{"tls: received unexpected handshake message of type *tls.finishedMsg when waiting for *tls.serverHelloMsg", "[SSL: UNEXPECTED_MESSAGE] unexpected message (_ssl.c:727)"},
		{"tls: something new", "[SSL] something new (_ssl.c:727)"},
	}
	for _, tt := range tests {
		wantError(t, tt.text, s.mapError(errors.New(tt.text), true, false), SSLError, tt.want)
	}
	if err := s.mapError(errors.New("read: something of the system's"), true, false); err != nil {
		t.Errorf("an error from below = %v; want nil, for socketmod", err)
	}
}

func TestDefaultVerifyPaths(t *testing.T) {
	ca, dir := file(t, "ca.pem", "x"), t.TempDir()
	env := map[string]string{"SSL_CERT_FILE": ca, "SSL_CERT_DIR": dir}
	r := newRun(t, host.Host{Getenv: func(name string) (string, bool, error) {
		v, ok := env[name]
		return v, ok, nil
	}})
	g := starlark.StringDict{"ssl": Module(), "ca": starlark.String(ca), "dir": starlark.String(dir)}
	r.eval(t, g,
		`p = ssl.get_default_verify_paths()`,
		`p.cafile == ca, p.capath == dir ==> (True, True)`,
		`p.openssl_cafile_env, p.openssl_capath_env ==> ('SSL_CERT_FILE', 'SSL_CERT_DIR')`,
	)
	env["SSL_CERT_FILE"], env["SSL_CERT_DIR"] = dir, ca // a directory for a file
	r.eval(t, g, `ssl.get_default_verify_paths()[:2] ==> (None, None)`)
}

func TestAbsent(t *testing.T) {
	r := newRun(t, host.Host{})
	r.eval(t, starlark.StringDict{"ssl": Module()},
		`c = ssl.SSLContext(ssl.PROTOCOL_TLS)`,
		`c.load_dh_params("x") ==> ! NotImplementedError: 'Diffie-Hellman parameters are not supported: ECDHE needs none'`,
		`c.set_servername_callback(len) ==> ! NotImplementedError: 'server name callbacks are not supported'`,
		`c.wrap_socket = 5 ==> ! AttributeError: "'SSLContext' object attribute 'wrap_socket' is read-only"`,
		`c.set_default_verify_paths()`,
		`c ==> <ssl.SSLContext object>`,
		`type(c), bool(c) ==> ('SSLContext', True)`,
		`type(ssl.Purpose), bool(ssl.Purpose), ssl.Purpose in {ssl.Purpose: 1} ==> ('type', True, True)`,
		`ssl.OPENSSL_VERSION.startswith("OpenSSL 3") ==> True`,
	)
}

// Keys that claim an absurd amount of work, or sizes that do not fit.
func TestHostileKeys(t *testing.T) {
	good, err := os.ReadFile("testdata/keys/ec-pkcs8.pem")
	if err != nil {
		t.Fatal(err)
	}
	var der []byte
	for block := range blocks(good) {
		der = block.Bytes
	}
	if _, err := decryptPKCS8(der, []byte("secret")); err != nil {
		t.Fatalf("the key as it is: %v", err)
	}
	// Any byte of the parameters may be anything: no panic, and no long wait.
	for i := range der[:120] {
		for _, flip := range []byte{0x01, 0x80, 0xff} {
			bad := append([]byte(nil), der...)
			bad[i] ^= flip
			decryptPKCS8(bad, []byte("secret"))
		}
	}
	for n := range der {
		if _, err := decryptPKCS8(der[:n], []byte("secret")); err == nil {
			t.Errorf("the first %d bytes of a key decrypt", n)
		}
	}
	r := newRun(t, host.Host{})
	_, err = parseKey(r.thread, []byte("-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: X,00\n\nAAAA\n-----END RSA PRIVATE KEY-----\n"), starlark.String("x"))
	wantError(t, "an unknown cipher", err, SSLError, "[SSL] PEM lib (_ssl.c:2815)")
	if e, ok := err.(*py.Exception); !ok || e.Cause == nil {
		t.Errorf("%v has no cause", err)
	}
}
