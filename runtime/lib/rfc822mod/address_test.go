package rfc822mod

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"starwire/runtime/racetest"
)

func TestParseAddresses(t *testing.T) {
	table(t, "addresses.txt", 900, func(c []string) {
		var want []Address
		for i := 2; i < len(c); i += 2 {
			want = append(want, Address{c[i], c[i+1]})
		}
		got := ParseAddresses(c[0])
		if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
			t.Errorf("ParseAddresses(%q) = %q; want %q", c[0], got, want)
		}
		if s := NewAddressList(got).String(); s != c[1] {
			t.Errorf("AddressList(%q) as text = %q; want %q", c[0], s, c[1])
		}
	})
}

func TestQuote(t *testing.T) {
	table(t, "quotes.txt", 80, func(c []string) {
		if got := Quote(c[0]); got != c[1] {
			t.Errorf("Quote(%q) = %q; want %q", c[0], got, c[1])
		}
		if got := Unquote(c[0]); got != c[2] {
			t.Errorf("Unquote(%q) = %q; want %q", c[0], got, c[2])
		}
	})
}

// CPython runs out of stack where these nest deeply.
func TestParseAddressesNested(t *testing.T) {
	const depth = 100000
	open, shut := strings.Repeat("(", depth), strings.Repeat(")", depth)
	for _, tt := range []struct {
		name, text string
		want       []Address
	}{
		{"comments", open + "c" + shut + " a@b", []Address{{"c", "a@b"}}},
		{"comments that stay open", open + "c a@b", nil},
		{"groups", strings.Repeat("g:", depth) + "a@b" + strings.Repeat(";", depth) + "c@d", []Address{{"", "a@b"}, {"", "c@d"}}},
		{"groups that stay open", strings.Repeat("g:", depth) + "a@b, c@d", []Address{{"", "a@b"}, {"", "c@d"}}},
	} {
		if got := ParseAddresses(tt.text); fmt.Sprint(got) != fmt.Sprint(tt.want) {
			t.Errorf("%s: ParseAddresses = %.200q; want %q", tt.name, got, tt.want)
		}
	}
}

// Every shape of input takes time that grows with its length: a quarter of a megabyte
// is a matter of milliseconds, and of many minutes were it quadratic.
func TestParsersAreLinear(t *testing.T) {
	racetest.OneGoroutine(t)
	const size = 1 << 18
	for _, unit := range []string{
		"a", " ", "\t", ",", "a,", "a@b,", "(", ")", "()", "(a) ", "\"", "\"\" ", "\\", "[", "[]", "@", "@[", ".", "a.", ":", "a:", ";", "a:;",
		"<", "<>", "<@", "<@a:", "a<b>", "\r", "\n", "\r\n.", "a ", "(a)b ", "(\\", "a (b) ", "-", "1 ", "Sun, ", "+", "a=b;", "=", "/", "a /",
	} {
		start := time.Now()
		text := strings.Repeat(unit, size/len(unit))
		ParseAddresses(text)
		ParseAddresses("a (b) c " + text + "@d")
		ParseDate(text)
		ParseDate("06 Nov 1994 08:49:37 " + text)
		m := ParseType(text)
		for range m.ParamNames() {
		}
		m.Param("absent")
		if elapsed := time.Since(start); elapsed > time.Minute {
			t.Fatalf("%q repeated over %d bytes: %v", unit, size, elapsed)
		}
	}
}

func FuzzParseAddresses(f *testing.F) {
	for _, s := range []string{
		"Alice <a@x>", "a@x (Alice)", "Bob <b@y>, \"C, D\" <c@z>\r\n (comment) e@f", "grp: a@x, b@y; c@z", "a@x, , b@y",
		"<@r,@s:a@x>", "((a)b\\)", "\"a\\", "a@[1.2.3.4]", "a\r\n.b@c", "<", ":", "a:b:c", "(a(b\rc)d) e@f",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := ParseAddresses(s)
		total := 0
		for _, a := range got {
			total += len(a.Name) + len(a.Addr)
		}
		// Comments of a bare address may come twice, and a nameless one with a
		// comment gains " (" and ")"; nothing else grows.
		if total > 2*len(s)+4*len(got) || len(got) > len(s) {
			t.Errorf("ParseAddresses(%q) = %q: more than there was", s, got)
		}
	})
}
