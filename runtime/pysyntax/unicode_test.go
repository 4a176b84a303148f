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
