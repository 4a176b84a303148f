package loggingmod

import (
	"errors"
	"io"
	"slices"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/lazy"
	"starwire/runtime/lib/filemod"
	"starwire/runtime/py"
)

// A handler writes records.
//
// logging/__init__.py, StreamHandler, FileHandler and NullHandler.
type handler struct {
	m    *manager
	kind string // the class
	name string // of a file
	mode string

	// guarded by m.mu
	level     int
	stream    starlark.Value // nil is standard error, or a file that is not open yet
	formatter starlark.Value // nil is "%(message)s"
	filters   []starlark.Value
	frozen    bool
}

var _ starlark.HasAttrs = (*handler)(nil)

// String returns what CPython does, without the address.
func (h *handler) String() string { return "<logging." + h.kind + " object>" }

// Type returns the class's name.
func (h *handler) Type() string { return h.kind }

// Freeze makes the settings of the handler immutable.
func (h *handler) Freeze() {
	h.m.mu.Lock()
	frozen, inside := h.frozen, append([]starlark.Value{h.stream, h.formatter}, h.filters...)
	h.frozen = true
	h.m.mu.Unlock()
	for _, v := range inside {
		if v != nil && !frozen {
			v.Freeze()
		}
	}
}

// Truth is always true.
func (h *handler) Truth() starlark.Bool { return true }

// Hash refuses: a handler is no key.
func (h *handler) Hash() (uint32, error) {
	return 0, py.TypeError.Errorf("unhashable type: '%s'", h.kind)
}

// handlerMethods are made when a script first asks for one.
func handlerMethods() map[string]*starlark.Builtin {
	return handlerMethodsTable.Get(func() map[string]*starlark.Builtin {
		return py.Functions(map[string]function{
			"addFilter":    handlerFilter,
			"close":        handlerClose,
			"flush":        handlerClose,
			"format":       handlerFormat,
			"handle":       handlerEmit,
			"emit":         handlerEmit,
			"removeFilter": handlerFilter,
			"setFormatter": handlerSetFormatter,
			"setLevel":     handlerSetLevel,
		})
	})
}

var handlerMethodsTable lazy.Value[map[string]*starlark.Builtin]

// Attr returns a method or a setting.
func (h *handler) Attr(name string) (starlark.Value, error) {
	if f := handlerMethods()[name]; f != nil {
		return f.BindReceiver(h), nil
	}
	h.m.mu.Lock()
	defer h.m.mu.Unlock()
	switch name {
	case "baseFilename":
		if h.kind == "FileHandler" {
			return starlark.String(h.name), nil
		}
	case "filters":
		return starlark.Tuple(slices.Clone(h.filters)), nil
	case "formatter":
		if h.formatter == nil {
			return starlark.None, nil
		}
		return h.formatter, nil
	case "level":
		return starlark.MakeInt(h.level), nil
	}
	return nil, nil
}

// AttrNames lists what Attr knows.
func (h *handler) AttrNames() []string {
	names := []string{"filters", "formatter", "level"}
	if h.kind == "FileHandler" {
		names = append(names, "baseFilename")
	}
	return attrNames(handlerMethods(), names...)
}

// newHandler is StreamHandler(stream=None), FileHandler(filename, mode="a", encoding=None, delay=0) and
// NullHandler().
func (m *manager) newHandler(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var h *handler
	var err error
	switch b.Name() {
	case "StreamHandler":
		var stream starlark.Value
		if err := py.UnpackArgs(b.Name(), args, kwargs, "stream??", &stream); err != nil {
			return nil, err
		}
		h, err = m.handler(b.Name(), stream)
	case "NullHandler":
		if err := py.UnpackArgs(b.Name(), args, kwargs); err != nil {
			return nil, err
		}
		h, err = m.handler(b.Name(), nil)
	default:
		var filename, encoding, delay starlark.Value
		mode := "a"
		if err := py.UnpackArgs(b.Name(), args, kwargs, "filename", &filename, "mode?", &mode, "encoding??", &encoding, "delay??", &delay); err != nil {
			return nil, err
		}
		h, err = m.fileHandler(thread, py.Str(filename), mode, delay != nil && bool(delay.Truth()))
	}
	if err != nil {
		return nil, err
	}
	return h, nil
}

