package socketmod

import (
	"go.starlark.net/starlark"

	"starwire/runtime/py"
)

// socketSetSockOpt is setsockopt(level, option, value), for integer options.
func socketSetSockOpt(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	s := b.Receiver().(*Socket)
	if len(args)+len(kwargs) != 3 || len(kwargs) > 0 {
		return nil, py.TypeError.Errorf("setsockopt() takes exactly 3 arguments (%d given)", len(args)+len(kwargs))
	}
	if err := s.usable(thread, "change"); err != nil {
		return nil, err
	}
	n, err := smallInts(args)
	if err != nil {
		return nil, err
	}
	if s.link == nil {
		s.options = append(s.options, [3]int(n))
		return starlark.None, nil
	}
	if err := s.link.setOption(n[0], n[1], n[2]); err != nil {
		return nil, s.fail(err, false)
	}
	return starlark.None, nil
}

// socketGetSockOpt is getsockopt(level, option).
func socketGetSockOpt(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	s := b.Receiver().(*Socket)
	if len(args) < 2 || len(kwargs) > 0 {
		return nil, py.TypeError.Errorf("getsockopt() takes at least 2 arguments (%d given)", len(args)+len(kwargs))
	}
	if len(args) > 2 {
		return nil, py.TypeError.Errorf("getsockopt() takes at most 2 arguments (%d given)", len(args))
	}
	n, err := smallInts(args)
	if err != nil {
		return nil, err
	}
	if err := s.usable(thread, "read from"); err != nil {
		return nil, err
	}
	if s.link == nil {
		return s.recordedOption(n[0], n[1])
	}
	value, err := s.link.getOption(n[0], n[1])
	if err != nil {
		return nil, s.fail(err, false)
	}
	return starlark.MakeInt(value), nil
}

// recordedOption is getsockopt before there is a connection: what setsockopt
// said, which connect will do.
func (s *Socket) recordedOption(level, name int) (starlark.Value, error) {
	for i := len(s.options) - 1; i >= 0; i-- {
		if o := s.options[i]; o[0] == level && o[1] == name {
			return starlark.MakeInt(o[2]), nil
		}
	}
	return nil, Errno(errNotConnected, nil)
}

// smallInts reads C ints.
func smallInts(args starlark.Tuple) ([]int, error) {
	out := make([]int, len(args))
	for i, a := range args {
		v, err := integer(a)
		if err != nil {
			return nil, err
		}
		n, ok := v.Int64()
		if !ok || n != int64(int32(n)) {
			return nil, py.OverflowError.Errorf("Python int too large to convert to C int")
		}
		out[i] = int(n)
	}
	return out, nil
}
