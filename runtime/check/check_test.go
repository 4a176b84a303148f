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
		{"a method's parameters are not known", "a.star", "httplib.HTTPConnection('h').request(1, 2, 3, 4, 5, 6)\n", nil},
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
			for i := range tt.want {
				ok = ok && i < len(lines) && strings.HasPrefix(lines[i], tt.want[i])
			}
			if !ok {
				t.Errorf("Check(%q) =\n%s\nwant\n%s", tt.src, strings.Join(lines, "\n"), strings.Join(tt.want, "\n"))
			}
		})
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
