package httplibmod

import (
	"math"
	"time"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/py"
	"starwire/wire"
)

// Options are what the connections of a run start with; a script can ask for
// others for a connection of its own. The zero Options is the usual one.
type Options struct {
	// Strict makes connections refuse what RFC 9112 lets a client refuse, and
	// all that two implementations are known to read differently: the script's
	// policy="strict".
	Strict bool
	// Deadline is how long one exchange may take in all, from connecting to the
	// body's last byte, however often a byte drips in between. 0 means for ever.
	Deadline time.Duration
	// MaxBody is the most bytes that one call of read may return: beyond it is an
	// HTTPException. 0 means no limit, in strict connections 64 MiB; a negative
	// value is none for these too.
	MaxBody int64
	// Limits bound what a server can make a connection hold or wade through.
	Limits Limits
}

// Limits are wire.Limits and those of a client. 0 means the default, never "no
// limit".
type Limits struct {
	wire.Limits
	// FieldLines here is by default the module's _MAXHEADERS if a script assigned
	// that and the connection is not strict; it counts for each interim response
	// too. ChunkLine is by default Line, in
	// strict connections 4,096. EmptyLines are skipped before a status line only
	// on a connection that has been used, or if it is strict; the default is 2.

	Interim      int           // interim responses before the final one; default 100, strict 10
	Host         int           // bytes of a host name; default 253 (RFC 1035 §3.1)
	RequestLine  int           // bytes of a request line with its end, of strict connections; default 65,536
	RequestValue int           // bytes of one header value sent, of strict connections; default 65,536
	HeadTime     time.Duration // from sending a request to the end of the response's head; default none, strict 60 s
}

const strictMaxBody = 64 << 20

// Configure sets what the connections of h's run start with. It must be called
// before a script runs.
func Configure(h *host.Host, o Options) { optionsOf(h).Options = o }

type (
	runOptions struct{ Options }
	optionsKey struct{}
)

func optionsOf(h *host.Host) *runOptions {
	return host.State(h, optionsKey{}, func() *runOptions { return new(runOptions) })
}

// rules are what a connection and its responses go by: they never change while
// it is open. They are shared, and read only.
type rules struct {
	strict  bool
	maxBody int64  // bytes; math.MaxInt64 for no limit
	limits  Limits // as given: 0 where a default holds
}

var pythonRules = &rules{maxBody: math.MaxInt64}

// newRules returns what o asks for.
func newRules(o *Options) *rules {
	if !o.Strict && o.MaxBody <= 0 && o.Limits == (Limits{}) {
		return pythonRules
	}
	r := &rules{strict: o.Strict, maxBody: o.MaxBody, limits: o.Limits}
	if r.maxBody == 0 && o.Strict {
		r.maxBody = strictMaxBody
	}
	if r.maxBody <= 0 {
		r.maxBody = math.MaxInt64
	}
	return r
}

// or returns n, or if that is 0 the default of the policy.
func (r *rules) or(n, python, strict int) int {
	switch {
	case n > 0:
		return n
	case r.strict:
		return strict
	}
	return python
}

func (r *rules) interim() int    { return r.or(r.limits.Interim, maxInterim, 10) }
func (r *rules) headBytes() int  { return r.or(r.limits.HeadBytes, maxHead, maxHead) }
func (r *rules) emptyLines() int { return r.or(r.limits.EmptyLines, 2, 2) }
func (r *rules) host() int       { return r.or(r.limits.Host, maxHost, maxHost) }

// headers returns how many lines a head may have in the thread's run.
func (r *rules) headers(thread *starlark.Thread) int {
	if r.limits.FieldLines > 0 || r.strict {
		return r.or(r.limits.FieldLines, 0, maxHeaders)
	}
	return headerLimit(thread)
}

// headTime returns how long a head may take; 0 means for ever.
func (r *rules) headTime() time.Duration {
	if r.limits.HeadTime == 0 && r.strict {
		return time.Minute
	}
	return r.limits.HeadTime
}

// wire returns the limits for the codec.
func (r *rules) wire() wire.Limits {
	l := r.limits.Limits
	l.FieldLines = r.or(l.FieldLines, maxHeaders, maxHeaders)
	l.ChunkLine = r.or(l.ChunkLine, l.Line, wire.StrictLimits().ChunkLine)
	l.EmptyLines = 0
	if r.strict {
		l.EmptyLines = r.emptyLines()
	}
	return l
}

