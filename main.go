// Command starwire runs Starlark and Python-style scripts that talk HTTP through
// Python's httplib.
package main

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/netip"
	"os"
	"os/signal"
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/term"

	"starwire/runtime"
	"starwire/runtime/check"
	"starwire/runtime/doctest"
	"starwire/runtime/manual"
	"starwire/runtime/repl"
	"starwire/runtime/shell"
	"starwire/runtime/suite"
	"starwire/runtime/tty"
)

const version = "0.1.0"

const usage = `starwire runs scripts that talk HTTP through Python's httplib.

  starwire [flags] FILE [ARG...]      run a script (also: starwire run FILE)
  starwire [flags] -c CODE [ARG...]   run CODE
  starwire [flags]                    talk to it; run standard input if it is no terminal
  starwire [flags] -i FILE [ARG...]   run a script, then talk to it
  starwire doctest [flags] FILE...    run the >>> examples of documents and docstrings
  starwire test [flags] [PATH...]     run the test_* functions of *_test.star files
  starwire check [flags] FILE...      find mistakes without running
  starwire help [NAME]                explain a module, a function, a method, a topic
  starwire completion bash|zsh|fish   print what makes that shell complete all this

FILE may be - for standard input.

Flags, before FILE:
  --timeout DURATION        end the whole run after that long: 1.5, 500ms, 2m
  --cacert FILE             trust the authorities in FILE (PEM) instead of the system's
  --resolve HOST:PORT:ADDR[:PORT]
                            connect to ADDR when a script names HOST:PORT
  --debuglevel N            new connections print what they send and receive
  --color WHEN              auto, always or never; NO_COLOR=1 is never
  --setup FILE              doctest: a script to run first, to start servers
  -run REGEX  -v            test: only functions of these names; show every test
  --tap  --junit FILE       test: print TAP; write a report in JUnit's XML
  --json                    check: print JSON, for editors
  --help, --version

Permissions; without any of these flags a script may do what you may:
  --sandbox                 nothing but what is allowed below
  --allow-net LIST          HOST[:PORT], *.DOMAIN, CIDR or private, comma-separated
  --deny-net LIST           of what is allowed, not these
  --allow-read LIST         folders to read
  --allow-write LIST        folders to write
  --allow-env LIST          environment variables to read
  --allow-listen            run test servers on this machine

Limits; there are none unless given:
  --max-steps N  --max-read SIZE  --max-write SIZE  --max-print SIZE  --max-conns N
                            sizes as 4096, 64MiB, 1GB

Exit status: 0, 1 script error, 2 usage, 3 limit or refused permission, 130
interrupt, or what sys.exit asks for.

Example:
  starwire -c 'c = httplib.HTTPConnection("127.0.0.1", 8000)
  c.request("GET", "/")
  print(c.getresponse().status)'
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// options are what the command line says beside Config.
type options struct {
	config runtime.Config
	code   string // of -c
	color  tty.When
	setup  string
	cacert string

	run   *regexp.Regexp // test: -run
	junit string

	help, version, sandbox      bool
	hasCode, interactive        bool
	verbose, tap, json, listing bool
}

// run does what the command line says and returns the exit status.
func run(ctx context.Context, args []string, stdin *os.File, stdout, stderr io.Writer) int {
	var o options
	command, args := cutCommand(args)
	args, err := o.parse(args)
	switch {
	case err != nil:
		return usageError(stderr, err)
	case o.help:
		io.WriteString(stdout, usage)
		return 0
	case o.version:
		fmt.Fprintf(stdout, "starwire %s, httplib of CPython 2.7.18\n", version)
		return 0
	}
	o.config.Stdin, o.config.Stdout, o.config.Stderr = stdin, stdout, stderr
	if o.cacert != "" {
		if o.config.RootCAs, err = readCAs(o.cacert); err != nil {
			return fail(stderr, err)
		}
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
	case o.hasCode:
		o.config.Args = append([]string{"-c"}, args...)
		return o.runText(ctx, "<string>", []byte(o.code), stderr)
	case len(args) > 0 && args[0] != "-":
		src, err := read(ctx, func() ([]byte, error) { return os.ReadFile(args[0]) })
		if err != nil {
			return fail(stderr, err)
		}
		o.config.Args = args
		if o.interactive {
			return o.talk(ctx, args[0], stdin, stdout, stderr)
		}
		return o.runText(ctx, args[0], src, stderr)
	case (command == "run" || o.interactive) && len(args) == 0:
		return usageError(stderr, errors.New(map[bool]string{true: "-i", false: "run"}[o.interactive]+" wants a FILE"))
	case len(args) > 0 || !term.IsTerminal(int(stdin.Fd())):
		src, err := read(ctx, func() ([]byte, error) { return io.ReadAll(stdin) })
		if err != nil {
			return fail(stderr, err)
		}
		o.config.Args = append([]string{"-"}, args[min(1, len(args)):]...)
		return o.runText(ctx, "<stdin>", src, stderr)
	}
	o.config.Args = []string{""}
	return o.talk(ctx, "", stdin, stdout, stderr)
}

var errInterrupt = errors.New("interrupted before the program was read")

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

// cutCommand takes the subcommand from the front of args; "" for none.
func cutCommand(args []string) (command string, rest []string) {
	if len(args) > 0 {
		switch args[0] {
		case "run", "doctest", "test", "check", "help", "completion":
			return args[0], args[1:]
		}
	}
	return "", args
}

func (o *options) runText(ctx context.Context, name string, src []byte, stderr io.Writer) int {
	rt, err := runtime.New(o.config)
	if err != nil {
		return usageError(stderr, err)
	}
	_, err = rt.Run(ctx, name, src)
	return o.report(stderr, err)
}

// talk talks to a person, after it has run file if that is not "".
func (o *options) talk(ctx context.Context, file string, stdin *os.File, stdout, stderr io.Writer) int {
	r := repl.New(repl.Options{
		Stdin: stdin, Stdout: stdout, Stderr: stderr,
		Colors:  o.color.Colors(stdout),
		History: repl.HistoryFile(),
		File:    file,
	})
	r.Configure(&o.config)
	rt, err := runtime.New(o.config)
	if err != nil {
		return usageError(stderr, err)
	}
	s := rt.NewSession()
	defer s.Close()
	if file != "" {
		text, err := os.ReadFile(file)
		if err != nil {
			return fail(stderr, err)
		}
		err = s.Run(ctx, file, text)
		if err != nil && (runtime.ExitCode(err) != 1 || !term.IsTerminal(int(stdin.Fd()))) {
			return o.report(stderr, err)
		}
		o.report(stderr, err)
	}
	if !term.IsTerminal(int(stdin.Fd())) {
		return usageError(stderr, errors.New("-i wants a terminal"))
	}
	// Ctrl-C is the item's business: ctx would end the whole session.
	return o.report(stderr, r.Run(context.WithoutCancel(ctx), s))
}

func (o *options) doctests(ctx context.Context, files []string, stdout, stderr io.Writer) int {
	var setup *doctest.Setup
	if o.setup != "" {
		text, err := os.ReadFile(o.setup)
		if err != nil {
			return fail(stderr, err)
		}
		setup = &doctest.Setup{Name: o.setup, Text: text}
	}
	examples, failures := 0, 0
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			return fail(stderr, err)
		}
		o.config.Args = []string{name}
		r, err := doctest.Run(ctx, o.config, name, string(text), setup)
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
	err = suite.RunFiles(ctx, files, suite.Options{Config: o.config, Run: o.run}, func(f suite.File) {
		all = append(all, f)
		sum.Add(f)
		if !o.tap {
			suite.WriteText(stdout, f, o.verbose)
		}
	})
	if err != nil {
		fmt.Fprintf(stderr, "starwire: %v\n", err)
		return 130
	}
	if o.tap {
		suite.WriteTAP(stdout, all)
	} else {
		fmt.Fprintln(stdout, sum)
	}
	if o.junit != "" {
		if err := writeFile(o.junit, func(w io.Writer) error { return suite.WriteJUnit(w, all) }); err != nil {
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
	rt, err := runtime.New(o.config)
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
	if o.json {
		enc := json.NewEncoder(stdout)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		enc.Encode(problems)
	} else {
		for _, p := range problems {
			text := p.String()
			if o.color.Colors(stdout) {
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

// explain prints the manual's page on a name, or with --names the names that
// begin so.
func (o *options) explain(args []string, stdout, stderr io.Writer) int {
	name := strings.Join(args, " ")
	if o.listing {
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
		if o.color.Colors(stderr) {
			text = tty.Error(text)
		}
		io.WriteString(stderr, text)
	}
	return runtime.ExitCode(err)
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

// parse reads the flags and returns what follows them.
func (o *options) parse(args []string) (rest []string, err error) {
	c := &o.config
	c.Limits = runtime.NoLimits()
	fs := flag.NewFlagSet("starwire", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.Func("c", "", func(s string) error { o.code, o.hasCode = s, true; return nil })
	fs.BoolVar(&o.help, "help", false, "")
	fs.BoolVar(&o.help, "h", false, "")
	fs.BoolVar(&o.version, "version", false, "")
	fs.BoolVar(&o.sandbox, "sandbox", false, "")
	fs.BoolVar(&o.interactive, "i", false, "")
	fs.BoolVar(&o.verbose, "v", false, "")
	fs.BoolVar(&o.tap, "tap", false, "")
	fs.BoolVar(&o.json, "json", false, "")
	fs.BoolVar(&o.listing, "names", false, "")
	fs.StringVar(&o.junit, "junit", "", "")
	fs.Func("run", "", func(s string) (err error) { o.run, err = regexp.Compile(s); return })
	fs.StringVar(&o.cacert, "cacert", "", "")
	fs.StringVar(&o.setup, "setup", "", "")
	o.color = tty.Auto
	fs.Var(&o.color, "color", "")
	fs.IntVar(&c.DebugLevel, "debuglevel", 0, "")
	fs.Func("timeout", "", func(s string) (err error) { c.Limits.Wall, err = parseDuration(s); return })
	fs.Func("resolve", "", func(s string) error { return parseResolve(s, c) })
	p := &c.Permissions
	fs.Func("allow-net", "", list(&p.Net))
	fs.Func("deny-net", "", list(&p.DenyNet))
	fs.Func("allow-read", "", list(&p.Read))
	fs.Func("allow-write", "", list(&p.Write))
	fs.Func("allow-env", "", list(&p.Env))
	fs.BoolVar(&p.Listen, "allow-listen", false, "")
	l := &c.Limits
	fs.Func("max-steps", "", count(&l.Steps))
	fs.Func("max-read", "", size(&l.ReadBytes))
	fs.Func("max-write", "", size(&l.WriteBytes))
	fs.Func("max-print", "", size(&l.PrintBytes))
	var conns int64
	fs.Func("max-conns", "", count(&conns))
	args, rest = cutAfterCode(fs, args)
	if err := fs.Parse(args); err != nil {
		return nil, flagError(err)
	}
	if conns > 0 {
		l.Conns = int(conns)
	}
	if !o.sandbox && len(p.Net)+len(p.Read)+len(p.Write)+len(p.Env) == 0 && !p.Listen {
		deny := p.DenyNet
		*p = runtime.Everything()
		p.DenyNet = deny
	}
	return append(fs.Args(), rest...), nil
}

// cutAfterCode cuts args behind -c CODE: what follows is the script's, flags too.
func cutAfterCode(fs *flag.FlagSet, args []string) (ours, scripts []string) {
	for i := 0; i < len(args) && strings.HasPrefix(args[i], "-") && args[i] != "-" && args[i] != "--"; i++ {
		name, _, hasValue := strings.Cut(strings.TrimLeft(args[i], "-"), "=")
		f := fs.Lookup(name)
		if f == nil {
			break // for Parse to complain about
		}
		if b, ok := f.Value.(interface{ IsBoolFlag() bool }); !hasValue && !(ok && b.IsBoolFlag()) {
			i++
		}
		if name == "c" && i < len(args) {
			return args[:i+1], args[i+1:]
		}
	}
	return args, nil
}

// flagError puts package flag's errors in the words of --help.
func flagError(err error) error {
	if errors.Is(err, flag.ErrHelp) {
		return errors.New("flags are written before FILE")
	}
	s := err.Error()
	if name, ok := strings.CutPrefix(s, "flag provided but not defined: -"); ok {
		return fmt.Errorf("unknown flag --%s", name)
	}
	return errors.New(strings.ReplaceAll(s, "flag -", "flag --"))
}

// list adds a comma-separated list to a field; the flag can be repeated.
func list(field *[]string) func(string) error {
	return func(s string) error {
		for item := range strings.SplitSeq(s, ",") {
			if item = strings.TrimSpace(item); item == "" {
				return errors.New("an item of the list is empty")
			}
			*field = append(*field, item)
		}
		return nil
	}
}

// count reads a positive number.
func count(field *int64) func(string) error {
	return func(s string) error {
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil || n < 1 {
			return errors.New("want a number above 0")
		}
		*field = n
		return nil
	}
}

// units are the suffixes of sizes, longer ones before those they end in.
var units = []struct {
	suffix string
	bytes  int64
}{
	{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30},
	{"KB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"B", 1}, {"", 1},
}

// size reads a number of bytes, with a unit or without.
func size(field *int64) func(string) error {
	return func(s string) error {
		for _, u := range units {
			digits, ok := strings.CutSuffix(s, u.suffix)
			if !ok {
				continue
			}
			n, err := strconv.ParseInt(strings.TrimSpace(digits), 10, 64)
			if err != nil || n < 1 || n > 1<<62/u.bytes {
				break
			}
			*field = n * u.bytes
			return nil
		}
		return errors.New("want a size such as 4096, 64MiB or 1GB")
	}
}

// parseDuration reads seconds (1.5) or Go's notation (500ms, 2m).
func parseDuration(s string) (time.Duration, error) {
	d, err := time.ParseDuration(s)
	if seconds, e := strconv.ParseFloat(s, 64); e == nil {
		d, err = time.Duration(seconds*float64(time.Second)), nil
	}
	if err != nil || d <= 0 {
		return 0, errors.New("want a time above zero such as 1.5, 500ms or 2m")
	}
	return d, nil
}

// parseResolve reads HOST:PORT:ADDR[:PORT]; ADDR may be an IPv6 address in brackets.
func parseResolve(s string, c *runtime.Config) error {
	parts := strings.SplitN(s, ":", 3)
	if len(parts) < 3 || parts[0] == "" || parts[1] == "" {
		return errors.New("want HOST:PORT:ADDR or HOST:PORT:ADDR:PORT")
	}
	target := parts[2]
	if ap, err := netip.ParseAddrPort(target); err == nil {
		target = ap.String()
	} else if a, err := netip.ParseAddr(strings.Trim(target, "[]")); err == nil {
		target = a.String() + ":" + parts[1]
		if a.Is6() {
			target = "[" + a.String() + "]:" + parts[1]
		}
	} else {
		return fmt.Errorf("%s is no address", target)
	}
	if c.Resolve == nil {
		c.Resolve = make(map[string]string)
	}
	c.Resolve[parts[0]+":"+parts[1]] = target
	return nil
}

// readCAs reads the certificates of a PEM file.
func readCAs(name string) (*x509.CertPool, error) {
	pem, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s holds no certificate in PEM", name)
	}
	return pool, nil
}
