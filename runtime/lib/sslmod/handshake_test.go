package sslmod

import (
	"crypto/tls"
	"io"
	"net"
	"testing"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/lib/socketmod"
	"starwire/runtime/py"
)

func TestWrap(t *testing.T) {
	for version, name := range map[uint16]string{tls.VersionTLS12: "TLSv1.2", tls.VersionTLS13: "TLSv1.3"} {
		config := serverConfig(localhost)
		config.MaxVersion = version
		sni := make(chan string, 1)
		config.GetConfigForClient = func(h *tls.ClientHelloInfo) (*tls.Config, error) {
			sni <- h.ServerName
			if len(h.SupportedProtos) > 0 {
				t.Errorf("ALPN %q was sent; want none by default", h.SupportedProtos)
			}
			return nil, nil
		}
		port := serveTLS(t, config, echo)
		r := newRun(t, host.Host{})
		for _, timeout := range []socketmod.Timeout{socketmod.NoTimeout, socketmod.Seconds(60)} {
			plain := r.connect(t, port, timeout)
			s, err := NewDefaultContext().Wrap(r.thread, plain, "localhost")
			if err != nil {
				t.Fatal(err)
			}
			if got := <-sni; got != "localhost" {
				t.Errorf("server name sent: %q; want localhost", got)
			}
			if !plain.Closed() {
				t.Error("the plain socket is still open")
			}
			if _, err := plain.Write([]byte("in the clear")); err == nil {
				t.Error("the plain socket can still be written")
			}
			if _, ok := s.NetConn().(*tls.Conn); !ok {
				t.Errorf("NetConn() = %T; want *tls.Conn", s.NetConn())
			}
			if _, err := s.WriteBuffers(&net.Buffers{[]byte("head "), []byte("body")}); err != nil {
				t.Fatal(err)
			}
			buf := make([]byte, 9)
			if _, err := io.ReadFull(s, buf); err != nil || string(buf) != "head body" {
				t.Errorf("Read = %q, %v", buf, err)
			}
			g := starlark.StringDict{"s": s}
			r.eval(t, g,
				`s.version() ==> '`+name+`'`,
				`s.cipher()[1] ==> '`+name+`'`,
				`len(s.cipher()) ==> 3`,
				`s.getpeercert()["subjectAltName"] ==> (('DNS', 'localhost'), ('IP Address', '127.0.0.1'))`,
				`len(s.getpeercert(True)) > 100 ==> True`,
				`s.server_hostname ==> 'localhost'`,
				`s.compression()`,
				`s.selected_alpn_protocol()`,
				`s.gettimeout() == `+py.Repr(timeout.Value())+` ==> True`,
				`s.sendall("more") ==> 4`,
				`s.recv(2) ==> 'mo'`,
				`s.pending() ==> 1`,
				`s.read(100) ==> 're'`,
				`s.pending() ==> 0`,
				`s.recv(1, 1) ==> ! ValueError: "non-zero flags not allowed in calls to recv() on <class 'ssl.SSLSocket'>"`,
				`s.sendall("x", 1) ==> ! ValueError: "non-zero flags not allowed in calls to sendall() on <class 'ssl.SSLSocket'>"`,
				`s.write("x") ==> 1`,
				`f = s.makefile()`,
				`f.read(1) ==> 'x'`,
				`f.close()`,
				`s ==> <ssl.SSLSocket object>`,
				`s.close()`,
				`s.recv(1) ==> ! socket.error: '[Errno 9] Bad file descriptor'`,
				`s.read(1) ==> ! ValueError: 'Read on closed or unwrapped SSL socket.'`,
			)
			if n := r.host.Resources.Len(); n != 0 {
				t.Errorf("%d resources after close(); want 0", n)
			}
		}
	}
}

