package hashlibmod

import (
	"errors"
	"strings"
	"testing"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/lib/libtest"
)

func TestRecorded(t *testing.T) {
	libtest.Run(t, "testdata/hashlib.session", Module())
}

func TestHash(t *testing.T) {
	thread, _ := libtest.Thread(t, host.Host{})
	h := New("sha256")
	env := starlark.StringDict{"hashlib": Module(), "h": h}
	tests := []struct{ expr, want string }{
		{"h, h.name, hashlib.new('MD5').name", "(<sha256 HASH object>, 'sha256', 'md5')"},
		{"hashlib.pbkdf2_hmac('md5', 'p', 's', 0)", "! ValueError: 'iteration value must be greater than 0.'"},
		{"hashlib.pbkdf2_hmac('md5', 'p', 's', 1, 0)", "! ValueError: 'key length must be greater than 0.'"},
		{"hashlib.pbkdf2_hmac('md5', 'p', 's', 1, 1 << 70)", "! OverflowError: 'key length is too great'"},
		{"hashlib.pbkdf2_hmac('md5', 'p', 's', 1, 'x')", "! TypeError: 'an integer is required'"},
	}
	for _, tt := range tests {
		if got := strings.TrimSuffix(libtest.Eval(thread, env, tt.expr), "\n"); got != tt.want {
			t.Errorf("%s = %s; want %s", tt.expr, got, tt.want)
		}
	}
	h.Freeze()
	if got := libtest.Eval(thread, env, "h.update('x')"); got != "! TypeError: 'cannot update frozen HASH'\n" {
		t.Errorf("update of a frozen hash: %s", got)
	}
	if got := libtest.Eval(thread, env, "c = h.copy()\nc.update('x')\nc.hexdigest() == hashlib.sha256('x').hexdigest()\n"); got != "" {
		t.Errorf("update of a frozen hash's copy: %s", got)
	}
	for _, name := range h.AttrNames() {
		if v, err := h.Attr(name); v == nil || err != nil {
			t.Errorf("AttrNames lists %q, but Attr = %v, %v", name, v, err)
		}
	}
}

func TestEndsWithTheRun(t *testing.T) {
	thread, why := libtest.EndedRun()
	args := starlark.Tuple{starlark.String("sha1"), starlark.String("p"), starlark.String("s"), starlark.MakeInt64(1 << 60)}
	if _, err := starlark.Call(thread, Module().Members["pbkdf2_hmac"], args, nil); !errors.Is(err, why) {
		t.Errorf("pbkdf2_hmac in a cancelled run: %v; want its cause", err)
	}
}
