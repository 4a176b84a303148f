package zlibmod

import "math/bits"

// maxCode is the most bits of a code. RFC 1951 §3.2.7.
const maxCode = 15

// A huffman decodes symbols. Its table has an entry for each value of the next bits: the symbol and, in the
// lower four bits, how many of them are its code; 0 for no code.
type huffman struct {
	table []uint16
	bits  uint // of the longest code
}

// build makes the code of the lengths of its symbols. It fails for one that has too many codes, and for one
// that has too few unless that is one of a single bit and partial is allowed, or of none.
//
// RFC 1951 §3.2.2; inftrees.c, inflate_table.
func (h *huffman) build(lengths []uint8, partial bool) bool {
	var count [maxCode + 1]int
	longest := 0
	for _, n := range lengths {
		count[n]++
		longest = max(longest, int(n))
	}
	count[0] = 0
	var next [maxCode + 2]int
	code, left := 0, 1
	for n := 1; n <= maxCode; n++ {
		next[n] = code
		code = (code + count[n]) << 1
		if left = left<<1 - count[n]; left < 0 {
			return false
		}
	}
	if longest > 0 && left > 0 && (!partial || longest != 1) {
		return false
	}
	h.bits = uint(max(longest, 1))
	size := 1 << h.bits
	if cap(h.table) < size {
		h.table = make([]uint16, size)
	}
	h.table = h.table[:size]
	clear(h.table)
	for symbol, n := range lengths {
		if n == 0 {
			continue
		}
		entry := uint16(symbol)<<4 | uint16(n)
		for at := int(bits.Reverse16(uint16(next[n])) >> (16 - n)); at < size; at += 1 << n {
			h.table[at] = entry
		}
		next[n]++
	}
	return true
}

// The codes of blocks that bring none. RFC 1951 §3.2.6.
func fixedLengths() (literals [288]uint8, distances [32]uint8) {
	for i := range literals {
		switch {
		case i < 144:
			literals[i] = 8
		case i < 256:
			literals[i] = 9
		case i < 280:
			literals[i] = 7
		default:
			literals[i] = 8
		}
	}
	for i := range distances {
		distances[i] = 5
	}
	return literals, distances
}

// What the symbols of lengths, from 257 on, and of distances stand for: a number, and bits to add to it.
// RFC 1951 §3.2.5.
var (
	lengthBase = [...]uint16{3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258}
	lengthBits = [...]uint8{0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0}

	distanceBase = [...]uint16{1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577}
	distanceBits = [...]uint8{0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13}
)

// lengthOrder is the order of the lengths of the codes of lengths. RFC 1951 §3.2.7.
var lengthOrder = [...]uint8{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}
