package httplibmod

import (
	"bufio"
	"io"
	"net/http"
	"strings"
	"testing"

	"go.starlark.net/starlark"

	"starwire/runtime/py"
	"starwire/wire"
)

// FuzzRequest: what request sends is one request, however odd its arguments. It
// has the lines that were asked for and ours, and if net/http's server accepts it,
// it is the request that was asked for, with the body that was given and nothing
// behind it. What is refused is refused before a byte goes out.
func FuzzRequest(f *testing.F) {
	f.Add("GET", "/", "A", "b", "", false)
	f.Add("POST", "/p?q=1", "Content-Type", "text/plain", "hello", true)
	f.Add("PUT", "http://h:1/p", "Host", "x", "\r\n\r\nGET / HTTP/1.1\r\n", false)
	f.Add("POST", "/", "Transfer-Encoding", "chunked", "0\r\n\r\n", false)
	f.Add("POST", "/", "content-length", "2", "hello", true)
	f.Add("GET / HTTP/1.1\r\nA: b\r\n\r\nGET", "/", "A", "b", "", false)
	f.Add("GET", "/\r\n", "A", "b\r\n c", "", false)
	f.Add("OPTIONS", "*", "A b", "\xff\x00", "x", true)
	f.Add("GET", "/", "A", "b\x00", "", false)
	f.Add("GET", "/", "A\x01", "b", "", false)
	f.Add("GET", "/\xe9", "A", "b", "", false)
	f.Fuzz(func(t *testing.T, method, target, name, value, body string, strict bool) {
		sock := &fakeSocket{}
		policy := map[bool]string{true: "strict", false: "python"}[strict]
		thread := new(starlark.Thread)
		v, err := starlark.Call(thread, plainClass, starlark.Tuple{starlark.String("h")}, []starlark.Tuple{{starlark.String("policy"), starlark.String(policy)}})
		if err != nil {
			t.Fatal(err)
		}
		c := v.(*HTTPConnection)
		if err := c.SetField("sock", sock.value()); err != nil {
			t.Fatal(err)
		}
		request, err := c.Attr("request")
		if err != nil {
			t.Fatal(err)
		}
		fields := new(starlark.Dict)
		fields.SetKey(starlark.String(name), starlark.String(value))
		args := starlark.Tuple{starlark.String(method), starlark.String(target), starlark.String(body), fields}
		_, err = starlark.Call(thread, request, args, nil)
		sent := strings.Join(sock.sent, "")
		if err != nil {
			describeError(err) // panics unless it is an exception
			if sent != "" {
				t.Fatalf("%v after %q", err, sent)
			}
			return
		}

		head, rest, ok := strings.Cut(sent, "\r\n\r\n")
		if !ok || rest != body || !strings.HasPrefix(head, method+" ") {
			t.Fatalf("sent %q; want a head, and the body %q", sent, body)
		}
		want := target
		if want == "" {
			want = "/"
		}
		if line, _, _ := strings.Cut(head, "\r\n"); line != method+" "+want+" HTTP/1.1" || !wire.IsToken(method) ||
			strings.ContainsFunc(want, func(c rune) bool { return c <= ' ' || c >= 0x7f }) {
			t.Fatalf("the request line is %q", line)
		}
		if strings.ContainsFunc(name, func(c rune) bool { return c < ' ' || c == 0x7f || c == ':' }) {
			t.Fatalf("there is a field called %q", name)
		}
		lines := 4 // the request line, ours, and the one given; Host or Content-Length may be the latter
		if !isName(name, "host") && !isName(name, "content-length") && !isName(name, "transfer-encoding") {
			lines++
		}
		if isName(name, "accept-encoding") {
			lines--
		}
		got := 1
		for _, end := range strings.SplitAfter(head, "\n")[1:] {
			if end[:1] != " " && end[:1] != "\t" { // a fold
				got++
			}
		}
		if got != lines || strings.Count(head, "\r\n") != strings.Count(head, "\n") || strings.Count(head, "\r") != strings.Count(head, "\n") || strings.Contains(head, "\x00") {
			t.Fatalf("a head of %d lines, want %d, or other line ends than CRLF: %q", got, lines, head)
		}

		if isName(name, "content-length") {
			if n, ok := py.Int10(value); !ok || n != int64(len(body)) {
				return // a promise of the caller's that is not kept
			}
		}
		r := bufio.NewReader(strings.NewReader(sent))
		req, err := http.ReadRequest(r)
		if err != nil {
			return // it parses the target, and knows fewer header names
		}
		if req.Method != method || req.RequestURI != want {
			t.Fatalf("net/http reads %s %q in %q; want %s %q", req.Method, req.RequestURI, sent, method, want)
		}
		if strings.EqualFold(name, "transfer-encoding") {
			return // the caller frames the body
		}
		content, err := io.ReadAll(req.Body)
		if behind, _ := io.ReadAll(r); err != nil || string(content) != body || len(behind) > 0 {
			t.Fatalf("net/http reads the body %q, %v, and has %q left of %q", content, err, behind, sent)
		}
	})
}
