package repl

import (
	"strings"

	"github.com/chzyer/readline"

	"starwire/runtime/tty"
)

// A search is a look back through the history while the person types.
type search struct {
	entries []string
	query   string
	skip    int // how many newer matches the person went past
	found   string
}

// press turns the keys that go from match to match into one that does nothing
// but make readline tell the listener.
func (s *search) press(r rune) rune {
	switch r {
	case readline.CharBckSearch, readline.CharPrev:
		s.skip++
	case readline.CharFwdSearch, readline.CharNext:
		s.skip = max(s.skip-1, 0)
	case readline.CharTab, readline.CharCtrlZ, readline.CharCtrlL, deleteKey, pasteKey:
	default:
		return r
	}
	return readline.CharBell
}

// find looks for the query, from the newest entry back.
func (s *search) find(query string) {
	if query != s.query {
		s.query, s.skip = query, 0
	}
	s.found = ""
	if query == "" {
		return
	}
	skip, previous := s.skip, ""
	for i := len(s.entries) - 1; i >= 0; i-- {
		e := s.entries[i]
		if e == previous || !strings.Contains(e, query) {
			continue
		}
		s.found, previous = e, e
		if skip == 0 {
			return
		}
		skip--
	}
	s.skip = max(s.skip-skip-1, 0) // the oldest match stays
}

// prompt shows what was found in that many columns.
func (s *search) prompt(width int) string {
	label := "search: "
	if s.found == "" && s.query != "" {
		return "nothing found: "
	}
	if s.found == "" {
		return label
	}
	match, _, more := strings.Cut(s.found, "\n")
	room := width - len(label) - 7
	if more {
		match += " ..."
	}
	if tty.Width(match) > room {
		r := []rune(match)
		for len(r) > 0 && tty.Width(string(r)) > max(room-3, 0) {
			r = r[:len(r)-1]
		}
		match = string(r) + "..."
	}
	return "[" + match + "] " + label
}

func (t *terminal) Search(entries []string) string {
	s := &search{entries: entries}
	t.search = s
	defer func() { t.search = nil }()
	t.line, t.pos = nil, 0
	t.setPrompt(s.prompt(t.Width()))
	t.give = true
	if _, err := t.rl.Readline(); err != nil {
		return ""
	}
	return s.found
}
