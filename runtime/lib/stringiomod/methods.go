package stringiomod

import (
	"math"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/lazy"
	"starwire/runtime/py"
)

func methods() map[string]*starlark.Builtin {
	return methodsTable.Get(func() map[string]*starlark.Builtin {
		return map[string]*starlark.Builtin{
			"close":      starlark.NewBuiltin("close", ioClose),
			"flush":      starlark.NewBuiltin("flush", ioFlush),
			"getvalue":   starlark.NewBuiltin("getvalue", ioGetValue),
			"isatty":     starlark.NewBuiltin("isatty", ioIsATTY),
			"next":       starlark.NewBuiltin("next", ioNext),
			"read":       starlark.NewBuiltin("read", ioRead),
			"readline":   starlark.NewBuiltin("readline", ioReadLine),
			"readlines":  starlark.NewBuiltin("readlines", ioReadLines),
			"seek":       starlark.NewBuiltin("seek", ioSeek),
			"tell":       starlark.NewBuiltin("tell", ioTell),
			"truncate":   starlark.NewBuiltin("truncate", ioTruncate),
			"write":      starlark.NewBuiltin("write", ioWrite),
			"writelines": starlark.NewBuiltin("writelines", ioWriteLines),
		}
	})
}

var methodsTable lazy.Value[map[string]*starlark.Builtin]

// integer reads what StringIO.py adds to a position. An int beyond 63 bits is as
// good as the largest.
func integer(v starlark.Value) (int64, error) {
	switch v := v.(type) {
	case starlark.Int:
		n, ok := v.Int64()
		switch {
		case ok:
			return n, nil
		case v.Sign() < 0:
			return math.MinInt64, nil
		}
		return math.MaxInt64, nil
	case starlark.Bool:
		if v {
			return 1, nil
		}
		return 0, nil
	}
	return 0, py.TypeError.Errorf("unsupported operand type(s) for +: 'int' and '%s'", py.TypeName(v))
}

// amount unpacks one optional integer; none and None are def.
func amount(b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple, name string, def int64) (int64, error) {
	var v starlark.Value = starlark.None
	if err := py.UnpackArgs(b.Name(), args, kwargs, name+"?", &v); err != nil || v == starlark.None {
		return def, err
	}
	return integer(v)
}

// spend charges the steps of moving n bytes.
func spend(thread *starlark.Thread, n int) error { return host.Spend(thread, n/host.BytesPerStep) }

// ioRead is f.read([n]).
func ioRead(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	f := b.Receiver().(*StringIO)
	if err := f.begin(thread, "read from"); err != nil {
		return nil, err
	}
	n, err := amount(b, args, kwargs, "n", -1)
	if err != nil {
		return nil, err
	}
	s, length := f.read(n)
	return s, spend(thread, length)
}

// ioReadLine is f.readline([length]).
func ioReadLine(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	f := b.Receiver().(*StringIO)
	if err := f.begin(thread, "read from"); err != nil {
		return nil, err
	}
	n, err := amount(b, args, kwargs, "length", -1)
	if err != nil {
		return nil, err
	}
	s, length := f.readLine(n)
	return s, spend(thread, length)
}

// ioReadLines is f.readlines([sizehint]).
func ioReadLines(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	f := b.Receiver().(*StringIO)
	if err := f.begin(thread, "read from"); err != nil {
		return nil, err
	}
	hint, err := amount(b, args, kwargs, "sizehint", 0)
	if err != nil {
		return nil, err
	}
	var all []starlark.Value
	for total := int64(0); hint <= 0 || total < hint; {
		line, n := f.readLine(-1)
		if n == 0 {
			break
		}
		all = append(all, line)
		total += int64(n)
		if err := host.Spend(thread, 1); err != nil {
			return nil, err
		}
	}
	return starlark.NewList(all), nil
}

