package urllib2mod

import (
	"strings"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/py"
)

// parseHTTPList is urllib2.parse_http_list(s): the parts between the commas that are outside quotes.
func parseHTTPList(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var s py.ByteStr
	if err := py.UnpackFunction(b.Name(), args, kwargs, "s", &s); err != nil {
		return nil, err
	}
	if err := host.Spend(thread, len(s)/host.BytesPerStep); err != nil {
		return nil, err
	}
	var parts []starlark.Value
	for _, part := range listParts(string(s)) {
		parts = append(parts, starlark.String(part))
	}
	return starlark.NewList(parts), nil
}

// parseKeqvList is urllib2.parse_keqv_list(l): a dict of texts such as name=value or name="value".
//
// urllib2.py, parse_keqv_list.
func parseKeqvList(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var list starlark.Value
	if err := py.UnpackFunction(b.Name(), args, kwargs, "l", &list); err != nil {
		return nil, err
	}
	it := starlark.Iterate(list)
	if it == nil {
		return nil, py.NotIterable(list)
	}
	defer it.Done()
	parsed := new(starlark.Dict)
	var v starlark.Value
	for it.Next(&v) {
		s, ok := py.AsBytes(v)
		if !ok {
			return nil, py.NoAttribute(v, "split")
		}
		name, value, found := strings.Cut(s, "=")
		switch {
		case !found:
			return nil, py.ValueError.Errorf("need more than 1 value to unpack")
		case value == "":
			return nil, py.IndexError.Errorf("string index out of range")
		case value[0] == '"' && value[len(value)-1] == '"':
			value = value[1:max(len(value)-1, 1)]
		}
		if err := parsed.SetKey(starlark.String(name), starlark.String(value)); err != nil {
			return nil, err
		}
	}
	return parsed, nil
}
