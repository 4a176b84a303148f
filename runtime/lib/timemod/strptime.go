package timemod

import (
	"slices"
	"strings"
	"time"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/py"
)

// timeStrPTime is time.strptime(string[, format]).
//
// _strptime.py, _strptime
func timeStrPTime(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var data starlark.Value
	var format starlark.Value = starlark.String("%a %b %d %H:%M:%S %Y")
	if err := py.UnpackArgs(b.Name(), args, kwargs, "string", &data, "format?", &format); err != nil {
		return nil, err
	}
	formatText, ok := py.AsBytes(format)
	text, ok2 := py.AsBytes(data)
	if !ok || !ok2 {
		return nil, py.TypeError.Errorf("expected string or buffer")
	}
	tokens, err := parseFormat(formatText)
	if err != nil {
		return nil, err
	}
	if len(tokens) > maxTokens {
		return nil, py.ValueError.Errorf("format has more than %d parts", maxTokens)
	}
	now := host.From(thread).Now()
	m := matcher{tokens: tokens, s: text, failed: make(map[[2]int]bool), found: make([]string, len(tokens))}
	m.std, m.dst = zones(now.Location(), now.Year())
	end := m.match(0, 0)
	if end < 0 {
		return nil, py.ValueError.Errorf("time data %s does not match format %s", py.Quote(text), py.Quote(formatText))
	}
	if end != len(text) {
		return nil, py.ValueError.Errorf("unconverted data remains: %s", text[end:])
	}
	return m.result()
}

// maxTokens bounds the recursion of match.
const maxTokens = 1000

// A token is a directive, a run of white space (' '), or a literal text ('"').
type token struct {
	kind byte
	text string
}

// parseFormat cuts the format up. %c, %x and %X become their directives.
//
// _strptime.py, TimeRE.pattern
func parseFormat(format string) ([]token, error) {
	var tokens []token
	seen := make(map[byte]bool)
	for i := 0; i < len(format); {
		c := format[i]
		switch {
		case c == '%' && i+1 == len(format):
			return nil, py.ValueError.Errorf("stray %% in format '%s'", format)
		case c == '%':
			d := format[i+1]
			i += 2
			if long, ok := map[byte]string{'c': "%a %b %d %H:%M:%S %Y", 'x': "%m/%d/%y", 'X': "%H:%M:%S"}[d]; ok {
				inner, _ := parseFormat(long)
				for _, t := range inner {
					if err := note(seen, t.kind); err != nil {
						return nil, err
					}
				}
				tokens = append(tokens, inner...)
				continue
			}
			if d == '%' {
				tokens = append(tokens, token{'"', "%"})
				continue
			}
			if strings.IndexByte(`\.^$*+?(){}[]|`, d) >= 0 || py.IsSpace(d) {
				d = '%' // CPython has put a backslash before d by now, and reads that
			}
			if strings.IndexByte("aAbBdfHIjmMpSUwWyYZ", d) < 0 {
				return nil, py.ValueError.Errorf("'%c' is a bad directive in format '%s'", d, format)
			}
			if err := note(seen, d); err != nil {
				return nil, err
			}
			tokens = append(tokens, token{kind: d})
		case py.IsSpace(c):
			for i < len(format) && py.IsSpace(format[i]) {
				i++
			}
			tokens = append(tokens, token{kind: ' '})
		default:
			j := i
			for j < len(format) && format[j] != '%' && !py.IsSpace(format[j]) {
				j++
			}
			tokens = append(tokens, token{'"', format[i:j]})
			i = j
		}
	}
	return tokens, nil
}

// note refuses a directive that was there before.
func note(seen map[byte]bool, kind byte) error {
	if kind == ' ' || kind == '"' {
		return nil
	}
	if seen[kind] {
		return py.ValueError.Errorf("redefinition of directive '%%%c'", kind)
	}
	seen[kind] = true
	return nil
}

// A matcher holds tokens against s as the regular expression of _strptime.py
// would: the first alternative that lets the rest match wins.
type matcher struct {
	tokens   []token
	s        string
	found    []string        // what each token took
	failed   map[[2]int]bool // (token, offset) that led nowhere
	std, dst zone
}

// match returns where the tokens from t on end that begin at i, or -1.
func (m *matcher) match(t, i int) int {
	if t == len(m.tokens) {
		return i
	}
	key := [2]int{t, i}
	if m.failed[key] {
		return -1
	}
	for _, n := range m.lengths(m.tokens[t], m.s[i:]) {
		m.found[t] = m.s[i : i+n]
		if end := m.match(t+1, i+n); end >= 0 {
			return end
		}
	}
	m.failed[key] = true
	return -1
}

// lengths returns how many bytes of s the token may take, best first.
func (m *matcher) lengths(t token, s string) []int {
	switch t.kind {
	case '"':
		if len(s) >= len(t.text) && py.Lower(s[:len(t.text)]) == py.Lower(t.text) {
			return []int{len(t.text)}
		}
		return nil
	case ' ':
		n := 0
		for n < len(s) && py.IsSpace(s[n]) {
			n++
		}
		var all []int
		for ; n > 0; n-- {
			all = append(all, n)
		}
		return all
	case 'a', 'A', 'b', 'B', 'p', 'Z':
		var all []int
		for _, name := range m.names(t.kind) {
			if n := len(name); n > 0 && len(s) >= n && py.Lower(s[:n]) == name {
				all = append(all, n)
			}
		}
		return all
	}
	var all []int
	for _, n := range [...]int{6, 5, 4, 3, 2, 1} {
		if n <= len(s) && number(t.kind, s[:n]) {
			all = append(all, n)
		}
	}
	return all
}

