package runtime

import (
	"strings"
	"testing"
)

// TestPythonTracebacks has errors in operators, methods, comprehensions and
// callbacks of .py files: the traceback shows the author's lines and no function
// that the dialect made up.
func TestPythonTracebacks(t *testing.T) {
	tests := []struct {
		src  string
		want string // "line:column in function" of each frame, and the last line
	}{
		{"def f(x):\n    return x / 0\nf(1)\n", "3:2 in <toplevel>, 2:14 in f: ZeroDivisionError: integer division or modulo by zero"},
		{"x = 'a'\nx.index('b')\n", "2:8 in <toplevel>: ValueError: substring not found"},
		{"print sorted([2, 1], key=lambda x: x.nope)\n", "1:13 in <toplevel>, 1:37 in lambda: AttributeError: 'int' object has no attribute 'nope'"},
		{"def f():\n    try:\n        return '%d' % 'a'\n    finally:\n        pass\nf()\n", "6:2 in <toplevel>, 3:21 in f: TypeError: %d format: a number is required, not str"},
		{"for x in (y.z for y in [1]):\n    pass\n", "1:1 in <toplevel>, 1:12 in lambda: AttributeError: 'int' object has no attribute 'z'"},
		{"def f():\n    return g()\nf()\n", "3:2 in <toplevel>, 2:12 in f: NameError: global name 'g' is not defined"},
		{"print nothing\n", "1:7 in <toplevel>: NameError: name 'nothing' is not defined"},
		{"d = {'a': 1}\nfor k in d:\n    d[k + 'x'] = 1\n", "2:1 in <toplevel>: RuntimeError: dictionary changed size during iteration"},
	}
	for _, tt := range tests {
		err := failing(t, Config{}, "x.py", tt.src)
		var frames []string
		for line := range strings.Lines(FormatError(err)) {
			if pos, ok := strings.CutPrefix(line, "  x.py:"); ok {
				frames = append(frames, strings.TrimSuffix(strings.Replace(pos, ": in ", " in ", 1), "\n"))
			}
		}
		got := strings.Join(frames, ", ") + ": " + err.Error()
		if got != tt.want {
			t.Errorf("%s\ngot  %s\nwant %s", tt.src, got, tt.want)
		}
		if strings.Contains(FormatError(err), "$") {
			t.Errorf("%s\nthe traceback shows a made-up name:\n%s", tt.src, FormatError(err))
		}
	}
}
