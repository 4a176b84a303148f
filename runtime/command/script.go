package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/term"

	"starwire/runtime"
	"starwire/runtime/flags"
	"starwire/runtime/progress"
	"starwire/runtime/pysyntax"
	"starwire/runtime/repl"
	"starwire/runtime/tty"
)

func (o *options) runText(ctx context.Context, name string, src []byte, stderr io.Writer) int {
	defer o.onOneProcessor()()
	o.Config.BlockingReads = true
	o.withBars()
	rt, err := runtime.New(o.Config)
	if err != nil {
		return usageError(stderr, flags.Error(err))
	}
	_, err = rt.Run(ctx, name, src)
	if err != nil && isPython(rt, name, src) {
		s := rt.NewSession()
		defer s.Close()
		err = s.Run(ctx, name, src)
	}
	return o.report(stderr, document(name, err))
}

// isPython reports whether a program without a file, whose name tells nothing,
// is in the Python dialect, as what is typed into the REPL can be: it is one
// there, or has statements of Python's, and is none in Starlark.
func isPython(rt *runtime.Runtime, name string, src []byte) bool {
	if name != "<string>" && name != "<stdin>" {
		return false
	}
	tree, err := rt.Parse(name, src)
	if err == nil || tree != nil {
		return false
	}
	var syntax *runtime.SyntaxError
	if errors.As(err, &syntax) && strings.Contains(syntax.Problems[0].Hint, "name the file .py") {
		return true
	}
	_, err = pysyntax.Parse(name, string(src), pysyntax.Config{
		Mode: pysyntax.Interactive, Exports: func(string) ([]string, error) { return nil, nil },
	})
	return err == nil
}

// document adds to the error of a document that was taken for a script what to
// do with it.
func document(name string, err error) error {
	var syntax *runtime.SyntaxError
	switch filepath.Ext(name) {
	case ".md", ".rst", ".txt":
		if errors.As(err, &syntax) {
			syntax.Problems[0].Hint = "starwire doctest " + name + " runs the examples of a document"
		}
	}
	return err
}

// talk talks to a person, after it has run text if its name is not "".
func (o *options) talk(ctx context.Context, name string, text []byte, stdin *os.File, stdout, stderr io.Writer) int {
	allProcessors()
	if !term.IsTerminal(int(stdin.Fd())) {
		return o.follow(ctx, name, text, stdin, stdout, stderr)
	}
	o.Config.BlockingReads = true
	file := name
	if o.HasCode {
		file = ""
	}
	r := repl.New(repl.Options{
		Stdin: stdin, Stdout: stdout, Stderr: stderr,
		Colors:  o.Color.Colors(stdout),
		History: repl.HistoryFile(),
		File:    file,
	})
	r.Configure(&o.Config)
	rt, err := runtime.New(o.Config)
	if err != nil {
		return usageError(stderr, flags.Error(err))
	}
	s := rt.NewSession()
	defer s.Close()
	o.begin(ctx, s, rt, name, text, stderr)
	// Ctrl-C is the item's business: ctx would end the whole session.
	return o.report(stderr, r.Run(context.WithoutCancel(ctx), s))
}

// begin runs text in the session, unless its name is "", and returns the exit
// status. However the script ends, there is something to look at afterwards.
func (o *options) begin(ctx context.Context, s *runtime.Session, rt *runtime.Runtime, name string, text []byte, stderr io.Writer) int {
	if name == "" {
		return 0
	}
	s.Python = !o.HasCode && rt.IsPython(name)
	err := s.Run(ctx, name, text)
	code := o.report(stderr, err)
	var exit *runtime.ExitError
	if errors.As(err, &exit) {
		fmt.Fprintf(stderr, "starwire: %s ended by sys.exit, status %d\n", name, code)
	}
	return code
}

// withBars shows a bar for each transfer for which the script wants one, if
// standard error is a terminal.
func (o *options) withBars() {
	c := &o.Config
	line := progress.NewLine(c.Stderr)
	if !line.Shows() {
		return
	}
	c.Stderr = line.Writer(c.Stderr)
	if tty.IsTerminal(c.Stdout) {
		c.Stdout = line.Writer(c.Stdout)
	}
	c.Progress = func(label string, total int64) runtime.Meter { return line.Begin(label, total) }
}

// readFile reads a program's file. A regular one does not make it wait, nor should
// it wait for a thread to do so.
func readFile(ctx context.Context, name string) ([]byte, error) {
	if info, err := os.Stat(name); err == nil && info.Mode().IsRegular() {
		return readRegular(name, info.Size())
	}
	return read(ctx, func() ([]byte, error) { return os.ReadFile(name) })
}

// read reads a program. A pipe may never end: an interrupt ends the wait.
func read(ctx context.Context, f func() ([]byte, error)) ([]byte, error) {
	var src []byte
	var err error
	done := make(chan struct{})
	go func() {
		defer close(done)
		src, err = f()
	}()
	select {
	case <-done:
		return src, err
	case <-ctx.Done():
		return nil, ErrInterrupt
	}
}
