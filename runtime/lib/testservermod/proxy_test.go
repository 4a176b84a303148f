package testservermod

import (
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"

	"starwire/runtime/host"
)

// connect asks a proxy for a tunnel and returns the status line and fields.
func (c *wireClient) connect(target string, fields ...string) string {
	fmt.Fprintf(c, "CONNECT %s HTTP/1.1\r\nHost: %[1]s\r\n%s\r\n", target, strings.Join(fields, ""))
	var head strings.Builder
	for {
		line, err := c.r.ReadString('\n')
		head.WriteString(line)
		if err != nil || line == "\r\n" {
			return head.String()
		}
	}
}

func TestProxy(t *testing.T) {
	r := newRig(t)
	r.run(`
web = testserver.start({"/": "plain"}, names=["www.test:80"])
secure = testserver.start({"/": "safe"}, tls=True, names=["www.test:443"])
proxy = testserver.proxy(names=["proxy.test:3128"])
`)
	proxy := r.globals["proxy"].(*server)
	if addr, _ := r.host.Names.Lookup("proxy.test", "3128"); addr != proxy.addr.String() {
		t.Errorf("the proxy's name leads to %q", addr)
	}
	const connected = "HTTP/1.1 200 Connection established\r\n\r\n"

	c := dial(t, proxy)
	wantText(t, "CONNECT", c.connect("www.test:80"), connected)
	for range 2 {
		if status, body, err := c.get("/"); status != "200 OK" || body != "plain" || err != nil {
			t.Errorf("GET through the tunnel: %q, %q, %v", status, body, err)
		}
	}

	c = dial(t, proxy)
	wantText(t, "CONNECT", c.connect("www.test:443"), connected)
	tc := r.tlsClient(t, c, "www.test")
	if status, body, err := (&wireClient{tc, newReader(tc)}).get("/"); status != "200 OK" || body != "safe" || err != nil {
		t.Errorf("GET through the tunnel: %q, %q, %v", status, body, err)
	}

	// A client that does not wait for the answer, and ends its side first.
	c = dial(t, proxy)
	io.WriteString(c, "CONNECT www.test:80 HTTP/1.1\r\nHost: www.test:80\r\n\r\nGET / HTTP/1.0\r\n\r\n")
	c.Conn.(*net.TCPConn).CloseWrite()
	if got, err := io.ReadAll(c); string(got) != connected+"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nplain" || err != nil {
		t.Errorf("sent ahead: %q, %v", got, err)
	}

	if got, want := r.eval("[(q.method, q.url, q.path, q.host) for q in proxy.requests]"),
		"[('CONNECT', 'www.test:80', 'www.test:80', 'www.test:80'), ('CONNECT', 'www.test:443', 'www.test:443', 'www.test:443'), ('CONNECT', 'www.test:80', 'www.test:80', 'www.test:80')]"; got != want {
		t.Errorf("proxy.requests = %s; want %s", got, want)
	}
	if got, want := r.eval("len(web.requests), len(secure.requests), proxy.errors"), "(3, 1, [])"; got != want {
		t.Errorf("requests, errors = %s; want %s", got, want)
	}
	r.run("proxy.close()") // with tunnels open
	if _, err := c.Read(make([]byte, 1)); err == nil {
		t.Error("a closed proxy's tunnel is open")
	}
}

func TestProxyAuth(t *testing.T) {
	r := newRig(t)
	r.run(`web = testserver.start("ok", names=["www.test:80"]); proxy = testserver.proxy(auth="me:pass:word")`)
	c := dial(t, r.globals["proxy"].(*server))
	for _, fields := range []string{"", "Proxy-Authorization: Basic bWU6d3Jvbmc=\r\n"} {
		fmt.Fprintf(c, "CONNECT www.test:80 HTTP/1.1\r\nHost: x\r\n%s\r\n", fields)
		if status, _, err := c.read(); status != "407 Proxy Authentication Required" || err != nil {
			t.Errorf("CONNECT with %q: %q, %v", fields, status, err)
		}
	}
	if got := c.connect("www.test:80", "Proxy-Authorization: Basic bWU6cGFzczp3b3Jk\r\n"); !strings.HasPrefix(got, "HTTP/1.1 200 ") {
		t.Errorf("CONNECT with the password: %q", got)
	}
	if status, body, err := c.get("/"); body != "ok" || err != nil {
		t.Errorf("GET through the tunnel: %q, %q, %v", status, body, err)
	}
	if got := r.eval("proxy.requests[2].headers['proxy-authorization']"); got != "'Basic bWU6cGFzczp3b3Jk'" {
		t.Errorf("Proxy-Authorization = %s", got)
	}
}

func TestProxyRefusals(t *testing.T) {
	r := newRig(t)
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := closed.Addr().String()
	closed.Close()
	r.run("proxy = testserver.proxy()")
	proxy := r.globals["proxy"].(*server)
	dialTo := r.host.Dial
	r.host.Dial = func(ctx context.Context, d host.DialRequest) (net.Conn, error) {
		if d.Host == "secret.test" {
			return nil, &host.PermissionError{Action: "connect to", Target: d.Host, Grant: "--allow-net"}
		}
		return dialTo(ctx, d)
	}
	c := dial(t, proxy)
	for _, tt := range []struct{ line, status, body string }{
		{"CONNECT " + nobody, "502 Bad Gateway", "connection refused"},
		{"CONNECT secret.test:443", "403 Forbidden", "not allowed to connect to secret.test"},
		{"GET http://www.test/", "405 Method Not Allowed", "this proxy only connects; it got GET http://www.test/"},
	} {
		fmt.Fprintf(c, "%s HTTP/1.1\r\nHost: x\r\n\r\n", tt.line)
		if status, body, err := c.read(); status != tt.status || !strings.Contains(body, tt.body) || err != nil {
			t.Errorf("%s: %q, %q, %v; want %q, %q", tt.line, status, body, err, tt.status, tt.body)
		}
	}
	if got := r.eval("len(proxy.errors), len(proxy.requests)"); got != "(2, 3)" {
		t.Errorf("errors, requests = %s", got)
	}
	reply := r.ask(proxy, "CONNECT noport HTTP/1.1")
	if !strings.HasPrefix(reply, "HTTP/1.1 400 Bad Request\r\n") {
		t.Errorf("CONNECT without a port: %q", reply)
	}
}
