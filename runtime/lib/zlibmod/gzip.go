package zlibmod

import (
	"encoding/binary"
	"math"
	"path"
	"slices"
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starwire/runtime/host"
	"starwire/runtime/lazy"
	"starwire/runtime/lib/builtinmod"
	"starwire/runtime/lib/filemod"
	"starwire/runtime/py"
)

var gzipModule lazy.Module

// Gzip returns the module gzip, made on first use. It is immutable; runs may share it.
func Gzip() *starlarkstruct.Module {
	return gzipModule.Get("gzip", func() starlark.StringDict {
		return starlark.StringDict{
			"GzipFile": starlark.NewBuiltin("GzipFile", newGzipFile),
			"open":     starlark.NewBuiltin("open", openGzip),
		}
	})
}

// The modes of a gzip file, as its attribute mode has them.
const (
	reading = 1
	writing = 2
)

// A gzipFile is a file inside another, compressed.
//
// gzip.py, GzipFile.
type gzipFile struct {
	thread *starlark.Thread // that used it last: whom a loop's error concerns
	name   string
	mode   int
	file   starlark.Value // nil when closed
	own    bool           // file was opened here, and is to be closed
	mtime  starlark.Value
	frozen bool
	offset int64 // of what comes next, in what is not compressed

	inside bool // a member, not between two
	z      *inflater
	tail   string // what followed the member in what was read last
	buf    []byte // what was decompressed and is not read
	crc    uint32
	size   uint32

	w *compressor
}

var (
	_ starlark.HasAttrs = (*gzipFile)(nil)
	_ starlark.Iterable = (*gzipFile)(nil)
)

// openGzip is gzip.open(filename, mode="rb", compresslevel=9).
func openGzip(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var filename, mode starlark.Value
	level := 9
	if err := py.UnpackArgs(b.Name(), args, kwargs, "filename", &filename, "mode?", &mode, "compresslevel?", &level); err != nil {
		return nil, err
	}
	if mode == nil {
		mode = starlark.String("rb")
	}
	return makeGzipFile(thread, filename, mode, level, starlark.None, starlark.None)
}

// newGzipFile is GzipFile(filename=None, mode=None, compresslevel=9, fileobj=None, mtime=None).
func newGzipFile(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var filename, mode, file, mtime starlark.Value = starlark.None, starlark.None, starlark.None, starlark.None
	level := 9
	if err := py.UnpackArgs(b.Name(), args, kwargs, "filename?", &filename, "mode?", &mode, "compresslevel?", &level,
		"fileobj?", &file, "mtime?", &mtime); err != nil {
		return nil, err
	}
	return makeGzipFile(thread, filename, mode, level, file, mtime)
}

// attr returns an attribute of the file that is a string, or "".
func attr(file starlark.Value, name string) string {
	v, err := builtinmod.Attr(file, name)
	if err != nil {
		return ""
	}
	s, _ := py.AsBytes(v)
	return s
}

func makeGzipFile(thread *starlark.Thread, filename, mode starlark.Value, level int, file, mtime starlark.Value) (starlark.Value, error) {
	how, _ := py.AsBytes(mode)
	how = strings.ReplaceAll(how, "U", "")
	if how != "" && !strings.Contains(how, "b") {
		how += "b"
	}
	name, named := py.AsBytes(filename)
	f := &gzipFile{thread: thread, file: file, mtime: mtime, name: name}
	if file == starlark.None {
		if !named {
			return nil, py.TypeError.Errorf("coercing to Unicode: need string or buffer, %s found", py.TypeName(filename))
		}
		how := how
		if how == "" {
			how = "rb"
		}
		opened, err := filemod.Open(thread, name, how)
		if err != nil {
			return nil, err
		}
		f.file, f.own = opened, true
	}
	if !named {
		if f.name = attr(f.file, "name"); f.name == "<fdopen>" {
			f.name = ""
		}
	}
	if mode == starlark.None {
		if how = attr(f.file, "mode"); how == "" {
			how = "rb"
		}
	}
	switch {
	case strings.HasPrefix(how, "r"):
		f.mode = reading
	case strings.HasPrefix(how, "w"), strings.HasPrefix(how, "a"):
		f.mode = writing
		var err error
		if f.w, err = newCompressor(thread, level, -maxWBits); err != nil {
			return nil, err
		}
		if f.w == nil {
			return nil, py.ValueError.Errorf("Invalid initialization option")
		}
		if err := f.writeHead(thread); err != nil {
			return nil, err
		}
	default:
		return nil, py.IOError.Errorf("Mode %s not supported", how)
	}
	return f, nil
}

