package runtime

import (
	"net/netip"
	"strings"
	"testing"
)

func TestNetRules(t *testing.T) {
	tests := []struct {
		allow, deny string // comma-separated
		name        string // what the script names; "" if it names addr
		addr        string // what that resolves to
		want        string // "" allowed, "name" or "addr": refused when that is judged
	}{
		{"", "", "example.com", "93.184.216.34:80", "name"},
		{"", "", "", "93.184.216.34:80", "addr"},
		{"*", "", "example.com", "93.184.216.34:80", ""},
		{"*", "", "localhost", "127.0.0.1:80", ""},
		{"*", "", "", "10.0.0.1:80", ""},
		{"*:443", "", "example.com", "93.184.216.34:443", ""},
		{"*:443", "", "example.com", "93.184.216.34:80", "name"},

		{"example.com", "", "example.com", "93.184.216.34:80", ""},
		{"example.com", "", "EXAMPLE.com.", "93.184.216.34:80", ""},
		{"Example.Com.", "", "example.com", "93.184.216.34:80", ""},
		{"example.com", "", "www.example.com", "93.184.216.34:80", "name"},
		{"example.com", "", "badexample.com", "93.184.216.34:80", "name"},
		{"example.com", "", "", "93.184.216.34:80", "addr"},
		{"example.com:443", "", "example.com", "93.184.216.34:443", ""},
		{"example.com:443", "", "example.com", "93.184.216.34:8443", "name"},
		{"*.example.com", "", "a.b.example.com", "93.184.216.34:80", ""},
		{"*.example.com", "", "example.com", "93.184.216.34:80", "name"},
		{"*.example.com:443", "", "www.example.com", "93.184.216.34:80", "name"},
		{"a.com,b.com:80", "", "b.com", "93.184.216.34:80", ""},

		// A granted name leads to no private address.
		{"example.com", "", "example.com", "127.0.0.1:80", "addr"},
		{"example.com", "", "example.com", "10.1.2.3:80", "addr"},
		{"example.com", "", "example.com", "169.254.169.254:80", "addr"},
		{"example.com", "", "example.com", "[::ffff:127.0.0.1]:80", "addr"},
		{"example.com", "", "example.com", "[64:ff9b::7f00:1]:80", "addr"},
		{"example.com", "", "example.com", "[64:ff9b::5db8:d822]:80", ""},
		{"example.com", "", "example.com", "[2002:7f00:1::]:80", "addr"},
		{"example.com", "", "example.com", "[2002:5db8:d822::1]:80", ""},
		{"example.com", "", "example.com", "[::127.0.0.1]:80", "addr"},
		{"example.com", "", "example.com", "[fd00::1]:80", "addr"},
		{"example.com", "", "example.com", "[fe80::1%eth0]:80", "addr"},
		{"example.com", "", "example.com", "[::1]:80", "addr"},
		{"example.com", "", "example.com", "[::]:80", "addr"},
		{"example.com", "", "example.com", "0.0.0.0:80", "addr"},
		{"example.com", "", "example.com", "100.64.0.1:80", "addr"},
		{"example.com", "", "example.com", "255.255.255.255:80", "addr"},
		{"example.com", "", "example.com", "224.0.0.1:80", "addr"},
		{"example.com", "", "example.com", "[2606:2800:220:1::]:80", ""},
		{"example.com,10.0.0.0/8", "", "example.com", "10.1.2.3:80", ""},
		{"example.com,private", "", "example.com", "10.1.2.3:80", ""},
		{"example.com,*:80", "", "example.com", "10.1.2.3:80", ""},

		{"localhost", "", "localhost", "127.0.0.1:80", ""},
		{"localhost:80", "", "localhost", "[::1]:80", ""},
		{"localhost", "", "localhost", "10.0.0.1:80", "addr"},
		{"*.localhost", "", "a.localhost", "127.0.0.1:80", ""},
		{"127.0.0.1", "", "localhost", "127.0.0.1:80", ""},
		{"127.0.0.0/8", "", "localhost", "127.0.0.1:80", ""},
		{"[::1]:80", "", "localhost", "127.0.0.1:80", "addr"},
		{"private", "", "localhost", "127.0.0.1:80", ""},
		{"10.0.0.0/8", "", "localhost", "127.0.0.1:80", "name"},

		// An address is granted as an address; a name for it is not.
		{"93.184.216.34", "", "", "93.184.216.34:80", ""},
		{"93.184.216.34", "", "example.com", "93.184.216.34:80", "name"},
		{"93.184.216.34:443", "", "", "93.184.216.34:80", "addr"},
		{"10.0.0.0/8:80", "", "", "10.1.2.3:80", ""},
		{"10.0.0.0/8:80", "", "", "10.1.2.3:81", "addr"},
		{"10.0.0.0/8", "", "", "[::ffff:10.1.2.3]:80", ""},
		{"::1", "", "", "[::1]:80", ""},
		{"[::1]", "", "", "[::1]:80", ""},
		{"[::1]:80", "", "", "[::1]:80", ""},
		{"[::1]:80", "", "", "[::1]:81", "addr"},
		{"2001:db8::/32", "", "", "[2001:db8::5]:80", ""},
		{"[2001:db8::/32]:80", "", "", "[2001:db8::5]:81", "addr"},
		{"private", "", "", "192.168.1.1:80", ""},
		{"private", "", "", "8.8.8.8:80", "addr"},
		{"private:80", "", "", "192.168.1.1:81", "addr"},

		// What is denied stays so.
		{"*", "private", "example.com", "93.184.216.34:80", ""},
		{"*", "private", "localhost", "127.0.0.1:80", "addr"},
		{"*", "private", "2130706433", "127.0.0.1:80", "addr"},
		{"*", "private", "", "10.0.0.1:80", "addr"},
		{"*", "example.com", "example.com", "93.184.216.34:80", "name"},
		{"*", "*.example.com", "www.example.com", "93.184.216.34:80", "name"},
		{"*", "93.184.216.0/24", "example.com", "93.184.216.34:80", "addr"},
		{"*", "*:25", "mail.example.com", "93.184.216.34:25", "name"},
		{"*", "*:25", "", "93.184.216.34:25", "addr"},
		{"*", "*:25", "", "93.184.216.34:80", ""},
		{"10.0.0.0/8", "10.0.0.0/24", "", "10.0.0.1:80", "addr"},
		{"*", "93.184.216.0/24", "example.com", "[64:ff9b::5db8:d822]:80", "addr"},
		{"*", "93.184.216.0/24", "example.com", "[2002:5db8:d822::1]:80", "addr"},
		{"*", "93.184.216.0/24", "", "[::ffff:93.184.216.34]:80", "addr"},
	}
	list := func(s string) []string {
		if s == "" {
			return nil
		}
		return strings.Split(s, ",")
	}
	for _, tt := range tests {
		p, err := newNetPolicy(&Config{Permissions: Permissions{Net: list(tt.allow), DenyNet: list(tt.deny)}})
		if err != nil {
			t.Errorf("allow %q deny %q: %v", tt.allow, tt.deny, err)
			continue
		}
		addr := netip.MustParseAddrPort(tt.addr)
		_, port, _ := cutPort(tt.addr)
		got := ""
		to := destination{name: tt.name, port: port}
		if tt.name != "" && p.judgeName(to) != nil {
			got = "name"
		} else if p.judgeAddr(to, addr) != nil {
			got = "addr"
		}
		if got != tt.want {
			t.Errorf("allow %q deny %q: %s at %s refused by %q; want %q", tt.allow, tt.deny, tt.name, tt.addr, got, tt.want)
		}
	}
}

