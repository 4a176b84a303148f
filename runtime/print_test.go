package runtime

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"go.starlark.net/starlark"

	"starwire/runtime/py"
)

func TestPrintHook(t *testing.T) {
	var lines []string
	rt, _ := newRuntime(t, Config{Print: func(line string) { lines = append(lines, line) }})
	src := `
print("a\nb")
print("c", end="")
sys.stdout.write("d\n\ne")
print()
print("last", end="")
`
	if _, err := rt.Run(context.Background(), "x.star", []byte(src)); err != nil {
		t.Fatal(FormatError(err))
	}
	if got, want := fmt.Sprintf("%q", lines), `["a" "b" "cd" "" "e" "last"]`; got != want {
		t.Errorf("Print got %s; want %s", got, want)
	}
}

// TestPrintStatement has Python's softspace: what stands between the items of
// print statements that end in a comma.
func TestPrintStatement(t *testing.T) {
	tests := []struct{ src, want string }{
		{"print", "\n"},
		{"print 'a'", "a\n"},
		{"print 'a', 1, [2, 'b']", "a 1 [2, 'b']\n"},
		{"print 'a',\nprint 'b'", "a b\n"},
		{"print 'a\\n',\nprint 'b'", "a\nb\n"},
		{"print 'a\\t',\nprint 'b'", "a\tb\n"},
		{"print 'a ',\nprint 'b'", "a  b\n"},
		{"print '',\nprint 'b'", " b\n"},
		{"print 'a',\nprint\nprint 'b'", "a\nb\n"},
		{"import sys\nprint 'a',\nsys.stdout.write('b')\nprint 'c'", "abc\n"},
		{"print (1, 2)", "(1, 2)\n"},
		{"print 1.0, 0.1, True, None", "1.0 0.1 True None\n"},
		{"print ValueError('x'), [ValueError('x')]", "x [ValueError('x',)]\n"},
		{"w = []\nf = struct(write=w.append)\nprint >>f, 'a',\nprint >>f, 'b'\nprint 'c'\nprint w", "c\n['a', ' b\\n']\n"},
		{"print >>None, 'a'", "a\n"},
		{"print 'a',", "a\n"},
		{"print 'a\\t',", "a\t"},
		{"import sys\nprint 'a',\nsys.stdout.write('b')", "ab"},
	}
	for _, tt := range tests {
		rt, out := newRuntime(t, Config{})
		if _, err := rt.Run(context.Background(), "x.py", []byte(tt.src)); err != nil {
			t.Errorf("%s: %s", tt.src, FormatError(err))
		} else if out.String() != tt.want {
			t.Errorf("%s: printed %q; want %q", tt.src, out, tt.want)
		}
	}
	for _, end := range []string{"1 / 0", "import sys\nsys.exit(3)"} { // CPython ends the line however a program ends
		rt, out := newRuntime(t, Config{})
		if _, err := rt.Run(context.Background(), "x.py", []byte("print 'a',\n"+end)); err == nil || out.String() != "a\n" {
			t.Errorf("%s: printed %q, %v; want %q and an error", end, out, err, "a\n")
		}
	}
	err := failing(t, Config{}, "x.py", "print >>5, 'a'")
	if want := "AttributeError: 'int' object has no attribute 'write'"; err.Error() != want {
		t.Errorf("print to a number: %v; want %s", err, want)
	}
}

func TestPrintLimit(t *testing.T) {
	for _, src := range []string{
		"print('x' * 60)\nprint('y' * 60)",
		"def f():\n  while True: print('x')\nattempt(f)",
		"sys.stdout.write('x' * 101)",
		"sys.stderr.write('x' * 101)",
		"attempt(print, 'x' * 101)",
	} {
		var stderr strings.Builder
		rt, out := newRuntime(t, Config{Limits: Limits{PrintBytes: 100}, Stderr: &stderr})
		_, err := rt.Run(context.Background(), "x.star", []byte(src))
		var limit *LimitError
		if !errors.As(err, &limit) || limit.Flag != "--max-print" || ExitCode(err) != 3 || out.Len()+stderr.Len() > 100 {
			t.Errorf("%s: %d bytes printed, error %v; want a LimitError", src, out.Len(), err)
		}
	}
}

type failingWriter struct{}

func (failingWriter) Write([]byte) (int, error) { return 0, errors.New("the disk is full") }

func TestPrintFails(t *testing.T) {
	err := failing(t, Config{Stdout: failingWriter{}}, "x.star", "print(1)")
	if !strings.Contains(err.Error(), "the disk is full") {
		t.Errorf("print to a writer that fails = %v", err)
	}
}

// TestPrintTogether has many runs print to one writer.
func TestPrintTogether(t *testing.T) {
	rt, out := newRuntime(t, Config{})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if _, err := rt.Run(context.Background(), "x.star", []byte("for i in range(20): print('a' * 50)")); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	line := strings.Repeat("a", 50) + "\n"
	if out.String() != strings.Repeat(line, 160) {
		t.Error("the lines of concurrent runs are mixed up")
	}
}

// TestOrphanThread calls a script's function past Call.
func TestOrphanThread(t *testing.T) {
	rt, _ := newRuntime(t, Config{})
	globals, err := rt.Run(context.Background(), "x.star", []byte(`
def f():
    print("somewhere")
    for c in using(struct(close=lambda: fail("close"))):
        pass
def g():
    return attempt(f).error
`))
	if err != nil {
		t.Fatal(err)
	}
	v, err := starlark.Call(new(starlark.Thread), globals["g"], nil, nil)
	if err != nil || py.Repr(v) != "Error('close',)" {
		t.Errorf("g() on a thread of nobody's = %v, %v; want the error of close", v, err)
	}
}
