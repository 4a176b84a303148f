//go:build unix

package runtime

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"syscall"
	"time"

	"starwire/runtime/host"
)

// unblocked opens a file by open; stat describes it. A named pipe lets itself be opened only once its
// other end is, for which nothing could end the wait: it is opened at once, and
// its reads wait instead, until ctx ends or it is closed; to write, the open is tried
// again and again until ctx ends.
func unblocked(ctx context.Context, flag int, open func(flag int) (*os.File, error), stat func() (fs.FileInfo, error)) (host.File, error) {
	f, err := open(flag | syscall.O_NONBLOCK)
	for err != nil && flag&writing != 0 && errors.Is(err, syscall.ENXIO) {
		if info, serr := stat(); serr != nil || info.Mode()&fs.ModeNamedPipe == 0 {
			break // a socket, say
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-time.After(pipePoll):
		}
		if ctx.Err() != nil { // both came; nobody may want the file any more
			return nil, context.Cause(ctx)
		}
		f, err = open(flag | syscall.O_NONBLOCK)
	}
	if err != nil {
		return nil, err
	}
	if flag&writing == 0 {
		if info, err := f.Stat(); err == nil && info.Mode()&fs.ModeNamedPipe != 0 {
			return &pipe{File: f, ctx: ctx}, nil
		}
	}
	return f, nil
}

// pipePoll is how often a pipe is tried that has no reader.
const pipePoll = 5 * time.Millisecond

// A pipe is a named pipe open for reading.
type pipe struct {
	*os.File
	ctx   context.Context // whose end ends a read
	begun bool            // whether there was somebody to write
}

// Read waits for somebody to write before the first byte.
func (p *pipe) Read(b []byte) (n int, err error) {
	stop := context.AfterFunc(p.ctx, func() { p.SetReadDeadline(time.Unix(1, 0)) })
	defer func() {
		stop()
		if err != nil && p.ctx.Err() != nil {
			err = context.Cause(p.ctx)
		}
	}()
	if p.begun || len(b) == 0 {
		return p.File.Read(b)
	}
	closed := &fs.PathError{Op: "read", Path: p.Name(), Err: os.ErrClosed}
	raw, err := p.SyscallConn()
	if err != nil {
		return 0, closed
	}
	var rerr error
	waited := false
	err = raw.Read(func(fd uintptr) bool {
		for {
			n, rerr = syscall.Read(int(fd), b)
			if rerr != syscall.EINTR {
				break
			}
		}
		if rerr == syscall.EAGAIN || n == 0 && rerr == nil && !waited {
			waited = true
			return false
		}
		return true
	})
	switch {
	case err != nil:
		return 0, closed
	case rerr != nil:
		return 0, &fs.PathError{Op: "read", Path: p.Name(), Err: rerr}
	}
	p.begun = true
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}
