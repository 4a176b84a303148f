package remod

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"starwire/runtime/lazy"
)

// A set is one character of these: a byte is the character of the same number.
type set struct {
	chars   ranges
	classes string // \d and so on, by their letters: the flags say what is in them
	negate  bool   // any but these; applied after case is ignored
}

func literal(c rune) *set { return &set{chars: ranges{c, c}} }

func (s *set) add(other *set) {
	s.chars = append(s.chars, other.chars...)
	if !strings.Contains(s.classes, other.classes) {
		s.classes += other.classes
	}
}

// ranges are pairs of characters, the first and the last of each range.
type ranges []rune

// sorted returns the same characters in order, each once.
func (r ranges) sorted() ranges {
	pairs := make([][2]rune, len(r)/2)
	for i := range pairs {
		pairs[i] = [2]rune{r[2*i], r[2*i+1]}
	}
	slices.SortFunc(pairs, func(a, b [2]rune) int { return int(a[0] - b[0]) })
	out := make(ranges, 0, len(r))
	for _, p := range pairs {
		if n := len(out); n > 0 && p[0] <= out[n-1]+1 {
			out[n-1] = max(out[n-1], p[1])
		} else {
			out = append(out, p[0], p[1])
		}
	}
	return out
}

// others returns what is not in r, which is sorted, up to last.
func (r ranges) others(last rune) ranges {
	var out ranges
	from := rune(0)
	for i := 0; i < len(r) && from <= last; i += 2 {
		if r[i] > from {
			out = append(out, from, min(r[i]-1, last))
		}
		from = r[i+1] + 1
	}
	if from <= last {
		out = append(out, from, last)
	}
	return out
}

func (r ranges) has(c rune) bool {
	for i := 0; i < len(r); i += 2 {
		if r[i] <= c && c <= r[i+1] {
			return true
		}
	}
	return false
}

// asciiClasses are \d, \s and \w without UNICODE.
func asciiClasses() map[rune]ranges {
	return asciiClassesTable.Get(func() map[rune]ranges {
		return map[rune]ranges{'d': {'0', '9'}, 's': {'\t', '\r', ' ', ' '}, 'w': {'0', '9', 'A', 'Z', '_', '_', 'a', 'z'}}
	})
}

var asciiClassesTable lazy.Value[map[rune]ranges]

// unicodeClasses are those with UNICODE.
func unicodeClasses() map[rune]ranges {
	return unicodeClassesTable.Get(func() map[rune]ranges {
		return map[rune]ranges{
			'd': tables(unicode.Nd),
			// unicodeobject.c, _PyUnicode_IsWhitespace
			's': {'\t', '\r', 0x1c, ' ', 0x85, 0x85, 0xa0, 0xa0, 0x1680, 0x1680, 0x180e, 0x180e, 0x2000, 0x200a,
				0x2028, 0x2029, 0x202f, 0x202f, 0x205f, 0x205f, 0x3000, 0x3000},
			'w': append(tables(unicode.L, unicode.N), '_', '_').sorted(),
		}
	})
}

var unicodeClassesTable lazy.Value[map[rune]ranges]

// tables returns what is in one of the tables.
func tables(list ...*unicode.RangeTable) ranges {
	var r ranges
	add := func(lo, hi, stride rune) {
		if stride == 1 {
			r = append(r, lo, hi)
			return
		}
		for c := lo; c <= hi; c += stride {
			r = append(r, c, c)
		}
	}
	for _, t := range list {
		for _, x := range t.R16 {
			add(rune(x.Lo), rune(x.Hi), rune(x.Stride))
		}
		for _, x := range t.R32 {
			add(rune(x.Lo), rune(x.Hi), rune(x.Stride))
		}
	}
	return r.sorted()
}

// members returns what is in the set, before it is negated.
func (e *emitter) members(n *set) ranges {
	r := slices.Clone(n.chars)
	if e.flags&flagIgnoreCase != 0 {
		r = r.sorted()
		for c := 'a'; c <= 'z'; c++ {
			if upper := c - 'a' + 'A'; r.has(c) || r.has(upper) {
				r = append(r, c, c, upper, upper)
			}
		}
	}
	for _, c := range n.classes {
		of := asciiClasses()
		if e.flags&flagUnicode != 0 {
			of = unicodeClasses()
		}
		if class := of[c|0x20]; c >= 'a' {
			r = append(r, class...)
		} else {
			r = append(r, class.others(unicode.MaxRune)...)
		}
	}
	if e.tail && r.has('\n') {
		r = append(r, e.otherNewline(), e.otherNewline())
	}
	return r.sorted()
}

// set writes a set. Without UNICODE only ASCII has two cases.
func (e *emitter) set(n *set) {
	last := rune(0xff)
	switch {
	case e.wide:
		last = unicode.MaxRune
	case e.tail:
		last = otherNewline
	}
	r := e.members(n)
	fold := e.flags&(flagIgnoreCase|flagUnicode) == flagIgnoreCase|flagUnicode
	negate := n.negate && fold // or RE2 would ignore the case of all the others
	if n.negate && !fold {
		r = r.others(last)
	}
	for i := 0; i < len(r); i += 2 {
		if r[i] > last {
			r = r[:i]
			break
		}
		r[i+1] = min(r[i+1], last)
	}
	if fold {
		e.WriteString("(?i:")
		defer e.WriteByte(')')
	}
	switch {
	case len(r) == 0 && negate:
		e.WriteString("(?s:.)")
		return
	case len(r) == 0:
		e.WriteString(never)
		return
	case len(r) == 2 && r[0] == r[1] && !negate:
		fmt.Fprintf(e, `\x{%x}`, r[0])
		return
	}
	e.WriteByte('[')
	if negate {
		e.WriteByte('^')
	}
	for i := 0; i < len(r); i += 2 {
		fmt.Fprintf(e, `\x{%x}-\x{%x}`, r[i], r[i+1])
	}
	e.WriteByte(']')
}
