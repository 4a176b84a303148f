package httplibmod

import (
	"context"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starwire/runtime/host"
)

// TestRefusedRequests is what must not reach the wire. Nothing is sent, and the
// error is the one Python's programs expect.
func TestRefusedRequests(t *testing.T) {
	tests := []struct{ script, want string }{
		// H13
		{`c.request("GE T", "/")`, "ValueError: Invalid method 'GE T': it must be a token such as 'GET'"},
		{`c.request("GET / HTTP/1.1\r\nA: b", "/")`, `ValueError: method can't contain control characters. 'GET / HTTP/1.1\r\nA: b' (found at least '\r')`},
		{`c.request("", "/")`, "ValueError: Invalid method ''"},
		{`c.putrequest(None, "/"); c.request("GET", "/")`, "httplib.CannotSendRequest"},
		// CVE-2019-9740, CVE-2014-8150
		{`c.request("GET", "/a b")`, `httplib.InvalidURL: URL can't contain control characters. '/a b' (found at least ' ')`},
		{`c.request("GET", "http://h/\r\nA: b")`, `httplib.InvalidURL: URL can't contain control characters. 'http://h/\r\nA: b' (found at least '\r')`},
		{`c.request("GET", "/\u00e9")`, `httplib.InvalidURL: URL can't contain control characters. '/\xc3\xa9' (found at least '\xc3')`},
		{`c.request("GET", 5)`, "TypeError: expected string or buffer"},
		// H14
		{`c.request("GET", "/", None, {"A\r\nB": "c"})`, `ValueError: Invalid header name 'A\r\nB'`},
		{`c.request("GET", "/", None, {"A\x00": "c"})`, `ValueError: Invalid header name 'A\x00'`},
		{`c.request("GET", "/", None, {" A": "c"})`, `ValueError: Invalid header name ' A'`},
		{`c.request("GET", "/", None, {"": "c"})`, `ValueError: Invalid header name ''`},
		{`c.request("GET", "/", None, {"A": "b\r\nC: d"})`, `ValueError: Invalid header value 'b\r\nC: d'`},
		{`c.request("GET", "/", None, {"A": "b\n c"})`, `ValueError: Invalid header value 'b\n c'`},
		{`c.request("GET", "/", None, {"A": "b\r\n"})`, `ValueError: Invalid header value 'b\r\n'`},
		{`c.request("GET", "/", None, {"A": "b\x00"})`, `ValueError: Invalid header value 'b\x00'`},
		{`c.request("GET", "/", None, {"Host": "a\r\nB: c"})`, `ValueError: Invalid header value 'a\r\nB: c'`},
		// D10, CVE-2026-1525
		{`c.request("POST", "/", "x", {"Transfer-Encoding": "chunked", "Content-Length": 1})`, "ValueError: Content-Length and Transfer-Encoding cannot both be given"},
		{`c.request("POST", "/", "x", {"Content-Length": 1, "content-length": 2})`, "ValueError: Content-Length is given twice"},
		// D11
		{`c.request("POST", "/", ["x"])`, "TypeError: sendall() argument 1 must be string or buffer, not list"},
		{`c.request("POST", "/", 5)`, "TypeError: sendall() argument 1 must be string or buffer, not int"},
		{`c.send(None)`, "TypeError: sendall() argument 1 must be string or buffer, not None"},
		// headers of the wrong type
		{`c.request("GET", "/", None, None)`, "TypeError: 'NoneType' object is not iterable"},
		{`c.request("GET", "/", None, [("A", "b")])`, "AttributeError: 'tuple' object has no attribute 'lower'"},
		{`c.request("GET", "/", None, {1: "b"})`, "AttributeError: 'int' object has no attribute 'lower'"},
		{`c.request(None, "/")`, "AttributeError: 'NoneType' object has no attribute 'upper'"},
		// H16
		{`c.sock = None; c.set_tunnel("a\r\nb")`, `httplib.InvalidURL: URL can't contain control characters. 'a\r\nb' (found at least '\r')`},
		{`c.sock = None; c.set_tunnel("a", 443, {"A\n": "b"})`, `ValueError: Invalid header name 'A\n'`},
		{`c.sock = None; c.set_tunnel("a", 443, {"A": "b\r\nC: d"})`, `ValueError: Invalid header value 'b\r\nC: d'`},
		{`c.sock = None; c.set_tunnel("a", "443")`, "TypeError: %d format: a number is required, not str"},
		{`c.set_tunnel("a")`, "RuntimeError: Can't setup tunnel for established connection."},
	}
	for _, tt := range tests {
		sock := &fakeSocket{text: "HTTP/1.1 200 OK\r\n\r\n"}
		_, err := run(t, "c = httplib.HTTPConnection('h')\nc.sock = sock\n"+tt.script, starlark.StringDict{"sock": sock.value()})
		if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%s: %v; want %s", tt.script, err, tt.want)
		}
		if len(sock.sent) > 0 {
			t.Errorf("%s sent %q", tt.script, sock.sent)
		}
	}
}