// limitNames are the keys of a script's limits, and where each belongs.
var limitNames = []struct {
	name  string
	field func(l *Limits) *int
}{
	{"line", func(l *Limits) *int { return &l.Line }},
	{"headers", func(l *Limits) *int { return &l.FieldLines }},
	{"head_bytes", func(l *Limits) *int { return &l.HeadBytes }},
	{"interim", func(l *Limits) *int { return &l.Interim }},
	{"chunk_line", func(l *Limits) *int { return &l.ChunkLine }},
	{"chunk_overhead", func(l *Limits) *int { return &l.ChunkOverhead }},
	{"trailers", func(l *Limits) *int { return &l.TrailerLines }},
	{"trailer_bytes", func(l *Limits) *int { return &l.TrailerBytes }},
	{"empty_lines", func(l *Limits) *int { return &l.EmptyLines }},
	{"read_ahead", func(l *Limits) *int { return &l.ReadAhead }},
	{"host", func(l *Limits) *int { return &l.Host }},
	{"request_line", func(l *Limits) *int { return &l.RequestLine }},
	{"request_value", func(l *Limits) *int { return &l.RequestValue }},
}

// headTimeName is the key of HeadTime, in seconds.
const headTimeName = "head_time"

// ourArguments are the keyword arguments of a connection's constructor that
// httplib.py does not have.
type ourArguments struct{ policy, deadline, maxBody, limits starlark.Value }

// take returns kwargs without our arguments, which it keeps.
func (a *ourArguments) take(kwargs []starlark.Tuple) []starlark.Tuple {
	var rest []starlark.Tuple
	for i, kv := range kwargs {
		v := a.named(string(kv[0].(starlark.String)))
		if v == nil {
			if rest != nil {
				rest = append(rest, kv)
			}
			continue
		}
		*v = kv[1]
		if rest == nil {
			rest = append(make([]starlark.Tuple, 0, len(kwargs)), kwargs[:i]...)
		}
	}
	if rest == nil {
		return kwargs
	}
	return rest
}

// splitOurs appends to ours those of kwargs that are our arguments, and returns
// the rest besides.
func splitOurs(kwargs, ours []starlark.Tuple) (rest, with []starlark.Tuple) {
	for _, kv := range kwargs {
		if new(ourArguments).named(string(kv[0].(starlark.String))) != nil {
			ours = append(ours, kv)
		} else {
			rest = append(rest, kv)
		}
	}
	return rest, ours
}

func (a *ourArguments) named(name string) *starlark.Value {
	switch name {
	case "policy":
		return &a.policy
	case "deadline":
		return &a.deadline
	case "max_body":
		return &a.maxBody
	case "limits":
		return &a.limits
	}
	return nil
}

// options returns what the arguments make of the run's own options.
func (a *ourArguments) options(o Options) (Options, error) {
	var err error
	if a.policy != nil && a.policy != starlark.None {
		switch s, _ := py.AsBytes(a.policy); s {
		case "python":
			o.Strict = false
		case "strict":
			o.Strict = true
		default:
			return o, py.ValueError.Errorf("policy must be 'python' or 'strict', not %s", py.Repr(a.policy))
		}
	}
	if a.deadline != nil {
		if o.Deadline, err = parseSeconds("deadline", a.deadline); err != nil {
			return o, err
		}
	}
	if a.maxBody != nil {
		if o.MaxBody, err = parseMaxBody(a.maxBody); err != nil {
			return o, err
		}
	}
	if a.limits != nil && a.limits != starlark.None {
		err = o.Limits.set(a.limits)
	}
	return o, err
}

// parseSeconds reads a time in seconds, above 0; None is no limit.
func parseSeconds(name string, v starlark.Value) (time.Duration, error) {
	if v == starlark.None {
		return 0, nil
	}
	s, ok := starlark.AsFloat(v)
	if !ok {
		return 0, py.TypeError.Errorf("%s is a number of seconds, not %s", name, py.TypeName(v))
	}
	if !(s > 0) {
		return 0, py.ValueError.Errorf("%s must be above 0: %s", name, py.Repr(v))
	}
	if s >= math.MaxInt64/2/float64(time.Second) {
		return 0, nil // beyond a century: as good as none
	}
	return max(time.Duration(s*float64(time.Second)), 1), nil
}

