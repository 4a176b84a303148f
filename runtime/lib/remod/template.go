package remod

import (
	"strconv"
	"strings"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/py"
)

// A template is a replacement: literal texts and groups.
type template []piece

// A piece is a text or, if group is not negative, what that group caught.
type piece struct {
	text  string
	group int
}

// parseTemplate reads a replacement for matches of p.
//
// sre_parse.py, parse_template
func parseTemplate(s string, p *Pattern) (template, error) {
	var t template
	var text strings.Builder
	group := func(n int) {
		if text.Len() > 0 {
			t = append(t, piece{text.String(), -1})
			text.Reset()
		}
		t = append(t, piece{"", n})
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
			return nil, Error.Errorf("bogus escape (end of line)")
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
					return nil, Error.Errorf("unterminated group name")
				}
				name = s[i+1 : i+end]
				i += end + 1
			}
			n, err := groupNumber(name, p)
			if err != nil {
				return nil, err
			}
			group(n)
		case c == '0':
			for i < start+4 && digit(i, octDigits) {
				i++
			}
			n, _ := strconv.ParseUint(s[start+1:i], 8, 16)
			text.WriteByte(byte(n))
		case '1' <= c && c <= '9':
			if digit(i, digits) {
				i++
				if strings.Trim(s[start+1:i], octDigits) == "" && digit(i, octDigits) {
					i++
					n, _ := strconv.ParseUint(s[start+1:i], 8, 16)
					text.WriteByte(byte(n))
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
		t = append(t, piece{text.String(), -1})
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

// expand fills the template.
//
// sre_parse.py, expand_template
func (t template) expand(thread *starlark.Thread, m *Match) (string, error) {
	if len(t) == 1 && t[0].group < 0 {
		return t[0].text, nil
	}
	var b []byte
	write := func(s string) (err error) {
		if b, err = host.Grow(thread, b, len(s)); err == nil {
			b = append(b, s...)
			if len(s) >= host.BytesPerStep {
				err = host.Spend(thread, len(s)/host.BytesPerStep)
			}
		}
		return err
	}
	for _, piece := range t {
		if piece.group < 0 {
			if err := write(piece.text); err != nil {
				return "", err
			}
			continue
		}
		if piece.group > m.pattern.groups {
			return "", Error.Errorf("invalid group reference")
		}
		s, ok := m.group(piece.group, starlark.None).(starlark.String)
		if !ok {
			return "", Error.Errorf("unmatched group")
		}
		if err := write(string(s)); err != nil {
			return "", err
		}
	}
	return host.String(b), nil
}
