package pysyntax

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// A closure's unbound variable has its function's words here.
var freeVariable = regexp.MustCompile(`NameError free variable ('\w+') referenced before assignment in enclosing scope`)

// TestAsCPythonDoes runs the programs of testdata/record/trywalk.py: every combination of try, loops,
// with, raise, return, break and continue, and what CPython 2.7.18 printed for each.
func TestAsCPythonDoes(t *testing.T) {
	text, err := os.ReadFile("testdata/trywalk.txt")
	if err != nil {
		t.Fatal(err)
	}
	programs := strings.Split(string(text), "##### ")[1:]
	if len(programs) < 500 {
		t.Errorf("%d programs; want 500 or more", len(programs))
	}
	for _, p := range programs {
		number, rest, _ := strings.Cut(p, "\n")
		src, want, ok := strings.Cut(rest, "===== prints\n")
		if !ok {
			t.Fatalf("program %s has no output", number)
		}
		want = strings.ReplaceAll(want, "global name '", "name '")
		want = freeVariable.ReplaceAllString(want, "UnboundLocalError local variable $1 referenced before assignment")
		t.Run(number, func(t *testing.T) {
			w := new(world)
			_, err := w.run(src, Config{Mode: Script})
			got := w.out.String()
			if got != "" && !strings.HasSuffix(got, "\n") {
				got += "\n"
			}
			if err != nil {
				got += "error: " + describe(err)
			}
			if got != want {
				t.Errorf("program %s:\n%s\nprints:\n%s\nwant:\n%s", number, src, got, want)
			}
		})
	}
}
