package rfc822mod

import (
	"context"
	"errors"
	"strings"
	"testing"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starwire/runtime/host"
	"starwire/runtime/lib/libtest"
)

func TestSession(t *testing.T) {
	libtest.Run(t, "testdata/rfc822.session", &starlarkstruct.Module{Name: "rfc822", Members: Members()})
}

// stringIO is as much of Python's module as texts are copied through.
var stringIO = &starlarkstruct.Module{Name: "StringIO", Members: starlark.StringDict{
	"StringIO": starlark.NewBuiltin("StringIO", func(_ *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
		var text string
		if len(args) > 0 {
			text = string(args[0].(starlark.String))
		}
		take := func(n int) starlark.Value {
			s := text[:n]
			text = text[n:]
			return starlark.String(s)
		}
		members := make(starlark.StringDict)
		for name, f := range map[string]func(args starlark.Tuple) starlark.Value{
			"getvalue": func(starlark.Tuple) starlark.Value { return starlark.String(text) },
			"read": func(args starlark.Tuple) starlark.Value {
				n := len(text)
				if len(args) > 0 {
					limit, _ := starlark.AsInt32(args[0])
					n = min(n, limit)
				}
				return take(n)
			},
			"readline": func(starlark.Tuple) starlark.Value {
				if n := strings.IndexByte(text, '\n') + 1; n > 0 {
					return take(n)
				}
				return take(len(text))
			},
			"write": func(args starlark.Tuple) starlark.Value {
				text += string(args[0].(starlark.String))
				return starlark.None
			},
		} {
			members[name] = starlark.NewBuiltin(name, func(_ *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
				return f(args), nil
			})
		}
		return starlarkstruct.FromStringDict(starlark.String("file"), members), nil
	}),
}}

func TestMimetoolsSession(t *testing.T) {
	libtest.Run(t, "testdata/mimetools.session", &starlarkstruct.Module{Name: "mimetools", Members: MIMEMembers()}, stringIO)
}

// Boundaries differ, hold nothing of the machine, and need the clock alone.
func TestChooseBoundary(t *testing.T) {
	thread, _ := libtest.Thread(t, host.Host{})
	got := libtest.Eval(thread, MIMEMembers(), "[choose_boundary() for _ in range(2)]")
	if want := "['127.0.0.1.1.1.1600000000.250.1', '127.0.0.1.1.1.1600000000.250.2']\n"; got != want {
		t.Errorf("choose_boundary() twice = %s; want %s", got, want)
	}
}

// Files that break their promises.
func TestMimetoolsFaults(t *testing.T) {
	returning := func(v starlark.Value) starlark.Value {
		f := starlark.NewBuiltin("f", func(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
			return v, nil
		})
		return starlarkstruct.FromStringDict(starlark.String("file"), starlark.StringDict{"read": f, "readline": f, "write": f})
	}
	env := starlark.StringDict{"none": returning(starlark.None), "long": returning(starlark.String(strings.Repeat("x", 46)))}
	for name, v := range MIMEMembers() {
		env[name] = v
	}
	for _, tt := range []struct{ source, want string }{
		{`encode(none, none, "base64")`, "! TypeError: 'read() should have returned a string, not NoneType'\n"},
		{`copyliteral(none, none)`, "! TypeError: 'readline() should have returned a string, not NoneType'\n"},
		{`encode(long, long, "uuencode")`, "! binascii.Error: 'At most 45 bytes at once'\n"},
		{`decode(none)`, "! TypeError: 'decode: missing argument for output'\n"},
	} {
		if got := libtest.Eval(new(starlark.Thread), env, tt.source); got != tt.want {
			t.Errorf("%s = %s; want %s", tt.source, got, tt.want)
		}
	}
}

// The end of the run ends a copy that has no end of its own.
func TestCopyEndsWithTheRun(t *testing.T) {
	ctx, cancel := context.WithCancelCause(context.Background())
	thread := new(starlark.Thread)
	host.Attach(thread, ctx, host.Host{})
	reads := 0
	file := starlarkstruct.FromStringDict(starlark.String("file"), starlark.StringDict{
		"read": starlark.NewBuiltin("read", func(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
			if reads++; reads == 3 {
				cancel(errors.New("enough"))
			}
			return starlark.String("x"), nil
		}),
		"write": starlark.NewBuiltin("write", func(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
			return starlark.None, nil
		}),
	})
	_, err := starlark.Call(thread, MIMEMembers()["copybinary"], starlark.Tuple{file, file}, nil)
	if err == nil || err.Error() != "enough" || reads != 3 {
		t.Errorf("copybinary from an endless file: %v after %d reads; want the cause of the run's end", err, reads)
	}
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
	got := libtest.Eval(thread, starlark.StringDict(Members()), "formatdate()")
	if want := "'Sun, 13 Sep 2020 12:26:40 GMT'\n"; got != want {
		t.Errorf("formatdate() = %s; want %s", got, want)
	}
}
