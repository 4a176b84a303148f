package py

import (
	"math"
	"strconv"
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"
)

// A Reprer is a value whose Python repr() differs from its String(), which
// Starlark prints and puts in place of %s and so holds Python's str().
type Reprer interface {
	// Repr returns what Python's repr() would, without addresses.
	Repr() string
}

// maxReprDepth bounds nested containers, so that neither a list of lists of …
// nor a list that holds itself can overflow the Go stack. CPython raises
// "maximum recursion depth exceeded" at about 1000 levels.
const maxReprDepth = 200

// Str returns the text Python 2's str() gives for v: a string or bytes as it
// is, a float with twelve significant digits, containers by Repr of their
// elements, anything else its String(). Of a Unicode, for which str() would raise
// UnicodeEncodeError, it is the UTF-8: see AsASCII.
//
// Where the text of a container would show more than a million values, as one does
// that holds another twice, which holds a third one twice, …, "..." stands for the
// others: see Texter.
func Str(v starlark.Value) string {
	text, _ := Texter{}.Str(v)
	return text
}

// LongRepr is Repr with an L behind integers beyond 63 bits, which are Python 2's
// long, and xrange for ranges: what repr() is in .py files.
func LongRepr(v starlark.Value) string {
	text, _ := Texter{}.Repr(v)
	return text
}

// A Texter writes the texts of values, which may be large, and part of each other
// many times over, on behalf of somebody who can put an end to it.
type Texter struct {
	// Spend, if set, is told now and then of the values written since the last
	// time, and of the bytes of the text so far; its error ends the text. If it is
	// nil, a text shows a million values at most.
	Spend func(values, size int) error
	// Reserve, if set, is asked before the text takes that many bytes of memory
	// at once; its error ends the text.
	Reserve func(size int) error
}

// Str returns the text of Str, or the error of Spend or Reserve.
func (t Texter) Str(v starlark.Value) (string, error) {
	switch v := v.(type) { // as most are
	case starlark.String:
		return string(v), nil
	case *Unicode:
		return v.text, nil
	}
	w := reprWriter{long: true, spend: t.Spend, reserve: t.Reserve}
	return w.str(v, 0), w.err
}

// Repr returns the text of LongRepr, or the error of Spend or Reserve.
func (t Texter) Repr(v starlark.Value) (string, error) {
	w := reprWriter{long: true, spend: t.Spend, reserve: t.Reserve}
	w.write(v, 0)
	return w.String(), w.err
}

func isLong(n starlark.Int) bool { _, small := n.Int64(); return !small }

// Repr returns the text Python 2's repr() gives for v, with the quoting of
// Quote. Integers get no L: see LongRepr. Beyond 200 nested containers it writes "...",
// as it does for a container inside itself.
func Repr(v starlark.Value) string {
	var w reprWriter
	w.write(v, 0)
	return w.String()
}

// A reprWriter writes the text of a value.
type reprWriter struct {
	strings.Builder
	long    bool // an L behind long integers
	spend   func(values, size int) error
	reserve func(size int) error
	work    int // values written
	err     error
}

// room makes room for n bytes more; false ends the text.
func (b *reprWriter) room(n int) bool {
	if b.err != nil {
		return false
	}
	if b.Cap()-b.Len() < n {
		if b.reserve != nil {
			if b.err = b.reserve(2*b.Cap() + n); b.err != nil { // as Grow does
				return false
			}
		}
		b.Grow(n)
	}
	return true
}

// WriteString writes s, if there is room for it.
func (b *reprWriter) WriteString(s string) {
	if b.room(len(s)) {
		b.Builder.WriteString(s)
	}
}

// char writes c, if there is room for it.
func (b *reprWriter) char(c byte) {
	if b.room(1) {
		b.Builder.WriteByte(c)
	}
}

// piece is how many bytes of one string are quoted between two looks at the end of
// the run.
const piece = 1 << 16

// quote writes a string as Quote does.
func (b *reprWriter) quote(s string) {
	quote := quoteFor(s)
	if !b.room(len(s) + 2) {
		return
	}
	b.char(quote)
	for len(s) > piece && b.room(4*piece) {
		writeUnquoted(&b.Builder, s[:piece], quote)
		s = s[piece:]
		if b.spend != nil {
			b.err = b.spend(piece/bytesPerStep, b.Len())
		}
	}
	if b.room(4*len(s) + 1) {
		writeUnquoted(&b.Builder, s, quote)
		b.char(quote)
	}
}

