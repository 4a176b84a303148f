package pyport

import (
	"bytes"
	"slices"
	"strings"

	"go.starlark.net/syntax"
)

// A layout writes lines where the author had them: with the same blank lines and comments between them,
// and the same breaks inside brackets.
type layout struct {
	out      []byte
	source   []string         // the lines of the author's text
	comments []syntax.Comment // that are not written yet
	marks    []syntax.Error   // refused places that are not marked yet, in order
	skip     int32            // comments up to this line are part of what is quoted
	places   []place          // where in the source the parts of out stand, in order

	line     int32  // of the source, that is reached
	unit     string // one level of indentation
	depth    int
	brackets int  // open ones, in which a line may break
	still    bool // what is written stands nowhere in the source
	column   int32
	blanks   int  // blank lines that were written last
	fresh    bool // nothing is written on the current line
}

// A place says that what is written from offset on stands at pos in the source.
type place struct {
	offset int
	pos    syntax.Position
}

// stood returns the place in the source of what is written at an offset of out, in a statement.
func (l *layout) stood(offset int) syntax.Position {
	i, _ := slices.BinarySearchFunc(l.places, offset, func(p place, offset int) int { return p.offset - offset - 1 })
	return l.places[max(i, 1)-1].pos
}

// note notes that what comes next stands at pos.
func (l *layout) note(pos syntax.Position) {
	if pos.IsValid() {
		l.places = append(l.places, place{len(l.out), pos})
	}
}

func newLayout(src string, comments []syntax.Comment) layout {
	src = strings.TrimPrefix(src, "\ufeff")
	src = strings.ReplaceAll(strings.ReplaceAll(src, "\r\n", "\n"), "\r", "\n")
	l := layout{source: strings.Split(src, "\n"), comments: comments, unit: "    ", fresh: true}
	for _, line := range l.source { // the first indented line shows what one level is
		text := strings.TrimLeft(line, " \t")
		if n := len(line) - len(text); n > 0 && text != "" && text[0] != '#' {
			if n <= 8 {
				l.unit = line[:n]
			}
			break
		}
	}
	return l
}

// maxBlanks is how many blank lines may follow each other.
const maxBlanks = 2

// isBlank reports whether a line of the source holds nothing.
func (l *layout) isBlank(line int32) bool {
	return line > 0 && int(line) <= len(l.source) && strings.TrimSpace(l.source[line-1]) == ""
}

// header writes the comments that the text begins with.
func (l *layout) header() {
	for n := int32(1); len(l.comments) > 0 && l.comments[0].Start.Line == n && l.comments[0].Start.Col == 1; n++ {
		text := l.comments[0].Text
		if n == 1 && strings.HasPrefix(text, "#!") && strings.Contains(text, "python") {
			text = "#!/usr/bin/env starwire"
		}
		l.put(text)
		l.newline()
		l.comments, l.line = l.comments[1:], n
	}
}

// begin begins a statement that stands at pos in the source.
func (l *layout) begin(pos syntax.Position) {
	if !l.still && pos.IsValid() {
		l.upTo(pos.Line, pos.Col)
		l.column = pos.Col
	}
	l.put(strings.Repeat(l.unit, l.depth))
	l.note(pos)
}

// upTo writes the blank lines, comments and marks before a line of the source.
func (l *layout) upTo(line, column int32) {
	for ; l.line+1 < line; l.line++ {
		l.between(l.line+1, column)
	}
	if l.line < line {
		l.marksUpTo(line)
		l.line = line
	}
}

// between writes what stands on a line of the source beside code.
func (l *layout) between(line, column int32) {
	l.marksUpTo(line)
	if l.isBlank(line) && line > l.skip {
		if l.blanks < maxBlanks && len(l.out) > 0 {
			l.out = append(l.out, '\n')
			l.blanks++
		}
		return
	}
	for len(l.comments) > 0 && l.comments[0].Start.Line <= line {
		c := l.comments[0]
		l.comments = l.comments[1:]
		if c.Start.Line > l.skip {
			l.put(strings.Repeat(l.unit, l.depth))
			if strings.TrimSpace(l.source[c.Start.Line-1]) == c.Text { // beside no code
				l.put(strings.Repeat(" ", int(max(0, min(c.Start.Col-column, 40)))))
			}
			l.put(c.Text)
			l.newline()
		}
	}
}

