package httplibmod

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.starlark.net/starlark"
	"go.uber.org/goleak"

	"starwire/runtime/host"
	"starwire/runtime/py"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A peer serves connections with one function each, in order, over loopback.
type peer struct {
	ln    net.Listener
	conns chan int // the number of each accepted connection
}

func newPeer(t *testing.T, handlers ...func(c *peerConn)) *peer {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &peer{ln: ln, conns: make(chan int, len(handlers)+1)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i, h := range handlers {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			p.conns <- i
			c.SetDeadline(time.Now().Add(10 * time.Second)) // a broken test ends
			h(&peerConn{Conn: c, r: bufio.NewReader(c)})
			c.Close()
		}
	}()
	t.Cleanup(func() { ln.Close(); <-done })
	return p
}

type peerConn struct {
	net.Conn
	r *bufio.Reader
}

// request reads one request and returns its target.
func (c *peerConn) request() string {
	req, err := http.ReadRequest(c.r)
	if err != nil {
		return err.Error()
	}
	io.Copy(io.Discard, req.Body)
	return req.RequestURI
}

func (c *peerConn) send(s string) { io.WriteString(c, s) }

// untilClosed waits for the client to close.
func (c *peerConn) untilClosed() { io.Copy(io.Discard, c.r) }

// session runs a script against the peer; its connection is c.
func session(t *testing.T, ctx context.Context, p *peer, script string) (string, error) {
	t.Helper()
	var out strings.Builder
	thread := &starlark.Thread{Print: func(_ *starlark.Thread, msg string) { out.WriteString(msg + "\n") }}
	var d net.Dialer
	h := host.Attach(thread, ctx, host.Host{
		Stdout: &out,
		Dial: func(ctx context.Context, r host.DialRequest) (net.Conn, error) {
			return d.DialContext(ctx, "tcp", net.JoinHostPort(r.Host, r.Port))
		},
	})
	defer h.Resources.Close()
	env := starlark.StringDict{
		"httplib": Module(),
		"show": starlark.NewBuiltin("show", func(thread *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
			var parts []string
			for _, a := range args {
				parts = append(parts, py.Repr(a))
			}
			thread.Print(thread, strings.Join(parts, " "))
			return starlark.None, nil
		}),
		// ready waits until there is something to read on the connection's socket.
		"ready": starlark.NewBuiltin("ready", func(_ *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
			return starlark.None, untilReadable(args[0])
		}),
		"attempt": starlark.NewBuiltin("attempt", func(thread *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			if _, err := starlark.Call(thread, args[0], args[1:], kwargs); err != nil {
				return starlark.String(fmt.Sprint(err)), nil
			}
			return starlark.None, nil
		}),
	}
	env["client"] = starlark.NewBuiltin("client", func(thread *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
		return &clientConnection{args[0].(*HTTPConnection)}, nil // the same connection as http.client makes
	})
	addr := p.ln.Addr().(*net.TCPAddr)
	src := fmt.Sprintf("c = httplib.HTTPConnection('127.0.0.1', %d, timeout=5)\n", addr.Port) + script
	_, err := starlark.ExecFileOptions(options, thread, "test.star", src, env)
	return out.String(), err
}

const get = `
def get(path="/"):
    c.request("GET", path)
    r = c.getresponse()
    return r
`