// maxReprValues bounds the values of a text that nobody else bounds.
const maxReprValues = 1 << 20

// visit is called at each value; false ends the text.
func (b *reprWriter) visit() bool {
	switch b.work++; {
	case b.err != nil:
		return false
	case b.spend == nil:
		if b.work == maxReprValues+1 {
			b.WriteString("...")
		}
		return b.work <= maxReprValues
	case b.work%spendEvery == 0:
		b.err = b.spend(spendEvery, b.Len())
	}
	return b.err == nil
}

// ended reports whether nothing more is to be written.
func (b *reprWriter) ended() bool {
	return b.err != nil || b.spend == nil && b.work > maxReprValues
}

func (b *reprWriter) write(v starlark.Value, depth int) {
	if !b.visit() {
		return
	}
	if depth > maxReprDepth {
		b.WriteString("...")
		return
	}
	switch v := v.(type) {
	case starlark.String:
		if inPages(string(v)) {
			b.char('u')
		}
		b.quote(string(v))
	case starlark.Bytes:
		b.quote(string(v))
	case starlark.Int:
		b.WriteString(v.String())
		if b.long && isLong(v) {
			b.char('L')
		}
	case starlark.Float:
		b.WriteString(formatFloat(float64(v), -1))
	case *starlark.List:
		b.char('[')
		for i := 0; i < v.Len() && !b.ended(); i++ {
			if i > 0 {
				b.WriteString(", ")
			}
			b.write(v.Index(i), depth+1)
		}
		b.char(']')
	case starlark.Tuple:
		b.char('(')
		for i, e := range v {
			if b.ended() {
				break
			}
			if i > 0 {
				b.WriteString(", ")
			}
			b.write(e, depth+1)
		}
		if len(v) == 1 {
			b.char(',')
		}
		b.char(')')
	case *starlark.Dict:
		b.char('{')
		first := true
		for k, e := range v.Entries() {
			if b.ended() {
				break
			}
			if !first {
				b.WriteString(", ")
			}
			first = false
			b.write(k, depth+1)
			b.WriteString(": ")
			b.write(e, depth+1)
		}
		b.char('}')
	case *starlark.Set:
		b.WriteString("set([")
		first := true
		for e := range v.Elements() {
			if b.ended() {
				break
			}
			if !first {
				b.WriteString(", ")
			}
			first = false
			b.write(e, depth+1)
		}
		b.WriteString("])")
	case *starlarkstruct.Struct:
		b.fieldsOf(v, depth)
	case *Named:
		b.WriteString(v.typ.Name)
		for i, name := range v.typ.Fields {
			if b.ended() {
				return
			}
			if i == 0 {
				b.char('(')
			} else {
				b.WriteString(", ")
			}
			b.WriteString(name + "=")
			b.write(v.items[i], depth+1)
		}
		if len(v.items) == 0 {
			b.char('(')
		}
		b.char(')')
	case *Exception:
		if repr := v.class.repr(); repr != nil {
			b.WriteString(repr(b.shown(v, depth)))
			return
		}
		b.WriteString(v.class.name)
		b.write(v.Args, depth)
	case *Object:
		b.WriteString(b.object(v, depth))
	case Composite:
		b.WriteString(v.ReprBy(func(x starlark.Value) string { return b.text(x, depth+1) }))
	case Reprer:
		b.WriteString(v.Repr())
	default:
		if b.long && v.Type() == "range" {
			b.WriteString(xrangeText(v))
			return
		}
		b.WriteString(v.String())
	}
}

// fieldsOf writes struct(name = value, ...), as Starlark does.
func (b *reprWriter) fieldsOf(s *starlarkstruct.Struct, depth int) {
	if name, ok := s.Constructor().(starlark.String); ok {
		b.WriteString(string(name))
	} else {
		b.WriteString(s.Constructor().String())
	}
	b.WriteString("(")
	for i, name := range s.AttrNames() {
		if b.ended() {
			return
		}
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(name + " = ")
		field, err := s.Attr(name)
		if err == nil {
			b.write(field, depth+1)
		}
	}
	b.WriteString(")")
}

