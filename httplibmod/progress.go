package httplibmod

import (
	"io"
	"math"
	"path/filepath"
	"time"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/py"
)

// This file has progress=True, which Python does not have: whoever watches the
// run is told how far a transfer has come. Nobody does unless Host.Progress is
// set, and then a transfer goes as it does without.

// Pieces of a transfer that is watched. Each is as large as moves in a moment.
const (
	smallestPiece = 16 << 10 // bytes
	largestPiece  = 1 << 20  // bytes
	pieceTime     = 100 * time.Millisecond
)

// A meter is a transfer that is watched.
type meter struct {
	host.Meter
	piece int64 // bytes to move before the next add
	last  time.Time
}

// beginMeter returns nil if nobody watches.
func beginMeter(thread *starlark.Thread, label string, total int64) *meter {
	begin := host.From(thread).Progress
	if begin == nil {
		return nil
	}
	m := begin(label, total)
	if m == nil {
		return nil
	}
	return &meter{Meter: m, piece: smallestPiece, last: time.Now()}
}

// add says that n bytes have been moved.
func (m *meter) add(n int64) {
	m.Add(n)
	now := time.Now()
	switch took := now.Sub(m.last); {
	case took > 2*pieceTime:
		m.piece = max(m.piece/2, smallestPiece)
	case took < pieceTime/2 && n == m.piece:
		m.piece = min(m.piece*2, largestPiece)
	}
	m.last = now
}

// end says that the transfer is over. m may be nil.
func (m *meter) end() {
	if m != nil {
		m.Done()
	}
}

// move moves r, a reader of length bytes at most, piece by piece. It stops at the
// first that is not moved as a whole.
func (m *meter) move(r io.Reader, length int64, move func(piece *io.LimitedReader) (int64, error)) (total int64, err error) {
	for total < length {
		size := min(m.piece, length-total)
		n, err := move(&io.LimitedReader{R: r, N: size})
		total += n
		m.add(n)
		if err != nil || n < size {
			return total, err
		}
	}
	return total, nil
}

// takeProgress returns kwargs without progress, and whether that is true.
func takeProgress(kwargs []starlark.Tuple) (rest []starlark.Tuple, progress bool) {
	for i, kv := range kwargs {
		if kv[0] == starlark.String("progress") {
			rest = append(rest, kwargs[:i]...)
			return append(rest, kwargs[i+1:]...), bool(kv[1].Truth())
		}
	}
	return kwargs, false
}

// nameOf returns the last part of a file's name, or of the path to it; otherwise
// if v has none.
func nameOf(v starlark.Value, otherwise string) string {
	path, ok := py.AsBytes(v)
	if f, isFile := v.(starlark.HasAttrs); isFile && !ok {
		if name, err := f.Attr("name"); err == nil {
			path, _ = py.AsBytes(name)
		}
	}
	if path == "" {
		return otherwise
	}
	return filepath.Base(path)
}

// size returns how long the content is as far as the head told; -1: unknown.
func (r *HTTPResponse) size() int64 {
	if r.chunked || r.left == untilClose {
		return -1
	}
	return r.left
}

// readPieces is ReadFrom for a transfer that is watched.
func (s *sink) readPieces(f io.ReaderFrom, r io.Reader) (int64, error) {
	outer, ok := r.(*io.LimitedReader)
	if !ok {
		outer = &io.LimitedReader{R: r, N: math.MaxInt64}
	}
	n, err := s.meter.move(outer.R, outer.N, func(piece *io.LimitedReader) (int64, error) {
		return s.take(f, piece)
	})
	outer.N -= n
	return n, err
}

// watched makes what f sends one that is watched, if somebody asked for it.
func (c *HTTPConnection) watched(progress bool, f func() error) error {
	if !progress {
		return f()
	}
	if err := c.checkMutable("send on"); err != nil {
		return err
	}
	c.progress = true
	defer func() {
		c.progress = false
		c.meter.end()
		c.meter = nil
	}()
	return f()
}

// beginUpload begins what is to be watched. The connection is open: to open it is
// no part of the transfer.
func (c *HTTPConnection) beginUpload(thread *starlark.Thread, b *body) {
	if b.value == nil {
		return
	}
	total := b.length
	if b.isText() {
		total = int64(len(b.text))
	}
	label := "upload"
	if method, ok := py.AsBytes(c.method); ok && c.state == reqSent {
		label = method
	}
	if !b.isText() {
		label = nameOf(b.value, label)
	}
	c.meter = beginMeter(thread, label, total)
}

// writePieces is transport.write for a transfer that is watched.
func (c *HTTPConnection) writePieces(thread *starlark.Thread, head []byte, text string) error {
	n := min(int64(len(text)), c.meter.piece)
	if c.t.sock == nil {
		n = int64(len(text)) // a script's own object gets it as without
	}
	for {
		if err := c.t.write(thread, head, text[:n]); err != nil {
			return err
		}
		c.meter.add(n)
		if text = text[n:]; text == "" {
			return nil
		}
		head, n = nil, min(int64(len(text)), c.meter.piece)
	}
}
