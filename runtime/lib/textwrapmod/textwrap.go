// Package textwrapmod is Python 2.7's module textwrap: wrap, fill and dedent. There is no
// TextWrapper, and fix_sentence_endings is refused.
package textwrapmod

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starwire/runtime/host"
	"starwire/runtime/lazy"
	"starwire/runtime/py"
)

// Module returns the module textwrap. It is immutable; runs may share it.
func Module() *starlarkstruct.Module { return module.Get("textwrap", members) }

var module lazy.Module

func members() starlark.StringDict {
	return starlark.StringDict{
		"dedent": starlark.NewBuiltin("dedent", dedent),
		"fill":   starlark.NewBuiltin("fill", wrap),
		"wrap":   starlark.NewBuiltin("wrap", wrap),
	}
}

// A Wrapper says how text is wrapped. Widths count bytes, or characters of unicode text, all
// of which are letters beyond ASCII.
//
// textwrap.py, TextWrapper.
type Wrapper struct {
	Width          int // above 0
	First, Rest    string
	KeepTabs       bool // expand_tabs=False
	KeepWhiteSpace bool // replace_whitespace=False
	KeepSpaces     bool // drop_whitespace=False
	KeepWords      bool // break_long_words=False
	KeepHyphens    bool // break_on_hyphens=False
	Wide           bool // the text is unicode, in UTF-8
}

// char is how many bytes of a text, which is not empty, are its first character.
func (w *Wrapper) char(s string) int {
	if !w.Wide {
		return 1
	}
	_, size := py.DecodeRune(s)
	return size
}

// length returns the number of characters.
func (w *Wrapper) length(s string) int {
	if !w.Wide {
		return len(s)
	}
	n := 0
	for ; s != ""; n++ {
		s = s[w.char(s):]
	}
	return n
}

// Wrap returns the lines of text.
func (w *Wrapper) Wrap(text string) []string {
	if !w.KeepTabs {
		text = py.ExpandTabs(text, 8, w.char)
	}
	if !w.KeepWhiteSpace {
		b := []byte(text)
		for i, c := range b {
			if py.IsSpace(c) {
				b[i] = ' '
			}
		}
		text = string(b)
	}
	var chunks []string
	for s := (splitter{text: text, wide: w.Wide, hyphens: !w.KeepHyphens}); s.at < len(text); {
		chunks = append(chunks, s.next())
	}
	var lines []string
	for len(chunks) > 0 {
		indent := w.First
		if len(lines) > 0 {
			indent = w.Rest
		}
		width := w.Width - w.length(indent)
		if !w.KeepSpaces && len(lines) > 0 && isBlank(chunks[0]) {
			chunks = chunks[1:]
		}
		var line []string
		used := 0
		for len(chunks) > 0 && used+w.length(chunks[0]) <= width {
			line = append(line, chunks[0])
			used += w.length(chunks[0])
			chunks = chunks[1:]
		}
		if len(chunks) > 0 && w.length(chunks[0]) > width {
			left := max(width-used, 0)
			if width < 1 {
				left = 1
			}
			if !w.KeepWords {
				cut := 0
				for ; left > 0 && cut < len(chunks[0]); left-- {
					cut += w.char(chunks[0][cut:])
				}
				line = append(line, chunks[0][:cut])
				chunks[0] = chunks[0][cut:]
			} else if len(line) == 0 {
				line = append(line, chunks[0])
				chunks = chunks[1:]
			}
		}
		if n := len(line); !w.KeepSpaces && n > 0 && isBlank(line[n-1]) {
			line = line[:n-1]
		}
		if len(line) > 0 {
			lines = append(lines, indent+strings.Join(line, ""))
		}
	}
	return lines
}

func isBlank(s string) bool { return py.Strip(s) == "" }

// A splitter cuts text into white space, words, the parts of hyphenated words, and dashes.
//
// textwrap.py, TextWrapper.wordsep_re.
type splitter struct {
	text    string
	at      int
	wide    bool
	hyphens bool
	barren  int // no part of a hyphenated word begins before this offset
}

