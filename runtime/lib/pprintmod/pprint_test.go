package pprintmod

import (
	"strings"
	"testing"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/lib/libtest"
)

func TestRecorded(t *testing.T) { libtest.Run(t, "testdata/pprint.session", Module()) }

// TestInside: what is inside itself has an end, and so has what is nested deeply.
func TestInside(t *testing.T) {
	var out strings.Builder
	thread, _ := libtest.Thread(t, host.Host{Stdout: &out})
	globals := starlark.StringDict{"pprint": Module()}
	got := libtest.Eval(thread, globals, `
x = [1]
x.append(x)
y = []
for i in range(100000): y = [y]
a = pprint.pformat(x)
b = pprint.pformat(y)
pprint.pprint(x)
`)
	if got != "" {
		t.Fatal(got)
	}
	for _, name := range []string{"a", "b"} {
		if s, _ := starlark.AsString(globals[name]); !strings.Contains(s, "...") {
			t.Errorf("%s = %.200s; want an end in ...", name, s)
		}
	}
	if !strings.HasSuffix(out.String(), "]\n") {
		t.Errorf("pprint wrote %.200q; want a line", out.String())
	}
}
