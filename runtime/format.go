package runtime

import (
	"slices"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"starwire/runtime/py"
)

// A formatting is one call of the interpreter's own formatting, which would
// recurse over the arguments: containers among them are replaced by what writes
// their text as a texter does.
type formatting struct {
	thread *starlark.Thread
	size   int64 // bytes of the arguments that are strings
	err    error // of a text
}

// A shown stands for a container.
type shown struct {
	starlark.Value
	f *formatting
}

// String returns the container's text.
func (s shown) String() string {
	text, err := reprOf(s.f.thread, s.Value)
	if err != nil && s.f.err == nil {
		s.f.err = err
	}
	return text
}

// A shownDict stands for a dict, in which %(name)s looks names up.
type shownDict struct{ shown }

var _ starlark.Mapping = shownDict{}

// Get returns the value of a key, shown.
func (d shownDict) Get(key starlark.Value) (starlark.Value, bool, error) {
	v, found, err := d.Value.(starlark.Mapping).Get(key)
	if v != nil && err == nil {
		v = d.f.arg(v)
	}
	return v, found, err
}

// arg returns what stands for v.
func (f *formatting) arg(v starlark.Value) starlark.Value {
	switch v := v.(type) {
	case starlark.String:
		f.size += int64(len(v))
	case starlark.Bytes:
		f.size += int64(len(v))
	case *starlark.Dict, *py.SubDict:
		return shownDict{shown{v, f}}
	}
	if isContainer(v) {
		return shown{v, f}
	}
	return v
}

// args returns what stands for each of the arguments.
func (f *formatting) args(args starlark.Tuple) starlark.Tuple {
	safe, mine := args, false
	for i, v := range args {
		w := f.arg(v)
		if isContainer(v) {
			if !mine {
				safe, mine = slices.Clone(args), true
			}
			safe[i] = w
		}
	}
	return safe
}

// do formats by fn, once it is clear that there is room for the result.
func (f *formatting) do(fn func() (starlark.Value, error)) (starlark.Value, error) {
	if err := reserve(f.thread, f.size); err != nil {
		return nil, err
	}
	v, err := fn()
	if f.err != nil {
		return nil, f.err
	}
	return v, err
}

// mod is x % y.
func mod(thread *starlark.Thread, x, y starlark.Value) (starlark.Value, error) {
	if _, ok := x.(starlark.String); !ok {
		return starlark.Binary(syntax.PERCENT, x, y)
	}
	f := &formatting{thread: thread}
	if args, ok := y.(starlark.Tuple); ok {
		y = f.args(args)
	} else {
		y = f.arg(y)
	}
	return f.do(func() (starlark.Value, error) { return starlark.Binary(syntax.PERCENT, x, y) })
}
