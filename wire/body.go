package wire

import "io"

// A Body is the content of one message, read from a [Reader] through a
// [Decoder]. It is an io.Reader and an io.WriterTo. One goroutine at a time, and
// it shares the Reader's.
//
// When the source ends too early the error is a *[SyntaxError] with Reason
// Truncated; when the framing is broken, one that says how. Both stick, as
// nothing that follows in the stream can be trusted. Errors of the source
// itself are returned as they are, and a call can be repeated after them.
type Body struct {
	r *Reader
	d Decoder
}

// Body returns the content that comes next in r, framed by f. A Reader has one
// live Body: the storage is reused, and an earlier Body is this one now.
func (r *Reader) Body(f Framing) *Body {
	b := &r.body
	if b.r == nil {
		b.r = r
		b.d.Limits, b.d.lim = r.lim, r.lim // which stay what they are, and are resolved
	}
	b.d.Lenient = r.Lenient
	b.d.begin(f)
	return b
}

// Left returns the bytes of content left in the current chunk, or in all with
// ContentLength; -1 if the content ends with the connection. It is 0 between
// chunks and before the first.
func (b *Body) Left() int64 { return b.d.Left() }

// Done reports whether the content is complete and its framing consumed, so
// that the next byte of the Reader belongs to the next message.
func (b *Body) Done() bool { return b.d.Done() }

// Trailers returns the fields of the trailer section once the content is
// complete: see [Decoder.Trailers].
func (b *Body) Trailers() *Head { return b.d.Trailers() }

// Read reads content into p: as much as is there without blocking, over any
// number of chunks, and blocks only when it has nothing to return. It looks at
// no framing behind the last byte it returns if that fills p, so a chunk that
// fits exactly leaves the CRLF behind its data for the next call, or for
// [Body.EndChunk]. Large reads go from the source straight into p.
//
// At the end of the content the error is io.EOF; see [Body] for the others. An
// error comes alone: bytes read before it were returned by an earlier call.
func (b *Body) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for {
		n, used, err := b.d.Decode(p, b.r.Buffered())
		b.r.r += used
		if n > 0 {
			return n, nil
		}
		if err != ErrShort {
			return 0, err
		}
		left := b.d.Left()
		if (left < 0 || left >= window) && len(p) >= direct {
			if left > 0 && int64(len(p)) > left {
				p = p[:left]
			}
			n, err = b.r.Read(p) // the window is empty: Decode took what was in it
			if n > 0 {
				b.d.Took(int64(n))
				return n, nil
			}
		} else {
			err = b.r.Fill()
		}
		if err = b.ended(err); err != nil {
			return 0, err
		}
	}
}

// ended makes of an error of the source what the caller of b is to see. io.EOF
// is for the decoder to judge: nothing, if the content may end there.
func (b *Body) ended(err error) error {
	if err != io.EOF {
		return err
	}
	b.r.r = b.r.w // a line that was cut counts as not sent
	return b.d.End()
}

// next consumes one framing element, reading if it is not all there.
func (b *Body) next() error {
	n, err := b.d.Next(b.r.Buffered())
	b.r.r += n
	if err == ErrShort {
		return b.ended(b.r.Fill())
	}
	return err
}

// NextChunk consumes the framing that comes next, reading as needed, until
// content does, and [Body.Left] is not 0. At the end of the content the error
// is io.EOF.
func (b *Body) NextChunk() error {
	for b.d.Left() == 0 {
		if err := b.next(); err != nil {
			return err
		}
	}
	return nil
}

// EndChunk consumes the CRLF behind a chunk whose data has been read to its
// last byte, reading it if need be, and nothing more. Anywhere else it does
// nothing.
//
// httplib.py, HTTPResponse._read_chunked ends a read there.
func (b *Body) EndChunk() error {
	for b.d.AtChunkEnd() {
		if err := b.next(); err != nil {
			return err
		}
	}
	return nil
}

// WriteTo writes the rest of the content to w and returns the bytes written. No
// byte is copied on its way that need not be: long runs go from the source to w
// by [Reader.CopyN], others from the window, small chunks joined there. After an
// error of w some content may have been consumed and not written.
func (b *Body) WriteTo(w io.Writer) (int64, error) {
	var total int64
	for {
		if err := b.NextChunk(); err != nil {
			return total, notEnd(err)
		}
		var n int64
		var err error
		left, win := b.d.Left(), b.r.Buffered()
		switch {
		case left < 0 || left-int64(len(win)) >= splice:
			n, err = b.copy(w, left)
			err = b.ended(err)
		case len(win) == 0:
			err = b.ended(b.r.Fill())
		case left >= int64(len(win))/2:
			var k int
			k, err = write(w, win[:min(left, int64(len(win)))])
			b.r.r += k
			b.d.Took(int64(k))
			n = int64(k)
		default:
			// What stops the decoder short of the window's end is for NextChunk.
			k, used, _ := b.d.Decode(win, win)
			b.r.r += used
			k, err = write(w, win[:k])
			n = int64(k)
		}
		if total += n; err != nil {
			return total, err
		}
	}
}

// notEnd returns err, or nil for io.EOF.
func notEnd(err error) error {
	if err == io.EOF {
		return nil
	}
	return err
}

// copy copies up to left bytes of content to w, or all of it if left is
// negative.
func (b *Body) copy(w io.Writer, left int64) (int64, error) {
	n := left
	if n < 0 {
		n = 1<<63 - 1
	}
	k, err := b.r.CopyN(w, n)
	b.d.Took(k)
	return k, err
}
