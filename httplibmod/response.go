package httplibmod

import (
	"fmt"
	"time"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/py"
	"starwire/wire"
)

// An HTTPResponse is the answer to one request, as Python's class of that name.
// getresponse returns it with its head read; its body is read from the socket
// by read. Reading to the end, or close(), frees the connection.
type HTTPResponse struct {
	t      *transport
	r      *wire.Reader
	thread *starlark.Thread // that made it: what an iterator's error is raised on
	file   *scriptFile      // of a script's own socket, else nil
	body   *wire.Body

	manner *manner // shared: of the connection's other responses too
	method starlark.Value

	msg       *HTTPMessage // nil before begin
	reason    string
	left      int64             // Python's length, or untilClose
	chunkLeft int64             // Python's chunk_left, or betweenChunks
	slab      *slab             // see pieces
	head      HTTPMessage       // what msg is as a rule: one piece of memory for both
	oddity    *oddity           // see odd; nil as a rule
	x         *trip             // measured, or nil
	bound     *starlark.Builtin // the method that was asked for last

	// One is made for each answer: what is small stands together.

	// owned says that the transport goes when the response does: it will close,
	// or was made for this response alone.
	owned     bool
	version   int8  // 9, 10 or 11; 0 before begin
	status    int16 // three digits
	chunked   bool
	bodiless  bool
	willClose bool
	fresh     bool // nothing was answered on the connection before
	closed    bool
	lost      bool // a chunked body was cut: the next read says so again, and closes
	frozen    bool
}

// A manner is what a script said about how responses are to be read. It does not
// change.
type manner struct{ debuglevel, strict starlark.Value }

// An oddity is what few responses have.
type oddity struct {
	prefix string // the first bytes of an HTTP/0.9 body: its first line
	failed error  // what every later read returns: the place in the stream is lost (D13)
	cut    error  // the end inside a body framed by its length, behind a short answer
}

var ordinary oddity // never changed

// odd returns what is odd about the response, to be looked at.
func (r *HTTPResponse) odd() *oddity {
	if r.oddity == nil {
		return &ordinary
	}
	return r.oddity
}

// oddly returns the same to be changed.
func (r *HTTPResponse) oddly() *oddity {
	if r.oddity == nil {
		r.oddity = new(oddity)
	}
	return r.oddity
}

// betweenChunks as chunkLeft is Python's None.
const betweenChunks = -1

var (
	_ starlark.HasSetField = (*HTTPResponse)(nil)
	_ py.Reprer            = (*HTTPResponse)(nil)
)

// newResponse is httplib.py, HTTPResponse.__init__ over a transport.
func newResponse(thread *starlark.Thread, t *transport, manner *manner, method starlark.Value, buffering bool) (*HTTPResponse, error) {
	r := &HTTPResponse{t: t, thread: thread, manner: manner, method: method, left: untilClose, chunkLeft: betweenChunks}
	var err error
	r.r, r.file, err = t.reader(thread, buffering)
	return r, err
}

// enter hands the calling thread to a script's own socket.
func (r *HTTPResponse) enter(thread *starlark.Thread) {
	if r.file != nil {
		r.file.thread = thread
	}
}

// finish ends a response that was read to its end: a transport of its own goes
// with it, a shared one is the connection's again.
func (r *HTTPResponse) finish(thread *starlark.Thread) error {
	if r.closed {
		return nil
	}
	r.closed = true
	if r.x != nil {
		r.x.finish(r.complete())
	}
	r.t.held = false
	r.t.expire(time.Time{})
	var err error
	if r.file != nil {
		r.enter(thread)
		err = r.file.Close()
	}
	if r.owned {
		if e := r.t.close(thread); err == nil {
			err = e
		}
	}
	return err
}

// complete reports whether nothing of the response is left to be received,
// although its script has not read it to its end.
func (r *HTTPResponse) complete() bool {
	return r != nil && r.body != nil && r.body.Done() && r.odd().prefix == ""
}

// abandon ends a response before its end, or whose framing was lost: what is
// left of it would be taken for the next answer, so the transport goes too (H3, H4).
func (r *HTTPResponse) abandon(thread *starlark.Thread) error {
	err := r.finish(thread)
	if e := r.drop(thread); err == nil {
		err = e
	}
	return err
}

// drop closes the transport. A script's own socket object is left to the
// script, which may hold canned answers in it.
func (r *HTTPResponse) drop(thread *starlark.Thread) error {
	if r.x != nil {
		r.x.finish(false)
	}
	if r.t.sock == nil {
		return nil
	}
	return r.t.close(thread)
}

// close is httplib.py, HTTPResponse.close.
func (r *HTTPResponse) close(thread *starlark.Thread) error {
	if r.frozen {
		return fmt.Errorf("cannot close frozen HTTPResponse")
	}
	if r.closed {
		return nil
	}
	if r.complete() {
		return r.finish(thread)
	}
	return r.abandon(thread)
}

// String returns Python's repr without the address.
func (r *HTTPResponse) String() string { return "<httplib.HTTPResponse instance>" }

