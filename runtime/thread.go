package runtime

import (
	"context"
	"errors"
	"io"
	goruntime "runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"go.starlark.net/starlark"

	"starwire/httplibmod"
	"starwire/runtime/host"
	"starwire/runtime/lazy"
	"starwire/runtime/lib/socketmod"
	"starwire/runtime/py"
)

// A run is one Run, one Call or one Session: what it has opened, loaded and
// printed. Its host lives as long as it does.
type run struct {
	rt      *Runtime
	task    *task                // the run itself; an item of a session is a task of its own
	current atomic.Pointer[task] // the task whose code runs: of a session, its last item
	own     ownServers
	out     printer

	loads   loads
	special specials
	names   func() []string // what a script could have meant by a name

	mu      sync.Mutex
	sources map[string]string      // texts of what ran, for tracebacks
	sigs    map[string][]signature // of the functions in them, once asked for
	reads   map[*starlark.Program]reads
}

// A task is what is cancelled together: a Run or a Call, one item of a session,
// or, inside those, one call that parallel makes. It has its own context and, but
// for the latter, its own time and steps.
type task struct {
	run    *run
	parent *task      // of one call of parallel: the task that waits for it; else nil
	host   *host.Host // the run's, with the task's context
	out    *printer   // standard output
	cancel context.CancelCauseFunc

	unhook func() bool // from the caller's context
	timer  *time.Timer // of Limits.Wall
	steps  atomic.Int64
	memory *meter       // of Limits.Memory, or nil
	over   atomic.Int32 // see outcome

	mu      sync.Mutex
	threads []*starlark.Thread
	cause   error // why the task was stopped, or nil
}

// threadState is what the runtime keeps on each thread.
type threadState struct {
	task *task
	// pending is an error that arose where none can be returned: the thread is
	// cancelled until a catch, or the end of its code, takes it (pending.go).
	pending error
	// usings are the blocks under way, the innermost last.
	usings []*usingIterator
	// handled are the exceptions that calls handle, by the depth of the call;
	// caught are the last ones.
	handled []handled
	caught  catches
	// catches is how many catches are under way, each inside the one before.
	catches int
	// loading is the file this thread loads, or nil.
	loading *loadedFile
	// limit is the value of thread.Steps at which its slice of steps is used up.
	limit uint64
}

const local = "starwire.runtime"

// stateOf returns the thread's state. A thread that the runtime did not make,
// because an embedder calls a script's function past Call, is a task of its own
// with whatever Host it has.
func stateOf(thread *starlark.Thread) *threadState {
	if st, ok := thread.Local(local).(*threadState); ok {
		return st
	}
	h := host.From(thread)
	r := &run{rt: orphanage()}
	r.names = r.rt.knownNames
	r.out.init(r.rt)
	r.out.w, r.out.budget = h.Stdout, h.Budget
	r.task = &task{run: r, host: h, out: &r.out, cancel: func(error) {}}
	r.current.Store(r.task)
	st := &threadState{task: r.task}
	thread.SetLocal(local, st)
	return st
}

// orphanage is the Runtime of threads that none has made.
func orphanage() *Runtime {
	return orphans.Get(func() *Runtime {
		rt, err := New(Config{})
		if err != nil {
			panic(err) // the zero Config is valid
		}
		return rt
	})
}

var orphans lazy.Value[*Runtime]

// newRun begins a run whose end ctx may bring about.
func (rt *Runtime) newRun(ctx context.Context) *run {
	r := &run{rt: rt, names: rt.knownNames}
	r.out.init(rt)
	h := rt.host
	h.Dial, h.Tunnel, h.Listen, h.Open, h.Raise = r.dial, r.tunnel, r.listen, r.open, r.raise
	h.Budget = &host.Budget{
		ReadLimit: rt.limits.ReadBytes, WriteLimit: rt.limits.WriteBytes,
		PrintLimit: rt.limits.PrintBytes, ConnLimit: int64(rt.limits.Conns),
		JSONDepth: max(rt.limits.JSONDepth, 0),
	}
	h.Stdout, h.Stderr = &r.out, &stream{w: rt.config.Stderr, mu: &rt.errMu, budget: h.Budget}
	h.Names = rt.names()
	t := &task{run: r, out: &r.out}
	r.task = t
	r.current.Store(t)
	h.NewThread, h.Spent, h.Reserve = r.fork, spent, reserve
	h.Current = func() context.Context { return r.current.Load().host.Context() }
	inner, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	t.cancel = cancel
	t.host = host.Attach(new(starlark.Thread), inner, h)
	httplibmod.Configure(t.host, rt.config.HTTP)
	if d := rt.config.SocketTimeout; d > 0 {
		socketmod.SetDefault(t.host, socketmod.Seconds(d.Seconds()))
	}
	if rt.config.BlockingReads {
		socketmod.BlockReads(t.host)
	}
	r.out.budget = h.Budget
	return r
}

