package doctest

import (
	"context"
	"errors"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"starwire/runtime"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestParse(t *testing.T) {
	const doc = "Text.\n\n   >>> a = 1\n   >>> for i in [1]:\n   ...     print i\n   ...\n   1\n   <BLANKLINE>\n\n>>> b  # doctest: +ELLIPSIS, -SKIP\nx...\n```\nmore\n...and so on\n"
	got, err := Parse("doc", doc)
	if err != nil {
		t.Fatal(err)
	}
	want := []Example{
		{Source: "a = 1\n", Line: 3},
		{Source: "for i in [1]:\n    print i\n\n", Want: "1\n\n", Line: 4},
		{Source: "b  # doctest: +ELLIPSIS, -SKIP\n", Want: "x...\n", Line: 10, Options: Options{Ellipsis: true}},
	}
	if len(got) != len(want) {
		t.Fatalf("Parse = %+v; want %d examples", got, len(want))
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("example %d = %+v; want %+v", i, got[i], want[i])
		}
	}
	for doc, want := range map[string]string{
		">>>a\n":                       "doc:1: there must be a space after the prompt: a",
		">>> a\n...b\n":                "doc:2: there must be a space after the prompt: b",
		"  >>> a\nb\n":                 "doc:2: expected output is indented less than its prompt: b",
		">>> a # doctest: +NONSENSE\n": "doc:1: unknown doctest option NONSENSE; there are ELLIPSIS, NORMALIZE_WHITESPACE and SKIP",
		">>> a # doctest: ELLIPSIS\n":  "doc:1: a doctest option begins with + or -: ELLIPSIS",
	} {
		if _, err := Parse("doc", doc); err == nil || err.Error() != want {
			t.Errorf("Parse(%q) error %v; want %s", doc, err, want)
		}
	}
}

func TestMatches(t *testing.T) {
	tests := []struct {
		want, got string
		o         Options
		ok        bool
	}{
		{"1\n", "1\n", Options{}, true},
		{"1\n", "2\n", Options{}, false},
		{`"a"`, `'a'`, Options{}, true},
		{`["a", 'it\'s']`, `['a', "it's"]`, Options{}, true},
		{`'a'`, `'b'`, Options{}, false},
		{`'\xff'`, `"\xff"`, Options{}, true},
		{"can't", "can't ", Options{}, false},
		{"a b\n", "a   b\n", Options{}, false},
		{"a b\n", "a   b\n", Options{NormalizeWhitespace: true}, true},
		{"a...c", "a b c", Options{}, false},
		{"a...c", "a b c", Options{Ellipsis: true}, true},
		{"a...b...c", "a c", Options{Ellipsis: true}, false},
		{"ab...ba", "aba", Options{Ellipsis: true}, false},
		{`'a...'`, `"abc"`, Options{Ellipsis: true}, true},
	}
	for _, tt := range tests {
		if got := matches(tt.want, tt.got, tt.o); got != tt.ok {
			t.Errorf("matches(%q, %q, %+v) = %v; want %v", tt.want, tt.got, tt.o, got, tt.ok)
		}
	}
}

func TestRun(t *testing.T) {
	const doc = `
>>> x = 2
>>> x + 1
3
>>> print 'a', "b"
a b
>>> 'a'
"a"
>>> {}["k"]
Traceback (most recent call last):
  ...
KeyError: 'k'
>>> {}["k"] # doctest: +SKIP
1
>>> x
4
>>> 1 / 0
>>> None
`
	r, err := Run(context.Background(), runtime.Config{}, "doc", doc, &Setup{Name: "setup", Text: []byte("y = 1")})
	if err != nil {
		t.Fatal(err)
	}
	if r.Examples != 8 || len(r.Failures) != 2 {
		t.Fatalf("%d examples, failures %v; want 8 and 2", r.Examples, r.Failures)
	}
	if got := r.Failures[0].String(); got != "doc:15: failed example:\n    x\nexpected:\n    4\ngot:\n    2\n" {
		t.Errorf("failure\n%s", got)
	}
	if got := r.Failures[1].String(); !strings.Contains(got, "expected nothing") || !strings.Contains(got, "doc:17:") {
		t.Errorf("failure\n%s", got)
	}
}

