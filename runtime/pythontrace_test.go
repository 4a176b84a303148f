package runtime

import (
	"errors"
	"fmt"
	"io"
	"os"
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

// otherLines are the calls of programs that we locate otherwise than CPython: at the name that cannot be
// imported, at the operator, and where what is indexed or called ends; CPython tells of the line of the
// statement, or of the last part of it.
var otherLines = map[string]string{
	"call over lines": "7 <module>, 4 f, 2 g",
	"comprehension":   "4 <module>, 2 f",
	"from import":     "4 <module>, 3 f",
	"return":          "4 <module>, 2 f",
}

// TestTracebackLines has each statement of the Python dialect raise: the traceback shows the lines, functions and
// the error that CPython's does, as testdata/record/record_tracebacks.py recorded them. CPython has calls for
// the items of generator expressions and of dict and set comprehensions, which are left out.
func TestTracebackLines(t *testing.T) {
	text, err := os.ReadFile("testdata/python/tracebacks.txt")
	if err != nil {
		t.Fatal(err)
	}
	programs := strings.Split(string(text), "##### ")[1:]
	if len(programs) < 90 {
		t.Errorf("%d programs; want 90 or more", len(programs))
	}
	for _, p := range programs {
		name, rest, _ := strings.Cut(p, "\n")
		src, traceback, ok := strings.Cut(rest, "===== traceback\n")
		if !ok {
			t.Fatalf("%s: no traceback", name)
		}
		lines := strings.Split(strings.TrimSuffix(traceback, "\n"), "\n")
		var want []string
		for _, call := range lines[:len(lines)-1] {
			if !strings.HasSuffix(call, "comp>") && !strings.HasSuffix(call, "<genexpr>") {
				want = append(want, call)
			}
		}
		wantCalls, wantError := strings.Join(want, ", "), lines[len(lines)-1]
		if other := otherLines[name]; other != "" {
			wantCalls = other
		}
		var failed *Error
		if err := failing(t, Config{Permissions: Everything(), Stderr: io.Discard}, "x.py", src); !errors.As(err, &failed) {
			t.Errorf("%s:\n%s%v; want %s", name, src, err, wantError)
			continue
		}
		var calls []string
		for _, f := range failed.Frames {
			switch f.Function {
			case "<toplevel>":
				f.Function = "<module>"
			case "lambda":
				f.Function = "<lambda>"
			}
			calls = append(calls, fmt.Sprintf("%d %s", f.Pos.Line, f.Function))
		}
		if got := strings.Join(calls, ", "); got != wantCalls || failed.Error() != wantError {
			t.Errorf("%s:\n%s%s: %s\nwant %s: %s", name, src, got, failed.Error(), wantCalls, wantError)
		}
		if shown := FormatError(failed); strings.Contains(shown, "$") {
			t.Errorf("%s: the traceback shows a made-up name:\n%s", name, shown)
		}
	}
}
