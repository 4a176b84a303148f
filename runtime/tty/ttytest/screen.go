package ttytest

import (
	"strconv"
	"strings"

	"starwire/runtime/tty"
)

// A Screen is what a terminal shows after the bytes written to it. It knows what
// the command sends, and notes everything else.
type Screen struct {
	columns, rows int
	cells         [][]rune // of the whole session; the screen is the end of it
	row, col      int      // the cursor's place in cells
	pending       string   // an escape sequence not yet whole

	Bells   int
	Paste   bool     // bracketed paste is on
	Styled  bool     // colours were used
	Unknown []string // escape sequences
}

// NewScreen returns an empty one.
func NewScreen(columns, rows int) *Screen {
	return &Screen{columns: columns, rows: rows, cells: [][]rune{nil}}
}

// Write shows what a program writes.
func (v *Screen) Write(s string) {
	s = v.pending + s
	v.pending = ""
	for len(s) > 0 {
		if s[0] == '\x1b' {
			n := sequence(s)
			if n == 0 {
				v.pending = s
				return
			}
			v.escape(s[:n])
			s = s[n:]
			continue
		}
		r := []rune(s[:min(len(s), 4)])[0]
		if r == '\ufffd' && len(s) < 4 {
			v.pending = s
			return
		}
		s = s[len(string(r)):]
		v.put(r)
	}
}

// sequence returns the length of the escape sequence at the front of s, or 0.
func sequence(s string) int {
	if len(s) < 2 {
		return 0
	}
	if s[1] != '[' {
		return 2
	}
	for i := 2; i < len(s); i++ {
		if s[i] >= '@' && s[i] <= '~' {
			return i + 1
		}
	}
	return 0
}

func (v *Screen) line(i int) []rune {
	for len(v.cells) <= i {
		v.cells = append(v.cells, nil)
	}
	return v.cells[i]
}

func (v *Screen) top() int { return max(len(v.cells)-v.rows, 0) }

func (v *Screen) put(r rune) {
	switch r {
	case '\a':
		v.Bells++
		return
	case '\r':
		v.col = 0
		return
	case '\n':
		v.row++
		v.line(v.row)
		return
	case '\b':
		v.col = max(v.col-1, 0)
		return
	}
	if r == '\t' {
		v.col = min(v.col/8*8+8, v.columns-1)
		return
	}
	w := tty.RuneWidth(r)
	if w == 0 {
		return // joins what is there
	}
	if v.col+w > v.columns {
		v.row, v.col = v.row+1, 0
	}
	line := v.line(v.row)
	for len(line) < v.col+w {
		line = append(line, ' ')
	}
	line[v.col] = r
	if w == 2 {
		line[v.col+1] = 0
	}
	v.cells[v.row] = line
	v.col += w
}

func (v *Screen) escape(s string) {
	if len(s) < 3 {
		v.Unknown = append(v.Unknown, s)
		return
	}
	n, err := strconv.Atoi(s[2 : len(s)-1])
	if err != nil {
		n = 0
	}
	v.col = min(v.col, v.columns-1)
	switch last := s[len(s)-1]; last {
	case 'A':
		v.row = max(v.row-max(n, 1), v.top())
	case 'C':
		v.col = min(v.col+max(n, 1), v.columns-1)
	case 'H':
		v.row, v.col = v.top(), 0
	case 'J':
		if n == 2 {
			for i := v.top(); i < len(v.cells); i++ {
				v.cells[i] = nil
			}
			return
		}
		v.cells[v.row] = v.line(v.row)[:min(v.col, len(v.cells[v.row]))]
		v.cells = v.cells[:v.row+1]
	case 'K':
		if n == 2 {
			v.cells[v.row] = nil
			return
		}
		v.cells[v.row] = v.line(v.row)[:min(v.col, len(v.cells[v.row]))]
	case 'm':
		v.Styled = true
	case 'h', 'l':
		if s[:len(s)-1] == "\x1b[?2004" {
			v.Paste = last == 'h'
		}
	default:
		v.Unknown = append(v.Unknown, s)
	}
}

// Text returns what is shown, and what scrolled away before, without blanks at
// the ends of lines.
func (v *Screen) Text() string {
	var b strings.Builder
	for _, line := range v.cells {
		b.WriteString(strings.TrimRight(strings.ReplaceAll(string(line), "\x00", ""), " ") + "\n")
	}
	return b.String()
}

// Column returns the column of the cursor, from 0.
func (v *Screen) Column() int { return v.col }

// AtEnd reports whether the cursor is in the last row that was written to.
func (v *Screen) AtEnd() bool { return v.row == len(v.cells)-1 }
