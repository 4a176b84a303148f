package builtinmod

import (
	"strings"

	"go.starlark.net/starlark"

	"starwire/runtime/py"
)

// What looks for text in text, and replaces it.

// strFind is s.find, s.rfind, s.index and s.rindex(sub, start, end).
func strFind(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	x, part, at, inside, err := window(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	sub, err := text(x)
	if err != nil {
		return nil, err
	}
	i := -1
	if inside {
		if find := strings.Index; b.Name()[0] == 'r' {
			i = strings.LastIndex(part, sub)
		} else {
			i = find(part, sub)
		}
	}
	switch {
	case i >= 0:
		return starlark.MakeInt(at + i), nil
	case strings.HasSuffix(b.Name(), "index"):
		return nil, py.ValueError.Errorf("substring not found")
	}
	return starlark.MakeInt(-1), nil
}

func strCount(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	x, part, _, inside, err := window(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	sub, err := text(x)
	switch {
	case err != nil || !inside:
		return starlark.MakeInt(0), err
	case sub == "":
		return starlark.MakeInt(len(part) + 1), nil
	}
	return starlark.MakeInt(strings.Count(part, sub)), nil
}

// affix is s.startswith and s.endswith(prefix or tuple, start, end).
func affix(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	x, part, _, inside, err := window(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	has := strings.HasPrefix
	if b.Name() == "endswith" {
		has = strings.HasSuffix
	}
	options, isTuple := x.(starlark.Tuple)
	if !isTuple {
		options = starlark.Tuple{x}
	}
	for _, o := range options {
		s, ok := py.AsBytes(o)
		if !ok {
			if isTuple {
				return nil, py.TypeError.Errorf("expected a character buffer object")
			}
			return nil, py.TypeError.Errorf("%s first arg must be str, unicode, or tuple, not %s", b.Name(), py.TypeName(o))
		}
		if inside && has(part, s) {
			return starlark.True, nil
		}
	}
	return starlark.False, nil
}

// strReplace is s.replace(old, new, count=-1).
func strReplace(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var oldV, newV starlark.Value
	count := starlark.MakeInt(-1)
	if err := unpack(b, args, kwargs, 2, &oldV, &newV, &count); err != nil {
		return nil, err
	}
	old, err := text(oldV)
	if err != nil {
		return nil, err
	}
	with, err := text(newV)
	if err != nil {
		return nil, err
	}
	s, n := self(b), clampInt(count)
	found := len(s) + 1
	if old != "" {
		found = strings.Count(s, old)
	}
	if n >= 0 {
		if found = min(found, n); s == "" { // as CPython has it of a count
			found = 0
		}
	}
	if grow := len(with) - len(old); grow > 0 && found > (maxText-len(s))/grow {
		return nil, py.MemoryError.New(nil)
	}
	if old != "" {
		return result(thread, strings.Replace(s, old, with, n))
	}
	// Between bytes, where package strings would go by characters.
	var out strings.Builder
	for i := range len(s) {
		if i < found {
			out.WriteString(with)
		}
		out.WriteByte(s[i])
	}
	if len(s) < found {
		out.WriteString(with)
	}
	return result(thread, out.String())
}

// partition is s.partition and s.rpartition(sep).
func partition(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var v starlark.Value
	if err := unpack(b, args, kwargs, 1, &v); err != nil {
		return nil, err
	}
	sep, err := text(v)
	if err != nil {
		return nil, err
	}
	if sep == "" {
		return nil, py.ValueError.Errorf("empty separator")
	}
	s, empty := self(b), starlark.String("")
	i := strings.Index(s, sep)
	if b.Name() == "rpartition" {
		if i = strings.LastIndex(s, sep); i < 0 {
			return starlark.Tuple{empty, empty, starlark.String(s)}, nil
		}
	}
	if i < 0 {
		return starlark.Tuple{starlark.String(s), empty, empty}, nil
	}
	return starlark.Tuple{starlark.String(s[:i]), starlark.String(sep), starlark.String(s[i+len(sep):])}, nil
}

// translate is s.translate(table, deletechars="").
func translate(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var table starlark.Value
	var remove py.ByteStr
	if err := unpack(b, args, kwargs, 1, &table, &remove); err != nil {
		return nil, err
	}
	var to string
	if table != starlark.None {
		var err error
		if to, err = text(table); err != nil {
			return nil, err
		}
		if len(to) != 256 {
			return nil, py.ValueError.Errorf("translation table must be 256 characters long")
		}
	}
	s := self(b)
	out := make([]byte, 0, len(s))
	for i := range len(s) {
		c := s[i]
		if strings.IndexByte(string(remove), c) >= 0 {
			continue
		}
		if to != "" {
			c = to[c]
		}
		out = append(out, c)
	}
	return result(thread, string(out))
}
