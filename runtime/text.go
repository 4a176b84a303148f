package runtime

import (
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"starwire/runtime/host"
	"starwire/runtime/py"
)

// maxTextDepth bounds nested containers in texts: the Go stack is finite, and
// nobody reads further.
const maxTextDepth = 200

// str is str(v): Starlark's text, but for what is inside containers, where
// exceptions and their classes show Python's repr as everything else does.
func str(v starlark.Value) string {
	switch v := v.(type) {
	case starlark.String:
		return string(v)
	case *starlark.List, starlark.Tuple, *starlark.Dict, *starlark.Set:
		return repr(v)
	}
	return v.String()
}

// repr is repr(v): Starlark's text, and Python's for what is Python's.
func repr(v starlark.Value) string {
	if s, ok := v.(starlark.String); ok {
		return syntax.Quote(string(s), false)
	}
	text, _ := reprOf(nil, v) // without a thread nothing ends it early
	return text
}

// A texter writes the texts of values that can be nested, wide, and in each
// other many times over: it heeds the run's limits while it does.
type texter struct {
	strings.Builder
	thread *starlark.Thread // nil heeds nothing
	tick   int
	err    error // why the text ends early
}

// visit is called at each value; false ends the text.
func (t *texter) visit() bool {
	if t.tick++; t.tick&(checkEvery-1) == 0 && t.thread != nil && t.err == nil {
		if t.err = host.Spend(t.thread, checkEvery); t.err == nil {
			t.err = reserve(t.thread, int64(t.Len()))
		}
	}
	return t.err == nil
}

// textOf returns str(v), or the error that ended it.
func textOf(thread *starlark.Thread, v starlark.Value) (string, error) {
	if s, ok := v.(starlark.String); ok {
		return string(s), nil
	}
	if !isContainer(v) {
		return str(v), nil
	}
	return reprOf(thread, v)
}

// reprOf returns repr(v), or the error that ended it.
func reprOf(thread *starlark.Thread, v starlark.Value) (string, error) {
	t := texter{thread: thread}
	t.value(v, nil)
	return t.String(), t.err
}

func isContainer(v starlark.Value) bool {
	switch v.(type) {
	case *starlark.List, starlark.Tuple, *starlark.Dict, *starlark.Set:
		return true
	}
	return false
}

// quote writes a string's text.
func (t *texter) quote(s starlark.String) {
	if t.thread != nil && len(s) >= smallSize && t.err == nil {
		t.err = reserve(t.thread, int64(t.Len()+2*len(s)))
	}
	if t.err == nil {
		t.WriteString(syntax.Quote(string(s), false))
	}
}

// value writes repr(v): Starlark's text, and Python's for what is Python's. path
// holds the containers that v is in.
func (t *texter) value(v starlark.Value, path []starlark.Value) {
	if !t.visit() {
		return
	}
	switch v := v.(type) {
	case starlark.String:
		t.quote(v)
	case *starlark.List:
		if inPath(path, v) {
			t.WriteString("[...]")
			return
		}
		t.WriteByte('[')
		for i := 0; i < v.Len() && t.err == nil; i++ {
			t.separate(i)
			t.value(v.Index(i), append(path, v))
		}
		t.WriteByte(']')
	case starlark.Tuple:
		if len(path) >= maxTextDepth {
			t.WriteString("(...)")
			return
		}
		t.WriteByte('(')
		for i, e := range v {
			if t.err != nil {
				return
			}
			t.separate(i)
			t.value(e, append(path, v))
		}
		if len(v) == 1 {
			t.WriteByte(',')
		}
		t.WriteByte(')')
	case *starlark.Dict:
		if inPath(path, v) {
			t.WriteString("{...}")
			return
		}
		t.WriteByte('{')
		i := 0
		for k, e := range v.Entries() {
			if t.err != nil {
				return
			}
			t.separate(i)
			t.value(k, append(path, v))
			t.WriteString(": ")
			t.value(e, append(path, v))
			i++
		}
		t.WriteByte('}')
	case *starlark.Set:
		t.WriteString("set([")
		i := 0
		for e := range v.Elements() {
			if t.err != nil {
				return
			}
			t.separate(i)
			t.value(e, append(path, v))
			i++
		}
		t.WriteString("])")
	case py.Reprer:
		t.WriteString(v.Repr())
	default:
		t.WriteString(v.String())
	}
}

func (t *texter) separate(i int) {
	if i > 0 {
		t.WriteString(", ")
	}
}

// inPath reports whether a container is inside itself, or too deep to show.
func inPath(path []starlark.Value, v starlark.Value) bool {
	if len(path) >= maxTextDepth {
		return true
	}
	for _, p := range path {
		if _, isTuple := p.(starlark.Tuple); !isTuple && p == v {
			return true
		}
	}
	return false
}
