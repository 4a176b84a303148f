package testservermod

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
)

// TestKeepAlive sends requests of all kinds on one connection.
func TestKeepAlive(t *testing.T) {
	r := newRig(t)
	s := r.start(`{
		"/a": "one",
		"/b": {"reason": "Other Words", "body": "two"},
		"/c": {"body": ["three", "four"]},
		"/d": {"status": 204},
		"/e": lambda req: {"status": 201, "body": req.url},
		"/f": testserver.drip("five", 3),
	}`)
	c := dial(t, s)
	local := c.LocalAddr().String()
	for _, tt := range []struct{ path, status, body string }{
		{"/a", "200 OK", "one"},
		{"/b", "200 Other Words", "two"},
		{"/c", "200 OK", "threefour"},
		{"/d", "204 No Content", ""},
		{"/e?q=1", "201 Created", "/e?q=1"},
		{"/f", "200 OK", "five"},
		{"/g", "404 Not Found", "no route for GET /g; routes: /a, /b, /c, /d, /e, /f\n"},
		{"/a", "200 OK", "one"},
	} {
		r.paused(func() {
			if status, body, err := c.get(tt.path); status != tt.status || body != tt.body || err != nil {
				t.Errorf("GET %s: %q, %q, %v; want %q, %q", tt.path, status, body, err, tt.status, tt.body)
			}
		})
	}
	if got, want := r.eval("[(q.method, q.path, q.query) for q in srv.requests][3:6]"), "[('GET', '/d', ''), ('GET', '/e', 'q=1'), ('GET', '/f', '')]"; got != want {
		t.Errorf("srv.requests = %s; want %s", got, want)
	}
	if got, want := r.eval("len([q for q in srv.requests if q.remote == '"+local+"'])"), "8"; got != want {
		t.Errorf("%s requests came over the connection; want %s", got, want)
	}
}

// TestKeepAlive10 has an HTTP/1.0 client ask for another request.
func TestKeepAlive10(t *testing.T) {
	r := newRig(t)
	c := dial(t, r.start(`{"/": "hi"}`))
	for range 2 {
		io.WriteString(c, "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
		const want = "HTTP/1.0 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nhi"
		got := make([]byte, len(want))
		if _, err := io.ReadFull(c.r, got); err != nil || string(got) != want {
			t.Fatalf("read %q, %v; want %q", got, err, want)
		}
	}
}

// TestPipeline sends requests ahead of their responses; heads must follow.
func TestPipeline(t *testing.T) {
	r := newRig(t)
	s := r.start(`{"*": {"body": "ok"}}`)
	c := dial(t, s)
	io.WriteString(c, "POST /1 HTTP/1.1\r\nhOST: x\r\nTransfer-Encoding: chunked\r\nX-One: 1\r\n\r\n"+
		"5;ext=1\r\nhello\r\n0\r\nTrailer: t\r\n\r\n"+
		"\r\nPOST /2 HTTP/1.1\r\nHost: x\r\ncontent-length: 3\r\nx-TWO: 2\r\n\r\nabc"+
		"GET /3 HTTP/1.1\r\nHost: x\r\nX-Three: a\r\nx-three: b\r\n\r\n")
	for range 3 {
		if status, body, err := c.read(); status != "200 OK" || body != "ok" || err != nil {
			t.Fatalf("read %q, %q, %v", status, body, err)
		}
	}
	for expr, want := range map[string]string{
		"[q.body for q in srv.requests]":                                                "['hello', 'abc', '']",
		"[[k for k in q.headers] for q in srv.requests]":                                "[['hOST', 'Transfer-Encoding', 'X-One'], ['Host', 'content-length', 'x-TWO'], ['Host', 'X-Three']]",
		"srv.requests[1].head":                                                          `'POST /2 HTTP/1.1\r\nHost: x\r\ncontent-length: 3\r\nx-TWO: 2\r\n\r\n'`,
		"srv.requests[2].headers['X-THREE'], srv.requests[2].headers.getall('x-three')": "('a, b', ['a', 'b'])",
		"srv.errors": "[]",
	} {
		if got := r.eval(expr); got != want {
			t.Errorf("%s = %s; want %s", expr, got, want)
		}
	}
}

// TestTruncated has routes that lie about their length: what follows is the end.
func TestTruncated(t *testing.T) {
	r := newRig(t)
	s := r.start(`{"/": {"headers": {"Content-Length": 10}, "body": "abc"}}`)
	c := dial(t, s)
	if _, body, err := c.get("/"); body != "abc" || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("GET: body %q, %v; want abc and an unexpected end", body, err)
	}
}

