package builtinmod

import (
	"strconv"
	"strings"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/py"
)

// A formatter is str.format at work.
type formatter struct {
	thread *starlark.Thread
	args   starlark.Tuple
	kwargs []starlark.Tuple
	auto   int    // the next automatic number; -1 once a field had one of its own
	wide   bool   // the outcome is unicode text
	narrow string // text of a str that is not ASCII, which cannot be in such an outcome
}

// strFormat is s.format(*args, **kwargs).
//
// stringlib/string_format.h, build_string.
func strFormat(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	f := &formatter{thread: thread, args: args, kwargs: kwargs}
	format := self(b)
	if py.IsUnicode(b.Receiver()) {
		f.wide, format = true, py.Str(b.Receiver())
	} else {
		f.note(format)
	}
	s, err := f.format(format, 2)
	switch {
	case err != nil:
		return nil, err
	case !f.wide:
		return result(thread, s)
	case f.narrow != "":
		return nil, py.NotASCII(f.narrow)
	}
	return textResult(thread, s)
}

// note remembers text of a str.
func (f *formatter) note(s string) {
	if f.narrow == "" && !py.IsASCII(s) {
		f.narrow = s
	}
}

// format replaces the fields of s, in whose specs may be fields, depth deep.
func (f *formatter) format(s string, depth int) (string, error) {
	if depth == 0 {
		return "", py.ValueError.Errorf("Max string recursion exceeded")
	}
	var out []byte
	for s != "" {
		i := strings.IndexAny(s, "{}")
		if i < 0 {
			out = append(out, s...)
			break
		}
		out = append(out, s[:i]...)
		c := s[i]
		s = s[i+1:]
		if s != "" && s[0] == c {
			out = append(out, c)
			s = s[1:]
			continue
		}
		if c == '}' {
			return "", py.ValueError.Errorf("Single '}' encountered in format string")
		}
		if s == "" {
			return "", py.ValueError.Errorf("Single '{' encountered in format string")
		}
		end, nesting := 0, 1
		for ; end < len(s); end++ {
			if s[end] == '{' {
				nesting++
			} else if s[end] == '}' {
				if nesting--; nesting == 0 {
					break
				}
			}
		}
		if nesting > 0 {
			return "", py.ValueError.Errorf("expected '}' before end of string")
		}
		text, err := f.field(s[:end], depth)
		if err != nil {
			return "", err
		}
		if len(out)+len(text) > maxText {
			return "", py.MemoryError.New(nil)
		}
		if out, err = host.Grow(f.thread, out, len(text)); err != nil {
			return "", err
		}
		out = append(out, text...)
		if err := host.Spend(f.thread, len(text)/host.BytesPerStep); err != nil {
			return "", err
		}
		s = s[end+1:]
	}
	return host.String(out), nil
}

// field formats one field: name, !conversion and :spec.
func (f *formatter) field(s string, depth int) (string, error) {
	name, spec, _ := strings.Cut(s, ":")
	name, conversion, converted := strings.Cut(name, "!")
	v, err := f.lookup(name)
	if err != nil {
		return "", err
	}
	if wide := conversion == "s" && is[*py.Unicode](v); converted && !wide {
		var s string
		switch conversion {
		case "r":
			s, err = texter(f.thread).Repr(v)
		case "s":
			s, err = texter(f.thread).Str(v)
		default:
			return "", py.ValueError.Errorf("Unknown conversion specifier %s", conversion)
		}
		if err != nil {
			return "", err
		}
		v = starlark.String(s)
	}
	if strings.ContainsAny(spec, "{}") {
		if spec, err = f.format(spec, depth-1); err != nil {
			return "", err
		}
	}
	if u, ok := v.(*py.Unicode); ok {
		if !f.wide {
			return "", py.AsASCII(u)
		}
		return formatUnicode(u, spec)
	}
	shown, err := formatSpec(f.thread, v, spec)
	f.note(shown)
	return shown, err
}

// formatUnicode is format(u, spec), which counts characters.
func formatUnicode(u *py.Unicode, text string) (string, error) {
	p, err := parseSpec(text)
	if err != nil {
		return "", err
	}
	p.wide = true
	if !py.IsASCII(text) {
		return "", py.ValueError.Errorf("a format specification is ASCII here, not %s", py.Quote(text))
	}
	return p.text(u.Text(), "unicode")
}

// lookup finds what a field names: 0, name, name.attribute, 0[key].
func (f *formatter) lookup(name string) (starlark.Value, error) {
	end := strings.IndexAny(name, ".[")
	if end < 0 {
		end = len(name)
	}
	first, rest := name[:end], name[end:]
	v, err := f.argument(first)
	for rest != "" && err == nil {
		if rest[0] == '.' {
			end := strings.IndexAny(rest[1:], ".[") + 1
			if end == 0 {
				end = len(rest)
			}
			if v, err = Attr(v, rest[1:end]); err == nil && end == 1 {
				err = py.ValueError.Errorf("Empty attribute in format string")
			}
			rest = rest[end:]
			continue
		}
		key, after, closed := strings.Cut(rest[1:], "]")
		switch {
		case rest[0] != '[':
			return nil, py.ValueError.Errorf("Only '.' or '[' may follow ']' in format field specifier")
		case !closed:
			return nil, py.ValueError.Errorf("Missing ']' in format string")
		case key == "":
			return nil, py.ValueError.Errorf("Empty attribute in format string")
		}
		rest = after
		if n, convErr := strconv.Atoi(key); convErr == nil && n >= 0 {
			v, err = getItem(v, starlark.MakeInt(n))
		} else {
			v, err = getItem(v, starlark.String(key))
		}
	}
	return v, err
}

