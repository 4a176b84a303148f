package runtime

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"starwire/runtime/host"
)

// An observer keeps what it is told.
type observer struct {
	mu   sync.Mutex
	seen []*Exchange
}

func (o *observer) observe(x *Exchange) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.seen = append(o.seen, x)
}

// summary tells what of an exchange does not depend on time.
func summary(x *Exchange) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %d", x.Method, x.Target, x.Status)
	for _, flag := range []struct {
		name string
		on   bool
	}{
		{"reused", x.Reused}, {"tls", x.TLS != nil}, {"proxy", x.Proxy != ""}, {"complete", x.Complete}, {"failed", x.Err != nil},
		{"resolved", x.Resolve > 0}, {"connected", x.Connect > 0}, {"handshake", x.Handshake > 0},
		{"sent", x.Sent > 0}, {"answered", x.FirstByte > 0}, {"over", x.LastByte > 0}, {"in", x.BytesIn > 0}, {"out", x.BytesOut > 0},
	} {
		if flag.on {
			b.WriteString(" " + flag.name)
		}
	}
	return b.String()
}

func TestObserve(t *testing.T) {
	const whole = " sent answered over in out"
	tests := []struct {
		name, src string
		want      []string
	}{
		{"reuse", `
c = httplib.HTTPConnection(srv.netloc)
for path in ["/", "/chunked"]:
    c.request("GET", path)
    c.getresponse().read()
`, []string{
			"GET / 200 complete connected" + whole,
			"GET /chunked 200 reused complete" + whole,
		}},
		{"connect first", `
c = httplib.HTTPConnection("localhost", srv.port)
c.connect()
c.request("POST", "/", "data")
c.getresponse().read()
`, []string{"POST / 200 complete" + whole}},
		{"tls", `
c = httplib.HTTPSConnection(secure.netloc)
c.request("GET", "/")
c.getresponse().read()
`, []string{"GET / 200 tls complete connected handshake" + whole}},
		{"tunnel", `
proxy = testserver.proxy()
c = httplib.HTTPSConnection(proxy.netloc)
c.set_tunnel("origin", 443)
c.request("GET", "/")
c.getresponse().read()
`, []string{"GET / 200 tls proxy complete connected handshake" + whole}},
		{"refused", `
attempt(httplib.HTTPConnection("127.0.0.1", 1).request, "GET", "/")
`, []string{"GET / 0 failed over"}},
		{"not allowed", `
attempt(httplib.HTTPConnection("10.0.0.1").request, "GET", "/")
`, []string{"GET / 0 failed over"}},
		{"silence", `
c = httplib.HTTPConnection(srv.netloc)
c.request("GET", "/reset")
attempt(c.getresponse)
`, []string{"GET /reset 0 failed connected sent over out"}},
		{"short", `
c = httplib.HTTPConnection(srv.netloc)
c.request("GET", "/short")
attempt(c.getresponse().read)
`, []string{"GET /short 200 failed connected" + whole}},
		{"not read", `
c = httplib.HTTPConnection(srv.netloc)
c.request("GET", "/")
c.getresponse().close()
c.request("GET", "/")
c.close()
c.request("GET", "/")
`, []string{
			"GET / 200 connected" + whole,
			"GET / 0 connected sent over out",
			"GET / 0 connected sent out", // the run's end
		}},
		{"no content", `
c = httplib.HTTPConnection(srv.netloc)
c.request("HEAD", "/")
c.getresponse().read()
c.request("GET", "/")
c.getresponse().read()
`, []string{"HEAD / 200 complete connected" + whole, "GET / 200 reused complete" + whole}},
		{"server closes", `
c = httplib.HTTPConnection(srv.netloc)
for n in range(2):
    c.request("GET", "/old")
    c.getresponse().read()
`, []string{"GET /old 200 complete connected" + whole, "GET /old 200 complete connected" + whole}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var o observer
			rt, _ := newRuntime(t, Config{
				Permissions: Permissions{Listen: true, Net: []string{"127.0.0.1:1", "localhost", "origin"}}, Observe: o.observe,
			})
			_, err := rt.Run(context.Background(), "x.star", []byte(`
routes = {
    "/": "hello", "/chunked": {"headers": {"Transfer-Encoding": "chunked"}, "body": "x" * 1000},
    "/reset": testserver.raw(""), "/old": testserver.raw("HTTP/1.0 200 OK\r\n\r\nold"),
    "/short": testserver.raw("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"),
}
srv, secure = testserver.start(routes), testserver.start(routes, tls=True, names=["origin:443"])
`+tt.src))
			if err != nil {
				t.Fatal(FormatError(err))
			}
			var got []string
			for _, x := range o.seen {
				got = append(got, summary(x))
			}
			if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", tt.want) {
				t.Errorf("observed\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
			}
		})
	}
}

