package runtime

import (
	"context"
	"fmt"
	"maps"
	"path"
	"slices"
	"sync"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"starwire/runtime/guards"
	"starwire/runtime/pysyntax"
)

// A program is a compiled source text.
type program struct {
	name   string
	text   string
	python bool
	prog   *starlark.Program

	// env are the values of the predeclared names in it, the same for all runs; or
	// uses lists those names, if some have values of their own in each run: special
	// modules, as sys, or $global.
	env  starlark.StringDict
	uses []string
	// reads says which global variables its functions read.
	reads reads
}

// options are the language: scripts are programs, so everything is on.
var options = syntax.FileOptions{
	Set: true, While: true, TopLevelControl: true, GlobalReassign: true, Recursion: true,
}

// maxSourceSize bounds a source text: to compile as much takes a second or two.
const maxSourceSize = 1 << 20 // bytes

// longSource is from when on a text is compiled on a goroutine of its own: for a
// shorter one, no run that is stopped goes on for more than 30 ms.
const longSource = 16 << 10 // bytes

func tooLarge(name string) error {
	return &SyntaxError{Problems: []Problem{{
		Pos: syntax.MakePosition(&name, 0, 0),
		Msg: fmt.Sprintf("the text is larger than %d MiB", maxSourceSize>>20),
	}}}
}

// compile returns the program for the text, from the cache if it is there. The
// error is a *SyntaxError, or the cause of ctx's end.
func (rt *Runtime) compile(ctx context.Context, name string, src []byte) (*program, error) {
	if len(src) > maxSourceSize {
		return nil, tooLarge(name)
	}
	python := rt.IsPython(name)
	if p := rt.programs.get(name, src, python); p != nil {
		return p, nil
	}
	text := string(src)
	return compiling(ctx, text, func() (*program, error) { return rt.build(name, text, python) })
}

// compiling calls compile, which nothing can interrupt: if the text is long, and ctx
// ends, it is left to itself. A panic is an error.
func compiling[T any](ctx context.Context, text string, compile func() (T, error)) (T, error) {
	if len(text) < longSource {
		return recovering(compile)
	}
	return hooked(ctx, compile, nil)
}

// build compiles the text and puts the program in the cache.
func (rt *Runtime) build(name, text string, python bool) (*program, error) {
	file, err := rt.parse(name, text, python)
	if err != nil {
		return nil, rt.syntaxError(text, err)
	}
	guards.Tree(file, rt.declared, false)
	p := &program{name: name, text: text, python: python}
	uses := make(map[string]struct{})
	own, unknown := false, 0
	known := rt.namesOf(python)
	p.prog, err = starlark.FileProgram(file, func(name string) bool {
		shared, special := known.has(name), isOwn(name, python)
		if shared || special {
			uses[name] = struct{}{}
		}
		own = own || special && !shared
		if shared || special || starlark.Universe.Has(name) {
			return shared || special
		}
		// The resolver looks for what each unknown name could have meant, among all
		// names of the file: enough of them are enough.
		unknown++
		return unknown > keptProblems
	})
	if err != nil {
		return nil, rt.syntaxError(text, err)
	}
	p.reads = readsOf(file)
	if own {
		p.uses = slices.Collect(maps.Keys(uses))
	} else {
		p.env = known.of(maps.Keys(uses))
	}
	rt.programs.put(p, python)
	return p, nil
}

// IsPython reports whether a file of that name is in Python: by its ending, .py,
// or by Config.Dialect.
func (rt *Runtime) IsPython(name string) bool {
	return rt.config.Dialect == DialectPython || rt.config.Dialect == DialectAuto && path.Ext(name) == ".py"
}

// parse returns the syntax tree of a file. It is shallow enough for the resolver
// and the compiler, which recurse over it.
func (rt *Runtime) parse(name, text string, python bool) (*syntax.File, error) {
	if python {
		return pysyntax.Parse(name, text, rt.PythonSyntax())
	}
	opts := options
	file, err := opts.Parse(name, text, 0)
	if err != nil {
		return nil, err
	}
	return file, pysyntax.CheckDepth(file)
}

// A programCache keeps compiled programs by name, text and dialect.
type programCache struct {
	mu   sync.RWMutex
	m    map[programKey]*program
	size int // bytes of text
}

// The whole text is the key: its hash finds the entry, and equality proves it.
type programKey struct {
	name, text string
	python     bool
}

// Bounds of a cache: beyond them some entry goes for each that comes.
const (
	maxPrograms     = 512
	maxProgramBytes = 32 << 20
)

func (c *programCache) get(name string, src []byte, python bool) *program {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.m[programKey{name, string(src), python}]
}

func (c *programCache) put(p *program, python bool) {
	if len(p.text) > maxProgramBytes/4 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.m == nil {
		c.m = make(map[programKey]*program)
	}
	for k := range c.m {
		if len(c.m) < maxPrograms && c.size+len(p.text) <= maxProgramBytes {
			break
		}
		c.size -= len(k.text)
		delete(c.m, k)
	}
	key := programKey{p.name, p.text, python}
	if _, ok := c.m[key]; !ok {
		c.size += len(p.text)
	}
	c.m[key] = p
}
