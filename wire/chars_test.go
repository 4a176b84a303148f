package wire

import (
	"bytes"
	"strings"
	"testing"
)

// Every table against its grammar, spelled out another way.
func TestByteClasses(t *testing.T) {
	const (
		alnum  = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
		tchars = "!#$%&'*+-.^_`|~" + alnum
		digits = "0123456789abcdef"
	)
	for i := range 256 {
		c := byte(i)
		one := string([]byte{c})
		if want := strings.IndexByte(tchars, c) >= 0; tchar[c] != want || IsToken(one) != want || IsToken("a"+one) != want {
			t.Errorf("tchar[%q] = %v, IsToken = %v; want %v", c, tchar[c], IsToken(one), want)
		}
		if want := c == '\t' || c >= ' ' && c != 0x7f; IsFieldValue(one) != want || IsFieldValue("a"+one+"b") != want {
			t.Errorf("IsFieldValue(%q) = %v; want %v", one, !want, want)
		}
		if want := c > ' ' && c < 0x7f; isTarget(one) != want || isTarget("/"+one) != want {
			t.Errorf("isTarget(%q) = %v; want %v", one, !want, want)
		}
		// A letter beyond f must stay what it is.
		want := strings.IndexByte(digits, c)
		if c >= 'A' && c <= 'F' {
			want = strings.IndexByte(digits, c+'a'-'A')
		}
		if got := int(hexdig[c]) - 1; got != want {
			t.Errorf("hexdig[%q] = %d; want %d", c, got, want)
		}
		if want := strings.IndexByte(" \t", c) >= 0; isOWS(c) != want {
			t.Errorf("isOWS(%q) = %v; want %v", c, !want, want)
		}
	}
	if IsToken("") || isTarget("") || !IsFieldValue("") {
		t.Error(`IsToken(""), isTarget(""), IsFieldValue("") are not false, false, true`)
	}
}

// Eight bytes at a time must find what one at a time finds: every byte value, at
// every place of words and remainders, with a second hit behind the first.
func TestControl(t *testing.T) {
	for n := range 20 {
		for at := range n {
			for i := range 256 {
				b := bytes.Repeat([]byte("~"), n)
				b[n-1] = '\n'
				b[at] = byte(i)
				want := 0
				for b[want] >= ' ' {
					if want++; want == n {
						break
					}
				}
				if got := control(b, 0); got != want {
					t.Fatalf("control(%q, 0) = %d; want %d", b, got, want)
				}
			}
		}
	}
	// Bytes whose neighbours would be caught by a borrow.
	for _, s := range []string{"\x00\x20\x20\x20\x20\x20\x20\x20", "        \x1f\x20\x20", "\x80\xff\xa0\x9f\x7f\x20\xff\x80", ""} {
		want := strings.IndexFunc(s, func(r rune) bool { return r < ' ' })
		if want < 0 {
			want = len(s)
		}
		if got := control([]byte(s), 0); got != want {
			t.Errorf("control(%q, 0) = %d; want %d", s, got, want)
		}
	}
}

func TestEqualFold(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"", "", true},
		{"Content-Length", "content-length", true},
		{"CONTENT-LENGTH", "content-length", true},
		{"Content-Lengthy", "content-length", false},
		{"Content_Length", "content-length", false},
		{"Content\rLength", "Content-Length", false},
		{"@", "`", false}, // differ by the bit that letters' cases differ by
		{"[", "{", false},
		{"\xc0", "\xe0", false}, // no case beyond US-ASCII
		{"\u212a", "k", false},  // the Kelvin sign folds to k in Unicode only
	} {
		if got := equalFold(c.a, c.b); got != c.want {
			t.Errorf("equalFold(%q, %q) = %v; want %v", c.a, c.b, got, c.want)
		}
		if got := equalFold([]byte(c.b), c.a); got != c.want {
			t.Errorf("equalFold(%q, %q) = %v; want %v", c.b, c.a, got, c.want)
		}
	}
}
