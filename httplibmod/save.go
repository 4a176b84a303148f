package httplibmod

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
	"time"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/lib/socketmod"
	"starwire/runtime/py"
)

// This file has what HTTPResponse offers beyond Python: content that goes to a
// file, or comes in pieces, without the script holding all of it.

// savePiece is how much of a body from a script's own socket object goes to the
// file at a time; and the default of chunks.
const savePiece = 64 << 10

// respSave is save(file, *, progress=False): it writes the rest of the body to a
// file, which is opened, and emptied, by its path, or is open already, and
// returns the number of bytes. From a plain socket to a regular file the kernel
// moves them. Whoever watches the run is told of the progress, if asked to.
//
// Exceptions are read()'s, with "" as partial: what came before is in the file.
func respSave(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var target starlark.Value
	kwargs, progress := takeProgress(kwargs)
	if err := py.UnpackMethod(b.Name(), args, kwargs, "file", &target); err != nil {
		return nil, err
	}
	r := respOf(b)
	if r.frozen {
		return nil, errors.New("cannot read from frozen HTTPResponse")
	}
	if f, ok := target.(host.FileSink); ok {
		w, err := f.Sink(thread)
		if err != nil {
			return nil, err
		}
		return r.save(thread, w, target, "", progress)
	}
	path, ok := py.AsBytes(target)
	if !ok {
		return nil, py.TypeError.Errorf("save() wants a path or a file open for writing, not %s", py.TypeName(target))
	}
	f, err := host.From(thread).Open(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC)
	if err != nil {
		return nil, fileError(err, path)
	}
	w, ok := f.(io.Writer)
	if !ok {
		f.Close()
		return nil, fileError(syscall.EROFS, path)
	}
	if s, ok := f.(interface{ Stat() (fs.FileInfo, error) }); ok {
		// splice(2) to a device that cannot do it takes bytes, and then fails.
		if info, err := s.Stat(); err != nil || !info.Mode().IsRegular() {
			w = struct{ io.Writer }{w}
		}
	}
	stop := interruptible(host.Context(thread), f)
	n, err := r.save(thread, w, target, path, progress)
	stop()
	if e := f.Close(); e != nil && err == nil {
		return nil, fileError(e, path)
	}
	return n, err
}

// interruptible has the end of ctx end a write to f that blocks, as one to a pipe may.
// The function it returns undoes that.
func interruptible(ctx context.Context, f host.File) (stop func() bool) {
	d, ok := f.(interface{ SetWriteDeadline(time.Time) error })
	if !ok || d.SetWriteDeadline(time.Time{}) != nil {
		return func() bool { return true } // what is on a disk knows no deadlines
	}
	return context.AfterFunc(ctx, func() { d.SetWriteDeadline(time.Unix(1, 0)) })
}

// fileError is Python's IOError for an error of the file; a refusal is a
// PermissionError.
func fileError(err error, path string) error {
	var refused *host.PermissionError
	if errors.As(err, &refused) {
		return py.PermissionError.Errorf("%w", err)
	}
	number, text := syscall.EIO, err.Error()
	if errors.As(err, &number) {
		_, text = socketmod.Strerror(number)
	}
	e := []starlark.Value{starlark.MakeInt(int(number)), starlark.String(text)}
	if path != "" {
		e = append(e, starlark.String(path))
	}
	return py.IOError.New(err, e...)
}

// save writes the rest of the body to w, which is what the script calls target.
func (r *HTTPResponse) save(thread *starlark.Thread, w io.Writer, target starlark.Value, path string, progress bool) (starlark.Value, error) {
	dst := &sink{w: w, budget: host.From(thread).Budget}
	if progress {
		dst.meter = beginMeter(thread, nameOf(target, "download"), r.size())
		defer dst.meter.end()
	}
	err := r.writeTo(thread, dst)
	var full *fs.PathError
	switch {
	case dst.err != nil: // the file's: what else went wrong came of it
		err = dst.err
		var over *host.LimitError
		if !errors.As(err, &over) {
			if err = context.Cause(host.Context(thread)); err == nil {
				err = fileError(dst.err, path)
			}
		}
		r.lose(thread, err) // for later reads, too
	case errors.As(err, &full) && !errors.As(err, new(*py.Exception)):
		err = r.lose(thread, fileError(err, path))
	}
	if err != nil {
		return nil, err
	}
	return starlark.MakeInt64(dst.n), nil
}

// A sink counts what goes to a file, and lets the kernel copy.
type sink struct {
	w      io.Writer
	budget *host.Budget
	meter  *meter // or nil
	n      int64
	err    error // of w, or a used-up limit
}

