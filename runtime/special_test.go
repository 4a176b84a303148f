package runtime

import (
	"context"
	"errors"
	"strings"
	"testing"

	"go.starlark.net/starlark"
)

func TestSys(t *testing.T) {
	var stderr strings.Builder
	rt, out := newRuntime(t, Config{
		Args: []string{"check.star", "-v"}, Stdin: strings.NewReader("in"), Stderr: &stderr,
		FS: tree(map[string]string{"lib.star": "argv = sys.argv\n"}),
	})
	globals, err := rt.Run(context.Background(), "check.star", []byte(`
load("lib.star", "argv")
print(sys.argv, argv == sys.argv, sys.stdin.read())
sys.stdout.write("out")
sys.stderr.write("err")
def f():
    sys.stdout.write("again")
`))
	if err != nil {
		t.Fatal(FormatError(err))
	}
	if _, err := rt.Call(context.Background(), globals["f"].(starlark.Callable), nil, nil); err != nil {
		t.Fatal(FormatError(err))
	}
	if got, want := out.String(), `["check.star", "-v"] True in`+"\noutagain"; got != want {
		t.Errorf("printed %q; want %q", got, want)
	}
	if stderr.String() != "err" {
		t.Errorf("standard error: %q", &stderr)
	}
	if _, err := rt.Run(context.Background(), "x.py", []byte("from sys import *\nprint argv, exit")); err != nil {
		t.Error(FormatError(err))
	}
}

// TestSpecialShadowed has an embedder give a special module's name a value.
func TestSpecialShadowed(t *testing.T) {
	rt, out := newRuntime(t, Config{Predeclared: starlark.StringDict{"sys": starlark.String("mine")}})
	if _, err := rt.Run(context.Background(), "x.star", []byte("print(sys)")); err != nil || out.String() != "mine\n" {
		t.Errorf("printed %q, error %v; want the embedder's", out, err)
	}
}

func TestExit(t *testing.T) {
	tests := []struct {
		src  string
		code int
		text string
	}{
		{"sys.exit()", 0, ""},
		{"sys.exit(0)", 0, ""},
		{"sys.exit(7)", 7, ""},
		{`sys.exit("no luck")`, 1, "no luck\n"},
		{"attempt(sys.exit, 5)\nprint('not reached')", 5, ""},
		{"catch(BaseException, sys.exit, 5)\nprint('not reached')", 5, ""},
		{"def f():\n  for x in using(struct(close=lambda: 1)): sys.exit(6)\nf()", 6, ""},
		{"print(1)", 0, ""},
		{"fail('x')", 1, "Traceback (most recent call last):\n  x.star:1:5: in <toplevel>\n    fail('x')\n        ^\nError: x\n"},
		{"x = (", 1, "x.star:1:6: SyntaxError: got end of file, want primary expression\n    x = (\n         ^\n"},
	}
	for _, tt := range tests {
		rt, _ := newRuntime(t, Config{})
		_, err := rt.Run(context.Background(), "x.star", []byte(tt.src))
		if got := ExitCode(err); got != tt.code {
			t.Errorf("%s: exit status %d; want %d", tt.src, got, tt.code)
		}
		if got := FormatError(err); got != tt.text {
			t.Errorf("%s: text\n%s\nwant\n%s", tt.src, got, tt.text)
		}
	}
	if got := ExitCode(errors.New("other")); got != 1 {
		t.Errorf("ExitCode of another error = %d; want 1", got)
	}
	if got := FormatError(errors.New("x\x1b")); got != `x\x1b`+"\n" {
		t.Errorf("FormatError of another error = %q", got)
	}
}
