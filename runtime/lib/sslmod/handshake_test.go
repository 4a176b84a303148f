package sslmod

import (
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"io"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

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

// No server name is sent for an address.
func TestNoServerNameForAddresses(t *testing.T) {
	sni := make(chan string, 1)
	config := serverConfig(localhost)
	config.GetConfigForClient = func(h *tls.ClientHelloInfo) (*tls.Config, error) {
		sni <- h.ServerName
		return nil, nil
	}
	r := newRun(t, host.Host{})
	s, err := NewDefaultContext().Wrap(r.thread, r.connect(t, serveTLS(t, config, untilClosed), socketmod.NoTimeout), "127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	if got := <-sni; got != "" {
		t.Errorf("server name sent for an address: %q", got)
	}
}

const verifyFailed = "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed (_ssl.c:727)"

// Whatever is wrong with a chain is one error, with Go's finding as its cause.
func TestUntrusted(t *testing.T) {
	self := newAuthority("self")
	expired := func(c *x509.Certificate) {
		c.NotBefore, c.NotAfter = time.Now().Add(-2*time.Hour), time.Now().Add(-time.Hour)
	}
	future := func(c *x509.Certificate) {
		c.NotBefore, c.NotAfter = time.Now().Add(time.Hour), time.Now().Add(2*time.Hour)
	}
	clientOnly := func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} }
	names := []string{"localhost"}
	tests := []struct {
		name string
		cert tls.Certificate
		hint string
	}{
		{"unknown authority", stranger.issue(names, nil), "unknown authority"},
		{"self-signed", tls.Certificate{Certificate: [][]byte{self.cert.Raw}, PrivateKey: self.key}, "unknown authority"},
		{"expired", trusted.issue(names, expired), "expired"},
		{"not yet valid", trusted.issue(names, future), "not yet valid"},
		{"for clients only", trusted.issue(names, clientOnly), "usage"},
	}
	for _, tt := range tests {
		failed := make(chan error, 1)
		port := serve(t, func(conn *net.TCPConn) {
			c := tls.Server(conn, serverConfig(tt.cert))
			err := c.Handshake()
			if err == nil {
				_, err = c.Read(make([]byte, 1))
			}
			failed <- err
		})
		r := newRun(t, host.Host{})
		plain := r.connect(t, port, socketmod.NoTimeout)
		_, err := NewDefaultContext().Wrap(r.thread, plain, "localhost")
		wantError(t, tt.name, err, SSLError, verifyFailed)
		wantReason(t, tt.name, err, "CERTIFICATE_VERIFY_FAILED")
		var e *py.Exception
		if errors.As(err, &e) {
			if e.Fields["library"] != starlark.String("SSL") || e.Fields["errno"] != starlark.MakeInt(1) {
				t.Errorf("%s: fields %v; want library SSL, errno 1", tt.name, e.Fields)
			}
			if e.Cause == nil || !strings.Contains(e.Cause.Error(), tt.hint) {
				t.Errorf("%s: cause %v; want one with %q", tt.name, e.Cause, tt.hint)
			}
		}
		if err := <-failed; err == nil {
			t.Errorf("%s: the server noticed nothing", tt.name)
		}
		if !plain.Closed() || r.host.Resources.Len() != 0 {
			t.Errorf("%s: the connection is still open", tt.name)
		}
	}
}

// The clock is the run's.
func TestVerifyUsesTheRunsClock(t *testing.T) {
	port := serveTLS(t, serverConfig(localhost), untilClosed)
	r := newRun(t, host.Host{Now: func() time.Time { return time.Now().AddDate(1, 0, 0) }})
	_, err := NewDefaultContext().Wrap(r.thread, r.connect(t, port, socketmod.NoTimeout), "localhost")
	wantReason(t, "a year later", err, "CERTIFICATE_VERIFY_FAILED")
}