func TestNetRuleErrors(t *testing.T) {
	for rule, want := range map[string]string{
		"":                   "there is no host",
		":80":                "there is no host",
		"example.com:":       `"" is not a port`,
		"example.com:http":   `"http" is not a port`,
		"example.com:0":      `"0" is not a port`,
		"example.com:65536":  `"65536" is not a port`,
		"ftp://example.com":  `"ftp" is neither http nor https`,
		"://example.com":     `"" is neither http nor https`,
		"http://":            "there is no host",
		"https://a.com/path": `"a.com/path" is not a range of addresses`,
		"https://u@a.com":    "want [http[s]://]host[:port]",
		"https://a.com?q":    "want [http[s]://]host[:port]",
		"unix:":              "want the absolute path of a Unix socket",
		"unix:run/a.sock":    "want the absolute path of a Unix socket",
		"example.com/path":   `"example.com/path" is not a range of addresses`,
		"10.0.0.0/33":        `"10.0.0.0/33" is not a range of addresses`,
		"*example.com":       "want [http[s]://]host[:port]",
		"www.*.com":          "want [http[s]://]host[:port]",
		"*.*.com":            "want [http[s]://]host[:port]",
		"a b":                "want [http[s]://]host[:port]",
		"[example.com":       "want [http[s]://]host[:port]",
		"[::1]:99999":        `"99999" is not a port`,
	} {
		for _, c := range []Config{{Permissions: Permissions{Net: []string{"ok", rule}}}, {Permissions: Permissions{DenyNet: []string{rule}}}} {
			if _, err := New(c); err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "runtime.Config: Permissions.") {
				t.Errorf("New with the rule %q = %v; want an error with %s", rule, err, want)
			}
		}
	}
}

