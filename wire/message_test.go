package wire

import (
	"io"
	"testing"
)

func TestReadResponse(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"HTTP/1.1 200 OK\r\nA: b\r\nContent-Length:5 \r\n\r\n", `1.1 200 "OK" A="b" Content-Length="5"`},
		{"HTTP/1.0 404\n\n", `1.0 404 ""`},
	} {
		got := feed(t, c.in, Limits{}, true, func(r *Reader) string {
			var h Head
			err := r.ReadResponse(&h)
			return describe(&h, err)
		})
		if got != c.want {
			t.Errorf("ReadResponse(%q) = %s; want %s", c.in, got, c.want)
		}
	}
}

func TestBodyChunked(t *testing.T) {
	const in = "5\r\nhello\r\n1;x=y\r\n \r\n00000005\r\nworld\r\n0\r\nA: b\r\n\r\n"
	got := feed(t, in, Limits{}, true, func(r *Reader) string {
		b := r.Body(Framing{Kind: Chunked})
		s, err := io.ReadAll(b)
		if err != nil {
			return err.Error()
		}
		return string(s)
	})
	if got != "hello world" {
		t.Errorf("got %q", got)
	}
}
