package runtime

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"

	"starwire/httplibmod"
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
		member    *noMember
	)
	switch {
	case errors.As(err, &defect):
		return "this is a defect of starwire or of the program around it, not of the script"
	case errors.As(err, &member):
		return AttributeRemedy(member.module, member.name)
	case errors.As(err, &x) && x.IsA(py.ImportError):
		if name, ok := strings.CutPrefix(x.String(), "No module named "); ok {
			if remedy := ModuleRemedy(name); remedy != "" {
				return remedy
			}
			return strings.Trim(didYouMean(name, modules), " ()")
		}
	case errors.As(err, &x) && x.IsA(py.NameError):
		if name, ok := strings.CutPrefix(strings.TrimPrefix(x.String(), "global "), "name '"); ok {
			name, _, _ = strings.Cut(name, "'")
			if remedy := NameRemedy(name); remedy != "" {
				return remedy
			}
			return strings.Trim(didYouMean(name, names), " ()")
		}
	case errors.As(err, &x) && x.IsA(httplibmod.ImproperConnectionState):
		return stateHint(x)
	case errors.As(err, &x) && x.IsA(httplibmod.InvalidURL):
		return urlHint(x.String())
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

// stateHint says what to call before what was refused.
func stateHint(x *py.Exception) string {
	switch {
	case x.IsA(httplibmod.ResponseNotReady):
		return "getresponse() comes after request(), once for each, when the response before is read to its end or closed"
	case x.IsA(httplibmod.CannotSendHeader):
		return "putheader() and endheaders() come after putrequest(); request() calls all three"
	case x.IsA(httplibmod.CannotSendRequest):
		return "the request before is unfinished: get its response and read it to the end, or close() the connection"
	}
	return ""
}

// urlHint is the hint for a URL in the place of a host, by the text of the
// exception: its port begins behind the colon of http://.
func urlHint(text string) string {
	if _, found, _ := strings.Cut(text, " (found at least '"); found != "" {
		switch {
		case strings.HasPrefix(found, `\x`) && found[2] >= '8': // 8-bit
			return "hosts and paths are ASCII: write a host of other letters in its xn-- form, and quote a path by urllib.quote()"
		case found[0] == ' ':
			return "urllib.quote() quotes a path, urllib.urlencode() what comes after the ?"
		}
		return ""
	}
	rest, ok := strings.CutPrefix(text, "nonnumeric port: '//")
	if !ok {
		return ""
	}
	rest = strings.TrimSuffix(rest, "'")
	name, path, _ := strings.Cut(rest, "/")
	return fmt.Sprintf("a connection wants a host, not a URL: %q here, and %q for request(); urlparse.urlsplit() takes one apart", name, "/"+path)
}

// attributeHint is the hint for an attribute that a module does not have, or that
// is not to be assigned. The interpreter leaves the module without a name: it
// stands in the source.
func attributeHint(err error, at Frame) string {
	text := innermost(err).Error()
	rest, ok := strings.CutPrefix(text, "module has no .")
	if !ok { // an attribute that values of other types have
		_, rest, ok = strings.Cut(text, "'module' object has no attribute '")
		rest = strings.Replace(rest, "'", " ", 1)
	}
	assigned := false
	if !ok {
		rest, assigned = strings.CutPrefix(text, "can't assign to .")
		if _, name, found := strings.Cut(text, "'module' object attribute '"); found {
			rest, assigned = strings.Replace(name, "'", " ", 1), true
		}
		ok = assigned && (strings.HasSuffix(text, " field of module") || strings.HasSuffix(text, " is read-only"))
	}
	line := []rune(at.Source)
	end := int(at.Pos.Col) - 1 // of the dot
	if !ok || end <= 0 || end >= len(line) || line[end] != '.' {
		return ""
	}
	begin := end
	for begin > 0 && (line[begin-1] == '.' || line[begin-1] < 0x80 && isWord(byte(line[begin-1]))) {
		begin--
	}
	attr, _, _ := strings.Cut(rest, " ")
	if module := string(line[begin:end]); module != "" {
		if assigned {
			return AssignmentRemedy(module, attr)
		}
		if remedy := AttributeRemedy(module, attr); remedy != "" {
			return remedy
		}
		return fmt.Sprintf("the module %s has no %s; help(%s) lists what it has", module, attr, module)
	}
	return ""
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
