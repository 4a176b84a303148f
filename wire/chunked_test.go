package wire

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
)

// decode reads chunked content through a Reader, in every way it can arrive,
// and describes what came of it.
func decode(t testing.TB, in string, lim Limits, lenient bool) string {
	t.Helper()
	read := func(r *Reader) string {
		r.Lenient = lenient
		b := r.Body(Framing{Kind: Chunked})
		data, err := io.ReadAll(b)
		s := fmt.Sprintf("%.60q", data)
		for name, value := range b.Trailers().All() {
			s += fmt.Sprintf(" %s=%q", name, value)
		}
		if err != nil {
			s += " " + err.Error()
		}
		if n, again := b.Read(make([]byte, 1)); n != 0 || (err == nil && again != io.EOF) || (err != nil && again != err) {
			s += fmt.Sprintf(", then %d, %v", n, again)
		}
		return s
	}
	// Complete without the end of the input having to say so?
	d := Decoder{Limits: lim, Lenient: lenient}
	d.Reset(Framing{Kind: Chunked})
	_, _, err := d.Decode(make([]byte, len(in)+1), []byte(in))
	return feed(t, in, lim, err == io.EOF, read)
}

// RFC 9112 §7.1 and hardenings H7 to H9, strict and lenient.
func TestChunked(t *testing.T) {
	const hello = "5\r\nhello\r\n"
	same := func(s string) [2]string { return [2]string{s, s} }
	for _, c := range []struct {
		name, in string
		want     [2]string // strict, lenient
	}{
		{"plain", hello + "6\r\n world\r\n0\r\n\r\n", same(`"hello world"`)},
		{"nothing", "0\r\n\r\n", same(`""`)},
		{"upper case and zeros", "00A\r\n0123456789\r\n000\r\n\r\n", same(`"0123456789"`)},
		{"extension", "5;name=value;q=\"a;b\"\r\nhello\r\n0;last\r\n\r\n", same(`"hello"`)},
		{"space before an extension", "5 ;x\r\nhello\r\n0\r\n\r\n", same(`"hello"`)},
		{"line ends in the data", "4\r\n\r\n\r\n\r\n0\r\n\r\n", same(`"\r\n\r\n"`)},
		{"framing in the data", "5\r\n0\r\n\r\n\r\n0\r\n\r\n", same(`"0\r\n\r\n"`)},

		{"space at the end", "5 \r\nhello\r\n0\t\r\n\r\n", [2]string{`"" wire: invalid chunk-size line at byte 1`, `"hello"`}},
		{"17 digits", "00000000000000005\r\nhello\r\n0\r\n\r\n", [2]string{`"" wire: invalid chunk-size line at byte 16`, `"hello"`}},
		{"NUL in an extension", "5;\x00\r\nhello\r\n0\r\n\r\n", [2]string{`"" wire: invalid chunk-size line at byte 2`, `"hello"`}},

		{"no size", "\r\nhello\r\n0\r\n\r\n", same(`"" wire: invalid chunk-size line at byte 0`)},
		{"only an extension", ";x\r\nhello\r\n0\r\n\r\n", same(`"" wire: invalid chunk-size line at byte 0`)},
		{"negative", "-5\r\nhello\r\n", same(`"" wire: invalid chunk-size line at byte 0`)},
		{"sign", "+5\r\nhello\r\n", same(`"" wire: invalid chunk-size line at byte 0`)},
		{"0x", "0x5\r\nhello\r\n", same(`"" wire: invalid chunk-size line at byte 1`)},
		{"leading space", " 5\r\nhello\r\n", same(`"" wire: invalid chunk-size line at byte 0`)},
		{"VT", "5\x0b\r\nhello\r\n", same(`"" wire: invalid chunk-size line at byte 1`)},
		{"2^63", "8000000000000000\r\nhello\r\n", same(`"" wire: invalid chunk-size line at byte 16`)},
		{"wraps to 5", "10000000000000005\r\nhello\r\n", same(`"" wire: invalid chunk-size line at byte 16`)},
		{"second size wrong", hello + "g\r\n", same(`"hello" wire: invalid chunk-size line at byte 10`)},

		{"size ended by LF", "5\nhello\r\n0\r\n\r\n", same(`"" wire: invalid chunk-size line at byte 1`)},
		{"size ended by CR CR LF", "5\r\r\nhello\r\n0\r\n\r\n", same(`"" wire: invalid chunk-size line at byte 1`)},
		{"size ended by CR", "5\rhello\r\n0\r\n\r\n", same(`"" wire: invalid chunk-size line at byte 1`)},
		{"LF in an extension", "5;a\nb\r\nhello\r\n0\r\n\r\n", same(`"" wire: invalid chunk-size line at byte 3`)},
		{"CR in an extension", "5;a\rb\r\nhello\r\n0\r\n\r\n", same(`"" wire: invalid chunk-size line at byte 3`)},
		{"last-chunk ended by LF", hello + "0\n\n", same(`"hello" wire: invalid chunk-size line at byte 11`)},

		{"data ended by LF", "5\r\nhello\n0\r\n\r\n", same(`"hello" wire: invalid chunk-data at byte 8`)},
		{"data ended by CR", "5\r\nhello\r0\r\n\r\n", same(`"hello" wire: invalid chunk-data at byte 9`)},
		{"data ended by LF CR", "5\r\nhello\n\r0\r\n\r\n", same(`"hello" wire: invalid chunk-data at byte 8`)},
		{"data ended by XX", "5\r\nhelloXX0\r\n\r\n", same(`"hello" wire: invalid chunk-data at byte 8`)},
		{"data ended by CR X before a good chunk", "5\r\nhello\rX5\r\nworld\r\n0\r\n\r\n", same(`"hello" wire: invalid chunk-data at byte 9`)},
		{"second size ended by X LF", hello + "5X\nworld\r\n0\r\n\r\n", same(`"hello" wire: invalid chunk-size line at byte 12`)},
		{"second size of 2^63", hello + "8000000000000000\r\nworld\r\n0\r\n\r\n", same(`"hello" wire: invalid chunk-size line at byte 26`)},
		{"second size of 16 digits", hello + "0000000000000005\r\nworld\r\n0\r\n\r\n", same(`"helloworld"`)},
		{"data longer than said", "5\r\nhello!\r\n0\r\n\r\n", same(`"hello" wire: invalid chunk-data at byte 8`)},

		{"trailers", "0\r\nA: b\r\nC:\t d \r\n\r\n", [2]string{`"" A="b" C="d"`, `""`}},
		{"trailer ended by LF", "0\r\nA: b\n\r\n", [2]string{`"" wire: invalid trailer field-line at byte 7`, `""`}},
		{"section ended by LF", "0\r\n\n", [2]string{`"" wire: invalid trailer field-line at byte 3`, `""`}},
		{"trailer without colon", "0\r\nbad\r\n\r\n", [2]string{`"" wire: invalid trailer field-line at byte 6`, `""`}},
		{"trailer folded", "0\r\nA: b\r\n c\r\n\r\n", [2]string{`"" wire: invalid trailer field-line at byte 9`, `""`}},
		{"trailer with NUL", "0\r\nA: \x00\r\n\r\n", [2]string{`"" wire: invalid trailer field-line at byte 6`, `""`}},
		{"trailer with CR", "0\r\nA: b\rc\r\n\r\n", [2]string{`"" wire: invalid trailer field-line at byte 7`, `""`}},
		{"framing in a trailer", "0\r\nContent-length: 5\r\n\r\n", [2]string{`"" wire: invalid trailer field-line at byte 3`, `""`}},
		{"coding in a trailer", "0\r\nTRANSFER-ENCODING: x\r\n\r\n", [2]string{`"" wire: invalid trailer field-line at byte 3`, `""`}},

		{"end before anything", "", same(`"" wire: truncated chunk-size line at byte 0`)},
		{"end in a size", "5", same(`"" wire: truncated chunk-size line at byte 0`)},
		{"end in the line end", "5\r", same(`"" wire: truncated chunk-size line at byte 0`)},
		{"end in data", "5\r\nhe", same(`"he" wire: truncated chunk-data at byte 5`)},
		{"end behind data", "5\r\nhello", same(`"hello" wire: truncated chunk-data at byte 8`)},
		{"end behind CR", "5\r\nhello\r", same(`"hello" wire: truncated chunk-data at byte 8`)},
		{"end before the last-chunk", hello, same(`"hello" wire: truncated chunk-size line at byte 10`)},
		{"end in the last-chunk", hello + "0\r", same(`"hello" wire: truncated chunk-size line at byte 10`)},
		{"end behind the last-chunk", hello + "0\r\n", [2]string{`"hello" wire: truncated trailer section at byte 13`, `"hello"`}},
		{"end in a trailer", hello + "0\r\nA: b", [2]string{`"hello" wire: truncated trailer section at byte 13`, `"hello"`}},
		{"end behind a trailer", hello + "0\r\nA: b\r\n", [2]string{`"hello" wire: truncated trailer section at byte 19`, `"hello"`}},
		{"end in the last line end", hello + "0\r\n\r", [2]string{`"hello" wire: truncated trailer section at byte 13`, `"hello"`}},
		{"a huge chunk that ends", "7fffffffffffffff\r\nhello", same(`"hello" wire: truncated chunk-data at byte 23`)},
	} {
		for i, lenient := range []bool{false, true} {
			if got := decode(t, c.in, Limits{}, lenient); got != c.want[i] {
				t.Errorf("%s, lenient %v: %q gives %s; want %s", c.name, lenient, c.in, got, c.want[i])
			}
		}
	}
}

