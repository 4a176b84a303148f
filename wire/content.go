package wire

import (
	"bytes"
	"encoding/binary"
	"io"
)

// A Decoder follows a message's content through a stream without doing any I/O:
// it is told what bytes come next and says which of them are framing, to be
// dropped, and how many are content, to be moved by whatever means the caller
// has. Set Limits and Lenient first, then Reset. The zero Decoder is at the end
// of a message without content. One goroutine at a time.
//
// It is this machine. A line is one framing element; taken is the last content
// byte that [Decoder.Left] announced; end is the end of the input.
//
//	state       line                              taken      end
//	----------  --------------------------------  ---------  ----------------------
//	done        – (io.EOF)                        –          done
//	length      –                                 done       failed: Truncated
//	untilClose  –                                 –          done
//	chunkSize   n > 0: chunkData; 0: trailer      –          failed: Truncated
//	chunkData   –                                 chunkEnd   failed: Truncated
//	chunkEnd    CRLF: chunkSize                   –          failed: Truncated
//	trailer     field: trailer; empty: done       –          failed; lenient: done
//	failed      – (the error again)               –          failed (the error again)
//
// A line that does not follow the grammar or exceeds a limit leads to failed
// from every state that takes lines.
type Decoder struct {
	// Limits bounds lines, trailers and chunk overhead. It takes effect at Reset.
	Limits Limits

	// Lenient accepts what CPython 2.7 accepts and hardenings H7 to H9 leave:
	// any number of leading zeros in a chunk-size and whitespace behind it,
	// extensions of any bytes but CR and LF, trailer lines of any form (counted,
	// bounded, dropped) and ended by LF alone, and content that is complete
	// although the input ends behind the last-chunk line or inside the trailer
	// section. Otherwise the Decoder is strict.
	Lenient bool

	state  state
	lim    Limits // resolved
	left   int64  // bytes of content next; in chunkData and length
	off    int64  // bytes since Reset
	excess int    // bytes of chunk overhead not yet paid for by data
	seen   int    // bytes of the current line already searched for its end
	lines  int    // trailer lines so far
	size   int    // bytes of them
	err    error  // in failed

	trailers Head
}

type state uint8

const (
	done state = iota
	length
	untilClose
	chunkSize
	chunkData
	chunkEnd
	trailer
	failed
	numStates
)

var stateNames = [numStates]string{"done", "length", "untilClose", "chunkSize", "chunkData", "chunkEnd", "trailer", "failed"}

func (s state) String() string { return stateNames[s] }

// Reset makes d ready for content framed by f. A negative Length counts as 0.
func (d *Decoder) Reset(f Framing) {
	d.lim = d.Limits.resolved()
	d.begin(f)
}

// begin is Reset with the limits as they are.
func (d *Decoder) begin(f Framing) {
	d.left, d.off, d.excess, d.seen, d.lines, d.size, d.err = 0, 0, 0, 0, 0, 0, nil
	if len(d.trailers.buf) > 0 { // else it is as it was made
		d.trailers.Reset()
	}
	switch {
	case f.Kind == ContentLength && f.Length > 0:
		d.state, d.left = length, f.Length
	case f.Kind == Chunked:
		d.state = chunkSize
	case f.Kind == UntilClose:
		d.state = untilClose
	default:
		d.state = done
	}
}

// Left returns how many bytes of content come next in the stream, contiguous:
// of the current chunk, or of content of known length. 0 means that framing
// comes next, or nothing; -1 that the content ends with the connection.
func (d *Decoder) Left() int64 {
	if d.state == untilClose {
		return -1
	}
	return d.left
}

// Done reports whether the content is complete and all its framing consumed:
// the next byte of the stream belongs to the next message.
func (d *Decoder) Done() bool { return d.state == done }

// AtChunkEnd reports whether the CRLF behind a chunk's data comes next.
func (d *Decoder) AtChunkEnd() bool { return d.state == chunkEnd }

// Trailers returns the fields of the trailer section, which must not be merged
// with those of the head (RFC 9112 §7.1.2). It has no fields until the content
// is complete, and none ever if d is Lenient. It is d's own, until Reset.
func (d *Decoder) Trailers() *Head { return &d.trailers }

// Took tells d that the caller moved n bytes of content. More than Left
// announced means that the place in the stream is lost, and fails d.
func (d *Decoder) Took(n int64) {
	switch {
	case n < 0 || d.state != untilClose && n > d.left:
		d.fail(&SyntaxError{Element: ElemContent, Reason: Invalid, Offset: d.off})
		return
	case d.state == length && n == d.left:
		d.state = done
	case d.state == chunkData && n == d.left:
		d.state = chunkEnd
	}
	d.off += n
	if d.state != untilClose {
		d.left -= n
	}
}