func TestReset(t *testing.T) {
	const head = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"
	for _, tt := range []struct{ route, want string }{
		{`testserver.reset()`, ""},
		{`testserver.reset(0)`, ""},
		{`testserver.reset(after="HTTP/1.1 2")`, "HTTP/1.1 2"},
		{`testserver.reset(after=17)`, head[:17]},
		{fmt.Sprintf(`testserver.reset(%d, "hello")`, len(head)+2), head + "he"},
		{`testserver.reset(1000, "hello")`, head + "hello"},
		{`testserver.reset(response="hello")`, ""},
		{`testserver.drip(testserver.reset(9, "hello"), 2)`, head[:9]},
		{`testserver.reset(9, testserver.drip("hello", 2))`, head[:9]},
	} {
		for _, secure := range []string{"", ", tls=True"} {
			t.Run(tt.route+secure, func(t *testing.T) {
				r := newRig(t)
				s := r.start(`{"/": ` + tt.route + `}` + secure)
				var c net.Conn = dial(t, s)
				if secure != "" {
					c = r.tlsClient(t, c, "localhost")
				}
				io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
				got, err := io.ReadAll(c)
				if string(got) != tt.want && len(tt.want) != len(head)-17 || !errors.Is(err, syscall.ECONNRESET) {
					t.Errorf("read %q, %v; want %q and a reset", got, err, tt.want)
				}
			})
		}
	}
}

// TestRequest shows a handler all there is to know of a request.
func TestRequest(t *testing.T) {
	r := newRig(t)
	r.run(`
seen = []
def handle(req):
    seen.append(req)
    return str(len(seen))
srv = testserver.start({"/p%41th": handle})
reply = talk(srv.netloc, "PUT http://h/p%41th?q=%20#f HTTP/1.1\r\nHost: h\r\nX-Y: 1\r\nfolded: a\r\n b\r\nConnection: close\r\nContent-Length: 4\r\n\r\nbody")
req = seen[0]
`)
	for expr, want := range map[string]string{
		"reply":                    `'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\n1'`,
		"req == srv.requests[0]":   "True",
		"str(req)":                 "\"<testserver.request 'PUT http://h/p%41th?q=%20#f'>\"",
		"type(req), bool(req)":     "('testserver.request', True)",
		"req.method, req.version":  "('PUT', 'HTTP/1.1')",
		"req.url":                  "'http://h/p%41th?q=%20#f'",
		"req.path, req.query":      "('/p%41th', 'q=%20#f')",
		"req.body, req.host":       "('body', 'h')",
		"req.remote_host":          "'127.0.0.1'",
		"req.remote.split(':')[0]": "'127.0.0.1'",
		"req.client_cert":          "None",
		"req.headers.keys()":       "['Host', 'X-Y', 'folded', 'Connection', 'Content-Length']",
		"req.headers.items()[1:3]": "[('X-Y', '1'), ('folded', 'a b')]",
		"req.headers.pairs()[0]":   "('Host', 'h')",
		"req.headers.get('x-y')":   "'1'",
		"req.headers.get('no')":    "None",
		"req.headers.get('no', 5)": "5",
		"'x-Y' in req.headers":     "True",
		"'no' in req.headers":      "False",
		"5 in req.headers":         "False",
		"len(req.headers)":         "5",
		"bool(req.headers)":        "True",
		"type(req.headers)":        "'testserver.headers'",
		"dict(req.headers)['X-Y']": "'1'",
		"dir(req.headers)":         "['get', 'getall', 'items', 'keys', 'pairs']",
		"len(dir(req))":            "12",
	} {
		if got := r.eval(expr); got != want {
			t.Errorf("%s = %s; want %s", expr, got, want)
		}
	}
	for _, v := range []starlark.HasAttrs{r.globals["req"].(*request), r.globals["req"].(*request).headers, r.globals["srv"].(*server)} {
		for _, name := range v.AttrNames() {
			if a, err := v.Attr(name); a == nil || err != nil {
				t.Errorf("%s.%s = %v, %v; want a value", v.Type(), name, a, err)
			}
		}
		if a, err := v.Attr("no_such"); a != nil || err != nil {
			t.Errorf("%s.no_such = %v, %v; want nothing", v.Type(), a, err)
		}
		v.Freeze()
		if _, err := v.Hash(); err == nil {
			t.Errorf("a %s has a hash", v.Type())
		}
	}
}

