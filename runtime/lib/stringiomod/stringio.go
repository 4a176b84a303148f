package stringiomod

import (
	"bytes"
	"slices"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starwire/runtime/host"
	"starwire/runtime/lazy"
	"starwire/runtime/py"
)

var module, cModule lazy.Module

// Module returns the module StringIO, made on first use. It is immutable; runs may share it.
func Module() *starlarkstruct.Module { return module.Get("StringIO", members) }

// CModule returns the module cStringIO, made on first use. It is immutable; runs may share it.
func CModule() *starlarkstruct.Module { return cModule.Get("cStringIO", members) }

func members() starlark.StringDict {
	return starlark.StringDict{"StringIO": starlark.NewBuiltin("StringIO", newStringIO)}
}

// A StringIO is a file in memory.
type StringIO struct {
	data   []byte
	pos    int64
	closed bool
	frozen bool
	thread *starlark.Thread // that used it last: whom a loop's error concerns
}

var (
	_ starlark.HasAttrs = (*StringIO)(nil)
	_ starlark.Iterable = (*StringIO)(nil)
)

// newStringIO is StringIO.StringIO([buffer]).
func newStringIO(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var buf starlark.Value = starlark.String("")
	if err := py.UnpackArgs(b.Name(), args, kwargs, "buf?", &buf); err != nil {
		return nil, err
	}
	return &StringIO{data: []byte(py.Str(buf)), thread: thread}, nil
}

// String returns <StringIO.StringIO instance>, without an address.
func (f *StringIO) String() string { return "<StringIO.StringIO instance>" }

// Type returns "StringIO".
func (f *StringIO) Type() string { return "StringIO" }

// Freeze makes every operation that moves or changes the file fail.
func (f *StringIO) Freeze() { f.frozen = true }

// Truth is always true.
func (f *StringIO) Truth() starlark.Bool { return true }

// Hash refuses: a StringIO is its content.
func (f *StringIO) Hash() (uint32, error) { return 0, py.TypeError.Errorf("unhashable type: StringIO") }

// Attr returns a method, or closed, len, pos or softspace.
func (f *StringIO) Attr(name string) (starlark.Value, error) {
	switch name {
	case "closed":
		return starlark.Bool(f.closed), nil
	case "len":
		return starlark.MakeInt(len(f.data)), nil
	case "pos":
		return starlark.MakeInt64(f.pos), nil
	case "softspace":
		return starlark.MakeInt(0), nil
	}
	if m := methods()[name]; m != nil {
		return m.BindReceiver(f), nil
	}
	return nil, nil
}

// AttrNames lists what Attr knows.
func (f *StringIO) AttrNames() []string {
	names := []string{"closed", "len", "pos", "softspace"}
	for name := range methods() {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// begin checks the file before an operation, such as "read from".
func (f *StringIO) begin(thread *starlark.Thread, verb string) error {
	if f.frozen {
		return py.TypeError.Errorf("cannot %s frozen StringIO", verb)
	}
	f.thread = thread
	if f.closed {
		return errClosed()
	}
	return nil
}

func errClosed() error { return py.ValueError.Errorf("I/O operation on closed file") }

// rest is what there is from the position on.
func (f *StringIO) rest() []byte { return f.data[min(f.pos, int64(len(f.data))):] }

// read returns n bytes, or all for n < 0. A position behind the end comes back
// to it.
//
// StringIO.py, StringIO.read
func (f *StringIO) read(n int64) starlark.String {
	p := f.rest()
	if n >= 0 && n < int64(len(p)) {
		p = p[:n]
	}
	f.pos = min(f.pos, int64(len(f.data))) + int64(len(p))
	return starlark.String(p)
}

// readLine returns a line, of at most n bytes unless n < 0.
//
// StringIO.py, StringIO.readline
func (f *StringIO) readLine(n int64) starlark.String {
	line := f.rest()
	if n >= 0 && n < int64(len(line)) {
		line = line[:n]
	}
	if i := bytes.IndexByte(line, '\n'); i >= 0 {
		line = line[:i+1]
	}
	return f.read(int64(len(line)))
}

// write puts s where the position is.
//
// StringIO.py, StringIO.write
func (f *StringIO) write(s string) error {
	if s == "" {
		return nil
	}
	gap := f.pos - int64(len(f.data))
	if gap > MaxGap {
		return py.MemoryError.Errorf("writing %d bytes behind the end; at most %d may be left out", gap, MaxGap)
	}
	if gap > 0 {
		f.data = append(f.data, make([]byte, gap)...)
	}
	n := copy(f.data[f.pos:], s)
	f.data = append(f.data, s[n:]...)
	f.pos += int64(len(s))
	return nil
}

// Iterate returns an iterator over the lines. Host.Raise raises its errors.
func (f *StringIO) Iterate() starlark.Iterator { return (*lines)(f) }

type lines StringIO

// Next reads one line.
func (it *lines) Next(p *starlark.Value) bool {
	f := (*StringIO)(it)
	var err error
	switch {
	case f.frozen:
		err = py.TypeError.Errorf("cannot read from frozen StringIO")
	case f.closed:
		err = errClosed()
	default:
		line := f.readLine(-1)
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
func (it *lines) Done() {}
