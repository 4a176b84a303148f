package zlibmod

import (
	"encoding/binary"
	"math"
	"slices"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/py"
)

// get reads n bytes of the file inside, or what there is.
func (f *gzipFile) get(thread *starlark.Thread, n int) (string, error) {
	v, err := f.call(thread, "read", starlark.MakeInt(n))
	if err != nil {
		return "", err
	}
	s, ok := py.AsBytes(v)
	if !ok {
		return "", py.TypeError.Errorf("read() must return a string, not %s", py.TypeName(v))
	}
	return s, nil
}

// byte reads one byte of the file inside, as ord(f.read(1)) does.
func (f *gzipFile) byte(thread *starlark.Thread) (byte, error) {
	s, err := f.get(thread, 1)
	if err == nil && len(s) != 1 {
		err = py.TypeError.Errorf("ord() expected a character, but string of length %d found", len(s))
	}
	if err != nil {
		return 0, err
	}
	return s[0], nil
}

// structError is raised where a number is not there whole.
var structError = py.NewClass("struct", "error", py.Spec{Doc: "Bytes that are not what they should be."}, py.ExceptionClass)

// number reads four bytes of the file inside.
func (f *gzipFile) number(thread *starlark.Thread) (uint32, error) {
	s, err := f.get(thread, 4)
	if err == nil && len(s) != 4 {
		err = structError.Errorf("unpack requires a string argument of length 4")
	}
	if err != nil {
		return 0, err
	}
	return binary.LittleEndian.Uint32([]byte(s)), nil
}

// skip moves in the file inside.
func (f *gzipFile) skip(thread *starlark.Thread, n, whence int) error {
	_, err := f.call(thread, "seek", starlark.MakeInt(n), starlark.MakeInt(whence))
	return err
}

// atEnd reports whether the file inside is at its end.
func (f *gzipFile) atEnd(thread *starlark.Thread) (bool, error) {
	pos, err := f.call(thread, "tell")
	if err != nil {
		return false, err
	}
	if err := f.skip(thread, 0, 2); err != nil {
		return false, err
	}
	end, err := f.call(thread, "tell")
	if err != nil {
		return false, err
	}
	if same, err := starlark.Equal(pos, end); same || err != nil {
		return same, err
	}
	_, err = f.call(thread, "seek", pos)
	return false, err
}

// readHead reads the head of a member.
//
// gzip.py, GzipFile._read_gzip_header; RFC 1952 §2.3.
func (f *gzipFile) readHead(thread *starlark.Thread) error {
	magic, err := f.get(thread, 2)
	if err != nil {
		return err
	}
	if magic != "\x1f\x8b" {
		return py.IOError.Errorf("Not a gzipped file")
	}
	method, err := f.byte(thread)
	if err != nil {
		return err
	}
	if method != deflated {
		return py.IOError.Errorf("Unknown compression method")
	}
	flags, err := f.byte(thread)
	if err != nil {
		return err
	}
	mtime, err := f.number(thread)
	if err != nil {
		return err
	}
	f.mtime = starlark.MakeUint64(uint64(mtime))
	if _, err := f.get(thread, 2); err != nil {
		return err
	}
	if flags&4 != 0 {
		low, err := f.byte(thread)
		if err != nil {
			return err
		}
		high, err := f.byte(thread)
		if err != nil {
			return err
		}
		if _, err := f.get(thread, int(high)<<8|int(low)); err != nil {
			return err
		}
	}
	for _, flag := range []byte{8, 16} {
		for flags&flag != 0 {
			c, err := f.get(thread, 1)
			if err != nil {
				return err
			}
			if c == "" || c == "\x00" {
				break
			}
			if err := host.Spend(thread, 1); err != nil {
				return err
			}
		}
	}
	if flags&2 != 0 {
		_, err = f.get(thread, 2)
	}
	return err
}

// fill decompresses more of the file inside; ok is false at its end.
//
// gzip.py, GzipFile._read.
func (f *gzipFile) fill(thread *starlark.Thread, n int) (ok bool, err error) {
	if !f.inside {
		end, err := f.atEnd(thread)
		if end || err != nil {
			return false, err
		}
		f.crc, f.size = 0, 0
		if err := f.readHead(thread); err != nil {
			return false, err
		}
		f.z, f.tail, f.inside = newInflater(raw, maxWBits), "", true
	}
	in, err := f.get(thread, n)
	if err != nil {
		return false, err
	}
	if in == "" {
		return false, f.readTail(thread)
	}
	out, rest, err := f.z.write(thread, in, 0)
	if err != nil {
		return false, failure(err, "while decompressing")
	}
	f.crc = updateCRC(f.crc, out)
	f.size += uint32(len(out))
	if f.buf, err = host.Grow(thread, f.buf, len(out)); err != nil {
		return false, err
	}
	f.buf = append(f.buf, out...)
	if f.tail += rest; f.tail == "" {
		return true, nil
	}
	if err := f.skip(thread, 8-len(f.tail), 1); err != nil {
		return false, err
	}
	if err := f.readTail(thread); err != nil {
		return false, err
	}
	f.inside = false
	return true, nil
}

