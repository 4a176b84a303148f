package runtime

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"

	"starwire/runtime/py"
)

// hint returns what may help a person who sees the error, or "". modules and
// names are what the script could have meant.
func hint(err error, modules, names []string) string {
	var (
		x         *py.Exception
		defect    *PanicError
		dns       *net.DNSError
		op        *net.OpError
		authority x509.UnknownAuthorityError
		name      x509.HostnameError
		invalid   x509.CertificateInvalidError
		record    tls.RecordHeaderError
	)
	switch {
	case errors.As(err, &defect):
		return "this is a defect of starwire or of the program around it, not of the script"
	case errors.As(err, &x) && x.IsA(py.ImportError):
		if name, ok := strings.CutPrefix(x.String(), "No module named "); ok {
			return strings.Trim(didYouMean(name, modules), " ()")
		}
	case errors.As(err, &x) && x.IsA(py.NameError):
		if name, ok := strings.CutPrefix(x.String(), "name '"); ok {
			name, _, _ = strings.Cut(name, "'")
			return strings.Trim(didYouMean(name, names), " ()")
		}
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
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, wsaConnRefused):
		if errors.As(err, &op) && op.Addr != nil {
			return fmt.Sprintf("nothing listens on %s; is the server running, and is the port right?", op.Addr)
		}
		return "nothing listens there; is the server running, and is the port right?"
	}
	return frozenHint(innermost(err).Error())
}

// frozenHint is the hint for a change of a frozen value.
func frozenHint(text string) string {
	_, what, frozen := strings.Cut(text, " frozen ")
	if i := strings.LastIndex(text, "cannot "); !frozen || i < 0 {
		return ""
	}
	switch what {
	case "HTTP", "HTTPS", "HTTPConnection", "HTTPSConnection", "HTTPResponse", "SSLSocket", "socket", "file":
		return "parallel lets nobody use what its calls share; open one inside the function, for each call"
	}
	return "what loaded files or the calls of parallel share cannot change; let functions return what they find"
}

// wsaConnRefused is Windows' ECONNREFUSED.
const wsaConnRefused = syscall.Errno(10061)

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
