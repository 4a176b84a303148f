package repl

import (
	"fmt"
	"io"
	"strings"

	"starwire/runtime"
	"starwire/runtime/pysyntax"
)

// An itemReader reads what is typed or pasted, statement by statement.
type itemReader struct {
	ed      lineEditor
	history *history

	session []string // what was typed and pasted in this session
	queue   []string // statements of a paste, yet to be run
	quiet   bool     // they are too many to be shown
	draft   []string // the lines to begin with, if not nil: what a paste left over

	// The statement that is being typed. The completer sees it too.
	lines []string
	at    int // the line with the cursor
}

// maxShown is how many lines of a paste are written to the screen.
const maxShown = 100

// next returns the next statement, and remembers it; "" for an empty one. Errors
// are those of ReadLine, and io.EOF for Ctrl-D.
func (r *itemReader) next() (string, error) {
	item, err := r.read()
	r.ed.Rest()
	if err == nil && strings.TrimSpace(item) != "" {
		r.history.add(item)
		item = strings.Join(dedent(strings.Split(item, "\n")), "\n")
		r.session = append(r.session, item)
	}
	return item, err
}

func (r *itemReader) read() (string, error) {
	if len(r.queue) > 0 {
		item := r.queue[0]
		r.queue = r.queue[1:]
		if !r.quiet {
			r.ed.Redraw(0, withPrompts(strings.Split(item, "\n")))
		}
		return item, nil
	}
	r.quiet = false
	r.lines, r.at = []string{""}, 0
	if r.draft != nil {
		r.lines, r.draft = r.draft, nil
		r.at = len(r.lines) - 1
		r.ed.Redraw(0, withPrompts(r.lines[:r.at]))
	}
	past := len(r.history.entries) // which entry is shown; this: the draft
	var draft []string
	for {
		line, key, err := r.ed.ReadLine(promptOf(r.at), r.lines[r.at])
		if err != nil {
			return "", err
		}
		r.lines[r.at] = line
		switch key {
		case keyUp, keyDown:
			if key == keyUp && r.at > 0 {
				r.show(r.lines, r.at-1, 0)
				continue
			}
			if key == keyDown && r.at < len(r.lines)-1 {
				r.at++
				continue
			}
			if past == len(r.history.entries) {
				draft = r.lines
			}
			switch {
			case key == keyUp && past > 0:
				past--
			case key == keyDown && past < len(r.history.entries):
				past++
			default:
				r.show(r.lines, r.at, 0)
				continue
			}
			entry := draft
			if past < len(r.history.entries) {
				entry = strings.Split(r.history.entries[past], "\n")
			}
			r.show(entry, len(entry)-1, 0)
		case keySearch:
			entry := strings.Split(r.ed.Search(r.history.entries), "\n")
			if entry[0] == "" {
				r.show(r.lines, r.at, 1)
			} else {
				r.show(entry, len(entry)-1, 1)
			}
		case keyPaste:
			r.paste(r.ed.Pasted())
			return r.read()
		case keyEOF:
			return r.end()
		default:
			if item, ok := r.enter(); ok {
				return item, nil
			}
		}
	}
}

func promptOf(i int) string {
	if i == 0 {
		return runtime.Prompt
	}
	return runtime.MorePrompt
}

// withPrompts returns the lines of a statement as they are shown.
func withPrompts(lines []string) []string {
	out := make([]string, len(lines))
	for i, line := range lines {
		out[i] = promptOf(i) + line
	}
	return out
}

// show replaces the statement on the screen by other lines, with the cursor at
// one of them. extra is how many rows below the cursor's line are cleared too.
func (r *itemReader) show(lines []string, at, extra int) {
	up := extra
	for _, line := range withPrompts(r.lines)[:r.at+1] {
		up += rows(line, r.ed.Width())
	}
	r.lines, r.at = append([]string(nil), lines...), at
	r.ed.Redraw(up, withPrompts(r.lines)[:at])
}

// enter ends the line with the cursor, and the statement if ok.
func (r *itemReader) enter() (item string, ok bool) {
	if r.at == 0 {
		// Lines of documentation that come one by one still have their prompts.
		if code, ok := cutPrompt(r.lines[0], ">>>"); ok {
			r.lines[0] = code
		}
	} else if code, ok := cutPrompt(r.lines[r.at], "..."); ok {
		r.lines[r.at] = code
	}
	if r.at < len(r.lines)-1 {
		r.at++
		return "", false
	}
	text := strings.Join(r.lines, "\n")
	if r.at == 0 && isCommand(text) || !pysyntax.NeedsMore(text+"\n", pysyntax.Interactive) {
		return text, true
	}
	r.lines = append(r.lines, nextIndent(r.lines))
	r.at++
	return "", false
}

// end is Ctrl-D: the end of the statement where a blank line would be, and else of
// the conversation.
func (r *itemReader) end() (string, error) {
	r.lines[r.at] = ""
	text := strings.Join(r.lines, "\n")
	if r.at == 0 || pysyntax.NeedsMore(text+"\n", pysyntax.Interactive) {
		return "", io.EOF
	}
	return text, nil
}

// paste takes in a text of several lines, behind what was typed before it.
func (r *itemReader) paste(text string) {
	shown := 0
	for _, line := range withPrompts(r.lines)[:r.at+1] {
		shown += rows(line, r.ed.Width())
	}
	line := r.lines[r.at]
	if strings.TrimSpace(line) == "" && r.at > 0 {
		text = indented(text, line)
	} else {
		text = line + text
	}
	if r.at > 0 {
		text = strings.Join(r.lines[:r.at], "\n") + "\n" + text
	}
	statements, rest := split(text)
	r.queue = statements
	if rest != "" {
		r.draft = strings.Split(rest, "\n")
	}
	r.quiet = strings.Count(text, "\n") > maxShown
	var note []string
	if r.quiet {
		note = []string{fmt.Sprintf("[%d pasted lines]", strings.Count(text, "\n"))}
	}
	r.ed.Redraw(shown, note)
}

// indented returns a text pasted into a block, where the cursor stood behind an
// indentation that nobody typed.
func indented(text, indent string) string {
	first, rest, _ := strings.Cut(text, "\n")
	if leading(first) != "" || hasPrompts([]string{first}) {
		return text
	}
	for line := range strings.SplitSeq(rest, "\n") {
		if strings.TrimSpace(line) != "" && leading(line) != "" && !strings.HasSuffix(strings.TrimSpace(first), ":") {
			return indent + text // the selection began behind the first line's indentation
		}
	}
	lines := strings.SplitAfter(text, "\n")
	for i, line := range lines {
		if strings.TrimSpace(line) != "" {
			lines[i] = indent + line
		}
	}
	return strings.Join(lines, "")
}

// before returns the lines of the statement above the cursor's, for completion.
func (r *itemReader) before() string {
	if r.at == 0 {
		return ""
	}
	return strings.Join(r.lines[:r.at], "\n") + "\n"
}
