package wire

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"starwire/runtime/racetest"
)

// readHead reads a head and describes it. After an error nothing may have been
// consumed: a caller with another rule reads the same bytes again.
func readHead(t *testing.T, input string, lim Limits, request bool) string {
	t.Helper()
	ok := false
	var h Head
	read := func(r *Reader) string {
		err := r.ReadResponse(&h)
		if request {
			err = r.ReadRequest(&h)
		}
		ok = err == nil
		if !ok {
			left, _ := io.ReadAll(r)
			if string(left) != input {
				t.Errorf("%q: after %v there is %q left to read", input, err, left)
			}
		}
		return describe(&h, err)
	}
	got := feed(t, input, lim, false, read)
	if ok {
		feed(t, input, lim, true, read)
	}
	return got
}

// The strict column of the requirements on status lines, field lines and the
// head as a whole (RFC 9112 §2 to §5).
func TestReadResponse(t *testing.T) {
	const ok = "HTTP/1.1 200 OK\r\n"
	for _, c := range []struct{ name, in, want string }{
		{"plain", ok + "A: b\r\nContent-Length:5 \r\n\r\n", `1.1 200 "OK" A="b" Content-Length="5"`},
		{"no fields", "HTTP/1.0 404 Not Found\r\n\r\n", `1.0 404 "Not Found"`},
		{"LF ends lines", "HTTP/1.1 404\nA: b\n\n", `1.1 404 "" A="b"`},
		{"LF and CRLF mixed", "HTTP/1.1 404\nA: b\r\nC: d\n\r\n", `1.1 404 "" A="b" C="d"`},
		{"version 1.9", "HTTP/1.9 200 OK\r\n\r\n", `1.9 200 "OK"`},
		{"raw bytes", "HTTP/1.1 200 \xe9\r\nA: \xe9\xff\r\n\r\n", `1.1 200 "\xe9" A="\xe9\xff"`},
		{"controls are kept", ok + "A: b\x01c\x7f\r\n\r\n", `1.1 200 "OK" A="b\x01c\x7f"`},
		{"tabs", ok + "A:\tb\tc\t\r\n\r\n", `1.1 200 "OK" A="b\tc"`},
		{"empty value", ok + "A:\r\nB: \r\n\r\n", `1.1 200 "OK" A="" B=""`},
		{"fold", ok + "A: b\r\n\tc\r\nD: e\r\n\r\n", `1.1 200 "OK" A="b c" D="e"`},
		{"fold of a fold", ok + "A: b\r\n c\n d\r\n\r\n", `1.1 200 "OK" A="b c d"`},
		{"fold with a colon", ok + "A: b\r\n c: d\r\n\r\n", `1.1 200 "OK" A="b c: d"`},

		{"nothing", "", "error EOF"},
		{"end in the status-line", "HTTP/1.1 200", "error unexpected EOF"},
		{"end in a field", ok + "A: b", "error unexpected EOF"},
		{"end before the empty line", ok + "A: b\r\n", "error unexpected EOF"},
		{"end in the empty line", ok + "A: b\r\n\r", "error unexpected EOF"},

		{"empty line first", "\r\n" + ok + "\r\n", "error wire: invalid status-line at byte 0"},
		{"banner", "SSH-2.0-x\r\n" + ok + "\r\n", "error wire: invalid status-line at byte 0"},
		{"TLS alert", "\x15\x03\x01\x00\x02\x02\x46\n", "error wire: invalid status-line at byte 0"},
		{"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "error wire: invalid status-line at byte 0"},
		{"NULs", strings.Repeat("\x00", 20) + "\r\n", "error wire: invalid status-line at byte 0"},
		{"lower case", "http/1.1 200 OK\r\n\r\n", "error wire: invalid status-line at byte 0"},
		{"version 2", "HTTP/2.0 200 OK\r\n\r\n", "error wire: invalid status-line at byte 5"},
		{"bare CR in the reason", "HTTP/1.1 200 O\rK\r\n\r\n", "error wire: invalid status-line at byte 14"},
		{"CR CR LF after the reason", "HTTP/1.1 200 OK\r\r\n\r\n", "error wire: invalid status-line at byte 15"},
		{"NUL in the reason", "HTTP/1.1 200 O\x00K\r\n\r\n", "error wire: invalid status-line at byte 14"},

		{"no colon", ok + "A: b\r\nbad\r\n\r\n", "error wire: invalid field-line at byte 26"},
		{"no name", ok + ": b\r\n\r\n", "error wire: invalid field-line at byte 17"},
		{"From line", ok + "From me Mon\r\n\r\n", "error wire: invalid field-line at byte 21"},
		{"space before the colon", ok + "Content-Length : 5\r\n\r\n", "error wire: invalid field-line at byte 31"},
		{"space in the name", ok + "Content Length: 5\r\n\r\n", "error wire: invalid field-line at byte 24"},
		{"NUL in the name", ok + "Transfer-Encoding\x00: chunked\r\n\r\n", "error wire: invalid field-line at byte 34"},
		{"NUL in a value", ok + "A: b\x00\r\n\r\n", "error wire: invalid field-line at byte 21"},
		{"bare CR in a value", ok + "A: b\rC: d\r\n\r\n", "error wire: invalid field-line at byte 21"},
		{"bare CR at the end of a value", ok + "A: b\r\r\n\r\n", "error wire: invalid field-line at byte 21"},
		{"CR CR LF as the empty line", ok + "A: b\r\n\r\r\n\r\n", "error wire: invalid field-line at byte 23"},
		{"CR before the empty line", ok + "\rA: b\r\n\r\n", "error wire: invalid field-line at byte 17"},
		{"CR LF CR X", ok + "A: b\r\n\rX: y\r\n\r\n", "error wire: invalid field-line at byte 23"},
		{"whitespace first", ok + " A: b\r\n\r\n", "error wire: invalid field-line at byte 17"},
		{"whitespace line first", ok + " \r\nA: b\r\n\r\n", "error wire: invalid field-line at byte 17"},
		{"NUL in a fold", ok + "A: b\r\n c\x00\r\n\r\n", "error wire: invalid field-line at byte 25"},
		{"CR in a fold", ok + "A: b\r\n \rc\r\n\r\n", "error wire: invalid field-line at byte 24"},
		{"fold of Content-Length", ok + "content-length:\r\n 5\r\n\r\n", "error wire: invalid field-line at byte 34"},
		{"fold of Transfer-Encoding", ok + "Transfer-Encoding: chunked\r\n\t\r\n\r\n", "error wire: invalid field-line at byte 45"},
		{"fold of a repeated framing field", ok + "Content-Length: 5\r\nContent-Length: 5\r\n 6\r\n\r\n", "error wire: invalid field-line at byte 55"},
		{"fold of another field of that length", ok + "Content_Length: 5\r\n 6\r\n\r\n", `1.1 200 "OK" Content_Length="5 6"`},
	} {
		if got := readHead(t, c.in, Limits{}, false); got != c.want {
			t.Errorf("%s: ReadResponse(%q) = %s; want %s", c.name, c.in, got, c.want)
		}
	}
}

func TestReadRequest(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"GET / HTTP/1.1\r\nHost: h\r\n\r\n", `1.1 "GET" "/" Host="h"`},
		{"POST http://h/ HTTP/1.0\n\n", `1.0 "POST" "http://h/"`},
		{"\r\nGET /after-one-empty-line HTTP/1.1\r\n\r\n", `1.1 "GET" "/after-one-empty-line"`},
		{"\r\n\r\nGET / HTTP/1.1\r\n\r\n", "error wire: invalid request-line at byte 2"},
		{"GET /a b HTTP/1.1\r\n\r\n", "error wire: invalid request-line at byte 7"},
		{"GET / HTTP/1.1\r\nHost : h\r\n\r\n", "error wire: invalid field-line at byte 20"},
		{"GET / HTTP/1.1", "error unexpected EOF"},
		{"", "error EOF"},
	} {
		if got := readHead(t, c.in, Limits{}, true); got != c.want {
			t.Errorf("ReadRequest(%q) = %s; want %s", c.in, got, c.want)
		}
	}
}

