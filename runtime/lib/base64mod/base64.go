package base64mod

import (
	"encoding/base32"
	"encoding/base64"
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starwire/runtime/host"
	"starwire/runtime/lazy"
	"starwire/runtime/py"
)

var module lazy.Module

// Module returns the module base64, made on first use. It is immutable; runs may share it.
func Module() *starlarkstruct.Module { return module.Get("base64", members) }

func members() starlark.StringDict {
	return starlark.StringDict{
		"b16decode":          starlark.NewBuiltin("b16decode", b16Decode),
		"b16encode":          starlark.NewBuiltin("b16encode", b16Encode),
		"b32decode":          starlark.NewBuiltin("b32decode", b32Decode),
		"b32encode":          starlark.NewBuiltin("b32encode", b32Encode),
		"b64decode":          starlark.NewBuiltin("b64decode", b64Decode),
		"b64encode":          starlark.NewBuiltin("b64encode", b64Encode),
		"decodestring":       starlark.NewBuiltin("decodestring", decodeString),
		"encodestring":       starlark.NewBuiltin("encodestring", encodeString),
		"standard_b64decode": starlark.NewBuiltin("standard_b64decode", standardB64Decode),
		"standard_b64encode": starlark.NewBuiltin("standard_b64encode", standardB64Encode),
		"urlsafe_b64decode":  starlark.NewBuiltin("urlsafe_b64decode", urlsafeB64Decode),
		"urlsafe_b64encode":  starlark.NewBuiltin("urlsafe_b64encode", urlsafeB64Encode),
	}
}

// textArg unpacks the one argument, a string. inner is the function of binascii
// that refuses anything else, or "len", which base64.py asks first.
func textArg(b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple, inner string) (string, error) {
	var v starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "s", &v); err != nil {
		return "", err
	}
	return text(v, inner)
}

func text(v starlark.Value, inner string) (string, error) {
	if s, ok := py.AsBytes(v); ok {
		return s, nil
	}
	name := py.TypeName(v)
	switch {
	case inner == "len":
		return "", py.TypeError.Errorf("object of type '%s' has no len()", name)
	case v == starlark.None:
		name = "None"
	}
	return "", py.TypeError.Errorf("%s() argument 1 must be string or buffer, not %s", inner, name)
}

// result charges the steps of making s.
func result(thread *starlark.Thread, s string) (starlark.Value, error) {
	return starlark.String(s), host.Spend(thread, len(s)/host.BytesPerStep)
}

// altArgs unpacks (s, altchars=None); inner is as for textArg.
func altArgs(b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple, inner string) (s, alt string, err error) {
	var v starlark.Value
	var altchars starlark.Value = starlark.None
	if err := py.UnpackArgs(b.Name(), args, kwargs, "s", &v, "altchars?", &altchars); err != nil {
		return "", "", err
	}
	if s, err = text(v, inner); err != nil || altchars == starlark.None {
		return s, "", err
	}
	alt, ok := py.AsBytes(altchars)
	if !ok {
		return "", "", py.TypeError.Errorf("'%s' object has no attribute '__getitem__'", py.TypeName(altchars))
	}
	if len(alt) < 2 {
		return "", "", py.ValueError.Errorf("maketrans arguments must have same length")
	}
	return s, alt[:2], nil
}

// translate replaces each byte of from by the byte at its place in to. Where
// from repeats a byte, its last place counts, as in maketrans.
func translate(s, from, to string) string {
	if from == to || !strings.ContainsAny(s, from) && isASCII(from) {
		return s
	}
	b := []byte(s)
	for i, c := range b {
		if j := strings.LastIndexByte(from, c); j >= 0 {
			b[i] = to[j]
		}
	}
	return string(b)
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= 0x80 })
}

// b64Encode is base64.b64encode(s, altchars=None).
func b64Encode(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	s, alt, err := altArgs(b, args, kwargs, "b2a_base64")
	if err != nil {
		return nil, err
	}
	s = base64.StdEncoding.EncodeToString([]byte(s))
	if alt != "" {
		s = translate(s, "+/", alt)
	}
	return result(thread, s)
}

// b64Decode is base64.b64decode(s, altchars=None).
func b64Decode(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	s, alt, err := altArgs(b, args, kwargs, "a2b_base64")
	if err != nil {
		return nil, err
	}
	if alt != "" {
		s = translate(s, alt, "+/")
	}
	return decoded(thread, s)
}

// decoded is decode with the TypeError that base64.py makes of its error.
func decoded(thread *starlark.Thread, s string) (starlark.Value, error) {
	s, ok := decode(s)
	if !ok {
		return nil, py.TypeError.Errorf("Incorrect padding")
	}
	return result(thread, s)
}

// standardB64Encode is base64.standard_b64encode(s).
func standardB64Encode(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	s, err := textArg(b, args, kwargs, "b2a_base64")
	if err != nil {
		return nil, err
	}
	return result(thread, base64.StdEncoding.EncodeToString([]byte(s)))
}

// standardB64Decode is base64.standard_b64decode(s).
func standardB64Decode(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	s, err := textArg(b, args, kwargs, "a2b_base64")
	if err != nil {
		return nil, err
	}
	return decoded(thread, s)
}

// urlsafeB64Encode is base64.urlsafe_b64encode(s).
func urlsafeB64Encode(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	s, err := textArg(b, args, kwargs, "b2a_base64")
	if err != nil {
		return nil, err
	}
	return result(thread, base64.URLEncoding.EncodeToString([]byte(s)))
}