// readTail reads the sum and length in the eight bytes before the position, and the zero bytes behind it.
//
// gzip.py, GzipFile._read_eof.
func (f *gzipFile) readTail(thread *starlark.Thread) error {
	if err := f.skip(thread, -8, 1); err != nil {
		return err
	}
	crc, err := f.number(thread)
	if err != nil {
		return err
	}
	size, err := f.number(thread)
	if err != nil {
		return err
	}
	if crc != f.crc {
		return py.IOError.Errorf("CRC check failed 0x%x != 0x%xL", crc, f.crc)
	}
	if size != f.size {
		return py.IOError.Errorf("Incorrect length of data produced")
	}
	for {
		c, err := f.get(thread, 1)
		if err != nil || c == "" {
			return err
		}
		if c != "\x00" {
			return f.skip(thread, -1, 1)
		}
		if err := host.Spend(thread, 1); err != nil {
			return err
		}
	}
}

// The bytes that are read of the file inside at once.
const (
	firstRead = 1024
	mostRead  = 10 << 20
)

// need decompresses until there are n bytes, or the end.
func (f *gzipFile) need(thread *starlark.Thread, n int64) error {
	for size := firstRead; int64(len(f.buf)) < n; size = min(2*size, mostRead) {
		if ok, err := f.fill(thread, size); !ok || err != nil {
			return err
		}
	}
	return nil
}

// take removes n bytes from what was decompressed.
func (f *gzipFile) take(thread *starlark.Thread, n int64) (starlark.String, error) {
	n = min(n, int64(len(f.buf)))
	if n == int64(len(f.buf)) {
		s := starlark.String(host.String(f.buf))
		f.buf = nil
		f.offset += n
		return s, nil
	}
	if err := host.Reserve(thread, n); err != nil {
		return "", err
	}
	s := starlark.String(f.buf[:n])
	f.buf = f.buf[n:]
	f.offset += n
	return s, host.Spend(thread, int(n)/host.BytesPerStep)
}

// line reads a line of size bytes at most, or whole for size < 0. It is "" at the end.
func (f *gzipFile) line(thread *starlark.Thread, size int64) (starlark.String, error) {
	if size < 0 {
		size = math.MaxInt64
	}
	seen := 0
	for want := int64(100); ; want *= 2 {
		if i := slices.Index(f.buf[seen:], '\n'); i >= 0 {
			return f.take(thread, min(size, int64(seen+i+1)))
		}
		if seen = len(f.buf); int64(seen) >= size {
			return f.take(thread, size)
		}
		if err := f.need(thread, int64(seen)+want); err != nil {
			return "", err
		}
		if len(f.buf) == seen {
			return f.take(thread, size)
		}
	}
}

// gzRead is f.read([size]).
func gzRead(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	size := int64(-1)
	if err := py.UnpackMethod(b.Name(), args, kwargs, "size??", &size); err != nil {
		return nil, err
	}
	f := b.Receiver().(*gzipFile)
	if err := f.begin(thread, "read from", reading); err != nil {
		return nil, err
	}
	if size < 0 {
		size = math.MaxInt64
	}
	if err := f.need(thread, size); err != nil {
		return nil, err
	}
	return f.take(thread, size)
}

// gzReadLine is f.readline([size]).
func gzReadLine(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	size := int64(-1)
	if err := py.UnpackMethod(b.Name(), args, kwargs, "size??", &size); err != nil {
		return nil, err
	}
	f := b.Receiver().(*gzipFile)
	if err := f.begin(thread, "read from", reading); err != nil {
		return nil, err
	}
	return f.line(thread, size)
}

// gzReadLines is f.readlines([hint]).
func gzReadLines(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var hint int64
	if err := py.UnpackMethod(b.Name(), args, kwargs, "hint??", &hint); err != nil {
		return nil, err
	}
	f := b.Receiver().(*gzipFile)
	if err := f.begin(thread, "read from", reading); err != nil {
		return nil, err
	}
	var all []starlark.Value
	for total := int64(0); hint <= 0 || total < hint; {
		line, err := f.line(thread, -1)
		if err != nil {
			return nil, err
		}
		if line == "" {
			break
		}
		if all, err = host.Grow(thread, all, 1); err != nil {
			return nil, err
		}
		all = append(all, line)
		total += int64(len(line))
		if err := host.Spend(thread, 1); err != nil {
			return nil, err
		}
	}
	return starlark.NewList(all), nil
}

// gzNext is f.next().
func gzNext(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := py.UnpackMethod(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	f := b.Receiver().(*gzipFile)
	if err := f.begin(thread, "read from", reading); err != nil {
		return nil, err
	}
	line, err := f.line(thread, -1)
	if err == nil && line == "" {
		err = py.StopIteration.New(nil)
	}
	return line, err
}

// Iterate returns an iterator over the lines. Host.Raise raises its errors.
func (f *gzipFile) Iterate() starlark.Iterator { return (*gzipLines)(f) }

type gzipLines gzipFile

// Next reads one line.
func (it *gzipLines) Next(p *starlark.Value) bool {
	f := (*gzipFile)(it)
	var line starlark.String
	err := f.begin(f.thread, "read from", reading)
	if err == nil {
		line, err = f.line(f.thread, -1)
	}
	if err == nil {
		*p = line
		return line != ""
	}
	thread := f.thread
	if thread.CallStackDepth() == 0 {
		thread = nil // it is not the one that loops
	}
	host.From(f.thread).Raise(thread, err)
	return false
}

// Done does nothing.
func (it *gzipLines) Done() {}
