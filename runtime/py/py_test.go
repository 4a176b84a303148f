package py

import (
	"errors"
	"io"
	"math"
	"slices"
	"strings"
	"testing"

	"go.starlark.net/starlark"
)

func TestInt(t *testing.T) {
	tests := []struct {
		in   string
		base int64
		want int64
		ok   bool
	}{
		{"5", 10, 5, true},
		{" 5 ", 10, 5, true},
		{"\x0b5\x0c", 10, 5, true},
		{"+5", 10, 5, true},
		{"-5", 10, -5, true},
		{"- 5", 10, -5, true},
		{"+ 5", 10, 5, true},
		{"-0", 10, 0, true},
		{"0080", 10, 80, true},
		{"9223372036854775807", 10, math.MaxInt64, true},
		{"9223372036854775808", 10, math.MaxInt64, true},
		{strings.Repeat("9", 1000), 10, math.MaxInt64, true},
		{"", 10, 0, false},
		{"+", 10, 0, false},
		{"--5", 10, 0, false},
		{"5 5", 10, 0, false},
		{"5\x00", 10, 0, false},
		{"1_0", 10, 0, false},
		{"5.0", 10, 0, false},
		{"80L", 10, 0, false},
		{"0x5", 10, 0, false},
		{"\xa05", 10, 0, false},
		{"5", 16, 5, true},
		{"0x5", 16, 5, true},
		{"+0XfF", 16, 255, true},
		{"0b1", 16, 177, true},
		{"0x", 16, 0, false},
		{"5L", 16, 0, false},
		{"zz", 16, 0, false},
	}
	for _, tt := range tests {
		if n, ok := parseInt(tt.in, tt.base); n != tt.want || ok != tt.ok {
			t.Errorf("parseInt(%q, %d) = %d, %v; want %d, %v", tt.in, tt.base, n, ok, tt.want, tt.ok)
		}
	}
}

func TestSplit(t *testing.T) {
	tests := []struct {
		in   string
		n    int
		want string
	}{
		{"HTTP/1.1 200 OK\r\n", 2, "HTTP/1.1|200|OK\r\n"},
		{"  a \t b\x0bc d ", 2, "a|b|c d "},
		{"a", 2, "a"},
		{" \r\n", 2, ""},
		{"a b  c", -1, "a|b|c"},
		{"a\x00b\x1cc", -1, "a\x00b\x1cc"},
	}
	for _, tt := range tests {
		if got := strings.Join(Split(tt.in, tt.n), "|"); got != tt.want {
			t.Errorf("Split(%q, %d) = %q; want %q", tt.in, tt.n, got, tt.want)
		}
	}
}

// The expectations are CPython 2.7.18's own output.
func TestRepr(t *testing.T) {
	list := starlark.NewList([]starlark.Value{starlark.MakeInt(1), starlark.String("a"), starlark.None, starlark.True})
	dict := starlark.NewDict(1)
	dict.SetKey(starlark.String("k"), starlark.Tuple{starlark.String("t")})
	tests := []struct {
		in   starlark.Value
		repr string
		str  string
	}{
		{starlark.String("a"), `'a'`, `a`},
		{starlark.String("it's"), `"it's"`, `it's`},
		{starlark.String(`say "x"`), `'say "x"'`, `say "x"`},
		{starlark.String(`both '"`), `'both \'"'`, `both '"`},
		{starlark.String(`a\b`), `'a\\b'`, `a\b`},
		{starlark.String("\t\n\r\x0b\x7f\xc3\xa9\x00"), `'\t\n\r\x0b\x7f\xc3\xa9\x00'`, "\t\n\r\x0b\x7f\xc3\xa9\x00"},
		{starlark.Bytes("\xff"), `'\xff'`, "\xff"},
		{list, `[1, 'a', None, True]`, `[1, 'a', None, True]`},
		{starlark.Tuple{starlark.String("t")}, `('t',)`, `('t',)`},
		{starlark.Tuple{}, `()`, `()`},
		{dict, `{'k': ('t',)}`, `{'k': ('t',)}`},
		{starlark.Float(1.5), `1.5`, `1.5`},
		{starlark.Float(1), `1.0`, `1.0`},
		{starlark.Float(0.1), `0.1`, `0.1`},
		{starlark.Float(1.0 / 3), `0.3333333333333333`, `0.333333333333`},
		{starlark.Float(1e16), `1e+16`, `1e+16`},
		{starlark.Float(1e15), `1000000000000000.0`, `1e+15`},
		{starlark.Float(123456789012), `123456789012.0`, `1.23456789012e+11`},
		{starlark.Float(1e12), `1000000000000.0`, `1e+12`},
		{starlark.Float(1e-5), `1e-05`, `1e-05`},
		{starlark.Float(0.0001), `0.0001`, `0.0001`},
		{starlark.Float(math.Inf(-1)), `-inf`, `-inf`},
	}
	for _, tt := range tests {
		if got := Repr(tt.in); got != tt.repr {
			t.Errorf("Repr(%v) = %s; want %s", tt.in, got, tt.repr)
		}
		if got := Str(tt.in); got != tt.str {
			t.Errorf("Str(%v) = %s; want %s", tt.in, got, tt.str)
		}
	}
}

func TestReprOfItself(t *testing.T) {
	l := starlark.NewList(nil)
	l.Append(l)
	if got := Repr(l); len(got) > 1000 || !strings.Contains(got, "...") {
		t.Errorf("Repr of a list that holds itself = %.80s…; want it cut by ...", got)
	}
}

