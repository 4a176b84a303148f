package flags

import (
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"starwire/runtime"
)

// Format returns the flags that grant p and nothing else, --sandbox first, each
// quoted for a POSIX shell where it must be. Parse reads them back. A file that no
// list can name, for a comma or a control character in it, is granted with its
// folder; other such elements are left out.
func Format(p runtime.Permissions) []string {
	out := []string{"--sandbox"}
	for _, f := range []struct {
		name  string
		items []string
		files bool
	}{
		{"allow-env", p.Env, false},
		{"allow-net", p.Net, false},
		{"deny-net", p.DenyNet, false},
		{"allow-read", p.Read, true},
		{"allow-write", p.Write, true},
	} {
		var items []string
		for _, item := range f.items {
			for f.files && !listable(item) && item != filepath.Dir(item) {
				item = filepath.Dir(item)
			}
			if listable(item) && !slices.Contains(items, item) {
				items = append(items, item)
			}
		}
		if len(items) > 0 {
			out = append(out, quote("--"+f.name+"="+strings.Join(items, ",")))
		}
	}
	if p.Listen {
		out = append(out, "--allow-listen")
	}
	return out
}

// listable reports whether a list can hold the item.
func listable(item string) bool {
	return item != "" && item == strings.TrimSpace(item) &&
		!strings.ContainsFunc(item, func(c rune) bool { return c == ',' || unicode.IsControl(c) || c == unicode.ReplacementChar })
}

// quote quotes a word for a POSIX shell if it must be.
func quote(word string) string {
	for _, c := range []byte(word) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("-_./:=,@%+", c) >= 0:
		default:
			return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
		}
	}
	return word
}
