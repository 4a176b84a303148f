package runtime

import (
	"errors"
	"fmt"
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"starwire/runtime/py"
	"starwire/runtime/pysyntax"
)

// A Frame is one call of a script's function.
type Frame struct {
	Function string          // its name; "<toplevel>" for a file
	Pos      syntax.Position // where execution stood
	Source   string          // the line of source text there, or "" if it is not known
}

// addSource makes a text known to the run's tracebacks.
func (r *run) addSource(name, text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.sources == nil {
		r.sources = make(map[string]string)
	}
	r.sources[name] = text
}

// sourceLine returns the line at the position, or "".
func (r *run) sourceLine(pos syntax.Position) string {
	r.mu.Lock()
	text := r.sources[pos.Filename()]
	r.mu.Unlock()
	return lineOf(text, int(pos.Line))
}

// lineOf returns the n-th line of text, counting from 1, without its end; "" if
// there is none.
func lineOf(text string, n int) string {
	for ; n > 1; n-- {
		i := strings.IndexByte(text, '\n')
		if i < 0 {
			return ""
		}
		text = text[i+1:]
	}
	line, _, _ := strings.Cut(text, "\n")
	return strings.TrimSuffix(line, "\r")
}

// maxFrames bounds a traceback: half from the outside, half from the inside.
const maxFrames = 40

// frames returns the script's frames of an error, without the outermost skip
// calls of the thread. Where one file loads another, theirs follow. An exception
// that was caught and goes on has the frames of its first raising.
func (r *run) frames(err error, skip int) []Frame {
	var all []Frame
	for err != nil {
		var again *goesOn
		var e *starlark.EvalError
		if errors.As(err, &again) {
			all, err = nil, again.err
			continue
		}
		if !errors.As(err, &e) {
			break
		}
		stack := e.CallStack
		if skip <= len(stack) {
			stack = stack[skip:]
		}
		skip = 0
		if n := len(stack); n > 1 && submatch(badArgs(), e.Msg) != nil && r.pythonWords(stack[n-1].Pos.Filename()) {
			stack = stack[:n-1] // CPython looks at the arguments before the call begins
		}
		all = append(all, r.framesOf(stack)...)
		err = e.Unwrap()
	}
	return all
}

// framesOf returns the frames of one thread's stack: those of the script's own
// functions, from both ends of a long one.
func (r *run) framesOf(stack starlark.CallStack) []Frame {
	var all []Frame
	for _, f := range stack {
		name, block := pysyntax.FrameFunction(f.Name)
		if f.Pos.Filename() == "<builtin>" || name == "" {
			continue
		}
		if block && len(all) > 0 {
			all = all[:len(all)-1]
		}
		all = append(all, Frame{Function: name, Pos: f.Pos})
	}
	if n := len(all) - maxFrames; n > 1 {
		head := append(all[:maxFrames/2:maxFrames/2], Frame{Function: fmt.Sprintf("%d more", n)})
		all = append(head, all[len(all)-maxFrames/2:]...)
	}
	for i := range all {
		all[i].Source = r.sourceLine(all[i].Pos)
	}
	return all
}

const tracebackHead = "Traceback (most recent call last):\n"

// formatFrames returns the frames as Python shows a traceback, without its last line.
func formatFrames(frames []Frame) string {
	if len(frames) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString(tracebackHead)
	for _, f := range frames {
		if !f.Pos.IsValid() {
			fmt.Fprintf(&b, "  ... %s\n", f.Function)
			continue
		}
		fmt.Fprintf(&b, "  %s: in %s\n", f.Pos, f.Function)
		writeSource(&b, f.Source, f.Pos.Col)
	}
	return b.String()
}

// maxSourceLine bounds the line of source shown.
const maxSourceLine = 200

// writeSource writes a line of source and a caret below column col, which counts
// runes from 1.
func writeSource(b *strings.Builder, line string, col int32) {
	text := strings.TrimLeft(line, " \t")
	if text == "" || len(line) > maxSourceLine {
		return
	}
	b.WriteString("    " + printable(text) + "\n")
	indent := len(line) - len(text)
	if n := int(col) - 1 - indent; col > 0 && n >= 0 {
		b.WriteString("    ")
		for i, c := range []rune(text) {
			if i == n {
				break
			}
			if c == '\t' {
				b.WriteByte('\t')
			} else {
				b.WriteByte(' ')
			}
		}
		b.WriteString("^\n")
	}
}

// printable returns text with control characters replaced: a source text must
// not drive the terminal.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' || r == 0x7f || 0x80 <= r && r < 0xa0 {
			return '?'
		}
		return r
	}, text)
}

// failure is the error with which code of the task ended, as the caller sees it.
func (t *task) failure(err error) error {
	e := &Error{Frames: t.run.frames(err, 0), err: err}
	if cause := t.stopped(); cause != nil {
		e.err = &stoppedError{cause: cause, at: err}
		return e
	}
	e.Exception = t.run.exceptionOf(err)
	e.hint = hint(err, t.run.rt.moduleNames(), t.run.names())
	if n := len(e.Frames); e.hint == "" && n > 0 {
		e.hint = attributeHint(err, e.Frames[n-1])
	}
	return e
}

// A stoppedError is the end of a run that was stopped: the cause, and where it
// found the script.
type stoppedError struct {
	cause, at error
}

var _ py.Uncatchable = (*stoppedError)(nil)

func (e *stoppedError) Error() string   { return e.cause.Error() }
func (e *stoppedError) Unwrap() []error { return []error{e.cause, e.at} }

// Uncatchable marks the error as one that catch lets pass.
func (e *stoppedError) Uncatchable() {}

// FormatError returns the text that tells a person why a run failed, ending in a
// newline: the traceback with file, line, column and source of each call, the
// exception as Python's last line shows it, and a hint where one helps. For a
// *SyntaxError it is the places and what is wrong there. It returns "" for nil.
func FormatError(err error) string {
	if err == nil {
		return ""
	}
	var b strings.Builder
	var syn *SyntaxError
	var exit *ExitError
	var e *Error
	switch {
	case errors.As(err, &exit):
		if exit.Message == "" {
			return ""
		}
		return exit.Message + "\n"
	case errors.As(err, &e):
		var on *goesOn
		frames := formatFrames(e.Frames)
		if e.Exception != nil && e.Exception.Traceback != "" && !errors.As(err, &on) {
			b.WriteString(e.Exception.Traceback)
			frames = "raised again:\n" + strings.TrimPrefix(frames, tracebackHead)
		}
		b.WriteString(frames)
		if errors.As(err, &syn) {
			return b.String() + syn.format()
		}
		b.WriteString(e.Error() + "\n")
		if e.hint != "" {
			b.WriteString("hint: " + e.hint + "\n")
		}
	case errors.As(err, &syn):
		return syn.format()
	default:
		b.WriteString(py.Escape(err.Error()) + "\n")
	}
	return b.String()
}
