package wire

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

var errTooFar = errors.New("the source was read although there was something to return")

// only returns a Reader on data behind which reading is an error.
func only(data string) *Reader {
	return NewReader(io.MultiReader(strings.NewReader(data), iotest.ErrReader(errTooFar)), Limits{})
}

func TestBodyFraming(t *testing.T) {
	const in = "hello world"
	for _, c := range []struct {
		f    Framing
		in   string
		want string
		tail bool
	}{
		{Framing{Kind: NoContent}, "", `""`, true},
		{Framing{Kind: ContentLength, Length: 0}, "", `""`, true},
		{Framing{Kind: ContentLength, Length: 11}, in, `"hello world"`, true},
		{Framing{Kind: ContentLength, Length: 12}, in, `"hello world" wire: truncated content at byte 11`, false},
		{Framing{Kind: ContentLength, Length: 1 << 62}, in, `"hello world" wire: truncated content at byte 11`, false},
		{Framing{Kind: UntilClose}, in, `"hello world"`, false},
		{Framing{Kind: UntilClose}, "", `""`, false},
		{Framing{Kind: Chunked}, "6\r\nhello \r\n5\r\nworld\r\n0\r\n\r\n", `"hello world"`, true},
	} {
		for name, read := range map[string]func(b *Body) ([]byte, error){
			"Read":          func(b *Body) ([]byte, error) { return io.ReadAll(b) },
			"one byte Read": func(b *Body) ([]byte, error) { return io.ReadAll(iotest.OneByteReader(b)) },
			"WriteTo": func(b *Body) ([]byte, error) {
				var w bytes.Buffer
				n, err := b.WriteTo(&w)
				if n != int64(w.Len()) {
					t.Errorf("WriteTo = %d; wrote %d", n, w.Len())
				}
				return w.Bytes(), err
			},
		} {
			got := feed(t, c.in, Limits{}, c.tail, func(r *Reader) string {
				b := r.Body(c.f)
				data, err := read(b)
				s := fmt.Sprintf("%q", data)
				if err != nil {
					s += " " + err.Error()
				}
				if b.Done() != (err == nil) {
					s += fmt.Sprintf(", done: %v", b.Done())
				}
				return s
			})
			if got != c.want {
				t.Errorf("%s of %v over %q = %s; want %s", name, c.f, c.in, got, c.want)
			}
		}
	}
}

// Read returns what is there, of as many chunks as there are, and waits for
// nothing as long as it has something to return.
func TestBodyReadDoesNotWait(t *testing.T) {
	for _, c := range []struct {
		in   string
		want string
	}{
		{"5\r\nhello\r\n6\r\n world", "hello world"},
		{"5\r\nhello\r\n6\r\n world\r", "hello world"},
		{"5\r\nhello\r\n6\r\n world\r\n", "hello world"},
		{"5\r\nhello\r\n6\r\n wo", "hello wo"},
		{"5\r\nhello\r\n6", "hello"},
		{"5\r\nhello\r\n6;ext", "hello"},
		{"5\r\nhello\r\n0\r\nA: b", "hello"},
		{strings.Repeat("1\r\n.\r\n", 2000), strings.Repeat(".", 2000)},
	} {
		r := only(c.in)
		b := r.Body(Framing{Kind: Chunked})
		p := make([]byte, 10000)
		if n, err := b.Read(p); string(p[:n]) != c.want || err != nil {
			t.Errorf("Read over %.40q = %.40q, %v; want %.40q", c.in, p[:n], err, c.want)
		}
		if n, err := b.Read(p); n != 0 || err != errTooFar {
			t.Errorf("a second Read over %.40q = %q, %v; want to wait", c.in, p[:n], err)
		}
	}
}

