package wire

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// parsed returns the head of a response with these field lines.
func parsed(t testing.TB, status string, lines ...string) *Head {
	t.Helper()
	var h Head
	raw := "HTTP/" + status + "\r\n" + strings.Join(append(lines, ""), "\r\n") + "\r\n"
	if n, err := ParseResponse([]byte(raw), &h, Limits{}); err != nil || n != len(raw) {
		t.Fatalf("ParseResponse(%q) = %d, %v", raw, n, err)
	}
	return &h
}

func TestHeadGet(t *testing.T) {
	h := parsed(t, "1.1 200 OK", "Server: x", "Set-Cookie: a=1", "set-cookie: b=2", "Empty:", "X-One: 1", "X-Two: 2")
	for _, c := range []struct {
		name, want string
		ok         bool
	}{
		{"Server", "x", true},
		{"sErVeR", "x", true},
		{"Set-Cookie", "a=1", true}, // the first
		{"Empty", "", true},
		{"X-Two", "2", true},
		{"X-Six", "", false},
		{"Serve", "", false},
		{"", "", false},
	} {
		if got, ok := h.Get(c.name); string(got) != c.want || ok != c.ok {
			t.Errorf("Get(%q) = %q, %v; want %q, %v", c.name, got, ok, c.want, c.ok)
		}
	}
}

func TestHeadIndex(t *testing.T) {
	h := parsed(t, "1.1 200 OK", "X-1: a", "X-2: b", "x-1: c", "X-^: d", "X-~: e", "Y1: f")
	for _, c := range []struct {
		name string
		want []int
	}{
		{"x-1", []int{0, 2}},
		{"X-2", []int{1}},
		{"X-3", nil},
		{"y1", []int{5}},
		{"Y\x11", nil}, // differs from 1 by the bit that tells cases apart
		{"x-~", []int{4}},
		{"x-^", []int{3}},
		{"x", nil},
		{"", nil},
	} {
		var got []int
		for i := h.Index(c.name, 0); i >= 0; i = h.Index(c.name, i+1) {
			got = append(got, i)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("the indexes of %q are %v; want %v", c.name, got, c.want)
		}
	}
}

func TestHeadOrder(t *testing.T) {
	h := parsed(t, "1.1 200 All right", "B: 1", "a:  2 ", "B: 3")
	var got []string
	for name, value := range h.All() {
		got = append(got, string(name)+"="+string(value))
	}
	if s := strings.Join(got, " "); s != "B=1 a=2 B=3" || h.Len() != 3 {
		t.Errorf("All() = %s, Len() = %d; want B=1 a=2 B=3 and 3", s, h.Len())
	}
	for name := range h.All() { // must stop when told to
		if string(name) != "B" {
			t.Errorf("All() goes on to %q after break", name)
		}
		break
	}
	whole := string(h.Bytes())
	if want := "HTTP/1.1 200 All right\r\nB: 1\r\na:  2 \r\nB: 3\r\n\r\n"; whole != want {
		t.Errorf("Bytes() = %q; want %q", whole, want)
	}
	for i := range h.Len() {
		name, value := h.Field(i)
		a, b, c, d := h.Span(i)
		if whole[a:b] != string(name) || whole[c:d] != string(value) {
			t.Errorf("Span(%d) locates %q and %q; want %q and %q", i, whole[a:b], whole[c:d], name, value)
		}
	}
	if a, b := h.ReasonSpan(); whole[a:b] != "All right" || string(h.Reason()) != "All right" {
		t.Errorf("ReasonSpan() locates %q, Reason() = %q; want All right", whole[a:b], h.Reason())
	}
	if h.Method() != nil || len(h.Target()) != 0 {
		t.Errorf("a response has method %q and target %q", h.Method(), h.Target())
	}
}

