package check

import (
	"fmt"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"starwire/runtime"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func checker(t testing.TB) *Checker {
	rt, err := runtime.New(runtime.Config{})
	if err != nil {
		t.Fatal(err)
	}
	c := New(rt)
	t.Cleanup(func() { c.Close() })
	return c
}

func TestCheck(t *testing.T) {
	tests := []struct {
		name, file, src string
		want            []string // line:column rule message
	}{
		{"nothing", "a.star", "print(httplib.OK)\n", nil},
		{"a name", "a.star", "pront(1)\n", []string{"1:1 name undefined: pront (did you mean print?)"}},
		{"two names", "a.star", "def f():\n    return nowhere1\nx = nowhere2\n", []string{"2:12 name undefined: nowhere1", "3:5 name undefined: nowhere2"}},
		{"an attribute", "a.star", "x = httplib.NOT_FUOND\n", []string{"1:13 attribute module httplib has no attribute NOT_FUOND (did you mean NOT_FOUND?)"}},
		{"an assignment to a module", "a.py", "import sys, ssl\nsys.stderr = sys.stdout\nssl._create_default_https_context = ssl._create_unverified_context\n", []string{
			"2:5 attribute sys.stderr cannot be assigned", "3:5 attribute ssl._create_default_https_context cannot be assigned"}},
		{"a nested attribute", "a.star", "os.path.joim('a')\n", []string{"1:9 attribute module os.path has no attribute joim (did you mean join?)"}},
		{"a module of one's own name", "a.star", "httplib = struct(x = 1)\nhttplib.x\n", nil},
		{"an imported module", "a.py", "import httplib\nhttplib.HTTPConection\n", []string{"2:9 attribute module httplib has no attribute HTTPConection (did you mean HTTPConnection?)"}},
		{"too many arguments", "a.star", "def f(a, b = 1):\n    pass\nf(1, 2, 3)\n", []string{"3:2 call f() takes at most 2 positional arguments (3 given)"}},
		{"too few", "a.star", "def f(a, *, b):\n    pass\nf()\n", []string{"3:2 call f() is called without a", "3:2 call f() is called without b"}},
		{"an unknown keyword", "a.star", "def f(timeout):\n    pass\nf(timeuot = 1)\n", []string{"3:2 call f() is called without timeout", "3:3 call f() has no parameter timeuot (did you mean timeout?)"}},
		{"twice", "a.star", "def f(a):\n    pass\nf(1, a = 2)\n", []string{"3:2 call f() is given a twice"}},
		{"spread arguments", "a.star", "def f(a, b):\n    pass\nf(*[1, 2])\nf(**{})\n", nil},
		{"a function defined twice", "a.star", "def f(a):\n    pass\ndef f(a, b):\n    pass\nf(1, 2)\n", nil},
		{"*args and **kwargs", "a.star", "def f(a, *args, **kwargs):\n    pass\nf(1, 2, 3, x = 4)\n", nil},
		{"a built-in function", "a.star", "urllib.quote()\nurllib.quote('a', safe = '')\n", []string{"1:13 call urllib.quote() is called without s"}},
		{"a transposition", "a.star", "pritn(1)\n", []string{"1:1 name undefined: pritn (did you mean print?)"}},
		{"a method", "a.star", "httplib.HTTPConnection('h').request(1, 2, 3, 4, 5, 6)\nc = httplib.HTTPConnection('h')\nc.request('GET')\nc.request('GET', '/', bdy = 'x')\nc.reqest('GET', '/')\n", []string{
			"1:36 call it.request() takes at most 4 positional arguments (6 given)", "3:10 call c.request() is called without url",
			"4:23 call c.request() has no parameter bdy (did you mean body?)", "5:3 attribute HTTPConnection has no attribute reqest (did you mean request?)"}},
		{"a method's result", "a.star", "c = httplib.HTTPConnection('h')\nr = c.getresponse()\nr.sttus\nr.read(1)\nr.read(1, 2)\n", []string{
			"3:3 attribute HTTPResponse has no attribute sttus (did you mean status?)", "5:7 call r.read() takes at most 1 positional argument (2 given)"}},
		{"a variable of two types", "a.star", "c = httplib.HTTPConnection('h')\nc.nothing\nc = 1\n", nil},
		{"what a caller passes is not known", "a.star", "def f(c):\n    return c.reqest(1)\n", nil},
		{"a variable of a function", "a.py", "def f():\n    c = httplib.HTTPConnection('h')\n    def g(): return c.reqest\n    return c.reqest\nimport httplib\n", []string{"4:14 attribute HTTPConnection has no attribute reqest"}},
		{"imports", "a.py", "import httplib, nosuch, jsn\nfrom urllib import urlencod, quote\nfrom nowhere import x\nimport os.path\nimport os.pth\nimport http.client\nfrom http.client import OK, OKK\n", []string{
			"1:17 name No module named nosuch", "1:25 name No module named jsn (did you mean json?)", "2:20 attribute module urllib has no attribute urlencod (did you mean urlencode?)",
			"3:6 name No module named nowhere", "5:8 name No module named os.pth", "7:29 attribute module http.client has no attribute OKK (did you mean OK?)"}},
		{"an import that may fail", "a.py", "try:\n    import simplejson\nexcept ImportError:\n    import json\n", nil},
		{"a module beside the file", "check_test.star", "load('check_test.go', 'x')\n", nil},
		{"load", "a.star", "load('nosuch', 'y')\nload('./missing.star', 'z')\nload('httplib', 'OKK', ok = 'OK')\n", []string{
			"1:6 name No module named nosuch", "2:6 name there is no file ./missing.star to load", "3:18 attribute module httplib has no attribute OKK (did you mean OK?)"}},
		{"names in Python", "a.py", "def f():\n    return later, nowhere\ntry:\n    x = 1\nexcept Valueerror:\n    pass\nlater = x\nfor y in [later]:\n    print y, unicode, __name__\ndel y\n", []string{
			"2:19 name undefined: nowhere", "5:8 name undefined: Valueerror (did you mean ValueError?)"}},
		{"a global statement", "a.py", "def f():\n    global n\n    n = 1\nf()\nprint n, m\n", []string{"5:10 name undefined: m"}},
		{"all refused places", "a.py", "class A:\n    pass\ndef g():\n    yield 1\nexec 'x'\ny = `g`\nprint f'{y}'\ndef h((a, b)):\n    pass\n", []string{
			"1:1 syntax classes are not supported", "4:5 syntax generators (yield) are not supported", "5:1 syntax exec is not supported",
			"6:5 syntax backquotes are not supported", "7:7 python neither Starlark nor Python 2.7 has f-strings", "8:7 syntax tuple parameters are not supported"}},
		{"a discarded result", "a.star", "catch(socket.error, len, [])\nx = catch(ValueError, len, [])\nattempt(len, []).unwrap()\n", []string{"1:1 discarded the result of catch is discarded, and the error with it"}},
		{"syntax", "a.star", "x = 1\ny = x +* 2\n", []string{"2:8 syntax got '*', want primary expression"}},
		{"Python in a Starlark file", "a.star", "import httplib\ntry:\n    x = 1\nexcept ValueError:\n    raise\nprint 'a', 1\n", []string{
			"1:8 python Starlark does not have import", "2:1 python Starlark does not have try", "5:5 python Starlark does not have raise", "6:1 python Starlark does not have the print statement"}},
		{"f-strings", "a.star", "x = 1\nprint(f\"{x}\")  # f\"\"\ny = 'f\"'\nz = f'x'\n", []string{
			"2:7 python neither Starlark nor Python 2.7 has f-strings", "4:5 python neither Starlark nor Python 2.7 has f-strings"}},
		{"a class", "a.py", "class A:\n    pass\n", []string{"1:1 syntax classes are not supported"}},
	}
	c := checker(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := c.Check(tt.file, []byte(tt.src))
			var lines []string
			for _, p := range got {
				lines = append(lines, fmt.Sprintf("%d:%d %s %s", p.Line, p.Column, p.Rule, p.Message))
			}
			ok := len(lines) >= len(tt.want) && (len(tt.want) > 0 || len(lines) == 0)
			ok = ok && (tt.file != "a.py" || len(lines) == len(tt.want))
			for i := range tt.want {
				ok = ok && i < len(lines) && strings.HasPrefix(lines[i], tt.want[i])
			}
			if !ok {
				t.Errorf("Check(%q) =\n%s\nwant\n%s", tt.src, strings.Join(lines, "\n"), strings.Join(tt.want, "\n"))
			}
		})
	}
}