func (s *splitter) isWord(c byte) bool {
	return s.wide && c >= utf8.RuneSelf || c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

func (s *splitter) isLetter(c byte) bool { return s.isWord(c) && (c < '0' || c > '9') }

// next returns the next chunk, which is not empty.
func (s *splitter) next() string {
	begin := s.at
	for i := begin; i < len(s.text); i++ {
		end := s.separator(i)
		if end < 0 {
			continue
		}
		if i == begin {
			s.at = end
		} else {
			s.at = i
		}
		return s.text[begin:s.at]
	}
	s.at = len(s.text)
	return s.text[begin:]
}

// separator returns the end of what the text is split at, if that begins at i, and else -1.
func (s *splitter) separator(i int) int {
	if end := s.run(i, py.IsSpace); end > i {
		return end
	}
	if !s.hyphens {
		return -1
	}
	if i >= s.barren {
		word := s.run(i, func(c byte) bool { return !py.IsSpace(c) && !s.isWord(c) })
		end := s.run(word, s.isWord)
		if end-word >= 2 && s.isLetter(s.text[end-1]) && end < len(s.text) && s.text[end] == '-' && s.isPart(end+1) {
			return end + 1
		}
		s.barren = max(end, i+1)
	}
	if s.text[i] == '-' && i > 0 && (s.isWord(s.text[i-1]) || strings.IndexByte("!\"'&.,?", s.text[i-1]) >= 0) {
		end := s.run(i, func(c byte) bool { return c == '-' })
		if end-i >= 2 && end < len(s.text) && s.isWord(s.text[end]) {
			return end
		}
	}
	return -1
}

// isPart reports whether the rest of a hyphenated word may stand at i.
func (s *splitter) isPart(i int) bool {
	if i >= len(s.text) || !s.isWord(s.text[i]) {
		return false
	}
	for i++; i < len(s.text) && s.isWord(s.text[i]); i++ {
		if s.isLetter(s.text[i]) {
			return true
		}
	}
	return false
}

// run returns the end of the bytes from i on that are of a class.
func (s *splitter) run(i int, class func(c byte) bool) int {
	for i < len(s.text) && class(s.text[i]) {
		i++
	}
	return i
}

// wrap is wrap(text, width=70, **kwargs), a list of lines, and fill, which joins them.
func wrap(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(args) > 2 {
		return nil, py.TypeError.Errorf("%s() takes at most 2 arguments (%d given)", b.Name(), len(args)+len(kwargs))
	}
	var text, first, rest textArg
	w := Wrapper{Width: 70}
	var yes starlark.Value = starlark.True
	tabs, white, drop, words, hyphens := yes, yes, yes, yes, yes
	var sentences starlark.Value = starlark.False
	if err := py.UnpackAny(b.Name(), args, kwargs, "text", &text, "width?", &w.Width, "initial_indent?", &first,
		"subsequent_indent?", &rest, "expand_tabs?", &tabs, "replace_whitespace?", &white, "fix_sentence_endings?", &sentences,
		"break_long_words?", &words, "drop_whitespace?", &drop, "break_on_hyphens?", &hyphens); err != nil {
		return nil, err
	}
	if sentences.Truth() {
		return nil, py.NotImplementedError.Errorf("fix_sentence_endings is not supported; write two spaces where you want them")
	}
	if w.Width <= 0 {
		return nil, py.ValueError.Errorf("invalid width %d (must be > 0)", w.Width)
	}
	w.First, w.Rest, w.Wide = first.S, rest.S, text.Wide || first.Wide || rest.Wide
	w.KeepTabs, w.KeepWhiteSpace, w.KeepSpaces = !bool(tabs.Truth()), !bool(white.Truth()), !bool(drop.Truth())
	w.KeepWords, w.KeepHyphens = !bool(words.Truth()), !bool(hyphens.Truth())
	// A line may be one byte of text and its indent.
	if err := host.Spend(thread, len(text.S)); err != nil {
		return nil, err
	}
	if err := host.Reserve(thread, int64(len(text.S)+1)*int64(32+max(len(first.S), len(rest.S)))); err != nil {
		return nil, err
	}
	lines := make([]py.Chars, 0)
	for i, line := range w.Wrap(text.S) {
		indent := py.Chars(rest)
		if i == 0 {
			indent = py.Chars(first)
		}
		whole, err := py.JoinChars("", indent, py.Chars(text).Of(line[len(indent.S):]))
		if err != nil {
			return nil, err
		}
		lines = append(lines, whole)
	}
	if b.Name() == "fill" {
		whole, err := py.JoinChars("\n", lines...)
		return whole.Value(), err
	}
	all := make([]starlark.Value, len(lines))
	for i, line := range lines {
		all[i] = line.Value()
	}
	return starlark.NewList(all), nil
}

// A textArg is a parameter that takes text of either type.
type textArg py.Chars

// Unpack accepts a str or unicode text.
func (t *textArg) Unpack(v starlark.Value) error {
	c, ok := py.CharsOf(v)
	if !ok {
		return fmt.Errorf("got %s, want str", py.TypeName(v))
	}
	*t = textArg(c)
	return nil
}

// dedent is dedent(text): without the white space that all lines begin with; what is white space alone is empty.
//
// textwrap.py, dedent.
func dedent(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var text textArg
	if err := py.UnpackAny(b.Name(), args, kwargs, "text", &text); err != nil {
		return nil, err
	}
	if err := host.Spend(thread, len(text.S)/host.BytesPerStep); err != nil {
		return nil, err
	}
	lines := strings.Split(text.S, "\n")
	margin, found := "", false
	for i, line := range lines {
		rest := strings.TrimLeft(line, " \t")
		if rest == "" {
			lines[i] = ""
			continue
		}
		indent := line[:len(line)-len(rest)]
		if !found {
			margin, found = indent, true
			continue
		}
		n := 0
		for n < min(len(margin), len(indent)) && margin[n] == indent[n] {
			n++
		}
		margin = margin[:n]
	}
	for i, line := range lines {
		lines[i] = strings.TrimPrefix(line, margin)
	}
	return py.Chars(text).Of(strings.Join(lines, "\n")).Value(), nil
}
