package repl

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"starwire/runtime"
)

func TestComplete(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, name := range []string{"testdata_of_completion.star", "sub/inner.star"} {
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o700), os.WriteFile(name, nil, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	rt, err := runtime.New(runtime.Config{})
	if err != nil {
		t.Fatal(err)
	}
	s := rt.NewSession()
	defer s.Close()
	if _, err := s.Eval(t.Context(), "setup", "conn = httplib.HTTPConnection('h')\ndef fetch(url, tries=3): pass\nword = 'x'\n"); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		text   string
		insert string
		list   []string // some of it
	}{
		{"httpl", "ib", nil},
		{"httplib.NOT_", "", []string{"NOT_FOUND", "NOT_IMPLEMENTED"}},
		{"httplib.HTTPSC", "onnection", nil},
		{"fet", "ch(", nil},
		{"fetch(1, trie", "s=", nil},
		{"fetch(1, tr", "", []string{"tries=3"}},
		{"word.startsw", "ith(", nil},
		{"'abc'.upp", "er(", nil},
		{"conn.getresp", "onse(", nil},
		{"conn.requ", "est(", nil},
		{"conn.request(", "", nil},
		{"conn.request('G", "ET'", nil},
		{"conn.putheader('content-t", "ype'", nil},
		{"conn.putheader(\"Content-T", "ype\"", nil},
		{"conn.request('GET', '/', headers={'If-Non", "e-Match", nil},
		{"conn.getresponse().getheader('ET", "ag'", nil},
		{"conn.getresponse().rea", "", nil},
		{"import httpl", "ib", nil},
		{"from httplib import HTTPSC", "onnection", nil},
		{"load('httpl", "ib'", nil},
		{"load('httplib', 'HTTPSC", "onnection'", nil},
		{"load('./testdata_of_comp", "letion.star'", nil},
		{"load('./su", "b/", nil},
		{"load('sub/inn", "er.star'", nil},
		{"open('testd", "ata_of_completion.star'", nil},
		{"r = httplib.responses[httplib.TEMPORARY_R", "EDIRECT", nil},
		{"%save testd", "ata_of_completion.star", nil},
		{"%tra", "ce", nil},
		{"%trace o", "", []string{"off", "on"}},
		{"%time fet", "ch(", nil},
		{"x = 'httpl", "", nil},
		{"# httpl", "", nil},
		{"zzz", "", nil},
		{"zzz.y", "", nil},
		{"12.", "", nil},
		{"fetch(\n  1, trie", "s=", nil},
	}
	for _, tt := range tests {
		got := complete(s, tt.text)
		if got.insert != tt.insert {
			t.Errorf("complete(%q) inserts %q; want %q (list %q)", tt.text, got.insert, tt.insert, got.list)
		}
		for _, want := range tt.list {
			if !slices.Contains(got.list, want) {
				t.Errorf("complete(%q) lists %q; want %q among them", tt.text, got.list, want)
			}
		}
	}
}

func BenchmarkComplete(b *testing.B) {
	rt, err := runtime.New(runtime.Config{})
	if err != nil {
		b.Fatal(err)
	}
	s := rt.NewSession()
	defer s.Close()
	for _, text := range []string{"httplib.", "httplib.HTTPConnection('h').", "httplib.HTTPConnection(t", "p"} {
		b.Run("text="+text, func(b *testing.B) {
			for b.Loop() {
				if got := complete(s, text); len(got.list) < 2 {
					b.Fatalf("%d candidates", len(got.list))
				}
			}
		})
	}
}
