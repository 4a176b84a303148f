package sslmod_test

import (
	"runtime"
	"testing"

	"starwire/runtime/lib/libtest"
	"starwire/runtime/lib/socketmod"
	"starwire/runtime/lib/sslmod"
)

// The session's outcomes are CPython 2.7.18's own.
func TestSession(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("recorded on Linux, with its errno numbers")
	}
	libtest.Run(t, "testdata/ssl.session", socketmod.Module(), sslmod.Module())
}
