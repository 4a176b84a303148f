package runtime

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/py"
)

// tree returns a file system of the given files.
func tree(files map[string]string) fs.FS {
	m := make(fstest.MapFS)
	for name, text := range files {
		m[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return m
}

func TestLoad(t *testing.T) {
	rt, out := newRuntime(t, Config{FS: tree(map[string]string{
		"lib/a.star": "load('./b.star', 'b')\nprint('a runs')\ndef f(): return [b]\nlist = [1]\n",
		"lib/b.star": "load('../top.star', t = 'top')\nprint('b runs')\nb = t + 1\n",
		"top.star":   "print('top runs')\ntop = 40\n",
		"old.py":     "print 'old runs',\nprint\nx = 7\n",
	})})
	globals, err := rt.Run(context.Background(), "lib/main.star", []byte(`
load("httplib", "OK", nf = "NOT_FOUND")
load("./a.star", "f", "list")
load("b.star", "b")
load("../old.py", "x")
got = (OK, nf, f(), b, x)
frozen = attempt(list.append, 2).error
`))
	if err != nil {
		t.Fatal(FormatError(err))
	}
	if got, want := globals["got"].String(), "(200, 404, [41], 41, 7)"; got != want {
		t.Errorf("loaded %s; want %s", got, want)
	}
	if got, want := out.String(), "top runs\nb runs\na runs\nold runs\n"; got != want {
		t.Errorf("printed %q; want %q: each file runs once", got, want)
	}
	if e, ok := globals["frozen"].(*py.Exception); !ok || !strings.Contains(e.Error(), "frozen list") {
		t.Errorf("append to a loaded list: %v; want it frozen", globals["frozen"])
	}
}

func TestLoadErrors(t *testing.T) {
	files := tree(map[string]string{
		"bad.star":   "x = = 1\n",
		"fails.star": "def f():\n  return [][0]\nf()\n",
		"a.star":     "load('b.star', 'b')\n",
		"b.star":     "load('./c.star', 'c')\n",
		"c.star":     "load('a.star', 'a')\n",
		"self.star":  "load('self.star', 'x')\n",
		"ok.star":    "value = 1\n",
		"stop.star":  "while True: pass\n",
	})
	tests := []struct {
		src  string
		want string // in FormatError's text
	}{
		{`load("htplib", "x")`, "ImportError: no module named htplib (did you mean httplib?); a file is loaded by its path, as \"./htplib.star\""},
		{`load("httplib", "HTTPConection")`, "ImportError: load: name HTTPConection not found in module httplib (did you mean HTTPConnection?)"},
		{`load("ok.star", "valeu")`, "did you mean value?"},
		{`load("./none.star", "x")`, "ImportError: there is no file none.star"},
		{`load("bad.star", "x")`, "bad.star:1:5: SyntaxError: got '=', want primary expression"},
		{`load("fails.star", "x")`, "main.star:1:1: in <toplevel>\n    load(\"fails.star\", \"x\")\n    ^\n  fails.star:3:2: in <toplevel>\n    f()\n     ^\n  fails.star:2:12: in f\n    return [][0]\n             ^\nIndexError: index 0 out of range: empty list\n"},
		{`load("a.star", "x")`, "ImportError: cycle in the files that are loaded: a.star loads b.star loads c.star loads a.star"},
		{`load("self.star", "x")`, "ImportError: cycle in the files that are loaded: self.star loads self.star"},
		{`load("../../etc/passwd.star", "x")`, "PermissionError: not allowed to read file ../../etc/passwd.star (to allow it: --allow-read=DIR)"},
		{`load("/etc/passwd", "x")`, "PermissionError: not allowed to read file /etc/passwd"},
		{`load("", "x")`, "ImportError: no module named"},
		{`load("stop.star", "x")`, "limit exceeded: steps"},
	}
	rt, _ := newRuntime(t, Config{FS: files, Limits: Limits{Steps: 100_000}})
	for _, tt := range tests {
		_, err := rt.Run(context.Background(), "main.star", []byte(tt.src))
		if got := FormatError(err); !strings.Contains(got, tt.want) || !strings.Contains(got, "main.star:1:1: in <toplevel>") {
			t.Errorf("%s: error\n%s\nwant it at main.star:1:1, with\n%s", tt.src, got, tt.want)
		}
	}
	// A file that failed fails again, without running again.
	s := rt.NewSession()
	defer s.Close()
	var first error
	for range 2 {
		_, err := s.Eval(context.Background(), "x", `load("fails.star", "x")`)
		var e *starlark.EvalError
		if !errors.As(err, &e) || first != nil && err.Error() != first.Error() {
			t.Errorf("load of a file that fails: %v; before %v", err, first)
		}
		first = err
	}
}

// TestLoadChain has files load each other without end.
func TestLoadChain(t *testing.T) {
	rt, _ := newRuntime(t, Config{FS: endless{}})
	_, err := rt.Run(context.Background(), "0.star", []byte("load('1.star', 'x')"))
	if err == nil || !strings.Contains(err.Error(), "files load each other more than 100 deep") {
		t.Errorf("an endless chain of files: %v", err)
	}
}

// endless has a file for every name, which loads one with a longer name.
type endless struct{}

func (endless) Open(name string) (fs.File, error) {
	m := fstest.MapFS{name: &fstest.MapFile{Data: []byte("load('1" + name + "', 'x')")}}
	return m.Open(name)
}

func TestLoadFromSystem(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		t.Helper()
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		return name
	}
	main := write("scripts/main.star", "load('./lib.star', 'x')\nload('sub/lib.star', y = 'x')\ngot = (x, y)\n")
	write("scripts/lib.star", "x = 1\n")
	write("scripts/sub/lib.star", "x = 2\n")
	outside := write("outside.star", "x = 3\n")
	granted := filepath.Join(dir, "scripts")

	run := func(c Config, src string) (starlark.StringDict, error) {
		rt, _ := newRuntime(t, c)
		return rt.Run(context.Background(), main, []byte(src))
	}
	src, err := os.ReadFile(main)
	if err != nil {
		t.Fatal(err)
	}
	for _, read := range [][]string{{"*"}, {granted}, {dir}} {
		globals, err := run(Config{Permissions: Permissions{Read: read}}, string(src))
		if err != nil || globals["got"].String() != "(1, 2)" {
			t.Errorf("Read %q: %v, %v; want (1, 2)", read, globals["got"], err)
		}
	}
	if err := os.Symlink(outside, filepath.Join(granted, "link.star")); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"../outside.star", outside, "./link.star", "sub/../../outside.star"} {
		for _, read := range [][]string{nil, {granted}} {
			_, err := run(Config{Permissions: Permissions{Read: read}}, "load('"+name+"', 'x')")
			var refused *host.PermissionError
			if !errors.As(err, &refused) || ExitCode(err) != 3 {
				t.Errorf("load(%q) with Read %q: %v; want a refusal", name, read, err)
			}
		}
	}
	if _, err := run(Config{Permissions: Permissions{Read: []string{granted}}}, "load('big.star', 'x')"); err == nil || !strings.Contains(err.Error(), "there is no file "+filepath.Join(granted, "big.star")) {
		t.Errorf("load of a missing file: %v", err)
	}
}

