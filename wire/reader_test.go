package wire

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

func TestReadLine(t *testing.T) {
	long := strings.Repeat("x", 40000)
	for _, c := range []struct{ in, want string }{
		{"", "EOF"},
		{"a\n", `"a\n" EOF`},
		{"a\r\nb\n\r\n\n", `"a\r\n" "b\n" "\r\n" "\n" EOF`},
		{"a\rb\n", `"a\rb\n" EOF`},
		{"a\x00\n", `"a\x00\n" EOF`},
		{"a\nb", `"a\n" "b" unexpected EOF EOF`},
		{"\r", `"\r" unexpected EOF EOF`},
		{"a\n" + long + "\n" + long + "\nb\n", fmt.Sprintf(`"a\n" %q %q "b\n" EOF`, long+"\n", long+"\n")},
	} {
		got := feed(t, c.in, Limits{}, false, func(r *Reader) string {
			var b strings.Builder
			for {
				line, err := r.ReadLine()
				if line != nil {
					fmt.Fprintf(&b, "%q ", line)
				}
				if err == io.EOF {
					return b.String() + "EOF"
				} else if err != nil {
					b.WriteString(err.Error() + " ")
				}
			}
		})
		if got != c.want {
			t.Errorf("ReadLine over %.40q = %.200s; want %.200s", c.in, got, c.want)
		}
	}
}

func TestReadLineLimit(t *testing.T) {
	for _, c := range []struct {
		lim  Limits
		n    int
		over bool
	}{
		{Limits{Line: 10}, 9, false}, {Limits{Line: 10}, 10, false}, {Limits{Line: 10}, 11, true},
		{Limits{}, 65535, false}, {Limits{}, 65536, false}, {Limits{}, 65537, true},
		{Limits{Line: -1}, 65536, false}, {Limits{Line: -1}, 65537, true},
		{Limits{Line: 1}, 1, false},
	} {
		in := strings.Repeat("x", c.n-1) + "\n"
		feed(t, in, c.lim, false, func(r *Reader) string {
			line, err := r.ReadLine()
			var syntax *SyntaxError
			over := errors.As(err, &syntax) && *syntax == *exceeded(ElemLine, TooLong, 0, r.lim.Line)
			if over != c.over || !over && (err != nil || string(line) != in) {
				t.Errorf("a line of %d bytes, limits %+v: %d bytes, %v", c.n, c.lim, len(line), err)
			}
			if over {
				if left, err := io.ReadAll(r); string(left) != in || err != nil {
					t.Errorf("after a line too long: %d bytes left, %v; want all %d", len(left), err, len(in))
				}
			}
			return fmt.Sprint(err)
		})
	}
}

// A line lent out must show its age once the next one has been asked for, and
// bytes not yet read must never be the ones that are spoiled.
func TestReadLineSpoils(t *testing.T) {
	r := NewReader(strings.NewReader("first\nsecond\nthird\n"), Limits{})
	first, _ := r.ReadLine()
	if string(first) != "first\n" {
		t.Fatalf("ReadLine() = %q", first)
	}
	second, _ := r.ReadLine()
	if string(first) != "\xffirst\n" || string(second) != "second\n" {
		t.Errorf("after the next ReadLine the lines are %q and %q", first, second)
	}
	if cap(second) != len(second) {
		t.Errorf("a lent line of %d bytes can be appended to within the window, up to %d", len(second), cap(second))
	}

	// A window that moves in between.
	r = NewReader(strings.NewReader("short\n"+strings.Repeat("x", window)+"\n"), Limits{})
	if _, err := r.ReadLine(); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := r.Fill(); err != nil {
			break
		}
	}
	if line, err := r.ReadLine(); strings.Trim(string(line), "x") != "\n" || err != nil {
		t.Errorf("after a move ReadLine() = %.20q…, %v; want x all along", line, err)
	}

	// Window moves and refills between two lines.
	var in strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&in, "line %d%s\n", i, strings.Repeat(".", i%97))
	}
	for _, src := range []io.Reader{strings.NewReader(in.String()), iotest.HalfReader(strings.NewReader(in.String()))} {
		r := NewReader(src, Limits{})
		for i := range 3000 {
			line, err := r.ReadLine()
			if want := fmt.Sprintf("line %d%s\n", i, strings.Repeat(".", i%97)); string(line) != want || err != nil {
				t.Fatalf("ReadLine() = %q, %v; want %q", line, err, want)
			}
		}
	}
}