// Repr returns the same as String.
func (r *HTTPResponse) Repr() string { return r.String() }

// Type returns "HTTPResponse".
func (r *HTTPResponse) Type() string { return "HTTPResponse" }

// Truth is always true.
func (r *HTTPResponse) Truth() starlark.Bool { return true }

// Hash refuses: a response changes.
func (r *HTTPResponse) Hash() (uint32, error) {
	return 0, fmt.Errorf("unhashable type: HTTPResponse")
}

// Freeze makes read and close errors; the head can still be looked at. The
// bound method stays as it is, because a frozen value may be shared.
func (r *HTTPResponse) Freeze() {
	if r.frozen {
		return
	}
	r.frozen = true
	if r.msg != nil {
		r.msg.Freeze()
	}
}

// bind returns the method called name. The one bound last is kept: a response is
// read in a loop, or once.
func (r *HTTPResponse) bind(name string) starlark.Value {
	if b := r.bound; b != nil && b.Name() == name {
		return b
	}
	m, ok := responseMethods[name]
	if !ok {
		return nil
	}
	b := m.BindReceiver(r)
	if !r.frozen {
		r.bound = b
	}
	return b
}

// Attr returns a field of HTTPResponse or a bound method.
func (r *HTTPResponse) Attr(name string) (starlark.Value, error) {
	switch name {
	case "__class__":
		return responseClass, nil
	case "debuglevel":
		return r.manner.debuglevel, nil
	case "strict":
		return r.manner.strict, nil
	case "_method":
		return r.method, nil
	case "fp":
		if r.closed {
			return starlark.None, nil
		}
		return responseFile{r}, nil
	case "msg":
		if r.msg == nil {
			return starlark.None, nil
		}
		return r.msg, nil
	case "timings":
		return r.x.timings(), nil
	case "version", "status", "reason", "chunked", "chunk_left", "length", "will_close":
		if r.msg == nil && r.status == 0 {
			return unknown, nil
		}
		return r.field(name), nil
	}
	if m := r.bind(name); m != nil {
		return m, nil
	}
	return nil, nil
}

// field returns what begin has set.
func (r *HTTPResponse) field(name string) starlark.Value {
	switch name {
	case "version":
		if r.version == 0 {
			return unknown
		}
		return starlark.MakeInt(int(r.version))
	case "status":
		return starlark.MakeInt(int(r.status))
	case "reason":
		return starlark.String(r.reason)
	}
	if r.msg == nil { // begin stopped at an unknown protocol
		return unknown
	}
	switch name {
	case "chunked":
		return starlark.Bool(r.chunked)
	case "chunk_left":
		if !r.chunked {
			return unknown
		}
		if r.chunkLeft == betweenChunks {
			return starlark.None
		}
		return starlark.MakeInt64(r.chunkLeft)
	case "length":
		if r.left == untilClose {
			return starlark.None
		}
		return starlark.MakeInt64(r.left)
	}
	return starlark.Bool(r.willClose)
}

// responseFields names what Attr returns besides methods.
var responseFields = []string{
	"_method", "chunk_left", "chunked", "debuglevel", "fp", "length", "msg", "reason", "status", "strict", "timings", "version", "will_close",
}

// AttrNames lists what Attr knows, sorted.
func (r *HTTPResponse) AttrNames() []string {
	return methodNames(responseMethods, responseFields)
}

// SetField assigns debuglevel and strict.
func (r *HTTPResponse) SetField(name string, v starlark.Value) error {
	if r.frozen {
		return fmt.Errorf("cannot set .%s of frozen HTTPResponse", name)
	}
	switch name {
	case "debuglevel":
		r.manner = &manner{v, r.manner.strict}
	case "strict":
		r.manner = &manner{r.manner.debuglevel, v}
	default:
		return readOnly(r, name)
	}
	return nil
}

// responseClass is HTTPResponse itself: HTTPResponse(sock[, debuglevel[,
// strict[, method[, buffering]]]]) over a socket, any object with a makefile
// method, or the bytes of a response.
var responseClass = &objectClass{
	class:   class{"httplib", "HTTPResponse"},
	init:    initResponse,
	has:     func(v starlark.Value) bool { _, ok := v.(*HTTPResponse); return ok },
	methods: func() map[string]*starlark.Builtin { return responseMethods },
}

func initResponse(thread *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var sock starlark.Value
	var debuglevel, strict, method, buffering starlark.Value = starlark.MakeInt(0), starlark.MakeInt(0), starlark.None, starlark.False
	if err := py.UnpackMethod("__init__", args, kwargs, "sock", &sock, "debuglevel?", &debuglevel,
		"strict?", &strict, "method?", &method, "buffering?", &buffering); err != nil {
		return nil, err
	}
	r, err := newResponse(thread, newTransport(sock, newRules(&optionsOf(host.From(thread)).Options)), &manner{debuglevel, strict}, method, bool(buffering.Truth()))
	if err != nil {
		return nil, err
	}
	return r, nil
}
