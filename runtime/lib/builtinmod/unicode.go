package builtinmod

import (
	"slices"
	"strings"
	"unicode"

	"go.starlark.net/starlark"

	"starwire/runtime/lazy"
	"starwire/runtime/py"
)

// unicodeMethods returns the methods of unicode text that is not ASCII. Where bytes do as
// well as characters, they are those of str, called with the UTF-8.
//
// unicodeobject.c, unicode_methods.
func unicodeMethods() map[string]*starlark.Builtin { return unicodeTable.Get(unicodeFunctions) }

var unicodeTable lazy.Methods

func unicodeFunctions() map[string]function {
	letter := func(r rune) bool { return unicode.IsLetter(r) }
	return map[string]function{
		"capitalize": recased(func(s string) string { return eachRune(s, atStart(unicode.ToTitle, unicode.ToLower)) }),
		"center":     uniJustify,
		"count":      uniCount,
		"decode":     uniDecode,
		"encode":     uniEncode,
		"endswith":   uniWindow(affix),
		"expandtabs": uniExpandTabs,
		"find":       uniWindow(strFind),
		"format":     strFormat,
		"index":      uniWindow(strFind),
		"isalnum":    everyRune(func(r rune) bool { return unicode.IsLetter(r) || unicode.Is(unicode.N, r) }),
		"isalpha":    everyRune(letter),
		"isdecimal":  everyRune(func(r rune) bool { return unicode.Is(unicode.Nd, r) }),
		"isdigit":    uniIsDigit,
		"islower":    casedRunes(unicode.Ll),
		"isspace":    everyRune(isUnicodeSpace),
		"istitle":    uniIsTitle,
		"isupper":    casedRunes(unicode.Lu),
		"join":       strJoin,
		"ljust":      uniJustify,
		"lower":      recased(func(s string) string { return eachRune(s, unicode.ToLower) }),
		"lstrip":     uniStrip,
		"partition":  asUTF8(partition),
		"replace":    uniReplace,
		"rfind":      uniWindow(strFind),
		"rindex":     uniWindow(strFind),
		"rjust":      uniJustify,
		"rpartition": asUTF8(partition),
		"rsplit":     uniSplit,
		"rstrip":     uniStrip,
		"split":      uniSplit,
		"splitlines": uniSplitLines,
		"startswith": uniWindow(affix),
		"strip":      uniStrip,
		"swapcase":   recased(func(s string) string { return eachRune(s, swapRune) }),
		"title":      recased(uniTitle),
		"translate":  uniTranslate,
		"upper":      recased(func(s string) string { return eachRune(s, unicode.ToUpper) }),
		"zfill":      uniZfill,
	}
}

// UnicodeText is the value of a literal of type unicode.
func UnicodeText(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var s string
	if err := unpack(b, args, kwargs, 1, &s); err != nil {
		return nil, err
	}
	if err := py.CheckUTF8(s); err != nil {
		return nil, err
	}
	return py.Text(s), nil
}

// promote makes the methods of str those of unicode text for arguments that are: what they return is unicode.
//
// stringobject.c, string_replace and others: PyUnicode_Check.
func promote(table map[string]*starlark.Builtin) {
	for _, name := range []string{"count", "endswith", "find", "index", "lstrip", "partition", "replace", "rfind", "rindex",
		"rpartition", "rsplit", "rstrip", "split", "startswith", "strip", "center", "ljust", "rjust"} {
		own, wide := table[name], unicodeMethods()[name]
		table[name] = starlark.NewBuiltin(name, func(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			if !slices.ContainsFunc(args, holdsUnicode) {
				return own.BindReceiver(b.Receiver()).CallInternal(thread, args, kwargs)
			}
			return wide.BindReceiver(b.Receiver()).CallInternal(thread, args, kwargs)
		})
	}
}

func holdsUnicode(v starlark.Value) bool {
	if t, ok := v.(starlark.Tuple); ok {
		return slices.ContainsFunc(t, py.IsUnicode)
	}
	return py.IsUnicode(v)
}

// asciiMethods returns the methods of unicode text that is ASCII. Most are those of str, which are faster and
// right as long as the arguments are ASCII, too.
func asciiMethods() map[string]*starlark.Builtin { return asciiTable.Get(asciiFunctions) }

var asciiTable lazy.Methods

// hasSpecialSpace reports whether one of the characters is in s that divide lines or words of unicode text,
// or of a str, but not of both.
func hasSpecialSpace(s string) bool {
	for i := range len(s) {
		switch s[i] {
		case '\v', '\f', 0x1c, 0x1d, 0x1e, 0x1f:
			return true
		}
	}
	return false
}

func asciiFunctions() map[string]function {
	str, table := strFunctions(), unicodeFunctions()
	for name, wide := range table {
		own := str[name]
		switch name {
		case "encode", "format", "isdecimal", "join", "translate":
			continue
		}
		words := name == "splitlines" || name == "isspace" || strings.HasSuffix(name, "strip") || strings.HasSuffix(name, "split")
		table[name] = func(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			if words && hasSpecialSpace(self(b)) || !allASCII(args) {
				return wide(thread, b, args, kwargs)
			}
			v, err := own(thread, b, args, kwargs)
			if err != nil {
				return nil, err
			}
			return wideResult(v), nil
		}
	}
	table["decode"] = strDecode // of the bytes that ASCII makes of it
	return table
}

// allASCII reports whether all text among the arguments of a method is ASCII.
func allASCII(args starlark.Tuple) bool {
	for _, v := range args {
		switch v := v.(type) {
		case starlark.String:
			if !py.IsASCII(string(v)) {
				return false
			}
		case starlark.Tuple:
			if !allASCII(v) {
				return false
			}
		case starlark.Bytes, *py.Unicode:
			return false
		}
	}
	return true
}