func TestEmptyLines(t *testing.T) {
	const head = "HTTP/1.1 200 OK\r\n\r\n"
	for _, c := range []struct {
		in, want string
	}{
		{head, `1.1 200 "OK"`},
		{"\r\n" + head, `1.1 200 "OK"`},
		{"\n\r\n" + head, `1.1 200 "OK"`},
		{"\r\n\r\n\r\n" + head, "error wire: invalid status-line at byte 4"},
		{"\r\n\r\n", "error unexpected EOF"},
		{" \r\n" + head, "error wire: invalid status-line at byte 0"},
		{"\r\r\n" + head, "error wire: invalid status-line at byte 0"},
	} {
		if got := readHead(t, c.in, StrictLimits(), false); got != c.want {
			t.Errorf("ReadResponse(%q) = %s; want %s", c.in, got, c.want)
		}
	}
}

// Each limit at n-1, n and n+1.
func TestHeadLimits(t *testing.T) {
	racetest.OneGoroutine(t)
	const start = "HTTP/1.1 200 OK\r\n"
	line := func(n int) string { return "A: " + strings.Repeat("x", n-5) + "\r\n" } // n bytes
	lines := func(n int, l string) string { return strings.Repeat(l, n) }
	for _, c := range []struct {
		name  string
		lim   Limits
		build func(n int) string // an input that uses n of what is limited
		n     int
		want  string // beyond n
	}{
		{"status-line", Limits{Line: 100}, func(n int) string { return "HTTP/1.1 200 " + strings.Repeat("x", n-15) + "\r\n\r\n" }, 100,
			"error wire: status-line is longer than 100 bytes"},
		{"status-line ended by LF", Limits{Line: 100}, func(n int) string { return "HTTP/1.1 200 " + strings.Repeat("x", n-14) + "\n\r\n" }, 100,
			"error wire: status-line is longer than 100 bytes"},
		{"field-line", Limits{Line: 100}, func(n int) string { return start + line(n) + "\r\n" }, 100,
			"error wire: field-line is longer than 100 bytes"},
		{"field-line, malformed too", Limits{Line: 100}, func(n int) string { return start + "\x00" + line(n-1) + "\r\n" }, 100,
			"error wire: field-line is longer than 100 bytes"},
		{"continuation line", Limits{Line: 100}, func(n int) string { return start + "A: b\r\n " + line(n-1) + "\r\n" }, 100,
			"error wire: field-line is longer than 100 bytes"},
		{"default line", Limits{}, func(n int) string { return start + line(n) + "\r\n" }, 65536,
			"error wire: field-line is longer than 65536 bytes"},
		{"field lines", Limits{FieldLines: 7}, func(n int) string { return start + lines(n, "A: b\r\n") + "\r\n" }, 7,
			"error wire: more than 7 field-lines"},
		{"field and continuation lines", Limits{FieldLines: 7}, func(n int) string { return start + "A: b\r\n" + lines(n-1, " c\r\n") + "\r\n" }, 7,
			"error wire: more than 7 field-lines"},
		{"default field lines", Limits{}, func(n int) string { return start + lines(n, "A: b\r\n") + "\r\n" }, 100,
			"error wire: more than 100 field-lines"},
		{"head", Limits{HeadBytes: 500}, func(n int) string { return start + lines(9, line(50)) + line(n-450-19) + "\r\n" }, 500,
			"error wire: header section is longer than 500 bytes"},
		{"head, then malformed", Limits{HeadBytes: 500}, func(n int) string { return start + lines(9, line(50)) + line(n-450-17) + "bad\r\n" }, 500,
			"error wire: header section is longer than 500 bytes"},
		{"default head", Limits{FieldLines: -1}, func(n int) string { return start + lines(31, line(1<<15)) + line(n-31<<15-19) + "\r\n" }, 1 << 20,
			"error wire: header section is longer than 1048576 bytes"},
	} {
		for _, n := range []int{c.n - 1, c.n, c.n + 1} {
			in := c.build(n)
			got := readHead(t, in, c.lim, false)
			switch {
			case c.want == "" || strings.Contains(c.name, "malformed") && n <= c.n:
			case n <= c.n && strings.HasPrefix(got, "error"):
				t.Errorf("%s: %d of %d: %s", c.name, n, c.n, got)
			case n > c.n && got != c.want:
				t.Errorf("%s: %d of %d: %.80s; want %s", c.name, n, c.n, got, c.want)
			}
		}
	}
}

