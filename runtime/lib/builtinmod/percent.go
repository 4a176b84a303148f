package builtinmod

import (
	"errors"
	"math/big"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.starlark.net/starlark"

	"starwire/runtime/py"
)

// A directive is what stands between a percent sign and its letter: flags, width and precision.
type directive struct {
	minus, plus, space, zero, alt bool
	width                         int
	prec                          int // -1 for none
}

// A percent formats the arguments of %, which are a tuple, a mapping, or one value.
type percent struct {
	thread *starlark.Thread
	out    strings.Builder
	args   starlark.Tuple
	single bool             // args is the one value itself
	dict   starlark.Mapping // or nil
	next   int
	format string
	wide   bool // the outcome is unicode text: widths count characters, and strings must be ASCII
}

// errWiden ends the formatting of a str whose argument is a Unicode: all of it is to be unicode.
var errWiden = errors.New("the text is unicode")

// formatText is format % args, of a str or a Unicode.
//
// stringobject.c, PyString_Format, which goes on with unicodeobject.c, PyUnicode_Format.
func formatText(thread *starlark.Thread, format, args starlark.Value) (starlark.Value, error) {
	if text, ok := py.AsBytes(format); ok && !py.IsUnicode(format) {
		s, wide, err := formatArgs(thread, text, args, false)
		if err == nil && wide {
			return textResult(thread, s)
		} else if err == nil {
			return result(thread, s)
		} else if err != errWiden {
			return nil, err
		}
	}
	text, _, err := py.AsText(format)
	if err != nil {
		return nil, err
	}
	s, _, err := formatArgs(thread, text, args, true)
	if err != nil {
		return nil, err
	}
	return textResult(thread, s)
}

// formatArgs returns format % args; wide of text that is unicode, and whether the outcome is. The error may
// be errWiden.
//
// stringobject.c, PyString_Format.
func formatArgs(thread *starlark.Thread, format string, args starlark.Value, wide bool) (string, bool, error) {
	p := &percent{thread: thread, format: format, wide: wide}
	if t, ok := args.(starlark.Tuple); ok {
		p.args = t
	} else if t, ok := args.(*py.Named); ok {
		p.args = t.Tuple()
	} else {
		p.args, p.single = starlark.Tuple{args}, true
		switch args.(type) {
		case starlark.String, *py.Unicode, *starlark.List:
		default:
			p.dict = mapping(args)
		}
	}
	for i := 0; ; {
		j := strings.IndexByte(format[i:], '%')
		if j < 0 {
			p.out.WriteString(format[i:])
			break
		}
		p.out.WriteString(format[i : i+j])
		n, err := p.directive(format, i+j+1)
		if err != nil {
			return "", false, err
		}
		i = n
		if p.out.Len() > maxText {
			return "", false, py.MemoryError.New(nil)
		}
	}
	if p.next < len(p.args) && p.dict == nil {
		return "", false, py.TypeError.Errorf("not all arguments converted during string formatting")
	}
	return p.out.String(), p.wide, nil
}

// arg returns the next argument.
func (p *percent) arg() (starlark.Value, error) {
	if p.next >= len(p.args) {
		return nil, py.TypeError.Errorf("not enough arguments for format string")
	}
	p.next++
	return p.args[p.next-1], nil
}

// directive formats the directive that begins after a percent sign at i and returns where it ends.
func (p *percent) directive(format string, i int) (int, error) {
	d := directive{prec: -1}
	var v starlark.Value
	if i < len(format) && format[i] == '(' {
		if p.dict == nil {
			return 0, py.TypeError.Errorf("format requires a mapping")
		}
		depth, start := 1, i+1
		for i++; i < len(format) && depth > 0; i++ {
			switch format[i] {
			case '(':
				depth++
			case ')':
				depth--
			}
		}
		if depth > 0 {
			return 0, py.ValueError.Errorf("incomplete format key")
		}
		key := starlark.Value(starlark.String(format[start : i-1]))
		if p.wide {
			key = py.Text(format[start : i-1])
		}
		var found bool
		var err error
		if v, found, err = p.dict.Get(key); err != nil {
			return 0, err
		} else if !found {
			return 0, py.KeyError.New(nil, key)
		}
	}
	i = d.flags(format, i)
	var err error
	if i, d.width, err = p.number(format, i, 0); err != nil {
		return 0, err
	}
	if d.width < 0 {
		d.minus, d.width = true, -d.width
	}
	if i < len(format) && format[i] == '.' {
		if i, d.prec, err = p.number(format, i+1, 0); err != nil {
			return 0, err
		}
		d.prec = max(d.prec, 0)
	}
	if d.width > maxText || d.prec > maxText {
		return 0, py.OverflowError.Errorf("formatted text is too long")
	}
	if i < len(format) && strings.IndexByte("hlL", format[i]) >= 0 {
		i++
	}
	if i >= len(format) {
		return 0, py.ValueError.Errorf("incomplete format")
	}
	c := format[i]
	if c == '%' {
		p.pad(d, "", "%", false)
		return i + 1, nil
	}
	if v == nil {
		if v, err = p.arg(); err != nil {
			return 0, err
		}
	}
	var s, sign string
	if wide, isText, textErr := p.text(c, v); isText {
		if s, err = wide, textErr; c == 's' {
			s = d.cut(wide)
		}
	} else {
		s, sign, err = d.convert(p.thread, c, v, i)
	}
	if err != nil {
		return 0, err
	}
	p.pad(d, sign, s, strings.IndexByte("sr", c) < 0 && c != 'c')
	return i + 1, nil
}