// A timeout in the middle of a line loses nothing.
func TestReadLineRetries(t *testing.T) {
	timeout := errors.New("timeout")
	r := NewReader(&script{{data: "ab", err: timeout}, {data: "c"}, {err: timeout}, {data: "d\ne"}, {err: timeout}}, Limits{})
	for i, want := range []string{`"" timeout`, `"" timeout`, `"abcd\n" <nil>`, `"" timeout`, `"e" unexpected EOF`, `"" EOF`} {
		line, err := r.ReadLine()
		if got := fmt.Sprintf("%q %v", line, err); got != want {
			t.Errorf("ReadLine #%d = %s; want %s", i, got, want)
		}
	}
}

// asked is a source that remembers what it was asked.
type asked struct {
	src   io.Reader
	sizes []int
	last  []byte
}

func (a *asked) Read(p []byte) (int, error) {
	a.sizes = append(a.sizes, len(p))
	a.last = p
	return a.src.Read(p)
}

// Read takes from the window first, and a large rest straight from the source.
func TestReadDirect(t *testing.T) {
	src := &asked{src: strings.NewReader("line\n" + strings.Repeat("x", 100000))}
	r := NewReader(src, Limits{})
	if _, err := r.ReadLine(); err != nil {
		t.Fatal(err)
	}
	p := make([]byte, 50000)
	n, err := r.Read(p)
	if n != window-5 || err != nil || len(src.sizes) != 1 {
		t.Fatalf("Read from the window = %d, %v after reads of %v; want %d", n, err, src.sizes, window-5)
	}
	n, err = r.Read(p)
	if n != len(p) || err != nil || &src.last[0] != &p[0] || len(src.last) != len(p) {
		t.Fatalf("Read past the window = %d, %v after reads of %v; want one into the caller's buffer", n, err, src.sizes)
	}
	reads := len(src.sizes)
	for range 1000 {
		if n, err := r.Read(p[:1]); n != 1 || err != nil {
			t.Fatalf("Read of one byte = %d, %v", n, err)
		}
	}
	if got := len(src.sizes) - reads; got != 1 {
		t.Errorf("1000 reads of a byte asked the source %d times; want once", got)
	}
	if n, err := r.Read(nil); n != 0 || err != nil {
		t.Errorf("Read(nil) = %d, %v", n, err)
	}
	if err := iotest.TestReader(NewReader(strings.NewReader("some content"), Limits{}), []byte("some content")); err != nil {
		t.Error(err)
	}
}

func TestPeekDiscard(t *testing.T) {
	r := NewReader(iotest.OneByteReader(strings.NewReader("hello world")), Limits{})
	if len(r.Buffered()) != 0 {
		t.Errorf("Buffered() = %q before any read", r.Buffered())
	}
	for _, c := range []struct {
		n    int
		want string
		err  error
	}{{-1, "", nil}, {0, "", nil}, {2, "he", nil}, {5, "hello", nil}, {1, "h", nil}, {12, "hello world", io.EOF}} {
		if got, err := r.Peek(c.n); string(got) != c.want || err != c.err {
			t.Errorf("Peek(%d) = %q, %v; want %q, %v", c.n, got, err, c.want, c.err)
		}
	}
	for _, c := range []struct {
		n, want int64
		err     error
		left    string
	}{{0, 0, nil, "hello world"}, {-1, 0, nil, "hello world"}, {6, 6, nil, "world"}, {6, 5, io.EOF, ""}} {
		if got, err := r.Discard(c.n); got != c.want || err != c.err || string(r.Buffered()) != c.left {
			t.Errorf("Discard(%d) = %d, %v with %q left; want %d, %v, %q", c.n, got, err, r.Buffered(), c.want, c.err, c.left)
		}
	}
	// Discard must not fetch what it was not asked for.
	src := strings.NewReader(strings.Repeat("x", 100000))
	if n, err := NewReader(src, Limits{}).Discard(60000); n != 60000 || err != nil || src.Len() != 40000 {
		t.Errorf("Discard(60000) = %d, %v with %d left at the source; want 40000", n, err, src.Len())
	}
}

