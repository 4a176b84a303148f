package pysyntax

import (
	"errors"
	"strings"
	"testing"

	"go.starlark.net/syntax"
)

// TestUnicodeLiterals checks which literals are calls of UnicodeName, and which are refused.
func TestUnicodeLiterals(t *testing.T) {
	const future = "from __future__ import unicode_literals\n"
	for _, test := range []struct{ src, want string }{
		{`x = u"é"`, "é"},
		{`x = u"\xe9"`, "é"},
		{`x = "a" u"\u20ac" "b"`, "a€b"},
		{`x = ur"\n\u00e9"`, `\né`},
		{future + `x = "\xe9" r"\d"`, `é\d`},
		{`x = u"abc"`, "abc"},
		{`u"abc"`, ""},
		{`print u"abc"`, ""},
		{future + `"""doc"""`, ""},
		{future + `def f():
	"doc"
	x = "abc"`, "abc"},
		{future + `load("m", "x")`, ""},
		{`x = "é"`, ""},
		{`x = b"é"`, ""},
		{future + `x = b"\xe9"`, ""},
		{`x = "é" u"a"`, "refused"},
		{`x = u"é" b"\xff"`, "refused"},
	} {
		f, err := Parse("f.py", test.src, Config{Mode: Script, Options: &syntax.FileOptions{}, Known: func(name string) bool { return name == UnicodeName }})
		got := ""
		if err != nil {
			if got = "refused"; !strings.Contains(err.Error(), "cannot be joined") {
				t.Errorf("%s: %v", test.src, err)
			}
		} else {
			syntax.Walk(f, func(n syntax.Node) bool {
				if c, ok := n.(*syntax.CallExpr); ok {
					if fn, ok := c.Fn.(*syntax.Ident); ok && fn.Name == UnicodeName {
						got = c.Args[0].(*syntax.Literal).Value.(string)
					}
				}
				return true
			})
		}
		if got != test.want {
			t.Errorf("%s: the unicode text is %q; want %q", test.src, got, test.want)
		}
	}
}

// TestUnicodeConstants checks that a unicode literal is a constant of the program where no str is equal.
func TestUnicodeConstants(t *testing.T) {
	for _, test := range []struct{ src, constants, calls string }{
		{`x = u"abc"`, "abc", ""},
		{`x = u"abc", "abc"`, "", "abc"},
		{`x = "abc"; y = [u"abc", u"d"]`, "d", "abc"},
		{`x = f(key=1), u"key"`, "", "key"},
		{`x = u""`, "", ""},
		{`x = u"é"`, "", "é"},
	} {
		var constants, calls []string
		known := func(name string) bool { return name == UnicodeName || name == AddName || name == "f" }
		f, err := Parse("f.py", test.src, Config{Mode: Script, Known: known, Unicode: func(s string) string {
			constants = append(constants, s)
			return s
		}})
		if err != nil {
			t.Errorf("%s: %v", test.src, err)
			continue
		}
		syntax.Walk(f, func(n syntax.Node) bool {
			if c, ok := n.(*syntax.CallExpr); ok {
				if fn, ok := c.Fn.(*syntax.Ident); ok && fn.Name == UnicodeName {
					calls = append(calls, literalOf(c).Value.(string))
				}
			}
			return true
		})
		if got := strings.Join(constants, " "); got != test.constants {
			t.Errorf("%s: the constants are %q; want %q", test.src, got, test.constants)
		}
		if got := strings.Join(calls, " "); got != test.calls {
			t.Errorf("%s: calls make %q; want %q", test.src, got, test.calls)
		}
	}
}

// TestSliced: what a slice with a step is made of goes through SlicedName where there may be unicode text.
func TestSliced(t *testing.T) {
	known := func(name string) bool { return name == AddName || name == SlicedName }
	for _, test := range []struct {
		src  string
		want int
	}{
		{`x = get_json(); y = x[::2]`, 1},
		{`x = simplejson; y = x[1:2], x[:], x["a"]`, 0},
		{`x = y[::2]`, 0},
		{`decoded = "abc"[::-1], [1, 2][::2], str(x)[::3]`, 0},
		{`u = unicode(x)[::-1][::2]`, 2},
	} {
		f, err := Parse("f.py", test.src, Config{Mode: Script, Known: known})
		if err != nil {
			t.Errorf("%s: %v", test.src, err)
			continue
		}
		got := 0
		syntax.Walk(f, func(n syntax.Node) bool {
			if id, ok := n.(*syntax.Ident); ok && id.Name == SlicedName {
				got++
			}
			return true
		})
		if got != test.want {
			t.Errorf("%s: %d slices go through %s; want %d", test.src, got, SlicedName, test.want)
		}
	}
}

// TestTwins: a display has the bools and numbers that equal each other, if something may be either.
func TestTwins(t *testing.T) {
	known := func(name string) bool { return name == AddName || name == "x" || name == "len" }
	for _, test := range []struct {
		src  string
		want int
	}{
		{`y = x in (1, 2)`, 3},
		{`y = x not in [0, 1]`, 4},
		{`y = x in (True, "a")`, 3},
		{`y = x in (1.0, True)`, 2},
		{`y = x in (2, 3)`, 2},
		{`y = "a" in (1, True, 0)`, 3},
		{`y = len(x) in (0, 1)`, 2},
		{`y = len(x) in (True, 2)`, 3},
	} {
		f, err := Parse("f.py", test.src, Config{Mode: Script, Known: known})
		if err != nil {
			t.Errorf("%s: %v", test.src, err)
			continue
		}
		got := 0
		syntax.Walk(f, func(n syntax.Node) bool {
			switch n := n.(type) {
			case *syntax.TupleExpr:
				got = len(n.List)
			case *syntax.ListExpr:
				got = len(n.List)
			}
			return true
		})
		if got != test.want {
			t.Errorf("%s: the display has %d items; want %d", test.src, got, test.want)
		}
	}
}

// TestMixedKeys: True and 1 are one key in Python and two of the interpreter's, so a display has one of them.
func TestMixedKeys(t *testing.T) {
	known := func(name string) bool { return name == AddName }
	for _, test := range []struct{ src, want string }{
		{`x = {True: "a", 1: "b"}`, "f.py:1:17: True and 1 are one key in Python 2 and two here; write one of them"},
		{`x = {0.0: "a", (False): "b"}`, "f.py:1:16: False and 0 are one key in Python 2 and two here; write one of them"},
		{`x = {True: "a", False: "b"}, {0: 1, 1: 2}, {True: 1, 0: 2}, {"1": 1, True: 2}`, ""},
	} {
		got := ""
		if _, err := Parse("f.py", test.src, Config{Mode: Script, Known: known}); err != nil {
			var list ErrorList
			errors.As(err, &list)
			got = list[0].Error()
		}
		if got != test.want {
			t.Errorf("Parse(%q) = %s; want %s", test.src, got, test.want)
		}
	}
}
