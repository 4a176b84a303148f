package sslmod

import (
	"bytes"
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/lib/socketmod"
	"starwire/runtime/py"
)

// maxFile bounds what is read of one file of certificates or keys.
const maxFile = 16 << 20

// The errors of OpenSSL's loaders, with the numbers that CPython 2.7.18 shows
// with OpenSSL 3.
var (
	faultPEMLib      = fault{number: 168296457, library: "SSL", text: "PEM lib", line: 2815}
	faultKeyMismatch = fault{number: 92274804, library: "X509", reason: "KEY_VALUES_MISMATCH", text: "key values mismatch", line: 2824}
	faultNoCert      = fault{number: 92274824, library: "X509", text: "no certificate or crl found", line: 3063}
	faultNoStartLine = fault{number: 75497580, library: "PEM", reason: "NO_START_LINE", text: "no start line", line: 2938}
	faultPEMASN1     = fault{number: 76021773, library: "PEM", text: "ASN1 lib", line: 2938}
	faultShortDER    = fault{number: 109052046, text: "not enough data", line: 2938}
)

// LoadCertChain is load_cert_chain: the certificate, and those that lead from it
// to an authority, and the key, all in PEM. keyfile "" is certfile. password
// (nil or None: none) is a str or a callable that returns one; it is asked for
// encrypted keys only.
//
// Errors: *host.PermissionError; IOError from the file; SSLError for what is not
// PEM, for a wrong or missing password, and for a key that does not fit.
func (c *SSLContext) LoadCertChain(thread *starlark.Thread, certfile, keyfile string, password starlark.Value) error {
	if err := c.mutable("change"); err != nil {
		return err
	}
	if keyfile == "" {
		keyfile = certfile
	}
	certPEM, err := readFile(thread, certfile)
	if err != nil {
		return err
	}
	keyPEM := certPEM
	if keyfile != certfile {
		if keyPEM, err = readFile(thread, keyfile); err != nil {
			return err
		}
	}
	cert, err := parseChain(certPEM)
	if err != nil {
		return newFault(err, faultPEMLib)
	}
	key, err := parseKey(thread, keyPEM, password)
	if err != nil {
		return err
	}
	if public, ok := cert.Leaf.PublicKey.(interface{ Equal(crypto.PublicKey) bool }); !ok || !public.Equal(key.Public()) {
		return newFault(nil, faultKeyMismatch)
	}
	cert.PrivateKey = key
	c.addCert(cert)
	return nil
}

// addCert keeps one certificate for each kind of key, the last one, as OpenSSL
// does.
func (c *SSLContext) addCert(cert tls.Certificate) {
	certs := []tls.Certificate{cert}
	for _, old := range c.certs {
		if old.Leaf.PublicKeyAlgorithm != cert.Leaf.PublicKeyAlgorithm {
			certs = append(certs, old)
		}
	}
	c.certs = certs
}

// parseChain reads the certificates of a PEM text, the leaf first.
func parseChain(text []byte) (tls.Certificate, error) {
	var cert tls.Certificate
	for block := range blocks(text) {
		if isCertificate(block.Type) {
			cert.Certificate = append(cert.Certificate, block.Bytes)
		}
	}
	if len(cert.Certificate) == 0 {
		return cert, errors.New("no certificate in the file")
	}
	var err error
	cert.Leaf, err = x509.ParseCertificate(cert.Certificate[0])
	return cert, err
}

// blocks iterates over the PEM blocks of text.
func blocks(text []byte) func(yield func(*pem.Block) bool) {
	return func(yield func(*pem.Block) bool) {
		for {
			var block *pem.Block
			if block, text = pem.Decode(text); block == nil || !yield(block) {
				return
			}
		}
	}
}

func isCertificate(blockType string) bool {
	return blockType == "CERTIFICATE" || blockType == "X509 CERTIFICATE"
}

