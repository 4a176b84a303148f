package urlparsemod

import (
	"slices"
	"strings"

	"go.starlark.net/starlark"

	"starwire/runtime/lazy"
	"starwire/runtime/py"
)

// What the results have besides their fields.
var extra = []string{"_asdict", "_fields", "_replace", "geturl", "hostname", "password", "port", "username"}

var (
	splitResultType = &py.NamedType{
		Name: "SplitResult", Fields: []string{"scheme", "netloc", "path", "query", "fragment"}, Extra: extra, Attr: resultAttr,
	}
	parseResultType = &py.NamedType{
		Name: "ParseResult", Fields: []string{"scheme", "netloc", "path", "params", "query", "fragment"}, Extra: extra, Attr: resultAttr,
	}
)

func (p parts) splitResult() *py.Named {
	return splitResultType.New(p.scheme.Value(), p.netloc.Value(), p.path.Value(),
		p.query.Value(), p.fragment.Value())
}

func (p parts) parseResult() *py.Named {
	return parseResultType.New(p.scheme.Value(), p.netloc.Value(), p.path.Value(),
		p.params.Value(), p.query.Value(), p.fragment.Value())
}

// newSplitResult is urlparse.SplitResult(scheme, netloc, path, query, fragment).
func newSplitResult(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	return newResult(splitResultType, b, args, kwargs)
}

// newParseResult is urlparse.ParseResult(scheme, netloc, path, params, query, fragment).
func newParseResult(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	return newResult(parseResultType, b, args, kwargs)
}

func newResult(typ *py.NamedType, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	items := make([]starlark.Value, len(typ.Fields))
	var pairs []any
	for i, field := range typ.Fields {
		pairs = append(pairs, field, &items[i])
	}
	if err := py.UnpackAny(b.Name(), args, kwargs, pairs...); err != nil {
		return nil, err
	}
	return typ.New(items...), nil
}

func resultMethods() map[string]*starlark.Builtin {
	return resultMethodsTable.Get(func() map[string]*starlark.Builtin {
		return map[string]*starlark.Builtin{
			"_asdict":  starlark.NewBuiltin("_asdict", resultAsDict),
			"_replace": starlark.NewBuiltin("_replace", resultReplace),
			"geturl":   starlark.NewBuiltin("geturl", resultGetURL),
		}
	})
}

var resultMethodsTable lazy.Value[map[string]*starlark.Builtin]

// resultAttr computes the attributes of extra.
//
// urlparse.py, ResultMixin
func resultAttr(n *py.Named, name string) (starlark.Value, error) {
	if m := resultMethods()[name]; m != nil {
		return m.BindReceiver(n), nil
	}
	if name == "_fields" {
		fields := make(starlark.Tuple, len(n.NamedType().Fields))
		for i, f := range n.NamedType().Fields {
			fields[i] = starlark.String(f)
		}
		return fields, nil
	}
	whole, ok := py.CharsOf(n.Index(1))
	if !ok {
		return nil, py.NoAttribute(n.Index(1), "split")
	}
	netloc := whole.S
	userinfo, host, found := netloc, netloc, false
	if i := strings.LastIndexByte(netloc, '@'); i >= 0 {
		userinfo, host, found = netloc[:i], netloc[i+1:], true
	}
	user, password, hasPassword := strings.Cut(userinfo, ":")
	switch name {
	case "username":
		if found {
			return whole.Of(user).Value(), nil
		}
	case "password":
		if found && hasPassword {
			return whole.Of(password).Value(), nil
		}
	case "hostname":
		return hostname(whole.Of(host)), nil
	case "port":
		return port(host)
	}
	return starlark.None, nil
}

func hostname(c py.Chars) starlark.Value {
	host := c.S
	switch {
	case strings.Contains(host, "[") && strings.Contains(host, "]"):
		inside, _, _ := strings.Cut(host, "]")
		return c.Of(inside[min(1, len(inside)):]).Lower().Value()
	case host == "":
		return starlark.None
	}
	name, _, _ := strings.Cut(host, ":")
	return c.Of(name).Lower().Value()
}

func port(host string) (starlark.Value, error) {
	_, rest, found := strings.Cut(host[strings.LastIndexByte(host, ']')+1:], ":")
	if !found {
		return starlark.None, nil
	}
	text, _, _ := strings.Cut(rest, ":")
	if text == "" {
		return starlark.None, nil
	}
	n, ok := py.Int10(text)
	switch {
	case !ok:
		return nil, py.ValueError.Errorf("invalid literal for int() with base 10: %s", py.Quote(text))
	case n < 0 || n > 65535:
		return starlark.None, nil
	}
	return starlark.MakeInt64(n), nil
}

// resultGetURL is r.geturl().
func resultGetURL(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := py.UnpackArgs(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	v := b.Receiver().(*py.Named).Tuple()
	var params starlark.Value = starlark.None
	if len(v) == 6 {
		params, v = v[3], slices.Concat(v[:3], v[4:])
	}
	p, err := partsOf(v[0], v[1], v[2], params, v[3], v[4])
	if err != nil {
		return nil, err
	}
	return textValue(p.url())
}

// resultAsDict is r._asdict().
func resultAsDict(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := py.UnpackArgs(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	n := b.Receiver().(*py.Named)
	dict := new(starlark.Dict)
	for i, field := range n.NamedType().Fields {
		if err := dict.SetKey(starlark.String(field), n.Index(i)); err != nil {
			return nil, err
		}
	}
	return dict, nil
}

// resultReplace is r._replace(**fields): a result with other values.
func resultReplace(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	n := b.Receiver().(*py.Named)
	if len(args) > 0 {
		return nil, py.TypeError.Errorf("_replace() takes exactly 1 argument (%d given)", len(args)+1)
	}
	items := slices.Clone(n.Tuple())
	unknown := starlark.NewList(nil)
	for _, kw := range kwargs {
		if i := slices.Index(n.NamedType().Fields, string(kw[0].(starlark.String))); i >= 0 {
			items[i] = kw[1]
		} else if err := unknown.Append(kw[0]); err != nil {
			return nil, err
		}
	}
	if unknown.Len() > 0 {
		return nil, py.ValueError.Errorf("Got unexpected field names: %s", py.Repr(unknown))
	}
	return n.NamedType().New(items...), nil
}