func TestReuse(t *testing.T) {
	const ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"
	tests := []struct {
		name   string
		first  func(c *peerConn)
		script string
		want   string
		conns  int // how many connections the script made
	}{
		{"read to its end: the same socket",
			func(c *peerConn) { c.request(); c.send(ok + "aa"); c.request(); c.send(ok + "bb"); c.untilClosed() },
			"show(get().read(), get().read(), c.sock != None)", "'aa' 'bb' True", 1},
		{"H1: surplus bytes are never served",
			func(c *peerConn) { c.request(); c.send(ok + "aaHTTP/1.1 200 EVIL\r\n\r\n"); c.untilClosed() },
			"show(get().read(), get().read())", "'aa' 'new'", 2},
		{"H1: line ends are dropped",
			func(c *peerConn) {
				c.request()
				c.send(ok + "aa\r\n\r\n")
				c.request()
				c.send(ok + "bb")
				c.untilClosed()
			},
			"show(get().read(), get().read())", "'aa' 'bb'", 1},
		{"H2: no HTTP/0.9 behind another response",
			func(c *peerConn) { c.request(); c.send(ok + "aa"); c.request(); c.send("garbage\r\n"); c.untilClosed() },
			"show(get().read())\nshow(attempt(get))\nshow(c.sock, c._HTTPConnection__state, attempt(get), attempt(c.getresponse))\nc.close()\nshow(get().read())",
			"'aa'|'httplib.BadStatusLine: garbage\\\\r\\\\n'|None 'Request-sent' 'httplib.CannotSendRequest' " +
				"'httplib.ResponseNotReady: the answer to this request was lost: close() first'|'new'", 2},
		{"H3: closing an unfinished response closes the socket",
			func(c *peerConn) { c.request(); c.send(ok + "a"); c.untilClosed() },
			"r = get()\nr.close()\nshow(c.sock, r.read(), get().read())", "None '' 'new'", 2},
		{"H4: IncompleteRead closes the socket",
			func(c *peerConn) { c.request(); c.send(ok + "a") },
			"r = get()\nshow(attempt(r.read), c.sock, get().read())",
			"'httplib.IncompleteRead: IncompleteRead(1 bytes read, 1 more expected)' None 'new'", 2},
		{"H10: chunked and a length are not reused",
			func(c *peerConn) {
				c.request()
				c.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n")
				c.untilClosed()
			},
			"show(get().read(), c.sock, get().read())", "'a' None 'new'", 2},
		{"H17: a 204 has no body whatever it says",
			func(c *peerConn) {
				c.request()
				c.send("HTTP/1.1 204 No\r\nTransfer-Encoding: chunked\r\n\r\n")
				c.request()
				c.send(ok + "bb")
				c.untilClosed()
			},
			"show(get().read(), get().read())", "'' 'bb'", 1},
		{"a closing response takes the socket along",
			func(c *peerConn) { c.request(); c.send("HTTP/1.0 200 OK\r\n\r\naa") },
			"r = get()\nshow(c.sock, r.will_close)\nshow(get().read())\nshow(r.read())", "None True|'new'|'aa'", 2},
		{"an unread response is in the way of the next",
			func(c *peerConn) { c.request(); c.send(ok + "aa"); c.request(); c.send(ok + "bb"); c.untilClosed() },
			"r = get()\nshow(attempt(get))\nshow(r.read(), c.getresponse().read())", "'httplib.ResponseNotReady'|'aa' 'bb'", 1},
		{"close() closes the pending response",
			func(c *peerConn) { c.request(); c.send(ok + "aa"); c.untilClosed() },
			"r = get()\nc.close()\nshow(r.isclosed(), r.read(), get().read())", "True '' 'new'", 2},
	}
	for _, tt := range tests {
		for _, policy := range []string{"python", "strict"} {
			t.Run(tt.name+"/"+policy, func(t *testing.T) {
				p := newPeer(t, tt.first, func(c *peerConn) {
					c.request()
					c.send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nnew")
					c.untilClosed()
				})
				connection := fmt.Sprintf("c = httplib.HTTPConnection('127.0.0.1', c.port, timeout=5, policy=%q)\n", policy)
				out, err := session(t, context.Background(), p, connection+get+tt.script)
				if err != nil {
					t.Fatal(err)
				}
				if got := strings.ReplaceAll(strings.TrimSpace(out), "\n", "|"); got != tt.want {
					t.Errorf("%s\ngot  %s\nwant %s", tt.script, got, tt.want)
				}
				if n := len(p.conns); n != tt.conns {
					t.Errorf("%d connections; want %d", n, tt.conns)
				}
			})
		}
	}
}

// TestBlocked is how a script that waits for a peer ends: at its timeout with
// socket.timeout, at cancellation at once, with the cause.
func TestBlocked(t *testing.T) {
	places := map[string]string{
		"in the status line": "HTT",
		"in the fields":      "HTTP/1.1 200 OK\r\nA: b",
		"in a body":          "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab",
		"in a chunk size":    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5",
		"in a chunk":         "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
		"behind a chunk":     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab",
		"in the trailers":    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\nA: b",
		"at the very start":  "",
	}
	for name, sent := range places {
		t.Run(name+"/timeout", func(t *testing.T) {
			p := newPeer(t, func(c *peerConn) { c.request(); c.send(sent); c.untilClosed() })
			out, err := session(t, context.Background(), p, get+"c.timeout = 0.02\nshow(attempt(lambda: get().read()), c.sock)")
			if err != nil || out != "'socket.timeout: timed out' None\n" {
				t.Errorf("%s, %v; want socket.timeout and no socket", out, err)
			}
		})
		t.Run(name+"/cancel", func(t *testing.T) {
			ctx, cancel := context.WithCancelCause(context.Background())
			why := errors.New("why")
			var at time.Time
			p := newPeer(t, func(c *peerConn) {
				c.request()
				c.send(sent)
				at = time.Now()
				cancel(why)
				c.untilClosed()
			})
			_, err := session(t, ctx, p, get+"get().read()")
			if !errors.Is(err, why) {
				t.Errorf("error %v; want the cause of the cancellation", err)
			}
			if d := time.Since(at); d > 4*time.Second { // the timeout is 5
				t.Errorf("ended %v after the cancellation", d)
			}
		})
	}
}

// TestFailedReadFails is D13: after a timeout in the middle of a body a later
// read must not return what comes behind the hole.
func TestFailedReadFails(t *testing.T) {
	p := newPeer(t, func(c *peerConn) {
		c.request()
		c.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab")
		c.untilClosed()
	})
	out, err := session(t, context.Background(), p, get+"r = get()\nc.sock.settimeout(0.02)\nshow(attempt(r.read), attempt(r.read), r.isclosed())")
	if err != nil || out != "'socket.timeout: timed out' 'socket.timeout: timed out' False\n" {
		t.Errorf("%s, %v; want the same error twice", out, err)
	}
}

// TestEarlyAnswer is that an answer the server gave before it closed can be
// read although the request could not be sent whole.
func TestEarlyAnswer(t *testing.T) {
	sock := &fakeSocket{text: "HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=\"example\"\r\n", fail: "Content-Length"}
	out := mustRun(t, `
c = httplib.HTTPConnection("example.com")
c.sock = sock
show(attempt(lambda: c.request("PUT", "/url", "body")))
r = c.getresponse()
show(r.status, r.getheader("www-authenticate"))`, starlark.StringDict{"sock": sock.value()})
	if want := "'IOError: [Errno 32] Broken pipe'\n401 'Basic realm=\"example\"'\n"; out != want {
		t.Errorf("%s; want %s", out, want)
	}
}
