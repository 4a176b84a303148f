package socketmod

import (
	"bytes"
	"sort"
	"strings"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/lazy"
	"starwire/runtime/py"
)

// A File is what makefile returns: a buffered file over a Socket. It keeps the
// connection open until it is closed itself.
//
// Host.Raise raises the error that ends a loop over its lines.
//
// Lib/socket.py, _fileobject.
type File struct {
	s       *Socket // nil once closed
	mode    string
	bufsize int
	in      []byte           // read ahead of the script; bytes an error interrupted stay here
	out     []byte           // written, not yet sent
	thread  *starlark.Thread // that made it: whom a loop's error concerns
	frozen  bool
}

const defaultBuffer = 8192

var (
	_ starlark.HasAttrs = (*File)(nil)
	_ starlark.Iterable = (*File)(nil)
)

// socketMakeFile is makefile([mode[, bufsize]]).
func socketMakeFile(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	s := b.Receiver().(*Socket)
	mode, bufsize := "r", -1
	if err := py.UnpackArgs(b.Name(), args, kwargs, "mode?", &mode, "bufsize?", &bufsize); err != nil {
		return nil, err
	}
	if s.frozen {
		return nil, s.frozenError("read from")
	}
	if s.done.Load() {
		return nil, Errno(errBadFile, nil)
	}
	if bufsize < 0 {
		bufsize = defaultBuffer
	}
	s.Retain()
	return &File{s: s, mode: mode, bufsize: bufsize, thread: thread}, nil
}

// String returns <socket file>.
func (f *File) String() string { return "<socket file>" }

// Type returns the name of Python's class.
func (f *File) Type() string { return "_fileobject" }

// Freeze makes every operation fail.
func (f *File) Freeze() {
	if !f.frozen {
		f.frozen = true
	}
}

// Truth is always true.
func (f *File) Truth() starlark.Bool { return true }

// Hash refuses: a file is its position.
func (f *File) Hash() (uint32, error) { return 0, unhashable("_fileobject") }

func fileMethods() map[string]*starlark.Builtin {
	return fileMethodsTable.Get(func() map[string]*starlark.Builtin {
		return map[string]*starlark.Builtin{
			"close":      starlark.NewBuiltin("close", fileClose),
			"fileno":     starlark.NewBuiltin("fileno", fileFileno),
			"flush":      starlark.NewBuiltin("flush", fileFlush),
			"next":       starlark.NewBuiltin("next", fileNext),
			"read":       starlark.NewBuiltin("read", fileRead),
			"readline":   starlark.NewBuiltin("readline", fileReadLine),
			"readlines":  starlark.NewBuiltin("readlines", fileReadLines),
			"write":      starlark.NewBuiltin("write", fileWrite),
			"writelines": starlark.NewBuiltin("writelines", fileWriteLines),
		}
	})
}

var fileMethodsTable lazy.Value[map[string]*starlark.Builtin]

// Attr returns a method, or bufsize, closed, mode or name.
func (f *File) Attr(name string) (starlark.Value, error) {
	switch name {
	case "bufsize":
		return starlark.MakeInt(f.bufsize), nil
	case "closed":
		return starlark.Bool(f.s == nil), nil
	case "mode":
		return starlark.String(f.mode), nil
	case "name":
		return starlark.String("<socket>"), nil
	}
	if m, ok := fileMethods()[name]; ok {
		return m.BindReceiver(f), nil
	}
	return nil, nil
}

