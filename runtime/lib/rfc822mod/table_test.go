package rfc822mod

import (
	"bufio"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// table reads a table recorded from CPython 2.7.18 and calls row with the
// columns of each line, texts unquoted. want is the least number of lines.
func table(t *testing.T, name string, want int, row func(columns []string)) {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	n := 0
	for s := bufio.NewScanner(f); s.Scan(); {
		if strings.HasPrefix(s.Text(), "#") {
			continue
		}
		columns := strings.Split(s.Text(), "\t")
		for i, c := range columns {
			if strings.HasPrefix(c, `"`) {
				if columns[i], err = strconv.Unquote(c); err != nil {
					t.Fatalf("%s: %s: %v", name, c, err)
				}
			}
		}
		row(columns)
		n++
	}
	if n < want {
		t.Errorf("%s has %d lines; want at least %d", name, n, want)
	}
}
