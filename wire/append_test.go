package wire

import (
	"errors"
	"math"
	"testing"
)

func TestAppend(t *testing.T) {
	for _, c := range []struct {
		name string
		got  []byte
		want string
	}{
		{"request-line", AppendRequestLine([]byte("x"), "GET", "/a?b", 1), "xGET /a?b HTTP/1.1\r\n"},
		{"request-line 1.0", AppendRequestLine(nil, "PUT", "*", 0), "PUT * HTTP/1.0\r\n"},
		{"status-line", AppendStatusLine(nil, 1, 404, "Not Found"), "HTTP/1.1 404 Not Found\r\n"},
		{"status-line without reason", AppendStatusLine(nil, 0, 200, ""), "HTTP/1.0 200 \r\n"},
		{"field", AppendField(nil, "Host", "h"), "Host: h\r\n"},
		{"empty field", AppendField(nil, "A", ""), "A: \r\n"},
		{"chunk", AppendChunkLine(nil, 0xabc), "abc\r\n"},
		{"last-chunk", AppendChunkLine(nil, 0), "0\r\n"},
		{"negative chunk", AppendChunkLine(nil, -1), "0\r\n"},
		{"largest chunk", AppendChunkLine(nil, math.MaxInt64), "7fffffffffffffff\r\n"},
	} {
		if string(c.got) != c.want {
			t.Errorf("%s: %q; want %q", c.name, c.got, c.want)
		}
	}
}

func TestAppendRequest(t *testing.T) {
	got, err := AppendRequest([]byte("before"), "POST", "/form", []Field{{"Host", "h:80"}, {"Content-Length", "5"}, {"X", ""}})
	if want := "beforePOST /form HTTP/1.1\r\nHost: h:80\r\nContent-Length: 5\r\nX: \r\n\r\n"; string(got) != want || err != nil {
		t.Errorf("AppendRequest = %q, %v; want %q", got, err, want)
	}
	got, err = AppendResponse(nil, 200, "OK", []Field{{"Transfer-Encoding", "chunked"}})
	if want := "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"; string(got) != want || err != nil {
		t.Errorf("AppendResponse = %q, %v; want %q", got, err, want)
	}
}

// Nothing a caller passes may turn into protocol: hardenings H13 to H15.
func TestAppendRefuses(t *testing.T) {
	one := func(name, value string) []Field { return []Field{{"Host", "h"}, {name, value}} }
	for _, c := range []struct {
		name           string
		method, target string
		fields         []Field
		element        Element
		at             int64
	}{
		{"method with a request in it", "GET / HTTP/1.1\r\nX: y\r\n\r\nGET", "/", nil, ElemRequestLine, 0},
		{"no method", "", "/", nil, ElemRequestLine, 0},
		{"target with a space", "GET", "/a b", nil, ElemRequestLine, 0},
		{"target with CR LF", "GET", "/\r\nX: y", nil, ElemRequestLine, 0},
		{"no target", "GET", "", nil, ElemRequestLine, 0},
		{"name with a space", "GET", "/", one("a b", "c"), ElemFieldLine, 1},
		{"name with a colon", "GET", "/", one("a:", "c"), ElemFieldLine, 1},
		{"no name", "GET", "/", one("", "c"), ElemFieldLine, 1},
		{"value with LF", "GET", "/", one("a", "b\nc: d"), ElemFieldLine, 1},
		{"value with CR", "GET", "/", one("a", "b\rc"), ElemFieldLine, 1},
		{"value with a fold", "GET", "/", one("a", "b\r\n c"), ElemFieldLine, 1},
		{"value with NUL", "GET", "/", one("a", "b\x00"), ElemFieldLine, 1},
		{"length twice", "GET", "/", []Field{{"Content-Length", "1"}, {"content-length", "1"}}, ElemContentLength, 1},
		{"length of no digits", "GET", "/", one("Content-Length", "+5"), ElemContentLength, 1},
		{"length over 63 bits", "GET", "/", one("Content-Length", "9223372036854775808"), ElemContentLength, 1},
		{"length and coding", "GET", "/", []Field{{"Content-Length", "1"}, {"TRANSFER-ENCODING", "chunked"}}, ElemTransferEncoding, 1},
		{"coding and length", "GET", "/", []Field{{"Transfer-Encoding", "chunked"}, {"Content-Length", "1"}}, ElemContentLength, 1},
	} {
		dst := []byte("before")
		got, err := AppendRequest(dst, c.method, c.target, c.fields)
		var syntax *SyntaxError
		if !errors.As(err, &syntax) || *syntax != (SyntaxError{Element: c.element, Reason: Invalid, Offset: c.at}) {
			t.Errorf("%s: AppendRequest error %v; want invalid %v at %d", c.name, err, c.element, c.at)
		}
		if string(got) != "before" {
			t.Errorf("%s: AppendRequest left %q", c.name, got)
		}
		if c.element == ElemRequestLine {
			continue
		}
		if got, err := AppendResponse(dst, 200, "OK", c.fields); err == nil || string(got) != "before" {
			t.Errorf("%s: AppendResponse = %q, %v; want an error", c.name, got, err)
		}
	}
	for _, c := range []struct {
		code   int
		reason string
	}{{99, ""}, {1000, ""}, {-1, ""}, {200, "a\r\nb"}, {200, "\x00"}} {
		if got, err := AppendResponse(nil, c.code, c.reason, nil); err == nil || got != nil {
			t.Errorf("AppendResponse(%d, %q) = %q, %v; want an error", c.code, c.reason, got, err)
		}
	}
}
