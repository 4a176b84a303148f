// Package isolate runs a script in a process of its own: the same program,
// started once more with the same command line, within a limit of memory that the
// system enforces. What the limits inside a process cannot stop, such as one
// operator that works for hours on what a script has made, ends with the process.
//
// The program calls [Enter] first thing in main, and [Run] where it would run the
// script:
//
//	if p, err := isolate.Enter(); p != nil {
//		p.Exit(runScript(p.Stderr)) // this is the isolated process
//	}
//	code, err := isolate.Run(ctx, isolate.Options{Memory: 256 << 20})
//
// It wants descriptors to be inherited: Windows has no isolation.
package isolate

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"starwire/runtime/host"
)

// variable tells the process that it is the isolated one, and its limit of memory.
const variable = "STARWIRE_ISOLATED"

// Descriptors that the isolated process gets beside the three standard ones.
const (
	stderrFD = 3 + iota // the real standard error; its own takes what a dying Go process says
	reportFD            // where it says that it ended by itself
)

// Options say how to run the process.
type Options struct {
	// Args are the program's arguments; nil means os.Args[1:].
	Args []string
	// Stdin, Stdout and Stderr are the process's; nil means this process's own.
	Stdin, Stdout, Stderr *os.File
	// Memory is how many bytes the process's address space may grow by; 0 means no
	// limit. Systems without such limits ignore it.
	Memory int64
	// Wall is how long the process may run; 0 means for ever. The process has its
	// own limit of time to end by in good order: Grace later it is killed.
	Wall time.Duration
}

// Grace is how much later than the limit of time, or than the end of Run's
// context, a process is killed that has not ended.
const Grace = 100 * time.Millisecond

// Run starts the program again and returns its exit status. The error is a
// *host.LimitError if the process was killed for its memory or its time, the
// cause of ctx's end, or tells why the program could not be started.
//
// When ctx ends, the process gets an interrupt, and is killed if that does not
// end it.
func Run(ctx context.Context, o Options) (code int, err error) {
	name, err := os.Executable()
	if err != nil {
		return 1, err
	}
	if o.Args == nil {
		o.Args = os.Args[1:]
	}
	reports, report, err := os.Pipe()
	if err != nil {
		return 1, err
	}
	defer reports.Close()
	defer report.Close()
	var timedOut bool
	if o.Wall > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, o.Wall+Grace)
		defer cancel()
	}
	limit := &host.LimitError{Limit: "time", Value: o.Wall.String(), Flag: "--timeout"}
	cmd := exec.CommandContext(ctx, name, o.Args...)
	cmd.Stdin, cmd.Stdout = or(o.Stdin, os.Stdin), or(o.Stdout, os.Stdout)
	last := &tail{}
	cmd.Stderr = last
	cmd.ExtraFiles = []*os.File{or(o.Stderr, os.Stderr), report}
	cmd.Env = append(os.Environ(), variable+"="+strconv.FormatInt(o.Memory, 10))
	cmd.Cancel = func() error {
		if timedOut = errors.Is(ctx.Err(), context.DeadlineExceeded) && o.Wall > 0; timedOut {
			return cmd.Process.Kill()
		}
		return interrupt(cmd.Process)
	}
	cmd.WaitDelay = Grace
	if err := cmd.Start(); err != nil {
		return 1, err
	}
	report.Close()
	err = cmd.Wait()
	done := make([]byte, 1)
	if n, _ := reports.Read(done); n == 1 || err == nil {
		return cmd.ProcessState.ExitCode(), nil
	}
	switch {
	case timedOut:
		return 3, limit
	case ctx.Err() != nil:
		return 130, context.Cause(ctx)
	case o.Memory > 0 && last.outOfMemory():
		return 3, &host.LimitError{Limit: "memory", Value: strconv.FormatInt(o.Memory, 10) + " bytes", Flag: "--max-memory"}
	}
	return 1, fmt.Errorf("the isolated process died: %w\n%s", err, last)
}

func or(f, otherwise *os.File) *os.File {
	if f != nil {
		return f
	}
	return otherwise
}

// A Process is the isolated process as it sees itself.
type Process struct {
	// Stderr is the standard error of whoever called Run.
	Stderr *os.File
	report *os.File
}

// Enter returns the Process if this is the isolated one, with its limits set, or
// nil. Call it before anything else, once.
func Enter() (*Process, error) {
	text, ok := os.LookupEnv(variable)
	if !ok {
		return nil, nil
	}
	os.Unsetenv(variable)
	memory, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", variable, err)
	}
	p := &Process{Stderr: os.NewFile(stderrFD, "/dev/stderr"), report: os.NewFile(reportFD, "report")}
	closeOnExec(stderrFD)
	closeOnExec(reportFD)
	if memory > 0 {
		if err := limitMemory(memory); err != nil {
			return nil, fmt.Errorf("cannot limit the memory of the process: %w", err)
		}
	}
	return p, nil
}

// Exit ends the isolated process with the exit status, which Run returns.
func (p *Process) Exit(code int) {
	p.report.Write([]byte{1})
	os.Exit(code)
}

// A tail keeps the beginning of what a dying process says.
type tail struct{ text []byte }

const maxTail = 16 << 10

// Write never fails.
func (t *tail) Write(b []byte) (int, error) {
	t.text = append(t.text, b[:min(len(b), maxTail-len(t.text))]...)
	return len(b), nil
}

// String returns what was kept, without the stacks.
func (t *tail) String() string {
	text, _, _ := strings.Cut(string(t.text), "\n\n")
	return text
}

// outOfMemory reports whether the Go runtime died of the limit.
func (t *tail) outOfMemory() bool {
	text := string(t.text)
	for _, sign := range []string{"out of memory", "cannot allocate memory", "stack overflow", "failed to create new OS thread", "errno=12"} {
		if strings.Contains(text, sign) {
			return true
		}
	}
	return text == "" // killed by the system
}
