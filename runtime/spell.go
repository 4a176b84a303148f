package runtime

import "strings"

// didYouMean returns ` (did you mean name?)` for the candidate nearest to what
// was written, or "" if none is near.
func didYouMean(written string, candidates []string) string {
	if len(written) < 3 {
		return "" // everything is near
	}
	best, distance := "", max(len(written)/3, 1)+1
	for _, c := range candidates {
		d := editDistance(strings.ToLower(written), strings.ToLower(c), distance)
		if d < distance || d == distance && best != "" && c < best {
			best, distance = c, d
		}
	}
	if best == "" {
		return ""
	}
	return " (did you mean " + best + "?)"
}

// editDistance is the number of single-character edits between a and b, or some
// number over limit if it is larger.
func editDistance(a, b string, limit int) int {
	if d := len(a) - len(b); d > limit || -d > limit || len(a) > 100 {
		return limit + 1
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}

// isWord reports whether c may stand in a name.
func isWord(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c >= 0x80
}
