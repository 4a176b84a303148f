package httplibmod

import (
	"context"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
)

// answer runs a script against a server that answers each request on one
// connection with the next of the responses, then closes. The script finds c,
// made with the given keyword arguments.
func answer(t *testing.T, kwargs, script string, responses ...string) (string, error) {
	t.Helper()
	p := newPeer(t, func(c *peerConn) {
		for _, r := range responses {
			c.request()
			c.send(r)
		}
	})
	return session(t, context.Background(), p, "c = httplib.HTTPConnection('127.0.0.1', c.port, timeout=5"+kwargs+")\n"+script)
}

// outcome is what a script printed, or the exception that ended it.
func outcome(out string, err error) string {
	if err != nil {
		return err.Error()
	}
	return strings.TrimSpace(out)
}

const readAll = `
c.request("GET", "/")
r = c.getresponse()
show(r.status, len(r.read()))`

// TestLimits: each limit lets its number pass and one less, and refuses one
// more, in both policies; so does its default.
func TestLimits(t *testing.T) {
	const ok = "HTTP/1.1 200 OK\r\n"
	const chunked = ok + "Transfer-Encoding: chunked\r\n\r\n"
	pad := func(n int, s string) string { return strings.Replace(s, "~", strings.Repeat("x", n-len(s)+1), 1) }
	for _, tt := range []struct {
		limit string
		n     int
		make  func(k int) string // a response that has k of it
		want  string             // within the limit
		over  string
		// The defaults; 0 is for what another limit comes before.
		python, strict int
	}{
		{"line", 200, func(k int) string { return ok + pad(k, "A: ~\r\n") + "Content-Length: 0\r\n\r\n" },
			"200 0", "httplib.LineTooLong: got more than 200 bytes when reading header line", 65536, 65536},
		{"line", 200, func(k int) string { return pad(k, "HTTP/1.1 200 ~\r\n") + "Content-Length: 0\r\n\r\n" },
			"200 0", "httplib.LineTooLong: got more than 200 bytes when reading header line", 65536, 65536},
		{"line", 200, func(k int) string { return chunked + "0\r\n" + pad(k, "A: ~\r\n") + "\r\n" },
			"200 0", "httplib.LineTooLong: got more than 200 bytes when reading trailer line", 65536, 65536},
		{"headers", 5, func(k int) string { return ok + "Content-Length: 0\r\n" + strings.Repeat("A: b\r\n", k-1) + "\r\n" },
			"200 0", "httplib.HTTPException: got more than 5 headers", 100, 100},
		{"headers", 5, func(k int) string {
			return "HTTP/1.1 103 x\r\n" + strings.Repeat("A: b\r\n", k) + "\r\n" + ok + "Content-Length: 0\r\n\r\n"
		}, "200 0", "httplib.HTTPException: got more than 5 headers", 100, 100},
		{"head_bytes", 500, func(k int) string {
			return pad(k, ok+"Content-Length: 0\r\nA: ~\r\n\r\n")
		}, "200 0", "httplib.HTTPException: got more than 500 bytes of headers", 0, 0},
		{"head_bytes", 3000, func(k int) string { // lines of 60,000 bytes for the default
			head := ok + "Content-Length: 0\r\n"
			for k-len(head)-2 > 60000 {
				head += "A: " + strings.Repeat("x", 59995-3) + "\r\n"
			}
			return pad(k, head+"A: ~\r\n\r\n")
		}, "200 0", "httplib.HTTPException: got more than 3000 bytes of headers", 1 << 20, 1 << 20},
		{"interim", 3, func(k int) string {
			return strings.Repeat("HTTP/1.1 103 x\r\n\r\n", k) + ok + "Content-Length: 0\r\n\r\n"
		}, "200 0", "httplib.HTTPException: got more than 3 interim responses", 100, 10},
		{"chunk_line", 50, func(k int) string { return chunked + pad(k, "5;~\r\n") + "hello\r\n0\r\n\r\n" },
			"200 5", "httplib.LineTooLong: got more than 50 bytes when reading chunk size", 0, 4096},
		{"chunk_overhead", 100, func(k int) string { // a line of 16 bytes is paid for by the chunk and its byte
			return chunked + pad(16+k, "1;~\r\n") + "a\r\n0\r\n\r\n"
		}, "200 1", "httplib.HTTPException: got more than 100 bytes of chunk framing", 16384, 0},
		{"trailers", 3, func(k int) string { return chunked + "0\r\n" + strings.Repeat("A: b\r\n", k) + "\r\n" },
			"200 0", "httplib.HTTPException: got more than 3 trailers", 100, 100},
		{"trailer_bytes", 60, func(k int) string { return chunked + "0\r\n" + "A: b\r\n" + pad(k-6, "C: ~\r\n") + "\r\n" },
			"200 0", "httplib.HTTPException: got more than 60 bytes of trailers", 65536, 65536},
	} {
		for _, policy := range []string{"python", "strict"} {
			for d := -1; d <= 1; d++ {
				want := tt.want
				if d > 0 {
					want = tt.over
				}
				kwargs := fmt.Sprintf(", policy=%q, limits={%q: %d}", policy, tt.limit, tt.n)
				if got := outcome(answer(t, kwargs, readAll, tt.make(tt.n+d))); got != want {
					t.Errorf("%s policy, limit %s %d, response %.60q with %d: %s; want %s", policy, tt.limit, tt.n, tt.make(tt.n+d), tt.n+d, got, want)
				}

				n := map[string]int{"python": tt.python, "strict": tt.strict}[policy]
				if n == 0 {
					continue
				}
				want = strings.Replace(want, fmt.Sprintf("more than %d ", tt.n), fmt.Sprintf("more than %d ", n), 1)
				if got := outcome(answer(t, fmt.Sprintf(", policy=%q", policy), readAll, tt.make(n+d))); got != want {
					t.Errorf("%s policy, limit %s by default, response %.60q with %d: %s; want %s", policy, tt.limit, tt.make(n+d), n+d, got, want)
				}
			}
		}
	}
}