// concurrent says that script code is about to run beside other script code.
func (r *run) concurrent() {
	socketmod.PollReads(r.task.host)
	if r.rt.config.OnConcurrent != nil {
		r.rt.config.OnConcurrent()
	}
}

// item begins a task of a session.
func (r *run) item(ctx context.Context) *task {
	t := &task{run: r, out: &r.out}
	inner, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	t.cancel = cancel
	t.host = r.task.host.WithContext(inner)
	r.current.Store(t)
	t.arm(ctx)
	return t
}

// arm ties the task to the caller's context and to the limits of time and steps.
//
// The task's context is not derived from the caller's, but told of its end: what
// a session's item opened must outlive the item's context, which its caller
// cancels when the item is done.
func (t *task) arm(ctx context.Context) {
	limits := &t.run.rt.limits
	t.steps.Store(limits.Steps)
	if ctx.Done() != nil {
		t.unhook = context.AfterFunc(ctx, func() { t.stop(canceled(ctx)) })
	}
	if limits.Wall > 0 {
		t.timer = time.AfterFunc(limits.Wall, func() {
			t.stop(&LimitError{Limit: "time", Value: limits.Wall.String(), Flag: "--timeout"})
		})
	}
	if limits.Memory > 0 {
		t.watchMemory(limits.Memory)
	}
}

// disarm ends the task's ties. Its context stays as it is.
func (t *task) disarm() {
	if t.unhook != nil {
		t.unhook()
	}
	if t.timer != nil {
		t.timer.Stop()
	}
	t.memory.close()
}

// What task.over holds.
const (
	going   = iota
	stopped // by a limit, by its caller, by itself
	ended   // in good order
)

// child begins a task inside t for a thread that runs at the same time as one of
// t's, whose Host is h. It has t's steps, and an end of its own.
func (t *task) child(h *host.Host, stdout, stderr io.Writer) *task {
	c := &task{run: t.run, parent: t}
	ctx, cancel := context.WithCancelCause(context.WithoutCancel(h.Context()))
	c.cancel = cancel
	c.host = h.Fork(ctx)
	if t.run.rt != orphanage() {
		c.host.Open = func(name string, flag int) (host.File, error) { return t.run.rt.files.open(ctx, name, flag) }
	}
	c.out = &printer{mu: new(sync.Mutex), w: stdout, budget: h.Budget}
	c.host.Stdout, c.host.Stderr = c.out, &stream{w: stderr, mu: new(sync.Mutex), budget: h.Budget}
	return c
}

// root returns the task whose steps and limits t shares.
func (t *task) root() *task {
	for t.parent != nil {
		t = t.parent
	}
	return t
}

// close ends the run: what still blocks is cancelled, what is open is closed. A panic
// in a function of Config's is a *PanicError.
func (r *run) close() error {
	r.task.disarm()
	r.task.stop(host.ErrEnded)
	err := r.task.host.Resources.Close()
	return errors.Join(err, r.flush())
}

func (r *run) flush() (err error) {
	defer host.Recover(&err)
	r.out.flush()
	return nil
}

// stop cancels every thread of the task and everything that blocks in it. The
// first cause stands. The tasks inside it end with its context.
func (t *task) stop(cause error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.cause != nil {
		return
	}
	t.cause = cause
	t.cancel(cause)
	for _, thread := range t.threads {
		thread.Cancel(cause.Error())
	}
	// Last: an iterator that ends early because of it must not be taken for one that
	// came to its end.
	if cause == host.ErrEnded {
		t.over.Store(ended)
	} else {
		t.over.Store(stopped)
	}
}

// stopped returns why the task was stopped, or nil.
func (t *task) stopped() error {
	t.mu.Lock()
	cause := t.cause
	t.mu.Unlock()
	if cause == nil && t.parent != nil {
		return t.parent.stopped() // which ends this one soon
	}
	return cause
}