// from is a writer with a ReadFrom method that remembers what it was given.
type from struct {
	bytes.Buffer
	seen []io.Reader
}

func (f *from) ReadFrom(r io.Reader) (int64, error) {
	if l, ok := r.(*io.LimitedReader); ok {
		f.seen = append(f.seen, l.R)
	}
	return io.Copy(&f.Buffer, struct{ io.Reader }{r})
}

// CopyN hands the source itself to a writer that can read from it, so that the
// kernel may move the bytes; and takes not one byte more than n.
func TestCopyN(t *testing.T) {
	const line, content = "line\n", "0123456789"
	in := line + strings.Repeat(content, 10000)
	src := strings.NewReader(in)
	r := NewReader(src, Limits{})
	if _, err := r.ReadLine(); err != nil {
		t.Fatal(err)
	}
	var w from
	if n, err := r.CopyN(&w, 90000); n != 90000 || err != nil || w.String() != in[5:90005] {
		t.Fatalf("CopyN = %d, %v and %d bytes written", n, err, w.Len())
	}
	if len(w.seen) != 1 || w.seen[0] != io.Reader(src) || src.Len() != 10000 {
		t.Errorf("the writer was given %v, with %d bytes left at the source; want the source, once, and 10000", w.seen, src.Len())
	}
	var plain bytes.Buffer
	if n, err := r.CopyN(struct{ io.Writer }{&plain}, 20000); n != 10000 || err != io.EOF || plain.String() != in[90005:] {
		t.Errorf("CopyN beyond the end = %d, %v; want 10000, EOF", n, err)
	}
}

// A writer that fails, or lies, gets no byte twice.
func TestCopyNWriteErrors(t *testing.T) {
	full := errors.New("disk full")
	for _, c := range []struct {
		name  string
		write func(p []byte) (int, error)
		want  error
		n     int64
	}{
		{"fails", func(p []byte) (int, error) { return 3, full }, full, 3},
		{"short", func(p []byte) (int, error) { return 3, nil }, io.ErrShortWrite, 3},
		{"too much", func(p []byte) (int, error) { return len(p) + 1, nil }, errCount, 0},
		{"negative", func(p []byte) (int, error) { return -1, nil }, errCount, 0},
		{"says EOF", func(p []byte) (int, error) { return 3, io.EOF }, io.ErrClosedPipe, 3},
	} {
		r := NewReader(strings.NewReader("0123456789"), Limits{})
		r.Peek(10)
		n, err := r.CopyN(writer(c.write), 8)
		if n != c.n || err != c.want || string(r.Buffered()) != "0123456789"[c.n:] {
			t.Errorf("%s: CopyN = %d, %v with %q left; want %d, %v", c.name, n, err, r.Buffered(), c.n, c.want)
		}
	}
}

type writer func([]byte) (int, error)

func (w writer) Write(p []byte) (int, error) { return w(p) }

type reader func([]byte) (int, error)

func (r reader) Read(p []byte) (int, error) { return r(p) }

