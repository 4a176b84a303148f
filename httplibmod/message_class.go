package httplibmod

import (
	"errors"
	"maps"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/lazy"
	"starwire/runtime/py"
)

// A messageClass is rfc822.Message, mimetools.Message or httplib.HTTPMessage
// itself: a callable that reads a message from a file or a string.
type messageClass struct {
	class
	base  *messageClass
	mime  bool                     // knows about MIME: mimetools.Message and up
	joins bool                     // reads by HTTPMessage's rules
	own   func() map[string]method // methods of its own; which refer to the classes
	table lazy.Value[map[string]*starlark.Builtin]
}

var (
	mailMessageClass = &messageClass{class: class{"rfc822", "Message"}}
	mimeMessageClass = &messageClass{class: class{"mimetools", "Message"}, base: mailMessageClass, mime: true}
	httpMessageClass = &messageClass{class: class{"httplib", "HTTPMessage"}, base: mimeMessageClass, mime: true, joins: true}
)

func init() {
	mailMessageClass.own, mimeMessageClass.own, httpMessageClass.own = mailMethods, mimeMethods, joinMethods
}

// methods returns the methods by name, those of the class below included.
func (k *messageClass) methods() map[string]*starlark.Builtin {
	return k.table.Get(func() map[string]*starlark.Builtin {
		all := methodTable(k.own())
		if k.base != nil {
			inherited := maps.Clone(k.base.methods())
			maps.Copy(inherited, all)
			return inherited
		}
		return all
	})
}

var (
	_ starlark.Callable = (*messageClass)(nil)
	_ owner             = (*messageClass)(nil)
)

// Attr returns a method, or what every class has.
func (k *messageClass) Attr(name string) (starlark.Value, error) {
	if m := unbound(k, k.methods(), name); m != nil {
		return m, nil
	}
	return k.class.Attr(name)
}

// AttrNames lists what Attr knows.
func (k *messageClass) AttrNames() []string { return classNames(k.methods()) }

// HasInstance reports whether v is a message of the class or of one above it:
// what isinstance asks.
func (k *messageClass) HasInstance(v starlark.Value) bool {
	m, ok := v.(*HTTPMessage)
	if !ok {
		return false
	}
	return m.kind().IsSubclass(k)
}

// IsSubclass reports whether k is the class or derives from it: what issubclass asks.
func (k *messageClass) IsSubclass(of starlark.Value) bool {
	for c := k; c != nil; c = c.base {
		if of == starlark.Value(c) {
			return true
		}
	}
	return false
}

// CallInternal reads a message: Message(fp[, seekable]), from an object with a
// readline method. A string or bytes may stand for fp: it is read from its
// start, and startofbody says how far.
//
// rfc822.py, Message.__init__.
func (k *messageClass) CallInternal(thread *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var fp, seekable starlark.Value = nil, starlark.MakeInt(1)
	if err := py.UnpackMethod("__init__", args, kwargs, "fp", &fp, "seekable?", &seekable); err != nil {
		return nil, err
	}
	m := &HTTPMessage{messageParts: &messageParts{class: k}}
	if text, ok := py.AsBytes(fp); ok {
		m.source = newSource(starlark.None, starlark.MakeInt(0))
		m.source.startOfHeaders = starlark.MakeInt(0)
		lines := &stringLines{text}
		if err := m.read(lines); err != nil {
			return nil, err
		}
		m.source.startOfBody = starlark.MakeInt(len(text) - len(lines.rest))
		return m, nil
	}
	m.source = newSource(fp, seekable)
	s := m.source
	if seekable == starlark.True || equalsOne(seekable) {
		// Once, to see whether it works; the result is not looked at.
		if _, err := py.CallMethod(thread, fp, "tell"); isA(err, py.AttributeError, py.IOError) {
			s.seekable = starlark.MakeInt(0)
		} else if err != nil {
			return nil, err
		}
	}
	if err := s.tell(thread, &s.startOfHeaders); err != nil {
		return nil, err
	}
	if err := m.readSource(thread); err != nil {
		return nil, err
	}
	if err := s.tell(thread, &s.startOfBody); err != nil {
		return nil, err
	}
	return m, nil
}

// equalsOne is v == 1 where v may be an int or a float.
func equalsOne(v starlark.Value) bool {
	f, ok := starlark.AsFloat(v)
	return ok && f == 1
}

// read reads the head by the rules of the message's class.
func (m *HTTPMessage) read(r pushbackReader) error {
	if m.kind().joins {
		return m.readHeaders(r, maxHeaders)
	}
	return m.readMail(r)
}

// readSource reads the head from the message's file, as readheaders() does.
func (m *HTTPMessage) readSource(thread *starlark.Thread) error {
	r, err := newSourceLines(thread, m.source, m.kind().joins)
	if err != nil {
		return err
	}
	return m.read(r)
}

// A messageSource is the file that a message was read from, if any, and what
// the message knows of it. Its fields are never nil.
type messageSource struct {
	fp, seekable                starlark.Value
	startOfHeaders, startOfBody starlark.Value
}

