package testservermod

import (
	"strings"
	"testing"
)

// TestResponses checks responses byte for byte.
func TestResponses(t *testing.T) {
	const head11 = "HTTP/1.1 200 OK\r\n"
	tests := []struct {
		name, routes, line string
		want               string
	}{
		{"string", `{"/": "hello"}`, "GET / HTTP/1.1", head11 + "Content-Length: 5\r\nConnection: close\r\n\r\nhello"},
		{"bytes", `{"/": b"a\xffz"}`, "GET / HTTP/1.1", head11 + "Content-Length: 3\r\nConnection: close\r\n\r\na\xffz"},
		{"empty", `{"/": ""}`, "GET / HTTP/1.1", head11 + "Content-Length: 0\r\nConnection: close\r\n\r\n"},
		{"empty dict", `{"/": {}}`, "GET / HTTP/1.1", head11 + "Content-Length: 0\r\nConnection: close\r\n\r\n"},
		{"HEAD", `{"/": "hello"}`, "HEAD / HTTP/1.1", head11 + "Content-Length: 5\r\nConnection: close\r\n\r\n"},
		{"HEAD of GET", `{"GET /": "hello"}`, "HEAD / HTTP/1.1", head11 + "Content-Length: 5\r\nConnection: close\r\n\r\n"},
		{"HEAD's own", `{"GET /": "hello", "HEAD /": "hi"}`, "HEAD / HTTP/1.1", head11 + "Content-Length: 2\r\nConnection: close\r\n\r\n"},
		{"status", `{"/": {"status": 404, "body": "no"}}`, "GET / HTTP/1.1", "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno"},
		{"reason", `{"/": {"reason": "Très Bien  "}}`, "GET / HTTP/1.1", "HTTP/1.1 200 Très Bien  \r\nContent-Length: 0\r\nConnection: close\r\n\r\n"},
		{"no reason", `{"/": {"reason": ""}}`, "GET / HTTP/1.1", "HTTP/1.1 200 \r\nContent-Length: 0\r\nConnection: close\r\n\r\n"},
		{"unknown status", `{"/": {"status": 299}}`, "GET / HTTP/1.1", "HTTP/1.1 299 \r\nContent-Length: 0\r\nConnection: close\r\n\r\n"},
		{"headers as dict", `{"/": {"headers": {"x-b": "1", "X-A": 2, "Set-Cookie": ["a", "b"]}}}`, "GET / HTTP/1.1",
			head11 + "x-b: 1\r\nX-A: 2\r\nSet-Cookie: a\r\nSet-Cookie: b\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"},
		{"headers as pairs", `{"/": {"headers": [("Z", ""), ["a", "1"], ("Z", "2")]}}`, "GET / HTTP/1.1",
			head11 + "Z: \r\na: 1\r\nZ: 2\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"},
		{"chunks", `{"/": {"body": ["one", "", "twelve bytes"]}}`, "GET / HTTP/1.1",
			head11 + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\none\r\nc\r\ntwelve bytes\r\n0\r\n\r\n"},
		{"no chunks", `{"/": {"body": []}}`, "GET / HTTP/1.1", head11 + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n"},
		{"HEAD of chunks", `{"/": {"body": ["one"]}}`, "HEAD / HTTP/1.1", head11 + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"},
		{"chunks to 1.0", `{"/": {"body": ["one", "two"]}}`, "GET / HTTP/1.0", "HTTP/1.0 200 OK\r\n\r\nonetwo"},
		{"1.0", `{"/": "hello"}`, "GET / HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello"},
		{"coding said", `{"/": {"headers": {"transfer-encoding": "chunked"}, "body": "one"}}`, "GET / HTTP/1.1",
			head11 + "transfer-encoding: chunked\r\nConnection: close\r\n\r\n3\r\none\r\n0\r\n\r\n"},
		{"other coding", `{"/": {"headers": {"Transfer-Encoding": "gzip"}, "body": "one"}}`, "GET / HTTP/1.1",
			head11 + "Transfer-Encoding: gzip\r\nConnection: close\r\n\r\none"},
		{"length said", `{"/": {"headers": {"content-length": 3}, "body": "one"}}`, "GET / HTTP/1.1",
			head11 + "content-length: 3\r\nConnection: close\r\n\r\none"},
		{"both said", `{"/": {"headers": {"Content-Length": 3, "Transfer-Encoding": "chunked"}, "body": "one"}}`, "GET / HTTP/1.1",
			head11 + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\none\r\n0\r\n\r\n"},
		{"204", `{"/": {"status": 204}}`, "GET / HTTP/1.1", "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"},
		{"304", `{"/": {"status": 304, "headers": {"ETag": '"1"'}}}`, "GET / HTTP/1.1", "HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\nConnection: close\r\n\r\n"},
		{"raw", `{"/": testserver.raw("HTTP/9.9 what\n\x00\u00ff")}`, "GET / HTTP/1.1", "HTTP/9.9 what\n\x00\xc3\xbf"},
		{"raw bytes", `{"/": testserver.raw(b"\xff")}`, "GET / HTTP/1.1", "\xff"},
		{"raw to HEAD", `{"/": testserver.raw("x")}`, "HEAD / HTTP/1.1", "x"},
		{"drip", `{"/": testserver.drip("hello", 2)}`, "GET / HTTP/1.1", head11 + "Content-Length: 5\r\nConnection: close\r\n\r\nhello"},
		{"delay", `{"/": testserver.delay(0, {"status": 503})}`, "GET / HTTP/1.1", "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"},
		{"faults within", `{"/": testserver.delay(0.001, testserver.drip(testserver.raw("abc"), n=1, seconds=0.001))}`, "GET / HTTP/1.1", "abc"},
		{"large", `{"/": "x" * 200000}`, "GET / HTTP/1.1", head11 + "Content-Length: 200000\r\nConnection: close\r\n\r\n" + strings.Repeat("x", 200000)},
		{"response as routes", `{"status": 418}`, "GET /any HTTP/1.1", "HTTP/1.1 418 I'm a teapot\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"},
		{"string as routes", `"hi"`, "BREW /any HTTP/1.1", head11 + "Content-Length: 2\r\nConnection: close\r\n\r\nhi"},
		{"raw as routes", `testserver.raw("hi")`, "GET / HTTP/1.1", "hi"},
		{"function as routes", `lambda req: req.path`, "GET /a HTTP/1.1", head11 + "Content-Length: 2\r\nConnection: close\r\n\r\n/a"},
		{"function", `{"/": lambda req: {"reason": "Fine", "body": ["a", "b"]}}`, "GET / HTTP/1.1",
			"HTTP/1.1 200 Fine\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n1\r\na\r\n1\r\nb\r\n0\r\n\r\n"},
		{"function to HEAD", `{"/": lambda req: req.method}`, "HEAD / HTTP/1.1", head11 + "Content-Length: 4\r\nConnection: close\r\n\r\n"},
		{"function of raw", `{"/": lambda req: testserver.raw("z")}`, "GET / HTTP/1.1", "z"},
		{"function in delay", `{"/": testserver.delay(0, lambda req: "late")}`, "GET / HTTP/1.1", head11 + "Content-Length: 4\r\nConnection: close\r\n\r\nlate"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t)
			s := r.start(tt.routes)
			wantText(t, tt.line, r.ask(s, tt.line), tt.want)
			if got := r.eval("srv.errors"); got != "[]" {
				t.Errorf("srv.errors = %s; want none", got)
			}
		})
	}
}
