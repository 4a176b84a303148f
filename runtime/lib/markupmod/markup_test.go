package markupmod

import (
	"testing"

	"starwire/runtime/lib/libtest"
)

func TestRecorded(t *testing.T) {
	libtest.Run(t, "testdata/markup.session", CGI(), XML(), Entities())
}