// AttrNames lists what Attr knows.
func (f *File) AttrNames() []string {
	names := []string{"bufsize", "closed", "mode", "name"}
	for name := range fileMethods() {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// begin checks the file before an operation, and gives the socket the thread.
// CPython trips over None here: 'NoneType' object has no attribute 'recv'.
func (f *File) begin(thread *starlark.Thread, verb, method string) error {
	if f.frozen {
		return py.TypeError.Errorf("cannot %s frozen _fileobject", verb)
	}
	if f.s == nil {
		return py.AttributeError.Errorf("'NoneType' object has no attribute '%s'", method)
	}
	f.s.Use(thread)
	return f.s.ready(verb)
}

// fill reads once more, at most size bytes; false at the end.
func (f *File) fill(size int) (bool, error) {
	buf := scratch.Get().(*[bufferSize]byte)
	defer scratch.Put(buf)
	n, err := f.s.recvInto(buf[:min(max(size, 1), bufferSize)])
	f.in = append(f.in, buf[:n]...)
	return n > 0, err
}

// take removes the first n bytes of what was read ahead.
func (f *File) take(n int) starlark.String {
	s := starlark.String(f.in[:n])
	if f.in = f.in[n:]; len(f.in) == 0 {
		f.in = nil
	}
	return s
}

// read returns size bytes or what there is to the end; all of it for size < 0.
func (f *File) read(size int) (starlark.String, error) {
	for size < 0 || len(f.in) < size {
		want := bufferSize
		if size >= 0 {
			want = size - len(f.in) // no more than asked: the rest stays the socket's
		}
		more, err := f.fill(want)
		if err != nil {
			return "", err
		}
		if !more {
			return f.take(len(f.in)), nil
		}
	}
	return f.take(size), nil
}

// readLine returns the next line with its end, at most size bytes if size >= 0.
func (f *File) readLine(size int) (starlark.String, error) {
	seen := 0
	for {
		if i := bytes.IndexByte(f.in[seen:], '\n'); i >= 0 {
			n := seen + i + 1
			if size >= 0 {
				n = min(n, size)
			}
			return f.take(n), nil
		}
		if seen = len(f.in); size >= 0 && seen >= size {
			return f.take(size), nil
		}
		ahead := f.bufsize
		if ahead == 1 {
			ahead = defaultBuffer // line buffered
		}
		more, err := f.fill(ahead)
		if err != nil {
			return "", err
		}
		if !more {
			return f.take(len(f.in)), nil
		}
	}
}

// sizeArgument unpacks the optional size of read and readline; None is absent.
func sizeArgument(b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (int, error) {
	size := -1
	err := py.UnpackArgs(b.Name(), args, kwargs, "size??", &size)
	return size, err
}

func fileRead(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	f := b.Receiver().(*File)
	size, err := sizeArgument(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	if err := f.begin(thread, "read from", "recv"); err != nil {
		return nil, err
	}
	return orError(f.read(size))
}

func fileReadLine(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	f := b.Receiver().(*File)
	size, err := sizeArgument(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	if err := f.begin(thread, "read from", "recv"); err != nil {
		return nil, err
	}
	return orError(f.readLine(size))
}

// orError keeps a result that comes with an error from being used.
func orError(s starlark.String, err error) (starlark.Value, error) {
	if err != nil {
		return nil, err
	}
	return s, nil
}

func fileReadLines(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	f := b.Receiver().(*File)
	hint := 0
	if err := py.UnpackArgs(b.Name(), args, kwargs, "sizehint?", &hint); err != nil {
		return nil, err
	}
	if err := f.begin(thread, "read from", "recv"); err != nil {
		return nil, err
	}
	return host.ReadLines(thread, int64(hint), func() (string, error) {
		line, err := f.readLine(-1)
		return string(line), err
	})
}

// fileNext is next(): StopIteration at the end.
func fileNext(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	f := b.Receiver().(*File)
	if err := none(b, args, kwargs); err != nil {
		return nil, err
	}
	if err := f.begin(thread, "read from", "recv"); err != nil {
		return nil, err
	}
	line, err := f.readLine(-1)
	if err == nil && line == "" {
		return nil, py.StopIteration.New(nil)
	}
	return orError(line, err)
}

// Iterate returns an iterator over the lines. Host.Raise raises its errors.
func (f *File) Iterate() starlark.Iterator { return (*lines)(f) }

type lines File

func (l *lines) Next(p *starlark.Value) bool {
	f := (*File)(l)
	err := f.begin(f.thread, "read from", "recv")
	var line starlark.String
	if err == nil {
		line, err = f.readLine(-1)
	}
	if err != nil {
		host.From(f.thread).Raise(f.thread, err)
		return false
	}
	*p = line
	return line != ""
}

func (l *lines) Done() {}

// flush sends what was written. After an error the rest stays, as in Python.
func (f *File) flush() error {
	if len(f.out) == 0 {
		return nil
	}
	n, err := f.s.Write(f.out)
	if f.out = f.out[n:]; len(f.out) == 0 {
		f.out = nil
	}
	return err
}

// write buffers data and sends when the buffer's rule says so.
func (f *File) write(data string) error {
	f.out = append(f.out, data...)
	if f.bufsize == 0 || f.bufsize == 1 && strings.Contains(data, "\n") || f.bufsize > 1 && len(f.out) >= f.bufsize {
		return f.flush()
	}
	return nil
}

func fileWrite(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	f := b.Receiver().(*File)
	v, err := one(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	if err := py.AsASCII(v); err != nil {
		return nil, err
	}
	data := py.Str(v)
	if data == "" && !f.frozen {
		return starlark.None, nil
	}
	if err := f.begin(thread, "write to", "sendall"); err != nil {
		return nil, err
	}
	if err := f.write(data); err != nil {
		return nil, err
	}
	return starlark.None, nil
}

func fileWriteLines(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	f := b.Receiver().(*File)
	v, err := one(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	seq, ok := v.(starlark.Iterable)
	if !ok {
		return nil, py.NotIterable(v)
	}
	if err := f.begin(thread, "write to", "sendall"); err != nil {
		return nil, err
	}
	for line := range starlark.Elements(seq) {
		if err := py.AsASCII(line); err != nil {
			return nil, err
		}
		if err := f.write(py.Str(line)); err != nil {
			return nil, err
		}
	}
	if f.bufsize <= 1 {
		if err := f.flush(); err != nil {
			return nil, err
		}
	}
	return starlark.None, nil
}

func fileFlush(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	f := b.Receiver().(*File)
	if err := none(b, args, kwargs); err != nil {
		return nil, err
	}
	if len(f.out) == 0 && !f.frozen {
		return starlark.None, nil
	}
	if err := f.begin(thread, "write to", "sendall"); err != nil {
		return nil, err
	}
	if err := f.flush(); err != nil {
		return nil, err
	}
	return starlark.None, nil
}

// fileClose sends what is left, lets go of the connection in any case, and
// raises what went wrong, in a loop before or now.
func fileClose(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	f := b.Receiver().(*File)
	if err := none(b, args, kwargs); err != nil {
		return nil, err
	}
	if f.frozen {
		return nil, py.TypeError.Errorf("cannot close frozen _fileobject")
	}
	if f.s == nil {
		return starlark.None, nil
	}
	f.s.Use(thread)
	err := f.flush()
	f.s.Release()
	f.s, f.in, f.out = nil, nil, nil
	if err != nil {
		return nil, err
	}
	return starlark.None, nil
}

func fileFileno(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	f := b.Receiver().(*File)
	if err := none(b, args, kwargs); err != nil {
		return nil, err
	}
	if f.s == nil {
		return nil, py.AttributeError.Errorf("'NoneType' object has no attribute 'fileno'")
	}
	n, err := f.s.Fileno()
	if err != nil {
		return nil, err
	}
	return starlark.MakeInt(n), nil
}
