package repl

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A history is what was typed, statement by statement, the newest last, and the
// file that keeps it. Each statement is a line of the file, its newlines written
// \n and its backslashes \\.
//
// Several sessions can share a file: each statement is appended by one write to
// the file as it is named then. A file grown too large becomes the old one, which
// is read too; so no session ever rewrites what another may be appending to.
type history struct {
	path    string // "" for none
	entries []string
}

const (
	maxHistoryFile = 1 << 20 // bytes
	maxEntry       = 64 << 10
	maxEntries     = 10_000
)

// HistoryFile returns the name of the history file: what STARWIRE_HISTORY says,
// or .starwire_history in the person's home; "" for none.
func HistoryFile() string {
	if name, ok := os.LookupEnv("STARWIRE_HISTORY"); ok {
		return name
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return ""
	}
	return filepath.Join(home, ".starwire_history")
}

// oldHistory is the name of the file that a full one becomes.
func oldHistory(path string) string { return path + ".old" }

// openHistory reads the history. A file that cannot be read is an empty one.
func openHistory(path string) *history {
	h := &history{path: path}
	if path == "" {
		return h
	}
	if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
		os.Chmod(path, 0o600) // another program may have left it open to others
		if info.Size() > maxHistoryFile {
			os.Rename(path, oldHistory(path))
		}
	}
	for _, name := range []string{oldHistory(path), path} {
		for line := range strings.Lines(string(tail(name))) {
			if e := unescapeEntry(strings.TrimSuffix(line, "\n")); e != "" {
				h.entries = append(h.entries, e)
			}
		}
	}
	if n := len(h.entries) - maxEntries; n > 0 {
		h.entries = slices.Delete(h.entries, 0, n)
	}
	return h
}

// tail returns the last megabytes of a file, from the beginning of a line.
func tail(name string) []byte {
	f, err := os.Open(name)
	if err != nil {
		return nil
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return nil
	}
	skipped := info.Size() - 2*maxHistoryFile
	if skipped > 0 {
		f.Seek(skipped, io.SeekStart)
	}
	data, _ := io.ReadAll(io.LimitReader(f, 2*maxHistoryFile))
	if skipped > 0 {
		_, data, _ = bytes.Cut(data, []byte("\n"))
	}
	return data
}

// add appends a statement. One that begins with a space is remembered in this
// session only: it may hold a secret. One that repeats the last is dropped.
func (h *history) add(entry string) {
	secret := strings.HasPrefix(entry, " ")
	entry = strings.TrimRight(entry, " \t\n")
	if strings.TrimSpace(entry) == "" || len(h.entries) > 0 && h.entries[len(h.entries)-1] == entry {
		return
	}
	h.entries = append(h.entries, entry)
	if h.path == "" || secret || len(entry) > maxEntry {
		return
	}
	f, err := os.OpenFile(h.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return // a session without a home goes on
	}
	f.WriteString(escapeEntry(entry) + "\n")
	f.Close()
}

func escapeEntry(s string) string {
	return strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\r", "").Replace(s)
}

func unescapeEntry(s string) string {
	return strings.NewReplacer(`\\`, `\`, `\n`, "\n").Replace(s)
}