// parseMaxBody reads a number of bytes, 1 or more; None is no limit.
func parseMaxBody(v starlark.Value) (int64, error) {
	if v == starlark.None {
		return -1, nil
	}
	n, ok := v.(starlark.Int)
	if !ok {
		return 0, py.TypeError.Errorf("max_body is a number of bytes, not %s", py.TypeName(v))
	}
	i, ok := n.Int64()
	if !ok || i < 1 {
		return 0, py.ValueError.Errorf("max_body must be above 0: %s", n)
	}
	return i, nil
}

// set takes limits from a script's mapping of names to numbers.
func (l *Limits) set(v starlark.Value) error {
	m, ok := v.(starlark.IterableMapping)
	if !ok {
		return py.TypeError.Errorf("limits is a dict, not %s", py.TypeName(v))
	}
	for _, kv := range m.Items() {
		name, _ := py.AsBytes(kv[0])
		if name == headTimeName {
			d, err := parseSeconds("limits['"+headTimeName+"']", kv[1])
			if err != nil {
				return err
			}
			l.HeadTime = d
			continue
		}
		field, ok := l.Field(name).(*int)
		if !ok {
			return py.ValueError.Errorf("no limit is called %s", py.Repr(kv[0]))
		}
		n, ok := kv[1].(starlark.Int)
		if !ok {
			return py.TypeError.Errorf("limits['%s'] is an int, not %s", name, py.TypeName(kv[1]))
		}
		i, err := starlark.AsInt32(n)
		if err != nil || i < 1 {
			return py.ValueError.Errorf("limits['%s'] must be from 1 to %d: %s", name, math.MaxInt32, n)
		}
		*field = i
	}
	return nil
}

// LimitNames returns what scripts call the limits.
func LimitNames() []string {
	var names []string
	for _, n := range limitNames {
		names = append(names, n.name)
	}
	return append(names, headTimeName)
}

// Field returns where l keeps the limit that scripts call name: an *int, a
// *time.Duration for HeadTime, or nil if no limit is called so.
func (l *Limits) Field(name string) any {
	if name == headTimeName {
		return &l.HeadTime
	}
	for _, n := range limitNames {
		if n.name == name {
			return n.field(l)
		}
	}
	return nil
}

// dict shows the limits that hold, by name.
func (r *rules) dict() *starlark.Dict {
	l := r.limits
	l.Limits = wireDefaults(r.wire())
	l.EmptyLines, l.Interim, l.Host = r.emptyLines(), r.interim(), r.host()
	l.RequestLine = r.or(l.RequestLine, maxLine, maxLine)
	l.RequestValue = r.or(l.RequestValue, maxLine, maxLine)
	d := starlark.NewDict(len(limitNames) + 1)
	for _, n := range limitNames {
		d.SetKey(starlark.String(n.name), starlark.MakeInt(*n.field(&l)))
	}
	d.SetKey(starlark.String(headTimeName), secondsValue(r.headTime()))
	return d
}

// wireDefaults fills in the codec's defaults.
func wireDefaults(l wire.Limits) wire.Limits {
	d := wire.DefaultLimits()
	for _, n := range []struct{ have, want *int }{
		{&l.Line, &d.Line}, {&l.ChunkLine, &d.ChunkLine}, {&l.FieldLines, &d.FieldLines}, {&l.HeadBytes, &d.HeadBytes},
		{&l.TrailerLines, &d.TrailerLines}, {&l.TrailerBytes, &d.TrailerBytes}, {&l.ChunkOverhead, &d.ChunkOverhead},
		{&l.ReadAhead, &d.ReadAhead},
	} {
		if *n.have == 0 {
			*n.have = *n.want
		}
	}
	return l
}

// secondsValue is a time as a script sees it: None for none.
func secondsValue(d time.Duration) starlark.Value {
	if d <= 0 {
		return starlark.None
	}
	return starlark.Float(d.Seconds())
}