// TestRemedies: where a module of Python's is missing, there is what to use instead.
func TestRemedies(t *testing.T) {
	c := checker(t)
	for _, tt := range []struct{ file, src, problem string }{
		{"a.py", "import re, threading\n", "1:12 No module named threading; use parallel(fn, items), which calls fn for each item at the same time"},
		{"a.py", "from email.mime import X\n", "1:6 No module named email.mime; use rfc822 and mimetools"},
		{"a.py", "import nosuch\n", "1:8 No module named nosuch; "},
		{"a.star", "load('threading', 'x')\n", "1:6 No module named threading; use parallel(fn, items), which calls fn for each item at the same time"},
		{"a.star", "import email\n", "1:8 Starlark does not have import; there is no email in any case: use rfc822 and mimetools"},
		{"a.star", "import json\n", "1:8 Starlark does not have import; the modules are there without an import; load(\"./lib.star\", \"f\") loads a file; or name the file .py"},
		{"a.py", "def f():\n    return '%(x)s' % locals()\n", "2:22 undefined: locals; name what is meant: dict(x=x, y=y)"},
		{"a.py", "import os\nos.system('ls')\n", "2:4 module os has no attribute system; scripts start no programs; hand its output in by standard input or a file"},
		{"a.py", "from os import getcwd\n", "1:16 module os has no attribute getcwd; relative names are looked up from where the program was started"},
		{"a.star", "x = HTMLParser.parse('é')\n", "1:5 undefined: HTMLParser; use re"},
		{"a.star", "é = [HTMLParser]\n", "1:6 undefined: HTMLParser; "},
	} {
		got := c.Check(tt.file, []byte(tt.src))
		if len(got) != 1 {
			t.Errorf("Check(%q) = %v; want one problem", tt.src, got)
			continue
		}
		if p := got[0]; fmt.Sprintf("%d:%d %s; %s", p.Line, p.Column, p.Message, p.Hint) != tt.problem {
			t.Errorf("Check(%q) = %+v; want %s", tt.src, p, tt.problem)
		}
	}
}

func FuzzCheck(f *testing.F) {
	f.Add("import a\nx = f'{y}'\n")
	f.Add("def f(*, a): pass\nf(*[], **{})\n")
	f.Add("'''\nf\"")
	c := checker(f)
	f.Fuzz(func(t *testing.T, src string) {
		for _, name := range []string{"a.star", "a.py"} {
			for _, p := range c.Check(name, []byte(src)) {
				if p.Message == "" || p.Line < 0 {
					t.Errorf("Check(%q): %+v", src, p)
				}
			}
		}
	})
}
