package testservermod

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	goruntime "runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"starwire/runtime/host"
)

// TestHTTPClient has net/http's client, which is strict, talk to all kinds of
// routes over TLS, on one connection, by a name of the run's.
func TestHTTPClient(t *testing.T) {
	r := newRig(t)
	r.start(`{
		"GET /": "hello",
		"GET /pieces": {"reason": "In Pieces", "body": ["one", "two"]},
		"POST /form": lambda req: {"status": 201, "headers": {"X-Got": req.body}},
		"DELETE /form": {"status": 204},
		"GET /missing": {"status": 404, "body": "x" * 100000},
	}, tls=True, names=["www.python.org:443"]`)
	roots, err := r.host.DefaultRoots()
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: roots},
		DialContext: func(ctx context.Context, _, addr string) (net.Conn, error) {
			name, port, _ := net.SplitHostPort(addr)
			return r.host.Dial(ctx, host.DialRequest{Host: name, Port: port})
		},
	}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport}
	conns := 0
	ctx := httptrace.WithClientTrace(context.Background(), &httptrace.ClientTrace{
		GotConn: func(info httptrace.GotConnInfo) {
			if !info.Reused {
				conns++
			}
		},
	})
	for range 2 {
		for _, tt := range []struct {
			method, path, send string
			status, body, got  string
		}{
			{"GET", "/", "", "200 OK", "hello", ""},
			{"HEAD", "/", "", "200 OK", "", ""},
			{"GET", "/pieces", "", "200 In Pieces", "onetwo", ""},
			{"HEAD", "/pieces", "", "200 In Pieces", "", ""},
			{"POST", "/form", "a=1&b=2", "201 Created", "", "a=1&b=2"},
			{"DELETE", "/form", "", "204 No Content", "", ""},
			{"GET", "/missing", "", "404 Not Found", strings.Repeat("x", 100000), ""},
			{"PUT", "/form", "", "405 Method Not Allowed", "no route for PUT /form; its methods: DELETE, POST\n", ""},
		} {
			req, err := http.NewRequestWithContext(ctx, tt.method, "https://www.python.org"+tt.path, strings.NewReader(tt.send))
			if err != nil {
				t.Fatal(err)
			}
			r.paused(func() {
				resp, err := client.Do(req)
				if err != nil {
					t.Errorf("%s %s: %v", tt.method, tt.path, err)
					return
				}
				defer resp.Body.Close()
				body, err := io.ReadAll(resp.Body)
				if resp.Status != tt.status || string(body) != tt.body || resp.Header.Get("X-Got") != tt.got || err != nil {
					t.Errorf("%s %s: %q, %.100q, %q, %v; want %q, %.100q, %q", tt.method, tt.path,
						resp.Status, body, resp.Header.Get("X-Got"), err, tt.status, tt.body, tt.got)
				}
			})
		}
	}
	if conns != 1 {
		t.Errorf("%d connections were made; want 1", conns)
	}
	if got := r.eval("srv.errors, len(srv.requests)"); got != "([], 16)" {
		t.Errorf("errors, requests = %s", got)
	}
}