func TestFill(t *testing.T) {
	r := NewReader(&endless{forever: "x"}, Limits{HeadBytes: 20000, Line: 1000, ChunkLine: 1000})
	for {
		if err := r.Fill(); err == io.ErrShortBuffer {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if n := len(r.Buffered()); n != 32<<10 {
		t.Errorf("the window took %d bytes; want %d, the read-ahead", n, 32<<10)
	}
	if _, err := r.Peek(1 << 20); err != io.ErrShortBuffer {
		t.Errorf("Peek of more than the window may hold: %v", err)
	}
}

// Sources that break the contract of io.Reader must not break more than that.
func TestBadSources(t *testing.T) {
	for _, c := range []struct {
		name string
		src  io.Reader
		want error
	}{
		{"nothing, for ever", reader(func(p []byte) (int, error) { return 0, nil }), io.ErrNoProgress},
		{"more than asked", reader(func(p []byte) (int, error) { return len(p) + 1, nil }), errCount},
		{"less than nothing", reader(func(p []byte) (int, error) { return -1, nil }), errCount},
		{"none", nil, io.EOF},
	} {
		r := NewReader(c.src, Limits{})
		var h Head
		if err := r.ReadResponse(&h); err != c.want {
			t.Errorf("%s: ReadResponse = %v; want %v", c.name, err, c.want)
		}
		if _, err := r.ReadLine(); err != c.want {
			t.Errorf("%s: ReadLine = %v; want %v", c.name, err, c.want)
		}
		for _, n := range []int{1, 100000} {
			if n, err := r.Read(make([]byte, n)); n != 0 || err != c.want {
				t.Errorf("%s: Read = %d, %v; want %v", c.name, n, err, c.want)
			}
		}
		if c.src == nil {
			if n, err := r.CopyN(io.Discard, 5); n != 0 || err != io.EOF {
				t.Errorf("%s: CopyN = %d, %v; want EOF", c.name, n, err)
			}
		}
	}
}

// An error that comes with bytes is reported after them, once, by whichever
// method comes next.
func TestErrorsAfterBytes(t *testing.T) {
	reset := errors.New("connection reset")
	for name, next := range map[string]func(r *Reader) error{
		"ReadLine":     func(r *Reader) error { _, err := r.ReadLine(); return err },
		"Read":         func(r *Reader) error { _, err := r.Read(make([]byte, 1)); return err },
		"direct Read":  func(r *Reader) error { _, err := r.Read(make([]byte, direct)); return err },
		"Fill":         (*Reader).Fill,
		"CopyN":        func(r *Reader) error { _, err := r.CopyN(io.Discard, 1); return err },
		"Peek":         func(r *Reader) error { _, err := r.Peek(1); return err },
		"ReadResponse": func(r *Reader) error { return r.ReadResponse(new(Head)) },
		"Body":         func(r *Reader) error { _, err := r.Body(Framing{Kind: UntilClose}).Read(make([]byte, 1)); return err },
	} {
		for _, size := range []int{1, direct} { // through the window, and past it
			r := NewReader(&script{{data: "a", err: reset}, {err: io.EOF}}, Limits{})
			p := make([]byte, size)
			if n, err := r.Read(p); n != 1 || err != nil {
				t.Fatalf("Read = %d, %v; want the byte alone", n, err)
			}
			if err := next(r); err != reset {
				t.Errorf("%s after a byte that came with an error: %v; want %v", name, err, reset)
			}
			if err := next(r); err != io.EOF {
				t.Errorf("%s after that: %v; want EOF", name, err)
			}
		}
	}
}

// The window goes back to its size after a long head, and to the pool at the
// end; what follows the head in it survives.
func TestWindowShrinks(t *testing.T) {
	head := "HTTP/1.1 200 OK\r\n" + strings.Repeat("A: "+strings.Repeat("x", 50000)+"\r\n", 5) + "\r\n"
	r := NewReader(strings.NewReader(head+"content\n"+head), Limits{})
	var h Head
	if err := r.ReadResponse(&h); err != nil || h.Len() != 5 {
		t.Fatal(err, h.Len())
	}
	if len(r.buf) < len(head) {
		t.Fatalf("the window has %d bytes; the head alone has %d", len(r.buf), len(head))
	}
	if line, err := r.ReadLine(); string(line) != "content\n" || err != nil {
		t.Fatalf("ReadLine() = %q, %v", line, err)
	}
	if err := r.ReadResponse(&h); err != nil {
		t.Fatal(err)
	}
	if err := r.Fill(); err != io.EOF || len(r.buf) != window {
		t.Errorf("the window has %d bytes after a long head, %v; want %d", len(r.buf), err, window)
	}
	r.Release()
	if r.buf != nil || r.from != nil {
		t.Error("Release left the window in place")
	}
	r.Release() // harmless
	if err := r.Fill(); err != io.EOF {
		t.Errorf("Fill after Release = %v; want EOF", err)
	}
	r.Reset(strings.NewReader("again\n"))
	if line, err := r.ReadLine(); string(line) != "again\n" || err != nil {
		t.Errorf("after Release and Reset ReadLine() = %q, %v", line, err)
	}
}

// Content that fills the window makes it grow to the read-ahead, and no further.
func TestWindowGrows(t *testing.T) {
	src := &asked{src: &endless{start: "10000000\r\n", forever: "x"}}
	b := NewReader(src, Limits{}).Body(Framing{Kind: Chunked})
	p := make([]byte, 1000)
	for range 500 {
		if _, err := b.Read(p); err != nil {
			t.Fatal(err)
		}
	}
	for i, n := range src.sizes {
		if want := 32 << 10; i == 0 && n != window || i > 0 && n != want {
			t.Fatalf("reads of %v bytes; want %d, then %d each", src.sizes, window, want)
		}
	}
	// Not for bytes that would fit once what has been read is gone.
	r := NewReader(&endless{forever: strings.Repeat("x", 999) + "\n"}, Limits{})
	for range 1000 {
		if _, err := r.ReadLine(); err != nil || len(r.buf) > 32<<10 {
			t.Fatalf("ReadLine: %v with a window of %d bytes", err, len(r.buf))
		}
	}
	src = &asked{src: &endless{forever: "x"}}
	r = NewReader(src, Limits{ReadAhead: 100})
	for range 10 {
		if _, err := r.Read(p); err != nil {
			t.Fatal(err)
		}
	}
	if m := slices.Max(src.sizes); m > 100 {
		t.Errorf("with a read-ahead of 100 a read of %d", m)
	}
}

func ExampleReader_ReadLine() {
	r := NewReader(strings.NewReader("HTTP/1.1 200 OK\r\nA: b\r\n\r\n"), Limits{})
	for {
		line, err := r.ReadLine()
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%q\n", line)
	}
	// Output:
	// "HTTP/1.1 200 OK\r\n"
	// "A: b\r\n"
	// "\r\n"
	// EOF
}

// Limits at the edge of what an int holds are limits still.
func TestHugeLimits(t *testing.T) {
	const most = math.MaxInt
	lim := Limits{Line: most, ChunkLine: most, FieldLines: most, HeadBytes: most, TrailerLines: most, TrailerBytes: most, ChunkOverhead: most, EmptyLines: most}
	in := "\r\n\r\nHTTP/1.1 200 OK\r\nA: " + strings.Repeat("x", 100000) + "\r\nTransfer-Encoding: chunked\r\n\r\n5;" + strings.Repeat("x", 100000) + "\r\nhello\r\n0\r\nA: b\r\n\r\n"
	feed(t, in, lim, true, func(r *Reader) string {
		var h Head
		err := r.ReadResponse(&h)
		if err != nil || h.Len() != 2 {
			t.Fatal(err, h.Len())
		}
		b := r.Body(Framing{Kind: Chunked})
		data, err := io.ReadAll(b)
		if string(data) != "hello" || err != nil || b.Trailers().Len() != 1 {
			t.Fatalf("%q, %v", data, err)
		}
		return ""
	})
}
