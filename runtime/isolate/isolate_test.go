package isolate

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	goruntime "runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.starlark.net/starlark"

	"starwire/runtime"
	"starwire/runtime/host"
	"starwire/runtime/racetest"
)

// TestMain is the program that starts itself again: it runs its first argument.
func TestMain(m *testing.M) {
	p, err := Enter()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if p == nil {
		os.Exit(m.Run())
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	rt, err := runtime.New(runtime.Config{
		Permissions: runtime.Everything(), Limits: runtime.NoLimits(),
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: p.Stderr, Args: os.Args[1:],
		Predeclared: starlark.StringDict{"spin": starlark.NewBuiltin("spin", spin)},
	})
	if err == nil {
		_, err = rt.Run(ctx, "isolated.star", []byte(os.Args[1]))
		io.WriteString(p.Stderr, runtime.FormatError(err))
	}
	p.Exit(runtime.ExitCode(err))
}

// spin is a built-in that no limit and no cancellation inside a process stops.
func spin(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
	for {
		goruntime.Gosched()
	}
}

// isolated runs a script in a process of its own.
func isolated(t *testing.T, ctx context.Context, src, stdin string, o Options) (code int, stdout, stderr string, err error) {
	t.Helper()
	if goruntime.GOOS == "windows" {
		t.Skip("descriptors are not inherited")
	}
	dir := t.TempDir()
	files := make([]*os.File, 3)
	for i := range files {
		f, err := os.Create(fmt.Sprintf("%s/%d", dir, i))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		files[i] = f
	}
	files[0].WriteString(stdin)
	files[0].Seek(0, io.SeekStart)
	o.Args = []string{src, "argument"}
	o.Stdin, o.Stdout, o.Stderr = files[0], files[1], files[2]
	code, err = Run(ctx, o)
	text := func(f *os.File) string {
		b, err := os.ReadFile(f.Name())
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	return code, text(files[1]), text(files[2]), err
}

func TestRun(t *testing.T) {
	for _, tt := range []struct {
		src            string
		code           int
		stdout, stderr string
	}{
		{"print('hello')", 0, "hello\n", ""},
		{"print(sys.stdin.read(), sys.argv[1])", 0, "typed argument\n", ""},
		{"sys.stderr.write('oops')", 0, "", "oops"},
		{"sys.exit(7)", 7, "", ""},
		{"fail(ValueError('x'))", 1, "", "ValueError: x"},
		{"print(os.environ.get('" + variable + "'))", 0, "None\n", ""},
	} {
		code, stdout, stderr, err := isolated(t, context.Background(), tt.src, "typed", Options{Memory: 256 << 20})
		if err != nil || code != tt.code || stdout != tt.stdout || !strings.Contains(stderr, tt.stderr) {
			t.Errorf("%s: status %d, %v, stdout %q, stderr %q; want %d, %q, %q", tt.src, code, err, stdout, stderr, tt.code, tt.stdout, tt.stderr)
		}
	}
}

// TestLimits has scripts do what only the end of a process stops.
func TestLimits(t *testing.T) {
	for _, tt := range []struct {
		name, src, limit string
		o                Options
	}{
		{"memory", "x = 'x'\nwhile True: x = x + x\n", "memory", Options{Memory: 64 << 20}},
		{"many small", "x = []\nwhile True: x.append([])\n", "memory", Options{Memory: 64 << 20}},
		{"deep key", "x = ()\nfor i in range(20000000): x = (x,)\nd = {x: 1}\n", "memory", Options{Memory: 256 << 20}},
		{"a loop without end", "while True: pass\n", "time", Options{Wall: 200 * time.Millisecond}},
		{"a built-in without end", "spin()\n", "time", Options{Wall: 200 * time.Millisecond}},
		{"a comparison without end", "a = ['x' * 1000000 + 'a'] * 10000000\n'x' * 1000000 + 'b' in a", "time", Options{Wall: 500 * time.Millisecond}},
	} {
		// Elsewhere the address space has no limit, and under the race detector none
		// would do. Where values are half as large there must be too many.
		if tt.limit == "memory" && (goruntime.GOOS != "linux" || racetest.Enabled || strconv.IntSize < 64) {
			continue
		}
		began := time.Now()
		code, _, stderr, err := isolated(t, context.Background(), tt.src, "", tt.o)
		var limit *host.LimitError
		if !errors.As(err, &limit) || limit.Limit != tt.limit || code != 3 || stderr != "" {
			t.Errorf("%s: status %d, %v, stderr %q; want the limit of %s", tt.name, code, err, stderr, tt.limit)
		}
		t.Logf("%s: %v", tt.name, time.Since(began))
	}
}

func TestCancel(t *testing.T) {
	for _, src := range []string{"time.sleep(3600)", "while True: pass", "spin()"} {
		ctx, cancel := context.WithTimeoutCause(context.Background(), 100*time.Millisecond, errors.New("the reason"))
		code, _, _, err := isolated(t, ctx, src, "", Options{})
		cancel()
		if code != 130 {
			t.Errorf("%s: status %d, %v; want 130", src, code, err)
		}
	}
}
