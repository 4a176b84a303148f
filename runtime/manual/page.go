package manual

import (
	"fmt"
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starwire/runtime/py"
)

// Page returns what the manual says of a name, for a screen of that many columns,
// 80 if width is 0. The name may lack its module or class if no other entry ends
// so: "urlencode". For "" it is an overview. ok is false if there is no such
// entry; then the text is one line that says so, with what may have been meant.
func Page(name string, width int) (text string, ok bool) {
	name = strings.TrimSuffix(strings.TrimSpace(name), "()")
	if name == "" {
		return overview(width), true
	}
	if e, ok := Lookup(name); ok {
		return Render(e, width), true
	}
	if names := manual().byLast[name]; len(names) == 1 {
		e, _ := Lookup(names[0])
		return Render(e, width), true
	}
	text = fmt.Sprintf("there is no help on %s", py.Quote(name))
	switch names := Suggest(name); len(names) {
	case 0:
		text += "; help() lists what there is"
	case 1:
		text += "; did you mean " + names[0] + "?"
	default:
		text += "; did you mean " + strings.Join(names[:len(names)-1], ", ") + " or " + names[len(names)-1] + "?"
	}
	return text + "\n", false
}

// PageFor is Page for a value: what help(v) shows. A string is a name to look
// up; for anything else see For, which says what lookup is. There is a page for
// every value, if only one that lists its attributes.
func PageFor(v starlark.Value, lookup func(name string) starlark.Value, width int) string {
	if name, ok := starlark.AsString(v); ok {
		text, _ := Page(name, width)
		return text
	}
	if s, ok := v.(*starlarkstruct.Struct); ok { // each has attributes of its own
		return Render(unknown(s), width)
	}
	e, ok := For(v, lookup)
	if !ok {
		e = unknown(v)
	}
	return Render(e, width)
}

// unknown describes a value by what it says of itself.
func unknown(v starlark.Value) Entry {
	e := Entry{Name: v.Type(), Kind: Type, Signature: "type " + v.Type()}
	switch v := v.(type) {
	case *starlark.Builtin:
		e = Entry{Name: v.Name(), Kind: Function, Signature: v.Name() + "(...)"}
		if names := manual().byLast[v.Name()]; len(names) > 0 {
			e.Text = "It may be one of these."
			e.See = names
			return e
		}
	case starlark.HasAttrs:
		if names := v.AttrNames(); len(names) > 0 {
			e.Text = "It has " + strings.Join(names, ", ") + "."
			return e
		}
	}
	e.Text = "The manual has nothing on it."
	return e
}

// overview is the page of help without an argument.
func overview(width int) string {
	if width == 0 {
		width = defaultWidth
	}
	p := page{width: max(width, minWidth)}
	t := manual()
	p.fill("", "", strings.Fields(
		"help(x) explains x: a module, a class, a function or any value. help(\"urllib.quote\") explains what goes by a name."))
	p.members(t, Entry{}, t.members[""])
	return p.b.String()
}
