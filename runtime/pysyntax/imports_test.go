package pysyntax

import (
	"fmt"
	"testing"
)

func TestImports(t *testing.T) {
	exports := func(module string) ([]string, error) {
		if module == "httplib" {
			return []string{"OK", "responses"}, nil
		}
		return nil, fmt.Errorf("no module named %s", module)
	}
	for _, c := range []struct{ src, want string }{
		{"import httplib\nprint httplib.OK", "200\n"},
		{"import httplib, os\nprint os.path.sep, httplib.OK", "/ 200\n"},
		{"import os.path\nprint os.path.sep", "/\n"},
		{"import os.path as p, httplib as h\nprint p.sep, h.OK", "/ 200\n"},
		{"from httplib import OK\nprint OK", "200\n"},
		{"from httplib import OK as ok, responses\nprint ok, responses", "200 table\n"},
		{"from os.path import (sep,\n  sep as s,)\nprint sep, s", "/ /\n"},
		{"from httplib import *\nprint OK, responses", "200 table\n"},
		{"def f():\n  import httplib\n  return httplib\nprint f().OK", "200\n"},
		{"def f():\n  return httplib.OK\nif True: import httplib; print f()", "200\n"},
		{"for i in [1]:\n  from httplib import OK\nprint OK", "200\n"},
		{"import httplib;import os;print httplib.OK", "200\n"},
		{"imported = 1; x = 'import a'; print imported, x # import b", "1 import a\n"},
		{"class_ = 1; from_ = 2; print class_ + from_", "3\n"},
		{"import httplib\nhttplib = 3\nprint httplib", "3\n"},
	} {
		checkRun(t, c.src, Config{Mode: Script, Exports: exports}, c.want)
		checkRun(t, c.src, Config{Exports: exports}, c.want)
	}
}

func TestImportErrors(t *testing.T) {
	script := Config{Mode: Script}
	star := Config{Mode: Script, Exports: func(m string) ([]string, error) { return nil, fmt.Errorf("no module named %s", m) }}
	for _, c := range []struct {
		src  string
		c    Config
		want string
	}{
		{"from httplib import *", script, "1:21: import * is not supported here, because names must be known before the program runs; list them: from httplib import a, b"},
		{"from nothing import *", star, "1:6: no module named nothing"},
		{"def f():\n from httplib import *", star, "2:22: import * within a function is not supported; name what you use, or list them: from httplib import a, b"},
		{"from . import a", script, "1:6: a relative import needs a package, and this is not in one; name the module in full"},
		{"from __future__ import braces", script, "1:24: future feature braces is not defined"},
		{"x = 1\nfrom __future__ import division", script, "2:1: from __future__ imports must come before everything else in the file"},
		{"import", script, "1:7: unexpected end of line, want a name"},
		{"import a as", script, "1:12: unexpected end of line, want a name"},
		{"import a.b.", script, "1:12: unexpected end of line, want a name"},
		{"import 'a'", script, "1:8: unexpected string, want a name"},
		{"from a import b c", script, "1:17: unexpected 'c', want the end of the statement"},
		{"from a import (b", script, `1:15: "(" is never closed`},
		{"from a import b,", script, "1:17: unexpected end of line, want a name"},
	} {
		if got := syntaxErrors(c.src, c.c); got != c.want {
			t.Errorf("Parse(%q) = %q; want %q", c.src, got, c.want)
		}
	}
}
