package hmacmod

import (
	"strings"
	"testing"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starwire/runtime/host"
	"starwire/runtime/lib/hashlibmod"
	"starwire/runtime/lib/libtest"
)

func TestRecorded(t *testing.T) {
	libtest.Run(t, "testdata/hmac.session", Module(), hashlibmod.Module())
}

func TestHMAC(t *testing.T) {
	thread, _ := libtest.Thread(t, host.Host{})
	sha := &starlarkstruct.Module{Name: "sha", Members: starlark.StringDict{"new": hashlibmod.Module().Members["sha1"]}}
	env := starlark.StringDict{"hashlib": hashlibmod.Module(), "hmac": Module(), "sha": sha}
	tests := []struct{ expr, want string }{
		{"m = hmac.new('k', 'm', 'sha256')\n", ""},
		{"m.hexdigest() == hmac.new('k', 'm', hashlib.sha256).hexdigest()", "True"},
		{"m.name, m.block_size, m.digest_size", "('hmac-sha256', 64, 32)"},
		{"hmac.new('k', 'm', sha).hexdigest() == hmac.new('k', 'm', hashlib.sha1).hexdigest()", "True"},
		{"hmac.new('k', 'm', 'nope')", "! ValueError: 'unsupported hash type nope'"},
		{"hmac.new('k', 'm', lambda: 5)", "! TypeError: 'digestmod must make a hash of hashlib, not int'"},
		{"hmac.new('k', 'm', hmac)", "! TypeError: 'new: missing argument for key'"},
		{"hmac.compare_digest('a', 5)", "! TypeError: \"unsupported operand types(s) or combination of types: 'str' and 'int'\""},
	}
	for _, tt := range tests {
		if got := strings.TrimSuffix(libtest.Eval(thread, env, tt.expr), "\n"); got != tt.want {
			t.Errorf("%s = %s; want %s", tt.expr, got, tt.want)
		}
	}
	m := env["m"].(*HMAC)
	m.Freeze()
	if got := libtest.Eval(thread, env, "m.update('x')"); got != "! TypeError: 'cannot update frozen HMAC'\n" {
		t.Errorf("update of a frozen HMAC: %s", got)
	}
	for _, name := range m.AttrNames() {
		if v, err := m.Attr(name); v == nil || err != nil {
			t.Errorf("AttrNames lists %q, but Attr = %v, %v", name, v, err)
		}
	}
}