// Next consumes one framing element from the front of b: a chunk-size line, the
// CRLF behind a chunk's data, or one line of the trailer section. It returns
// its length; when content comes next (Left is not 0), 0 and no error.
//
// The error is io.EOF when the content is complete; [ErrShort] when b ends
// inside the element, which must then be given again with more behind it; or a
// *[SyntaxError], of which d does not recover.
func (d *Decoder) Next(b []byte) (n int, err error) {
	switch d.state {
	case done:
		return 0, io.EOF
	case failed:
		return 0, d.err
	case chunkSize:
		n, err = d.nextSize(b)
	case chunkEnd:
		n, err = d.nextCRLF(b)
	case trailer:
		n, err = d.nextTrailer(b)
	default:
		return 0, nil
	}
	d.off += int64(n)
	return n, err
}

// End tells d that the input has ended, and reports whether the content may end
// there: nil, or a *[SyntaxError] with Reason Truncated. A line of which only a
// part had arrived counts as not sent.
func (d *Decoder) End() error {
	switch d.state {
	case untilClose:
		d.state = done
	case length:
		return d.fail(d.cut(ElemContent, d.left))
	case chunkSize:
		return d.fail(d.cut(ElemChunkSize, 0))
	case chunkData:
		return d.fail(d.cut(ElemChunkData, d.left))
	case chunkEnd:
		return d.fail(d.cut(ElemChunkData, 2))
	case trailer:
		if !d.Lenient {
			return d.fail(d.cut(ElemTrailerSection, 0))
		}
		d.state = done
	case failed:
		return d.err
	}
	return nil
}

func (d *Decoder) cut(e Element, missing int64) error {
	return &SyntaxError{Element: e, Reason: Truncated, Offset: d.off, Missing: missing}
}

func (d *Decoder) fail(err error) error {
	d.state, d.left, d.err = failed, 0, err
	return err
}

// bad fails d for a malformed element, at bytes into it.
func (d *Decoder) bad(e Element, at int) error {
	return d.fail(&SyntaxError{Element: e, Reason: Invalid, Offset: d.off + int64(at)})
}

func (d *Decoder) over(e Element, r Reason, limit int) error {
	return d.fail(&SyntaxError{Element: e, Reason: r, Offset: d.off, Limit: int64(limit)})
}

// newline returns the index of the first LF in b, or -1, without searching
// again what an earlier call for the same line has searched.
func (d *Decoder) newline(b []byte) int {
	from := d.seen
	if from > len(b) {
		from = 0
	}
	if i := bytes.IndexByte(b[from:], '\n'); i >= 0 {
		d.seen = 0
		return from + i
	}
	d.seen = len(b)
	return -1
}

// nextSize consumes a chunk-size line. Hardening H9: its end is CRLF, and
// parseChunkLine lets no other CR pass.
func (d *Decoder) nextSize(b []byte) (int, error) {
	if len(b) == 0 {
		return 0, ErrShort
	}
	// Before waiting for a line end that garbage may never have.
	if hexdig[b[0]] == 0 {
		return 0, d.bad(ElemChunkSize, 0)
	}
	i := d.newline(b)
	if i < 0 && len(b) >= d.lim.ChunkLine || i >= d.lim.ChunkLine {
		return 0, d.over(ElemChunkSize, TooLong, d.lim.ChunkLine)
	}
	if i < 0 {
		return 0, ErrShort
	}
	if b[i-1] != '\r' { // i > 0: the first byte is a digit
		return 0, d.bad(ElemChunkSize, i)
	}
	size, at := parseChunkLine(b[:i-1], d.Lenient)
	if at >= 0 {
		return 0, d.bad(ElemChunkSize, at)
	}
	// Framing may cost 16 bytes a chunk and twice the data (the size line and
	// the CRLF behind the data both count); a peer that sends more of it than
	// that, by ChunkOverhead in all, is wasting our time (CVE-2023-39326).
	d.excess = max(0, d.excess+i+1+2-16-int(2*min(size, 1<<29)))
	if d.excess > d.lim.ChunkOverhead {
		return 0, d.over(ElemChunkSize, TooMany, d.lim.ChunkOverhead)
	}
	d.left, d.state = size, chunkData
	if size == 0 {
		d.state = trailer
	}
	return i + 1, nil
}

// nextCRLF consumes the CRLF behind a chunk's data. Hardening H8.
func (d *Decoder) nextCRLF(b []byte) (int, error) {
	for i, c := range []byte("\r\n") {
		if i >= len(b) {
			return 0, ErrShort
		}
		if b[i] != c {
			return 0, d.bad(ElemChunkData, i)
		}
	}
	d.state = chunkSize
	return 2, nil
}

