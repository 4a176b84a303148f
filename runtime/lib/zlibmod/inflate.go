package zlibmod

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
)

// errShort says that more input is needed.
var errShort = errors.New("more input is needed")

// A dataError is what zlib says of data that is wrong.
type dataError string

func (e dataError) Error() string { return string(e) }

// errDictionary says that the stream needs a dictionary.
var errDictionary = errors.New("need dictionary")

// window is how far back a copy reaches. RFC 1951 §2.
const window = 32 << 10

// A format is what is around the compressed data.
type format uint8

const (
	raw      format = iota
	zlibForm        // RFC 1950
	gzipForm        // RFC 1952
	either          // one of the two
)

// A state is what an inflater reads next.
type state uint8

const (
	inHead state = iota // of the stream
	inExtra
	inName
	inComment
	inHeadSum
	inBlockHead
	inStored
	inCodes
	inTrailer
	inEnd
	broken
)

// An inflater decompresses a stream that comes in pieces.
//
// RFC 1951; inflate.c, inflate.
type inflater struct {
	format format
	most   uint // bits of the largest window there may be
	state  state
	err    dataError // of a broken stream

	in  []byte // what is not used up, from the byte of bit on
	bit int    // of in, which comes next

	out     []byte // the last bytes of what came out before, and what comes out now
	summed  int    // bytes of out that are in sum, or came out before
	sum     uint32
	length  uint32 // of all that came out
	flags   byte   // of gzip's head
	headSum uint32 // of gzip's head
	left    int    // bytes of a block, or of a field of the head

	last                bool // no block follows
	literals, distances huffman
	copy, back          int  // of a copy that is not done
	literal             int  // one that is not written, or -1
	full                bool // it stopped because limit bytes came out
}

func newInflater(f format, most uint) *inflater {
	z := &inflater{format: f, most: most, literal: -1, sum: 1}
	if f == raw {
		z.state = inBlockHead
	}
	return z
}

// write reads more input, and returns what comes out: limit bytes at most, if that is above 0. What was not read
// because of the limit, or follows the end, is rest, a view of input.
func (z *inflater) write(thread *starlark.Thread, input string, limit int) (out, rest string, err error) {
	if z.state == inEnd {
		return "", input, nil
	}
	if z.in, err = host.Grow(thread, z.in, len(input)); err != nil {
		return "", "", err
	}
	z.in = append(z.in, input...)
	if n := len(z.out); n > 4*window {
		z.out = append(make([]byte, 0, 2*window), z.out[n-window:]...)
	}
	begin := len(z.out)
	z.summed, z.full = begin, false
	for z.state != inEnd && err == nil && !z.full {
		err = z.step(thread, begin, limit)
	}
	z.add()
	if z.full || z.state == inEnd {
		used := (z.bit + 7) / 8
		rest = input[len(input)-(len(z.in)-used):]
		z.in = z.in[:used]
	}
	z.in = append([]byte(nil), z.in[z.bit/8:]...) // a few bytes, of what may be much
	z.bit %= 8
	var wrong dataError
	if errors.As(err, &wrong) {
		z.state, z.err = broken, wrong
	}
	if err == errShort {
		err = nil
	}
	if err != nil {
		return "", "", err
	}
	if len(z.out)-begin < window {
		return string(z.out[begin:]), rest, nil
	}
	return host.String(z.out)[begin:], rest, nil // what comes later is behind it, or elsewhere
}

// step does what the state asks for. What is not there whole is not read, but waited for.
func (z *inflater) step(thread *starlark.Thread, begin, limit int) error {
	switch z.state {
	case inHead:
		return z.head()
	case inExtra, inName, inComment:
		return z.field()
	case inHeadSum:
		sum, err := z.take(16)
		if err == nil && sum != z.headSum&0xffff {
			err = dataError("header crc mismatch")
		}
		if err == nil {
			z.state = inBlockHead
		}
		return err
	case inBlockHead:
		at := z.bit
		err := z.blockHead()
		if err == errShort {
			z.bit = at
		}
		return err
	case inStored:
		return z.stored(thread, begin, limit)
	case inCodes:
		return z.codes(thread, begin, limit)
	case inTrailer:
		return z.trailer()
	}
	return z.err
}

// peek returns the next bits, 0 for those behind the end of the input, and how many there are.
func (z *inflater) peek() (v uint64, n int) {
	at := z.bit / 8
	if at+8 <= len(z.in) {
		return binary.LittleEndian.Uint64(z.in[at:]) >> (z.bit % 8), 64 - z.bit%8
	}
	for i := len(z.in) - 1; i >= at; i-- {
		v = v<<8 | uint64(z.in[i])
	}
	return v >> (z.bit % 8), 8*len(z.in) - z.bit
}

// take reads n bits, 32 at most.
func (z *inflater) take(n int) (uint32, error) {
	v, have := z.peek()
	if have < n {
		return 0, errShort
	}
	z.bit += n
	return uint32(v & (1<<n - 1)), nil
}

