package repl

import (
	"fmt"
	"io"
	"strings"

	"go.starlark.net/starlark"

	"starwire/runtime/py"
	"starwire/runtime/tty"
)

// Bounds of what is shown of a value.
const (
	maxDisplay  = 8 << 10 // bytes
	maxElements = 1000
)

// display shows the value of an expression as Python 2 would, but not all of a
// huge one.
func (p *REPL) display(v starlark.Value) {
	text, hint := shown(v)
	io.WriteString(p.stdout, text+"\n")
	if hint != "" {
		p.say(tty.Dim, hint+"\n")
	}
}

// shown returns the text of a value and, if it is not all of it, what else there is.
func shown(v starlark.Value) (text, hint string) {
	part, total := beginning(v)
	text = py.Repr(part)
	cut := len(text) > maxDisplay
	if cut {
		text = strings.ToValidUTF8(text[:maxDisplay], "")
	}
	if !cut && total == "" {
		return text, ""
	}
	if total == "" {
		total = fmt.Sprintf("%d characters", len(py.Repr(v)))
	}
	return text + "...", fmt.Sprintf("(the beginning of %s; print(_) shows all of it)", total)
}

// beginning returns v or, if it is huge, a part of it and how much it has.
func beginning(v starlark.Value) (part starlark.Value, total string) {
	switch x := v.(type) {
	case starlark.String:
		if len(x) > maxDisplay {
			return x[:maxDisplay], fmt.Sprintf("%d bytes", len(x))
		}
	case starlark.Bytes:
		if len(x) > maxDisplay {
			return x[:maxDisplay], fmt.Sprintf("%d bytes", len(x))
		}
	case *starlark.Dict:
		if x.Len() > maxElements {
			part := starlark.NewDict(maxElements)
			for k, e := range x.Entries() {
				if part.Len() == maxElements {
					break
				}
				part.SetKey(k, e)
			}
			return part, fmt.Sprintf("%d items", x.Len())
		}
	case *py.SubDict:
		if held, total := beginning(x.Dict()); total != "" {
			part := x.Kind().New(x.Thread(), held.(*starlark.Dict))
			part.SetFactory(x.Factory())
			return part, total
		}
	case *starlark.Set:
		if x.Len() > maxElements {
			part := starlark.NewSet(maxElements)
			for e := range x.Elements() {
				if part.Len() == maxElements {
					break
				}
				part.Insert(e)
			}
			return part, fmt.Sprintf("%d items", x.Len())
		}
	case starlark.Tuple:
		if len(x) > maxElements {
			return x[:maxElements], fmt.Sprintf("%d items", len(x))
		}
	case *starlark.List:
		if x.Len() > maxElements {
			list := make([]starlark.Value, maxElements)
			for i := range list {
				list[i] = x.Index(i)
			}
			return starlark.NewList(list), fmt.Sprintf("%d items", x.Len())
		}
	}
	return v, ""
}