// TestEmptyLines: before a status line they are skipped on a used connection, up
// to the limit; on a new one Python has an HTTP/0.9 answer, and strict
// connections the same limit.
func TestEmptyLines(t *testing.T) {
	const ok = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"
	bad := `httplib.BadStatusLine: \r\n`
	for _, tt := range []struct {
		policy       string
		n            int
		first, later string
	}{
		{"python", 1, "9 200", "11 200"},
		{"python", 2, "9 200", "11 200"},
		{"python", 3, "9 200", bad},
		{"strict", 1, "11 200", "11 200"},
		{"strict", 2, "11 200", "11 200"},
		{"strict", 3, bad, bad},
	} {
		empty := strings.Repeat("\r\n", tt.n)
		kwargs := fmt.Sprintf(", policy=%q, limits={'empty_lines': 2}", tt.policy)
		one := "c.request('GET', '/')\nr = c.getresponse()\nr.read()\n"
		if got := outcome(answer(t, kwargs, one+"show(r.version, r.status)", empty+ok)); got != tt.first {
			t.Errorf("%s policy, %d empty lines on a new connection: %s; want %s", tt.policy, tt.n, got, tt.first)
		}
		if got := outcome(answer(t, kwargs, one+one+"show(r.version, r.status)", ok, empty+ok)); got != tt.later {
			t.Errorf("%s policy, %d empty lines on a used connection: %s; want %s", tt.policy, tt.n, got, tt.later)
		}
	}
}

// A shyConn counts how many bytes are asked of it at once.
type shyConn struct {
	net.Conn
	most int
}

func (c *shyConn) Read(p []byte) (int, error) {
	c.most = max(c.most, len(p))
	return c.Conn.Read(p)
}

