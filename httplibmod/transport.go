package httplibmod

import (
	"bytes"
	"errors"
	"io"
	"net"
	"strings"

	"go.starlark.net/starlark"

	"starwire/runtime/lib/socketmod"
	"starwire/runtime/lib/sslmod"
	"starwire/runtime/py"
	"starwire/wire"
)

// A transport is the byte stream of one connection: the socket, and the window
// of bytes read ahead of the responses on it. A persistent response shares it
// with its connection; a response that closes takes it along.
type transport struct {
	value  starlark.Value    // what conn.sock is
	sock   *socketmod.Socket // or nil
	object *scriptObject     // if value is a script's own object, else nil
	r      *wire.Reader      // nil if each response has a file of its own
	head   wire.Head         // reused from response to response
	used   bool              // a response has begun on it
	held   bool              // a persistent response is being read from it
	broken bool              // a write failed: an early answer may be read, no more
	closed bool

	user *starlark.Thread // inside a method of the connection or a response; see lease
}

// newTransport takes over what connect() made or a script assigned: a socket,
// or any object with sendall, makefile and close.
func newTransport(v starlark.Value) *transport {
	t := &transport{value: v}
	switch v := v.(type) {
	case *socketmod.Socket:
		t.sock = v
	case *sslmod.SSLSocket:
		t.sock = v.Socket
	case starlark.String, starlark.Bytes: // a response that is here already
		data, _ := py.AsBytes(v)
		t.r = newReader(strings.NewReader(data))
		return t
	default:
		t.object = &scriptObject{value: v}
		return t
	}
	t.r = newReader(t.sock)
	t.sock.SetSource(t.r)
	return t
}

// secure reports whether the bytes are encrypted.
func (t *transport) secure() bool {
	_, ok := t.value.(*sslmod.SSLSocket)
	return ok
}

// live reports whether the transport can still be used.
func (t *transport) live() bool {
	return t != nil && !t.closed && (t.sock == nil || !t.sock.Closed())
}

// close closes the socket. Closing twice does nothing.
func (t *transport) close(thread *starlark.Thread) error {
	if t.closed {
		return nil
	}
	t.closed = true
	switch {
	case t.object != nil:
		return t.object.close(thread)
	case t.sock != nil:
		err := t.sock.Close()
		t.r.Release()
		return err
	}
	return nil
}

// write sends head and body: together where the socket can, so that they leave
// in one packet if they fit.
func (t *transport) write(thread *starlark.Thread, head []byte, body string) error {
	switch {
	case t.object != nil:
		return t.object.sendall(thread, string(head)+body)
	case t.sock == nil:
		return py.NoAttribute(t.value, "sendall")
	}
	if body == "" {
		_, err := t.sock.Write(head)
		return err
	}
	bufs := net.Buffers{head, viewBytes(body)}
	_, err := t.sock.WriteBuffers(&bufs)
	return err
}

// reader returns what a new response reads from: the socket's one window, or a
// new file of a script's object, for which makefile is called once a response
// as in 2.7.
func (t *transport) reader(thread *starlark.Thread, buffering bool) (*wire.Reader, io.Closer, error) {
	if t.r != nil {
		return t.r, nil, nil
	}
	f, err := t.object.makefile(thread, buffering)
	if err != nil {
		return nil, nil, err
	}
	return newReader(f), f, nil
}

// newReader returns a Reader with httplib.py's limits that takes what CPython does.
func newReader(src io.Reader) *wire.Reader {
	r := wire.NewReader(src, wire.Limits{FieldLines: maxHeaders})
	r.Lenient = true
	return r
}

// stale looks, without blocking, at what arrived on an idle connection (H1).
// Line ends are dropped; it reports whether there was anything else, or the end
// of the stream, so that the connection must not be used for another request.
func (t *transport) stale() bool {
	if t.sock == nil {
		return false
	}
	for {
		if b := t.r.Buffered(); len(b) > 0 {
			if len(bytes.Trim(b, "\r\n")) > 0 {
				return true
			}
			t.r.Discard(int64(len(b)))
		}
		data, eof := t.sock.Idle()
		if eof {
			return true
		}
		if !data {
			return false
		}
		if t.r.Fill() != nil {
			return true
		}
	}
}

// A scriptObject is a value whose methods we call: conn.sock may be assigned
// anything with sendall, makefile and close.
type scriptObject struct{ value starlark.Value }

// method returns the object's method, or Python's AttributeError.
func (s *scriptObject) method(name string) (starlark.Callable, error) {
	if v, ok := s.value.(starlark.HasAttrs); ok {
		m, err := v.Attr(name)
		if err != nil && !errors.As(err, new(starlark.NoSuchAttrError)) {
			return nil, err
		}
		if c, ok := m.(starlark.Callable); ok {
			return c, nil
		}
	}
	return nil, py.NoAttribute(s.value, name)
}

func (s *scriptObject) sendall(thread *starlark.Thread, data string) error {
	m, err := s.method("sendall")
	if err == nil {
		_, err = starlark.Call(thread, m, starlark.Tuple{starlark.String(data)}, nil)
	}
	return err
}

func (s *scriptObject) close(thread *starlark.Thread) error {
	m, err := s.method("close")
	if err == nil {
		_, err = starlark.Call(thread, m, nil, nil)
	}
	return err
}

// makefile opens the object's file for one response. httplib.py, HTTPResponse.__init__.
func (s *scriptObject) makefile(thread *starlark.Thread, buffering bool) (*scriptFile, error) {
	m, err := s.method("makefile")
	if err != nil {
		return nil, err
	}
	args := starlark.Tuple{starlark.String("rb")}
	if !buffering {
		args = append(args, starlark.MakeInt(0))
	}
	f, err := starlark.Call(thread, m, args, nil)
	if err != nil {
		return nil, err
	}
	return &scriptFile{scriptObject: scriptObject{f}, thread: thread}, nil
}

// A scriptFile reads from a script's file object. It never asks for bytes
// behind what is wanted: content of known length by read, all else line by line.
type scriptFile struct {
	scriptObject
	thread *starlark.Thread // of the call under way
	left   int64            // bytes of content that come next, or 0
}

// Read returns content, or at most one line. io.EOF is an empty answer.
func (f *scriptFile) Read(p []byte) (int, error) {
	name, size := "readline", len(p)
	if f.left > 0 {
		name, size = "read", int(min(int64(size), f.left, amountLimit(f.thread)))
	}
	m, err := f.method(name)
	if err != nil {
		return 0, err
	}
	v, err := starlark.Call(f.thread, m, starlark.Tuple{starlark.MakeInt(size)}, nil)
	if err != nil {
		return 0, err
	}
	s, ok := py.AsBytes(v)
	if !ok || len(s) > size {
		return 0, py.TypeError.Errorf("%s(%d) returned %s; want a string of at most that length", name, size, py.TypeName(v))
	}
	if s == "" && size > 0 {
		return 0, io.EOF
	}
	return copy(p, s), nil
}

// Close calls the file's close method.
func (f *scriptFile) Close() error { return f.close(f.thread) }
