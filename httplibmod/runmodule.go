package httplibmod

import (
	"fmt"
	"sync/atomic"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/py"
)

// settings are the module's globals that a program may assign, those of one run.
type settings struct {
	maxHeaders atomic.Int64 // _MAXHEADERS
}

type settingsKey struct{}

func settingsOf(h *host.Host) *settings {
	return host.State(h, settingsKey{}, func() *settings {
		s := new(settings)
		s.maxHeaders.Store(maxHeaders)
		return s
	})
}

// headerLimit returns how many lines a head may have in the thread's run.
func headerLimit(thread *starlark.Thread) int {
	return int(settingsOf(host.From(thread)).maxHeaders.Load())
}

// A RunModule is module httplib as one run sees it: the members of Module, of
// which _MAXHEADERS can be assigned, as programs do to read longer heads.
type RunModule struct{ settings *settings }

var _ starlark.HasSetField = (*RunModule)(nil)

// NewRunModule returns the module for the run of h.
func NewRunModule(h *host.Host) *RunModule { return &RunModule{settingsOf(h)} }

// Members returns the members by name, for load; borrowed.
func (m *RunModule) Members() starlark.StringDict { return Module.Members }

// String returns the same as Module's.
func (m *RunModule) String() string { return Module.String() }

// Type returns "module".
func (m *RunModule) Type() string { return Module.Type() }

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
	if name == "_MAXHEADERS" {
		return starlark.MakeInt64(m.settings.maxHeaders.Load()), nil
	}
	return Module.Attr(name)
}

// AttrNames lists the members, sorted.
func (m *RunModule) AttrNames() []string { return Module.AttrNames() }

// maxMaxHeaders is the most that _MAXHEADERS may be: memory for a head is
// bounded by bytes besides.
const maxMaxHeaders = 100_000

// SetField assigns _MAXHEADERS; the other members are constants.
func (m *RunModule) SetField(name string, v starlark.Value) error {
	if name != "_MAXHEADERS" {
		return starlark.NoSuchAttrError(fmt.Sprintf("can't assign to .%s of module httplib: _MAXHEADERS alone can be set", name))
	}
	n, err := starlark.AsInt32(v)
	if err != nil || n < 1 || n > maxMaxHeaders {
		return py.ValueError.Errorf("_MAXHEADERS is a number from 1 to %d", maxMaxHeaders)
	}
	m.settings.maxHeaders.Store(int64(n))
	return nil
}
