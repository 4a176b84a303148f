package stringiomod

import (
	"bytes"
	"slices"
	"unicode/utf8"

	"go.starlark.net/starlark"

	"starwire/runtime/py"
)

// content is what a file holds. As soon as unicode text is written to it, it is of that type.
type content struct {
	wide  bool
	data  []byte // unless there are runes
	runes []rune // unicode text beyond ASCII, so that a position counts characters
}

// size returns the number of characters.
func (c *content) size() int {
	if c.runes != nil {
		return len(c.runes)
	}
	return len(c.data)
}

// length returns how many characters of the content a text is.
func (c *content) length(text py.Chars) int {
	if c.runes == nil {
		return len(text.S)
	}
	n := 0
	for s := text.S; s != ""; n++ {
		_, size := py.DecodeRune(s)
		s = s[size:]
	}
	return n
}

// part returns the characters from i on, before j.
func (c *content) part(i, j int) starlark.Value {
	if c.runes == nil {
		return py.Chars{S: string(c.data[i:j]), Wide: c.wide}.Value()
	}
	b := make([]byte, 0, j-i)
	for _, r := range c.runes[i:j] {
		b = py.AppendRune(b, r)
	}
	return py.Text(string(b))
}

// lineEnd returns the end of the line that begins at from.
func (c *content) lineEnd(from int) int {
	at := 0
	if c.runes != nil {
		at = slices.Index(c.runes[from:], '\n')
	} else {
		at = bytes.IndexByte(c.data[from:], '\n')
	}
	if at < 0 {
		return c.size()
	}
	return from + at + 1
}

// cut drops what is beyond the first n characters.
func (c *content) cut(n int64) {
	n = min(n, int64(c.size()))
	if c.runes != nil {
		c.runes = c.runes[:n]
	} else {
		c.data = c.data[:n]
	}
}

// put writes text at a position, with NULs before it if that is beyond the end. The error is
// the UnicodeDecodeError of a str that is not ASCII, where the content or the text is unicode.
func (c *content) put(at int, text py.Chars) error {
	wide := c.wide || text.Wide
	if wide {
		switch {
		case !text.Wide && !py.IsASCII(text.S):
			return py.NotASCII(text.S)
		case !c.wide && !py.IsASCII(string(c.data)):
			return py.NotASCII(string(c.data))
		}
	}
	c.wide = wide
	if wide && c.runes == nil && !py.IsASCII(text.S) {
		c.runes = make([]rune, len(c.data), len(c.data)+len(text.S))
		for i, b := range c.data {
			c.runes[i] = rune(b)
		}
		c.data = nil
	}
	if c.runes == nil {
		c.data = padded(c.data, at)
		n := copy(c.data[at:], text.S)
		c.data = append(c.data, text.S[n:]...)
		return nil
	}
	chars := make([]rune, 0, utf8.RuneCountInString(text.S))
	for s := text.S; s != ""; {
		r, size := py.DecodeRune(s)
		chars, s = append(chars, r), s[size:]
	}
	c.runes = padded(c.runes, at)
	n := copy(c.runes[at:], chars)
	c.runes = append(c.runes, chars[n:]...)
	return nil
}

// padded returns s with NULs behind it, if n is beyond its end.
func padded[T byte | rune](s []T, n int) []T {
	if gap := n - len(s); gap > 0 {
		s = append(s, make([]T, gap)...)
	}
	return s
}