// A read that fits a chunk exactly leaves the rest of its framing alone, and
// EndChunk takes the CRLF and not what is behind it: httplib.py,
// HTTPResponse._read_chunked returns there without a look at the next size.
func TestBodyEndChunk(t *testing.T) {
	r := only("5\r\nhello")
	b := r.Body(Framing{Kind: Chunked})
	p := make([]byte, 5)
	if n, err := b.Read(p); n != 5 || err != nil || b.Left() != 0 || b.Done() {
		t.Fatalf("Read = %d, %v with %d left", n, err, b.Left())
	}
	if err := b.EndChunk(); err != errTooFar {
		t.Errorf("EndChunk before its CRLF arrived = %v; want to wait", err)
	}

	for _, c := range []struct {
		in, left string
		err      string
	}{
		{"5\r\nhello\r\n", "", "<nil>"},
		{"5\r\nhello\r\n0\r\n\r\n", "0\r\n\r\n", "<nil>"},
		{"5\r\nhello\r\n3\r\nabc\r\n", "3\r\nabc\r\n", "<nil>"},
		{"5\r\nhello\r\nnonsense", "nonsense", "<nil>"},
		{"5\r\nhelloXX", "XX", "wire: invalid chunk-data at byte 8"},
		{"5\r\nhello\r", "", "wire: truncated chunk-data at byte 8"},
		{"5\r\nhello", "", "wire: truncated chunk-data at byte 8"},
	} {
		for _, one := range []bool{false, true} {
			var src io.Reader = strings.NewReader(c.in)
			if one {
				src = iotest.OneByteReader(src)
			}
			r := NewReader(src, Limits{})
			b := r.Body(Framing{Kind: Chunked})
			if err := b.EndChunk(); err != nil || one && len(r.Buffered()) > 0 {
				t.Fatalf("EndChunk before the first chunk = %v with %q read", err, r.Buffered())
			}
			if _, err := io.ReadFull(b, p[:4]); err != nil {
				t.Fatal(err)
			}
			if err := b.EndChunk(); err != nil || b.Left() != 1 {
				t.Fatalf("EndChunk inside a chunk = %v with %d left; want nothing to happen", err, b.Left())
			}
			if _, err := io.ReadFull(b, p[:1]); err != nil {
				t.Fatal(err)
			}
			err := b.EndChunk()
			if fmt.Sprint(err) != c.err || !one && string(r.Buffered()) != c.left {
				t.Errorf("EndChunk over %q = %v with %q left; want %s, %q", c.in, err, r.Buffered(), c.err, c.left)
			}
			if again := b.EndChunk(); err == nil && again != nil {
				t.Errorf("EndChunk twice over %q: %v", c.in, again)
			}
		}
	}
}

func TestBodyNextChunk(t *testing.T) {
	r := NewReader(iotest.OneByteReader(strings.NewReader("5\r\nhello\r\n3;x\r\nabc\r\n0\r\nA: b\r\n\r\nnext")), Limits{})
	b := r.Body(Framing{Kind: Chunked})
	for _, want := range []int64{5, 3} {
		for range 2 { // the second call has nothing to do
			if err := b.NextChunk(); err != nil || b.Left() != want {
				t.Fatalf("NextChunk = %v with %d left; want %d", err, b.Left(), want)
			}
		}
		if _, err := io.ReadFull(b, make([]byte, want)); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		if err := b.NextChunk(); err != io.EOF || !b.Done() {
			t.Errorf("NextChunk at the end = %v; want EOF", err)
		}
	}
	if v, _ := b.Trailers().Get("A"); string(v) != "b" {
		t.Errorf("trailer A = %q; want b", v)
	}
	if left, _ := io.ReadAll(r); string(left) != "next" {
		t.Errorf("left %q; want next", left)
	}
	if err := r.Body(Framing{Kind: UntilClose}).NextChunk(); err != nil {
		t.Errorf("NextChunk of content until close = %v", err)
	}
}

// After a timeout, wherever it strikes, the content goes on where it was.
func TestBodyRetries(t *testing.T) {
	timeout := errors.New("timeout")
	in := "5\r\nhello\r\n6;x\r\n world\r\n0\r\nA: b\r\n\r\n"
	for cut := range len(in) {
		for _, size := range []int{1, 3, 100, direct} {
			src := &script{{data: in[:cut]}, {err: timeout}, {data: in[cut:]}}
			b := NewReader(src, Limits{}).Body(Framing{Kind: Chunked})
			var got []byte
			var errs []error
			for p := make([]byte, size); len(errs) < 2; {
				n, err := b.Read(p)
				got = append(got, p[:n]...)
				if err != nil {
					errs = append(errs, err)
				}
			}
			if string(got) != "hello world" || errs[0] != timeout || errs[1] != io.EOF {
				t.Errorf("cut at %d, reads of %d: %q, %v", cut, size, got, errs)
			}
		}
	}
}

