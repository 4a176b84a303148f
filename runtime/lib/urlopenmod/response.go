package urlopenmod

import (
	"slices"
	"strings"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/lazy"
	"starwire/runtime/py"
)

// A Response is an open URL: a file of its content, with the head's field lines,
// the URL and the status code. It is what urllib.urlopen and urllib2.urlopen return.
//
// Host.Raise raises the error that ends a loop over its lines.
//
// urllib.py, addinfourl; socket.py, _fileobject.
type Response struct {
	fields starlark.StringDict // fp, headers, url, code, and msg of urllib2
	fp     starlark.Value      // read from by its method read; None once closed
	// buffered says that lines are found here and not by fp's own method readline.
	buffered bool
	in       string
	ended    bool
	thread   *starlark.Thread // that used it last: whom a loop's error concerns
	frozen   bool
}

var (
	_ starlark.HasSetField = (*Response)(nil)
	_ starlark.Iterable    = (*Response)(nil)
)

// NewResponse returns an open URL whose content is read from fp, a file. With
// raw, fp is something with no more than read(n) and close().
func NewResponse(thread *starlark.Thread, fp, headers, url, code starlark.Value, raw bool) *Response {
	return &Response{
		fields:   starlark.StringDict{"code": code, "fp": fp, "headers": headers, "url": url},
		fp:       fp,
		buffered: raw,
		thread:   thread,
	}
}

// String returns <addinfourl at … whose fp = …> without addresses.
func (r *Response) String() string { return "<addinfourl whose fp = " + py.Repr(r.fp) + ">" }

// Type returns the name of Python's class.
func (r *Response) Type() string { return "addinfourl" }

// Freeze makes every operation fail.
func (r *Response) Freeze() {
	r.FreezeBy(func(v starlark.Value) { v.Freeze() })
}

// FreezeBy is Freeze, but leaves the fields to freeze.
func (r *Response) FreezeBy(freeze func(starlark.Value)) {
	if r.frozen {
		return
	}
	r.frozen = true
	for _, v := range r.fields {
		freeze(v)
	}
	freeze(r.fp)
}

// Truth is always true.
func (r *Response) Truth() starlark.Bool { return true }

// Hash refuses: a Response is its position.
func (r *Response) Hash() (uint32, error) {
	return 0, py.TypeError.Errorf("unhashable type: 'addinfourl'")
}

var responseMethods lazy.Methods

func responseFunctions() map[string]lazy.Method {
	return map[string]lazy.Method{
		"close":     respClose,
		"fileno":    respFileno,
		"getcode":   respField,
		"geturl":    respField,
		"info":      respField,
		"next":      respNext,
		"read":      respRead,
		"readline":  respReadLine,
		"readlines": respReadLines,
	}
}

// Attr returns a method, or code, fp, headers, url, or what a script set.
func (r *Response) Attr(name string) (starlark.Value, error) {
	if v := r.fields[name]; v != nil {
		return v, nil
	}
	if m := responseMethods.Get(responseFunctions)[name]; m != nil {
		return m.BindReceiver(r), nil
	}
	return nil, nil
}

