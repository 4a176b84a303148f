package uuidmod

import (
	"testing"

	"starwire/runtime/lib/libtest"
)

func TestRecorded(t *testing.T) { libtest.Run(t, "testdata/uuid.session", Module()) }
