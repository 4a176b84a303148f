package runtime

import (
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"

	"starwire/runtime/host"
)

// A netPolicy is Permissions.Net and DenyNet, ready to judge.
type netPolicy struct {
	allow, deny []netRule
}

// A netRule is one element of Permissions.Net.
type netRule struct {
	any     bool         // "*"
	private bool         // "private"
	name    string       // "example.com", in lower case, or ""
	below   string       // ".example.com" of "*.example.com", or ""
	prefix  netip.Prefix // an address or a range of them
	port    string       // "" is every port
	text    string       // as it was written
}

func newNetPolicy(c *Config) (*netPolicy, error) {
	p := new(netPolicy)
	for _, list := range []struct {
		field string
		rules *[]netRule
		from  []string
	}{{"Net", &p.allow, c.Permissions.Net}, {"DenyNet", &p.deny, c.Permissions.DenyNet}} {
		for _, s := range list.from {
			r, err := parseNetRule(s)
			if err != nil {
				return nil, fmt.Errorf("runtime.Config: Permissions.%s: %q: %w", list.field, s, err)
			}
			*list.rules = append(*list.rules, r)
		}
	}
	return p, nil
}

// parseNetRule reads host, host:port, *.domain, *, private, an address or a CIDR
// range; the latter two in brackets before a port if they have colons.
func parseNetRule(s string) (netRule, error) {
	r := netRule{text: s}
	host := s
	if strings.Contains(s, "://") {
		return r, fmt.Errorf("want a host, not a URL")
	}
	if _, err := netip.ParseAddr(s); err != nil {
		if _, err := netip.ParsePrefix(s); err != nil {
			if h, port, ok := cutPort(s); ok {
				if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
					return r, fmt.Errorf("%q is not a port", port)
				}
				host, r.port = h, port
			}
		}
	}
	if len(host) > 2 && host[0] == '[' && host[len(host)-1] == ']' {
		host = host[1 : len(host)-1]
	}
	switch {
	case host == "":
		return r, fmt.Errorf("there is no host")
	case host == "*":
		r.any = true
	case host == "private":
		r.private = true
	case strings.HasPrefix(host, "*."):
		r.below = canonicalName(host[1:])
	case strings.Contains(host, "/"):
		p, err := netip.ParsePrefix(host)
		if err != nil {
			return r, fmt.Errorf("%q is not a range of addresses", host)
		}
		if p.Addr().Is4In6() && p.Bits() >= 96 { // addresses compare as IPv4
			p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
		}
		r.prefix = p.Masked()
	default:
		if a, err := netip.ParseAddr(host); err == nil {
			a = a.Unmap().WithZone("")
			r.prefix = netip.PrefixFrom(a, a.BitLen())
			break
		}
		r.name = canonicalName(host)
	}
	if name := r.name + r.below; strings.ContainsAny(name, "*:[] /") {
		return r, fmt.Errorf("want host[:port], *.domain[:port], an address or range, private, or *")
	}
	return r, nil
}

// cutPort cuts "host:port" at its last colon, unless that is inside brackets.
func cutPort(s string) (host, port string, ok bool) {
	i := strings.LastIndexByte(s, ':')
	if i < 0 || strings.IndexByte(s[i:], ']') >= 0 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}

// canonicalName is the name in the form in which rules and requests compare.
func canonicalName(name string) string {
	return strings.ToLower(strings.TrimSuffix(name, "."))
}

// judgeName returns nil if the run may resolve name in order to dial port.
func (p *netPolicy) judgeName(name, port string) *host.PermissionError {
	name = canonicalName(name)
	for _, r := range p.deny {
		if r.matchesName(name, port) {
			return refuseNet(name, port, netip.AddrPort{}, &r)
		}
	}
	for _, r := range p.allow {
		if r.matchesName(name, port) {
			return nil
		}
		// localhost needs no resolver to be known for what it is.
		if isLocalhost(name) && r.matchesPort(port) && (r.private || r.prefix.IsValid() && r.prefix.Addr().IsLoopback()) {
			return nil
		}
	}
	return refuseNet(name, port, netip.AddrPort{}, nil)
}

