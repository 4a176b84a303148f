package sslmod

import (
	"encoding/base64"
	"os"
	"strings"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/lib/socketmod"
	"starwire/runtime/py"
)

// createDefaultContext is ssl.create_default_context.
func createDefaultContext(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	purpose := starlark.Value(serverAuth())
	var cafile, capath, cadata starlark.Value = starlark.None, starlark.None, starlark.None
	if err := py.UnpackArgs(b.Name(), args, kwargs, "purpose?", &purpose, "cafile?", &cafile, "capath?", &capath, "cadata?", &cadata); err != nil {
		return nil, err
	}
	if err := checkPurpose(purpose); err != nil {
		return nil, err
	}
	c := NewDefaultContext()
	if isClientAuth(purpose) {
		c.verifyMode, c.checkHostname, c.defaults = certNone, false, false
	}
	if err := c.loadAuthorities(thread, cafile, capath, cadata); err != nil {
		return nil, err
	}
	return c, nil
}

// loadAuthorities loads what is given, in place of the default authorities; if
// nothing is, a context that verifies trusts those.
func (c *SSLContext) loadAuthorities(thread *starlark.Thread, cafile, capath, cadata starlark.Value) error {
	if cafile.Truth() || capath.Truth() || cadata.Truth() {
		c.defaults = false
		return c.loadVerifyLocations(thread, cafile, capath, cadata)
	}
	c.defaults = c.verifyMode != certNone
	return nil
}

// createDefaultHTTPSContext is ssl._create_default_https_context: what an
// HTTPSConnection without a context uses.
func createDefaultHTTPSContext(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := none(b, args, kwargs); err != nil {
		return nil, err
	}
	return NewDefaultContext(), nil
}

// httpsVerifyCertificates is ssl._https_verify_certificates. Verification is on;
// there is no switch that turns it off for everyone (D17).
func httpsVerifyCertificates(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	enable := starlark.Value(starlark.True)
	if err := py.UnpackArgs(b.Name(), args, kwargs, "enable?", &enable); err != nil {
		return nil, err
	}
	if !enable.Truth() {
		return nil, py.NotImplementedError.Errorf("certificate verification cannot be turned off globally: pass a context to the connection")
	}
	return starlark.None, nil
}

// createUnverifiedContext is ssl._create_unverified_context.
func createUnverifiedContext(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	protocol, purpose := starlark.Value(starlark.MakeInt(protocolTLS)), starlark.Value(serverAuth())
	var reqs, certfile, keyfile, cafile, capath, cadata starlark.Value = starlark.None, starlark.None, starlark.None, starlark.None, starlark.None, starlark.None
	checkHostname := starlark.Value(starlark.False)
	if err := py.UnpackArgs(b.Name(), args, kwargs, "protocol?", &protocol, "cert_reqs?", &reqs, "check_hostname?", &checkHostname,
		"purpose?", &purpose, "certfile?", &certfile, "keyfile?", &keyfile, "cafile?", &cafile, "capath?", &capath, "cadata?", &cadata); err != nil {
		return nil, err
	}
	if err := checkPurpose(purpose); err != nil {
		return nil, err
	}
	n, err := intArgument(protocol)
	if err != nil {
		return nil, err
	}
	c, err := newContext(n)
	if err != nil {
		return nil, err
	}
	if reqs != starlark.None {
		mode, err := longArgument(reqs)
		if err == nil {
			err = c.setVerifyMode(mode)
		}
		if err != nil {
			return nil, err
		}
	}
	if err := c.setCheckHostname(bool(checkHostname.Truth())); err != nil {
		return nil, err
	}
	if keyfile.Truth() && !certfile.Truth() {
		return nil, py.ValueError.Errorf("certfile must be specified")
	}
	if certfile.Truth() {
		if err := c.loadCertChain(thread, certfile, keyfile, nil); err != nil {
			return nil, err
		}
	}
	if err := c.loadAuthorities(thread, cafile, capath, cadata); err != nil {
		return nil, err
	}
	return c, nil
}

