package stringiomod

import (
	"strings"
	"testing"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/lib/jsonmod"
	"starwire/runtime/lib/libtest"
)

func TestRecorded(t *testing.T) {
	libtest.Run(t, "testdata/stringio.session", Module(), jsonmod.Module())
}

func TestBounds(t *testing.T) {
	thread, _ := libtest.Thread(t, host.Host{})
	env := starlark.StringDict{"cStringIO": CModule()}
	tests := []struct{ expr, want string }{
		{"f = cStringIO.StringIO('abc')\n", ""},
		{"f", "<StringIO.StringIO instance>"},
		{"f.seek(1 << 62)", ""},
		{"f.seek(1 << 62, 1)", ""},
		{"f.tell()", "9223372036854775807"},
		{"f.seek(1 << 80)", ""},
		{"f.write('x')", "! MemoryError: 'writing 9223372036854775804 bytes behind the end; at most 67108864 may be left out'"},
		{"f.seek(-1 << 80, 1)", ""},
		{"f.tell()", "0"},
		{"f.read(1 << 80)", "'abc'"},
		{"f.readline(1 << 80), f.tell()", "('', 3)"},
	}
	for _, tt := range tests {
		if got := strings.TrimSuffix(libtest.Eval(thread, env, tt.expr), "\n"); got != tt.want {
			t.Errorf("%s = %s; want %s", tt.expr, got, tt.want)
		}
	}
	f := env["f"].(*StringIO)
	f.Freeze()
	for expr, want := range map[string]string{
		"f.read()": "read from", "f.readline()": "read from", "f.readlines()": "read from", "f.next()": "read from",
		"[l for l in f]": "read from", "f.write('x')": "write to", "f.writelines(['x'])": "write to", "f.truncate()": "write to",
		"f.seek(0)": "seek in", "f.close()": "close",
	} {
		if got := libtest.Eval(thread, env, expr); got != "! TypeError: 'cannot "+want+" frozen StringIO'\n" {
			t.Errorf("%s of a frozen StringIO: %s", expr, got)
		}
	}
	if got := libtest.Eval(thread, env, "f.getvalue(), f.tell()"); got != "('abc', 3)\n" {
		t.Errorf("content of a frozen StringIO: %s", got)
	}
	for _, name := range f.AttrNames() {
		if v, err := f.Attr(name); v == nil || err != nil {
			t.Errorf("AttrNames lists %q, but Attr = %v, %v", name, v, err)
		}
	}
}
