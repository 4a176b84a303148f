package sslmod

import (
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/lib/socketmod"
	"starwire/runtime/py"
)

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