// wrapSocket is the old ssl.wrap_socket, which verifies nothing by default.
func wrapSocket(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var sock starlark.Value
	var keyfile, certfile, caCerts, ciphers starlark.Value = starlark.None, starlark.None, starlark.None, starlark.None
	var serverSide, handshake, suppress starlark.Value = starlark.False, starlark.True, starlark.True
	reqs, protocol := starlark.Value(starlark.MakeInt(certNone)), starlark.Value(starlark.MakeInt(protocolTLS))
	if err := py.UnpackArgs(b.Name(), args, kwargs, "sock", &sock, "keyfile?", &keyfile, "certfile?", &certfile,
		"server_side?", &serverSide, "cert_reqs?", &reqs, "ssl_version?", &protocol, "ca_certs?", &caCerts,
		"do_handshake_on_connect?", &handshake, "suppress_ragged_eofs?", &suppress, "ciphers?", &ciphers); err != nil {
		return nil, err
	}
	plain, err := socketArgument(sock)
	if err != nil {
		return nil, err
	}
	switch {
	case bool(serverSide.Truth()) && !bool(certfile.Truth()):
		return nil, py.ValueError.Errorf("certfile must be specified for server-side operations")
	case bool(keyfile.Truth()) && !bool(certfile.Truth()):
		return nil, py.ValueError.Errorf("certfile must be specified")
	}
	n, err := intArgument(protocol)
	if err != nil {
		return nil, err
	}
	c, err := newContext(n)
	if err != nil {
		return nil, err
	}
	mode, err := longArgument(reqs)
	if err == nil {
		err = c.setVerifyMode(mode)
	}
	if err == nil && bool(caCerts.Truth()) {
		err = c.loadVerifyLocations(thread, caCerts, nil, nil)
	}
	if err == nil && bool(certfile.Truth()) {
		err = c.loadCertChain(thread, certfile, keyfile, nil)
	}
	if list, ok := py.AsBytes(ciphers); ok && list != "" && err == nil {
		err = c.setCiphers(list)
	}
	if err != nil {
		return nil, err
	}
	s, err := c.wrap(thread, plain, wrapOptions{
		serverSide: bool(serverSide.Truth()), handshake: bool(handshake.Truth()),
		suppressEOFs: bool(suppress.Truth()), hostname: starlark.None,
	})
	if err != nil {
		return nil, err
	}
	s.legacy = legacyArguments{
		"keyfile": keyfile, "certfile": certfile, "cert_reqs": reqs,
		"ssl_version": protocol, "ca_certs": caCerts, "ciphers": ciphers,
	}
	return s, nil
}

// getServerCertificate is ssl.get_server_certificate: connect, shake hands,
// show what the server showed.
func getServerCertificate(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var addr starlark.Value
	protocol, caCerts := starlark.Value(starlark.MakeInt(protocolTLS)), starlark.Value(starlark.None)
	if err := py.UnpackArgs(b.Name(), args, kwargs, "addr", &addr, "ssl_version?", &protocol, "ca_certs?", &caCerts); err != nil {
		return nil, err
	}
	n, err := intArgument(protocol)
	if err != nil {
		return nil, err
	}
	c, err := newContext(n)
	if err != nil {
		return nil, err
	}
	if caCerts != starlark.None {
		c.verifyMode = certRequired
		if err := c.loadAuthorities(thread, caCerts, starlark.None, starlark.None); err != nil {
			return nil, err
		}
	}
	sock, err := socketmod.ConnectAddress(thread, addr, socketmod.Timeout{}, nil)
	if err != nil {
		return nil, err
	}
	s, err := c.Wrap(thread, sock, "")
	if err != nil {
		return nil, err
	}
	defer s.Close()
	certs := s.ConnectionState().PeerCertificates
	if len(certs) == 0 {
		return nil, sslFault(nil, "PEER_DID_NOT_RETURN_A_CERTIFICATE")
	}
	return starlark.String(pemText(certs[0].Raw)), nil
}

const (
	pemHeader = "-----BEGIN CERTIFICATE-----"
	pemFooter = "-----END CERTIFICATE-----"
)

// pemText is DER_cert_to_PEM_cert: lines of 64, whatever the content.
func pemText(der []byte) string {
	text := base64.StdEncoding.EncodeToString(der)
	var b strings.Builder
	b.WriteString(pemHeader + "\n")
	for len(text) > 64 {
		b.WriteString(text[:64] + "\n")
		text = text[64:]
	}
	b.WriteString(text + "\n" + pemFooter + "\n")
	return b.String()
}

