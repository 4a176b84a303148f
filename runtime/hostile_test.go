package runtime

import (
	"context"
	"errors"
	"fmt"
	goruntime "runtime"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"starwire/runtime/racetest"
)

// TestHostileSource compiles texts at which a compiler could work for long: the
// time must grow with their size, not with its square, which would be minutes.
func TestHostileSource(t *testing.T) {
	racetest.OneGoroutine(t)
	var names strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&names, "v%d = w%d\n", i, i)
	}
	for name, src := range map[string]string{
		"unknown names":  names.String(),
		"one name":       strings.Repeat("f(1)\n", 50_000),
		"indexes":        strings.Repeat("a[0][0][0][0][0][0][0][0]\n", 10_000),
		"index chain":    "x = a" + strings.Repeat("[0]", 80_000),
		"joined strings": "x = (" + strings.Repeat("'abc' ", 40_000) + ")",
		"brackets":       strings.Repeat("[", 250_000),
		"sum":            "x = 1" + strings.Repeat("+1", 120_000),
	} {
		for _, file := range []string{"x.star", "x.py"} {
			rt, _ := newRuntime(t, Config{})
			began := time.Now()
			_, err := rt.compile(context.Background(), file, []byte(src))
			if took := time.Since(began); took > 6*soon { // a fraction of a second, but for the race detector on a busy machine
				t.Errorf("%s in %s took %v: %.100v", name, file, took, err)
			}
		}
	}
}

// TestTimeWhileCompiling has the limit of time end runs that compile for longer.
func TestTimeWhileCompiling(t *testing.T) {
	const wall = 5 * time.Millisecond
	long := "x = [" + strings.Repeat("a*b,", 20<<10) + "]\n"
	files := fstest.MapFS{"long.star": {Data: []byte(long)}}
	for name, run := range map[string]func(ctx context.Context, rt *Runtime) error{
		"Run": func(ctx context.Context, rt *Runtime) error {
			_, err := rt.Run(ctx, "x.star", []byte(long))
			return err
		},
		"Run in Python": func(ctx context.Context, rt *Runtime) error {
			_, err := rt.Run(ctx, "x.py", []byte(long))
			return err
		},
		"load": func(ctx context.Context, rt *Runtime) error {
			_, err := rt.Run(ctx, "x.star", []byte("load('long.star', 'x')\n"))
			return err
		},
		"Eval": func(ctx context.Context, rt *Runtime) error {
			s := rt.NewSession()
			defer s.Close()
			_, err := s.Eval(ctx, "x", long)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			inTime(t, func() time.Duration {
				rt, out := newRuntime(t, Config{FS: files, Limits: Limits{Wall: wall}})
				before := goruntime.NumGoroutine()
				began := time.Now()
				err := run(context.Background(), rt)
				took := time.Since(began) - wall
				var limit *LimitError
				if !errors.As(err, &limit) || limit.Limit != "time" || ExitCode(err) != 3 || out.Len() > 0 {
					t.Fatalf("error %v, exit status %d, printed %q; want the limit of time, 3", err, ExitCode(err), out)
				}
				// The compiler goes on, and ends by itself.
				for tick := time.NewTicker(time.Millisecond); goruntime.NumGoroutine() > before; <-tick.C {
					if time.Since(began) > 6*soon {
						t.Fatal("the compiler goes on for ever")
					}
				}
				return took
			})
		})
	}
}

// TestLongSource: a text is a program, or is none, however long it takes to compile,
// and one that is too large is refused at once.
func TestLongSource(t *testing.T) {
	long := strings.Repeat("# nothing\n", longSource/10+1)
	for _, name := range []string{"x.star", "x.py"} {
		rt, out := newRuntime(t, Config{})
		var syn *SyntaxError
		if _, err := rt.Run(context.Background(), name, []byte(long+"print('ran')\n")); err != nil || out.String() != "ran\n" {
			t.Errorf("%s: a long text printed %q, %v; want ran", name, out, err)
		}
		if _, err := rt.Run(context.Background(), name, []byte(long+"x = = 1\n")); !errors.As(err, &syn) || ExitCode(err) != 1 {
			t.Errorf("%s: a long text that is no program: %v; want a *SyntaxError", name, err)
		}
		huge := make([]byte, 100<<20)
		if _, err := rt.Run(context.Background(), name, huge); !errors.As(err, &syn) || !strings.Contains(err.Error(), "larger than 1 MiB") {
			t.Errorf("%s: a text of 100 MiB: %v; want a *SyntaxError", name, err)
		}
		s := rt.NewSession()
		s.Python = true
		if _, err := s.Eval(context.Background(), "x", "from __future__ import print_function\n"+long); err != nil {
			t.Error(err)
		}
		out.Reset()
		if _, err := s.Eval(context.Background(), "x", "print('a', 'b')\n"); err != nil || out.String() != "a b\n" {
			t.Errorf("after a long item with a future statement: printed %q, %v; want a b", out, err)
		}
		s.Close()
	}
}
