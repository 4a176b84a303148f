package builtinmod

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

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

// wideSelf is the text, in UTF-8, that a method was called on. The error is the UnicodeDecodeError of a str
// that is not ASCII.
func wideSelf(b *starlark.Builtin) (string, error) {
	s, _, err := py.AsText(b.Receiver())
	return s, err
}

// inUTF8 returns the arguments with text as strings, in UTF-8.
func inUTF8(args starlark.Tuple) (starlark.Tuple, error) {
	out := slices.Clone(args)
	for i, v := range args {
		if t, ok := v.(starlark.Tuple); ok {
			var err error
			if out[i], err = inUTF8(t); err != nil {
				return nil, err
			}
		} else if s, ok, err := py.AsText(v); ok {
			if err != nil {
				return nil, err
			}
			out[i] = starlark.String(s)
		}
	}
	return out, nil
}

// wideResult makes unicode text of the strings in what a method of str returned.
func wideResult(v starlark.Value) starlark.Value {
	switch v := v.(type) {
	case starlark.String:
		return py.Text(string(v))
	case starlark.Tuple:
		for i, e := range v {
			v[i] = wideResult(e)
		}
	case *starlark.List:
		elems := make([]starlark.Value, v.Len())
		for i := range elems {
			elems[i] = wideResult(v.Index(i))
		}
		return starlark.NewList(elems)
	}
	return v
}

// asUTF8 makes a method of one of str's that is right for UTF-8.
func asUTF8(method function) function {
	return func(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		s, err := wideSelf(b)
		if err != nil {
			return nil, err
		}
		if args, err = inUTF8(args); err != nil {
			return nil, err
		}
		v, err := method(thread, b.BindReceiver(starlark.String(s)), args, kwargs)
		if err != nil {
			return nil, err
		}
		return wideResult(v), nil
	}
}

// uniWindow is asUTF8 of a method whose arguments are (x, start, end), and which may return a position.
func uniWindow(method function) function {
	inBytes := asUTF8(method)
	return func(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		u, ok := b.Receiver().(*py.Unicode)
		if !ok { // ASCII, or not to be had
			return inBytes(thread, b, args, kwargs)
		}
		if len(args) > 1 && len(args) <= 3 {
			ends := [2]starlark.Value{}
			copy(ends[:], args[1:])
			i, j, err := bounds(u.Len(), ends[0], ends[1])
			if err != nil {
				return nil, err
			}
			from := u.Offset(min(i, u.Len()))
			if i > u.Len() || i > j { // beyond the end, where not even nothing is found
				from = len(u.Text()) + 1
			}
			args = starlark.Tuple{args[0], starlark.MakeInt(from), starlark.MakeInt(u.Offset(j))}
		}
		v, err := inBytes(thread, b, args, kwargs)
		if n, ok := v.(starlark.Int); ok {
			if at := clampInt(n); at > 0 {
				v = starlark.MakeInt(u.Position(at))
			}
		}
		return v, err
	}
}

// uniCount is u.count(sub, start, end): the empty text is between all characters.
func uniCount(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x, start, end starlark.Value
	if err := unpack(b, args, kwargs, 1, &x, &start, &end); err != nil {
		return nil, err
	}
	s, err := wideSelf(b)
	if err != nil {
		return nil, err
	}
	sub, err := wideText(x)
	if err != nil {
		return nil, err
	}
	i, j, err := bounds(runes(s), start, end)
	if err != nil || i > j {
		return starlark.MakeInt(0), err
	}
	if sub == "" {
		return starlark.MakeInt(j - i + 1), nil
	}
	if u, ok := py.Text(s).(*py.Unicode); ok {
		i, j = u.Offset(i), u.Offset(j)
	}
	return starlark.MakeInt(strings.Count(s[i:j], sub)), nil
}

// wideText unpacks text where only text will do.
func wideText(v starlark.Value) (string, error) {
	s, ok, err := py.AsText(v)
	if !ok {
		return "", py.TypeError.Errorf("coercing to Unicode: need string or buffer, %s found", py.TypeName(v))
	}
	return s, err
}

