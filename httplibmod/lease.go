package httplibmod

import (
	"go.starlark.net/starlark"

	"starwire/runtime/panics"
	"starwire/runtime/py"
)

// A lease is a thread's time inside a method of a connection or a response. The
// handlers of the run's own servers run while the script is inside one, waiting
// (host.Host.Pause); what the script is in the middle of is not theirs to touch.
// A thread may enter again: sending a script's own object calls its methods.
type lease struct {
	own, shared             **starlark.Thread // of the connection, of the transport; nil: none
	ownBefore, sharedBefore *starlark.Thread
	x                       **trip // of the transport
}

// alone makes a method one that refuses a second thread, and that tells the
// socket which thread, and so which part of the run, is using it. A panic is an error.
func alone(f method) method {
	return func(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (_ starlark.Value, err error) {
		defer panics.To(&err)
		v, ok := b.Receiver().(leaser)
		if !ok {
			return f(thread, b, args, kwargs)
		}
		l, err := v.lease(thread)
		if err != nil {
			return nil, err
		}
		defer l.end()
		if l.x == nil || *l.x == nil {
			return f(thread, b, args, kwargs)
		}
		value, err := f(thread, b, args, kwargs)
		(*l.x).after(err)
		return value, err
	}
}

// A leaser is a value whose methods are for one thread at a time.
type leaser interface {
	lease(thread *starlark.Thread) (lease, error)
}

// lease is for a method of the connection. One that is frozen needs none:
// several threads may hold it at a time, and none can do anything with it.
func (c *HTTPConnection) lease(thread *starlark.Thread) (lease, error) {
	if c.frozen {
		return lease{}, nil
	}
	l := lease{own: &c.user}
	err := l.begin(thread, c.t, c.Type())
	return l, err
}

func (h *legacyHTTP) lease(thread *starlark.Thread) (lease, error) { return h.conn.lease(thread) }

// lease is for a method of the response.
func (r *HTTPResponse) lease(thread *starlark.Thread) (lease, error) {
	if r.frozen {
		return lease{}, nil
	}
	var l lease
	err := l.begin(thread, r.t, r.Type())
	return l, err
}

// begin takes the lease, unless another thread has it.
func (l *lease) begin(thread *starlark.Thread, t *transport, typeName string) error {
	if t != nil {
		l.shared, l.x = &t.user, &t.x
	}
	for _, user := range []**starlark.Thread{l.own, l.shared} {
		if user != nil && *user != nil && *user != thread {
			return py.RuntimeError.Errorf("%s is in use: the script is waiting in one of its methods", typeName)
		}
	}
	if l.own != nil {
		l.ownBefore, *l.own = *l.own, thread
	}
	if t != nil {
		l.sharedBefore, t.user = t.user, thread
		if t.sock != nil {
			t.sock.Use(thread)
		}
	}
	return nil
}

// end lets others in.
func (l *lease) end() {
	if l.own != nil {
		*l.own = l.ownBefore
	}
	if l.shared != nil {
		*l.shared = l.sharedBefore
	}
}