// judgeAddr returns nil if the run may dial the address, to which name resolved;
// name is "" if the script named the address itself.
func (p *netPolicy) judgeAddr(name string, addr netip.AddrPort) *host.PermissionError {
	a := addr.Addr().Unmap().WithZone("")
	port := strconv.Itoa(int(addr.Port()))
	private := isPrivate(a)
	for _, r := range p.deny {
		if r.matchesAddr(a, private, port) {
			return refuseNet(name, port, addr, &r)
		}
	}
	name = canonicalName(name)
	for _, r := range p.allow {
		switch {
		case r.matchesAddr(a, private, port):
			return nil
		case name == "" || !r.matchesName(name, port):
		case !private, isLocalhost(name) && a.IsLoopback():
			return nil
		}
	}
	return refuseNet(name, port, addr, nil)
}

func (r *netRule) matchesPort(port string) bool { return r.port == "" || r.port == port }

func (r *netRule) matchesName(name, port string) bool {
	return r.matchesPort(port) &&
		(r.any || r.name != "" && r.name == name || r.below != "" && strings.HasSuffix(name, r.below))
}

func (r *netRule) matchesAddr(a netip.Addr, private bool, port string) bool {
	return r.matchesPort(port) &&
		(r.any || r.private && private || r.prefix.IsValid() && r.prefix.Contains(a))
}

func isLocalhost(name string) bool {
	return name == "localhost" || strings.HasSuffix(name, ".localhost")
}

// privateRanges is the class private: everything that is not the public internet.
var privateRanges = func() []netip.Prefix {
	var ranges []netip.Prefix
	for _, s := range []string{
		"0.0.0.0/8",                                     // this network: Linux connects 0.0.0.0 to itself (RFC 791 §3.2)
		"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", // RFC 1918
		"100.64.0.0/10",                                     // carrier-grade NAT, RFC 6598
		"127.0.0.0/8",                                       // loopback, RFC 1122
		"169.254.0.0/16",                                    // link-local, RFC 3927: the clouds' metadata
		"192.0.0.0/24",                                      // protocol assignments, RFC 6890
		"192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", // documentation, RFC 5737
		"198.18.0.0/15",          // benchmarks, RFC 2544
		"224.0.0.0/4",            // multicast, RFC 5771
		"240.0.0.0/4",            // reserved and broadcast, RFC 1112
		"::/127",                 // unspecified and loopback, RFC 4291
		"fc00::/7",               // unique local, RFC 4193
		"fe80::/10", "fec0::/10", // link-local, site-local
		"ff00::/8",      // multicast
		"2001:db8::/32", // documentation, RFC 3849
		"100::/64",      // discard, RFC 6666
		"2001::/32",     // Teredo, RFC 4380: leads to any IPv4 address
		"64:ff9b:1::/48",
	} {
		ranges = append(ranges, netip.MustParsePrefix(s))
	}
	return ranges
}()

// isPrivate reports whether an address is in the class private. An IPv6 address
// that carries an IPv4 one is judged by it.
func isPrivate(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	if a.Is6() {
		b := a.As16()
		switch {
		case netip.MustParsePrefix("64:ff9b::/96").Contains(a), // NAT64, RFC 6052
			netip.MustParsePrefix("::/96").Contains(a): // IPv4-compatible, RFC 4291 §2.5.5.1
			a = netip.AddrFrom4([4]byte(b[12:]))
		case b[0] == 0x20 && b[1] == 0x02: // 6to4, RFC 3056
			a = netip.AddrFrom4([4]byte(b[2:6]))
		}
	}
	for _, r := range privateRanges {
		if r.Contains(a) {
			return true
		}
	}
	return false
}

// refuseNet is the refusal to dial name at port; addr, if valid, is what the
// name resolved to, or what the script named itself. denied is the rule of
// DenyNet that says so, or nil.
func refuseNet(name, port string, addr netip.AddrPort, denied *netRule) *host.PermissionError {
	e := &host.PermissionError{Action: "connect to"}
	target := net.JoinHostPort(name, port)
	switch {
	case !addr.IsValid():
		e.Target = target
	case name == "":
		target = netip.AddrPortFrom(addr.Addr().Unmap(), addr.Port()).String()
		e.Target = target
	default:
		e.Target = target + " at " + addr.String()
		target = addr.String()
	}
	e.Grant = "--allow-net=" + target
	if denied != nil {
		e.Grant = "no --deny-net=" + denied.text
	}
	return e
}
