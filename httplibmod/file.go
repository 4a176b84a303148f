package httplibmod

import (
	"io"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/lazy"
	"starwire/runtime/py"
)

// A responseFile is response.fp: the raw bytes behind the head, without chunks
// being decoded and without a length. HTTP.getfile returns it.
type responseFile struct{ r *HTTPResponse }

var (
	_ starlark.HasAttrs = responseFile{}
	_ starlark.Iterable = responseFile{}
)

// String returns what Python shows of a socket's file, without the address.
func (f responseFile) String() string { return "<socket._fileobject object>" }

// Type returns "_fileobject".
func (f responseFile) Type() string { return "_fileobject" }

// Freeze freezes the response.
func (f responseFile) Freeze() { f.r.Freeze() }

// Truth is always true.
func (f responseFile) Truth() starlark.Bool { return true }

// Hash refuses.
func (f responseFile) Hash() (uint32, error) {
	return 0, py.TypeError.Errorf("unhashable type: _fileobject")
}

var fileTable lazy.Value[map[string]*starlark.Builtin]

func fileMethods() map[string]*starlark.Builtin {
	return fileTable.Get(func() map[string]*starlark.Builtin {
		return methodTable(map[string]method{
			"close":     fileClose,
			"fileno":    fileFileno,
			"read":      fileRead,
			"readline":  fileReadLine,
			"readlines": fileReadLines,
		})
	})
}

// Attr returns a bound method.
func (f responseFile) Attr(name string) (starlark.Value, error) {
	if m, ok := fileMethods()[name]; ok {
		return m.BindReceiver(f), nil
	}
	return nil, nil
}

// AttrNames lists what Attr knows.
func (f responseFile) AttrNames() []string { return methodNames(fileMethods(), nil) }

// Iterate goes over the lines. Host.Raise raises what goes wrong.
func (f responseFile) Iterate() starlark.Iterator {
	f.r.enter(f.r.thread)
	return &lineIterator{thread: f.r.thread, next: func() (string, error) { return f.line(all) }}
}

// A lineIterator goes over lines until there is an empty one, or an error, which
// it raises on the thread.
type lineIterator struct {
	thread *starlark.Thread
	next   func() (string, error)
	done   bool
}

// Next reads the next line.
func (i *lineIterator) Next(p *starlark.Value) bool {
	if i.done {
		return false
	}
	line, err := i.next()
	if err != nil {
		i.done = true
		host.From(i.thread).Raise(i.thread, err)
		return false
	}
	*p = starlark.String(line)
	return line != ""
}

// Done does nothing: the lines read so far are read.
func (i *lineIterator) Done() {}

// usable is Python's ValueError of a file that was closed, and ours of a frozen one.
func (f responseFile) usable() error {
	if f.r.frozen {
		return py.TypeError.Errorf("cannot read from frozen _fileobject")
	}
	if f.r.closed {
		return py.ValueError.Errorf("I/O operation on closed file")
	}
	return nil
}

// read returns up to want bytes, fewer only at the end of the connection.
func (f responseFile) read(want int64) (string, error) {
	if err := f.usable(); err != nil {
		return "", err
	}
	data, err := fill(rawReader(f), f.r.pieces(want), want, false)
	if err != nil && err != io.EOF {
		return "", wireError(err)
	}
	return data, nil
}

// raw reads bytes as they come, those that began the body of an HTTP/0.9
// response first.
func (f responseFile) raw(p []byte) (int, error) {
	if odd := f.r.odd(); odd.prefix != "" {
		n := copy(p, odd.prefix)
		odd.prefix = odd.prefix[n:]
		return n, nil
	}
	return f.r.r.Read(p)
}

// line returns the next line with its end, at most limit bytes of it, and "" at the end.
func (f responseFile) line(limit int64) (string, error) {
	if err := f.usable(); err != nil {
		return "", err
	}
	var line []byte
	var one [1]byte
	for int64(len(line)) < limit {
		n, err := f.raw(one[:])
		line = append(line, one[:n]...)
		if err == io.EOF || n > 0 && one[0] == '\n' {
			break
		}
		if err != nil {
			return "", wireError(err)
		}
	}
	return ownedString(line), nil
}

func fileOf(b *starlark.Builtin, thread *starlark.Thread) responseFile {
	f := b.Receiver().(responseFile)
	f.r.enter(thread)
	return f
}

