package rfc822mod

import (
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/py"
)

// MIMEMembers returns what Python's module mimetools offers besides Message,
// under Python's names, but for what starts other programs. The dict is the caller's.
func MIMEMembers() starlark.StringDict {
	return starlark.StringDict{
		"choose_boundary": starlark.NewBuiltin("choose_boundary", chooseBoundary),
		"copybinary":      starlark.NewBuiltin("copybinary", copyBinary),
		"copyliteral":     starlark.NewBuiltin("copyliteral", copyLiteral),
		"decode":          starlark.NewBuiltin("decode", decode),
		"encode":          starlark.NewBuiltin("encode", encode),
	}
}

// boundaries is the key of a run's counter of boundaries.
type boundaries struct{}

// chooseBoundary is choose_boundary(): a text that no part of a message will
// hold. Python makes it of the host's address, the user, the process, the time
// and a counter; here the first three are what Python falls back on, because
// they are none of a peer's business.
func chooseBoundary(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := py.UnpackArgs(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	h := host.From(thread)
	counter := host.State(h, boundaries{}, func() *atomic.Int64 { return new(atomic.Int64) })
	now := float64(h.Now().UnixMilli()) / 1000
	return starlark.String(fmt.Sprintf("127.0.0.1.1.1.%.3f.%d", now, counter.Add(1))), nil
}

// A copier moves text from one file-like value to another.
type copier struct {
	thread        *starlark.Thread
	input, output starlark.Value
}

// read returns what a method of the input returns, "" at its end, and charges
// the run for it.
func (c copier) read(method string, args ...starlark.Value) (string, error) {
	v, err := py.CallMethod(c.thread, c.input, method, args...)
	if err != nil {
		return "", err
	}
	s, ok := py.AsBytes(v)
	if !ok {
		return "", py.TypeError.Errorf("%s() should have returned a string, not %s", method, py.TypeName(v))
	}
	return s, host.Spend(c.thread, 1+len(s)/host.BytesPerStep)
}

// readFull is read(n) until there are n bytes or no more.
func (c copier) readFull(n int) (string, error) {
	var data string
	for len(data) < n {
		s, err := c.read("read", starlark.MakeInt(n-len(data)))
		if err != nil {
			return "", err
		}
		if s == "" {
			break
		}
		data += s
	}
	return data, nil
}

func (c copier) write(s string) error {
	_, err := py.CallMethod(c.thread, c.output, "write", starlark.String(s))
	return err
}

// each writes what convert makes of each text that next returns, to the empty one.
func (c copier) each(next func() (string, error), convert func(string) (string, error)) error {
	for {
		s, err := next()
		if err != nil || s == "" {
			return err
		}
		if s, err = convert(s); err != nil {
			return err
		}
		if err := c.write(s); err != nil {
			return err
		}
	}
}

func (c copier) line() (string, error) { return c.read("readline") }

// whole writes what convert makes of the whole input.
func (c copier) whole(convert func(string) string) error {
	s, err := c.read("read")
	if err != nil {
		return err
	}
	return c.write(convert(s))
}

func same(s string) string { return s }

func sameLine(s string) (string, error) { return s, nil }

// copierOf unpacks (input, output) or (input, output, encoding).
func copierOf(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple, encoding *starlark.Value) (copier, error) {
	c := copier{thread: thread}
	params := []any{"input", &c.input, "output", &c.output}
	if encoding != nil {
		params = append(params, "encoding", encoding)
	}
	return c, py.UnpackArgs(b.Name(), args, kwargs, params...)
}

// copyLiteral is copyliteral(input, output): line by line.
func copyLiteral(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	c, err := copierOf(thread, b, args, kwargs, nil)
	if err != nil {
		return nil, err
	}
	return starlark.None, c.each(c.line, sameLine)
}

// copyBinary is copybinary(input, output): 8192 bytes at a time.
func copyBinary(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	c, err := copierOf(thread, b, args, kwargs, nil)
	if err != nil {
		return nil, err
	}
	block := func() (string, error) { return c.read("read", starlark.MakeInt(8192)) }
	return starlark.None, c.each(block, sameLine)
}

// encode is encode(input, output, encoding): base64, quoted-printable, uuencode
// by any of its names, 7bit or 8bit.
func encode(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var encoding starlark.Value
	c, err := copierOf(thread, b, args, kwargs, &encoding)
	if err != nil {
		return nil, err
	}
	name, _ := py.AsBytes(encoding)
	switch name {
	case "base64":
		block := func() (string, error) { return c.readFull(57) }
		return starlark.None, c.each(block, encodeBase64Line)
	case "quoted-printable":
		return starlark.None, c.whole(EncodeQuotedPrintable)
	case "uuencode", "x-uuencode", "uue", "x-uue":
		return starlark.None, c.encodeUU()
	case "7bit", "8bit":
		return starlark.None, c.whole(same)
	}
	return nil, unknownEncoding(encoding)
}

// decode is decode(input, output, encoding), encode's counterpart.
func decode(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var encoding starlark.Value
	c, err := copierOf(thread, b, args, kwargs, &encoding)
	if err != nil {
		return nil, err
	}
	name, _ := py.AsBytes(encoding)
	switch name {
	case "base64":
		return starlark.None, c.each(c.line, DecodeBase64)
	case "quoted-printable":
		return starlark.None, c.whole(DecodeQuotedPrintable)
	case "uuencode", "x-uuencode", "uue", "x-uue":
		return starlark.None, c.decodeUU()
	case "7bit", "8bit":
		return starlark.None, c.whole(same)
	}
	return nil, unknownEncoding(encoding)
}

func unknownEncoding(encoding starlark.Value) error {
	return py.ValueError.Errorf("unknown Content-Transfer-Encoding: %s", py.Str(encoding))
}

// encodeUU is uu.py, encode, for a file without a name.
func (c copier) encodeUU() error {
	if err := c.write("begin 666 -\n"); err != nil {
		return err
	}
	block := func() (string, error) { return c.read("read", starlark.MakeInt(maxUULine)) }
	err := c.each(block, func(s string) (string, error) {
		if len(s) > maxUULine {
			return "", BinasciiError.Errorf("At most 45 bytes at once")
		}
		return EncodeUULine(s), nil
	})
	if err != nil {
		return err
	}
	return c.write(" \nend\n")
}

// decodeUU is uu.py, decode: lines up to "begin MODE NAME" are skipped, and
// what a line holds beyond its length is forgiven.
func (c copier) decodeUU() error {
	for {
		line, err := c.line()
		if err != nil {
			return err
		}
		if line == "" {
			return UUError.Errorf("No valid begin line found in input file")
		}
		if fields := strings.SplitN(line, " ", 3); len(fields) == 3 && fields[0] == "begin" {
			if _, err := strconv.ParseInt(py.Strip(fields[1]), 8, 64); err == nil {
				break
			}
		}
	}
	for {
		line, err := c.line()
		if err != nil {
			return err
		}
		if line == "" {
			return UUError.Errorf("Truncated input file")
		}
		if py.Strip(line) == "end" {
			return nil
		}
		data, err := DecodeUULine(line)
		if err != nil {
			n := (int(line[0]-' ')&63*4 + 5) / 3
			if data, err = DecodeUULine(line[:min(n, len(line))]); err != nil {
				return err
			}
		}
		if err := c.write(data); err != nil {
			return err
		}
	}
}
