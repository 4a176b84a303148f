package command

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"go.starlark.net/starlark"

	"starwire/runtime"
	"starwire/runtime/flags"
	"starwire/runtime/py"
)

// follow is talk where nobody sits at a terminal: it runs the statements that
// come through stdin one by one, as python -i does, shows what expressions are
// worth, and goes on after an error. Prompts go to stderr. The exit status is that
// of sys.exit, or else of the script with the name.
func (o *options) follow(ctx context.Context, name string, text []byte, stdin io.Reader, stdout, stderr io.Writer) int {
	in := &lines{r: bufio.NewReader(stdin)}
	o.Config.Stdin = in
	rt, err := runtime.New(o.Config)
	if err != nil {
		return usageError(stderr, flags.Error(err))
	}
	s := rt.NewSession()
	defer s.Close()
	s.Display = func(v starlark.Value) { fmt.Fprintln(stdout, py.Repr(v)) }
	code := o.begin(ctx, s, rt, name, text, stderr)
	for {
		var end error
		_, err := s.Next(ctx, func(prompt string) (string, error) {
			io.WriteString(stderr, prompt)
			var line []byte
			line, end = read(ctx, in.next)
			return string(line), end
		})
		var exit *runtime.ExitError
		switch {
		case err == nil:
		case err == io.EOF:
			fmt.Fprintln(stderr)
			return code
		case err == end:
			return fail(stderr, err)
		case errors.As(err, &exit), ctx.Err() != nil:
			return o.report(stderr, err)
		default:
			o.report(stderr, err)
		}
	}
}

// lines gives out a stream line by line, to those who read statements and to the
// scripts among them: neither takes what is the other's.
type lines struct {
	mu sync.Mutex
	r  *bufio.Reader
}

// next returns the next line with its end, and io.EOF with what is behind the last.
func (l *lines) next() ([]byte, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.r.ReadBytes('\n')
}

// Read reads a line, or as much of it as there is room for.
func (l *lines) Read(p []byte) (n int, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for n < len(p) && (n == 0 || p[n-1] != '\n') {
		if p[n], err = l.r.ReadByte(); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}
