package remod

import (
	"fmt"
	"strings"
	"unicode"
)

// The flags, with CPython's numbers.
const (
	flagIgnoreCase = 2
	flagLocale     = 4
	flagMultiline  = 8
	flagDotAll     = 16
	flagUnicode    = 32
	flagVerbose    = 64
	flagDebug      = 128
)

// A node is a part of a parsed expression.
type node interface{}

type (
	any struct{} // .
	at  byte     // an assertion: ^ $ A Z b B
	seq []node
	alt []seq
	// group is a parenthesis; index is 0 for one that does not catch.
	group struct {
		index int
		body  alt
	}
	repeat struct {
		body     node
		min, max int // max is -1 for no limit
		lazy     bool
	}
)

// facts are what has to be known of a tree besides its text.
type facts struct {
	size     int  // instructions, about
	dollar   bool // has a $
	inside   bool // has a \B
	words    bool // has a \b or \B
	classes  int  // \w and the like, as they are written
	lookBack bool // has an assertion that looks at the byte before
}

// An emitter writes a tree in RE2's syntax. A byte of the text is the rune of the
// same number, unless the text is unicode.
//
// RE2 has no $ that also matches before a newline at the very end. Two programs
// stand in for it: one for texts that do not end in a newline, where $ is \z, and
// one for those that do, where (?m:$) serves because the reader hands over every
// other newline as another rune (tail).
type emitter struct {
	strings.Builder
	flags int
	tail  bool
	empty bool // the text is empty; nowhere in it is CPython's \B
	wide  bool // the text is unicode
}

// never matches nothing, not even the empty text.
const never = `[^\x{0}-\x{10ffff}]`

// What newlines are read as, but for the last (tail): no byte, and no character.
const (
	otherNewline     = 0x10a
	otherNewlineWide = unicode.MaxRune
)

func (e *emitter) otherNewline() rune {
	if e.wide {
		return otherNewlineWide
	}
	return otherNewline
}

func (e *emitter) node(n node) {
	switch n := n.(type) {
	case *set:
		e.set(n)
	case any:
		switch {
		case e.flags&flagDotAll != 0:
			e.WriteString(`(?s:.)`)
		case e.tail:
			fmt.Fprintf(e, `[^\n\x{%x}]`, e.otherNewline())
		default:
			e.WriteString(`.`)
		}
	case at:
		e.at(n)
	case seq:
		for _, x := range n {
			e.node(x)
		}
	case *group:
		if n.index > 0 {
			e.WriteByte('(')
		} else {
			e.WriteString("(?:")
		}
		for i, branch := range n.body {
			if i > 0 {
				e.WriteByte('|')
			}
			e.node(branch)
		}
		e.WriteByte(')')
	case *repeat:
		e.WriteString("(?:")
		e.node(n.body)
		e.WriteByte(')')
		switch {
		case n.min == 0 && n.max == 1:
			e.WriteByte('?')
		case n.min == 0 && n.max < 0:
			e.WriteByte('*')
		case n.min == 1 && n.max < 0:
			e.WriteByte('+')
		case n.max < 0:
			fmt.Fprintf(e, "{%d,}", n.min)
		default:
			fmt.Fprintf(e, "{%d,%d}", n.min, n.max)
		}
		if n.lazy {
			e.WriteByte('?')
		}
	}
}

func (e *emitter) at(n at) {
	switch {
	case n == '^' && e.flags&flagMultiline != 0:
		e.WriteString(`(?m:^)`)
	case n == '^' || n == 'A':
		e.WriteString(`\A`)
	case n == '$' && (e.tail || e.flags&flagMultiline != 0):
		e.WriteString(`(?m:$)`)
	case n == '$' || n == 'Z':
		e.WriteString(`\z`)
	case n == 'B' && e.empty:
		e.WriteString(never)
	default:
		e.WriteByte('\\')
		e.WriteByte(byte(n))
	}
}

// measure returns the facts about n, and the number of bytes it matches at least.
func measure(n node, f *facts) (width int) {
	switch n := n.(type) {
	case *set:
		f.size++
		f.classes += len(n.classes)
		return 1
	case any:
		f.size++
		return 1
	case at:
		f.size++
		f.dollar = f.dollar || n == '$'
		f.inside = f.inside || n == 'B'
		f.words = f.words || n == 'B' || n == 'b'
		f.lookBack = f.lookBack || n != '$' && n != 'Z'
	case seq:
		for _, x := range n {
			width = min(width+measure(x, f), 1<<20)
		}
	case *group:
		f.size += 2 * len(n.body)
		for i, branch := range n.body {
			if w := measure(branch, f); i == 0 || w < width {
				width = w
			}
		}
	case *repeat:
		before := f.size
		w := measure(n.body, f)
		times := max(n.min, n.max, 1)
		f.size = int(min(int64(before)+int64(f.size-before+1)*int64(times), 1<<30))
		width = int(min(int64(w)*int64(n.min), 1<<20))
	}
	return width
}
