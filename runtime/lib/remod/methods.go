package remod

import (
	"math"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/lazy"
	"starwire/runtime/py"
)

func patternMethods() map[string]*starlark.Builtin {
	return patternMethodsTable.Get(func() map[string]*starlark.Builtin {
		return map[string]*starlark.Builtin{
			"findall":  starlark.NewBuiltin("findall", patternFindAll),
			"finditer": starlark.NewBuiltin("finditer", patternFindIter),
			"match":    starlark.NewBuiltin("match", patternMatch),
			"search":   starlark.NewBuiltin("search", patternSearch),
			"split":    starlark.NewBuiltin("split", patternSplit),
			"sub":      starlark.NewBuiltin("sub", patternSub),
			"subn":     starlark.NewBuiltin("subn", patternSubN),
		}
	})
}

var patternMethodsTable lazy.Value[map[string]*starlark.Builtin]

// A scan goes over the matches in a text, one after the other, as CPython does:
// after an empty match it looks on one byte further.
type scan struct {
	thread      *starlark.Thread
	pattern     *Pattern
	subject     starlark.Value
	s           string // up to endpos
	pos, endpos int
	high        int // from here on, s is ASCII
	at          int // where to look next
}

// newScan begins a scan of the text v from pos to endpos.
func newScan(thread *starlark.Thread, p *Pattern, v starlark.Value, pos, endpos int64) (*scan, error) {
	s, ok := py.AsBytes(v)
	if !ok {
		return nil, py.TypeError.Errorf("expected string or buffer")
	}
	clamp := func(n int64) int { return int(min(max(n, 0), int64(len(s)))) }
	sc := &scan{thread: thread, pattern: p, subject: v, pos: clamp(pos), endpos: clamp(endpos)}
	sc.s, sc.at = s[:sc.endpos], sc.pos
	sc.high = min(cachedHighEnd(host.From(thread), s), sc.endpos)
	return sc, nil
}

// find returns the match at or after at, or nil.
func (sc *scan) find(mode variant) (*Match, error) {
	if sc.at > len(sc.s) {
		return nil, nil
	}
	spans, err := sc.pattern.find(host.From(sc.thread), sc.s, sc.at, sc.high, mode)
	if spans == nil || err != nil {
		return nil, err
	}
	return &Match{pattern: sc.pattern, subject: sc.subject, s: sc.s, pos: sc.pos, endpos: sc.endpos, spans: spans}, nil
}

// next returns the next match, or nil.
func (sc *scan) next() (*Match, error) {
	from := sc.at
	m, err := sc.find(0)
	if m == nil {
		if err == nil {
			err = host.Spend(sc.thread, (len(sc.s)-min(from, len(sc.s)))/host.BytesPerStep)
		}
		return nil, err
	}
	sc.at = m.spans[1]
	if m.spans[0] == m.spans[1] {
		sc.at++
	}
	return m, host.Spend(sc.thread, 1+(sc.at-from)/host.BytesPerStep)
}

