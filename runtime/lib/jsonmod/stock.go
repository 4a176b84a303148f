package jsonmod

import (
	"encoding/json"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/py"
)

// stockEncoder has the rules of go.starlark.net/lib/json: compact, sorted, any
// iterable and any value with attributes, keys that are strings.
func stockEncoder(thread *starlark.Thread) *encoder {
	return &encoder{thread: thread, stock: true, sortKeys: true, circular: true, item: ",", key: ":"}
}

// jsonEncode is json.encode(x).
func jsonEncode(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "x", &x); err != nil {
		return nil, err
	}
	return stockEncoder(thread).encode(x)
}

// jsonEncodeIndent is json.encode_indent(x, prefix="", indent="\t").
func jsonEncodeIndent(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x starlark.Value
	e := stockEncoder(thread)
	e.pretty, e.key, e.indent = true, ": ", "\t"
	if err := py.UnpackArgs(b.Name(), args, kwargs, "x", &x, "prefix?", &e.prefix, "indent?", &e.indent); err != nil {
		return nil, err
	}
	if err := checkIndent(e); err != nil {
		return nil, err
	}
	return e.encode(x)
}

func checkIndent(e *encoder) error {
	if len(e.indent) > MaxIndent || len(e.prefix) > MaxIndent {
		return py.ValueError.Errorf("indent is longer than %d bytes", MaxIndent)
	}
	return nil
}

// jsonDecode is json.decode(x[, default]): default stands in for a text that is
// not JSON.
func jsonDecode(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x string
	var def starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "x", &x, "default?", &def); err != nil {
		return nil, err
	}
	d := decoder{thread: thread, s: x, strict: true, replace: true}
	v, err := d.document()
	if _, bad := err.(*py.Exception); bad && def != nil {
		return def, nil
	}
	return v, err
}

// jsonIndent is json.indent(str, prefix="", indent="\t"): the JSON text str in lines.
func jsonIndent(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var str string
	e := stockEncoder(thread)
	e.indent = "\t"
	if err := py.UnpackArgs(b.Name(), args, kwargs, "str", &str, "prefix?", &e.prefix, "indent?", &e.indent); err != nil {
		return nil, err
	}
	if err := checkIndent(e); err != nil {
		return nil, err
	}
	if !json.Valid([]byte(str)) {
		// Say where, in our words; what those accept and json.Valid does not has no place.
		if _, err := (&decoder{thread: thread, s: str, strict: true, replace: true}).document(); err != nil {
			return nil, err
		}
		return nil, noValue()
	}
	for i := 0; i < len(str); i++ {
		if err := e.tick(); err != nil {
			return nil, err
		}
		if err := e.room(slack); err != nil {
			return nil, err
		}
		switch c := str[i]; c {
		case ' ', '\t', '\n', '\r':
		case '"':
			end := i + 1
			for ; str[end] != '"'; end++ {
				if str[end] == '\\' {
					end++
				}
			}
			if err := e.room(end + slack - i); err != nil {
				return nil, err
			}
			e.out = append(e.out, str[i:end+1]...)
			i = end
		case '[', '{':
			e.out = append(e.out, c)
			if j := (&decoder{s: str}).space(i + 1); str[j] == c+2 { // ']' and '}' are two on
				e.out = append(e.out, str[j])
				i = j
				break
			}
			e.depth++
			if err := e.tooDeep(); err != nil {
				return nil, err
			}
			e.line(e.depth)
		case ']', '}':
			e.depth--
			e.line(e.depth)
			e.out = append(e.out, c)
		case ',':
			e.out = append(e.out, c)
			e.line(e.depth)
		case ':':
			e.out = append(e.out, ':', ' ')
		default:
			e.out = append(e.out, c)
		}
	}
	if e.err != nil {
		return nil, e.err
	}
	return starlark.String(e.result()), host.Spend(thread, (len(e.out)-e.charged)/host.BytesPerStep)
}