// text returns what %s shows of v in unicode text, and %c of a character or its number. isText is false for
// what is shown as in any other text. The error is errWiden if the text is no unicode yet.
//
// unicodeobject.c, PyUnicode_Format.
func (p *percent) text(c byte, v starlark.Value) (s string, isText bool, err error) {
	isUnicode := py.IsUnicode(v)
	switch {
	case c != 's' && c != 'c' || !p.wide && !isUnicode:
		if c == 's' {
			err = notASCII(v)
		}
		return "", err != nil, err
	case !p.wide && !p.widen():
		return "", true, errWiden
	case c == 's' && isUnicode:
		return py.Str(v), true, nil
	case c == 's':
		shown, err := Str(p.thread, v)
		if err == nil && notASCII(v) == nil { // no exception that shows unicode text
			_, _, err = py.AsText(starlark.String(shown))
		}
		return shown, true, err
	}
	if s, ok, err := py.AsText(v); ok {
		if err == nil && utf8.RuneCountInString(s) != 1 {
			err = py.TypeError.Errorf("%%c requires int or char")
		}
		return s, true, err
	}
	n, _ := number(v)
	if i, ok := n.(starlark.Int); ok {
		if r := clampInt(i); r >= 0 && r <= unicode.MaxRune {
			return string(py.AppendRune(nil, rune(r))), true, nil
		}
		return "", true, py.OverflowError.Errorf("%%c arg not in range(0x110000) (wide Python build)")
	}
	return "", false, nil
}

// widen makes the outcome unicode text, if what is there already would be the same in it.
func (p *percent) widen() bool {
	p.wide = py.IsASCII(p.format) && py.IsASCII(p.out.String())
	return p.wide
}

// cut leaves as many characters as the precision says.
func (d *directive) cut(s string) string {
	if d.prec < 0 {
		return s
	}
	n := 0
	for i := 0; i < len(s); n++ {
		if n == d.prec {
			return s[:i]
		}
		_, size := py.DecodeRune(s[i:])
		i += size
	}
	return s
}

// flags reads the flags at i and returns where they end.
func (d *directive) flags(format string, i int) int {
	for ; i < len(format); i++ {
		switch format[i] {
		case '-':
			d.minus = true
		case '+':
			d.plus = true
		case ' ':
			d.space = true
		case '0':
			d.zero = true
		case '#':
			d.alt = true
		default:
			return i
		}
	}
	return i
}

// number reads a width or precision at i: digits, or an asterisk, which takes an argument.
func (p *percent) number(format string, i, n int) (int, int, error) {
	if i < len(format) && format[i] == '*' {
		v, err := p.arg()
		if err != nil {
			return 0, 0, err
		}
		star, ok := v.(starlark.Int)
		if !ok {
			return 0, 0, py.TypeError.Errorf("* wants int")
		}
		return i + 1, clampInt(star), nil
	}
	for ; i < len(format) && '0' <= format[i] && format[i] <= '9'; i++ {
		if n = n*10 + int(format[i]-'0'); n > maxText {
			return 0, 0, py.ValueError.Errorf("width too big")
		}
	}
	return i, n, nil
}

