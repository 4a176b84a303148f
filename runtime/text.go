package runtime

import (
	"strings"
	"unicode/utf8"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"
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
	text, _ := textOf(nil, v) // without a thread nothing ends it early
	return text
}

// repr is repr(v): Starlark's text, and Python's for what is Python's.
func repr(v starlark.Value) string {
	text, _ := reprOf(nil, v)
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
	if t.tick++; t.tick&(fewItems-1) == 0 && t.thread != nil && t.err == nil {
		t.err = host.Spend(t.thread, fewItems)
	}
	return t.err == nil
}

// room makes room for n bytes more; false ends the text.
func (t *texter) room(n int) bool {
	if t.err != nil {
		return false
	}
	if t.Cap()-t.Len() < n {
		if t.thread != nil {
			if t.err = reserve(t.thread, int64(2*t.Cap()+n)); t.err != nil { // as Grow does
				return false
			}
		}
		t.Grow(n)
	}
	return true
}

// write writes a piece of text.
func (t *texter) write(s string) {
	if t.room(len(s)) {
		t.WriteString(s)
	}
}

// textOf returns str(v), or the error that ended it.
func textOf(thread *starlark.Thread, v starlark.Value) (string, error) {
	switch v := v.(type) {
	case starlark.String:
		return string(v), nil
	case *py.Exception, *py.Object: // which have a str of their own
		return pyTexter(thread).Str(v)
	}
	if !isContainer(v) {
		return v.String(), nil
	}
	return reprOf(thread, v)
}

// reprOf returns repr(v), or the error that ended it.
func reprOf(thread *starlark.Thread, v starlark.Value) (string, error) {
	t := texter{thread: thread}
	t.value(v, nil)
	return t.String(), t.err
}

// pyTexter writes what is Python's as the run lets it.
func pyTexter(thread *starlark.Thread) py.Texter {
	if thread == nil {
		return py.Texter{}
	}
	return py.Texter{
		Spend:   func(values, _ int) error { return host.Spend(thread, values) },
		Reserve: func(size int) error { return reserve(thread, int64(size)) },
	}
}

// isContainer reports whether the text of v shows other values.
func isContainer(v starlark.Value) bool {
	switch v.(type) {
	case *starlark.List, starlark.Tuple, *starlark.Dict, *starlark.Set, *starlarkstruct.Struct, *py.Named, py.Composite:
		return true
	}
	return false
}

// quotedPiece is how many bytes of one string are quoted at once.
const quotedPiece = 1 << 16

// quote writes a string's text.
func (t *texter) quote(s string) {
	if !t.room(len(s) + 2) {
		return
	}
	if len(s) <= quotedPiece {
		t.write(syntax.Quote(s, false))
		return
	}
	t.write(`"`)
	for s != "" && t.err == nil {
		n := min(len(s), quotedPiece)
		for n < len(s) && !utf8.RuneStart(s[n]) && n > quotedPiece-utf8.UTFMax {
			n-- // between two characters
		}
		quoted := syntax.Quote(s[:n], false)
		t.write(quoted[1 : len(quoted)-1])
		s = s[n:]
		if t.thread != nil && t.err == nil {
			t.err = host.Spend(t.thread, n/host.BytesPerStep)
		}
	}
	t.write(`"`)
}

// value writes repr(v): Starlark's text, and Python's for what is Python's. path
// holds the containers that v is in.
func (t *texter) value(v starlark.Value, path []starlark.Value) {
	if !t.visit() {
		return
	}
	switch v := v.(type) {
	case starlark.String:
		t.quote(string(v))
	case *starlark.List:
		if inPath(path, v) {
			t.write("[...]")
			return
		}
		t.write("[")
		for i := 0; i < v.Len() && t.err == nil; i++ {
			t.separate(i)
			t.value(v.Index(i), append(path, v))
		}
		t.write("]")
	case starlark.Tuple:
		if len(path) >= maxTextDepth {
			t.write("(...)")
			return
		}
		t.write("(")
		for i, e := range v {
			if t.err != nil {
				return
			}
			t.separate(i)
			t.value(e, append(path, v))
		}
		if len(v) == 1 {
			t.write(",")
		}
		t.write(")")
	case *starlark.Dict:
		if inPath(path, v) {
			t.write("{...}")
			return
		}
		t.write("{")
		i := 0
		for k, e := range v.Entries() {
			if t.err != nil {
				return
			}
			t.separate(i)
			t.value(k, append(path, v))
			t.write(": ")
			t.value(e, append(path, v))
			i++
		}
		t.write("}")
	case *starlark.Set:
		if inPath(path, v) {
			t.write("set([...])")
			return
		}
		t.write("set([")
		i := 0
		for e := range v.Elements() {
			if t.err != nil {
				return
			}
			t.separate(i)
			t.value(e, append(path, v))
			i++
		}
		t.write("])")
	case *starlarkstruct.Struct:
		t.fields(v, path)
	case *Result:
		t.composite(v, path)
	case *using:
		t.composite(v, path)
	case py.Reprer, *py.Named, *py.Object:
		if t.err == nil {
			var text string
			text, t.err = pyTexter(t.thread).Repr(v)
			t.write(text)
		}
	default:
		t.write(v.String())
	}
}

// fields writes struct(name = value, ...).
func (t *texter) fields(s *starlarkstruct.Struct, path []starlark.Value) {
	if len(path) >= maxTextDepth {
		t.write("struct(...)")
		return
	}
	if name, ok := s.Constructor().(starlark.String); ok {
		t.write(string(name))
	} else {
		t.write(s.Constructor().String())
	}
	t.write("(")
	for i, name := range s.AttrNames() {
		if t.err != nil {
			return
		}
		t.separate(i)
		t.write(name + " = ")
		if field, err := s.Attr(name); err == nil {
			t.value(field, append(path, s))
		}
	}
	t.write(")")
}

// composite writes a value of our own that shows another.
func (t *texter) composite(v py.Composite, path []starlark.Value) {
	if len(path) >= maxTextDepth {
		t.write("...")
		return
	}
	t.write(v.ReprBy(func(x starlark.Value) string {
		inner := texter{thread: t.thread, tick: t.tick, err: t.err}
		inner.value(x, append(path, v))
		t.tick, t.err = inner.tick, inner.err
		return inner.String()
	}))
}

func (t *texter) separate(i int) {
	if i > 0 {
		t.write(", ")
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
