package jsonmod

import (
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"
	"go.starlark.net/syntax"

	"starwire/runtime/host"
	"starwire/runtime/py"
)

// An encoder writes one value as JSON.
type encoder struct {
	thread *starlark.Thread

	skipKeys bool           // leave out what cannot be a key
	sortKeys bool           // order members by key
	ascii    bool           // escape everything beyond ASCII
	circular bool           // look for values inside themselves
	allowNaN bool           // NaN, Infinity and -Infinity instead of a ValueError
	pretty   bool           // lines, by prefix and indent
	strict   bool           // a byte that is not UTF-8 is an error, or stays as it is
	stock    bool           // the rules of go.starlark.net/lib/json
	item     string         // between items
	key      string         // after a key
	prefix   string         // at the start of each line but the first
	indent   string         // for each level
	decode   codecFunc      // from the strings' encoding to UTF-8, or nil
	def      starlark.Value // called for a value of no known kind, or nil

	wide   bool   // a string is unicode: so is the outcome, if it is not ASCII
	narrow string // a str that is not ASCII, which cannot be in such an outcome

	out     []byte
	depth   int
	open    map[starlark.Value]struct{} // the lists, dicts and sets around
	values  int                         // encoded so far
	charged int                         // bytes of out that Spend knows
	err     error                       // of a line for which there was no room
}

// encode returns v as JSON.
func (e *encoder) encode(v starlark.Value) (starlark.Value, error) {
	if err := e.value(v); err != nil {
		return nil, err
	}
	if e.err != nil {
		return nil, e.err
	}
	if e.wide && !e.ascii {
		if e.narrow != "" {
			return nil, py.NotASCII(`"` + e.narrow)
		}
		return py.Text(e.result()), host.Spend(e.thread, (len(e.out)-e.charged)/host.BytesPerStep)
	}
	return starlark.String(e.result()), host.Spend(e.thread, (len(e.out)-e.charged)/host.BytesPerStep)
}

// result returns what was written: nothing is written any more.
func (e *encoder) result() string { return host.String(e.out) }

// slack is how much room there is before each value: few are larger, and those make
// their own.
const slack = 512 // bytes

// room makes room for n bytes more.
func (e *encoder) room(n int) error {
	if cap(e.out)-len(e.out) >= n {
		return nil
	}
	var err error
	e.out, err = host.Grow(e.thread, e.out, n)
	return err
}

// tick charges the work done and ends it with the run.
func (e *encoder) tick() error {
	const bytes = 1 << 16
	if e.err != nil {
		return e.err
	}
	if e.values++; e.values%256 != 0 && len(e.out)-e.charged < bytes {
		return nil
	}
	n := len(e.out) - e.charged
	e.charged = len(e.out)
	return host.Spend(e.thread, n/host.BytesPerStep)
}

func (e *encoder) value(v starlark.Value) error {
	if err := e.tick(); err != nil {
		return err
	}
	if err := e.room(slack); err != nil {
		return err
	}
	switch v := v.(type) {
	case starlark.NoneType:
		e.out = append(e.out, "null"...)
		return nil
	case starlark.Bool:
		e.out = append(e.out, boolText(v)...)
		return nil
	case starlark.Int:
		e.out = append(e.out, v.String()...)
		return nil
	case starlark.Float:
		text, err := e.float(v)
		e.out = append(e.out, text...)
		return err
	case starlark.String:
		e.wide = e.wide || py.IsUnicode(v)
		return e.text(string(v))
	case *py.Unicode:
		e.wide = true
		return e.quote(v.Text(), false)
	case starlark.Bytes:
		if !e.stock {
			return e.text(string(v))
		}
	}
	return e.compound(v)
}

