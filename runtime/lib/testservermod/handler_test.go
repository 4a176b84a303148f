package testservermod

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
)

// TestHandlerErrors shows a 500 with the reason, and goes on.
func TestHandlerErrors(t *testing.T) {
	r := newRig(t)
	r.run(`
def chain(req):
    return testserver.delay(0, chain)
def deep(req):
    return inner(req)
def inner(req):
    return 1 // 0
srv = testserver.start({
    "/fails": deep,
    "/none": lambda req: None,
    "/int": lambda req: 200,
    "/bad": lambda req: {"stauts": 200},
    "/twice": lambda req: (lambda req: "x"),
    "/args": lambda: "x",
    "/chain": chain,
    "/ok": lambda req: "ok",
})`)
	c := dial(t, r.globals["srv"].(*server))
	for _, tt := range []struct{ path, want string }{
		{"/fails", "GET /fails: floored division by zero\nTraceback (most recent call last):\n  test.star:5:17: in deep\n"},
		{"/none", "GET /none: TypeError: what the handler lambda returned: want a string, a dict with status, reason, headers or body, testserver.raw(...) or another fault, or a function, not NoneType\n"},
		{"/int", "GET /int: TypeError: what the handler lambda returned: want a string"},
		{"/bad", "GET /bad: ValueError: what the handler lambda returned: unknown key 'stauts'; a response has status, reason, headers and body\n"},
		{"/twice", "GET /twice: TypeError: the handler returned a function; want a response\n"},
		{"/args", "GET /args: function lambda accepts no arguments (1 given)\n"},
		{"/chain", "GET /chain: more than 16 functions, each returning the next\n"},
	} {
		r.paused(func() {
			status, body, err := c.get(tt.path)
			if status != "500 Internal Server Error" || !strings.HasPrefix(body, tt.want) || err != nil {
				t.Errorf("%s: %q, %q, %v; want a 500 with %q", tt.path, status, body, err, tt.want)
			}
			if status, body, err := c.get("/ok"); status != "200 OK" || body != "ok" || err != nil {
				t.Errorf("after %s: %q, %q, %v", tt.path, status, body, err)
			}
		})
		line, _, _ := strings.Cut(tt.want, "\n")
		if got := r.eval("srv.errors[-1]"); !strings.Contains(got, line[:20]) {
			t.Errorf("srv.errors[-1] = %s; want %q", got, line)
		}
	}
	if got := r.eval("len(srv.errors), srv.clear(), srv.errors, srv.requests"); got != "(7, None, [], [])" {
		t.Errorf("errors before and after clear: %s", got)
	}
}

// TestHandlerTurns has a script rebind the global that its handler reads, between
// sending a request and reading the response: the handler sees what it is when the
// script waits.
func TestHandlerTurns(t *testing.T) {
	r := newRig(t)
	r.run(`
word = "before"
log = []
def handle(req):
    log.append(word)
    return word
srv = testserver.start(handle)
replies = []
for i in range(20):
    word = str(i)
    replies.append(talk(srv.netloc, "GET / HTTP/1.0\r\n\r\n").split("\r\n")[-1])
    log.append("script")
`)
	if got, want := r.eval("replies == [str(i) for i in range(20)], log[:4], len(log)"), "(True, ['0', 'script', '1', 'script'], 40)"; got != want {
		t.Errorf("replies, log = %s; want %s", got, want)
	}
}

// TestHandlerBlocks has handlers that wait for other handlers: of another server
// and of their own.
func TestHandlerBlocks(t *testing.T) {
	r := newRig(t)
	r.run(`
def body(addr, path):
    return talk(addr, "GET " + path + " HTTP/1.0\r\n\r\n").split("\r\n")[-1]
back = testserver.start({"/": lambda req: "back"})
def front(req):
    return body(back.netloc, "/") + body(srv.netloc, "/own")
srv = testserver.start({"/": front, "/own": lambda req: "own"})
reply = body(srv.netloc, "/")
`)
	if got := r.eval("reply, srv.errors, back.errors"); got != "('backown', [], [])" {
		t.Errorf("reply = %s", got)
	}
}

// TestHandlerCloses has handlers close servers: their own, and each other's.
func TestHandlerCloses(t *testing.T) {
	r := newRig(t)
	r.run(`
def close_own(req):
    srv.close()
    return "never"
srv = testserver.start(close_own)
reply = talk(srv.netloc, "GET / HTTP/1.0\r\n\r\n")

def close_b(req):
    b.close()
    return "closed b"
def close_a(req):
    talk(a.netloc, "GET / HTTP/1.0\r\n\r\n")
    return "never"
a = testserver.start(close_b)
b = testserver.start(close_a)
talk(b.netloc, "GET / HTTP/1.0\r\n\r\n")
a.close()

def start_inner(req):
    inner.append(testserver.start(lambda req: "inner"))
    return talk(inner[0].netloc, "GET / HTTP/1.0\r\n\r\n")
inner = []
outer = testserver.start(start_inner)
nested = talk(outer.netloc, "GET / HTTP/1.0\r\n\r\n")
again = talk(inner[0].netloc, "GET / HTTP/1.0\r\n\r\n")
`)
	if got, want := r.eval("reply, srv.closed, b.closed, nested.endswith('inner'), again.endswith('inner')"), "('', True, True, True, True)"; got != want {
		t.Errorf("outcome = %s; want %s", got, want)
	}
}

// TestHandlerForever has a handler that never returns: the script gets its turn
// back at the handler's time limit, or when the run is cancelled.
func TestHandlerForever(t *testing.T) {
	const script = `
def forever(req):
    arrived()
    while True:
        pass
srv = testserver.start({"/": forever, "/ok": "ok"}, timeout=%s)
reply = talk(srv.netloc, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
`
	arrived := func(f func()) starlark.StringDict {
		return starlark.StringDict{"arrived": starlark.NewBuiltin("arrived", func(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
			f()
			return starlark.None, nil
		})}
	}
	t.Run("limit", func(t *testing.T) {
		r := newRig(t)
		r.globals = arrived(func() {})
		r.run(fmt.Sprintf(script, "0.02"))
		if got, want := r.eval("reply.split('\\n')[-2], srv.errors"), "('GET /: the handler took longer than 20ms', ['GET /: the handler took longer than 20ms'])"; got != want {
			t.Errorf("reply, errors = %s; want %s", got, want)
		}
	})
	t.Run("cancel", func(t *testing.T) {
		r := newRig(t)
		r.globals = arrived(r.cancel)
		if err := r.exec(fmt.Sprintf(script, "3600")); err != nil && !strings.Contains(err.Error(), "reset") && !errors.Is(err, net.ErrClosed) {
			t.Errorf("the cancelled script: %v", err)
		}
	})
	t.Run("cancel a part", func(t *testing.T) {
		r := newRig(t)
		ctx, cancel := context.WithCancel(context.Background())
		whole := r.host
		host.Share(r.thread, whole.WithContext(ctx)) // an item of a session
		r.globals = arrived(cancel)
		if err := r.exec(fmt.Sprintf(script, "3600")); !errors.Is(err, net.ErrClosed) {
			t.Errorf("the cancelled script: %v", err)
		}
		host.Share(r.thread, whole)
		r.run(`after = talk(srv.netloc, "GET /ok HTTP/1.0\r\n\r\n")`)
		if got := r.eval("after.endswith('ok'), srv.closed"); got != "(True, False)" {
			t.Errorf("the server after the part: %s", got)
		}
	})
}
