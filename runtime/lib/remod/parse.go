package remod

import (
	"maps"
	"strconv"
	"strings"

	"starwire/runtime/lazy"
	"starwire/runtime/py"
)

// Error is re.error.
var Error = py.NewClass("sre_constants", "error", py.Spec{Doc: "The text is not a regular expression, or one that RE2 cannot match."}, py.ExceptionClass)

// A parser reads an expression, function by function as sre_parse.py.
type parser struct {
	s     string
	wide  bool // s is unicode text, in UTF-8
	index int
	next  string // the token ahead: a character, or a backslash and one; "" at the end

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
func parse(pattern py.Chars, flags int) (*parser, alt, error) {
	p := &parser{s: pattern.S, wide: pattern.Wide, flags: flags, groups: 1, names: map[string]int{}, open: map[int]bool{}}
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
	n := 0
	if p.s[p.index] == '\\' {
		if n = 1; p.index+1 >= len(p.s) {
			p.fail("bogus escape (end of line)")
			return
		}
	}
	if p.wide {
		_, size := py.DecodeRune(p.s[p.index+n:])
		n += size
	} else {
		n++
	}
	p.next = p.s[p.index : p.index+n]
	p.index += n
}

// char returns the character that s is.
func (p *parser) char(s string) rune {
	if p.wide {
		c, _ := py.DecodeRune(s)
		return c
	}
	return rune(s[0])
}

// quote is the repr of a part of the pattern.
func (p *parser) quote(s string) string { return py.Repr(py.Chars{S: s, Wide: p.wide}.Value()) }

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

func flagOf() map[string]int {
	return flagOfTable.Get(func() map[string]int {
		return map[string]int{
			"i": flagIgnoreCase, "L": flagLocale, "m": flagMultiline, "s": flagDotAll, "x": flagVerbose, "u": flagUnicode,
		}
	})
}

var flagOfTable lazy.Value[map[string]int]

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
			items = append(items, literal(p.char(this)))
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
func analyse(pattern py.Chars, flags int) (*program, error) {
	if len(pattern.S) > maxPattern {
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
	if prog.flags&flagUnicode != 0 && prog.classes > maxClasses {
		return nil, Error.Errorf("expression is too large (more than %d classes with UNICODE)", maxClasses)
	}
	if prog.size > maxSize {
		return nil, Error.Errorf("expression is too large (more than %d instructions)", maxSize)
	}
	return prog, nil
}