// Hardenings H8 and H9 between two chunks, where the decoder has a way of its own
// for sizes of two digits and one for others: of the four bytes around the second
// size none may be another.
func TestChunkedLineEnds(t *testing.T) {
	const data = "0123456789abcdefg" // 11 in hex
	for digits := 2; digits <= 16; digits++ {
		line := fmt.Sprintf("\r\n%0*x\r\n", digits, len(data))
		for at, want := range map[int]string{
			0: "chunk-data at byte 8", 1: "chunk-data at byte 9", len(line) - 2: "chunk-size line at byte ", len(line) - 1: "chunk-size line at byte ",
		} {
			for _, c := range []byte("X\x00\r\n \x8d") {
				if line[at] == c {
					continue
				}
				in := "5\r\nhello" + line[:at] + string([]byte{c}) + line[at+1:] + data + "\r\n0\r\n\r\n"
				for _, lenient := range []bool{false, true} {
					if got := decode(t, in, Limits{}, lenient); !strings.HasPrefix(got, `"hello" wire: invalid `+want) {
						t.Errorf("lenient %v: %q gives %s; want hello, and invalid %s", lenient, in, got, want)
					}
				}
			}
		}
	}
}

// Each limit on chunked content at n-1, n and n+1.
func TestChunkedLimits(t *testing.T) {
	fill := func(n int) string { return strings.Repeat("x", n) }
	for _, c := range []struct {
		name    string
		lim     Limits
		lenient bool
		build   func(n int) string
		n       int
		want    string
	}{
		{"chunk-size line", Limits{ChunkLine: 50}, false, func(n int) string { return "5;" + fill(n-4) + "\r\nhello\r\n0\r\n\r\n" }, 50,
			"chunk-size line is longer than 50 bytes"},
		{"last-chunk line", Limits{ChunkLine: 50}, false, func(n int) string { return "5\r\nhello\r\n0;" + fill(n-4) + "\r\n\r\n" }, 50,
			"chunk-size line is longer than 50 bytes"},
		{"strict chunk-size line", StrictLimits(), false, func(n int) string { return "5;" + fill(n-4) + "\r\nhello\r\n0\r\n\r\n" }, 4096,
			"chunk-size line is longer than 4096 bytes"},
		{"default chunk-size line", Limits{ChunkOverhead: -1}, true, func(n int) string { return "5;" + fill(n-4) + "\r\nhello\r\n0\r\n\r\n" }, 65536,
			"chunk-size line is longer than 65536 bytes"},
		{"leading zeros", Limits{ChunkOverhead: -1}, true, func(n int) string { return strings.Repeat("0", n-3) + "5\r\nhello\r\n0\r\n\r\n" }, 65536,
			"chunk-size line is longer than 65536 bytes"},
		{"trailer line", Limits{Line: 50}, false, func(n int) string { return "0\r\nA: " + fill(n-5) + "\r\n\r\n" }, 50,
			"trailer field-line is longer than 50 bytes"},
		{"trailer line, lenient", Limits{Line: 50}, true, func(n int) string { return "0\r\nA: " + fill(n-4) + "\n\n" }, 50,
			"trailer field-line is longer than 50 bytes"},
		{"default trailer line", Limits{}, true, func(n int) string { return "0\r\nA: " + fill(n-5) + "\r\n\r\n" }, 65536,
			"trailer field-line is longer than 65536 bytes"},
		{"trailer lines", Limits{TrailerLines: 7}, false, func(n int) string { return "0\r\n" + strings.Repeat("A: b\r\n", n) + "\r\n" }, 7,
			"more than 7 trailer field-lines"},
		{"default trailer lines", Limits{}, true, func(n int) string { return "0\r\n" + strings.Repeat("x\n", n) + "\r\n" }, 100,
			"more than 100 trailer field-lines"},
		{"trailer section", Limits{TrailerBytes: 500}, false, func(n int) string {
			return "0\r\n" + strings.Repeat("A: "+fill(45)+"\r\n", 9) + "B: " + fill(n-455) + "\r\n\r\n"
		}, 500, "trailer section is longer than 500 bytes"},
		{"default trailer section", Limits{}, true, func(n int) string {
			return "0\r\n" + strings.Repeat(fill(32766)+"\r\n", 1) + fill(n-32768-2) + "\r\n\r\n"
		}, 65536, "trailer section is longer than 65536 bytes"},
		// A line of k bytes, n of it beyond the 16 bytes and 2 * 5 that are free.
		{"chunk overhead", Limits{ChunkOverhead: 30}, false, func(n int) string { return "5;" + fill(n+16+10-2-4) + "\r\nhello\r\n0\r\n\r\n" }, 30,
			"chunk overhead is more than 30 bytes in excess"},
		{"chunk overhead summed", Limits{ChunkOverhead: 300}, false, func(n int) string {
			return strings.Repeat("1;"+fill(10+16+2-2-4)+"\r\nx\r\n", 29) + "1;" + fill(n-290+16+2-2-4) + "\r\nx\r\n" + "5\r\nhello\r\n0\r\n\r\n"
		}, 300, "chunk overhead is more than 300 bytes in excess"},
		{"default chunk overhead", Limits{}, true, func(n int) string { return "5;" + fill(n+16+10-2-4) + "\r\nhello\r\n0\r\n\r\n" }, 16384,
			"chunk overhead is more than 16384 bytes in excess"},
	} {
		for n := c.n - 1; n <= c.n+1; n++ {
			got := decode(t, c.build(n), c.lim, c.lenient)
			if over := strings.Contains(got, "wire: "); over != (n > c.n) || over && !strings.HasSuffix(got, "wire: "+c.want) {
				t.Errorf("%s: %d of %d: %s; want %q beyond that only", c.name, n, c.n, got, c.want)
			}
		}
	}
}

