package zlibmod

import (
	"compress/flate"
	"encoding/binary"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/lazy"
	"starwire/runtime/py"
)

// writerSize is about what a flate.Writer takes, in bytes.
const writerSize = 1 << 20

// A sink takes what a compressor writes.
type sink struct {
	thread *starlark.Thread // on whose behalf
	b      []byte
}

func (s *sink) Write(p []byte) (int, error) {
	b, err := host.Grow(s.thread, s.b, len(p))
	if err != nil {
		return 0, err
	}
	s.b = append(b, p...)
	return len(p), nil
}

// A compressor compresses a stream that comes in pieces.
type compressor struct {
	format format
	w      *flate.Writer
	to     sink
	sum    uint32
	length uint32
	ended  bool
}

// newCompressor returns nil for a level or number of bits that says nothing.
//
// zlib.h, deflateInit2.
func newCompressor(thread *starlark.Thread, level, bits int) (*compressor, error) {
	c := &compressor{format: zlibForm, sum: 1}
	switch {
	case -maxWBits <= bits && bits <= -8:
		c.format, bits = raw, -bits
	case 16+8 <= bits && bits <= 16+maxWBits:
		c.format, c.sum, bits = gzipForm, 0, bits-16
	}
	if bits < 8 || bits > maxWBits || level < defaultLevel || level > 9 {
		return nil, nil
	}
	if err := host.Reserve(thread, writerSize); err != nil {
		return nil, err
	}
	var err error
	if c.w, err = flate.NewWriter(&c.to, level); err != nil {
		return nil, err
	}
	switch c.format {
	case zlibForm:
		c.to.b = append(c.to.b, zlibHead(level, bits)...)
	case gzipForm:
		c.to.b = append(c.to.b, 0x1f, 0x8b, 8, 0, 0, 0, 0, 0, gzipLevel(level), 3)
	}
	return c, nil
}

// zlibHead is the head of a stream. RFC 1950 §2.2; deflate.c, deflate.
func zlibHead(level, bits int) []byte {
	head := uint16(bits-8)<<12 | 8<<8
	switch {
	case level == 6 || level == defaultLevel:
		head |= 2 << 6
	case level > 6:
		head |= 3 << 6
	case level > 1:
		head |= 1 << 6
	}
	return binary.BigEndian.AppendUint16(nil, head+31-head%31)
}

// gzipLevel is what gzip's head tells of the level.
func gzipLevel(level int) byte {
	switch level {
	case 9:
		return 2
	case 0, 1:
		return 4
	}
	return 0
}

// write compresses s.
func (c *compressor) write(thread *starlark.Thread, s string) error {
	const piece = 64 << 10
	c.to.thread = thread
	for len(s) > 0 {
		n := min(len(s), piece)
		if err := host.Spend(thread, n/host.BytesPerStep*4); err != nil { // which is slow
			return err
		}
		if c.format == gzipForm {
			c.sum = updateCRC(c.sum, s[:n])
		} else if c.format == zlibForm {
			c.sum = adler32(c.sum, s[:n])
		}
		c.length += uint32(n)
		if _, err := c.w.Write([]byte(s[:n])); err != nil {
			return err
		}
		s = s[n:]
	}
	return nil
}

// flush writes out what is kept back; the mode is zlib.h's.
func (c *compressor) flush(thread *starlark.Thread, mode int) error {
	c.to.thread = thread
	switch {
	case mode == noFlush:
		return nil
	case mode != finish:
		return c.w.Flush()
	case c.ended:
		return Error.Errorf("Error -2 while flushing: inconsistent stream state")
	}
	c.ended = true
	if err := c.w.Close(); err != nil {
		return err
	}
	c.w = nil
	switch c.format {
	case zlibForm:
		c.to.b = binary.BigEndian.AppendUint32(c.to.b, c.sum)
	case gzipForm:
		c.to.b = binary.LittleEndian.AppendUint32(c.to.b, c.sum)
		c.to.b = binary.LittleEndian.AppendUint32(c.to.b, c.length)
	}
	return nil
}

// taken returns what was written since the last time.
func (c *compressor) taken() starlark.String {
	s := starlark.String(host.String(c.to.b))
	c.to = sink{}
	return s
}

// compress is zlib.compress(string[, level]).
func compress(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var v starlark.Value
	level := defaultLevel
	if err := py.UnpackFunction(b.Name(), args, kwargs, "string", &v, "level?", &level); err != nil {
		return nil, err
	}
	s, err := data(v, b.Name())
	if err != nil {
		return nil, err
	}
	c, err := newCompressor(thread, level, maxWBits)
	if err != nil {
		return nil, err
	}
	if c == nil {
		return nil, Error.Errorf("Bad compression level")
	}
	if err := c.write(thread, s); err != nil {
		return nil, err
	}
	if err := c.flush(thread, finish); err != nil {
		return nil, err
	}
	return c.taken(), nil
}

func compressKind() *py.Kind {
	return compressKindTable.Get(func() *py.Kind {
		return &py.Kind{Module: "zlib", Class: "Compress",
			Init: func(*starlark.Thread, *py.Object, starlark.Tuple, []starlark.Tuple) error {
				return py.TypeError.Errorf("cannot create 'zlib.Compress' instances")
			},
			Methods: py.Functions(map[string]function{"compress": objCompress, "flush": objCompressFlush}),
		}
	})
}

var compressKindTable lazy.Value[*py.Kind]

// compressObj is zlib.compressobj([level[, method[, wbits[, memLevel[, strategy]]]]]).
func compressObj(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	level, method, bits, memory, strategy := defaultLevel, deflated, maxWBits, 8, 0
	if err := py.UnpackArgs(b.Name(), args, kwargs, "level?", &level, "method?", &method, "wbits?", &bits,
		"memLevel?", &memory, "strategy?", &strategy); err != nil {
		return nil, err
	}
	c, err := newCompressor(thread, level, bits)
	if err != nil {
		return nil, err
	}
	if c == nil || method != deflated || memory < 1 || memory > 9 || strategy < 0 || strategy > 4 {
		return nil, py.ValueError.Errorf("Invalid initialization option")
	}
	o := compressKind().New()
	o.Data = c
	return o, nil
}

// objCompress is compress(data).
func objCompress(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var v starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "data", &v); err != nil {
		return nil, err
	}
	s, err := data(v, b.Name())
	if err != nil {
		return nil, err
	}
	o, c := py.Receiver[*compressor](b)
	if err := o.Changing(); err != nil {
		return nil, err
	}
	if c.ended {
		return nil, Error.Errorf("Error -2 while compressing data: inconsistent stream state")
	}
	if err := c.write(thread, s); err != nil {
		return nil, err
	}
	return c.taken(), nil
}

// objCompressFlush is flush([mode]).
func objCompressFlush(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	mode := finish
	if err := py.UnpackArgs(b.Name(), args, kwargs, "mode?", &mode); err != nil {
		return nil, err
	}
	o, c := py.Receiver[*compressor](b)
	if err := o.Changing(); err != nil {
		return nil, err
	}
	if c.ended {
		return nil, Error.Errorf("Error -2 while flushing: inconsistent stream state")
	}
	if err := c.flush(thread, mode); err != nil {
		return nil, err
	}
	return c.taken(), nil
}
