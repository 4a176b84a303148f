package repl

import (
	"errors"
	"io"
	"os"
	"strings"

	"github.com/chzyer/readline"

	"starwire/runtime/tty"
)

// A lineEditor reads the lines a person types. It is all that the REPL asks of a
// terminal, and what its tests replace.
type lineEditor interface {
	// ReadLine shows the prompt and text, the line as it is so far, lets the person
	// edit it, and returns it with the key that ended it. The error is
	// errInterrupted for Ctrl-C, or the terminal's.
	ReadLine(prompt, text string) (line string, key key, err error)
	// Pasted returns the text of the paste that ended the line.
	Pasted() string
	// Search lets the person look for a text among entries, the newest last, and
	// returns the entry they chose; "" for none.
	Search(entries []string) string
	// Redraw goes up by rows, which are cleared, and writes lines there.
	Redraw(rows int, lines []string)
	// Rest gives the terminal back to scripts, until the next ReadLine.
	Rest()
	// Width returns the columns of the screen.
	Width() int
	// Close leaves the terminal as it was.
	Close() error
}

// A key is what ended the editing of a line.
type key int

const (
	keyEnter  key = iota
	keyUp         // to the line or the statement before
	keyDown       // to the next
	keySearch     // in the history
	keyPaste      // several lines were pasted
	keyEOF        // Ctrl-D on a line that is empty but for its indentation
)

// errInterrupted is Ctrl-C at the prompt: what was typed is dropped.
var errInterrupted = errors.New("interrupted")

// A terminal is a lineEditor that uses readline. What readline gets wrong is put
// right here and in pasteFilter: see the tests in terminal_test.go.
type terminal struct {
	rl     *readline.Instance
	kb     *keyboard
	filter *pasteFilter
	out    io.Writer
	fd     int
	raw    *readline.State

	complete func(line string) completion
	resized  func() // tells readline of a new width
	width    int    // that readline knows

	// turn lets readline's goroutine act on the keys of one line. It would go on with
	// what was typed ahead while the caller still looks at the line before.
	turn   chan struct{}
	open   bool // readline's goroutine has the turn; its own
	give   bool // the caller is about to give it: once readline has shown the line
	giving bool

	// What follows belongs to readline's goroutine while it has the turn, and to the
	// caller of ReadLine otherwise.
	key    key
	search *search
	line   []rune // as the last key left it
	pos    int    // of the cursor in it
	prompt string
	cursor int // where the painter wants it
}

// newTerminal returns an editor on a terminal. complete answers a Tab.
func newTerminal(in *os.File, kb *keyboard, out io.Writer, complete func(line string) completion) (*terminal, error) {
	t := &terminal{kb: kb, filter: &pasteFilter{kb: kb}, out: out, fd: int(in.Fd()), complete: complete, turn: make(chan struct{}, 1)}
	t.width = t.Width()
	rl, err := readline.NewEx(&readline.Config{
		// One space: an empty EOFPrompt would be readline's own.
		InterruptPrompt: "^C", EOFPrompt: " ",
		Stdin: t.filter, Stdout: placer{t}, Stderr: placer{t},
		HistoryLimit: -1, DisableAutoSaveHistory: true, // the history is ours, by statement
		AutoComplete: completer{t}, Painter: painter{t}, Listener: listener{t},
		FuncFilterInputRune: t.press,
		ForceUseInteractive: true,
		FuncMakeRaw:         nothing, FuncExitRaw: nothing, // readline would show the prompt first
		FuncGetWidth:       t.Width,
		FuncOnWidthChanged: func(f func()) { t.resized = f },
	})
	if err != nil {
		return nil, err
	}
	t.rl = rl
	return t, nil
}

func (t *terminal) Width() int {
	columns, _ := tty.Size(t.out)
	return columns
}

func nothing() error { return nil }

// makeRaw makes the terminal hand over each key as it is pressed.
func (t *terminal) makeRaw() (err error) {
	if t.raw != nil {
		return nil
	}
	if t.raw, err = readline.MakeRaw(t.fd); err != nil {
		return err
	}
	t.kb.give(prompt)
	_, err = io.WriteString(t.out, pasteOn)
	return err
}

func (t *terminal) Rest() {
	if t.raw == nil {
		return
	}
	io.WriteString(t.out, pasteOff)
	t.kb.give(script)
	readline.Restore(t.fd, t.raw)
	t.raw = nil
}

func (t *terminal) ReadLine(prompt, text string) (string, key, error) {
	t.key, t.line = keyEnter, []rune(text)
	t.pos = len(t.line)
	t.setPrompt(prompt)
	if err := t.makeRaw(); err != nil {
		return "", keyEnter, err
	}
	t.rl.Operation.SetBuffer(text)
	t.give = true
	line, err := t.rl.Readline()
	switch {
	case err == readline.ErrInterrupt:
		return "", keyEnter, errInterrupted
	case err != nil:
		return "", keyEnter, err
	}
	return line, t.key, nil
}

func (t *terminal) setPrompt(prompt string) {
	t.prompt = prompt
	t.rl.SetPrompt(prompt)
}

func (t *terminal) Pasted() string { return t.filter.take() }

func (t *terminal) Redraw(rows int, lines []string) {
	var b strings.Builder
	if rows > 0 {
		b.WriteString(strings.Repeat("\x1b[A", rows))
	}
	b.WriteString("\r\x1b[J")
	for _, line := range lines {
		b.WriteString(line + "\n")
	}
	io.WriteString(t.out, b.String())
}

// Close must be called by the goroutine that calls ReadLine, when that has
// returned.
func (t *terminal) Close() error {
	close(t.turn)
	t.filter.Close() // so that no read is pending, for which readline would wait
	err := t.rl.Close()
	// readline's own goroutine ends only once somebody has taken its last word.
	t.setPrompt("")
	t.rl.Readline()
	t.Rest()
	return err
}

// press sees each key before readline does, and may make it another. It runs on
// readline's goroutine; 0 is the end of the input.
func (t *terminal) press(r rune) (rune, bool) {
	if r == 0 {
		return r, true
	}
	if !t.open {
		<-t.turn
		t.open = true
	}
	if w := t.Width(); w != t.width {
		t.width = w
		t.resized()
	}
	r = t.meaning(r)
	switch r {
	case readline.CharEnter, readline.CharCtrlJ, readline.CharInterrupt:
		t.open = false
	}
	return r, true
}

// meaning returns the key that does with readline what r should do.
func (t *terminal) meaning(r rune) rune {
	if t.search != nil {
		return t.search.press(r)
	}
	switch r {
	case readline.CharPrev:
		return t.end(keyUp)
	case readline.CharNext:
		return t.end(keyDown)
	case readline.CharBckSearch, readline.CharFwdSearch:
		return t.end(keySearch)
	case readline.CharCtrlL: // readline goes to the top and clears nothing
		io.WriteString(t.out, "\x1b[H\x1b[2J")
	case readline.CharCtrlZ: // readline would stop the shell too
		t.Rest()
		suspend()
		t.makeRaw()
		return readline.CharCtrlL
	case pasteKey:
		return t.end(keyPaste)
	case readline.CharDelete:
		if strings.TrimSpace(string(t.line)) == "" {
			return t.end(keyEOF)
		}
	case deleteKey:
		if t.pos == len(t.line) {
			return readline.CharBell
		}
		return readline.CharDelete
	}
	return r
}

// end makes a key end the line.
func (t *terminal) end(k key) rune {
	t.key = k
	return readline.CharEnter
}
