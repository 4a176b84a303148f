package runtime

import (
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"go.starlark.net/starlark"

	"starwire/runtime/py"
)

// A frame holds variables that the dialect keeps in an object, because more than
// one function assigns them: those of one call of a function, $frame, or of a
// module, $global.
type frame interface {
	starlark.HasSetField
	unset(name string) error
	// share makes assignments errors until unshare: threads read the variables.
	share()
	unshare()
}

// shared counts the calls of parallel whose workers can reach a frame.
type shared struct{ n atomic.Int32 }

func (s *shared) share()   { s.n.Add(1) }
func (s *shared) unshare() { s.n.Add(-1) }

// check is the error of an assignment.
func (s *shared) check(name string) error {
	if s.n.Load() > 0 {
		return py.TypeError.Errorf("cannot assign variable '%s' while parallel runs functions that can reach it", name)
	}
	return nil
}

// A callFrame is $frame: the boxed variables of one call.
type callFrame struct {
	shared
	vars  map[string]starlark.Value
	depth int               // of the call, in the thread's stack
	fn    starlark.Callable // that was called
}

var _ frame = (*callFrame)(nil)

// newFrame is $frame(names).
//
// CPython: the fast locals of a frame object.
func newFrame(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	return &callFrame{
		vars:  make(map[string]starlark.Value),
		depth: thread.CallStackDepth() - 2,
		fn:    thread.DebugFrame(1).Callable(),
	}, nil
}

func (f *callFrame) String() string        { return "frame" }
func (f *callFrame) Type() string          { return "frame" }
func (f *callFrame) Truth() starlark.Bool  { return true }
func (f *callFrame) Hash() (uint32, error) { return 0, py.TypeError.Errorf("unhashable type: frame") }
func (f *callFrame) AttrNames() []string   { return slices.Sorted(maps.Keys(f.vars)) }

// Freeze freezes the variables, which closures may still read.
func (f *callFrame) Freeze() {
	for _, v := range f.vars {
		v.Freeze()
	}
}

// Attr returns a variable; one without a value is an UnboundLocalError.
func (f *callFrame) Attr(name string) (starlark.Value, error) {
	if v := f.vars[name]; v != nil {
		return v, nil
	}
	return nil, py.UnboundLocalError.Errorf("local variable '%s' referenced before assignment", name)
}

// SetField assigns a variable.
func (f *callFrame) SetField(name string, v starlark.Value) error {
	if err := f.check(name); err != nil {
		return err
	}
	f.vars[name] = v
	return nil
}

func (f *callFrame) unset(name string) error {
	if err := f.check(name); err != nil {
		return err
	}
	if _, err := f.Attr(name); err != nil {
		return err
	}
	delete(f.vars, name)
	return nil
}

// globals is $global, the object whose fields are global variables: in a module
// those that functions assign, in a session all. Function bodies read them at
// the time of the call; threads of the run's servers may do so meanwhile.
type globals struct {
	run *run
	env *predeclared // what is predeclared
	*variables
}

// variables are the global variables themselves.
type variables struct {
	shared
	mu   sync.RWMutex
	vars map[string]starlark.Value
}

var _ frame = (*globals)(nil)

func newGlobals(r *run, env *predeclared) *globals {
	return &globals{run: r, env: env, variables: &variables{vars: make(map[string]starlark.Value)}}
}

// under returns the same variables with other predeclared names around them.
func (g *globals) under(env *predeclared) *globals {
	return &globals{run: g.run, env: env, variables: g.variables}
}

func (g *globals) String() string        { return "globals" }
func (g *globals) Type() string          { return "globals" }
func (g *globals) Truth() starlark.Bool  { return true }
func (g *globals) Hash() (uint32, error) { return 0, py.TypeError.Errorf("unhashable type: globals") }

// Freeze does nothing: the variables of a session stay variable, and those of a
// module are frozen with its other globals.
func (g *globals) Freeze() {}

