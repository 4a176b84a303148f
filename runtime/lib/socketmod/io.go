package socketmod

import (
	"io"
	"sync"

	"go.starlark.net/starlark"

	"starwire/runtime/py"
)

// scratch holds buffers of bufferSize for recv: what arrives is copied into a
// string of its own size, so that nothing is allocated on the script's word.
var scratch = sync.Pool{New: func() any { return new([bufferSize]byte) }}

// The flags of recv that are honoured; their values are Linux's and BSD's own.
var (
	msgPeek     = platformConstants["MSG_PEEK"]
	msgDontWait = platformConstants["MSG_DONTWAIT"]
	msgWaitAll  = platformConstants["MSG_WAITALL"]
)

// socketRecv is recv(buflen[, flags]).
func socketRecv(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	s := b.Receiver().(*Socket)
	flags, err := s.flags(b, args, kwargs, 2)
	if err != nil {
		return nil, err
	}
	size, err := integer(args[0])
	if err != nil {
		return nil, err
	}
	return s.Recv(thread, size, flags)
}

// Recv is the method recv: at most size bytes, and no more than 64 KiB, as soon
// as there are any; ” at the end.
func (s *Socket) Recv(thread *starlark.Thread, size starlark.Int, flags int) (starlark.Value, error) {
	if size.Sign() < 0 {
		return nil, py.ValueError.Errorf("negative buffersize in recv")
	}
	if err := s.connected(thread, "read from"); err != nil {
		return nil, err
	}
	n, ok := size.Int64()
	if !ok || n > bufferSize {
		n = bufferSize
	}
	if flags&^(msgPeek|msgDontWait|msgWaitAll) != 0 {
		return nil, Errno(errInvalid, nil)
	}
	if flags&msgDontWait != 0 {
		s.link.looking = true
		defer func() { s.link.looking = false }()
	}
	if flags&msgPeek != 0 {
		return s.recvPeek(int(n))
	}
	buf := scratch.Get().(*[bufferSize]byte)
	defer scratch.Put(buf)
	got, err := s.recvInto(buf[:n])
	for err == nil && flags&msgWaitAll != 0 && got > 0 && got < int(n) {
		var more int
		if more, err = s.recvInto(buf[got:n]); more == 0 {
			break
		}
		got += more
	}
	if err != nil && got == 0 {
		return nil, err
	}
	return starlark.String(buf[:got]), nil
}

// recvInto reads what a script's recv sees: through the source, and nothing at
// the end.
func (s *Socket) recvInto(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	var src io.Reader = s
	if s.source != nil {
		src = s.source
	}
	n, err := src.Read(p)
	switch {
	case n > 0:
		return n, nil // an error comes back at the next call
	case err == io.EOF, err != nil && s.layer.AtEnd != nil && s.layer.AtEnd(err):
		return 0, nil
	case err != nil && s.link != nil && s.link.looking && isTimeout(err):
		return 0, Errno(errWouldBlock, err)
	}
	return 0, err
}

// isTimeout reports whether err is the exception for a deadline.
func isTimeout(err error) bool {
	e, ok := err.(*py.Exception)
	return ok && e.IsA(TimeoutClass)
}

// recvPeek returns up to n bytes that stay to be read. What a source holds
// comes before them, and cannot be looked at from here.
func (s *Socket) recvPeek(n int) (starlark.Value, error) {
	if s.source != nil {
		return nil, Errno(errInvalid, nil)
	}
	if len(s.peeked) == 0 {
		buf := scratch.Get().(*[bufferSize]byte)
		defer scratch.Put(buf)
		got, err := s.recvInto(buf[:n])
		if err != nil {
			return nil, err
		}
		s.peeked = append([]byte(nil), buf[:got]...)
	}
	return starlark.String(s.peeked[:min(n, len(s.peeked))]), nil
}

// socketSend is send(data[, flags]): what the system takes in one go.
func socketSend(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	s := b.Receiver().(*Socket)
	data, err := s.sendArguments(thread, b, args, kwargs)
	if err != nil {
		return nil, err
	}
	var n int
	if s.layer.Conn != nil || s.link.raw == nil || !canLook {
		n, err = s.Write([]byte(data))
	} else {
		n, err = s.sendOnce([]byte(data))
	}
	if err != nil && n == 0 {
		return nil, err
	}
	return starlark.MakeInt(n), nil
}

// sendOnce hands data to the system once, waiting until it takes something.
func (s *Socket) sendOnce(data []byte) (int, error) {
	l := s.link
	if len(data) == 0 {
		return 0, nil
	}
	if l.limited() || l.writes.armed {
		if err := l.armWrite(); err != nil {
			return 0, s.fail(err, false)
		}
	}
	paused := s.pause()
	n, err := l.send(data, l.timeout != 0)
	s.resume(paused)
	return n, s.wrote(int64(n), err)
}

// socketSendAll is sendall(data[, flags]).
func socketSendAll(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	s := b.Receiver().(*Socket)
	data, err := s.sendArguments(thread, b, args, kwargs)
	if err != nil {
		return nil, err
	}
	if _, err := s.writeString(data); err != nil {
		return nil, err
	}
	if s.layer.Conn != nil {
		return starlark.MakeInt(len(data)), nil // SSLSocket.sendall returns the amount
	}
	return starlark.None, nil
}

// writeString writes data by way of a buffer, so that no copy of the whole is made.
func (s *Socket) writeString(data string) (int, error) {
	buf := scratch.Get().(*[bufferSize]byte)
	defer scratch.Put(buf)
	done := 0
	for {
		n, err := s.Write(buf[:copy(buf[:], data[done:])])
		done += n
		if err != nil || done == len(data) {
			return done, err
		}
	}
}

func (s *Socket) sendArguments(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (string, error) {
	flags, err := s.flags(b, args, kwargs, 2)
	if err != nil {
		return "", err
	}
	data, err := payload(b, args[0])
	if err != nil {
		return "", err
	}
	if err := s.connected(thread, "write to"); err != nil {
		return "", err
	}
	if flags != 0 {
		return "", Errno(errInvalid, nil)
	}
	return data, nil
}
