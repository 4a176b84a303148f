package httplibmod

import (
	"errors"

	"go.starlark.net/starlark"

	"starwire/runtime/py"
)

// getResponse is httplib.py, HTTPConnection.getresponse. A response whose head
// cannot be read leaves the state Request-sent, and the socket closed (H4).
func (c *HTTPConnection) getResponse(thread *starlark.Thread, buffering bool) (*HTTPResponse, error) {
	if err := c.checkMutable("get a response from"); err != nil {
		return nil, err
	}
	if c.pending != nil && c.pending.closed {
		c.pending = nil
	}
	to, err := c.allowed(opGetResponse)
	if err != nil {
		return nil, err
	}
	if c.pending != nil {
		return nil, ResponseNotReady.New(nil)
	}
	t := c.transport()
	if t == nil {
		if c.lostAnswer {
			return nil, ResponseNotReady.Errorf("the answer to this request was lost: close() first")
		}
		return nil, py.AttributeError.Errorf("'NoneType' object has no attribute 'makefile'")
	}
	if t.sock != nil && c.announced.wrong() {
		t.spent = true
		if c.rules.strict && !c.announced.expect && t.unsent == nil {
			t.close(thread)
			c.lostAnswer = true
			return nil, py.ValueError.Errorf("the body is shorter than its Content-Length")
		}
	}
	r, err := c.makeResponse(thread, t, buffering)
	if err != nil {
		return nil, err
	}
	r.x = c.watch.take()
	if err := r.begin(thread); err != nil {
		err = asException(err)
		if t.unsent != nil {
			err = t.unsent
		}
		r.abandon(thread)
		c.lostAnswer = true
		return nil, err
	}
	if t.timed {
		t.expire(c.expires) // the head's own time is over
	}
	if r.x != nil {
		r.x.head(r)
	}
	c.state = to
	if r.willClose {
		// The response takes the socket along.
		r.owned = true
		c.t = nil
		return r, nil
	}
	t.held = true
	c.pending = r
	return r, nil
}

// makeResponse calls response_class(sock, [debuglevel,] strict=, method=,
// [buffering=]) as Python does, if the script set one.
func (c *HTTPConnection) makeResponse(thread *starlark.Thread, t *transport, buffering bool) (*HTTPResponse, error) {
	if c.responseClass == responseClass {
		if c.manner == nil {
			c.manner = &manner{c.debuglevel, c.strict}
		}
		return newResponse(thread, t, c.manner, c.method, buffering)
	}
	args := starlark.Tuple{t.value}
	if c.debugging() {
		args = append(args, c.debuglevel)
	}
	kwargs := []starlark.Tuple{{starlark.String("strict"), c.strict}, {starlark.String("method"), c.method}}
	if buffering {
		kwargs = append(kwargs, starlark.Tuple{starlark.String("buffering"), starlark.True})
	}
	v, err := starlark.Call(thread, c.responseClass, args, kwargs)
	if err != nil {
		return nil, err
	}
	r, ok := v.(*HTTPResponse)
	if !ok {
		return nil, py.TypeError.Errorf("response_class returned %s; want an HTTPResponse", py.TypeName(v))
	}
	if r.t.value == t.value {
		r.t = t // the window belongs to the connection's socket
		if t.r != nil {
			r.r = t.r
		}
	}
	return r, nil
}

// asException lets an error of begin be raised after the response is closed.
func asException(err error) error {
	if errors.As(err, new(*py.Exception)) {
		return err
	}
	return wireError(err)
}

// close is httplib.py, HTTPConnection.close: idle again, the socket closed, and
// the unread persistent response with it. Lines put but not sent are dropped (D2).
func (c *HTTPConnection) close(thread *starlark.Thread) error {
	c.state = moves[c.state][opClose]
	c.request.reset()
	c.watch.end(nil)
	c.lostAnswer = false
	var err error
	if t := c.t; t != nil {
		c.t = nil
		err = t.close(thread)
	}
	if r := c.pending; r != nil {
		c.pending = nil
		err = errors.Join(err, r.finish(thread))
	}
	return err
}

// detach gives up the socket for another: a response still to be read keeps it.
func (c *HTTPConnection) detach(thread *starlark.Thread) {
	t := c.transport()
	c.t = nil
	switch {
	case t == nil:
	case t.held && c.pending != nil && !c.pending.closed:
		c.pending.owned = true
		c.pending = nil
	default:
		t.close(thread)
	}
}
