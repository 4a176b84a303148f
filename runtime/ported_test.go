package runtime_test

import (
	"context"
	"errors"
	"os"
	"regexp"
	"strings"
	"testing"

	"starwire/runtime"

	"starwire/runtime/pyport"
	"starwire/runtime/pysyntax"
	"starwire/runtime/scripttest"
)

// notPorted are the programs of testdata/python that have no equivalent, or another output.
var notPorted = map[string]string{}

// shown are the programs that show their own lines, which in Starlark are others.
var shown = map[string]bool{"traceback-exc": true, "traceback-tb": true, "logging-client": true}

// TestPortedPrograms runs what pyport.File makes of the Python 2 programs of testdata/python, and compares
// what they print and what the server receives with CPython 2.7.18.
func TestPortedPrograms(t *testing.T) {
	programs, err := scripttest.LoadPrograms("../testdata/python")
	if err != nil {
		t.Fatal(err)
	}
	if refused := len(notPorted); refused*10 > len(programs) {
		t.Errorf("%d of %d programs are not ported; want at most one in ten", refused, len(programs))
	}
	for _, p := range programs {
		t.Run(p.Name, func(t *testing.T) {
			t.Parallel()
			text, err := pyport.File("program.py", []byte(p.Source))
			var list pysyntax.ErrorList
			if why := notPorted[p.Name]; why != "" && errors.As(err, &list) {
				if list[0].Msg != why {
					t.Errorf("refused because %s; want %s", list[0].Msg, why)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			got := runProgram(t, p, "program.star", string(text))
			got.Stdout = strings.ReplaceAll(got.Stdout, "program.star", "program.py")
			got.Error = strings.ReplaceAll(got.Error, "program.star", "program.py")
			switch d := p.CPython.Diff(got); {
			case (d != "") != shown[p.Name]:
				t.Errorf("%s\n%s\n%s", p.About, text, d)
			}
		})
	}
}

// TestPortedAsCPythonDoes runs what pyport.File makes of the programs that testdata/record/trywalk.py
// recorded: every combination of try, loops, with, raise, return, break and continue.
func TestPortedAsCPythonDoes(t *testing.T) {
	data, err := os.ReadFile("pysyntax/testdata/trywalk.txt")
	if err != nil {
		t.Fatal(err)
	}
	programs := strings.Split(string(data), "##### ")[1:]
	if len(programs) < 500 {
		t.Errorf("%d programs; want 500 or more", len(programs))
	}
	var out strings.Builder
	rt, err := runtime.New(runtime.Config{Predeclared: runtime.WalkWorld(), Stdout: &out})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range programs {
		number, rest, _ := strings.Cut(p, "\n")
		src, want, ok := strings.Cut(rest, "===== prints\n")
		if !ok {
			t.Fatalf("program %s has no output", number)
		}
		want = freeVariable.ReplaceAllString(want, "UnboundLocalError local variable $1 referenced before assignment")
		text, err := pyport.File("x.py", []byte(src))
		if err != nil {
			t.Errorf("program %s:\n%s\n%v", number, src, err)
			continue
		}
		out.Reset()
		_, err = rt.Run(context.Background(), "x.star", text)
		got := runtime.WalkOutput(out.String())
		if err != nil {
			got += "error: " + runtime.FormatError(err)
		}
		if got != want {
			t.Errorf("program %s:\n%s\nprints:\n%s\nwant:\n%s", number, text, got, want)
		}
	}
}

// freeVariable is CPython's error about a closure's variable without a value, which here has the words of
// the function's own.
var freeVariable = regexp.MustCompile(`NameError free variable ('\w+') referenced before assignment in enclosing scope`)
