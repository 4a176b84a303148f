package testservermod

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"sync"
	"time"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/py"
)

// An authority signs the certificates of one run's servers. Its run trusts it,
// and no one else ever does: its key lives and dies with the run.
type authority struct {
	once sync.Once
	err  error
	key  *ecdsa.PrivateKey // of the authority
	leaf *ecdsa.PrivateKey // of all certificates it signs
	cert *x509.Certificate
	pem  string
}

type authorityKey struct{}

// authorityOf returns the run's authority, made and trusted at its first use.
func authorityOf(h *host.Host) (*authority, error) {
	a := host.State(h, authorityKey{}, func() *authority { return new(authority) })
	a.once.Do(func() {
		if a.err = a.make(); a.err == nil {
			h.Trusted.Add(a.cert)
		}
	})
	return a, a.err
}

// The certificates are valid at any time a run's clock may be set to.
func validFrom() time.Time { return time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC) }
func expiredAt() time.Time { return time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC) }
func validTo() time.Time   { return time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC) }

func (a *authority) make() (err error) {
	if a.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		return err
	}
	if a.leaf, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		return err
	}
	t := &x509.Certificate{
		SerialNumber: serial(), Subject: pkix.Name{CommonName: "starwire test authority"},
		NotBefore: validFrom(), NotAfter: validTo(),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, t, t, &a.key.PublicKey, a.key)
	if err != nil {
		return err
	}
	a.pem = encodePEM("CERTIFICATE", der)
	a.cert, err = x509.ParseCertificate(der)
	return err
}

// serial returns a random serial number: clients tell certificates apart by it.
func serial() *big.Int {
	var b [16]byte
	rand.Read(b[:])
	return new(big.Int).SetBytes(b[:])
}

func encodePEM(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

// A certKind is what is right or wrong with a server's certificate.
type certKind string

const (
	certGood       certKind = "good"
	certSelfSigned certKind = "self-signed"
	certExpired    certKind = "expired"
	certWrongName  certKind = "wrong-name"
)

// server returns a certificate for the loopback addresses, localhost and hosts.
func (a *authority) server(kind certKind, hosts []string) (tls.Certificate, error) {
	t := &x509.Certificate{
		SerialNumber: serial(), Subject: pkix.Name{CommonName: "localhost"},
		NotBefore: validFrom(), NotAfter: validTo(),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames:    []string{"localhost"},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
	}
	for _, h := range hosts {
		if ip := net.ParseIP(h); ip != nil {
			t.IPAddresses = append(t.IPAddresses, ip)
		} else {
			t.DNSNames = append(t.DNSNames, h)
		}
	}
	parent, key := a.cert, a.key
	switch kind {
	case certSelfSigned:
		parent, key = t, a.leaf
	case certExpired:
		t.NotAfter = expiredAt()
	case certWrongName:
		t.Subject.CommonName = "wrong-name.invalid"
		t.DNSNames, t.IPAddresses = []string{"wrong-name.invalid"}, nil
	}
	der, err := x509.CreateCertificate(rand.Reader, t, parent, &a.leaf.PublicKey, key)
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: a.leaf}, nil
}

// client returns a certificate for a client, and its key, as PEM text.
func (a *authority) client() (string, error) {
	t := &x509.Certificate{
		SerialNumber: serial(), Subject: pkix.Name{CommonName: "starwire test client"},
		NotBefore: validFrom(), NotAfter: validTo(),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, t, a.cert, &a.leaf.PublicKey, a.key)
	if err != nil {
		return "", err
	}
	key, err := x509.MarshalPKCS8PrivateKey(a.leaf)
	if err != nil {
		return "", err
	}
	return encodePEM("CERTIFICATE", der) + encodePEM("PRIVATE KEY", key), nil
}

// parseTLS reads the argument tls: a bool, or what is wrong with the certificate.
func parseTLS(v starlark.Value) (kind certKind, on bool, err error) {
	switch v := v.(type) {
	case starlark.Bool:
		return certGood, bool(v), nil
	case starlark.String:
		switch kind = certKind(v); kind {
		case certSelfSigned, certExpired, certWrongName:
			return kind, true, nil
		}
		return "", false, py.ValueError.Errorf("tls: want True, False, 'self-signed', 'expired' or 'wrong-name', not %s", py.Repr(v))
	}
	return "", false, py.TypeError.Errorf("tls: want a bool or a string, not %s", py.TypeName(v))
}

// secure gives the server its certificate. clientCA is the argument client_ca:
// None, True for the run's own authority, or PEM text.
func (s *server) secure(kind certKind, clientCA starlark.Value) error {
	a, err := authorityOf(s.host)
	if err != nil {
		return err
	}
	var hosts []string
	for _, name := range s.names {
		h, _, _ := net.SplitHostPort(name)
		hosts = append(hosts, h)
	}
	cert, err := a.server(kind, hosts)
	if err != nil {
		return py.ValueError.Errorf("names: no certificate can be made: %w", err)
	}
	s.tlsConfig = &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}
	s.cacert = a.pem
	if clientCA == starlark.None || clientCA == starlark.False {
		return nil
	}
	pool := x509.NewCertPool()
	switch text, isText := py.AsBytes(clientCA); {
	case clientCA == starlark.True:
		pool.AddCert(a.cert)
		if s.clientPEM, err = a.client(); err != nil {
			return err
		}
	case !isText:
		return py.TypeError.Errorf("client_ca: want True or PEM text, not %s", py.TypeName(clientCA))
	case !pool.AppendCertsFromPEM([]byte(text)):
		return py.ValueError.Errorf("client_ca: no certificate in the text")
	}
	s.tlsConfig.ClientCAs, s.tlsConfig.ClientAuth = pool, tls.RequireAndVerifyClientCert
	s.tlsConfig.Time = s.host.Now
	return nil
}
