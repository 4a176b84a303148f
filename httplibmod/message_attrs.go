package httplibmod

import (
	"go.starlark.net/starlark"

	"starwire/runtime/py"
)

var messageMethods = methodTable(map[string]method{
	"get":        msgGetHeader,
	"getheader":  msgGetHeader,
	"getheaders": msgGetHeaders,
	"has_key":    msgHasKey,
	"items":      msgItems,
	"keys":       msgKeys,
	"values":     msgValues,
})

func msgOf(b *starlark.Builtin) *HTTPMessage { return b.Receiver().(*HTTPMessage) }

// Attr returns a field of rfc822.Message or a bound method.
func (m *HTTPMessage) Attr(name string) (starlark.Value, error) {
	switch name {
	case "headers":
		return m.headerList(), nil
	case "status":
		m.parse()
		return starlark.String(m.status), nil
	case "unixfrom":
		m.parse()
		return starlark.String(m.unixfrom), nil
	}
	if b, ok := messageMethods[name]; ok {
		return b.BindReceiver(m), nil
	}
	return nil, nil
}

// AttrNames lists what Attr knows, sorted.
func (m *HTTPMessage) AttrNames() []string {
	return methodNames(messageMethods, []string{"headers", "status", "unixfrom"})
}

// msgGetHeader is getheader(name[, default]) and get.
func msgGetHeader(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var name, fallback starlark.Value = nil, starlark.None
	if err := py.UnpackArgs(b.Name(), args, kwargs, "name", &name, "default?", &fallback); err != nil {
		return nil, err
	}
	return msgOf(b).lookup(name, fallback)
}

// msgGetHeaders is getheaders(name): one value for each field of the name.
func msgGetHeaders(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var name string
	if err := py.UnpackArgs(b.Name(), args, kwargs, "name", &name); err != nil {
		return nil, err
	}
	return stringList(msgOf(b).values(name)), nil
}

func stringList(values []string) *starlark.List {
	list := make([]starlark.Value, len(values))
	for i, v := range values {
		list[i] = starlark.String(v)
	}
	return starlark.NewList(list)
}

// msgHasKey is has_key(name).
func msgHasKey(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var name string
	if err := py.UnpackArgs(b.Name(), args, kwargs, "name", &name); err != nil {
		return nil, err
	}
	_, ok := msgOf(b).get(name)
	return starlark.Bool(ok), nil
}

// msgItems is items(): pairs of lower-cased name and joined value.
func msgItems(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	return msgColumn(b, args, kwargs, func(kv starlark.Tuple) starlark.Value { return kv })
}

// msgKeys is keys().
func msgKeys(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	return msgColumn(b, args, kwargs, func(kv starlark.Tuple) starlark.Value { return kv[0] })
}

// msgValues is values().
func msgValues(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	return msgColumn(b, args, kwargs, func(kv starlark.Tuple) starlark.Value { return kv[1] })
}

func msgColumn(b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple, column func(starlark.Tuple) starlark.Value) (starlark.Value, error) {
	if err := py.UnpackArgs(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	items := msgOf(b).Items()
	list := make([]starlark.Value, len(items))
	for i, kv := range items {
		list[i] = column(kv)
	}
	return starlark.NewList(list), nil
}
