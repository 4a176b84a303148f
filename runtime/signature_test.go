package runtime

import (
	"context"
	"testing"
)

// TestAugmentedAssignment: the guards of *=, <<= and %= do what the operators do.
func TestAugmentedAssignment(t *testing.T) {
	tests := []struct{ src, want string }{
		{"x = 1\nx <<= 3\nprint(x)", "8\n"},
		{"x = '%s-%s'\nx %= (1, 2)\nprint(x)", "1-2\n"},
		{"x = '%d%%'\nx %= 5\nprint(x)", "5%\n"},
		{"x = 7\ny = 4\nx %= y\nprint(x)", "3\n"},
		{"d = {'k': '%s', 'n': [1]}\nd['k'] %= ('a',)\nd['n'][0] <<= 70\nprint(d['k'], d['n'][0] == 1 << 70)", "a True\n"},
		{"x = [1]\nx *= 2\nprint(x)", "[1, 1]\n"},
		{"def f():\n  n = 3\n  n <<= 1\n  s = '%s%s'\n  s %= (n, n)\n  return s\nprint(f())", "66\n"},
	}
	for _, tt := range tests {
		for _, name := range []string{"x.star", "x.py"} {
			rt, out := newRuntime(t, Config{})
			src := tt.src
			if name == "x.py" {
				src = "from __future__ import print_function\n" + src
			}
			if _, err := rt.Run(context.Background(), name, []byte(src)); err != nil || out.String() != tt.want {
				t.Errorf("%s: %s: prints %q, %v; want %q", name, tt.src, out, err, tt.want)
			}
		}
	}
	rt, out := newRuntime(t, Config{})
	s := rt.NewSession()
	defer s.Close()
	if got := feed(t, s, out, "x = 1", "x <<= 4", "x"); got != "16" {
		t.Errorf("in a session x <<= 4 makes %q; want 16", got)
	}
}

// TestPythonFrames: a call that does not begin has no frame, and a generator's item has CPython's name.
func TestPythonFrames(t *testing.T) {
	const src = `import traceback, sys
def f(a, b):
    return a
def g():
    raise ValueError('in g')
for code in [lambda: f(1)]:
    try:
        code()
    except Exception:
        traceback.print_exc(file=sys.stdout)
l = [1]
try:
    for i in [0, 1]:
        l[any(g() for x in
              [1])] = 2
except ValueError:
    traceback.print_exc(file=sys.stdout)
`
	// CPython 2.7.18's, but for the line of a call in several lines.
	const want = `Traceback (most recent call last):
  File "x.py", line 8, in <module>
    code()
  File "x.py", line 6, in <lambda>
    for code in [lambda: f(1)]:
TypeError: f() takes exactly 2 arguments (1 given)
Traceback (most recent call last):
  File "x.py", line 14, in <module>
    l[any(g() for x in
  File "x.py", line 14, in <genexpr>
    l[any(g() for x in
  File "x.py", line 5, in g
    raise ValueError('in g')
ValueError: in g
`
	rt, out := newRuntime(t, Config{})
	if _, err := rt.Run(context.Background(), "x.py", []byte(src)); err != nil || out.String() != want {
		t.Errorf("prints %s, %v; want %s", out, err, want)
	}
}
