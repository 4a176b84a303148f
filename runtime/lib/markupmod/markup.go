package markupmod

import (
	"fmt"
	"strconv"
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starwire/runtime/lazy"
	"starwire/runtime/lib/builtinmod"
	"starwire/runtime/lib/urlparsemod"
	"starwire/runtime/py"
)

var cgiModule, xmlModule, saxModule, utilsModule, entityModule lazy.Module

// CGI returns the module cgi, made on first use. It is immutable; runs may share it.
func CGI() *starlarkstruct.Module {
	return cgiModule.Get("cgi", func() starlark.StringDict {
		return starlark.StringDict{
			"escape":       starlark.NewBuiltin("escape", cgiEscape),
			"parse_header": starlark.NewBuiltin("parse_header", parseHeader),
			"parse_qs":     urlparsemod.Module().Members["parse_qs"],
			"parse_qsl":    urlparsemod.Module().Members["parse_qsl"],
		}
	})
}

// XML returns the package xml, in which there is sax.saxutils alone, made on first use. It is immutable; runs may share it.
func XML() *starlarkstruct.Module {
	return xmlModule.Get("xml", func() starlark.StringDict {
		return starlark.StringDict{"sax": saxModule.Get("xml.sax", func() starlark.StringDict {
			return starlark.StringDict{"saxutils": utilsModule.Get("xml.sax.saxutils", func() starlark.StringDict {
				return starlark.StringDict{
					"escape":    starlark.NewBuiltin("escape", escape),
					"quoteattr": starlark.NewBuiltin("quoteattr", quoteAttr),
					"unescape":  starlark.NewBuiltin("unescape", unescape),
				}
			})}
		})}
	})
}

// Entities returns the module htmlentitydefs, made on first use. It is immutable; runs may share it.
func Entities() *starlarkstruct.Module {
	return entityModule.Get("htmlentitydefs", func() starlark.StringDict {
		words := strings.Fields(entityData)
		texts, numbers, names := starlark.NewDict(len(words)), starlark.NewDict(len(words)), starlark.NewDict(len(words))
		for _, word := range words {
			name, number, _ := strings.Cut(word, "=")
			n, err := strconv.Atoi(number)
			if err != nil {
				panic("markupmod: " + word)
			}
			text := fmt.Sprintf("&#%d;", n)
			if n < 0x100 {
				text = string([]byte{byte(n)})
			}
			for _, set := range []error{
				texts.SetKey(starlark.String(name), starlark.String(text)),
				numbers.SetKey(starlark.String(name), starlark.MakeInt(n)),
				names.SetKey(starlark.MakeInt(n), starlark.String(name)),
			} {
				if set != nil {
					panic(set) // a new dict takes every string and number
				}
			}
		}
		return starlark.StringDict{"codepoint2name": names, "entitydefs": texts, "name2codepoint": numbers}
	})
}

// replaced is v.replace(old, new) for each pair.
func replaced(thread *starlark.Thread, v starlark.Value, pairs ...starlark.Value) (starlark.Value, error) {
	for i := 0; i < len(pairs); i += 2 {
		fn, err := builtinmod.Attr(v, "replace")
		if err != nil {
			return nil, err
		}
		if v, err = starlark.Call(thread, fn, starlark.Tuple{pairs[i], pairs[i+1]}, nil); err != nil {
			return nil, err
		}
	}
	return v, nil
}

// What escape and unescape exchange.
const (
	amp, ampText   = starlark.String("&"), starlark.String("&amp;")
	less, lessText = starlark.String("<"), starlark.String("&lt;")
	more, moreText = starlark.String(">"), starlark.String("&gt;")
	quot, quotText = starlark.String(`"`), starlark.String("&quot;")
)

// cgiEscape is cgi.escape(s, quote=None).
func cgiEscape(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var s starlark.Value
	var quote starlark.Value = starlark.None
	if err := py.UnpackAny(b.Name(), args, kwargs, "s", &s, "quote?", &quote); err != nil {
		return nil, err
	}
	pairs := []starlark.Value{amp, ampText, less, lessText, more, moreText}
	if quote.Truth() {
		pairs = append(pairs, quot, quotText)
	}
	return replaced(thread, s, pairs...)
}

