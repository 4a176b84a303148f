package pysyntax

import (
	"testing"

	"go.starlark.net/starlark"
)

// pythonTexts seed the fuzzer with what only Python has.
var pythonTexts = []string{
	"import a, b.c as d\nfrom e import f as g, h\nfrom i import (j,)\nfrom k import *\n",
	"print\nprint 1,\nprint >>f, 1, g()\nprint (1, 2)\nprint (1),\nprint 'a' % b\n",
	"from __future__ import print_function\nprint(1)\n",
	"x = 1 < 2 <> 3 is not None not in [4] is x\n",
	"x = y = -2 ** 3 ** f()\nx **= 2\n",
	"x = u'\\u1234' ur'\\u1234' 'a' \"b\" '''c\n''' 0777 10L 0xFFl\n",
	"{1, 2}; {x for x in y}; (x for x in y); f(x for x in y)\n",
	"f(*a, b=1, **c)\n",
	"class A(B):\n  @property\n  def f(self, (a, b)): yield `a`\n",
	"exec 'x'\nassert x, y\ndel x\nglobal y\nraise A, 'b'\n",
	"try:\n  x\nexcept A, e:\n  y\nelse:\n  z\nfinally:\n  w\nwith a as b:\n  c\n",
	"while x:\n  y\nelse:\n  z\nfor x, in y: z\nelse: w\n",
	"x = [1:2]\n", "x = (", "x = '''", "\\", "if x:\n\ty\n        z\n", "\ufeff\f x\x00\r\r\n\xff",
}

// FuzzParse: whatever Starlark accepts keeps its meaning; nothing panics, here or in the resolver and
// compiler; a blank line ends what is a program.
func FuzzParse(f *testing.F) {
	for _, src := range starlarkTexts {
		f.Add(src, false)
		f.Add(src, true)
	}
	for _, src := range pythonTexts {
		f.Add(src, false)
		f.Add(src, true)
	}
	f.Fuzz(func(t *testing.T, src string, script bool) {
		if agrees(t, src) {
			agreesInScripts(t, src)
		}
		c := Config{Exports: func(string) ([]string, error) { return []string{"star"}, nil }}
		if script {
			c.Mode = Script
		}
		file, err := Parse("x.py", src, c)
		more := NeedsMore(src, c.Mode)
		if err != nil {
			return
		}
		Names(file)
		anything := func(string) bool { return true }
		starlark.FileProgram(file, anything) // what the resolver refuses, it refuses with an error
		if more && NeedsMore(src+"\n\n", c.Mode) {
			t.Errorf("NeedsMore(%q) = true; Parse accepts it, so a blank line should end it", src)
		}
	})
}
