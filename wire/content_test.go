package wire

import (
	"errors"
	"fmt"
	"io"
	"math"
	"testing"
)

// reach brings d into state s.
func reach(t *testing.T, d *Decoder, s state, lenient bool) {
	t.Helper()
	*d = Decoder{Lenient: lenient}
	chunked := func(in string) {
		d.Reset(Framing{Kind: Chunked})
		for in != "" {
			n, err := d.Next([]byte(in))
			if err != nil {
				t.Fatalf("Next(%q) = %v", in, err)
			}
			if in = in[n:]; d.Left() > 0 {
				k := min(d.Left(), int64(len(in)))
				d.Took(k)
				in = in[k:]
			}
		}
	}
	switch s {
	case done:
		d.Reset(Framing{Kind: NoContent})
	case length:
		d.Reset(Framing{Kind: ContentLength, Length: 3})
	case untilClose:
		d.Reset(Framing{Kind: UntilClose})
	case chunkSize:
		chunked("")
	case chunkData:
		chunked("3\r\n")
	case chunkEnd:
		chunked("3\r\nabc")
	case trailer:
		chunked("3\r\nabc\r\n0\r\n")
	case failed:
		d.Reset(Framing{Kind: Chunked})
		if _, err := d.Next([]byte("x")); err == nil {
			t.Fatal("an x passed for a chunk-size")
		}
	}
	if d.state != s {
		t.Fatalf("in %v; want %v", d.state, s)
	}
}

// Every cell of the table in Decoder's comment, and that no line of the wrong
// kind leads anywhere else.
func TestDecoderMoves(t *testing.T) {
	lines := []string{"5\r\n", "0\r\n", "\r\n", "A: b\r\n", "\n", "x\n"}
	type moves struct {
		line       [6]string // for each of lines: the state after it
		taken, end string
	}
	none := [6]string{}
	for i := range none {
		none[i] = "-"
	}
	eof := [6]string{"EOF", "EOF", "EOF", "EOF", "EOF", "EOF"}
	bad := [6]string{"again", "again", "again", "again", "again", "again"}
	for _, lenient := range []bool{false, true} {
		table := [numStates]moves{
			done:       {eof, "-", "done"},
			length:     {none, "done", "failed"},
			untilClose: {none, "untilClose", "done"},
			chunkSize:  {[6]string{"chunkData", "trailer", "failed", "failed", "failed", "failed"}, "-", "failed"},
			chunkData:  {none, "chunkEnd", "failed"},
			chunkEnd:   {[6]string{"failed", "failed", "chunkSize", "failed", "failed", "failed"}, "-", "failed"},
			trailer:    {[6]string{"failed", "failed", "done", "trailer", "failed", "failed"}, "-", "failed"},
			failed:     {bad, "-", "again"},
		}
		if lenient {
			table[trailer] = moves{[6]string{"trailer", "trailer", "done", "trailer", "done", "trailer"}, "-", "done"}
		}
		for s, want := range table {
			s := state(s)
			var d Decoder
			for i, line := range lines {
				reach(t, &d, s, lenient)
				before := d.err
				n, err := d.Next([]byte(line + "rest"))
				got := d.state.String()
				switch {
				case n == 0 && err == nil:
					got = "-"
				case err == io.EOF && n == 0:
					got = "EOF"
				case err != nil && err == before:
					got = "again"
				case d.state == failed && (err != d.err || n != 0):
					got = fmt.Sprintf("failed with %v, keeping %v", err, d.err)
				case d.state != failed && (err != nil || n != len(line)):
					got = fmt.Sprintf("%d, %v", n, err)
				}
				if got != want.line[i] || got == "-" && d.state != s {
					t.Errorf("lenient %v, %v × line %q: %s; want %s", lenient, s, line, got, want.line[i])
				}
			}

			reach(t, &d, s, lenient)
			got := "-"
			if left := d.Left(); left != 0 {
				if left > 1 {
					d.Took(left - 1)
					if d.state != s || d.Left() != 1 {
						t.Errorf("%v × bytes: %v with %d left", s, d.state, d.Left())
					}
				}
				d.Took(1)
				got = d.state.String()
			}
			if got != want.taken {
				t.Errorf("lenient %v, %v × taken: %s; want %s", lenient, s, got, want.taken)
			}

			reach(t, &d, s, lenient)
			before := d.err
			err := d.End()
			got = d.state.String()
			var syntax *SyntaxError
			switch {
			case d.state == failed && err == before:
				got = "again"
			case d.state == failed && !(errors.As(err, &syntax) && syntax.Reason == Truncated && errors.Is(err, io.ErrUnexpectedEOF)):
				got = fmt.Sprintf("failed with %v", err)
			case d.state != failed && err != nil:
				got = err.Error()
			}
			if got != want.end || d.Done() != (d.state == done) {
				t.Errorf("lenient %v, %v × end: %s; want %s", lenient, s, got, want.end)
			}
		}
	}
}

