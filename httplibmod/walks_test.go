package httplibmod_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"go.starlark.net/starlark"

	"starwire/httplibmod"
	"starwire/runtime/host"
	"starwire/runtime/py"
	"starwire/runtime/scripttest"
)

// TestWalks makes every sequence of up to five calls on a connection and
// compares each result, state and write with what CPython 2.7.18 did: the
// machine of state.go is that of httplib.py, and so is what its moves do.
func TestWalks(t *testing.T) {
	all, err := scripttest.LoadWalks("../testdata/httplib/walks.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, walks := range all {
		t.Run(walks.Name, func(t *testing.T) {
			t.Parallel()
			failures := 0
			for ops, steps := range walks.Longest() {
				w := newWalk(t, walks.Answer)
				for i, want := range steps {
					w.sent = nil
					if got := w.do(ops[i]); !sameStep(got, want) {
						t.Errorf("walk %s, step %d:\n got %+v\nwant %+v", ops, i+1, got, *want)
						failures++
						break
					}
				}
				w.host.Resources.Close()
				if failures >= 10 {
					t.Fatal("further walks left out")
				}
			}
		})
	}
}

// sameStep reports whether a step went as CPython's. D2: lines of a request that
// close() abandoned are not sent with the next one.
func sameStep(got scripttest.WalkStep, want *scripttest.WalkStep) bool {
	if got.Result != want.Result || got.State != want.State || got.Open != want.Open || got.Pending != want.Pending ||
		len(got.Sent) != len(want.Sent) {
		return false
	}
	for i, w := range want.Sent {
		if at := strings.LastIndex(w.Data, "GET "); at > 0 {
			w.Data = w.Data[at:]
		}
		if got.Sent[i] != w {
			return false
		}
	}
	return true
}

// A walk is a connection to a peer in memory, under way.
type walk struct {
	thread *starlark.Thread
	host   *host.Host
	conn   starlark.HasAttrs
	last   starlark.HasAttrs // the last response, or nil
	opened int
	sent   []scripttest.WalkWrite // of the step under way
}

func newWalk(t *testing.T, answer []byte) *walk {
	w := &walk{thread: new(starlark.Thread)}
	w.host = host.Attach(w.thread, context.Background(), host.Host{
		Dial: func(context.Context, host.DialRequest) (net.Conn, error) {
			w.opened++
			return &memoryConn{walk: w, number: w.opened, answer: answer}, nil
		},
	})
	conn, err := starlark.Call(w.thread, httplibmod.Module().Members["HTTPConnection"], starlark.Tuple{starlark.String("example.com")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	w.conn = conn.(starlark.HasAttrs)
	return w
}

// do makes one call and tells what came of it.
func (w *walk) do(op byte) scripttest.WalkStep {
	result, err := w.call(op)
	if err != nil {
		result = "!" + err.Error()
		if exc := (*py.Exception)(nil); errors.As(err, &exc) {
			result = "!" + py.Repr(exc)
		}
	}
	return scripttest.WalkStep{
		Result:  result,
		State:   string(w.attr("_HTTPConnection__state").(starlark.String)),
		Open:    w.attr("sock") != starlark.None,
		Pending: w.attr("_HTTPConnection__response") != starlark.None,
		Sent:    w.sent,
	}
}

func (w *walk) call(op byte) (string, error) {
	str := func(words ...string) starlark.Tuple {
		var args starlark.Tuple
		for _, word := range words {
			args = append(args, starlark.String(word))
		}
		return args
	}
	var err error
	switch op {
	case 'q':
		_, err = w.method(w.conn, "request", str("GET", "/q"))
	case 'p':
		if _, err = w.method(w.conn, "putrequest", str("GET", "/p")); err == nil {
			_, err = w.method(w.conn, "putheader", str("A", "b"))
		}
	case 'e':
		_, err = w.method(w.conn, "endheaders", nil)
	case 's':
		_, err = w.method(w.conn, "send", str("body"))
	case 'c':
		_, err = w.method(w.conn, "close", nil)
	case 'g':
		var resp starlark.Value
		if resp, err = w.method(w.conn, "getresponse", nil); err == nil {
			w.last = resp.(starlark.HasAttrs)
			status, err := w.last.Attr("status")
			return status.String(), err
		}
	case 'r':
		if w.last == nil {
			return "no response", nil
		}
		var data starlark.Value
		if data, err = w.method(w.last, "read", nil); err == nil {
			return py.Repr(data), nil
		}
	}
	return "None", err
}

func (w *walk) method(v starlark.HasAttrs, name string, args starlark.Tuple) (starlark.Value, error) {
	m, err := v.Attr(name)
	if err != nil {
		return nil, err
	}
	return starlark.Call(w.thread, m, args, nil)
}

func (w *walk) attr(name string) starlark.Value {
	v, err := w.conn.Attr(name)
	if err != nil {
		panic(err)
	}
	return v
}

// A memoryConn is one connection of the walk's peer. Like the recorder's it
// answers each request head, always the same, and ends when there is nothing
// more to read.
type memoryConn struct {
	walk     *walk
	number   int
	answer   []byte
	seen     []byte // received since the last head
	answers  []byte // not yet read
	deadline bool   // a read has a deadline, so it need not wait for data
}

func (c *memoryConn) Write(p []byte) (int, error) {
	// One write of httplib.py may take several here: head and body.
	last := len(c.walk.sent) - 1
	if last >= 0 && c.walk.sent[last].Conn == c.number {
		c.walk.sent[last].Data += string(p)
	} else {
		c.walk.sent = append(c.walk.sent, scripttest.WalkWrite{Conn: c.number, Data: string(p)})
	}
	c.seen = append(c.seen, p...)
	for {
		_, rest, found := bytes.Cut(c.seen, []byte("\r\n\r\n"))
		if !found {
			return len(p), nil
		}
		c.seen = rest
		c.answers = append(c.answers, c.answer...)
	}
}

func (c *memoryConn) Read(p []byte) (int, error) {
	if len(c.answers) == 0 {
		if c.deadline {
			return 0, os.ErrDeadlineExceeded
		}
		return 0, io.EOF
	}
	n := copy(p, c.answers)
	c.answers = c.answers[n:]
	return n, nil
}

func (c *memoryConn) SetReadDeadline(t time.Time) error {
	c.deadline = !t.IsZero()
	return nil
}

func (c *memoryConn) SetDeadline(t time.Time) error      { return c.SetReadDeadline(t) }
func (c *memoryConn) SetWriteDeadline(t time.Time) error { return nil }
func (c *memoryConn) Close() error                       { return nil }
func (c *memoryConn) LocalAddr() net.Addr                { return &net.TCPAddr{} }
func (c *memoryConn) RemoteAddr() net.Addr               { return &net.TCPAddr{} }
