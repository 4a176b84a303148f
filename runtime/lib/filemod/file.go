package filemod

import (
	"context"
	"io"
	"os"
	"slices"
	"sync"
	"sync/atomic"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/py"
)

// A File is Python's file object. One that a script opened belongs to one thread
// at a time, as any Starlark value; a standard stream serves all threads of its
// run, one after the other.
type File struct {
	name, mode string
	readable   bool
	writable   bool

	handle  *handle                      // nil for a standard stream
	regular bool                         // whether the handle is a file on a disk
	in      *input                       // nil if not readable
	out     func(h *host.Host) io.Writer // of a standard stream that can be written
	turn    turn                         // nil but for a standard stream
	thread  *starlark.Thread             // that used the file last; nil for a standard stream

	h      *host.Host // the run's
	frozen bool
	closed atomic.Bool
}

// A turn lets one thread at a time use a standard stream.
type turn chan struct{}

var (
	_ starlark.HasAttrs = (*File)(nil)
	_ starlark.Iterable = (*File)(nil)
	_ py.Reprer         = (*File)(nil)
	_ host.FileValue    = (*File)(nil)
	_ host.FileSink     = (*File)(nil)
)

// A handle is an open file as the run's Resources hold it: closed once, whoever
// comes first.
type handle struct {
	host.File
	once sync.Once
	err  error
}

// Close closes the file. It is safe for concurrent use.
func (h *handle) Close() error {
	h.once.Do(func() { h.err = h.File.Close() })
	return h.err
}

// NewReader returns a standard stream to read, such as sys.stdin. h is the run's.
func NewReader(h *host.Host, name string, r io.Reader) *File {
	return &File{
		name: name, mode: "r", readable: true, h: h, turn: make(turn, 1),
		in: &input{src: r, wait: new(waiter)},
	}
}

// NewWriter returns a standard stream to write, such as sys.stdout, which goes
// to the writer that out chooses from the Host of the thread that writes. That
// writer counts the bytes itself. h is the run's.
func NewWriter(h *host.Host, name string, out func(h *host.Host) io.Writer) *File {
	return &File{name: name, mode: "w", writable: true, h: h, turn: make(turn, 1), out: out}
}

// String returns <open file 'x', mode 'r'>, without an address.
func (f *File) String() string {
	state := "open"
	if f.closed.Load() {
		state = "closed"
	}
	return "<" + state + " file " + py.Quote(f.name) + ", mode " + py.Quote(f.mode) + ">"
}

// Repr returns the same text as String.
func (f *File) Repr() string { return f.String() }

// Type returns "file".
func (f *File) Type() string { return "file" }

// Freeze makes every operation but looking at attributes fail. The standard
// streams stay usable: no script holds them alone.
func (f *File) Freeze() {
	if f.turn == nil {
		f.frozen = true
	}
}

// Standard reports whether the file is a standard stream, which all threads of
// its run may use.
func (f *File) Standard() bool { return f.turn != nil }

// Truth is always true.
func (f *File) Truth() starlark.Bool { return true }

// Hash refuses: a file is its position.
func (f *File) Hash() (uint32, error) { return 0, py.TypeError.Errorf("unhashable type: file") }

// Attr returns a method, or closed, encoding, errors, mode, name, newlines or
// softspace.
func (f *File) Attr(name string) (starlark.Value, error) {
	switch name {
	case "closed":
		return starlark.Bool(f.closed.Load()), nil
	case "encoding":
		if f.Standard() { // as where PYTHONIOENCODING is utf-8
			return starlark.String("UTF-8"), nil
		}
		return starlark.None, nil
	case "errors", "newlines":
		return starlark.None, nil
	case "mode":
		return starlark.String(f.mode), nil
	case "name":
		return starlark.String(f.name), nil
	case "softspace":
		return starlark.MakeInt(0), nil
	}
	if m := fileMethods()[name]; m != nil {
		return m.BindReceiver(f), nil
	}
	return nil, nil
}

