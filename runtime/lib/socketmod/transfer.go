package socketmod

import (
	"errors"
	"io"
	"net"
	"os"
	"syscall"
)

const (
	pieceSize  = 8 << 20  // bytes sent or received between two looks at the budget
	joinSize   = 16 << 10 // bytes worth copying into one TLS record
	bufferSize = 64 << 10 // bytes a copy through user memory moves at once
)

// WriteBuffers writes all of bufs and consumes it, in one system call where the
// connection allows: writev on TCP; over TLS small buffers join in one record.
func (s *Socket) WriteBuffers(bufs *net.Buffers) (int64, error) {
	if s.frozen || s.waiting || s.link == nil {
		return 0, s.ready("write to")
	}
	size := 0
	for _, b := range *bufs {
		size += len(b)
	}
	l := s.link
	switch {
	case s.layer.Conn != nil && size <= joinSize:
		buf := scratch.Get().(*[bufferSize]byte)
		defer scratch.Put(buf)
		joined := buf[:0]
		for _, b := range *bufs {
			joined = append(joined, b...)
		}
		*bufs = nil
		n, err := s.Write(joined)
		return int64(n), err
	case s.layer.Conn == nil && l.timeout == noTimeout && !l.limited():
		if l.writes.armed {
			if err := l.armWrite(); err != nil {
				return 0, s.fail(err, false)
			}
		}
		n, err := s.waitBuffers(bufs)
		return n, s.wrote(n, err)
	case s.layer.Conn == nil && l.limited() && size <= bufferSize:
		// It fits the system's buffer as a rule. If it does not, what is left
		// goes piece by piece, each within the timeout.
		if err := l.armWrite(); err != nil {
			return 0, s.fail(err, false)
		}
		n, err := s.waitBuffers(bufs)
		if n == 0 || !isDeadline(err) {
			return n, s.wrote(n, err)
		}
		if err := s.wrote(n, nil); err != nil {
			return n, err
		}
		rest, err := s.writeEach(bufs)
		return n + rest, err
	}
	return s.writeEach(bufs)
}

// waitBuffers writes bufs to the bare connection; the run's handlers may run
// meanwhile.
func (s *Socket) waitBuffers(bufs *net.Buffers) (int64, error) {
	defer s.resume(s.pause())
	if n, ok, err := s.link.transmitBuffers(bufs); ok {
		return n, err
	}
	tcp, err := s.link.tcp()
	switch {
	case err != nil:
		return 0, err
	case tcp != nil:
		return bufs.WriteTo(tcp)
	}
	return bufs.WriteTo(s.link.Conn)
}

func (s *Socket) writeEach(bufs *net.Buffers) (int64, error) {
	var done int64
	for len(*bufs) > 0 {
		n, err := s.Write((*bufs)[0])
		done += int64(n)
		if err != nil {
			(*bufs)[0] = (*bufs)[0][n:]
			return done, err
		}
		*bufs = (*bufs)[1:]
	}
	return done, nil
}

// ReadFrom writes all that r holds, and returns how much that was. A regular
// file goes to a TCP connection without passing through user memory (sendfile);
// everything else through one buffer. Errors of r come back as they are.
func (s *Socket) ReadFrom(r io.Reader) (int64, error) {
	if s.frozen || s.waiting || s.link == nil {
		return 0, s.ready("write to")
	}
	var done int64
	if f := regularFile(r); f != nil && s.layer.Conn == nil && s.link.timeout != 0 {
		var wait patience
		for {
			n, ok, err := s.sendFile(f, r, &wait)
			done += n
			if !ok {
				break
			}
			if err != nil || n == 0 {
				return done, err
			}
		}
	}
	buf := scratch.Get().(*[bufferSize]byte)
	defer scratch.Put(buf)
	for {
		n, err := r.Read(buf[:])
		if n > 0 {
			w, werr := s.Write(buf[:n])
			done += int64(w)
			if werr != nil {
				return done, werr
			}
		}
		if err == io.EOF {
			return done, nil
		}
		if err != nil {
			return done, err
		}
	}
}

// regularFile returns the file behind r if it is a regular one: r itself, or
// what an *io.LimitedReader reads.
func regularFile(r io.Reader) *os.File {
	if lr, ok := r.(*io.LimitedReader); ok {
		r = lr.R
	}
	f, ok := r.(*os.File)
	if !ok {
		return nil
	}
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil
	}
	return f
}

