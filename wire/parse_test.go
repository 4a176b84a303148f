package wire

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// offset returns where err found the input invalid, for tests of pure parsers.
func offset(t *testing.T, err error, e Element) int {
	t.Helper()
	var syntax *SyntaxError
	if !errors.As(err, &syntax) || syntax.Element != e || syntax.Reason != Invalid {
		t.Fatalf("error %v; want an invalid %v", err, e)
	}
	return int(syntax.Offset)
}

// The rows of the status-line: what a strict client takes and refuses.
func TestParseStatusLine(t *testing.T) {
	for _, c := range []struct {
		line   string
		minor  int
		code   int
		reason string
	}{
		{"HTTP/1.1 200 OK", 1, 200, "OK"},
		{"HTTP/1.0 404 Not Found", 0, 404, "Not Found"},
		{"HTTP/1.1 200 ", 1, 200, ""},
		{"HTTP/1.1 200", 1, 200, ""},
		{"HTTP/1.9 200 OK", 9, 200, "OK"},
		{"HTTP/1.1 100 Continue", 1, 100, "Continue"},
		{"HTTP/1.1 999 ?", 1, 999, "?"},
		{"HTTP/1.1 200  two\tspaces ", 1, 200, " two\tspaces "},
		{"HTTP/1.1 200 \xc3\xa9\x1b[31m\x7f", 1, 200, "\xc3\xa9\x1b[31m\x7f"},
	} {
		s, err := ParseStatusLine([]byte(c.line))
		if err != nil || s.Minor != c.minor || s.Code != c.code || string(s.Reason) != c.reason {
			t.Errorf("ParseStatusLine(%q) = %d %d %q, %v; want %d %d %q", c.line, s.Minor, s.Code, s.Reason, err, c.minor, c.code, c.reason)
		}
	}
	for _, c := range []struct {
		line string
		at   int
	}{
		{"", 0},
		{"<html>", 0},
		{"http/1.1 200 OK", 0},
		{" HTTP/1.1 200 OK", 0},
		{"HTTP/0.9 200 OK", 5},
		{"HTTP/2.0 200 OK", 5},
		{"HTTP/2 200", 5},
		{"HTTP/1", 6},
		{"HTTP/1.", 7},
		{"HTTP/1.x 200 OK", 7},
		{"HTTP/1.10 200 OK", 8},
		{"HTTP/1.1", 8},
		{"HTTP/1.1\t200 OK", 8},
		{"HTTP/1.1\xa0200", 8},
		{"HTTP/1.1 ", 9},
		{"HTTP/1.1  200 OK", 9},
		{"HTTP/1.1 099 OK", 9},
		{"HTTP/1.1 +200 OK", 9},
		{"HTTP/1.1 -20 OK", 9},
		{"HTTP/1.1 0200 OK", 9},
		{"HTTP/1.1 20", 11},
		{"HTTP/1.1 2_00 OK", 10},
		{"HTTP/1.1 20O OK", 11},
		{"HTTP/1.1 2000 OK", 12},
		{"HTTP/1.1 200OK", 12},
		{"HTTP/1.1 200\tOK", 12},
		{"HTTP/1.1 200 O\x00K", 14},
		{"HTTP/1.1 200 OK\r", 15},
		{"HTTP/1.1 200 a long reason\nand so on", 26},
	} {
		s, err := ParseStatusLine([]byte(c.line))
		if at := offset(t, err, ElemStatusLine); at != c.at || s.Code != 0 {
			t.Errorf("ParseStatusLine(%q) fails at %d (%+v); want at %d and nothing", c.line, at, s, c.at)
		}
	}
}