func (s *sink) Write(p []byte) (int, error) {
	n, err := s.w.Write(p)
	if s.meter != nil {
		s.meter.add(int64(n))
	}
	return n, s.wrote(int64(n), err)
}

// ReadFrom lets a file take what r holds in its own way.
func (s *sink) ReadFrom(r io.Reader) (int64, error) {
	f, ok := s.w.(io.ReaderFrom)
	if !ok {
		return io.Copy(struct{ io.Writer }{s}, r)
	}
	if s.meter != nil {
		return s.readPieces(f, r)
	}
	return s.take(f, r)
}

// take makes f, which is s.w, take what r holds.
func (s *sink) take(f io.ReaderFrom, r io.Reader) (int64, error) {
	n, err := f.ReadFrom(r)
	if over := s.budget.Write(n); over != nil {
		s.err = over
		return n, over
	}
	s.n += n
	return n, err // may be r's as well: the socket tells
}

func (s *sink) wrote(n int64, err error) error {
	s.n += n
	if err == nil {
		err = s.budget.Write(n)
	}
	s.err = err
	return err
}

// writeTo moves the rest of the body to w, and ends the response.
func (r *HTTPResponse) writeTo(thread *starlark.Thread, w *sink) error {
	if r.closed || r.odd().failed != nil || r.lost || r.msg == nil || isHead(r.method) || r.t.sock == nil || r.odd().cut != nil {
		return r.writePieces(thread, w)
	}
	if odd := r.odd(); odd.prefix != "" {
		line := odd.prefix
		odd.prefix = ""
		if _, err := io.WriteString(w, line); err != nil {
			return err
		}
	}
	n := w.n
	_, err := r.body.WriteTo(w)
	if r.left != untilClose {
		r.left -= w.n - n
	}
	switch {
	case err == nil && r.left == untilClose && !r.chunked && r.t.ragged != nil:
		if r.t.rules.strict {
			err = IncompleteRead.New(r.t.ragged, starlark.String(""))
			break
		}
		return r.lose(thread, r.t.ragged)
	case err == nil:
		r.chunkLeft = betweenChunks
		return r.finish(thread)
	case isSyntax(err):
		err = contentError(err, "")
	}
	return r.lose(thread, err)
}

// writePieces is writeTo by read: for a script's own socket object, and for a
// response in an unusual state, which read knows.
func (r *HTTPResponse) writePieces(thread *starlark.Thread, w *sink) error {
	for {
		s, err := r.read(thread, savePiece)
		if err != nil || s == "" {
			return err
		}
		if _, err := io.WriteString(w, s); err != nil {
			return err
		}
	}
}

// respChunks is chunks([size]): the rest of the body in pieces of size bytes, the
// last one shorter, to loop over. It reads when the loop asks.
func respChunks(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var size starlark.Value = starlark.MakeInt(savePiece)
	if err := py.UnpackMethod(b.Name(), args, kwargs, "size?", &size); err != nil {
		return nil, err
	}
	n, err := amountOf(size)
	if err != nil {
		return nil, err
	}
	if n == 0 {
		return nil, py.ValueError.Errorf("chunks() wants a size above 0")
	}
	return &pieces{respOf(b), n, thread}, nil
}

// pieces is what chunks returns. Its errors end the statement that loops.
type pieces struct {
	r      *HTTPResponse
	size   int64
	thread *starlark.Thread
}

var _ starlark.Iterable = (*pieces)(nil)

// String says what it is.
func (p *pieces) String() string { return fmt.Sprintf("<chunks of %d bytes>", p.size) }

// Type returns "chunks".
func (p *pieces) Type() string { return "chunks" }

// Freeze freezes the response.
func (p *pieces) Freeze() { p.r.Freeze() }

// Truth is always true.
func (p *pieces) Truth() starlark.Bool { return true }

// Hash refuses: it changes.
func (p *pieces) Hash() (uint32, error) { return 0, py.TypeError.Errorf("unhashable type: chunks") }

// Iterate goes on where the last loop stopped.
func (p *pieces) Iterate() starlark.Iterator { return (*pieceIterator)(p) }

type pieceIterator pieces

// Next reads one piece.
func (it *pieceIterator) Next(v *starlark.Value) bool {
	s, err := it.next()
	if err != nil {
		host.From(it.thread).Raise(it.thread, err)
		return false
	}
	*v = starlark.String(s)
	return s != ""
}

func (it *pieceIterator) next() (string, error) {
	l, err := it.r.lease(it.thread)
	if err != nil {
		return "", err
	}
	defer l.end()
	return it.r.read(it.thread, it.size)
}

// Done does nothing: what was not read can still be.
func (it *pieceIterator) Done() {}
