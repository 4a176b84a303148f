package runtime

import (
	"fmt"
	"net"
	"net/netip"
	"path/filepath"
	"strconv"
	"strings"

	"starwire/runtime/host"
	"starwire/runtime/lazy"
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
	scheme  string       // "http", "https", or "" for whatever is spoken
	unix    string       // the absolute path of a Unix socket, "*" for any, or "": then it speaks of hosts
	deny    bool         // whether it is one of DenyNet
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
			r.deny = list.rules == &p.deny
			*list.rules = append(*list.rules, r)
		}
	}
	return p, nil
}

// parseNetRule reads host, host:port, *.domain, *, private, an address or a CIDR
// range; the latter two in brackets before a port if they have colons. Before all
// that may stand http:// or https://.
func parseNetRule(s string) (netRule, error) {
	r := netRule{text: s}
	if path, ok := strings.CutPrefix(s, host.UnixPrefix); ok {
		if r.unix = path; path != "*" && !filepath.IsAbs(path) {
			return r, fmt.Errorf("want the absolute path of a Unix socket, or unix:*")
		}
		r.unix = filepath.Clean(path)
		return r, nil
	}
	if scheme, rest, ok := strings.Cut(s, "://"); ok {
		if r.scheme = strings.ToLower(scheme); schemePort(r.scheme) == "" {
			return r, fmt.Errorf("%q is neither http nor https", scheme)
		}
		s = rest
	}
	name := s
	if _, err := netip.ParseAddr(s); err != nil {
		if _, err := netip.ParsePrefix(s); err != nil {
			if h, port, ok := cutPort(s); ok {
				if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
					return r, fmt.Errorf("%q is not a port", port)
				}
				name, r.port = h, port
			}
		}
	}
	if len(name) > 2 && name[0] == '[' && name[len(name)-1] == ']' {
		name = name[1 : len(name)-1]
	}
	if r.port == "" {
		r.port = schemePort(r.scheme)
	}
	switch {
	case name == "":
		return r, fmt.Errorf("there is no host")
	case name == "*":
		r.any = true
	case name == "private":
		r.private = true
	case strings.HasPrefix(name, "*."):
		r.below = canonicalName(name[1:])
	case strings.Contains(name, "/"):
		p, err := netip.ParsePrefix(name)
		if err != nil {
			return r, fmt.Errorf("%q is not a range of addresses", name)
		}
		if p.Addr().Is4In6() && p.Bits() >= 96 { // addresses compare as IPv4
			p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
		}
		r.prefix = p.Masked()
	default:
		if a, err := netip.ParseAddr(name); err == nil {
			a = a.Unmap().WithZone("")
			r.prefix = netip.PrefixFrom(a, a.BitLen())
			break
		}
		r.name = canonicalName(name)
	}
	if pattern := r.name + r.below; strings.ContainsAny(pattern, "*:[] /?#@,") {
		return r, fmt.Errorf("want [http[s]://]host[:port], *.domain[:port], an address or range, private, or *")
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

// schemePort returns the port of a rule with a scheme that names none.
func schemePort(scheme string) string {
	switch scheme {
	case "http":
		return "80"
	case "https":
		return "443"
	}
	return ""
}

// A destination is what a run wants to connect to, before it is resolved.
type destination struct {
	name   string // as the script wrote it; "" if it named an address
	port   string
	scheme string // what will be spoken: "http", "https", or "" for anything
}

// canonicalName is the name in the form in which rules and requests compare.
func canonicalName(name string) string {
	return strings.ToLower(strings.TrimSuffix(name, "."))
}

// judgeName returns nil if the run may resolve d.name in order to dial it.
func (p *netPolicy) judgeName(d destination) *host.PermissionError {
	d.name = canonicalName(d.name)
	for _, r := range p.deny {
		if r.matchesName(d) {
			return refuseNet(d, netip.AddrPort{}, &r)
		}
	}
	for _, r := range p.allow {
		if r.matchesName(d) {
			return nil
		}
		// localhost needs no resolver to be known for what it is.
		if isLocalhost(d.name) && r.matchesPort(d) && (r.private || r.prefix.IsValid() && r.prefix.Addr().IsLoopback()) {
			return nil
		}
	}
	return refuseNet(d, netip.AddrPort{}, nil)
}

// judgeUnix returns nil if the run may connect to the Unix socket at path, which
// is absolute. No rule but those for Unix sockets grants one: they lead to the
// machine's own services.
func (p *netPolicy) judgeUnix(path string) *host.PermissionError {
	target := host.UnixPrefix + path
	for _, r := range p.deny {
		if r.matchesUnix(path) {
			return &host.PermissionError{Action: "connect to", Target: target, Grant: noDeny + r.text}
		}
	}
	for _, r := range p.allow {
		if r.matchesUnix(path) {
			return nil
		}
	}
	return &host.PermissionError{Action: "connect to", Target: target, Grant: "--allow-net=" + target}
}

func (r *netRule) matchesUnix(path string) bool {
	return r.unix != "" && (r.unix == "*" || r.unix == path)
}

// judgeAddr returns nil if the run may dial the address, to which d resolved. The
// address's port is d's.
func (p *netPolicy) judgeAddr(d destination, addr netip.AddrPort) *host.PermissionError {
	a := addr.Addr().Unmap().WithZone("")
	d.port = strconv.Itoa(int(addr.Port()))
	private := isPrivate(a)
	carried := carriedIPv4(a)
	for _, r := range p.deny {
		if r.matchesAddr(a, private, d) || carried.IsValid() && r.matchesAddr(carried, private, d) {
			return refuseNet(d, addr, &r)
		}
	}
	d.name = canonicalName(d.name)
	for _, r := range p.allow {
		switch {
		case r.matchesAddr(a, private, d):
			return nil
		case d.name == "" || !r.matchesName(d):
		case !needsOwnGrant(d.name, a):
			return nil
		}
	}
	return refuseNet(d, addr, nil)
}

// needsOwnGrant reports whether the grant of a name does not cover the address to
// which it resolved.
func needsOwnGrant(name string, a netip.Addr) bool {
	return isPrivate(a) && !(isLocalhost(canonicalName(name)) && a.Unmap().IsLoopback())
}

// matchesPort reports whether the rule speaks of the port and the scheme. What a
// rule with a scheme denies is denied to those who do not say what they will speak.
func (r *netRule) matchesPort(d destination) bool {
	return (r.port == "" || r.port == d.port) && (r.scheme == "" || r.scheme == d.scheme || r.deny && d.scheme == "")
}

func (r *netRule) matchesName(d destination) bool {
	return r.matchesPort(d) &&
		(r.any || r.name != "" && r.name == d.name || r.below != "" && strings.HasSuffix(d.name, r.below))
}

func (r *netRule) matchesAddr(a netip.Addr, private bool, d destination) bool {
	return r.matchesPort(d) &&
		(r.any || r.private && private || r.prefix.IsValid() && r.prefix.Contains(a))
}

func isLocalhost(name string) bool {
	return name == "localhost" || strings.HasSuffix(name, ".localhost")
}

// privateRanges is the class private: everything that is not the public internet.
func privateRanges() []netip.Prefix { return rangesTable.Get(parsePrivateRanges) }

var rangesTable lazy.Value[[]netip.Prefix]

func parsePrivateRanges() []netip.Prefix {
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
		"ff00::/8",       // multicast
		"2001:db8::/32",  // documentation, RFC 3849
		"100::/64",       // discard, RFC 6666
		"2001::/32",      // Teredo, RFC 4380: leads to any IPv4 address
		"64:ff9b:1::/48", // local NAT64, RFC 8215
		"2001:2::/48",    // benchmarks, RFC 5180
		"3fff::/20",      // documentation, RFC 9637
		"5f00::/16",      // segment routing, RFC 9602
	} {
		ranges = append(ranges, netip.MustParsePrefix(s))
	}
	return ranges
}

