package httplibmod

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"go.starlark.net/starlark"
)

// A reuseCase is what each policy does with a connection over several exchanges.
// The peer serves connections with one function each: one more than these is
// refused, so that nothing can be sent again unseen.
type reuseCase struct {
	name, script   string
	peer           []func(c *peerConn)
	python, strict string
}

func reuseCases() []reuseCase {
	const ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
	respond := func(s string) func(c *peerConn) {
		return func(c *peerConn) { c.request(); c.send(s); c.untilClosed() }
	}
	return []reuseCase{
		{"the next answer waits already", "show(exchange(), exchange())",
			[]func(c *peerConn){respond(ok + "HTTP/1.1 201 evil\r\nContent-Length: 0\r\n\r\n"), respond(ok)}, "(200, 'hi') (200, 'hi')", "="},
		{"a body of which the end was not read", "c.request('GET', '/')\nr = c.getresponse()\nc.request('GET', '/2')\nc.getresponse()",
			[]func(c *peerConn){respond(ok)}, "httplib.ResponseNotReady", "="},
		// F27
		{"an answer before the request", "c.connect()\nready(c)\nshow(exchange())",
			[]func(c *peerConn){func(c *peerConn) { c.send(ok); c.untilClosed() }}, "(200, 'hi')",
			"httplib.BadStatusLine: the server answered before the request was sent"},
		{"101", "show(exchange(), exchange())",
			[]func(c *peerConn){func(c *peerConn) { c.request(); c.send("HTTP/1.1 101 x\r\n\r\n"); respond(ok)(c) }}, "(101, '') (200, 'hi')",
			"httplib.HTTPException: the server switched protocols without being asked to"},
		{"101 asked for", "show(exchange(headers={'Upgrade': 'h2c'}), exchange())",
			[]func(c *peerConn){respond("HTTP/1.1 101 x\r\n\r\n"), respond(ok)}, "same", "(101, '') (200, 'hi')"},
		{"1.0 with keep-alive and close", "show(exchange(), exchange())",
			[]func(c *peerConn){respond("HTTP/1.0 200 OK\r\nConnection: keep-alive, close\r\nContent-Length: 2\r\n\r\nhi"), respond(ok)},
			"same", "(200, 'hi') (200, 'hi')"},
		// CVE-2024-24791
		{"an announced body that is not sent", "c.putrequest('POST', '/')\nc.putheader('Content-Length', '9')\nc.putheader('Expect', '100-continue')\nc.endheaders()\nr = c.getresponse()\nr.read()\nshow(r.status, exchange())",
			[]func(c *peerConn){func(c *peerConn) {
				c.r.ReadString('\n')
				c.send("HTTP/1.1 417 no\r\nContent-Length: 0\r\n\r\n")
				c.untilClosed()
			}, respond(ok)},
			"417 (200, 'hi')", "="},
		{"half a body", "c.putrequest('POST', '/')\nc.putheader('Content-Length', '9')\nc.endheaders()\nc.send('half')\nr = c.getresponse()\nr.read()\nshow(r.status, exchange())",
			[]func(c *peerConn){func(c *peerConn) { c.r.ReadString('\n'); c.send(ok); c.untilClosed() }, respond(ok)},
			"200 (200, 'hi')", "ValueError: the body is shorter than its Content-Length"},
		{"more than a body", "c.request('POST', '/', 'hello', {'Content-Length': '2'})\nr = c.getresponse()\nr.read()\nshow(r.status, exchange())",
			[]func(c *peerConn){respond(ok), respond(ok)}, "200 (200, 'hi')", "ValueError: the body is longer than its Content-Length"},
		{"more than a body, later", "c.putrequest('POST', '/')\nc.putheader('Content-Length', '2')\nc.endheaders()\nc.send('hi')\nc.send('!')",
			[]func(c *peerConn){func(c *peerConn) { c.untilClosed() }}, "", "ValueError: the body is longer than its Content-Length"},
		// F28
		{"an early answer", "show(exchange('POST', 'x' * (64 << 20)))",
			[]func(c *peerConn){func(c *peerConn) {
				c.r.ReadString('\n')
				c.send("HTTP/1.1 413 no\r\nContent-Length: 2\r\n\r\nno")
			}}, "error", "(413, 'no')"},
		{"a proxy's 201", "c.set_tunnel('h', 1)\nshow(exchange())",
			[]func(c *peerConn){func(c *peerConn) { c.request(); c.send("HTTP/1.1 201 x\r\nContent-Length: 5\r\n\r\n"); respond(ok)(c) }},
			"socket.error: Tunnel connection failed: 201 x", "(200, 'hi')"},
		{"HTTP/0.9 on a used connection", "show(exchange())\nexchange()",
			[]func(c *peerConn){func(c *peerConn) { c.request(); c.send(ok); c.request(); c.send("hello\r\n") }}, "httplib.BadStatusLine: hello\\r\\n", "="},
		{"the server closes after the second request", "show(exchange())\nexchange()",
			[]func(c *peerConn){func(c *peerConn) { c.request(); c.send(ok); c.request() }},
			"httplib.BadStatusLine: No status line received - the server has closed the connection", "="},
		{"HTTP/1.1 goes on", "show(exchange(), exchange(), exchange('HEAD'), exchange('POST', 'x'))",
			[]func(c *peerConn){func(c *peerConn) {
				for range 2 {
					c.request()
					c.send(ok)
				}
				c.request()
				c.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n")
				respond(ok)(c)
			}}, "(200, 'hi') (200, 'hi') (200, '') (200, 'hi')", "="},
	}
}

