// Package pprintmod is Python 2.7's module pprint: pprint and pformat, isreadable and isrecursive.
//
// Differences from CPython 2.7: a list or dict that is inside itself shows "..." there, and depth is
// refused.
package pprintmod

import (
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starwire/runtime/host"
	"starwire/runtime/lazy"
	"starwire/runtime/lib/builtinmod"
	"starwire/runtime/py"
)

var module lazy.Module

// Module returns the module pprint, made on first use. It is immutable; runs may share it.
func Module() *starlarkstruct.Module {
	return module.Get("pprint", func() starlark.StringDict {
		return starlark.StringDict{
			"pformat": starlark.NewBuiltin("pformat", pformat),
			"pprint":  starlark.NewBuiltin("pprint", pprint),
		}
	})
}

// maxDepth bounds nested containers; those beyond are shown as "...".
const maxDepth = 100

// A writer lays out one value.
//
// pprint.py, PrettyPrinter.
type writer struct {
	thread *starlark.Thread
	indent int // of each level
	width  int // columns
	out    []byte
}

func (w *writer) write(s string) error {
	b, err := host.Grow(w.thread, w.out, len(s))
	if err != nil {
		return err
	}
	w.out = append(b, s...)
	return host.Spend(w.thread, len(s)/host.BytesPerStep)
}

// next writes what is between two items.
func (w *writer) next(indent int, apart bool) error {
	if !apart {
		return w.write(", ")
	}
	return w.write(",\n" + strings.Repeat(" ", indent))
}

// sorted are the items of a dict, or the elements of a set, in Python's order.
func (w *writer) sorted(v starlark.Value) ([]starlark.Value, error) {
	list, err := builtinmod.Sorted(w.thread, v)
	if err != nil {
		return nil, err
	}
	items := make([]starlark.Value, list.Len())
	for i := range items {
		items[i] = list.Index(i)
	}
	return items, nil
}

// text is the repr of a value with its dicts sorted, on one line.
//
// pprint.py, _safe_repr.
func (w *writer) text(v starlark.Value, depth int) (string, error) {
	if depth > maxDepth {
		return "...", nil
	}
	if err := host.Spend(w.thread, 1); err != nil {
		return "", err
	}
	var open, end string
	var items []starlark.Value
	switch v := v.(type) {
	case *starlark.Dict:
		return w.dictText(v, depth)
	case *starlark.List:
		open, end = "[", "]"
		for i := range v.Len() {
			items = append(items, v.Index(i))
		}
	case starlark.Tuple:
		open, end, items = "(", ")", v
		if len(v) == 1 {
			end = ",)"
		}
	case *starlark.Set:
		if v.Len() == 0 {
			return builtinmod.Repr(w.thread, v)
		}
		open, end = "set([", "])"
		var err error
		if items, err = w.sorted(v); err != nil {
			return "", err
		}
	default:
		return builtinmod.Repr(w.thread, v)
	}
	var b []byte
	for i, item := range items {
		s, err := w.text(item, depth+1)
		if err != nil {
			return "", err
		}
		if i > 0 {
			s = ", " + s
		}
		if b, err = host.Grow(w.thread, b, len(s)); err != nil {
			return "", err
		}
		b = append(b, s...)
	}
	return open + string(b) + end, nil
}

func (w *writer) dictText(d *starlark.Dict, depth int) (string, error) {
	items, err := w.sorted(pairs(d))
	if err != nil {
		return "", err
	}
	var b []byte
	for i, item := range items {
		k, err := w.text(item.(starlark.Tuple)[0], depth+1)
		if err != nil {
			return "", err
		}
		v, err := w.text(item.(starlark.Tuple)[1], depth+1)
		if err != nil {
			return "", err
		}
		s := k + ": " + v
		if i > 0 {
			s = ", " + s
		}
		if b, err = host.Grow(w.thread, b, len(s)); err != nil {
			return "", err
		}
		b = append(b, s...)
	}
	return "{" + string(b) + "}", nil
}

// pairs are the items of a dict as a list.
func pairs(d *starlark.Dict) *starlark.List {
	items := make([]starlark.Value, 0, d.Len())
	for _, item := range d.Items() {
		items = append(items, item)
	}
	return starlark.NewList(items)
}