func newSource(fp, seekable starlark.Value) *messageSource {
	return &messageSource{fp, seekable, starlark.None, starlark.None}
}

// noSource is what the message of a response shows.
var noSource = newSource(starlark.None, starlark.MakeInt(0))

// field returns where an attribute is kept.
func (s *messageSource) field(name string) *starlark.Value {
	switch name {
	case "fp":
		return &s.fp
	case "seekable":
		return &s.seekable
	case "startofbody":
		return &s.startOfBody
	default:
		return &s.startOfHeaders
	}
}

// attr returns fp, seekable, startofbody or startofheaders. s may be nil.
func (s *messageSource) attr(name string) starlark.Value {
	if s == nil {
		s = noSource
	}
	return *s.field(name)
}

// setAttr assigns one of them.
func (s *messageSource) setAttr(name string, v starlark.Value) { *s.field(name) = v }

func (s *messageSource) freeze() {
	for _, v := range []starlark.Value{s.fp, s.seekable, s.startOfHeaders, s.startOfBody} {
		v.Freeze()
	}
}

// tell sets an offset if the file is seekable; a file that turns out not to be
// is not from then on.
func (s *messageSource) tell(thread *starlark.Thread, to *starlark.Value) error {
	if !s.seekable.Truth() {
		return nil
	}
	v, err := py.CallMethod(thread, s.fp, "tell")
	if isA(err, py.IOError) {
		s.seekable = starlark.MakeInt(0)
		return nil
	}
	if err != nil {
		return err
	}
	*to = v
	return nil
}

// sourceLines feeds the lines of a message's file.
type sourceLines struct {
	thread  *starlark.Thread
	s       *messageSource
	limit   starlark.Tuple // the argument of readline, if it is to be bounded
	unread  bool           // the file takes lines back
	telling bool           // where each line starts is asked for
	start   starlark.Value // where the last line starts, nil if that is not known
}

// newSourceLines prepares to read a file; bounded limits the length of its
// lines as httplib.py does, where rfc822.py does not.
func newSourceLines(thread *starlark.Thread, s *messageSource, bounded bool) (*sourceLines, error) {
	l := &sourceLines{thread: thread, s: s}
	if bounded {
		l.limit = starlark.Tuple{starlark.MakeInt(maxLine + 1)}
	}
	if has(s.fp, "unread") {
		l.unread = true
	} else if s.seekable.Truth() {
		if !has(s.fp, "tell") {
			return nil, py.NoAttribute(s.fp, "tell")
		}
		l.telling = true
	}
	return l, nil
}

func (l *sourceLines) headLine() (string, error) {
	if l.telling {
		v, err := py.CallMethod(l.thread, l.s.fp, "tell")
		switch {
		case isA(err, py.IOError):
			l.telling, l.start, l.s.seekable = false, nil, starlark.MakeInt(0)
		case err != nil:
			return "", err
		default:
			l.start = v
		}
	}
	v, err := py.CallMethod(l.thread, l.s.fp, "readline", l.limit...)
	if err != nil {
		return "", err
	}
	line, ok := py.AsBytes(v)
	if !ok {
		return "", py.TypeError.Errorf("readline() should have returned a string, not %s", py.TypeName(v))
	}
	if l.limit != nil && len(line) > maxLine {
		return "", LineTooLong.New(nil, starlark.String("header line"))
	}
	return line, host.Spend(l.thread, len(line)/host.BytesPerStep)
}

// pushBack gives the line back to the file, or goes back to its start.
func (l *sourceLines) pushBack(line string) (bool, error) {
	switch {
	case l.unread:
		_, err := py.CallMethod(l.thread, l.s.fp, "unread", starlark.String(line))
		return true, err
	case l.telling:
		_, err := py.CallMethod(l.thread, l.s.fp, "seek", l.start)
		return true, err
	}
	return false, nil
}

// msgReadHeaders is readheaders(): the head of what comes next in fp.
func msgReadHeaders(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := py.UnpackMethod(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	m := msgOf(b)
	if err := m.mutable(); err != nil {
		return nil, err
	}
	if m.source == nil {
		m.source = newSource(starlark.None, starlark.MakeInt(0))
	}
	return starlark.None, m.readSource(thread)
}

// msgRewindBody is rewindbody(): fp goes back to the start of the body.
func msgRewindBody(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := py.UnpackMethod(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	s := msgOf(b).source
	if s == nil || !bool(s.seekable.Truth()) {
		return nil, py.IOError.Errorf("unseekable file")
	}
	_, err := py.CallMethod(thread, s.fp, "seek", s.startOfBody)
	return starlark.None, err
}

// has reports whether v has an attribute.
func has(v starlark.Value, name string) bool {
	h, ok := v.(starlark.HasAttrs)
	if !ok {
		return false
	}
	a, err := h.Attr(name)
	return a != nil && err == nil
}

// isA reports whether err is, or wraps, an exception of one of the classes.
func isA(err error, classes ...*py.Class) bool {
	var e *py.Exception
	if !errors.As(err, &e) {
		return false
	}
	for _, c := range classes {
		if e.IsA(c) {
			return true
		}
	}
	return false
}
