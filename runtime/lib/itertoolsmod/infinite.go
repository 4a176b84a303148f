package itertoolsmod

import (
	"strconv"

	"go.starlark.net/starlark"

	"starwire/runtime/lib/builtinmod"
	"starwire/runtime/py"
)

// count is count(start=0, step=1).
func count(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var n, step starlark.Value = starlark.MakeInt(0), starlark.MakeInt(1)
	if err := py.UnpackAny(b.Name(), args, kwargs, "start?", &n, "step?", &step); err != nil {
		return nil, err
	}
	for _, v := range []*starlark.Value{&n, &step} {
		switch x := (*v).(type) {
		case starlark.Int, starlark.Float:
		case starlark.Bool:
			i, err := py.CInt(x)
			if err != nil {
				return nil, err
			}
			*v = starlark.MakeInt(i)
		default:
			return nil, py.TypeError.Errorf("a number is required")
		}
	}
	text := func() string {
		s, _ := step.(starlark.Int)
		if one, ok := s.Int64(); ok && one == 1 {
			return "count(" + py.LongRepr(n) + ")"
		}
		return "count(" + py.LongRepr(n) + ", " + py.LongRepr(step) + ")"
	}
	return builtinmod.NewShownIterator(thread, "itertools.count", text, func() (starlark.Value, error) {
		v := n
		next, err := builtinmod.Add(thread, b, starlark.Tuple{n, step}, nil)
		if err != nil {
			return nil, err
		}
		n = next
		return v, nil
	}), nil
}

// repeat is repeat(object, times=None).
func repeat(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x, times starlark.Value
	if err := py.UnpackAny(b.Name(), args, kwargs, "object?", &x, "times?", &times); err != nil {
		return nil, err
	}
	if x == nil {
		return nil, missing("object", 1)
	}
	left := -1
	if times != nil {
		n, err := py.CInt(times)
		if err != nil {
			return nil, err
		}
		left = max(n, 0)
	}
	text := func() string {
		if times == nil {
			return "repeat(" + py.LongRepr(x) + ")"
		}
		return "repeat(" + py.LongRepr(x) + ", " + strconv.Itoa(left) + ")"
	}
	return builtinmod.NewShownIterator(thread, "itertools.repeat", text, func() (starlark.Value, error) {
		if left == 0 {
			return nil, nil
		}
		if left > 0 {
			left--
		}
		return x, nil
	}), nil
}

// cycle is cycle(iterable).
func cycle(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := exactly(b, args, kwargs, 1); err != nil {
		return nil, err
	}
	next, err := builtinmod.Steps(thread, args[0])
	if err != nil {
		return nil, err
	}
	var saved []starlark.Value
	at, again := 0, false
	return iterator(thread, b, func() (starlark.Value, error) {
		if !again {
			v, err := next()
			if err != nil {
				return nil, err
			}
			if v != nil {
				if err := room(thread, len(saved), cap(saved)); err != nil {
					return nil, err
				}
				saved = append(saved, v)
				return v, nil
			}
			again = true
		}
		if len(saved) == 0 {
			return nil, nil
		}
		v := saved[at]
		at = (at + 1) % len(saved)
		return v, nil
	})
}
