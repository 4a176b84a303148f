package runtime

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"
	"time"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/lib/socketmod"
	"starwire/runtime/py"
)

// parallelFn is parallel(fn, items, limit=8, errors="raise", timeout=None,
// rate=None): it calls fn with each item, up to limit calls at a time, and
// returns the list of results in the order of the items.
//
// With errors="raise" it raises what the first item that fails raises, as a loop
// would: the calls for items before it are let finish, those for items behind it
// are stopped, and what they printed is dropped. With errors="return" the list
// is one of Results, as attempt returns. timeout is the seconds each call may
// take. rate=(n, seconds) begins at most n calls in any period of that length.
//
// What the calls can reach is frozen first: the items, fn, what fn captured and
// the global variables it reads. They share the run's limits.
func parallelFn(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var items starlark.Value
	var fn starlark.Callable
	var timeout, rate starlark.Value = starlark.None, starlark.None
	limit, errs := 8, "raise"
	if err := py.UnpackArgs(b.Name(), args, kwargs, "fn", &fn, "items", &items, "limit?", &limit, "errors?", &errs,
		"timeout?", &timeout, "rate?", &rate); err != nil {
		return nil, err
	}
	g := &group{builtin: b, fn: fn, task: stateOf(thread).task}
	switch {
	case limit < 1:
		return nil, py.ValueError.Errorf("parallel: limit is the number of calls at a time, at least 1, not %d", limit)
	case errs != "raise" && errs != "return":
		return nil, py.ValueError.Errorf(`parallel: errors is "raise" or "return", not %s`, py.Quote(errs))
	}
	g.keep = errs == "return"
	var err error
	if g.timeout, err = positiveSeconds("timeout", timeout); err != nil {
		return nil, err
	}
	if g.pace, err = newPace(rate); err != nil {
		return nil, err
	}
	if g.items, err = collect(thread, items); err != nil {
		return nil, err
	}
	unshare, err := g.task.share(thread, append(g.items[:len(g.items):len(g.items)], fn))
	defer unshare()
	if err != nil {
		return nil, err
	}
	return g.run(thread, limit)
}

// positiveSeconds reads an argument of seconds: None is none, which is 0.
func positiveSeconds(name string, v starlark.Value) (time.Duration, error) {
	if v == starlark.None {
		return 0, nil
	}
	f, ok := starlark.AsFloat(v)
	if _, isBool := v.(starlark.Bool); !ok || isBool {
		return 0, py.TypeError.Errorf("parallel: %s: want a number of seconds, not %s", name, py.TypeName(v))
	}
	if !(f > 0) {
		return 0, py.ValueError.Errorf("parallel: %s: want more than 0 seconds", name)
	}
	if f > math.MaxInt64/1e9 {
		return math.MaxInt64, nil
	}
	return max(1, time.Duration(f*1e9)), nil
}

// collect returns the items, which the thread that has them goes through: an
// iterator may run script code, and no two threads can go through a list that is
// not frozen.
func collect(thread *starlark.Thread, items starlark.Value) ([]starlark.Value, error) {
	it := starlark.Iterate(items)
	if it == nil {
		return nil, py.NotIterable(items)
	}
	defer it.Done()
	var list []starlark.Value
	if n := starlark.Len(items); n > 0 {
		list = make([]starlark.Value, 0, min(n, 1<<16))
	}
	var item starlark.Value
	for it.Next(&item) {
		list = append(list, item)
		if len(list)%1024 == 0 {
			if err := host.Spend(thread, 1024); err != nil {
				return nil, err
			}
		}
	}
	return list, nil
}

// A group is one call of parallel.
type group struct {
	builtin *starlark.Builtin
	fn      starlark.Callable
	items   []starlark.Value
	keep    bool          // errors are results
	timeout time.Duration // of each call; 0: none
	pace    *pace         // or nil
	task    *task         // of the caller
	host    *host.Host    // of its thread

	printed *sequence
	results []starlark.Value
	ctx     context.Context // ends when no further call is to begin
	end     context.CancelCauseFunc

	start sync.Mutex // held to begin the next call
	next  int        // its item; guarded by start

	mu      sync.Mutex
	running map[int]*task     // by item
	stopped error             // why no further call is to begin, or nil
	open    []*host.Resources // what calls that succeeded left open
	failed  int               // the lowest item that has failed; len(items) if none has
	err     error             // of that one
}

// errSuperseded is why the calls behind one that failed are stopped.
var errSuperseded = &stopError{cause: errors.New("another call of parallel failed"), err: context.Canceled}

// run makes the calls, and returns when none is under way any more.
func (g *group) run(thread *starlark.Thread, limit int) (starlark.Value, error) {
	g.printed = newSequence(g.task)
	g.results = make([]starlark.Value, len(g.items))
	g.running = make(map[int]*task)
	g.failed = len(g.items)
	h := host.From(thread)
	g.host = h
	g.ctx, g.end = context.WithCancelCause(h.Context())
	defer g.end(nil)
	defer context.AfterFunc(h.Context(), func() { g.stop(-1, context.Cause(h.Context())) })()

	n := min(limit, len(g.items))
	if n > 1 {
		g.task.run.concurrent()
	}
	loan := h.Lend()
	var workers sync.WaitGroup
	for range n {
		workers.Go(func() {
			for g.one() {
			}
		})
	}
	workers.Wait()
	h.Return(loan)

	err := g.err
	if err == nil && g.ctx.Err() != nil {
		err = context.Cause(g.ctx)
	}
	if err != nil {
		for _, r := range g.open {
			r.Close() // with the results, the way to it is lost
		}
		return nil, &callError{err}
	}
	return starlark.NewList(g.results), nil
}

