package httplibmod

import (
	"errors"
	"io"
	"maps"
	"strings"
	"syscall"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starwire/runtime/host"
	"starwire/runtime/lazy"
	"starwire/runtime/lib/socketmod"
	"starwire/runtime/py"
)

// HTTPModule returns Python 3's package http, with its one module client: httplib
// under the name it has had since, for scripts that import http.client.
//
//	has                                   has not
//	HTTPConnection, HTTPSConnection       key_file, cert_file (give a context)
//	  without strict: no HTTP/0.9         blocksize is taken and not needed
//	request, putrequest, …, as httplib    encode_chunked, chunked upload
//	set_debuglevel, set_tunnel            get_proxy_response_headers
//	HTTPResponse: read, read1, peek,      readinto, detach, fileno of a pipe
//	  readline, readlines, for line in
//	  headers, msg, info, getheader,      headers is 2.7's HTTPMessage, not
//	  getheaders, getcode, closed         email's: getheaders(n) for get_all(n)
//	every exception of httplib,           text is bytes: read returns a string
//	  RemoteDisconnected, and the         that may hold any, as in 2.7
//	  ConnectionError family raised by
//	  its connections
//	every constant, the newer codes too   the enum http.HTTPStatus
//	responses with the newer phrases
//
// It is made on first use, and immutable.
func HTTPModule() *starlarkstruct.Module {
	return packageHTTP.Get("http", func() starlark.StringDict { return starlark.StringDict{"client": clientModule()} })
}

var packageHTTP, moduleClient lazy.Module

func clientModule() *starlarkstruct.Module { return moduleClient.Get("http.client", clientMembers) }

// The classes that Python 3 has below socket.error, and what a server's silence
// is there. Exceptions of connections of http.client are of these classes, and so
// of those httplib's programs test for as well.
var (
	ConnectionError        = newConnectionError("ConnectionError", "A connection was refused, reset or aborted.", socketmod.ErrorClass)
	ConnectionRefusedError = newConnectionError("ConnectionRefusedError", "Nothing listens at the address.", ConnectionError)
	ConnectionResetError   = newConnectionError("ConnectionResetError", "The server reset the connection.", ConnectionError)
	ConnectionAbortedError = newConnectionError("ConnectionAbortedError", "The connection was aborted.", ConnectionError)
	BrokenPipeError        = newConnectionError("BrokenPipeError", "The server has closed its side of the connection.", ConnectionError)

	RemoteDisconnected = py.NewClass("http.client", "RemoteDisconnected", py.Spec{
		Doc: "The server closed the connection without an answer.",
	}, BadStatusLine, ConnectionResetError)
)

func newConnectionError(name, doc string, base *py.Class) *py.Class {
	return py.NewClass("", name, py.Spec{Doc: doc}, base)
}

// ConnectionErrors lists the classes that Python 3 has among its built-in names.
func ConnectionErrors() []*py.Class {
	return []*py.Class{ConnectionError, ConnectionRefusedError, ConnectionResetError, ConnectionAbortedError, BrokenPipeError}
}

// newerStatuses are the codes and phrases that came after 2.7.
var newerStatuses = []status{
	{102, "PROCESSING", "Processing"},
	{103, "EARLY_HINTS", "Early Hints"},
	{207, "MULTI_STATUS", "Multi-Status"},
	{208, "ALREADY_REPORTED", "Already Reported"},
	{226, "IM_USED", "IM Used"},
	{308, "PERMANENT_REDIRECT", "Permanent Redirect"},
	{418, "IM_A_TEAPOT", "I'm a Teapot"},
	{421, "MISDIRECTED_REQUEST", "Misdirected Request"},
	{422, "UNPROCESSABLE_ENTITY", "Unprocessable Entity"},
	{423, "LOCKED", "Locked"},
	{424, "FAILED_DEPENDENCY", "Failed Dependency"},
	{425, "TOO_EARLY", "Too Early"},
	{426, "UPGRADE_REQUIRED", "Upgrade Required"},
	{428, "PRECONDITION_REQUIRED", "Precondition Required"},
	{429, "TOO_MANY_REQUESTS", "Too Many Requests"},
	{431, "REQUEST_HEADER_FIELDS_TOO_LARGE", "Request Header Fields Too Large"},
	{451, "UNAVAILABLE_FOR_LEGAL_REASONS", "Unavailable For Legal Reasons"},
	{506, "VARIANT_ALSO_NEGOTIATES", "Variant Also Negotiates"},
	{507, "INSUFFICIENT_STORAGE", "Insufficient Storage"},
	{508, "LOOP_DETECTED", "Loop Detected"},
	{510, "NOT_EXTENDED", "Not Extended"},
	{511, "NETWORK_AUTHENTICATION_REQUIRED", "Network Authentication Required"},
}

func clientMembers() starlark.StringDict {
	members := make(starlark.StringDict, 8+len(classes)+len(statuses)+len(newerStatuses))
	maps.Copy(members, starlark.StringDict{
		"HTTPConnection":     &clientClass{class{"http.client", plainClass.name}, plainClass},
		"HTTPSConnection":    &clientClass{class{"http.client", secureClass.name}, secureClass},
		"HTTPResponse":       clientResponseClass,
		"HTTPMessage":        httpMessageClass,
		"RemoteDisconnected": RemoteDisconnected,
		"error":              HTTPException,
		"HTTP_PORT":          starlark.MakeInt(httpPort),
		"HTTPS_PORT":         starlark.MakeInt(httpsPort),
	})
	for _, c := range classes {
		members[c.Name()] = c
	}
	responses := starlark.NewDict(len(statuses) + len(newerStatuses))
	for _, table := range [][]status{statuses, newerStatuses} {
		for _, s := range table {
			if s.name == "" {
				continue // 306, which Python 3 has dropped
			}
			members[s.name] = starlark.MakeInt(s.code)
			if s.phrase != "" {
				responses.SetKey(starlark.MakeInt(s.code), starlark.String(s.phrase))
			}
		}
	}
	members["responses"] = responses
	return members
}

