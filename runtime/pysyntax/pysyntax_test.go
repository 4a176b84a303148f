package pysyntax

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"go.starlark.net/syntax"

	"starwire/runtime/racetest"
)

func TestExpressions(t *testing.T) {
	for _, c := range []struct{ src, want string }{
		{"print 1 < 2 < 3, 1 < 3 < 2, 3 > 2 >= 2 != 1 <> 0", "True False True\n"},
		{"def f(x):\n  print x,\n  return x\nprint f(1) < f(2) < f(3) < f(0) < f(9)", "1 2 3 0 False\n"},
		{"def f(x):\n  print x,\n  return x\nprint f(1) < f(2) <= f(2) < f(4)", "1 2 2 4 True\n"},
		{"def f(x):\n  print x,\n  return x\nprint 5 < f(2) < f(3)", "2 False\n"},
		{"x = 2\nprint 1 < x < 3, 1 in [1] in [[1]], not 1 < x < 2", "True True True\n"},
		{"x = None\nprint x is None, x is not None, None is x, True is True, 1 is not True", "True False True True True\n"},
		{"x = [1]; y = x\nprint x is y, x is [1], x is not [1], not x is y", "True False True False\n"},
		{"print 2 ** 3, -2 ** 2, 2 ** 3 ** 2, (2 ** 3) ** 2, 2 * 3 ** 2", "8 -4 512 64 18\n"},
		{"x = 3; x **= 2\ny = [4]; y[0] **= 2\nprint x, y", "9 [16]\n"},
		{"y = [2, [3]]\ndef f(x):\n  print x,\n  return x\nf(y)[f(0)] **= f(3)\nf(y)[1][f(0)] **= f(2)\nprint y", "[2, [3]] 0 3 [8, [3]] 0 2 [8, [9]]\n"},
		{"o = object()\no.a = 3\n(o.a) **= 2\ntry: o.a **= 2\nfinally: print o.a", "81\n"},
		{"print 'a' 'b' \"c\", ('d'\n  'e'), 'f' '%s' % 'g', r'\\n' '\\x41'", "abc de fg \\nA\n"},
		{"print 'a' 'b'.upper()", "AB\n"},
		{"print 0777, 0xFFL, 10L, 0o17, 0, 00, 0L, 0b11l, 99999999999999999999L", "511 255 10 15 0 0 0 3 99999999999999999999\n"},
		{"x = y = 1\na = b, c = [2, 3]\nd = e = f = str(4)\nprint x, y, a, b, c, d, e, f", "1 1 [2, 3] 2 3 4 4 4\n"},
		{"x = 1,\nprint x, (2,), [3,]", "(1,) (2,) [3]\n"},
		{"def f():\n  return 1,\nfor x, in [(1,)]: print x, f()", "1 (1,)\n"},
		{"print [x for x in 1, 2], [x for x in 1, 2, if x > 1]", "[1, 2] [2]\n"},
		{"print sorted({1, 2, 1}), len({x for x in [1, 1]}), {1: 2,}", "[1, 2] 1 {1: 2}\n"},
		{"print list(x for x in [1, 2]), any([x > 1 for x in (1, 2)])", "[1, 2] True\n"},
		{"def f(*a, **k): return a, k\nprint f(1, *[2], x=3), f(*[1], x=2, y=3, **{'z': 4})", "((1, 2), {'x': 3}) ((1,), {'x': 2, 'y': 3, 'z': 4})\n"},
		{"print '\\d', '\\\n', '\\q' == r'\\q', '\\101\\x41\\0' == 'AA\\0', u'\\xe9' == 'é'", "\\d  True True True\n"},
		{"print (lambda x, y=2: x + y)(1), [lambda: 3][0]()", "3 3\n"},
		{"x = [1, 2, 3, 4]\nprint x[1:], x[:-1], x[::2], x[:], x[1:3:1]", "[2, 3, 4] [1, 2, 3] [1, 3] [1, 2, 3, 4] [2, 3]\n"},
		{"d = {(1, 2): 3}\nprint d[1, 2]", "3\n"},
		{"print 1e400 > 1e300, 1.5e1, .5, 1.", "True 15.0 0.5 1.0\n"},
		{"if 1: pass; print 2\nif 0: print 3\nelse: print 4", "2\n4\n"},
		{"x = 5\nwhile x > 0: x -= 2; print x,", "3 1 -1"},
	} {
		checkRun(t, c.src, Config{Mode: Script}, c.want)
	}
}

func TestPromptKeepsStarlarksLiterals(t *testing.T) {
	for _, c := range []struct{ src, want string }{
		{`print type(b'a'), '\u0041'`, "bytes A\n"},
		{`print '\xff' == 'a', '\d'`, "False \\d\n"},
		{`x = b'a' 'b'`, `error: 1:10: a string and a bytes literal cannot be joined`},
	} {
		checkRun(t, c.src, Config{}, c.want)
	}
}

