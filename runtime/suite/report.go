package suite

import (
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

// WriteJUnit writes the results in the XML that JUnit's Ant task made the common
// language of test reports. The error is w's.
//
// It does without encoding/xml, for which each start of the command would wait.
func WriteJUnit(w io.Writer, files []File) error {
	var b strings.Builder
	escape := strings.NewReplacer(`"`, "&#34;", "'", "&#39;", "&", "&amp;", "<", "&lt;", ">", "&gt;", "\t", "&#x9;", "\n", "&#xA;")
	line := func(format string, args ...any) {
		for i, a := range args {
			if text, ok := a.(string); ok {
				args[i] = escape.Replace(printable(text))
			}
		}
		fmt.Fprintf(&b, format, args...)
	}
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n<testsuites>\n")
	for _, f := range files {
		line(`  <testsuite name="%s" tests="%d" failures="%d" skipped="%d" time="%s">`+"\n",
			f.Name, len(f.Results), f.Failures(), f.count(Skipped), seconds(f.Time))
		for _, r := range f.Results {
			name := r.Name
			if name == "" {
				name = "(the file)"
			}
			line(`    <testcase classname="%s" name="%s" file="%s" line="%d" time="%s">`+"\n",
				strings.TrimSuffix(f.Name, ".star"), name, f.Name, r.Line, seconds(r.Time))
			switch r.Outcome {
			case Failed:
				line(`      <failure message="%s">%s</failure>`+"\n", lastLine(r.Text), r.Text)
			case Skipped:
				first, _, _ := strings.Cut(strings.TrimRight(r.Text, "\n"), "\n")
				line(`      <skipped message="%s"></skipped>`+"\n", first)
			}
			if r.Output != "" {
				line("      <system-out>%s</system-out>\n", r.Output)
			}
			b.WriteString("    </testcase>\n")
		}
		b.WriteString("  </testsuite>\n")
	}
	b.WriteString("</testsuites>\n")
	_, err := io.WriteString(w, b.String())
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
