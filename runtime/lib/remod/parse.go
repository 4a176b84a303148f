package remod

import (
	"maps"
	"strconv"
	"strings"

	"starwire/runtime/py"
)

// Error is re.error.
var Error = py.NewClass("sre_constants", "error", py.Spec{Doc: "The text is not a regular expression, or one that RE2 cannot match."}, py.ExceptionClass)

// A parser reads an expression, function by function as sre_parse.py.
type parser struct {
	s     string
	index int
	next  string // the token ahead: a byte, or a backslash and one; "" at the end

	flags   int
	groups  int            // opened so far, 0 for the whole included
	names   map[string]int // of groups
	closed  []int          // the groups, in the order in which they end
	open    map[int]bool
	nesting int
	err     error // the first one
}

// parse reads pattern. An inline (?x) is learned too late for what comes before
// it, so such an expression is read twice.
func parse(pattern string, flags int) (*parser, alt, error) {
	p := &parser{s: pattern, flags: flags, groups: 1, names: map[string]int{}, open: map[int]bool{}}
	p.advance()
	tree := p.alternation()
	if p.err == nil && p.next == ")" {
		p.advance()
		p.fail("unbalanced parenthesis")
	}
	if p.err != nil {
		return nil, nil, p.err
	}
	if flags&flagVerbose == 0 && p.flags&flagVerbose != 0 {
		return parse(pattern, p.flags)
	}
	return p, tree, nil
}

// fail notes the first error. Nothing is left to read then.
func (p *parser) fail(format string, args ...interface{}) {
	p.failWith(Error.Errorf(format, args...))
}

func (p *parser) failWith(err error) {
	if p.err == nil {
		p.err = err
	}
	p.s, p.index, p.next = "", 0, ""
}

// beyond is the error of what Python has and RE2 has not.
func (p *parser) beyond(what string) {
	p.fail("%s not supported: this module matches by RE2, which has none", what)
}

// advance reads the next token. sre_parse.py, Tokenizer
func (p *parser) advance() {
	if p.index >= len(p.s) {
		p.next = ""
		return
	}
	n := 1
	if p.s[p.index] == '\\' {
		if n = 2; p.index+1 >= len(p.s) {
			p.fail("bogus escape (end of line)")
			return
		}
	}
	p.next = p.s[p.index : p.index+n]
	p.index += n
}

func (p *parser) get() string {
	this := p.next
	p.advance()
	return this
}

// accept consumes the next token if it is that.
func (p *parser) accept(token string) bool {
	if p.next != token {
		return false
	}
	p.advance()
	return true
}

// nextIn reports whether the next token is one byte of chars.
func (p *parser) nextIn(chars string) bool {
	return len(p.next) == 1 && strings.Contains(chars, p.next)
}

const (
	digits    = "0123456789"
	octDigits = "01234567"
	hexDigits = "0123456789abcdefABCDEF"
	blanks    = " \t\n\r\v\f"
	flagChars = "iLmsxu"
)

var flagOf = map[string]int{
	"i": flagIgnoreCase, "L": flagLocale, "m": flagMultiline, "s": flagDotAll, "x": flagVerbose, "u": flagUnicode,
}

// alternation is a|b|c. sre_parse.py, _parse_sub
func (p *parser) alternation() alt {
	var branches alt
	for {
		branches = append(branches, p.sequence())
		if !p.accept("|") || p.err != nil {
			return branches
		}
	}
}

// sequence is what stands between bars and parentheses. sre_parse.py, _parse
func (p *parser) sequence() seq {
	var items seq
	for p.err == nil && p.next != "" && p.next != "|" && p.next != ")" {
		this := p.get()
		if p.flags&flagVerbose != 0 {
			if strings.Contains(blanks, this) {
				continue
			}
			if this == "#" {
				for c := p.get(); c != "" && c != "\n"; c = p.get() {
				}
				continue
			}
		}
		switch this {
		case "[":
			items = append(items, p.class())
		case "*", "+", "?", "{":
			items = p.repetition(this, items)
		case ".":
			items = append(items, any{})
		case "(":
			if g := p.parenthesis(); g != nil {
				items = append(items, g)
			}
		case "^", "$":
			items = append(items, at(this[0]))
		default:
			if this[0] == '\\' {
				if n := p.escape(this); n != nil {
					items = append(items, n)
				}
				break
			}
			items = append(items, literal(this[0]))
		}
	}
	return items
}

