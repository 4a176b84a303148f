package py

import "strings"

// ExpandTabs returns s with spaces in place of each tab, up to the next column that
// is a multiple of tab; with none if tab is below 1. next returns how many bytes of
// a text, which is not empty, are its first character.
//
// CPython: string_expandtabs and unicode_expandtabs.
func ExpandTabs(s string, tab int, next func(string) int) string {
	var out strings.Builder
	column := 0
	for s != "" {
		n := next(s)
		switch c := s[:n]; c {
		case "\t":
			if tab > 0 {
				n := tab - column%tab
				out.WriteString(strings.Repeat(" ", n))
				column += n
			}
		case "\n", "\r":
			out.WriteString(c)
			column = 0
		default:
			out.WriteString(c)
			column++
		}
		s = s[n:]
	}
	return out.String()
}

// OneByte is ExpandTabs's next of a str.
func OneByte(string) int { return 1 }
