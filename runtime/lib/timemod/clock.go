package timemod

import (
	"math"
	"time"

	stock "go.starlark.net/lib/time"
	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/py"
)

// timeTime is time.time(): seconds since 1970 as a float. Keyword arguments are
// those of go.starlark.net's time.time, which makes a Time.
func timeTime(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(args) > 0 {
		return nil, py.TypeError.Errorf("time() takes no arguments (%d given)", len(args))
	}
	if len(kwargs) > 0 {
		v, err := stock.Module.Members["time"].(*starlark.Builtin).CallInternal(thread, args, kwargs)
		if err != nil {
			return nil, py.TypeError.Errorf("%w", err)
		}
		return v, nil
	}
	return starlark.Float(seconds(host.From(thread).Now())), nil
}

func seconds(t time.Time) float64 { return float64(t.Unix()) + float64(t.Nanosecond())/1e9 }

// timeNow is go.starlark.net's time.now(), by the Host's clock.
func timeNow(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := py.UnpackArgs(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	return stock.Time(host.From(thread).Now()), nil
}

type startKey struct{}

// timeClock is time.clock(): seconds since its first call.
func timeClock(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := py.UnpackArgs(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	h := host.From(thread)
	start := host.State(h, startKey{}, h.Now)
	return starlark.Float(h.Now().Sub(start).Seconds()), nil
}

// timeSleep is time.sleep(seconds). The end of the run ends it.
func timeSleep(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var v starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "seconds", &v); err != nil {
		return nil, err
	}
	d, ok := v.(stock.Duration)
	if !ok {
		var n py.Number
		if err := n.Unpack(v); err != nil {
			return nil, py.TypeError.Errorf("%w", err)
		}
		s := float64(n)
		switch {
		case !(0 <= s && s < 1<<63): // not a number, too
			return nil, invalidArgument()
		case s >= float64(math.MaxInt64)/1e9:
			d = math.MaxInt64 // 292 years
		default:
			d = stock.Duration(s * 1e9)
		}
	}
	if d < 0 {
		return nil, invalidArgument()
	}
	h := host.From(thread)
	paused := h.Pause()
	err := h.Sleep(h.Context(), time.Duration(d))
	h.Resume(paused)
	return starlark.None, err
}

// invalidArgument is what select says to a bad timeout.
func invalidArgument() error {
	return py.IOError.New(nil, starlark.MakeInt(22), starlark.String("Invalid argument"))
}

// secondsArg unpacks the optional argument of gmtime, localtime and ctime.
func secondsArg(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (time.Time, error) {
	now := host.From(thread).Now()
	var v starlark.Value = starlark.None
	if err := py.UnpackArgs(b.Name(), args, kwargs, "seconds?", &v); err != nil {
		return now, err
	}
	if v == starlark.None {
		return now, nil
	}
	var n py.Number
	if err := n.Unpack(v); err != nil {
		return now, py.TypeError.Errorf("%w", err)
	}
	const limit = 67768036191676795 // beyond, the year is no C int
	switch s := float64(n); {
	case !(-1<<63 <= s && s < 1<<63) && !math.IsNaN(s):
		return now, py.ValueError.Errorf("timestamp out of range for platform time_t")
	case math.IsNaN(s) || s > limit || s < -limit:
		return now, py.ValueError.New(nil, starlark.MakeInt(75), starlark.String("Value too large for defined data type"))
	default:
		return time.Unix(int64(s), 0).In(now.Location()), nil
	}
}

// timeGMTime is time.gmtime([seconds]).
func timeGMTime(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	t, err := secondsArg(thread, b, args, kwargs)
	if err != nil {
		return nil, err
	}
	return structTime(t.UTC()), nil
}

// timeLocalTime is time.localtime([seconds]).
func timeLocalTime(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	t, err := secondsArg(thread, b, args, kwargs)
	if err != nil {
		return nil, err
	}
	return structTime(t), nil
}

// timeCTime is time.ctime([seconds]).
func timeCTime(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	t, err := secondsArg(thread, b, args, kwargs)
	if err != nil {
		return nil, err
	}
	return starlark.String(fieldsOf(t).asctime()), nil
}