// CVE-2023-39326: one byte a chunk and 200 bytes of extension, for ever; and
// that honest small chunks are not taken for it, nor data that pays for much.
func TestChunkOverhead(t *testing.T) {
	b := NewReader(&endless{forever: "1;" + strings.Repeat("x", 200) + "\r\n.\r\n"}, Limits{}).Body(Framing{Kind: Chunked})
	n, err := io.Copy(io.Discard, b)
	var syntax *SyntaxError
	if !errors.As(err, &syntax) || syntax.Element != ElemChunkSize || syntax.Reason != TooMany || n > 100 {
		t.Errorf("a flood of extensions: %d bytes of content, then %v", n, err)
	}
	// Fifteen digits cost one byte more than one byte of data pays for.
	b = NewReader(&endless{forever: "000000000000001\r\n.\r\n"}, Limits{}).Body(Framing{Kind: Chunked})
	if n, err := io.Copy(io.Discard, b); !errors.As(err, &syntax) || syntax.Reason != TooMany || n != 16384 {
		t.Errorf("a flood of zeros: %d bytes of content, then %v; want 16384", n, err)
	}
	for _, in := range []string{
		strings.Repeat("1\r\n.\r\n", 100000),
		strings.Repeat("1;"+strings.Repeat("x", 1000)+"\r\n.\r\n"+"400\r\n"+strings.Repeat(".", 1024)+"\r\n", 100),
		strings.Repeat("0000000001\r\n.\r\n", 100000),
		strings.Repeat("400;"+strings.Repeat("x", 2000)+"\r\n"+strings.Repeat(".", 1024)+"\r\n", 100),
	} {
		b := NewReader(strings.NewReader(in+"0\r\n\r\n"), Limits{}).Body(Framing{Kind: Chunked})
		if n, err := io.Copy(io.Discard, b); err != nil || n < 100000 {
			t.Errorf("%.20q… : %d bytes of content, then %v", in, n, err)
		}
	}
}

