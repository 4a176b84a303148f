package py

import (
	"testing"

	"go.starlark.net/starlark"
)

// TestUnpackMethod compares with what CPython 2.7.18 says of the calls of
//
//	class C:
//	    def none(self): pass
//	    def two(self, a, b): pass
//	    def some(self, a, b=1): pass
//	def f(a): pass
func TestUnpackMethod(t *testing.T) {
	var a, b starlark.Value
	none := []any(nil)
	two := []any{"a", &a, "b", &b}
	some := []any{"a", &a, "b?", &b}
	one := starlark.MakeInt(1)
	args := func(n int) (t starlark.Tuple) {
		for range n {
			t = append(t, one)
		}
		return t
	}
	for _, tt := range []struct {
		name     string
		self     bool
		pairs    []any
		args     int
		keywords []string
		want     string // "" if the call is right
	}{
		{"none", true, none, 0, nil, ""},
		{"none", true, none, 1, nil, "none() takes exactly 1 argument (2 given)"},
		{"none", true, none, 0, []string{"x"}, "none() got an unexpected keyword argument 'x'"},
		{"none", true, none, 0, []string{"self"}, "none() got multiple values for keyword argument 'self'"},
		{"two", true, two, 2, nil, ""},
		{"two", true, two, 1, []string{"b"}, ""},
		{"two", true, two, 0, nil, "two() takes exactly 3 arguments (1 given)"},
		{"two", true, two, 1, nil, "two() takes exactly 3 arguments (2 given)"},
		{"two", true, two, 0, []string{"b"}, "two() takes exactly 3 arguments (2 given)"},
		{"two", true, two, 3, nil, "two() takes exactly 3 arguments (4 given)"},
		{"two", true, two, 3, []string{"c"}, "two() takes exactly 3 arguments (5 given)"},
		{"two", true, two, 2, []string{"a"}, "two() got multiple values for keyword argument 'a'"},
		{"two", true, two, 1, []string{"c"}, "two() got an unexpected keyword argument 'c'"},
		{"some", true, some, 1, nil, ""},
		{"some", true, some, 1, []string{"b"}, ""},
		{"some", true, some, 0, []string{"a"}, ""},
		{"some", true, some, 0, nil, "some() takes at least 2 arguments (1 given)"},
		{"some", true, some, 0, []string{"b"}, "some() takes at least 2 arguments (2 given)"},
		{"some", true, some, 3, nil, "some() takes at most 3 arguments (4 given)"},
		{"f", false, []any{"a", &a}, 0, nil, "f() takes exactly 1 argument (0 given)"},
		{"f", false, []any{"a", &a}, 2, nil, "f() takes exactly 1 argument (2 given)"},
		{"f", false, []any{"a", &a}, 0, []string{"self"}, "f() got an unexpected keyword argument 'self'"},
	} {
		var kwargs []starlark.Tuple
		for _, k := range tt.keywords {
			kwargs = append(kwargs, starlark.Tuple{starlark.String(k), one})
		}
		unpack := UnpackFunction
		if tt.self {
			unpack = UnpackMethod
		}
		got := ""
		if err := unpack(tt.name, args(tt.args), kwargs, tt.pairs...); err != nil {
			got = err.(*Exception).String()
		}
		if got != tt.want {
			t.Errorf("%s with %d arguments and %v: %q; want %q", tt.name, tt.args, tt.keywords, got, tt.want)
		}
	}
}
