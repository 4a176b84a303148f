package scripttest

import (
	"errors"
	"slices"
	"strings"

	"go.starlark.net/starlark"

	"starwire/runtime/py"
)

// World returns the names a case finds beside starwire's own: rep, raw,
// FakeSocket, wait, signal, HOST, DIR, CERTS, PORT and so on. folder is where
// the case's files are; peer may be nil for a case without a server.
func World(peer *Peer, folder, certs string) starlark.StringDict {
	names := starlark.StringDict{
		"HOST":       starlark.String("127.0.0.1"),
		"DIR":        starlark.String(folder),
		"CERTS":      starlark.String(certs),
		"rep":        starlark.NewBuiltin("rep", rep),
		"raw":        starlark.NewBuiltin("raw", raw),
		"FakeSocket": starlark.NewBuiltin("FakeSocket", newFakeSocket),
	}
	if peer == nil {
		return names
	}
	for name, port := range peer.Ports() {
		names[name] = starlark.MakeInt(port)
	}
	for name, wait := range map[string]func(string) error{
		"wait":   peer.Wait,
		"signal": func(name string) error { peer.Signal(name); return nil },
	} {
		names[name] = starlark.NewBuiltin(name, func(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			var event string
			if err := starlark.UnpackArgs(b.Name(), args, kwargs, "name", &event); err != nil {
				return nil, err
			}
			return starlark.None, wait(event)
		})
	}
	return names
}

// rep is the recorder's rep: Python's repr, with what Python leaves open
// decided. Dicts and sets are sorted by the text of their elements.
func rep(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var v starlark.Value
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "value", &v); err != nil {
		return nil, err
	}
	return starlark.String(Rep(v)), nil
}

// Rep returns Python's repr of v, with dicts and sets sorted by the text of
// their elements.
func Rep(v starlark.Value) string {
	switch v := v.(type) {
	case *starlark.List:
		return "[" + strings.Join(reps(v), ", ") + "]"
	case starlark.Tuple:
		if len(v) == 1 {
			return "(" + Rep(v[0]) + ",)"
		}
		return "(" + strings.Join(reps(v), ", ") + ")"
	case *py.SubDict:
		return Rep(v.Dict())
	case *starlark.Dict:
		var items []string
		for _, item := range v.Items() {
			items = append(items, Rep(item[0])+": "+Rep(item[1]))
		}
		slices.Sort(items)
		return "{" + strings.Join(items, ", ") + "}"
	case *starlark.Set:
		items := reps(v)
		slices.Sort(items)
		return "set([" + strings.Join(items, ", ") + "])"
	}
	return py.Repr(v)
}

func reps(v starlark.Iterable) []string {
	var out []string
	for e := range starlark.Elements(v) {
		out = append(out, Rep(e))
	}
	return out
}

func raw(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var v starlark.Value
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "data", &v); err != nil {
		return nil, err
	}
	data, ok := py.AsBytes(v)
	if !ok {
		return nil, errors.New("raw: want bytes")
	}
	return starlark.String(data), nil
}
