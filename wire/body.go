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
	b.r = r
	b.d.Limits, b.d.Lenient = r.lim, r.Lenient
	b.d.Reset(f)
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
		if (left < 0 || left >= direct) && len(p) >= direct {
			if left > 0 && int64(len(p)) > left {
				p = p[:left]
			}
			n, err = b.r.Read(p) // the window is empty, or Decode had used it
			if n > 0 {
				b.d.Took(int64(n))
				return n, nil
			}
		} else {
			err = b.r.Fill()
		}
		if err != nil && !b.ended(&err) {
			return 0, err
		}
	}
}

// ended takes an error of the source. If that says that the source has ended,
// and the content may end there, it reports true; else *err says what to return.
func (b *Body) ended(err *error) bool {
	if *err != io.EOF {
		return false
	}
	b.r.r = b.r.w // of a line that was cut
	*err = b.d.End()
	return *err == nil
}

// EndChunk consumes the CRLF behind a chunk whose data has been read to its
// last byte, reading it if need be, and nothing more. Anywhere else it does
// nothing.
//
// httplib.py, HTTPResponse._read_chunked ends a read there.
func (b *Body) EndChunk() error {
	for b.d.AtChunkEnd() {
		n, err := b.d.Next(b.r.Buffered())
		b.r.r += n
		if err == ErrShort {
			if err = b.r.Fill(); err != nil && b.ended(&err) {
				return nil
			}
		}
		if err != nil {
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
		var err error
		switch left, win := b.d.Left(), b.r.Buffered(); {
		case left == 0:
			var n int
			n, err = b.d.Next(win)
			b.r.r += n
			if err == io.EOF {
				return total, nil
			}
			if err == ErrShort {
				err = b.r.Fill()
			}
		case left < 0 || left >= window:
			var n int64
			n, err = b.copy(w, left)
			total += n
		case len(win) == 0:
			err = b.r.Fill()
		default:
			n, used, _ := b.d.Decode(win, win) // its error comes again from Next
			b.r.r += used
			n, err = write(w, win[:n])
			total += int64(n)
		}
		if err != nil && !b.ended(&err) {
			return total, err
		}
	}
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