// TestReadAhead: no more than the limit is fetched beyond what was asked for.
func TestReadAhead(t *testing.T) {
	s := newFaultServer(t, false, func(c *faultConn) {
		c.request()
		c.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + strings.Repeat("x", 100000))
		c.untilClosed()
	})
	defer s.close()
	for _, tt := range []struct {
		limits string
		want   int
	}{
		{"", 32 << 10}, {", limits={'read_ahead': 999}", 999}, {", limits={'read_ahead': 1000}", 1000}, {", limits={'read_ahead': 1001}", 1001},
	} {
		for _, policy := range []string{"python", "strict"} {
			var conn *shyConn
			cl := newClient(func(ctx context.Context, d host.DialRequest) (net.Conn, error) {
				c, err := new(net.Dialer).DialContext(ctx, "tcp", s.ln.Addr().String())
				conn = &shyConn{Conn: c}
				return conn, err
			})
			if got := cl.run(connect(s, policy, tt.limits) + "c.request('GET', '/')\nr = c.getresponse()\nshow(r.read(10))\nc.close()"); got != "'xxxxxxxxxx'" {
				t.Errorf("%s policy%s: %s", policy, tt.limits, got)
			}
			if conn.most > tt.want || tt.limits != "" && conn.most < tt.want {
				t.Errorf("%s policy%s: asked for %d bytes at once; want %d", policy, tt.limits, conn.most, tt.want)
			}
			cl.close()
		}
	}
}

// TestRequestLimits is what we refuse to send.
func TestRequestLimits(t *testing.T) {
	for _, tt := range []struct {
		kwargs, call, fits, over string // call has %s for padding
	}{
		{", limits={'host': 20}", "httplib.HTTPConnection('%s' + 'h' * 15, limits={'host': 20})", "hhhhh",
			"httplib.InvalidURL: host name of 21 bytes, over 20: "},
		{", policy='strict', limits={'request_line': 50}", "c.putrequest('GET', '/%s')", strings.Repeat("p", 50-len("GET / HTTP/1.1\r\n")),
			"httplib.InvalidURL: a request line has at most 50 bytes, not 51"},
		{", policy='strict', limits={'request_value': 30}", "c.putrequest('GET', '/')\nc.putheader('A', '%s')", strings.Repeat("v", 30),
			"ValueError: header value of A has more than 30 bytes"},
	} {
		for d, pad := range map[int]string{-1: tt.fits[1:], 0: tt.fits, 1: tt.fits + tt.fits[:1]} {
			script := "c = httplib.HTTPConnection('h'" + tt.kwargs + ")\n" + fmt.Sprintf(tt.call, pad)
			_, err := run(t, script, nil)
			if d <= 0 && err != nil || d > 0 && (err == nil || !strings.HasPrefix(err.Error(), tt.over)) {
				t.Errorf("%s by %+d: %v; want an error above 0 alone: %s", tt.call, d, err, tt.over)
			}
		}
		// The python policy bounds the host alone.
		if strings.Contains(tt.kwargs, "strict") {
			script := "c = httplib.HTTPConnection('h'" + strings.Replace(tt.kwargs, "strict", "python", 1) + ")\n" + fmt.Sprintf(tt.call, tt.fits+tt.fits)
			if _, err := run(t, script, nil); err != nil {
				t.Errorf("python policy: %s: %v", tt.call, err)
			}
		}
	}
}

// TestFixedLimits are those that the grammar sets: digits.
func TestFixedLimits(t *testing.T) {
	const chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
	length := func(s string) string { return "HTTP/1.1 200 OK\r\nContent-Length: " + s + "\r\n\r\nhello" }
	zeros := func(n int) string { return strings.Repeat("0", n) }
	const incomplete = "httplib.IncompleteRead: IncompleteRead(0 bytes read)"
	for _, tt := range []struct{ response, python, strict string }{
		{chunked + zeros(14) + "5\r\nhello\r\n0\r\n\r\n", "200 5", "200 5"},
		{chunked + zeros(15) + "5\r\nhello\r\n0\r\n\r\n", "200 5", "200 5"},
		{chunked + zeros(16) + "5\r\nhello\r\n0\r\n\r\n", "200 5", incomplete},
		{chunked + "7ffffffffffffffe\r\nhello", "httplib.IncompleteRead: IncompleteRead(5 bytes read, 9223372036854775801 more expected)", "=max"},
		{chunked + "7fffffffffffffff\r\nhello", "httplib.IncompleteRead: IncompleteRead(5 bytes read, 9223372036854775802 more expected)", "=max"},
		{chunked + "8000000000000000\r\nhello", incomplete, incomplete},
		{length(zeros(18) + "5"), "200 5", "200 5"},
		{length(zeros(19) + "5"), "200 5", "httplib.HTTPException: Content-Length is no length: 00000000000000000005"},
		{length("9223372036854775807"), "httplib.IncompleteRead: IncompleteRead(5 bytes read, 9223372036854775802 more expected)", "=max"},
		{length("9223372036854775808"), "httplib.IncompleteRead: IncompleteRead(5 bytes read, 9223372036854775802 more expected)",
			"httplib.HTTPException: Content-Length is no length: 9223372036854775808"},
		{length(strings.Repeat("1", 60000)), "httplib.IncompleteRead: IncompleteRead(5 bytes read, 9223372036854775802 more expected)",
			"httplib.HTTPException: Content-Length is no length: " + strings.Repeat("1", 100)},
	} {
		for policy, want := range map[string]string{"python": tt.python, "strict": tt.strict} {
			kwargs := fmt.Sprintf(", policy=%q", policy)
			if want == "=max" { // the size alone is more than a strict connection reads by default
				want = tt.python
				kwargs += ", max_body=None"
			}
			if got := outcome(answer(t, kwargs, readAll, tt.response)); !strings.HasPrefix(got, want) {
				t.Errorf("%s policy, %.90q: %.150s; want %.150s", policy, tt.response, got, want)
			}
		}
	}
}

