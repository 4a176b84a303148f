package osmod

import (
	"os"
	"strings"
	"testing"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/lib/filemod"
	"starwire/runtime/lib/libtest"
)

func TestRecorded(t *testing.T) {
	env := map[string]string{"TZ": libtest.Zone, "A": "1"}
	libtest.RunOn(t, "testdata/os.session", host.Host{
		Stat:    os.Stat,
		Getenv:  func(name string) (string, bool, error) { v, ok := env[name]; return v, ok, nil },
		Environ: func() []string { return []string{"TZ", "A"} },
	}, func(h *host.Host) []starlark.Value { return []starlark.Value{New(h), filemod.Builtin} })
}

func TestNothingGranted(t *testing.T) {
	h := host.From(new(starlark.Thread))
	env := starlark.StringDict{"os": New(h)}
	const refusal = `! PermissionError: 'not allowed to read environment variable A (to allow it: --allow-env=A)'`
	tests := []struct{ expr, want string }{
		{"os.environ['A']", refusal},
		{"os.environ.get('A')", refusal},
		{"os.environ.has_key('A')", refusal},
		{"os.getenv('A')", refusal},
		{"'A' in os.environ", "False"},
		{"os.environ, len(os.environ), bool(os.environ), os.environ.items(), os.environ.copy()", "({}, 0, False, [], {})"},
		{"os.path.exists('/etc')", "! PermissionError: 'not allowed to read file /etc (to allow it: --allow-read=DIR)'"},
		{"os.path.getsize('/etc')", "! PermissionError: 'not allowed to read file /etc (to allow it: --allow-read=DIR)'"},
	}
	for _, tt := range tests {
		if got := strings.TrimSuffix(libtest.Eval(new(starlark.Thread), env, tt.expr), "\n"); got != tt.want {
			t.Errorf("%s = %s; want %s", tt.expr, got, tt.want)
		}
	}
}

func TestEnviron(t *testing.T) {
	vars := map[string]string{"B": "2", "A": "1"}
	thread, h := libtest.Thread(t, host.Host{
		Getenv:  func(name string) (string, bool, error) { v, ok := vars[name]; return v, ok, nil },
		Environ: func() []string { return []string{"B", "A", "GONE"} },
	})
	env := starlark.StringDict{"os": New(h)}
	tests := []struct{ expr, want string }{
		{"str(os.environ)", `"{'A': '1', 'B': '2'}"`},
		{"[k for k in os.environ]", "['A', 'B']"},
		{"os.environ.values()", "['1', '2']"},
		{"dir(os.environ)", "['copy', 'get', 'has_key', 'items', 'keys', 'values']"},
		{"5 in os.environ", "False"},
		{"bool(os.environ)", "True"},
	}
	for _, tt := range tests {
		if got := strings.TrimSuffix(libtest.Eval(thread, env, tt.expr), "\n"); got != tt.want {
			t.Errorf("%s = %s; want %s", tt.expr, got, tt.want)
		}
	}
	if got := libtest.Eval(thread, env, "os.environ['A'] = 'x'\n"); !strings.Contains(got, "item assignment") || vars["A"] != "1" {
		t.Errorf("assignment to os.environ: %s", got)
	}
}

func TestURandom(t *testing.T) {
	thread, h := libtest.Thread(t, host.Host{Rand: strings.NewReader("0123456789" + strings.Repeat("x", 200_000))})
	env := starlark.StringDict{"os": New(h)}
	for _, tt := range []struct{ expr, want string }{
		{"os.urandom(4)", "'0123'"},
		{"os.urandom(0)", "''"},
		{"os.urandom(6)", "'456789'"},
		{"os.urandom(150000) == 'x' * 150000", "True"},
		{"os.urandom(-1)", "! ValueError: 'negative argument not allowed'"},
		{"os.urandom('a')", "! TypeError: 'urandom: for parameter n: got string, want int'"},
		{"os.urandom(100000)", "! OSError: 'no randomness: EOF'"},
	} {
		if got := strings.TrimSuffix(libtest.Eval(thread, env, tt.expr), "\n"); got != tt.want {
			t.Errorf("%s = %s; want %s", tt.expr, got, tt.want)
		}
	}
	thread, h = libtest.Thread(t, host.Host{})
	env["os"] = New(h)
	if got := libtest.Eval(thread, env, "len(os.urandom(16)), os.urandom(16) != os.urandom(16)"); got != "(16, True)\n" {
		t.Errorf("the system's randomness: %s", got)
	}
}
