package httplibmod

import (
	"bytes"
	"time"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/py"
)

// endHeaders is httplib.py, HTTPConnection.endheaders. The
// state moves before anything is sent.
func (c *HTTPConnection) endHeaders(thread *starlark.Thread, b body) error {
	if err := c.checkMutable("send on"); err != nil {
		return err
	}
	err := c.sendOutput(thread, b)
	if c.watch != nil {
		c.watch.sent(err)
	}
	return err
}

func (c *HTTPConnection) sendOutput(thread *starlark.Thread, b body) error {
	to, err := c.allowed(opEndHeaders)
	if err != nil {
		return err
	}
	c.state = to
	return c.flush(thread, b)
}

// flush is httplib.py, HTTPConnection._send_output: the lines put so far, a blank
// one, and the body.
func (c *HTTPConnection) flush(thread *starlark.Thread, b body) error {
	head := append(c.request.out, '\r', '\n')
	c.request.reset()
	if c.rules.strict && c.announced.over(len(b.text)) {
		return tooMuch()
	}
	c.startClock()
	if t := c.transport(); t != nil {
		t.expire(c.expires)
		if t.used && (!t.held || c.pending.complete()) && t.stale() {
			// Nothing of this request was sent yet, so a new connection replays nothing.
			t.close(thread)
		}
	}
	if c.rules.strict {
		if err := c.openStrictly(thread, head); err != nil {
			return err
		}
	}
	if f := c.hostOf(thread).Sending; f != nil {
		f(c.describe(head, b))
	}
	if c.progress {
		if err := c.open(thread); err != nil {
			return err
		}
		c.beginUpload(thread, &b)
	}
	if err := c.sendHead(thread, head, b.text); err != nil {
		return err
	}
	if b.isText() {
		return nil
	}
	return c.sendBody(thread, b)
}

// hostOf returns the thread's host: the socket has been given it.
func (c *HTTPConnection) hostOf(thread *starlark.Thread) *host.Host {
	if t := c.t; t != nil && t.sock != nil && t.user == thread {
		return t.sock.Host()
	}
	return host.From(thread)
}

// describe tells Host.Sending of a request.
func (c *HTTPConnection) describe(head []byte, b body) host.Request {
	r := host.Request{Secure: c.class.secure, Head: string(head), Body: b.text, Streamed: !b.isText()}
	r.Host, r.Port = c.host, py.Str(c.port)
	if c.tunnelHost != "" {
		r.Host, r.Port = c.tunnelHost, py.Str(c.tunnelPort)
	}
	return r
}

// sendHead opens the connection if need be, and writes head and text together.
func (c *HTTPConnection) sendHead(thread *starlark.Thread, head []byte, text string) error {
	if err := c.open(thread); err != nil {
		return err
	}
	if c.debugging() {
		c.debugSend(thread, string(head)+text)
	}
	return c.write(thread, head, text)
}

// write writes to the transport. After an error the server's early answer, if
// there is one, can still be read, but the connection is not used again.
//
// In strict connections that answer comes first: a server that refuses to read
// on is no error of the send, but one of getresponse if there is no answer.
func (c *HTTPConnection) write(thread *starlark.Thread, head []byte, text string) error {
	if err := c.count(thread, len(text)); err != nil {
		return err
	}
	var err error
	if c.meter != nil {
		err = c.writePieces(thread, head, text)
	} else {
		err = c.t.write(thread, head, text)
	}
	if err == nil {
		return nil
	}
	return c.unsent(thread, err)
}

// unsent ends a request that was not sent to its end, because of err.
func (c *HTTPConnection) unsent(thread *starlark.Thread, err error) error {
	t := c.t
	t.broken = true
	switch {
	case t.sock == nil:
	case !hungUp(err): // a timeout: nobody knows how much arrived (H4)
		t.close(thread)
	case c.rules.strict:
		t.unsent = err
		return nil
	case !t.answered():
		t.close(thread)
	}
	return err
}

// tooMuch is the refusal to send more than was announced.
func tooMuch() error { return py.ValueError.Errorf("the body is longer than its Content-Length") }

// count notes that n bytes of the body are about to be sent.
func (c *HTTPConnection) count(thread *starlark.Thread, n int) error {
	if c.rules.strict && c.state == reqSent && c.announced.over(n) {
		c.t.close(thread)
		return tooMuch()
	}
	c.announced.sent += int64(n)
	return nil
}

// startClock begins the time that an exchange may take in all.
func (c *HTTPConnection) startClock() {
	if c.frozen { // what follows will say so; several threads may be here
		return
	}
	if c.expires = (time.Time{}); c.deadline > 0 {
		c.expires = time.Now().Add(c.deadline)
	}
}

// openStrictly opens the connection before a request. An answer to a request
// that was not sent yet answers something else (RFC 9112 §9.2).
func (c *HTTPConnection) openStrictly(thread *starlark.Thread, head []byte) error {
	if err := c.open(thread); err != nil {
		return err
	}
	t := c.t
	t.wants = hasField(head, "upgrade")
	if t.sock != nil && !t.used {
		if data, _ := t.sock.Idle(); data || len(t.bufferedBytes()) > 0 {
			t.close(thread)
			return BadStatusLine.Errorf("the server answered before the request was sent")
		}
	}
	if d := c.rules.headTime(); d > 0 {
		if by := time.Now().Add(d); c.expires.IsZero() || by.Before(c.expires) {
			t.expire(by)
		}
	}
	return nil
}

// hasField reports whether a request head has a field of that name, given in
// lower case.
func hasField(head []byte, name string) bool {
	for line := range bytes.Lines(head) {
		if len(line) > len(name) && line[len(name)] == ':' && equalFold(string(line[:len(name)]), name) {
			return true
		}
	}
	return false
}

// open connects, as the first half of httplib.py, HTTPConnection.send does.
func (c *HTTPConnection) open(thread *starlark.Thread) error {
	if c.transport() != nil {
		return nil
	}
	if !c.autoOpen.Truth() {
		return NotConnected.New(nil)
	}
	return c.connect(thread)
}