func TestNames(t *testing.T) {
	commonName := func(c *x509.Certificate) { c.Subject = pkix.Name{CommonName: "localhost"} }
	// Names that crypto/x509 would not put into a certificate.
	raw := func(names ...string) func(c *x509.Certificate) {
		return func(c *x509.Certificate) {
			var list []asn1.RawValue
			for _, n := range names {
				list = append(list, asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: tagDNS, Bytes: []byte(n)})
			}
			der, err := asn1.Marshal(list)
			if err != nil {
				t.Fatal(err)
			}
			c.ExtraExtensions = []pkix.Extension{{Id: oidSubjectAltName, Value: der}}
		}
	}
	const none = "no appropriate commonName or subjectAltName fields were found"
	tests := []struct {
		cert     tls.Certificate
		hostname string
		want     string // "": it matches
	}{
		{localhost, "localhost", ""},
		{localhost, "LOCALHOST", ""},
		{localhost, "127.0.0.1", ""},
		{localhost, "127.0.0.2", "hostname '127.0.0.2' doesn't match either of 'localhost', '127.0.0.1'"},
		{localhost, "fakehostname", "hostname 'fakehostname' doesn't match 'localhost'"},
		{trusted.issue([]string{"a.com", "b.com"}, nil), "c.com", "hostname 'c.com' doesn't match either of 'a.com', 'b.com'"},
		{trusted.issue([]string{"::1"}, nil), "::1", ""},
		{trusted.issue(nil, commonName), "localhost", none},
		{trusted.issue([]string{"*.a.com"}, nil), "b.a.com", ""},
		{trusted.issue([]string{"*.a.com"}, nil), "c.b.a.com", "hostname 'c.b.a.com' doesn't match '*.a.com'"},
		{trusted.issue([]string{"*.a.com"}, nil), "a.com", "hostname 'a.com' doesn't match '*.a.com'"},
		{trusted.issue([]string{"w*.a.com"}, nil), "www.a.com", "hostname 'www.a.com' doesn't match 'w*.a.com'"},
		{trusted.issue([]string{"*"}, nil), "localhost", "hostname 'localhost' doesn't match '*'"},
		// CVE-2013-4238, CVE-2013-2099.
		{trusted.issue(nil, raw("localhost\x00.evil.com")), "localhost", "hostname 'localhost' doesn't match 'localhost\\x00.evil.com'"},
		{trusted.issue(nil, raw("*a*.a.com")), "aa.a.com", "hostname 'aa.a.com' doesn't match '*a*.a.com'"},
		{trusted.issue(nil, raw(strings.Repeat("*", 60)+".a.com")), "b.a.com", "hostname 'b.a.com' doesn't match '" + strings.Repeat("*", 60) + ".a.com'"},
	}
	for _, tt := range tests {
		r := newRun(t, host.Host{})
		port := serveTLS(t, serverConfig(tt.cert), untilClosed)
		s, err := NewDefaultContext().Wrap(r.thread, r.connect(t, port, socketmod.NoTimeout), tt.hostname)
		if tt.want == "" {
			if err != nil {
				t.Errorf("%s: %v; want a match", tt.hostname, err)
				continue
			}
			s.Close()
			continue
		}
		wantError(t, tt.hostname, err, CertificateError, tt.want)
		if err != nil && errors.As(err, new(*py.Exception)) && r.host.Resources.Len() != 0 {
			t.Errorf("%s: the connection is still open", tt.hostname)
		}
	}
}

// The default context reads the authorities when it needs them, and trusts the
// run's own test servers even if they come later.
func TestDefaultContext(t *testing.T) {
	asked := 0
	r := newRun(t, host.Host{Roots: func() (*x509.CertPool, error) {
		asked++
		return x509.NewCertPool(), nil
	}})
	c, err := DefaultContext(r.thread)
	again, _ := DefaultContext(r.thread)
	if err != nil || again != c {
		t.Fatalf("DefaultContext = %p, %p, %v; want the same twice", c, again, err)
	}
	if err := c.LoadVerifyLocations(r.thread, "x", "", ""); err == nil || !strings.Contains(err.Error(), "cannot change frozen SSLContext") {
		t.Errorf("the default context takes authorities: %v", err)
	}
	r.eval(t, starlark.StringDict{"c": c},
		`c.check_hostname ==> True`,
		`c.check_hostname = False ==> ! TypeError: 'cannot change frozen SSLContext'`,
		`c.set_ciphers("HIGH") ==> ! TypeError: 'cannot change frozen SSLContext'`,
		`c.load_cert_chain("x") ==> ! TypeError: 'cannot change frozen SSLContext'`,
	)
	port := serveTLS(t, serverConfig(localhost), untilClosed)
	plain := r.connect(t, port, socketmod.NoTimeout)
	if asked != 0 {
		t.Errorf("the authorities were asked for %d times before a handshake", asked)
	}
	_, err = c.Wrap(r.thread, plain, "localhost")
	wantReason(t, "nobody trusted", err, "CERTIFICATE_VERIFY_FAILED")
	r.host.Trusted.Add(trusted.cert)
	s, err := c.Wrap(r.thread, r.connect(t, port, socketmod.NoTimeout), "localhost")
	if err != nil {
		t.Fatalf("after the authority was added: %v", err)
	}
	s.Close()
	if asked != 2 {
		t.Errorf("the authorities were asked for %d times in two handshakes", asked)
	}
	broken := newRun(t, host.Host{Roots: func() (*x509.CertPool, error) { return nil, errStop }})
	_, err = NewDefaultContext().Wrap(broken.thread, broken.connect(t, port, socketmod.NoTimeout), "localhost")
	wantReason(t, "no authorities to be had", err, "CERTIFICATE_VERIFY_FAILED")
	if !errors.Is(err, errStop) {
		t.Errorf("the cause of %v is lost", err)
	}
}