// newThread makes a thread of the task, with its host, its budgets and its
// cancellation. No other function makes one.
func (t *task) newThread(name string) *starlark.Thread {
	thread := &starlark.Thread{Name: name, Print: printHook, Load: loadHook}
	host.Share(thread, t.host)
	st := &threadState{task: t}
	thread.SetLocal(local, st)
	st.limit = 1 + t.root().takeSteps()
	thread.OnMaxSteps = moreSteps
	thread.SetMaxExecutionSteps(st.limit)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.threads = append(t.threads, thread)
	if t.cause != nil {
		thread.Cancel(t.cause.Error())
	}
	return thread
}

// release forgets a thread on which nothing runs any more. The steps it took and
// did not use go back to the task.
func (t *task) release(thread *starlark.Thread) {
	if st := stateOf(thread); st.limit > thread.Steps {
		t.root().steps.Add(int64(st.limit - 1 - thread.Steps))
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for i, other := range t.threads {
		if other == thread {
			last := len(t.threads) - 1
			t.threads[i], t.threads[last] = t.threads[last], nil
			t.threads = t.threads[:last]
			return
		}
	}
}

// open is Host.Open.
func (r *run) open(name string, flag int) (host.File, error) {
	return r.rt.files.open(r.current.Load().host.Context(), name, flag)
}

// fork is Host.NewThread: a thread of the task whose code runs now. In a session
// that is an item, whose steps and end are the thread's too.
func (r *run) fork(name string) (*starlark.Thread, func()) {
	t := r.current.Load()
	thread := t.newThread(name)
	return thread, func() { t.release(thread) }
}

// stepSlice is how many steps a thread takes from its task at once.
const stepSlice = 1 << 14

// takeSteps takes some of the steps the task has left; 0 means none are.
func (t *task) takeSteps() uint64 {
	slice := int64(stepSlice)
	if depth := t.run.rt.limits.CallDepth; depth > 0 {
		slice = min(slice, int64(depth)+1)
	}
	limit := t.run.rt.limits.Steps
	if limit < 0 {
		return uint64(slice)
	}
	for {
		left := t.steps.Load()
		if left <= 0 {
			return 0
		}
		// Many threads must not have all there is while one has none.
		n := min(slice, left/64+1)
		if t.steps.CompareAndSwap(left, left-n) {
			return uint64(n)
		}
	}
}

// maxCallDepth bounds recursion: about, because it is looked at once a slice of
// steps. The interpreter's own bound, ten times as deep, makes each traceback
// cost milliseconds. CPython's is 1000.
const maxCallDepth = 10_000

// moreSteps is a thread's OnMaxSteps: its slice is used up. Built-ins charge
// steps too, perhaps several slices at once.
func moreSteps(thread *starlark.Thread) {
	// On one processor the collector's worker, and timers, else wait for the 10 ms after
	// which the scheduler takes the processor away.
	goruntime.Gosched()
	st := stateOf(thread)
	root := st.task.root()
	if depth := st.task.run.rt.limits.CallDepth; depth > 0 && thread.CallStackDepth() > depth {
		over := &LimitError{Limit: "call depth", Value: strconv.Itoa(depth) + " calls", Flag: "--max-depth"}
		root.stop(over)
		thread.Cancel(over.Error())
		return
	}
	if thread.CallStackDepth() > maxCallDepth {
		st.setPending(thread, tooRecursive())
	}
	for st.limit <= thread.Steps {
		n := root.takeSteps()
		if n == 0 {
			steps := st.task.run.rt.limits.Steps
			over := &LimitError{Limit: "steps", Value: strconv.FormatInt(steps, 10), Flag: "--max-steps"}
			root.stop(over)
			thread.Cancel(over.Error())
			return
		}
		st.limit += n
	}
	thread.SetMaxExecutionSteps(st.limit)
}

// spent is Host.Spent: a built-in heeds the limit of steps while it works.
func spent(thread *starlark.Thread) {
	if st, ok := thread.Local(local).(*threadState); ok && st.limit > 0 && thread.Steps >= st.limit {
		moreSteps(thread)
	}
}

// A stopError ends what runs on a stopped task. It is the cause and, where the
// context says so too, context.Canceled or context.DeadlineExceeded.
type stopError struct {
	cause error
	err   error // the context's, or nil
}

var _ py.Uncatchable = (*stopError)(nil)

func (e *stopError) Error() string { return e.cause.Error() }

func (e *stopError) Unwrap() []error {
	if e.err == nil {
		return []error{e.cause}
	}
	return []error{e.cause, e.err}
}

// Uncatchable marks the error as one that catch lets pass.
func (e *stopError) Uncatchable() {}

// canceled is the error of a run whose caller's context has ended.
func canceled(ctx context.Context) error {
	return &stopError{cause: context.Cause(ctx), err: ctx.Err()}
}
