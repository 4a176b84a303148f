package jsonmod

import (
	"maps"
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starwire/runtime/lazy"
	"starwire/runtime/py"
)

var module lazy.Module

// Module returns the module json, made on first use. It is immutable; runs may share it.
func Module() *starlarkstruct.Module { return module.Get("json", members) }

func members() starlark.StringDict {
	return starlark.StringDict{
		"dump":  starlark.NewBuiltin("dump", jsonDump),
		"dumps": starlark.NewBuiltin("dumps", jsonDumps),
		"load":  starlark.NewBuiltin("load", jsonLoad),
		"loads": starlark.NewBuiltin("loads", jsonLoads),

		"decode":        starlark.NewBuiltin("decode", jsonDecode),
		"encode":        starlark.NewBuiltin("encode", jsonEncode),
		"encode_indent": starlark.NewBuiltin("encode_indent", jsonEncodeIndent),
		"indent":        starlark.NewBuiltin("indent", jsonIndent),
	}
}

var python2 lazy.Module

// Python2 returns the module as Python files find it: loads and load make unicode
// text, which is py.Text, of strings, and dumps and dump want strings in their
// encoding.
func Python2() *starlarkstruct.Module {
	return python2.Get("json", func() starlark.StringDict {
		m := maps.Clone(Module().Members)
		m["dump"] = starlark.NewBuiltin("dump", jsonDump).BindReceiver(starlark.True)
		m["dumps"] = starlark.NewBuiltin("dumps", jsonDumps).BindReceiver(starlark.True)
		m["load"] = starlark.NewBuiltin("load", jsonLoad).BindReceiver(starlark.True)
		m["loads"] = starlark.NewBuiltin("loads", jsonLoads).BindReceiver(starlark.True)
		return m
	})
}

// jsonDumps is json.dumps(obj, skipkeys=False, ensure_ascii=True, …).
func jsonDumps(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(args) == 0 {
		return nil, py.TypeError.Errorf("%s: missing argument for obj", b.Name())
	}
	return dumps(thread, b, args[0], args[1:], kwargs)
}

// jsonDump is json.dump(obj, fp, …): dumps, written by fp.write.
func jsonDump(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(args) < 2 {
		return nil, py.TypeError.Errorf("%s: missing argument for %s", b.Name(), []string{"obj", "fp"}[len(args)])
	}
	text, err := dumps(thread, b, args[0], args[2:], kwargs)
	if err != nil {
		return nil, err
	}
	write, err := method(args[1], "write")
	if err != nil {
		return nil, err
	}
	_, err = starlark.Call(thread, write, starlark.Tuple{text}, nil)
	return starlark.None, err
}

// dumps is json.dumps; a receiver says that strings must be in their encoding.
func dumps(thread *starlark.Thread, b *starlark.Builtin, obj starlark.Value, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	name := b.Name()
	e := encoder{thread: thread, strict: b.Receiver() != nil}
	var skipKeys, sortKeys starlark.Value = starlark.False, starlark.False
	var ensureASCII, circular, allowNaN starlark.Value = starlark.True, starlark.True, starlark.True
	var cls, indent, separators, encoding, def starlark.Value = starlark.None, starlark.None, starlark.None, starlark.None, starlark.None
	if err := py.UnpackArgs(name, args, kwargs,
		"skipkeys?", &skipKeys, "ensure_ascii?", &ensureASCII, "check_circular?", &circular, "allow_nan?", &allowNaN,
		"cls?", &cls, "indent?", &indent, "separators?", &separators, "encoding?", &encoding, "default?", &def,
		"sort_keys?", &sortKeys); err != nil {
		return nil, err
	}
	if err := noClass(name, cls); err != nil {
		return nil, err
	}
	e.skipKeys, e.sortKeys = bool(skipKeys.Truth()), bool(sortKeys.Truth())
	e.ascii, e.circular, e.allowNaN = bool(ensureASCII.Truth()), bool(circular.Truth()), bool(allowNaN.Truth())
	var err error
	if e.decode, err = codec(encoding); err != nil {
		return nil, err
	}
	if e.item, e.key, err = separatorTexts(separators); err != nil {
		return nil, err
	}
	if e.pretty = indent != starlark.None; e.pretty {
		if e.indent, err = indentText(indent); err != nil {
			return nil, err
		}
	}
	if def != starlark.None {
		e.def = def
	}
	return e.encode(obj)
}