// TestStaleLines is D2: in 2.7 the lines of an abandoned request go out with
// the next one.
func TestStaleLines(t *testing.T) {
	sock := &fakeSocket{}
	mustRun(t, `
c = httplib.HTTPConnection("h")
c.sock = sock
attempt(lambda: c.request("GET", "/a", None, {"Bad\n": "x"}))
show(c._buffer)
c.close()
show(c._buffer)
c.sock = sock
c.request("GET", "/b")`, starlark.StringDict{"sock": sock.value()})
	want := "GET /b HTTP/1.1\r\nHost: h\r\nAccept-Encoding: identity\r\n\r\n"
	if len(sock.sent) != 1 || sock.sent[0] != want {
		t.Errorf("sent %q; want %q", sock.sent, want)
	}
}

// TestBodies is what the kinds of body put on the wire.
func TestBodies(t *testing.T) {
	reader := func(text string) starlark.Value {
		r := strings.NewReader(text)
		return starlarkstruct.FromStringDict(starlark.String("reader"), starlark.StringDict{
			"read": starlark.NewBuiltin("read", func(_ *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
				n, _ := starlark.AsInt32(args[0])
				buf := make([]byte, n)
				n, _ = io.ReadFull(r, buf)
				return starlark.String(buf[:n]), nil
			}),
		})
	}
	tests := []struct {
		script string
		want   string // behind the automatic fields
	}{
		{`c.request("GET", "/", "")`, "Content-Length: 0\r\n\r\n"},
		{`c.request("GET", "/", b"\xff")`, "Content-Length: 1\r\n\r\n\xff"},
		{`c.request("POST", "/", reader)`, "Content-Length: 9000\r\n\r\n" + strings.Repeat("r", 9000)},
		{`c.request("POST", "/", reader, {"Content-Length": 9000})`, "Content-Length: 9000\r\n\r\n" + strings.Repeat("r", 9000)},
		{`c.request("POST", "/", reader, {"Transfer-Encoding": "x"})`, "Transfer-Encoding: x\r\n\r\n" + strings.Repeat("r", 9000)},
		{`c.putrequest("POST", "/"); c.endheaders(reader)`, "\r\n" + strings.Repeat("r", 9000)},
	}
	for _, tt := range tests {
		sock := &fakeSocket{}
		mustRun(t, "c = httplib.HTTPConnection('h')\nc.sock = sock\n"+tt.script,
			starlark.StringDict{"sock": sock.value(), "reader": reader(strings.Repeat("r", 9000))})
		_, got, _ := strings.Cut(strings.Join(sock.sent, ""), "Accept-Encoding: identity\r\n")
		if got != tt.want {
			t.Errorf("%s sends %.80q; want %.80q", tt.script, got, tt.want)
		}
	}
}

// TestTunnel is httplib.py, HTTPConnection._tunnel.
func TestTunnel(t *testing.T) {
	tests := []struct {
		name, setup, answer string
		want                string // the error, or what was sent
	}{
		{"IPv6 in brackets", "c.set_tunnel('[::1]:443')", "HTTP/1.0 200 OK\r\n\r\n", "CONNECT [::1]:443 HTTP/1.0\r\n\r\n"},
		{"default port", "c.set_tunnel('d.com')", "HTTP/1.0 200 OK\r\nA: b\n\n", "CONNECT d.com:80 HTTP/1.0\r\n\r\n"},
		{"any version", "c.set_tunnel('d.com')", "HTTP/2.0 200\r\n\r\n", "CONNECT d.com:80 HTTP/1.0\r\n\r\n"},
		{"refused", "c.set_tunnel('d.com')", "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n",
			"socket.error: Tunnel connection failed: 407 Proxy Authentication Required"},
		{"no reason", "c.set_tunnel('d.com')", "HTTP/1.1 500\r\n\r\n", "socket.error: Tunnel connection failed: 500 "},
		{"garbage", "c.set_tunnel('d.com')", "hello world", "socket.error: Invalid response from tunnel request"},
		{"garbage, strict", "c.set_tunnel('d.com')\nc.strict = 1", "hello world", "httplib.BadStatusLine: hello world"},
		{"nothing", "c.set_tunnel('d.com')", "", "httplib.BadStatusLine: No status line received"},
		{"too many fields", "c.set_tunnel('d.com')", "HTTP/1.0 200 OK\r\n" + strings.Repeat("a: b\r\n", 101) + "\r\n",
			"httplib.HTTPException: got more than 100 headers"},
		{"a long line", "c.set_tunnel('d.com')", "HTTP/1.0 200 OK\r\nA: " + strings.Repeat("b", 65536) + "\r\n\r\n", "httplib.LineTooLong"},
	}
	for _, tt := range tests {
		sock := &fakeSocket{text: tt.answer}
		out, err := run(t, "c = httplib.HTTPConnection('proxy')\nc._create_connection = lambda a, b, c: sock\n"+tt.setup+
			"\ne = attempt(c.connect)\nprint(e)\nprint(c.sock != None, c._HTTPConnection__state)", starlark.StringDict{"sock": sock.value()})
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		failed := strings.HasPrefix(out, tt.want)
		sent := strings.Join(sock.sent, "|") == tt.want && strings.HasPrefix(out, "\nTrue Idle")
		if !failed && !sent {
			t.Errorf("%s: %q, sent %q; want %q", tt.name, out, sock.sent, tt.want)
		}
		if failed && (!sock.closed || !strings.Contains(out, "\nFalse Idle\n")) {
			t.Errorf("%s: %q, closed %v; want the socket closed and the connection idle (D1)", tt.name, out, sock.closed)
		}
	}
}

