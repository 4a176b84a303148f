// Package command answers one question: what does a command line do? Package
// flags reads it; this one runs the script, the documents or the tools that it
// names, tells people what went wrong, and returns the exit status.
package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"starwire/runtime"
	"starwire/runtime/flags"
	"starwire/runtime/shell"
)

// options are what the command line says.
type options struct{ flags.Options }

// Run does what the command line args, without the program's name, says, and
// returns the exit status: 0, 1 after an error, 2 for a command line that makes no
// sense, 3 after a limit or a refused permission, 130 after an interrupt, or what
// sys.exit asked for. It writes to stdout what the script prints and what was asked
// for, and to stderr all else. Ctrl-C is for the caller to catch: it cancels ctx.
// In the process that --isolate started (isolate.Enter), inner is true.
func Run(ctx context.Context, args []string, stdin *os.File, stdout, stderr io.Writer, inner bool) int {
	parsed, err := flags.Parse(args)
	o, command, args := &options{parsed}, parsed.Command, parsed.Args
	switch {
	case err != nil:
		return usageError(stderr, err)
	case o.Help:
		io.WriteString(stdout, usage)
		return 0
	case o.Version:
		fmt.Fprintf(stdout, "starwire %s, httplib of CPython 2.7.18\n", version)
		return 0
	}
	if o.Isolate && !inner {
		return o.isolated(ctx, stderr)
	}
	if command != "" && command != "run" || processorsChosen() {
		allProcessors()
	}
	o.Config.Stdin, o.Config.Stdout, o.Config.Stderr = stdin, stdout, stderr
	if o.Audit {
		audit := new(runtime.Audit)
		o.Config.Audit = audit.Add
		defer reportAudit(stderr, audit)
	}
	switch command {
	case "doctest", "check":
		if len(args) == 0 {
			return usageError(stderr, errors.New(command+" wants a FILE"))
		}
		if command == "check" {
			return o.check(args, stdin, stdout, stderr)
		}
		return o.doctests(ctx, args, stdout, stderr)
	case "test":
		return o.test(ctx, args, stdout, stderr)
	case "port":
		if len(args) != 1 {
			return usageError(stderr, errors.New("port wants one FILE"))
		}
		return o.port(ctx, args[0], stdin, stdout, stderr)
	case "help":
		return o.explain(args, stdout, stderr)
	case "completion":
		text, err := shell.Completion(strings.Join(args, " "))
		if err != nil {
			return usageError(stderr, err)
		}
		io.WriteString(stdout, text)
		return 0
	}
	switch {
	case o.HasCode:
		o.Config.Args = append([]string{"-c"}, args...)
		if o.Interactive {
			return o.talk(ctx, "<string>", []byte(o.Code), stdin, stdout, stderr)
		}
		return o.runText(ctx, "<string>", []byte(o.Code), stderr)
	case len(args) > 0 && args[0] != "-":
		src, err := readFile(ctx, args[0])
		if err != nil {
			return fail(stderr, err)
		}
		o.Config.Args = args
		if o.Interactive {
			return o.talk(ctx, args[0], src, stdin, stdout, stderr)
		}
		return o.runText(ctx, args[0], src, stderr)
	case command == "run" && len(args) == 0:
		return usageError(stderr, errors.New("run wants a FILE"))
	case !o.Interactive && (len(args) > 0 || !term.IsTerminal(int(stdin.Fd()))):
		src, err := read(ctx, func() ([]byte, error) { return io.ReadAll(stdin) })
		if err != nil {
			return fail(stderr, err)
		}
		o.Config.Args = append([]string{"-"}, args[min(1, len(args)):]...)
		return o.runText(ctx, "<stdin>", src, stderr)
	}
	o.Config.Args = append(args, "")[:max(len(args), 1)]
	return o.talk(ctx, "", nil, stdin, stdout, stderr)
}