// readFile reads a file through the run's Host. An absent file is
// IOError(2, 'No such file or directory'), without its name, as in CPython.
func readFile(thread *starlark.Thread, name string) ([]byte, error) {
	h := host.From(thread)
	f, err := h.Open(name, os.O_RDONLY)
	if err != nil {
		return nil, fileError(err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if over := h.Budget.Read(int64(len(data))); over != nil {
		return nil, over
	}
	if err != nil {
		return nil, fileError(err)
	}
	if len(data) > maxFile {
		return nil, newFault(errors.New("file too large"), faultPEMLib)
	}
	return data, nil
}

// fileError maps an error of the Host's files.
func fileError(err error) error {
	var refused *host.PermissionError
	var exception *py.Exception
	var final py.Uncatchable
	var number syscall.Errno
	switch {
	case errors.As(err, &refused), errors.As(err, &exception), errors.As(err, &final):
		return err
	case errors.Is(err, fs.ErrNotExist):
		return py.IOError.New(err, starlark.MakeInt(2), starlark.String("No such file or directory"))
	case errors.As(err, &number):
		n, text := socketmod.Strerror(number)
		return py.IOError.New(err, starlark.MakeInt(n), starlark.String(text))
	}
	return py.IOError.New(err, starlark.String(err.Error()))
}

// LoadVerifyLocations is load_verify_locations: authorities from a PEM file, a
// directory of them under OpenSSL's hashed names, and data (PEM or DER). "" is
// none. Errors as for LoadCertChain; a missing directory is none.
func (c *SSLContext) LoadVerifyLocations(thread *starlark.Thread, cafile, capath, cadata string) error {
	if err := c.mutable("change"); err != nil {
		return err
	}
	if cadata != "" {
		if err := c.loadData(cadata); err != nil {
			return err
		}
	}
	if cafile != "" {
		text, err := readFile(thread, cafile)
		if err != nil {
			return err
		}
		if n, _ := c.loadPEM(text); n == 0 {
			return newFault(nil, faultNoCert)
		}
	}
	if capath != "" {
		return c.loadDirectory(thread, capath)
	}
	return nil
}

// loadData takes authorities in PEM, or in DER, one after the other.
func (c *SSLContext) loadData(data string) error {
	if strings.Contains(data, "-----BEGIN ") {
		if n, err := c.loadPEM([]byte(data)); n == 0 {
			if err != nil {
				return newFault(err, faultPEMASN1)
			}
			return newFault(nil, faultNoStartLine)
		}
		return nil
	}
	if data[0] != 0x30 { // no DER sequence
		return newFault(nil, faultNoStartLine)
	}
	certs, err := x509.ParseCertificates([]byte(data))
	if err != nil {
		return newFault(err, faultShortDER)
	}
	c.addAuthorities(certs...)
	return nil
}

// loadPEM takes the certificates of a PEM text and returns how many there were,
// revocation lists included. One that cannot be read is passed over, because
// bundles have them; err is the last one's.
func (c *SSLContext) loadPEM(text []byte) (n int, err error) {
	for block := range blocks(text) {
		switch {
		case block.Type == "X509 CRL":
			c.crls++
			n++
		case isCertificate(block.Type):
			cert, perr := x509.ParseCertificate(block.Bytes)
			if perr != nil {
				err = perr
				continue
			}
			c.addAuthorities(cert)
			n++
		}
	}
	return n, err
}

// loadDirectory takes the authorities that OpenSSL would look up there: files
// called HHHHHHHH.N by the hash of the subject.
func (c *SSLContext) loadDirectory(thread *starlark.Thread, name string) error {
	f, err := host.From(thread).Open(name, os.O_RDONLY)
	if err != nil {
		if err = fileError(err); isPythonError(err, py.IOError) {
			return nil // as OpenSSL: nothing there, nothing trusted
		}
		return err
	}
	defer f.Close()
	dir, ok := f.(fs.ReadDirFile)
	if !ok {
		return nil
	}
	for {
		entries, err := dir.ReadDir(256)
		for _, e := range entries {
			if !isHashed(e.Name()) {
				continue
			}
			text, err := readFile(thread, filepath.Join(name, e.Name()))
			if err != nil {
				if isPythonError(err, py.IOError) {
					continue
				}
				return err
			}
			c.loadPEM(bytes.TrimSpace(text))
		}
		if err != nil || len(entries) == 0 {
			return nil
		}
	}
}

func isPythonError(err error, class *py.Class) bool {
	var e *py.Exception
	return errors.As(err, &e) && e.IsA(class)
}

// isHashed reports whether name is eight hexadecimal digits, a dot, and a number.
func isHashed(name string) bool {
	hash, number, ok := strings.Cut(name, ".")
	return ok && len(hash) == 8 && strings.Trim(hash, "0123456789abcdef") == "" &&
		number != "" && strings.Trim(number, "0123456789") == ""
}

// addAuthorities adds certificates that are not there yet.
func (c *SSLContext) addAuthorities(certs ...*x509.Certificate) {
next:
	for _, cert := range certs {
		for _, old := range c.authorities {
			if old.Equal(cert) {
				continue next
			}
		}
		c.authorities = append(c.authorities, cert)
	}
}
