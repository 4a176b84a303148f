package wire

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httputil"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// inPieces feeds a pure parser a longer and longer beginning of data until it
// says something other than ErrShort, or there is no more.
func inPieces(data []byte, seed uint64, parse func(b []byte) (int, error)) (n int, err error) {
	rnd := rand.New(rand.NewPCG(seed, uint64(len(data))))
	for have := 0; ; {
		n, err = parse(data[:have])
		if err != ErrShort || have == len(data) {
			return n, err
		}
		have = min(have+1+rnd.IntN(5), len(data))
	}
}

// costs runs f and fails if it allocates more than 8 times what it was given, and
// a megabyte: memory follows the bytes received, never the bytes announced.
func costs(t *testing.T, given []byte, f func()) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > 8*uint64(len(given))+1<<20 {
		t.Fatalf("%d bytes allocated for %d received: %.200q", n, len(given), given)
	}
}

// The grammar once more, by other means: RFC 9112 §4, §5, §5.2 and §7.1, with LF
// for a line end where §2.2 has it.
var (
	statusLineForm = regexp.MustCompile(`^HTTP/1\.[0-9] [1-9][0-9]{2}( [^\x00\r\n]*)?$`)
	fieldLineForm  = regexp.MustCompile("^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[^\\x00\\r\\n]*$")
	foldForm       = regexp.MustCompile(`^[ \t][^\x00\r\n]*$`)
	framingForm    = regexp.MustCompile(`(?im)^(content-length|transfer-encoding):`)
	trailerForm    = regexp.MustCompile("^([!#$%&'*+.^_`|~0-9A-Za-z-]+:[^\\x00\\r\\n]*\\r\\n)*\\r\\n")
	chunkForm      = regexp.MustCompile(`^([0-9A-Fa-f]{1,16})([ \t]*;[^\x00\r\n]*)?\r\n`)
	lenientForm    = regexp.MustCompile(`^(0*[0-9A-Fa-f]{0,16})[ \t]*(;[^\r\n]*)?\r\n`)
)

