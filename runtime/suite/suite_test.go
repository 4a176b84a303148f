package suite

import (
	"context"
	"encoding/xml"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"starwire/runtime"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// write makes a file in a new folder and returns its name.
func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

var everything = Options{Config: runtime.Config{Permissions: runtime.Everything()}}

func TestOutcomes(t *testing.T) {
	tests := []struct {
		name, body string
		outcome    Outcome
		text       string // some of it
	}{
		{"nothing wrong", "testing.assert_eq(1 + 1, 2)", Passed, ""},
		{"different values", "testing.assert_eq(1 + 1, 3)", Failed, "    testing.assert_eq(1 + 1, 3)\ngot 2\nwant 3\n"},
		{"in one's own words", "testing.assert_eq('a', 'b', 'the name')", Failed, "the name: got 'a'\nwant 'b'\n"},
		{"texts", "testing.assert_eq('a\\nb\\nc\\n', 'a\\nX\\nc\\n')", Failed, "the texts differ:\nline 2\n  'a\\n'\ngot  'b\\n'\nwant 'X\\n'\n"},
		{"unwanted", "testing.assert_ne(1, 1)", Failed, "got 1\nwant anything else\n"},
		{"truth", "testing.assert_true([])", Failed, "got []\nwant something true\n"},
		{"untruth", "testing.assert_false(0)\n    testing.assert_false(1)", Failed, "got 1\nwant something false\n"},
		{"in", "testing.assert_in(1, [1])\n    testing.assert_in('b', {'a': 1})", Failed, "got {'a': 1}\nwant 'b' in it\n"},
		{"matches", "testing.assert_matches('abc', 'b.')\n    testing.assert_matches('abc', '^b')", Failed, "got 'abc'\nwant a match of '^b'\n"},
		{"a bad pattern", "testing.assert_matches('abc', '(')", Failed, "ValueError: assert_matches: error parsing regexp"},
		{"raises", "e = testing.assert_raises(KeyError, lambda: {}['k'])\n    testing.assert_eq(str(e), \"'k'\")", Passed, ""},
		{"raises nothing", "testing.assert_raises((KeyError, ValueError), lambda: 7)", Failed, "got 7\nwant KeyError or ValueError\n"},
		{"raises another", "testing.assert_raises(KeyError, lambda: [][1])", Failed, "IndexError"},
		{"fail", "testing.fail('no way')", Failed, "no way\n"},
		{"skip", "testing.skip('not here')", Skipped, "not here"},
		{"no catch hides a failure", "attempt(lambda: testing.assert_eq(1, 2))", Failed, "got 1\nwant 2\n"},
		{"a plain error", "fail('broken')", Failed, "Error: broken\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			name := write(t, "a_test.star", "def test_it():\n    "+tt.body+"\n")
			f := RunFile(context.Background(), name, everything)
			if len(f.Results) != 1 {
				t.Fatalf("results %+v; want one", f.Results)
			}
			r := f.Results[0]
			if r.Name != "test_it" || r.Outcome != tt.outcome || !strings.Contains(r.Text, tt.text) {
				t.Errorf("%s: %s %q; want %s with %q", r.Name, r.Outcome, r.Text, tt.outcome, tt.text)
			}
			if want := 2 + strings.Count(tt.body, "\n"); tt.outcome == Failed && r.Line != want {
				t.Errorf("line %d; want %d", r.Line, want)
			}
		})
	}
}

func TestFile(t *testing.T) {
	name := write(t, "a_test.star", `
log = []
srv = testserver.start({"/": "hello"})

def setup():
    log.append("setup")

def teardown():
    log.append("teardown")

def helper():
    testing.fail("no test")

def test_b():
    print("printed")
    testing.assert_eq(log, ["setup"])

def test_a():
    testing.assert_eq(log, ["setup", "teardown", "setup"])
    c = httplib.HTTPConnection(srv.host, srv.port)
    c.request("GET", "/")
    testing.assert_eq(c.getresponse().read(), "hello")
`)
	f := RunFile(context.Background(), name, everything)
	if len(f.Results) != 2 || f.Results[0].Name != "test_b" || f.Results[1].Name != "test_a" || f.Failures() != 0 {
		t.Fatalf("results %+v; want test_b and test_a, passed", f.Results)
	}
	if f.Results[0].Output != "printed\n" || f.Results[1].Output != "" {
		t.Errorf("outputs %q and %q", f.Results[0].Output, f.Results[1].Output)
	}
	o := everything
	o.Run = regexp.MustCompile("_b$")
	if f := RunFile(context.Background(), name, o); len(f.Results) != 1 || f.Results[0].Name != "test_b" {
		t.Errorf("with -run: %+v; want test_b", f.Results)
	}
}

