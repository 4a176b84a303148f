package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"starwire/runtime"
	"starwire/runtime/check"
	"starwire/runtime/pyport"
	"starwire/runtime/pysyntax"
	"starwire/runtime/tty"
)

// check looks for mistakes in files and returns the exit status.
func (o *options) check(files []string, stdin io.Reader, stdout, stderr io.Writer) int {
	rt, err := runtime.New(o.Config)
	if err != nil {
		return usageError(stderr, err)
	}
	c := check.New(rt)
	defer c.Close()
	problems := []check.Problem{}
	for _, name := range files {
		var text []byte
		if name == "-" {
			name = "<stdin>"
			text, err = io.ReadAll(stdin)
		} else {
			text, err = os.ReadFile(name)
		}
		if err != nil {
			return fail(stderr, err)
		}
		problems = append(problems, c.Check(name, text)...)
	}
	if o.JSON {
		enc := json.NewEncoder(stdout)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		enc.Encode(problems)
	} else {
		for _, p := range problems {
			text := p.String()
			if o.Color.Colors(stdout) {
				text = tty.Error(text)
			}
			io.WriteString(stdout, text)
		}
	}
	if len(problems) > 0 {
		return 1
	}
	return 0
}

// port writes the Starlark program that does what a Python 2 program does, and
// returns the exit status: 1 if some of it has no equivalent.
func (o *options) port(ctx context.Context, name string, stdin io.Reader, stdout, stderr io.Writer) int {
	src, err := read(ctx, func() ([]byte, error) {
		if name == "-" {
			return io.ReadAll(stdin)
		}
		return os.ReadFile(name)
	})
	if err != nil {
		return fail(stderr, err)
	}
	if name == "-" {
		name = "<stdin>"
	}
	text, err := pyport.File(name, src)
	var refused pysyntax.ErrorList
	if err != nil && !errors.As(err, &refused) {
		return fail(stderr, err)
	}
	lines := strings.Split(string(src), "\n")
	for _, e := range refused {
		p := check.Problem{File: name, Line: int(e.Pos.Line), Column: int(e.Pos.Col), Message: e.Msg}
		if p.Line > 0 && p.Line <= len(lines) {
			p.Source = strings.TrimSuffix(lines[p.Line-1], "\r")
		}
		shown := p.String()
		if o.Color.Colors(stderr) {
			shown = tty.Error(shown)
		}
		io.WriteString(stderr, shown)
	}
	if text == nil {
		return 1
	}
	if o.Output == "" {
		_, err = stdout.Write(text)
	} else {
		err = writeNew(o.Output, text)
	}
	if err != nil {
		return fail(stderr, err)
	}
	return min(len(refused), 1)
}

// writeNew writes a file that was not there before.
func writeNew(name string, text []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if errors.Is(err, os.ErrExist) {
		return fmt.Errorf("%s is there already, and port replaces no file; remove it or name another", name)
	}
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Close())
}