// TestLimits sends too much of everything.
func TestLimits(t *testing.T) {
	t.Run("body", func(t *testing.T) {
		r := newRig(t)
		s := r.start(`{"/": "ok"}, max_body=10`)
		c := dial(t, s)
		for _, n := range []int{10, 11, 100_000, 3} {
			fmt.Fprintf(c, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s", n, strings.Repeat("b", n))
			want := "200 OK"
			if n > 10 {
				want = "413 Request Entity Too Large"
			}
			if status, _, err := c.read(); status != want || err != nil {
				t.Errorf("a body of %d bytes: %q, %v; want %q", n, status, err, want)
			}
		}
		if got := r.eval("[len(q.body) for q in srv.requests]"); got != "[10, 10, 10, 3]" {
			t.Errorf("bodies kept: %s", got)
		}
	})
	t.Run("head", func(t *testing.T) {
		r := newRig(t)
		s := r.start(`{"/": "ok"}`)
		c := dial(t, s)
		go func() {
			io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\nX: ")
			io.WriteString(c, strings.Repeat("x", maxHead+1))
			c.Conn.(*net.TCPConn).CloseWrite()
		}()
		if status, _, err := c.read(); status != "431 Request Header Fields Too Large" || err != nil {
			t.Errorf("a large head: %q, %v", status, err)
		}
		if got := r.eval("srv.errors, srv.requests"); got != "(['request head too large'], [])" {
			t.Errorf("errors, requests = %s", got)
		}
	})
	t.Run("requests", func(t *testing.T) {
		s := new(server)
		for range maxRequests + 5 {
			s.record(&request{})
		}
		if len(s.requests) != maxRequests {
			t.Errorf("%d requests kept; want %d", len(s.requests), maxRequests)
		}
		s.record(&request{body: strings.Repeat("x", maxKept)})
		if len(s.requests) != 1 || s.kept != s.requests[0].size() {
			t.Errorf("%d requests, %d bytes kept; want the last alone", len(s.requests), s.kept)
		}
		for i := range maxErrors + 5 {
			s.note(fmt.Sprint(i))
		}
		if len(s.errors) != maxErrors || s.errors[0] != "5" {
			t.Errorf("%d errors kept from %q on", len(s.errors), s.errors[0])
		}
	})
	t.Run("connections", func(t *testing.T) {
		s := &server{conns: make(map[*conn]struct{})}
		for range maxConns {
			if !s.admit(new(conn)) {
				t.Fatal("a connection was refused too early")
			}
		}
		if s.admit(new(conn)) {
			t.Error("one connection too many was admitted")
		}
	})
}

// TestBadRequests has net/http refuse what is no request.
func TestBadRequests(t *testing.T) {
	r := newRig(t)
	s := r.start(`"ok"`)
	for _, tt := range []struct{ text, want string }{
		{"nonsense\r\n\r\n", "HTTP/1.1 400 Bad Request"},
		{"GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 400 Bad Request"},
		{"GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: odd\r\n\r\n", "HTTP/1.1 501 Not Implemented"},
		{"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", "HTTP/1.1 400 Bad Request"},
	} {
		reply, err := talk(context.Background(), s.addr.String(), tt.text)
		if !strings.HasPrefix(reply, tt.want) || err != nil {
			t.Errorf("%q: %q, %v; want %q", tt.text, reply, err, tt.want)
		}
	}
	c := dial(t, s)
	io.WriteString(c, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab")
	c.Conn.(*net.TCPConn).CloseWrite()
	if got, err := io.ReadAll(c); len(got) > 0 {
		t.Errorf("half a body was answered: %q, %v", got, err)
	}
	if got := r.eval("srv.errors, srv.requests[-1].body"); got != "(['POST /: the body ended early: unexpected EOF'], 'ab')" {
		t.Errorf("errors, body = %s", got)
	}
}

// TestExpectContinue has a client wait for 100 Continue.
func TestExpectContinue(t *testing.T) {
	r := newRig(t)
	c := dial(t, r.start(`{"/": {"reason": "Yes"}}`))
	io.WriteString(c, "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
	line, err := c.r.ReadString('\n')
	if line != "HTTP/1.1 100 Continue\r\n" || err != nil {
		t.Fatalf("read %q, %v; want 100 Continue", line, err)
	}
	c.r.ReadString('\n')
	io.WriteString(c, "hi")
	if status, _, err := c.read(); status != "200 Yes" || err != nil {
		t.Errorf("read %q, %v; want 200 Yes", status, err)
	}
	if status, _, err := c.get("/"); status != "200 Yes" || err != nil {
		t.Errorf("the next response: %q, %v", status, err)
	}
}

// TestClose closes a server while its connections are in every state.
func TestClose(t *testing.T) {
	for _, how := range []string{"close", "end", "cancel"} {
		for _, secure := range []string{"False", "True"} {
			t.Run(how+"/tls="+secure, func(t *testing.T) { testClose(t, how, secure) })
		}
	}
}

func testClose(t *testing.T, how, secure string) {
	r := newRig(t)
	arrived := make(chan struct{})
	r.globals = starlark.StringDict{"wait": starlark.NewBuiltin("wait", func(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		h := host.From(thread)
		defer h.Resume(h.Pause())
		arrived <- struct{}{}
		<-h.Context().Done()
		return starlark.None, context.Cause(h.Context())
	})}
	s := r.start(`{
		"/": "ok",
		"/delay": testserver.delay(1e6, "late"),
		"/late": lambda req: testserver.delay(1e6, "late"),
		"/drip": testserver.drip("x", 1, 1e6),
		"/large": "x" * 50000000,
		"/wait": lambda req: wait(),
	}, tls=` + secure)
	var clients []io.Reader
	for _, path := range []string{"connected", "/", "/delay", "/late", "/drip", "/large", "/wait"} {
		c := dial(t, s)
		if secure == "True" {
			tc := r.tlsClient(t, c, "localhost")
			c = &wireClient{tc, newReader(tc)}
		}
		clients = append(clients, c.r)
		if path == "connected" {
			continue
		}
		fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", path)
		switch path {
		case "/":
			if _, _, err := c.read(); err != nil {
				t.Fatal(err)
			}
		case "/drip", "/large": // begun
			if _, err := c.r.ReadByte(); err != nil {
				t.Fatal(err)
			}
		case "/wait":
			r.paused(func() { <-arrived })
		}
	}
	begun := time.Now()
	switch how {
	case "close":
		r.run("srv.close()\nsrv.close()")
	case "end":
		if err := r.host.Resources.Close(); err != nil {
			t.Errorf("Resources.Close() = %v", err)
		}
	case "cancel":
		r.cancel()
		r.paused(func() { <-s.idle })
	}
	if took := time.Since(begun); took > time.Second {
		t.Errorf("closing took %v", took)
	}
	for _, c := range clients {
		io.Copy(io.Discard, c) // ends
	}
	if got := r.eval("srv.closed, bool(srv), srv.errors"); got != "(True, False, [])" {
		t.Errorf("closed, bool(srv), errors = %s", got)
	}
	if c, err := net.Dial("tcp", s.addr.String()); err == nil {
		c.Close()
		t.Error("the closed server still listens")
	}
	if how != "cancel" && r.host.Resources.Len() != 0 {
		t.Errorf("%d resources left", r.host.Resources.Len())
	}
}

// TestEnded starts a server in a run that is over.
func TestEnded(t *testing.T) {
	r := newRig(t)
	r.host.Resources.Close()
	if err := r.exec("testserver.start()"); !errors.Is(err, host.ErrEnded) {
		t.Errorf("start after the end = %v; want %v", err, host.ErrEnded)
	}
}

// TestRefused starts a server without the permission to.
func TestRefused(t *testing.T) {
	thread := new(starlark.Thread)
	host.Attach(thread, context.Background(), host.Host{})
	_, err := starlark.Call(thread, Module().Members["start"], nil, nil)
	var refused *host.PermissionError
	if !errors.As(err, &refused) || refused.Grant != "--allow-listen" {
		t.Errorf("start without a grant = %v; want a PermissionError", err)
	}
}

func TestNames(t *testing.T) {
	r := newRig(t)
	s := r.start(`"ok", names=["www.Example.com:443", "plain.test", "[::1]:8080"]`)
	for _, tt := range [][2]string{{"www.example.com", "443"}, {"WWW.EXAMPLE.COM", "443"}, {"plain.test", "80"}, {"::1", "8080"}} {
		if addr, ok := r.host.Names.Lookup(tt[0], tt[1]); !ok || addr != s.addr.String() {
			t.Errorf("%s leads to %q, %v; want %s", tt, addr, ok, s.addr)
		}
	}
	if got, want := r.eval("srv.names"), "['www.Example.com:443', 'plain.test:80', '[::1]:8080']"; got != want {
		t.Errorf("srv.names = %s; want %s", got, want)
	}
	if err := r.exec(`testserver.start(names=["plain.test:80"])`); err == nil || !strings.Contains(err.Error(), "ValueError: names: plain.test:80 already leads to "+s.addr.String()) {
		t.Errorf("a name taken = %v", err)
	}
	r.run("srv.close()")
	if addr, ok := r.host.Names.Lookup("plain.test", "80"); ok {
		t.Errorf("a closed server's name leads to %s", addr)
	}
	tls := r.start(`"ok", tls=True, names=("secure.test",)`)
	if addr, _ := r.host.Names.Lookup("secure.test", "443"); addr != tls.addr.String() {
		t.Errorf("a name of a TLS server leads to %q; want port 443", addr)
	}
}

// TestParallelClients has many clients at once, and handlers that count without
// a lock: the race detector and the sum say whether they took turns.
func TestParallelClients(t *testing.T) {
	r := newRig(t)
	r.run(`
count = {"n": 0}
log = []
def handle(req):
    count["n"] += 1
    log.append(req.path)
    return str(count["n"])
srv = testserver.start({"/fn/*": handle, "/": "static"})
`)
	s := r.globals["srv"].(*server)
	const clients, times = 8, 20
	r.paused(func() {
		var wg sync.WaitGroup
		for i := range clients {
			c := dial(t, s)
			wg.Go(func() {
				for j := range times {
					if status, _, err := c.get(fmt.Sprintf("/fn/%d/%d", i, j)); status != "200 OK" || err != nil {
						t.Errorf("GET: %q, %v", status, err)
						return
					}
				}
			})
		}
		wg.Wait()
	})
	if got, want := r.eval("count['n'], len(log), len(srv.requests)"), fmt.Sprintf("(%d, %[1]d, %[1]d)", clients*times); got != want {
		t.Errorf("counts = %s; want %s", got, want)
	}
}