func TestNetRefusal(t *testing.T) {
	p, err := newNetPolicy(&Config{Permissions: Permissions{Net: []string{"example.com", "localhost:80"}, DenyNet: []string{"evil.example.com", "10.0.0.0/8"}}})
	if err != nil {
		t.Fatal(err)
	}
	addr := netip.MustParseAddrPort
	name := func(name, port string) destination { return destination{name: name, port: port} }
	for _, tt := range []struct {
		err  error
		want string
	}{
		{p.judgeName(name("b.com", "443")), "not allowed to connect to b.com:443 (to allow it: --allow-net=b.com:443)"},
		{p.judgeAddr(name("example.com", ""), addr("127.0.0.1:80")), "not allowed to connect to example.com:80 at 127.0.0.1:80 (to allow it: --allow-net=127.0.0.1:80)"},
		{p.judgeAddr(destination{}, addr("[::ffff:127.0.0.1]:80")), "not allowed to connect to 127.0.0.1:80 (to allow it: --allow-net=127.0.0.1:80)"},
		{p.judgeAddr(destination{}, addr("[::1]:80")), "not allowed to connect to [::1]:80 (to allow it: --allow-net=[::1]:80)"},
		{p.judgeName(name("evil.example.com", "80")), "not allowed to connect to evil.example.com:80 (to allow it: no --deny-net=evil.example.com)"},
		{p.judgeAddr(destination{}, addr("10.0.0.1:80")), "not allowed to connect to 10.0.0.1:80 (to allow it: no --deny-net=10.0.0.0/8)"},
	} {
		if tt.err == nil || tt.err.Error() != tt.want {
			t.Errorf("refusal = %v; want %s", tt.err, tt.want)
		}
	}
}

// TestSchemeRules: a rule with a scheme grants those who will speak it, at its port.
func TestSchemeRules(t *testing.T) {
	for _, tt := range []struct {
		allow, deny string
		scheme      string
		name, addr  string // "" for a name: addr is what the script named
		ok          bool
	}{
		{"https://example.com", "", "https", "example.com", "93.184.216.34:443", true},
		{"HTTPS://Example.com", "", "https", "example.com", "93.184.216.34:443", true},
		{"https://example.com", "", "http", "example.com", "93.184.216.34:443", false},
		{"https://example.com", "", "", "example.com", "93.184.216.34:443", false},
		{"https://example.com", "", "https", "example.com", "93.184.216.34:8443", false},
		{"https://example.com", "", "https", "www.example.com", "93.184.216.34:443", false},
		{"https://example.com:8443", "", "https", "example.com", "93.184.216.34:8443", true},
		{"https://example.com:8443", "", "https", "example.com", "93.184.216.34:443", false},
		{"https://*.example.com", "", "https", "www.example.com", "93.184.216.34:443", true},
		{"https://*", "", "https", "example.com", "93.184.216.34:443", true},
		{"https://*", "", "http", "example.com", "93.184.216.34:443", false},
		{"https://10.0.0.0/8", "", "https", "", "10.1.2.3:443", true},
		{"https://10.0.0.0/8", "", "", "", "10.1.2.3:443", false},
		{"https://[::1]:8443", "", "https", "", "[::1]:8443", true},
		{"https://[::1]", "", "https", "", "[::1]:443", true},
		{"https://private", "", "https", "", "192.168.0.1:443", true},
		{"https://private", "", "http", "", "192.168.0.1:443", false},
		{"https://example.com", "", "https", "example.com", "10.0.0.1:443", false},
		{"https://example.com,https://10.0.0.1", "", "https", "example.com", "10.0.0.1:443", true},
		{"http://example.com", "", "http", "example.com", "93.184.216.34:80", true},
		{"http://example.com", "", "https", "example.com", "93.184.216.34:80", false},
		{"http://example.com", "", "http", "example.com", "93.184.216.34:443", false},
		{"http://127.0.0.1:8000", "", "http", "localhost", "127.0.0.1:8000", true},
		{"http://127.0.0.1:8000", "", "", "localhost", "127.0.0.1:8000", false},
		{"example.com", "", "https", "example.com", "93.184.216.34:443", true},
		{"example.com", "", "http", "example.com", "93.184.216.34:80", true},

		// What may be what is denied, is.
		{"*", "http://*", "http", "example.com", "93.184.216.34:80", false},
		{"*", "http://*", "", "example.com", "93.184.216.34:80", false},
		{"*", "http://*", "https", "example.com", "93.184.216.34:80", true},
		{"*", "http://*", "http", "example.com", "93.184.216.34:8080", true},
	} {
		p, err := newNetPolicy(&Config{Permissions: Permissions{Net: strings.Split(tt.allow, ","), DenyNet: one(tt.deny)}})
		if err != nil {
			t.Errorf("allow %q deny %q: %v", tt.allow, tt.deny, err)
			continue
		}
		_, port, _ := cutPort(tt.addr)
		to := destination{name: tt.name, port: port, scheme: tt.scheme}
		ok := (tt.name == "" || p.judgeName(to) == nil) && p.judgeAddr(to, netip.MustParseAddrPort(tt.addr)) == nil
		if ok != tt.ok {
			t.Errorf("allow %q deny %q: %q to %s at %s granted %v; want %v", tt.allow, tt.deny, tt.scheme, tt.name, tt.addr, ok, tt.ok)
		}
	}
}

