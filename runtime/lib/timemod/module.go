package timemod

import (
	"time"

	stock "go.starlark.net/lib/time"
	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starwire/runtime/lazy"
	"starwire/runtime/py"
)

var module lazy.Module

// Module returns the module time, made on first use. It is immutable; runs may share it.
func Module() *starlarkstruct.Module { return module.Get("time", members) }

func members() starlark.StringDict {
	std, dst := zones(time.Local, time.Now().Year())
	daylight := 0
	if std != dst {
		daylight = 1
	}
	m := starlark.StringDict{
		"accept2dyear": starlark.MakeInt(1),
		"altzone":      starlark.MakeInt(-dst.offset),
		"asctime":      starlark.NewBuiltin("asctime", timeAscTime),
		"clock":        starlark.NewBuiltin("clock", timeClock),
		"ctime":        starlark.NewBuiltin("ctime", timeCTime),
		"daylight":     starlark.MakeInt(daylight),
		"gmtime":       starlark.NewBuiltin("gmtime", timeGMTime),
		"localtime":    starlark.NewBuiltin("localtime", timeLocalTime),
		"mktime":       starlark.NewBuiltin("mktime", timeMkTime),
		"now":          starlark.NewBuiltin("now", timeNow),
		"sleep":        starlark.NewBuiltin("sleep", timeSleep),
		"strftime":     starlark.NewBuiltin("strftime", timeStrFTime),
		"strptime":     starlark.NewBuiltin("strptime", timeStrPTime),
		"struct_time":  starlark.NewBuiltin("struct_time", newStructTime),
		"time":         starlark.NewBuiltin("time", timeTime),
		"timezone":     starlark.MakeInt(-std.offset),
		"tzname":       starlark.Tuple{starlark.String(std.name), starlark.String(dst.name)},
	}
	for name, v := range stock.Module.Members {
		if _, ours := m[name]; ours {
			continue
		}
		if fn, ok := v.(*starlark.Builtin); ok {
			v = valueErrors(fn)
		}
		m[name] = v
	}
	return m
}

// maxTime is how long the text of a time, a format or a zone may be: Go's own
// functions heed no limit, and show in their errors all that they were given.
const maxTime = 1 << 12 // bytes

// valueErrors wraps a function of go.starlark.net's so that its errors are
// exceptions, and its work is bounded.
func valueErrors(fn *starlark.Builtin) *starlark.Builtin {
	return starlark.NewBuiltin(fn.Name(), func(thread *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		for _, arg := range args {
			if s, ok := arg.(starlark.String); ok && len(s) > maxTime {
				return nil, py.ValueError.Errorf("%s: a text of more than %d bytes", fn.Name(), maxTime)
			}
		}
		for _, kv := range kwargs {
			if s, ok := kv[1].(starlark.String); ok && len(s) > maxTime {
				return nil, py.ValueError.Errorf("%s: a text of more than %d bytes", fn.Name(), maxTime)
			}
		}
		v, err := fn.CallInternal(thread, args, kwargs)
		if err != nil {
			return nil, py.ValueError.Errorf("%w", err)
		}
		return v, nil
	})
}
