package runtime

import (
	"context"
	"crypto/x509"
	"errors"
	"io"
	"maps"
	"os"
	"strings"
	"sync"

	"go.starlark.net/starlark"

	"starwire/runtime/guards"
	"starwire/runtime/host"
)

// A Runtime runs scripts within what its Config grants. It is safe for
// concurrent use and needs no closing: what a run opens is closed when the run
// ends. Compiled programs are kept for the next run of the same text.
type Runtime struct {
	config      Config
	limits      Limits // with defaults
	net         *netPolicy
	files       *filePolicy
	predeclared predeclared // for all runs
	// pythonNames returns those of .py files.
	pythonNames func() *predeclared
	modules     map[string]starlark.StringDict // the embedder's
	declared    *guards.Declared               // what the embedder declared
	programs    programCache
	meters      meters
	host        host.Host // what the hosts of all runs have in common

	outMu, errMu sync.Mutex // guard config.Stdout or Print, and config.Stderr
}

// New returns a Runtime for c. It copies c; the slices and maps in it must not
// change afterwards. The error says which field of c is unfit.
func New(c Config) (*Runtime, error) {
	if c.Stdout == nil {
		c.Stdout = os.Stdout
	}
	if c.Stderr == nil {
		c.Stderr = os.Stderr
	}
	rt := &Runtime{config: c, limits: c.Limits.withDefaults()}
	var err error
	if rt.net, err = newNetPolicy(&c); err != nil {
		return nil, err
	}
	if err := checkResolve(c.Resolve); err != nil {
		return nil, err
	}
	if rt.files, err = newFilePolicy(rt); err != nil {
		return nil, err
	}
	rt.pythonNames = sync.OnceValue(rt.newPythonNames)
	if err := rt.declare(); err != nil {
		return nil, err
	}
	rt.declareProbes()
	rt.survivePanics()
	rt.host = host.Host{
		Stat:       rt.files.stat,
		Getenv:     rt.getenv,
		Environ:    rt.environ,
		Now:        c.Now,
		Rand:       serialized(c.Rand),
		DebugLevel: c.DebugLevel,
		Observe:    c.Observe,
		Progress:   c.Progress,
		Args:       c.Args,
		Stdin:      c.Stdin,
	}
	if c.Sleep != nil {
		rt.host.Sleep = rt.callSleep
	}
	if c.RootCAs != nil {
		rt.host.Roots = func() (*x509.CertPool, error) { return c.RootCAs, nil }
	}
	return rt, nil
}

// serialized returns a reader whose Reads are r's, one at a time; or nil for nil.
func serialized(r io.Reader) io.Reader {
	if r == nil {
		return nil
	}
	return &lockedReader{r: r}
}

type lockedReader struct {
	mu sync.Mutex
	r  io.Reader
}

func (l *lockedReader) Read(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.r.Read(p)
}

// Run runs the script src and returns its global variables, frozen. The name
// stands in error messages, and load resolves names relative to it.
//
// The error of a failed script is an *Error, or a *SyntaxError if src is no
// program. errors.As finds in it what happened: *py.Exception,
// *starlark.EvalError, *LimitError, *ExitError, *host.PermissionError;
// errors.Is finds context.Canceled if ctx was. FormatError shows it to a person.
//
// When Run returns, nothing of the run is left: every connection, file and
// server that the script left open is closed.
func (rt *Runtime) Run(ctx context.Context, name string, src []byte) (globals starlark.StringDict, err error) {
	if ctx.Err() != nil {
		return nil, canceled(ctx)
	}
	r := rt.newRun(ctx)
	defer finish(r, &globals, &err)
	r.task.arm(ctx) // first: compiling takes time too
	p, err := rt.compile(r.task.host.Context(), name, src)
	if err != nil {
		return nil, r.task.uncompiled(err)
	}
	globals, err = r.task.exec(p)
	if end := r.task.out.endLine(); err == nil && end != nil {
		err = r.task.failure(end)
	}
	if err != nil {
		return nil, err
	}
	freezeDict(globals)
	return globals, nil
}

// Call calls fn, a function that a script returned among its globals, as a run
// of its own. The result is not frozen. Errors are Run's.
//
// Calls may run at the same time: what fn can reach was frozen by Run. The
// arguments belong to the call until it returns.
func (rt *Runtime) Call(ctx context.Context, fn starlark.Callable, args starlark.Tuple, kwargs []starlark.Tuple) (v starlark.Value, err error) {
	if ctx.Err() != nil {
		return nil, canceled(ctx)
	}
	r := rt.newRun(ctx)
	defer finish(r, &v, &err)
	r.task.arm(ctx)
	return r.task.call(fn, args, kwargs)
}

// finish closes the run, whose result is *v and *err; it must be deferred. A panic
// outside the script, in a function of Config's, is an error.
func finish[T any](r *run, v *T, err *error) {
	var defect *PanicError
	if p := recover(); p != nil {
		defect = host.Panicked(p)
	}
	if end := r.close(); defect == nil && *err == nil {
		errors.As(end, &defect)
	}
	if defect != nil {
		x := panicked(defect)
		*err = &Error{Exception: x, err: x, hint: hint(x, nil, nil)}
	}
	if *err != nil {
		var none T
		*v = none
	}
}

// uncompiled is the error of a text that is no program: a *SyntaxError as it is, and
// anything else, the end of the run above all, as an *Error.
func (t *task) uncompiled(err error) error {
	var syn *SyntaxError
	if errors.As(err, &syn) && t.stopped() == nil {
		return err
	}
	return t.failure(err)
}

// call calls fn on a thread of the task.
func (t *task) call(fn starlark.Callable, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	thread := t.newThread(fn.Name())
	defer t.release(thread)
	v, err := protect(thread, fn, args, kwargs)
	if err != nil {
		return nil, t.failure(err)
	}
	return v, nil
}

// exec runs the program on a thread of the task and returns its globals, not
// frozen.
func (t *task) exec(p *program) (starlark.StringDict, error) {
	thread := t.newThread(p.name)
	defer t.release(thread)
	t.run.addSource(p.name, p.text)
	globals, err := t.init(thread, p)
	if err != nil {
		return nil, t.failure(err)
	}
	return globals, nil
}

// init runs the program's top level and returns its global variables, without
// those that the dialect made up. A panic is an error.
func (t *task) init(thread *starlark.Thread, p *program) (starlark.StringDict, error) {
	if len(p.reads) > 0 {
		t.run.addReads(p.prog, p.reads)
	}
	env, g := p.env, (*globals)(nil)
	if p.uses != nil {
		env, g = t.run.ownEnv(thread, p)
	}
	vars, err := recovering(func() (starlark.StringDict, error) {
		return p.prog.Init(thread, env)
	})
	if vars != nil && g != nil {
		maps.Copy(vars, g.snapshot())
	}
	for name := range vars {
		if strings.Contains(name, "$") {
			delete(vars, name)
		}
	}
	return vars, stateOf(thread).settle(thread, err)
}