// nextTrailer consumes one line of the trailer section. RFC 9112 §7.1.2.
func (d *Decoder) nextTrailer(b []byte) (int, error) {
	i := d.newline(b)
	if i == 1 && b[0] == '\r' || i == 0 && d.Lenient {
		d.state = done
		d.trailers.publish()
		return i + 1, nil
	}
	if i < 0 && (len(b) == 0 || len(b) == 1 && b[0] == '\r') {
		return 0, ErrShort // perhaps the empty line, which no limit is for
	}
	n := i + 1
	if i < 0 {
		n = len(b) + 1
	}
	if room := d.lim.TrailerBytes - d.size; n > min(d.lim.Line, room) {
		if d.lim.Line <= room {
			return 0, d.over(ElemTrailer, TooLong, d.lim.Line)
		}
		return 0, d.over(ElemTrailerSection, TooLong, d.lim.TrailerBytes)
	}
	if i < 0 {
		return 0, ErrShort
	}
	if d.lines++; d.lines > d.lim.TrailerLines {
		return 0, d.over(ElemTrailer, TooMany, d.lim.TrailerLines)
	}
	d.size += n
	if d.Lenient {
		return n, nil
	}
	if i == 0 || b[i-1] != '\r' {
		return 0, d.bad(ElemTrailer, i)
	}
	k, at := parseFieldLine(b[:i-1])
	if at >= 0 {
		return 0, d.bad(ElemTrailer, at)
	}
	// A framing field here would come too late to be right and early enough to
	// mislead whoever merges it.
	if framing(b[:k]) {
		return 0, d.bad(ElemTrailer, 0)
	}
	d.trailers.keep(b[:n], k)
	return n, nil
}

// Decode moves content from the front of src to dst, over as many chunks as
// there are, and returns the bytes written to dst and those used of src. It
// stops when dst is full, without a look at what follows, and then returns no
// error; else when src is used up or cut inside a framing element, with
// [ErrShort]; or with the errors of [Decoder.Next], io.EOF among them. dst may
// be the beginning of src.
func (d *Decoder) Decode(dst, src []byte) (nd, ns int, err error) {
	for nd < len(dst) {
		switch d.state {
		case chunkData:
			w, r := d.chunks(dst[nd:], src[ns:])
			nd, ns = nd+w, ns+r
		case length, untilClose:
			from := src[ns:]
			if d.state == length && int64(len(from)) > d.left {
				from = from[:d.left]
			}
			k := copy(dst[nd:], from)
			d.Took(int64(k))
			nd, ns = nd+k, ns+k
		}
		if nd == len(dst) {
			break
		}
		if d.Left() != 0 {
			return nd, ns, ErrShort
		}
		k, err := d.Next(src[ns:])
		ns += k
		if err != nil {
			return nd, ns, err
		}
	}
	return nd, ns, nil
}

// chunks moves chunk data, on into the next chunks as long as their framing is
// whole and plain: CRLF, up to 15 digits, CRLF. It leaves anything else where it
// is, for Next to judge. d is in chunkData.
func (d *Decoder) chunks(dst, src []byte) (nd, ns int) {
	left, excess := d.left, d.excess // in registers: small chunks cost a few nanoseconds
	for {
		k := min(len(dst)-nd, len(src)-ns)
		if int64(k) > left {
			k = int(left)
		}
		if to, from := dst[nd:nd+k], src[ns:ns+k]; 8 <= k && k <= 16 {
			// Two words, which overlap, without the call. Both are read before one
			// is written, as dst may be the beginning of src.
			a, b := binary.LittleEndian.Uint64(from), binary.LittleEndian.Uint64(from[k-8:])
			binary.LittleEndian.PutUint64(to, a)
			binary.LittleEndian.PutUint64(to[k-8:], b)
		} else {
			copy(to, from)
		}
		nd, ns = nd+k, ns+k
		if left -= int64(k); left > 0 {
			break
		}
		if nd == len(dst) {
			break
		}
		var n int
		var size int64
		rest := src[ns:]
		if len(rest) >= 8 {
			const crlfs, mask = 0x0a0d_0000_0a0d, 0xffff_0000_ffff
			w := binary.LittleEndian.Uint64(rest)
			hi, lo := int64(hexdig[byte(w>>16)])-1, int64(hexdig[byte(w>>24)])-1
			if w&mask == crlfs && hi|lo > 0 { // two digits, not 00
				n, size = len("\r\n10\r\n"), hi<<4|lo
			}
		}
		if n == 0 {
			if n, size = plainChunk(rest); n == 0 {
				break
			}
		}
		was := excess
		// Of 16 bytes a chunk the CRLF before is two, so n counts both line ends.
		if excess = max(0, excess+n-16-int(2*min(size, 1<<29))); excess > d.lim.ChunkOverhead {
			excess = was
			break
		}
		left = size
		ns += n
	}
	if left == 0 {
		d.state = chunkEnd
	}
	d.left, d.excess = left, excess
	d.off += int64(ns)
	return nd, ns
}

// plainChunk reads the CRLF behind a chunk's data and the next chunk-size line if
// they are whole and plain, and returns their length in bytes, else 0.
func plainChunk(b []byte) (n int, size int64) {
	if len(b) < len("\r\n0\r\n") || b[0] != '\r' || b[1] != '\n' {
		return 0, 0
	}
	i := 2
	for i < len(b) && i < 2+15 && hexdig[b[i]] != 0 {
		size = size<<4 | int64(hexdig[b[i]]-1)
		i++
	}
	if size == 0 || len(b) < i+2 || b[i] != '\r' || b[i+1] != '\n' {
		return 0, 0
	}
	return i + 2, size
}
