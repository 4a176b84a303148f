package cookiemod

import (
	"strings"
	"testing"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/lib/base64mod"
	"starwire/runtime/lib/libtest"
	"starwire/runtime/py"
)

func TestRecorded(t *testing.T) {
	libtest.Run(t, "testdata/cookie.session", base64mod.Module(), Module(), repr)
}

// repr is what .py files have in place of Starlark's.
var repr = starlark.NewBuiltin("repr", func(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var v starlark.Value
	err := py.UnpackArgs(b.Name(), args, kwargs, "object", &v)
	return starlark.String(py.Repr(v)), err
})

// TestLongFields: the time grows with the text, not with its square, which would be minutes.
func TestLongFields(t *testing.T) {
	thread := new(starlark.Thread)
	for _, text := range []string{`a="`, `a=b; `, `a=`, `\"`, "\\", `a="\`, "a ", "abc, ", `"`, "a=Mon, 1 "} {
		for _, begin := range []string{"", `a="`, "a="} {
			if _, err := newCookie(thread, simpleCookie, starlark.Tuple{starlark.String(begin + strings.Repeat(text, 1<<10))}, nil); err != nil {
				t.Errorf("SimpleCookie(%q%q…) = %v", begin, text, err)
			}
		}
	}
}

// TestInside: cookies and morsels that hold each other have a text, and can be frozen.
func TestInside(t *testing.T) {
	thread, _ := libtest.Thread(t, host.Host{})
	globals := starlark.StringDict{"Cookie": Module(), "repr": repr}
	got := libtest.Eval(thread, globals, `
m = Cookie.Morsel()
m.value, m.coded_value = m, m
m["path"] = m
c = Cookie.SimpleCookie()
c.update(a = c)
`)
	if got != "" {
		t.Fatal(got)
	}
	for _, source := range []string{"str(m)", "repr(m)", "str(c)", "repr(c)", "m.OutputString()"} {
		if got := libtest.Eval(thread, globals, source); !strings.Contains(got, "...") {
			t.Errorf("%s = %.200s; want an end in ...", source, got)
		}
	}
	globals["m"].Freeze()
	globals["c"].Freeze()
	for _, source := range []string{`m["path"] = ""`, `m.value = 1`, `m.set("a", "b", "c")`, `c["a"] = 1`, `getattr(c, "load")("a=b")`} {
		if got := libtest.Eval(thread, globals, source); !strings.Contains(got, "frozen") {
			t.Errorf("%s = %s; want a refusal", source, got)
		}
	}
}