// The zero Head and one after Reset or a refused parse are empty, and safe.
func TestHeadEmpty(t *testing.T) {
	var zero, reset, refused Head
	if _, err := ParseResponse(headOf(3), &reset, Limits{}); err != nil {
		t.Fatal(err)
	}
	reset.Reset()
	if _, err := ParseResponse([]byte("HTTP/1.1 200 OK\r\na: b\r\nbad\r\n"), &refused, Limits{}); err == nil {
		t.Fatal("a line without a colon was accepted")
	}
	var short Head
	if _, err := ParseResponse([]byte("HTTP/1.1 200 OK\r\na: b\r\n"), &short, Limits{}); err != ErrShort {
		t.Fatal(err)
	}
	for name, h := range map[string]*Head{"zero": &zero, "reset": &reset, "refused": &refused, "unfinished": &short} {
		_, ok := h.Get("a")
		if h.Len() != 0 || ok || len(h.Bytes()) != 0 || len(h.Reason()) != 0 || len(h.Target()) != 0 || h.Folded() || h.Controls() || h.HasToken("a", "b") {
			t.Errorf("%s head: Len %d, Bytes %q, Reason %q", name, h.Len(), h.Bytes(), h.Reason())
		}
		for range h.All() {
			t.Errorf("%s head: All yields a field", name)
		}
	}
	if _, err := ParseResponse(headOf(6), &refused, Limits{}); err != nil || refused.Len() != 6 {
		t.Errorf("reuse after a refusal: %d fields, %v; want 6", refused.Len(), err)
	}
}

// A Head must not hold on to the memory of one monstrous message.
func TestHeadShrinks(t *testing.T) {
	var h Head
	for name, lim := range map[string]Limits{"bytes": {}, "fields": {FieldLines: -1}} {
		raw := "HTTP/1.1 200 OK\r\nA: " + strings.Repeat("x", 60000) + "\r\nB: " + strings.Repeat("x", 60000) + "\r\n\r\n"
		if lim.FieldLines < 0 {
			raw = "HTTP/1.1 200 OK\r\n" + strings.Repeat("a:\n", 20000) + "\r\n"
		}
		if _, err := ParseResponse([]byte(raw), &h, lim); err != nil {
			t.Fatal(name, err)
		}
		h.Reset()
		if cap(h.buf) > keepHead || cap(h.fields)*16 > keepHead {
			t.Errorf("%s: a reset Head keeps %d bytes and %d spans", name, cap(h.buf), cap(h.fields))
		}
	}
}

func TestHasToken(t *testing.T) {
	h := parsed(t, "1.1 200 OK", "Connection: Keep-Alive , foo", "Other: close", "connection:", "CONNECTION: ,\tClose\t,", "Long: "+strings.Repeat(",", 60000)+"end")
	for _, c := range []struct {
		name, token string
		want        bool
	}{
		{"Connection", "close", true},
		{"connection", "KEEP-ALIVE", true},
		{"Connection", "foo", true},
		{"Connection", "fo", false},
		{"Connection", "disclose", false},
		{"Long", "end", true},
		{"Absent", "close", false},
	} {
		if got := h.HasToken(c.name, c.token); got != c.want {
			t.Errorf("HasToken(%q, %q) = %v; want %v", c.name, c.token, got, c.want)
		}
	}
	if parsed(t, "1.1 200 OK", "Connection: disclose").HasToken("Connection", "close") {
		t.Error("disclose holds the token close")
	}
}

