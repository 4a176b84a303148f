package loggingmod

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/lazy"
	"starwire/runtime/lib/builtinmod"
	"starwire/runtime/lib/timemod"
	"starwire/runtime/py"
)

const basicFormat = "%(levelname)s:%(name)s:%(message)s"

// recordKind is the class LogRecord.
func recordKind() *py.Kind {
	return recordKindTable.Get(func() *py.Kind {
		return &py.Kind{Module: "logging", Class: "LogRecord",
			Methods: py.Functions(map[string]function{
				"getMessage": func(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
					if err := py.UnpackArgs(b.Name(), args, kwargs); err != nil {
						return nil, err
					}
					text, err := message(thread, b.Receiver().(*py.Object))
					return starlark.String(text), err
				},
			}),
		}
	})
}

var recordKindTable lazy.Value[*py.Kind]

// recordFields are the attributes that a format may name, in order.
var recordFields = []string{"args", "created", "exc_info", "exc_text", "filename", "funcName", "levelname", "levelno", "lineno", "module",
	"msecs", "msg", "name", "pathname", "process", "processName", "relativeCreated", "thread", "threadName"}

// record makes the LogRecord of a call.
//
// logging/__init__.py, LogRecord.__init__ and Logger.makeRecord.
func (l *logger) record(thread *starlark.Thread, level int, msg starlark.Value, args starlark.Tuple, excInfo, extra starlark.Value) (*py.Object, error) {
	r := recordKind().New()
	now := host.From(thread).Now()
	path, function, line := caller(thread)
	file := filepath.Base(path)
	var arg starlark.Value = args
	if len(args) == 1 {
		if d, ok := py.AsDict(args[0]); ok && d.Len() > 0 {
			arg = args[0]
		}
	}
	created := float64(now.UnixNano()) / 1e9
	for name, v := range map[string]starlark.Value{
		"args": arg, "created": starlark.Float(created), "exc_info": starlark.None, "exc_text": starlark.None,
		"filename": starlark.String(file), "funcName": starlark.String(function), "levelname": starlark.String(l.m.levelName(level)),
		"levelno": starlark.MakeInt(level), "lineno": starlark.MakeInt(line),
		"module": starlark.String(strings.TrimSuffix(file, filepath.Ext(file))),
		"msecs":  starlark.Float(now.Nanosecond()) / 1e6, "msg": msg, "name": starlark.String(l.name),
		"pathname": starlark.String(path), "process": starlark.MakeInt(1), "processName": starlark.String("MainProcess"),
		"relativeCreated": starlark.Float(now.Sub(l.m.began).Seconds() * 1000),
		"thread":          starlark.MakeInt(1), "threadName": starlark.String("MainThread"),
	} {
		r.Set(name, v)
	}
	if excInfo != nil && bool(excInfo.Truth()) {
		text, err := l.m.traceback(thread)
		if err != nil {
			return nil, err
		}
		r.Set("exc_info", starlark.True)
		r.Set("exc_text", starlark.String(strings.TrimSuffix(text, "\n")))
	}
	if extra, ok := extra.(starlark.IterableMapping); ok {
		for _, item := range extra.Items() {
			name, ok := py.AsBytes(item[0])
			if !ok || r.Field(name) != starlark.None || name == "message" || name == "asctime" {
				return nil, py.KeyError.New(nil, starlark.String("Attempt to overwrite "+py.Repr(item[0])+" in LogRecord"))
			}
			r.Set(name, item[1])
		}
	}
	return r, nil
}

// caller is the script's code that logs. The functions that stand for the blocks of a try have names that no
// author can write: what is told is the function around them.
func caller(thread *starlark.Thread) (path, function string, line int) {
	for depth := 1; depth < thread.CallStackDepth(); depth++ {
		frame := thread.CallFrame(depth)
		if !frame.Pos.IsValid() {
			continue
		}
		if path == "" {
			path, line = frame.Pos.Filename(), int(frame.Pos.Line)
		}
		switch {
		case strings.Contains(frame.Name, "$"):
			continue
		case strings.HasPrefix(frame.Name, "<"):
			return path, "<module>", line
		}
		return path, frame.Name, line
	}
	return path, "<module>", line
}

// message is the record's text: its msg, with its args in it.
//
// logging/__init__.py, LogRecord.getMessage.
func message(thread *starlark.Thread, r *py.Object) (string, error) {
	msg, args := r.Field("msg"), r.Field("args")
	text, err := builtinmod.Str(thread, msg)
	if err != nil || !bool(args.Truth()) {
		return text, err
	}
	return percent(thread, text, args)
}

// percent is format % args.
func percent(thread *starlark.Thread, format string, args starlark.Value) (string, error) {
	v, err := builtinmod.Mod(thread, nil, starlark.Tuple{starlark.String(format), args}, nil)
	if err != nil {
		return "", err
	}
	return builtinmod.Str(thread, v)
}

// A formatter makes text of records.
//
// logging/__init__.py, Formatter.
type formatter struct {
	format, date string // date is "" for the usual one
}

var plain = &formatter{format: "%(message)s"}

var _ starlark.HasAttrs = (*formatter)(nil)

