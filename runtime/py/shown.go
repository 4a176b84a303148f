package py

import (
	"slices"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"
)

// A Composite is a value whose text shows others. Those can be nested without end,
// and the same ones many times over: whoever writes the text shows them.
type Composite interface {
	starlark.Value
	// ReprBy returns what Repr or String does, with the parts as show shows them.
	ReprBy(show func(part starlark.Value) string) string
}

// A DoubleText is a Composite whose str() differs from its repr().
type DoubleText interface {
	Composite
	// StrBy returns what String does, with the parts as show shows them.
	StrBy(show func(part starlark.Value) string) string
}

// nests reports whether the text of v may show other values.
func nests(v starlark.Value) bool {
	switch v.(type) {
	case *starlark.List, starlark.Tuple, *starlark.Dict, *starlark.Set,
		*starlarkstruct.Struct, *Exception, *Named, *Object, Composite:
		return true
	}
	return false
}

// A part stands for a value inside an exception or an object while the class says
// what the text of that is: the value's own text counts as one inside a text.
type part struct {
	starlark.Value
	writer *reprWriter
	depth  int
}

var (
	_ Reprer             = part{}
	_ starlark.Indexable = part{}
)

// String returns str of the value.
func (p part) String() string { return p.writer.str(p.Value, p.depth) }

// Repr returns its repr.
func (p part) Repr() string { return p.writer.text(p.Value, p.depth) }

// Len returns how long the value is, -1 for one that has no length.
func (p part) Len() int { return starlark.Len(p.Value) }

// Index returns an item of a value that has a length.
func (p part) Index(i int) starlark.Value { return p.Value.(starlark.Indexable).Index(i) }

// parts returns values with parts in the places of those that nest others.
func (b *reprWriter) parts(values starlark.Tuple, depth int) starlark.Tuple {
	if slices.ContainsFunc(values, nests) {
		values = slices.Clone(values)
		for i, v := range values {
			if nests(v) {
				values[i] = part{v, b, depth}
			}
		}
	}
	return values
}

// fields is parts of named values.
func (b *reprWriter) fields(values starlark.StringDict, depth int) starlark.StringDict {
	shown := make(starlark.StringDict, len(values))
	for name, v := range values {
		if nests(v) {
			v = part{v, b, depth}
		}
		shown[name] = v
	}
	return shown
}

// text returns the repr of a value that is inside another, at the expense of b.
func (b *reprWriter) text(v starlark.Value, depth int) string {
	inner := reprWriter{long: b.long, spend: b.spend, reserve: b.reserve, work: b.work, err: b.err}
	inner.write(v, depth)
	b.work, b.err = inner.work, inner.err
	return inner.String()
}

// str returns Python's str of such a value.
func (b *reprWriter) str(v starlark.Value, depth int) string {
	switch v := v.(type) {
	case starlark.String:
		return string(v)
	case starlark.Bytes:
		return string(v)
	case *Unicode:
		return v.text
	case starlark.Float:
		return formatFloat(float64(v), 12)
	case *Exception:
		if !b.visit() {
			return ""
		}
		return b.exception(v, depth)
	case part:
		return v.String()
	case DoubleText:
		if !b.visit() {
			return ""
		}
		return v.StrBy(func(x starlark.Value) string { return b.text(x, depth+1) })
	}
	if nests(v) {
		return b.text(v, depth)
	}
	if v.Type() == "range" {
		return xrangeText(v)
	}
	return v.String()
}

// exception is str(e).
func (b *reprWriter) exception(e *Exception, depth int) string {
	for e.class.str() == nil {
		switch len(e.Args) {
		case 0:
			return ""
		case 1:
			inner, ok := e.Args[0].(*Exception)
			if !ok {
				return b.str(e.Args[0], depth+1)
			}
			e = inner // of which it is the text, too
		default:
			return b.text(e.Args, depth)
		}
	}
	if depth > maxReprDepth {
		return "..."
	}
	return e.class.str()(b.shown(e, depth))
}

// shown returns e as the functions of its class may see it.
func (b *reprWriter) shown(e *Exception, depth int) *Exception {
	c := *e
	c.Args, c.Fields = b.parts(e.Args, depth+1), b.fields(e.Fields, depth+1)
	return &c
}

// object is str(o), and repr(o).
func (b *reprWriter) object(o *Object, depth int) string {
	for k := o.kind; k != nil; k = k.Base {
		if k.Str != nil {
			return k.Str(&Object{kind: o.kind, fields: b.fields(o.fields, depth+1), frozen: true, Data: o.Data})
		}
	}
	return "<" + o.kind.Module + "." + o.kind.Class + " instance>"
}
