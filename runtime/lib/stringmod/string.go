// Package stringmod is Python 2.7's module string: sets of characters, and the
// functions that became methods of str.
//
// It has no Template and no Formatter.
package stringmod

import (
	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starwire/runtime/lazy"
	"starwire/runtime/lib/builtinmod"
	"starwire/runtime/py"
)

const (
	lowercase   = "abcdefghijklmnopqrstuvwxyz"
	uppercase   = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	digits      = "0123456789"
	punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
	whitespace  = "\t\n\x0b\x0c\r "
)

var module lazy.Module

// Module returns the module string, made on first use. It is immutable; runs may share it.
func Module() *starlarkstruct.Module { return module.Get("string", members) }

func members() starlark.StringDict {
	m := starlark.StringDict{
		"ascii_letters":   starlark.String(lowercase + uppercase),
		"ascii_lowercase": starlark.String(lowercase),
		"ascii_uppercase": starlark.String(uppercase),
		"capwords":        starlark.NewBuiltin("capwords", capWords),
		"digits":          starlark.String(digits),
		"hexdigits":       starlark.String(digits + "abcdefABCDEF"),
		"join":            starlark.NewBuiltin("join", join),
		"joinfields":      starlark.NewBuiltin("joinfields", join),
		"letters":         starlark.String(lowercase + uppercase),
		"lowercase":       starlark.String(lowercase),
		"maketrans":       starlark.NewBuiltin("maketrans", makeTrans),
		"octdigits":       starlark.String("01234567"),
		"printable":       starlark.String(digits + lowercase + uppercase + punctuation + " \t\n\r\x0b\x0c"),
		"punctuation":     starlark.String(punctuation),
		"uppercase":       starlark.String(uppercase),
		"whitespace":      starlark.String(whitespace),
	}
	// string.py, "Backward compatible names for exceptions" and the functions: f(s, …) is s.f(…).
	for name, method := range map[string]string{
		"atof": "", "atoi": "", "atol": "",
		"capitalize": "", "center": "", "count": "", "expandtabs": "", "find": "", "index": "", "ljust": "", "lower": "",
		"lstrip": "", "replace": "", "rfind": "", "rindex": "", "rjust": "", "rsplit": "", "rstrip": "", "split": "",
		"splitfields": "split", "strip": "", "swapcase": "", "translate": "", "upper": "", "zfill": "",
	} {
		if method == "" {
			method = name
		}
		m[name] = starlark.NewBuiltin(name, asMethod(method))
	}
	types := builtinmod.Members(nil)
	for name, of := range map[string]string{"atof": "float", "atoi": "int", "atol": "long"} {
		m[name] = starlark.NewBuiltin(name, func(thread *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			return starlark.Call(thread, types[of], args, kwargs)
		})
	}
	return m
}

// asMethod makes a function of a method: its first argument is the string.
func asMethod(name string) func(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
	return func(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		if len(args) == 0 {
			return nil, py.TypeError.Errorf("%s() takes at least 1 argument (0 given)", b.Name())
		}
		m, err := builtinmod.Attr(args[0], name)
		if err != nil {
			return nil, err
		}
		return starlark.Call(thread, m, args[1:], kwargs)
	}
}

// join is string.join(words, sep=" ").
func join(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var words starlark.Value
	var sep starlark.Value = starlark.String(" ")
	if err := py.UnpackAny(b.Name(), args, kwargs, "words", &words, "sep?", &sep); err != nil {
		return nil, err
	}
	m, err := builtinmod.Attr(sep, "join")
	if err != nil {
		return nil, err
	}
	return starlark.Call(thread, m, starlark.Tuple{words}, nil)
}

// capWords is string.capwords(s, sep=None): each word with a capital.
func capWords(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var s starlark.Value
	var sep starlark.Value = starlark.None
	if err := py.UnpackAny(b.Name(), args, kwargs, "s", &s, "sep?", &sep); err != nil {
		return nil, err
	}
	v, err := asMethod("split")(thread, b, starlark.Tuple{s, sep}, nil)
	if err != nil {
		return nil, err
	}
	var words []starlark.Value
	for word := range starlark.Elements(v.(*starlark.List)) {
		if word, err = asMethod("capitalize")(thread, b, starlark.Tuple{word}, nil); err != nil {
			return nil, err
		}
		words = append(words, word)
	}
	if sep == starlark.None {
		sep = starlark.String(" ")
	}
	return asMethod("join")(thread, b, starlark.Tuple{sep, starlark.NewList(words)}, nil)
}

// makeTrans is string.maketrans(from, to): a table for str.translate.
func makeTrans(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var from, to py.ByteStr
	if err := py.UnpackArgs(b.Name(), args, kwargs, "from", &from, "to", &to); err != nil {
		return nil, err
	}
	if len(from) != len(to) {
		return nil, py.ValueError.Errorf("maketrans arguments must have same length")
	}
	table := make([]byte, 256)
	for i := range table {
		table[i] = byte(i)
	}
	for i := range len(from) {
		table[from[i]] = to[i]
	}
	return starlark.String(table), nil
}