// mark keeps a refused place, to be marked before what comes next.
func (l *layout) mark(e syntax.Error) {
	i := len(l.marks)
	for i > 0 && l.marks[i-1].Pos.Line > e.Pos.Line {
		i--
	}
	l.marks = append(l.marks[:i], append([]syntax.Error{e}, l.marks[i:]...)...)
}

// marksUpTo marks the refused places up to a line of the source.
func (l *layout) marksUpTo(line int32) {
	for len(l.marks) > 0 && l.marks[0].Pos.Line <= line && l.fresh {
		l.put(strings.Repeat(l.unit, l.depth))
		l.put("# NOT PORTED: " + l.marks[0].Msg)
		l.newline()
		l.marks = l.marks[1:]
	}
}

// quote writes a block of the source as comments: the statement at pos with what is indented under it.
func (l *layout) quote(pos syntax.Position) {
	l.upTo(pos.Line, pos.Col)
	l.skip = pos.Line
	for n := int(pos.Line); n < len(l.source); n++ {
		text := strings.TrimLeft(l.source[n], " \t")
		if text != "" && int32(len(l.source[n])-len(text)) < pos.Col {
			break
		}
		if text != "" {
			l.skip = int32(n + 1)
		}
	}
	for n := pos.Line; n <= l.skip; n++ {
		l.put(strings.Repeat(l.unit, l.depth) + strings.TrimRight("# "+cutIndent(l.source[n-1], int(pos.Col-1)), " \t"))
		l.newline()
	}
	for len(l.comments) > 0 && l.comments[0].Start.Line <= l.skip {
		l.comments = l.comments[1:]
	}
	l.line = l.skip
}

// cutIndent drops n columns of white space.
func cutIndent(s string, n int) string {
	for n > 0 && s != "" && (s[0] == ' ' || s[0] == '\t') {
		s = s[1:]
		n--
	}
	return s
}

// put writes text on the current line.
func (l *layout) put(s string) {
	if s != "" {
		l.out = append(l.out, s...)
		l.blanks, l.fresh = 0, false
	}
}

// end ends a statement, with the comment that the author had there.
func (l *layout) end() {
	if !l.still {
		l.trailing()
	}
	l.newline()
}

// trailing writes the comment at the end of the source's line.
func (l *layout) trailing() {
	if len(l.comments) > 0 && l.comments[0].Start.Line == l.line {
		l.put("  " + l.comments[0].Text)
		l.comments = l.comments[1:]
	}
}

func (l *layout) newline() {
	l.out = append(l.out, '\n')
	l.fresh, l.blanks = true, 0
}

// at breaks the line before what stands at pos, if the author did and brackets are open.
func (l *layout) at(pos syntax.Position) {
	defer l.note(pos)
	if l.still || !pos.IsValid() || pos.Line <= l.line {
		return
	}
	if l.brackets == 0 { // after a backslash
		l.line = pos.Line
		return
	}
	l.out = bytes.TrimRight(l.out, " ")
	l.trailing()
	l.newline()
	for ; l.line+1 < pos.Line; l.line++ {
		l.between(l.line+1, l.column)
	}
	l.line = pos.Line
	indent := max(int(pos.Col-l.column), 0)
	l.put(strings.Repeat(l.unit, l.depth) + strings.Repeat(" ", indent))
}

// rest writes the comments after the last statement.
func (l *layout) rest() {
	l.depth, l.column = 0, 1
	for n := l.line + 1; int(n) <= len(l.source) && (len(l.comments) > 0 || len(l.marks) > 0); n++ {
		l.between(n, 1)
	}
	l.marksUpTo(1 << 30)
}