// Decode moves what fits, in place too, and stops where it says.
func TestDecode(t *testing.T) {
	in := string(chunkedOf(16, 100))
	content := strings.Repeat("0123456789abcdef", 7)[:100]
	for size := 1; size <= 120; size++ {
		for cut := 1; cut <= len(in); cut += 7 {
			var d Decoder
			d.Reset(Framing{Kind: Chunked})
			var got []byte
			have := []byte(in[:cut])
			more := in[cut:]
			for steps := 0; ; steps++ {
				dst := make([]byte, size)
				nd, ns, err := d.Decode(dst, have)
				got = append(got, dst[:nd]...)
				have = have[ns:]
				if err == io.EOF {
					break
				}
				if err == ErrShort {
					have, more = append(have, more...), ""
				} else if err != nil || nd != size || steps > 1000 {
					t.Fatalf("Decode into %d bytes: %d, %d, %v after %d steps", size, nd, ns, err, steps)
				}
			}
			if string(got) != content || len(have) != 0 || !d.Done() {
				t.Fatalf("Decode into %d bytes, cut at %d: %q with %q left; want %q", size, cut, got, have, content)
			}
		}
	}
	b := []byte(in)
	var d Decoder
	d.Reset(Framing{Kind: Chunked})
	nd, ns, err := d.Decode(b, b)
	if string(b[:nd]) != content || ns != len(in) || err != io.EOF {
		t.Errorf("Decode in place: %q, %d, %v; want %q", b[:nd], ns, err, content)
	}
	// Content of known length ends where it ends, whatever follows.
	d.Reset(Framing{Kind: ContentLength, Length: 5})
	dst := bytes.Repeat([]byte("."), 8)
	if nd, ns, err := d.Decode(dst, []byte("hello world")); nd != 5 || ns != 5 || err != io.EOF || string(dst) != "hello..." {
		t.Errorf("Decode of 5 bytes: %d, %d, %v, %q", nd, ns, err, dst)
	}
	if nd, ns, err := d.Decode(nil, []byte("x")); nd != 0 || ns != 0 || err != nil {
		t.Errorf("Decode into nothing: %d, %d, %v", nd, ns, err)
	}
}

func ExampleDecoder() {
	stream := []byte("5\r\nhello\r\n6\r\n world\r\n0\r\n\r\nHTTP/1.1 …")
	var d Decoder
	d.Reset(Framing{Kind: Chunked})
	for !d.Done() {
		if n := d.Left(); n > 0 { // content: move it, then say so
			fmt.Printf("%s", stream[:n])
			stream = stream[n:]
			d.Took(n)
			continue
		}
		n, err := d.Next(stream) // framing
		if err != nil {
			fmt.Println(err)
			return
		}
		stream = stream[n:]
	}
	fmt.Printf("\nnext: %s\n", stream)
	// Output:
	// hello world
	// next: HTTP/1.1 …
}
