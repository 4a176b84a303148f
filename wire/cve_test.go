package wire

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
)

// outcome reads one response strictly, content and all, and says how that went.
func outcome(src io.Reader) string {
	r := NewReader(src, StrictLimits())
	var h Head
	if err := r.ReadResponse(&h); err != nil {
		return err.Error()
	}
	f, err := ResponseFraming("GET", &h)
	if err != nil {
		return err.Error()
	}
	b := r.Body(f)
	p := make([]byte, 4096)
	n := 0
	var start []byte
	for {
		k, err := b.Read(p)
		if n += k; n < 100 {
			start = append(start, p[:k]...)
		}
		if err == io.EOF {
			return fmt.Sprintf("%v %q", f.Kind, start)
		} else if err != nil {
			return fmt.Sprintf("%v %.20q then %v", f.Kind, start, err)
		}
	}
}

// The vulnerability record of HTTP/1.1 implementations, as far as a codec can
// repeat it. What a peer sends must have the outcome given, and cost memory by
// what it sent: at most four times that, and a megabyte.
func TestVulnerabilities(t *testing.T) {
	const (
		ok      = "HTTP/1.1 200 OK\r\n"
		chunked = ok + "Transfer-Encoding: chunked\r\n\r\n"
		size    = "wire: invalid chunk-size line at byte "
	)
	for _, c := range []struct {
		id, what       string
		start, forever string // forever is repeated for ever, if not empty
		want           string
	}{
		{"CVE-2013-1752", "endless status-line", "HTTP/1.1 200 ", "x", "wire: status-line is longer than 65536 bytes"},
		{"CVE-2013-1752", "endless field-line", ok + "A: ", "x", "wire: field-line is longer than 65536 bytes"},
		{"CVE-2013-1752", "endless chunk-size line", chunked + "5;", "x", `chunked "" then wire: chunk-size line is longer than 4096 bytes`},
		{"CVE-2013-1752", "endless digits", chunked, "0", `chunked "" then wire: chunk-size line is longer than 4096 bytes`},
		{"CVE-2013-1752", "endless trailer line", chunked + "0\r\nA: ", "x", `chunked "" then wire: trailer field-line is longer than 65536 bytes`},
		{"CVE-2013-2028", "negative size", chunked + "-1\r\n", "x", `chunked "" then ` + size + "0"},
		{"CVE-2015-5739", "space in the name", ok + "Content Length: 5\r\n\r\nhello", "", "wire: invalid field-line at byte 24"},
		{"CVE-2015-5740", "length twice, the same", ok + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello", "", `content-length "hello"`},
		{"CVE-2015-5741", "length twice", ok + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!", "", "wire: invalid Content-Length at byte 52"},
		{"CVE-2017-13089", "negative size", chunked + "-ffffffffffffffff\r\n", "x", `chunked "" then ` + size + "0"},
		{"CVE-2017-13090", "size of 2^63", chunked + "8000000000000000\r\n", "x", `chunked "" then ` + size + "16"},
		{"CVE-2019-16276", "space before the colon", ok + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", "", "wire: invalid field-line at byte 34"},
		{"CVE-2020-10735", "a length of many digits", ok + "Content-Length: " + strings.Repeat("1", 60000) + "\r\n\r\n", "", "wire: Content-Length has more than 19 digits"},
		{"CVE-2021-3737", "endless fields after 100", "HTTP/1.1 100 Continue\r\n", "A: b\r\n", "wire: more than 100 field-lines"},
		{"CVE-2021-32714", "size beyond 64 bits", chunked + "10000000000000005\r\nhello\r\n0\r\n\r\n", "", `chunked "" then ` + size + "16"},
		{"CVE-2021-32715", "length with a sign", ok + "Content-Length: +5\r\n\r\nhello", "", "wire: invalid Content-Length at byte 33"},
		{"CVE-2022-1705", "VT before chunked", ok + "Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n", "", "wire: invalid Transfer-Encoding at byte 36"},
		{"CVE-2022-32213", "coding list", ok + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n", "", "wire: invalid Transfer-Encoding at byte 36"},
		{"CVE-2022-32214", "CR as a line end", ok + "A: b\rTransfer-Encoding: chunked\r\n\r\n", "", "wire: invalid field-line at byte 21"},
		{"CVE-2022-32215", "coding folded", ok + "Transfer-Encoding: chunked\r\n , identity\r\n\r\n", "", "wire: invalid field-line at byte 45"},
		{"CVE-2022-35256", "coding folded before its value", ok + "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n", "", "wire: invalid field-line at byte 37"},
		{"CVE-2023-24534", "many colons", ok + ":" + strings.Repeat("\n:", 20000) + "\r\n\r\n", "", "wire: invalid field-line at byte 17"},
		{"CVE-2023-24534", "many empty names", ok + strings.Repeat("a:\n", 20000) + "\r\n\r\n", "", "wire: more than 100 field-lines"},
		{"CVE-2023-30589", "CR alone before a field", ok + "\rA: b\r\n\r\n", "", "wire: invalid field-line at byte 17"},
		{"CVE-2023-38039", "endless long fields", ok, "A: " + strings.Repeat("x", 20000) + "\r\n", "wire: header section is longer than 1048576 bytes"},
		{"CVE-2023-39326", "chunk extensions", chunked, "1;" + strings.Repeat("x", 200) + "\r\n.\r\n", `chunked "...................." then wire: chunk overhead is more than 16384 bytes in excess`},
		{"CVE-2023-47627", "sign in a size", chunked + "+5\r\nhello\r\n0\r\n\r\n", "", `chunked "" then ` + size + "0"},
		{"CVE-2023-47627", "space in a size", chunked + "0 5\r\nhello\r\n0\r\n\r\n", "", `chunked "" then ` + size + "2"},
		{"CVE-2024-52304", "LF in an extension", chunked + "5;a\nb\r\nhello\r\n0\r\n\r\n", "", `chunked "" then ` + size + "3"},
		{"CVE-2024-52530", "NUL behind a name", ok + "Transfer-Encoding\x00: chunked\r\n\r\n", "", "wire: invalid field-line at byte 34"},
		{"CVE-2025-13836", "a length of 2^40", ok + "Content-Length: 1099511627776\r\n\r\n0123456789", "", `content-length "0123456789" then wire: truncated content at byte 10`},
		{"CVE-2025-22871", "LF behind a size", chunked + "5\nhello\r\n0\r\n\r\n", "", `chunked "" then ` + size + "1"},
		{"CVE-2025-22871", "LF behind data", chunked + "5\r\nhello\n0\r\n\r\n", "", `chunked "hello" then wire: invalid chunk-data at byte 8`},
		{"CVE-2025-23167", "CR LF CR X", ok + "A: b\r\n\rX: y\r\n\r\n", "", "wire: invalid field-line at byte 23"},
		{"CVE-2025-43859", "XX behind data", chunked + "5\r\nhelloXX0\r\n\r\n", "", `chunked "hello" then wire: invalid chunk-data at byte 8`},
		{"CVE-2025-43859", "swapped line end behind data", chunked + "5\r\nhello\n\r0\r\n\r\n", "", `chunked "hello" then wire: invalid chunk-data at byte 8`},
		{"CVE-2025-53643", "LF behind a trailer", chunked + "0\r\nA: b\nHTTP/1.1 200 OK\r\n\r\n", "", `chunked "" then wire: invalid trailer field-line at byte 7`},
		{"CVE-2026-1801", "LF in a chunk's line end", chunked + "5\r\nhello\n0\n\n", "", `chunked "hello" then wire: invalid chunk-data at byte 8`},
		{"CVE-2026-34520", "NUL in a value", ok + "A: b\x00c\r\n\r\n", "", "wire: invalid field-line at byte 21"},
		{"python issue 150743", "endless trailers", chunked + "0\r\n", "A: b\r\n", `chunked "" then wire: more than 100 trailer field-lines`},
	} {
		t.Run(c.id+" "+c.what, func(t *testing.T) {
			src := &endless{start: c.start, forever: c.forever}
			in := io.Reader(src)
			if c.forever == "" {
				in = io.LimitReader(src, int64(len(c.start)))
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			got := outcome(in)
			runtime.ReadMemStats(&after)
			if got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			if n := after.TotalAlloc - before.TotalAlloc; n > 4*uint64(src.read)+1<<20 {
				t.Errorf("%d bytes allocated for %d received", n, src.read)
			}
		})
	}
}

// CVE-2021-31525: a search for a token must not recurse over what a peer sent.
func TestLongTokenList(t *testing.T) {
	list := strings.Repeat(" ,", 4<<20)
	raw := "HTTP/1.1 200 OK\r\nConnection: " + list + "close\r\n\r\n"
	lim := Limits{Line: len(raw), HeadBytes: len(raw)}
	var h Head
	if err := NewReader(strings.NewReader(raw), lim).ReadResponse(&h); err != nil {
		t.Fatal(err)
	}
	if !h.HasToken("connection", "close") || h.HasToken("connection", "keep-alive") {
		t.Error("close is not found at the end of a list of 8 MB, or keep-alive is")
	}
}

// CVE-2026-42507: error texts hold nothing that the peer chose.
func TestErrorsHoldNoPeerBytes(t *testing.T) {
	const evil = "\x1b[2J"
	for _, in := range []string{
		evil + "\r\n",
		"HTTP/1.1 200 " + evil + "\x00\r\n",
		"HTTP/1.1 200 OK\r\n" + evil + ": x\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: " + evil + "\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: " + evil + "\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + evil,
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + evil + "\r\n",
	} {
		got := outcome(strings.NewReader(in))
		if !strings.Contains(got, "wire: invalid") || strings.Contains(got, evil) || strings.ContainsAny(got, "\x1b\x00") {
			t.Errorf("%q: error text %q", in, got)
		}
	}
}

// CVE-2020-26116, CVE-2016-5699, CVE-2019-9740 and their kin: one serialiser,
// one check, and every control byte at every place of every argument.
func TestNoInjection(t *testing.T) {
	for i := range 256 {
		c := string([]byte{byte(i)})
		for _, at := range []string{c + "x", "x" + c + "x", "x" + c} {
			for part, args := range map[string][4]string{
				"method": {at, "/", "A", "b"},
				"target": {"GET", at, "A", "b"},
				"name":   {"GET", "/", at, "b"},
				"value":  {"GET", "/", "A", at},
			} {
				head, err := AppendRequest(nil, args[0], args[1], []Field{{args[2], args[3]}})
				control := i < ' ' && !(part == "value" && i == '\t') || i == 0x7f
				var syntax *SyntaxError
				if control && !errors.As(err, &syntax) {
					t.Errorf("byte %#02x in the %s is written as %q", i, part, head)
				}
				if err == nil && strings.Count(string(head), "\r\n") != 3 {
					t.Errorf("byte %#02x in the %s makes lines: %q", i, part, head)
				}
			}
		}
	}
}
