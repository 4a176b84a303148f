package scripttest

import (
	"fmt"
	"slices"
	"strings"
	"syscall"

	"go.starlark.net/starlark"

	"starwire/runtime/lib/socketmod"
	"starwire/runtime/py"
)

// A FakeSocket is a script's socket object over canned text, as CPython's
// test_httplib has: it keeps each write, and its files read one stream. One
// goroutine uses it at a time.
type FakeSocket struct {
	text       string // what is left of the stream
	host, port starlark.Value
	epipe      starlark.Value // a write that holds it fails; or None
	noEOF      bool           // reading past the end fails

	sent   *starlark.List
	opened *starlark.List // arguments of each makefile, as tuples
	closed bool
	filed  bool // a file of it was closed
}

var _ starlark.HasAttrs = (*FakeSocket)(nil)

func newFakeSocket(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	s := &FakeSocket{
		host: starlark.None, port: starlark.None, epipe: starlark.None,
		sent: starlark.NewList(nil), opened: starlark.NewList(nil),
	}
	err := starlark.UnpackArgs(b.Name(), args, kwargs,
		"text", &s.text, "host?", &s.host, "port?", &s.port, "epipe?", &s.epipe, "noeof?", &s.noEOF)
	if err != nil {
		return nil, err
	}
	return s, nil
}

var fakeSocketMethods = map[string]*starlark.Builtin{
	"sendall":  starlark.NewBuiltin("sendall", fakeSendall),
	"makefile": starlark.NewBuiltin("makefile", fakeMakefile),
	"close":    starlark.NewBuiltin("close", fakeClose),
}

func (s *FakeSocket) String() string        { return "<FakeSocket>" }
func (s *FakeSocket) Type() string          { return "FakeSocket" }
func (s *FakeSocket) Freeze()               {}
func (s *FakeSocket) Truth() starlark.Bool  { return true }
func (s *FakeSocket) Hash() (uint32, error) { return 0, fmt.Errorf("unhashable type: %s", s.Type()) }

// Attr returns a field or a bound method.
func (s *FakeSocket) Attr(name string) (starlark.Value, error) {
	switch name {
	case "host":
		return s.host, nil
	case "port":
		return s.port, nil
	case "sent":
		return s.sent, nil
	case "opened":
		return s.opened, nil
	case "closed":
		return starlark.Bool(s.closed), nil
	case "file_closed":
		return starlark.Bool(s.filed), nil
	}
	if m, ok := fakeSocketMethods[name]; ok {
		return m.BindReceiver(s), nil
	}
	return nil, nil
}

// AttrNames lists the fields and methods.
func (s *FakeSocket) AttrNames() []string {
	return []string{"close", "closed", "file_closed", "host", "makefile", "opened", "port", "sendall", "sent"}
}

func fakeSendall(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	s := b.Receiver().(*FakeSocket)
	var v starlark.Value
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "data", &v); err != nil {
		return nil, err
	}
	data, ok := py.AsBytes(v)
	if !ok {
		return nil, py.TypeError.New(nil, starlark.String("sendall() argument 1 must be string or buffer, not "+py.TypeName(v)))
	}
	if trigger, ok := py.AsBytes(s.epipe); ok && strings.Contains(data, trigger) {
		return nil, socketmod.ErrorClass.New(nil, starlark.MakeInt(int(syscall.EPIPE)), starlark.String("gotcha"))
	}
	return starlark.None, s.sent.Append(starlark.String(data))
}

func fakeMakefile(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	s := b.Receiver().(*FakeSocket)
	mode, size := "r", -1
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "mode?", &mode, "bufsize?", &size); err != nil {
		return nil, err
	}
	if err := s.opened.Append(starlark.Tuple{starlark.String(mode), starlark.MakeInt(size)}); err != nil {
		return nil, err
	}
	return &fakeFile{s}, nil
}

func fakeClose(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	b.Receiver().(*FakeSocket).closed = true
	return starlark.None, starlark.UnpackArgs(b.Name(), args, kwargs)
}

// A fakeFile is a view of its socket's one stream.
type fakeFile struct{ sock *FakeSocket }

var _ starlark.HasAttrs = (*fakeFile)(nil)

var fakeFileMethods = map[string]*starlark.Builtin{
	"read": starlark.NewBuiltin("read", func(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		n := -1
		if err := starlark.UnpackArgs(b.Name(), args, kwargs, "n??", &n); err != nil {
			return nil, err
		}
		s := b.Receiver().(*fakeFile).sock
		if n < 0 || n > len(s.text) {
			n = len(s.text)
		}
		return s.take(n)
	}),
	"readline": starlark.NewBuiltin("readline", func(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		limit := -1
		if err := starlark.UnpackArgs(b.Name(), args, kwargs, "limit??", &limit); err != nil {
			return nil, err
		}
		s := b.Receiver().(*fakeFile).sock
		n := strings.IndexByte(s.text, '\n') + 1
		if n == 0 {
			n = len(s.text)
		}
		if limit >= 0 {
			n = min(n, limit)
		}
		return s.take(n)
	}),
	"readlines": starlark.NewBuiltin("readlines", func(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		if err := starlark.UnpackArgs(b.Name(), args, kwargs); err != nil {
			return nil, err
		}
		s := b.Receiver().(*fakeFile).sock
		var lines []starlark.Value
		for line := range strings.Lines(s.text) {
			lines = append(lines, starlark.String(line))
		}
		s.text = ""
		return starlark.NewList(lines), nil
	}),
	"close": starlark.NewBuiltin("close", func(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		b.Receiver().(*fakeFile).sock.filed = true
		return starlark.None, starlark.UnpackArgs(b.Name(), args, kwargs)
	}),
}

// take returns the next n bytes of the stream.
func (s *FakeSocket) take(n int) (starlark.Value, error) {
	if n == 0 && s.noEOF {
		return nil, py.AssertionError.New(nil, starlark.String("caller tried to read past EOF"))
	}
	data := s.text[:n]
	s.text = s.text[n:]
	return starlark.String(data), nil
}

func (f *fakeFile) String() string        { return "<file of FakeSocket>" }
func (f *fakeFile) Type() string          { return "FakeFile" }
func (f *fakeFile) Freeze()               {}
func (f *fakeFile) Truth() starlark.Bool  { return true }
func (f *fakeFile) Hash() (uint32, error) { return 0, fmt.Errorf("unhashable type: %s", f.Type()) }

func (f *fakeFile) Attr(name string) (starlark.Value, error) {
	if m, ok := fakeFileMethods[name]; ok {
		return m.BindReceiver(f), nil
	}
	return nil, nil
}

func (f *fakeFile) AttrNames() []string {
	names := make([]string, 0, len(fakeFileMethods))
	for name := range fakeFileMethods {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
