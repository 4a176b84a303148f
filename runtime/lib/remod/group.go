package remod

import (
	"strings"
)

// parenthesis reads what an opening one begins. It returns nil for what is no
// item: a comment, or flags.
func (p *parser) parenthesis() node {
	if p.nesting++; p.nesting > maxNesting {
		p.fail("more than %d groups inside each other", maxNesting)
		return nil
	}
	defer func() { p.nesting-- }()
	name, catching := "", true
	if p.accept("?") {
		switch {
		case p.accept("P"):
			if !p.accept("<") {
				p.specifier()
				return nil
			}
			var ok bool
			if name, ok = p.until(">"); !ok {
				p.fail("unterminated name")
			} else if name == "" {
				p.fail("missing group name")
			} else if !isName(name) {
				p.fail("bad character in group name %s", p.quote(name))
			}
		case p.accept(":"):
			catching = false
		case p.accept("#"):
			for p.next != "" && p.next != ")" {
				p.advance()
			}
			p.closing()
			return nil
		case p.nextIn("=!<"):
			p.assertion()
			return nil
		case p.accept("("):
			p.condition()
			return nil
		default:
			p.inlineFlags()
			return nil
		}
	}
	if p.err != nil {
		return nil
	}
	g := new(group)
	if catching {
		g.index = p.opening(name)
	}
	g.body = p.alternation()
	p.closing()
	if catching {
		delete(p.open, g.index)
		p.closed = append(p.closed, g.index)
	}
	return g
}

// opening numbers a group that catches. sre_parse.py, Pattern.opengroup
func (p *parser) opening(name string) int {
	index := p.groups
	p.groups++
	if name != "" {
		if old, ok := p.names[name]; ok {
			p.fail("redefinition of group name %s as group %d; was group %d", p.quote(name), index, old)
		}
		p.names[name] = index
	}
	p.open[index] = true
	return index
}

func (p *parser) closing() {
	if !p.accept(")") {
		p.fail("unbalanced parenthesis")
	}
}

// specifier is what may follow (?P besides a name: errors.
func (p *parser) specifier() {
	if !p.accept("=") {
		if p.next == "" {
			p.fail("unexpected end of pattern")
		} else {
			p.fail("unknown specifier: ?P%s", p.next)
		}
		return
	}
	name, ok := p.until(")")
	_, known := p.names[name]
	switch {
	case !ok:
		p.fail("unterminated name")
	case name == "":
		p.fail("missing group name")
	case !isName(name):
		p.fail("bad character in backref group name %s", p.quote(name))
	case !known:
		p.fail("unknown group name: %s", p.quote(name))
	default:
		p.beyond("reference to a group, (?P=" + name + "), is")
	}
}

// assertion is a look ahead or behind: an error.
func (p *parser) assertion() {
	kind, text := "lookahead", p.get()
	if text == "<" {
		if !p.nextIn("=!") {
			p.fail("syntax error")
			return
		}
		kind, text = "lookbehind", text+p.get()
	}
	p.beyond(kind + " assertion (?" + text + "...) is")
}

// condition is (?(group)yes|no): an error.
func (p *parser) condition() {
	name, ok := p.until(")")
	_, known := p.names[name]
	switch {
	case !ok:
		p.fail("unterminated name")
	case name == "":
		p.fail("missing group name")
	case isName(name) && !known:
		p.fail("unknown group name: %s", p.quote(name))
	case !isName(name) && strings.Trim(name, digits) != "":
		p.fail("bad character in group name")
	default:
		p.beyond("condition on a group, (?(" + name + ")...), is")
	}
}

// inlineFlags is (?im): they hold for the whole expression.
func (p *parser) inlineFlags() {
	if !p.nextIn(flagChars) {
		p.fail("unexpected end of pattern")
		return
	}
	for p.nextIn(flagChars) {
		p.flags |= flagOf()[p.get()]
	}
	switch {
	case p.accept(")"):
	case p.next == "":
		p.fail("unexpected end of pattern")
	default:
		p.fail("unknown extension")
	}
}

// isName reports whether s may name a group.
func isName(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if !(c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || i > 0 && '0' <= c && c <= '9') {
			return false
		}
	}
	return s != ""
}
