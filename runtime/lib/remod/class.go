package remod

import (
	"strconv"
	"strings"

	"starwire/runtime/lazy"
	"starwire/runtime/py"
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

// category returns the bytes of \d, \s or \w, or all others for the capital.
func category(c byte) *set {
	s := new(set)
	for i := range s.bytes {
		b, in := byte(i), false
		switch c | 0x20 {
		case 'd':
			in = '0' <= b && b <= '9'
		case 's':
			in = py.IsSpace(b)
		case 'w':
			in = isName(string(rune(b))) || '0' <= b && b <= '9'
		default:
			return nil
		}
		s.bytes[i] = in == (c >= 'a')
	}
	return s
}

// escape is an escape outside brackets. sre_parse.py, _escape
func (p *parser) escape(this string) node {
	c := this[1]
	if strings.IndexByte("AZbB", c) >= 0 {
		return at(c)
	}
	if strings.IndexByte("dDsSwW", c) >= 0 {
		return category(c)
	}
	if b, ok := simpleEscapes()[this]; ok {
		return literal(b)
	}
	switch {
	case c == 'x':
		this += p.run(hexDigits, 2)
		if len(this) != 4 {
			break
		}
		n, _ := strconv.ParseUint(this[2:], 16, 8)
		return literal(byte(n))
	case c == '0':
		this += p.run(octDigits, 2)
		n, _ := strconv.ParseUint(this[1:], 8, 16)
		return literal(byte(n))
	case '1' <= c && c <= '9':
		this += p.run(digits, 1)
		if len(this) == 3 && strings.Trim(this[1:], octDigits) == "" && p.nextIn(octDigits) {
			this += p.get()
			n, _ := strconv.ParseUint(this[1:], 8, 16)
			return literal(byte(n))
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
		return literal(c)
	}
	p.fail("bogus escape: %s", py.Quote(this))
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
			s.bytes['-'] = true
			return s
		}
		to, single2, ok := p.member(this)
		if !ok {
			return s
		}
		lo, hi := from.first(), to.first()
		if !single || !single2 || hi < lo {
			p.fail("bad character range")
			return s
		}
		for c := lo; c <= hi; c++ {
			s.bytes[c] = true
		}
	}
}

// member is one element of a class: the bytes it stands for, and whether it is a
// single one.
func (p *parser) member(this string) (s *set, single, ok bool) {
	switch {
	case this == "":
		p.fail("unexpected end of regular expression")
		return nil, false, false
	case this[0] != '\\':
		return literal(this[0]), true, true
	case strings.IndexByte("dDsSwW", this[1]) >= 0:
		return category(this[1]), false, true
	}
	b, ok := p.classEscape(this)
	return literal(b), true, ok
}

// classEscape is an escape in brackets for one byte. sre_parse.py, _class_escape
func (p *parser) classEscape(this string) (b byte, ok bool) {
	if b, ok := simpleEscapes()[this]; ok {
		return b, true
	}
	switch c := this[1]; {
	case c == 'x':
		hex := p.run(hexDigits, 2)
		if len(hex) != 2 {
			p.fail("bogus escape: %s", py.Quote(`\`+hex))
			return 0, false
		}
		n, _ := strconv.ParseUint(hex, 16, 8)
		return byte(n), true
	case strings.IndexByte(octDigits, c) >= 0:
		n, _ := strconv.ParseUint(this[1:]+p.run(octDigits, 2), 8, 16)
		return byte(n), true
	case c == '8' || c == '9':
		p.fail("bogus escape: %s", py.Quote(this))
		return 0, false
	default:
		return c, true
	}
}

func (s *set) add(other *set) {
	for c, in := range other.bytes {
		s.bytes[c] = s.bytes[c] || in
	}
}

// first is the one byte of a single member.
func (s *set) first() int {
	for c, in := range s.bytes {
		if in {
			return c
		}
	}
	return 0
}
