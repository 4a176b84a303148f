package runtime

import (
	"fmt"
	"slices"
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starwire/runtime/host"
	"starwire/runtime/lazy"
	"starwire/runtime/lib/sysmod"
	"starwire/runtime/py"
)

// A tracebackValue is what sys.exc_info tells of where an exception came from.
type tracebackValue struct{ frames []Frame }

var _ starlark.HasAttrs = (*tracebackValue)(nil)

func (t *tracebackValue) String() string       { return "<traceback object>" }
func (t *tracebackValue) Type() string         { return "traceback" }
func (t *tracebackValue) Freeze()              {}
func (t *tracebackValue) Truth() starlark.Bool { return true }
func (t *tracebackValue) Hash() (uint32, error) {
	return 0, py.TypeError.Errorf("unhashable type: traceback")
}

// Attr returns tb_lineno, the line of the outermost call, or tb_next, the
// traceback of the calls inside it.
func (t *tracebackValue) Attr(name string) (starlark.Value, error) {
	switch name {
	case "tb_lineno":
		if len(t.frames) == 0 {
			return starlark.MakeInt(0), nil
		}
		return starlark.MakeInt(int(t.frames[0].Pos.Line)), nil
	case "tb_next":
		if len(t.frames) < 2 {
			return starlark.None, nil
		}
		return &tracebackValue{t.frames[1:]}, nil
	}
	return nil, nil
}

// AttrNames lists what Attr knows.
func (t *tracebackValue) AttrNames() []string { return []string{"tb_lineno", "tb_next"} }

// framesOf returns the calls between the try statement that caught x and the
// place where it was raised.
func (c *catches) framesOf(r *run, x *py.Exception) []Frame {
	for _, l := range c.last {
		if l.x == x {
			return r.frames(l.err, l.skip)
		}
	}
	return nil
}

// excInfo is sys.exc_info(): class, instance and traceback of the exception
// being handled, or three times None.
func excInfo(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := py.UnpackArgs(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	st := stateOf(thread)
	x := st.handling(thread)
	if x == nil {
		return starlark.Tuple{starlark.None, starlark.None, starlark.None}, nil
	}
	return starlark.Tuple{x.Class(), x, &tracebackValue{st.caught.framesOf(st.task.run, x)}}, nil
}

// excClear is sys.exc_clear(): no exception is being handled.
func excClear(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := py.UnpackArgs(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	st := stateOf(thread)
	if x := st.handling(thread); x != nil {
		st.handled = slices.DeleteFunc(st.handled, func(h handled) bool { return h.x == x })
	}
	return starlark.None, nil
}

// tracebackModule returns Python's module traceback, as far as scripts use it.
func tracebackModule() *starlarkstruct.Module {
	return traceback.Get(tracebackName, func() starlark.StringDict {
		return starlark.StringDict{
			"extract_tb":            starlark.NewBuiltin("extract_tb", extractTB),
			"format_exc":            starlark.NewBuiltin("format_exc", formatExc),
			"format_exception":      starlark.NewBuiltin("format_exception", formatException),
			"format_exception_only": starlark.NewBuiltin("format_exception_only", formatExceptionOnly),
			"format_tb":             starlark.NewBuiltin("format_tb", extractTB),
			"print_exc":             starlark.NewBuiltin("print_exc", printExc),
			"print_exception":       starlark.NewBuiltin("print_exception", printException),
			"print_tb":              starlark.NewBuiltin("print_tb", printTB),
		}
	})
}

const tracebackName = "traceback"

var traceback lazy.Module

// newSys returns the module sys of a run, with what it tells of exceptions.
func newSys(h *host.Host) starlark.HasAttrs {
	m := sysmod.New(h)
	m.Members["exc_clear"] = starlark.NewBuiltin("exc_clear", excClear)
	m.Members["exc_info"] = starlark.NewBuiltin("exc_info", excInfo)
	return m
}

// pythonTraceback returns the lines that CPython shows of an exception, each
// with its newline; limit is the number of calls shown, negative for all.
//
// traceback.py, format_exception.
func pythonTraceback(x *py.Exception, frames []Frame, limit int) []string {
	var lines []string
	if len(frames) > 0 {
		lines = append(lines, tracebackHead)
	}
	for _, e := range tracebackEntries(frames, limit) {
		lines = append(lines, e.String())
	}
	return append(lines, lastLine(x))
}

// A tracebackEntry is a call as the module traceback tells of it.
type tracebackEntry struct {
	file     string
	line     int
	function string
	source   string // "" if it is not known
}

// String returns the lines that CPython shows of the call.
//
// traceback.py, format_list.
func (e tracebackEntry) String() string {
	text := fmt.Sprintf("  File \"%s\", line %d, in %s\n", e.file, e.line, e.function)
	if e.source != "" {
		text += "    " + e.source + "\n"
	}
	return text
}

// tracebackEntries returns the calls that CPython knows of; limit is as for pythonTraceback.
//
// traceback.py, extract_tb.
func tracebackEntries(frames []Frame, limit int) []tracebackEntry {
	var entries []tracebackEntry
	for i, f := range frames {
		if i == limit {
			break
		}
		if !f.Pos.IsValid() {
			continue
		}
		function := f.Function
		switch function {
		case "<toplevel>":
			function = "<module>"
		case "lambda":
			function = "<lambda>"
			if f.Source != "" && !strings.Contains(f.Source, "lambda") {
				function = "<genexpr>" // each item of which is a call of its own
			}
		}
		entries = append(entries, tracebackEntry{f.Pos.Filename(), int(f.Pos.Line), function, strings.TrimSpace(f.Source)})
	}
	return entries
}

// lastLine is the line that names the exception, without the module of its class, which only the interpreter
// shows of an exception that nobody caught.
//
// traceback.py, format_exception_only.
func lastLine(x *py.Exception) string {
	if s := x.String(); s != "" {
		return x.Class().Name() + ": " + s + "\n"
	}
	return x.Class().Name() + "\n"
}

// handledTraceback returns the lines about the exception being handled.
func handledTraceback(thread *starlark.Thread, limit starlark.Value) ([]string, error) {
	n, err := limitOf(limit)
	if err != nil {
		return nil, err
	}
	st := stateOf(thread)
	x := st.handling(thread)
	if x == nil {
		return []string{"None\n"}, nil
	}
	return pythonTraceback(x, st.caught.framesOf(st.task.run, x), n), nil
}

func limitOf(v starlark.Value) (int, error) {
	if v == nil {
		return -1, nil
	}
	n, err := starlark.AsInt32(v)
	if err != nil {
		return 0, py.TypeError.Errorf("an integer is required")
	}
	return n, nil
}

// formatExc is traceback.format_exc(limit=None).
func formatExc(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var limit starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "limit??", &limit); err != nil {
		return nil, err
	}
	lines, err := handledTraceback(thread, limit)
	return starlark.String(strings.Join(lines, "")), err
}

// printExc is traceback.print_exc(limit=None, file=None).
func printExc(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var limit, file starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "limit??", &limit, "file??", &file); err != nil {
		return nil, err
	}
	lines, err := handledTraceback(thread, limit)
	if err != nil {
		return nil, err
	}
	return starlark.None, writeTraceback(thread, file, lines)
}

