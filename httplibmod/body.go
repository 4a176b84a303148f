package httplibmod

import (
	"errors"
	"io"
	"strings"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/py"
)

const (
	// sendBlock is the block that httplib.py's send reads from a file at a time.
	sendBlock = 8192
	// maxGathered bounds a body of unknown length that is held in memory to find
	// its length.
	maxGathered = 64 << 20
)

// A body is what a request carries: nothing, a text sent together with the
// head, a file, or an object with a read method.
type body struct {
	value  starlark.Value // nil for None
	text   string
	file   host.FileValue
	read   starlark.Callable
	length int64 // of file, as announced; -1 where nothing was announced
}

// isText reports whether text is all of it.
func (b *body) isText() bool { return b.file == nil && b.read == nil }

// newBody tells what v is. What no socket can send is a TypeError here, before
// anything went out (D11).
func newBody(v starlark.Value) (body, error) {
	if v == nil || v == starlark.None {
		return body{}, nil
	}
	b := body{value: v, length: -1}
	if s, ok := py.AsBytes(v); ok {
		b.text = s
		return b, nil
	}
	if f, ok := v.(host.FileValue); ok {
		b.file = f
		return b, nil
	}
	if x, ok := v.(starlark.HasAttrs); ok {
		m, err := x.Attr("read")
		if err != nil && !errors.As(err, new(starlark.NoSuchAttrError)) {
			return b, err
		}
		if f, ok := m.(starlark.Callable); ok {
			b.read = f
			return b, nil
		}
	}
	return b, py.TypeError.Errorf("sendall() argument 1 must be string or buffer, not %s", py.TypeName(v))
}

// measure returns the length of the content in bytes. A file counts from its
// current offset; what has no length is read into memory, up to maxGathered (D11).
func (b *body) measure(thread *starlark.Thread) (int64, error) {
	if b.isText() {
		return int64(len(b.text)), nil
	}
	if b.file != nil {
		if n, ok := b.file.Remaining(); ok {
			b.length = n
			return n, nil
		}
	}
	var all strings.Builder
	err := b.blocks(thread, func(block string) error {
		if all.Len()+len(block) > maxGathered {
			return py.ValueError.Errorf("a body without a length is over %d bytes: give a Content-Length or a Transfer-Encoding header", maxGathered)
		}
		all.WriteString(block)
		return nil
	})
	b.text, b.file, b.read = all.String(), nil, nil
	return int64(len(b.text)), err
}

// blocks hands over the content of a file or a readable object block by block.
func (b *body) blocks(thread *starlark.Thread, send func(block string) error) error {
	if b.file != nil {
		r, err := b.file.Content()
		if err != nil {
			return err
		}
		buf := make([]byte, sendBlock)
		for {
			n, err := io.ReadFull(r, buf)
			if n > 0 {
				if err := send(string(buf[:n])); err != nil {
					return err
				}
			}
			switch err {
			case nil:
			case io.EOF, io.ErrUnexpectedEOF:
				return nil
			default:
				return py.IOError.New(err, starlark.String(err.Error()))
			}
		}
	}
	for {
		v, err := starlark.Call(thread, b.read, starlark.Tuple{starlark.MakeInt(sendBlock)}, nil)
		if err != nil {
			return err
		}
		block, ok := py.AsBytes(v)
		if !ok {
			return py.TypeError.Errorf("sendall() argument 1 must be string or buffer, not %s", py.TypeName(v))
		}
		if block == "" {
			return nil
		}
		if err := send(block); err != nil {
			return err
		}
	}
}

// sendBody sends a file or a readable object after the head. A file goes by the
// kernel where the socket allows, and no further than its announced length; one
// that turns out shorter ends the connection, because the server waits for the
// rest.
func (c *HTTPConnection) sendBody(thread *starlark.Thread, b body) error {
	if c.debugging() {
		c.debugSendFile(thread, b.value)
	}
	if b.file != nil && b.length >= 0 && c.t.sock != nil {
		r, err := b.file.Content()
		if err != nil {
			return err
		}
		n, err := c.sendFile(r, b.length)
		c.announced.sent += n
		if err != nil {
			return c.unsent(thread, err)
		}
		if n < b.length {
			c.t.close(thread)
			return HTTPException.Errorf("the file ended after %d of its %d bytes: it shrank while it was sent", n, b.length)
		}
		return nil
	}
	return b.blocks(thread, func(block string) error {
		return c.write(thread, nil, block)
	})
}

// sendFile sends up to length bytes of r.
func (c *HTTPConnection) sendFile(r io.Reader, length int64) (int64, error) {
	if c.meter != nil {
		return c.meter.move(r, length, func(piece *io.LimitedReader) (int64, error) { return c.t.sock.ReadFrom(piece) })
	}
	return c.t.sock.ReadFrom(&io.LimitedReader{R: r, N: length})
}

// send is httplib.py, HTTPConnection.send: raw bytes, a file or a readable
// object, in any state.
func (c *HTTPConnection) send(thread *starlark.Thread, data starlark.Value) error {
	if err := c.checkMutable("send on"); err != nil {
		return err
	}
	b, err := newBody(data)
	if err != nil {
		return err
	}
	if b.value == nil {
		return py.TypeError.Errorf("sendall() argument 1 must be string or buffer, not None")
	}
	if err := c.openToSend(thread); err != nil {
		return err
	}
	if c.progress {
		if b.file != nil {
			if n, ok := b.file.Remaining(); ok {
				b.length = n
			}
		}
		c.beginUpload(thread, &b)
		b.length = -1
	}
	if b.isText() {
		return c.sendHead(thread, nil, b.text)
	}
	return c.sendBody(thread, b)
}

// openToSend opens the connection if there is none, which begins an exchange.
func (c *HTTPConnection) openToSend(thread *starlark.Thread) error {
	if t := c.transport(); t != nil {
		t.expire(c.expires)
		return nil
	}
	c.startClock()
	return c.open(thread)
}