// headForm says what of head is not of the grammar, or "".
func headForm(head string) string {
	var lines []string
	for line := range strings.Lines(strings.TrimLeft(head, "\r\n")) {
		lines = append(lines, strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r"))
	}
	last := len(lines) - 1
	if last < 1 || lines[last] != "" || !statusLineForm.MatchString(lines[0]) {
		return lines[0]
	}
	frames := true // nor may whitespace follow the status line
	for _, line := range lines[1:last] {
		if fieldLineForm.MatchString(line) {
			frames = framingForm.MatchString(line)
		} else if frames || !foldForm.MatchString(line) {
			return line
		}
	}
	return ""
}

// lengthForm is RFC 9112 §6.3 for an answer to GET: how long its content is, -1 for
// chunked, -2 to the end of the connection; ok is false where it cannot be told.
func lengthForm(h *Head) (n int64, ok bool) {
	var lengths, codings []string
	for name, value := range h.All() {
		switch strings.ToLower(string(name)) {
		case "content-length":
			lengths = append(lengths, strings.Split(string(value), ",")...)
		case "transfer-encoding":
			codings = append(codings, strings.ToLower(string(value)))
		}
	}
	switch {
	case h.Status < 200 || h.Status == 204 || h.Status == 304:
		return 0, true
	case len(codings) > 0:
		return -1, len(codings) == 1 && codings[0] == "chunked"
	case len(lengths) == 0:
		return -2, true
	}
	for i, s := range lengths {
		v, err := strconv.ParseUint(strings.Trim(s, " \t"), 10, 63)
		if i == 0 {
			n = int64(v)
		}
		if err != nil || int64(v) != n || len(strings.Trim(s, " \t")) > 19 {
			return 0, false
		}
	}
	return n, true
}

// chunkedForm decodes chunked content slowly. ok reports whether it was of the
// grammar, as far as that is asked of it: if lenient, without the trailer section.
func chunkedForm(data string, lenient bool) (content string, ok bool) {
	form := chunkForm
	if lenient {
		form = lenientForm
	}
	for {
		m := form.FindStringSubmatch(data)
		if m == nil || m[1] == "" {
			return content, false
		}
		data = data[len(m[0]):]
		size, err := strconv.ParseInt(m[1], 16, 64)
		switch {
		case err != nil:
			return content, false
		case size == 0:
			section := trailerForm.FindString(data)
			return content, lenient || section != "" && !framingForm.MatchString(section)
		case size > int64(len(data))-2 || data[size:][:2] != "\r\n":
			return content, false
		}
		content += data[:size]
		data = data[size+2:]
	}
}

// A response head: however it is split the result is the same; what is accepted is
// of the grammar, and says what net/http reads, where that accepts it, content
// included; written again it reads the same. Content is read at the cost of its bytes, whatever length is
// announced.
func FuzzReadResponse(f *testing.F) {
	f.Add([]byte("HTTP/1.1 200 OK\r\nA: b\r\n c\r\nContent-Length: 2\r\n\r\nhi"), uint64(1))
	f.Fuzz(func(t *testing.T, data []byte, seed uint64) {
		costs(t, data, func() { outcome(bytes.NewReader(data)) })
		lim := Limits{Line: 200, HeadBytes: 1000, FieldLines: 10, EmptyLines: int(seed % 3)}
		var h, split Head
		n, err := ParseResponse(data, &h, lim)
		sn, serr := inPieces(data, seed, func(b []byte) (int, error) { return ParseResponse(b, &split, lim) })
		if got, want := describe(&split, serr), describe(&h, err); sn != n || got != want {
			t.Fatalf("in pieces %d %s; whole %d %s", sn, got, n, want)
		}
		r := NewReader(&pieces{data: data, rnd: rand.New(rand.NewPCG(seed, 2))}, lim)
		rerr := r.ReadResponse(&split)
		if err == ErrShort {
			if rerr != io.ErrUnexpectedEOF && !(rerr == io.EOF && len(data) == 0) {
				t.Fatalf("ReadResponse = %v where ParseResponse wants more", rerr)
			}
			return
		}
		if got, want := describe(&split, rerr), describe(&h, err); got != want {
			t.Fatalf("ReadResponse %s; ParseResponse %s", got, want)
		}
		var syntax *SyntaxError
		if errors.As(err, &syntax) {
			if left, _ := io.ReadAll(r); !bytes.Equal(left, data) {
				t.Fatalf("after %v there is %q left of %q", err, left, data)
			}
			if syntax.Offset < 0 || syntax.Offset > int64(len(data)) || n != 0 || h.Len() != 0 {
				t.Fatalf("%+v in %d bytes, with %d used and %d fields", syntax, len(data), n, h.Len())
			}
			return
		}
		if !bytes.Equal(h.Bytes(), data[:n]) || n > lim.HeadBytes || h.Len() > lim.FieldLines {
			t.Fatalf("a head of %d bytes and %d fields is said to be %q", n, h.Len(), h.Bytes())
		}

		if bad := headForm(string(data[:n])); bad != "" {
			t.Fatalf("%q is accepted, with %q", data[:n], bad)
		}
		framing, ferr := ResponseFraming("GET", &h)
		want, ok := lengthForm(&h)
		if got := map[FramingKind]int64{NoContent: 0, ContentLength: framing.Length, Chunked: -1, UntilClose: -2}[framing.Kind]; (ferr == nil) != ok || ok && got != want {
			t.Fatalf("%q: framing %v of %d, %v; want %d, %v", data[:n], framing.Kind, framing.Length, ferr, want, ok)
		}
		if ferr == nil && framing.Kind == ContentLength {
			content, err := io.ReadAll(NewReader(bytes.NewReader(data[n:]), Limits{}).Body(framing))
			if (err == nil) != (int64(len(data)-n) >= want) || int64(len(content)) != min(want, int64(len(data)-n)) {
				t.Fatalf("content of %d bytes from %d: %d, %v", want, len(data)-n, len(content), err)
			}
		}
		again := AppendStatusLine(nil, h.Minor, h.Status, string(h.Reason()))
		for name, value := range h.All() {
			again = AppendField(again, string(name), string(value))
		}
		again = append(again, "\r\n"...)
		if k, err := ParseResponse(again, &split, Limits{}); k != len(again) || describe(&split, err) != describe(&h, nil) {
			t.Fatalf("written again as %q it reads %d, %s; want %s", again, k, describe(&split, err), describe(&h, nil))
		}
		sameAsNetHTTP(t, &h, data, n)
	})
}

// sameAsNetHTTP compares h, the first n bytes of data, and the content behind
// it with what net/http makes of data, unless either refuses.
func sameAsNetHTTP(t *testing.T, h *Head, data []byte, n int) {
	start := bytes.Index(data, []byte("HTTP/")) // past empty lines
	res, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(data[start:])), nil)
	if err != nil {
		return
	}
	if res.StatusCode != h.Status || res.ProtoMinor != h.Minor {
		t.Fatalf("net/http reads %q as %s 1.%d", data[:n], res.Status, res.ProtoMinor)
	}
	want := http.Header{}
	for name, value := range h.All() {
		want.Add(string(name), string(value))
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		values := want[name]
		switch name {
		case "Transfer-Encoding", "Content-Length", "Trailer", "Cache-Control":
			continue // net/http takes them out, or adds to them
		}
		got := res.Header[name]
		if len(got) != len(values) {
			t.Fatalf("net/http reads %d fields %s in %q; want %d", len(got), name, data[:n], len(values))
		}
		for i, v := range values {
			// The two join folds of whitespace alone with more or fewer spaces.
			if squeeze(got[i]) != squeeze(v) || !h.Folded() && got[i] != v {
				t.Fatalf("net/http reads %s = %q in %q; want %q", name, got[i], data[:n], v)
			}
		}
	}

	framing, err := ResponseFraming("GET", h)
	if err != nil {
		return
	}
	r := NewReader(bytes.NewReader(data[n:]), Limits{})
	mine, err := io.ReadAll(r.Body(framing))
	theirs, terr := io.ReadAll(res.Body)
	// Transfer-Encoding in HTTP/1.0 is what the two see differently on purpose,
	// and 1xx and 101, which net/http hands on with a body.
	if framing.Kind == Chunked && h.Minor == 0 || h.Status < 200 || err != nil || terr != nil {
		return
	}
	if !bytes.Equal(mine, theirs) {
		t.Fatalf("content of %q is %q, by %v; net/http: %q", data, mine, framing, theirs)
	}
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

