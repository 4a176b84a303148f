package randommod

import (
	"testing"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/lib/libtest"
)

func TestRecorded(t *testing.T) {
	libtest.RunOn(t, "testdata/random.session", host.Host{}, func(h *host.Host) []starlark.Value {
		return []starlark.Value{New(h)}
	})
}

// TestUnseeded sees that generators without a seed differ, and that a run's own
// state is no other run's.
func TestUnseeded(t *testing.T) {
	thread, h := libtest.Thread(t, host.Host{})
	env := starlark.StringDict{"a": New(h), "b": New(h)}
	for _, expr := range []string{
		"a.getrandbits(200) != b.getrandbits(200)",
		"a.Random().random() != a.Random().random()",
		"a.SystemRandom().getrandbits(200) != a.SystemRandom().getrandbits(200)",
		"[a.seed(1), b.seed(1), a.random()][2] == b.random()",
		"[a.seed(1), a.seed(), a.seed(None), b.seed(1), a.random()][4] != b.random()",
		"a.SystemRandom(1).random() < 1",
	} {
		if got := libtest.Eval(thread, env, expr); got != "True\n" {
			t.Errorf("%s = %s; want True", expr, got)
		}
	}
}

func TestBounds(t *testing.T) {
	thread, h := libtest.Thread(t, host.Host{})
	env := starlark.StringDict{"random": New(h)}
	for expr, want := range map[string]string{
		"random.getrandbits(1 << 30)":                  "! OverflowError: 'at most 1048576 bits'\n",
		"random.seed(1.5)":                             "! ValueError: 'a float with a fraction is no seed here; seed with an int or a string'\n",
		"random.seed([1])":                             "! TypeError: 'a seed is None, an int or a string here, not list'\n",
		"random.shuffle([1, 2, 3], random=lambda: -1)": "! IndexError: 'list index out of range'\n",
		"random.sample(3, 1)":                          "! TypeError: \"object of type 'int' has no len()\"\n",
	} {
		if got := libtest.Eval(thread, env, expr); got != want {
			t.Errorf("%s = %s; want %s", expr, got, want)
		}
	}
}
