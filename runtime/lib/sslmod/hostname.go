package sslmod

import (
	"crypto/x509"
	"net"
	"strings"

	"go.starlark.net/starlark"

	"starwire/runtime/py"
)

// mismatch is match_hostname's CertificateError.
func mismatch(cause error, hostname string, names []string) *py.Exception {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = py.Quote(n)
	}
	var text string
	switch len(names) {
	case 0:
		text = "no appropriate commonName or subjectAltName fields were found"
	case 1:
		text = "hostname " + py.Quote(hostname) + " doesn't match " + quoted[0]
	default:
		text = "hostname " + py.Quote(hostname) + " doesn't match either of " + strings.Join(quoted, ", ")
	}
	return CertificateError.New(cause, starlark.String(text))
}

// matchHostname is ssl.match_hostname(cert, hostname) for a dict as getpeercert
// returns it. The rules are Go's verifier's (D16): DNS names and addresses of
// subjectAltName count, the common name does not, and a wildcard is a whole label.
func matchHostname(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var cert starlark.Value
	var hostname py.ByteStr
	if err := py.UnpackArgs(b.Name(), args, kwargs, "cert", &cert, "hostname", &hostname); err != nil {
		return nil, err
	}
	if !cert.Truth() {
		return nil, py.ValueError.Errorf("empty or no certificate, match_hostname needs a SSL socket or SSL context with either CERT_OPTIONAL or CERT_REQUIRED")
	}
	d, ok := cert.(starlark.Mapping)
	if !ok {
		return nil, py.NoAttribute(cert, "get")
	}
	names, err := dictNames(d)
	if err != nil {
		return nil, err
	}
	if err := names.VerifyHostname(string(hostname)); err != nil {
		return nil, mismatch(err, string(hostname), certificateNames(names, string(hostname)))
	}
	return starlark.None, nil
}

// dictNames returns a certificate that has the names of the dict, for Go to match.
func dictNames(d starlark.Mapping) (*x509.Certificate, error) {
	cert := new(x509.Certificate)
	v, ok, err := d.Get(starlark.String("subjectAltName"))
	if err != nil || !ok {
		return cert, err
	}
	list, ok := v.(starlark.Iterable)
	if !ok {
		return nil, py.NotIterable(v)
	}
	for item := range starlark.Elements(list) {
		pair, ok := item.(starlark.Indexable)
		if !ok || pair.Len() != 2 {
			return nil, py.ValueError.Errorf("subjectAltName must be pairs of kind and value")
		}
		kind, _ := py.AsBytes(pair.Index(0))
		value, _ := py.AsBytes(pair.Index(1))
		switch kind {
		case "DNS":
			label, _, _ := strings.Cut(value, ".")
			if strings.Count(label, "*") > 1 {
				return nil, CertificateError.Errorf("too many wildcards in certificate DNS name: %s", py.Quote(value))
			}
			cert.DNSNames = append(cert.DNSNames, value)
		case "IP Address":
			if ip := net.ParseIP(py.Strip(value)); ip != nil {
				cert.IPAddresses = append(cert.IPAddresses, ip)
			}
		}
	}
	return cert, nil
}