// convert returns the text of v, apart from its sign and prefix.
func (d *directive) convert(thread *starlark.Thread, c byte, v starlark.Value, at int) (s, sign string, err error) {
	switch c {
	case 's', 'r':
		if c == 'r' {
			s, err = texter(thread).Repr(v)
		} else {
			s, err = texter(thread).Str(v)
		}
		if err != nil {
			return "", "", err
		}
		if d.prec >= 0 && d.prec < len(s) {
			s = s[:d.prec]
		}
		return s, "", nil
	case 'c':
		s, err = d.char(v)
		return s, "", err
	case 'd', 'i', 'u', 'o', 'x', 'X':
		return d.integer(c, v)
	case 'e', 'E', 'f', 'F', 'g', 'G':
		n, ok := number(v)
		if !ok {
			if _, text := py.AsBytes(v); !text {
				return "", "", py.TypeError.Errorf("float argument required, not %s", py.TypeName(v))
			}
			return "", "", py.TypeError.Errorf("float argument required, not str")
		}
		f, err := toFloat(n)
		if err != nil {
			return "", "", err
		}
		prec := d.prec
		if prec < 0 {
			prec = 6
		}
		s = floatText(float64(f), c, prec, d.alt)
		return d.signed(s)
	}
	if c > ' ' && c < 0x7f {
		return "", "", py.ValueError.Errorf("unsupported format character '%c' (0x%x) at index %d", c, c, at)
	}
	return "", "", py.ValueError.Errorf("unsupported format character '?' (0x%x) at index %d", c, at)
}

// signed splits the sign off a number's text, and adds the one that the flags ask for.
func (d *directive) signed(s string) (digits, sign string, err error) {
	switch {
	case strings.HasPrefix(s, "-"):
		return s[1:], "-", nil
	case d.plus:
		return s, "+", nil
	case d.space:
		return s, " ", nil
	}
	return s, "", nil
}

func (d *directive) char(v starlark.Value) (string, error) {
	if s, ok := py.AsBytes(v); ok {
		if len(s) == 1 {
			return s, nil
		}
		return "", py.TypeError.Errorf("%%c requires int or char")
	}
	n, ok := number(v)
	i, isInt := n.(starlark.Int)
	if !ok || !isInt {
		return "", py.TypeError.Errorf("%%c requires int or char")
	}
	if c := clampInt(i); c >= 0 && c < 256 {
		return string([]byte{byte(c)}), nil
	}
	return "", py.OverflowError.Errorf("unsigned byte integer is greater than maximum")
}

func (d *directive) integer(c byte, v starlark.Value) (s, sign string, err error) {
	n, ok := number(v)
	if !ok {
		return "", "", py.TypeError.Errorf("%%%c format: a number is required, not %s", c, py.TypeName(v))
	}
	if f, isFloat := n.(starlark.Float); isFloat {
		if n, err = truncate(float64(f)); err != nil {
			return "", "", err
		}
	}
	big := n.(starlark.Int).BigInt()
	s = integerText(big, c)
	prefix := ""
	if d.alt {
		switch {
		case c == 'x' || c == 'X':
			prefix = "0" + string(c)
		case c == 'o' && s != "0":
			prefix = "0"
		}
	}
	if pad := d.prec - len(s); pad > 0 {
		s = strings.Repeat("0", pad) + s
	}
	if big.Sign() < 0 {
		return s, "-" + prefix, nil
	}
	s, sign, _ = d.signed(s)
	return s, sign + prefix, nil
}

// integerText returns the digits of |n|.
func integerText(n *big.Int, c byte) string {
	n = new(big.Int).Abs(n)
	switch c {
	case 'o':
		return n.Text(8)
	case 'b':
		return n.Text(2)
	case 'x':
		return n.Text(16)
	case 'X':
		return strings.ToUpper(n.Text(16))
	}
	return n.String()
}

// pad writes the text with its sign in the directive's width.
func (p *percent) pad(d directive, sign, s string, numeric bool) {
	n := d.width - len(sign) - len(s)
	if p.wide {
		n = d.width - len(sign) - runes(s)
	}
	switch {
	case n <= 0:
		p.out.WriteString(sign + s)
	case d.minus:
		p.out.WriteString(sign + s)
		p.out.WriteString(strings.Repeat(" ", n))
	case d.zero && numeric:
		p.out.WriteString(sign)
		p.out.WriteString(strings.Repeat("0", n))
		p.out.WriteString(s)
	default:
		p.out.WriteString(strings.Repeat(" ", n))
		p.out.WriteString(sign + s)
	}
}
