package command

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestReadRegular: whatever size a file is said to have, all of it is read; errors are
// those of os.ReadFile.
func TestReadRegular(t *testing.T) {
	name := filepath.Join(t.TempDir(), "a.star")
	for _, n := range []int{0, 1, 511, 512, 513, 100_000} {
		text := strings.Repeat("x", n)
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, size := range []int{0, n / 2, n, 2 * n} {
			if got, err := readRegular(name, int64(size)); err != nil || string(got) != text {
				t.Errorf("readRegular of %d bytes, said to be %d: %d bytes, %v", n, size, len(got), err)
			}
		}
	}
	for _, name := range []string{filepath.Join(t.TempDir(), "none"), t.TempDir(), "a\x00b"} {
		_, err := readRegular(name, 0)
		_, want := os.ReadFile(name)
		var path *fs.PathError
		if !errors.As(err, &path) || err.Error() != want.Error() {
			t.Errorf("readRegular(%q) error %v; want %v", name, err, want)
		}
	}
}
