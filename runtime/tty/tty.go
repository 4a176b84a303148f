// Package tty answers: is a person looking at this output, and how may it be
// shown to them? It holds what the command, the REPL and the progress bar share:
// the decision about colours, the styles of error texts, and display widths.
package tty

import (
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// IsTerminal reports whether w is a file that a terminal shows.
func IsTerminal(w io.Writer) bool {
	f, ok := w.(interface{ Fd() uintptr })
	return ok && term.IsTerminal(int(f.Fd()))
}

// Size returns the columns and rows of the terminal that shows w, or 80 and 24
// where they cannot be told.
func Size(w io.Writer) (columns, rows int) {
	if f, ok := w.(interface{ Fd() uintptr }); ok {
		if c, r, err := term.GetSize(int(f.Fd())); err == nil && c > 0 && r > 0 {
			return c, r
		}
	}
	return 80, 24
}

// A When says when to use colours. It is the value of a flag.
type When string

// The values of --color.
const (
	Auto   When = "auto" // on a terminal, unless NO_COLOR or TERM=dumb says otherwise
	Always When = "always"
	Never  When = "never"
)

// String returns the value as it is written on a command line.
func (w *When) String() string { return string(*w) }

// Set reads one of auto, always and never.
func (w *When) Set(s string) error {
	switch When(s) {
	case Auto, Always, Never:
		*w = When(s)
		return nil
	}
	return fmt.Errorf("want auto, always or never")
}

// Colors reports whether what is written to out may have colours. A variable
// NO_COLOR that is not empty forbids them whatever else is said; see
// https://no-color.org.
func (w When) Colors(out io.Writer) bool {
	if os.Getenv("NO_COLOR") != "" || w == Never {
		return false
	}
	return w == Always || os.Getenv("TERM") != "dumb" && IsTerminal(out)
}

// A Style is the beginning of a coloured text.
type Style string

// The styles in use.
const (
	Bold   Style = "\x1b[1m"
	Dim    Style = "\x1b[2m"
	Red    Style = "\x1b[1;31m"
	Green  Style = "\x1b[32m"
	Yellow Style = "\x1b[33m"
	Cyan   Style = "\x1b[36m"

	reset = "\x1b[0m"
)

// Paint returns s in the style, without its line end if it has one.
func Paint(st Style, s string) string {
	line, end := s, ""
	if strings.HasSuffix(s, "\n") {
		line, end = s[:len(s)-1], "\n"
	}
	if line == "" {
		return s
	}
	return string(st) + line + reset + end
}

// Error returns the text of runtime.FormatError in colours: the names of
// exceptions and what went wrong stand out, the stack stays in the background.
func Error(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		switch {
		case strings.HasPrefix(line, "hint: "):
			b.WriteString(Paint(Cyan, line))
		case strings.HasPrefix(line, "    ") && strings.Trim(line, " \t\n") == "^":
			b.WriteString(Paint(Red, line))
		case strings.HasPrefix(line, "    "):
			b.WriteString(line)
		case strings.HasPrefix(line, "  "), strings.HasPrefix(line, "Traceback "), strings.HasPrefix(line, "raised again:"):
			b.WriteString(Paint(Dim, line))
		default:
			b.WriteString(Paint(Red, line))
		}
	}
	return b.String()
}

// Width returns how many columns a terminal uses for s: none for control and
// combining characters, two for East Asian wide ones and emoji, and one for the
// rest. (UAX #11, classes W and F.)
func Width(s string) int {
	n := 0
	for _, r := range s {
		n += RuneWidth(r)
	}
	return n
}