func uniEncode(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	encoding, onError, err := codecArgs(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	return encodeText(thread, py.Str(b.Receiver()), encoding, onError)
}

// uniDecode is u.decode(encoding): the text is encoded first, which ASCII cannot.
func uniDecode(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if _, _, err := codecArgs(b, args, kwargs); err != nil {
		return nil, err
	}
	return nil, py.AsASCII(b.Receiver())
}

// uniStrip is u.strip, u.lstrip and u.rstrip(chars=None).
func uniStrip(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var chars starlark.Value = starlark.None
	if err := unpack(b, args, kwargs, 0, &chars); err != nil {
		return nil, err
	}
	s, err := wideSelf(b)
	if err != nil {
		return nil, err
	}
	cut := isUnicodeSpace
	if chars != starlark.None {
		set, ok, err := py.AsText(chars)
		if err != nil {
			return nil, err
		}
		if !ok {
			return nil, py.TypeError.Errorf("%s arg must be None, unicode or str", b.Name())
		}
		cut = func(r rune) bool { return strings.Contains(set, string(py.AppendRune(nil, r))) }
	}
	all := parts(s)
	if b.Name() != "rstrip" {
		for len(all) > 0 && cut(first(all[0])) {
			all = all[1:]
		}
	}
	if b.Name() != "lstrip" {
		for len(all) > 0 && cut(first(all[len(all)-1])) {
			all = all[:len(all)-1]
		}
	}
	return textResult(thread, strings.Join(all, ""))
}

// uniSplit is u.split and u.rsplit(sep=None, maxsplit=-1).
func uniSplit(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var sep starlark.Value = starlark.None
	limit := starlark.MakeInt(-1)
	if err := unpack(b, args, kwargs, 0, &sep, &limit); err != nil {
		return nil, err
	}
	if sep != starlark.None {
		if _, err := wideText(sep); err != nil {
			return nil, err
		}
		return asUTF8(strSplit)(thread, b, args, kwargs)
	}
	s, err := wideSelf(b)
	if err != nil {
		return nil, err
	}
	n := clampInt(limit)
	var out []starlark.Value
	if b.Name() == "split" {
		for {
			s = strings.TrimLeftFunc(s, isUnicodeSpace)
			i := strings.IndexFunc(s, isUnicodeSpace)
			if s == "" {
				break
			}
			if i < 0 || n >= 0 && len(out) == n {
				out = append(out, py.Text(s))
				break
			}
			out = append(out, py.Text(s[:i]))
			s = s[i:]
		}
		return starlark.NewList(out), nil
	}
	for {
		s = strings.TrimRightFunc(s, isUnicodeSpace)
		i := strings.LastIndexFunc(s, isUnicodeSpace)
		if s == "" {
			break
		}
		if i < 0 || n >= 0 && len(out) == n {
			out = append(out, py.Text(s))
			break
		}
		_, size := py.DecodeRune(s[i:])
		out = append(out, py.Text(s[i+size:]))
		s = s[:i]
	}
	slices.Reverse(out)
	return starlark.NewList(out), nil
}

// uniSplitLines is u.splitlines(keepends=False).
//
// unicodeobject.c, PyUnicode_Splitlines.
func uniSplitLines(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var keep starlark.Value = starlark.False
	if err := unpack(b, args, kwargs, 0, &keep); err != nil {
		return nil, err
	}
	var out []starlark.Value
	for s := py.Str(b.Receiver()); s != ""; {
		i := strings.IndexAny(s, "\n\r\v\f\x1c\x1d\x1e\u0085\u2028\u2029")
		if i < 0 {
			out = append(out, py.Text(s))
			break
		}
		_, size := py.DecodeRune(s[i:])
		end := i + size
		if s[i] == '\r' && end < len(s) && s[end] == '\n' {
			end++
		}
		if keep.Truth() {
			i = end
		}
		out = append(out, py.Text(s[:i]))
		s = s[end:]
	}
	return starlark.NewList(out), nil
}

// uniReplace is u.replace(old, new, count=-1).
func uniReplace(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var oldV, newV starlark.Value
	count := starlark.MakeInt(-1)
	if err := unpack(b, args, kwargs, 2, &oldV, &newV, &count); err != nil {
		return nil, err
	}
	old, err := wideText(oldV)
	if err != nil {
		return nil, err
	}
	with, err := wideText(newV)
	if err != nil {
		return nil, err
	}
	if old != "" {
		return asUTF8(strReplace)(thread, b, args, kwargs)
	}
	s, err := wideSelf(b)
	if err != nil {
		return nil, err
	}
	all, n := parts(s), clampInt(count)
	if n < 0 || n > len(all)+1 {
		n = len(all) + 1
	}
	if n > 0 && len(with) > (maxText-len(s))/n {
		return nil, py.MemoryError.New(nil)
	}
	var out strings.Builder
	for i, c := range all {
		if i < n {
			out.WriteString(with)
		}
		out.WriteString(c)
	}
	if len(all) < n {
		out.WriteString(with)
	}
	return textResult(thread, out.String())
}

// uniTranslate is u.translate(table): a mapping of numbers of characters to numbers, text or None.
//
// unicodeobject.c, PyUnicode_TranslateCharmap.
func uniTranslate(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var table starlark.Value
	if err := unpack(b, args, kwargs, 1, &table); err != nil {
		return nil, err
	}
	m := mapping(table)
	if m == nil {
		return nil, py.TypeError.Errorf("the table is a dict here, not %s", py.TypeName(table))
	}
	var out []byte
	for _, c := range parts(py.Str(b.Receiver())) {
		v, found, err := m.Get(starlark.MakeInt(int(first(c))))
		if err != nil {
			return nil, err
		}
		if !found {
			out = append(out, c...)
			continue
		}
		switch x := v.(type) {
		case starlark.NoneType:
		case starlark.Int:
			r := clampInt(x)
			if r < 0 || r > unicode.MaxRune {
				return nil, py.TypeError.Errorf("character mapping must be in range(0x110000)")
			}
			out = py.AppendRune(out, rune(r))
		case *py.Unicode:
			out = append(out, x.Text()...)
		case starlark.String: // perhaps unicode text that is ASCII
			if !py.IsASCII(string(x)) {
				return nil, py.TypeError.Errorf("character mapping must return integer, None or unicode")
			}
			out = append(out, x...)
		default:
			return nil, py.TypeError.Errorf("character mapping must return integer, None or unicode")
		}
		if len(out) > maxText {
			return nil, py.MemoryError.New(nil)
		}
	}
	return textResult(thread, string(out))
}

// runes counts the characters of s, in UTF-8.
func runes(s string) int {
	n := utf8.RuneCountInString(s)
	if utf8.ValidString(s) {
		return n
	}
	return len(parts(s))
}

// parts returns the characters of s, in UTF-8.
func parts(s string) []string {
	all := make([]string, 0, len(s))
	for s != "" {
		_, size := py.DecodeRune(s)
		all = append(all, s[:size])
		s = s[size:]
	}
	return all
}

func first(s string) rune {
	r, _ := py.DecodeRune(s)
	return r
}

// isUnicodeSpace reports whether the character is white space to Python 2.7.
//
// unicodetype_db.h, _PyUnicode_IsWhitespace.
func isUnicodeSpace(r rune) bool {
	switch {
	case '\t' <= r && r <= '\r', 0x1c <= r && r <= ' ', r == 0x85, r == 0xa0, r == 0x1680, r == 0x180e, 0x2000 <= r && r <= 0x200a,
		r == 0x2028, r == 0x2029, r == 0x202f, r == 0x205f, r == 0x3000:
		return true
	}
	return false
}