// No limit but HeadBytes on the number of lines, when that is lifted.
func TestFieldLinesLifted(t *testing.T) {
	in := "HTTP/1.1 200 OK\r\n" + strings.Repeat("A: b\r\n", 5000) + "\r\n"
	var h Head
	if n, err := ParseResponse([]byte(in), &h, Limits{FieldLines: -1}); n != len(in) || err != nil || h.Len() != 5000 {
		t.Errorf("ParseResponse = %d, %v with %d fields; want %d and 5000 fields", n, err, h.Len(), len(in))
	}
}

// An endless head must be refused after what the limits allow has been read,
// and not much more.
func TestEndlessHeads(t *testing.T) {
	for _, c := range []struct {
		name, start, forever string
		most                 int
		want                 error
	}{
		{"status-line", "HTTP/1.1 200 ", "x", 1 << 17, exceeded(ElemStatusLine, TooLong, 0, 65536)},
		{"garbage", "", "\x00", 1 << 17, exceeded(ElemStatusLine, TooLong, 0, 65536)},
		{"field-line", "HTTP/1.1 200 OK\r\nA: ", "x", 1 << 17, exceeded(ElemFieldLine, TooLong, 17, 65536)},
		{"field-name", "HTTP/1.1 200 OK\r\n", "x", 1 << 17, exceeded(ElemFieldLine, TooLong, 17, 65536)},
		{"fields", "HTTP/1.1 200 OK\r\n", "A: b\r\n", 1 << 15, exceeded(ElemFieldLine, TooMany, 617, 100)},
		{"folds", "HTTP/1.1 200 OK\r\nA: b\r\n", " \r\n", 1 << 15, exceeded(ElemFieldLine, TooMany, 320, 100)},
		{"long fields", "HTTP/1.1 200 OK\r\n", "A: " + strings.Repeat("x", 40000) + "\r\n", 1 << 21, exceeded(ElemHeaderSection, TooLong, 0, 1<<20)},
	} {
		src := &endless{start: c.start, forever: c.forever}
		var h Head
		err := NewReader(src, Limits{}).ReadResponse(&h)
		var got, want *SyntaxError
		if errors.As(c.want, &want); !errors.As(err, &got) || *got != *want {
			t.Errorf("%s: %v (%+v); want %+v", c.name, err, got, want)
		}
		if src.read > c.most {
			t.Errorf("%s: read %d bytes; want at most %d", c.name, src.read, c.most)
		}
	}
}

