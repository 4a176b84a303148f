package httplibmod

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
)

// A requestCase is a call and what each policy makes of it: "" if it sends, or the
// exception.
type requestCase struct{ call, python, strict string }

func requestCases() []requestCase {
	badURL := func(c, url string) string { return "httplib.InvalidURL: URL can't contain '" + c + "': " + url }
	return []requestCase{
		{`c.putrequest("GET", "/a b")`, `httplib.InvalidURL: URL can't contain control characters. '/a b' (found at least ' ')`, "="},
		{`c.putrequest("GET", "/\x7f")`, `httplib.InvalidURL: URL can't contain control characters. '/\x7f' (found at least '\x7f')`, "="},
		{`c.putrequest("GET", "/a\"b")`, "", badURL(`"`, `/a"b`)},
		{`c.putrequest("GET", "/<")`, "", badURL("<", "/<")},
		{`c.putrequest("GET", "/>")`, "", badURL(">", "/>")},
		{`c.putrequest("GET", "/\\")`, "", badURL(`\\`, `/\`)},
		{`c.putrequest("GET", "/^")`, "", badURL("^", "/^")},
		{"c.putrequest('GET', '/`')", "", badURL("`", "/`")},
		{`c.putrequest("GET", "/{")`, "", badURL("{", "/{")},
		{`c.putrequest("GET", "/|")`, "", badURL("|", "/|")},
		{`c.putrequest("GET", "/a#b")`, "", badURL("#", "/a#b")},
		{`c.putrequest("GET", "*")`, "", "httplib.InvalidURL: * is no target for GET"},
		{`c.putrequest("OPTIONS", "*")`, "", "="},
		{`c.putrequest("GET", "h:1")`, "", "httplib.InvalidURL: h:1 is no target for GET"},
		{`c.putrequest("CONNECT", "h:1")`, "", "="},
		{`c.putrequest("CONNECT", "/")`, "", "httplib.InvalidURL: / is no target for CONNECT"},
		{`c.putrequest("GET", "http://h/p?q")`, "", "="},
		{`c.putrequest("GET", "")`, "", "="},
		{`c.putrequest("GE T", "/")`, "ValueError: Invalid method 'GE T': it must be a token such as 'GET'", "="},
		{`c.putrequest("GET", "/")` + "\n" + `c.putheader("A b", "c")`, "", "ValueError: Invalid header name 'A b'"},
		{`c.putrequest("GET", "/")` + "\n" + `c.putheader("A\u00e9", "c")`, "", `ValueError: Invalid header name 'A\xc3\xa9'`},
		{`c.putrequest("GET", "/")` + "\n" + `c.putheader("A", "b\r\n c")`, "", "ValueError: header value of A is folded"},
		{`c.putrequest("GET", "/")` + "\n" + `c.putheader("A", "b", "c")`, "", "ValueError: header value of A is folded"},
		{`c.putrequest("GET", "/")` + "\n" + `c.putheader("A", "b\x00")`, `ValueError: Invalid header value 'b\x00'`, "="},
		{`c.putrequest("GET", "/", skip_host=1)` + "\n" + `c.putheader("Host", "a b")`, "ValueError: Invalid header value 'a b'", "="},
		{`c.putrequest("GET", "/", skip_host=1)` + "\n" + `c.putheader("Host", "a/b")`, "ValueError: Invalid header value 'a/b'", "="},
		{`c.putrequest("GET", "/", skip_host=1)` + "\n" + `c.putheader("Host", "a\r\nB: c")`, `ValueError: Invalid header value 'a\r\nB: c'`, "="},
		{`c.set_tunnel("h", 1, {"A b": "c"})`, "", "ValueError: Invalid header name 'A b'"},
		{`c.set_tunnel("h", 1, {"A": "b\r\n c"})`, "", "ValueError: header value of A is folded"},
		{`c.request("POST", "/", "hello", {"Content-Length": "3"})`, "error", "ValueError: the body is longer than its Content-Length"},
		{`c.request("GET", "/", None, {"Transfer-Encoding": "chunked", "content-length": "3"})`,
			"ValueError: Content-Length and Transfer-Encoding cannot both be given: leave one out", "="},
		{`c.request("GET", "/", None, {"Content-Length": "3", "content-length": "3"})`, "ValueError: Content-Length is given twice", "="},
		{`c = httplib.HTTPConnection("h\r\n")`, `httplib.InvalidURL: URL can't contain control characters. 'h\r\n' (found at least '\r')`, "="},
		{`c = httplib.HTTPConnection("h i")`, `httplib.InvalidURL: URL can't contain control characters. 'h i' (found at least ' ')`, "="},
	}
}

func TestPoliciesOfRequests(t *testing.T) {
	for _, tt := range requestCases() {
		if tt.strict == "=" {
			tt.strict = tt.python
		}
		for policy, want := range map[string]string{"python": tt.python, "strict": tt.strict} {
			script := fmt.Sprintf("c = httplib.HTTPConnection('h', policy=%q)\n", policy) + tt.call
			got := outcome(run(t, script, nil))
			if want == "error" && strings.HasPrefix(got, "PermissionError: ") || want == "error" && strings.Contains(got, "connect to h") {
				continue // it got as far as connecting, which this run may not
			}
			if got != want {
				t.Errorf("%s policy, %s: %s; want %s", policy, tt.call, got, want)
			}
		}
	}
}

// A sentCase is what a call writes, which is the same in both policies; "" is for
// a file that does not have what was announced of it.
type sentCase struct{ name, script, sent string }

func sentCases() []sentCase {
	const rest = "Accept-Encoding: identity\r\n"
	get := func(hostLine string) string { return "GET / HTTP/1.1\r\n" + hostLine + rest + "\r\n" }
	sends := func(method, fields, body string) string {
		return method + " / HTTP/1.1\r\nHost: h\r\n" + rest + fields + "\r\n" + body
	}
	return []sentCase{
		{"Host comes first", "c('h').request('GET', '/', None, {'A': 'b'})", "GET / HTTP/1.1\r\nHost: h\r\n" + rest + "A: b\r\n\r\n"},
		{"Host with a port", "c('h', 8080).request('GET', '/')", get("Host: h:8080\r\n")},
		{"Host without the default port", "c('h', 80).request('GET', '/')", get("Host: h\r\n")},
		{"Host of an IPv6 address", "c('[::1]', 81).request('GET', '/')", get("Host: [::1]:81\r\n")},
		{"the caller's Host", "c('h').request('GET', '/', None, {'hOST': 'x'})", "GET / HTTP/1.1\r\n" + rest + "hOST: x\r\n\r\n"},
		{"Host of an absolute target", "c('h').request('GET', 'http://other:99/p')",
			"GET http://other:99/p HTTP/1.1\r\nHost: other:99\r\n" + rest + "\r\n"},
		{"a string's length", "c('h').request('POST', '/', 'hello')", sends("POST", "Content-Length: 5\r\n", "hello")},
		{"no body of GET", "c('h').request('GET', '/')", sends("GET", "", "")},
		{"no body of DELETE", "c('h').request('DELETE', '/')", sends("DELETE", "", "")},
		{"no body of POST", "c('h').request('POST', '/')", sends("POST", "Content-Length: 0\r\n", "")},
		{"no body of PUT", "c('h').request('PUT', '/')", sends("PUT", "Content-Length: 0\r\n", "")},
		{"no body of PATCH", "c('h').request('PATCH', '/')", sends("PATCH", "Content-Length: 0\r\n", "")},
		{"the caller's coding", "c('h').request('POST', '/', '0\\r\\n\\r\\n', {'Transfer-Encoding': 'chunked'})",
			sends("POST", "Transfer-Encoding: chunked\r\n", "0\r\n\r\n")},
		{"a file's length", "c('h').request('POST', '/', open(FILE))", sends("POST", "Content-Length: 5\r\n", "hello")},
		{"a file that grows", "c('h').request('POST', '/', grown(open(FILE)))", sends("POST", "Content-Length: 5\r\n", "hello")},
		{"a file that shrinks", "x = c('h')\nx.request('POST', '/', shrunk(open(FILE)))", ""},
	}
}

// TestPoliciesOfSending: the peer gets these bytes and not one more, and no field
// that nobody asked for.
func TestPoliciesOfSending(t *testing.T) {
	for _, tt := range sentCases() {
		for _, policy := range []string{"python", "strict"} {
			cl, folder := newSaver(t)
			file := filepath.Join(folder, "file")
			if err := os.WriteFile(file, []byte("hello"), 0o666); err != nil {
				t.Fatal(err)
			}
			got := make(chan string, 1)
			s := newFaultServer(t, false, func(c *faultConn) {
				sent, _ := io.ReadAll(c.tcp)
				got <- string(sent)
			})
			dialled := false
			size := int64(-1) // what the file is to have once its length is announced
			h := *cl.host
			h.Dial = func(ctx context.Context, d host.DialRequest) (net.Conn, error) {
				if size >= 0 {
					if err := os.Truncate(file, size); err != nil {
						t.Error(err)
					}
				}
				dialled = true
				return new(net.Dialer).DialContext(ctx, "tcp", s.ln.Addr().String())
			}
			cl.host = host.Attach(cl.thread, context.Background(), h)
			cl.env["FILE"] = starlark.String(file)
			for name, n := range map[string]int64{"grown": 9, "shrunk": 3} {
				cl.env[name] = starlark.NewBuiltin(name, func(_ *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
					size = n
					return args[0], nil
				})
			}
			out := cl.run(fmt.Sprintf("def c(*args):\n    return httplib.HTTPConnection(timeout=5, policy=%q, *args)\n", policy) + tt.script)
			x, open := cl.env["x"].(*HTTPConnection)
			open = open && x.transport() != nil
			cl.close()
			var sent string
			if dialled {
				sent = <-got
			}
			s.close()
			switch {
			case tt.sent == "":
				if out != "httplib.HTTPException" || open || !strings.HasSuffix(sent, "Content-Length: 5\r\n\r\nhel") {
					t.Errorf("%s policy, %s: %s after %q, socket open: %v; want an HTTPException after 3 bytes of 5, and the end", policy, tt.name, out, sent, open)
				}
			case out != "" || sent != tt.sent:
				t.Errorf("%s policy, %s: sent %q, %s; want %q", policy, tt.name, sent, out, tt.sent)
			}
		}
	}
}
