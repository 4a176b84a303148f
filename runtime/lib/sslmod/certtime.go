package sslmod

import (
	"slices"
	"strings"
	"time"

	"go.starlark.net/starlark"

	"starwire/runtime/py"
)

const certTimeFormat = " %d %H:%M:%S %Y GMT"

var months = []string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}

// certTimeToSeconds is ssl.cert_time_to_seconds("Jan  5 09:34:43 2018 GMT").
func certTimeToSeconds(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var arg py.ByteStr
	if err := py.UnpackArgs(b.Name(), args, kwargs, "cert_time", &arg); err != nil {
		return nil, err
	}
	s := string(arg)
	cut := min(3, len(s))
	month := slices.Index(months, py.Lower(s[:cut])) + 1
	if month == 0 {
		return nil, py.ValueError.Errorf("time data %s does not match format \"%%b%s\"", py.Quote(s), certTimeFormat)
	}
	t := scanner{s: s[cut:], ok: true}
	t.space()
	day := t.number(1, 31)
	t.space()
	hour := t.number(0, 23)
	t.text(":")
	minute := t.number(0, 59)
	t.text(":")
	second := t.number(0, 61)
	t.space()
	year := t.year()
	t.space()
	t.text("gmt")
	switch {
	case !t.ok || year < 1:
		return nil, py.ValueError.Errorf("time data %s does not match format %s", py.Quote(s[cut:]), py.Quote(certTimeFormat))
	case t.s != "":
		return nil, py.ValueError.Errorf("unconverted data remains: %s", t.s)
	}
	// time.Date carries over what is beyond a month or a minute, as timegm does.
	return starlark.MakeInt64(time.Date(year, time.Month(month), day, hour, minute, second, 0, time.UTC).Unix()), nil
}

// scanner reads what strptime's formats match. Lib/_strptime.py.
type scanner struct {
	s  string
	ok bool
}

// space takes white space, at least one byte of it.
func (t *scanner) space() {
	i := 0
	for i < len(t.s) && py.IsSpace(t.s[i]) {
		i++
	}
	t.ok = t.ok && i > 0
	t.s = t.s[i:]
}

// text takes the given letters, in either case.
func (t *scanner) text(s string) {
	if len(t.s) < len(s) || !strings.EqualFold(t.s[:len(s)], s) {
		t.ok = false
		return
	}
	t.s = t.s[len(s):]
}

// number takes two digits, or one where two are none or too many.
func (t *scanner) number(lowest, highest int) int {
	for _, digits := range []int{2, 1} {
		if n, ok := decimal(t.s, digits); ok && lowest <= n && n <= highest {
			t.s = t.s[digits:]
			return n
		}
	}
	t.ok = false
	return 0
}

// year takes four digits.
func (t *scanner) year() int {
	n, ok := decimal(t.s, 4)
	if !ok {
		t.ok = false
		return 0
	}
	t.s = t.s[4:]
	return n
}

// decimal reads exactly so many digits.
func decimal(s string, digits int) (int, bool) {
	if len(s) < digits {
		return 0, false
	}
	n := 0
	for _, c := range []byte(s[:digits]) {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}