// TestMaxBody: no call of read returns more than max_body.
func TestMaxBody(t *testing.T) {
	const ok = "HTTP/1.1 200 OK\r\n"
	const tooLarge = "httplib.HTTPException: the body is larger than max_body: 10 bytes"
	body := func(n int) string { return strings.Repeat("b", n) }
	framings := map[string]func(n int) string{
		"length": func(n int) string { return ok + fmt.Sprintf("Content-Length: %d\r\n\r\n", n) + body(n) },
		"close":  func(n int) string { return ok + "\r\n" + body(n) },
		"chunked": func(n int) string {
			return ok + "Transfer-Encoding: chunked\r\n\r\n3\r\nbbb\r\n" + fmt.Sprintf("%x\r\n", n-3) + body(n-3) + "\r\n0\r\n\r\n"
		},
		"one chunk": func(n int) string {
			return ok + "Transfer-Encoding: chunked\r\n\r\n" + fmt.Sprintf("%x\r\n", n) + body(n) + "\r\n0\r\n\r\n"
		},
	}
	for name, response := range framings {
		for _, policy := range []string{"python", "strict"} {
			for n := 9; n <= 11; n++ {
				for _, read := range []string{"read()", "read(99)"} {
					want := fmt.Sprintf("200 %d True", n)
					if n > 10 {
						want = tooLarge
					}
					script := "c.request('GET', '/')\nr = c.getresponse()\nb = r." + read + "\nshow(r.status, len(b), r.isclosed())"
					if got := outcome(answer(t, fmt.Sprintf(", policy=%q, max_body=10", policy), script, response(n))); got != want {
						t.Errorf("%s policy, framing %s, %s of %d bytes, max_body 10: %s; want %s", policy, name, read, n, got, want)
					}
				}
				script := "c.request('GET', '/')\nr = c.getresponse()\nshow(len(r.read(10)), len(r.read(10)))"
				want := fmt.Sprintf("%d %d", min(n, 10), n-min(n, 10))
				if got := outcome(answer(t, fmt.Sprintf(", policy=%q, max_body=10", policy), script, response(n))); got != want {
					t.Errorf("%s policy, framing %s, pieces of %d bytes, max_body 10: %s; want %s", policy, name, n, got, want)
				}
			}
		}
	}
	// The refusal loses the connection: what was not read cannot be read again.
	got := outcome(answer(t, ", max_body=10", "c.request('GET', '/')\nr = c.getresponse()\nshow(attempt(r.read), attempt(r.read), c.sock)", framings["chunked"](11)))
	if want := fmt.Sprintf("'%s' '%s' None", tooLarge, tooLarge); got != want {
		t.Errorf("read() after the refusal: %s; want %s", got, want)
	}
}

