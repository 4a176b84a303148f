package runtime

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"
)

// hint returns what may help a person who sees the error, or "".
func hint(err error) string {
	var (
		dns       *net.DNSError
		op        *net.OpError
		authority x509.UnknownAuthorityError
		name      x509.HostnameError
		invalid   x509.CertificateInvalidError
		record    tls.RecordHeaderError
	)
	switch {
	case errors.As(err, &authority):
		return "the server's certificate is signed by nobody this machine trusts; --cacert FILE adds an authority"
	case errors.As(err, &name):
		return certificateNames(name)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return fmt.Sprintf("the server's certificate is valid from %s to %s", invalid.Cert.NotBefore.Format("2006-01-02"), invalid.Cert.NotAfter.Format("2006-01-02"))
	case errors.As(err, &record):
		return "the server does not speak TLS on this port; HTTPConnection speaks plain HTTP"
	case errors.As(err, &dns) && dns.IsNotFound:
		return fmt.Sprintf("there is no host %q; check its spelling, or give its address by --resolve %s:PORT:ADDRESS", dns.Name, dns.Name)
	case errors.As(err, &dns):
		return fmt.Sprintf("the name %q could not be looked up; check the network and its name server", dns.Name)
	case errors.Is(err, syscall.ECONNREFUSED):
		if errors.As(err, &op) && op.Addr != nil {
			return fmt.Sprintf("nothing listens on %s; is the server running, and is the port right?", op.Addr)
		}
		return "nothing listens there; is the server running, and is the port right?"
	}
	return ""
}

// certificateNames is the hint for a certificate that is somebody else's.
func certificateNames(e x509.HostnameError) string {
	names := e.Certificate.DNSNames
	for _, ip := range e.Certificate.IPAddresses {
		names = append(names, ip.String())
	}
	if len(names) == 0 {
		return fmt.Sprintf("the server's certificate names no host, so it is not one for %s", e.Host)
	}
	const most = 5
	more := ""
	if len(names) > most {
		names, more = names[:most:most], ", …"
	}
	return fmt.Sprintf("the server's certificate is for %s%s, not for %s", strings.Join(names, ", "), more, e.Host)
}