// Chunked content: splits do not matter, nor how it is read; what is accepted is of
// the grammar; what is accepted strictly is so leniently, with the same content; and httputil reads the same
// where it accepts. Memory follows the bytes received.
func FuzzChunked(f *testing.F) {
	f.Add([]byte("5;x\r\nhello\r\n0\r\nA: b\r\n\r\n"), uint64(1))
	f.Fuzz(func(t *testing.T, data []byte, seed uint64) {
		type result struct {
			content, trailers, err string
			used                   int
		}
		lim := Limits{ChunkLine: 40, Line: 40, TrailerLines: 4, TrailerBytes: 100, ChunkOverhead: 60}
		var results [2]result
		for i := range results {
			lenient := i == 1
			read := func(src io.Reader, by func(b *Body) ([]byte, error)) result {
				r := NewReader(src, lim)
				r.Lenient = lenient
				b := r.Body(Framing{Kind: Chunked})
				content, err := by(b)
				left, _ := io.ReadAll(r)
				if b.Done() != (err == nil) {
					t.Fatalf("lenient %v: done %v after %v", lenient, b.Done(), err)
				}
				return result{string(content), describe(b.Trailers(), nil), fmt.Sprint(err), len(data) - len(left)}
			}
			var whole result
			costs(t, data, func() {
				whole = read(bytes.NewReader(data), func(b *Body) ([]byte, error) { return io.ReadAll(b) })
			})
			rnd := rand.New(rand.NewPCG(seed, 3))
			for how, got := range []result{
				read(&pieces{data: data, rnd: rnd}, func(b *Body) ([]byte, error) { return io.ReadAll(b) }),
				read(bytes.NewReader(data), func(b *Body) (content []byte, err error) {
					p := make([]byte, 1+rnd.IntN(7))
					for {
						n, err := b.Read(p)
						if content = append(content, p[:n]...); err != nil {
							return content, notEnd(err)
						}
						if err := b.EndChunk(); err != nil {
							return content, err
						}
					}
				}),
				read(&pieces{data: data, rnd: rnd}, func(b *Body) ([]byte, error) {
					var w bytes.Buffer
					_, err := b.WriteTo(&w)
					return w.Bytes(), err
				}),
			} {
				if whole.err != "<nil>" {
					got.used = whole.used // how much was taken before the failure is not promised
				}
				if got != whole {
					t.Fatalf("lenient %v, %s: %+v; want %+v", lenient, []string{"in pieces", "by small reads", "by WriteTo"}[how], got, whole)
				}
			}
			if content, ok := chunkedForm(string(data), lenient); whole.err == "<nil>" && (!ok || content != whole.content) {
				t.Fatalf("lenient %v: %q is accepted, with content %q; want %q, %v", lenient, data, whole.content, content, ok)
			}
			results[i] = whole
		}
		strict, lenient := results[0], results[1]
		if strict.err == "<nil>" && (lenient.err != "<nil>" || lenient.content != strict.content || lenient.used != strict.used) {
			t.Fatalf("strict %+v; lenient %+v", strict, lenient)
		}
		if !strings.HasPrefix(lenient.content, strict.content) {
			t.Fatalf("strict, before an error, %+v; lenient %+v", strict, lenient)
		}
		theirs, err := io.ReadAll(httputil.NewChunkedReader(bytes.NewReader(data)))
		if err == nil && lenient.err == "<nil>" && string(theirs) != lenient.content {
			t.Fatalf("content of %q is %q; httputil: %q", data, lenient.content, theirs)
		}
	})
}

