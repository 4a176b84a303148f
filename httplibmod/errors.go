package httplibmod

import (
	"errors"
	"fmt"
	"strings"

	"go.starlark.net/starlark"

	"starwire/runtime/py"
	"starwire/wire"
)

// The exception classes of httplib.py, in its order. HTTPException derives from
// Exception directly: it is no IOError, and httplib.error is the same object.
var (
	HTTPException   = py.NewClass("httplib", "HTTPException", py.Spec{Doc: "The base of all exceptions of this module."}, py.ExceptionClass)
	NotConnected    = py.NewClass("httplib", "NotConnected", py.Spec{Doc: "There is no connection, and auto_open is off."}, HTTPException)
	InvalidURL      = py.NewClass("httplib", "InvalidURL", py.Spec{Doc: "A host, port or URL that cannot be used."}, HTTPException)
	UnknownProtocol = py.NewClass("httplib", "UnknownProtocol", py.Spec{
		Init: initUnknownProtocol, Fields: []string{"version"},
		Doc: "The server answered in a protocol other than HTTP/1: version.",
	}, HTTPException)
	UnknownTransferEncoding = py.NewClass("httplib", "UnknownTransferEncoding", py.Spec{
		Doc: "The response has a transfer coding other than chunked.",
	}, HTTPException)
	UnimplementedFileMode = py.NewClass("httplib", "UnimplementedFileMode", py.Spec{
		Doc: "A socket's makefile was asked for a mode it lacks.",
	}, HTTPException)
	IncompleteRead = py.NewClass("httplib", "IncompleteRead", py.Spec{
		Init: initIncompleteRead, Str: strIncompleteRead, Repr: strIncompleteRead, Fields: []string{"expected", "partial"},
		Doc: "The body ended too soon: partial has what came, expected how many bytes are missing, or None.",
	}, HTTPException)
	ImproperConnectionState = py.NewClass("httplib", "ImproperConnectionState", py.Spec{Doc: "The base of calls out of order."}, HTTPException)
	CannotSendRequest       = py.NewClass("httplib", "CannotSendRequest", py.Spec{Doc: "A request is under way already."}, ImproperConnectionState)
	CannotSendHeader        = py.NewClass("httplib", "CannotSendHeader", py.Spec{
		Doc: "There is no request to which a header could be added.",
	}, ImproperConnectionState)
	ResponseNotReady = py.NewClass("httplib", "ResponseNotReady", py.Spec{
		Doc: "No request was sent, or the response before is not read to its end.",
	}, ImproperConnectionState)
	BadStatusLine = py.NewClass("httplib", "BadStatusLine", py.Spec{
		Init: initBadStatusLine, Fields: []string{"line"},
		Doc: "The server's answer does not begin with a status line: line.",
	}, HTTPException)
	LineTooLong = py.NewClass("httplib", "LineTooLong", py.Spec{
		Init: initLineTooLong,
		Doc:  "A line from the server is longer than 65536 bytes.",
	}, HTTPException)
)

// classes lists them for the module, in httplib.py's order.
func classes() []*py.Class {
	return []*py.Class{
		HTTPException, NotConnected, InvalidURL, UnknownProtocol, UnknownTransferEncoding,
		UnimplementedFileMode, IncompleteRead, ImproperConnectionState, CannotSendRequest,
		CannotSendHeader, ResponseNotReady, BadStatusLine, LineTooLong,
	}
}

// oneArg unpacks the single argument of a Python __init__ whose parameter has
// the given name, with CPython's error for any other number.
func oneArg(param string, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var arg starlark.Value
	err := py.UnpackMethod("__init__", args, kwargs, param, &arg)
	return arg, err
}

// initUnknownProtocol is httplib.py, UnknownProtocol.__init__.
func initUnknownProtocol(e *py.Exception, args starlark.Tuple, kwargs []starlark.Tuple) error {
	version, err := oneArg("version", args, kwargs)
	if err != nil {
		return err
	}
	e.Args = starlark.Tuple{version}
	e.Set("version", version)
	return nil
}

// initIncompleteRead is httplib.py, IncompleteRead.__init__.
func initIncompleteRead(e *py.Exception, args starlark.Tuple, kwargs []starlark.Tuple) error {
	var partial, expected starlark.Value = nil, starlark.None
	if err := py.UnpackMethod("__init__", args, kwargs, "partial", &partial, "expected?", &expected); err != nil {
		return err
	}
	if starlark.Len(partial) < 0 { // Python says so when it is shown
		return py.TypeError.Errorf("object of type '%s' has no len()", py.TypeName(partial))
	}
	e.Args = starlark.Tuple{partial}
	e.Set("partial", partial)
	e.Set("expected", expected)
	return nil
}

