package py

import (
	"testing"

	"go.starlark.net/starlark"
)

// TestChars checks that text keeps its type, beyond ASCII and within it, empty and not.
func TestChars(t *testing.T) {
	for _, v := range []starlark.Value{starlark.String("ab"), starlark.String(""), starlark.String("\xc3"), Text("ab"), Text(""), Text("É")} {
		c, ok := CharsOf(v)
		if !ok || c.Wide != IsUnicode(v) || Repr(c.Value()) != Repr(v) {
			t.Errorf("CharsOf(%s) = %+v, %v; want %s again", Repr(v), c, ok, Repr(v))
		}
	}
	if c, ok := CharsOf(starlark.None); ok {
		t.Errorf("CharsOf(None) = %+v; want none", c)
	}
	if v := (Chars{string(Text("ab").(starlark.String)), false}).Value(); IsUnicode(v) {
		t.Errorf("the str of a part of unicode text is %s", Repr(v))
	}
	wide, narrow, high := Chars{"É", true}, Chars{"B", false}, Chars{"\xc3\x89", false}
	for _, c := range []struct{ got, want Chars }{
		{wide.Lower(), Chars{"é", true}}, {narrow.Lower(), Chars{"b", false}}, {high.Lower(), high}, {Chars{"AB", true}.Lower(), Chars{"ab", true}},
	} {
		if c.got != c.want {
			t.Errorf("Lower = %+v; want %+v", c.got, c.want)
		}
	}
	tests := []struct {
		parts []Chars
		want  string // the repr, or the error
	}{
		{nil, "''"},
		{[]Chars{high}, `'\xc3\x89'`},
		{[]Chars{wide}, `u'\xc9'`},
		{[]Chars{narrow, high}, `'B/\xc3\x89'`},
		{[]Chars{narrow, wide}, `u'B/\xc9'`},
		{[]Chars{narrow, {"", true}}, `u'B/'`},
		{[]Chars{narrow, wide, high}, "'ascii' codec can't decode byte 0xc3 in position 0: ordinal not in range(128)"},
	}
	for _, test := range tests {
		got := ""
		if c, err := JoinChars("/", test.parts...); err != nil {
			got = err.(*Exception).String()
		} else {
			got = Repr(c.Value())
		}
		if got != test.want {
			t.Errorf("JoinChars(%+v) = %s; want %s", test.parts, got, test.want)
		}
	}
}
