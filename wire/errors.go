package wire

import (
	"errors"
	"io"
	"strconv"
)

// ErrShort says that the bytes given end too soon to decide: call again with
// the same bytes and more behind them. It is never returned by a [Reader],
// which goes and gets them.
var ErrShort = errors.New("wire: more bytes are needed")

// errCount is for a source that breaks the contract of io.Reader.
var errCount = errors.New("wire: source returned an impossible count from Read")

// errReset is what a Body says after its Reader was given another source.
var errReset = errors.New("wire: the reader of this content was reset")

// An Element names the part of a message that a [SyntaxError] is about, in the
// grammar's word.
type Element uint8

// The elements, from the outside in. ElemLine is a line read by
// [Reader.ReadLine], which does not know what it is for.
const (
	ElemLine Element = iota + 1
	ElemStatusLine
	ElemRequestLine
	ElemFieldLine
	ElemHeaderSection // all lines of a head together
	ElemContentLength
	ElemTransferEncoding
	ElemContent   // content of known length
	ElemChunkSize // a chunk-size line, extensions included
	ElemChunkData // the data of a chunk and the CRLF behind it
	ElemTrailer   // one line of a trailer section
	ElemTrailerSection
)

var elements = [...]string{
	ElemLine:             "line",
	ElemStatusLine:       "status-line",
	ElemRequestLine:      "request-line",
	ElemFieldLine:        "field-line",
	ElemHeaderSection:    "header section",
	ElemContentLength:    "Content-Length",
	ElemTransferEncoding: "Transfer-Encoding",
	ElemContent:          "content",
	ElemChunkSize:        "chunk-size line",
	ElemChunkData:        "chunk-data",
	ElemTrailer:          "trailer field-line",
	ElemTrailerSection:   "trailer section",
}

// String returns the grammar's word for e.
func (e Element) String() string {
	if int(e) < len(elements) && elements[e] != "" {
		return elements[e]
	}
	return "Element(" + strconv.Itoa(int(e)) + ")"
}

// A Reason says what is wrong with an [Element].
type Reason uint8

// The reasons.
const (
	Invalid   Reason = iota + 1 // its bytes do not follow the grammar
	TooLong                     // it has more bytes than SyntaxError.Limit
	TooMany                     // there are more of it than SyntaxError.Limit
	Truncated                   // the input ended inside it
)

var reasons = [...]string{
	Invalid:   "invalid",
	TooLong:   "too long",
	TooMany:   "too many",
	Truncated: "truncated",
}

// String returns r in words.
func (r Reason) String() string {
	if int(r) < len(reasons) && reasons[r] != "" {
		return reasons[r]
	}
	return "Reason(" + strconv.Itoa(int(r)) + ")"
}

// A SyntaxError is the one error this package has for what a peer sent. It
// holds none of the peer's bytes, so its text is safe to print.
type SyntaxError struct {
	Element Element
	Reason  Reason
	Offset  int64 // bytes into the line, head or content that was being read
	Limit   int64 // what was exceeded, bytes or lines, for TooLong and TooMany
	Missing int64 // bytes still to come of the content, the chunk or its CRLF, for Truncated; 0 where that is unknown
}

// Error says what is wrong, and where.
func (e *SyntaxError) Error() string {
	what := e.Element.String()
	limit := strconv.FormatInt(e.Limit, 10)
	switch {
	case e.Reason == TooLong && e.Element == ElemContentLength:
		return "wire: " + what + " has more than " + limit + " digits"
	case e.Reason == TooLong:
		return "wire: " + what + " is longer than " + limit + " bytes"
	case e.Reason == TooMany && e.Element == ElemChunkSize:
		return "wire: chunk overhead is more than " + limit + " bytes in excess"
	case e.Reason == TooMany:
		return "wire: more than " + limit + " " + what + "s"
	}
	return "wire: " + e.Reason.String() + " " + what + " at byte " + strconv.FormatInt(e.Offset, 10)
}

// Unwrap makes errors.Is(err, io.ErrUnexpectedEOF) hold for Truncated.
func (e *SyntaxError) Unwrap() error {
	if e.Reason == Truncated {
		return io.ErrUnexpectedEOF
	}
	return nil
}

// invalid is the error for a malformed element.
func invalid(e Element, offset int) *SyntaxError {
	return &SyntaxError{Element: e, Reason: Invalid, Offset: int64(offset)}
}

// exceeded is the error for an element beyond a limit.
func exceeded(e Element, r Reason, offset, limit int) *SyntaxError {
	return &SyntaxError{Element: e, Reason: r, Offset: int64(offset), Limit: int64(limit)}
}
