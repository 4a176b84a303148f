package repl

import (
	"strconv"
	"strings"
	"testing"

	"starwire/runtime/tty"
)

// A vt is a terminal's screen: what it shows after the bytes written to it. It
// knows what readline and the REPL send, and fails the test for anything else.
type vt struct {
	columns, rows int
	cells         [][]rune // of the whole session; the screen is the end of it
	row, col      int      // the cursor's place in cells
	pending       string   // an escape sequence not yet whole
	bells         int
	paste         bool // bracketed paste is on
	styled        bool // colours were used
	unknown       []string
}

func newVT(columns, rows int) *vt {
	return &vt{columns: columns, rows: rows, cells: [][]rune{nil}}
}

// write shows what a program writes.
func (v *vt) write(s string) {
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

func (v *vt) line(i int) []rune {
	for len(v.cells) <= i {
		v.cells = append(v.cells, nil)
	}
	return v.cells[i]
}

func (v *vt) top() int { return max(len(v.cells)-v.rows, 0) }

func (v *vt) put(r rune) {
	switch r {
	case '\a':
		v.bells++
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
	w := tty.RuneWidth(r)
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

func (v *vt) escape(s string) {
	if len(s) < 3 {
		v.unknown = append(v.unknown, s)
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
		v.cells[v.row] = nil
	case 'm':
		v.styled = true
	case 'h', 'l':
		if s[:len(s)-1] == "\x1b[?2004" {
			v.paste = last == 'h'
		}
	default:
		v.unknown = append(v.unknown, s)
	}
}

// text returns what is shown, and what scrolled away before, without blanks at
// the ends of lines.
func (v *vt) text() string {
	var b strings.Builder
	for _, line := range v.cells {
		b.WriteString(strings.TrimRight(strings.ReplaceAll(string(line), "\x00", ""), " ") + "\n")
	}
	return b.String()
}

func TestVT(t *testing.T) {
	for in, want := range map[string]string{
		"a\r\nb":                    "a\nb\n",
		"abc\rX":                    "Xbc\n",
		"ab\b\bX":                   "Xb\n",
		"0123456789ab":              "0123456789\nab\n",
		"a\r\nb\x1b[A\rX":           "X\nb\n",
		"a\r\nb\x1b[A\r\x1b[JX":     "X\n",
		"日本\b\bX":                   "日X\n",
		"\x1b[31mred\x1b[0m\x1b[2K": "\n",
	} {
		v := newVT(10, 5)
		for _, c := range []byte(in) { // in pieces, as they may come
			v.write(string([]byte{c}))
		}
		if got := v.text(); got != want {
			t.Errorf("%q shows %q; want %q", in, got, want)
		}
	}
}
