package py

import (
	"errors"
	"sort"
	"strings"
	"testing"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

var pointType = &NamedType{
	Name:   "Point",
	Fields: []string{"x", "y"},
	Extra:  []string{"sum"},
	Attr: func(n *Named, name string) (starlark.Value, error) {
		return starlark.Binary(syntax.PLUS, n.items[0], n.items[1])
	},
}

func TestNamed(t *testing.T) {
	env := starlark.StringDict{
		"p": pointType.New(starlark.MakeInt(1), starlark.MakeInt(2)),
		"q": pointType.New(starlark.MakeInt(1), starlark.MakeInt(3)),
		"s": pointType.New(starlark.String("a"), starlark.String("b")),
	}
	tests := []struct{ expr, want string }{
		{"p", "Point(x=1, y=2)"},
		{"str(s)", `"Point(x='a', y='b')"`},
		{"type(p)", `"Point"`},
		{"p[0], p[-1], p.x, p.y, p.sum", "(1, 2, 1, 2, 3)"},
		{"p[:1], p[::-1]", "((1,), (2, 1))"},
		{"len(p)", "2"},
		{"[v for v in p]", "[1, 2]"},
		{"tuple(p) == (1, 2)", "True"},
		{"p + (3,), (0,) + p, p + q", "((1, 2, 3), (0, 1, 2), (1, 2, 1, 3))"},
		{"p * 2, 2 * p", "((1, 2, 1, 2), (1, 2, 1, 2))"},
		{"2 in p, 5 in p, p in [p]", "(True, False, True)"},
		{"p == q, p < q, p != q, p == p", "(False, True, True, True)"},
		{"{p: 1}[p]", "1"},
		{"p.count(1), p.index(2)", "(1, 1)"},
		{"hasattr(p, 'z')", "False"},
		{"dir(p)", `["count", "index", "sum", "x", "y"]`},
	}
	thread := new(starlark.Thread)
	for _, tt := range tests {
		v, err := starlark.EvalOptions(&syntax.FileOptions{}, thread, "test", tt.expr, env)
		if err != nil || v.String() != tt.want {
			t.Errorf("%s = %v, %v; want %s", tt.expr, v, err, tt.want)
		}
	}
	for expr, want := range map[string]string{
		"p.index(9)": "ValueError: tuple.index(x): x not in tuple",
		"p + [1]":    "unknown binary op",
		"p - p":      "unknown binary op",
	} {
		if v, err := starlark.EvalOptions(&syntax.FileOptions{}, thread, "test", expr, env); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s = %v, %v; want error %q", expr, v, err, want)
		}
	}
	if names := env["p"].(*Named).AttrNames(); !sort.StringsAreSorted(names) {
		t.Errorf("AttrNames() = %q; want them sorted", names)
	}
}

func TestUnpackArgs(t *testing.T) {
	var s ByteStr
	var n Number
	unpack := func(args ...starlark.Value) error {
		s, n = "", -1
		return UnpackArgs("f", args, nil, "s", &s, "n?", &n)
	}
	if err := unpack(starlark.Bytes("\xff"), starlark.True); err != nil || s != "\xff" || n != 1 {
		t.Errorf("bytes, True: %q, %v, %v", s, n, err)
	}
	if err := unpack(starlark.String("a"), starlark.MakeInt(3)); err != nil || s != "a" || n != 3 {
		t.Errorf("string, int: %q, %v, %v", s, n, err)
	}
	for _, tt := range []struct {
		args starlark.Tuple
		want string
	}{
		{nil, "TypeError: f: missing argument for s"},
		{starlark.Tuple{starlark.None}, "TypeError: f: for parameter s: got NoneType, want str"},
		{starlark.Tuple{starlark.String(""), starlark.String("1")}, "TypeError: f: for parameter n: a float is required"},
	} {
		err := unpack(tt.args...)
		var x *Exception
		if !errors.As(err, &x) || err.Error() != tt.want {
			t.Errorf("f%v: error %v; want %s", tt.args, err, tt.want)
		}
	}
}
