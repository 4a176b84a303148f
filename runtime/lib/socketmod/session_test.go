package socketmod_test

import (
	"testing"

	"starwire/runtime/lib/libtest"
	"starwire/runtime/lib/socketmod"
	"starwire/runtime/lib/sslmod"
)

// The session's outcomes are CPython 2.7.18's own.
func TestSession(t *testing.T) {
	libtest.Run(t, "testdata/socket.session", socketmod.Module, sslmod.Module)
}
