package filemod

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"time"

	"starwire/runtime/host"
)

const (
	bufferSize = 8 << 10  // bytes: what one fill asks for
	maxHint    = 16 << 20 // bytes: what is allocated at once on a file's word
)

// An input is a stream of bytes with a buffer. What it read ahead stays in the
// buffer when a read fails, so that nothing is lost.
type input struct {
	src  io.Reader
	wait *waiter // nil for a regular file, which never blocks for long
	buf  []byte  // read, not yet taken
	mem  []byte  // what buf is cut from
}

// fill reads into the empty buffer; 0 means the end.
func (in *input) fill(h *host.Host) (int, error) {
	if in.mem == nil {
		in.mem = make([]byte, bufferSize)
	}
	n, err := in.read(h, in.mem)
	in.buf = in.mem[:n]
	return n, err
}

// read reads once from the source; 0 means the end.
func (in *input) read(h *host.Host, p []byte) (n int, err error) {
	for range 100 {
		if in.wait != nil {
			n, err = in.wait.read(h, in.src, p)
		} else if err = ended(h); err == nil {
			n, err = in.src.Read(p)
		}
		if n > 0 {
			if limit := h.Budget.Read(int64(n)); limit != nil {
				err = limit
			} else if err == io.EOF {
				err = nil // it comes again
			}
			return n, Error(err, "")
		}
		if err == io.EOF {
			return 0, nil
		}
		if err != nil {
			return 0, Error(err, "")
		}
	}
	return 0, Error(io.ErrNoProgress, "")
}

// take removes up to n bytes from the buffer.
func (in *input) take(n int) []byte {
	n = min(n, len(in.buf))
	p := in.buf[:n]
	in.buf = in.buf[n:]
	return p
}

// putBack makes p, bytes that were taken, come next again.
func (in *input) putBack(p []byte) {
	in.buf = append(p[:len(p):len(p)], in.buf...)
}

// readAmount returns the next n bytes, or all there are for n < 0; fewer only at
// the end. hint is how many are likely to come. Memory follows what arrives, not n.
func (in *input) readAmount(h *host.Host, n, hint int64) (string, error) {
	if n < 0 {
		n = 1<<63 - 1
	}
	if n <= int64(len(in.buf)) {
		return string(in.take(int(n))), nil
	}
	size := max(min(n, hint, maxHint), min(n, bufferSize))
	out := make([]byte, 0, size)
	for {
		out = append(out, in.take(int(min(n-int64(len(out)), bufferSize*1024)))...)
		if int64(len(out)) == n {
			return string(out), nil
		}
		if len(in.buf) > 0 {
			continue
		}
		if len(out) == cap(out) {
			// One byte more tells the end from a wrong hint.
			if got, err := in.fill(h); err != nil {
				in.putBack(out)
				return "", err
			} else if got == 0 {
				return string(out), nil
			}
			continue
		}
		room := out[len(out):cap(out)]
		got, err := in.read(h, room[:min(int64(len(room)), n-int64(len(out)))])
		out = out[:len(out)+got]
		if err != nil {
			in.putBack(out)
			return "", err
		}
		if got == 0 {
			return string(out), nil
		}
	}
}

// readLine returns the bytes up to and with the next newline, but at most limit
// of them (negative: no limit).
func (in *input) readLine(h *host.Host, limit int64) (string, error) {
	var line []byte
	for {
		chunk := in.buf
		if left := limit - int64(len(line)); limit >= 0 && left < int64(len(chunk)) {
			chunk = chunk[:left]
		}
		i := bytes.IndexByte(chunk, '\n')
		if i >= 0 {
			chunk = chunk[:i+1]
		}
		in.take(len(chunk))
		if i >= 0 || limit >= 0 && int64(len(line)+len(chunk)) == limit {
			if line == nil {
				return string(chunk), nil
			}
			return string(append(line, chunk...)), nil
		}
		line = append(line, chunk...)
		if n, err := in.fill(h); err != nil {
			in.putBack(line)
			return "", err
		} else if n == 0 {
			return string(line), nil
		}
	}
}

// ended returns the cause of the run's end, if it has ended.
func ended(h *host.Host) error {
	if ctx := h.Context(); ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return nil
}

// A waiter reads from what may block, until the run ends.
type waiter struct {
	pending chan result // of the read that a cancelled run left behind, or nil
	rest    result
}

type result struct {
	p   []byte
	err error
}

// A deadliner is a connection, or a file the runtime's poller knows.
type deadliner interface {
	SetReadDeadline(time.Time) error
}

func (w *waiter) read(h *host.Host, src io.Reader, p []byte) (int, error) {
	ctx := h.Context()
	if err := ended(h); err != nil {
		return 0, err
	}
	paused := h.Pause()
	defer h.Resume(paused)
	if ctx.Done() == nil && w.pending == nil && len(w.rest.p) == 0 {
		return src.Read(p)
	}
	if d, ok := src.(deadliner); ok && d.SetReadDeadline(time.Time{}) == nil {
		expired := make(chan struct{})
		stop := context.AfterFunc(ctx, func() {
			d.SetReadDeadline(time.Unix(1, 0))
			close(expired)
		})
		n, err := src.Read(p)
		if !stop() {
			<-expired
			if n == 0 && errors.Is(err, os.ErrDeadlineExceeded) {
				err = context.Cause(ctx)
			}
		}
		return n, err
	}
	return w.background(ctx, src, p)
}

// background reads on a goroutine of its own, because src cannot be
// interrupted. A read that the run's end leaves behind is taken up by the next
// one; if there is none, its goroutine stays until src yields.
func (w *waiter) background(ctx context.Context, src io.Reader, p []byte) (int, error) {
	if len(w.rest.p) == 0 && w.rest.err == nil {
		if w.pending == nil {
			pending := make(chan result, 1)
			w.pending = pending
			go func() {
				r := result{err: io.ErrUnexpectedEOF} // if Read ends the goroutine
				defer func() { pending <- r }()
				defer host.Recover(&r.err)
				b := make([]byte, bufferSize)
				n, err := src.Read(b)
				r = result{b[:n], err}
			}()
		}
		select {
		case w.rest = <-w.pending:
			w.pending = nil
			if defect, ok := w.rest.err.(*host.PanicError); ok {
				w.rest.err = nil
				panic(defect)
			}
		case <-ctx.Done():
			return 0, context.Cause(ctx)
		}
	}
	n := copy(p, w.rest.p)
	w.rest.p = w.rest.p[n:]
	var err error
	if len(w.rest.p) == 0 {
		err, w.rest.err = w.rest.err, nil
	}
	return n, err
}