// TestObserveFields looks at the values themselves.
func TestObserveFields(t *testing.T) {
	var o observer
	rt, out := newRuntime(t, Config{Permissions: Permissions{Listen: true}, Observe: o.observe})
	_, err := rt.Run(context.Background(), "x.star", []byte(`
srv = testserver.start(testserver.raw("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"))
c = httplib.HTTPConnection(srv.netloc)
c.request("GET", "/x")
r = c.getresponse()
r.read()
print(srv.port, c.stats["bytes_in"], c.stats["bytes_out"], sorted(r.timings), r.timings["tls"])
attempt(httplib.HTTPConnection("10.0.0.1").request, "GET", "/")
`))
	if err != nil || len(o.seen) != 2 {
		t.Fatalf("%d exchanges, error %s; want 2", len(o.seen), FormatError(err))
	}
	x := o.seen[0]
	const head = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
	request := fmt.Sprintf("GET /x HTTP/1.1\r\nHost: 127.0.0.1:%s\r\nAccept-Encoding: identity\r\n\r\n", x.Port)
	if x.BytesIn != int64(len(head)) || x.BytesOut != int64(len(request)) || x.Version != 11 || x.Scheme != "http" || x.Host != "127.0.0.1" {
		t.Errorf("exchange = %+v", x)
	}
	if x.Remote.String() != "127.0.0.1:"+x.Port || x.Local == nil || x.Sent > x.FirstByte || x.FirstByte > x.LastByte || x.Began.IsZero() {
		t.Errorf("exchange = %+v", x)
	}
	var refused *host.PermissionError
	if !errors.As(o.seen[1].Err, &refused) || o.seen[1].Remote != nil {
		t.Errorf("the error of a refused one = %v", o.seen[1].Err)
	}
	want := fmt.Sprintf("%s %d %d [\"connect\", \"first_byte\", \"last_byte\", \"resolve\", \"sent\", \"tls\"] None\n", x.Port, len(head), len(request))
	if out.String() != want {
		t.Errorf("printed %q; want %q", out, want)
	}
}

// TestTimings has a script look for itself.
func TestTimings(t *testing.T) {
	rt, out := newRuntime(t, Config{Permissions: Permissions{Listen: true}})
	_, err := rt.Run(context.Background(), "x.star", []byte(`
srv = testserver.start("hello", tls=True)
c = httplib.HTTPSConnection(srv.netloc)
def get():
    c.request("GET", "/")
    r = c.getresponse()
    r.read()
    return r
print(c.timings, c.stats, get().timings)
c.timings = True
t = get().timings
print(c.timings, t["connect"], t["tls"], t["first_byte"] <= t["last_byte"])
c.close()
t = get().timings
print(t["connect"] > 0, t["tls"] > 0)
s = c.stats
print(s["requests"], s["connections"], s["reused"], s["tls"], s["remote"] == srv.netloc, s["bytes_in"] > 0)
c.timings = False
print(c.timings, c.stats)
`))
	want := "False None None\nTrue None None True\nTrue True\n2 1 1 TLS 1.3 True True\nFalse None\n"
	if err != nil || out.String() != want {
		t.Errorf("printed %q, error %s; want %q", out, FormatError(err), want)
	}
}

// TestObserveParallel observes many connections at once, and those of a run that
// is stopped.
func TestObserveParallel(t *testing.T) {
	var o observer
	rt, _ := newRuntime(t, Config{Permissions: Permissions{Listen: true}, Observe: o.observe})
	_, err := rt.Run(context.Background(), "x.star", []byte(`
srv = testserver.start({"/": "x", "/stuck": testserver.delay(1000, "x")})
def f(n):
    c = httplib.HTTPConnection(srv.netloc)
    c.request("GET", "/")
    c.getresponse().read()
    c.request("GET", "/stuck")
    if n == 0:
        fail("over")
    c.getresponse()
parallel(f, range(4))
`))
	if err == nil || err.Error() != "Error: over" {
		t.Errorf("error %v", err)
	}
	complete := 0
	for _, x := range o.seen {
		if x.Target == "/" && x.Complete {
			complete++
		} else if x.Target == "/stuck" && x.Complete {
			t.Errorf("exchange = %+v; want it incomplete", x)
		}
	}
	if complete == 0 || len(o.seen) < 2 {
		t.Errorf("%d exchanges, %d complete", len(o.seen), complete)
	}
}