func TestFolded(t *testing.T) {
	for _, c := range []struct {
		lines []string
		want  string // of the first field
	}{
		{[]string{"A: one", " two"}, "one two"},
		{[]string{"A: one \t", "\t  two  ", " three "}, "one two three"},
		{[]string{"A:", " one"}, "one"},
		{[]string{"A: one", " "}, "one"},
		{[]string{"A: one", " ", " two"}, "one  two"},
		{[]string{"A: one", " : two"}, "one : two"},
		{[]string{"A:", " ", "\t"}, ""},
	} {
		h := parsed(t, "1.1 200 OK", append(c.lines, "Z: last")...)
		_, a := h.Field(0)
		_, z := h.Field(1)
		if string(a) != c.want || string(z) != "last" || h.Len() != 2 || !h.Folded() {
			t.Errorf("%q: %d fields, %q and %q, Folded %v; want %q and last", c.lines, h.Len(), a, z, h.Folded(), c.want)
		}
		if !bytes.Contains(h.Bytes(), []byte(strings.Join(c.lines, "\r\n"))) {
			t.Errorf("%q: Bytes() = %q, not as received", c.lines, h.Bytes())
		}
		if _, _, v, _ := h.Span(0); int(v) < len(h.Bytes()) {
			t.Errorf("%q: Span of a folded value starts at %d, within the head", c.lines, v)
		}
	}
	if parsed(t, "1.1 200 OK", "A: b").Folded() {
		t.Error("a head without folded lines says it has some")
	}
	if h := parsed(t, "1.1 200 OK", "Connection: foo,", " close"); !h.HasToken("Connection", "close") {
		t.Error("a token on a continuation line is not found")
	}
}

func TestControls(t *testing.T) {
	for _, c := range []struct {
		status, line string
		want         bool
	}{
		{"1.1 200 OK", "A: b\tc \xff\x7f", false},
		{"1.1 200 O\tK", "A: b", false},
		{"1.1 200 OK", "A: b\x0bc", true},
		{"1.1 200 OK", "A: b\r\n c\x01", true},
		{"1.1 200 OK\x0c", "A: b", true},
	} {
		h := parsed(t, c.status, c.line, "Z: last")
		if h.Controls() != c.want {
			t.Errorf("%q %q: Controls() = %v; want %v", c.status, c.line, h.Controls(), c.want)
		}
	}
}

