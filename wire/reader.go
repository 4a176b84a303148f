package wire

import (
	"bytes"
	"io"
	"sync"
)

// A Reader reads HTTP/1.1 elements and content from a source of bytes, usually
// a connection, through a window: a buffer of bytes that have been fetched but
// not consumed. The window belongs to the source rather than to a message, so
// what is fetched beyond the end of one message is there for the next.
//
// The window is taken from a pool at the first read; [Reader.Release] gives it
// back. One goroutine at a time.
type Reader struct {
	// Lenient is handed to the [Decoder] of each [Body].
	Lenient bool

	src  io.Reader
	buf  []byte // the window is buf[r:w]
	r, w int
	err  error            // from src, not yet reported
	from *[window]byte    // where buf came from, if from the pool
	lent int              // index in buf of the line lent last, or -1
	lim  Limits           // resolved
	rest io.LimitedReader // of CopyN, here so that it is not allocated
	full bool             // the last Fill had no space left: there is more where it came from
	body Body
}

const (
	window   = 16 << 10 // bytes of a window to begin with
	spoiled  = 0xff     // in no line that a parser here accepts at its start
	maxEmpty = 100      // reads without a byte or an error before giving up
	direct   = 4 << 10  // bytes; smaller reads go through the window
	splice   = 64 << 10 // bytes; smaller copies do too, rather than cost two more system calls
)

var windows = sync.Pool{New: func() any { return new([window]byte) }}

// NewReader returns a Reader on src, with the limits lim.
func NewReader(src io.Reader, lim Limits) *Reader {
	return &Reader{src: src, lent: -1, lim: lim.resolved()}
}

// Reset makes r read from src, as if new: with the same limits and leniency,
// and nothing in the window. A Body that is not done fails from here on: what
// it belongs to is gone.
func (r *Reader) Reset(src io.Reader) {
	if !r.body.Done() {
		r.body.d.fail(errReset)
	}
	if len(r.buf) > max(r.lim.ReadAhead, window) {
		r.buf = nil
	}
	r.full = false
	r.src, r.r, r.w, r.err, r.lent = src, 0, 0, nil, -1
}

// Release gives the window back to the pool; what was in it is lost, and nothing
// that r lent out may be used any more. After [Reader.Reset] r can be used again.
func (r *Reader) Release() {
	if r.from != nil {
		windows.Put(r.from)
		r.from = nil
	}
	r.buf = nil
	r.Reset(nil)
}

// Buffered returns the bytes that have been fetched but not consumed, without
// reading. The result is borrowed: until the next call on r.
func (r *Reader) Buffered() []byte { return r.buf[r.r:r.w] }

// Fill reads once from the source into the window, behind what is there, and
// returns nil if that brought at least one byte. The window grows as needed to
// hold one whole head or line within the limits; beyond that the error is
// io.ErrShortBuffer. Errors of the source are returned as they are, once the
// bytes that came with them have been taken.
func (r *Reader) Fill() error {
	if err := r.pending(); err != nil {
		return err
	}
	if !r.room() {
		return io.ErrShortBuffer
	}
	n, err := r.read(r.buf[r.w:][:min(len(r.buf)-r.w, r.lim.ReadAhead)])
	r.w += n
	r.full = r.w == len(r.buf)
	if n > 0 {
		r.err = err
		return nil
	}
	return err
}

// pending returns an error of the source that has been held back, once.
func (r *Reader) pending() error {
	err := r.err
	r.err = nil
	return err
}

