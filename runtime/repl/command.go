package repl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"go.starlark.net/starlark"

	"starwire/runtime/manual"
	"starwire/runtime/tty"
)

// A command is a word of the REPL's own, written behind a percent sign.
type command struct {
	name, args, text string
	run              func(p *REPL, ctx context.Context, args string) error
}

func commands() []command {
	return []command{
		{"curl", "", "shows the last request as a curl command", (*REPL).curl},
		{"help", "", "lists these commands", (*REPL).help},
		{"reload", "", "runs the file given with -i again", (*REPL).reload},
		{"save", "FILE", "writes what was typed in this session to a file", (*REPL).save},
		{"time", "STATEMENT", "runs it and shows how long it took", (*REPL).time},
		{"trace", "on|off", "shows what connections send and receive", (*REPL).setTrace},
	}
}

// isCommand reports whether a line is for the REPL itself: %time f(), f?, exit.
func isCommand(line string) bool {
	line = strings.TrimSpace(line)
	if strings.HasPrefix(line, "%") {
		return true
	}
	if _, ok := asked(line); ok {
		return true
	}
	return slices.Contains(leaving, line)
}

// leaving is what people type to leave.
var leaving = []string{"exit", "exit()", "quit", "quit()"}

// asked returns the name that a line such as "httplib.OK?" asks for.
func asked(line string) (name string, ok bool) {
	name, after := strings.CutSuffix(strings.TrimRight(line, "? "), "?")
	after = after || strings.HasSuffix(strings.TrimSpace(line), "?")
	name, before := strings.CutPrefix(name, "?")
	name = strings.TrimSuffix(strings.TrimSpace(strings.TrimLeft(name, "?")), "()")
	if !before && !after {
		return "", false
	}
	for i := range len(name) {
		if !isWordByte(name[i]) && name[i] != '.' {
			return "", false
		}
	}
	return name, true
}

// command runs a line for which isCommand holds.
func (p *REPL) command(ctx context.Context, line string) error {
	line = strings.TrimSpace(line)
	if slices.Contains(leaving, line) {
		if _, own := p.session.Globals()[strings.TrimSuffix(line, "()")]; !own {
			return errLeave
		}
		_, err := p.eval(ctx, line)
		return err
	}
	if name, ok := asked(line); ok {
		io.WriteString(p.stdout, p.page(name))
		return nil
	}
	name, args, _ := strings.Cut(line[1:], " ")
	for _, c := range commands() {
		if c.name == name {
			return c.run(p, ctx, strings.TrimSpace(args))
		}
	}
	return fmt.Errorf("there is no command %%%s; %%help lists them", name)
}

// page returns what the manual says of a name, or of the value that it stands for.
func (p *REPL) page(name string) string {
	columns, _ := tty.Size(p.options.Stdout)
	q := question{s: p.session}
	if x := q.resolve(name); x.value != nil {
		if _, isText := x.value.(starlark.String); !isText {
			if _, isBuiltin := manual.Lookup(name); !isBuiltin {
				return manual.PageFor(x.value, p.lookup, columns)
			}
		}
	}
	text, _ := manual.Page(name, columns)
	return text
}

func (p *REPL) lookup(name string) starlark.Value {
	v, _ := p.session.Lookup(name)
	return v
}

func (p *REPL) help(context.Context, string) error {
	for _, c := range commands() {
		fmt.Fprintf(p.stdout, "%-16s %s\n", "%"+c.name+" "+c.args, c.text)
	}
	fmt.Fprintf(p.stdout, "%-16s %s\n", "NAME?", "explains a name, as help() does")
	fmt.Fprintf(p.stdout, "%-16s %s\n", "_", "the last value")
	fmt.Fprintf(p.stdout, "%-16s %s\n", "Ctrl-R", "searches in what was typed")
	return nil
}

func (p *REPL) time(ctx context.Context, statement string) error {
	if statement == "" {
		return errors.New("%time wants a statement")
	}
	begin := time.Now()
	_, err := p.eval(ctx, statement+"\n")
	took := time.Since(begin)
	p.line.Fresh()
	p.say(tty.Dim, fmt.Sprintf("took %s\n", roundDuration(took)))
	return err
}

// roundDuration keeps three digits.
func roundDuration(d time.Duration) time.Duration {
	unit := time.Duration(1)
	for d/unit >= 1000 {
		unit *= 10
	}
	return d.Round(unit)
}

func (p *REPL) setTrace(_ context.Context, args string) error {
	switch args {
	case "on":
		p.trace = true
	case "off":
		p.trace = false
	case "":
		p.say("", map[bool]string{true: "trace is on\n", false: "trace is off\n"}[p.trace])
		return nil
	default:
		return errors.New("%trace wants on or off")
	}
	level := 0
	if p.trace {
		level = 1
	}
	p.session.SetDebugLevel(level)
	// The connections that the session has already change too.
	for _, v := range p.session.Globals() {
		c, ok := v.(starlark.HasSetField)
		if !ok || !slices.Contains(c.AttrNames(), "debuglevel") {
			continue
		}
		if err := c.SetField("debuglevel", starlark.MakeInt(level)); err != nil {
			return err
		}
	}
	return nil
}

func (p *REPL) save(_ context.Context, name string) error {
	if name == "" {
		return errors.New("%save wants the name of a file")
	}
	f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o666)
	if errors.Is(err, os.ErrExist) {
		return fmt.Errorf("%s is there already; choose another name", name)
	}
	if err != nil {
		return err
	}
	n := 0
	for _, item := range p.reader.session {
		if isCommand(item) {
			continue
		}
		fmt.Fprintln(f, strings.TrimRight(item, " \n"))
		if strings.Contains(item, "\n") {
			fmt.Fprintln(f)
		}
		n++
	}
	if err := f.Close(); err != nil {
		return err
	}
	p.say(tty.Dim, fmt.Sprintf("%d statements written to %s\n", n, name))
	return nil
}

func (p *REPL) reload(ctx context.Context, _ string) error {
	if p.options.File == "" {
		return errors.New("%reload runs the FILE of starwire -i FILE again; this session has none")
	}
	text, err := os.ReadFile(p.options.File)
	if err != nil {
		return err
	}
	return p.session.Run(ctx, p.options.File, text)
}

func (p *REPL) curl(context.Context, string) error {
	r := p.last.Load()
	if r == nil {
		return errors.New("no request was sent yet")
	}
	fmt.Fprintln(p.stdout, curlCommand(*r))
	return nil
}
