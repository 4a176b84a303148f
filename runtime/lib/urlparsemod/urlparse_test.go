package urlparsemod

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"starwire/runtime/lib/libtest"
	"starwire/runtime/py"
)

func TestRecorded(t *testing.T) {
	libtest.Run(t, "testdata/urlparse.session", Module())
}

// urlparse.py takes time that grows with the square of the segments.
func TestLongPaths(t *testing.T) {
	start := time.Now()
	got, err := join(py.Chars{S: "http://h/" + strings.Repeat("a/", 1<<18)}, py.Chars{S: strings.Repeat("../", 1<<18) + "x"}, true)
	if err != nil || got.S != "http://h/x" {
		t.Errorf("join of long paths = %.50q, %v; want http://h/x", got.S, err)
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("join of long paths took %v", took)
	}
}

func FuzzSplit(f *testing.F) {
	for _, s := range []string{"http://u:p@h:80/p;x?q#f", "//[::1]/", "a:80", "mailto:x", "://", "http://h/..//"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s := py.Chars{S: text, Wide: utf8.ValidString(text) && len(text)%2 == 0}
		p, err := parseURL(s, py.Chars{}, true)
		if err != nil {
			return
		}
		// Put together and taken apart again, a URL with a host is the same.
		once, err := p.url()
		if err != nil {
			t.Fatalf("url of %+v: %v", p, err)
		}
		if q, err := parseURL(once, py.Chars{}, true); p.netloc.S != "" && (err != nil || q.full() != p.full()) {
			t.Errorf("parseURL(%+v) = %+v, %v; want %+v, of %q", once, q, err, p, text)
		}
		for _, name := range extra {
			if _, err := resultAttr(p.splitResult(), name); err != nil && name != "port" {
				t.Errorf("%s of %q: %v", name, text, err)
			}
		}
		if _, err := join(py.Chars{S: "http://a/b/c"}, s, true); err != nil {
			t.Errorf("join with %q: %v", text, err)
		}
	})
}

// full is p without the types of its parts: an empty one that was there is unicode, one that was not a str.
func (p parts) full() [6]string {
	return [6]string{p.scheme.S, p.netloc.S, p.path.S, p.params.S, p.query.S, p.fragment.S}
}