// newFormatter is Formatter(fmt=None, datefmt=None).
func newFormatter(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	format, date := py.ByteStr(plain.format), py.ByteStr("")
	if err := py.UnpackArgs(b.Name(), args, kwargs, "fmt??", &format, "datefmt??", &date); err != nil {
		return nil, err
	}
	return &formatter{string(format), string(date)}, nil
}

func (f *formatter) String() string       { return "<logging.Formatter object>" }
func (f *formatter) Type() string         { return "Formatter" }
func (f *formatter) Freeze()              {}
func (f *formatter) Truth() starlark.Bool { return true }
func (f *formatter) Hash() (uint32, error) {
	return 0, py.TypeError.Errorf("unhashable type: 'Formatter'")
}

func formatterFormat(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	r, err := unpackRecord(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	text, err := b.Receiver().(*formatter).text(thread, r)
	return starlark.String(text), err
}

// Attr returns the method format.
func (f *formatter) Attr(name string) (starlark.Value, error) {
	if name == "format" {
		return starlark.NewBuiltin(name, formatterFormat).BindReceiver(f), nil
	}
	return nil, nil
}

// AttrNames lists what Attr knows.
func (f *formatter) AttrNames() []string { return []string{"format"} }

// text formats a record.
//
// logging/__init__.py, Formatter.format and formatTime.
func (f *formatter) text(thread *starlark.Thread, r *py.Object) (string, error) {
	text, err := message(thread, r)
	if err != nil {
		return "", err
	}
	fields := starlark.NewDict(len(recordFields) + 2)
	set := func(name string, v starlark.Value) error { return fields.SetKey(starlark.String(name), v) }
	for _, name := range r.AttrNames() {
		if name != "getMessage" && name != "__class__" {
			if err := set(name, r.Field(name)); err != nil {
				return "", err
			}
		}
	}
	if err := set("message", starlark.String(text)); err != nil {
		return "", err
	}
	if strings.Contains(f.format, "%(asctime)") {
		at, err := f.time(thread, r)
		if err != nil {
			return "", err
		}
		if err := set("asctime", starlark.String(at)); err != nil {
			return "", err
		}
	}
	s, err := percent(thread, f.format, fields)
	if err != nil {
		return "", err
	}
	if exc, ok := py.AsBytes(r.Field("exc_text")); ok {
		if !strings.HasSuffix(s, "\n") {
			s += "\n"
		}
		s += exc
	}
	return s, nil
}

// time is the record's time, as the format of dates wants it.
func (f *formatter) time(thread *starlark.Thread, r *py.Object) (string, error) {
	created, _ := starlark.AsFloat(r.Field("created"))
	if f.date == "" {
		zone := host.From(thread).Now().Location()
		at := time.Unix(0, int64(created*1e9)).In(zone)
		msecs, _ := starlark.AsFloat(r.Field("msecs"))
		return at.Format("2006-01-02 15:04:05") + fmt.Sprintf(",%03d", int(msecs)), nil
	}
	localtime, _ := timemod.Module{}.Attr("localtime")
	local, err := starlark.Call(thread, localtime, starlark.Tuple{starlark.Float(created)}, nil)
	if err != nil {
		return "", err
	}
	strftime, _ := timemod.Module{}.Attr("strftime")
	v, err := starlark.Call(thread, strftime, starlark.Tuple{starlark.String(f.date), local}, nil)
	if err != nil {
		return "", err
	}
	return py.Str(v), nil
}

// A filter lets pass what the logger of a name logs, and those below it.
//
// logging/__init__.py, Filter.
type filter struct{ name string }

var _ starlark.HasAttrs = (*filter)(nil)

// newFilter is Filter(name="").
func newFilter(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var name py.ByteStr
	if err := py.UnpackArgs(b.Name(), args, kwargs, "name?", &name); err != nil {
		return nil, err
	}
	return &filter{string(name)}, nil
}

func (f *filter) String() string       { return "<logging.Filter object>" }
func (f *filter) Type() string         { return "Filter" }
func (f *filter) Freeze()              {}
func (f *filter) Truth() starlark.Bool { return true }
func (f *filter) Hash() (uint32, error) {
	return 0, py.TypeError.Errorf("unhashable type: 'Filter'")
}

func filterFilter(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	r, err := unpackRecord(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	rest, below := strings.CutPrefix(py.Str(r.Field("name")), b.Receiver().(*filter).name)
	return flag(below && (b.Receiver().(*filter).name == "" || rest == "" || rest[0] == '.')), nil
}

// Attr returns the method filter.
func (f *filter) Attr(name string) (starlark.Value, error) {
	if name == "filter" {
		return starlark.NewBuiltin(name, filterFilter).BindReceiver(f), nil
	}
	return nil, nil
}

// AttrNames lists what Attr knows.
func (f *filter) AttrNames() []string { return []string{"filter"} }

// filterArg unpacks a filter: anything that can be told from others and has a method filter.
func filterArg(b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var v starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "filter", &v); err != nil {
		return nil, err
	}
	if x, ok := v.(starlark.HasAttrs); ok {
		if m, err := x.Attr("filter"); m != nil && err == nil {
			return v, nil
		}
	}
	return nil, py.AttributeError.Errorf("'%s' object has no attribute 'filter'", py.TypeName(v))
}
