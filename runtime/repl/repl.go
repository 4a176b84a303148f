// Package repl is how a person at a terminal talks to a session: it reads items
// line by line, runs them, and shows what their expressions are worth.
package repl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"

	"github.com/chzyer/readline"
	"go.starlark.net/starlark"

	"starwire/runtime"
	"starwire/runtime/py"
)

// errInterrupted is what a lineReader returns for Ctrl-C: the item typed so far
// is dropped.
var errInterrupted = errors.New("interrupted")

// A lineReader reads the lines a person types.
type lineReader interface {
	// ReadLine shows the prompt and returns the next line without its newline;
	// io.EOF for Ctrl-D, errInterrupted for Ctrl-C.
	ReadLine(prompt string) (string, error)
	Close() error
}

// terminal reads lines with readline.
type terminal struct{ rl *readline.Instance }

func newTerminal() (lineReader, error) {
	rl, err := readline.NewEx(&readline.Config{
		Prompt:          runtime.Prompt,
		InterruptPrompt: "^C",
		EOFPrompt:       " ",
	})
	if err != nil {
		return nil, err
	}
	return terminal{rl}, nil
}

func (t terminal) ReadLine(prompt string) (string, error) {
	t.rl.SetPrompt(prompt)
	line, err := t.rl.Readline()
	if err == readline.ErrInterrupt {
		err = errInterrupted
	}
	return line, err
}

func (t terminal) Close() error { return t.rl.Close() }

// Run reads items from the terminal until Ctrl-D or sys.exit and runs them in s.
// Values go to stdout, errors to stderr. Ctrl-C drops the item that is being
// typed, or stops the one that is running. The error is the one that ended it,
// an *runtime.ExitError or the cause of ctx, or nil for Ctrl-D.
func Run(ctx context.Context, s *runtime.Session, stdout, stderr io.Writer) error {
	t, err := newTerminal()
	if err != nil {
		return err
	}
	defer t.Close()
	fmt.Fprintln(stderr, `starwire: Python 2.7's httplib in Starlark. Ctrl-D leaves.`)
	return loop(ctx, s, t, stdout, stderr)
}

func loop(ctx context.Context, s *runtime.Session, lines lineReader, stdout, stderr io.Writer) error {
	s.Display = func(v starlark.Value) { fmt.Fprintln(stdout, py.Repr(v)) }
	for {
		err := item(ctx, s, lines)
		var exit *runtime.ExitError
		switch {
		case err == nil, err == errInterrupted:
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case err == io.EOF:
			return nil
		case errors.As(err, &exit):
			return err
		case errors.Is(err, context.Canceled):
			fmt.Fprintln(stderr, "KeyboardInterrupt")
		default:
			io.WriteString(stderr, runtime.FormatError(err))
		}
	}
}

// item reads and runs one item. While it runs, Ctrl-C cancels it.
func item(ctx context.Context, s *runtime.Session, lines lineReader) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	interrupt := make(chan os.Signal, 1)
	signal.Notify(interrupt, os.Interrupt)
	defer signal.Stop(interrupt)
	go func() {
		select {
		case <-interrupt:
			stop()
		case <-ctx.Done():
		}
	}()
	_, err := s.Next(ctx, lines.ReadLine)
	return err
}
