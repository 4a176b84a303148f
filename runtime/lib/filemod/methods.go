package filemod

import (
	"context"
	"errors"
	"io"
	"math"
	"os"
	"time"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/lazy"
	"starwire/runtime/py"
)

func fileMethods() map[string]*starlark.Builtin {
	return fileMethodsTable.Get(func() map[string]*starlark.Builtin {
		return map[string]*starlark.Builtin{
			"close":      starlark.NewBuiltin("close", fileClose),
			"fileno":     starlark.NewBuiltin("fileno", fileFileno),
			"flush":      starlark.NewBuiltin("flush", fileFlush),
			"isatty":     starlark.NewBuiltin("isatty", fileIsATTY),
			"next":       starlark.NewBuiltin("next", fileNext),
			"read":       starlark.NewBuiltin("read", fileRead),
			"readline":   starlark.NewBuiltin("readline", fileReadLine),
			"readlines":  starlark.NewBuiltin("readlines", fileReadLines),
			"seek":       starlark.NewBuiltin("seek", fileSeek),
			"tell":       starlark.NewBuiltin("tell", fileTell),
			"truncate":   starlark.NewBuiltin("truncate", fileTruncate),
			"write":      starlark.NewBuiltin("write", fileWrite),
			"writelines": starlark.NewBuiltin("writelines", fileWriteLines),
			"xreadlines": starlark.NewBuiltin("xreadlines", fileXReadLines),
		}
	})
}

var fileMethodsTable lazy.Value[map[string]*starlark.Builtin]

// integer is a C long as PyArg_Parse reads it.
func integer(v starlark.Value) (int64, error) {
	switch v := v.(type) {
	case starlark.Bool:
		if v {
			return 1, nil
		}
		return 0, nil
	case starlark.Int:
		n, ok := v.Int64()
		if !ok {
			return 0, py.OverflowError.Errorf("Python int too large to convert to C long")
		}
		return n, nil
	case starlark.Float:
		return 0, py.TypeError.Errorf("integer argument expected, got float")
	}
	return 0, py.TypeError.Errorf("an integer is required")
}

// amount unpacks the one optional integer of read, readline and readlines.
func amount(b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple, def int64) (int64, error) {
	var v starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "size?", &v); err != nil || v == nil {
		return def, err
	}
	return integer(v)
}

// spend charges the steps of moving n bytes.
func spend(thread *starlark.Thread, n int) error { return host.Spend(thread, n/host.BytesPerStep) }

// fileRead is f.read([size]).
func fileRead(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	f := b.Receiver().(*File)
	h, end, err := f.begin(thread, "read from", reading)
	if err != nil {
		return nil, err
	}
	defer end()
	n, err := amount(b, args, kwargs, -1)
	if err != nil {
		return nil, err
	}
	s, err := f.in.readAmount(h, n, f.hint(n))
	if err != nil {
		return nil, err
	}
	return starlark.String(s), spend(thread, len(s))
}

// fileReadLine is f.readline([size]).
func fileReadLine(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	f := b.Receiver().(*File)
	h, end, err := f.begin(thread, "read from", reading)
	if err != nil {
		return nil, err
	}
	defer end()
	n, err := amount(b, args, kwargs, -1)
	if err != nil {
		return nil, err
	}
	if n > math.MaxInt32 {
		return nil, py.OverflowError.Errorf("signed integer is greater than maximum")
	}
	s, err := f.in.readLine(h, n)
	if err != nil {
		return nil, err
	}
	return starlark.String(s), spend(thread, len(s))
}

// fileReadLines is f.readlines([size]): the lines to the end. With a size, it
// stops once it has about so many bytes, in whole buffers.
func fileReadLines(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	f := b.Receiver().(*File)
	h, end, err := f.begin(thread, "read from", reading)
	if err != nil {
		return nil, err
	}
	defer end()
	hint, err := amount(b, args, kwargs, 0)
	if err != nil {
		return nil, err
	}
	if hint > 0 {
		hint = max(hint, bufferSize)
	}
	return host.ReadLines(thread, hint, func() (string, error) { return f.in.readLine(h, -1) })
}