func TestResponseFraming(t *testing.T) {
	for _, c := range []struct {
		method, status string
		lines          []string
		want           string
		persistent     bool
	}{
		// Rule 1, whatever the fields say (hardening H17).
		{"HEAD", "1.1 200", []string{"Content-Length: 5"}, "no content", true},
		{"HEAD", "1.1 200", []string{"Transfer-Encoding: chunked"}, "no content", true},
		{"GET", "1.1 204", []string{"Transfer-Encoding: chunked"}, "no content", true},
		{"GET", "1.1 304", []string{"Content-Length: 5"}, "no content", true},
		{"GET", "1.1 304", []string{"Content-Length: x"}, "no content", true},
		{"GET", "1.1 100", []string{"Content-Length: 5"}, "no content", true},
		{"GET", "1.1 103", nil, "no content", true},
		{"GET", "1.1 101", nil, "no content", false},
		// Rule 2.
		{"CONNECT", "1.1 200", []string{"Content-Length: 5"}, "no content", true},
		{"CONNECT", "1.1 299", []string{"Transfer-Encoding: chunked"}, "no content", true},
		{"CONNECT", "1.1 407", []string{"Content-Length: 5"}, "content-length 5", true},
		{"connect", "1.1 200", []string{"Content-Length: 5"}, "content-length 5", true}, // methods have a case
		{"head", "1.1 200", nil, "until close", false},
		// Rules 3 and 4; hardenings H10 and H11.
		{"GET", "1.1 200", []string{"Transfer-Encoding: chunked"}, "chunked", true},
		{"GET", "1.1 200", []string{"transfer-encoding: \tCHUNKED "}, "chunked", true},
		{"GET", "1.1 200", []string{"Transfer-Encoding: chunked", "Content-Length: 5"}, "chunked", false},
		{"GET", "1.1 200", []string{"Content-Length: x", "Transfer-Encoding: chunked"}, "chunked", false},
		{"GET", "1.0 200", []string{"Transfer-Encoding: chunked", "Connection: keep-alive"}, "chunked", false},
		{"GET", "1.1 200", []string{"Transfer-Encoding: gzip, chunked"}, "invalid Transfer-Encoding", false},
		{"GET", "1.1 200", []string{"Transfer-Encoding: chunked, chunked"}, "invalid Transfer-Encoding", false},
		{"GET", "1.1 200", []string{"Transfer-Encoding: chunked", "Transfer-Encoding: chunked"}, "invalid Transfer-Encoding", false},
		{"GET", "1.1 200", []string{"Transfer-Encoding: gzip", "transfer-encoding: chunked"}, "invalid Transfer-Encoding", false},
		{"GET", "1.1 200", []string{"Transfer-Encoding: identity"}, "invalid Transfer-Encoding", false},
		{"GET", "1.1 200", []string{"Transfer-Encoding:"}, "invalid Transfer-Encoding", false},
		{"GET", "1.1 200", []string{"Transfer-Encoding: chunked;q=1"}, "invalid Transfer-Encoding", false},
		{"GET", "1.1 200", []string{"Transfer-Encoding: \"chunked\""}, "invalid Transfer-Encoding", false},
		{"GET", "1.1 200", []string{"Transfer-Encoding: \x0bchunked"}, "invalid Transfer-Encoding", false},
		{"GET", "1.1 200", []string{"Transfer-Encoding: chunked\x0c"}, "invalid Transfer-Encoding", false},
		{"GET", "1.1 200", []string{"Transfer-Encoding: \xa0chunked"}, "invalid Transfer-Encoding", false},
		{"GET", "1.1 200", []string{"Transfer-Encoding: ,chunked"}, "invalid Transfer-Encoding", false},
		{"GET", "1.1 200", []string{"Transfer-Encoding: chunkedchunked"}, "invalid Transfer-Encoding", false},
		// Rules 5 and 6.
		{"GET", "1.1 200", []string{"Content-Length: 0"}, "content-length 0", true},
		{"GET", "1.0 200", []string{"Content-Length: 5"}, "content-length 5", false},
		{"GET", "1.0 200", []string{"Content-Length: 5", "Connection: Keep-Alive"}, "content-length 5", true},
		{"GET", "1.0 200", []string{"Content-Length: 5", "Connection: keep-alive, close"}, "content-length 5", false},
		{"GET", "1.1 200", []string{"Content-Length: 5", "Connection: foo", "Connection: close"}, "content-length 5", false},
		{"GET", "1.9 200", []string{"Content-Length: 5"}, "content-length 5", true},
		{"GET", "1.1 200", []string{"Content-Length: 9223372036854775807"}, "content-length 9223372036854775807", true},
		{"GET", "1.1 200", []string{"Content-Length: 0000000000000000005"}, "content-length 5", true},
		{"GET", "1.1 200", []string{"Content-Length: 5, 5 ,\t5"}, "content-length 5", true},
		{"GET", "1.1 200", []string{"Content-Length: 5", "Content-Length: 05"}, "content-length 5", true},
		{"GET", "1.1 200", []string{"Content-Length: 9223372036854775808"}, "invalid Content-Length", false},
		{"GET", "1.1 200", []string{"Content-Length: 9999999999999999999"}, "invalid Content-Length", false},
		{"GET", "1.1 200", []string{"Content-Length: 00000000000000000005"}, "too long Content-Length", false},
		{"GET", "1.1 200", []string{"Content-Length: 18446744073709551621"}, "too long Content-Length", false}, // wraps to 5
		{"GET", "1.1 200", []string{"Content-Length: " + strings.Repeat("9", 60000)}, "too long Content-Length", false},
		{"GET", "1.1 200", []string{"Content-Length: 5", "Content-Length: 6"}, "invalid Content-Length", false},
		{"GET", "1.1 200", []string{"Content-Length: 5,6"}, "invalid Content-Length", false},
		{"GET", "1.1 200", []string{"Content-Length: 5,"}, "invalid Content-Length", false},
		{"GET", "1.1 200", []string{"Content-Length: ,5"}, "invalid Content-Length", false},
		{"GET", "1.1 200", []string{"Content-Length: 5 5"}, "invalid Content-Length", false},
		{"GET", "1.1 200", []string{"Content-Length:"}, "invalid Content-Length", false},
		{"GET", "1.1 200", []string{"Content-Length: +5"}, "invalid Content-Length", false},
		{"GET", "1.1 200", []string{"Content-Length: -0"}, "invalid Content-Length", false},
		{"GET", "1.1 200", []string{"Content-Length: -5"}, "invalid Content-Length", false},
		{"GET", "1.1 200", []string{"Content-Length: 0x5"}, "invalid Content-Length", false},
		{"GET", "1.1 200", []string{"Content-Length: 5_0"}, "invalid Content-Length", false},
		{"GET", "1.1 200", []string{"Content-Length: 5\x0b"}, "invalid Content-Length", false},
		{"GET", "1.1 200", []string{"Content-Length: 5\xa0"}, "invalid Content-Length", false},
		{"GET", "1.1 200", []string{"Content-Length: 5.0"}, "invalid Content-Length", false},
		// Rule 8.
		{"GET", "1.1 200", nil, "until close", false},
		{"GET", "1.1 205", []string{"Content_Length: 5"}, "until close", false},
	} {
		h := parsed(t, c.status+" ?", c.lines...)
		f, err := ResponseFraming(c.method, h)
		got := f.Kind.String()
		switch {
		case err != nil:
			syntax := err.(*SyntaxError)
			got = fmt.Sprintf("%v %v", syntax.Reason, syntax.Element)
			if v := h.Bytes()[syntax.Offset:]; syntax.Offset == 0 || !bytes.Contains(v, []byte("\r\n")) || f != (Framing{}) {
				t.Errorf("%s: error at byte %d of %.60q, framing %v", got, syntax.Offset, h.Bytes(), f)
			}
		case f.Kind == ContentLength:
			got += fmt.Sprintf(" %d", f.Length)
		}
		if got != c.want {
			t.Errorf("ResponseFraming(%s, %s %.60q) = %s, %v; want %s", c.method, c.status, c.lines, got, err, c.want)
		}
		if err == nil && Persistent(h, f) != c.persistent {
			t.Errorf("Persistent(%s, %s %.60q) = %v; want %v", c.method, c.status, c.lines, !c.persistent, c.persistent)
		}
	}
}

