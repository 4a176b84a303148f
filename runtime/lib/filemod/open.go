package filemod

import (
	"context"
	"io"
	"os"
	"strings"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/py"
)

// Builtin is the built-in function open(name[, mode[, buffering]]). buffering
// makes no difference.
var Builtin = starlark.NewBuiltin("open", open)

func open(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var name, mode, buffering starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "name", &name, "mode?", &mode, "buffering?", &buffering); err != nil {
		return nil, err
	}
	nameText, ok := py.AsBytes(name)
	if !ok {
		return nil, py.TypeError.Errorf("coercing to Unicode: need string or buffer, %s found", py.TypeName(name))
	}
	modeText := "r"
	if mode != nil {
		if modeText, ok = py.AsBytes(mode); !ok {
			return nil, py.TypeError.Errorf("file() argument 2 must be string, not %s", py.TypeName(mode))
		}
	}
	if buffering != nil {
		if _, err := integer(buffering); err != nil {
			return nil, err
		}
	}
	f, err := Open(thread, nameText, modeText)
	if err != nil {
		return nil, err
	}
	return f, nil
}

// Open opens the named file as Python 2's open does. It stays open until it, or
// the run, is closed. Errors are IOError with the file's name, ValueError for a
// bad mode, TypeError for a name with a NUL, PermissionError for a refusal.
func Open(thread *starlark.Thread, name, mode string) (*File, error) {
	if strings.IndexByte(name, 0) >= 0 {
		return nil, py.TypeError.Errorf("file() argument 1 must be encoded string without null bytes, not str")
	}
	flag, err := parseMode(mode)
	if err != nil {
		return nil, err
	}
	h := host.From(thread)
	file, err := openFile(h, name, flag)
	if err != nil {
		return nil, Error(err, name)
	}
	hd := &handle{File: file}
	info, err := file.Stat()
	if err != nil {
		hd.Close()
		return nil, Error(err, name)
	}
	if info.IsDir() {
		hd.Close()
		return nil, py.IOError.New(nil, starlark.MakeInt(eIsDir), starlark.String("Is a directory"), starlark.String(name))
	}
	f := &File{
		name: name, mode: mode, handle: hd, regular: info.Mode().IsRegular(), h: h, thread: thread,
		readable: flag&os.O_WRONLY == 0, writable: flag&(os.O_WRONLY|os.O_RDWR) != 0,
	}
	if f.readable {
		f.in = &input{src: file}
		if !f.regular {
			f.in.wait = new(waiter)
		}
	}
	if flag&(os.O_APPEND|os.O_RDWR) == os.O_APPEND {
		// As file_init does; tell says so before the first write.
		f.seek(0, io.SeekEnd)
	}
	if err := h.Resources.Add(hd); err != nil {
		return nil, err
	}
	return f, nil
}

// openFile opens the file by the Host. A named pipe lets itself be opened only
// once its other end is, so it happens on another goroutine, which the end of the
// run leaves behind: it closes what it gets.
func openFile(h *host.Host, name string, flag int) (host.File, error) {
	ctx := h.Context()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if ctx.Done() == nil {
		return h.Open(name, flag)
	}
	type opened struct {
		file host.File
		err  error
	}
	done := make(chan opened)
	go func() {
		o := opened{err: os.ErrInvalid} // if Open ends the goroutine
		defer func() {
			select {
			case done <- o:
			case <-ctx.Done():
				if o.err == nil {
					o.file.Close()
				}
			}
		}()
		defer host.Recover(&o.err)
		o.file, o.err = h.Open(name, flag)
	}()
	paused := h.Pause()
	defer h.Resume(paused)
	select {
	case o := <-done:
		if defect, ok := o.err.(*host.PanicError); ok {
			panic(defect)
		}
		return o.file, o.err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// parseMode returns what to open a file with.
//
// fileobject.c, _PyFile_SanitizeMode; the letters are fopen's
func parseMode(mode string) (flag int, err error) {
	if mode == "" {
		return 0, py.ValueError.Errorf("empty mode string")
	}
	rest := mode[1:]
	switch mode[0] {
	case 'r', 'U':
	case 'w':
		flag = os.O_CREATE | os.O_TRUNC
	case 'a':
		flag = os.O_CREATE | os.O_APPEND
	default:
		return 0, py.ValueError.Errorf("mode string must begin with one of 'r', 'w', 'a' or 'U', not '%s'", py.Escape(mode))
	}
	switch universal := strings.IndexByte(mode, 'U') >= 0; {
	case universal && flag != 0:
		return 0, py.ValueError.Errorf("universal newline mode can only be used with modes starting with 'r'")
	case universal:
		return 0, py.ValueError.Errorf("universal newline mode is not supported; read and replace '\\r\\n'")
	}
	if strings.IndexByte(rest, 'x') >= 0 && flag&os.O_CREATE != 0 {
		flag |= os.O_EXCL
	}
	switch {
	case strings.IndexByte(rest, '+') >= 0:
		flag |= os.O_RDWR
	case mode[0] != 'r':
		flag |= os.O_WRONLY
	}
	return flag, nil
}