// writeTraceback writes lines to file, which is standard error if it is nil.
func writeTraceback(thread *starlark.Thread, file starlark.Value, lines []string) error {
	if file == nil {
		file = attr(stateOf(thread).task.run.specialModule("sys"), "stderr")
	}
	return writeTo(thread, file, strings.Join(lines, ""))
}

// exceptionLines returns the lines about the exception in (type, value, traceback, limit).
func exceptionLines(args ...starlark.Value) ([]string, error) {
	x, ok := args[1].(*py.Exception)
	if !ok {
		return nil, py.TypeError.Errorf("want an exception, not %s", py.TypeName(args[1]))
	}
	limit, err := limitOf(args[3])
	if err != nil {
		return nil, err
	}
	var frames []Frame
	if tb, ok := args[2].(*tracebackValue); ok {
		frames = tb.frames
	}
	return pythonTraceback(x, frames, limit), nil
}

// formatException is traceback.format_exception(type, value, tb, limit=None).
func formatException(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var class, x, tb, limit starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "etype", &class, "value", &x, "tb", &tb, "limit??", &limit); err != nil {
		return nil, err
	}
	lines, err := exceptionLines(class, x, tb, limit)
	return linesList(lines), err
}

// formatExceptionOnly is traceback.format_exception_only(type, value).
func formatExceptionOnly(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var class, x starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "etype", &class, "value", &x); err != nil {
		return nil, err
	}
	lines, err := exceptionLines(class, x, nil, nil)
	return linesList(lines), err
}

// printException is traceback.print_exception(type, value, tb, limit=None, file=None).
func printException(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var class, x, tb, limit, file starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "etype", &class, "value", &x, "tb", &tb, "limit??", &limit, "file??", &file); err != nil {
		return nil, err
	}
	lines, err := exceptionLines(class, x, tb, limit)
	if err != nil {
		return nil, err
	}
	return starlark.None, writeTraceback(thread, file, lines)
}

func linesList(lines []string) *starlark.List {
	elems := make([]starlark.Value, len(lines))
	for i, line := range lines {
		elems[i] = starlark.String(line)
	}
	return starlark.NewList(elems)
}

// entriesOf unpacks (tb, limit=None) and more.
func entriesOf(b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple, more ...any) ([]tracebackEntry, error) {
	var tb, limit starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, append([]any{"tb", &tb, "limit??", &limit}, more...)...); err != nil {
		return nil, err
	}
	n, err := limitOf(limit)
	if err != nil {
		return nil, err
	}
	switch tb := tb.(type) {
	case *tracebackValue:
		return tracebackEntries(tb.frames, n), nil
	case starlark.NoneType:
		return nil, nil
	}
	return nil, py.NoAttribute(tb, "tb_frame")
}

// extractTB is traceback.extract_tb(tb, limit=None), the tuples (file, line, function, text), and format_tb, the
// same as lines.
func extractTB(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	entries, err := entriesOf(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	items := make([]starlark.Value, 0, len(entries))
	for _, e := range entries {
		if b.Name() == "format_tb" {
			items = append(items, starlark.String(e.String()))
			continue
		}
		var source starlark.Value = starlark.None
		if e.source != "" {
			source = starlark.String(e.source)
		}
		items = append(items, starlark.Tuple{starlark.String(e.file), starlark.MakeInt(e.line), starlark.String(e.function), source})
	}
	return starlark.NewList(items), nil
}

// printTB is traceback.print_tb(tb, limit=None, file=None).
func printTB(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var file starlark.Value
	entries, err := entriesOf(b, args, kwargs, "file??", &file)
	if err != nil {
		return nil, err
	}
	var lines []string
	for _, e := range entries {
		lines = append(lines, e.String())
	}
	return starlark.None, writeTraceback(thread, file, lines)
}
