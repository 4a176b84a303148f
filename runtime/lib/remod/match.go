package remod

import (
	"cmp"
	"slices"

	"go.starlark.net/starlark"

	"starwire/runtime/lazy"
	"starwire/runtime/py"
)

// A Match is what match and search return. It is immutable.
type Match struct {
	pattern     *Pattern
	subject     starlark.Value // what was matched: the text itself
	s           py.Chars       // the same, up to endpos
	pos, endpos int            // bytes
	spans       []int          // two for each group, the whole first; -1 for none
}

var (
	_ starlark.HasAttrs = (*Match)(nil)
	_ py.Reprer         = (*Match)(nil)
)

// groupNames returns the names of the groups in their order.
func (p *Pattern) groupNames() []string {
	names := make([]string, 0, len(p.names))
	for n := range p.names {
		names = append(names, n)
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Compare(p.names[a], p.names[b]) })
	return names
}

// String returns <_sre.SRE_Match object>, without an address.
func (m *Match) String() string { return "<_sre.SRE_Match object>" }

// Repr returns the same text as String.
func (m *Match) Repr() string { return m.String() }

// Type returns CPython's name of the type.
func (m *Match) Type() string { return "_sre.SRE_Match" }

// Freeze does nothing: a Match never changes.
func (m *Match) Freeze() {}

// Truth is always true.
func (m *Match) Truth() starlark.Bool { return true }

// Hash refuses, for want of use.
func (m *Match) Hash() (uint32, error) {
	return 0, py.TypeError.Errorf("unhashable type: _sre.SRE_Match")
}

// position returns the number of the character at an offset, -1 of -1.
func (m *Match) position(offset int) starlark.Value {
	if u, ok := m.subject.(*py.Unicode); ok && offset > 0 {
		offset = u.Position(offset)
	}
	return starlark.MakeInt(offset)
}

// group returns what group i caught, or def.
func (m *Match) group(i int, def starlark.Value) starlark.Value {
	if m.spans[2*i] < 0 {
		return def
	}
	return m.s.Of(m.s.S[m.spans[2*i]:m.spans[2*i+1]]).Value()
}

// lastIndex is the group that ended last, or 0. Where several end at one place,
// it is the one whose parenthesis does.
func (m *Match) lastIndex() int {
	last := 0
	for i := 1; i <= m.pattern.groups; i++ {
		end := m.spans[2*i+1]
		if end < 0 {
			continue
		}
		if last == 0 || end > m.spans[2*last+1] ||
			end == m.spans[2*last+1] && m.pattern.closing[i] > m.pattern.closing[last] {
			last = i
		}
	}
	return last
}

// index returns the number of the group that v numbers or names.
func (m *Match) index(v starlark.Value) (int, error) {
	switch v := v.(type) {
	case starlark.Int:
		if n, ok := v.Int64(); ok && 0 <= n && n <= int64(m.pattern.groups) {
			return int(n), nil
		}
	default:
		if name, ok := py.AsBytes(v); ok {
			if i, ok := m.pattern.names[name]; ok {
				return i, nil
			}
		}
	}
	return 0, py.IndexError.Errorf("no such group")
}

func matchMethods() map[string]*starlark.Builtin {
	return matchMethodsTable.Get(func() map[string]*starlark.Builtin {
		return map[string]*starlark.Builtin{
			"end":       starlark.NewBuiltin("end", matchEnd),
			"expand":    starlark.NewBuiltin("expand", matchExpand),
			"group":     starlark.NewBuiltin("group", matchGroup),
			"groupdict": starlark.NewBuiltin("groupdict", matchGroupDict),
			"groups":    starlark.NewBuiltin("groups", matchGroups),
			"span":      starlark.NewBuiltin("span", matchSpan),
			"start":     starlark.NewBuiltin("start", matchStart),
		}
	})
}

var matchMethodsTable lazy.Value[map[string]*starlark.Builtin]

