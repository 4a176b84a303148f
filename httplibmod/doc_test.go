package httplibmod

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestDifferences holds the list of differences in doc.go: it has a row for
// every D and H number and for every transcript that differs, and the tests it
// names exist.
func TestDifferences(t *testing.T) {
	text, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	doc := string(text)
	listed := make(map[string]bool)
	for _, id := range regexp.MustCompile(`\b[DH]\d+\b`).FindAllString(doc, -1) {
		listed[id] = true
	}
	want := make(map[string]string) // id: who asks for it
	for i := 1; i <= 22; i++ {
		want[fmt.Sprintf("D%d", i)] = "the list of deviations"
	}
	for i := 1; i <= 18; i++ {
		want[fmt.Sprintf("H%d", i)] = "the list of hardenings"
	}
	cases, err := filepath.Glob("../testdata/httplib/*.txtar")
	if err != nil || len(cases) == 0 {
		t.Fatalf("no transcripts: %v", err)
	}
	for _, name := range cases {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			if ids, ok := strings.CutPrefix(line, "differs: "); ok {
				ids, _, _ = strings.Cut(ids, ":")
				for _, id := range regexp.MustCompile(`[DH]\d+`).FindAllString(ids, -1) {
					want[id] = filepath.Base(name)
				}
			}
		}
	}
	for id, who := range want {
		if !listed[id] {
			t.Errorf("doc.go does not list %s, which %s has", id, who)
		}
	}

	var tests strings.Builder
	for _, pattern := range []string{"*_test.go", "../runtime/lib/sslmod/*_test.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			tests.Write(text)
		}
	}
	for _, name := range regexp.MustCompile(`\bTest[A-Z]\w*`).FindAllString(doc, -1) {
		if !strings.Contains(tests.String(), "func "+name+"(t *testing.T)") {
			t.Errorf("doc.go names %s, which does not exist", name)
		}
	}
}