// endless is a source that never ends.
type endless struct {
	start, forever string
	read           int // bytes given so far
}

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		if e.read < len(e.start) {
			p[i] = e.start[e.read]
		} else {
			p[i] = e.forever[(e.read-len(e.start))%len(e.forever)]
		}
		e.read++
	}
	return len(p), nil
}

// A malformed line is refused as soon as it is complete: a peer that sends one
// and then nothing must not hold us until a timeout.
func TestRefusedAtOnce(t *testing.T) {
	for _, in := range []string{
		"HTTP/1.1 2x0 OK\r\n",
		"HTTP/1.1 200 OK\r\nA: b\r\nno colon\n",
		"HTTP/1.1 200 OK\r\nA: b\x00\r\n",
		"HTTP/1.1 200 OK\r\n folded\r\n",
	} {
		src := io.MultiReader(strings.NewReader(in), iotest.ErrReader(errors.New("read too far")))
		var h Head
		var syntax *SyntaxError
		if err := NewReader(src, Limits{}).ReadResponse(&h); !errors.As(err, &syntax) || syntax.Reason != Invalid {
			t.Errorf("ReadResponse(%q, then nothing) = %v; want an invalid element", in, err)
		}
	}
}

// ParseResponse takes a head in pieces and goes on at the line that was cut:
// what came before is not read again (here: it is not there any more).
func TestParseResumes(t *testing.T) {
	in := headOf(50)
	var whole, h Head
	if _, err := ParseResponse(in, &whole, Limits{}); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 0, len(in))
	line := 0 // start of the last line
	for i, c := range in {
		b = append(b, c)
		n, err := ParseResponse(b, &h, Limits{})
		if last := i == len(in)-1; last && (n != len(in) || err != nil) || !last && (n != 0 || err != ErrShort) {
			t.Fatalf("after %d of %d bytes: %d, %v", i+1, len(in), n, err)
		}
		if c == '\n' {
			for j := range b[:line] {
				b[j] = 0
			}
			line = len(b)
		}
	}
	if h.Len() != whole.Len() || h.Status != 200 {
		t.Fatalf("%d fields; want %d", h.Len(), whole.Len())
	}
	for i := range h.Len() {
		a1, a2, a3, a4 := h.Span(i)
		if b1, b2, b3, b4 := whole.Span(i); a1 != b1 || a2 != b2 || a3 != b3 || a4 != b4 {
			t.Errorf("field %d at %d %d %d %d; want %d %d %d %d", i, a1, a2, a3, a4, b1, b2, b3, b4)
		}
	}
	// Nor is the cut line: a line end put where there was none goes unnoticed.
	b = []byte("HTTP/1.1 200 OK\r\nA: bcd")
	if _, err := ParseResponse(b[:len(b)-1], &h, Limits{}); err != ErrShort {
		t.Fatal(err)
	}
	b[len(b)-2] = '\n'
	if _, err := ParseResponse(b, &h, Limits{}); err != ErrShort || h.lines != 0 {
		t.Errorf("%v after %d lines; want ErrShort and none", err, h.lines)
	}
	h.Reset()
	// Reset, or fewer bytes than before, start anew.
	other := []byte("HTTP/1.0 404 Not Found\r\n\r\n")
	for range 2 {
		if _, err := ParseResponse(in[:len(in)-2], &h, Limits{}); err != ErrShort {
			t.Fatal(err)
		}
		if n, err := ParseResponse(other, &h, Limits{}); n != len(other) || err != nil || h.Status != 404 || h.Len() != 0 {
			t.Errorf("a new head after a short one: %d, %v, %s", n, err, describe(&h, nil))
		}
	}
}