// ioNext is f.next(): the next line, or StopIteration.
func ioNext(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	f := b.Receiver().(*StringIO)
	if err := f.begin(thread, "read from"); err != nil {
		return nil, err
	}
	if err := py.UnpackArgs(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	line, n := f.readLine(-1)
	if n == 0 {
		return nil, py.StopIteration.New(nil)
	}
	return line, nil
}

// ioGetValue is f.getvalue(): the whole content.
func ioGetValue(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := py.UnpackArgs(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	f := b.Receiver().(*StringIO)
	if f.closed {
		return nil, errClosed()
	}
	return f.part(0, f.size()), spend(thread, f.size())
}

// ioWrite is f.write(s). What is no string is written as str(s).
func ioWrite(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	f := b.Receiver().(*StringIO)
	if err := f.begin(thread, "write to"); err != nil {
		return nil, err
	}
	var s starlark.Value
	if err := py.UnpackAny(b.Name(), args, kwargs, "s", &s); err != nil {
		return nil, err
	}
	return starlark.None, f.writeValue(thread, s)
}

func (f *StringIO) writeValue(thread *starlark.Thread, v starlark.Value) error {
	if !v.Truth() {
		return nil
	}
	c, err := f.chars(v)
	if err != nil {
		return err
	}
	if err := f.write(c); err != nil {
		return err
	}
	return spend(thread, len(c.S))
}

// ioWriteLines is f.writelines(iterable): each string, with nothing added.
func ioWriteLines(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	f := b.Receiver().(*StringIO)
	if err := f.begin(thread, "write to"); err != nil {
		return nil, err
	}
	var v starlark.Value
	if err := py.UnpackAny(b.Name(), args, kwargs, "iterable", &v); err != nil {
		return nil, err
	}
	if _, text := py.CharsOf(v); text { // an iterable of its characters
		return starlark.None, f.writeValue(thread, v)
	}
	iter := starlark.Iterate(v)
	if iter == nil {
		return nil, py.NotIterable(v)
	}
	defer iter.Done()
	var line starlark.Value
	for iter.Next(&line) {
		if err := f.writeValue(thread, line); err != nil {
			return nil, err
		}
		if err := host.Spend(thread, 1); err != nil {
			return nil, err
		}
	}
	return starlark.None, nil
}

// ioSeek is f.seek(pos[, mode]). A position before the start is the start.
func ioSeek(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	f := b.Receiver().(*StringIO)
	if err := f.begin(thread, "seek in"); err != nil {
		return nil, err
	}
	var posValue starlark.Value
	var modeValue starlark.Value = starlark.MakeInt(0)
	if err := py.UnpackArgs(b.Name(), args, kwargs, "pos", &posValue, "mode?", &modeValue); err != nil {
		return nil, err
	}
	pos, err := integer(posValue)
	if err != nil {
		return nil, err
	}
	mode, err := integer(modeValue)
	if err != nil {
		return nil, err
	}
	base := int64(0)
	switch mode {
	case 1:
		base = f.pos
	case 2:
		base = int64(f.size())
	}
	if pos > math.MaxInt64-base {
		pos = math.MaxInt64 - base
	}
	f.pos = max(0, base+pos)
	return starlark.None, nil
}

// ioTell is f.tell().
func ioTell(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := py.UnpackArgs(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	f := b.Receiver().(*StringIO)
	if f.closed {
		return nil, errClosed()
	}
	return starlark.MakeInt64(f.pos), nil
}

// ioTruncate is f.truncate([size]): the content up to size, or to the position.
func ioTruncate(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	f := b.Receiver().(*StringIO)
	if err := f.begin(thread, "write to"); err != nil {
		return nil, err
	}
	size, err := amount(b, args, kwargs, "size", f.pos)
	if err != nil {
		return nil, err
	}
	if size < 0 {
		return nil, py.IOError.New(nil, starlark.MakeInt(22), starlark.String("Negative size not allowed"))
	}
	f.pos = min(f.pos, size)
	f.cut(size)
	return starlark.None, nil
}

// ioFlush is f.flush(), which has nothing to do.
func ioFlush(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := py.UnpackArgs(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	return starlark.None, b.Receiver().(*StringIO).begin(thread, "write to")
}

// ioIsATTY is f.isatty().
func ioIsATTY(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := py.UnpackArgs(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	return starlark.False, b.Receiver().(*StringIO).begin(thread, "read from")
}

// ioClose is f.close(): it frees the content. Closing twice is allowed.
func ioClose(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := py.UnpackArgs(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	f := b.Receiver().(*StringIO)
	if f.closed && !f.frozen {
		return starlark.None, nil
	}
	if err := f.begin(thread, "close"); err != nil {
		return nil, err
	}
	f.closed, f.content = true, content{}
	return starlark.None, nil
}
