// Package spell finds out how near two names are.
package spell

// Distance is the number of edits between a and b, each of one character or
// of two that changed places, or some number over limit if it
// is larger or a has more than 100 bytes. Strings are compared byte by byte.
func Distance(a, b string, limit int) int {
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
