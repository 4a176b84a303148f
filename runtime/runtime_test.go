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

func TestCancel(t *testing.T) {
	rt, _ := newRuntime(t, Config{})
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(10*time.Millisecond, cancel)
	_, err := rt.Run(ctx, "loop.star", []byte("while True:\n  pass\n"))
	if !errors.Is(err, context.Canceled) || ExitCode(err) != 130 {
		t.Errorf("error %v, exit %d; want canceled, 130", err, ExitCode(err))
	}
	t.Log(FormatError(err))
	if _, err := rt.Run(ctx, "x.star", []byte("print(1)")); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestLimits(t *testing.T) {
	for _, l := range []Limits{{Steps: 100000}, {Wall: 10 * time.Millisecond}} {
		rt, _ := newRuntime(t, Config{Limits: l})
		_, err := rt.Run(context.Background(), "loop.star", []byte("def f():\n  while True:\n    attempt(lambda: 1//0)\nattempt(f)\n"))
		var limit *LimitError
		if !errors.As(err, &limit) || ExitCode(err) != 3 {
			t.Errorf("error %v; want a LimitError", err)
		}
		t.Log(FormatError(err))
	}
}

func TestSession(t *testing.T) {
	rt, out := newRuntime(t, Config{})
	s := rt.NewSession()
	defer s.Close()
	lines := strings.Split(`def f(n):
    return g(n)

def g(n):
    return n and f(n-1) + 1

f(3)
def g(n): return 100 + n

f(3)
x = [1]
y = x
x += [2]
y
for i in range(3): i

import math
print math.floor(2.5), "a"
nosuch
1/0
f(
1
)`, "\n")
	i := 0
	read := func(string) (string, error) {
		i++
		return lines[i-1], nil
	}
	for i < len(lines) {
		v, err := s.Next(context.Background(), read)
		t.Log(v, FormatError(err))
	}
	t.Log(out)
}