func TestSyntaxErrors(t *testing.T) {
	for _, c := range []struct{ src, want string }{
		{"x = (1,\n  2", `1:5: "(" is never closed`},
		{"x = (1]", `1:7: "]" does not close the "(" of line 1`},
		{"x = 1)", `1:6: ")" was never opened`},
		{"x = 'abc\ny", "1:5: this string is never closed: the line ends first"},
		{"x = 'abc", "1:5: this string is never closed"},
		{"x = '''abc\n\n", "1:5: this string is never closed"},
		{"x = 1 +", "1:8: unexpected end of line, want an expression"},
		{"  x = 1", "1:3: unexpected indent"},
		{"if x:\n    y\n  z", "3:3: unindent does not match any outer indentation level"},
		{"if x:\ny", "2:1: unexpected 'y', want an indented block"},
		{"if x\n  y", "1:5: unexpected end of line, want ':'"},
		{"if x = 1: pass", "1:6: unexpected '=', want ':'"},
		{"x = y z", "1:7: unexpected 'z', want the end of the statement"},
		{"x = $y", "1:5: unexpected character '$'"},
		{"x = a ! b", "1:7: unexpected character '!'; write not, or !="},
		{"x = \x00", "1:5: the source holds a NUL byte"},
		{"x = 1 \\ 2", "1:7: unexpected character after a line continuation"},
		{"x = 1 \\", "1:7: the file ends after a line continuation"},
		{"f() = 1", "1:2: cannot assign to a function call"},
		{"1 = x", "1:1: cannot assign to a literal"},
		{"x + 1 = 2", "1:7: cannot assign to an expression"},
		{"for f() in x: pass", "1:6: cannot assign to a function call"},
		{"f(1=2)", "1:4: a keyword argument must have the form name=value"},
		{"if = 1", "1:4: unexpected '=', want an expression"},
		{"x = if", "1:5: unexpected 'if', want an expression"},
		{"def if(): pass", "1:5: if is a keyword, not a name"},
		{"x.if", "1:3: if is a keyword, not a name"},
		{"def print(): pass", "1:5: print is a keyword, not a name"},
		{"x = 089", "1:5: 089 is octal in Python 2 and has a digit over 7; drop the leading zeros"},
		{"x = 0x", "1:5: a number cannot begin with 0x alone"},
		{"x = 3j", "1:5: complex numbers are not supported; keep the two parts apart"},
		{`x = u'\u12'`, `1:5: truncated escape \u`},
		{`x = u'\u12zz'`, `1:5: invalid escape "\\u12zz"`},
		{`x = u'\N{DASH}'`, `1:5: \N{…} is not supported; write \u and the character's number`},
		{`x = '\x1'`, `1:5: invalid \x escape`},
		{"x[1:2], y = []", "1:2: a slice is not supported here; assign to it in a statement of its own"},
		{"x[1:2] += []", "1:2: a slice is not supported here; assign to it in a statement of its own"},
		{"a, b **= 2", "1:6: an augmented assignment has one target"},
		{"print >>x,", "1:11: unexpected end of line, want what to print"},
		{`x = f"{y}"`, `1:5: f"…" is Python 3's; write "%s" % x`},
		{"print(1, [2], file=x)", "1:19: this is Python 3's print; write print >>file, x, or begin with from __future__ import print_function"},
		{"def f():\n  nonlocal x", "2:3: nonlocal is Python 3's; keep the value in a list or dict and change that"},
		{"exec 'x'", "1:1: exec is not supported; define a function and call it"},
		{"class A(object):\n  x = `1`\n\n@d\ndef f((a, b), c):\n  yield a\nx = (yield)\n",
			"1:1: classes are not supported; write functions, and keep their data in a dict or struct\n" +
				"2:7: backquotes are not supported; write repr(…)\n" +
				"4:1: decorators are not supported; write name = decorator(name) after the def\n" +
				"5:7: tuple parameters are not supported; take one parameter and unpack it in the body\n" +
				"6:3: generators (yield) are not supported; collect the values in a list and return it\n" +
				"7:6: generators (yield) are not supported; collect the values in a list and return it"},
	} {
		if got := syntaxErrors(c.src, Config{Mode: Script}); got != c.want {
			t.Errorf("Parse(%q) = %q; want %q", c.src, got, c.want)
		}
	}
}

func TestErrorListHoldsSyntaxErrors(t *testing.T) {
	_, err := Parse("a.py", "x = `1`\ny = )", Config{Mode: Script})
	var first syntax.Error
	if !errors.As(err, &first) || first.Pos.Filename() != "a.py" || first.Pos.Line != 1 {
		t.Errorf("errors.As finds %v in %v; want the first, located in a.py", first, err)
	}
	if want := "a.py:1:5: backquotes are not supported; write repr(…)"; err.Error() != want {
		t.Errorf("Error() = %q; want %q", err, want)
	}
}