// dataArgs unpacks (data, entities={}); the second are the pairs of the dict.
func dataArgs(b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (data starlark.Value, pairs []starlark.Value, err error) {
	var entities starlark.Value = starlark.None
	if err := py.UnpackAny(b.Name(), args, kwargs, "data", &data, "entities?", &entities); err != nil {
		return nil, nil, err
	}
	if !entities.Truth() {
		return data, nil, nil
	}
	m, ok := entities.(starlark.IterableMapping)
	if !ok {
		return nil, nil, py.NoAttribute(entities, "items")
	}
	for _, item := range m.Items() {
		pairs = append(pairs, item...)
	}
	return data, pairs, nil
}

// escape is xml.sax.saxutils.escape(data, entities={}).
func escape(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	data, pairs, err := dataArgs(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	return replaced(thread, data, append([]starlark.Value{amp, ampText, more, moreText, less, lessText}, pairs...)...)
}

// unescape is xml.sax.saxutils.unescape(data, entities={}).
func unescape(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	data, pairs, err := dataArgs(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	return replaced(thread, data, append(append([]starlark.Value{moreText, more, lessText, less}, pairs...), ampText, amp)...)
}

// quoteAttr is xml.sax.saxutils.quoteattr(data, entities={}).
//
// saxutils.py, quoteattr.
func quoteAttr(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	data, pairs, err := dataArgs(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	pairs = append([]starlark.Value{amp, ampText, more, moreText, less, lessText}, pairs...)
	data, err = replaced(thread, data, append(pairs, starlark.String("\n"), starlark.String("&#10;"), starlark.String("\r"), starlark.String("&#13;"),
		starlark.String("\t"), starlark.String("&#9;"))...)
	if err != nil {
		return nil, err
	}
	c, ok := py.CharsOf(data)
	if !ok {
		return nil, py.TypeError.Errorf("argument of type '%s' is not iterable", py.TypeName(data))
	}
	switch {
	case !strings.Contains(c.S, `"`):
		return c.Of(`"` + c.S + `"`).Value(), nil
	case !strings.Contains(c.S, "'"):
		return c.Of("'" + c.S + "'").Value(), nil
	}
	return c.Of(`"` + strings.ReplaceAll(c.S, `"`, "&quot;") + `"`).Value(), nil
}

// parseHeader is cgi.parse_header(line): the value of a field, and a dict of its parameters.
//
// cgi.py, parse_header.
func parseHeader(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var line starlark.Value
	if err := py.UnpackAny(b.Name(), args, kwargs, "line", &line); err != nil {
		return nil, err
	}
	c, ok := py.CharsOf(line)
	if !ok {
		return nil, py.TypeError.Errorf("cannot concatenate 'str' and '%s' objects", py.TypeName(line))
	}
	key, rest := parameter(";" + c.S)
	params := new(starlark.Dict)
	for rest != "" && rest[0] == ';' {
		var p string
		p, rest = parameter(rest)
		name, value, found := strings.Cut(p, "=")
		if !found {
			continue
		}
		value = py.Strip(value)
		if len(value) >= 2 && value[0] == '"' && value[len(value)-1] == '"' {
			value = value[1 : len(value)-1]
			value = strings.ReplaceAll(strings.ReplaceAll(value, `\\`, `\`), `\"`, `"`)
		}
		if err := params.SetKey(c.Of(py.Lower(py.Strip(name))).Value(), c.Of(value).Value()); err != nil {
			return nil, err
		}
	}
	return starlark.Tuple{c.Of(key).Value(), params}, nil
}

// parameter returns what follows the semicolon at the begin of s, up to the next one outside quotes, and the rest.
//
// cgi.py, _parseparam.
func parameter(s string) (p, rest string) {
	s = s[1:]
	quotes, end := 0, 0
	for ; end < len(s); end++ {
		switch {
		case s[end] == ';' && quotes%2 == 0:
			return py.Strip(s[:end]), s[end:]
		case s[end] == '"' && (end == 0 || s[end-1] != '\\'):
			quotes++
		}
	}
	return py.Strip(s), ""
}