// argument returns a positional argument, by its number or the next one, or a keyword argument.
func (f *formatter) argument(name string) (starlark.Value, error) {
	n, err := strconv.Atoi(name)
	switch {
	case name == "":
		if f.auto < 0 {
			return nil, py.ValueError.Errorf("cannot switch from manual field specification to automatic field numbering")
		}
		n = f.auto
		f.auto++
	case err == nil && n >= 0:
		if f.auto > 0 {
			return nil, py.ValueError.Errorf("cannot switch from automatic field numbering to manual field specification")
		}
		f.auto = -1
	default:
		for _, kv := range f.kwargs {
			if string(kv[0].(starlark.String)) == name {
				return kv[1], nil
			}
		}
		return nil, py.KeyError.New(nil, starlark.String(name))
	}
	if n >= len(f.args) {
		return nil, py.IndexError.Errorf("tuple index out of range")
	}
	return f.args[n], nil
}

// getItem is v[key].
func getItem(v, key starlark.Value) (starlark.Value, error) {
	if m := mapping(v); m != nil {
		item, found, err := m.Get(key)
		if err == nil && !found {
			err = py.KeyError.New(nil, key)
		}
		return item, err
	}
	if seq, ok := v.(starlark.Indexable); ok {
		n, ok := key.(starlark.Int)
		if !ok {
			return nil, py.TypeError.Errorf("%s indices must be integers, not %s", py.TypeName(v), py.TypeName(key))
		}
		if i := clampInt(n); i >= 0 && i < seq.Len() {
			return seq.Index(i), nil
		}
		return nil, py.IndexError.Errorf("%s index out of range", py.TypeName(v))
	}
	return nil, py.TypeError.Errorf("'%s' object has no attribute '__getitem__'", py.TypeName(v))
}

// A spec is a format specification: [[fill]align][sign][#][0][width][,][.precision][type].
type spec struct {
	fill              string
	align, sign, kind byte // 0 for none
	alt, comma        bool
	width, prec       int  // prec is -1 for none
	wide              bool // width and prec count the characters of unicode text
}

func parseSpec(s string) (spec, error) {
	p := spec{fill: " ", prec: -1}
	const aligns = "<>=^"
	filled := false
	switch {
	case len(s) > 1 && strings.IndexByte(aligns, s[1]) >= 0:
		p.fill, p.align, s, filled = s[:1], s[1], s[2:], true
	case s != "" && strings.IndexByte(aligns, s[0]) >= 0:
		p.align, s = s[0], s[1:]
	}
	if s != "" && strings.IndexByte("+- ", s[0]) >= 0 {
		p.sign, s = s[0], s[1:]
	}
	if strings.HasPrefix(s, "#") {
		p.alt, s = true, s[1:]
	}
	if strings.HasPrefix(s, "0") {
		if !filled {
			p.fill = "0"
		}
		if p.align == 0 {
			p.align = '='
		}
		s = s[1:]
	}
	number := func() (int, bool, error) {
		n := 0
		for n < len(s) && '0' <= s[n] && s[n] <= '9' {
			n++
		}
		v, err := strconv.Atoi("0" + s[:n])
		if err != nil || v > maxText {
			return 0, false, py.ValueError.Errorf("Too many decimal digits in format string")
		}
		s = s[n:]
		return v, n > 0, nil
	}
	var err error
	if p.width, _, err = number(); err != nil {
		return p, err
	}
	if strings.HasPrefix(s, ",") {
		p.comma, s = true, s[1:]
	}
	if strings.HasPrefix(s, ".") {
		s = s[1:]
		var any bool
		if p.prec, any, err = number(); err != nil {
			return p, err
		}
		if !any {
			return p, py.ValueError.Errorf("Format specifier missing precision")
		}
	}
	if len(s) > 1 {
		return p, py.ValueError.Errorf("Invalid conversion specification")
	}
	if s != "" {
		p.kind = s[0]
	}
	if p.comma && strings.IndexByte("\x00deEfFgG%", p.kind) < 0 {
		return p, py.ValueError.Errorf("Cannot specify ',' with '%c'.", p.kind)
	}
	return p, nil
}