// Attr returns a method, or endpos, lastgroup, lastindex, pos, re, regs or string.
func (m *Match) Attr(name string) (starlark.Value, error) {
	switch name {
	case "endpos":
		return m.position(m.endpos), nil
	case "lastgroup":
		last := m.lastIndex()
		for n, i := range m.pattern.names {
			if i == last {
				return m.pattern.text.Of(n).Value(), nil
			}
		}
		return starlark.None, nil
	case "lastindex":
		if last := m.lastIndex(); last > 0 {
			return starlark.MakeInt(last), nil
		}
		return starlark.None, nil
	case "pos":
		return m.position(m.pos), nil
	case "re":
		return m.pattern, nil
	case "regs":
		regs := make(starlark.Tuple, m.pattern.groups+1)
		for i := range regs {
			regs[i] = m.span(i)
		}
		return regs, nil
	case "string":
		return m.subject, nil
	}
	if b := matchMethods()[name]; b != nil {
		return b.BindReceiver(m), nil
	}
	return nil, nil
}

// AttrNames lists what Attr knows.
func (m *Match) AttrNames() []string {
	return []string{"end", "endpos", "expand", "group", "groupdict", "groups", "lastgroup", "lastindex", "pos", "re", "regs",
		"span", "start", "string"}
}

func (m *Match) span(i int) starlark.Value {
	return starlark.Tuple{m.position(m.spans[2*i]), m.position(m.spans[2*i+1])}
}

// matchGroup is m.group([group, …]): one text, or a tuple of several.
func matchGroup(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	m := b.Receiver().(*Match)
	if len(kwargs) > 0 {
		return nil, py.TypeError.Errorf("group() takes no keyword arguments")
	}
	if len(args) == 0 {
		return m.group(0, starlark.None), nil
	}
	texts := make(starlark.Tuple, len(args))
	for i, arg := range args {
		n, err := m.index(arg)
		if err != nil {
			return nil, err
		}
		texts[i] = m.group(n, starlark.None)
	}
	if len(texts) == 1 {
		return texts[0], nil
	}
	return texts, nil
}

// matchGroups is m.groups([default]).
func matchGroups(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var def starlark.Value = starlark.None
	if err := py.UnpackAny(b.Name(), args, kwargs, "default?", &def); err != nil {
		return nil, err
	}
	m := b.Receiver().(*Match)
	texts := make(starlark.Tuple, m.pattern.groups)
	for i := range texts {
		texts[i] = m.group(i+1, def)
	}
	return texts, nil
}

// matchGroupDict is m.groupdict([default]).
func matchGroupDict(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var def starlark.Value = starlark.None
	if err := py.UnpackAny(b.Name(), args, kwargs, "default?", &def); err != nil {
		return nil, err
	}
	m := b.Receiver().(*Match)
	d := starlark.NewDict(len(m.pattern.names))
	for _, n := range m.pattern.groupNames() {
		if err := d.SetKey(m.pattern.text.Of(n).Value(), m.group(m.pattern.names[n], def)); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// groupArg unpacks the optional group of start, end and span.
func groupArg(b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (*Match, int, error) {
	var v starlark.Value = starlark.MakeInt(0)
	if err := py.UnpackArgs(b.Name(), args, kwargs, "group?", &v); err != nil {
		return nil, 0, err
	}
	m := b.Receiver().(*Match)
	i, err := m.index(v)
	return m, i, err
}

// matchStart is m.start([group]).
func matchStart(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	m, i, err := groupArg(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	return m.position(m.spans[2*i]), nil
}

// matchEnd is m.end([group]).
func matchEnd(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	m, i, err := groupArg(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	return m.position(m.spans[2*i+1]), nil
}

// matchSpan is m.span([group]).
func matchSpan(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	m, i, err := groupArg(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	return m.span(i), nil
}

// matchExpand is m.expand(template).
func matchExpand(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var v starlark.Value
	if err := py.UnpackAny(b.Name(), args, kwargs, "template", &v); err != nil {
		return nil, err
	}
	text, ok := py.CharsOf(v)
	if !ok {
		return nil, py.TypeError.Errorf("%s: for parameter template: got %s, want str", b.Name(), py.TypeName(v))
	}
	m := b.Receiver().(*Match)
	t, err := parseTemplate(text, m.pattern)
	if err != nil {
		return nil, err
	}
	s, err := t.fill(thread, m)
	if err != nil {
		return nil, err
	}
	return s.Value(), nil
}