func TestUnverified(t *testing.T) {
	r := newRun(t, host.Host{})
	port := serveTLS(t, serverConfig(stranger.issue([]string{"elsewhere"}, nil)), untilClosed)
	s, err := Unverified().Wrap(r.thread, r.connect(t, port, socketmod.NoTimeout), "localhost")
	if err != nil {
		t.Fatal(err)
	}
	r.eval(t, starlark.StringDict{"s": s}, `s.getpeercert() ==> {}`, `len(s.getpeercert(True)) > 0 ==> True`)
	s.Close()
	plain := r.connect(t, port, socketmod.NoTimeout)
	_, err = NewDefaultContext().Wrap(r.thread, plain, "")
	wantError(t, "no name", err, py.ValueError, "check_hostname requires server_hostname")
	if !plain.Closed() {
		t.Error("the connection is still open")
	}
}

// readHello reads one record, the client's hello.
func readHello(c net.Conn) {
	var header [5]byte
	if _, err := io.ReadFull(c, header[:]); err == nil {
		io.CopyN(io.Discard, c, int64(header[3])<<8|int64(header[4]))
	}
}

// Peers that do not speak TLS, or not for long. robustness F20, F23.
func TestBadPeers(t *testing.T) {
	tests := []struct {
		name   string
		peer   func(conn *net.TCPConn)
		reason string // "": see class
		class  *py.Class
	}{
		{"an HTTP server", func(c *net.TCPConn) {
			readHello(c)
			io.WriteString(c, "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
		}, "WRONG_VERSION_NUMBER", SSLError},
		{"plaintext before the handshake", func(c *net.TCPConn) {
			io.WriteString(c, "HTTP/1.1 200 OK\r\n\r\nowned")
			io.Copy(io.Discard, c)
		}, "WRONG_VERSION_NUMBER", SSLError},
		{"an SSH server", func(c *net.TCPConn) {
			io.WriteString(c, "SSH-2.0-OpenSSH_9.6\r\n")
			io.Copy(io.Discard, c)
		}, "WRONG_VERSION_NUMBER", SSLError},
		{"an end at once", func(c *net.TCPConn) {
			c.CloseWrite() // a close would reset what the client sends
			io.Copy(io.Discard, c)
		}, "", SSLEOFError},
		{"an end after the hello", func(c *net.TCPConn) { readHello(c) }, "", SSLEOFError},
		{"an end inside a record", func(c *net.TCPConn) {
			readHello(c)
			c.Write([]byte{22, 3, 3, 0, 100, 2, 0})
		}, "", SSLEOFError},
		{"a reset", func(c *net.TCPConn) {
			readHello(c)
			c.SetLinger(0)
		}, "", socketmod.ErrorClass},
		{"an alert", func(c *net.TCPConn) {
			readHello(c)
			c.Write([]byte{21, 3, 3, 0, 2, 2, 40})
		}, "SSLV3_ALERT_HANDSHAKE_FAILURE", SSLError},
		{"an oversized record", func(c *net.TCPConn) {
			readHello(c)
			c.Write([]byte{22, 3, 3, 0xff, 0xff})
			io.Copy(io.Discard, c)
		}, "ENCRYPTED_LENGTH_TOO_LONG", SSLError},
		{"a message out of order", func(c *net.TCPConn) {
			readHello(c)
			c.Write([]byte{22, 3, 3, 0, 4, 14, 0, 0, 0}) // ServerHelloDone
			io.Copy(io.Discard, c)
		}, "UNEXPECTED_MESSAGE", SSLError},
		{"application data in place of a hello", func(c *net.TCPConn) {
			readHello(c)
			c.Write([]byte{23, 3, 3, 0, 1, 'x'})
			io.Copy(io.Discard, c)
		}, "WRONG_VERSION_NUMBER", SSLError},
		{"a flood of warnings", func(c *net.TCPConn) {
			readHello(c)
			for range 1000 {
				if _, err := c.Write([]byte{21, 3, 3, 0, 2, 1, 90}); err != nil {
					return
				}
			}
			io.Copy(io.Discard, c)
		}, "", SSLError},
	}
	for _, tt := range tests {
		r := newRun(t, host.Host{})
		_, err := NewDefaultContext().Wrap(r.thread, r.connect(t, serve(t, tt.peer), socketmod.Seconds(60)), "localhost")
		var e *py.Exception
		if !errors.As(err, &e) || e.Class() != tt.class {
			t.Errorf("%s: %v; want a %s", tt.name, err, tt.class.QualifiedName())
		}
		if tt.reason != "" {
			wantReason(t, tt.name, err, tt.reason)
		}
		if tt.class == SSLEOFError && !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%s: %v is no io.ErrUnexpectedEOF", tt.name, err)
		}
		if tt.class == socketmod.ErrorClass && !errors.Is(err, syscall.ECONNRESET) && !errors.Is(err, syscall.EPIPE) {
			t.Errorf("%s: %v is no reset", tt.name, err)
		}
		if r.host.Resources.Len() != 0 {
			t.Errorf("%s: the connection is still open", tt.name)
		}
	}
}

