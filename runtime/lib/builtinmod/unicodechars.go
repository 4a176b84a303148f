package builtinmod

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"go.starlark.net/starlark"

	"starwire/runtime/py"
)

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
	if s == "" && n >= 0 { // as CPython has it of a count
		n = 0
	}
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