func TestExceptionTexts(t *testing.T) {
	s := func(x string) starlark.Value { return starlark.String(x) }
	tests := []struct {
		e                *Exception
		str, repr, error string
	}{
		{ValueError.New(nil), "", "ValueError()", "ValueError"},
		{ValueError.New(nil, s("m")), "m", "ValueError('m',)", "ValueError: m"},
		{ValueError.New(nil, s("a"), starlark.MakeInt(1)), "('a', 1)", "ValueError('a', 1)", "ValueError: ('a', 1)"},
		{KeyError.New(nil, s("k")), "'k'", "KeyError('k',)", "KeyError: 'k'"},
		{IOError.New(nil, starlark.MakeInt(2), s("No such file or directory"), s("x")),
			"[Errno 2] No such file or directory: 'x'", "IOError(2, 'No such file or directory')",
			"IOError: [Errno 2] No such file or directory: 'x'"},
		{IOError.New(nil, s("m")), "m", "IOError('m',)", "IOError: m"},
		{Error.New(nil, s("a\x1b\n")), "a\x1b\n", `Error('a\x1b\n',)`, `Error: a\x1b\n`},
	}
	for _, tt := range tests {
		if got := tt.e.String(); got != tt.str {
			t.Errorf("str = %q; want %q", got, tt.str)
		}
		if got := tt.e.Repr(); got != tt.repr {
			t.Errorf("repr = %q; want %q", got, tt.repr)
		}
		if got := tt.e.Error(); got != tt.error {
			t.Errorf("Error() = %q; want %q", got, tt.error)
		}
	}
}

func TestErrorCutsPeerText(t *testing.T) {
	e := Error.New(nil, starlark.String(strings.Repeat("x", 1<<20)))
	if got := len(e.Error()); got > 250 {
		t.Errorf("len(Error()) = %d for a text of 1 MiB; want about 200", got)
	}
	if got := len(e.String()); got != 1<<20 {
		t.Errorf("len(str(e)) = %d; want the whole text", got)
	}
}

func TestExceptionAttrs(t *testing.T) {
	e := IOError.New(io.ErrUnexpectedEOF, starlark.MakeInt(5), starlark.String("x"))
	for name, want := range map[string]string{
		"errno": "5", "strerror": `"x"`, "filename": "None", "args": `(5, "x")`, "message": `""`,
		"cause": `"unexpected EOF"`, "traceback": `""`, "__class__": "<type 'exceptions.IOError'>",
	} {
		v, err := e.Attr(name)
		if err != nil || v == nil || v.String() != want {
			t.Errorf("Attr(%q) = %v, %v; want %s", name, v, err, want)
		}
	}
	if !errors.Is(e, io.ErrUnexpectedEOF) {
		t.Error("errors.Is does not find the cause")
	}
	for _, name := range e.AttrNames() {
		if v, err := e.Attr(name); v == nil || err != nil {
			t.Errorf("AttrNames lists %q, but Attr = %v, %v", name, v, err)
		}
	}
	optional := NewClass("m", "Optional", Spec{Fields: []string{"reason"}}, ValueError).New(nil)
	for _, want := range []bool{false, true} {
		if want {
			optional.Set("reason", starlark.String("why"))
		}
		if got := slices.Contains(optional.AttrNames(), "reason"); got != want {
			t.Errorf("AttrNames lists a field: %v; want %v, as it is set or not", got, want)
		}
	}
	if e2 := e.WithTraceback("here"); e2 == e || e2.Traceback != "here" || e.Traceback != "" {
		t.Error("WithTraceback must return a copy")
	} else if same, err := starlark.Equal(e, e2); !same || err != nil {
		t.Errorf("the copy is not the same instance: %v, %v", same, err)
	}
	if same, _ := starlark.Equal(e, IOError.New(nil, starlark.MakeInt(5), starlark.String("x"))); same {
		t.Error("two instances are equal")
	}
}

func TestMatches(t *testing.T) {
	tests := []struct {
		c     *Class
		types starlark.Value
		want  bool
	}{
		{KeyError, LookupError, true},
		{KeyError, StandardError, true},
		{KeyError, ValueError, false},
		{PermissionError, StandardError, false},
		{PermissionError, ExceptionClass, true},
		{SystemExit, ExceptionClass, false},
		{KeyError, starlark.Tuple{ValueError, LookupError}, true},
		{KeyError, starlark.NewList([]starlark.Value{ValueError}), false},
		{KeyError, starlark.Tuple{}, false},
	}
	for _, tt := range tests {
		if got, err := tt.c.Matches(tt.types); got != tt.want || err != nil {
			t.Errorf("%s.Matches(%s) = %v, %v; want %v", tt.c.Name(), tt.types, got, err, tt.want)
		}
	}
	for _, bad := range []starlark.Value{starlark.String("KeyError"), starlark.None, starlark.Tuple{starlark.MakeInt(1)}} {
		if _, err := KeyError.Matches(bad); err == nil || !strings.HasPrefix(err.Error(), "TypeError: ") {
			t.Errorf("Matches(%s) error = %v; want a TypeError", bad, err)
		}
	}
}

func TestClassCall(t *testing.T) {
	thread := new(starlark.Thread)
	v, err := starlark.Call(thread, ValueError, starlark.Tuple{starlark.String("x")}, nil)
	if err != nil || Repr(v) != "ValueError('x',)" {
		t.Errorf("ValueError('x') = %v, %v", v, err)
	}
	_, err = starlark.Call(thread, ValueError, nil, []starlark.Tuple{{starlark.String("a"), starlark.None}})
	var x *Exception
	if !errors.As(err, &x) || !x.IsA(TypeError) {
		t.Errorf("ValueError(a=None) error = %v; want a TypeError", err)
	}
}