// value writes a value at a column, with room for so many characters behind it.
//
// pprint.py, PrettyPrinter._format.
func (w *writer) value(v starlark.Value, indent, allowance, depth int) error {
	text, err := w.text(v, depth)
	if err != nil {
		return err
	}
	apart := len(text) > w.width-1-indent-allowance // each item on a line of its own
	if !apart && w.indent <= 1 || depth > maxDepth {
		return w.write(text) // which the items would come to
	}
	switch v := v.(type) {
	case *starlark.Dict:
		return w.dict(v, indent, allowance, depth, apart)
	case *starlark.List:
		items := make([]starlark.Value, v.Len())
		for i := range items {
			items[i] = v.Index(i)
		}
		return w.sequence("[", items, "]", indent+w.indent, allowance, depth, apart)
	case starlark.Tuple:
		end := ")"
		if len(v) == 1 {
			end = ",)"
		}
		return w.sequence("(", v, end, indent+w.indent, allowance, depth, apart)
	case *starlark.Set:
		if v.Len() == 0 {
			return w.write(text)
		}
		items, err := w.sorted(v)
		if err != nil {
			return err
		}
		return w.sequence("set([", items, "])", indent+w.indent+4, allowance, depth, apart)
	}
	return w.write(text)
}

func (w *writer) sequence(open string, items []starlark.Value, end string, indent, allowance, depth int, apart bool) error {
	if err := w.write(open); err != nil {
		return err
	}
	if w.indent > 1 && apart {
		if err := w.write(strings.Repeat(" ", w.indent-1)); err != nil {
			return err
		}
	}
	for i, item := range items {
		if i > 0 {
			if err := w.next(indent, apart); err != nil {
				return err
			}
		}
		if err := w.value(item, indent, allowance+1, depth+1); err != nil {
			return err
		}
	}
	return w.write(end)
}

func (w *writer) dict(d *starlark.Dict, indent, allowance, depth int, apart bool) error {
	if err := w.write("{" + strings.Repeat(" ", max(w.indent-1, 0))); err != nil {
		return err
	}
	items, err := w.sorted(pairs(d))
	if err != nil {
		return err
	}
	indent += w.indent
	for i, item := range items {
		if i > 0 {
			if err := w.next(indent, apart); err != nil {
				return err
			}
		}
		key, err := w.text(item.(starlark.Tuple)[0], depth+1)
		if err != nil {
			return err
		}
		if err := w.write(key + ": "); err != nil {
			return err
		}
		if err := w.value(item.(starlark.Tuple)[1], indent+len(key)+2, allowance+1, depth+1); err != nil {
			return err
		}
	}
	return w.write("}")
}

// maxColumns bounds indent and width.
const maxColumns = 10_000

// format lays out object as the arguments say.
func format(thread *starlark.Thread, object starlark.Value, indent, width int, depth starlark.Value) (string, error) {
	switch {
	case depth != starlark.None:
		return "", py.NotImplementedError.Errorf("depth is not supported: take apart what is to be shown")
	case indent < 0:
		return "", py.AssertionError.Errorf("indent must be >= 0")
	case width == 0:
		return "", py.AssertionError.Errorf("width must be != 0")
	case indent > maxColumns:
		return "", py.ValueError.Errorf("indent must be %d at most", maxColumns)
	}
	w := &writer{thread: thread, indent: indent, width: width}
	if err := w.value(object, 0, 0, 0); err != nil {
		return "", err
	}
	return host.String(w.out), nil
}

// pformat is pprint.pformat(object, indent=1, width=80, depth=None).
func pformat(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var object starlark.Value
	var depth starlark.Value = starlark.None
	indent, width := 1, 80
	if err := py.UnpackAny(b.Name(), args, kwargs, "object", &object, "indent?", &indent, "width?", &width, "depth?", &depth); err != nil {
		return nil, err
	}
	text, err := format(thread, object, indent, width, depth)
	return starlark.String(text), err
}

// pprint is pprint.pprint(object, stream=None, indent=1, width=80, depth=None).
func pprint(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var object starlark.Value
	var stream, depth starlark.Value = starlark.None, starlark.None
	indent, width := 1, 80
	if err := py.UnpackAny(b.Name(), args, kwargs, "object", &object, "stream?", &stream, "indent?", &indent, "width?", &width, "depth?", &depth); err != nil {
		return nil, err
	}
	text, err := format(thread, object, indent, width, depth)
	if err != nil {
		return nil, err
	}
	text += "\n"
	if stream == starlark.None {
		_, err := host.From(thread).Stdout.Write([]byte(text))
		return starlark.None, err
	}
	write, err := builtinmod.Attr(stream, "write")
	if err != nil {
		return nil, err
	}
	_, err = starlark.Call(thread, write, starlark.Tuple{starlark.String(text)}, nil)
	return starlark.None, err
}
