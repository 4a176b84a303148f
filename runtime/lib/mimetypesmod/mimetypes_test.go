package mimetypesmod

import (
	"testing"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/lib/libtest"
)

func TestRecorded(t *testing.T) {
	libtest.RunOn(t, "testdata/mimetypes.session", host.Host{}, func(*host.Host) []starlark.Value {
		return []starlark.Value{New()}
	})
}

func TestOnlyOwnTables(t *testing.T) {
	thread, _ := libtest.Thread(t, host.Host{})
	env := starlark.StringDict{"mimetypes": New(), "other": New()}
	for _, tt := range []struct{ expr, want string }{
		{"mimetypes.init(['/etc/mime.types'])", "! NotImplementedError: 'mimetypes.init reads no files here; add what you need with add_type'\n"},
		{"mimetypes.add_type('a/b', '.ab')", ""},
		{"mimetypes.guess_type('x.ab'), other.guess_type('x.ab')", "(('a/b', None), (None, None))\n"},
		{"mimetypes.suffix_map.update({'.loop': '.loop'})", ""},
		{"mimetypes.guess_type('x.loop')", "(None, None)\n"},
	} {
		if got := libtest.Eval(thread, env, tt.expr); got != tt.want {
			t.Errorf("%s = %s; want %s", tt.expr, got, tt.want)
		}
	}
}
