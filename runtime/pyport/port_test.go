package pyport

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"
	"golang.org/x/tools/txtar"

	"starwire/runtime/pysyntax"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestFile ports the programs of testdata: each file holds in.py, out.star and, if some of it is refused, err.
func TestFile(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no testdata: %v", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			files := map[string]string{}
			for _, f := range ar.Files {
				files[f.Name] = string(f.Data)
			}
			got, err := File("in.py", []byte(files["in.py"]))
			if string(got) != files["out.star"] {
				t.Errorf("File = %s; want %s", got, files["out.star"])
			}
			var said strings.Builder
			var refused pysyntax.ErrorList
			if errors.As(err, &refused) {
				for _, e := range refused {
					fmt.Fprintln(&said, e)
				}
			} else if err != nil {
				t.Fatal(err)
			}
			if said.String() != files["err"] {
				t.Errorf("File refuses %s; want %s", &said, files["err"])
			}
		})
	}
}

func TestFileOfNoProgram(t *testing.T) {
	for _, src := range []string{"x = = 1\n", "def f(:\n", "'", "if x:\n", "\x00", "x = (", strings.Repeat("(", 500)} {
		text, err := File("in.py", []byte(src))
		var refused pysyntax.ErrorList
		if text != nil || !errors.As(err, &refused) {
			t.Errorf("File(%.20q) = %q, %v; want an ErrorList", src, text, err)
		}
	}
}

// TestTooDeep: what is one chain in Python may be calls in calls in Starlark, whose parser has a limit. The
// refusal tells where.
func TestTooDeep(t *testing.T) {
	for _, link := range []string{" / y", " ** y", " == y", " % y", ".strip()", ".load", ".has_key(1)[0]"} {
		src := "# \u00e9\ny = 1\n\nx = (1,\n  y" + strings.Repeat(link, 400) + ")\nprint 1\n"
		text, err := File("in.py", []byte(src))
		var refused pysyntax.ErrorList
		if !errors.As(err, &refused) || len(refused) != 1 || refused[0].Pos.Filename() != "in.py" || refused[0].Pos.Line != 5 ||
			!strings.Contains(refused[0].Msg, "nested too deeply") {
			t.Errorf("File(y%s%s…) = %v; want one refusal of line 5", link, link, err)
		}
		if !strings.Contains(string(text), "NOT PORTED: nested too deeply for Starlark; split this\n") {
			t.Errorf("File(y%s%s…): the program has no mark", link, link)
		}
	}
}

// FuzzFile: what File returns without an error compiles, and nothing panics.
func FuzzFile(f *testing.F) {
	programs, err := filepath.Glob("../../testdata/python/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range programs {
		if ar, err := txtar.ParseFile(path); err == nil {
			f.Add(string(ar.Files[0].Data))
		}
	}
	if walk, err := os.ReadFile("../pysyntax/testdata/trywalk.txt"); err == nil {
		for i, p := range strings.Split(string(walk), "##### ") {
			if _, rest, ok := strings.Cut(p, "\n"); ok && i%40 == 1 {
				src, _, _ := strings.Cut(rest, "===== prints\n")
				f.Add(src)
			}
		}
	}
	for _, src := range []string{
		"x = 'a' \"b\" \\\n  u'c'\n", "def f((a, b)): pass\n", "class A:\n  x = 1\ny = `x`\n", "print >>x, 1,\n",
		"async = 1\nload = 2\nx.load(async)\nf(load=1)\nx.assert_\n", "x = [a # c\n , # d\n b]\n", "try: pass\nexcept: pass\n",
		"__name__ = 1\nprint __doc__\n", "eq = div = 1\nprint 1 == x, 1 / x\n", "for local in module: del local\n",
		"\"\xd6\"\"\xa1\"", // a docstring in UTF-8 of literals that are not
		"print 1e999 - 1",  // an infinite literal
		"A, A.load = 0",    // a target that is a keyword of Starlark's
	} {
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src string) {
		text, err := File("in.py", []byte(src))
		var refused pysyntax.ErrorList
		switch {
		case err == nil || errors.As(err, &refused):
		default:
			t.Errorf("File(%q) = %s, %v", src, text, err)
		}
	})
}