// clientClass is http.client.HTTPConnection or HTTPSConnection itself.
type clientClass struct {
	class
	of *connectionClass
}

var (
	_ starlark.Callable = (*clientClass)(nil)
	_ owner             = (*clientClass)(nil)
)

// Attr returns the class attributes of httplib's class.
func (k *clientClass) Attr(name string) (starlark.Value, error) {
	if v, _ := k.class.Attr(name); v != nil {
		return v, nil
	}
	if m := unbound(k, connectionMethods, name); m != nil {
		return m, nil
	}
	return k.of.Attr(name)
}

// AttrNames lists what Attr knows.
func (k *clientClass) AttrNames() []string { return k.of.AttrNames() }

// HasInstance reports whether v is a connection of http.client of the class, or
// of one below it.
func (k *clientClass) HasInstance(v starlark.Value) bool {
	c, ok := v.(*clientConnection)
	return ok && k.of.HasInstance(c.HTTPConnection)
}

// IsSubclass reports whether k is the class or derives from it: what issubclass asks.
func (k *clientClass) IsSubclass(of starlark.Value) bool {
	c, ok := of.(*clientClass)
	return ok && k.of.IsSubclass(c.of)
}

// bind returns the method that self itself has, which raises Python 3's exceptions.
func (k *clientClass) bind(self starlark.Value, method *starlark.Builtin) starlark.Callable {
	return boundAttr(self, method)
}

func boundAttr(self starlark.Value, method *starlark.Builtin) starlark.Callable {
	v, err := self.(starlark.HasAttrs).Attr(method.Name())
	if err != nil {
		return method.BindReceiver(self)
	}
	return v.(starlark.Callable)
}

// CallInternal is HTTPConnection(host[, port[, timeout[, source_address[,
// blocksize]]]]), and for HTTPS context= besides; and by name our own arguments,
// as httplib's classes have them.
func (k *clientClass) CallInternal(thread *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var host, port, timeout, source, blocksize, context starlark.Value
	params := []any{"host", &host, "port?", &port, "timeout?", &timeout, "source_address?", &source, "blocksize?", &blocksize}
	if k.of.secure {
		params = append(params, "context?", &context)
	}
	with := []starlark.Tuple{{starlark.String("strict"), starlark.True}}
	kwargs, with = splitOurs(kwargs, with)
	if err := py.UnpackMethod("__init__", args, kwargs, params...); err != nil {
		return nil, err
	}
	for _, kw := range []struct {
		name  string
		value starlark.Value
	}{{"port", port}, {"timeout", timeout}, {"source_address", source}, {"context", context}} {
		if kw.value != nil {
			with = append(with, starlark.Tuple{starlark.String(kw.name), kw.value})
		}
	}
	v, err := k.of.CallInternal(thread, starlark.Tuple{host}, with)
	if err != nil {
		return nil, err
	}
	return &clientConnection{v.(*HTTPConnection)}, nil
}

// A clientConnection is a connection of http.client: one of httplib whose
// responses and exceptions are Python 3's.
type clientConnection struct{ *HTTPConnection }

var _ starlark.HasSetField = (*clientConnection)(nil)

// String returns Python's repr without the address.
func (c *clientConnection) String() string { return "<http.client." + c.Type() + " object>" }

// Repr returns the same as String.
func (c *clientConnection) Repr() string { return c.String() }

// Attr is HTTPConnection's; what methods raise is put in Python 3's classes.
func (c *clientConnection) Attr(name string) (starlark.Value, error) {
	if name == "__class__" {
		return clientModule().Attr(c.Type())
	}
	v, err := c.HTTPConnection.Attr(name)
	if b, ok := v.(*starlark.Builtin); ok && connectionMethods[name] != nil {
		return modern(b), err
	}
	return v, err
}

// modern returns a method that calls b and gives Python 3's responses and
// exceptions.
func modern(b *starlark.Builtin) *starlark.Builtin {
	f := func(thread *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		v, err := b.CallInternal(thread, args, kwargs)
		if err != nil {
			return nil, modernError(err)
		}
		if r, ok := v.(*HTTPResponse); ok {
			return &clientResponse{r}, nil
		}
		return v, nil
	}
	return starlark.NewBuiltin(b.Name(), f).BindReceiver(b.Receiver())
}

// errnoClasses has Python 3's class for the cause of a socket.error.
var errnoClasses = []struct {
	errno syscall.Errno
	class *py.Class
}{
	{syscall.ECONNREFUSED, ConnectionRefusedError},
	{syscall.ECONNRESET, ConnectionResetError},
	{syscall.ECONNABORTED, ConnectionAbortedError},
	{syscall.EPIPE, BrokenPipeError},
}

// modernError returns err as Python 3 classes it.
func modernError(err error) error {
	var e *py.Exception
	if !errors.As(err, &e) {
		return err
	}
	switch e.Class() {
	case BadStatusLine:
		if line, _ := py.AsBytes(e.Fields["line"]); line == silence {
			return RemoteDisconnected.New(err, starlark.String("Remote end closed connection without response"))
		}
	case socketmod.ErrorClass:
		for _, ec := range errnoClasses {
			if errors.Is(e.Cause, ec.errno) {
				return ec.class.New(err, e.Args...)
			}
		}
	}
	return err
}

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
	return readLines(hint, func() (string, error) { return r.line(thread, all) })
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
