package timemod

import (
	"maps"
	"time"

	stock "go.starlark.net/lib/time"
	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starwire/runtime/lazy"
	"starwire/runtime/py"
)

// A Module is the module time, made on first use. It is immutable; runs may share it.
//
// The four members that tell of the machine's time zone are found out when they are
// first asked for: few scripts do, and to read the zone's file takes a good part of
// the time in which a script starts.
type Module struct{}

var _ starlark.HasAttrs = Module{}

var module lazy.Module

// clocks returns the module without what tells of the zone.
func clocks() *starlarkstruct.Module { return module.Get("time", members) }

// String returns the same as that of other modules.
func (Module) String() string { return clocks().String() }

// Type returns "module".
func (Module) Type() string { return clocks().Type() }

// Freeze does nothing: a Module never changes.
func (Module) Freeze() {}

// Truth is always true.
func (Module) Truth() starlark.Bool { return true }

// Hash refuses, as that of other modules.
func (Module) Hash() (uint32, error) { return clocks().Hash() }

// Attr returns a member.
func (Module) Attr(name string) (starlark.Value, error) {
	switch name {
	case "altzone", "daylight", "timezone", "tzname":
		return localZone()[name], nil
	}
	return clocks().Attr(name)
}

// AttrNames lists the members, sorted.
func (m Module) AttrNames() []string { return m.Members().Keys() }

// Members returns the members by name, for load.
func (Module) Members() starlark.StringDict {
	all := maps.Clone(clocks().Members)
	maps.Copy(all, localZone())
	return all
}

// localZone returns the members that tell of the machine's time zone.
func localZone() starlark.StringDict { return localZoneTable.Get(findLocalZone) }

var localZoneTable lazy.Value[starlark.StringDict]

func findLocalZone() starlark.StringDict {
	std, dst := zones(time.Local, time.Now().Year())
	daylight := 0
	if std != dst {
		daylight = 1
	}
	return starlark.StringDict{
		"altzone":  starlark.MakeInt(-dst.offset),
		"daylight": starlark.MakeInt(daylight),
		"timezone": starlark.MakeInt(-std.offset),
		"tzname":   starlark.Tuple{starlark.String(std.name), starlark.String(dst.name)},
	}
}

func members() starlark.StringDict {
	m := starlark.StringDict{
		"accept2dyear": starlark.MakeInt(1),
		"asctime":      starlark.NewBuiltin("asctime", timeAscTime),
		"clock":        starlark.NewBuiltin("clock", timeClock),
		"ctime":        starlark.NewBuiltin("ctime", timeCTime),
		"gmtime":       starlark.NewBuiltin("gmtime", timeGMTime),
		"localtime":    starlark.NewBuiltin("localtime", timeLocalTime),
		"mktime":       starlark.NewBuiltin("mktime", timeMkTime),
		"now":          starlark.NewBuiltin("now", timeNow),
		"sleep":        starlark.NewBuiltin("sleep", timeSleep),
		"strftime":     starlark.NewBuiltin("strftime", timeStrFTime),
		"strptime":     starlark.NewBuiltin("strptime", timeStrPTime),
		"struct_time":  starlark.NewBuiltin("struct_time", newStructTime),
		"time":         starlark.NewBuiltin("time", timeTime),
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
