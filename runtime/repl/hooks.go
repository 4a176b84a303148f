package repl

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/chzyer/readline"

	"starwire/runtime/tty"
)

// A listener hears of each key after readline has acted on it.
type listener struct{ t *terminal }

func (l listener) OnChange(line []rune, pos int, key rune) ([]rune, int, bool) {
	t := l.t
	if key == 0 { // a line begins: the next thing readline does is to show it
		t.giving, t.give = t.give, false
		return nil, 0, false
	}
	if !t.open { // the line has ended
		return nil, 0, false
	}
	t.line, t.pos = line, pos
	if s := t.search; s != nil {
		s.find(string(line))
		t.setPrompt(s.prompt(t.Width() - tty.Width(string(line)) - 1))
		return line, pos, true
	}
	// Backspace in the indentation takes a whole level.
	if key == readline.CharBackspace || key == readline.CharCtrlH {
		if n := pos % len(indentation); n > 0 && strings.TrimLeft(string(line[:pos]), " ") == "" {
			t.line, t.pos = append(line[:pos-n:pos-n], line[pos:]...), pos-n
			return t.line, t.pos, true
		}
	}
	return nil, 0, false
}

// A painter notes where the cursor belongs in the line that readline is about to
// write, for the placer.
type painter struct{ t *terminal }

// mark ends a painted line.
const mark = '\uf8fe'

func (p painter) Paint(line []rune, pos int) []rune {
	p.t.cursor = pos
	return append(line[:len(line):len(line)], mark)
}

// A placer is readline's output. It puts the cursor where it belongs: readline
// goes back one column for each character, however wide that is.
type placer struct{ t *terminal }

func (p placer) Write(b []byte) (int, error) {
	i := bytes.IndexRune(b, mark)
	if i < 0 {
		return p.t.out.Write(b)
	}
	text := []rune(string(b[:i]))
	at := min(len([]rune(p.t.prompt))+p.t.cursor, len(text))
	_, err := io.WriteString(p.t.out, place(text, at, p.t.Width()))
	if p.t.giving {
		p.t.giving = false
		p.t.turn <- struct{}{}
	}
	return len(b), err
}

// place returns a text as it is written to a screen of that width, with what
// then puts the cursor before the character at.
func place(text []rune, at, width int) string {
	endRow, endCol := cell(string(text), width)
	row, col := cell(string(text[:at]), width)
	var b strings.Builder
	b.WriteString(string(text))
	if at == len(text) && strings.HasSuffix(string(text), "\n") {
		return b.String()
	}
	if endCol == 0 && endRow > 0 {
		b.WriteString(" \b") // terminals go to the next row only when something is written there
	}
	if row == endRow && col == endCol {
		return b.String()
	}
	if up := endRow - row; up > 0 {
		fmt.Fprintf(&b, "\x1b[%dA", up)
	}
	b.WriteByte('\r')
	if col > 0 {
		fmt.Fprintf(&b, "\x1b[%dC", col)
	}
	return b.String()
}

// cell returns the cell behind the text, which begins at the left margin.
func cell(text string, width int) (row, col int) {
	for _, r := range text {
		w := tty.RuneWidth(r)
		if col+w > width {
			row, col = row+1, 0
		}
		col += w
	}
	if col == width {
		row, col = row+1, 0
	}
	return row, col
}

// rows returns how many rows of the screen a line takes, prompt and all.
func rows(text string, width int) int {
	row, _ := cell(text, width)
	return row + 1
}

// A completer answers the Tab key. Candidates are shown by our own list, above
// the line: readline's menu takes no account of the height of the screen, and
// divides by zero where a candidate is wider than it.
type completer struct{ t *terminal }

// Do returns what readline is to insert.
func (c completer) Do(line []rune, pos int) (insert [][]rune, _ int) {
	t := c.t
	// A value that panics when it is asked for its attributes ends no session.
	defer func() {
		if recover() != nil {
			t.rl.Terminal.Bell()
			insert = nil
		}
	}()
	if t.search != nil {
		return nil, 0
	}
	before := string(line[:pos])
	if strings.TrimSpace(before) == "" {
		return [][]rune{[]rune(indentation)}, 0
	}
	found := t.complete(before)
	if found.insert != "" {
		return [][]rune{[]rune(found.insert)}, 0
	}
	if len(found.list) == 0 {
		t.rl.Terminal.Bell()
		return nil, 0
	}
	columns, rows := tty.Size(t.out)
	io.WriteString(t.rl.Stdout(), inColumns(found.list, columns, max(rows-3, 5)))
	return nil, 0
}

// inColumns lays out a list in columns, sorted downwards, and says how many items
// did not fit.
func inColumns(list []string, width, height int) string {
	widest := 0
	for _, s := range list {
		widest = max(widest, tty.Width(s))
	}
	columns := max((width-1)/(widest+2), 1)
	rest := 0
	if most := columns * height; len(list) > most {
		rest = len(list) - most
		list = list[:most]
	}
	rows := (len(list) + columns - 1) / columns
	var b strings.Builder
	for r := range rows {
		for c := range columns {
			i := c*rows + r
			if i >= len(list) {
				break
			}
			b.WriteString(list[i])
			if c < columns-1 && i+rows < len(list) {
				b.WriteString(strings.Repeat(" ", widest+2-tty.Width(list[i])))
			}
		}
		b.WriteByte('\n')
	}
	if rest > 0 {
		fmt.Fprintf(&b, "… and %d more\n", rest)
	}
	return b.String()
}
