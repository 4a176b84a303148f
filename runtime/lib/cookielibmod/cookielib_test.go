package cookielibmod_test

import (
	"fmt"
	"strings"
	"testing"

	"go.starlark.net/starlark"

	"starwire/httplibmod"
	"starwire/runtime/host"
	"starwire/runtime/lib/cookielibmod"
	"starwire/runtime/lib/libtest"
	"starwire/runtime/lib/stringiomod"
	"starwire/runtime/lib/urllib2mod"
)

func TestRecorded(t *testing.T) {
	libtest.Run(t, "testdata/cookielib.session", cookielibmod.Module(), urllib2mod.Module(), httplibmod.Module(), stringiomod.Module())
}

// TestFull sees that servers cannot fill a jar without bound.
func TestFull(t *testing.T) {
	thread, _ := libtest.Thread(t, host.Host{})
	var many strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&many, "Set-Cookie: c%d=1\r\n", i)
	}
	for _, tt := range []struct {
		name, head string
		want       int
	}{
		{"many", many.String(), 3000},
		{"large", "Set-Cookie: a=1\r\nSet-Cookie: b=" + strings.Repeat("y", 2<<20) + "\r\nSet-Cookie: c=1\r\n", 2},
	} {
		headers, err := starlark.Call(thread, stringiomod.Module().Members["StringIO"], starlark.Tuple{starlark.String("")}, nil)
		if err != nil {
			t.Fatal(err)
		}
		lines := starlark.NewList(nil)
		for _, line := range strings.Split(strings.TrimSuffix(tt.head, "\r\n"), "\r\n") {
			lines.Append(starlark.String(strings.TrimPrefix(line, "Set-Cookie: ")))
		}
		reply := &reply{Value: headers, lines: lines}
		jar := new(cookielibmod.CookieJar)
		request, err := starlark.Call(thread, urllib2mod.Module().Members["Request"], starlark.Tuple{starlark.String("http://h.org/")}, nil)
		if err != nil {
			t.Fatal(err)
		}
		extract, _ := jar.Attr("extract_cookies")
		if _, err := starlark.Call(thread, extract, starlark.Tuple{reply, request}, nil); err != nil {
			t.Fatal(err)
		}
		if jar.Len() != tt.want {
			t.Errorf("%s: %d cookies; want %d", tt.name, jar.Len(), tt.want)
		}
	}
}

// A reply is a response and its header at once.
type reply struct {
	starlark.Value
	lines *starlark.List
}

func (r *reply) AttrNames() []string { return []string{"getheaders", "info"} }

func (r *reply) Attr(name string) (starlark.Value, error) {
	return starlark.NewBuiltin(name, func(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
		if name == "info" {
			return r, nil
		}
		return r.lines, nil
	}), nil
}
