package remod

import (
	"math"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/py"
)

// subArgs unpacks (repl, string, count=0) of sub and subn.
func subArgs(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, int, error) {
	var repl, v starlark.Value
	var limit starlark.Int
	if err := py.UnpackAny(b.Name(), args, kwargs, "repl", &repl, "string", &v, "count?", &limit); err != nil {
		return nil, 0, err
	}
	return sub(thread, b.Receiver().(*Pattern), repl, v, saturate(limit))
}

// patternSub is p.sub(repl, string[, count]).
func patternSub(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	s, _, err := subArgs(thread, b, args, kwargs)
	return s, err
}

// patternSubN is p.subn(repl, string[, count]): the text and how often it was changed.
func patternSubN(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	s, n, err := subArgs(thread, b, args, kwargs)
	return starlark.Tuple{s, starlark.MakeInt(n)}, err
}

// A substitution is the text that sub puts together. What is put together is unicode text if a part of it
// is, or the text that is searched.
type substitution struct {
	thread *starlark.Thread
	text   []byte
	wide   bool
	mixed  bool   // unicode text may be among the parts
	narrow string // the first part that is a str beyond ASCII, which must not meet unicode text
}

// write adds a part.
func (s *substitution) write(c py.Chars) (err error) {
	s.wide = s.wide || c.Wide
	if s.mixed && !c.Wide && s.narrow == "" && !py.IsASCII(c.S) {
		s.narrow = c.S
	}
	if s.text, err = host.Grow(s.thread, s.text, len(c.S)); err == nil {
		s.text = append(s.text, c.S...)
	}
	return err
}

// sub replaces the matches in the text, at most limit of them (0: all), by a
// template or by what a function makes of each. An empty match next to the one
// before is left alone.
//
// _sre.c, pattern_subx
func sub(thread *starlark.Thread, p *Pattern, repl, v starlark.Value, limit int64) (text starlark.Value, n int, err error) {
	replace, err := replacer(thread, p, repl)
	if err != nil {
		return nil, 0, err
	}
	sc, err := newScan(thread, p, v, 0, math.MaxInt64)
	if err != nil {
		return nil, 0, err
	}
	with, isText := py.CharsOf(repl)
	out := substitution{thread: thread, wide: sc.s.Wide, mixed: !isText || with.Wide || sc.s.Wide}
	last := 0
	for limit == 0 || int64(n) < limit {
		m, err := sc.next()
		if err != nil {
			return nil, 0, err
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
			return nil, 0, err
		}
		if err := out.write(sc.s.Of(sc.s.S[last:start])); err != nil {
			return nil, 0, err
		}
		if err := out.write(with); err != nil {
			return nil, 0, err
		}
		if err := host.Spend(thread, len(with.S)/host.BytesPerStep); err != nil {
			return nil, 0, err
		}
		last = end
		n++
	}
	if err := out.write(sc.s.Of(sc.s.S[last:])); err != nil {
		return nil, 0, err
	}
	if out.wide && out.narrow != "" {
		return nil, 0, py.NotASCII(out.narrow)
	}
	return py.Chars{S: host.String(out.text), Wide: out.wide}.Value(), n, nil
}

// replacer returns what makes the replacement for a match.
func replacer(thread *starlark.Thread, p *Pattern, repl starlark.Value) (func(m *Match) (py.Chars, error), error) {
	if text, ok := py.CharsOf(repl); ok {
		t, err := parseTemplate(text, p)
		return func(m *Match) (py.Chars, error) { return t.expand(thread, m) }, err
	}
	fn, ok := repl.(starlark.Callable)
	if !ok {
		return nil, py.TypeError.Errorf("expected string or buffer")
	}
	return func(m *Match) (py.Chars, error) {
		v, err := starlark.Call(thread, fn, starlark.Tuple{m}, nil)
		if err != nil || v == starlark.None {
			return py.Chars{}, err
		}
		c, ok := py.CharsOf(v)
		if !ok {
			return c, py.TypeError.Errorf("expected string, %s found", py.TypeName(v))
		}
		return c, nil
	}, nil
}
