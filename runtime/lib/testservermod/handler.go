package testservermod

import (
	"context"
	"errors"
	"fmt"
	"net/http"

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

// call runs a handler in its turn, on a thread of its own.
func (s *server) call(fn starlark.Callable, req *request) (a answer, err error) {
	thread, done := s.host.NewThread("testserver handler")
	defer done()
	stop := func() { thread.Cancel("the handler was interrupted") }
	guest := s.host.Guest(s.ctx, stop)
	if err := guest.Enter(s.ctx); err != nil {
		return nil, err
	}
	defer guest.Leave()
	ctx, cancel := context.WithTimeoutCause(s.ctx, s.timeout, fmt.Errorf("the handler took longer than %v", s.timeout))
	defer cancel()
	defer context.AfterFunc(ctx, stop)()
	host.Share(thread, guest.WithContext(ctx))
	defer func() {
		if p := recover(); p != nil {
			a, err = nil, fmt.Errorf("panic in the handler: %v", p)
		}
	}()
	v, err := starlark.Call(thread, fn, starlark.Tuple{req}, nil)
	if err != nil {
		if cause := context.Cause(ctx); cause != nil {
			err = cause
		}
		return nil, err
	}
	if _, ok := v.(starlark.Callable); ok {
		return nil, py.TypeError.Errorf("the handler returned a %s; want a response", py.TypeName(v))
	}
	a, err = parseAnswer(v)
	return a, within(fmt.Sprintf("what the handler %s returned", fn.Name()), err)
}