// TestConnectFailure is D1 for a dial that fails.
func TestConnectFailure(t *testing.T) {
	p := newPeer(t)
	p.ln.Close()
	out, err := session(t, context.Background(), p, `e = attempt(lambda: c.request("GET", "/"))
show(e, c.sock, c._HTTPConnection__state)`)
	if err != nil || out != "'socket.error: [Errno 111] Connection refused' None 'Idle'\n" && runtime.GOOS == "linux" {
		t.Errorf("%s, %v", out, err)
	}
	_, err = run(t, "httplib.HTTPConnection('h').request('GET', '/')", nil)
	if err == nil || !strings.Contains(err.Error(), "not allowed to connect to h:80") {
		t.Errorf("without a grant: %v", err)
	}
}

// TestMemoryFollowsData is H18: what a server announces allocates nothing.
func TestMemoryFollowsData(t *testing.T) {
	for _, head := range []string{"Content-Length: 9223372036854775807", "Content-Length: 1099511627776", "Transfer-Encoding: chunked"} {
		body := "0123456789"
		if strings.HasPrefix(head, "T") {
			body = "7fffffffffffffff\r\n0123456789"
		}
		for _, amt := range []string{"", "5", "1 << 40"} {
			data := starlark.StringDict{"data": starlark.Bytes("HTTP/1.1 200 OK\r\n" + head + "\r\n\r\n" + body)}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			mustRun(t, "r = httplib.HTTPResponse(data)\nr.begin()\nattempt(lambda: r.read("+amt+"))", data)
			runtime.ReadMemStats(&after)
			if n := after.TotalAlloc - before.TotalAlloc; n > 1<<20 {
				t.Errorf("%s, read(%s) allocated %d bytes for a body of 10", head, amt, n)
			}
		}
	}
}

// TestSettings is what a program may assign in the module, for its run alone.
func TestSettings(t *testing.T) {
	thread := new(starlark.Thread)
	h := host.Attach(thread, context.Background(), host.Host{})
	sock := &fakeSocket{text: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n" + strings.Repeat("A: b\r\n", 120) + "\r\nhello"}
	env := starlark.StringDict{"httplib": NewRunModule(h), "sock": sock.value()}
	const script = `
httplib._MAXHEADERS = 150
httplib.MAXAMOUNT = 2
r = httplib.HTTPResponse(sock)
r.begin()
result = (httplib._MAXHEADERS, httplib.MAXAMOUNT, r.read())`
	globals, err := starlark.ExecFileOptions(options, thread, "test.star", script, env)
	if err != nil {
		t.Fatal(err)
	}
	if got := globals["result"].String(); got != `(150, 2, "hello")` {
		t.Errorf("settings and body: %s", got)
	}
	if got, want := sock.asked, []int{2, 2, 1}; !slices.Equal(got, want) {
		t.Errorf("read was asked for %v bytes; want %v", got, want)
	}
	if n := headerLimit(new(starlark.Thread)); n != maxHeaders {
		t.Errorf("another run's limit is %d; want %d", n, maxHeaders)
	}
	for script, want := range map[string]string{
		"httplib._MAXHEADERS = 0":      "ValueError: _MAXHEADERS is a number from 1 to 100000",
		"httplib._MAXHEADERS = 100001": "ValueError: _MAXHEADERS is a number from 1 to 100000",
		"httplib.MAXAMOUNT = 'x'":      "ValueError: MAXAMOUNT is a number from 1 to 9223372036854775807",
		"httplib.OK = 1":               "AttributeError: can't assign to .OK of module httplib: only _MAXHEADERS and MAXAMOUNT can be set",
	} {
		if _, err := starlark.ExecFileOptions(options, thread, "test.star", script, env); err == nil || err.Error() != want {
			t.Errorf("%s: %v; want %s", script, err, want)
		}
	}
}
