// Command starwire runs Starlark and Python-style scripts that talk HTTP through
// Python's httplib.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	goruntime "runtime"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"

	"starwire/runtime"
	"starwire/runtime/check"
	"starwire/runtime/doctest"
	"starwire/runtime/flags"
	"starwire/runtime/isolate"
	"starwire/runtime/manual"
	"starwire/runtime/progress"
	"starwire/runtime/py"
	"starwire/runtime/pyport"
	"starwire/runtime/pysyntax"
	"starwire/runtime/repl"
	"starwire/runtime/shell"
	"starwire/runtime/suite"
	"starwire/runtime/tty"
)

const version = "0.1.0"

const usage = `starwire runs scripts that talk HTTP through Python's httplib.

  starwire [flags] FILE [ARG...]      run a script (also: starwire run FILE)
  starwire [flags] -c CODE [ARG...]   run CODE: Starlark, or with Python's statements
  starwire [flags]                    talk to it; run standard input if it is no terminal
  starwire [flags] -i FILE [ARG...]   run a script, or -c CODE, then talk to it;
                                      after a .py FILE, in Python
  starwire doctest [flags] FILE...    run the >>> examples of documents and docstrings
  starwire test [flags] [PATH...]     run the test_* functions of *_test.star files
  starwire check [flags] FILE...      find mistakes without running
  starwire port [-o OUT] FILE         write the Starlark program that a Python 2 program is
  starwire help [NAME]                explain a module, a function, a method, a topic
  starwire completion bash|zsh|fish   print what makes that shell complete all this

FILE may be - for standard input.

Flags, before FILE:
  --timeout DURATION        end the whole run after that long: 1.5, 500ms, 2m
  --cacert FILE             trust the authorities in FILE (PEM) instead of the system's
  --resolve HOST:PORT:ADDR[:PORT]
                            connect to ADDR when a script names HOST:PORT
  --debuglevel N            new connections print what they send and receive
  --policy python|strict    as httplib does, or refuse what RFC 9112 lets a client refuse
  --deadline DURATION       for one request and its response, however often a byte drips
  --max-body SIZE|none      the most that one read() may return
  --limit NAME=N            of what a server sends: --limit headers=50; a script's limits={}
  --color WHEN              auto, always or never; NO_COLOR=1 is never
  --setup FILE              doctest: a script to run first, to start servers
  -run REGEX  -v            test: only functions of these names; show every test
  --tap  --junit FILE       test: print TAP; write a report in JUnit's XML
  --json                    check: print JSON, for editors
  -o OUT                    port: write to OUT, a new file, instead of standard output
  --help, --version

Permissions; without any of these flags a script may do what you may:
  --sandbox                 nothing but what is allowed below
  --allow-net LIST          [http[s]://]HOST[:PORT], *.DOMAIN, CIDR, private or
                            unix:PATH, comma-separated
  --deny-net LIST           of what is allowed, not these
  --allow-read LIST         folders to read
  --allow-write LIST        folders to write
  --allow-env LIST          environment variables to read
  --allow-listen            run test servers on this machine
  --audit                   tell, at the end, the flags that the run needed

Limits; there are none unless given:
  --max-steps N  --max-read SIZE  --max-write SIZE  --max-print SIZE  --max-conns N
  --max-depth N  --max-json-depth N   calls in calls, lists and dicts in JSON
  --max-memory SIZE         sizes as 4096, 64MiB, 1GB
  --isolate                 run the script in a process of its own, which the system
                            limits to --max-memory, 512MiB by default

Exit status: 0, 1 script error, 2 usage, 3 limit or refused permission, 130
interrupt, or what sys.exit asks for.

Example:
  starwire -c 'c = httplib.HTTPConnection("127.0.0.1", 8000)
  c.request("GET", "/")
  print(c.getresponse().status)'
`

func main() {
	inner, err := isolate.Enter()
	if err != nil {
		os.Exit(fail(os.Stderr, err))
	}
	ctx, stop := untilInterrupted()
	if inner != nil { // the process that --isolate started
		code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, inner.Stderr, true)
		stop()
		inner.Exit(code)
	}
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr, false)
	stop()
	os.Exit(code)
}

// untilInterrupted returns a context that the first Ctrl-C ends. A second one
// ends the process, should the first not be enough.
func untilInterrupted() (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt)
	go func() {
		select {
		case <-signals:
			cancel(errInterrupt)
			signal.Stop(signals)
		case <-ctx.Done():
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		cancel(nil)
	}
}

// options are what the command line says.
type options struct{ flags.Options }