func (m *manager) handler(kind string, stream starlark.Value) (*handler, error) {
	if f, ok := stream.(*filemod.File); ok && f.Standard() {
		if name, err := f.Attr("name"); err == nil && name == starlark.String("<stderr>") {
			stream = nil
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.handlers++; m.handlers > maxLoggers {
		return nil, py.MemoryError.Errorf("a run has %d handlers at most", maxLoggers)
	}
	return &handler{m: m, kind: kind, stream: stream}, nil
}

func (m *manager) fileHandler(thread *starlark.Thread, name, mode string, later bool) (*handler, error) {
	h, err := m.handler("FileHandler", nil)
	if err != nil {
		return nil, err
	}
	h.name, h.mode = name, mode
	if !later {
		_, err = h.open(thread)
	}
	return h, err
}

// open returns what the handler writes to: nil is standard error.
func (h *handler) open(thread *starlark.Thread) (starlark.Value, error) {
	h.m.mu.Lock()
	stream := h.stream
	h.m.mu.Unlock()
	if h.kind != "FileHandler" || stream != nil {
		return stream, nil
	}
	f, err := filemod.Open(thread, h.name, h.mode)
	if err != nil {
		return nil, err
	}
	h.m.mu.Lock()
	defer h.m.mu.Unlock()
	h.stream = f
	return f, nil
}

// handle writes a record, if the handler takes it. What goes wrong is told on standard error.
//
// logging/__init__.py, Handler.handle, StreamHandler.emit and Handler.handleError.
func (h *handler) handle(thread *starlark.Thread, level int, r *py.Object) error {
	h.m.mu.Lock()
	least, filters := h.level, slices.Clone(h.filters)
	h.m.mu.Unlock()
	if level < least || h.kind == "NullHandler" {
		return nil
	}
	if pass, err := passes(thread, filters, r); !pass || err != nil {
		return err
	}
	err := h.emit(thread, r)
	var x *py.Exception
	if err == nil || uncatchable(err) {
		return err
	}
	text := "Logging: " + err.Error()
	if errors.As(err, &x) {
		text = x.Error()
	}
	return write(thread, nil, text+"\nLogged from file "+py.Str(r.Field("filename"))+", line "+py.Str(r.Field("lineno"))+"\n")
}

func (h *handler) emit(thread *starlark.Thread, r *py.Object) error {
	text, err := h.text(thread, r)
	if err != nil {
		return err
	}
	stream, err := h.open(thread)
	if err != nil {
		return err
	}
	return write(thread, stream, text+"\n")
}

// text formats a record.
func (h *handler) text(thread *starlark.Thread, r *py.Object) (string, error) {
	h.m.mu.Lock()
	f := h.formatter
	h.m.mu.Unlock()
	if f, ok := f.(*formatter); ok {
		return f.text(thread, r)
	}
	if f == nil {
		return plain.text(thread, r)
	}
	v, err := py.CallMethod(thread, f, "format", r)
	if err != nil {
		return "", err
	}
	return py.Str(v), nil
}

// write writes to a stream, which is standard error if it is nil.
func write(thread *starlark.Thread, stream starlark.Value, text string) error {
	if stream == nil {
		stream = filemod.NewWriter(host.From(thread), "<stderr>", func(h *host.Host) io.Writer { return h.Stderr })
	}
	if _, err := py.CallMethod(thread, stream, "write", starlark.String(text)); err != nil {
		return err
	}
	if s, ok := stream.(starlark.HasAttrs); ok {
		if flush, err := s.Attr("flush"); flush != nil && err == nil {
			_, err = starlark.Call(thread, flush, nil, nil)
			return err
		}
	}
	return nil
}

// change changes the settings, unless they are frozen.
func (h *handler) change(f func() error) error {
	h.m.mu.Lock()
	defer h.m.mu.Unlock()
	if h.frozen {
		return py.TypeError.Errorf("cannot change frozen %s", h.kind)
	}
	return f()
}

func handlerSetLevel(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var v starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "level", &v); err != nil {
		return nil, err
	}
	h := b.Receiver().(*handler)
	level, err := h.m.level(v)
	if err != nil {
		return nil, err
	}
	return starlark.None, h.change(func() error { h.level = level; return nil })
}

func handlerSetFormatter(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var fmt starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "fmt??", &fmt); err != nil {
		return nil, err
	}
	h := b.Receiver().(*handler)
	return starlark.None, h.change(func() error { h.formatter = fmt; return nil })
}

func handlerFilter(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	v, err := filterArg(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	h := b.Receiver().(*handler)
	return starlark.None, h.change(func() (err error) {
		h.filters, err = change(h.filters, v, b.Name()[0] == 'a')
		return err
	})
}

// handlerClose is close(), which closes a file that the handler has opened, and flush().
func handlerClose(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := py.UnpackArgs(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	h := b.Receiver().(*handler)
	h.m.mu.Lock()
	f := h.stream
	if b.Name() == "close" && h.kind == "FileHandler" {
		h.stream = nil
	}
	h.m.mu.Unlock()
	if b.Name() == "close" && h.kind == "FileHandler" && f != nil {
		return py.CallMethod(thread, f, "close")
	}
	return starlark.None, nil
}

func unpackRecord(b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (*py.Object, error) {
	var v starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "record", &v); err != nil {
		return nil, err
	}
	r, ok := v.(*py.Object)
	if !ok || r.Kind() != recordKind() {
		return nil, py.TypeError.Errorf("not a LogRecord: %s", py.Repr(v))
	}
	return r, nil
}

// handlerFormat is format(record).
func handlerFormat(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	r, err := unpackRecord(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	text, err := b.Receiver().(*handler).text(thread, r)
	return starlark.String(text), err
}

// handlerEmit is emit(record) and handle(record).
func handlerEmit(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	r, err := unpackRecord(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	return starlark.None, b.Receiver().(*handler).handle(thread, 1<<31-1, r)
}