func TestRequestFraming(t *testing.T) {
	for _, c := range []struct {
		version string
		lines   string
		want    string
	}{
		{"1.1", "", "no content 0"},
		{"1.1", "Content-Length: 5\r\n", "content-length 5"},
		{"1.0", "Content-Length: 5\r\n", "content-length 5"},
		{"1.1", "Content-Length: 5\r\nContent-Length: 5\r\n", "content-length 5"},
		{"1.1", "Transfer-Encoding: Chunked\r\n", "chunked 0"},
		{"1.0", "Transfer-Encoding: chunked\r\n", "error"},
		{"1.1", "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "error"},
		{"1.1", "Transfer-Encoding: gzip\r\n", "error"},
		{"1.1", "Content-Length: 5\r\nContent-Length: 6\r\n", "error"},
		{"1.1", "Content-Length: -5\r\n", "error"},
	} {
		var h Head
		if _, err := ParseRequest([]byte("POST / HTTP/"+c.version+"\r\n"+c.lines+"\r\n"), &h, Limits{}); err != nil {
			t.Fatal(err)
		}
		f, err := RequestFraming(&h)
		got := fmt.Sprintf("%v %d", f.Kind, f.Length)
		if err != nil {
			got = "error"
		}
		if got != c.want {
			t.Errorf("RequestFraming(%s %q) = %s, %v; want %s", c.version, c.lines, got, err, c.want)
		}
	}
	if s := FramingKind(9).String(); s != "unknown framing" {
		t.Errorf("FramingKind(9).String() = %q", s)
	}
}
