package suite

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"
)

// WriteText writes what a person wants to see of a file: its failures, or with
// verbose every test.
func WriteText(w io.Writer, f File, verbose bool) {
	for _, r := range f.Results {
		name := r.Name
		if name == "" {
			name = "(the file)"
		}
		switch {
		case r.Outcome == Failed:
			fmt.Fprintf(w, "FAIL %s:%d: %s\n%s", f.Name, r.Line, name, indent(r.Text))
			if r.Output != "" {
				fmt.Fprintf(w, "  it printed:\n%s", indent(r.Output))
			}
		case verbose && r.Outcome == Skipped:
			fmt.Fprintf(w, "skip %s:%d: %s: %s\n", f.Name, r.Line, name, r.Text)
		case verbose:
			fmt.Fprintf(w, "ok   %s:%d: %s (%s)\n", f.Name, r.Line, name, r.Time.Round(time.Microsecond))
		}
	}
	state := "ok  "
	if f.Failures() > 0 {
		state = "FAIL"
	}
	fmt.Fprintf(w, "%s %s (%d tests, %s)\n", state, f.Name, len(f.Results), f.Time.Round(time.Millisecond))
}

func indent(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString("    " + strings.TrimSuffix(line, "\n") + "\n")
	}
	return b.String()
}

// WriteTAP writes the results in the Test Anything Protocol, version 13; see
// https://testanything.org.
func WriteTAP(w io.Writer, files []File) {
	n := 0
	for _, f := range files {
		n += len(f.Results)
	}
	fmt.Fprintf(w, "TAP version 13\n1..%d\n", n)
	n = 0
	for _, f := range files {
		for _, r := range f.Results {
			n++
			name := strings.NewReplacer("#", `\#`, "\n", " ").Replace(f.Name + ": " + r.Name)
			switch r.Outcome {
			case Failed:
				fmt.Fprintf(w, "not ok %d - %s\n", n, name)
				fmt.Fprintf(w, "  ---\n  file: %q\n  line: %d\n  message: |\n%s  ...\n", f.Name, r.Line, indent(r.Text))
			case Skipped:
				fmt.Fprintf(w, "ok %d - %s # SKIP %s\n", n, name, strings.ReplaceAll(r.Text, "\n", " "))
			default:
				fmt.Fprintf(w, "ok %d - %s\n", n, name)
			}
		}
	}
}

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

// WriteJUnit writes the results in the XML that JUnit's Ant task made the common
// language of test reports. The error is w's.
func WriteJUnit(w io.Writer, files []File) error {
	var doc junitSuites
	for _, f := range files {
		s := junitSuite{
			Name: f.Name, Tests: len(f.Results), Failures: f.Failures(), Skipped: f.count(Skipped), Time: seconds(f.Time),
		}
		for _, r := range f.Results {
			c := junitCase{
				Class: strings.TrimSuffix(f.Name, ".star"), Name: r.Name, File: f.Name, Line: r.Line,
				Time: seconds(r.Time), Output: printable(r.Output),
			}
			if r.Name == "" {
				c.Name = "(the file)"
			}
			first, _, _ := strings.Cut(strings.TrimRight(r.Text, "\n"), "\n")
			switch r.Outcome {
			case Failed:
				c.Failure = &junitMessage{printable(lastLine(r.Text)), printable(r.Text)}
			case Skipped:
				c.Skipped = &junitMessage{Message: printable(first)}
			}
			s.Cases = append(s.Cases, c)
		}
		doc.Suites = append(doc.Suites, s)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(doc); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func lastLine(text string) string {
	text = strings.TrimRight(text, "\n")
	return text[strings.LastIndexByte(text, '\n')+1:]
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.6f", d.Seconds()) }

// printable drops what XML cannot hold.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0xfffe || r == 0xffff {
			return '\ufffd'
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
}
