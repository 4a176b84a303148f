package builtinmod

import (
	"go.starlark.net/starlark"

	"starwire/runtime/lazy"
	"starwire/runtime/py"
)

// strMethods returns Python's methods of str. They see bytes: letters are those of ASCII, and white space is
// py.IsSpace's, as in CPython under the C locale.
//
// stringobject.c, string_methods.
func strMethods() map[string]*starlark.Builtin {
	return strTable.Get(func() map[string]*starlark.Builtin {
		all := methods(strFunctions())
		promote(all)
		return all
	})
}

var strTable lazy.Value[map[string]*starlark.Builtin]

// strFunctions are the methods of str for arguments that are no unicode text.
func strFunctions() map[string]function {
	return map[string]function{
		"capitalize": mapped(capitalize),
		"center":     justify,
		"count":      strCount,
		"decode":     strDecode,
		"encode":     strEncode,
		"endswith":   affix,
		"expandtabs": expandTabs,
		"find":       strFind,
		"format":     strFormat,
		"index":      strFind,
		"isalnum":    every(func(c byte) bool { return isAlpha(c) || isDigit(c) }),
		"isalpha":    every(isAlpha),
		"isdigit":    every(isDigit),
		"islower":    cased(isUpper, isLower),
		"isspace":    every(py.IsSpace),
		"istitle":    isTitle,
		"isupper":    cased(isLower, isUpper),
		"join":       strJoin,
		"ljust":      justify,
		"lower":      mapped(py.Lower),
		"lstrip":     strip,
		"partition":  partition,
		"replace":    strReplace,
		"rfind":      strFind,
		"rindex":     strFind,
		"rjust":      justify,
		"rpartition": partition,
		"rsplit":     strSplit,
		"rstrip":     strip,
		"split":      strSplit,
		"splitlines": splitLines,
		"startswith": affix,
		"strip":      strip,
		"swapcase":   mapped(swapCase),
		"title":      mapped(title),
		"translate":  translate,
		"upper":      mapped(upper),
		"zfill":      zfill,
	}
}

// methods makes built-ins of functions.
func methods(table map[string]function) map[string]*starlark.Builtin {
	all := make(map[string]*starlark.Builtin, len(table))
	for name, fn := range table {
		all[name] = starlark.NewBuiltin(name, fn)
	}
	return all
}

// self is the string that a method was called on.
func self(b *starlark.Builtin) string {
	s, _ := py.AsBytes(b.Receiver())
	return s
}

func noArgs(b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) error {
	if len(kwargs) > 0 {
		return py.TypeError.Errorf("%s() takes no keyword arguments", b.Name())
	}
	if len(args) > 0 {
		return py.TypeError.Errorf("%s() takes no arguments (%d given)", b.Name(), len(args))
	}
	return nil
}

// unpack is starlark.UnpackPositionalArgs whose error is a TypeError.
func unpack(b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple, min int, vars ...any) error {
	if len(kwargs) > 0 {
		return py.TypeError.Errorf("%s() takes no keyword arguments", b.Name())
	}
	if len(args) < min || len(args) > len(vars) {
		bound, n := "exactly", min
		if min != len(vars) {
			if bound = "at least"; len(args) > len(vars) {
				bound, n = "at most", len(vars)
			}
		}
		if bound == "exactly" && n == 1 {
			return py.TypeError.Errorf("%s() takes exactly one argument (%d given)", b.Name(), len(args))
		}
		plural := "s"
		if n == 1 {
			plural = ""
		}
		return py.TypeError.Errorf("%s() takes %s %d argument%s (%d given)", b.Name(), bound, n, plural, len(args))
	}
	if err := starlark.UnpackPositionalArgs(b.Name(), args, nil, min, vars...); err != nil {
		return py.TypeError.Errorf("%w", err)
	}
	return nil
}

// text unpacks a string where only a string will do.
func text(v starlark.Value) (string, error) {
	if s, ok := py.AsBytes(v); ok {
		return s, nil
	}
	return "", py.TypeError.Errorf("expected a character buffer object")
}

// bounds returns where the part of a string of n bytes between two optional indexes is.
func bounds(n int, start, end starlark.Value) (i, j int, err error) {
	i, j = 0, n
	for _, limit := range []struct {
		v  starlark.Value
		to *int
	}{{start, &i}, {end, &j}} {
		if limit.v == nil || limit.v == starlark.None {
			continue
		}
		x, _ := number(limit.v)
		v, ok := x.(starlark.Int)
		if !ok {
			return 0, 0, py.TypeError.Errorf("slice indices must be integers or None or have an __index__ method")
		}
		at := clampInt(v)
		if at < 0 {
			at = max(at+n, 0)
		}
		*limit.to = at
	}
	return i, min(j, n), nil
}

// window unpacks (x, start, end) and returns the part of the string between them; inside is false if the
// part begins beyond the end.
func window(b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (x starlark.Value, part string, at int, inside bool, err error) {
	var start, end starlark.Value
	if err := unpack(b, args, kwargs, 1, &x, &start, &end); err != nil {
		return nil, "", 0, false, err
	}
	s := self(b)
	i, j, err := bounds(len(s), start, end)
	if err != nil || i > j {
		return x, "", 0, false, err
	}
	return x, s[i:j], i, true, nil
}

// codecArgs unpacks (encoding, errors).
func codecArgs(b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (encoding, onError string, err error) {
	encoding, onError = "ascii", "strict"
	err = py.UnpackAny(b.Name(), args, kwargs, "encoding?", &encoding, "errors?", &onError)
	return encoding, onError, err
}

func strEncode(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	encoding, onError, err := codecArgs(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	return encode(thread, self(b), encoding, onError)
}

func strDecode(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	encoding, onError, err := codecArgs(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	return decode(thread, self(b), encoding, onError)
}
