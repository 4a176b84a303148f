package httplibmod

import (
	"bytes"
	"strings"
	"testing"
)

// TestSlab: pieces keep what they were given however much is read behind them,
// and a small part of a piece does not keep its memory alive.
func TestSlab(t *testing.T) {
	var s slab
	src := strings.NewReader(strings.Repeat("0123456789abcdef", 50_000)) // 800,000 bytes
	var pieces []string
	for {
		data, err := fill(src, &s, 65_536, false)
		if data != "" {
			pieces = append(pieces, data)
		}
		if err != nil {
			break
		}
	}
	if got := strings.Join(pieces, ""); got != strings.Repeat("0123456789abcdef", 50_000) {
		t.Errorf("pieces of 65536 bytes: %d bytes that differ from the source", len(got))
	}
	for _, n := range []int{0, 1, 4095, 4096, 16_383, 16_384, 65_535, 65_536} {
		s = slab{}
		buf := s.take(65_536)
		copy(buf, strings.Repeat("x", n))
		got := s.give(buf, n)
		copy(s.take(65_536), strings.Repeat("y", 65_536)) // what comes next
		if got != strings.Repeat("x", n) {
			t.Errorf("give(%d) was written over", n)
		}
	}
}

// TestFill: memory is multiplied where the rest is told of and doubled elsewhere;
// either way the content is whole.
func TestFill(t *testing.T) {
	content := bytes.Repeat([]byte("0123456789abcdef"), 3<<16) // 3 MiB
	for _, told := range []bool{false, true} {
		for _, want := range []int64{1, 4095, 65_536, 65_537, 3 << 20, all} {
			data, err := fill(bytes.NewReader(content), new(slab), want, told)
			n := min(want, int64(len(content)))
			if data != string(content[:n]) || (err != nil) != (want == all) {
				t.Errorf("fill(%d, told %v) = %d bytes, %v; want %d", want, told, len(data), err, n)
			}
		}
	}
}
