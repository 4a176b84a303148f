package sslmod

import (
	"go.starlark.net/starlark"

	"starwire/runtime/py"
)

var _ starlark.Value = (*SSLContext)(nil)

// String returns <ssl.SSLContext object>.
func (c *SSLContext) String() string { return "<ssl.SSLContext object>" }

// Type returns the name of Python's class.
func (c *SSLContext) Type() string { return "SSLContext" }

// Freeze makes the settings final; the context stays usable.
func (c *SSLContext) Freeze() { c.frozen = true }

// Truth is always true.
func (c *SSLContext) Truth() starlark.Bool { return true }

// Hash refuses: a context is its settings.
func (c *SSLContext) Hash() (uint32, error) {
	return 0, py.TypeError.Errorf("unhashable type: SSLContext")
}