// String returns what CPython's repr does, without the address.
func (f *gzipFile) String() string {
	if f.file == nil {
		return "<gzip on>"
	}
	inner := f.file.String()
	return "<gzip " + strings.TrimSuffix(strings.TrimPrefix(inner, "<"), ">") + ">"
}

// Type returns "GzipFile".
func (f *gzipFile) Type() string { return "GzipFile" }

// Freeze makes every operation fail.
func (f *gzipFile) Freeze() { f.FreezeBy(func(v starlark.Value) { v.Freeze() }) }

// FreezeBy is Freeze, but leaves to freeze the file inside.
func (f *gzipFile) FreezeBy(freeze func(starlark.Value)) {
	if f.frozen {
		return
	}
	f.frozen = true
	if f.file != nil {
		freeze(f.file)
	}
}

// Truth is always true.
func (f *gzipFile) Truth() starlark.Bool { return true }

// Hash refuses: what is in the file may change.
func (f *gzipFile) Hash() (uint32, error) {
	return 0, py.TypeError.Errorf("unhashable type: 'GzipFile'")
}

var gzipTable lazy.Methods

func gzipMethods() map[string]*starlark.Builtin {
	return gzipTable.Get(func() map[string]function {
		return map[string]function{
			"close": gzClose, "flush": gzFlush, "next": gzNext, "read": gzRead, "readable": gzCan, "readline": gzReadLine,
			"readlines": gzReadLines, "tell": gzTell, "writable": gzCan, "write": gzWrite, "writelines": gzWriteLines,
		}
	})
}

// Attr returns closed, fileobj, mode, mtime, name or a method.
func (f *gzipFile) Attr(name string) (starlark.Value, error) {
	switch name {
	case "closed":
		return starlark.Bool(f.file == nil), nil
	case "fileobj":
		if f.file == nil {
			return starlark.None, nil
		}
		return f.file, nil
	case "mode":
		return starlark.MakeInt(f.mode), nil
	case "mtime":
		return f.mtime, nil
	case "name":
		return starlark.String(f.name), nil
	}
	if m := gzipMethods()[name]; m != nil {
		return m.BindReceiver(f), nil
	}
	return nil, nil
}

// AttrNames lists what Attr knows.
func (f *gzipFile) AttrNames() []string {
	names := []string{"closed", "fileobj", "mode", "mtime", "name"}
	for name := range gzipMethods() {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// begin checks the file before an operation that needs the mode.
func (f *gzipFile) begin(thread *starlark.Thread, verb string, mode int) error {
	f.thread = thread
	switch {
	case f.frozen:
		return py.TypeError.Errorf("cannot %s frozen GzipFile", verb)
	case f.file == nil:
		return py.ValueError.Errorf("I/O operation on closed file.")
	case f.mode != mode && mode == reading:
		return py.IOError.New(nil, starlark.MakeInt(9), starlark.String("read() on write-only GzipFile object")) // EBADF
	case f.mode != mode:
		return py.IOError.New(nil, starlark.MakeInt(9), starlark.String("write() on read-only GzipFile object"))
	}
	return nil
}

// call calls a method of the file inside.
func (f *gzipFile) call(thread *starlark.Thread, method string, args ...starlark.Value) (starlark.Value, error) {
	fn, err := builtinmod.Attr(f.file, method)
	if err != nil {
		return nil, err
	}
	return starlark.Call(thread, fn, args, nil)
}

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

// gzClose is f.close(): the file inside goes on, unless it was opened by name.
//
// gzip.py, GzipFile.close.
func gzClose(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := py.UnpackMethod(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	f := b.Receiver().(*gzipFile)
	if f.file == nil {
		return starlark.None, nil
	}
	if f.frozen {
		return nil, py.TypeError.Errorf("cannot close frozen GzipFile")
	}
	var err error
	if f.mode == writing {
		if err = f.w.flush(thread, finish); err == nil {
			tail := binary.LittleEndian.AppendUint32(f.w.to.b, f.crc)
			f.w.to.b = binary.LittleEndian.AppendUint32(tail, f.size)
			_, err = f.call(thread, "write", f.w.taken())
		}
	}
	if f.own {
		if _, failed := f.call(thread, "close"); err == nil {
			err = failed
		}
	}
	f.file, f.buf, f.z, f.w = nil, nil, nil, nil
	return starlark.None, err
}

// gzTell is f.tell(): the position in what is not compressed.
func gzTell(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	return starlark.MakeInt64(b.Receiver().(*gzipFile).offset), py.UnpackMethod(b.Name(), args, kwargs)
}

// gzCan is f.readable() and f.writable().
func gzCan(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	mode := b.Receiver().(*gzipFile).mode
	return starlark.Bool((mode == reading) == (b.Name() == "readable")), py.UnpackMethod(b.Name(), args, kwargs)
}
