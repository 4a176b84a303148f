package textwrapmod

import (
	"strings"
	"testing"

	"starwire/runtime/lib/libtest"
)

func TestRecorded(t *testing.T) { libtest.Run(t, "testdata/textwrap.session", Module()) }

// TestLongWords: the time grows with the text, not with its square, which would be minutes.
func TestLongWords(t *testing.T) {
	for _, text := range []string{"a", "-", "1-", "a-", "!-", " -"} {
		w := Wrapper{Width: 70}
		if lines := w.Wrap(strings.Repeat(text, 1<<17)); len(lines) == 0 {
			t.Errorf("Wrap(%q…) has no lines", text)
		}
	}
}
