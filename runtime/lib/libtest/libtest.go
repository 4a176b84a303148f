// Package libtest is what the tests of the companion modules share. Foremost, it
// replays sessions recorded from CPython 2.7.18 on the modules:
// testdata/record/companions.py describes sessions and records them.
package libtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sort"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the sessions' zone, wherever the tests run

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"starwire/runtime/host"
	"starwire/runtime/py"
)

// Options is the language a session is written in: what scripts get.
var Options = &syntax.FileOptions{Set: true, While: true, TopLevelControl: true, GlobalReassign: true, Recursion: true}

// Zone is the time zone of the recordings.
const Zone = "America/New_York"

// A Case is one line of a session.
type Case struct {
	Line   int    // where its prompt is
	Source string // what to evaluate
	Want   string // the outcome, CPython's or, where they differ, ours
}

// Parse reads the session.
func Parse(text string) []Case {
	var cases []Case
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	for i := 0; i < len(lines); {
		source, ok := strings.CutPrefix(lines[i], ">>> ")
		if i++; !ok {
			continue
		}
		c := Case{Line: i, Source: source}
		for ; i < len(lines) && strings.HasPrefix(lines[i], "..."); i++ {
			c.Source += "\n" + strings.TrimPrefix(lines[i][3:], " ")
		}
		for ; i < len(lines) && lines[i] != "" && !strings.HasPrefix(lines[i], ">>> ") && lines[i][0] != '#'; i++ {
			if strings.HasPrefix(lines[i], "differs: ") {
				c.Want = ""
				continue
			}
			c.Want += lines[i] + "\n"
		}
		cases = append(cases, c)
	}
	return cases
}

// Thread returns a thread that may open every file and read the clock, which
// stands still in Zone, and its Host. The end of the test closes what is open.
func Thread(t testing.TB, h host.Host) (*starlark.Thread, *host.Host) {
	t.Helper()
	zone, err := time.LoadLocation(Zone)
	if err != nil {
		t.Fatal(err)
	}
	if h.Open == nil {
		h.Open = func(name string, flag int) (host.File, error) { return os.OpenFile(name, flag, 0o666) }
	}
	if h.Now == nil {
		h.Now = func() time.Time { return time.Unix(1600000000, 250_000_000).In(zone) }
	}
	thread := &starlark.Thread{Name: t.Name()}
	if h.Raise == nil {
		h.Raise = func(_ *starlark.Thread, err error) {
			thread.SetLocal(raised, err)
			thread.Cancel(err.Error())
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	attached := host.Attach(thread, ctx, h)
	t.Cleanup(func() {
		cancel()
		attached.Resources.Close()
	})
	return thread, attached
}

// raised is where Eval finds the error of an iterator.
const raised = "libtest.raised"

// Eval evaluates an expression or runs statements over globals, and returns the
// outcome as a session writes it.
func Eval(thread *starlark.Thread, globals starlark.StringDict, source string) string {
	var v starlark.Value
	expr, err := Options.ParseExpr("session", source, 0)
	if err == nil {
		v, err = starlark.EvalExprOptions(Options, thread, expr, globals)
	} else {
		var f *syntax.File
		if f, err = Options.Parse("session", source, 0); err == nil {
			err = starlark.ExecREPLChunk(f, thread, globals)
		}
	}
	if r, ok := thread.Local(raised).(error); ok {
		err = r
		thread.SetLocal(raised, nil)
		thread.Uncancel()
	}
	var x *py.Exception
	switch {
	case errors.As(err, &x):
		return fmt.Sprintf("! %s: %s\n", x.Class().QualifiedName(), py.Quote(x.String()))
	case err != nil:
		return fmt.Sprintf("! %v\n", err)
	case v == nil || v == starlark.None:
		return ""
	}
	return rep(v) + "\n"
}

// Run replays the session in file with the given modules predeclared.
func Run(t *testing.T, file string, modules ...starlark.Value) {
	t.Helper()
	RunOn(t, file, host.Host{}, func(*host.Host) []starlark.Value { return modules })
}

// RunOn replays the session in file on a thread with the given Host, and the
// modules that are made for it.
func RunOn(t *testing.T, file string, h host.Host, modules func(h *host.Host) []starlark.Value) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	cases := Parse(string(text))
	if len(cases) == 0 {
		t.Fatalf("%s: no cases", file)
	}
	folder := t.TempDir()
	thread, attached := Thread(t, h)
	globals := starlark.StringDict{"DIR": starlark.String(folder)}
	for _, c := range py.Builtins() {
		globals[c.Name()] = c
	}
	for _, m := range modules(attached) {
		globals[name(m)] = m
	}
	for _, c := range cases {
		got := strings.ReplaceAll(Eval(thread, globals, c.Source), folder, "{DIR}")
		if got != c.Want {
			t.Errorf("%s:%d: %s\ngot  %swant %s", file, c.Line, c.Source, orNothing(got), orNothing(c.Want))
		}
	}
}

func orNothing(s string) string {
	if s == "" {
		return "nothing\n"
	}
	return s
}

// name is the name a module or a built-in function goes by.
func name(v starlark.Value) string {
	if b, ok := v.(*starlark.Builtin); ok {
		return b.Name()
	}
	s := v.String() // <module "name">
	return strings.Split(s, `"`)[1]
}

// rep is Python's repr with dicts and sets sorted, as the recorder writes it.
func rep(v starlark.Value) string {
	switch v := v.(type) {
	case *starlark.List:
		return "[" + reps(v) + "]"
	case starlark.Tuple:
		if len(v) == 1 {
			return "(" + rep(v[0]) + ",)"
		}
		return "(" + reps(v) + ")"
	case *starlark.Dict:
		var items []string
		for _, item := range v.Items() {
			items = append(items, rep(item[0])+": "+rep(item[1]))
		}
		sort.Strings(items)
		return "{" + strings.Join(items, ", ") + "}"
	}
	return py.Repr(v)
}

func reps(seq starlark.Iterable) string {
	var parts []string
	for v := range starlark.Elements(seq) {
		parts = append(parts, rep(v))
	}
	return strings.Join(parts, ", ")
}
