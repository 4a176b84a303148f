package zlibmod

import (
	"encoding/binary"
	"path"
	"strings"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/py"
)

// writeHead writes the head of a member.
//
// gzip.py, GzipFile._write_gzip_header.
func (f *gzipFile) writeHead(thread *starlark.Thread) error {
	name := strings.TrimSuffix(path.Base("/"+f.name), ".gz")
	if strings.HasSuffix(f.name, "/") || name == "/" {
		name = ""
	}
	head := []byte("\x1f\x8b\x08\x00")
	if name != "" {
		head[3] = 8
	}
	var mtime int64
	switch v := f.mtime.(type) {
	case starlark.NoneType:
		mtime = host.From(thread).Now().Unix()
	case starlark.Float:
		mtime = int64(v)
	default:
		if err := starlark.AsInt(v, &mtime); err != nil {
			return py.TypeError.Errorf("long() argument must be a string or a number, not '%s'", py.TypeName(v))
		}
	}
	head = binary.LittleEndian.AppendUint32(head, uint32(mtime))
	head = append(head, "\x02\xff"...)
	if name != "" {
		head = append(append(head, name...), 0)
	}
	_, err := f.call(thread, "write", starlark.String(head))
	return err
}

// write compresses s into the file inside.
func (f *gzipFile) write(thread *starlark.Thread, v starlark.Value) error {
	if err := py.AsASCII(v); err != nil {
		return err
	}
	s, ok := py.AsBytes(v)
	if !ok {
		return py.TypeError.Errorf("object of type '%s' has no len()", py.TypeName(v))
	}
	if s == "" {
		return nil
	}
	if err := f.w.write(thread, s); err != nil {
		return err
	}
	f.size += uint32(len(s))
	f.crc = updateCRC(f.crc, s)
	f.offset += int64(len(s))
	_, err := f.call(thread, "write", f.w.taken())
	return err
}

// gzWrite is f.write(data).
func gzWrite(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var data starlark.Value
	if err := py.UnpackMethod(b.Name(), args, kwargs, "data", &data); err != nil {
		return nil, err
	}
	f := b.Receiver().(*gzipFile)
	if err := f.begin(thread, "write to", writing); err != nil {
		return nil, err
	}
	return starlark.MakeInt(max(starlark.Len(data), 0)), f.write(thread, data)
}

// gzWriteLines is f.writelines(lines).
func gzWriteLines(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var lines starlark.Value
	if err := py.UnpackMethod(b.Name(), args, kwargs, "lines", &lines); err != nil {
		return nil, err
	}
	f := b.Receiver().(*gzipFile)
	if err := f.begin(thread, "write to", writing); err != nil {
		return nil, err
	}
	if _, ok := py.AsBytes(lines); ok { // an iterable of its characters
		return starlark.None, f.write(thread, lines)
	}
	it := starlark.Iterate(lines)
	if it == nil {
		return nil, py.NotIterable(lines)
	}
	defer it.Done()
	var line starlark.Value
	for it.Next(&line) {
		if err := f.write(thread, line); err != nil {
			return nil, err
		}
	}
	return starlark.None, nil
}

// gzFlush is f.flush([zlib_mode]).
func gzFlush(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	mode := syncFlush
	if err := py.UnpackMethod(b.Name(), args, kwargs, "zlib_mode?", &mode); err != nil {
		return nil, err
	}
	f := b.Receiver().(*gzipFile)
	if err := f.begin(thread, "flush", f.mode); err != nil || f.mode != writing {
		return starlark.None, err
	}
	if err := f.w.flush(thread, mode); err != nil {
		return nil, err
	}
	if _, err := f.call(thread, "write", f.w.taken()); err != nil {
		return nil, err
	}
	_, err := f.call(thread, "flush")
	return starlark.None, err
}
