// Package flags answers one question: how does a command line become a
// runtime.Config?
package flags

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"regexp"
	"strings"

	"starwire/runtime"
	"starwire/runtime/lazy"
	"starwire/runtime/tty"
)

// Options are what a command line says.
type Options struct {
	Command string         // run, doctest, test, check, port, help or completion; "" for none
	Args    []string       // what follows the flags: FILE and its arguments, or the arguments of -c CODE
	Config  runtime.Config // without streams and Args
	Code    string         // of -c
	HasCode bool
	Color   tty.When
	Setup   string         // doctest --setup
	Run     *regexp.Regexp // test -run, or nil
	JUnit   string         // test --junit
	Output  string         // port -o

	Help, Version, Interactive, Isolate, Audit bool
	Verbose, TAP, JSON, Names                  bool
}

// commands are the words that can stand before the flags.
var commands = []string{"run", "doctest", "test", "check", "port", "help", "completion"}

// only names the flags that belong to one command.
func only() map[string]string {
	return onlyTable.Get(func() map[string]string {
		return map[string]string{
			"setup": "doctest", "run": "test", "v": "test", "tap": "test", "junit": "test", "json": "check", "names": "help", "o": "port",
		}
	})
}

var onlyTable lazy.Value[map[string]string]

// Parse reads a command line without its program's name. Without any permission
// flag the Config permits everything, and without limits it has none. The error
// says which flag is wrong and what it wants.
func Parse(args []string) (Options, error) {
	o := Options{Color: tty.Auto}
	o.Config.Limits, o.Config.SocketTimeout = runtime.NoLimits(), defaultSocketTimeout
	for _, c := range commands {
		if len(args) > 0 && args[0] == c {
			o.Command, args = c, args[1:]
			break
		}
	}
	if o.Command != "port" && (len(args) == 0 || args[0] == "" || args[0] == "-" || args[0][0] != '-') {
		// Most calls have no flags: the start need not wait for a table of them.
		o.Config.Permissions, o.Args = runtime.Everything(), args
		return o, nil
	}
	fs, sandbox, conns := newFlagSet(&o)
	args, rest := cutAfterCode(fs, args)
	if err := fs.Parse(args); err != nil {
		return o, flagError(err)
	}
	if file := fs.Args(); o.Command == "port" && len(file) > 1 { // port FILE -o OUT: no script takes arguments here
		if err := fs.Parse(file[1:]); err != nil {
			return o, flagError(err)
		}
		rest = append(rest, file[0])
	}
	var misplaced error
	fs.Visit(func(f *flag.Flag) {
		if command, ok := only()[f.Name]; ok && command != o.Command {
			misplaced = fmt.Errorf("flag %s belongs to starwire %s", dashed(f.Name), command)
		}
	})
	if misplaced != nil {
		return o, misplaced
	}
	if *conns > 0 {
		o.Config.Limits.Conns = int(*conns)
	}
	p := &o.Config.Permissions
	if !*sandbox && len(p.Net)+len(p.Read)+len(p.Write)+len(p.Env) == 0 && !p.Listen {
		deny := p.DenyNet
		*p = runtime.Everything()
		p.DenyNet = deny
	}
	o.Args = append(fs.Args(), rest...)
	return o, nil
}

// newFlagSet returns the flags, which set o, and the two that Parse has to look at
// once all are known.
func newFlagSet(o *Options) (fs *flag.FlagSet, sandbox *bool, conns *int64) {
	c := &o.Config
	fs = flag.NewFlagSet("starwire", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.Func("c", "", func(s string) error { o.Code, o.HasCode = s, true; return nil })
	fs.BoolVar(&o.Help, "help", false, "")
	fs.BoolVar(&o.Help, "h", false, "")
	fs.BoolVar(&o.Version, "version", false, "")
	fs.BoolVar(&o.Interactive, "i", false, "")
	fs.BoolVar(&o.Isolate, "isolate", false, "")
	fs.BoolVar(&o.Audit, "audit", false, "")
	fs.BoolVar(&o.Verbose, "v", false, "")
	fs.BoolVar(&o.TAP, "tap", false, "")
	fs.BoolVar(&o.JSON, "json", false, "")
	fs.BoolVar(&o.Names, "names", false, "")
	fs.StringVar(&o.JUnit, "junit", "", "")
	fs.StringVar(&o.Setup, "setup", "", "")
	fs.StringVar(&o.Output, "o", "", "")
	fs.Func("run", "", func(s string) (err error) { o.Run, err = regexp.Compile(s); return })
	fs.Var(&o.Color, "color", "")
	fs.Func("cacert", "", func(s string) (err error) { c.RootCAs, err = readCAs(s); return })
	fs.IntVar(&c.DebugLevel, "debuglevel", 0, "")
	fs.Func("policy", "", func(s string) error { return parsePolicy(s, &c.HTTP) })
	fs.Func("deadline", "", func(s string) (err error) { c.HTTP.Deadline, err = parseDuration(s); return })
	fs.Func("max-body", "", func(s string) error { return parseMaxBody(s, &c.HTTP) })
	fs.Func("limit", "", func(s string) error { return parseLimit(s, &c.HTTP.Limits) })
	fs.Func("timeout", "", func(s string) (err error) { c.Limits.Wall, err = parseDuration(s); return })
	fs.Func("socket-timeout", "", func(s string) error { return parseSocketTimeout(s, &c.SocketTimeout) })
	fs.Func("resolve", "", func(s string) error { return parseResolve(s, c) })
	sandbox = fs.Bool("sandbox", false, "")
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
	fs.Func("max-memory", "", size(&l.Memory))
	conns = new(int64)
	fs.Func("max-conns", "", count(conns))
	fs.Func("max-depth", "", number(&l.CallDepth))
	fs.Func("max-json-depth", "", number(&l.JSONDepth))
	return fs, sandbox, conns
}

// dashed writes a flag's name as a person does.
func dashed(name string) string {
	if len(name) == 1 || name == "run" {
		return "-" + name
	}
	return "--" + name
}

// fields names the flag behind each field of Config that New may refuse.
func fields() *strings.Replacer {
	return strings.NewReplacer(
		"runtime.Config: Permissions.Net: ", "--allow-net: ",
		"runtime.Config: Permissions.DenyNet: ", "--deny-net: ",
		"runtime.Config: Permissions.Read: ", "--allow-read: ",
		"runtime.Config: Permissions.Write: ", "--allow-write: ",
		"runtime.Config: Permissions.Env: ", "--allow-env: ",
		"runtime.Config: Resolve: ", "--resolve: ",
	)
}

// Error puts an error of runtime.New in the words of the command line.
func Error(err error) error { return errors.New(fields().Replace(err.Error())) }

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

func flagName() *regexp.Regexp {
	return flagNameTable.Get(func() *regexp.Regexp {
		return regexp.MustCompile(`\bflag(?: provided but not defined:| needs an argument:)? -(\S+)`)
	})
}

var flagNameTable lazy.Value[*regexp.Regexp]

// flagError puts package flag's errors in the words of --help.
func flagError(err error) error {
	if errors.Is(err, flag.ErrHelp) {
		return errors.New("flags are written before FILE")
	}
	s := err.Error()
	m := flagName().FindStringSubmatch(s)
	switch {
	case m == nil:
		return err
	case strings.Contains(s, "not defined"):
		return fmt.Errorf("unknown flag %s", dashed(m[1]))
	}
	return errors.New(strings.Replace(s, "-"+m[1], dashed(m[1]), 1))
}
