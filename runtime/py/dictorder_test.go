package py

import (
	"fmt"
	"slices"
	"testing"
)

// The orders are those of CPython 2.7.18.

func TestHashOrder(t *testing.T) {
	for _, tt := range []struct{ keys, want []string }{
		{[]string{}, []string{}},
		{[]string{"X-Request-Id"}, []string{"X-Request-Id"}},
		{[]string{"Referer", "Origin"}, []string{"Origin", "Referer"}},
		{[]string{"Pragma", "If-Modified-Since", "Range"}, []string{"Range", "Pragma", "If-Modified-Since"}},
		{[]string{"Host", "Cookie", "Cache-Control", "X-A", "If-Modified-Since"}, []string{"Host", "If-Modified-Since", "Cookie", "X-A", "Cache-Control"}},
		{[]string{"Connection", "Cookie", "Accept-Encoding", "Accept", "Range", "Host"}, []string{"Host", "Accept-Encoding", "Connection", "Accept", "Range", "Cookie"}},
		{[]string{"Accept-Encoding", "Content-Type", "Range", "X-Request-Id", "Connection", "X-B", "User-Agent"}, []string{"X-Request-Id", "Accept-Encoding", "Connection", "X-B", "User-Agent", "Range", "Content-Type"}},
		{[]string{"X-Request-Id", "Connection", "Host", "Referer", "Pragma", "Range", "Origin", "X-A"}, []string{"Origin", "X-Request-Id", "Connection", "Host", "X-A", "Range", "Referer", "Pragma"}},
		{[]string{"Content-Length", "Pragma", "Accept", "X-B", "Connection", "If-Modified-Since", "Cache-Control", "Range", "X-Request-Id", "Referer", "X-A", "User-Agent"}, []string{"Content-Length", "X-Request-Id", "Cache-Control", "Range", "X-B", "X-A", "Connection", "Referer", "Accept", "Pragma", "If-Modified-Since", "User-Agent"}},
		{[]string{"Connection", "User-Agent", "Content-Type", "X-A", "Host", "Accept", "Cache-Control", "Accept-Encoding", "If-Modified-Since", "X-Request-Id", "Origin", "X-B", "Range", "Referer", "Authorization", "Content-Length", "Pragma", "Cookie"}, []string{"Origin", "X-Request-Id", "Accept-Encoding", "Content-Length", "If-Modified-Since", "Host", "Accept", "X-A", "Connection", "Referer", "X-B", "Pragma", "Cache-Control", "Range", "Cookie", "User-Agent", "Content-Type", "Authorization"}},
	} {
		if got := HashOrder(tt.keys); !slices.Equal(got, tt.want) {
			t.Errorf("HashOrder(%q) = %q; want %q", tt.keys, got, tt.want)
		}
		if got := HashOrder(append(tt.keys, tt.keys...)); !slices.Equal(got, tt.want) {
			t.Errorf("HashOrder of %q twice = %q; want %q", tt.keys, got, tt.want)
		}
	}
}

// TestHashDictMerge is c = dict(a); c.update(b).
func TestHashDictMerge(t *testing.T) {
	for _, tt := range []struct{ a, b, want []string }{
		{[]string{"Host", "Referer", "Content-Length"}, []string{"X-B", "Host", "Pragma"}, []string{"Host", "Referer", "Pragma", "Content-Length", "X-B"}},
		{[]string{"Accept-Encoding", "Pragma", "Origin", "X-Request-Id", "Referer"}, []string{"Pragma", "Content-Length", "Origin", "Cookie"}, []string{"Origin", "X-Request-Id", "Accept-Encoding", "Content-Length", "Referer", "Pragma", "Cookie"}},
		{[]string{"Referer"}, []string{"User-Agent", "If-Modified-Since", "Pragma", "Cache-Control", "Host", "Range", "Origin", "Accept-Encoding", "Authorization"}, []string{"Origin", "Accept-Encoding", "If-Modified-Since", "Range", "User-Agent", "Host", "Referer", "Pragma", "Cache-Control", "Authorization"}},
		{[]string{"Pragma", "Content-Length", "Range", "Accept", "Content-Type", "Referer", "Connection", "Host", "User-Agent"}, []string{"If-Modified-Since", "Pragma", "Connection", "Host", "Referer", "Authorization", "Content-Type", "Cache-Control", "Content-Length"}, []string{"Content-Length", "If-Modified-Since", "Connection", "Accept", "User-Agent", "Host", "Referer", "Pragma", "Cache-Control", "Range", "Content-Type", "Authorization"}},
		{[]string{}, []string{"Range", "Cookie", "Authorization", "Host"}, []string{"Range", "Cookie", "Host", "Authorization"}},
	} {
		var a, b, c HashDict
		for _, k := range tt.a {
			a.Add(k)
		}
		for _, k := range tt.b {
			b.Add(k)
		}
		c.Merge(&a)
		c.Merge(&b)
		if got := c.Keys(); !slices.Equal(got, tt.want) {
			t.Errorf("dict(%q).update(%q) = %q; want %q", tt.a, tt.b, got, tt.want)
		}
	}
}

func TestHashOrderOfMany(t *testing.T) {
	var keys []string
	for i := range 1000 {
		keys = append(keys, fmt.Sprint("k", i))
	}
	got := HashOrder(keys)
	if len(got) != 1000 || got[0] != "k238" || got[999] != "k846" {
		t.Errorf("HashOrder of k0 to k999 = %s ... %s; want k238 ... k846", got[0], got[len(got)-1])
	}
}
