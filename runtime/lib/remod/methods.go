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
// after an empty match it looks on one character further.
type scan struct {
	thread      *starlark.Thread
	pattern     *Pattern
	subject     starlark.Value
	s           py.Chars // up to endpos
	mode        variant  // wide, if the text is unicode beyond ASCII
	pos, endpos int      // offsets in bytes
	high        int      // from here on, s is ASCII
	at          int      // where to look next
}

// newScan begins a scan of the text v from pos to endpos.
func newScan(thread *starlark.Thread, p *Pattern, v starlark.Value, pos, endpos int64) (*scan, error) {
	c, ok := py.CharsOf(v)
	if !ok {
		return nil, py.TypeError.Errorf("expected string or buffer")
	}
	clamp := func(n int64) int { return int(min(max(n, 0), int64(len(c.S)))) }
	sc := &scan{thread: thread, pattern: p, subject: v}
	if u, ok := v.(*py.Unicode); ok {
		sc.mode = wide
		clamp = func(n int64) int { return u.Offset(int(min(max(n, 0), int64(u.Len())))) }
	}
	sc.pos, sc.endpos = clamp(pos), clamp(endpos)
	sc.s, sc.at = c.Of(c.S[:sc.endpos]), sc.pos
	sc.high = min(cachedHighEnd(host.From(thread), c.S, sc.mode == wide), sc.endpos)
	return sc, nil
}

// find returns the match at or after at, or nil.
func (sc *scan) find(mode variant) (*Match, error) {
	if sc.at > len(sc.s.S) {
		return nil, nil
	}
	spans, err := sc.pattern.find(host.From(sc.thread), sc.s.S, sc.at, sc.high, sc.mode|mode)
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
			err = host.Spend(sc.thread, (len(sc.s.S)-min(from, len(sc.s.S)))/host.BytesPerStep)
		}
		return nil, err
	}
	sc.at = m.spans[1]
	if m.spans[0] == m.spans[1] {
		n := 1
		if sc.mode == wide && sc.at < len(sc.s.S) {
			_, n = py.DecodeRune(sc.s.S[sc.at:])
		}
		sc.at += n
	}
	return m, host.Spend(sc.thread, 1+(sc.at-from)/host.BytesPerStep)
}

// scanArgs unpacks (string, pos=0, endpos=…) of a method.
func scanArgs(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (*scan, error) {
	var v starlark.Value
	var pos, endpos starlark.Int
	endpos = starlark.MakeInt64(math.MaxInt64)
	if err := py.UnpackAny(b.Name(), args, kwargs, "string", &v, "pos?", &pos, "endpos?", &endpos); err != nil {
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
	none := sc.s.Of("").Value()
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
	if err := py.UnpackAny(b.Name(), args, kwargs, "string", &v, "maxsplit?", &limit); err != nil {
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
			if last == len(sc.s.S) {
				break
			}
			continue
		}
		parts = append(parts, sc.s.Of(sc.s.S[last:m.spans[0]]).Value())
		for i := range p.groups {
			parts = append(parts, m.group(i+1, starlark.None))
		}
		last = m.spans[1]
		n++
	}
	return starlark.NewList(append(parts, sc.s.Of(sc.s.S[last:]).Value())), nil
}
