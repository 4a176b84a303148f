package getoptmod

import (
	"testing"

	"starwire/runtime/lib/libtest"
)

func TestRecorded(t *testing.T) { libtest.Run(t, "testdata/getopt.session", Module()) }
