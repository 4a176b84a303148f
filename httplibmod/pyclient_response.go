package httplibmod

import (
	"io"
	"maps"
	"strings"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/lazy"
	"starwire/runtime/py"
)

// A clientResponse is a response of http.client: one of httplib that is a
// readable file besides.
type clientResponse struct{ *HTTPResponse }

var (
	_ starlark.HasSetField = (*clientResponse)(nil)
	_ starlark.Iterable    = (*clientResponse)(nil)
)

// clientResponseClass is http.client.HTTPResponse(sock[, debuglevel[, method]]).
var clientResponseClass = &objectClass{
	class: class{"http.client", "HTTPResponse"},
	init:  initClientResponse,
	has:   func(v starlark.Value) bool { _, ok := v.(*clientResponse); return ok },
	bound: boundAttr,
}

// The methods refer to the class.
func init() {
	clientResponseClass.methods = func() map[string]*starlark.Builtin {
		all := maps.Clone(responseMethods)
		maps.Copy(all, clientResponseMethods())
		return all
	}
}

func initClientResponse(thread *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var sock starlark.Value
	var debuglevel, method, url starlark.Value = starlark.MakeInt(0), starlark.None, starlark.None
	if err := py.UnpackMethod("__init__", args, kwargs, "sock", &sock, "debuglevel?", &debuglevel, "method?", &method, "url?", &url); err != nil {
		return nil, err
	}
	r, err := newResponse(thread, newTransport(sock, newRules(&optionsOf(host.From(thread)).Options)), &manner{debuglevel, starlark.True}, method, false)
	if err != nil {
		return nil, err
	}
	return &clientResponse{r}, nil
}

// String returns Python's repr without the address.
func (r *clientResponse) String() string { return "<http.client.HTTPResponse object>" }

// Repr returns the same as String.
func (r *clientResponse) Repr() string { return r.String() }

var clientResponseTable lazy.Value[map[string]*starlark.Builtin]

func clientResponseMethods() map[string]*starlark.Builtin {
	return clientResponseTable.Get(func() map[string]*starlark.Builtin {
		return methodTable(map[string]method{
			"getcode":   clientGetCode,
			"info":      clientInfo,
			"peek":      clientPeek,
			"read1":     clientRead1,
			"readable":  clientReadable,
			"readline":  clientReadLine,
			"readlines": clientReadLines,
		})
	})
}

// Attr is HTTPResponse's, with headers, closed and the methods of a file.
func (r *clientResponse) Attr(name string) (starlark.Value, error) {
	switch name {
	case "__class__":
		return clientResponseClass, nil
	case "headers":
		name = "msg"
	case "closed":
		return starlark.Bool(r.closed), nil
	}
	if b, ok := clientResponseMethods()[name]; ok {
		return b.BindReceiver(r), nil
	}
	v, err := r.HTTPResponse.Attr(name)
	if b, ok := v.(*starlark.Builtin); ok && responseMethods[name] != nil {
		return modern(b), err
	}
	return v, err
}

// AttrNames lists what Attr knows, sorted.
func (r *clientResponse) AttrNames() []string {
	return methodNames(clientResponseMethods(), append(r.HTTPResponse.AttrNames(), "closed", "headers"))
}

// Iterate goes over the lines of the body. Host.Raise raises what goes wrong.
func (r *clientResponse) Iterate() starlark.Iterator {
	return &lineIterator{thread: r.thread, next: func() (string, error) { return r.line(r.thread, all) }}
}

func clientOf(b *starlark.Builtin) *clientResponse { return b.Receiver().(*clientResponse) }

// line reads up to limit bytes of the next line, "" at the end of the body.
// http/client.py, HTTPResponse.readline.
func (r *clientResponse) line(thread *starlark.Thread, limit int64) (string, error) {
	var b strings.Builder
	for int64(b.Len()) < limit {
		piece, err := r.read(thread, 1)
		if err != nil {
			return "", modernError(err)
		}
		b.WriteString(piece)
		if piece == "" || piece == "\n" {
			break
		}
	}
	return b.String(), nil
}

// clientReadLine is readline([limit]).
func clientReadLine(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	limit, err := sizeArg(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	line, err := clientOf(b).line(thread, limit)
	if err != nil {
		return nil, err
	}
	return starlark.String(line), nil
}

// clientReadLines is readlines([hint]).
func clientReadLines(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	hint, err := sizeArg(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	r := clientOf(b)
	return host.ReadLines(thread, hint, func() (string, error) { return r.line(thread, all) })
}

// clientRead1 is read1([n]): what is there after at most one wait for the server.
func clientRead1(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	amt, err := sizeArg(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	s, err := clientOf(b).read1(thread, amt)
	if err != nil {
		return nil, modernError(err)
	}
	return starlark.String(s), nil
}

// read1 returns up to amt bytes of the body, waiting for the first of them only.
func (r *clientResponse) read1(thread *starlark.Thread, amt int64) (string, error) {
	if amt == 0 || r.closed || r.odd().failed != nil || r.msg == nil || r.lost || isHead(r.method) || r.bodiless || r.left == 0 || r.odd().prefix != "" {
		return r.read(thread, min(amt, firstPiece))
	}
	r.enter(thread)
	if r.chunked && r.body.Left() == 0 {
		if err := r.body.NextChunk(); err != nil {
			return r.read(thread, 1) // which tells what it means
		}
	}
	have := int64(len(r.r.Buffered()))
	if left := r.body.Left(); left >= 0 {
		have = min(have, left)
	}
	if have == 0 {
		if err := r.r.Fill(); err != nil && err != io.EOF {
			return "", r.lose(thread, err)
		}
		have = int64(len(r.r.Buffered()))
		if left := r.body.Left(); left >= 0 {
			have = min(have, left)
		}
	}
	return r.read(thread, min(amt, max(have, 1)))
}

// clientPeek is peek([n]): bytes of the body that are there, without consuming
// them; at least one, unless the body is over. How many is not the caller's to say.
func clientPeek(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if _, err := sizeArg(b, args, kwargs); err != nil {
		return nil, err
	}
	r := clientOf(b)
	if r.frozen {
		return nil, py.TypeError.Errorf("cannot read from frozen HTTPResponse")
	}
	if r.closed || r.odd().failed != nil || r.msg == nil || r.lost || r.bodiless || r.left == 0 || isHead(r.method) {
		return starlark.String(""), r.odd().failed
	}
	r.enter(thread)
	if r.chunked && r.body.Left() == 0 {
		if err := r.body.NextChunk(); err != nil {
			return starlark.String(""), nil // read tells what it means
		}
	}
	if len(r.r.Buffered()) == 0 {
		if err := r.r.Fill(); err != nil && err != io.EOF {
			return nil, modernError(r.lose(thread, err))
		}
	}
	data := r.r.Buffered()
	if left := r.body.Left(); left >= 0 && int64(len(data)) > left {
		data = data[:left]
	}
	return starlark.String(data), nil
}

// clientInfo is info(): the message.
func clientInfo(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := py.UnpackMethod(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	return clientOf(b).Attr("msg")
}

// clientGetCode is getcode(): the status.
func clientGetCode(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := py.UnpackMethod(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	return clientOf(b).Attr("status")
}

// clientReadable is readable(): true.
func clientReadable(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := py.UnpackMethod(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	return starlark.True, nil
}
