package zlibmod

import (
	"errors"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starwire/runtime/host"
	"starwire/runtime/lazy"
	"starwire/runtime/py"
)

// function is how a built-in is implemented.
type function = func(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error)

// Error is zlib.error.
var Error = py.NewClass("zlib", "error", py.Spec{Doc: "Data that cannot be compressed or decompressed."}, py.ExceptionClass)

var module lazy.Module

// Module returns the module zlib, made on first use. It is immutable; runs may share it.
func Module() *starlarkstruct.Module { return module.Get("zlib", members) }

// The numbers of zlib.h.
const (
	maxWBits     = 15
	deflated     = 8
	noFlush      = 0
	syncFlush    = 2
	fullFlush    = 3
	finish       = 4
	defaultLevel = -1
)

func members() starlark.StringDict {
	m := starlark.StringDict{
		"ZLIB_VERSION":  starlark.String("1.2.13"),
		"adler32":       starlark.NewBuiltin("adler32", sumOf(1, adler32)),
		"compress":      starlark.NewBuiltin("compress", compress),
		"compressobj":   starlark.NewBuiltin("compressobj", compressObj),
		"crc32":         starlark.NewBuiltin("crc32", sumOf(0, updateCRC)),
		"decompress":    starlark.NewBuiltin("decompress", decompress),
		"decompressobj": starlark.NewBuiltin("decompressobj", decompressObj),
		"error":         Error,
	}
	for name, n := range map[string]int{
		"DEFLATED": deflated, "DEF_MEM_LEVEL": 8, "MAX_WBITS": maxWBits, "Z_BEST_COMPRESSION": 9, "Z_BEST_SPEED": 1,
		"Z_DEFAULT_COMPRESSION": defaultLevel, "Z_DEFAULT_STRATEGY": 0, "Z_FILTERED": 1, "Z_FINISH": finish,
		"Z_FULL_FLUSH": fullFlush, "Z_HUFFMAN_ONLY": 2, "Z_NO_FLUSH": noFlush, "Z_SYNC_FLUSH": syncFlush,
	} {
		m[name] = starlark.MakeInt(n)
	}
	return m
}

// inflaterFor returns an inflater for a number of bits, or nil if it says nothing.
//
// zlib.h, inflateInit2.
func inflaterFor(bits int) *inflater {
	switch {
	case -maxWBits <= bits && bits <= -8:
		return newInflater(raw, uint(-bits))
	case bits == 0:
		return newInflater(zlibForm, maxWBits)
	case 8 <= bits && bits <= maxWBits:
		return newInflater(zlibForm, uint(bits))
	case bits == 16 || 16+8 <= bits && bits <= 16+maxWBits:
		return newInflater(gzipForm, maxWBits)
	case bits == 32 || 32+8 <= bits && bits <= 32+maxWBits:
		return newInflater(either, maxWBits)
	}
	return nil
}

// failure is the exception of an error of the inflater's.
func failure(err error, doing string) error {
	var wrong dataError
	switch {
	case errors.As(err, &wrong):
		return Error.Errorf("Error -3 %s: %s", doing, string(wrong))
	case err == errDictionary:
		return Error.Errorf("Error 2 %s", doing)
	}
	return err
}

// decompress is zlib.decompress(string[, wbits[, bufsize]]).
func decompress(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var v starlark.Value
	bits, size := maxWBits, 16384
	if err := py.UnpackFunction(b.Name(), args, kwargs, "string", &v, "wbits?", &bits, "bufsize?", &size); err != nil {
		return nil, err
	}
	s, err := data(v, b.Name())
	if err != nil {
		return nil, err
	}
	z := inflaterFor(bits)
	if z == nil {
		return nil, Error.Errorf("Error -2 while preparing to decompress data: inconsistent stream state")
	}
	out, _, err := z.write(thread, s, 0)
	if err != nil {
		return nil, failure(err, "while decompressing data")
	}
	if z.state != inEnd {
		return nil, Error.Errorf("Error -5 while decompressing data: incomplete or truncated stream")
	}
	return starlark.String(out), nil
}

// A decompressor is the Data of a decompression object.
type decompressor struct {
	z            *inflater
	unused, tail string
	flushed      bool // at the end, which ends the stream for good
}

func decompressKind() *py.Kind {
	return decompressKindTable.Get(func() *py.Kind {
		return &py.Kind{Module: "zlib", Class: "Decompress",
			Init: func(*starlark.Thread, *py.Object, starlark.Tuple, []starlark.Tuple) error {
				return py.TypeError.Errorf("cannot create 'zlib.Decompress' instances")
			},
			Methods: py.Functions(map[string]function{"decompress": objDecompress, "flush": objFlush}),
			Get: func(o *py.Object, name string) (starlark.Value, error) {
				d := o.Data.(*decompressor)
				switch name {
				case "unconsumed_tail":
					return starlark.String(d.tail), nil
				case "unused_data":
					return starlark.String(d.unused), nil
				}
				return nil, nil
			},
			Computed: []string{"unconsumed_tail", "unused_data"},
		}
	})
}

var decompressKindTable lazy.Value[*py.Kind]

// decompressObj is zlib.decompressobj([wbits]).
func decompressObj(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	bits := maxWBits
	if err := py.UnpackArgs(b.Name(), args, kwargs, "wbits?", &bits); err != nil {
		return nil, err
	}
	z := inflaterFor(bits)
	if z == nil {
		return nil, py.ValueError.Errorf("Invalid initialization option")
	}
	o := decompressKind().New()
	o.Data = &decompressor{z: z}
	return o, nil
}

// objDecompress is decompress(data[, max_length]).
//
// zlibmodule.c, PyZlib_objdecompress.
func objDecompress(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var v starlark.Value
	limit := 0
	if err := py.UnpackArgs(b.Name(), args, kwargs, "data", &v, "max_length?", &limit); err != nil {
		return nil, err
	}
	s, err := data(v, b.Name())
	if err != nil {
		return nil, err
	}
	if limit < 0 {
		return nil, py.ValueError.Errorf("max_length must be greater than zero")
	}
	return objWrite(thread, b, s, limit)
}

// objFlush is flush([length]): what the rest of the input says.
func objFlush(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	length := 16384
	if err := py.UnpackArgs(b.Name(), args, kwargs, "length?", &length); err != nil {
		return nil, err
	}
	if length <= 0 {
		return nil, py.ValueError.Errorf("length must be greater than zero")
	}
	_, d := py.Receiver[*decompressor](b)
	return objWrite(thread, b, d.tail, 0)
}

func objWrite(thread *starlark.Thread, b *starlark.Builtin, s string, limit int) (starlark.Value, error) {
	o, d := py.Receiver[*decompressor](b)
	if err := o.Changing(); err != nil {
		return nil, err
	}
	doing := "while decompressing"
	if b.Name() == "flush" {
		doing = "while flushing"
	}
	if d.flushed && b.Name() == "flush" {
		return starlark.String(""), nil
	}
	if d.flushed {
		return nil, Error.Errorf("Error -2 %s: inconsistent stream state", doing)
	}
	out, rest, err := d.z.write(thread, s, limit)
	if err != nil {
		return nil, failure(err, doing)
	}
	d.tail = ""
	if limit > 0 || b.Name() == "flush" {
		d.tail = rest
	}
	if d.z.state == inEnd {
		d.flushed = b.Name() == "flush"
		if err := host.Reserve(thread, int64(len(d.unused)+len(rest))); err != nil {
			return nil, err
		}
		d.unused += rest
	}
	return starlark.String(out), nil
}
