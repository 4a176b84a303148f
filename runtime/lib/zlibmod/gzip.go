package zlibmod

import (
	"encoding/binary"
	"slices"
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

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
