package testservermod

import (
	"strings"

	"go.starlark.net/starlark"

	"starwire/runtime/lazy"
	"starwire/runtime/py"
)

// headers is a request's field lines: a mapping whose keys are names in any
// case, and whose items come in the order in which they arrived.
type headers struct {
	fields []field
}

var (
	_ starlark.HasAttrs        = (*headers)(nil)
	_ starlark.IterableMapping = (*headers)(nil)
	_ starlark.Sequence        = (*headers)(nil)
)

// get returns the values of name, joined as RFC 9110 §5.3 allows.
func (h *headers) get(name string) (value string, ok bool) {
	for _, f := range h.fields {
		switch {
		case !strings.EqualFold(f.name, name):
		case ok:
			value += ", " + f.value
		default:
			value, ok = f.value, true
		}
	}
	return value, ok
}

// String returns the repr of a list of pairs.
func (h *headers) String() string { return py.Repr(h.pairs()) }

// Type returns "testserver.headers".
func (h *headers) Type() string { return "testserver.headers" }

// Freeze does nothing: headers never change.
func (h *headers) Freeze() {}

// Truth is whether there is a field.
func (h *headers) Truth() starlark.Bool { return len(h.fields) > 0 }

// Hash refuses, as for any mapping.
func (h *headers) Hash() (uint32, error) {
	return 0, py.TypeError.Errorf("unhashable type: %s", h.Type())
}

// Get is h[name].
func (h *headers) Get(k starlark.Value) (starlark.Value, bool, error) {
	name, ok := starlark.AsString(k)
	if !ok {
		return nil, false, nil
	}
	v, ok := h.get(name)
	return starlark.String(v), ok, nil
}

// Len returns the number of different names.
func (h *headers) Len() int { return len(h.names()) }

// Iterate iterates over the names, each once, as first written.
func (h *headers) Iterate() starlark.Iterator { return h.names().Iterate() }

// Items returns the names with their joined values.
func (h *headers) Items() []starlark.Tuple {
	names := h.names()
	items := make([]starlark.Tuple, len(names))
	for i, name := range names {
		v, _ := h.get(string(name.(starlark.String)))
		items[i] = starlark.Tuple{name, starlark.String(v)}
	}
	return items
}

func (h *headers) names() starlark.Tuple {
	var names starlark.Tuple
	seen := make(map[string]bool, len(h.fields))
	for _, f := range h.fields {
		if key := strings.ToLower(f.name); !seen[key] {
			seen[key] = true
			names = append(names, starlark.String(f.name))
		}
	}
	return names
}

// pairs returns every field line as a tuple of name and value.
func (h *headers) pairs() *starlark.List {
	list := make([]starlark.Value, len(h.fields))
	for i, f := range h.fields {
		list[i] = starlark.Tuple{starlark.String(f.name), starlark.String(f.value)}
	}
	return starlark.NewList(list)
}

// Attr returns a method.
func (h *headers) Attr(name string) (starlark.Value, error) {
	if m := headersMethods()[name]; m != nil {
		return m.BindReceiver(h), nil
	}
	return nil, nil
}

// AttrNames lists the methods.
func (h *headers) AttrNames() []string { return []string{"get", "getall", "items", "keys", "pairs"} }

func headersMethods() map[string]*starlark.Builtin {
	return headersMethodsTable.Get(func() map[string]*starlark.Builtin {
		return map[string]*starlark.Builtin{
			"get":    starlark.NewBuiltin("get", headersGet),
			"getall": starlark.NewBuiltin("getall", headersGetAll),
			"items":  starlark.NewBuiltin("items", headersItems),
			"keys":   starlark.NewBuiltin("keys", headersKeys),
			"pairs":  starlark.NewBuiltin("pairs", headersPairs),
		}
	})
}

var headersMethodsTable lazy.Value[map[string]*starlark.Builtin]

// headersGet is h.get(name, default=None).
func headersGet(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var name py.ByteStr
	var missing starlark.Value = starlark.None
	if err := py.UnpackArgs(b.Name(), args, kwargs, "name", &name, "default?", &missing); err != nil {
		return nil, err
	}
	if v, ok := b.Receiver().(*headers).get(string(name)); ok {
		return starlark.String(v), nil
	}
	return missing, nil
}

// headersGetAll is h.getall(name): the values of its lines.
func headersGetAll(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var name py.ByteStr
	if err := py.UnpackArgs(b.Name(), args, kwargs, "name", &name); err != nil {
		return nil, err
	}
	var values []starlark.Value
	for _, f := range b.Receiver().(*headers).fields {
		if strings.EqualFold(f.name, string(name)) {
			values = append(values, starlark.String(f.value))
		}
	}
	return starlark.NewList(values), nil
}

// headersItems is h.items(): names with their joined values.
func headersItems(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := py.UnpackArgs(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	items := b.Receiver().(*headers).Items()
	list := make([]starlark.Value, len(items))
	for i, item := range items {
		list[i] = item
	}
	return starlark.NewList(list), nil
}

// headersKeys is h.keys(): each name once.
func headersKeys(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := py.UnpackArgs(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	return starlark.NewList(b.Receiver().(*headers).names()), nil
}

// headersPairs is h.pairs(): every line, in order, as (name, value).
func headersPairs(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := py.UnpackArgs(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	return b.Receiver().(*headers).pairs(), nil
}
