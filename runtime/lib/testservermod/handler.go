package testservermod

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/py"
)

// A handler is a script function as an answer: called with the request, it
// returns the response. It and the script that started the server take turns
// (see host.Host.Pause), so it may use what the script uses.
type handler struct {
	fn starlark.Callable
}

// maxCalls bounds the functions one request may run through: one may return a
// delay of another.
const maxCalls = 16

func (h *handler) send(x *exchange) error {
	if x.calls++; x.calls > maxCalls {
		return h.fail(x, fmt.Errorf("more than %d functions, each returning the next", maxCalls))
	}
	a, err := x.srv.call(h.fn, x.req)
	if err != nil {
		if x.srv.ended() {
			return err
		}
		return h.fail(x, err)
	}
	return a.send(x)
}

// fail answers a request whose handler went wrong.
func (h *handler) fail(x *exchange, err error) error {
	text := fmt.Sprintf("%s %s: %v", x.req.method, x.req.url, err)
	x.srv.note(text)
	var eval *starlark.EvalError
	if errors.As(err, &eval) {
		text += "\n" + eval.Backtrace()
	}
	return textMessage(http.StatusInternalServerError, text+"\n").send(x)
}

// A guest is a thread for handlers, with the Host by which it takes turns.
type guest struct {
	thread *starlark.Thread
	host   *host.Host
	done   func()
}

// stop makes what the guest runs fail soon. It cannot be used again.
func (g *guest) stop() { g.thread.Cancel("the handler was interrupted") }

// call runs a handler in its turn.
func (s *server) call(fn starlark.Callable, req *request) (a answer, err error) {
	g, err := s.guest()
	if err != nil {
		return nil, err
	}
	good := false
	defer func() { s.leave(g, good) }()
	if err := g.host.Enter(s.ctx); err != nil {
		return nil, err
	}
	defer g.host.Leave()
	ctx, cancel := context.WithTimeoutCause(s.ctx, s.timeout, fmt.Errorf("the handler took longer than %v", s.timeout))
	defer cancel()
	host.Share(g.thread, g.host.WithContext(ctx))
	defer context.AfterFunc(ctx, g.stop)()
	defer func() {
		if p := recover(); p != nil {
			a, err = nil, fmt.Errorf("panic in the handler: %v", p)
		}
	}()
	v, err := starlark.Call(g.thread, fn, starlark.Tuple{req}, nil)
	if err != nil {
		if cause := context.Cause(ctx); cause != nil {
			err = cause
		}
		return nil, err
	}
	good = true
	if _, ok := v.(starlark.Callable); ok {
		return nil, py.TypeError.Errorf("the handler returned a %s; want a response", py.TypeName(v))
	}
	a, err = parseAnswer(v)
	return a, within(fmt.Sprintf("what the handler %s returned", fn.Name()), err)
}

// guest returns a thread that runs nothing else.
func (s *server) guest() (*guest, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, errClosed
	}
	if n := len(s.waiting); n > 0 {
		g := s.waiting[n-1]
		s.waiting = s.waiting[:n-1]
		return g, nil
	}
	g := new(guest)
	g.thread, g.done = s.host.NewThread("testserver handler")
	g.host = s.host.Guest(s.ctx, g.stop)
	s.guests[g] = struct{}{}
	return g, nil
}

// leave gives a guest back for the next request, if it can be used again.
func (s *server) leave(g *guest, good bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if good && !s.closed {
		s.waiting = append(s.waiting, g)
		return
	}
	delete(s.guests, g)
	g.done()
}

// retire lets go of the guests of a server that has ended.
func (s *server) retire() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, g := range s.waiting {
		g.done()
	}
	s.waiting = slices.Delete(s.waiting, 0, len(s.waiting))
	clear(s.guests)
}
