package runtime

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"go.starlark.net/starlark"
)

// newRuntime returns a Runtime that appends what scripts print to the builder.
func newRuntime(t testing.TB, c Config) (*Runtime, *strings.Builder) {
	t.Helper()
	out := new(strings.Builder)
	if c.Stdout == nil {
		c.Stdout = out
	}
	rt, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return rt, out
}

func TestRun(t *testing.T) {
	rt, out := newRuntime(t, Config{})
	globals, err := rt.Run(context.Background(), "a.star", []byte("x = [1]\ndef f(y):\n  return x + [y]\nprint(f(2))\n"))
	if err != nil {
		t.Fatal(err)
	}
	if out.String() != "[1, 2]\n" {
		t.Errorf("printed %q", out)
	}
	if err := globals["x"].(*starlark.List).Append(starlark.None); err == nil {
		t.Error("a global variable is not frozen")
	}
	v, err := rt.Call(context.Background(), globals["f"].(starlark.Callable), starlark.Tuple{starlark.MakeInt(7)}, nil)
	if err != nil || v.String() != "[1, 7]" {
		t.Errorf("f(7) = %v, %v; want [1, 7]", v, err)
	}
}

// TestCancel stops a script that never blocks.
func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	rt, _ := newRuntime(t, Config{Print: func(string) { cancel() }})
	_, err := rt.Run(ctx, "loop.star", []byte("print('begun')\nwhile True:\n  attempt(int, 'x')\n"))
	if !errors.Is(err, context.Canceled) || ExitCode(err) != 130 {
		t.Errorf("error %v, exit status %d; want canceled, 130", err, ExitCode(err))
	}
	if got := FormatError(err); !strings.HasPrefix(got, "Traceback (most recent call last):\n  loop.star:") || !strings.HasSuffix(got, "\ncontext canceled\n") {
		t.Errorf("FormatError:\n%s\nwant where the script stood, and why it ended", got)
	}
}

// TestLimits has a script try to catch its limits.
func TestLimits(t *testing.T) {
	src := "def f():\n  while True:\n    attempt(lambda: 1//0)\nattempt(f)\nprint('not reached')\n"
	for want, l := range map[string]Limits{
		"limit exceeded: steps (100000); --max-steps sets it": {Steps: 100_000},
		"limit exceeded: time (10ms); --timeout sets it":      {Wall: 10 * time.Millisecond},
	} {
		rt, out := newRuntime(t, Config{Limits: l})
		_, err := rt.Run(context.Background(), "loop.star", []byte(src))
		var limit *LimitError
		if !errors.As(err, &limit) || ExitCode(err) != 3 || err.Error() != want || out.Len() > 0 {
			t.Errorf("%+v: error %v, exit status %d; want %s", l, err, ExitCode(err), want)
		}
	}
}