// repetition applies an operator to the last item.
func (p *parser) repetition(op string, items seq) seq {
	low, high := 0, -1
	switch op {
	case "?":
		high = 1
	case "+":
		low = 1
	case "{":
		if p.next == "}" {
			return append(items, literal('{'))
		}
		index, next := p.index, p.next
		lo := p.run(digits, 1<<30)
		hi := lo
		if p.accept(",") {
			hi = p.run(digits, 1<<30)
		}
		if !p.accept("}") {
			if p.err == nil {
				p.index, p.next = index, next
			}
			return append(items, literal('{'))
		}
		var ok, ok2 bool
		low, ok = count(lo, 0)
		high, ok2 = count(hi, -1)
		switch {
		case !ok || !ok2:
			p.failWith(py.OverflowError.Errorf("the repetition number is too large"))
		case high >= 0 && high < low:
			p.fail("bad repeat interval")
		case max(low, high) > MaxRepeat:
			p.fail("repetition of more than %d is not supported: this module matches by RE2", MaxRepeat)
		}
	}
	if p.err != nil {
		return items
	}
	if len(items) == 0 {
		p.fail("nothing to repeat")
		return items
	}
	last := &items[len(items)-1]
	switch (*last).(type) {
	case at:
		p.fail("nothing to repeat")
	case *repeat:
		p.fail("multiple repeat")
	}
	*last = &repeat{body: *last, min: low, max: high, lazy: p.accept("?")}
	return items
}

// count reads the number in a repetition; "" is def. It fails where CPython's
// MAXREPEAT is reached.
func count(s string, def int) (n int, ok bool) {
	if s == "" {
		return def, true
	}
	n64, err := strconv.ParseUint(s, 10, 64)
	return int(n64), err == nil && n64 < 1<<32-1
}

// run reads up to n tokens of chars.
func (p *parser) run(chars string, n int) string {
	var b strings.Builder
	for ; n > 0 && p.nextIn(chars); n-- {
		b.WriteString(p.get())
	}
	return b.String()
}

// until reads up to the token end, which it consumes; ok is false if it is not there.
func (p *parser) until(end string) (text string, ok bool) {
	var b strings.Builder
	for p.next != "" {
		if c := p.get(); c == end {
			return b.String(), true
		} else {
			b.WriteString(c)
		}
	}
	return "", false
}

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
				p.fail("bad character in group name %s", py.Quote(name))
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
			p.fail("redefinition of group name %s as group %d; was group %d", py.Quote(name), index, old)
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
		p.fail("bad character in backref group name %s", py.Quote(name))
	case !known:
		p.fail("unknown group name: %s", py.Quote(name))
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
		p.fail("unknown group name: %s", py.Quote(name))
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
		p.flags |= flagOf[p.get()]
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

// simpleEscapes are those that stand for one byte.
var simpleEscapes = map[string]byte{
	`\a`: '\a', `\b`: '\b', `\f`: '\f', `\n`: '\n', `\r`: '\r', `\t`: '\t', `\v`: '\v', `\\`: '\\',
}

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
	if b, ok := simpleEscapes[this]; ok {
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
	if b, ok := simpleEscapes[this]; ok {
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

// A program is a parsed and checked expression.
type program struct {
	tree    alt
	flags   int
	groups  int // that catch, without the whole
	names   map[string]int
	closing []int // by group: its place in the order in which they end
	facts
	width int // bytes matched at least
}

// analyse parses pattern and checks its size.
func analyse(pattern string, flags int) (*program, error) {
	if len(pattern) > maxPattern {
		return nil, Error.Errorf("expression is longer than %d bytes", maxPattern)
	}
	p, tree, err := parse(pattern, flags)
	if err != nil {
		return nil, err
	}
	prog := &program{tree: tree, flags: p.flags, groups: p.groups - 1, names: maps.Clone(p.names), closing: make([]int, p.groups)}
	for place, index := range p.closed {
		prog.closing[index] = place
	}
	prog.width = measure(&group{body: tree}, &prog.facts)
	if prog.size > maxSize {
		return nil, Error.Errorf("expression is too large (more than %d instructions)", maxSize)
	}
	return prog, nil
}
