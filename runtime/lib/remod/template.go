package remod

import (
	"strconv"
	"strings"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/py"
)

// A template is a replacement: literal texts, of the type of what was written, and groups.
type template struct {
	pieces []piece
	wide   bool
}

// A piece is a text or, if group is not negative, what that group caught.
type piece struct {
	text  string
	group int
}

// parseTemplate reads a replacement for matches of p.
//
// sre_parse.py, parse_template
func parseTemplate(c py.Chars, p *Pattern) (template, error) {
	s, t := c.S, template{wide: c.Wide}
	var text strings.Builder
	group := func(n int) {
		if text.Len() > 0 {
			t.pieces = append(t.pieces, piece{text.String(), -1})
			text.Reset()
		}
		t.pieces = append(t.pieces, piece{"", n})
	}
	number := func(octal string) {
		n, _ := strconv.ParseUint(octal, 8, 16)
		if c.Wide {
			text.WriteRune(rune(n))
		} else {
			text.WriteByte(byte(n))
		}
	}
	// digit reports whether byte i is one of chars.
	digit := func(i int, chars string) bool { return i < len(s) && strings.IndexByte(chars, s[i]) >= 0 }
	for i := 0; i < len(s); {
		if s[i] != '\\' {
			j := strings.IndexByte(s[i:], '\\')
			if j < 0 {
				j = len(s) - i
			}
			text.WriteString(s[i : i+j])
			i += j
			continue
		}
		if i+1 == len(s) {
			return t, Error.Errorf("bogus escape (end of line)")
		}
		c := s[i+1]
		start := i
		i += 2
		switch {
		case c == 'g':
			name := ""
			if i < len(s) && s[i] == '<' {
				end := strings.IndexByte(s[i:], '>')
				if end < 0 {
					return t, Error.Errorf("unterminated group name")
				}
				name = s[i+1 : i+end]
				i += end + 1
			}
			n, err := groupNumber(name, p)
			if err != nil {
				return t, err
			}
			group(n)
		case c == '0':
			for i < start+4 && digit(i, octDigits) {
				i++
			}
			number(s[start+1 : i])
		case '1' <= c && c <= '9':
			if digit(i, digits) {
				i++
				if strings.Trim(s[start+1:i], octDigits) == "" && digit(i, octDigits) {
					i++
					number(s[start+1 : i])
					break
				}
			}
			n, _ := strconv.Atoi(s[start+1 : i])
			group(n)
		default:
			if b, ok := simpleEscapes()[s[start:i]]; ok {
				text.WriteByte(b)
			} else {
				text.WriteString(s[start:i])
			}
		}
	}
	if text.Len() > 0 {
		t.pieces = append(t.pieces, piece{text.String(), -1})
	}
	return t, nil
}

// groupNumber is the group of \g<name>. One that the expression does not have is
// found out when the template is used.
func groupNumber(name string, p *Pattern) (int, error) {
	if name == "" {
		return 0, Error.Errorf("missing group name")
	}
	if n, ok := py.Int10(name); ok {
		if n < 0 {
			return 0, Error.Errorf("negative group number")
		}
		return int(min(n, 1<<30)), nil
	}
	if !isName(name) {
		return 0, Error.Errorf("bad character in group name")
	}
	n, ok := p.names[name]
	if !ok {
		return 0, py.IndexError.Errorf("unknown group name: %s", py.Quote(name))
	}
	return n, nil
}

// expand is what the template puts in the place of a match: without groups, it is what was written.
//
// _sre.c, pattern_subx
func (t template) expand(thread *starlark.Thread, m *Match) (py.Chars, error) {
	switch {
	case len(t.pieces) == 0:
		return py.Chars{Wide: t.wide}, nil
	case len(t.pieces) == 1 && t.pieces[0].group < 0:
		return py.Chars{S: t.pieces[0].text, Wide: t.wide}, nil
	}
	return t.fill(thread, m)
}

// fill fills the template. The error may be the UnicodeDecodeError of a str beside unicode text.
//
// sre_parse.py, expand_template
func (t template) fill(thread *starlark.Thread, m *Match) (py.Chars, error) {
	var b []byte
	out := m.s.Of("")
	for _, piece := range t.pieces {
		out.Wide = out.Wide || t.wide && piece.group < 0
	}
	write := func(c py.Chars) (err error) {
		if out.Wide && !c.Wide && !py.IsASCII(c.S) {
			return py.NotASCII(c.S)
		}
		if b, err = host.Grow(thread, b, len(c.S)); err == nil {
			b = append(b, c.S...)
			if len(c.S) >= host.BytesPerStep {
				err = host.Spend(thread, len(c.S)/host.BytesPerStep)
			}
		}
		return err
	}
	for _, piece := range t.pieces {
		if piece.group < 0 {
			if err := write(py.Chars{S: piece.text, Wide: t.wide}); err != nil {
				return out, err
			}
			continue
		}
		if piece.group > m.pattern.groups {
			return out, Error.Errorf("invalid group reference")
		}
		from, to := m.spans[2*piece.group], m.spans[2*piece.group+1]
		if from < 0 {
			return out, Error.Errorf("unmatched group")
		}
		if err := write(m.s.Of(m.s.S[from:to])); err != nil {
			return out, err
		}
	}
	out.S = host.String(b)
	return out, nil
}
