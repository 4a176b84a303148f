//go:build ignore

// make_certs makes the certificates of testdata/httplib/certs: an authority and
// what it signed, and one that signed itself. The authority's key is thrown away.
//
//	go run testdata/record/make_certs.go
package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"log"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

const dir = "testdata/httplib/certs"

type entity struct {
	cert *x509.Certificate
	key  crypto.Signer
}

func main() {
	ca := sign("", entity{}, &x509.Certificate{
		Subject:               pkix.Name{CommonName: "starwire test authority"},
		IsCA:                  true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	})
	write("ca.pem", certificate(ca))

	server := []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	sign("localhost", ca, &x509.Certificate{
		Subject: pkix.Name{CommonName: "localhost"}, ExtKeyUsage: server,
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	})
	sign("fakehostname", ca, &x509.Certificate{
		Subject: pkix.Name{CommonName: "fakehostname"}, ExtKeyUsage: server,
		DNSNames: []string{"fakehostname"},
	})
	sign("two", ca, &x509.Certificate{
		Subject: pkix.Name{CommonName: "two.example"}, ExtKeyUsage: server,
		DNSNames: []string{"one.example", "two.example"},
	})
	sign("self", entity{}, &x509.Certificate{
		Subject: pkix.Name{CommonName: "localhost"}, ExtKeyUsage: server,
		DNSNames: []string{"localhost"}, BasicConstraintsValid: true,
	})
	client := sign("client", ca, &x509.Certificate{
		Subject: pkix.Name{CommonName: "client"}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	})
	write("client-both.pem", certificate(client), key(client))
}

// sign completes template, has it signed by issuer (by itself, when issuer is
// zero) and writes name.pem and name.key, unless name is empty.
func sign(name string, issuer entity, template *x509.Certificate) entity {
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	check(err)
	template.SerialNumber, err = rand.Int(rand.Reader, big.NewInt(1<<62))
	check(err)
	template.NotBefore = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	template.NotAfter = time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)
	if issuer.key == nil {
		issuer = entity{template, k}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, issuer.cert, k.Public(), issuer.key)
	check(err)
	cert, err := x509.ParseCertificate(der)
	check(err)
	e := entity{cert, k}
	if name != "" {
		write(name+".pem", certificate(e))
		write(name+".key", key(e))
	}
	return e
}

func certificate(e entity) *pem.Block {
	return &pem.Block{Type: "CERTIFICATE", Bytes: e.cert.Raw}
}

func key(e entity) *pem.Block {
	der, err := x509.MarshalPKCS8PrivateKey(e.key)
	check(err)
	return &pem.Block{Type: "PRIVATE KEY", Bytes: der}
}

func write(name string, blocks ...*pem.Block) {
	var data []byte
	for _, b := range blocks {
		data = append(data, pem.EncodeToMemory(b)...)
	}
	check(os.WriteFile(filepath.Join(dir, name), data, 0o644))
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