// A request head that is written reads the same, here and in net/http's server.
func FuzzRequestHead(f *testing.F) {
	f.Add("GET", "/path?q=1", "Host", "example.com:80", "X-A", " v ")
	f.Fuzz(func(t *testing.T, method, target, name1, value1, name2, value2 string) {
		fields := []Field{{name1, value1}, {name2, value2}}
		head, err := AppendRequest(nil, method, target, fields)
		if err != nil {
			if head != nil {
				t.Fatalf("%q beside %v", head, err)
			}
			return
		}
		if bytes.Count(head, []byte("\n")) != 4 || bytes.Count(head, []byte("\r")) != 4 {
			t.Fatalf("%q has other line ends than its own", head)
		}
		var h Head
		n, err := ParseRequest(head, &h, Limits{Line: len(head), HeadBytes: len(head)})
		if n != len(head) || err != nil {
			t.Fatalf("ParseRequest(%q) = %d, %v", head, n, err)
		}
		if string(h.Method()) != method || string(h.Target()) != target || h.Minor != 1 || h.Len() != 2 {
			t.Fatalf("%q reads %s", head, describe(&h, nil))
		}
		for i, f := range fields {
			name, value := h.Field(i)
			if string(name) != f.Name || string(value) != strings.Trim(f.Value, " \t") {
				t.Fatalf("%q reads %s = %q; want %s = %q", head, name, value, f.Name, f.Value)
			}
		}
		if _, err := RequestFraming(&h); err != nil && !strings.EqualFold(name1, "transfer-encoding") && !strings.EqualFold(name2, "transfer-encoding") && !strings.Contains(err.Error(), "digits") {
			t.Fatalf("%q was written with framing that is refused: %v", head, err)
		}

		req, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(head)))
		if err != nil {
			return // it parses the target, which is not the codec's business
		}
		if req.Method != method || req.RequestURI != target {
			t.Fatalf("net/http reads %q as %s %s", head, req.Method, req.RequestURI)
		}
		for i, f := range fields {
			key := http.CanonicalHeaderKey(f.Name)
			switch key {
			case "Host", "Content-Length", "Transfer-Encoding", "Trailer", "Cache-Control", "Pragma":
				continue // net/http takes them out, or adds to them
			}
			values := req.Header[key]
			if len(values) == 0 || values[min(i, len(values)-1)] != strings.Trim(f.Value, " \t") {
				t.Fatalf("net/http reads %s = %q in %q", key, values, head)
			}
		}
	})
}