func TestStopped(t *testing.T) {
	_, err := Run(context.Background(), runtime.Config{Limits: runtime.Limits{Steps: 1000}}, "doc", ">>> while True: pass\n>>> 1\n", nil)
	var limit *runtime.LimitError
	if !errors.As(err, &limit) {
		t.Errorf("error %v; want a *LimitError", err)
	}
	_, err = Run(context.Background(), runtime.Config{}, "doc", ">>> 1\n1\n", &Setup{Name: "setup", Text: []byte("1 / 0")})
	if err == nil || !strings.Contains(err.Error(), "ZeroDivisionError") {
		t.Errorf("a failed setup: error %v", err)
	}
}

func TestDocstrings(t *testing.T) {
	const script = `"""Adds.

>>> add(1, 2)
3
"""

total = [0]

def add(a, b):
    """The sum.

    >>> add("a", 'b')
    'ab'
    >>> add(1, 1)
    3
    >>> total
    [0]
    """
    return a + b

def other():
    x = ">>> add(0, 0)"
    return x
`
	r, err := Run(context.Background(), runtime.Config{}, "lib.star", script, nil)
	if err != nil {
		t.Fatal(err)
	}
	if r.Examples != 4 || len(r.Failures) != 1 || r.Failures[0].Line != 14 {
		t.Errorf("%d examples, failures %v; want 4 and one in line 14", r.Examples, r.Failures)
	}
	if _, err := Run(context.Background(), runtime.Config{}, "lib.star", "x = (", nil); err == nil {
		t.Error("a script that is no program: no error")
	}
}

// TestPython: the examples of a .py file are in Python, those of other files are
// not.
func TestPython(t *testing.T) {
	const examples = "'''\n>>> 7 / 2, half(9)\n(3, 4)\n>>> [c for c in 'ab'], c\n(['a', 'b'], 'b')\n'''\n"
	for _, tt := range []struct {
		name, text string
		failures   int
	}{
		{"lib.py", examples + "def half(x): return x / 2\n", 0},
		{"lib.star", examples + "def half(x): return x / 2\n", 2},
		{"lib.txt", ">>> 7 / 2\n3.5\n", 0},
	} {
		r, err := Run(context.Background(), runtime.Config{}, tt.name, tt.text, nil)
		if err != nil || r.Examples == 0 || len(r.Failures) != tt.failures {
			t.Errorf("%s: %d examples, failures %v, %v; want %d failures", tt.name, r.Examples, r.Failures, err, tt.failures)
		}
	}
}

// TestExit: sys.exit is what comes of an example, and ends nothing.
func TestExit(t *testing.T) {
	const tb = "Traceback (most recent call last):\n"
	for _, tt := range []struct {
		example, got string // "" for one that passes
	}{
		{">>> sys.exit(5)\n" + tb + "SystemExit: 5\n", ""},
		{">>> sys.exit()\n" + tb + "SystemExit\n", ""},
		{">>> sys.exit(0)\n" + tb + "SystemExit: 0\n", ""},
		{">>> sys.exit('too late')\n" + tb + "  ...\nSystemExit: too late\n", ""},
		{">>> print('a'); sys.exit('too late')\nb\n", "a\nSystemExit: too late\n"},
		{">>> sys.exit(5)\n" + tb + "SystemExit: 4\n", "SystemExit: 5\n"},
		{">>> sys.exit()\n", "SystemExit: 0\n"},
	} {
		r, err := Run(context.Background(), runtime.Config{}, "doc", tt.example+">>> 1\n1\n", nil)
		if err != nil || r.Examples != 2 || len(r.Failures) > 1 {
			t.Errorf("%s%d examples, failures %v, %v; want 2 and one at most", tt.example, r.Examples, r.Failures, err)
			continue
		}
		got := ""
		for _, f := range r.Failures {
			got = f.Got
		}
		if got != tt.got {
			t.Errorf("%sshows %q; want %q", tt.example, got, tt.got)
		}
	}
	_, err := Run(context.Background(), runtime.Config{}, "doc", ">>> 1\n1\n", &Setup{Name: "setup", Text: []byte("sys.exit(3)")})
	if runtime.ExitCode(err) != 3 {
		t.Errorf("sys.exit in the setup: %v; want exit status 3", err)
	}
}
