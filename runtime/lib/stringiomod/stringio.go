package stringiomod

import (
	"slices"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starwire/runtime/host"
	"starwire/runtime/lazy"
	"starwire/runtime/py"
)

var module, cModule lazy.Module

// Module returns the module StringIO, made on first use. It is immutable; runs may share it.
func Module() *starlarkstruct.Module {
	return module.Get("StringIO", func() starlark.StringDict {
		return starlark.StringDict{"StringIO": starlark.NewBuiltin("StringIO", newStringIO)}
	})
}

// CModule returns the module cStringIO, made on first use. It is immutable; runs may share it.
func CModule() *starlarkstruct.Module {
	return cModule.Get("cStringIO", func() starlark.StringDict {
		return starlark.StringDict{"StringIO": starlark.NewBuiltin("StringIO", newCStringIO)}
	})
}

// A StringIO is a file in memory.
type StringIO struct {
	content
	pos    int64
	narrow bool // cStringIO's: unicode text becomes a str, which must be ASCII
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
	return (&StringIO{thread: thread}).init(b, args, kwargs)
}

// newCStringIO is cStringIO.StringIO([buffer]).
func newCStringIO(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	return (&StringIO{thread: thread, narrow: true}).init(b, args, kwargs)
}

func (f *StringIO) init(b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var buf starlark.Value = starlark.String("")
	if err := py.UnpackAny(b.Name(), args, kwargs, "buf?", &buf); err != nil {
		return nil, err
	}
	c, err := f.chars(buf)
	if err != nil {
		return nil, err
	}
	f.wide = c.Wide
	return f, f.put(0, c)
}

// chars is what the file takes for v: text as it is, and str of anything else.
func (f *StringIO) chars(v starlark.Value) (py.Chars, error) {
	if f.narrow {
		if err := py.AsASCII(v); err != nil {
			return py.Chars{}, err
		}
	}
	c, ok := py.CharsOf(v)
	if !ok {
		c.S = py.Str(v)
	}
	c.Wide = c.Wide && !f.narrow
	return c, nil
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
		return starlark.MakeInt(f.size()), nil
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

// read returns n characters, or all for n < 0, and how many they are. A position behind
// the end comes back to it.
//
// StringIO.py, StringIO.read
func (f *StringIO) read(n int64) (starlark.Value, int) {
	from := int(min(f.pos, int64(f.size())))
	end := f.size()
	if n >= 0 && n < int64(end-from) {
		end = from + int(n)
	}
	f.pos = int64(end)
	return f.part(from, end), end - from
}

// readLine is read up to the end of a line, of at most n characters unless n < 0.
//
// StringIO.py, StringIO.readline
func (f *StringIO) readLine(n int64) (starlark.Value, int) {
	from := int(min(f.pos, int64(f.size())))
	length := f.lineEnd(from) - from
	if n >= 0 && n < int64(length) {
		length = int(n)
	}
	return f.read(int64(length))
}

// write puts text where the position is.
//
// StringIO.py, StringIO.write
func (f *StringIO) write(c py.Chars) error {
	if c.S == "" {
		return nil
	}
	if gap := f.pos - int64(f.size()); gap > MaxGap {
		return py.MemoryError.Errorf("writing %d bytes behind the end; at most %d may be left out", gap, MaxGap)
	}
	if err := f.put(int(f.pos), c); err != nil {
		return err
	}
	f.pos += int64(f.length(c))
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
		line, n := f.readLine(-1)
		*p = line
		return n > 0
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
