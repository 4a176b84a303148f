//go:build linux

package errnomod

import (
	"testing"

	"starwire/runtime/lib/libtest"
)

func TestRecorded(t *testing.T) { libtest.Run(t, "testdata/errno.session", Module()) }
