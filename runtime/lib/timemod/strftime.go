package timemod

import (
	"strconv"
	"strings"
	"time"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/py"
)

// fieldsArg unpacks the optional tuple of asctime: local time by default.
func fieldsArg(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (fields, error) {
	var v starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "tuple?", &v); err != nil {
		return fields{}, err
	}
	return checkedFields(thread, v)
}

// checkedFields are those of v, or of the local time if v is nil.
func checkedFields(thread *starlark.Thread, v starlark.Value) (fields, error) {
	if v == nil {
		return fieldsOf(host.From(thread).Now()), nil
	}
	f, err := unpackFields(v)
	if err != nil {
		return f, err
	}
	return f, f.check()
}

// timeStrFTime is time.strftime(format[, tuple]): glibc's strftime in the C
// locale, with its flags (-_0^#), widths and modifiers.
func timeStrFTime(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var format, v starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "format", &format, "tuple?", &v); err != nil {
		return nil, err
	}
	text, ok := py.AsBytes(format)
	if !ok {
		return nil, py.TypeError.Errorf("strftime() argument 1 must be string, not %s", py.TypeName(format))
	}
	if strings.IndexByte(text, 0) >= 0 {
		return nil, py.TypeError.Errorf("strftime() argument 1 must be string without null bytes, not str")
	}
	f, err := checkedFields(thread, v)
	if err != nil {
		return nil, err
	}
	// timemodule.c doubles its buffer so far, and then gives up with ''.
	limit := 1024
	for limit < 256*len(text) {
		limit *= 2
	}
	now := host.From(thread).Now()
	p := printer{fields: f, loc: now.Location(), limit: limit}
	p.std, p.dst = zones(now.Location(), now.Year())
	p.format(text)
	if len(p.out) >= limit {
		p.out = nil
	}
	return starlark.String(p.out), nil
}

// A printer writes fields as a format says.
type printer struct {
	fields
	loc      *time.Location
	std, dst zone
	out      []byte
	limit    int // bytes: more are not wanted

	// How the directive at hand is written.
	pad   byte // '-', '_', '0', or 0
	upper bool
	swap  bool // flag #: the other case
	width int
}

func (p *printer) format(format string) {
	for i := 0; i < len(format) && len(p.out) < p.limit; i++ {
		if format[i] != '%' {
			p.out = append(p.out, format[i])
			continue
		}
		start := i
		p.pad, p.upper, p.swap, p.width = 0, false, false, 0
		i++
	flags:
		for ; i < len(format); i++ {
			switch format[i] {
			case '-', '_', '0':
				p.pad = format[i]
			case '^':
				p.upper = true
			case '#':
				p.swap = true
			default:
				break flags
			}
		}
		for ; i < len(format) && '0' <= format[i] && format[i] <= '9'; i++ {
			p.width = min(p.width*10+int(format[i]-'0'), p.limit)
		}
		valid := ""
		if i < len(format) && (format[i] == 'E' || format[i] == 'O') {
			valid = map[byte]string{'E': "cCxXyY", 'O': "deHImMSuUVwWy"}[format[i]]
			i++
		}
		if i >= len(format) {
			p.out = append(p.out, format[start:]...)
			return
		}
		if valid != "" && strings.IndexByte(valid, format[i]) < 0 || !p.directive(format[i]) {
			p.out = append(p.out, format[start:i+1]...)
		}
	}
}