// symbol reads one symbol.
func (z *inflater) symbol(h *huffman, wrong dataError) (int, error) {
	v, have := z.peek()
	entry := h.table[v&(1<<h.bits-1)]
	n := int(entry & 15)
	switch {
	case n > 0 && n <= have:
		z.bit += n
		return int(entry >> 4), nil
	case n == 0 && have >= int(h.bits):
		return 0, wrong
	}
	return 0, errShort
}

// head reads the head of a stream. RFC 1950 §2.2; RFC 1952 §2.3.
func (z *inflater) head() error {
	b := z.in // the stream begins here
	if len(b) < 2 {
		return errShort
	}
	if b[0] == 0x1f && b[1] == 0x8b && z.format != zlibForm {
		switch {
		case len(b) < 4:
			return errShort
		case b[2] != 8:
			return dataError("unknown compression method")
		case b[3]&0xe0 != 0:
			return dataError("unknown header flags set")
		case len(b) < 10:
			return errShort
		}
		z.format, z.flags, z.headSum, z.sum = gzipForm, b[3], crc32.ChecksumIEEE(b[:10]), 0
		z.bit = 80
		z.nextField()
		return nil
	}
	switch {
	case z.format == gzipForm || binary.BigEndian.Uint16(b)%31 != 0:
		return dataError("incorrect header check")
	case b[0]&15 != 8:
		return dataError("unknown compression method")
	case uint(b[0]>>4)+8 > z.most:
		return dataError("invalid window size")
	case b[1]&0x20 != 0:
		return errDictionary
	}
	z.format, z.state, z.bit = zlibForm, inBlockHead, 16
	return nil
}

// nextField goes on to the next field of gzip's head, or behind it.
func (z *inflater) nextField() {
	z.left = -1
	for z.state++; z.state < inBlockHead; z.state++ {
		if z.flags&[...]byte{inExtra: 4, inName: 8, inComment: 16, inHeadSum: 2}[z.state] != 0 {
			return
		}
	}
}

// field reads what there is of a field of gzip's head.
func (z *inflater) field() error {
	if z.state == inExtra && z.left < 0 {
		at := z.bit / 8
		n, err := z.take(16)
		if err != nil {
			return err
		}
		z.headSum = crc32.Update(z.headSum, crc32.IEEETable, z.in[at:at+2])
		z.left = int(n)
	}
	rest := z.in[z.bit/8:]
	n, done := len(rest), false
	if z.state == inExtra {
		n, done = min(n, z.left), n >= z.left
		z.left -= n
	} else if end := bytes.IndexByte(rest, 0); end >= 0 {
		n, done = end+1, true
	}
	z.headSum = crc32.Update(z.headSum, crc32.IEEETable, rest[:n])
	z.bit += 8 * n
	if !done {
		return errShort
	}
	z.nextField()
	return nil
}

// blockHead reads what is before the data of a block. RFC 1951 §3.2.3.
func (z *inflater) blockHead() error {
	if z.last {
		z.state = inTrailer
		return nil
	}
	v, err := z.take(3)
	if err != nil {
		return err
	}
	switch v >> 1 {
	case 0:
		z.bit = (z.bit + 7) &^ 7
		n, err := z.take(32)
		if err != nil {
			return err
		}
		if n>>16 != ^n&0xffff {
			return dataError("invalid stored block lengths")
		}
		z.left, z.state = int(n&0xffff), inStored
	case 1:
		literals, distances := fixedLengths()
		z.literals.build(literals[:], false)
		z.distances.build(distances[:], false)
		z.state = inCodes
	case 2:
		if err := z.codeLengths(); err != nil {
			return err
		}
		z.state = inCodes
	default:
		return dataError("invalid block type")
	}
	z.last = v&1 != 0
	return nil
}

// codeLengths reads the codes of a block. RFC 1951 §3.2.7.
func (z *inflater) codeLengths() error {
	v, err := z.take(14)
	if err != nil {
		return err
	}
	literals, distances, codes := int(v&31)+257, int(v>>5&31)+1, int(v>>10)+4
	if literals > 286 || distances > 30 {
		return dataError("too many length or distance symbols")
	}
	var order [19]uint8
	for _, at := range lengthOrder[:codes] {
		n, err := z.take(3)
		if err != nil {
			return err
		}
		order[at] = uint8(n)
	}
	var lengthCodes huffman
	if !lengthCodes.build(order[:], false) {
		return dataError("invalid code lengths set")
	}
	if order == [19]uint8{} {
		lengthCodes.table[0], lengthCodes.table[1] = 1, 1 // zlib reads zeros, and fails at the end
	}
	var lengths [286 + 30]uint8
	all := lengths[:literals+distances]
	for i := 0; i < len(all); {
		symbol, err := z.symbol(&lengthCodes, "invalid code lengths set")
		if err != nil {
			return err
		}
		if symbol < 16 {
			all[i] = uint8(symbol)
			i++
			continue
		}
		repeat := [...]struct{ bits, least int }{{2, 3}, {3, 3}, {7, 11}}[symbol-16]
		more, err := z.take(repeat.bits)
		if err != nil {
			return err
		}
		var length uint8
		n := repeat.least + int(more)
		if symbol == 16 && i > 0 {
			length = all[i-1]
		}
		if symbol == 16 && i == 0 || i+n > len(all) {
			return dataError("invalid bit length repeat")
		}
		for ; n > 0; n-- {
			all[i] = length
			i++
		}
	}
	switch {
	case all[256] == 0:
		return dataError("invalid code -- missing end-of-block")
	case !z.literals.build(all[:literals], true):
		return dataError("invalid literal/lengths set")
	case !z.distances.build(all[literals:], true):
		return dataError("invalid distances set")
	}
	return nil
}

