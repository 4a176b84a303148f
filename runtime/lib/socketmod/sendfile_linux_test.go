//go:build (amd64 || arm64) && !race && !msan && !asan

package socketmod

import (
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// A file of which nothing is in memory is not taken for one that is, wherever it ends.
func TestCached(t *testing.T) {
	const size = 100000
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, make([]byte, size), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	fd := f.Fd()
	inMemory := func(offset int64) bool {
		_, err := unix.Preadv2(int(fd), [][]byte{make([]byte, 1)}, offset, unix.RWF_NOWAIT)
		return err == nil
	}
	if !inMemory(0) {
		t.Skip("the file system does not tell")
	}
	tests := []struct {
		name     string
		start, n int64
		at       int64 // the byte that decides
	}{
		{"all", 0, size, size - 1},
		{"some", 1, size - 2, size - 2},
		{"all and beyond", 0, mostDirect, 0},
		{"the last byte and beyond", size - 1, 2, size - 1},
		{"beyond", size, mostDirect, size},
	}
	for _, tt := range tests {
		if got := cached(fd, tt.start, tt.n); !got && inMemory(tt.at) {
			t.Errorf("%s: cached() = %v of a file in memory", tt.name, got)
		}
	}
	if err := f.Sync(); err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		unix.Fadvise(int(fd), 0, 0, unix.FADV_DONTNEED) // it may stay all the same, or come back
		if got := cached(fd, tt.start, tt.n); got && !inMemory(tt.at) {
			t.Errorf("%s: cached() = %v of a file that is not in memory", tt.name, got)
		}
	}
}