// run does what the command line says and returns the exit status.
func run(ctx context.Context, args []string, stdin *os.File, stdout, stderr io.Writer, inner bool) int {
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
		src, err := read(ctx, func() ([]byte, error) { return os.ReadFile(args[0]) })
		if err != nil {
			return fail(stderr, err)
		}
		o.Config.Args = args
		if o.Interactive {
			return o.talk(ctx, args[0], src, stdin, stdout, stderr)
		}
		return o.runText(ctx, args[0], src, stderr)
	case (command == "run" || o.Interactive) && len(args) == 0:
		return usageError(stderr, errors.New(map[bool]string{true: "-i", false: "run"}[o.Interactive]+" wants a FILE"))
	case len(args) > 0 || !term.IsTerminal(int(stdin.Fd())):
		src, err := read(ctx, func() ([]byte, error) { return io.ReadAll(stdin) })
		if err != nil {
			return fail(stderr, err)
		}
		o.Config.Args = append([]string{"-"}, args[min(1, len(args)):]...)
		return o.runText(ctx, "<stdin>", src, stderr)
	}
	o.Config.Args = []string{""}
	return o.talk(ctx, "", nil, stdin, stdout, stderr)
}

var errInterrupt = errors.New("KeyboardInterrupt")

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
		return nil, errInterrupt
	}
}

// defaultIsolatedMemory is what the address space of an isolated process may grow
// by if --max-memory does not say, in bytes.
const defaultIsolatedMemory = 512 << 20

// isolated runs the same command line in a process of its own.
func (o *options) isolated(ctx context.Context, stderr io.Writer) int {
	limits := isolate.Options{Memory: defaultIsolatedMemory}
	if o.Config.Limits.Memory > 0 {
		limits.Memory = o.Config.Limits.Memory
	}
	if o.Config.Limits.Wall > 0 {
		limits.Wall = o.Config.Limits.Wall
	}
	code, err := isolate.Run(ctx, limits)
	if err != nil {
		o.report(stderr, err)
		if o.Audit {
			fmt.Fprintln(stderr, "starwire: audit: the process died before it could tell what it needed")
		}
	}
	return code
}

const (
	// alone is how long a script runs before it is kept to one processor: the
	// switch costs what a tenth of the shortest run does.
	alone = 20 * time.Millisecond
	// concurrentGC is the collector's GOGC once scripts run beside each other. What
	// it then costs to stop them all is more than twice the memory is worth.
	concurrentGC = 200
	// aloneGC is GOGC before, for a script that reads a large body by the piece:
	// it collects every 6 MiB rather than every 4, for 2 to 4 MiB more memory.
	aloneGC = 150
)

// onOneProcessor keeps a script that runs alone on one processor: that a
// connection's data wakes a thread elsewhere, and that the collector works beside
// it, costs more than it gains; and the collector works less often. It has all
// processors, and a collector that works half as often as Go's, from its first
// second thread on. GOMAXPROCS and GOGC in the environment have the last word. The
// caller calls stop when the script is over.
func (o *options) onOneProcessor() (stop func()) {
	var mu sync.Mutex
	var concurrent bool
	timer := time.AfterFunc(alone, func() {
		mu.Lock()
		defer mu.Unlock()
		if concurrent {
			return
		}
		if os.Getenv("GOMAXPROCS") == "" {
			goruntime.GOMAXPROCS(1)
		}
		if os.Getenv("GOGC") == "" {
			debug.SetGCPercent(aloneGC)
		}
	})
	o.Config.OnConcurrent = sync.OnceFunc(func() {
		mu.Lock()
		defer mu.Unlock()
		concurrent = true
		if !timer.Stop() && os.Getenv("GOMAXPROCS") == "" {
			goruntime.SetDefaultGOMAXPROCS()
		}
		if os.Getenv("GOGC") == "" {
			debug.SetGCPercent(concurrentGC)
		}
	})
	return func() { timer.Stop() }
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

func (o *options) runText(ctx context.Context, name string, src []byte, stderr io.Writer) int {
	defer o.onOneProcessor()()
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
	s.Python = file != "" && rt.IsPython(file)
	if name != "" {
		err = s.Run(ctx, name, text)
		code := o.report(stderr, err)
		if err != nil && !term.IsTerminal(int(stdin.Fd())) {
			return code
		}
		// However the script ended, there is something to look at.
		var exit *runtime.ExitError
		if errors.As(err, &exit) {
			fmt.Fprintf(stderr, "starwire: %s ended by sys.exit, status %d\n", name, code)
		}
	}
	if !term.IsTerminal(int(stdin.Fd())) {
		return usageError(stderr, errors.New("-i wants a terminal"))
	}
	// Ctrl-C is the item's business: ctx would end the whole session.
	return o.report(stderr, r.Run(context.WithoutCancel(ctx), s))
}

func (o *options) doctests(ctx context.Context, files []string, stdout, stderr io.Writer) int {
	var setup *doctest.Setup
	if o.Setup != "" {
		text, err := os.ReadFile(o.Setup)
		if err != nil {
			return fail(stderr, err)
		}
		setup = &doctest.Setup{Name: o.Setup, Text: text}
	}
	examples, failures := 0, 0
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			return fail(stderr, err)
		}
		o.Config.Args = []string{name}
		r, err := doctest.Run(ctx, o.Config, name, string(text), setup)
		for _, f := range r.Failures {
			fmt.Fprintln(stdout, f)
		}
		if err != nil {
			return o.report(stderr, err)
		}
		examples += r.Examples
		failures += len(r.Failures)
	}
	fmt.Fprintf(stdout, "%d passed, %d failed\n", examples-failures, failures)
	if failures > 0 {
		return 1
	}
	return 0
}