// lookup returns the value of a name, or nil: a variable's, or else what is
// predeclared or built in.
func (g *globals) lookup(name string) starlark.Value {
	if v := g.variable(name); v != nil {
		return v
	}
	if v := g.env.get(name); v != nil {
		return v
	}
	return g.run.predeclared(name)
}

// variable returns the value of a variable, or nil.
func (g *globals) variable(name string) starlark.Value {
	g.mu.RLock()
	defer g.mu.RUnlock()
	return g.vars[name]
}

func (g *globals) set(name string, v starlark.Value) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.vars[name] = v
}

// snapshot returns a copy of the variables.
func (g *globals) snapshot() starlark.StringDict {
	g.mu.RLock()
	defer g.mu.RUnlock()
	return maps.Clone(starlark.StringDict(g.vars))
}

// Attr returns the value of a name; there being none is a NameError.
func (g *globals) Attr(name string) (starlark.Value, error) {
	if v := g.lookup(name); v != nil {
		return v, nil
	}
	return nil, py.NameError.Errorf("name '%s' is not defined", name)
}

// SetField gives a variable its value.
func (g *globals) SetField(name string, v starlark.Value) error {
	if err := g.check(name); err != nil {
		return err
	}
	g.set(name, v)
	return nil
}

// AttrNames lists the variables.
func (g *globals) AttrNames() []string { return g.snapshot().Keys() }

func (g *globals) unset(name string) error {
	if err := g.check(name); err != nil {
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.vars[name] == nil {
		return py.NameError.Errorf("name '%s' is not defined", name)
	}
	delete(g.vars, name)
	return nil
}

// delName is $delname(frame, name): del of a variable.
func delName(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	f, name, err := frameArgs(b, args[:min(2, len(args))])
	if err != nil {
		return nil, err
	}
	return starlark.None, f.unset(name)
}

// leak is $leak(frame, name, value): the assignment that a comprehension makes to
// a variable outside it. It returns True.
func leak(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	f, name, err := frameArgs(b, args[:min(2, len(args))])
	if err != nil {
		return nil, err
	}
	return starlark.True, f.SetField(name, args[2])
}

// frameArgs unpacks a frame and a name.
func frameArgs(b *starlark.Builtin, args starlark.Tuple) (frame, string, error) {
	var v starlark.Value
	var name string
	if err := starlark.UnpackPositionalArgs(b.Name(), args, nil, 2, &v, &name); err != nil {
		return nil, "", err
	}
	f, ok := v.(frame)
	if !ok {
		return nil, "", py.TypeError.Errorf("%s: got %s, want a frame", b.Name(), v.Type())
	}
	return f, name, nil
}

// A handled is an exception that a call handles, as a bare raise and
// sys.exc_info know it.
type handled struct {
	depth int // of the call, in the thread's stack
	fn    starlark.Callable
	x     *py.Exception
}

// handle notes that the function of the frame handles x, until it returns or
// handles another.
func (st *threadState) handle(thread *starlark.Thread, f frame, x *py.Exception) {
	h := handled{x: x}
	if call, ok := f.(*callFrame); ok {
		h.depth, h.fn = call.depth, call.fn
	} else {
		h.fn = thread.DebugFrame(thread.CallStackDepth() - 1).Callable()
	}
	for n := len(st.handled); n > 0 && st.handled[n-1].depth >= h.depth; n-- {
		st.handled = st.handled[:n-1]
	}
	st.handled = append(st.handled, h)
}

// handling returns the exception that the innermost call handles, or nil.
func (st *threadState) handling(thread *starlark.Thread) *py.Exception {
	for _, h := range slices.Backward(st.handled) {
		if n := thread.CallStackDepth() - 1 - h.depth; n >= 0 && thread.DebugFrame(n).Callable() == h.fn {
			return h.x
		}
	}
	return nil
}
