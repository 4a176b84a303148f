package scripttest

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

const corpus = "../../testdata/httplib"

// predeclared are the names that testdata/record/README.md promises a script.
const predeclared = `httplib ssl socket urllib urlparse StringIO mimetools rfc822 HOST PORT PORT2 PORT3 DIR CERTS
	rep raw catch attempt fail using isinstance issubclass FakeSocket wait signal open
	Exception StandardError EnvironmentError IOError OSError ValueError TypeError AttributeError LookupError KeyError IndexError
	RuntimeError AssertionError NotImplementedError`

// source is how a case's comment begins: with a file of CPython's library.
var source = regexp.MustCompile(`^(test_)?(httplib|ssl|socket|urllib|urlparse|rfc822|mimetools|StringIO)\.py[,:] .`)

// TestCorpus: each case is well-formed, says what it is about, and is valid
// Starlark (the recorder saw to it that it is valid Python).
func TestCorpus(t *testing.T) {
	prelude, err := os.ReadFile(corpus + "/prelude.star")
	if err != nil {
		t.Fatal(err)
	}
	cases, err := LoadCases(corpus)
	if err != nil {
		t.Fatal(err)
	}
	if len(cases) < 250 {
		t.Errorf("%d cases; want 250 at least", len(cases))
	}
	options := &syntax.FileOptions{Set: true, While: true, TopLevelControl: true, GlobalReassign: true, Recursion: true}
	names := strings.Fields(predeclared)
	isPredeclared := func(name string) bool { return slices.Contains(names, name) }
	for _, c := range cases {
		if !source.MatchString(c.Source) {
			t.Errorf("%s: its comment does not begin with its source: %s", c.Name, c.Source)
		}
		if _, err := ParseServer(c.Server); err != nil {
			t.Errorf("%s: %v", c.Name, err)
		}
		for name, text := range c.Files {
			if _, err := Decode(text, nil); err != nil {
				t.Errorf("%s: files/%s: %v", c.Name, name, err)
			}
		}
		if _, _, err := starlark.SourceProgramOptions(options, c.Name, string(prelude)+c.Script, isPredeclared); err != nil {
			t.Errorf("%s: %v", c.Name, err)
		}
		if (c.CPython.Error != "") != c.Uncaught {
			t.Errorf("%s: `uncaught` is %t, error is %q", c.Name, c.Uncaught, c.CPython.Error)
		}
		if c.HasServer != (c.CPython.Sent != "") {
			t.Errorf("%s: it has a server: %t, sent is %q", c.Name, c.HasServer, c.CPython.Sent)
		}
		if c.CPython.Stdout == "" && c.CPython.Error == "" {
			t.Errorf("%s: nothing can be seen of it", c.Name)
		}
	}
}
