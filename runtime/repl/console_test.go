package repl

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"go.starlark.net/starlark"
	"go.uber.org/goleak"

	"starwire/runtime"
	"starwire/runtime/tty/ttytest"
)

// childEnv makes the test binary a REPL on the terminal that it is started on.
const childEnv = "STARWIRE_REPL_TEST"

func TestMain(m *testing.M) {
	if os.Getenv(childEnv) != "" {
		os.Exit(child())
	}
	goleak.VerifyTestMain(m)
}

// child is the command's REPL, with a built-in that heeds nothing.
func child() int {
	r := New(Options{
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		History: HistoryFile(), Colors: os.Getenv("COLORS") != "", File: os.Getenv("FILE"),
	})
	config := runtime.Config{
		Permissions: runtime.Everything(),
		Limits:      runtime.NoLimits(),
		Predeclared: starlark.StringDict{
			"stuck": starlark.NewBuiltin("stuck", func(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
				fmt.Println("now stuck")
				select {}
			}),
		},
	}
	r.Configure(&config)
	rt, err := runtime.New(config)
	if err != nil {
		fmt.Println(err)
		return 1
	}
	s := rt.NewSession()
	defer s.Close()
	err = r.Run(context.Background(), s)
	var exit *runtime.ExitError
	if err != nil && !errors.As(err, &exit) {
		fmt.Println(err)
	}
	return runtime.ExitCode(err)
}

// newConsole starts the REPL in a terminal of that many columns and 24 rows.
func newConsole(t *testing.T, columns int, env ...string) *ttytest.Console {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe)
	cmd.Dir = t.TempDir()
	cmd.Env = append(os.Environ(), childEnv+"=1", "STARWIRE_HISTORY="+filepath.Join(cmd.Dir, "history"))
	cmd.Env = append(cmd.Env, env...)
	c := ttytest.Start(t, columns, cmd)
	c.Expect(">>> ")
	return c
}

const (
	up    = ttytest.Up
	down  = ttytest.Down
	left  = ttytest.Left
	del   = ttytest.Delete
	ctrlA = ttytest.CtrlA
	ctrlC = ttytest.CtrlC
	ctrlD = ttytest.CtrlD
	ctrlL = ttytest.CtrlL
	ctrlR = ttytest.CtrlR
)

var pasted = ttytest.Pasted

// converse sends the steps that are strings, and expects what the others list;
// then it leaves.
func converse(t *testing.T, steps []any) {
	t.Helper()
	c := newConsole(t, 100)
	for _, step := range steps {
		switch step := step.(type) {
		case string:
			c.Send(step)
		case []string:
			c.Expect(step...)
		}
	}
	c.Send(ctrlC + ctrlD)
	if code := c.Exit(); code != 0 {
		t.Errorf("exit status %d; want 0", code)
	}
	c.Until("bracketed paste switched off", func(s *ttytest.Screen) bool { return !s.Paste })
}