func TestPoliciesOfReuse(t *testing.T) {
	const exchange = `
def exchange(method="GET", body=None, headers={}):
    c.request(method, "/", body, headers)
    r = c.getresponse()
    return r.status, r.read()
`
	for _, tt := range reuseCases() {
		for policy, want := range map[string]string{"python": tt.python, "strict": tt.strict} {
			if want == "=" {
				want = tt.python
			}
			if want == "same" {
				continue // 2.7 goes on with the connection: see the transcripts
			}
			p := newPeer(t, tt.peer...)
			script := fmt.Sprintf("c = httplib.HTTPConnection('127.0.0.1', c.port, timeout=5, policy=%q)\n", policy) + exchange + tt.script
			got := outcome(session(t, context.Background(), p, script))
			if want == "error" {
				if !strings.HasPrefix(got, "socket.error: [Errno ") {
					t.Errorf("%s policy, %s: %s; want socket.error", policy, tt.name, got)
				}
				continue
			}
			if got != want {
				t.Errorf("%s policy, %s: %s; want %s", policy, tt.name, got, want)
			}
		}
	}
}

// A readCase is what reading a body in pieces gives, in both policies. The script
// finds the response r.
type readCase struct{ name, response, script, python, strict string }

func readCases() []readCase {
	const chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
	const short = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhi"
	return []readCase{
		{"short body in pieces", short, "show(r.read(1), r.read(9), r.length, r.read(9))", "'h' 'i' 3 ''",
			"httplib.IncompleteRead: IncompleteRead(1 bytes read, 3 more expected)"},
		{"short body, what came before its end", short, "show(r.read(2), r.length)", "'hi' 3", "="},
		{"pieces across chunks", chunked + "1\r\nh\r\n2\r\ni!\r\n0\r\n\r\n", "show(r.read(2), r.read(9), r.isclosed())", "'hi' '!' True", "="},
		{"a piece to the end of a chunk", chunked + "2\r\nhi\r\n0\r\n\r\n", "show(r.read(2), r.isclosed(), r.read(2), r.isclosed())", "'hi' False '' True", "="},
		{"chunks before a broken one", chunked + "2\r\nhi\r\nXX\r\n", "show(r.read(2))\nshow(r.read(2))", "httplib.IncompleteRead: IncompleteRead(0 bytes read)", "="},
		{"chunks before a broken one, at once", chunked + "2\r\nhi\r\n1\r\n!\r\nXX\r\n", "r.read()", "httplib.IncompleteRead: IncompleteRead(3 bytes read)", "="},
	}
}

func TestPoliciesOfReading(t *testing.T) {
	for _, tt := range readCases() {
		for policy, want := range map[string]string{"python": tt.python, "strict": tt.strict} {
			if want == "=" {
				want = tt.python
			}
			script := "c.request('GET', '/')\nr = c.getresponse()\n" + tt.script
			if got := outcome(answer(t, fmt.Sprintf(", policy=%q", policy), script, tt.response)); got != want {
				t.Errorf("%s policy, %s: %s; want %s", policy, tt.name, got, want)
			}
		}
	}
}

// TestAnswerToHalfARequest: after a send that failed the early answer is the
// connection's last, whatever it says of itself.
func TestAnswerToHalfARequest(t *testing.T) {
	for _, policy := range []string{"python", "strict"} {
		sock := &fakeSocket{text: "HTTP/1.1 413 no\r\nContent-Length: 2\r\n\r\nno", fail: "hello"}
		script := fmt.Sprintf("c = httplib.HTTPConnection('h', policy=%q)\n", policy) +
			"c.sock = sock\ne = attempt(c.request, 'POST', '/', 'hello')\nr = c.getresponse()\nshow(e, r.status, r.will_close, r.read(), c.sock)"
		got := outcome(run(t, script, starlark.StringDict{"sock": sock.value()}))
		if want := "'IOError: [Errno 32] Broken pipe' 413 True 'no' None"; got != want || !sock.closed {
			t.Errorf("%s policy: %s, socket closed: %v; want %s", policy, got, sock.closed, want)
		}
	}
}
