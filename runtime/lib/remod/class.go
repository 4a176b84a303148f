package remod

import (
	"strconv"
	"strings"

	"starwire/runtime/lazy"
)

// simpleEscapes are those that stand for one byte.
func simpleEscapes() map[string]byte {
	return simpleEscapesTable.Get(func() map[string]byte {
		return map[string]byte{
			`\a`: '\a', `\b`: '\b', `\f`: '\f', `\n`: '\n', `\r`: '\r', `\t`: '\t', `\v`: '\v', `\\`: '\\',
		}
	})
}

var simpleEscapesTable lazy.Value[map[string]byte]

// escape is an escape outside brackets. sre_parse.py, _escape
func (p *parser) escape(this string) node {
	c := this[1]
	if strings.IndexByte("AZbB", c) >= 0 {
		return at(c)
	}
	if strings.IndexByte("dDsSwW", c) >= 0 {
		return &set{classes: string(rune(c))}
	}
	if b, ok := simpleEscapes()[this]; ok {
		return literal(rune(b))
	}
	switch {
	case c == 'x':
		this += p.run(hexDigits, 2)
		if len(this) != 4 {
			break
		}
		n, _ := strconv.ParseUint(this[2:], 16, 8)
		return literal(rune(n & 0xff))
	case c == '0':
		this += p.run(octDigits, 2)
		n, _ := strconv.ParseUint(this[1:], 8, 16)
		return literal(rune(n & 0xff))
	case '1' <= c && c <= '9':
		this += p.run(digits, 1)
		if len(this) == 3 && strings.Trim(this[1:], octDigits) == "" && p.nextIn(octDigits) {
			this += p.get()
			n, _ := strconv.ParseUint(this[1:], 8, 16)
			return literal(rune(n & 0xff))
		}
		n, _ := strconv.Atoi(this[1:])
		switch {
		case n >= p.groups:
		case p.open[n]:
			p.fail("cannot refer to open group")
			return nil
		default:
			p.beyond("reference to a group, " + this + ", is")
			return nil
		}
	default:
		return literal(p.char(this[1:]))
	}
	p.fail("bogus escape: %s", p.quote(this))
	return nil
}

// class is a set in brackets.
func (p *parser) class() node {
	s := &set{negate: p.accept("^")}
	for first := true; ; first = false {
		this := p.get()
		if this == "]" && !first {
			return s
		}
		from, single, ok := p.member(this)
		if !ok {
			return s
		}
		if !p.accept("-") {
			s.add(from)
			continue
		}
		this = p.get()
		if this == "]" {
			s.add(from)
			s.add(literal('-'))
			return s
		}
		to, single2, ok := p.member(this)
		if !ok {
			return s
		}
		if !single || !single2 || to.chars[0] < from.chars[0] {
			p.fail("bad character range")
			return s
		}
		s.chars = append(s.chars, from.chars[0], to.chars[0])
	}
}

// member is one element of a class: the characters it stands for, and whether it is a
// single one.
func (p *parser) member(this string) (s *set, single, ok bool) {
	switch {
	case this == "":
		p.fail("unexpected end of regular expression")
		return nil, false, false
	case this[0] != '\\':
		return literal(p.char(this)), true, true
	case strings.IndexByte("dDsSwW", this[1]) >= 0:
		return &set{classes: this[1:]}, false, true
	}
	c, ok := p.classEscape(this)
	return literal(c), true, ok
}

// classEscape is an escape in brackets for one character. sre_parse.py, _class_escape
func (p *parser) classEscape(this string) (char rune, ok bool) {
	if b, ok := simpleEscapes()[this]; ok {
		return rune(b), true
	}
	switch c := this[1]; {
	case c == 'x':
		hex := p.run(hexDigits, 2)
		if len(hex) != 2 {
			p.fail("bogus escape: %s", p.quote(`\`+hex))
			return 0, false
		}
		n, _ := strconv.ParseUint(hex, 16, 8)
		return rune(n & 0xff), true
	case strings.IndexByte(octDigits, c) >= 0:
		n, _ := strconv.ParseUint(this[1:]+p.run(octDigits, 2), 8, 16)
		return rune(n & 0xff), true
	case c == '8' || c == '9':
		p.fail("bogus escape: %s", p.quote(this))
		return 0, false
	default:
		return p.char(this[1:]), true
	}
}
