package wire

import (
	"errors"
	"io"
	"testing"
)

func TestSyntaxErrorText(t *testing.T) {
	for _, c := range []struct {
		err  SyntaxError
		want string
	}{
		{SyntaxError{Element: ElemStatusLine, Reason: Invalid, Offset: 7}, "wire: invalid status-line at byte 7"},
		{SyntaxError{Element: ElemFieldLine, Reason: TooLong, Limit: 65536}, "wire: field-line is longer than 65536 bytes"},
		{SyntaxError{Element: ElemFieldLine, Reason: TooMany, Limit: 100}, "wire: more than 100 field-lines"},
		{SyntaxError{Element: ElemChunkSize, Reason: TooMany, Limit: 16384}, "wire: chunk overhead is more than 16384 bytes in excess"},
		{SyntaxError{Element: ElemContentLength, Reason: TooLong, Limit: 19}, "wire: Content-Length has more than 19 digits"},
		{SyntaxError{Element: ElemContent, Reason: Truncated, Offset: 10}, "wire: truncated content at byte 10"},
		{SyntaxError{}, "wire: Reason(0) Element(0) at byte 0"},
		{SyntaxError{Element: 99, Reason: 99}, "wire: Reason(99) Element(99) at byte 0"},
	} {
		if got := c.err.Error(); got != c.want {
			t.Errorf("%#v.Error() = %q; want %q", c.err, got, c.want)
		}
	}
	for e := ElemLine; e <= ElemTrailerSection; e++ {
		for r := Invalid; r <= Truncated; r++ {
			err := error(&SyntaxError{Element: e, Reason: r})
			if got := errors.Is(err, io.ErrUnexpectedEOF); got != (r == Truncated) {
				t.Errorf("errors.Is(%v, io.ErrUnexpectedEOF) = %v", err, got)
			}
		}
	}
}
