package rfc822mod

import (
	"strings"
)

// An Address is one mailbox: the name it is shown with, or "", and the address.
// Both may share memory with the text they were read from.
type Address struct {
	Name, Addr string
}

// String returns the canonical form: "Name" <addr>, or the address alone.
//
// rfc822.py, dump_address_pair.
func (a Address) String() string {
	if a.Name != "" {
		return `"` + a.Name + `" <` + a.Addr + ">"
	}
	return a.Addr
}

// Quote returns s with a backslash before each backslash and double quote.
//
// rfc822.py, quote.
func Quote(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, `\`, `\\`), `"`, `\"`)
}

// Unquote returns s without double quotes or angle brackets round it; of the
// first kind, what Quote escaped comes back, in two passes as Python has it.
//
// rfc822.py, unquote.
func Unquote(s string) string {
	if len(s) > 1 {
		inner := s[1 : len(s)-1]
		switch {
		case s[0] == '"' && s[len(s)-1] == '"':
			return strings.ReplaceAll(strings.ReplaceAll(inner, `\\`, `\`), `\"`, `"`)
		case s[0] == '<' && s[len(s)-1] == '>':
			return inner
		}
	}
	return s
}

// ParseAddresses reads the addresses in text up to the first place that yields
// none, and forgives what it can, as rfc822.py does and where it does.
//
// rfc822.py, AddressList and AddrlistClass.getaddrlist.
func ParseAddresses(text string) []Address {
	p := addressParser{text: text}
	for {
		before := len(p.found)
		p.address()
		if len(p.found) == before {
			return p.found
		}
	}
}

// The kinds of byte that rfc822.py tells apart.
const (
	isBlank     = 1 << iota // LWS: space and tab
	isBreak                 // CR and LF
	isSpecial               // ()<>@,:;."[]
	isAtomEnd               // specials, blanks and breaks
	isPhraseEnd             // those but the dot, which old phrases may hold
)

var addressChars = [256]uint8{
	' ': isBlank | isAtomEnd | isPhraseEnd, '\t': isBlank | isAtomEnd | isPhraseEnd,
	'\r': isBreak | isAtomEnd | isPhraseEnd, '\n': isBreak | isAtomEnd | isPhraseEnd,
	'(': ends, ')': ends, '<': ends, '>': ends, '@': ends, ',': ends, ':': ends, ';': ends, '"': ends, '[': ends, ']': ends,
	'.': isSpecial | isAtomEnd,
}

const ends = isSpecial | isAtomEnd | isPhraseEnd

// An addressParser is AddrlistClass: a place in a text, and what was found. Every
// address moves the place on, and reads no byte more than twice.
type addressParser struct {
	text     string
	pos      int
	comments []string
	found    []Address
}

func (p *addressParser) is(kind uint8) bool {
	return p.pos < len(p.text) && addressChars[p.text[p.pos]]&kind != 0
}

func (p *addressParser) at(c byte) bool {
	return p.pos < len(p.text) && p.text[p.pos] == c
}

// gap skips blanks and breaks, and collects comments. AddrlistClass.gotonext.
func (p *addressParser) gap() {
	for {
		switch {
		case p.is(isBlank | isBreak):
			p.pos++
		case p.at('('):
			p.comments = append(p.comments, p.comment())
		default:
			return
		}
	}
}

// address reads one address, or a group with its members: "name: a, b;". Groups
// may hold groups; the depth stands in for Python's recursion.
//
// AddrlistClass.getaddress.
func (p *addressParser) address() {
	for depth := 0; ; {
		if p.mailbox() {
			depth++
		} else {
			p.comma()
		}
		for ; depth > 0; depth-- {
			if p.pos < len(p.text) {
				p.gap()
				if !p.at(';') {
					break // a member comes next
				}
				p.pos++
			}
			p.comma()
		}
		if depth == 0 {
			return
		}
	}
}

// comma skips the comma after an address.
func (p *addressParser) comma() {
	p.gap()
	if p.at(',') {
		p.pos++
	}
}

// mailbox reads one address and adds it to those found, unless there is none. It
// stops behind the colon that begins a group, and reports that.
func (p *addressParser) mailbox() (group bool) {
	p.comments = nil
	p.gap()
	start := p.pos
	words := p.phrase()
	p.gap()
	switch {
	case p.at('.') || p.at('@'):
		// The words were the beginning of a bare address: read them again as
		// such. Comments among them are collected twice, as in Python, whose
		// saved list of comments is the list itself.
		p.pos = start
		addr := p.addrSpec()
		p.add(strings.Join(p.comments, " "), addr)
	case p.at(':'):
		p.pos++
		return true
	case p.at('<'):
		addr := p.routeAddr()
		name := strings.Join(words, " ")
		if len(p.comments) > 0 {
			name += " (" + strings.Join(p.comments, " ") + ")"
		}
		p.add(name, addr)
	case len(words) > 0: // a local name at the end, or before what does not belong here
		p.add(strings.Join(p.comments, " "), words[0])
	case p.is(isSpecial):
		p.pos++
	}
	return false
}

func (p *addressParser) add(name, addr string) {
	p.found = append(p.found, Address{name, addr})
}

// phrase reads words and quoted strings. AddrlistClass.getphraselist.
func (p *addressParser) phrase() (words []string) {
	for p.pos < len(p.text) {
		switch {
		case p.is(isBlank):
			p.pos++
		case p.at('"'):
			words = append(words, p.quoted())
		case p.at('('):
			p.comments = append(p.comments, p.comment())
		case p.is(isPhraseEnd):
			return words
		default:
			words = append(words, p.atom(isPhraseEnd))
		}
	}
	return words
}

// routeAddr reads the address in angle brackets and skips a route before it:
// "<@a,@b:user@c>". AddrlistClass.getrouteaddr.
func (p *addressParser) routeAddr() (addr string) {
	p.pos++
	p.gap()
	for route := false; p.pos < len(p.text); p.gap() {
		switch {
		case route:
			p.domain()
			route = false
		case p.at('>'):
			p.pos++
			return ""
		case p.at('@'):
			p.pos++
			route = true
		case p.at(':'):
			p.pos++
		default:
			addr = p.addrSpec()
			p.pos = min(p.pos+1, len(p.text)) // the closing bracket, or whatever is in its place
			return addr
		}
	}
	return ""
}

// addrSpec reads local@domain, or a local part alone, without the blanks and
// comments inside. AddrlistClass.getaddrspec.
func (p *addressParser) addrSpec() string {
	var b strings.Builder
	for p.gap(); p.pos < len(p.text); p.gap() {
		switch {
		case p.at('.'):
			b.WriteByte('.')
			p.pos++
			continue
		case p.at('"'):
			b.WriteByte('"')
			b.WriteString(p.quoted())
			b.WriteByte('"')
			continue
		case !p.is(isAtomEnd):
			b.WriteString(p.atom(isAtomEnd))
			continue
		}
		break
	}
	if p.at('@') {
		b.WriteByte('@')
		p.pos++
		p.gap()
		b.WriteString(p.domain())
	}
	return b.String()
}

// domain reads a domain or a domain literal. Unlike gap it stops at breaks.
// AddrlistClass.getdomain.
func (p *addressParser) domain() string {
	var b strings.Builder
	for p.pos < len(p.text) {
		switch {
		case p.is(isBlank):
			p.pos++
		case p.at('('):
			p.comments = append(p.comments, p.comment())
		case p.at('['):
			b.WriteByte('[')
			b.WriteString(p.delimited(']'))
			b.WriteByte(']')
		case p.at('.'):
			b.WriteByte('.')
			p.pos++
		case p.is(isAtomEnd):
			return b.String()
		default:
			b.WriteString(p.atom(isAtomEnd))
		}
	}
	return b.String()
}

// atom reads up to a byte of kind end. AddrlistClass.getatom.
func (p *addressParser) atom(end uint8) string {
	start := p.pos
	for p.pos < len(p.text) && !p.is(end) {
		p.pos++
	}
	return p.text[start:p.pos]
}

// quoted reads a quoted string. AddrlistClass.getquote.
func (p *addressParser) quoted() string { return p.delimited('"') }

// delimited reads from the opening byte up to end or a CR, without backslashes
// but what they precede. AddrlistClass.getdelimited, without comments.
func (p *addressParser) delimited(end byte) string {
	p.pos++
	start := p.pos
	var b []byte // what came before start, if there was a backslash
	for ; p.pos < len(p.text); p.pos++ {
		switch p.text[p.pos] {
		case end, '\r':
			p.pos++
			return string(append(b, p.text[start:p.pos-1]...))
		case '\\':
			b = append(b, p.text[start:p.pos]...)
			p.pos++
			start = p.pos
			if start == len(p.text) {
				return string(b)
			}
		}
	}
	return string(append(b, p.text[start:]...))
}

// comment reads a comment with those inside it, whose parentheses go, as the
// backslashes do; a CR ends the innermost one. The depth stands in for Python's
// recursion.
//
// AddrlistClass.getcomment.
func (p *addressParser) comment() string {
	var b strings.Builder
	depth := 0
	for p.pos < len(p.text) {
		c := p.text[p.pos]
		p.pos++
		switch c {
		case '(':
			depth++
		case ')', '\r':
			if depth--; depth == 0 {
				return b.String()
			}
		case '\\':
			if p.pos < len(p.text) {
				b.WriteByte(p.text[p.pos])
				p.pos++
			}
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}
