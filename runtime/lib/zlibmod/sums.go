package zlibmod

import (
	"hash/crc32"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/py"
)

// adler32 goes on with the checksum of RFC 1950 §8.2.
func adler32(sum uint32, s string) uint32 {
	const prime, piece = 65521, 5552 // so many bytes do not overflow
	a, b := sum&0xffff, sum>>16
	for len(s) > 0 {
		n := min(len(s), piece)
		for i := range n {
			a += uint32(s[i])
			b += a
		}
		a, b, s = a%prime, b%prime, s[n:]
	}
	return b<<16 | a
}

// sumOf makes zlib.crc32(string[, start]) or zlib.adler32: a signed number, as in Python 2.
func sumOf(start int64, update func(sum uint32, s string) uint32) function {
	return func(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		var v starlark.Value
		sum := starlark.MakeInt64(start)
		if err := py.UnpackFunction(b.Name(), args, kwargs, "string", &v, "start?", &sum); err != nil {
			return nil, err
		}
		s, err := data(v, b.Name())
		if err != nil {
			return nil, err
		}
		if err := host.Spend(thread, len(s)/host.BytesPerStep); err != nil {
			return nil, err
		}
		n, _ := sum.And(starlark.MakeInt64(0xffffffff)).Uint64()
		return starlark.MakeInt64(int64(int32(update(uint32(n), s)))), nil
	}
}

func updateCRC(sum uint32, s string) uint32 { return crc32.Update(sum, crc32.IEEETable, []byte(s)) }

// data is the argument that holds bytes.
func data(v starlark.Value, function string) (string, error) {
	if s, ok := py.AsBytes(v); ok {
		return s, nil
	}
	name := py.TypeName(v)
	if v == starlark.None {
		name = "None"
	}
	return "", py.TypeError.Errorf("%s() argument 1 must be string or read-only buffer, not %s", function, name)
}