// TestChunksLeaveAlone has a client wait for each piece before the next is made.
func TestChunksLeaveAlone(t *testing.T) {
	r := newRig(t)
	next := make(chan struct{})
	r.host.Sleep = func(ctx context.Context, _ time.Duration) error {
		select {
		case <-next:
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	// Nine bytes are the chunk "4\r\nabcd\r\n".
	s := r.start(`{"/": testserver.drip({"body": ["abcd", "efgh"]}, 9, 1)}`)
	c := dial(t, s)
	fmt.Fprint(c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	const head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
	want := head + "4\r\nabcd\r\n4\r\nefgh\r\n0\r\n\r\n"
	for i := 0; i < len(want); {
		// The head is no multiple of nine: its last part is shorter.
		n := min(9, len(want)-i)
		if i < len(head) {
			n = min(9, len(head)-i)
		}
		got := make([]byte, n)
		if _, err := io.ReadFull(c.r, got); err != nil || string(got) != want[i:i+n] {
			t.Fatalf("at %d: %q, %v; want %q", i, got, err, want[i:i+n])
		}
		if c.r.Buffered() > 0 {
			t.Fatalf("at %d: more than %d bytes left at a time", i, n)
		}
		if i += n; i < len(want) {
			next <- struct{}{}
		}
	}
}

// TestDelay waits as long as it is told, by the run's own clock.
func TestDelay(t *testing.T) {
	r := newRig(t)
	var waits []time.Duration
	r.host.Sleep = func(_ context.Context, d time.Duration) error {
		waits = append(waits, d)
		return nil
	}
	s := r.start(`{"/": testserver.delay(1.5, testserver.delay(2, "late"))}`)
	if got := r.ask(s, "GET / HTTP/1.0"); !strings.HasSuffix(got, "late") {
		t.Errorf("GET = %q", got)
	}
	if want := []time.Duration{1500 * time.Millisecond, 2 * time.Second}; !slices.Equal(waits, want) {
		t.Errorf("waits = %v; want %v", waits, want)
	}
}

// TestSlowClients gives up on clients that do not send, or do not take.
func TestSlowClients(t *testing.T) {
	r := newRig(t)
	s := r.start(`"x" * 50000000, timeout=0.02`)
	for _, tt := range []struct{ sent, want string }{
		{"", ""},
		{"GET / HTTP/1.1\r\nHo", "HTTP/1.1 400 Bad Request"},
		{"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab", ""},
	} {
		c := dial(t, s)
		io.WriteString(c, tt.sent)
		got, err := io.ReadAll(c)
		if line, _, _ := strings.Cut(string(got), "\r\n"); line != tt.want || err != nil && !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("after %q: %q, %v; want %q and the end", tt.sent, line, err, tt.want)
		}
	}
	c := dial(t, s)
	io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	if _, err := c.r.ReadByte(); err != nil {
		t.Fatal(err)
	}
	for conns := 1; conns > 0; goruntime.Gosched() { // until the server has given up
		s.mu.Lock()
		conns = len(s.conns)
		s.mu.Unlock()
	}
	if n, _ := io.Copy(io.Discard, c); n >= 50000000 {
		t.Errorf("%d bytes arrived although the client took none in time", n)
	}
}

// TestAddresses shows where a server is, on both kinds of loopback.
func TestAddresses(t *testing.T) {
	for _, addr := range []string{"127.0.0.1", "::1"} {
		r := newRig(t)
		r.host.Listen = func(ctx context.Context) (net.Listener, error) {
			return new(net.ListenConfig).Listen(ctx, "tcp", net.JoinHostPort(addr, "0"))
		}
		if ln, err := r.host.Listen(context.Background()); err != nil {
			t.Logf("no loopback at %s: %v", addr, err)
			continue
		} else {
			ln.Close()
		}
		s := r.start(`"ok"`)
		port := s.addr.(*net.TCPAddr).Port
		netloc := net.JoinHostPort(addr, fmt.Sprint(port))
		if got, want := r.eval("[srv.host, srv.port, srv.netloc, srv.url, srv.cacert, srv.client_pem, srv.names, str(srv), type(srv)]"),
			fmt.Sprintf("['%s', %d, '%s', 'http://%[3]s', None, None, [], '<testserver.server http://%[3]s>', 'testserver.server']", addr, port, netloc); got != want {
			t.Errorf("attributes = %s; want %s", got, want)
		}
		r.run("safe = testserver.start('ok', tls=True)")
		if got := r.eval("safe.url == 'https://' + safe.netloc, safe.cacert.split('\\n')[0], safe.client_pem"); got != "(True, '-----BEGIN CERTIFICATE-----', None)" {
			t.Errorf("url, cacert, client_pem = %s", got)
		}
	}
}

// TestGoClose closes a server from Go, as an embedder's own code may.
func TestGoClose(t *testing.T) {
	r := newRig(t)
	s := r.start(`"ok"`)
	for range 2 {
		if err := s.Close(); err != nil {
			t.Errorf("Close() = %v", err)
		}
	}
}

// TestMethodArguments has methods refuse what they do not take.
func TestMethodArguments(t *testing.T) {
	r := newRig(t)
	s := r.start(`"ok"`)
	r.ask(s, "GET / HTTP/1.1")
	for _, call := range []string{
		"srv.close(1)", "srv.clear(1)", "srv.requests[0].headers.get()", "srv.requests[0].headers.getall()",
		"srv.requests[0].headers.get(5)", "srv.requests[0].headers.items(1)", "srv.requests[0].headers.keys(1)", "srv.requests[0].headers.pairs(1)",
	} {
		if err := r.exec(call); err == nil || !strings.HasPrefix(err.Error(), "TypeError: ") {
			t.Errorf("%s = %v; want a TypeError", call, err)
		}
	}
	if err := r.exec("srv.requests[0].headers['no']"); err == nil || !strings.Contains(err.Error(), `key "no" not in testserver.headers`) {
		t.Errorf("a missing header = %v", err)
	}
}