// After a timeout the head is still there, and reading it can go on.
func TestReadResponseRetries(t *testing.T) {
	timeout := errors.New("timeout")
	in := "HTTP/1.1 200 OK\r\nA: b\r\n\r\n"
	for cut := range len(in) {
		src := &script{{data: in[:cut]}, {err: timeout}, {data: in[cut:]}, {err: timeout}}
		r := NewReader(src, Limits{})
		var h Head
		if err := r.ReadResponse(&h); err != timeout || string(r.Buffered()) != in[:cut] {
			t.Fatalf("cut at %d: %v with %q buffered", cut, err, r.Buffered())
		}
		if err := r.ReadResponse(&h); err != nil || describe(&h, nil) != `1.1 200 "OK" A="b"` {
			t.Fatalf("cut at %d, again: %v", cut, describe(&h, err))
		}
	}
}

// script is a source that plays these steps, one a Read.
type script []struct {
	data string
	err  error
}

func (s *script) Read(p []byte) (int, error) {
	if len(*s) == 0 {
		return 0, io.EOF
	}
	step := &(*s)[0]
	n := copy(p, step.data)
	if step.data = step.data[n:]; step.data != "" {
		return n, nil
	}
	err := step.err
	*s = (*s)[1:]
	return n, err
}

func ExampleReader_ReadResponse() {
	conn := strings.NewReader("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello")
	r := NewReader(conn, Limits{})
	var h Head
	if err := r.ReadResponse(&h); err != nil {
		fmt.Println(err)
		return
	}
	kind, _ := h.Get("content-type")
	framing, err := ResponseFraming("GET", &h)
	if err != nil {
		fmt.Println(err)
		return
	}
	content, err := io.ReadAll(r.Body(framing))
	fmt.Printf("%d %s, %s of %d bytes: %s, %v\n", h.Status, h.Reason(), kind, framing.Length, content, err)
	// Output: 200 OK, text/plain of 5 bytes: hello, <nil>
}