// isPrivate reports whether an address is in the class private. An IPv6 address
// that carries an IPv4 one is judged by it.
func isPrivate(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	if carried := carriedIPv4(a); carried.IsValid() {
		a = carried
	}
	for _, r := range privateRanges() {
		if r.Contains(a) {
			return true
		}
	}
	return false
}

// noDeny begins the grant of a PermissionError that a rule of DenyNet made.
const noDeny = "no --deny-net="

// carriedIPv4 returns the IPv4 address that an IPv6 address leads to, or the zero
// Addr.
func carriedIPv4(a netip.Addr) netip.Addr {
	if !a.Is6() {
		return netip.Addr{}
	}
	b := a.As16()
	switch [12]byte(b[:12]) {
	case [12]byte{0, 0x64, 0xff, 0x9b}, // 64:ff9b::/96, NAT64, RFC 6052
		[12]byte{},                 // ::/96, IPv4-compatible, RFC 4291 §2.5.5.1
		[12]byte{8: 0xff, 9: 0xff}: // ::ffff:0:0:0/96, RFC 2765 §2.1
		return netip.AddrFrom4([4]byte(b[12:]))
	}
	if b[0] == 0x20 && b[1] == 0x02 { // 2002::/16, RFC 3056
		return netip.AddrFrom4([4]byte(b[2:6]))
	}
	return netip.Addr{}
}

// hostport joins a name and a port as rules are written: port 0, which stands for
// none in particular, is left out.
func hostport(name, port string) string {
	if port == "0" {
		return name
	}
	return net.JoinHostPort(name, port)
}

// refuseNet is the refusal to dial d; addr, if valid, is what its name resolved
// to, or what the script named itself. denied is the rule of DenyNet that says so,
// or nil.
func refuseNet(d destination, addr netip.AddrPort, denied *netRule) *host.PermissionError {
	e := &host.PermissionError{Action: "connect to", Target: net.JoinHostPort(d.name, d.port)}
	grant := hostport(d.name, d.port)
	switch {
	case !addr.IsValid():
	case d.name == "":
		e.Target = netip.AddrPortFrom(addr.Addr().Unmap(), addr.Port()).String()
		grant = e.Target
	default:
		e.Target += " at " + addr.String()
		grant = addr.String()
	}
	e.Grant = "--allow-net=" + grant
	if denied != nil {
		e.Grant = noDeny + denied.text
	}
	return e
}