// scanArgs unpacks (string, pos=0, endpos=…) of a method.
func scanArgs(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (*scan, error) {
	var v starlark.Value
	var pos, endpos starlark.Int
	endpos = starlark.MakeInt64(math.MaxInt64)
	if err := py.UnpackArgs(b.Name(), args, kwargs, "string", &v, "pos?", &pos, "endpos?", &endpos); err != nil {
		return nil, err
	}
	return newScan(thread, b.Receiver().(*Pattern), v, saturate(pos), saturate(endpos))
}

// saturate is n as an int64, or the end of int64 it is beyond.
func saturate(n starlark.Int) int64 {
	switch x, ok := n.Int64(); {
	case ok:
		return x
	case n.Sign() < 0:
		return math.MinInt64
	}
	return math.MaxInt64
}

// orNone returns the match, or None.
func orNone(m *Match, err error) (starlark.Value, error) {
	if m == nil || err != nil {
		return starlark.None, err
	}
	return m, nil
}

// patternMatch is p.match(string[, pos[, endpos]]).
func patternMatch(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	sc, err := scanArgs(thread, b, args, kwargs)
	if err != nil {
		return nil, err
	}
	return orNone(sc.find(anchored))
}

// patternSearch is p.search(string[, pos[, endpos]]).
func patternSearch(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	sc, err := scanArgs(thread, b, args, kwargs)
	if err != nil {
		return nil, err
	}
	return orNone(sc.next())
}

// patternFindAll is p.findall(string[, pos[, endpos]]).
func patternFindAll(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	sc, err := scanArgs(thread, b, args, kwargs)
	if err != nil {
		return nil, err
	}
	return findAll(sc)
}

// findAll lists the matches: their texts, or what their groups caught.
func findAll(sc *scan) (starlark.Value, error) {
	const none = starlark.String("")
	var all []starlark.Value
	for {
		m, err := sc.next()
		if err != nil {
			return nil, err
		}
		if m == nil {
			return starlark.NewList(all), nil
		}
		switch sc.pattern.groups {
		case 0:
			all = append(all, m.group(0, none))
		case 1:
			all = append(all, m.group(1, none))
		default:
			texts := make(starlark.Tuple, sc.pattern.groups)
			for i := range texts {
				texts[i] = m.group(i+1, none)
			}
			all = append(all, texts)
		}
	}
}

// patternFindIter is p.finditer(string[, pos[, endpos]]).
func patternFindIter(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	sc, err := scanArgs(thread, b, args, kwargs)
	if err != nil {
		return nil, err
	}
	return &matches{scan: sc}, nil
}

// patternSplit is p.split(string[, maxsplit]).
func patternSplit(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var v starlark.Value
	var limit starlark.Int
	if err := py.UnpackArgs(b.Name(), args, kwargs, "string", &v, "maxsplit?", &limit); err != nil {
		return nil, err
	}
	return split(thread, b.Receiver().(*Pattern), v, saturate(limit))
}

// split cuts the text at its matches that are not empty, at most limit times
// (0: always).
//
// _sre.c, pattern_split
func split(thread *starlark.Thread, p *Pattern, v starlark.Value, limit int64) (starlark.Value, error) {
	sc, err := newScan(thread, p, v, 0, math.MaxInt64)
	if err != nil {
		return nil, err
	}
	var parts []starlark.Value
	last := 0
	for n := int64(0); limit == 0 || n < limit; {
		m, err := sc.next()
		if err != nil {
			return nil, err
		}
		if m == nil {
			break
		}
		if m.spans[0] == m.spans[1] {
			if last == len(sc.s) {
				break
			}
			continue
		}
		parts = append(parts, starlark.String(sc.s[last:m.spans[0]]))
		for i := range p.groups {
			parts = append(parts, m.group(i+1, starlark.None))
		}
		last = m.spans[1]
		n++
	}
	return starlark.NewList(append(parts, starlark.String(sc.s[last:]))), nil
}

// subArgs unpacks (repl, string, count=0) of sub and subn.
func subArgs(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (string, int, error) {
	var repl, v starlark.Value
	var limit starlark.Int
	if err := py.UnpackArgs(b.Name(), args, kwargs, "repl", &repl, "string", &v, "count?", &limit); err != nil {
		return "", 0, err
	}
	return sub(thread, b.Receiver().(*Pattern), repl, v, saturate(limit))
}

// patternSub is p.sub(repl, string[, count]).
func patternSub(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	s, _, err := subArgs(thread, b, args, kwargs)
	return starlark.String(s), err
}

// patternSubN is p.subn(repl, string[, count]): the text and how often it was changed.
func patternSubN(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	s, n, err := subArgs(thread, b, args, kwargs)
	return starlark.Tuple{starlark.String(s), starlark.MakeInt(n)}, err
}

// sub replaces the matches in the text, at most limit of them (0: all), by a
// template or by what a function makes of each. An empty match next to the one
// before is left alone.
//
// _sre.c, pattern_subx
func sub(thread *starlark.Thread, p *Pattern, repl, v starlark.Value, limit int64) (text string, n int, err error) {
	replace, err := replacer(thread, p, repl)
	if err != nil {
		return "", 0, err
	}
	sc, err := newScan(thread, p, v, 0, math.MaxInt64)
	if err != nil {
		return "", 0, err
	}
	var b []byte
	last := 0
	for limit == 0 || int64(n) < limit {
		m, err := sc.next()
		if err != nil {
			return "", 0, err
		}
		if m == nil {
			break
		}
		start, end := m.spans[0], m.spans[1]
		if start == end && start == last && n > 0 {
			continue
		}
		with, err := replace(m)
		if err != nil {
			return "", 0, err
		}
		if b, err = host.Grow(thread, b, start-last+len(with)); err != nil {
			return "", 0, err
		}
		b = append(append(b, sc.s[last:start]...), with...)
		if err := host.Spend(thread, len(with)/host.BytesPerStep); err != nil {
			return "", 0, err
		}
		last = end
		n++
	}
	if b, err = host.Grow(thread, b, len(sc.s)-last); err != nil {
		return "", 0, err
	}
	text = host.String(append(b, sc.s[last:]...))
	if py.IsUnicode(v) || n > 0 && py.IsUnicode(repl) {
		if u, ok := py.Text(text).(starlark.String); ok {
			text = string(u)
		}
	}
	return text, n, nil
}

// replacer returns what makes the replacement for a match.
func replacer(thread *starlark.Thread, p *Pattern, repl starlark.Value) (func(m *Match) (string, error), error) {
	if text, ok := py.AsBytes(repl); ok {
		t, err := parseTemplate(text, p)
		return func(m *Match) (string, error) { return t.expand(thread, m) }, err
	}
	fn, ok := repl.(starlark.Callable)
	if !ok {
		return nil, py.TypeError.Errorf("expected string or buffer")
	}
	return func(m *Match) (string, error) {
		v, err := starlark.Call(thread, fn, starlark.Tuple{m}, nil)
		if err != nil || v == starlark.None {
			return "", err
		}
		s, ok := py.AsBytes(v)
		if !ok {
			return "", py.TypeError.Errorf("expected string, %s found", py.TypeName(v))
		}
		return s, nil
	}, nil
}