func derToPEM(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var der py.ByteStr
	if err := py.UnpackArgs(b.Name(), args, kwargs, "der_cert_bytes", &der); err != nil {
		return nil, err
	}
	return starlark.String(pemText([]byte(der))), nil
}

func pemToDER(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var arg py.ByteStr
	if err := py.UnpackArgs(b.Name(), args, kwargs, "pem_cert_string", &arg); err != nil {
		return nil, err
	}
	text := string(arg)
	if !strings.HasPrefix(text, pemHeader) {
		return nil, py.ValueError.Errorf("Invalid PEM encoding; must start with %s", pemHeader)
	}
	text = py.Strip(text)
	if !strings.HasSuffix(text, pemFooter) {
		return nil, py.ValueError.Errorf("Invalid PEM encoding; must end with %s", pemFooter)
	}
	text = strings.TrimSuffix(strings.TrimPrefix(text, pemHeader), pemFooter)
	der, err := decodeBase64(text)
	if err != nil {
		return nil, err
	}
	return starlark.String(der), nil
}

// decodeBase64 is base64.decodestring: bytes that are not of the alphabet are
// passed over, and padding ends the text.
func decodeBase64(text string) ([]byte, error) {
	clean := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c == '=' && len(clean)%4 >= 2 {
			break
		}
		if 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '+' || c == '/' {
			clean = append(clean, c)
		}
	}
	padded := strings.Count(text, "=")
	if rest := len(clean) % 4; rest == 1 || rest > 0 && padded < 4-rest {
		return nil, py.ValueError.Errorf("Incorrect padding")
	}
	out := make([]byte, base64.RawStdEncoding.DecodedLen(len(clean)))
	n, err := base64.RawStdEncoding.Decode(out, clean)
	if err != nil {
		return nil, py.ValueError.Errorf("Incorrect padding")
	}
	return out[:n], nil
}

func getProtocolName(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var v starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "protocol_code", &v); err != nil {
		return nil, err
	}
	if n, err := longArgument(v); err == nil {
		if name, ok := protocolNames()[int(n)]; ok {
			return starlark.String(name), nil
		}
	}
	return starlark.String("<unknown>"), nil
}

// randStatus and randAdd are of OpenSSL's generator; the system's needs no seed.
func randStatus(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := none(b, args, kwargs); err != nil {
		return nil, err
	}
	return starlark.MakeInt(1), nil
}

func randAdd(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var data py.ByteStr
	var entropy py.Number
	if err := py.UnpackArgs(b.Name(), args, kwargs, "string", &data, "entropy", &entropy); err != nil {
		return nil, err
	}
	return starlark.None, nil
}

var verifyPathsType = &py.NamedType{
	Name: "DefaultVerifyPaths",
	Fields: []string{"cafile", "capath", "openssl_cafile_env", "openssl_cafile",
		"openssl_capath_env", "openssl_capath"},
}

// The places OpenSSL looks for authorities unless the environment says otherwise.
const (
	caFileEnv  = "SSL_CERT_FILE"
	caPathEnv  = "SSL_CERT_DIR"
	caFileName = "/etc/ssl/cert.pem"
	caPathName = "/etc/ssl/certs"
)

// getDefaultVerifyPaths is ssl.get_default_verify_paths. What the run may not
// see is None.
func getDefaultVerifyPaths(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := none(b, args, kwargs); err != nil {
		return nil, err
	}
	h := host.From(thread)
	find := func(env, name string, dir bool) starlark.Value {
		if v, ok, err := h.Getenv(env); ok && err == nil {
			name = v
		}
		f, err := h.Open(name, os.O_RDONLY)
		if err != nil {
			return starlark.None
		}
		defer f.Close()
		if info, err := f.Stat(); err != nil || info.IsDir() != dir {
			return starlark.None
		}
		return starlark.String(name)
	}
	return verifyPathsType.New(find(caFileEnv, caFileName, false), find(caPathEnv, caPathName, true),
		starlark.String(caFileEnv), starlark.String(caFileName), starlark.String(caPathEnv), starlark.String(caPathName)), nil
}