// test runs test files and returns the exit status.
func (o *options) test(ctx context.Context, paths []string, stdout, stderr io.Writer) int {
	files, err := suite.Find(paths...)
	if err != nil {
		return fail(stderr, err)
	}
	if len(files) == 0 {
		return fail(stderr, errors.New("there is no *_test.star file"))
	}
	var sum suite.Summary
	var all []suite.File
	err = suite.RunFiles(ctx, files, suite.Options{Config: o.Config, Run: o.Run}, func(f suite.File) {
		all = append(all, f)
		sum.Add(f)
		if !o.TAP {
			suite.WriteText(stdout, f, o.Verbose)
		}
	})
	if err != nil {
		fmt.Fprintf(stderr, "starwire: %v\n", err)
		return 130
	}
	if o.TAP {
		suite.WriteTAP(stdout, all)
	} else {
		fmt.Fprintln(stdout, sum)
	}
	if o.JUnit != "" {
		if err := writeFile(o.JUnit, func(w io.Writer) error { return suite.WriteJUnit(w, all) }); err != nil {
			return fail(stderr, err)
		}
	}
	if sum.Failed > 0 {
		return 1
	}
	return 0
}

func writeFile(name string, write func(io.Writer) error) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	return errors.Join(write(f), f.Close())
}

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

// explain prints the manual's page on a name, or with --names the names that
// begin so.
func (o *options) explain(args []string, stdout, stderr io.Writer) int {
	name := strings.Join(args, " ")
	if o.Names {
		for _, n := range manual.Names(name) {
			fmt.Fprintln(stdout, n)
		}
		return 0
	}
	columns, _ := tty.Size(stdout)
	text, ok := manual.Page(name, columns)
	if !ok {
		fmt.Fprint(stderr, "starwire: "+text)
		return 1
	}
	io.WriteString(stdout, text)
	return 0
}

// report tells why a run ended, unless it did so by itself, and returns the
// exit status.
func (o *options) report(stderr io.Writer, err error) int {
	var exit *runtime.ExitError
	if err != nil && !(errors.As(err, &exit) && exit.Message == "") {
		text := runtime.FormatError(err)
		if o.Color.Colors(stderr) {
			text = tty.Error(text)
		}
		io.WriteString(stderr, text)
	}
	return runtime.ExitCode(err)
}

// reportAudit tells what was refused, and the flags that grant what was needed.
func reportAudit(stderr io.Writer, audit *runtime.Audit) {
	for _, refused := range audit.Refused() {
		fmt.Fprintf(stderr, "starwire: audit: %s\n", py.Escape(refused.Error()))
	}
	if n := audit.Dropped(); n > 0 {
		fmt.Fprintf(stderr, "starwire: audit: %d more than can be told\n", n)
	}
	fmt.Fprintf(stderr, "starwire: audit: this run needs %s\n", strings.Join(flags.Format(audit.Permissions()), " "))
}

// fail reports an error of our own: a file that is not there.
func fail(stderr io.Writer, err error) int {
	fmt.Fprintf(stderr, "starwire: %v\n", err)
	if err == errInterrupt {
		return 130
	}
	return 1
}

// usageError reports a command line that makes no sense.
func usageError(stderr io.Writer, err error) int {
	fmt.Fprintf(stderr, "starwire: %v\nTry: starwire --help\n", err)
	return 2
}