// Large reads of large content go from the source into the caller's buffer, and
// stop where the content does.
func TestBodyDirect(t *testing.T) {
	content := strings.Repeat("x", 200000)
	for _, c := range []struct {
		f  Framing
		in string
	}{
		{Framing{Kind: ContentLength, Length: 200000}, content},
		{Framing{Kind: Chunked}, fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(content), content)},
		{Framing{Kind: UntilClose}, content},
	} {
		tail := rest
		if c.f.Kind == UntilClose {
			tail = ""
		}
		src := &asked{src: strings.NewReader(c.in + tail)}
		r := NewReader(src, Limits{})
		if err := r.Fill(); err != nil {
			t.Fatal(err)
		}
		b := r.Body(c.f)
		p := make([]byte, 150000)
		if n, err := b.Read(p); n == 0 || err != nil {
			t.Fatalf("%v: Read from the window = %d, %v", c.f.Kind, n, err)
		}
		if n, err := b.Read(p); n != len(p) || err != nil || &src.last[0] != &p[0] {
			t.Errorf("%v: Read past the window = %d, %v after reads of %v; want %d straight from the source", c.f.Kind, n, err, src.sizes, len(p))
		}
		if c.f.Kind != UntilClose {
			p = make([]byte, 500000)
			if n, err := b.Read(p); n != 200000-window-150000 && n != 200000-window-150000+len("30d40\r\n") || err != nil || &src.last[0] != &p[0] {
				t.Errorf("%v: Read of more than there is = %d, %v after reads of %v", c.f.Kind, n, err, src.sizes)
			}
		}
		data, err := io.ReadAll(b)
		if err != nil || !b.Done() {
			t.Errorf("%v: the rest = %d bytes, %v", c.f.Kind, len(data), err)
		}
		if left, err := io.ReadAll(r); string(left) != tail || err != nil {
			t.Errorf("%v: behind the content is %q, %v; want %q", c.f.Kind, left, err, tail)
		}
	}
}

// Many small chunks become few writes, long runs none of ours at all.
func TestBodyWriteTo(t *testing.T) {
	small := string(chunkedOf(16, 16000))
	src := NewReader(strings.NewReader(small), Limits{})
	writes := 0
	n, err := src.Body(Framing{Kind: Chunked}).WriteTo(writer(func(p []byte) (int, error) {
		writes++
		return len(p), nil
	}))
	if n != 16000 || err != nil || writes > 3 {
		t.Errorf("1000 chunks of 16 bytes: %d bytes, %v in %d writes; want at most 3", n, err, writes)
	}

	for _, f := range []Framing{{Kind: ContentLength, Length: 300000}, {Kind: UntilClose}, {Kind: Chunked}} {
		content := strings.Repeat("0123456789", 30000)
		in := content
		if f.Kind == Chunked {
			in = fmt.Sprintf("%x\r\n%s\r\n5\r\nsmall\r\n0\r\n\r\n", len(content), content)
			content += "small"
		}
		raw := strings.NewReader(in)
		r := NewReader(raw, Limits{})
		var w from
		n, err := r.Body(f).WriteTo(&w)
		if n != int64(len(content)) || err != nil || w.String() != content {
			t.Errorf("%v: WriteTo = %d, %v; want %d", f.Kind, n, err, len(content))
		}
		if len(w.seen) != 1 || w.seen[0] != io.Reader(raw) {
			t.Errorf("%v: the writer was given %v; want the source itself, once", f.Kind, w.seen)
		}
	}

	full := errors.New("disk full")
	for _, f := range []Framing{{Kind: ContentLength, Length: 11}, {Kind: UntilClose}, {Kind: Chunked}} {
		in := "hello world"
		if f.Kind == Chunked {
			in = "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"
		}
		b := NewReader(strings.NewReader(in), Limits{}).Body(f)
		n, err := b.WriteTo(writer(func(p []byte) (int, error) { return 3, full }))
		if n != 3 || err != full {
			t.Errorf("%v to a full disk: WriteTo = %d, %v; want 3, %v", f.Kind, n, err, full)
		}
	}
}