func TestParseRequestLine(t *testing.T) {
	for _, c := range []struct{ line, method, target string }{
		{"GET / HTTP/1.1", "GET", "/"},
		{"OPTIONS * HTTP/1.1", "OPTIONS", "*"},
		{"CONNECT www.python.org:443 HTTP/1.1", "CONNECT", "www.python.org:443"},
		{"M-SEARCH http://h/?q=%20#f HTTP/1.1", "M-SEARCH", "http://h/?q=%20#f"},
	} {
		r, err := ParseRequestLine([]byte(c.line))
		if err != nil || string(r.Method) != c.method || string(r.Target) != c.target || r.Minor != 1 {
			t.Errorf("ParseRequestLine(%q) = %q %q %d, %v; want %q %q 1", c.line, r.Method, r.Target, r.Minor, err, c.method, c.target)
		}
	}
	for _, c := range []struct {
		line string
		at   int
	}{
		{"", 0},
		{" GET / HTTP/1.1", 0},
		{"GET", 3},
		{"GET\t/ HTTP/1.1", 3},
		{"G(T / HTTP/1.1", 1},
		{"GET ", 4},
		{"GET  / HTTP/1.1", 4},
		{"GET /", 5},
		{"GET /\x7f HTTP/1.1", 5},
		{"GET /\xe9 HTTP/1.1", 5},
		{"GET / ", 6},
		{"GET / x HTTP/1.1", 6},
		{"GET /  HTTP/1.1", 6},
		{"GET / HTTP/2.0", 11},
		{"GET / HTTP/1.11", 14},
		{"GET / HTTP/1.1 ", 14},
		{"GET / HTTP/1.1\r", 14},
	} {
		r, err := ParseRequestLine([]byte(c.line))
		if at := offset(t, err, ElemRequestLine); at != c.at || r.Method != nil {
			t.Errorf("ParseRequestLine(%q) fails at %d (%+v); want at %d and nothing", c.line, at, r, c.at)
		}
	}
}

func TestParseFieldLine(t *testing.T) {
	for _, c := range []struct{ line, name, value string }{
		{"Host: example.com", "Host", "example.com"},
		{"a:", "a", ""},
		{"a: \t ", "a", ""},
		{"a:b", "a", "b"},
		{"a:\t b\tc \t", "a", "b\tc"},
		{"a: b:c", "a", "b:c"},
		{"a::", "a", ":"},
		{"X-Raw: \xe9\x80\xff", "X-Raw", "\xe9\x80\xff"},
		{"X-Ctl: \x01\x0b\x7f", "X-Ctl", "\x01\x0b\x7f"},
	} {
		name, value, err := ParseFieldLine([]byte(c.line))
		if err != nil || string(name) != c.name || string(value) != c.value {
			t.Errorf("ParseFieldLine(%q) = %q, %q, %v; want %q, %q", c.line, name, value, err, c.name, c.value)
		}
	}
	for _, c := range []struct {
		line string
		at   int
	}{
		{"", 0},
		{"name", 4},
		{": v", 0},
		{"Content-Length : 5", 14},
		{"Content Length: 5", 7},
		{" folded", 0},
		{"\tfolded: x", 0},
		{"From me Mon", 4},
		{"n\xe9: x", 1},
		{"n\x00: x", 1},
		{"Transfer-Encoding\x00: chunked", 17},
		{"a: \x00", 3},
		{"a: b\rc: d", 4},
		{"a: b\r", 4},
		{"a: b\nc: d", 4},
		{"a: a long value before\tthe \nend", 27},
	} {
		name, value, err := ParseFieldLine([]byte(c.line))
		if at := offset(t, err, ElemFieldLine); at != c.at || name != nil || value != nil {
			t.Errorf("ParseFieldLine(%q) = %q, %q, fails at %d; want at %d and nothing", c.line, name, value, at, c.at)
		}
	}
}