// names returns the words a directive knows, in small letters, longest first.
func (m *matcher) names(kind byte) []string {
	var names []string
	switch kind {
	case 'a', 'A':
		names = dayNames
	case 'b', 'B':
		names = monthNames
	case 'p':
		names = []string{"am", "pm"}
	case 'Z':
		names = []string{"utc", "gmt", m.std.name, m.dst.name}
	}
	lower := make([]string, len(names))
	for i, name := range names {
		if lower[i] = py.Lower(name); kind == 'a' || kind == 'b' {
			lower[i] = lower[i][:3]
		}
	}
	slices.SortStableFunc(lower, func(a, b string) int { return len(b) - len(a) })
	return lower
}

// number reports whether the numeric directive takes all of s.
//
// _strptime.py, TimeRE.__init__
func number(kind byte, s string) bool {
	if kind == 'd' && len(s) == 2 && s[0] == ' ' {
		return '1' <= s[1] && s[1] <= '9'
	}
	n := 0
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || '9' < s[i] {
			return false
		}
		n = n*10 + int(s[i]-'0')
	}
	switch kind {
	case 'f':
		return true
	case 'Y':
		return len(s) == 4
	case 'y':
		return len(s) == 2
	case 'j':
		return len(s) <= 3 && 1 <= n && n <= 366
	case 'w':
		return len(s) == 1 && n <= 6
	case 'H':
		return len(s) <= 2 && n <= 23
	case 'M':
		return len(s) <= 2 && n <= 59
	case 'S':
		return len(s) <= 2 && n <= 61
	case 'U', 'W':
		return len(s) <= 2 && n <= 53
	case 'd':
		return len(s) <= 2 && 1 <= n && n <= 31
	default: // m and I
		return len(s) <= 2 && 1 <= n && n <= 12
	}
}

// result makes a struct_time of what was found.
func (m *matcher) result() (starlark.Value, error) {
	year, haveYear := 1900, false
	month, day, hour, minute, second := 1, 1, 0, 0, 0
	isdst, week, weekday, yday := -1, -1, -1, -1 // unknown
	mondays := false
	noon := 0 // what %p adds to %I
	if i := slices.IndexFunc(m.tokens, func(t token) bool { return t.kind == 'p' }); i >= 0 && py.Lower(m.found[i]) == "pm" {
		noon = 12
	}
	for i, t := range m.tokens {
		s := py.Lower(m.found[i])
		n64, _ := py.Int10(s)
		n := int(n64)
		switch t.kind {
		case 'y':
			year, haveYear = 1900+n, true
			if n <= 68 {
				year += 100
			}
		case 'Y':
			year, haveYear = n, true
		case 'm':
			month = n
		case 'b', 'B':
			month = indexPrefix(monthNames, s) + 1
		case 'd':
			day = n
		case 'H':
			hour = n
		case 'I':
			hour = n%12 + noon
		case 'M':
			minute = n
		case 'S':
			second = n
		case 'a', 'A':
			weekday = (indexPrefix(dayNames, s) + 6) % 7
		case 'w':
			weekday = (n + 6) % 7
		case 'j':
			yday = n
		case 'U', 'W':
			week, mondays = n, t.kind == 'W'
		case 'Z':
			isdst = m.isDST(s)
		}
	}
	// 29 February without a year needs one that has it, to find its weekday.
	leapFix := !haveYear && month == 2 && day == 29
	if leapFix {
		year = 1904
	}
	if yday < 0 && week >= 0 && weekday >= 0 {
		if year < 1 {
			return nil, py.ValueError.Errorf("year is out of range")
		}
		if yday = dayOfWeek(year, week, weekday, mondays); yday <= 0 {
			year--
			yday += daysIn(year)
		}
	}
	if yday < 0 {
		if year < 1 {
			return nil, py.ValueError.Errorf("year is out of range")
		}
		date := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
		if date.Day() != day {
			return nil, py.ValueError.Errorf("day is out of range for month")
		}
		yday = date.YearDay()
	} else {
		date := time.Date(year, 1, yday, 0, 0, 0, 0, time.UTC)
		if year < 1 || date.Year() > 9999 {
			return nil, py.ValueError.Errorf("year is out of range")
		}
		year, month, day = date.Year(), int(date.Month()), date.Day()
	}
	if weekday < 0 {
		weekday = (int(time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC).Weekday()) + 6) % 7
	}
	if leapFix {
		year = 1900
	}
	items := make([]starlark.Value, 0, 9)
	for _, n := range []int{year, month, day, hour, minute, second, weekday, yday, isdst} {
		items = append(items, starlark.MakeInt(n))
	}
	return structTimeType.New(items...), nil
}

// isDST is the isdst of a zone's name, in small letters.
func (m *matcher) isDST(name string) int {
	switch {
	case name == "utc" || name == "gmt":
		return 0
	case m.std.name == m.dst.name && m.std != m.dst:
		return -1 // the name does not say
	case name == py.Lower(m.std.name):
		return 0
	}
	return 1
}

// indexPrefix finds the name that begins with s, which is in small letters.
func indexPrefix(names []string, s string) int {
	return slices.IndexFunc(names, func(name string) bool { return strings.HasPrefix(py.Lower(name), s) })
}

// dayOfWeek returns the day of the year, perhaps before its first, of a weekday
// (0 is Monday) in a week that begins on Monday or Sunday.
//
// _strptime.py, _calc_julian_from_U_or_W
func dayOfWeek(year, week, weekday int, mondays bool) int {
	first := (int(time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC).Weekday()) + 6) % 7
	if !mondays {
		first = (first + 1) % 7
		weekday = (weekday + 1) % 7
	}
	if week == 0 {
		return 1 + weekday - first
	}
	return 1 + (7-first)%7 + 7*(week-1) + weekday
}
