package repl

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"starwire/runtime"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// typed hands out lines; "^C" stands for that key.
type typed struct {
	lines   []string
	prompts []string
}

func (t *typed) ReadLine(prompt string) (string, error) {
	t.prompts = append(t.prompts, prompt)
	if len(t.lines) == 0 {
		return "", io.EOF
	}
	line := t.lines[0]
	t.lines = t.lines[1:]
	if line == "^C" {
		return "", errInterrupted
	}
	return line, nil
}

func (t *typed) Close() error { return nil }

func TestLoop(t *testing.T) {
	tests := []struct {
		name, typed            string
		stdout, stderr, prompt string
	}{
		{"values as Python shows them", "1 + 1\n'a' + \"'\"\nNone\n[1, 'x']", "2\n\"a'\"\n[1, 'x']\n", "", ">>> >>> >>> >>> >>> "},
		{"print statement and function", "print 1, 'a'\nprint(1, 'a')", "1 a\n1 a\n", "", ">>> >>> >>> "},
		{"a block ends at a blank line", "def f():\n    return 3\n\nf()", "3\n", "", ">>> ... ... >>> >>> "},
		{"late binding", "def f(): return g()\n\ndef g(): return 1\n\nf()\ndef g(): return 2\n\nf()", "1\n2\n", "", ""},
		{"import", "import httplib\nhttplib.OK", "200\n", "", ">>> >>> >>> "},
		{"Ctrl-C drops a half-typed block", "def f():\n^C\n1", "1\n", "", ">>> ... >>> >>> "},
		{"the session goes on after an error", "1/0\n2", "2\n", "ZeroDivisionError", ">>> >>> >>> "},
		{"the last value", "7\n_ + 1", "7\n8\n", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var out, errs strings.Builder
			rt, err := runtime.New(runtime.Config{Stdout: &out, Stderr: &errs})
			if err != nil {
				t.Fatal(err)
			}
			s := rt.NewSession()
			defer s.Close()
			in := &typed{lines: strings.Split(tt.typed, "\n")}
			if err := loop(context.Background(), s, in, &out, &errs); err != nil {
				t.Fatal(err)
			}
			if out.String() != tt.stdout {
				t.Errorf("stdout %q; want %q", out.String(), tt.stdout)
			}
			if !strings.Contains(errs.String(), tt.stderr) || tt.stderr == "" && errs.Len() > 0 {
				t.Errorf("stderr %q; want %q", errs.String(), tt.stderr)
			}
			if got := strings.Join(in.prompts, ""); tt.prompt != "" && got != tt.prompt {
				t.Errorf("prompts %q; want %q", got, tt.prompt)
			}
		})
	}
}

func TestExit(t *testing.T) {
	var out strings.Builder
	rt, err := runtime.New(runtime.Config{Stdout: &out, Stderr: &out})
	if err != nil {
		t.Fatal(err)
	}
	s := rt.NewSession()
	defer s.Close()
	err = loop(context.Background(), s, &typed{lines: []string{"import sys", "sys.exit(4)", "1"}}, &out, &out)
	var exit *runtime.ExitError
	if !errors.As(err, &exit) || exit.Code != 4 || out.Len() > 0 {
		t.Errorf("%v, output %q; want exit status 4 and nothing more", err, out.String())
	}
}
