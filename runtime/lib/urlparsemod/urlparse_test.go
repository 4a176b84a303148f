package urlparsemod

import (
	"strings"
	"testing"
	"time"

	"starwire/runtime/lib/libtest"
)

func TestRecorded(t *testing.T) {
	libtest.Run(t, "testdata/urlparse.session", Module())
}

// urlparse.py takes time that grows with the square of the segments.
func TestLongPaths(t *testing.T) {
	start := time.Now()
	got, err := join("http://h/"+strings.Repeat("a/", 1<<18), strings.Repeat("../", 1<<18)+"x", true)
	if err != nil || got != "http://h/x" {
		t.Errorf("join of long paths = %.50q, %v; want http://h/x", got, err)
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("join of long paths took %v", took)
	}
}

func FuzzSplit(f *testing.F) {
	for _, s := range []string{"http://u:p@h:80/p;x?q#f", "//[::1]/", "a:80", "mailto:x", "://", "http://h/..//"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := parseURL(s, "", true)
		if err != nil {
			return
		}
		// Put together and taken apart again, a URL with a host is the same.
		once := p.url()
		if q, err := parseURL(once, "", true); p.netloc != "" && (err != nil || q != p) {
			t.Errorf("parseURL(%q) = %+v, %v; want %+v, of %q", once, q, err, p, s)
		}
		for _, name := range extra {
			if _, err := resultAttr(p.splitResult(), name); err != nil && name != "port" {
				t.Errorf("%s of %q: %v", name, s, err)
			}
		}
		if _, err := join("http://a/b/c", s, true); err != nil {
			t.Errorf("join with %q: %v", s, err)
		}
	})
}
