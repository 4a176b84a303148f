package pysyntax

import (
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