// separatorTexts unpacks dumps' separators, by default ", " and ": ".
func separatorTexts(v starlark.Value) (item, key string, err error) {
	if v == starlark.None {
		return ", ", ": ", nil
	}
	iter := starlark.Iterate(v)
	if iter == nil {
		return "", "", py.NotIterable(v)
	}
	defer iter.Done()
	var parts []starlark.Value
	var x starlark.Value
	for len(parts) < 3 && iter.Next(&x) {
		parts = append(parts, x)
	}
	switch len(parts) {
	case 0:
		return "", "", py.ValueError.Errorf("need more than 0 values to unpack")
	case 1:
		return "", "", py.ValueError.Errorf("need more than 1 value to unpack")
	case 3:
		return "", "", py.ValueError.Errorf("too many values to unpack")
	}
	item, itemOK := py.AsBytes(parts[0])
	key, keyOK := py.AsBytes(parts[1])
	if !itemOK || !keyOK {
		return "", "", py.TypeError.Errorf("separators must be strings")
	}
	return item, key, nil
}

// indentText is what one level is indented by: so many spaces, or a text.
func indentText(v starlark.Value) (string, error) {
	var text string
	switch v := v.(type) {
	case starlark.Bool:
		if v {
			text = " "
		}
	case starlark.Int:
		if n, ok := v.Int64(); !ok && v.Sign() > 0 || n > MaxIndent {
			return "", py.ValueError.Errorf("indent is more than %d", MaxIndent)
		} else if n > 0 {
			text = strings.Repeat(" ", int(n))
		}
	case starlark.String:
		text = string(v)
	default:
		return "", py.TypeError.Errorf("indent must be an int or a string, not %s", py.TypeName(v))
	}
	if len(text) > MaxIndent {
		return "", py.ValueError.Errorf("indent is longer than %d bytes", MaxIndent)
	}
	return text, nil
}

// jsonLoads is json.loads(s, encoding=None, …).
func jsonLoads(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(args) == 0 {
		return nil, py.TypeError.Errorf("%s: missing argument for s", b.Name())
	}
	return loads(thread, b, args[0], args[1:], kwargs)
}

// jsonLoad is json.load(fp, …): loads of what fp.read returns.
func jsonLoad(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(args) == 0 {
		return nil, py.TypeError.Errorf("%s: missing argument for fp", b.Name())
	}
	read, err := method(args[0], "read")
	if err != nil {
		return nil, err
	}
	s, err := starlark.Call(thread, read, nil, nil)
	if err != nil {
		return nil, err
	}
	return loads(thread, b, s, args[1:], kwargs)
}

// loads is json.loads; a receiver says that strings become unicode text.
func loads(thread *starlark.Thread, b *starlark.Builtin, v starlark.Value, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	name := b.Name()
	var cls, encoding starlark.Value = starlark.None, starlark.None
	var strict starlark.Value = starlark.True
	hooks := [5]starlark.Value{starlark.None, starlark.None, starlark.None, starlark.None, starlark.None}
	if err := py.UnpackArgs(name, args, kwargs, "encoding?", &encoding, "cls?", &cls,
		"object_hook?", &hooks[0], "parse_float?", &hooks[1], "parse_int?", &hooks[2], "parse_constant?", &hooks[3],
		"object_pairs_hook?", &hooks[4], "strict?", &strict); err != nil {
		return nil, err
	}
	if err := noClass(name, cls); err != nil {
		return nil, err
	}
	c, ok := py.CharsOf(v)
	if !ok {
		return nil, py.TypeError.Errorf("expected string or buffer")
	}
	s, wide := c.S, c.Wide
	d := decoder{thread: thread, s: s, strict: bool(strict.Truth()), constants: true, chars: wide, unicode: b.Receiver() != nil}
	if !wide {
		var err error
		if d.decode, err = codec(encoding); err != nil {
			return nil, err
		}
	}
	for i, to := range []*starlark.Value{&d.objectHook, &d.parseFloat, &d.parseInt, &d.parseConstant, &d.pairsHook} {
		if hooks[i] != starlark.None {
			*to = hooks[i]
		}
	}
	return d.document()
}

// noClass refuses the argument cls: there are no classes to derive from.
func noClass(name string, cls starlark.Value) error {
	if cls != starlark.None {
		return py.TypeError.Errorf("%s: cls must be None", name)
	}
	return nil
}

// method returns the method of v, or Python's AttributeError.
func method(v starlark.Value, name string) (starlark.Value, error) {
	if h, ok := v.(starlark.HasAttrs); ok {
		m, err := h.Attr(name)
		if err != nil || m != nil {
			return m, err
		}
	}
	return nil, py.NoAttribute(v, name)
}
