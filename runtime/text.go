package runtime

import (
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

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
	var b strings.Builder
	writeValue(&b, v, nil)
	return b.String()
}

// writeValue writes repr(v); path holds the containers that v is in.
func writeValue(b *strings.Builder, v starlark.Value, path []starlark.Value) {
	switch v := v.(type) {
	case starlark.String:
		b.WriteString(syntax.Quote(string(v), false))
	case *starlark.List:
		if inPath(path, v) {
			b.WriteString("[...]")
			return
		}
		b.WriteByte('[')
		for i := range v.Len() {
			separate(b, i)
			writeValue(b, v.Index(i), append(path, v))
		}
		b.WriteByte(']')
	case starlark.Tuple:
		if len(path) >= maxTextDepth {
			b.WriteString("(...)")
			return
		}
		b.WriteByte('(')
		for i, e := range v {
			separate(b, i)
			writeValue(b, e, append(path, v))
		}
		if len(v) == 1 {
			b.WriteByte(',')
		}
		b.WriteByte(')')
	case *starlark.Dict:
		if inPath(path, v) {
			b.WriteString("{...}")
			return
		}
		b.WriteByte('{')
		i := 0
		for k, e := range v.Entries() {
			separate(b, i)
			writeValue(b, k, append(path, v))
			b.WriteString(": ")
			writeValue(b, e, append(path, v))
			i++
		}
		b.WriteByte('}')
	case *starlark.Set:
		b.WriteString("set([")
		i := 0
		for e := range v.Elements() {
			separate(b, i)
			writeValue(b, e, append(path, v))
			i++
		}
		b.WriteString("])")
	case py.Reprer:
		b.WriteString(v.Repr())
	default:
		b.WriteString(v.String())
	}
}

func separate(b *strings.Builder, i int) {
	if i > 0 {
		b.WriteString(", ")
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
