package httplibmod

import (
	"net/netip"
	"strings"

	"go.starlark.net/starlark"

	"starwire/runtime/py"
)

// splitHostPort is httplib.py, HTTPConnection._get_hostport: a port inside host
// counts only where no port is given. It leaves 2.7 where that misreads an
// address or takes a port that cannot be one (D15): a bare IPv6 address without
// a port argument is refused, brackets go whether there is a port argument or
// not, and a numeric port is 1 to 65535.
func splitHostPort(host starlark.Value, port starlark.Value, defaultPort int) (string, starlark.Value, error) {
	h, ok := py.AsBytes(host)
	if !ok && port != starlark.None {
		return "", nil, py.TypeError.Errorf("expected string or buffer")
	}
	if !ok {
		return "", nil, py.NoAttribute(host, "rfind")
	}
	if port == starlark.None {
		port = starlark.MakeInt(defaultPort)
		if a, err := netip.ParseAddr(h); err == nil && a.Is6() { // 2.7 reads "::1" as the host ":" and port 1
			return "", nil, InvalidURL.Errorf("an IPv6 address wants brackets: '[%s]'", h)
		}
		if i, j := strings.LastIndexByte(h, ':'), strings.LastIndexByte(h, ']'); i > j {
			text := h[i+1:]
			if n, ok := py.Int10(text); ok {
				port = starlark.MakeInt64(n)
			} else if text != "" {
				return "", nil, InvalidURL.Errorf("nonnumeric port: '%s'", text)
			}
			h = h[:i]
		}
	}
	if n, ok := port.(starlark.Int); ok {
		if p, err := starlark.AsInt32(n); err != nil || p < 1 || p > 65535 {
			return "", nil, InvalidURL.Errorf("port out of range 1 to 65535: %s", n)
		}
	}
	if len(h) >= 2 && h[0] == '[' && h[len(h)-1] == ']' {
		h = h[1 : len(h)-1]
	}
	return h, port, nil
}

// badURLByte returns the first byte of s that a URL must not hold: a control, a
// space, DEL or an 8-bit byte. httplib.py, _contains_disallowed_url_pchar_re.
func badURLByte(s string) (i int, found bool) {
	for i := 0; i < len(s); i++ {
		if s[i] <= ' ' || s[i] >= 0x7f {
			return i, true
		}
	}
	return 0, false
}

// checkURL is _validate_path and _validate_host.
func checkURL(s string) error {
	if i, bad := badURLByte(s); bad {
		return InvalidURL.Errorf("URL can't contain control characters. %s (found at least %s)", py.Quote(s), py.Quote(s[i:i+1]))
	}
	return nil
}

// maxHost is the most bytes of a host name (RFC 1035 §3.1): resolving or
// encoding more is work for nothing (CVE-2022-45061).
const maxHost = 253

func (r *rules) checkHost(s string) error {
	if err := checkURL(s); err != nil {
		return err
	}
	if limit := r.host(); len(s) > limit {
		return InvalidURL.Errorf("host name of %d bytes, over %d: %s", len(s), limit, py.Escape(s))
	}
	return nil
}

// hostField returns the value of the automatic Host field. For a target that
// starts with "http" it is the target's own authority, else host and port, an
// address with a colon in brackets, the port only where it is not the default.
// Userinfo never gets there (D18). httplib.py, HTTPConnection.putrequest.
func hostField(target, host string, port starlark.Value, defaultPort int) (string, error) {
	if strings.HasPrefix(target, "http") {
		netloc, err := splitNetloc(target)
		if err != nil {
			return "", err
		}
		if netloc = withoutUserinfo(netloc); netloc != "" {
			return netloc, nil
		}
	}
	host = withoutUserinfo(host)
	if strings.IndexByte(host, ':') >= 0 {
		host = "[" + host + "]"
	}
	if p, ok := port.(starlark.Int); ok {
		if n, ok := p.Int64(); ok && n == int64(defaultPort) {
			return host, nil
		}
		return host + ":" + p.String(), nil
	}
	return host + ":" + py.Str(port), nil
}

// hostValue is hostField, made once for as long as a connection's host and port
// stay the same.
func (c *HTTPConnection) hostValue(target, host string, port starlark.Value) (string, error) {
	n, ok := port.(starlark.Int)
	if !ok || strings.HasPrefix(target, "http") {
		return hostField(target, host, port, c.defaultPort)
	}
	p, ok := n.Int64()
	if !ok {
		return hostField(target, host, port, c.defaultPort)
	}
	if m := &c.hostMade; m.value == "" || m.host != host || m.port != p || m.defaultPort != c.defaultPort {
		value, err := hostField(target, host, port, c.defaultPort)
		if err != nil {
			return "", err
		}
		*m = madeHost{host: host, port: p, defaultPort: c.defaultPort, value: value}
	}
	return c.hostMade.value, nil
}

// A madeHost is a Host field's value, and what it was made of.
type madeHost struct {
	host        string
	port        int64
	defaultPort int
	value       string
	put         bool   // it has passed putHeader, which need not look at it again
	line        string // then: the field line, without its end
}

func withoutUserinfo(authority string) string {
	return authority[strings.LastIndexByte(authority, '@')+1:]
}

// splitNetloc returns what urlparse.urlsplit calls netloc: the text between
// "scheme://" and the first /, ? or #.
func splitNetloc(url string) (string, error) {
	scheme, rest, ok := strings.Cut(url, ":")
	if !ok || !strings.HasPrefix(rest, "//") {
		return "", nil
	}
	for i := 0; i < len(scheme); i++ {
		c := scheme[i] | 0x20
		if !('a' <= c && c <= 'z' || '0' <= scheme[i] && scheme[i] <= '9' || strings.IndexByte("+-.", scheme[i]) >= 0) {
			return "", nil
		}
	}
	netloc := rest[2:]
	if i := strings.IndexAny(netloc, "/?#"); i >= 0 {
		netloc = netloc[:i]
	}
	if (strings.IndexByte(netloc, '[') >= 0) != (strings.IndexByte(netloc, ']') >= 0) {
		return "", py.ValueError.Errorf("Invalid IPv6 URL")
	}
	return netloc, nil
}
