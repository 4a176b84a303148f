package sysmod

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/lib/libtest"
	"starwire/runtime/py"
)

func TestRecorded(t *testing.T) {
	libtest.Run(t, "testdata/sys.session", New(host.From(new(starlark.Thread))))
}

func TestExit(t *testing.T) {
	tests := []struct {
		args starlark.Tuple
		want host.ExitError
	}{
		{nil, host.ExitError{}},
		{starlark.Tuple{starlark.None}, host.ExitError{}},
		{starlark.Tuple{starlark.MakeInt(3)}, host.ExitError{Code: 3}},
		{starlark.Tuple{starlark.MakeInt(-1)}, host.ExitError{Code: -1}},
		{starlark.Tuple{starlark.MakeInt(1).Lsh(70)}, host.ExitError{Code: -1}},
		{starlark.Tuple{starlark.True}, host.ExitError{Code: 1}},
		{starlark.Tuple{starlark.False}, host.ExitError{}},
		{starlark.Tuple{starlark.String("no such host")}, host.ExitError{Code: 1, Message: "no such host"}},
		{starlark.Tuple{starlark.Tuple{starlark.String("a")}}, host.ExitError{Code: 1, Message: "('a',)"}},
		{starlark.Tuple{starlark.Tuple{starlark.String("a"), starlark.None}}, host.ExitError{Code: 1, Message: "('a', None)"}},
		{starlark.Tuple{starlark.Float(1.5)}, host.ExitError{Code: 1, Message: "1.5"}},
	}
	for _, tt := range tests {
		_, err := starlark.Call(new(starlark.Thread), Exit, tt.args, nil)
		var got *host.ExitError
		var uncatchable py.Uncatchable
		if !errors.As(err, &got) || got.Code != tt.want.Code || got.Message != tt.want.Message || !errors.As(err, &uncatchable) {
			t.Errorf("exit%v = %v; want %+v", tt.args, err, tt.want)
		}
	}
}

func TestStreams(t *testing.T) {
	var out, stderr bytes.Buffer
	thread, h := libtest.Thread(t, host.Host{
		Args:  []string{"s.py", "-v"},
		Stdin: strings.NewReader("one\ntwo\n"), Stdout: &out, Stderr: &stderr,
	})
	env := starlark.StringDict{"sys": New(h)}
	tests := []struct{ expr, want string }{
		{"sys.argv", "['s.py', '-v']"},
		{"sys.argv.pop()", "'-v'"},
		{"sys.argv", "['s.py']"},
		{"sys.executable", "''"},
		{"sys.stdin.readline()", `'one\n'`},
		{"[l for l in sys.stdin]", `['two\n']`},
		{"sys.stdout.write('a')", ""},
		{"sys.stderr.write('b')", ""},
		{"sys.__stdout__.writelines(['c', 'd'])", ""},
	}
	for _, tt := range tests {
		if got := strings.TrimSuffix(libtest.Eval(thread, env, tt.expr), "\n"); got != tt.want {
			t.Errorf("%s = %s; want %s", tt.expr, got, tt.want)
		}
	}
	if out.String() != "acd" || stderr.String() != "b" {
		t.Errorf("stdout %q, stderr %q; want acd, b", out.String(), stderr.String())
	}
	if h.Args[1] != "-v" {
		t.Error("sys.argv is not a copy of Host.Args")
	}
	// A thread with another standard output writes to that one.
	var other bytes.Buffer
	part := *h
	part.Stdout = &other
	worker := new(starlark.Thread)
	host.Share(worker, &part)
	if got := libtest.Eval(worker, env, "sys.stdout.write('w')"); got != "" || other.String() != "w" {
		t.Errorf("write on a thread of its own output: %s%q", got, other.String())
	}
}

func TestPlatform(t *testing.T) {
	for goos, want := range map[string]string{"linux": "linux2", "windows": "win32", "darwin": "darwin"} {
		if got := platform(goos); got != want {
			t.Errorf("platform(%s) = %s; want %s", goos, got, want)
		}
	}
}