// directive writes one conversion; ok is false if there is no such.
func (p *printer) directive(c byte) (ok bool) {
	switch c {
	case '%':
		p.text("%")
	case 'n':
		p.text("\n")
	case 't':
		p.text("\t")
	case 'a':
		p.name(dayNames[p.wday][:3])
	case 'A':
		p.name(dayNames[p.wday])
	case 'b', 'h':
		p.name(monthNames[p.mon][:3])
	case 'B':
		p.name(monthNames[p.mon])
	case 'c':
		p.sub("%a %b %e %H:%M:%S %Y")
	case 'D', 'x':
		p.sub("%m/%d/%y")
	case 'F':
		p.sub("%Y-%m-%d")
	case 'r':
		p.sub("%I:%M:%S %p")
	case 'R':
		p.sub("%H:%M")
	case 'T', 'X':
		p.sub("%H:%M:%S")
	case 'C':
		p.number(p.year/100, 2, '0')
	case 'd':
		p.number(p.mday, 2, '0')
	case 'e':
		p.number(p.mday, 2, '_')
	case 'H':
		p.number(p.hour, 2, '0')
	case 'k':
		p.number(p.hour, 2, '_')
	case 'I':
		p.number(p.hour12(), 2, '0')
	case 'l':
		p.number(p.hour12(), 2, '_')
	case 'j':
		p.number(p.yday+1, 3, '0')
	case 'm':
		p.number(p.mon+1, 2, '0')
	case 'M':
		p.number(p.min, 2, '0')
	case 'S':
		p.number(p.sec, 2, '0')
	case 's':
		p.number(int(p.unix(p.loc)), 1, '0')
	case 'u':
		p.number((p.wday+6)%7+1, 1, '0')
	case 'w':
		p.number(p.wday, 1, '0')
	case 'U':
		p.number((p.yday-p.wday+7)/7, 2, '0')
	case 'W':
		p.number((p.yday-(p.wday+6)%7+7)/7, 2, '0')
	case 'V':
		_, week := p.isoWeek()
		p.number(week, 2, '0')
	case 'G':
		year, _ := p.isoWeek()
		p.number(year, 1, '0')
	case 'g':
		year, _ := p.isoWeek()
		p.number(year%100, 2, '0')
	case 'y':
		p.number(p.year%100, 2, '0')
	case 'Y':
		p.number(p.year, 1, '0')
	case 'p':
		text := p.ampm()
		if p.swap {
			text, p.upper = strings.ToLower(text), false
		}
		p.text(text)
	case 'P':
		p.upper = false
		p.text(strings.ToLower(p.ampm()))
	case 'z':
		// struct_time has no offset, so CPython 2.7 says +0000 whatever the zone.
		if p.isdst >= 0 {
			p.text("+0000")
		}
	case 'Z':
		p.zoneName()
	default:
		return false
	}
	return true
}

func (p *printer) zoneName() {
	name := ""
	switch p.isdst {
	case 0:
		name = p.std.name
	case 1:
		name = p.dst.name
	}
	if p.swap {
		name, p.upper = strings.ToLower(name), false
	}
	p.text(name)
}

func (p *printer) hour12() int { return (p.hour+11)%12 + 1 }

func (p *printer) ampm() string {
	if p.hour < 12 {
		return "AM"
	}
	return "PM"
}

// text writes s to the right of its width.
func (p *printer) text(s string) {
	fill := byte(' ')
	if p.pad == '0' {
		fill = '0'
	}
	for n := p.width - len(s); n > 0; n-- {
		p.out = append(p.out, fill)
	}
	if p.upper {
		s = strings.ToUpper(s)
	}
	p.out = append(p.out, s...)
}

// name writes the name of a day or a month.
func (p *printer) name(s string) {
	p.upper = p.upper || p.swap
	p.text(s)
}

// sub writes what a longer format says.
func (p *printer) sub(format string) {
	inner := printer{fields: p.fields, loc: p.loc, std: p.std, dst: p.dst, limit: p.limit}
	inner.format(format)
	p.text(string(inner.out))
}

// number writes n in at least so many digits, filled by the flag's byte or pad.
func (p *printer) number(n, digits int, pad byte) {
	if p.pad == 0 {
		p.pad = pad
	}
	s := strconv.Itoa(n)
	if p.pad != '-' {
		fill := "0"
		if p.pad == '_' {
			fill = " "
		}
		if missing := max(digits, p.width) - len(s); missing > 0 {
			s = strings.Repeat(fill, missing) + s
		}
	}
	p.text(s)
}

// isoWeek returns the year and number of the ISO 8601 week.
func (p *printer) isoWeek() (year, week int) {
	// days counts from the Monday of week 1 of the year whose day yday is.
	days := func(yday int) int { return yday - (yday-p.wday+4+378)%7 + 3 }
	year = p.year
	d := days(p.yday)
	if d < 0 {
		year--
		d = days(p.yday + daysIn(year))
	} else if next := days(p.yday - daysIn(year)); next >= 0 {
		year++
		d = next
	}
	return year, d/7 + 1
}

func daysIn(year int) int {
	if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
		return 366
	}
	return 365
}