// room returns how many bytes may come out, having made room for them or for some of them.
func (z *inflater) room(thread *starlark.Thread, begin, limit int) (int, error) {
	const most = 64 << 10
	if err := host.Spend(thread, 0); err != nil {
		return 0, err
	}
	var err error
	if cap(z.out)-len(z.out) < maxCopy {
		if z.out, err = host.Grow(thread, z.out, maxCopy); err != nil {
			return 0, err
		}
	}
	n := min(cap(z.out)-len(z.out), most)
	if limit > 0 {
		n = min(n, begin+limit-len(z.out))
	}
	return n, host.Spend(thread, n/host.BytesPerStep)
}

// maxCopy is the most bytes that one symbol brings.
const maxCopy = 258

// stored copies what there is of a block that is not compressed.
func (z *inflater) stored(thread *starlark.Thread, begin, limit int) error {
	if z.left == 0 {
		z.state = inBlockHead
		return nil
	}
	n, err := z.room(thread, begin, limit)
	if err != nil {
		return err
	}
	rest := z.in[z.bit/8:]
	if len(rest) == 0 {
		return errShort
	}
	if n == 0 {
		z.full = true
		return nil
	}
	n = min(n, z.left, len(rest))
	z.out = append(z.out, rest[:n]...)
	z.bit += 8 * n
	z.left -= n
	return nil
}

// codes decodes symbols until the room is used up.
func (z *inflater) codes(thread *starlark.Thread, begin, limit int) error {
	n, err := z.room(thread, begin, limit)
	if err != nil {
		return err
	}
	end := len(z.out) + n
	for {
		if z.literal >= 0 {
			if len(z.out) == end {
				z.full = limit > 0 && end == begin+limit
				return nil
			}
			z.out = append(z.out, byte(z.literal))
			z.literal = -1
		}
		for from := len(z.out) - z.back; z.copy > 0; { // from which on the same bytes repeat
			if len(z.out) == end {
				z.full = limit > 0 && end == begin+limit
				return nil
			}
			n := min(z.copy, len(z.out)-from, end-len(z.out))
			z.out = append(z.out, z.out[from:from+n]...)
			z.copy -= n
		}
		at := z.bit
		done, err := z.code()
		if err == errShort {
			z.bit = at
		}
		if done || err != nil {
			return err
		}
	}
}

// code reads a literal or a copy; done is the end of the block.
func (z *inflater) code() (done bool, err error) {
	symbol, err := z.symbol(&z.literals, "invalid literal/length code")
	switch {
	case err != nil:
		return false, err
	case symbol < 256:
		z.literal = symbol
		return false, nil
	case symbol == 256:
		z.state = inBlockHead
		return true, nil
	}
	symbol -= 257
	if symbol >= len(lengthBase) {
		return false, dataError("invalid literal/length code")
	}
	more, err := z.take(int(lengthBits[symbol]))
	if err != nil {
		return false, err
	}
	length := int(lengthBase[symbol]) + int(more)
	if symbol, err = z.symbol(&z.distances, "invalid distance code"); err != nil {
		return false, err
	}
	if symbol >= len(distanceBase) {
		return false, dataError("invalid distance code")
	}
	if more, err = z.take(int(distanceBits[symbol])); err != nil {
		return false, err
	}
	back := int(distanceBase[symbol]) + int(more)
	if back > len(z.out) || back > 1<<z.most {
		return false, dataError("invalid distance too far back")
	}
	z.copy, z.back = length, back
	return false, nil
}

// add adds what came out to the sum.
func (z *inflater) add() {
	b := z.out[z.summed:]
	if z.format == gzipForm {
		z.sum = crc32.Update(z.sum, crc32.IEEETable, b)
	} else if z.format == zlibForm {
		z.sum = adler32(z.sum, host.String(b))
	}
	z.length += uint32(len(b))
	z.summed = len(z.out)
}

// trailer reads what follows the data.
func (z *inflater) trailer() error {
	z.add()
	b := z.in[(z.bit+7)/8:]
	switch z.format {
	case zlibForm:
		if len(b) < 4 {
			return errShort
		}
		if binary.BigEndian.Uint32(b) != z.sum {
			return dataError("incorrect data check")
		}
		z.bit = (z.bit+7)&^7 + 32
	case gzipForm:
		if len(b) >= 4 && binary.LittleEndian.Uint32(b) != z.sum {
			return dataError("incorrect data check")
		}
		if len(b) < 8 {
			return errShort
		}
		if binary.LittleEndian.Uint32(b[4:]) != z.length {
			return dataError("incorrect length check")
		}
		z.bit = (z.bit+7)&^7 + 64
	}
	z.state = inEnd
	return nil
}