// What a Body leaves is the next message, at any number of messages.
func TestPipelined(t *testing.T) {
	const in = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirst" +
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nsec\r\n3\r\nond\r\n0\r\nA: b\r\n\r\n" +
		"HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n" +
		"HTTP/1.1 200 OK\r\n\r\nlast"
	got := feed(t, in, Limits{}, false, func(r *Reader) string {
		var h Head
		var all []string
		for {
			if err := r.ReadResponse(&h); err != nil {
				return strings.Join(append(all, err.Error()), " | ")
			}
			f, err := ResponseFraming("GET", &h)
			if err != nil {
				return err.Error()
			}
			b := r.Body(f)
			data, err := io.ReadAll(b)
			all = append(all, fmt.Sprintf("%d %v %q %v %d", h.Status, f.Kind, data, err, b.Trailers().Len()))
		}
	})
	want := `200 content-length "first" <nil> 0 | 200 chunked "second" <nil> 1 | 204 no content "" <nil> 0 | 200 until close "last" <nil> 0 | EOF`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// Hardening H18, CVE-2025-13836: memory follows what arrives, never what is
// announced.
func TestAnnouncedIsNotAllocated(t *testing.T) {
	for _, in := range []string{
		"HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775807\r\n\r\n0123456789",
		"HTTP/1.1 200 OK\r\nContent-Length: 1099511627776\r\n\r\n0123456789",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7fffffffffffffff\r\n0123456789",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n0123456789",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10000000000000005\r\n0123456789",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + strings.Repeat("9", 5000) + "\r\n0123456789",
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		r := NewReader(strings.NewReader(in), Limits{})
		var h Head
		if err := r.ReadResponse(&h); err != nil {
			t.Fatal(err)
		}
		f, err := ResponseFraming("GET", &h)
		if err != nil {
			t.Fatal(err)
		}
		b := r.Body(f)
		n, err := io.Copy(struct{ io.Writer }{io.Discard}, b)
		runtime.ReadMemStats(&after)
		var syntax *SyntaxError
		if !errors.As(err, &syntax) || n != 0 && n != 10 || b.Done() {
			t.Errorf("%.90q: %d bytes, %v; want an error", in, n, err)
		}
		if got := after.TotalAlloc - before.TotalAlloc; got > 256<<10 {
			t.Errorf("%.90q: %d bytes allocated", in, got)
		}
	}
}

// Errors of the framing come after all content before them, and stay.
func TestBodyErrorsStay(t *testing.T) {
	for _, in := range []string{"5\r\nhello\r\nx\r\n", "5\r\nhello?", "5\r\nhello\r\n5\r\n"} {
		b := NewReader(strings.NewReader(in), Limits{}).Body(Framing{Kind: Chunked})
		p := make([]byte, 100)
		n, err := b.Read(p)
		if string(p[:n]) != "hello" || err != nil {
			t.Errorf("Read over %q = %q, %v; want hello", in, p[:n], err)
		}
		var errs []error
		for _, f := range []func() error{
			func() error { _, err := b.Read(p); return err },
			func() error { _, err := b.WriteTo(io.Discard); return err },
			b.NextChunk,
			func() error { _, err := b.Read(p); return err },
		} {
			errs = append(errs, f())
		}
		var syntax *SyntaxError
		if !errors.As(errs[0], &syntax) || len(slices.Compact(errs)) != 1 || b.Done() || b.Left() != 0 {
			t.Errorf("after %q: %v; want one *SyntaxError, again and again", in, errs)
		}
	}
}

// A writer's io.EOF must not pass for the end of content that has no other.
func TestBodyWriterEOF(t *testing.T) {
	for _, size := range []int{10, 100000} { // from the window, and from the source
		r := NewReader(strings.NewReader(strings.Repeat("x", size)), Limits{})
		if size < window {
			r.Fill()
		}
		b := r.Body(Framing{Kind: UntilClose})
		if n, err := b.WriteTo(writer(func(p []byte) (int, error) { return 3, io.EOF })); n != 3 || err != io.ErrClosedPipe || b.Done() {
			t.Errorf("WriteTo a writer that says EOF = %d, %v, done %v; want 3, %v", n, err, b.Done(), io.ErrClosedPipe)
		}
	}
}

// When the connection under it is exchanged, a Body that was not done must not
// end well, nor read of the new one.
func TestBodyAfterReset(t *testing.T) {
	for _, f := range []Framing{{Kind: ContentLength, Length: 5}, {Kind: UntilClose}, {Kind: Chunked}} {
		for _, release := range []bool{false, true} {
			r := NewReader(strings.NewReader("he"), Limits{})
			b := r.Body(f)
			if r.Reset(strings.NewReader("other content")); release {
				r.Release()
			}
			if data, err := io.ReadAll(b); len(data) > 0 || err != errReset || b.Done() {
				t.Errorf("%v: after Reset %q, %v, done %v; want %v", f.Kind, data, err, b.Done(), errReset)
			}
		}
	}
	r := NewReader(strings.NewReader("hello"), Limits{})
	b := r.Body(Framing{Kind: ContentLength, Length: 5})
	io.Copy(io.Discard, b)
	if r.Release(); !b.Done() {
		t.Error("content that was read to its end is not done after Release")
	}
}

func ExampleBody_WriteTo() {
	conn := strings.NewReader("6\r\nhello \r\n5\r\nworld\r\n0\r\nDigest: xyz\r\n\r\n")
	body := NewReader(conn, Limits{}).Body(Framing{Kind: Chunked})
	var out strings.Builder
	n, err := body.WriteTo(&out)
	digest, _ := body.Trailers().Get("digest")
	fmt.Printf("%d bytes: %s (%s), %v\n", n, &out, digest, err)
	// Output: 11 bytes: hello world (xyz), <nil>
}
