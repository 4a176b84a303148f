package builtinmod

import (
	"slices"

	"go.starlark.net/starlark"

	"starwire/runtime/py"
)

// wideSelf is the text, in UTF-8, that a method was called on. The error is the UnicodeDecodeError of a str
// that is not ASCII.
func wideSelf(b *starlark.Builtin) (string, error) {
	s, _, err := py.AsText(b.Receiver())
	return s, err
}

// inUTF8 returns the arguments with text as strings, in UTF-8.
func inUTF8(args starlark.Tuple) (starlark.Tuple, error) {
	out := slices.Clone(args)
	for i, v := range args {
		if t, ok := v.(starlark.Tuple); ok {
			var err error
			if out[i], err = inUTF8(t); err != nil {
				return nil, err
			}
		} else if s, ok, err := py.AsText(v); ok {
			if err != nil {
				return nil, err
			}
			out[i] = starlark.String(s)
		}
	}
	return out, nil
}

// wideResult makes unicode text of the strings in what a method of str returned.
func wideResult(v starlark.Value) starlark.Value {
	switch v := v.(type) {
	case starlark.String:
		return py.Text(string(v))
	case starlark.Tuple:
		for i, e := range v {
			v[i] = wideResult(e)
		}
	case *starlark.List:
		elems := make([]starlark.Value, v.Len())
		for i := range elems {
			elems[i] = wideResult(v.Index(i))
		}
		return starlark.NewList(elems)
	}
	return v
}

// asUTF8 makes a method of one of str's that is right for UTF-8.
func asUTF8(method function) function {
	return func(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		s, err := wideSelf(b)
		if err != nil {
			return nil, err
		}
		if args, err = inUTF8(args); err != nil {
			return nil, err
		}
		v, err := method(thread, b.BindReceiver(starlark.String(s)), args, kwargs)
		if err != nil {
			return nil, err
		}
		return wideResult(v), nil
	}
}

// uniWindow is asUTF8 of a method whose arguments are (x, start, end), and which may return a position.
func uniWindow(method function) function {
	inBytes := asUTF8(method)
	return func(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		u, ok := b.Receiver().(*py.Unicode)
		if !ok { // ASCII, or not to be had
			return inBytes(thread, b, args, kwargs)
		}
		if len(args) > 1 && len(args) <= 3 {
			ends := [2]starlark.Value{}
			copy(ends[:], args[1:])
			i, j, err := bounds(u.Len(), ends[0], ends[1])
			if err != nil {
				return nil, err
			}
			from := u.Offset(min(i, u.Len()))
			if i > u.Len() || i > j { // beyond the end, where not even nothing is found
				from = len(u.Text()) + 1
			}
			args = starlark.Tuple{args[0], starlark.MakeInt(from), starlark.MakeInt(u.Offset(j))}
		}
		v, err := inBytes(thread, b, args, kwargs)
		if n, ok := v.(starlark.Int); ok {
			if at := clampInt(n); at > 0 {
				v = starlark.MakeInt(u.Position(at))
			}
		}
		return v, err
	}
}

// wideText unpacks text where only text will do.
func wideText(v starlark.Value) (string, error) {
	s, ok, err := py.AsText(v)
	if !ok {
		return "", py.TypeError.Errorf("coercing to Unicode: need string or buffer, %s found", py.TypeName(v))
	}
	return s, err
}
