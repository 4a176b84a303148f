package socketmod

import (
	"sort"

	"go.starlark.net/starlark"
)

var _ starlark.HasAttrs = (*Socket)(nil)

// String returns <socket> or <SSLSocket>.
func (s *Socket) String() string { return "<" + s.typeName + ">" }

// Type returns the name Python's class has.
func (s *Socket) Type() string { return s.typeName }

// Freeze makes every operation of the script's fail: a connection has one owner.
func (s *Socket) Freeze() {
	if !s.frozen { // frozen, it may be shared: no more stores
		s.frozen = true
	}
}

// Truth is always true.
func (s *Socket) Truth() starlark.Bool { return true }

// Hash refuses: a socket is its state.
func (s *Socket) Hash() (uint32, error) { return 0, unhashable(s.typeName) }

// Attr returns a method, or family, type or proto.
func (s *Socket) Attr(name string) (starlark.Value, error) {
	if m, ok := methods()[name]; ok {
		return m.BindReceiver(s), nil
	}
	return s.field(name)
}

// AttrNames lists what Attr knows.
func (s *Socket) AttrNames() []string {
	names := []string{"family", "proto", "type"}
	for name := range methods() {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}
