package httplibmod

import (
	"errors"

	"go.starlark.net/starlark"

	"starwire/runtime/py"
)

func respOf(b *starlark.Builtin) *HTTPResponse { return b.Receiver().(*HTTPResponse) }

// respBegin is begin().
func respBegin(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := py.UnpackMethod(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	r := respOf(b)
	if r.frozen {
		return nil, errors.New("cannot read from frozen HTTPResponse")
	}
	if err := r.begin(thread); err != nil {
		return nil, asException(err)
	}
	return starlark.None, nil
}

// respRead is read([amt]).
func respRead(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	amt, err := readAmount(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	s, err := respOf(b).read(thread, amt)
	if err != nil {
		return nil, err
	}
	return starlark.String(s), nil
}

// readAmount returns read's one argument, without the cost of UnpackArgs where
// it is given as usual.
func readAmount(b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (int64, error) {
	switch {
	case len(kwargs) == 0 && len(args) == 0:
		return all, nil
	case len(kwargs) == 0 && len(args) == 1:
		return amountOf(args[0])
	}
	var amount starlark.Value = starlark.None
	if err := py.UnpackMethod(b.Name(), args, kwargs, "amt?", &amount); err != nil {
		return 0, err
	}
	return amountOf(amount)
}

// amountOf returns how many bytes v asks for: all for None and for any negative
// number; what is no integer is a TypeError (D12).
func amountOf(v starlark.Value) (int64, error) {
	switch v := v.(type) {
	case starlark.NoneType:
		return all, nil
	case starlark.Bool:
		if v {
			return 1, nil
		}
		return 0, nil
	case starlark.Int:
		n, ok := v.Int64()
		if !ok || n < 0 {
			return all, nil
		}
		return n, nil
	}
	return 0, py.TypeError.Errorf("an integer is required, not %s", py.TypeName(v))
}

// respGetHeader is getheader(name[, default]).
func respGetHeader(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var name, fallback starlark.Value = nil, starlark.None
	if len(kwargs) == 0 && len(args) == 1 {
		name = args[0]
	} else if err := py.UnpackMethod(b.Name(), args, kwargs, "name", &name, "default?", &fallback); err != nil {
		return nil, err
	}
	r := respOf(b)
	if r.msg == nil {
		return nil, ResponseNotReady.New(nil)
	}
	if field, ok := py.AsBytes(name); ok && r.indexed() {
		if v, ok := r.fromIndex(field); ok {
			return starlark.String(v), nil
		}
		return fallback, nil
	}
	return r.msg.lookup(name, fallback)
}

// respGetHeaders is getheaders().
func respGetHeaders(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := py.UnpackMethod(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	r := respOf(b)
	if r.msg == nil {
		return nil, ResponseNotReady.New(nil)
	}
	items := r.msg.Items()
	list := make([]starlark.Value, len(items))
	for i, kv := range items {
		list[i] = kv
	}
	return starlark.NewList(list), nil
}

// respFileno is fileno(): the socket's descriptor.
func respFileno(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := py.UnpackMethod(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	return respOf(b).fileno(thread)
}

func (r *HTTPResponse) fileno(thread *starlark.Thread) (starlark.Value, error) {
	if r.closed {
		return nil, py.AttributeError.Errorf("'NoneType' object has no attribute 'fileno'")
	}
	value := r.t.value
	if r.file != nil {
		value = r.file.value
	}
	fileno, err := (&scriptObject{value}).method("fileno")
	if err != nil {
		return nil, err
	}
	return starlark.Call(thread, fileno, nil, nil)
}

// respIsClosed is isclosed().
func respIsClosed(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := py.UnpackMethod(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	return starlark.Bool(respOf(b).closed), nil
}

// respClose is close().
func respClose(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := py.UnpackMethod(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	return starlark.None, respOf(b).close(thread)
}