func TestBrokenFiles(t *testing.T) {
	for text, line := range map[string]int{"x = 1\ny = (\n": 2, "x = 1\n1 // 0\n": 2} {
		f := RunFile(context.Background(), write(t, "a_test.star", text), everything)
		if len(f.Results) != 1 || f.Results[0].Outcome != Failed || f.Results[0].Name != "" || f.Results[0].Line != line {
			t.Errorf("%q: %+v; want one failure of the file in line %d", text, f.Results, line)
		}
	}
	if f := RunFile(context.Background(), "nowhere_test.star", everything); f.Failures() != 1 {
		t.Errorf("no file: %+v", f.Results)
	}
}

func TestFilesAtOnce(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"b_test.star", "a_test.star", "c.star", "testdata/d_test.star", "sub/e_test.py", ".git/f_test.star"} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("def test_x():\n    pass\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	files, err := Find(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	var sum Summary
	err = RunFiles(context.Background(), files, everything, func(f File) {
		rel, _ := filepath.Rel(dir, f.Name)
		got = append(got, filepath.ToSlash(rel))
		sum.Add(f)
	})
	if s := strings.Join(got, " "); err != nil || s != "a_test.star b_test.star sub/e_test.py" || sum.String() != "3 passed, 0 failed" {
		t.Errorf("ran %s, %v, %s", s, err, sum)
	}
	if _, err := Find("nowhere"); err == nil {
		t.Error("Find(nowhere): no error")
	}
}

func TestStopped(t *testing.T) {
	name := write(t, "a_test.star", "def test_loop():\n    while True:\n        pass\n")
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	err := RunFiles(ctx, []string{name, name, name}, everything, func(File) {})
	if err != context.DeadlineExceeded {
		t.Errorf("error %v; want %v", err, context.DeadlineExceeded)
	}
	o := everything
	o.Config.Limits.Wall = 20 * time.Millisecond
	if f := RunFile(context.Background(), name, o); f.Failures() != 1 || !strings.Contains(f.Results[0].Text, "--timeout") {
		t.Errorf("a test over its time: %+v", f.Results)
	}
}

var sample = []File{{
	Name: "a_test.star", Time: 1500 * time.Millisecond,
	Results: []Result{
		{Name: "test_ok", Line: 1, Outcome: Passed, Time: time.Millisecond},
		{Name: "test_bad", Line: 7, Outcome: Failed, Text: "got 1\nwant 2\n", Output: "x\x01\n"},
		{Name: "test_skip", Line: 9, Outcome: Skipped, Text: "no network"},
	},
}}

type junitSuites struct {
	XMLName xml.Name     `xml:"testsuites"`
	Suites  []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Time     string      `xml:"time,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Class   string        `xml:"classname,attr"`
	Name    string        `xml:"name,attr"`
	File    string        `xml:"file,attr"`
	Line    int           `xml:"line,attr"`
	Time    string        `xml:"time,attr"`
	Failure *junitMessage `xml:"failure,omitempty"`
	Skipped *junitMessage `xml:"skipped,omitempty"`
	Output  string        `xml:"system-out,omitempty"`
}

type junitMessage struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

func TestReports(t *testing.T) {
	var text, tap, junit strings.Builder
	WriteText(&text, sample[0], true)
	if want := "ok   a_test.star:1: test_ok (1ms)\nFAIL a_test.star:7: test_bad\n    got 1\n    want 2\n  it printed:\n    x\x01\n" +
		"skip a_test.star:9: test_skip: no network\nFAIL a_test.star (3 tests, 1.5s)\n"; text.String() != want {
		t.Errorf("text\n%s\nwant\n%s", text.String(), want)
	}
	WriteTAP(&tap, sample)
	if want := "TAP version 13\n1..3\nok 1 - a_test.star: test_ok\nnot ok 2 - a_test.star: test_bad\n  ---\n  file: \"a_test.star\"\n  line: 7\n" +
		"  message: |\n    got 1\n    want 2\n  ...\nok 3 - a_test.star: test_skip # SKIP no network\n"; tap.String() != want {
		t.Errorf("TAP\n%s\nwant\n%s", tap.String(), want)
	}
	files := append(slices.Clone(sample), File{Name: `<"b'&.star>`, Results: []Result{
		{Outcome: Failed, Text: "\t<&>\n\"'", Output: "]]>\r\xff"},
	}})
	if err := WriteJUnit(&junit, files); err != nil {
		t.Fatal(err)
	}
	var doc junitSuites // what encoding/xml reads, and would write
	if err := xml.Unmarshal([]byte(junit.String()), &doc); err != nil {
		t.Fatalf("%v in\n%s", err, junit.String())
	}
	again, err := xml.MarshalIndent(doc, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	// An element without content has its end on the next line.
	if want := strings.ReplaceAll(xml.Header+string(again)+"\n", "></testcase>", ">\n    </testcase>"); junit.String() != want {
		t.Errorf("JUnit\n%s\nwant\n%s", junit.String(), want)
	}
	s := doc.Suites[0]
	if s.Tests != 3 || s.Failures != 1 || s.Skipped != 1 || s.Cases[1].Failure.Text != "got 1\nwant 2\n" || s.Cases[1].Line != 7 || s.Cases[2].Skipped.Message != "no network" {
		t.Errorf("JUnit\n%s", junit.String())
	}
}