// fileNext is f.next(): the next line, or StopIteration.
func fileNext(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := py.UnpackArgs(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	f := b.Receiver().(*File)
	h, end, err := f.begin(thread, "read from", reading)
	if err != nil {
		return nil, err
	}
	defer end()
	s, err := f.in.readLine(h, -1)
	if err != nil {
		return nil, err
	}
	if s == "" {
		return nil, py.StopIteration.New(nil)
	}
	return starlark.String(s), nil
}

// fileXReadLines is f.xreadlines(): the file, to be looped over.
func fileXReadLines(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	f, end, err := ask(thread, b, args, kwargs)
	if err != nil {
		return nil, err
	}
	end()
	return f, nil
}

// Iterate returns an iterator over the lines. Host.Raise raises its errors.
func (f *File) Iterate() starlark.Iterator { return (*lineIterator)(f) }

type lineIterator File

// Next reads one line.
func (it *lineIterator) Next(p *starlark.Value) bool {
	f := (*File)(it)
	s, err := f.nextLine()
	if err != nil {
		f.h.Raise(f.runs(), err)
		return false
	}
	*p = starlark.String(s)
	return s != ""
}

// Done does nothing: the file stays open.
func (it *lineIterator) Done() {}

// nextLine is f.next for the interpreter, which does not say on which thread.
func (f *File) nextLine() (string, error) {
	switch {
	case f.frozen:
		return "", py.TypeError.Errorf("cannot read from frozen file")
	case !f.readable:
		return "", py.IOError.Errorf("File not open for reading")
	}
	h := f.host()
	end, err := f.turn.take(h)
	if err != nil {
		return "", err
	}
	defer end()
	if f.closed.Load() {
		return "", errClosed()
	}
	return f.in.readLine(h, -1)
}

// fileSeek is f.seek(offset[, whence]).
func fileSeek(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	f := b.Receiver().(*File)
	_, end, err := f.begin(thread, "seek in", anyAccess)
	if err != nil {
		return nil, err
	}
	defer end()
	var offset starlark.Value
	var whence starlark.Value = starlark.MakeInt(io.SeekStart)
	if err := py.UnpackArgs(b.Name(), args, kwargs, "offset", &offset, "whence?", &whence); err != nil {
		return nil, err
	}
	if x, ok := offset.(starlark.Float); ok { // with a warning, CPython takes it
		if offset, err = starlark.NumberToInt(x); err != nil {
			return nil, py.OverflowError.Errorf("%w", err)
		}
	}
	n, err := integer(offset)
	if _, ok := offset.(starlark.Int); err != nil && !ok {
		return nil, py.TypeError.Errorf("'%s' object cannot be interpreted as an index", py.TypeName(offset))
	} else if err != nil {
		return nil, err
	}
	w, err := integer(whence)
	if err != nil {
		return nil, err
	}
	if w < io.SeekStart || w > io.SeekEnd {
		return nil, sysError(eInval, "Invalid argument")
	}
	_, err = f.seek(n, int(w))
	return starlark.None, err
}

// ask begins a method without arguments that neither reads nor writes.
func ask(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (f *File, end func(), err error) {
	if err := py.UnpackArgs(b.Name(), args, kwargs); err != nil {
		return nil, nil, err
	}
	f = b.Receiver().(*File)
	_, end, err = f.begin(thread, "read from", anyAccess)
	return f, end, err
}

// fileTell is f.tell().
func fileTell(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	f, end, err := ask(thread, b, args, kwargs)
	if err != nil {
		return nil, err
	}
	defer end()
	pos, err := f.position()
	if err != nil {
		return nil, err
	}
	return starlark.MakeInt64(pos), nil
}

// fileTruncate is f.truncate([size]); the position stays where it is.
func fileTruncate(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	f := b.Receiver().(*File)
	_, end, err := f.begin(thread, "write to", writing)
	if err != nil {
		return nil, err
	}
	defer end()
	size, err := amount(b, args, kwargs, -1)
	if err != nil {
		return nil, err
	}
	if len(args)+len(kwargs) == 0 {
		if size, err = f.position(); err != nil {
			return nil, err
		}
	}
	t, ok := f.underlying().(interface{ Truncate(size int64) error })
	if !ok || size < 0 {
		return nil, sysError(eInval, "Invalid argument")
	}
	// What was read ahead may not be there any more.
	if pos, err := f.position(); err == nil {
		if _, err := f.seek(pos, io.SeekStart); err != nil {
			return nil, err
		}
	}
	return starlark.None, Error(t.Truncate(size), "")
}

// fileWrite is f.write(str).
func fileWrite(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	f := b.Receiver().(*File)
	h, end, err := f.begin(thread, "write to", writing)
	if err != nil {
		return nil, err
	}
	defer end()
	var v starlark.Value
	if err := py.UnpackArgs(b.Name(), f.encoded(args), kwargs, "str", &v); err != nil {
		return nil, err
	}
	s, ok := py.AsBytes(v)
	if !ok {
		return nil, py.TypeError.Errorf("expected a string or other character buffer object")
	}
	if err := f.write(h, s); err != nil {
		return nil, err
	}
	return starlark.None, spend(thread, len(s))
}

// encoded returns what is to be written, unicode text as UTF-8 if f is a standard
// stream, whose encoding that is: what print writes there, and on most terminals
// CPython. Other files have none.
//
// fileobject.c, file_write.
func (f *File) encoded(args starlark.Tuple) starlark.Tuple {
	if f.turn == nil || len(args) != 1 {
		return args
	}
	if u, ok := args[0].(*py.Unicode); ok {
		return starlark.Tuple{starlark.String(u.Text())}
	}
	return args
}

// fileWriteLines is f.writelines(sequence): each string, with nothing added.
func fileWriteLines(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	f := b.Receiver().(*File)
	h, end, err := f.begin(thread, "write to", writing)
	if err != nil {
		return nil, err
	}
	defer end()
	var v starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "sequence", &v); err != nil {
		return nil, err
	}
	if s, ok := py.AsBytes(v); ok { // a sequence of its bytes
		v = starlark.Tuple{starlark.String(s)}
	}
	iter := starlark.Iterate(v)
	if iter == nil {
		return nil, py.TypeError.Errorf("writelines() requires an iterable argument")
	}
	defer iter.Done()
	var line starlark.Value
	for iter.Next(&line) {
		if err := py.AsASCII(line); err != nil {
			return nil, err
		}
		s, ok := py.AsBytes(line)
		if !ok {
			return nil, py.TypeError.Errorf("writelines() argument must be a sequence of strings")
		}
		if err := f.write(h, s); err != nil {
			return nil, err
		}
		if err := host.Spend(thread, 1+len(s)/host.BytesPerStep); err != nil {
			return nil, err
		}
	}
	return starlark.None, nil
}

// An interruptible writes to what may block, a pipe or a terminal, until the run
// ends.
type interruptible struct {
	h *host.Host
	w io.Writer
}

// Write writes p.
func (i interruptible) Write(p []byte) (int, error) {
	ctx := i.h.Context()
	d, ok := i.w.(interface{ SetWriteDeadline(time.Time) error })
	paused := i.h.Pause()
	defer i.h.Resume(paused)
	if !ok || d.SetWriteDeadline(time.Time{}) != nil {
		return i.w.Write(p)
	}
	expired := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		d.SetWriteDeadline(time.Unix(1, 0))
		close(expired)
	})
	n, err := i.w.Write(p)
	if !stop() {
		<-expired
		if errors.Is(err, os.ErrDeadlineExceeded) {
			err = context.Cause(ctx)
		}
	}
	return n, err
}

