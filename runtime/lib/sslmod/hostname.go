package sslmod

import (
	"strings"

	"starwire/runtime/py"
)

// mismatch is match_hostname's CertificateError.
func mismatch(cause error, hostname string, names []string) *py.Exception {
	var text string
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = py.Quote(n)
	}
	switch len(names) {
	case 0:
		text = "no appropriate commonName or subjectAltName fields were found"
	case 1:
		text = "hostname " + py.Quote(hostname) + " doesn't match " + quoted[0]
	default:
		text = "hostname " + py.Quote(hostname) + " doesn't match either of " + strings.Join(quoted, ", ")
	}
	e := CertificateError.Errorf("%s", text)
	e.Cause = cause
	return e
}