// AttrNames lists what Attr knows.
func (f *File) AttrNames() []string {
	names := []string{"closed", "encoding", "errors", "mode", "name", "newlines", "softspace"}
	for name := range fileMethods() {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// An access is what an operation needs.
type access int

const (
	anyAccess access = iota
	reading
	writing
)

// begin starts an operation, such as "read from"; end ends it.
func (f *File) begin(thread *starlark.Thread, verb string, need access) (h *host.Host, end func(), err error) {
	if f.frozen {
		return nil, nil, py.TypeError.Errorf("cannot %s frozen file", verb)
	}
	h = host.From(thread)
	if end, err = f.turn.take(h); err != nil {
		return nil, nil, err
	}
	if f.turn == nil {
		f.thread = thread
	}
	switch {
	case f.closed.Load():
		err = errClosed()
	case need == reading && !f.readable:
		err = py.IOError.Errorf("File not open for reading")
	case need == writing && !f.writable:
		err = py.IOError.Errorf("File not open for writing")
	default:
		return h, end, nil
	}
	end()
	return nil, nil, err
}

// take waits for the turn, if there are turns, or for the end of the run.
func (t turn) take(h *host.Host) (give func(), err error) {
	if t == nil {
		return func() {}, nil
	}
	give = func() { <-t }
	select {
	case t <- struct{}{}:
		return give, nil
	default:
	}
	paused := h.Pause()
	defer h.Resume(paused)
	ctx := h.Context()
	select {
	case t <- struct{}{}:
		return give, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// runs returns the thread on which a loop over the file, or a send of it, runs:
// most likely the one that used it last. It is nil if that one is idle now, as
// the thread of an earlier item of a session is, and for a standard stream.
func (f *File) runs() *starlark.Thread {
	if f.thread != nil && f.thread.CallStackDepth() > 0 {
		return f.thread
	}
	return nil
}

// host returns the Host for what is not told its thread.
func (f *File) host() *host.Host {
	if thread := f.runs(); thread != nil {
		return host.From(thread)
	}
	if f.h.Current != nil {
		return f.h.WithContext(f.h.Current())
	}
	return f.h.WithContext(f.h.Lifetime())
}

// hint is how many bytes a read of n (negative: all) is likely to return.
func (f *File) hint(n int64) int64 {
	if 0 <= n && n <= 8*bufferSize {
		return n
	}
	left, _ := f.Remaining()
	return left
}

// Content returns the file from its position on: the *os.File itself if it is a
// regular file. See host.FileValue.
func (f *File) Content() (io.Reader, error) {
	switch {
	case f.frozen:
		return nil, py.TypeError.Errorf("cannot read from frozen file")
	case f.closed.Load():
		return nil, errClosed()
	case !f.readable:
		return nil, py.IOError.Errorf("File not open for reading")
	case !f.regular:
		return content{f, f.host()}, nil
	}
	if len(f.in.buf) > 0 {
		if _, err := f.seek(0, io.SeekCurrent); err != nil {
			return content{f, f.host()}, nil
		}
	}
	return f.handle.File, nil
}

// Sink returns what writes at the file's position: the *os.File itself if it is a
// regular file. See host.FileSink.
func (f *File) Sink(thread *starlark.Thread) (io.Writer, error) {
	h, end, err := f.begin(thread, "write to", writing)
	if err != nil {
		return nil, err
	}
	defer end()
	if f.in != nil && len(f.in.buf) > 0 {
		if _, err := f.seek(0, io.SeekCurrent); err != nil {
			return nil, err
		}
	}
	if f.out != nil {
		return f.out(h), nil
	}
	w, ok := f.handle.File.(io.Writer)
	if !ok {
		return nil, sysError(eBadF, "Bad file descriptor")
	}
	if !f.regular {
		return interruptible{h, w}, nil
	}
	return w, nil
}

// Remaining returns the bytes from the position to the end of a regular file.
func (f *File) Remaining() (n int64, ok bool) {
	if !f.regular || f.closed.Load() || f.frozen {
		return 0, false
	}
	info, err := f.handle.Stat()
	if err != nil {
		return 0, false
	}
	pos, err := f.position()
	if err != nil {
		return 0, false
	}
	return max(info.Size()-pos, 0), true
}

// content reads what a File read ahead, and then its source, until the run ends.
type content struct {
	f *File
	h *host.Host
}

// Read reads from the file's position.
func (c content) Read(p []byte) (int, error) {
	end, err := c.f.turn.take(c.h)
	if err != nil {
		return 0, err
	}
	defer end()
	if c.f.closed.Load() {
		return 0, errClosed()
	}
	in := c.f.in
	if len(in.buf) == 0 {
		if n, err := in.fill(c.h); err != nil {
			return 0, err
		} else if n == 0 {
			return 0, io.EOF
		}
	}
	return copy(p, in.take(len(p))), nil
}

// position is where the next byte to be read or written is.
func (f *File) position() (int64, error) {
	s, ok := f.seeker()
	if !ok {
		return 0, sysError(eSPipe, "Illegal seek")
	}
	pos, err := s.Seek(0, io.SeekCurrent)
	if err != nil {
		return 0, Error(err, "")
	}
	if f.in != nil {
		pos -= int64(len(f.in.buf))
	}
	return pos, nil
}

// seek moves the position and drops what was read ahead.
func (f *File) seek(offset int64, whence int) (int64, error) {
	s, ok := f.seeker()
	if !ok {
		return 0, sysError(eSPipe, "Illegal seek")
	}
	if whence < io.SeekStart || whence > io.SeekEnd {
		return 0, sysError(eInval, "Invalid argument")
	}
	if whence == io.SeekCurrent && f.in != nil {
		offset -= int64(len(f.in.buf))
	}
	pos, err := s.Seek(offset, whence)
	if err != nil {
		return 0, Error(err, "")
	}
	if f.in != nil {
		f.in.buf = nil
	}
	return pos, nil
}

func (f *File) seeker() (io.Seeker, bool) {
	if f.handle == nil {
		return nil, false
	}
	s, ok := f.handle.File.(io.Seeker)
	return s, ok
}

// write writes all of s where the position is.
func (f *File) write(h *host.Host, s string) error {
	if err := ended(h); err != nil {
		return err
	}
	if f.out != nil {
		_, err := io.WriteString(f.out(h), s)
		return Error(err, "")
	}
	w, ok := f.handle.File.(io.Writer)
	if !ok {
		return sysError(eBadF, "Bad file descriptor")
	}
	if f.in != nil && len(f.in.buf) > 0 {
		if _, err := f.seek(0, io.SeekCurrent); err != nil {
			return err
		}
	}
	if err := h.Budget.Write(int64(len(s))); err != nil {
		return err
	}
	if f.regular {
		_, err := io.WriteString(w, s)
		return Error(err, "")
	}
	_, err := io.WriteString(interruptible{h, w}, s)
	return Error(err, "")
}

// descriptor returns the number of the file's descriptor.
func (f *File) descriptor() (n int, err error) {
	file, ok := f.underlying().(*os.File)
	if !ok {
		return 0, py.ValueError.Errorf("the file has no descriptor")
	}
	// Not file.Fd, which would make the file block.
	conn, err := file.SyscallConn()
	if err == nil {
		err = conn.Control(func(fd uintptr) { n = int(fd) })
	}
	return n, Error(err, "")
}

// underlying is what the file reads from or writes to.
func (f *File) underlying() any {
	switch {
	case f.handle != nil:
		return f.handle.File
	case f.in != nil:
		return f.in.src
	}
	return f.out(f.h)
}