func TestNeedsMore(t *testing.T) {
	for _, c := range []struct {
		src  string
		want bool
	}{
		{"", false},
		{"\n", false},
		{"# comment\n", false},
		{"x = 1\n", false},
		{"x = (1,\n", true},
		{"x = (1,\n\n", true},
		{"x = (1,\n2)\n", false},
		{"x = '''a\n", true},
		{"x = '''a\n\n", true},
		{"x = '''a\n'''\n", false},
		{"x = 'a\n", false},
		{"x = 'a\\\n", true},
		{"x = 1 + \\\n", true},
		{"x = 1 +\n", false},
		{"x = 1 \\\n", true},
		{"if x: \\\n", true},
		{"x = ) \\\n", false},
		{"\\\n\n", false},
		{"if x:\n", true},
		{"if x:\n\n", false},
		{"if x:\n  y\n", true},
		{"if x:\n  y\n  \n", false},
		{"if x:\n  y\n\n", false},
		{"if x:\n  y\nelse:\n", true},
		{"if x:\n  y\nelse:\n  z\n", true},
		{"if x:\n  # comment\n", true},
		{"if x: y\n", true},
		{"if x: y\n\n", false},
		{"if x y:\n", false},
		{"def f():\n  '''doc\n", true},
		{"def f():\n  '''doc\n\n  '''\n", true},
		{"def f(a,\n", true},
		{"while x:\n  y = [\n", true},
		{"@d\n", true},
		{"@d\ndef f(): pass\n", true},
		{"for x in y:\n  if x:\n", true},
		{"for x in y:\n  x = )\n", false},
		{"import a\n", false},
		{"from a import (b,\n", true},
		{"from a import *\n", false},
		{"print (1,\n", true},
		{"print (1), \n", false},
		{"x = )\nif x:\n", false},
		{"if x:\r\n  y\r\n\r\n", false},
	} {
		for _, mode := range []Mode{Interactive, Script} {
			if got := NeedsMore(c.src, mode); got != c.want {
				t.Errorf("NeedsMore(%q, %d) = %t; want %t", c.src, mode, got, c.want)
			}
		}
	}
}

func TestNames(t *testing.T) {
	src := `
import b.c, d as e
from f import g
a, (h, [i]) = j
k.x = l[0] = 0
m += 1
def n(o): p = 1
for q in r:
  s = 1
  if t: u = 1
  else: v = 1
while w: x = [y for y in z]
print >>f(), 1, f()
a = a2 = 1
load("x", "l1", l2="l3")
`
	f, err := Parse("x.py", src, Config{Mode: Script})
	if err != nil {
		t.Fatal(err)
	}
	got, want := Names(f), strings.Fields("a a2 b e g h i l1 l2 m n q s u v x")
	if !slices.Equal(got, want) {
		t.Errorf("Names = %q; want %q", got, want)
	}
}

func TestDeepSourceIsRefused(t *testing.T) {
	racetest.OneGoroutine(t)
	const many = 50_000
	for _, c := range []struct{ name, src string }{
		{"sum", "x = 1" + strings.Repeat("+1", many)},
		{"or", "x = 1" + strings.Repeat(" or 1", many)},
		{"calls", "x = f" + strings.Repeat("()", many)},
		{"dots", "x = f" + strings.Repeat(".a", many)},
		{"indexes", "x = f" + strings.Repeat("[1]", many)},
		{"slices", "x = f" + strings.Repeat("[:]", many)},
		{"brackets", "x = " + strings.Repeat("[", many)},
		{"closed brackets", "x = " + strings.Repeat("(", many) + strings.Repeat(")", many)},
		{"nots", "x = " + strings.Repeat("not ", many) + "1"},
		{"signs", "x = " + strings.Repeat("-", many) + "1"},
		{"powers", "x = 1" + strings.Repeat("**1", many)},
		{"chain", "x = 1" + strings.Repeat("<f()", many)},
		{"lambdas", "x = " + strings.Repeat("lambda: ", many) + "1"},
		{"conditionals", "x = " + strings.Repeat("1 if 1 else ", many) + "1"},
		{"elifs", "if 1: pass\n" + strings.Repeat("elif 1: pass\n", many)},
		{"sum in a block", "try: x = 1" + strings.Repeat("+1", many) + "\nfinally: pass"},
		{"comprehended sum", "[x for x in y" + strings.Repeat("+1", many) + "]"},
		{"elifs in a block", "try:\n if 1: pass\n" + strings.Repeat(" elif 1: pass\n", many) + "finally: pass"},
		{"managers", "with a" + strings.Repeat(", a", many) + ": pass"},
		{"generators", "x = (1" + strings.Repeat(" for x in y", many) + ")"},
		{"prints", strings.Repeat("print (", many)},
	} {
		for _, mode := range []Mode{Interactive, Script} {
			if _, err := Parse("x.py", c.src, Config{Mode: mode}); err == nil {
				t.Errorf("%s: Parse accepts a tree of depth %d", c.name, many)
			}
		}
	}
}