func TestImport(t *testing.T) {
	rt, out := newRuntime(t, Config{
		FS: tree(map[string]string{
			"helper.py":   "x = 1\n",
			"other.star":  "y = 2\n",
			"broken.py":   "x = \n",
			"sub/deep.py": "import helper\n",
		}),
		Modules: map[string]starlark.StringDict{"mine": {"z": starlark.MakeInt(3)}},
	})
	run := func(name, src string) error {
		_, err := rt.Run(context.Background(), name, []byte(src))
		return err
	}
	if err := run("main.py", `
import helper, other as o, mine
from helper import x
from mine import *
import httplib
print helper.x, o.y, mine.z, x, z, httplib.OK
`); err != nil || out.String() != "1 2 3 1 3 200\n" {
		t.Errorf("imports: printed %q, error %v", out, FormatError(err))
	}
	for src, want := range map[string]string{
		"import htplib":                      "ImportError: No module named htplib\nhint: did you mean httplib?",
		"import nosuchthing":                 "ImportError: No module named nosuchthing\n",
		"from httplib import nosuch":         "ImportError: cannot import name nosuch",
		"import httplib.nosuch":              "ImportError: No module named nosuch",
		"import broken":                      "broken.py:1:",
		"from helper import *":               "SyntaxError",
		"from nosuchthing import x":          "ImportError: No module named nosuchthing",
		"def f():\n  import htplib\nf()":     "main.py:2:10: in f",
		"import sub":                         "ImportError: No module named sub",
		"import mine\nprint mine.nosuch\n\n": "AttributeError: 'module' object has no attribute 'nosuch'",
	} {
		if got := FormatError(run("main.py", src)); !strings.Contains(got, want) {
			t.Errorf("%s: error\n%s\nwant %s", src, got, want)
		}
	}
}