// formatSpec is format(v, spec).
//
// stringlib/formatter.h.
func formatSpec(thread *starlark.Thread, v starlark.Value, text string) (string, error) {
	if err := notASCII(v); err != nil {
		return "", err
	}
	if text == "" {
		return Str(thread, v)
	}
	p, err := parseSpec(text)
	if err != nil {
		return "", err
	}
	s, isText := py.AsBytes(v)
	n, isNumber := number(v)
	if !isText && !isNumber {
		if s, err = Str(thread, v); err != nil {
			return "", err
		}
		isText = true
	}
	if isText {
		typeName := "str"
		if py.IsUnicode(v) {
			typeName = "unicode"
		}
		return p.text(s, typeName)
	}
	if i, ok := n.(starlark.Int); ok && (p.kind == 0 || strings.IndexByte("bcdoxXn", p.kind) >= 0) {
		return p.integer(i)
	}
	return p.float(v, n)
}

func (p *spec) unknown(name string) error {
	return py.ValueError.Errorf("Unknown format code '%c' for object of type '%s'", p.kind, name)
}

// text formats text, or what is shown as such; typeName is that of the text.
func (p *spec) text(s, typeName string) (string, error) {
	switch {
	case p.kind != 0 && p.kind != 's':
		return "", p.unknown(typeName)
	case p.sign != 0:
		return "", py.ValueError.Errorf("Sign not allowed in string format specifier")
	case p.alt:
		return "", py.ValueError.Errorf("Alternate form (#) not allowed in string format specifier")
	case p.align == '=':
		return "", py.ValueError.Errorf("'=' alignment not allowed in string format specifier")
	case p.comma:
		return "", py.ValueError.Errorf("Cannot specify ',' with 's'.")
	}
	if p.wide {
		d := directive{prec: p.prec}
		s = d.cut(s)
	} else if p.prec >= 0 && p.prec < len(s) {
		s = s[:p.prec]
	}
	return p.place("", s, '<'), nil
}

func (p *spec) integer(n starlark.Int) (string, error) {
	if p.prec >= 0 {
		return "", py.ValueError.Errorf("Precision not allowed in integer format specifier")
	}
	if p.kind == 'c' {
		if c := clampInt(n); c >= 0 && c < 256 {
			return p.place("", string([]byte{byte(c)}), '<'), nil
		}
		return "", py.OverflowError.Errorf("%%c arg not in range(0x100)")
	}
	sign := p.signOf(n.Sign() < 0)
	if p.alt && strings.IndexByte("boxX", p.kind) >= 0 {
		sign += "0" + string(p.kind)
	}
	digits := p.grouped(integerText(n.BigInt(), p.kind), len(sign))
	return p.place(sign, digits, '>'), nil
}

func (p *spec) float(v, n starlark.Value) (string, error) {
	if strings.IndexByte("\x00eEfFgGn%", p.kind) < 0 {
		return "", p.unknown(py.TypeName(v))
	}
	if p.alt {
		return "", py.ValueError.Errorf("Alternate form (#) not allowed in float format specifier")
	}
	f, err := toFloat(n)
	if err != nil {
		return "", err
	}
	x := float64(f)
	prec := p.prec
	if prec < 0 {
		prec = 6
	}
	var s string
	switch p.kind {
	case 0:
		if p.prec < 0 {
			s = py.Str(f)
			break
		}
		s = py.ShortFloat(x, max(p.prec, 1))
	case 'n':
		s = floatText(x, 'g', prec, false)
	case '%':
		s = floatText(x*100, 'f', prec, false) + "%"
	default:
		s = floatText(x, p.kind, prec, false)
	}
	sign := p.signOf(strings.HasPrefix(s, "-"))
	return p.place(sign, p.grouped(strings.TrimPrefix(s, "-"), len(sign)), '>'), nil
}

// grouped returns a number with commas between its thousands, if there are to be any, with zeros in front of
// it where they fill the width.
//
// localeutil.h, _PyString_InsertThousandsGrouping.
func (p *spec) grouped(s string, sign int) string {
	end := strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' })
	if end < 0 {
		end = len(s)
	}
	if !p.comma || end == 0 {
		return s
	}
	digits, rest := s[:end], s[end:]
	if p.fill == "0" && p.align == '=' {
		room := p.width - sign - len(rest)
		n := len(digits)
		for n+(n-1)/3 < room {
			n++
		}
		digits = strings.Repeat("0", n-len(digits)) + digits
	}
	var b strings.Builder
	for i := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteByte(digits[i])
	}
	return b.String() + rest
}

func (p *spec) signOf(negative bool) string {
	switch {
	case negative:
		return "-"
	case p.sign == '+' || p.sign == ' ':
		return string(p.sign)
	}
	return ""
}

// place puts the text with its sign into the width.
func (p *spec) place(sign, s string, align byte) string {
	n := p.width - len(sign) - len(s)
	if p.wide {
		n = p.width - runes(s)
	}
	if n <= 0 {
		return sign + s
	}
	if p.align != 0 {
		align = p.align
	}
	switch align {
	case '<':
		return sign + s + strings.Repeat(p.fill, n)
	case '=':
		return sign + strings.Repeat(p.fill, n) + s
	case '^':
		return strings.Repeat(p.fill, n/2) + sign + s + strings.Repeat(p.fill, n-n/2)
	}
	return strings.Repeat(p.fill, n) + sign + s
}
