package sslmod

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/lib/libtest"
	"starwire/runtime/lib/socketmod"
	"starwire/runtime/py"
)

func TestMain(m *testing.M) { libtest.Main(m) }

// An authority signs the tests' certificates.
type authority struct {
	cert *x509.Certificate
	key  crypto.Signer
}

// trusted is what the runs of the tests trust by default; stranger is not.
var trusted, stranger = newAuthority("Test Authority"), newAuthority("Stranger")

var serial atomic.Int64

func newAuthority(name string) *authority {
	template := &x509.Certificate{
		Subject: pkix.Name{CommonName: name}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign,
	}
	a := &authority{key: newKey()}
	a.cert = a.sign(template, template, a.key)
	return a
}

func newKey() crypto.Signer {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	return key
}

func (a *authority) sign(template, parent *x509.Certificate, key crypto.Signer) *x509.Certificate {
	template.SerialNumber = big.NewInt(serial.Add(1))
	if template.NotAfter.IsZero() {
		template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), a.key)
	if err != nil {
		panic(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		panic(err)
	}
	return cert
}

// issue returns a certificate for servers and clients with the given names; edit
// may change it before it is signed.
func (a *authority) issue(names []string, edit func(*x509.Certificate)) tls.Certificate {
	template := &x509.Certificate{
		Subject:     pkix.Name{CommonName: "leaf"},
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	for _, n := range names {
		if ip := net.ParseIP(n); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, n)
		}
	}
	if edit != nil {
		edit(template)
	}
	key := newKey()
	leaf := a.sign(template, a.cert, key)
	return tls.Certificate{Certificate: [][]byte{leaf.Raw}, PrivateKey: key, Leaf: leaf}
}

// localhost is the certificate most servers of the tests show.
var localhost = trusted.issue([]string{"localhost", "127.0.0.1"}, nil)

func certPEM(cert *x509.Certificate) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw}))
}

func keyPEM(t testing.TB, key crypto.PrivateKey) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

// A rig is a run that may dial, open files, and trusts an authority.
type rig struct {
	thread *starlark.Thread
	host   *host.Host
	cancel context.CancelCauseFunc
}

var errStop = errors.New("stop")

func newRun(t testing.TB, h host.Host) *rig {
	t.Helper()
	h.Dial = func(ctx context.Context, d host.DialRequest) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "tcp", net.JoinHostPort(d.Host, d.Port))
	}
	if h.Open == nil {
		h.Open = func(name string, flag int) (host.File, error) { return os.OpenFile(name, flag, 0) }
	}
	if h.Roots == nil {
		h.Roots = func() (*x509.CertPool, error) {
			pool := x509.NewCertPool()
			pool.AddCert(trusted.cert)
			return pool, nil
		}
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	r := &rig{thread: new(starlark.Thread), cancel: cancel}
	r.host = host.Attach(r.thread, ctx, h)
	t.Cleanup(func() {
		cancel(nil)
		r.host.Resources.Close()
	})
	return r
}

// serve listens, and gives each connection to handle, closing it after that. It
// returns the port; the end of the test waits for handle.
func serve(t testing.TB, handle func(conn *net.TCPConn)) starlark.Value {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			serving.Go(func() {
				handle(conn.(*net.TCPConn))
				conn.Close()
			})
		}
	})
	t.Cleanup(func() {
		l.Close()
		serving.Wait()
	})
	return starlark.MakeInt(l.Addr().(*net.TCPAddr).Port)
}

// serveTLS is serve with TLS; handle gets nil if the handshake failed.
func serveTLS(t testing.TB, config *tls.Config, handle func(conn *tls.Conn)) starlark.Value {
	t.Helper()
	return serve(t, func(conn *net.TCPConn) {
		c := tls.Server(conn, config)
		if c.Handshake() != nil {
			return
		}
		handle(c)
	})
}

func serverConfig(cert tls.Certificate) *tls.Config {
	return &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS10}
}

// untilClosed reads until the client closes.
func untilClosed(conn *tls.Conn) {
	buf := make([]byte, 1024)
	for {
		if _, err := conn.Read(buf); err != nil {
			return
		}
	}
}

// echo sends back what comes, and says goodbye properly.
func echo(conn *tls.Conn) {
	buf := make([]byte, 1024)
	for {
		n, err := conn.Read(buf)
		if n > 0 {
			conn.Write(buf[:n])
		}
		if err != nil {
			conn.Close()
			return
		}
	}
}

// connect opens a socket to a server of the test.
func (r *rig) connect(t testing.TB, port starlark.Value, timeout socketmod.Timeout) *socketmod.Socket {
	t.Helper()
	s, err := socketmod.Connect(r.thread, "127.0.0.1", port, timeout, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// wrap connects and shakes hands with the default context.
func (r *rig) wrap(t testing.TB, port starlark.Value, timeout socketmod.Timeout) *SSLSocket {
	t.Helper()
	s, err := NewDefaultContext().Wrap(r.thread, r.connect(t, port, timeout), "localhost")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// eval evaluates lines "source ==> outcome" as libtest writes outcomes.
func (r *rig) eval(t *testing.T, globals starlark.StringDict, lines ...string) {
	t.Helper()
	for _, line := range lines {
		source, want, _ := strings.Cut(line, " ==> ")
		if got := strings.TrimSuffix(libtest.Eval(r.thread, globals, source), "\n"); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", source, got, want)
		}
	}
}

// wantError checks an exception's class and text.
func wantError(t testing.TB, what string, err error, class *py.Class, text string) {
	t.Helper()
	var e *py.Exception
	if !errors.As(err, &e) || e.Class() != class || e.String() != text {
		t.Errorf("%s: %v; want %s: %s", what, err, class.QualifiedName(), text)
	}
}

// wantReason checks an SSLError's reason.
func wantReason(t testing.TB, what string, err error, reason string) {
	t.Helper()
	var e *py.Exception
	if !errors.As(err, &e) || !e.IsA(SSLError) || e.Fields["reason"] != starlark.String(reason) {
		t.Errorf("%s: %v; want an SSLError with reason %s", what, err, reason)
	}
}

func promptly(t testing.TB, what string, f func()) {
	t.Helper()
	start := time.Now()
	f()
	if d := time.Since(start); d > 5*time.Second { // a hundredfold, for busy machines
		t.Errorf("%s took %v; want at most 50ms", what, d)
	}
}

// file writes a file of the test's and returns its name.
func file(t testing.TB, name string, parts ...string) string {
	t.Helper()
	path := t.TempDir() + "/" + name
	var b bytes.Buffer
	for _, p := range parts {
		b.WriteString(p)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