func TestVersions(t *testing.T) {
	tests := []struct {
		name     string
		set      string // what the script does to its context
		protocol int
		lowest   uint16 // the server's
		highest  uint16
		want     string // the version, or the reason of the failure
	}{
		{"both", "", 2, tls.VersionTLS10, 0, "TLSv1.3"},
		{"PROTOCOL_TLSv1_2", "", 5, tls.VersionTLS10, 0, "TLSv1.2"},
		{"PROTOCOL_TLSv1 is an alias", "", 3, tls.VersionTLS10, 0, "TLSv1.3"},
		{"OP_NO_TLSv1_3", "c.options = c.options | ssl.OP_NO_TLSv1_3", 2, tls.VersionTLS10, 0, "TLSv1.2"},
		{"OP_NO_TLSv1_2", "c.options = c.options | ssl.OP_NO_TLSv1_2", 2, tls.VersionTLS10, 0, "TLSv1.3"},
		{"neither", "c.options = ssl.OP_NO_TLSv1_2 | ssl.OP_NO_TLSv1_3", 2, tls.VersionTLS10, 0, "NO_PROTOCOLS_AVAILABLE"},
		{"an old server", "", 2, tls.VersionTLS10, tls.VersionTLS11, "TLSV1_ALERT_PROTOCOL_VERSION"},
		{"a new server", "c.options = ssl.OP_NO_TLSv1_3", 2, tls.VersionTLS13, 0, "TLSV1_ALERT_PROTOCOL_VERSION"},
		{"a suite", "c.set_ciphers('ECDHE-ECDSA-AES256-GCM-SHA384')", 5, tls.VersionTLS10, 0, "TLSv1.2"},
		{"no common suite", "c.set_ciphers('ECDHE-RSA-AES256-GCM-SHA384')", 5, tls.VersionTLS10, 0, "SSLV3_ALERT_HANDSHAKE_FAILURE"},
		{"a curve", "c.set_ecdh_curve('secp384r1')", 2, tls.VersionTLS10, 0, "TLSv1.3"},
		{"revocation lists", "c.verify_flags = ssl.VERIFY_CRL_CHECK_LEAF", 2, tls.VersionTLS10, 0, "CERTIFICATE_VERIFY_FAILED"},
	}
	for _, tt := range tests {
		config := serverConfig(localhost)
		config.MinVersion, config.MaxVersion = tt.lowest, tt.highest
		r := newRun(t, host.Host{})
		c, err := newContext(tt.protocol)
		if err != nil {
			t.Fatal(err)
		}
		c.verifyMode, c.defaults = certRequired, true
		if tt.set != "" {
			r.eval(t, starlark.StringDict{"c": c, "ssl": Module()}, tt.set)
		}
		s, err := c.Wrap(r.thread, r.connect(t, serveTLS(t, config, untilClosed), socketmod.NoTimeout), "localhost")
		if err != nil {
			wantReason(t, tt.name, err, tt.want)
			continue
		}
		r.eval(t, starlark.StringDict{"s": s}, `s.version() ==> '`+tt.want+`'`)
		if tt.name == "a suite" {
			r.eval(t, starlark.StringDict{"s": s}, `s.cipher() ==> ('ECDHE-ECDSA-AES256-GCM-SHA384', 'TLSv1.2', 256)`)
		}
		s.Close()
	}
}

func TestALPN(t *testing.T) {
	config := serverConfig(localhost)
	config.NextProtos = []string{"http/1.1"}
	port := serveTLS(t, config, untilClosed)
	r := newRun(t, host.Host{})
	c := NewDefaultContext()
	r.eval(t, starlark.StringDict{"c": c}, `c.set_alpn_protocols(["h2", "http/1.1"])`)
	s, err := c.Wrap(r.thread, r.connect(t, port, socketmod.NoTimeout), "localhost")
	if err != nil {
		t.Fatal(err)
	}
	r.eval(t, starlark.StringDict{"s": s}, `s.selected_alpn_protocol() ==> 'http/1.1'`)
	s.Close()
	r.eval(t, starlark.StringDict{"c": c}, `c.set_alpn_protocols(["h2"])`, `c.session_stats()["connect_good"] ==> 1`)
	_, err = c.Wrap(r.thread, r.connect(t, port, socketmod.NoTimeout), "localhost")
	wantReason(t, "no common protocol", err, "TLSV1_ALERT_NO_APPLICATION_PROTOCOL")
	r.eval(t, starlark.StringDict{"c": c}, `c.session_stats()["connect"] ==> 2`)
}