// strIncompleteRead is httplib.py, IncompleteRead.__repr__, which __str__ is too.
func strIncompleteRead(e *py.Exception) string {
	n := starlark.Len(e.Fields["partial"])
	if expected := e.Fields["expected"]; expected != starlark.None {
		return fmt.Sprintf("IncompleteRead(%d bytes read, %s more expected)", n, py.Str(expected))
	}
	return fmt.Sprintf("IncompleteRead(%d bytes read)", n)
}

// initBadStatusLine is httplib.py, BadStatusLine.__init__: what is false is
// replaced by its repr, so that an empty line can be seen.
func initBadStatusLine(e *py.Exception, args starlark.Tuple, kwargs []starlark.Tuple) error {
	line, err := oneArg("line", args, kwargs)
	if err != nil {
		return err
	}
	if !line.Truth() {
		line = starlark.String(py.Repr(line))
	}
	e.Args = starlark.Tuple{line}
	e.Set("line", line)
	return nil
}

// initLineTooLong is httplib.py, LineTooLong.__init__.
func initLineTooLong(e *py.Exception, args starlark.Tuple, kwargs []starlark.Tuple) error {
	lineType, err := oneArg("line_type", args, kwargs)
	if err != nil {
		return err
	}
	e.Args = starlark.Tuple{starlark.String(fmt.Sprintf("got more than %d bytes when reading %s", maxLine, py.Str(lineType)))}
	return nil
}

// tooLong and tooMany name, for each element of the wire, the exception of a
// line that is too long and of lines that are too many. Together with
// contentError this is the one place that turns a wire error into an exception.
var (
	tooLong = [...]string{
		wire.ElemLine:       "header line",
		wire.ElemStatusLine: "header line",
		wire.ElemFieldLine:  "header line",
		wire.ElemChunkSize:  "chunk size",
		wire.ElemTrailer:    "trailer line",
	}
	tooMany = [...]string{
		wire.ElemHeaderSection:  "got more than %d headers",
		wire.ElemFieldLine:      "got more than %d headers",
		wire.ElemTrailer:        "got more than %d trailers",
		wire.ElemTrailerSection: "got more than %d trailers",
		wire.ElemChunkSize:      "got more than %d bytes of chunk framing",
	}
)

func elementText(table []string, e wire.Element) string {
	if int(e) < len(table) {
		return table[e]
	}
	return ""
}

// wireError returns the exception for an error of the codec outside of content:
// LineTooLong or HTTPException for a limit, err itself where it is not the
// codec's own (a timeout, a reset, the end of the run, an exception of a
// script's own socket object).
func wireError(err error) error {
	var s *wire.SyntaxError
	if !errors.As(err, &s) {
		return err
	}
	if name := elementText(tooLong[:], s.Element); name != "" && s.Reason == wire.TooLong {
		e := LineTooLong.New(err, starlark.String(name))
		if s.Limit != maxLine {
			e.Args = starlark.Tuple{starlark.String(fmt.Sprintf("got more than %d bytes when reading %s", s.Limit, name))}
		}
		return e
	}
	if format := elementText(tooMany[:], s.Element); format != "" && s.Reason == wire.TooMany {
		return HTTPException.New(err, starlark.String(fmt.Sprintf(format, s.Limit)))
	}
	if s.Reason == wire.TooLong {
		switch s.Element {
		case wire.ElemHeaderSection:
			return HTTPException.New(err, starlark.String(fmt.Sprintf("got more than %d bytes of headers", s.Limit)))
		case wire.ElemTrailerSection:
			return HTTPException.New(err, starlark.String(fmt.Sprintf("got more than %d bytes of trailers", s.Limit)))
		}
	}
	return HTTPException.New(err, starlark.String(strings.TrimPrefix(s.Error(), "wire: ")))
}

// contentError returns the exception for an error met while reading content, of
// which partial was read by this call: IncompleteRead for an early end and for
// broken framing, else as wireError.
func contentError(err error, partial string) error {
	var s *wire.SyntaxError
	if !errors.As(err, &s) || s.Reason == wire.TooLong || s.Reason == wire.TooMany ||
		s.Element == wire.ElemTrailer && s.Reason == wire.Invalid {
		return wireError(err)
	}
	var expected starlark.Value = starlark.None
	if s.Reason == wire.Truncated && s.Missing > 0 {
		expected = starlark.MakeInt64(s.Missing)
	}
	return IncompleteRead.New(err, starlark.String(partial), expected)
}
