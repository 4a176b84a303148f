package repl

import (
	"io"
	"sync"
)

// A screen is the terminal as scripts write to it: standard output and standard
// error in one place. It knows whether the cursor is at the beginning of a line,
// because the prompt wipes out the line it is on.
type screen struct {
	mu     sync.Mutex
	inLine bool
}

// A screenWriter is one of the streams that the screen shows.
type screenWriter struct {
	s *screen
	w io.Writer
}

func (w screenWriter) Write(p []byte) (int, error) {
	w.s.mu.Lock()
	defer w.s.mu.Unlock()
	if len(p) > 0 {
		w.s.inLine = p[len(p)-1] != '\n'
	}
	return w.w.Write(p)
}

// freshLine ends the line that a script left unfinished.
func (s *screen) freshLine(w io.Writer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.inLine {
		io.WriteString(w, "\n")
		s.inLine = false
	}
}