// fileRead is read([size]).
func fileRead(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	amt, err := sizeArg(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	s, err := fileOf(b, thread).read(amt)
	if err != nil {
		return nil, err
	}
	return starlark.String(s), nil
}

// sizeArg unpacks the one optional argument of read and its like.
func sizeArg(b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (int64, error) {
	var size starlark.Value = starlark.None
	if err := py.UnpackMethod(b.Name(), args, kwargs, "size?", &size); err != nil {
		return 0, err
	}
	return amountOf(size)
}

// fileReadLine is readline([size]).
func fileReadLine(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	limit, err := sizeArg(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	s, err := fileOf(b, thread).line(limit)
	if err != nil {
		return nil, err
	}
	return starlark.String(s), nil
}

// fileReadLines is readlines([sizehint]).
func fileReadLines(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	hint, err := sizeArg(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	f := fileOf(b, thread)
	return host.ReadLines(thread, hint, func() (string, error) { return f.line(all) })
}

// fileClose is close().
func fileClose(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := py.UnpackMethod(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	return starlark.None, fileOf(b, thread).r.close(thread)
}

// fileFileno is fileno().
func fileFileno(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := py.UnpackMethod(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	return fileOf(b, thread).r.fileno(thread)
}

// A lineAndFile is LineAndFileWrapper: a file that begins with a line that was
// read from it too early.
type lineAndFile struct {
	line   string // what is left of it
	file   scriptObject
	empty  bool // there was no line: Python asserts that there is one
	frozen bool
}

var _ starlark.HasAttrs = (*lineAndFile)(nil)

// lineAndFileClass is LineAndFileWrapper(line, file).
var lineAndFileClass = &objectClass{
	class:   class{"httplib", "LineAndFileWrapper"},
	init:    initLineAndFile,
	has:     func(v starlark.Value) bool { _, ok := v.(*lineAndFile); return ok },
	methods: wrapperMethods,
}

func initLineAndFile(_ *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var text, file starlark.Value
	if err := py.UnpackMethod("__init__", args, kwargs, "line", &text, "file", &file); err != nil {
		return nil, err
	}
	line, ok := py.AsBytes(text)
	if !ok {
		return nil, py.TypeError.Errorf("object of type '%s' has no len()", py.TypeName(text))
	}
	return &lineAndFile{line: line, file: scriptObject{file}, empty: line == ""}, nil
}

// String returns Python's repr without the address.
func (f *lineAndFile) String() string { return "<httplib.LineAndFileWrapper instance>" }

// Type returns "LineAndFileWrapper".
func (f *lineAndFile) Type() string { return "LineAndFileWrapper" }

// Freeze makes reading an error.
func (f *lineAndFile) Freeze() {
	f.FreezeBy(func(v starlark.Value) { v.Freeze() })
}

// FreezeBy is Freeze, but leaves the file to freeze, which may be another
// LineAndFileWrapper.
func (f *lineAndFile) FreezeBy(freeze func(starlark.Value)) {
	if !f.frozen {
		f.frozen = true
		freeze(f.file.value)
	}
}

// Truth is always true.
func (f *lineAndFile) Truth() starlark.Bool { return true }

// Hash refuses.
func (f *lineAndFile) Hash() (uint32, error) {
	return 0, py.TypeError.Errorf("unhashable type: LineAndFileWrapper")
}

var wrapperTable lazy.Value[map[string]*starlark.Builtin]

func wrapperMethods() map[string]*starlark.Builtin {
	return wrapperTable.Get(func() map[string]*starlark.Builtin {
		return methodTable(map[string]method{
			"read":      wrapperRead,
			"readline":  wrapperReadLine,
			"readlines": wrapperReadLines,
		})
	})
}

// Attr returns a bound method, and whatever else the file has.
func (f *lineAndFile) Attr(name string) (starlark.Value, error) {
	if m, ok := wrapperMethods()[name]; ok {
		return m.BindReceiver(f), nil
	}
	if name == "__class__" {
		return lineAndFileClass, nil
	}
	if v, ok := f.file.value.(starlark.HasAttrs); ok {
		return v.Attr(name)
	}
	return nil, nil
}

// AttrNames lists what Attr knows.
func (f *lineAndFile) AttrNames() []string { return methodNames(wrapperMethods(), nil) }

// take returns n bytes of the line, all of it for more than it has; the rest is
// the file's to give.
func (f *lineAndFile) take(n int64) (string, error) {
	if f.frozen {
		return "", py.TypeError.Errorf("cannot read from frozen LineAndFileWrapper")
	}
	if f.empty {
		return "", py.AssertionError.New(nil)
	}
	n = min(n, int64(len(f.line)))
	s := f.line[:n]
	f.line = f.line[n:]
	return s, nil
}

// call calls a method of the file.
func (f *lineAndFile) call(thread *starlark.Thread, name string, args starlark.Tuple) (starlark.Value, error) {
	m, err := f.file.method(name)
	if err != nil {
		return nil, err
	}
	return starlark.Call(thread, m, args, nil)
}

// wrapperRead is httplib.py, LineAndFileWrapper.read; a negative amount is all (D12).
func wrapperRead(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	amt, err := sizeArg(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	f := b.Receiver().(*lineAndFile)
	s, err := f.take(amt)
	if err != nil || amt == int64(len(s)) {
		return starlark.String(s), err
	}
	var rest starlark.Tuple
	if amt != all {
		rest = starlark.Tuple{starlark.MakeInt64(amt - int64(len(s)))}
	}
	v, err := f.call(thread, "read", rest)
	if err != nil {
		return nil, err
	}
	more, ok := py.AsBytes(v)
	if !ok {
		return nil, py.TypeError.Errorf("cannot concatenate 'str' and '%s' objects", py.TypeName(v))
	}
	return starlark.String(s + more), nil
}

// wrapperReadLine is readline(): the rest of the line, then the file's lines.
func wrapperReadLine(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	amt, err := sizeArg(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	f := b.Receiver().(*lineAndFile)
	s, err := f.take(amt)
	if err != nil || s != "" {
		return starlark.String(s), err
	}
	return f.call(thread, "readline", args)
}

// wrapperReadLines is readlines([size]): the rest of the line and the file's lines.
func wrapperReadLines(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if _, err := sizeArg(b, args, kwargs); err != nil {
		return nil, err
	}
	f := b.Receiver().(*lineAndFile)
	s, err := f.take(all)
	if err != nil {
		return nil, err
	}
	v, err := f.call(thread, "readlines", args)
	if err != nil || s == "" {
		return v, err
	}
	lines := []starlark.Value{starlark.String(s)}
	if more, ok := v.(starlark.Iterable); ok {
		for line := range starlark.Elements(more) {
			lines = append(lines, line)
		}
	}
	return starlark.NewList(lines), nil
}
