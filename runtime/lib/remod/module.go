package remod

import (
	"math"
	"strings"
	"unicode/utf8"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starwire/runtime/lazy"
	"starwire/runtime/py"
)

var module lazy.Module

// Module returns the module re, made on first use. It is immutable; runs may share it.
func Module() *starlarkstruct.Module { return module.Get("re", members) }

func members() starlark.StringDict {
	return starlark.StringDict{
		"compile":  starlark.NewBuiltin("compile", reCompile),
		"error":    Error,
		"escape":   starlark.NewBuiltin("escape", reEscape),
		"findall":  starlark.NewBuiltin("findall", reFindAll),
		"finditer": starlark.NewBuiltin("finditer", reFindIter),
		"match":    starlark.NewBuiltin("match", reMatch),
		"purge":    starlark.NewBuiltin("purge", rePurge),
		"search":   starlark.NewBuiltin("search", reSearch),
		"split":    starlark.NewBuiltin("split", reSplit),
		"sub":      starlark.NewBuiltin("sub", reSub),
		"subn":     starlark.NewBuiltin("subn", reSubN),

		"DEBUG":      starlark.MakeInt(flagDebug),
		"DOTALL":     starlark.MakeInt(flagDotAll),
		"I":          starlark.MakeInt(flagIgnoreCase),
		"IGNORECASE": starlark.MakeInt(flagIgnoreCase),
		"L":          starlark.MakeInt(flagLocale),
		"LOCALE":     starlark.MakeInt(flagLocale),
		"M":          starlark.MakeInt(flagMultiline),
		"MULTILINE":  starlark.MakeInt(flagMultiline),
		"S":          starlark.MakeInt(flagDotAll),
		"U":          starlark.MakeInt(flagUnicode),
		"UNICODE":    starlark.MakeInt(flagUnicode),
		"VERBOSE":    starlark.MakeInt(flagVerbose),
		"X":          starlark.MakeInt(flagVerbose),
	}
}

// reCompile is re.compile(pattern, flags=0).
func reCompile(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var pattern starlark.Value
	var flags int
	if err := py.UnpackAny(b.Name(), args, kwargs, "pattern", &pattern, "flags?", &flags); err != nil {
		return nil, err
	}
	p, err := compile(pattern, flags)
	if err != nil {
		return nil, err
	}
	return p, nil
}

// textArgs unpacks (pattern, string, flags=0) and begins a scan.
func textArgs(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (*scan, error) {
	var pattern, v starlark.Value
	var flags int
	if err := py.UnpackAny(b.Name(), args, kwargs, "pattern", &pattern, "string", &v, "flags?", &flags); err != nil {
		return nil, err
	}
	p, err := compile(pattern, flags)
	if err != nil {
		return nil, err
	}
	return newScan(thread, p, v, 0, math.MaxInt64)
}

// reMatch is re.match(pattern, string, flags=0).
func reMatch(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	sc, err := textArgs(thread, b, args, kwargs)
	if err != nil {
		return nil, err
	}
	return orNone(sc.find(anchored))
}

// reSearch is re.search(pattern, string, flags=0).
func reSearch(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	sc, err := textArgs(thread, b, args, kwargs)
	if err != nil {
		return nil, err
	}
	return orNone(sc.next())
}

// reFindAll is re.findall(pattern, string, flags=0).
func reFindAll(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	sc, err := textArgs(thread, b, args, kwargs)
	if err != nil {
		return nil, err
	}
	return findAll(sc)
}

// reFindIter is re.finditer(pattern, string, flags=0).
func reFindIter(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	sc, err := textArgs(thread, b, args, kwargs)
	if err != nil {
		return nil, err
	}
	return &matches{scan: sc}, nil
}

// reSplit is re.split(pattern, string, maxsplit=0, flags=0).
func reSplit(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var pattern, v starlark.Value
	var limit starlark.Int
	var flags int
	if err := py.UnpackAny(b.Name(), args, kwargs,
		"pattern", &pattern, "string", &v, "maxsplit?", &limit, "flags?", &flags); err != nil {
		return nil, err
	}
	p, err := compile(pattern, flags)
	if err != nil {
		return nil, err
	}
	return split(thread, p, v, saturate(limit))
}

// reSubArgs unpacks (pattern, repl, string, count=0, flags=0), and substitutes.
func reSubArgs(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, int, error) {
	var pattern, repl, v starlark.Value
	var limit starlark.Int
	var flags int
	if err := py.UnpackAny(b.Name(), args, kwargs,
		"pattern", &pattern, "repl", &repl, "string", &v, "count?", &limit, "flags?", &flags); err != nil {
		return nil, 0, err
	}
	p, err := compile(pattern, flags)
	if err != nil {
		return nil, 0, err
	}
	return sub(thread, p, repl, v, saturate(limit))
}

// reSub is re.sub(pattern, repl, string, count=0, flags=0).
func reSub(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	s, _, err := reSubArgs(thread, b, args, kwargs)
	return s, err
}

// reSubN is re.subn(pattern, repl, string, count=0, flags=0).
func reSubN(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	s, n, err := reSubArgs(thread, b, args, kwargs)
	return starlark.Tuple{s, starlark.MakeInt(n)}, err
}

// reEscape is re.escape(pattern): a backslash before all but ASCII letters and digits.
func reEscape(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var v starlark.Value
	if err := py.UnpackAny(b.Name(), args, kwargs, "pattern", &v); err != nil {
		return nil, err
	}
	text, ok := py.CharsOf(v)
	if !ok {
		return nil, py.TypeError.Errorf("%s: for parameter pattern: got %s, want str", b.Name(), py.TypeName(v))
	}
	var out strings.Builder
	for i := 0; i < len(text.S); i++ {
		switch c := text.S[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
			out.WriteByte(c)
		case c == 0:
			out.WriteString(`\000`)
		case text.Wide && c >= utf8.RuneSelf: // before the first byte of a character
			if utf8.RuneStart(c) {
				out.WriteByte('\\')
			}
			out.WriteByte(c)
		default:
			out.WriteByte('\\')
			out.WriteByte(c)
		}
	}
	return text.Of(out.String()).Value(), nil
}

// rePurge is re.purge(): nothing a script could notice.
func rePurge(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	return starlark.None, py.UnpackArgs(b.Name(), args, kwargs)
}