// read reads from the source until that yields a byte or an error. Not both
// are absent, and n is a possible count.
func (r *Reader) read(p []byte) (n int, err error) {
	if r.src == nil {
		return 0, io.EOF
	}
	for range maxEmpty {
		n, err = r.src.Read(p)
		if n < 0 || n > len(p) {
			return 0, errCount
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
	return 0, io.ErrNoProgress
}

// room makes space behind the window's bytes, by moving them to the front or
// into a larger buffer, and reports whether it could.
func (r *Reader) room() bool {
	if r.r == r.w {
		r.r, r.w = 0, 0
		r.lent = -1
		if len(r.buf) > max(r.lim.ReadAhead, window) {
			r.buf = nil // grown for one long head, which has been consumed
		}
		if r.full {
			r.widen()
		}
	}
	if r.buf == nil {
		if r.from == nil {
			r.from = windows.Get().(*[window]byte)
		}
		r.buf = r.from[:]
	}
	if r.w < len(r.buf) {
		return true
	}
	r.lent = -1
	if r.r > 0 {
		r.w = copy(r.buf, r.buf[r.r:r.w])
		r.r = 0
		// Half full of one line, it will soon be full of it: no use in moving
		// it again and again.
		if r.w <= len(r.buf)/2 {
			return true
		}
	}
	most := max(r.lim.HeadBytes, r.lim.Line, r.lim.ChunkLine, r.lim.ReadAhead)
	if len(r.buf) >= most {
		return r.w < len(r.buf)
	}
	size := most
	if len(r.buf) < most/2 { // no overflow, whatever the limit
		size = 2 * len(r.buf)
	}
	buf := make([]byte, size)
	r.w = copy(buf, r.buf[:r.w])
	r.buf = buf
	return true
}

// widen makes the window, which is empty, as large as it may be for content: on
// a fast connection the fewer reads pay for the memory.
func (r *Reader) widen() {
	if len(r.buf) < r.lim.ReadAhead {
		r.buf = make([]byte, r.lim.ReadAhead)
	}
}

// ended is the error for a source that failed with err when more was wanted:
// io.EOF stands for an end between elements, not inside one.
func (r *Reader) ended(err error) error {
	if err == io.EOF && r.r < r.w {
		return io.ErrUnexpectedEOF
	}
	return err
}

// ReadLine returns the next line with its line end, LF, whatever is before it.
// The result is borrowed: until the next call on r, which spoils its first byte
// to make a use after that show.
//
// A line over Limits.Line bytes is a *[SyntaxError] with Reason TooLong and is
// not consumed. Input ending inside a line returns what there is of it with
// io.ErrUnexpectedEOF; input ending before it, io.EOF. After other errors of
// the source nothing has been consumed and the call can be repeated.
//
// RFC 9112 §2.2; CPython reads the same lines in HTTPMessage.readheaders.
func (r *Reader) ReadLine() (line []byte, err error) {
	if r.lent >= 0 {
		r.buf[r.lent] = spoiled
		r.lent = -1
	}
	for seen := 0; ; {
		b := r.Buffered()
		n := bytes.IndexByte(b[seen:], '\n') + 1
		if n > 0 {
			n += seen
		}
		if n > r.lim.Line || n == 0 && len(b) >= r.lim.Line {
			return nil, exceeded(ElemLine, TooLong, 0, r.lim.Line)
		}
		if n > 0 {
			return r.lend(n), nil
		}
		seen = len(b)
		if err := r.Fill(); err != nil {
			if err == io.EOF && seen > 0 {
				return r.lend(seen), io.ErrUnexpectedEOF
			}
			return nil, err
		}
	}
}

// lend consumes n bytes of the window and returns them.
func (r *Reader) lend(n int) []byte {
	b := r.buf[r.r : r.r+n : r.r+n]
	r.lent = r.r
	r.r += n
	return b
}

// Read reads what is in the window; if that is empty, from the source, straight
// into p unless p is small. As of any io.Reader, the result may be short.
func (r *Reader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if r.r == r.w {
		if err := r.pending(); err != nil {
			return 0, err
		}
		if len(p) >= direct {
			n, err := r.read(p)
			if n > 0 {
				r.err = err
				return n, nil
			}
			return 0, err
		}
		if err := r.Fill(); err != nil {
			return 0, err
		}
	}
	n := copy(p, r.buf[r.r:r.w])
	r.r += n
	return n, nil
}

// Peek returns the next n bytes without consuming them, reading as needed. The
// result is borrowed: until the next call on r. If the source fails before n
// bytes are there, what there is comes with its error.
func (r *Reader) Peek(n int) ([]byte, error) {
	n = max(n, 0)
	for r.w-r.r < n {
		if err := r.Fill(); err != nil {
			return r.Buffered(), err
		}
	}
	return r.buf[r.r : r.r+n], nil
}

// Discard consumes n bytes, reading as needed, and returns how many it
// consumed. It reads no further than those.
func (r *Reader) Discard(n int64) (int64, error) {
	return r.CopyN(io.Discard, n)
}

// CopyN copies n bytes to w: those in the window, then from the source itself,
// so that a w with a ReadFrom method (*net.TCPConn, *os.File) can have the
// kernel move them. It returns the bytes copied, and io.EOF if the source ended
// before n.
func (r *Reader) CopyN(w io.Writer, n int64) (int64, error) {
	var total int64
	for n > total && r.r < r.w {
		b := r.Buffered()
		b = b[:min(int64(len(b)), n-total)]
		k, err := write(w, b)
		r.r += k
		total += int64(k)
		if err != nil {
			return total, err
		}
	}
	if total >= n {
		return total, nil
	}
	if err := r.pending(); err != nil {
		return total, err
	}
	if r.src == nil {
		return total, io.EOF
	}
	if c, ok := r.src.(copier); ok {
		k, err := c.CopyN(w, n-total)
		return total + k, err
	}
	// The window is empty now, so its storage can serve as the buffer.
	r.room()
	if n-total > window {
		r.widen()
	}
	r.rest.R, r.rest.N = r.src, n-total
	k, err := io.CopyBuffer(w, &r.rest, r.buf)
	r.rest.R = nil
	total += k
	if err == nil && total < n {
		return total, io.EOF
	}
	return total, notWriterEOF(err)
}

// A copier is a source that copies in a way of its own: a connection of which the
// kernel can move the bytes, behind a type that hides it. CopyN keeps to the
// contract of [Reader.CopyN].
type copier interface {
	CopyN(w io.Writer, n int64) (int64, error)
}

// write writes b to w and holds w to the contract of io.Writer.
func write(w io.Writer, b []byte) (int, error) {
	n, err := w.Write(b)
	switch {
	case n < 0 || n > len(b):
		return 0, errCount
	case err == nil && n < len(b):
		err = io.ErrShortWrite
	}
	return n, notWriterEOF(err)
}

// notWriterEOF replaces an io.EOF that comes from a writer (io.Copy returns none
// of a reader): it must not pass for the end of the source.
func notWriterEOF(err error) error {
	if err == io.EOF {
		return io.ErrClosedPipe
	}
	return err
}