// sendFile sends the next piece of f. Nothing sent and no error: r is at its end. ok
// is false if the connection is not one to send files on; nothing was sent then.
func (s *Socket) sendFile(f *os.File, r io.Reader, wait *patience) (n int64, ok bool, err error) {
	outer, _ := r.(*io.LimitedReader)
	l := s.link
	for {
		size := int64(pieceSize)
		if outer != nil {
			size = min(size, outer.N)
		}
		if l.limited() || l.writes.armed {
			if err := l.armWriteFor(wait.next(l)); err != nil {
				return 0, true, s.fail(err, false)
			}
		}
		start, err := f.Seek(0, io.SeekCurrent)
		if err != nil {
			return 0, true, err
		}
		paused := s.pause()
		n, ok, err := l.transmitFile(f, start, size)
		s.resume(paused)
		if !ok {
			return 0, false, nil
		}
		if outer != nil {
			outer.N -= n
		}
		more := wait.more(l, n, err)
		if more || isDeadline(err) {
			// The copy through user memory that package net falls back on can have
			// read more than it wrote.
			if _, serr := f.Seek(start+n, io.SeekStart); serr != nil {
				return n, true, s.wrote(n, err)
			}
		}
		if more && n == 0 {
			continue
		}
		if more {
			err = nil
		}
		return n, true, s.wrote(n, err)
	}
}

// transmitFile sends the next n bytes of f, which stands at start. ok is as for
// sendFile.
func (l *link) transmitFile(f *os.File, start, n int64) (sent int64, ok bool, err error) {
	if sent, ok, err = l.sendfileDirect(f, start, n); ok {
		return sent, true, err
	}
	tcp, err := l.tcp()
	if tcp == nil {
		return 0, err != nil, err
	}
	sent, err = tcp.ReadFrom(&io.LimitedReader{R: f, N: n})
	return sent, true, err
}

// CopyN moves up to n bytes of the connection to w, and stops before at the
// peer's end, which is io.EOF. From a TCP connection to a file they need not
// pass through user memory (splice).
func (s *Socket) CopyN(w io.Writer, n int64) (int64, error) {
	var done int64
	var wait patience
	for done < n {
		if s.frozen || s.waiting || s.link == nil {
			return done, s.ready("read from")
		}
		moved, err := s.copyPiece(w, min(n-done, pieceSize), &wait)
		done += moved
		if err != nil {
			return done, err
		}
	}
	return done, nil
}

func (s *Socket) copyPiece(w io.Writer, n int64, wait *patience) (int64, error) {
	to, direct := w.(io.ReaderFrom)
	l := s.link
	if !direct || s.layer.Conn != nil || len(s.peeked) > 0 || l.timeout == 0 {
		return s.copyBuffer(w, n)
	}
	tcp, err := l.tcp()
	switch {
	case err != nil:
		return 0, s.fail(err, true)
	case tcp == nil:
		return s.copyBuffer(w, n)
	}
	if l.limited() || l.reads.armed {
		if err := l.armReadFor(wait.next(l)); err != nil {
			return 0, s.fail(err, true)
		}
	}
	paused := s.pause()
	moved, err := to.ReadFrom(&io.LimitedReader{R: tcp, N: n})
	s.resume(paused)
	if over := s.received(moved); over != nil {
		return moved, over
	}
	var ours *net.OpError
	switch {
	case wait.more(l, moved, err):
		return moved, nil
	case errors.As(err, &ours), isDeadline(err), l.closed.Load(), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.ETIMEDOUT):
		return moved, s.fail(err, true) // package os says "write" of these too
	case err != nil: // w's, a *fs.PathError as a rule
		return moved, err
	case moved < n:
		return moved, io.EOF
	}
	return moved, nil
}

// copyBuffer moves one bufferful, at most n bytes.
func (s *Socket) copyBuffer(w io.Writer, n int64) (int64, error) {
	buf := scratch.Get().(*[bufferSize]byte)
	defer scratch.Put(buf)
	got, err := s.Read(buf[:min(n, bufferSize)])
	if got > 0 {
		if wrote, werr := w.Write(buf[:got]); werr != nil {
			return int64(wrote), werr
		}
	}
	return int64(got), err
}
