package rfc822mod

import (
	"testing"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starwire/runtime/host"
	"starwire/runtime/lib/libtest"
)

func TestSession(t *testing.T) {
	libtest.Run(t, "testdata/rfc822.session", &starlarkstruct.Module{Name: "rfc822", Members: Members})
}

// What CPython has and Starlark has not, or shows otherwise.
func TestAddressListValue(t *testing.T) {
	l := NewAddressList(ParseAddresses("a@x, b@y"))
	for _, tt := range []struct{ source, want string }{
		{"l", "<rfc822.AddressList instance>\n"},
		{"type(l)", "'AddressList'\n"},
		{"dir(l)", "['addresslist']\n"},
		{"l.addresslist.append(1)", "! append: cannot append to frozen list\n"},
		{"l == l", "True\n"},
		{"{l: 1}", "! TypeError: 'unhashable type: AddressList'\n"},
		{"l + [1]", "! unknown binary op: AddressList + list\n"},
		{"[1] + l", "! unknown binary op: list + AddressList\n"},
		{"l * 2", "! unknown binary op: AddressList * int\n"},
	} {
		thread := new(starlark.Thread)
		if got := libtest.Eval(thread, starlark.StringDict{"l": l}, tt.source); got != tt.want {
			t.Errorf("%s = %q; want %q", tt.source, got, tt.want)
		}
	}
}

func TestFormatDateNow(t *testing.T) {
	thread, _ := libtest.Thread(t, host.Host{})
	got := libtest.Eval(thread, starlark.StringDict(Members), "formatdate()")
	if want := "'Sun, 13 Sep 2020 12:26:40 GMT'\n"; got != want {
		t.Errorf("formatdate() = %s; want %s", got, want)
	}
}