// urlsafeB64Decode is base64.urlsafe_b64decode(s).
func urlsafeB64Decode(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var v starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "s", &v); err != nil {
		return nil, err
	}
	s, ok := py.AsBytes(v)
	if !ok {
		return nil, py.NoAttribute(v, "translate")
	}
	return decoded(thread, translate(s, "-_", "+/"))
}

// encodeString is base64.encodestring(s): lines of 76 characters.
func encodeString(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	s, err := textArg(b, args, kwargs, "len")
	if err != nil {
		return nil, err
	}
	const line = 76 / 4 * 3 // bytes
	out := make([]byte, 0, (len(s)/line+1)*77)
	for i := 0; i < len(s); i += line {
		out = base64.StdEncoding.AppendEncode(out, []byte(s[i:min(i+line, len(s))]))
		out = append(out, '\n')
	}
	return result(thread, string(out))
}

// decodeString is base64.decodestring(s), which raises binascii's own error.
func decodeString(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	return a2bBase64(thread, b, args, kwargs)
}

// decode reads base 64 as leniently as CPython: bytes that are not of the
// alphabet are passed over, padding ends the data where it may stand, and else is
// passed over, too. It fails if bits are left at the end.
//
// binascii.c, binascii_a2b_base64
func decode(s string) (string, bool) {
	out := make([]byte, 0, len(s)/4*3+3)
	digits := digits64()
	bits, left, quad := 0, 0, 0 // left holds so many bits; quad is the place among four
	for i := 0; i < len(s); i++ {
		if s[i] == '=' {
			if quad == 3 || quad == 2 && nextIsPad(s[i+1:]) {
				return string(out), true
			}
			continue
		}
		v := digits[s[i]]
		if v < 0 {
			continue
		}
		quad = (quad + 1) & 3
		left = left<<6 | int(v)
		if bits += 6; bits >= 8 {
			bits -= 8
			out = append(out, byte(left>>bits))
			left &= 1<<bits - 1
		}
	}
	return string(out), bits == 0
}

// nextIsPad reports whether the first byte of s that means anything is padding.
func nextIsPad(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] == '=' {
			return true
		}
		if digits64()[s[i]] >= 0 {
			return false
		}
	}
	return false
}

// digits64 returns the values of the digits; -1 for other bytes.
func digits64() *[256]int8 {
	return digits64Table.Get(func() *[256]int8 {
		const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
		table := new([256]int8)
		for i := range table {
			table[i] = int8(strings.IndexByte(alphabet, byte(i)))
		}
		return table
	})
}

var digits64Table lazy.Value[*[256]int8]

// b32Encode is base64.b32encode(s).
func b32Encode(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	s, err := textArg(b, args, kwargs, "len")
	if err != nil {
		return nil, err
	}
	return result(thread, base32.StdEncoding.EncodeToString([]byte(s)))
}

// b32Decode is base64.b32decode(s, casefold=False, map01=None).
//
// base64.py, b32decode
func b32Decode(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var v starlark.Value
	var casefold, map01 starlark.Value = starlark.False, starlark.None
	if err := py.UnpackArgs(b.Name(), args, kwargs, "s", &v, "casefold?", &casefold, "map01?", &map01); err != nil {
		return nil, err
	}
	s, err := text(v, "len")
	if err != nil {
		return nil, err
	}
	if len(s)%8 != 0 {
		return nil, py.TypeError.Errorf("Incorrect padding")
	}
	if map01.Truth() {
		one, ok := py.AsBytes(map01)
		if !ok {
			return nil, py.TypeError.Errorf("cannot concatenate 'str' and '%s' objects", py.TypeName(map01))
		}
		if len(one) != 1 {
			return nil, py.ValueError.Errorf("maketrans arguments must have same length")
		}
		s = translate(s, "01", "O"+one)
	}
	if casefold.Truth() {
		s = upper(s)
	}
	digits := strings.TrimRight(strings.TrimSuffix(s, "\n"), "=")
	if strings.HasSuffix(s, "\n") {
		digits = s // the expression that looks for padding stops before it, the slice after
	}
	pad := len(s) - len(digits)
	out := make([]byte, 0, len(s)/8*5)
	acc, bits := uint64(0), 0
	for i := 0; i < len(digits); i++ {
		c := strings.IndexByte("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", digits[i])
		if c < 0 {
			return nil, py.TypeError.Errorf("Non-base32 digit found")
		}
		acc = acc<<5 | uint64(c)
		if bits += 5; bits == 40 {
			out = append(out, byte(acc>>32), byte(acc>>24), byte(acc>>16), byte(acc>>8), byte(acc))
			acc, bits = 0, 0
		}
	}
	acc <<= (40 - bits) % 40
	last := []byte{byte(acc >> 32), byte(acc >> 24), byte(acc >> 16), byte(acc >> 8), byte(acc)}
	keep, ok := map[int]int{0: 0, 1: 4, 3: 3, 4: 2, 6: 1}[pad]
	if !ok {
		return nil, py.TypeError.Errorf("Incorrect padding")
	}
	return result(thread, string(append(out, last[:keep]...)))
}

// upper makes ASCII letters capitals.
func upper(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'a' <= c && c <= 'z' {
			b[i] = c - 'a' + 'A'
		}
	}
	return string(b)
}