// xrangeText is the text of an xrange, which ends where its numbers do.
//
// rangeobject.c, range_repr.
func xrangeText(v starlark.Value) string {
	limits := [3]int64{0, 0, 1}
	text, _ := strings.CutPrefix(v.String(), "range(")
	parts := strings.Split(strings.TrimSuffix(text, ")"), ", ")
	for i, part := range parts {
		n, err := strconv.ParseInt(part, 10, 64)
		if err != nil || i == len(limits) {
			return v.String()
		}
		limits[i] = n
	}
	start, step := limits[0], limits[2]
	if len(parts) == 1 {
		start = 0
	}
	stop := strconv.FormatInt(start+int64(max(starlark.Len(v), 0))*step, 10)
	switch {
	case start == 0 && step == 1:
		return "xrange(" + stop + ")"
	case step == 1:
		return "xrange(" + strconv.FormatInt(start, 10) + ", " + stop + ")"
	}
	return "xrange(" + strconv.FormatInt(start, 10) + ", " + stop + ", " + strconv.FormatInt(step, 10) + ")"
}

// ShortFloat returns f as str does, but with prec significant digits, above 0.
//
// pystrtod.c, format_float_short: Py_DTSF_ADD_DOT_0.
func ShortFloat(f float64, prec int) string { return formatFloat(f, prec) }

// formatFloat writes f as Python 2.7 does: prec significant digits, or the
// shortest text that reads back as f for prec -1, with ".0" where it would look
// like an integer.
func formatFloat(f float64, prec int) string {
	switch {
	case math.IsInf(f, 1):
		return "inf"
	case math.IsInf(f, -1):
		return "-inf"
	case math.IsNaN(f):
		return "nan"
	}
	// There is an exponent below 1e-4 and from 10^(prec-1) on, as there is room for ".0" (repr: from 1e16 on).
	limit := prec - 1
	if prec < 0 {
		limit = 16
	}
	s := strconv.FormatFloat(f, 'e', max(prec-1, -1), 64)
	mantissa, exponent, _ := strings.Cut(s, "e")
	e, _ := strconv.Atoi(exponent)
	if e < -4 || e >= limit {
		if strings.Contains(mantissa, ".") {
			mantissa = strings.TrimRight(strings.TrimRight(mantissa, "0"), ".")
		}
		return mantissa + "e" + exponent
	}
	if prec < 0 {
		s = strconv.FormatFloat(f, 'f', -1, 64)
	} else {
		s = strconv.FormatFloat(f, 'f', max(prec-1-e, 0), 64)
		if strings.Contains(s, ".") {
			s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
		}
	}
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}

// Quote returns s as repr() of a Python 2 byte string: in single quotes, or in
// double quotes if s has a single and no double one; the quote in use and the
// backslash escaped by a backslash; \t, \n and \r by name; every other byte
// below 0x20 or above 0x7e as \xhh.
func Quote(s string) string {
	var b strings.Builder
	quote := quoteFor(s)
	b.Grow(len(s) + 2)
	b.WriteByte(quote)
	writeUnquoted(&b, s, quote)
	b.WriteByte(quote)
	return b.String()
}

// quoteFor returns the quote that Quote uses.
func quoteFor(s string) byte {
	if strings.IndexByte(s, '\'') >= 0 && strings.IndexByte(s, '"') < 0 {
		return '"'
	}
	return '\''
}

// writeUnquoted writes what is between the quotes.
func writeUnquoted(b *strings.Builder, s string, quote byte) {
	for i := 0; i < len(s); i++ {
		if s[i] == quote || s[i] == '\\' {
			b.WriteByte('\\')
			b.WriteByte(s[i])
			continue
		}
		writeEscaped(b, s[i])
	}
}

// writeEscaped writes one byte as it stands between quotes: \t, \n and \r by
// name, other controls and 8-bit bytes as \xhh.
func writeEscaped(b *strings.Builder, c byte) {
	const hex = "0123456789abcdef"
	switch {
	case c == '\t':
		b.WriteString(`\t`)
	case c == '\n':
		b.WriteString(`\n`)
	case c == '\r':
		b.WriteString(`\r`)
	case c < ' ' || c >= 0x7f:
		b.WriteString(`\x`)
		b.WriteByte(hex[c>>4])
		b.WriteByte(hex[c&15])
	default:
		b.WriteByte(c)
	}
}

// TypeName returns the name Python 2 gives the type of v in error texts: str,
// int, float, list, NoneType, …, or v.Type() for values that are not Python's.
func TypeName(v starlark.Value) string {
	switch v := v.(type) {
	case starlark.String:
		if inPages(string(v)) {
			return "unicode"
		}
		return "str"
	case starlark.Bytes:
		return "str"
	case starlark.Int:
		if isLong(v) {
			return "long"
		}
		return "int"
	case *starlark.Function, *starlark.Builtin:
		return "function"
	}
	return v.Type()
}