// compound writes what is not a scalar.
func (e *encoder) compound(v starlark.Value) error {
	e.depth++
	if err := e.tooDeep(); err != nil {
		return err
	}
	defer func() { e.depth-- }()
	if e.circular {
		switch v.(type) {
		case *starlark.List, *starlark.Dict, *starlark.Set, *py.SubDict: // what may hold itself, and can be a key of a map
			if _, inside := e.open[v]; inside {
				return py.ValueError.Errorf("Circular reference detected")
			}
			if e.open == nil {
				e.open = make(map[starlark.Value]struct{})
			}
			e.open[v] = struct{}{}
			defer delete(e.open, v)
		}
	}
	switch v := v.(type) {
	case interface{ MarshalJSON() ([]byte, error) }:
		text, err := v.MarshalJSON()
		if err != nil {
			return py.ValueError.Errorf("%w", err)
		}
		e.out = append(e.out, text...)
		return nil
	case starlark.IterableMapping:
		return e.object(v.Items())
	case *starlarkstruct.Struct:
		return e.attributes(v)
	case *py.Exception:
	case interface{ Class() starlark.Value }: // of a module's: a deque
	case starlark.Iterable:
		if _, ok := v.(starlark.Indexable); ok || e.stock {
			return e.array(v)
		}
	case starlark.HasAttrs:
		if e.stock {
			return e.attributes(v)
		}
	}
	switch {
	case e.stock:
		return py.TypeError.Errorf("cannot encode %s as JSON", v.Type())
	case e.def == nil:
		return py.TypeError.Errorf("%s is not JSON serializable", py.Repr(v))
	}
	instead, err := starlark.Call(e.thread, e.def, starlark.Tuple{v}, nil)
	if err != nil {
		return err
	}
	return e.value(instead)
}

func (e *encoder) array(v starlark.Iterable) error {
	iter := v.Iterate()
	defer iter.Done()
	e.out = append(e.out, '[')
	var elem starlark.Value
	n := 0
	for ; iter.Next(&elem); n++ {
		e.separate(n)
		if err := e.value(elem); err != nil {
			return err
		}
	}
	e.end(n, ']')
	return nil
}

func (e *encoder) object(items []starlark.Tuple) error {
	if e.stock {
		for _, item := range items {
			if t := item[0].Type(); t != "string" && t != "unicode" {
				return py.TypeError.Errorf("dict has %s key, want string", item[0].Type())
			}
		}
	}
	if e.sortKeys {
		slices.SortStableFunc(items, func(a, b starlark.Tuple) int { return compareKeys(a[0], b[0]) })
	}
	e.out = append(e.out, '{')
	n := 0
	for _, item := range items {
		key, err := e.keyText(item[0])
		if err != nil {
			return err
		}
		if key == nil {
			continue
		}
		e.separate(n)
		n++
		if u, ok := item[0].(*py.Unicode); ok {
			e.wide = true
			if err := e.quote(u.Text(), false); err != nil {
				return err
			}
		} else {
			e.wide = e.wide || py.IsUnicode(item[0])
			if err := e.text(*key); err != nil {
				return err
			}
		}
		e.out = append(e.out, e.key...)
		if err := e.value(item[1]); err != nil {
			return err
		}
	}
	e.end(n, '}')
	return nil
}

// attributes writes a value's attributes as an object, sorted by name.
func (e *encoder) attributes(v starlark.HasAttrs) error {
	names := slices.Sorted(slices.Values(v.AttrNames()))
	items := make([]starlark.Tuple, 0, len(names))
	for _, name := range names {
		x, err := v.Attr(name)
		if err != nil {
			return err
		}
		if x != nil {
			items = append(items, starlark.Tuple{starlark.String(name), x})
		}
	}
	return e.object(items)
}

// slow reports whether CPython would use its encoder in Python instead of the
// one in C, which differs in details.
//
// json/encoder.py, JSONEncoder.iterencode
func (e *encoder) slow() bool { return e.pretty || e.sortKeys }

// keyText is the key as text, or nil for one that skipkeys leaves out.
//
// json/encoder.py, JSONEncoder._iterencode_dict
func (e *encoder) keyText(k starlark.Value) (*string, error) {
	text := ""
	switch k := k.(type) {
	case starlark.String:
		text = string(k)
	case starlark.Bytes:
		text = string(k)
	case *py.Unicode:
		text = k.Text()
	case starlark.Float:
		var err error
		if text, err = e.float(k); err != nil {
			return nil, err
		}
	case starlark.Bool:
		text = k.String() // CPython's fast encoder takes it for an int
		if e.slow() {
			text = boolText(k)
		}
	case starlark.NoneType:
		text = "null"
	case starlark.Int:
		text = k.String()
	default:
		switch {
		case e.skipKeys:
			return nil, nil
		case e.slow():
			return nil, py.TypeError.Errorf("key %s is not a string", py.Repr(k))
		}
		return nil, py.TypeError.Errorf("keys must be a string")
	}
	return &text, nil
}

// separate comes before item n.
func (e *encoder) separate(n int) {
	if n > 0 {
		e.out = append(e.out, e.item...)
	}
	if e.pretty {
		e.line(e.depth)
	}
}

