package pysyntax

import "strings"

// NeedsMore reports whether what was typed so far is the beginning of something: a bracket, a triple
// quote or a trailing backslash is open, a block has yet to come, or a compound statement has yet to be
// ended by a blank line. Text that is wrong already needs no more. src is whole lines; a blank one ends
// whatever can be ended. The session then hands src to Parse.
func NeedsMore(src string, mode Mode) bool {
	name := ""
	p := newParser(&name, src, Config{Mode: mode, Exports: func(string) ([]string, error) { return nil, nil }})
	st := recovering(func() { p.file() })
	switch {
	case p.scan.atEOF:
		return st != nil && st.atEOF
	case p.scan.openLine:
		return st == nil || st.atEOF
	case blankLast(src):
		return false
	case st != nil:
		return st.atEOF
	}
	return p.compound
}

// blankLast reports whether the last line of src holds nothing.
func blankLast(src string) bool {
	src = strings.TrimSuffix(src, "\n")
	return strings.TrimSpace(src[strings.LastIndexByte(src, '\n')+1:]) == ""
}
