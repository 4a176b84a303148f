package py

import (
	"errors"
	"testing"

	"go.starlark.net/starlark"
)

// The expectations are CPython 2.7.18's: str(e) of s.decode('utf-8').
func TestCheckUTF8(t *testing.T) {
	tests := []struct{ in, want string }{
		{"", ""},
		{"abc \u00e9 \u20ac \U0001f600", ""},
		{"\xed\xa0\x80", ""}, // a surrogate
		{"\xff", "'utf8' codec can't decode byte 0xff in position 0: invalid start byte"},
		{"a\x80", "'utf8' codec can't decode byte 0x80 in position 1: invalid start byte"},
		{"\xc1\xbf", "'utf8' codec can't decode byte 0xc1 in position 0: invalid start byte"},
		{"\xf5\x80\x80\x80", "'utf8' codec can't decode byte 0xf5 in position 0: invalid start byte"},
		{"a\xe9\xe9b", "'utf8' codec can't decode byte 0xe9 in position 1: invalid continuation byte"},
		{"\xc3", "'utf8' codec can't decode byte 0xc3 in position 0: unexpected end of data"},
		{"\xe2\x82", "'utf8' codec can't decode bytes in position 0-1: unexpected end of data"},
		{"\xf0\x9f\x98", "'utf8' codec can't decode bytes in position 0-2: unexpected end of data"},
		{"\xe2\x82a", "'utf8' codec can't decode bytes in position 0-1: invalid continuation byte"},
		{"\xe0\x80\x80", "'utf8' codec can't decode bytes in position 0-1: invalid continuation byte"},
		{"\xf0\x80\x80\x80", "'utf8' codec can't decode bytes in position 0-2: invalid continuation byte"},
		{"\xf4\x90\x80\x80", "'utf8' codec can't decode bytes in position 0-2: invalid continuation byte"},
		{"\xf0\x9fab", "'utf8' codec can't decode bytes in position 0-1: invalid continuation byte"},
	}
	for _, tt := range tests {
		got := ""
		if e := CheckUTF8(tt.in); e != nil {
			got = e.String()
		}
		if got != tt.want {
			t.Errorf("CheckUTF8(%q) = %q; want %q", tt.in, got, tt.want)
		}
	}
}

func TestUnicodeDecodeErrorCall(t *testing.T) {
	str, n := starlark.String("utf8"), starlark.MakeInt(1)
	e := UnicodeDecodeError.New(nil, str, starlark.String("ab"), n, starlark.MakeInt(3), starlark.String("r"))
	if got := e.String(); got != "'utf8' codec can't decode bytes in position 1-2: r" || !e.IsA(ValueError) {
		t.Errorf("str = %q", got)
	}
	tests := []struct {
		args starlark.Tuple
		want string
	}{
		{nil, "function takes exactly 5 arguments (0 given)"},
		{starlark.Tuple{n, str, n, n, str}, "argument 1 must be str, not int"},
		{starlark.Tuple{str, str, str, n, str}, "an integer is required"},
		{starlark.Tuple{str, str, n, n, n}, "argument 5 must be str, not int"},
	}
	for _, tt := range tests {
		_, err := starlark.Call(new(starlark.Thread), UnicodeDecodeError, tt.args, nil)
		var x *Exception
		if !errors.As(err, &x) || !x.IsA(TypeError) || x.String() != tt.want {
			t.Errorf("UnicodeDecodeError%v: %v; want %q", tt.args, err, tt.want)
		}
	}
}
