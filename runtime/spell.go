package runtime

import (
	"strings"

	"starwire/runtime/spell"
)

// maxWritten is how long a name may be that somebody meant to write.
const maxWritten = 200 // bytes

// didYouMean returns ` (did you mean name?)` for the candidate nearest to what
// was written, or "" if none is near.
func didYouMean(written string, candidates []string) string {
	if len(written) < 3 || len(written) > maxWritten {
		return "" // everything is near, or nothing
	}
	best, distance := "", max(len(written)/3, 1)+1
	for _, c := range candidates {
		d := spell.Distance(strings.ToLower(written), strings.ToLower(c), distance)
		if d < distance || d == distance && best != "" && c < best {
			best, distance = c, d
		}
	}
	if best == "" {
		return ""
	}
	return " (did you mean " + best + "?)"
}

// isWord reports whether c may stand in a name.
func isWord(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c >= 0x80
}
