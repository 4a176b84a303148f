package httplibmod

import (
	"bytes"
	"errors"
	"io"
	"net"
	"strings"
	"time"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
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
	headOf *HTTPResponse     // whose head that is, if it is one that Python reads alike
	used   bool              // a response has begun on it
	held   bool              // a persistent response is being read from it
	broken bool              // a write failed: an early answer may be read, no more
	closed bool
	rules  *rules
	spent  bool  // more or less was sent than announced: no other request may follow
	wants  bool  // the request asked to upgrade to another protocol
	timed  bool  // the socket has a time at which all is over
	ragged error // TLS ended without close_notify: Python's exception for it
	unsent error // why the rest of a request was not sent, in a strict connection

	x *trip // under way or over, or nil: nobody watches

	settings *settings        // of the run, once they were asked for
	user     *starlark.Thread // inside a method of the connection or a response; see lease
}

// newTransport takes over what connect() made or a script assigned: a socket,
// or any object with sendall, makefile and close.
func newTransport(v starlark.Value, rules *rules) *transport {
	t := &transport{value: v, rules: rules}
	switch v := v.(type) {
	case *socketmod.Socket:
		t.sock = v
	case *sslmod.SSLSocket:
		t.sock = v.Socket
	case starlark.String, starlark.Bytes: // a response that is here already
		data, _ := py.AsBytes(v)
		t.r = rules.newReader(strings.NewReader(data))
		return t
	default:
		t.object = &scriptObject{value: v}
		return t
	}
	if t.secure() {
		t.r = rules.newReader(secureSource{t})
	} else {
		t.r = rules.newReader(t.sock)
	}
	t.sock.SetSource(t.r)
	return t
}

// headerLimit is the function of that name, which is asked once a head: the run is
// always the same, and finding its settings takes a lock that all threads share.
func (t *transport) headerLimit(thread *starlark.Thread) int {
	if t.settings == nil {
		t.settings = settingsOf(host.From(thread))
	}
	return int(t.settings.maxHeaders.Load())
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
func (t *transport) reader(thread *starlark.Thread, buffering bool) (*wire.Reader, *scriptFile, error) {
	if t.r != nil {
		return t.r, nil, nil
	}
	f, err := t.object.makefile(thread, buffering)
	if err != nil {
		return nil, nil, err
	}
	return t.rules.newReader(f), f, nil
}

// newReader returns a Reader that takes what CPython does, unless it is strict.
func (rules *rules) newReader(src io.Reader) *wire.Reader {
	r := wire.NewReader(src, rules.wire())
	r.Lenient = !rules.strict
	return r
}

// A secureSource reads from a TLS socket. An end without close_notify is an end
// here, and remembered: what frames the message says whether something is missing.
type secureSource struct{ t *transport }

func (s secureSource) Read(p []byte) (int, error) {
	n, err := s.t.sock.Read(p)
	if err != nil && err != io.EOF && s.t.sock.AtEnd(err) {
		s.t.ragged, err = err, io.EOF
	}
	return n, err
}

// expire ends the time of all operations at at; zero means never.
func (t *transport) expire(at time.Time) {
	if t.sock != nil && (t.timed || !at.IsZero()) {
		t.timed = !at.IsZero()
		t.sock.Expire(at)
	}
}

// stale looks, without blocking, at what arrived on an idle connection (H1).
// Line ends are dropped; it reports whether there was anything else, or the end
// of the stream, so that the connection must not be used for another request.
func (t *transport) stale() bool {
	if t.sock == nil {
		return false
	}
	if t.spent {
		return true
	}
	for seen := 0; ; {
		if b := t.r.Buffered(); len(b) > 0 {
			if seen += len(b); seen > 2*t.rules.emptyLines() || len(bytes.Trim(b, "\r\n")) > 0 {
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

// answered reports whether bytes of the server's are still to be read. On a
// connection that was reset no more can come.
func (t *transport) answered() bool {
	if len(t.bufferedBytes()) > 0 {
		return true
	}
	data, _ := t.sock.Idle()
	return data
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