// Framing that cannot be must not become content without an end.
func TestDecoderReset(t *testing.T) {
	for _, c := range []struct {
		f    Framing
		want state
		left int64
	}{
		{Framing{}, done, 0},
		{Framing{Kind: ContentLength}, done, 0},
		{Framing{Kind: ContentLength, Length: -1}, done, 0},
		{Framing{Kind: ContentLength, Length: math.MaxInt64}, length, math.MaxInt64},
		{Framing{Kind: UntilClose}, untilClose, -1},
		{Framing{Kind: Chunked, Length: 7}, chunkSize, 0},
		{Framing{Kind: 99, Length: 7}, done, 0},
	} {
		var d Decoder
		reach(t, &d, failed, false)
		if d.Reset(c.f); d.state != c.want || d.Left() != c.left || d.Done() != (c.want == done) {
			t.Errorf("Reset(%v): %v with %d left; want %v with %d", c.f, d.state, d.Left(), c.want, c.left)
		}
	}
}

// Missing tells a caller how much of a body there would have been.
func TestDecoderMissing(t *testing.T) {
	for _, c := range []struct {
		s    state
		took int64
		want SyntaxError
	}{
		{length, 1, SyntaxError{Element: ElemContent, Reason: Truncated, Offset: 1, Missing: 2}},
		{chunkSize, 0, SyntaxError{Element: ElemChunkSize, Reason: Truncated}},
		{chunkData, 1, SyntaxError{Element: ElemChunkData, Reason: Truncated, Offset: 4, Missing: 2}},
		{chunkEnd, 0, SyntaxError{Element: ElemChunkData, Reason: Truncated, Offset: 6, Missing: 2}},
		{trailer, 0, SyntaxError{Element: ElemTrailerSection, Reason: Truncated, Offset: 11}},
	} {
		var d Decoder
		reach(t, &d, c.s, false)
		d.Took(c.took)
		var got *SyntaxError
		if err := d.End(); !errors.As(err, &got) || *got != c.want {
			t.Errorf("End in %v = %+v; want %+v", c.s, got, c.want)
		}
	}
}

// A caller that lost count has lost its place in the stream: nothing may be
// read from there on as if it were framing.
func TestDecoderTookTooMuch(t *testing.T) {
	for _, c := range []struct {
		s state
		n int64
	}{{length, 4}, {length, -1}, {chunkData, 4}, {chunkSize, 1}, {chunkEnd, 1}, {trailer, 1}, {done, 1}, {untilClose, -1}} {
		var d Decoder
		reach(t, &d, c.s, false)
		d.Took(c.n)
		if _, err := d.Next([]byte("0\r\n")); d.state != failed || err == nil || d.Left() != 0 || d.Done() {
			t.Errorf("Took(%d) in %v: %v, Next = %v; want failed", c.n, c.s, d.state, err)
		}
	}
	for s := range numStates {
		var d Decoder
		reach(t, &d, s, false)
		if d.Took(0); d.state != s {
			t.Errorf("Took(0) in %v: %v", s, d.state)
		}
	}
}

// The decoder must not be kept waiting for more of what is already wrong.
func TestDecoderRefusesAtOnce(t *testing.T) {
	for _, c := range []struct {
		s  state
		in string
	}{{chunkSize, "x"}, {chunkSize, "\r"}, {chunkEnd, "x"}, {chunkEnd, "\n"}, {chunkEnd, "\rx"}} {
		var d Decoder
		reach(t, &d, c.s, true)
		if _, err := d.Next([]byte(c.in)); err == nil || err == ErrShort {
			t.Errorf("Next(%q) in %v = %v; want a refusal", c.in, c.s, err)
		}
	}
}

// A line that comes in many pieces is searched once for its end, not again for
// every piece: an LF put where none was goes unnoticed. And the place is
// forgotten where it makes no sense.
func TestDecoderResumes(t *testing.T) {
	for _, in := range []string{"5;extension\r\n", "0\r\nA: trailer\r\n"} {
		for n := len(in) - 2; n > len(in)-6; n-- {
			d := Decoder{Lenient: true}
			d.Reset(Framing{Kind: Chunked})
			b := []byte(in)
			if in[0] == '0' {
				d.Next(b)
				b, n = b[3:], n-3
			}
			if k, err := d.Next(b[:n]); k != 0 || err != ErrShort {
				t.Fatalf("Next(%q) = %d, %v", b[:n], k, err)
			}
			b[n-1] = '\n'
			if k, err := d.Next(b[:n+1]); k != 0 || err != ErrShort {
				t.Errorf("Next(%q) after its beginning = %d, %v; want ErrShort", b[:n+1], k, err)
			}
			if k, err := d.Next(b[:1]); k != 0 || err != ErrShort {
				t.Errorf("Next(%q) after more of it = %d, %v; want ErrShort", b[:1], k, err)
			}
			if k, err := d.Next(b[:n]); k != 0 && k != n {
				t.Errorf("Next(%q) = %d, %v", b[:n], k, err)
			}
			if in[0] == '0' {
				n += 3
			}
		}
	}
}
