package wire

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"
	"testing/iotest"
)

// rest stands behind every message that feed feeds, and must still be there
// when the message has been read.
const rest = "HTTP/1.1 299 the next message\r\n\r\n"

// feed runs read over input in every way that bytes can arrive: whole, byte by
// byte, in random pieces, with the error of the source beside the last bytes,
// and (if tail is true) with bytes of a next message behind, which have to
// remain. read returns whatever it made of the input, as text; feed fails the
// test unless that is the same each time, and returns it.
func feed(t testing.TB, input string, lim Limits, tail bool, read func(r *Reader) string) string {
	t.Helper()
	got := read(NewReader(bytes.NewReader([]byte(input)), lim))
	check := func(how string, r *Reader, tail bool) {
		t.Helper()
		if again := read(r); again != got {
			t.Fatalf("%q %s: got %s; whole: %s", input, how, again, got)
		}
		if !tail {
			return
		}
		if left, err := io.ReadAll(r); string(left) != rest || err != nil {
			t.Fatalf("%q %s: left %q, %v; want %q", input, how, left, err, rest)
		}
	}
	check("byte by byte", NewReader(iotest.OneByteReader(bytes.NewReader([]byte(input))), lim), false)
	check("with data and error", NewReader(iotest.DataErrReader(bytes.NewReader([]byte(input))), lim), false)
	rnd := rand.New(rand.NewPCG(uint64(len(input)), 1))
	for i := range 4 {
		check(fmt.Sprint("split ", i), NewReader(&pieces{data: []byte(input), rnd: rnd}, lim), false)
	}
	if tail {
		input += rest
		check("with a tail", NewReader(bytes.NewReader([]byte(input)), lim), true)
		check("with a tail, byte by byte", NewReader(iotest.OneByteReader(bytes.NewReader([]byte(input))), lim), true)
		check("with a tail, split", NewReader(&pieces{data: []byte(input), rnd: rnd}, lim), true)
	}
	return got
}

// pieces is a source that returns random pieces of data, sometimes nothing.
type pieces struct {
	data []byte
	rnd  *rand.Rand
}

func (p *pieces) Read(b []byte) (int, error) {
	if len(p.data) == 0 {
		return 0, io.EOF
	}
	n := min(p.rnd.IntN(9), len(b), len(p.data))
	copy(b, p.data[:n])
	p.data = p.data[n:]
	return n, nil
}

// describe writes a head or the error that came instead.
func describe(h *Head, err error) string {
	if err != nil {
		return fmt.Sprintf("error %v", err)
	}
	s := fmt.Sprintf("1.%d ", h.Minor)
	if h.Status != 0 {
		s += fmt.Sprintf("%d %q", h.Status, h.Reason())
	} else {
		s += fmt.Sprintf("%q %q", h.Method(), h.Target())
	}
	for name, value := range h.All() {
		s += fmt.Sprintf(" %s=%q", name, value)
	}
	return s
}
