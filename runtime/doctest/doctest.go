// Package doctest runs the examples of a document: what follows its >>> prompts
// is run, and what is printed is compared with what the document says.
package doctest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.starlark.net/starlark"

	"starwire/runtime"
	"starwire/runtime/py"
)

// A Failure is an example that did not do what the document says.
type Failure struct {
	Name    string // of the document
	Line    int    // of the prompt
	Example Example
	Got     string // what was printed, or the traceback
}

// String shows the failure to a person: where, what was run, wanted and got.
func (f Failure) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s:%d: failed example:\n%s", f.Name, f.Line, indent(f.Example.Source))
	if f.Example.Want == "" {
		b.WriteString("expected nothing\n")
	} else {
		b.WriteString("expected:\n" + indent(f.Example.Want))
	}
	if f.Got == "" {
		b.WriteString("got nothing\n")
	} else {
		b.WriteString("got:\n" + indent(f.Got))
	}
	return b.String()
}

func indent(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString("    " + strings.TrimSuffix(line, "\n") + "\n")
	}
	return b.String()
}

// A Report says how the examples of one document went.
type Report struct {
	Examples int // that were run
	Failures []Failure
}

// A Setup is a script that runs before the examples, in their session, to start
// the servers they talk to.
type Setup struct {
	Name string
	Text []byte
}

// Run runs the examples of the document text in one session under config, whose
// Stdout it takes to see what they print. If it is a script, by its name, it is
// run first, and the examples are those of its docstrings, in the language of the
// script. The error is that of a document that cannot be read, of the setup or
// the script, or of a run that was stopped: by a limit or the end of ctx.
func Run(ctx context.Context, config runtime.Config, name, text string, setup *Setup) (Report, error) {
	var report Report
	document := text
	if isScript(name) {
		document = docstrings(name, text)
	}
	examples, err := Parse(name, document)
	if err != nil {
		return report, err
	}
	var out bytes.Buffer
	config.Stdout, config.Print = &out, nil
	rt, err := runtime.New(config)
	if err != nil {
		return report, err
	}
	s := rt.NewSession()
	defer s.Close()
	s.Display = func(v starlark.Value) { out.WriteString(py.Repr(v) + "\n") }
	if setup != nil {
		if err := s.Run(ctx, setup.Name, setup.Text); err != nil {
			return report, err
		}
	}
	if isScript(name) {
		s.Python = rt.IsPython(name)
		if err := s.Run(ctx, name, []byte(text)); err != nil {
			return report, err
		}
	}
	for _, e := range examples {
		if e.Skip {
			continue
		}
		report.Examples++
		out.Reset()
		// Blank lines before the source make its lines those of the document.
		_, err := s.Eval(ctx, name, strings.Repeat("\n", e.Line-1)+e.Source)
		if err != nil && stopped(ctx, err) {
			return report, err
		}
		if !passed(e, out.String(), err) {
			got := out.String()
			if exit := exitOf(err); exit != nil {
				got += exits(exit)[0] + "\n"
			} else if err != nil {
				got += runtime.FormatError(err)
			}
			report.Failures = append(report.Failures, Failure{Name: name, Line: e.Line, Example: e, Got: got})
		}
	}
	return report, nil
}

// passed compares the output of an example, or the exception that ended it, with
// what the document shows. Of a traceback only the exception counts.
func passed(e Example, out string, err error) bool {
	want, isTraceback := lastLine(e.Want)
	if err == nil {
		return !isTraceback && matches(e.Want, out, e.Options)
	}
	if !isTraceback {
		return false
	}
	if exit := exitOf(err); exit != nil {
		return slices.ContainsFunc(exits(exit), func(line string) bool { return matches(want, line, e.Options) })
	}
	if matches(want, err.Error(), e.Options) {
		return true
	}
	// CPython's doctest, unlike its interpreter, shows the class without its module.
	var exc *py.Exception
	return errors.As(err, &exc) &&
		matches(want, strings.TrimPrefix(err.Error(), strings.TrimSuffix(exc.Class().QualifiedName(), exc.Class().Name())), e.Options)
}

// exitOf returns the error of sys.exit, or nil.
func exitOf(err error) *runtime.ExitError {
	var exit *runtime.ExitError
	errors.As(err, &exit)
	return exit
}

// exits lists what the last line of the traceback of sys.exit can be: sys.exit()
// and sys.exit(0) are one.
func exits(exit *runtime.ExitError) []string {
	class := py.SystemExit.Name()
	switch {
	case exit.Message != "":
		return []string{class + ": " + exit.Message}
	case exit.Code == 0:
		return []string{class + ": 0", class}
	}
	return []string{fmt.Sprintf("%s: %d", class, exit.Code)}
}

// stopped reports whether err ends the whole document. sys.exit does not: it is
// what came of an example, as in Python's doctest.
func stopped(ctx context.Context, err error) bool {
	var u py.Uncatchable
	return ctx.Err() != nil || exitOf(err) == nil && errors.As(err, &u)
}
