package runtime

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"starwire/runtime/guards"
	"starwire/runtime/pysyntax"
)

// A Session runs one item of source text after the other over the same global
// variables, as a person types them or a document shows them. A function sees
// what its globals are when it is called, as in Python: later definitions and
// redefinitions count. What the session opens stays open until Close.
//
// The items are in Starlark with Python's statements, where what Starlark accepts
// means what it means there, as 7/2 is 3.5; or in Starlark alone if Config.Dialect
// is DialectStarlark; or in Python if the session says so. Whatever they are in,
// they share their variables. One item runs at a time; the methods are not otherwise safe for concurrent
// use.
type Session struct {
	// Display, if set, is called with the value of each expression statement
	// outside functions, None excepted, as Python's sys.displayhook is.
	Display func(v starlark.Value)

	// Python makes what Eval and Next run mean what it means in a .py file: 7/2 is
	// 3, and print and str are Python 2's. It is set between items. Files are in
	// the dialect of their names in any case; what the last .py file imported from
	// __future__ holds for the items after it.
	Python bool

	run     *run
	globals *globals
	env     starlark.StringDict // what compiled chunks refer to: $global, $show and pysyntax's names
	python  func() world        // what chunks in Python see
	future  pysyntax.Session
	items   int
	last    starlark.Value // of the item that is running
	closed  bool
}

// NewSession begins a session. Close it.
func (rt *Runtime) NewSession() *Session {
	s := &Session{run: rt.newRun(context.Background())}
	s.globals = newGlobals(s.run, &rt.predeclared)
	s.run.names = s.Names
	s.env = s.envOf(s.globals, &rt.predeclared)
	s.python = sync.OnceValue(s.newPythonWorld)
	return s
}

// envOf returns what compiled chunks refer to, of a dialect.
func (s *Session) envOf(g *globals, names *predeclared) starlark.StringDict {
	env := starlark.StringDict{}
	for name, v := range names.values {
		if strings.HasPrefix(name, "$") {
			env[name] = v
		}
	}
	env[pysyntax.GlobalName] = g
	env[showName] = starlark.NewBuiltin(showName, s.show)
	return env
}

// A world is what the names in chunks of one dialect mean.
type world struct {
	globals *globals // the session's, among the names of the dialect
	env     starlark.StringDict
}

// in returns the world of a chunk.
func (s *Session) in(python bool) world {
	if python {
		return s.python()
	}
	return world{s.globals, s.env}
}

func (s *Session) newPythonWorld() world {
	python := &predeclared{values: maps.Clone(s.run.rt.pythonNames().values), python: true}
	if python.values[moduleNameName] == nil {
		python.values[moduleNameName] = starlark.String("__main__")
	}
	g := s.globals.under(python)
	return world{g, s.envOf(g, python)}
}

// Close ends the session: everything it left open is closed. The error is the
// first a close met.
func (s *Session) Close() error {
	s.closed = true
	return s.run.close()
}

// errClosed is the error of a session's methods after Close.
var errClosed = errors.New("the session is closed")

// Prompts that Next hands to its read function.
const (
	Prompt     = ">>> " // for an item's first line
	MorePrompt = "... " // for those that follow
)

// Next reads one item through read, line by line, runs it, and returns the value
// of its expression statement, or nil if it is a statement of another kind or
// empty. Errors are those of Run; io.EOF and other errors of read come back as
// they are. Ending ctx stops the item and keeps the session.
//
// read gets the prompt to show and returns a line with or without its newline.
func (s *Session) Next(ctx context.Context, read func(prompt string) (string, error)) (starlark.Value, error) {
	var text strings.Builder
	prompt := Prompt
	for {
		line, err := s.readLine(ctx, read, prompt)
		if err != nil && (err != io.EOF || line == "" && text.Len() == 0) {
			return nil, err
		}
		text.WriteString(strings.TrimSuffix(line, "\n") + "\n")
		if err == io.EOF || !s.NeedsMore(text.String()) {
			break
		}
		prompt = MorePrompt
	}
	if strings.TrimSpace(text.String()) == "" {
		return nil, nil
	}
	s.items++
	return s.Eval(ctx, fmt.Sprintf("<input %d>", s.items), text.String())
}

// readLine reads a line; the handlers of the session's servers may run meanwhile.
func (s *Session) readLine(ctx context.Context, read func(prompt string) (string, error), prompt string) (string, error) {
	h := s.run.task.host.WithContext(ctx)
	defer h.Resume(h.Pause())
	return read(prompt)
}

// NeedsMore reports whether text, whole lines that were typed so far, is the
// beginning of an item that goes on. A blank line ends an item.
func (s *Session) NeedsMore(text string) bool {
	return pysyntax.NeedsMore(text, pysyntax.Interactive)
}

// Eval runs text, one item or several, and returns the value of its last
// expression statement outside functions, or nil if there is none. The name
// stands in error messages; lines count from the first of text, so text that
// comes from line n of a file wants n-1 newlines before it.
func (s *Session) Eval(ctx context.Context, name, text string) (starlark.Value, error) {
	return s.eval(ctx, chunk{name: name, text: text, python: s.Python, show: true, future: &s.future})
}