// Strict and lenient (hardening H7) side by side; "-" is a refusal.
func TestParseChunkLine(t *testing.T) {
	zeros := strings.Repeat("0", 5000)
	for _, c := range []struct{ line, strict, lenient string }{
		{"0", "0", "0"},
		{"5", "5", "5"},
		{"aF", "175", "175"},
		{"000", "0", "0"},
		{"0000000000000005", "5", "5"},
		{"00000000000000005", "-", "5"}, // 17 digits
		{zeros + "5", "-", "5"},
		{zeros, "-", "0"},
		{"7fffffffffffffff", "9223372036854775807", "9223372036854775807"},
		{zeros + "7fffffffffffffff", "-", "9223372036854775807"},
		{"8000000000000000", "-", "-"},
		{"ffffffffffffffff", "-", "-"},
		{"10000000000000005", "-", "-"}, // wraps to 5 in 64 bits
		{zeros + "10000000000000005", "-", "-"},
		{"5 ", "-", "5"},
		{"5 \t ", "-", "5"},
		{"5;a=b", "5", "5"},
		{"5 ;a=b", "5", "5"},
		{"5\t;", "5", "5"},
		{"5; a = \"x;y\" ", "5", "5"},
		{"5;\x01\xff", "5", "5"},
		{"5;a\x00", "-", "5"},
		{"5;a\rb", "-", "-"},
		{"5;a\r", "-", "-"},
		{"5\r", "-", "-"},
		{"5 \r", "-", "-"},
		{"", "-", "-"},
		{";a=b", "-", "-"},
		{" 5", "-", "-"},
		{"+5", "-", "-"},
		{"-5", "-", "-"},
		{"-0", "-", "-"},
		{"-ffffffffffffffff", "-", "-"},
		{"0x5", "-", "-"},
		{"5_0", "-", "-"},
		{"5 5", "-", "-"},
		{"5\x0b", "-", "-"},
		{"5\x0c", "-", "-"},
		{"5\x00", "-", "-"},
		{"g", "-", "-"},
		{"\xef\xbc\x95", "-", "-"}, // a digit, but not of US-ASCII
	} {
		show := func(size int64, at int) string {
			if at >= 0 {
				return "-"
			}
			return fmt.Sprint(size)
		}
		if got := show(parseChunkLine([]byte(c.line), false)); got != c.strict {
			t.Errorf("parseChunkLine(%.30q, strict) = %s; want %s", c.line, got, c.strict)
		}
		if got := show(parseChunkLine([]byte(c.line), true)); got != c.lenient {
			t.Errorf("parseChunkLine(%.30q, lenient) = %s; want %s", c.line, got, c.lenient)
		}
		size, err := ParseChunkLine([]byte(c.line))
		if got := fmt.Sprint(size); (err == nil) != (c.strict != "-") || err == nil && got != c.strict {
			t.Errorf("ParseChunkLine(%.30q) = %s, %v; want %s", c.line, got, err, c.strict)
		}
		if err != nil {
			offset(t, err, ElemChunkSize)
		}
	}
}

func ExampleParseFieldLine() {
	name, value, err := ParseFieldLine([]byte("Content-Type:  text/plain "))
	fmt.Printf("%q %q %v\n", name, value, err)
	_, _, err = ParseFieldLine([]byte("Content-Length : 5"))
	fmt.Println(err)
	// Output:
	// "Content-Type" "text/plain" <nil>
	// wire: invalid field-line at byte 14
}

// A parser without I/O, for bytes that come from anywhere.
func ExampleParseResponse() {
	stream := "HTTP/1.1 200 OK\r\nServer: x\r\nContent-Length: 5\r\n\r\nhello"
	var h Head
	for have := 10; ; have += 10 {
		n, err := ParseResponse([]byte(stream[:have]), &h, Limits{})
		if err == ErrShort {
			continue
		} else if err != nil {
			fmt.Println(err)
			return
		}
		for name, value := range h.All() {
			fmt.Printf("%s is %s\n", name, value)
		}
		f, err := ResponseFraming("GET", &h)
		fmt.Printf("behind %d bytes of head: %v, %d bytes, %v\n", n, f.Kind, f.Length, err)
		return
	}
	// Output:
	// Server is x
	// Content-Length is 5
	// behind 49 bytes of head: content-length, 5 bytes, <nil>
}

func ExampleAppendRequest() {
	head, err := AppendRequest(nil, "PUT", "/notes/1", []Field{
		{"Host", "example.com"},
		{"Transfer-Encoding", "chunked"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, data := range []string{"hello,", "world"} {
		head = AppendChunkLine(head, int64(len(data)))
		head = append(append(head, data...), "\r\n"...)
	}
	head = append(AppendChunkLine(head, 0), "\r\n"...)
	fmt.Println(strings.ReplaceAll(string(head), "\r\n", "\n"))
	// Output:
	// PUT /notes/1 HTTP/1.1
	// Host: example.com
	// Transfer-Encoding: chunked
	//
	// 6
	// hello,
	// 5
	// world
	// 0
}
