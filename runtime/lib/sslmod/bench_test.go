package sslmod

import (
	"crypto/x509"
	"testing"

	"starwire/runtime/host"
	"starwire/runtime/lib/socketmod"
)

// BenchmarkHandshake is one HTTPS connection's: dial, handshake, close.
func BenchmarkHandshake(b *testing.B) {
	port := serveTLS(b, serverConfig(localhost), untilClosed)
	system := func() (*x509.CertPool, error) {
		pool, err := x509.SystemCertPool()
		if err == nil {
			pool.AddCert(trusted.cert)
		}
		return pool, err
	}
	for name, roots := range map[string]func() (*x509.CertPool, error){"one": nil, "system": system} {
		b.Run("roots="+name, func(b *testing.B) {
			r := newRun(b, host.Host{Roots: roots})
			c := NewDefaultContext()
			b.ReportAllocs()
			for b.Loop() {
				s, err := c.Wrap(r.thread, r.connect(b, port, socketmod.NoTimeout), "localhost")
				if err != nil {
					b.Fatal(err)
				}
				s.Close()
			}
		})
	}
}