// Run runs a file in the session: its global variables become the session's.
// The values of its expression statements are not displayed. As in Runtime.Run, a
// .py file is in Python.
func (s *Session) Run(ctx context.Context, name string, src []byte) error {
	c := chunk{name: name, text: string(src), python: s.run.rt.IsPython(name)}
	if c.python && !s.closed {
		s.future = pysyntax.Session{} // those of the file are its own
		c.future = &s.future
		s.globals.set(fileNameName, starlark.String(name))
	}
	_, err := s.eval(ctx, c)
	return err
}

// A chunk is what is compiled at once: an item, or a file.
type chunk struct {
	name, text string
	python     bool
	show       bool // display values
	future     *pysyntax.Session
}

func (s *Session) eval(ctx context.Context, c chunk) (starlark.Value, error) {
	if s.closed {
		return nil, errClosed
	}
	if ctx.Err() != nil {
		return nil, canceled(ctx)
	}
	if len(c.text) > maxSourceSize {
		return nil, tooLarge(c.name)
	}
	env := s.in(c.python).env
	t := s.run.item(ctx)
	defer t.disarm()
	var future pysyntax.Session // a copy: compiling may go on when the item has ended
	if c.future != nil {
		future, c.future = *c.future, &future
	}
	p, err := compiling(t.host.Context(), c.text, func() (*program, error) { return s.compile(c, env) })
	if err != nil {
		return nil, t.uncompiled(err)
	}
	if c.future != nil {
		s.future = future
	}
	s.last = nil
	s.run.addSource(c.name, c.text)
	if len(p.reads) > 0 {
		s.run.addReads(p.prog, p.reads)
	}
	thread := t.newThread(c.name)
	defer t.release(thread)
	_, err = recovering(func() (starlark.StringDict, error) {
		return p.prog.Init(thread, env)
	})
	if err = stateOf(thread).settle(thread, err); err != nil {
		return nil, t.failure(err)
	}
	return s.last, nil
}

// Call calls fn, a function of the session, as an item of its own.
func (s *Session) Call(ctx context.Context, fn starlark.Callable, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if s.closed {
		return nil, errClosed
	}
	if ctx.Err() != nil {
		return nil, canceled(ctx)
	}
	t := s.run.item(ctx)
	defer t.disarm()
	return t.call(fn, args, kwargs)
}

// show is $show(x), which stands around each expression statement.
func (s *Session) show(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var v starlark.Value
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 1, &v); err != nil {
		return nil, err
	}
	s.last = v
	if v != starlark.None {
		s.globals.set("_", v)
		if s.Display != nil {
			s.Display(v)
		}
	}
	return starlark.None, nil
}

// Lookup returns the value that a name has in the session: a variable, or a
// predeclared one.
func (s *Session) Lookup(name string) (starlark.Value, bool) {
	v := s.in(s.Python).globals.lookup(name)
	return v, v != nil
}

// Globals returns a copy of the session's variables.
func (s *Session) Globals() starlark.StringDict { return s.globals.snapshot() }

// Set gives a variable of the session a value.
func (s *Session) Set(name string, v starlark.Value) { s.globals.set(name, v) }

// Names lists every name that means something in the session, sorted: variables
// and what is predeclared.
func (s *Session) Names() []string {
	names := s.run.rt.knownNames()
	for name := range s.Globals() {
		names = append(names, name)
	}
	if s.Python {
		for name := range s.in(true).globals.env.all() {
			if !strings.HasPrefix(name, "$") {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// compile returns the program for the chunk, its global variables those of the
// session, and which of them its functions read.
func (s *Session) compile(c chunk, env starlark.StringDict) (*program, error) {
	rt := s.run.rt
	// The resolver annotates one tree, to tell local names from global ones; the
	// other is rewritten and compiled.
	scopes, err := s.parse(c)
	if err != nil {
		return nil, rt.syntaxError(c.text, err)
	}
	file, err := s.parse(c)
	if err != nil {
		return nil, rt.syntaxError(c.text, err)
	}
	guards.Tree(scopes, rt.declared, true)
	guards.Tree(file, rt.declared, true)
	anything := func(string) bool { return true }
	if _, err := starlark.FileProgram(scopes, anything); err != nil {
		return nil, rt.syntaxError(c.text, err)
	}
	rewriteGlobals(file, scopes, c.show)
	prog, err := starlark.FileProgram(file, env.Has)
	if err != nil {
		return nil, rt.syntaxError(c.text, err)
	}
	return &program{name: c.name, text: c.text, python: c.python, prog: prog, reads: readsOf(file)}, nil
}

func (s *Session) parse(c chunk) (*syntax.File, error) {
	rt := s.run.rt
	opts := options
	opts.LoadBindsGlobally = true
	if c.python {
		config := rt.PythonSyntax()
		config.Options, config.Session = &opts, c.future
		return pysyntax.Parse(c.name, c.text, config)
	}
	if rt.config.Dialect == DialectStarlark {
		file, err := opts.Parse(c.name, c.text, 0)
		if err != nil {
			return nil, err
		}
		return file, pysyntax.CheckDepth(file)
	}
	return pysyntax.Parse(c.name, c.text, pysyntax.Config{Mode: pysyntax.Interactive, Options: &opts, Exports: rt.exports})
}
