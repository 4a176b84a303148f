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

// editDistance is the number of edits between a and b, each of one character or
// of two that changed places, or some number over limit if it is larger.
func editDistance(a, b string, limit int) int {
	if d := len(a) - len(b); d > limit || -d > limit || len(a) > 100 {
		return limit + 1
	}
	rows := make([][]int, 3) // of the last three beginnings of a
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
	}
	before, last, row := rows[0], rows[1], rows[2]
	for j := range last {
		last[j] = j
	}
	for i := range len(a) {
		row[0] = i + 1
		for j := range len(b) {
			switch {
			case a[i] == b[j]:
				row[j+1] = last[j]
			case i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j]:
				row[j+1] = 1 + min(last[j], row[j], last[j+1], before[j-1])
			default:
				row[j+1] = 1 + min(last[j], row[j], last[j+1])
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

// isWord reports whether c may stand in a name.
func isWord(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c >= 0x80
}
