package base64mod

import (
	"encoding/base64"
	"encoding/hex"
	"hash/crc32"
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starwire/runtime/lazy"
	"starwire/runtime/py"
)

// Error is binascii.Error.
var Error = py.NewClass("binascii", "Error", py.Spec{Doc: "Text is not in the encoding it should be in."}, py.ExceptionClass)

var binascii lazy.Module

// Binascii returns the module binascii, made on first use. It is immutable; runs may share it.
func Binascii() *starlarkstruct.Module { return binascii.Get("binascii", binasciiMembers) }

func binasciiMembers() starlark.StringDict {
	return starlark.StringDict{
		"Error":      Error,
		"a2b_base64": starlark.NewBuiltin("a2b_base64", a2bBase64),
		"a2b_hex":    starlark.NewBuiltin("a2b_hex", unhexlify),
		"b2a_base64": starlark.NewBuiltin("b2a_base64", b2aBase64),
		"b2a_hex":    starlark.NewBuiltin("b2a_hex", hexlify),
		"crc32":      starlark.NewBuiltin("crc32", binasciiCRC32),
		"hexlify":    starlark.NewBuiltin("hexlify", hexlify),
		"unhexlify":  starlark.NewBuiltin("unhexlify", unhexlify),
	}
}

// a2bBase64 is binascii.a2b_base64(s).
func a2bBase64(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	s, err := textArg(b, args, kwargs, "a2b_base64")
	if err != nil {
		return nil, err
	}
	s, ok := decode(s)
	if !ok {
		return nil, Error.Errorf("Incorrect padding")
	}
	return result(thread, s)
}

// b2aBase64 is binascii.b2a_base64(s): one line, with its newline.
func b2aBase64(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	s, err := textArg(b, args, kwargs, "b2a_base64")
	if err != nil {
		return nil, err
	}
	return result(thread, base64.StdEncoding.EncodeToString([]byte(s))+"\n")
}

// hexlify is binascii.hexlify(s).
func hexlify(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	s, err := textArg(b, args, kwargs, "b2a_hex")
	if err != nil {
		return nil, err
	}
	return result(thread, hex.EncodeToString([]byte(s)))
}

// unhexlify is binascii.unhexlify(s).
func unhexlify(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	s, err := textArg(b, args, kwargs, "a2b_hex")
	if err != nil {
		return nil, err
	}
	return unhex(thread, s)
}

func unhex(thread *starlark.Thread, s string) (starlark.Value, error) {
	if len(s)%2 != 0 {
		return nil, py.TypeError.Errorf("Odd-length string")
	}
	out, err := hex.DecodeString(s)
	if err != nil {
		return nil, py.TypeError.Errorf("Non-hexadecimal digit found")
	}
	return result(thread, string(out))
}

// b16Encode is base64.b16encode(s).
func b16Encode(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	s, err := textArg(b, args, kwargs, "b2a_hex")
	if err != nil {
		return nil, err
	}
	return result(thread, strings.ToUpper(hex.EncodeToString([]byte(s))))
}

// b16Decode is base64.b16decode(s, casefold=False).
func b16Decode(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var v starlark.Value
	var casefold starlark.Value = starlark.False
	if err := py.UnpackArgs(b.Name(), args, kwargs, "s", &v, "casefold?", &casefold); err != nil {
		return nil, err
	}
	s, ok := py.AsBytes(v)
	if !ok {
		return nil, py.TypeError.Errorf("expected string or buffer")
	}
	if casefold.Truth() {
		s = upper(s)
	}
	if strings.Trim(s, "0123456789ABCDEF") != "" {
		return nil, py.TypeError.Errorf("Non-base16 digit found")
	}
	return unhex(thread, s)
}

// binasciiCRC32 is binascii.crc32(data[, crc]): a signed number, as in Python 2.
func binasciiCRC32(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var data starlark.Value
	crc := starlark.MakeInt(0)
	if err := py.UnpackArgs(b.Name(), args, kwargs, "data", &data, "crc?", &crc); err != nil {
		return nil, err
	}
	s, err := text(data, "crc32")
	if err != nil {
		return nil, err
	}
	n, _ := crc.And(starlark.MakeInt64(0xffffffff)).Uint64()
	return starlark.MakeInt64(int64(int32(crc32.Update(uint32(n), crc32.IEEETable, []byte(s))))), nil
}
