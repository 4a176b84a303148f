package pysyntax

import (
	"strings"
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
	"def f(a):\n  '''d'''\n  global x\n  for x in a:\n    try:\n      if a: continue\n      return [y for y in a], y\n    except (A, B), (c, d): raise\n    except: break\n    else: del x, a[0], b.c, d[1:]\n    finally: a.b[c] **= 2\n  else: x[:] = 1\n",
	"while x:\n  with a as b, c: break\nelse: assert 1, 2\nx /= y % z == 'a'\n",
	"any(x for x in y if z for w in x); ','.join(x for x in y)\n",
	"load('a.star', '',)\nc='db', b(c)\n",
	"x = [1:2]\n", "x = (", "x = '''", "\\", "if x:\n\ty\n        z\n", "\ufeff\f x\x00\r\r\n\xff",
}

// FuzzParse: whatever Starlark accepts keeps its meaning; nothing panics, here or in the resolver and
// compiler; what the resolver refuses is the author's; a blank line ends what is a program.
func FuzzParse(f *testing.F) {
	for _, texts := range [][]string{starlarkTexts, pythonTexts} {
		for _, src := range texts {
			f.Add(src, false, false)
			f.Add(src, true, false)
			f.Add(src, true, true)
		}
	}
	f.Fuzz(func(t *testing.T, src string, script, operators bool) {
		if agrees(t, src) {
			agreesInScripts(t, src)
		}
		c := Config{Exports: func(string) ([]string, error) { return []string{"star"}, nil }}
		anything := func(string) bool { return true }
		if script {
			c.Mode = Script
		}
		if operators {
			c.Known = func(name string) bool { return strings.HasPrefix(name, "$") }
			c.Attr = anything
		}
		file, err := Parse("x.py", src, c)
		more := NeedsMore(src, c.Mode)
		if err != nil {
			return
		}
		Names(file)
		if _, err := starlark.FileProgram(file, anything); err != nil && strings.Contains(err.Error(), "$") {
			t.Errorf("Parse(%q): the resolver refuses what the author did not write: %v", src, err)
		}
		if more && NeedsMore(src+"\n\n", c.Mode) {
			t.Errorf("NeedsMore(%q) = true; Parse accepts it, so a blank line should end it", src)
		}
	})
}