// A callError is the error of a call on a thread of its own. The interpreter adds
// the frames of parallel's caller to it, as it does not to a *starlark.EvalError.
type callError struct{ err error }

func (e *callError) Error() string { return e.err.Error() }
func (e *callError) Unwrap() error { return e.err }

// stop stops the calls for the items behind item i.
func (g *group) stop(i int, cause error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.stopped = cause
	for j, t := range g.running {
		if j > i {
			t.stop(cause)
		}
	}
}

// one makes the next call, if there is one.
func (g *group) one() (more bool) {
	var defect error
	defer func() {
		if defect != nil {
			g.abandon(defect)
		}
	}()
	defer recoverTo(&defect) // from a function of Config's, outside the call
	i, t := g.begin()
	if t == nil {
		return false
	}
	thread := t.newThread(g.fn.Name())
	if g.timeout > 0 {
		t.timer = time.AfterFunc(g.timeout, func() { t.stop(&timedOut{g.timeout}) })
	}
	v, x, err := guard(thread, g.builtin, g.fn, starlark.Tuple{g.items[i]}, nil)
	t.release(thread)
	g.finish(i, t, v, x, err)
	return true
}

// abandon stops all calls, because of err.
func (g *group) abandon(err error) {
	g.mu.Lock()
	g.failed, g.err = -1, err
	g.mu.Unlock()
	g.stop(-1, errSuperseded)
	g.end(errSuperseded)
}

// begin takes the next item, when it is time for it, and makes its task; nil if
// no further call is to begin.
func (g *group) begin() (int, *task) {
	g.start.Lock()
	defer g.start.Unlock()
	if g.next == len(g.items) || g.ctx.Err() != nil {
		return 0, nil
	}
	if g.pace != nil && g.pace.wait(g.ctx, g.host) != nil {
		return 0, nil
	}
	i := g.next
	g.next++
	stdout, stderr := g.printed.streams(i)
	t := g.task.child(g.host, stdout, stderr)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.running[i] = t
	if g.stopped != nil { // between the look at ctx and now
		t.stop(g.stopped)
	}
	return i, t
}

// finish notes how the call for item i ended. x is the exception that stands for
// err, or nil if no script may catch it.
func (g *group) finish(i int, t *task, v starlark.Value, x *py.Exception, err error) {
	if late := new(timedOut); err != nil && errors.As(t.stopped(), &late) {
		x = late.exception()
		err = x
	}
	if err != nil {
		t.host.Resources.Close()
	}
	t.disarm()
	t.host.Join()
	switch {
	case g.keep && err == nil:
		v = &Result{value: v}
	case g.keep && x != nil:
		v, err = &Result{err: x}, nil
	}
	if err == nil {
		g.results[i] = v
		err = g.printed.done(i)
	}

	g.mu.Lock()
	delete(g.running, i)
	if t.host.Resources.Len() > 0 {
		g.open = append(g.open, t.host.Resources)
	}
	first := err != nil && i < g.failed
	if first {
		g.failed, g.err = i, err
	}
	g.mu.Unlock()
	if !first {
		return
	}
	if limit := new(LimitError); errors.As(err, &limit) {
		g.task.root().stop(limit)
	}
	g.stop(i, errSuperseded)
	g.end(errSuperseded)
}

// timedOut is why a call that took too long was stopped. The call itself cannot
// catch it.
type timedOut struct{ after time.Duration }

var _ py.Uncatchable = (*timedOut)(nil)

func (e *timedOut) Error() string { return fmt.Sprintf("the call took longer than %v", e.after) }

// Uncatchable marks the error as one that catch lets pass.
func (e *timedOut) Uncatchable() {}

// exception is what parallel's caller sees of it.
func (e *timedOut) exception() *py.Exception {
	return socketmod.TimeoutClass.New(nil, starlark.String(e.Error()))
}

// A pace lets at most n calls begin in any period.
type pace struct {
	n      int
	period time.Duration
	last   []time.Time // when the latest n calls began: a ring
	oldest int         // its place, once there are n
}

// wait waits until another call may begin. The error is the end of ctx.
func (p *pace) wait(ctx context.Context, h *host.Host) error {
	now := h.Now()
	if len(p.last) < p.n {
		p.last = append(p.last, now)
		return nil
	}
	if d := p.period - now.Sub(p.last[p.oldest]); d > 0 {
		if err := h.Sleep(ctx, d); err != nil {
			return err
		}
		now = h.Now()
	}
	p.last[p.oldest] = now
	p.oldest = (p.oldest + 1) % p.n
	return nil
}

// newPace reads the argument rate: None, or (n, seconds).
func newPace(v starlark.Value) (*pace, error) {
	if v == starlark.None {
		return nil, nil
	}
	pair, ok := v.(starlark.Tuple)
	if !ok || len(pair) != 2 {
		return nil, py.TypeError.Errorf("parallel: rate: want a pair of a number of calls and of seconds, not %s", py.TypeName(v))
	}
	var n int
	if err := starlark.AsInt(pair[0], &n); err != nil || n < 1 {
		return nil, py.ValueError.Errorf("parallel: rate: want at least one call, not %s", py.Repr(pair[0]))
	}
	period, err := positiveSeconds("rate", pair[1])
	if err != nil {
		return nil, err
	}
	if period == 0 {
		return nil, py.TypeError.Errorf("parallel: rate: want a number of seconds, not NoneType")
	}
	return &pace{n: n, period: period}, nil
}