// AttrNames lists what Attr knows.
func (r *Response) AttrNames() []string {
	names := r.fields.Keys()
	for name := range responseMethods.Get(responseFunctions) {
		names = append(names, name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// SetField sets an attribute.
func (r *Response) SetField(name string, v starlark.Value) error {
	if r.frozen {
		return py.TypeError.Errorf("cannot change frozen addinfourl")
	}
	r.fields[name] = v
	return nil
}

// begin gives the response the thread that uses it, and refuses what is frozen or closed.
func (r *Response) begin(thread *starlark.Thread) error {
	if r.frozen {
		return py.TypeError.Errorf("cannot read from frozen addinfourl")
	}
	r.thread = thread
	if r.fp == starlark.None {
		return py.TypeError.Errorf("'NoneType' object is not callable") // read is None once it is closed
	}
	return nil
}

// blockSize is how much is asked for at a time.
const blockSize = 64 << 10

// fill reads once more.
func (r *Response) fill(thread *starlark.Thread, n int) error {
	v, err := py.CallMethod(thread, r.fp, "read", starlark.MakeInt(n))
	if err != nil {
		return err
	}
	s, ok := py.AsBytes(v)
	if !ok {
		return py.TypeError.Errorf("read() returned %s, not a string", py.TypeName(v))
	}
	r.ended = s == ""
	if r.in == "" {
		r.in = s
	} else {
		r.in += s
	}
	return nil
}

// take removes the first n buffered bytes.
func (r *Response) take(n int) starlark.String {
	s := r.in[:n]
	r.in = r.in[n:]
	return starlark.String(s)
}

// read returns n bytes, less only at the end, or all for n < 0.
//
// socket.py, _fileobject.read.
func (r *Response) read(thread *starlark.Thread, n int) (starlark.Value, error) {
	if n < 0 {
		var all strings.Builder
		all.WriteString(r.in)
		for r.in = ""; ; r.in = "" {
			if err := r.fill(thread, blockSize); err != nil {
				r.in = all.String() // for another try
				return nil, err
			}
			if r.ended {
				return starlark.String(all.String()), nil
			}
			all.WriteString(r.in)
		}
	}
	for r.ended = false; len(r.in) < n && !r.ended; {
		if err := r.fill(thread, min(n-len(r.in), 1<<20)); err != nil {
			return nil, err
		}
	}
	return r.take(min(n, len(r.in))), nil
}

// line returns a line of at most limit bytes, unless limit < 0; "" at the end.
//
// socket.py, _fileobject.readline.
func (r *Response) line(thread *starlark.Thread, limit int) (starlark.String, error) {
	var parts strings.Builder
	for {
		end := strings.IndexByte(r.in, '\n') + 1
		if end == 0 {
			end = len(r.in)
		}
		if limit >= 0 {
			end = min(end, limit-parts.Len())
		}
		full := end < len(r.in) || end > 0 && r.in[end-1] == '\n'
		parts.WriteString(string(r.take(end)))
		if full || limit >= 0 && parts.Len() >= limit {
			return starlark.String(parts.String()), nil
		}
		if err := r.fill(thread, 8192); err != nil {
			r.in = parts.String()
			return "", err
		}
		if r.ended {
			return starlark.String(parts.String()), nil
		}
	}
}

// respRead is read(size=-1).
func respRead(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	r, n := b.Receiver().(*Response), -1
	if err := py.UnpackArgs(b.Name(), args, kwargs, "size?", &n); err != nil {
		return nil, err
	}
	if err := r.begin(thread); err != nil {
		return nil, err
	}
	if !r.buffered {
		return callWith(thread, r.fp, "read", args, kwargs)
	}
	return r.read(thread, n)
}

// callWith calls a method of v with arguments as they came.
func callWith(thread *starlark.Thread, v starlark.Value, name string, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	h, ok := v.(starlark.HasAttrs)
	if !ok {
		return nil, py.NoAttribute(v, name)
	}
	m, err := h.Attr(name)
	if m == nil || err != nil {
		return nil, py.NoAttribute(v, name)
	}
	return starlark.Call(thread, m, args, kwargs)
}

// respReadLine is readline(size=-1).
func respReadLine(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	r, n := b.Receiver().(*Response), -1
	if err := py.UnpackArgs(b.Name(), args, kwargs, "size?", &n); err != nil {
		return nil, err
	}
	if err := r.begin(thread); err != nil {
		return nil, err
	}
	if !r.buffered {
		return callWith(thread, r.fp, "readline", args, kwargs)
	}
	return r.line(thread, n)
}

// respReadLines is readlines(sizehint=0).
func respReadLines(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	r, hint := b.Receiver().(*Response), 0
	if err := py.UnpackArgs(b.Name(), args, kwargs, "sizehint?", &hint); err != nil {
		return nil, err
	}
	if err := r.begin(thread); err != nil {
		return nil, err
	}
	if !r.buffered {
		return callWith(thread, r.fp, "readlines", args, kwargs)
	}
	return host.ReadLines(thread, int64(hint), func() (string, error) {
		line, err := r.line(thread, -1)
		return string(line), err
	})
}

// respNext is next().
func respNext(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	r := b.Receiver().(*Response)
	if err := py.UnpackArgs(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	line, err := r.nextLine(thread)
	if err == nil && line == "" {
		err = py.StopIteration.New(nil)
	}
	return line, err
}

func (r *Response) nextLine(thread *starlark.Thread) (starlark.String, error) {
	if err := r.begin(thread); err != nil {
		return "", err
	}
	if r.buffered {
		return r.line(thread, -1)
	}
	v, err := py.CallMethod(thread, r.fp, "readline")
	if err != nil {
		return "", err
	}
	s, _ := py.AsBytes(v)
	return starlark.String(s), nil
}

// respClose is close().
func respClose(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	r := b.Receiver().(*Response)
	if err := py.UnpackArgs(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	if r.frozen {
		return nil, py.TypeError.Errorf("cannot close frozen addinfourl")
	}
	fp := r.fp
	r.fp, r.in = starlark.None, ""
	r.fields["fp"] = starlark.None
	if fp == starlark.None {
		return starlark.None, nil
	}
	_, err := py.CallMethod(thread, fp, "close")
	return starlark.None, err
}

// respFileno is fileno().
func respFileno(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	r := b.Receiver().(*Response)
	if err := py.UnpackArgs(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	if err := r.begin(thread); err != nil {
		return nil, err
	}
	return callWith(thread, r.fp, "fileno", nil, nil)
}

// respField is info(), geturl() and getcode().
func respField(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := py.UnpackArgs(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	field := map[string]string{"info": "headers", "geturl": "url", "getcode": "code"}[b.Name()]
	return b.Receiver().(*Response).fields[field], nil
}

// Iterate returns an iterator over the lines.
func (r *Response) Iterate() starlark.Iterator { return (*responseLines)(r) }

type responseLines Response

// Next reads one line. Host.Raise raises its errors.
func (it *responseLines) Next(p *starlark.Value) bool {
	r := (*Response)(it)
	line, err := r.nextLine(r.thread)
	if err == nil {
		*p = line
		return line != ""
	}
	thread := r.thread
	if thread.CallStackDepth() == 0 {
		thread = nil // it is not the one that loops
	}
	host.From(r.thread).Raise(thread, err)
	return false
}

// Done does nothing.
func (it *responseLines) Done() {}
