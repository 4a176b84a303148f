package hashlibmod

import (
	"testing"

	"starwire/runtime/lib/libtest"
)

func TestOldModules(t *testing.T) { libtest.Run(t, "testdata/old.session", MD5(), SHA()) }
