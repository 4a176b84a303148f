package urlparsemod

import (
	"strings"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/lib/urllibmod"
	"starwire/runtime/py"
)

// urlArgs unpacks (url, scheme=”, allow_fragments=True).
func urlArgs(b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (url, scheme py.Chars, fragments bool, err error) {
	var u starlark.Value
	var s starlark.Value = starlark.String("")
	var allow starlark.Value = starlark.True
	if err := py.UnpackAny(b.Name(), args, kwargs, "url", &u, "scheme?", &s, "allow_fragments?", &allow); err != nil {
		return url, scheme, false, err
	}
	scheme, ok := py.CharsOf(s)
	if !ok {
		return url, scheme, false, py.TypeError.Errorf("%s: for parameter scheme: got %s, want str", b.Name(), py.TypeName(s))
	}
	url, err = urlText(u)
	return url, scheme, bool(allow.Truth()), err
}

// urlText is a URL's text. What is none fails where urlsplit looks it up in its
// cache, or searches it for a colon.
func urlText(v starlark.Value) (py.Chars, error) {
	c, ok := py.CharsOf(v)
	if ok {
		return c, nil
	}
	switch v.(type) {
	case *starlark.List, *starlark.Dict, *starlark.Set:
		return c, py.TypeError.Errorf("unhashable type: '%s'", py.TypeName(v))
	}
	return c, py.NoAttribute(v, "find")
}

// textValue returns text, unless there is an error.
func textValue(c py.Chars, err error) (starlark.Value, error) {
	if err != nil {
		return nil, err
	}
	return c.Value(), nil
}

// urlParse is urlparse.urlparse(url, scheme=”, allow_fragments=True).
func urlParse(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	url, scheme, fragments, err := urlArgs(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	p, err := parseURL(url, scheme, fragments)
	if err != nil {
		return nil, err
	}
	return p.parseResult(), nil
}

// urlSplit is urlparse.urlsplit(url, scheme=”, allow_fragments=True).
func urlSplit(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	url, scheme, fragments, err := urlArgs(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	p, err := splitURL(url, scheme, fragments)
	if err != nil {
		return nil, err
	}
	return p.splitResult(), nil
}

// urlUnparse is urlparse.urlunparse(parts).
func urlUnparse(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	items, err := dataArg(b, args, kwargs, 6)
	if err != nil {
		return nil, err
	}
	p, err := partsOf(items[0], items[1], items[2], items[3], items[4], items[5])
	if err != nil {
		return nil, err
	}
	return textValue(p.url())
}

// urlUnsplit is urlparse.urlunsplit(parts).
func urlUnsplit(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	items, err := dataArg(b, args, kwargs, 5)
	if err != nil {
		return nil, err
	}
	p, err := partsOf(items[0], items[1], items[2], starlark.None, items[3], items[4])
	if err != nil {
		return nil, err
	}
	return textValue(p.url())
}

// dataArg unpacks the one argument, a sequence of n items.
func dataArg(b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple, n int) ([]starlark.Value, error) {
	var data starlark.Value
	if err := py.UnpackAny(b.Name(), args, kwargs, "data", &data); err != nil {
		return nil, err
	}
	iter := starlark.Iterate(data)
	if iter == nil {
		return nil, py.NotIterable(data)
	}
	defer iter.Done()
	var items []starlark.Value
	var v starlark.Value
	for len(items) <= n && iter.Next(&v) {
		items = append(items, v)
	}
	switch {
	case len(items) > n:
		return nil, py.ValueError.Errorf("too many values to unpack")
	case len(items) == 1:
		return nil, py.ValueError.Errorf("need more than 1 value to unpack")
	case len(items) < n:
		return nil, py.ValueError.Errorf("need more than %d values to unpack", len(items))
	}
	return items, nil
}

// partsOf makes parts of values; what is false, such as None, is an absent part,
// but the path has to be there.
func partsOf(scheme, netloc, path, params, query, fragment starlark.Value) (parts, error) {
	var p parts
	for _, x := range []struct {
		to *py.Chars
		v  starlark.Value
	}{{&p.scheme, scheme}, {&p.netloc, netloc}, {&p.path, path}, {&p.params, params}, {&p.query, query}, {&p.fragment, fragment}} {
		c, ok := py.CharsOf(x.v)
		switch {
		case ok:
			*x.to = c
		case x.to == &p.params && bool(x.v.Truth()):
			*x.to = py.Chars{S: py.Str(x.v)} // it is formatted by %s
		case x.to == &p.path || bool(x.v.Truth()):
			return parts{}, py.TypeError.Errorf("cannot concatenate 'str' and '%s' objects", py.TypeName(x.v))
		}
	}
	return p, nil
}

// urlJoin is urlparse.urljoin(base, url, allow_fragments=True).
func urlJoin(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var base, url starlark.Value
	var allow starlark.Value = starlark.True
	if err := py.UnpackAny(b.Name(), args, kwargs, "base", &base, "url", &url, "allow_fragments?", &allow); err != nil {
		return nil, err
	}
	switch {
	case !bool(base.Truth()):
		return url, nil
	case !bool(url.Truth()):
		return base, nil
	}
	baseText, err := urlText(base)
	if err != nil {
		return nil, err
	}
	text, err := urlText(url)
	if err != nil {
		return nil, err
	}
	joined, err := join(baseText, text, bool(allow.Truth()))
	if err != nil {
		return nil, err
	}
	return joined.Value(), host.Spend(thread, len(joined.S)/host.BytesPerStep)
}

// urlDefrag is urlparse.urldefrag(url): the URL without its fragment, and that.
func urlDefrag(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var v starlark.Value
	if err := py.UnpackAny(b.Name(), args, kwargs, "url", &v); err != nil {
		return nil, err
	}
	url, ok := py.CharsOf(v)
	if !ok {
		return nil, py.TypeError.Errorf("argument of type '%s' is not iterable", py.TypeName(v))
	}
	if !strings.Contains(url.S, "#") {
		return starlark.Tuple{v, starlark.String("")}, nil
	}
	p, err := parseURL(url, py.Chars{}, true)
	if err != nil {
		return nil, err
	}
	fragment := p.fragment
	p.fragment = py.Chars{}
	rest, err := p.url()
	if err != nil {
		return nil, err
	}
	return starlark.Tuple{rest.Value(), fragment.Value()}, nil
}

// unquote is urlparse.unquote(s), the same as urllib's.
func unquote(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var v starlark.Value
	if err := py.UnpackAny(b.Name(), args, kwargs, "s", &v); err != nil {
		return nil, err
	}
	c, ok := py.CharsOf(v)
	if !ok {
		return nil, py.NoAttribute(v, "split")
	}
	return urllibmod.UnquoteText(c).Value(), nil
}