// fileFlush is f.flush(): nothing is buffered.
func fileFlush(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := py.UnpackArgs(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	_, end, err := b.Receiver().(*File).begin(thread, "write to", anyAccess)
	if err != nil {
		return nil, err
	}
	end()
	return starlark.None, nil
}

// fileFileno is f.fileno().
func fileFileno(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	f, end, err := ask(thread, b, args, kwargs)
	if err != nil {
		return nil, err
	}
	defer end()
	n, err := f.descriptor()
	if err != nil {
		return nil, err
	}
	return starlark.MakeInt(n), nil
}

// fileIsATTY is f.isatty(): whether the file is a terminal, as far as its mode
// tells: a character device that is not the null device.
func fileIsATTY(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	f, end, err := ask(thread, b, args, kwargs)
	if err != nil {
		return nil, err
	}
	defer end()
	file, ok := f.underlying().(*os.File)
	if !ok {
		return starlark.False, nil
	}
	info, err := file.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return starlark.False, nil
	}
	null, err := os.Stat(os.DevNull)
	return starlark.Bool(err != nil || !os.SameFile(info, null)), nil
}

// fileClose is f.close(). Closing twice is allowed.
func fileClose(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := py.UnpackArgs(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	f := b.Receiver().(*File)
	if f.closed.Load() && !f.frozen {
		return starlark.None, nil
	}
	_, end, err := f.begin(thread, "close", anyAccess)
	if err != nil {
		return nil, err
	}
	defer end()
	f.closed.Store(true)
	f.in = nil
	if f.handle == nil {
		return starlark.None, nil // the stream itself is the run's
	}
	f.h.Resources.Remove(f.handle)
	return starlark.None, Error(f.handle.Close(), "")
}