// A stall after any number of the server's bytes ends at the timeout, and at
// the end of the run. robustness F23, CVE-2021-34558, CVE-2022-41724.
func TestHandshakeStalls(t *testing.T) {
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		config := serverConfig(localhost)
		config.MaxVersion = version
		for _, cut := range []int{0, 1, 5, 50, 127, 150, 300} {
			// The server's writes pass until cut bytes went; then it waits.
			port := serve(t, func(conn *net.TCPConn) {
				tls.Server(&stalling{TCPConn: conn, left: cut}, config).Handshake()
				io.Copy(io.Discard, conn)
			})
			r := newRun(t, host.Host{})
			start := time.Now()
			_, err := NewDefaultContext().Wrap(r.thread, r.connect(t, port, socketmod.Seconds(0.03)), "localhost")
			if d := time.Since(start); d < 30*time.Millisecond || d > 2*time.Second {
				t.Errorf("cut at %d: gave up after %v; want 30ms", cut, d)
			}
			wantError(t, "handshake", err, TimeoutError, "('_ssl.c:711: The handshake operation timed out',)")
			var e *py.Exception
			if errors.As(err, &e) && (!e.IsA(SSLError) || !e.IsA(socketmod.TimeoutClass)) {
				t.Errorf("cut at %d: %v is not both an SSLError and a socket.timeout", cut, err)
			}
			if r.host.Resources.Len() != 0 {
				t.Errorf("cut at %d: the connection is still open", cut)
			}
			for _, timeout := range []socketmod.Timeout{socketmod.NoTimeout, socketmod.Seconds(60)} {
				r := newRun(t, host.Host{})
				plain := r.connect(t, port, timeout)
				done := make(chan error, 1)
				go func() {
					_, err := NewDefaultContext().Wrap(r.thread, plain, "localhost")
					done <- err
				}()
				promptly(t, "cancelling a handshake", func() {
					r.cancel(errStop)
					if err := <-done; err != errStop {
						t.Errorf("cut at %d: cancelled handshake = %v; want the run's cause", cut, err)
					}
				})
			}
		}
	}
}

// A stalling connection swallows what is written after left bytes.
type stalling struct {
	*net.TCPConn
	left int
}

func (s *stalling) Write(p []byte) (int, error) {
	n := min(len(p), s.left)
	s.left -= n
	if n > 0 {
		if _, err := s.TCPConn.Write(p[:n]); err != nil {
			return 0, err
		}
	}
	return len(p), nil
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
