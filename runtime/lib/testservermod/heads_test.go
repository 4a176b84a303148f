package testservermod

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// feedAll feeds p in pieces of n bytes and returns the heads found.
func feedAll(p string, n int) (list []string, err error) {
	var h heads
	for b := []byte(p); len(b) > 0; {
		k := min(n, len(b))
		if err := h.feed(b[:k]); err != nil {
			return list, err
		}
		b = b[k:]
		for head := h.next(); head != ""; head = h.next() {
			list = append(list, head)
		}
	}
	return list, nil
}

// FuzzHeads has net/http read a stream of requests and heads watch it: splits do
// not matter, and what heads has of a request is what net/http read.
func FuzzHeads(f *testing.F) {
	for _, seed := range []string{
		"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
		"GET /1 HTTP/1.1\nHost: x\n\nGET /2 HTTP/1.1\r\nHost: y\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabcGET / HTTP/1.1\r\nHost: x\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3;e=1\r\nabc\r\n0\r\nT: t\r\n\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n",
		"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\nabGET / HTTP/1.0\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\ncontent-length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n folded\r\nA:\tc \r\n\r\n",
		"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: +3\r\n\r\nabc",
		"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n-3\r\n\r\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, stream string) {
		whole, werr := feedAll(stream, len(stream)+1)
		single, serr := feedAll(stream, 1)
		if !slices.Equal(whole, single) || werr != serr {
			t.Fatalf("heads of %q: whole %q, %v; byte by byte %q, %v", stream, whole, werr, single, serr)
		}
		r := bufio.NewReader(strings.NewReader(stream))
		for i := 0; ; i++ {
			// As net/http's server does after a POST, and heads always.
			for {
				b, err := r.Peek(1)
				if err != nil || b[0] != '\r' && b[0] != '\n' {
					break
				}
				r.Discard(1)
			}
			req, err := http.ReadRequest(r)
			if err != nil {
				return
			}
			if i >= len(whole) {
				t.Fatalf("request %d of %q: heads has none; net/http %s %s", i, stream, req.Method, req.RequestURI)
			}
			line, _, _ := strings.Cut(whole[i], "\n")
			if want := req.Method + " " + req.RequestURI + " " + req.Proto; strings.TrimRight(line, "\r") != want {
				t.Fatalf("request %d of %q: heads has %q, net/http %q", i, stream, line, want)
			}
			for _, field := range headFields(whole[i]) {
				var values []string
				for _, v := range req.Header.Values(field.name) {
					values = append(values, strings.Trim(v, " \t"))
				}
				switch http.CanonicalHeaderKey(field.name) {
				case "Host", "Transfer-Encoding", "Trailer", "Content-Length", "Pragma", "Cache-Control":
					continue // net/http takes them away, or touches them
				}
				if !slices.Contains(values, field.value) {
					t.Fatalf("request %d of %q: heads has %q, net/http %q", i, stream, field, values)
				}
			}
			if _, err := io.Copy(io.Discard, req.Body); err != nil || req.Close {
				return
			}
		}
	})
}

// TestHeadsLost has streams of which heads cannot say where requests end.
func TestHeadsLost(t *testing.T) {
	const next = "GET /next HTTP/1.1\r\nHost: x\r\n\r\n"
	for _, stream := range []string{
		"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n" + next,
		"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n" + next,
		"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + strings.Repeat("0", maxHead+1) + "\r\n\r\n" + next,
	} {
		if got, err := feedAll(stream, 1000); len(got) != 1 || err != nil {
			t.Errorf("heads of %.60q…: %q, %v; want the first alone", stream, got, err)
		}
	}
	if _, err := feedAll("GET / HTTP/1.1\r\nX: "+strings.Repeat("x", maxHead), 1000); err != errHeadTooLarge {
		t.Errorf("a large head: %v; want %v", err, errHeadTooLarge)
	}
}

// TestWithoutHead shows a request as net/http read it, when the bytes are unknown.
func TestWithoutHead(t *testing.T) {
	r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader([]byte(
		"POST http://h/p?q HTTP/1.1\r\nHost: h\r\nx-b: 2\r\nX-A: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"))))
	if err != nil {
		t.Fatal(err)
	}
	req := newRequest(r, "")
	if got, want := req.headers.String(), "[('Host', 'h'), ('X-A', '1'), ('X-B', '2'), ('Transfer-Encoding', 'chunked')]"; got != want {
		t.Errorf("headers = %s; want %s", got, want)
	}
}

func TestSplitTarget(t *testing.T) {
	for _, tt := range []struct{ method, target, path, query string }{
		{"GET", "/a?b=c?d", "/a", "b=c?d"},
		{"GET", "*", "*", ""},
		{"OPTIONS", "*", "*", ""},
		{"GET", "http://h", "/", ""},
		{"GET", "http://h?q", "/", "q"},
		{"GET", "http://h/a?q", "/a", "q"},
		{"GET", "", "", ""},
		{"CONNECT", "h:80", "h:80", ""},
		{"GET", "//h/a", "//h/a", ""},
	} {
		if path, query := splitTarget(tt.method, tt.target); path != tt.path || query != tt.query {
			t.Errorf("splitTarget(%q, %q) = %q, %q; want %q, %q", tt.method, tt.target, path, query, tt.path, tt.query)
		}
	}
}
