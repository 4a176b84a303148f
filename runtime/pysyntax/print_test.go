package pysyntax

import "testing"

func TestPrintInScripts(t *testing.T) {
	for _, c := range []struct{ src, want string }{
		{"print 1", "1\n"},
		{"print", "\n"},
		{"print 1, 'a', None", "1 a None\n"},
		{"print 1,\nprint 2", "1 2\n"},
		{"print 'a\\n',\nprint 'b'", "a\nb\n"},
		{"print 'a ',\nprint 'b'", "a  b\n"},
		{"print '',\nprint 'b'", " b\n"},
		{"print 1,; print; print 2", "1\n2\n"},
		{"print (1, 2)", "(1, 2)\n"},
		{"print (1), 2", "1 2\n"},
		{"print ()", "()\n"},
		{"print (dict(a=1), (lambda x=2: x)())", "({'a': 1}, 2)\n"},
		{"print(1)", "1\n"},
		{"print('a' 'b')", "ab\n"},
		{"print ('%s-%s') % (1, 2)", "1-2\n"},
		{"print '%s' % 3, 4", "3 4\n"},
		{"print [1, 2][0]", "1\n"},
		{"print -1", "-1\n"},
		{"print not 1", "False\n"},
		{"print 1 if 0 else 2", "2\n"},
		{"print lambda: 0 and 1", "<function lambda>\n"},
		{"print 'a' in 'abc', 1", "True 1\n"},
		{"print {1: 2}", "{1: 2}\n"},
		{"if 1: print 1; print 2", "1\n2\n"},
		{"for i in [1, 2]:\n  print i,\nprint", "1 2\n"},
		{"def f(): print 'in',; return 'out'\nprint 'first', f()", "first in out\n"},
		{"def f(): print 'in'; return 'out'\nprint f(), f()", "in\nout in\nout\n"},
		{"print >>sys.stderr, 1, 2\nprint 3", "3\nstderr:1 2\n"},
		{"print >>sys.stderr, 1,\nprint >>sys.stderr, 2", "stderr:1 2\n"},
		{"print >>sys.stderr", "stderr:\n"},
		{"print >> None, 1", "1\n"},
		{"def f(): print 'f'; return sys.stderr\nprint >>f(), 1, str(2), str(3)", "f\nstderr:1 2 3\n"},
		{"import httplib as print_x\nprint_x = 'print 1'\nprint print_x # print 2", "print 1\n"},
		{"x = {'print': 1}\nprint x['print']", "1\n"},
		{"'''\nprint 1\nimport nothing\n'''\nprint 2", "2\n"},
		{"from __future__ import print_function\nprint('a', 'b', sep='-')", "fn:a-b\n"},
		{"'doc'\nfrom __future__ import division, print_function\nprint(1)", "fn:1\n"},
		{"from __future__ import (with_statement,\n  unicode_literals,)\nprint 1", "1\n"},
		{"def f(**kw): return kw\nprint f(print=1, exec=2)", "{'print': 1, 'exec': 2}\n"},
		{"print b'a', u'b\\u00e9', ur'\\u0041\\n', '\\u0041', '\\x41\\101'", "a b\u00e9 A\\n \\u0041 AA\n"},
		{"print '\\xff', 'caf\xe9'", "\xff caf\xe9\n"},
		{"print 1,\\\n  2", "1 2\n"},
		{"print (1,\n 2)", "(1, 2)\n"},
		{"print 1; x = 2\r\nprint x\rprint 3", "1\n2\n3\n"},
		{"\ufeff# -*- coding: utf-8 -*-\nprint 1", "1\n"},
	} {
		checkRun(t, c.src, Config{Mode: Script}, c.want)
	}
}

func TestPrintAtThePrompt(t *testing.T) {
	for _, c := range []struct{ src, want string }{
		{"print 1, 2", "1 2\n"},
		{"print", "\n"},
		{"print;print 'a'", "\na\n"},
		{"print(1, 2)", "fn:1 2\n"},
		{"print (1, 2)", "fn:1 2\n"},
		{"print (1),", "1"},
		{"print ('a'), 'b'", "fn:a\n"}, // Starlark's: a tuple of a call and a string
		{"print [1, 2]", "[1, 2]\n"},
		{"print -1", "-1\n"},
		{"print 'a' % ()", "a\n"},
		{"print not 1", "False\n"},
		{"print >>sys.stderr, 1", "stderr:1\n"},
		{"x = print\nx(1)", "fn:1\n"},
		{"print and 1", ""},
		{"print if 1 else 2", ""},
		{"print(1); print 2", "fn:1\n2\n"},
		{"def print(x): return x\nprint(1)", ""},
		{"print = [3]\nprint [0]", ""},
		{"(lambda print: print [0])([1])", ""},
		{"import httplib\nprint httplib.OK", "200\n"},
		{"from __future__ import print_function\nprint (1, 2)", "fn:1 2\n"},
		{"exec = 1; assert_ = 2; load = 3\nprint exec, assert_, load", "1 2 3\n"},
	} {
		checkRun(t, c.src, Config{}, c.want)
	}
}

func TestErrorsAreWhereTheAuthorWrote(t *testing.T) {
	for _, c := range []struct{ src, want string }{
		{"print 1, [][1]", "1error: 1:12: index 1 out of range: empty list"},
		{"print  x.y", "error: 1:8: NameError: name 'x' is not defined"},
		{"print 1\nimport  httplib, nothing", "1\nerror: 2:18: ImportError: No module named nothing"},
		{"from httplib import OK, BAD as B", "error: 1:25: ImportError: cannot import name BAD"},
		{"print 1,; print 'a', 1 + ''", "1 aerror: 1:24: unknown binary op: int + string"},
		{"print >>5, 1", "error: 1:1: int has no write method"},
		{"print '''a\nb''', (\n  2 + '')", "a\nberror: 3:5: unknown binary op: int + string"},
		{"é = 'é'; print é, é.x", "éerror: 1:20: string has no .x field or method"},
		{"x = 1 < \\\n 2 < None", "error: 2:4: int < NoneType not implemented"},
		{"def f(): return 1\nx = 0 < f() < None", "error: 2:13: int < NoneType not implemented"},
		{"x = [1].pop() < None < 2", "error: 1:15: int < NoneType not implemented"},
		{"x = 2 ** 'a'", "error: 1:7: $pow: for parameter 2: got string, want int"},
		{"x = y = 1 / 0", "error: 1:11: floating-point division by zero"},
		{"if 1:\n\tx = 'a' 'b' + 1", "error: 2:14: unknown binary op: string + int"},
	} {
		checkRun(t, c.src, Config{Mode: Script}, c.want)
	}
}