// end closes a value of n items.
func (e *encoder) end(n int, bracket byte) {
	if n > 0 && e.pretty {
		e.line(e.depth - 1)
	}
	e.out = append(e.out, bracket)
}

// line begins a line of the given level.
func (e *encoder) line(level int) {
	if err := e.room(1 + len(e.prefix) + level*len(e.indent) + slack); err != nil {
		e.err = err
		return
	}
	e.out = append(append(e.out, '\n'), e.prefix...)
	for range level {
		e.out = append(e.out, e.indent...)
	}
}

func (e *encoder) text(s string) error {
	if !isASCII(s) && !e.ascii {
		e.narrow = s
	}
	if e.decode != nil && !isASCII(s) {
		var err error
		if s, err = e.decode(s); err != nil {
			return err
		}
	}
	bytes := false
	if e.strict && !isASCII(s) {
		bad := py.CheckUTF8(s)
		if bad != nil && e.ascii {
			return bad
		}
		bytes = bad != nil
	}
	return e.quote(s, bytes)
}

// quotedPiece is how many bytes of one string are quoted between two looks at the
// end of the run.
const quotedPiece = 1 << 16

// quote writes a string; with bytes what is not UTF-8 in it stays as it is.
func (e *encoder) quote(s string, bytes bool) error {
	e.out = append(e.out, '"')
	for {
		n := min(len(s), quotedPiece)
		for n < len(s) && !utf8.RuneStart(s[n]) && n > quotedPiece-utf8.UTFMax {
			n-- // between two characters
		}
		if err := e.room(6*n + 1); err != nil { // as all may be \uXXXX
			return err
		}
		if bytes {
			e.out = appendBytes(e.out, s[:n])
		} else {
			e.out = appendQuoted(e.out, s[:n], e.ascii)
		}
		if s = s[n:]; s == "" {
			e.out = append(e.out, '"')
			return nil
		}
		if err := e.tick(); err != nil {
			return err
		}
	}
}

// float is Python's repr, or one of the three words that JSON does not know.
func (e *encoder) float(f starlark.Float) (string, error) {
	x := float64(f)
	text := ""
	switch {
	case math.IsNaN(x):
		text = "NaN"
	case math.IsInf(x, 1):
		text = "Infinity"
	case math.IsInf(x, -1):
		text = "-Infinity"
	default:
		return py.Repr(f), nil
	}
	switch {
	case e.allowNaN:
		return text, nil
	case e.stock:
		return "", py.ValueError.Errorf("cannot encode non-finite float %v", f)
	case e.slow():
		return "", py.ValueError.Errorf("Out of range float values are not JSON compliant: %s", py.Repr(f))
	}
	return "", py.ValueError.Errorf("Out of range float values are not JSON compliant")
}

func boolText(b starlark.Bool) string {
	if b {
		return "true"
	}
	return "false"
}

// compareKeys orders keys as Python 2 orders values of different types: None,
// numbers, strings, then the rest in no particular order.
func compareKeys(a, b starlark.Value) int {
	ra, rb := keyRank(a), keyRank(b)
	switch {
	case ra != rb:
		return ra - rb
	case ra == rankNumber:
		x, y := number(a), number(b)
		if c, err := starlark.Compare(syntax.LT, x, y); err == nil && c {
			return -1
		}
		if c, err := starlark.Compare(syntax.LT, y, x); err == nil && c {
			return 1
		}
	case ra == rankText:
		return strings.Compare(py.Str(a), py.Str(b))
	}
	return 0
}

const (
	rankNone = iota
	rankNumber
	rankText
	rankOther
)

func keyRank(v starlark.Value) int {
	switch v.(type) {
	case starlark.NoneType:
		return rankNone
	case starlark.Bool, starlark.Int, starlark.Float:
		return rankNumber
	case starlark.String, starlark.Bytes, *py.Unicode:
		return rankText
	}
	return rankOther
}

// number is v with False as 0 and True as 1.
func number(v starlark.Value) starlark.Value {
	switch v {
	case starlark.False:
		return starlark.MakeInt(0)
	case starlark.True:
		return starlark.MakeInt(1)
	}
	return v
}

// tooDeep returns the error of values nested more deeply than they may be.
func (e *encoder) tooDeep() error {
	most, err := depthLimit(e.thread, e.depth)
	if err == nil && e.depth > most {
		err = py.ValueError.Errorf("nested too deeply for JSON (more than %d levels)", most)
	}
	return err
}