// TestPrivate has an address of each range that is not the public internet, and
// their neighbours that are.
func TestPrivate(t *testing.T) {
	for addr, want := range map[string]bool{
		"0.0.0.0": true, "0.255.255.255": true, "1.0.0.0": false,
		"10.0.0.0": true, "10.255.255.255": true, "9.255.255.255": false, "11.0.0.0": false,
		"100.63.255.255": false, "100.64.0.0": true, "100.127.255.255": true, "100.128.0.0": false,
		"127.0.0.1": true, "127.255.255.255": true, "126.255.255.255": false, "128.0.0.0": false,
		"169.253.255.255": false, "169.254.0.0": true, "169.254.169.254": true, "169.255.0.0": false,
		"172.15.255.255": false, "172.16.0.0": true, "172.31.255.255": true, "172.32.0.0": false,
		"192.0.0.8": true, "192.0.1.0": false, "192.0.2.1": true, "192.167.255.255": false, "192.168.0.0": true, "192.169.0.0": false,
		"198.17.255.255": false, "198.18.0.0": true, "198.19.255.255": true, "198.20.0.0": false,
		"198.51.100.1": true, "203.0.113.1": true, "223.255.255.255": false, "224.0.0.1": true, "240.0.0.1": true, "255.255.255.255": true,
		"8.8.8.8": false, "93.184.216.34": false,

		"::": true, "::1": true, "2606:2800:220:1::1": false,
		"fbff::1": false, "fc00::": true, "fdff:ffff::1": true, "fe00::1": false,
		"fe80::1": true, "fe80::1%eth0": true, "febf::1": true, "fec0::1": true, "feff::1": true, "ff02::1": true,
		"2001:db8::1": true, "2001:db9::1": false, "2001::1": true, "100::1": true, "64:ff9b:1::1": true,
		"2001:2::1": true, "3fff:fff::1": true, "4000::1": false, "5f00::1": true,

		// IPv4 in IPv6: mapped, translated, compatible, NAT64, 6to4.
		"::ffff:0:10.0.0.1": true, "::ffff:0:8.8.8.8": false,
		"::ffff:10.0.0.1": true, "::ffff:127.0.0.1": true, "::ffff:169.254.169.254": true, "::ffff:8.8.8.8": false,
		"::127.0.0.1": true, "::10.0.0.1": true, "::8.8.8.8": false,
		"64:ff9b::10.0.0.1": true, "64:ff9b::127.0.0.1": true, "64:ff9b::169.254.169.254": true, "64:ff9b::8.8.8.8": false,
		"2002:a00:1::": true, "2002:7f00:1::1": true, "2002:a9fe:a9fe::": true, "2002:6440:1::": true, "2002:808:808::": false,
	} {
		if got := isPrivate(netip.MustParseAddr(addr)); got != want {
			t.Errorf("isPrivate(%s) = %v; want %v", addr, got, want)
		}
	}
}

func TestUnixRules(t *testing.T) {
	for _, tt := range []struct {
		allow, deny, path string
		ok                bool
	}{
		{"", "", "/run/a.sock", false},
		{"*", "", "/run/a.sock", false},
		{"private", "", "/run/a.sock", false},
		{"unix:/run/a.sock", "", "/run/a.sock", true},
		{"unix:/run/../run//a.sock", "", "/run/a.sock", true},
		{"unix:/run/a.sock", "", "/run/b.sock", false},
		{"unix:/run", "", "/run/a.sock", false},
		{"unix:*", "", "/run/a.sock", true},
		{"unix:*", "unix:/run/a.sock", "/run/a.sock", false},
		{"unix:*", "unix:*", "/run/a.sock", false},
		{"unix:*", "*", "/run/a.sock", true},
	} {
		p, err := newNetPolicy(&Config{Permissions: Permissions{Net: one(tt.allow), DenyNet: one(tt.deny)}})
		if err != nil {
			t.Errorf("allow %q deny %q: %v", tt.allow, tt.deny, err)
			continue
		}
		if refused := p.judgeUnix(tt.path); (refused == nil) != tt.ok || refused != nil && refused.Target != "unix:"+tt.path {
			t.Errorf("allow %q deny %q: %s: %v; want ok %v", tt.allow, tt.deny, tt.path, refused, tt.ok)
		}
		if p.judgeName(destination{name: "example.com", port: "80"}) == nil != (tt.allow == "*") {
			t.Errorf("allow %q grants a host", tt.allow)
		}
	}
}
