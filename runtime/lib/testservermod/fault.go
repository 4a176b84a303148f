package testservermod

import (
	"errors"
	"io"
	"time"

	"go.starlark.net/starlark"

	"starwire/runtime/py"
)

// A fault is what raw, delay, drip and reset return: an answer as a script value.
type fault struct {
	name   string
	answer answer
	depth  int // how many faults are in it
}

var _ starlark.Value = (*fault)(nil)

// maxFaults bounds how deep faults may be nested: sending one recurses.
const maxFaults = 16

// newFault wraps an answer. inner is the response it is made of, or nil.
func newFault(name string, inner starlark.Value, a answer) (*fault, error) {
	f := &fault{name: name, answer: a, depth: 1}
	if in, ok := inner.(*fault); ok {
		f.depth += in.depth
	}
	if f.depth > maxFaults {
		return nil, py.ValueError.Errorf("%s: more than %d faults within each other", name, maxFaults)
	}
	return f, nil
}

// String returns <testserver.raw>, and so on.
func (f *fault) String() string { return "<testserver." + f.name + ">" }

// Type returns "testserver.response".
func (f *fault) Type() string { return "testserver.response" }

// Freeze does nothing: a fault never changes.
func (f *fault) Freeze() {}

// Truth is always true.
func (f *fault) Truth() starlark.Bool { return true }

// Hash refuses: nothing needs a fault as a key.
func (f *fault) Hash() (uint32, error) {
	return 0, py.TypeError.Errorf("unhashable type: %s", f.Type())
}

// raw is bytes instead of a response; the connection closes behind them.
type raw []byte

func (r raw) send(x *exchange) error {
	x.close = true
	return x.write(r)
}

// delayed is a response after a while.
type delayed struct {
	wait  time.Duration
	inner answer
}

func (d *delayed) send(x *exchange) error {
	if err := x.srv.host.Sleep(x.srv.ctx, d.wait); err != nil {
		return err
	}
	return d.inner.send(x)
}

// dripping is a response n bytes at a time, with a wait between them.
type dripping struct {
	inner answer
	n     int
	wait  time.Duration
}

func (d *dripping) send(x *exchange) error {
	x.out = &dripper{x: x, next: x.out, dripping: d}
	return d.inner.send(x)
}

type dripper struct {
	*dripping
	x     *exchange
	next  io.Writer
	begun bool
}

func (d *dripper) Write(p []byte) (int, error) {
	for done := 0; done < len(p); {
		if d.begun && d.wait > 0 {
			if err := d.x.srv.host.Sleep(d.x.srv.ctx, d.wait); err != nil {
				return done, err
			}
		}
		d.begun = true
		n, err := d.next.Write(p[done:min(done+d.n, len(p))])
		done += n
		if err != nil {
			return done, err
		}
	}
	return len(p), nil
}

// errReset asks for the connection to be reset.
var errReset = errors.New("the route resets the connection")

// resetting is the first bytes of a response and then a reset (RST).
type resetting struct {
	inner answer
	after int64 // bytes of inner to send; negative: all of them
}

func (r *resetting) send(x *exchange) error {
	if r.after >= 0 {
		x.out = &limiter{next: x.out, left: r.after}
	}
	if err := r.inner.send(x); err != nil {
		return err
	}
	return errReset
}

// limiter passes on its first bytes and refuses more.
type limiter struct {
	next io.Writer
	left int64
}

func (l *limiter) Write(p []byte) (int, error) {
	if int64(len(p)) <= l.left {
		l.left -= int64(len(p))
		return l.next.Write(p)
	}
	n, err := l.next.Write(p[:l.left])
	l.left -= int64(n)
	if err == nil {
		err = errReset
	}
	return n, err
}
