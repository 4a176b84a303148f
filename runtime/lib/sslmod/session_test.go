package sslmod_test

import (
	"testing"

	"starwire/runtime/lib/libtest"
	"starwire/runtime/lib/socketmod"
	"starwire/runtime/lib/sslmod"
)

// The session's outcomes are CPython 2.7.18's own.
func TestSession(t *testing.T) {
	libtest.Run(t, "testdata/ssl.session", socketmod.Module, sslmod.Module)
}
