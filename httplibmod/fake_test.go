package httplibmod

import (
	"fmt"
	"strings"
	"testing"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"
	"go.starlark.net/syntax"

	"starwire/runtime/py"
)

// A fakeSocket is a script's own socket object, as CPython's test_httplib has:
// it records each write and answers with canned text.
type fakeSocket struct {
	text   string
	sent   []string
	asked  []int // what read was asked for
	closed bool
	fail   string // a write that holds this text raises socket.error(32)
}

func (s *fakeSocket) value() starlark.Value {
	method := func(name string, f func(args starlark.Tuple) (starlark.Value, error)) *starlark.Builtin {
		return starlark.NewBuiltin(name, func(_ *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
			return f(args)
		})
	}
	return starlarkstruct.FromStringDict(starlark.String("FakeSocket"), starlark.StringDict{
		"sendall": method("sendall", func(args starlark.Tuple) (starlark.Value, error) {
			data, _ := py.AsBytes(args[0])
			if s.fail != "" && strings.Contains(data, s.fail) {
				return nil, py.IOError.New(nil, starlark.MakeInt(32), starlark.String("Broken pipe"))
			}
			s.sent = append(s.sent, data)
			return starlark.None, nil
		}),
		"makefile": method("makefile", func(starlark.Tuple) (starlark.Value, error) {
			rest := s.text
			return starlarkstruct.FromStringDict(starlark.String("file"), starlark.StringDict{
				"read": method("read", func(args starlark.Tuple) (starlark.Value, error) {
					n, _ := starlark.AsInt32(args[0])
					s.asked = append(s.asked, n)
					data := rest[:min(n, len(rest))]
					rest = rest[len(data):]
					return starlark.String(data), nil
				}),
				"readline": method("readline", func(args starlark.Tuple) (starlark.Value, error) {
					n, _ := starlark.AsInt32(args[0])
					end := strings.IndexByte(rest, '\n') + 1
					if end == 0 {
						end = len(rest)
					}
					end = min(end, n)
					line := rest[:end]
					rest = rest[end:]
					return starlark.String(line), nil
				}),
				"close": method("close", func(starlark.Tuple) (starlark.Value, error) { return starlark.None, nil }),
			}), nil
		}),
		"close": method("close", func(starlark.Tuple) (starlark.Value, error) { s.closed = true; return starlark.None, nil }),
	})
}

var options = &syntax.FileOptions{Set: true, While: true, TopLevelControl: true, GlobalReassign: true}

// run runs a script with httplib, and a sock if there is one, and returns what it printed.
func run(t *testing.T, src string, predeclared starlark.StringDict) (string, error) {
	t.Helper()
	var out strings.Builder
	thread := &starlark.Thread{Print: func(_ *starlark.Thread, msg string) { out.WriteString(msg + "\n") }}
	env := starlark.StringDict{
		"httplib": Module(),
		"show": starlark.NewBuiltin("show", func(_ *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
			for i, a := range args {
				if i > 0 {
					out.WriteByte(' ')
				}
				out.WriteString(py.Repr(a))
			}
			out.WriteByte('\n')
			return starlark.None, nil
		}),
		"attempt": starlark.NewBuiltin("attempt", func(thread *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			if _, err := starlark.Call(thread, args[0], args[1:], kwargs); err != nil {
				return starlark.String(fmt.Sprint(err)), nil
			}
			return starlark.String(""), nil
		}),
	}
	for k, v := range predeclared {
		env[k] = v
	}
	_, err := starlark.ExecFileOptions(options, thread, "test.star", src, env)
	return out.String(), err
}

// mustRun is run for scripts that must not fail.
func mustRun(t *testing.T, src string, predeclared starlark.StringDict) string {
	t.Helper()
	out, err := run(t, src, predeclared)
	if err != nil {
		t.Fatalf("%v\nscript:\n%s\noutput:\n%s", err, src, out)
	}
	return out
}