// TestOptions is how a script gives and sees them, and what Configure changes.
func TestOptions(t *testing.T) {
	for _, tt := range []struct{ script, want string }{
		{"c = httplib.HTTPConnection('h')\nshow(c.policy, c.deadline, c.max_body, c.limits)",
			"'python' None None {'line': 65536, 'headers': 100, 'head_bytes': 1048576, 'interim': 100, 'chunk_line': 65536, 'chunk_overhead': 16384, " +
				"'trailers': 100, 'trailer_bytes': 65536, 'empty_lines': 2, 'read_ahead': 32768, 'host': 253, 'request_line': 65536, 'request_value': 65536, 'head_time': None}"},
		{"c = httplib.HTTPSConnection('h', policy='strict')\nshow(c.policy, c.max_body, c.limits)",
			"'strict' 67108864 {'line': 65536, 'headers': 100, 'head_bytes': 1048576, 'interim': 10, 'chunk_line': 4096, 'chunk_overhead': 16384, " +
				"'trailers': 100, 'trailer_bytes': 65536, 'empty_lines': 2, 'read_ahead': 32768, 'host': 253, 'request_line': 65536, 'request_value': 65536, 'head_time': 60.0}"},
		{"c = httplib.HTTPConnection('h', deadline=1.5, max_body=7, limits={'line': 9, 'head_time': 2})\nshow(c.deadline, c.max_body, c.limits['line'], c.limits['chunk_line'], c.limits['head_time'])",
			"1.5 7 9 9 2.0"},
		{"c = httplib.HTTPConnection('h', policy='strict', max_body=None)\nshow(c.max_body)", "None"},
		{"c = httplib.HTTPConnection('h', deadline=3)\nc.deadline = None\nshow(c.deadline)", "None"},
		{"c = http.client.HTTPConnection('h', 80, policy='strict', timeout=4, max_body=7)\nshow(c.policy, c.max_body, c.timeout)", "'strict' 7 4"},
		{"c = http.client.HTTPSConnection('h', deadline=1.5, limits={'line': 9})\nshow(c.deadline, c.limits['line'], c.policy)", "1.5 9 'python'"},
		{"http.client.HTTPConnection('h', policy='lax')", "ValueError: policy must be 'python' or 'strict', not 'lax'"},
		{"httplib.HTTPConnection('h', policy='lax')", "ValueError: policy must be 'python' or 'strict', not 'lax'"},
		{"httplib.HTTPConnection('h', deadline=0)", "ValueError: deadline must be above 0: 0"},
		{"httplib.HTTPConnection('h', deadline='1')", "TypeError: deadline is a number of seconds, not str"},
		{"httplib.HTTPConnection('h', max_body=-1)", "ValueError: max_body must be above 0: -1"},
		{"httplib.HTTPConnection('h', max_body='1')", "TypeError: max_body is a number of bytes, not str"},
		{"httplib.HTTPConnection('h', limits={'lines': 1})", "ValueError: no limit is called 'lines'"},
		{"httplib.HTTPConnection('h', limits={'line': 0})", "ValueError: limits['line'] must be from 1 to 2147483647: 0"},
		{"httplib.HTTPConnection('h', limits={'line': 1.0})", "TypeError: limits['line'] is an int, not float"},
		{"httplib.HTTPConnection('h', limits=[1])", "TypeError: limits is a dict, not list"},
	} {
		if got := outcome(run(t, tt.script, starlark.StringDict{"http": HTTPModule()})); got != tt.want {
			t.Errorf("%s: %s; want %s", tt.script, got, tt.want)
		}
	}

	thread := new(starlark.Thread)
	h := host.Attach(thread, context.Background(), host.Host{})
	defer h.Resources.Close()
	Configure(h, Options{Strict: true, Deadline: time.Minute, MaxBody: 5, Limits: Limits{Interim: 4}})
	v, err := starlark.EvalOptions(options, thread, "x", `[(c.policy, c.deadline, c.max_body, c.limits["interim"]) for c in [
		httplib.HTTPConnection("h"), httplib.HTTPConnection("h", policy="python", deadline=1, max_body=6, limits={"interim": 3})]]`,
		starlark.StringDict{"httplib": Module()})
	if want := `[("strict", 60.0, 5, 4), ("python", 1.0, 6, 3)]`; err != nil || v.String() != want {
		t.Errorf("connections of a configured run: %v, %v; want %s", v, err, want)
	}
}
