package httplibmod

import (
	"fmt"
	"maps"
	"slices"
	"sync/atomic"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/lazy"
	"starwire/runtime/lib/remod"
	"starwire/runtime/py"
)

// settings are the module's globals that a program may assign, those of one run.
type settings struct {
	maxHeaders atomic.Int64 // _MAXHEADERS
	maxAmount  atomic.Int64 // MAXAMOUNT
	classes    classAttrs
}

type settingsKey struct{}

func settingsOf(h *host.Host) *settings {
	return host.State(h, settingsKey{}, func() *settings {
		s := new(settings)
		s.maxHeaders.Store(maxHeaders)
		s.maxAmount.Store(maxAmount)
		return s
	})
}

// headerLimit returns how many lines a head may have in the thread's run.
func headerLimit(thread *starlark.Thread) int {
	return int(settingsOf(host.From(thread)).maxHeaders.Load())
}

// amountLimit returns how much a read may ask of a script's own file at a time.
// httplib.py, HTTPResponse._safe_read.
func amountLimit(thread *starlark.Thread) int64 {
	return settingsOf(host.From(thread)).maxAmount.Load()
}

// A RunModule is module httplib as one run sees it: the members of Module, of
// which two can be assigned: _MAXHEADERS, as programs do to read longer heads,
// and MAXAMOUNT, the most that is asked of a script's own file at a time; and so
// can attributes of the two classes of connections.
type RunModule struct {
	settings      *settings
	plain, secure *connectionClass // of the run
	// OS returns the run's module os, which httplib.os is; nil: there is none. It
	// is set before the run begins.
	OS func() starlark.Value
}

var _ starlark.HasSetField = (*RunModule)(nil)

// NewRunModule returns the module for the run of h.
func NewRunModule(h *host.Host) *RunModule {
	plain, secure := *plainClass, *secureClass
	s := settingsOf(h)
	plain.run, secure.run = s, s
	return &RunModule{settings: s, plain: &plain, secure: &secure}
}

// Members returns the members by name, for load.
func (m *RunModule) Members() starlark.StringDict {
	all := maps.Clone(Module().Members)
	all["HTTPConnection"], all["HTTPSConnection"] = m.plain, m.secure
	if m.OS != nil {
		all["os"] = m.OS()
	}
	return all
}

// String returns the same as Module's.
func (m *RunModule) String() string { return Module().String() }

// Type returns "module".
func (m *RunModule) Type() string { return Module().Type() }

// Freeze does nothing: what can be assigned belongs to the run, whose threads share it.
func (m *RunModule) Freeze() {}

// Truth is always true.
func (m *RunModule) Truth() starlark.Bool { return true }

// Hash refuses.
func (m *RunModule) Hash() (uint32, error) {
	return 0, fmt.Errorf("unhashable type: module")
}

// Attr returns a member.
func (m *RunModule) Attr(name string) (starlark.Value, error) {
	switch name {
	case "_MAXHEADERS":
		return starlark.MakeInt64(m.settings.maxHeaders.Load()), nil
	case "MAXAMOUNT":
		return starlark.MakeInt64(m.settings.maxAmount.Load()), nil
	case "HTTPConnection":
		return m.plain, nil
	case "HTTPSConnection":
		return m.secure, nil
	case "_contains_disallowed_url_pchar_re":
		return disallowedInURL(), nil
	case "os":
		if m.OS != nil {
			return m.OS(), nil
		}
	}
	return Module().Attr(name)
}

// disallowedInURL returns the expression that Python searches hosts and paths
// with. Few scripts ask for it.
func disallowedInURL() starlark.Value {
	return disallowedInURLTable.Get(func() starlark.Value {
		const expression = "[\x00-\x20\x7f-\xff]"
		v, err := starlark.Call(new(starlark.Thread), remod.Module().Members["compile"], starlark.Tuple{starlark.String(expression)}, nil)
		if err != nil {
			return starlark.String(expression) // a test sees that there is no error
		}
		return v
	})
}

var disallowedInURLTable lazy.Value[starlark.Value]

// AttrNames lists the members, sorted.
func (m *RunModule) AttrNames() []string {
	names := append(Module().AttrNames(), "_contains_disallowed_url_pchar_re")
	if m.OS != nil {
		names = append(names, "os")
	}
	slices.Sort(names)
	return names
}

// maxMaxHeaders is the most that _MAXHEADERS may be: memory for a head is
// bounded by bytes besides.
const maxMaxHeaders = 100_000

// SetField assigns _MAXHEADERS or MAXAMOUNT; the other members are constants.
func (m *RunModule) SetField(name string, v starlark.Value) error {
	var setting *atomic.Int64
	limit := int64(maxMaxHeaders)
	switch name {
	case "_MAXHEADERS":
		setting = &m.settings.maxHeaders
	case "MAXAMOUNT":
		setting, limit = &m.settings.maxAmount, maxInt64
	default:
		return py.AttributeError.Errorf("can't assign to .%s of module httplib: only _MAXHEADERS and MAXAMOUNT can be set", name)
	}
	i, ok := v.(starlark.Int)
	n, fits := i.Int64()
	if !ok || !fits || n < 1 || n > limit {
		return py.ValueError.Errorf("%s is a number from 1 to %d", name, limit)
	}
	setting.Store(n)
	return nil
}
