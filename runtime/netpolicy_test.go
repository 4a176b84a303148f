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
		if tt.name != "" && p.judgeName(tt.name, port) != nil {
			got = "name"
		} else if p.judgeAddr(tt.name, addr) != nil {
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
		"http://example.com": "want a host, not a URL",
		"example.com/path":   `"example.com/path" is not a range of addresses`,
		"10.0.0.0/33":        `"10.0.0.0/33" is not a range of addresses`,
		"*example.com":       "want host[:port]",
		"www.*.com":          "want host[:port]",
		"*.*.com":            "want host[:port]",
		"a b":                "want host[:port]",
		"[example.com":       "want host[:port]",
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
	for _, tt := range []struct {
		err  error
		want string
	}{
		{p.judgeName("b.com", "443"), "not allowed to connect to b.com:443 (to allow it: --allow-net=b.com:443)"},
		{p.judgeAddr("example.com", addr("127.0.0.1:80")), "not allowed to connect to example.com:80 at 127.0.0.1:80 (to allow it: --allow-net=127.0.0.1:80)"},
		{p.judgeAddr("", addr("[::ffff:127.0.0.1]:80")), "not allowed to connect to 127.0.0.1:80 (to allow it: --allow-net=127.0.0.1:80)"},
		{p.judgeAddr("", addr("[::1]:80")), "not allowed to connect to [::1]:80 (to allow it: --allow-net=[::1]:80)"},
		{p.judgeName("evil.example.com", "80"), "not allowed to connect to evil.example.com:80 (to allow it: no --deny-net=evil.example.com)"},
		{p.judgeAddr("", addr("10.0.0.1:80")), "not allowed to connect to 10.0.0.1:80 (to allow it: no --deny-net=10.0.0.0/8)"},
	} {
		if tt.err == nil || tt.err.Error() != tt.want {
			t.Errorf("refusal = %v; want %s", tt.err, tt.want)
		}
	}
}
