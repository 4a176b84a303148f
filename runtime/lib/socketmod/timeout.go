package socketmod

import (
	"math"
	"sync"
	"time"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/py"
)

// A Timeout is what Python's timeout arguments hold. The zero value is
// socket._GLOBAL_DEFAULT_TIMEOUT: whatever socket.setdefaulttimeout said last.
type Timeout struct {
	kind    timeoutKind
	seconds float64
}

type timeoutKind uint8

const (
	timeoutDefault timeoutKind = iota
	timeoutNone
	timeoutSeconds
)

// NoTimeout is Python's None: block for as long as it takes.
var NoTimeout = Timeout{kind: timeoutNone}

// Seconds returns the timeout of s seconds, 0 or more; 0 does not block at all.
func Seconds(s float64) Timeout { return Timeout{kind: timeoutSeconds, seconds: s} }

// ParseTimeout reads a script's timeout argument: the sentinel, None, or a
// number of seconds. Errors are CPython's: TypeError "a float is required",
// ValueError "Timeout value out of range".
//
// Modules/socketmodule.c, sock_settimeout. NaN, which CPython takes for 0, is
// out of range here.
func ParseTimeout(v starlark.Value) (Timeout, error) {
	var s float64
	switch v := v.(type) {
	case starlark.NoneType:
		return NoTimeout, nil
	case sentinel:
		return Timeout{}, nil
	case starlark.Float:
		s = float64(v)
	case starlark.Int:
		s = float64(v.Float())
		if math.IsInf(s, 0) {
			return Timeout{}, py.OverflowError.Errorf("long int too large to convert to float")
		}
	case starlark.Bool:
		if v {
			s = 1
		}
	default:
		return Timeout{}, py.TypeError.Errorf("a float is required")
	}
	if s < 0 || math.IsNaN(s) {
		return Timeout{}, py.ValueError.Errorf("Timeout value out of range")
	}
	return Seconds(s), nil
}

// IsDefault reports whether t is the sentinel.
func (t Timeout) IsDefault() bool { return t.kind == timeoutDefault }

// Resolve returns t, or the run's default timeout if t is the sentinel.
func (t Timeout) Resolve(thread *starlark.Thread) Timeout {
	if t.kind != timeoutDefault {
		return t
	}
	return defaults(thread).get()
}

// Duration returns the time to wait; ok is false for no timeout. The sentinel
// must be resolved first and counts as none. A positive timeout is never 0.
func (t Timeout) Duration() (d time.Duration, ok bool) {
	switch {
	case t.kind != timeoutSeconds:
		return 0, false
	case t.seconds == 0:
		return 0, true
	case t.seconds >= float64(math.MaxInt64/2)/float64(time.Second):
		return 0, false // beyond a century: as good as none
	}
	return max(time.Duration(t.seconds*float64(time.Second)), 1), true
}

// Value returns what gettimeout() shows: None, a float, or the sentinel.
func (t Timeout) Value() starlark.Value {
	switch t.kind {
	case timeoutDefault:
		return globalDefault
	case timeoutSeconds:
		return starlark.Float(t.seconds)
	}
	return starlark.None
}

// sentinel is the type of _GLOBAL_DEFAULT_TIMEOUT, a plain object() in Python.
type sentinel struct{}

var globalDefault starlark.Value = sentinel{}

func (sentinel) String() string        { return "<object object>" }
func (sentinel) Type() string          { return "object" }
func (sentinel) Freeze()               {}
func (sentinel) Truth() starlark.Bool  { return true }
func (sentinel) Hash() (uint32, error) { return 0x5f47, nil }

// SetDefault sets what socket.getdefaulttimeout() is when h's run begins: None if
// nobody does. It must be called before a script runs.
func SetDefault(h *host.Host, t Timeout) { defaultsOf(h).set(t) }

// defaultTimeout is the run's global default.
type defaultTimeout struct {
	mu sync.Mutex
	t  Timeout
}

type defaultKey struct{}

func defaults(thread *starlark.Thread) *defaultTimeout { return defaultsOf(host.From(thread)) }

func defaultsOf(h *host.Host) *defaultTimeout {
	return host.State(h, defaultKey{}, func() *defaultTimeout {
		return &defaultTimeout{t: NoTimeout}
	})
}

func (d *defaultTimeout) get() Timeout {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.t
}

func (d *defaultTimeout) set(t Timeout) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.t = t
}
