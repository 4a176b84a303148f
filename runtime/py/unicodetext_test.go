package py

import (
	"strings"
	"testing"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// TestUnicodeIndexes compares lengths, items, slices and offsets with those of the characters, over several marks.
func TestUnicodeIndexes(t *testing.T) {
	chars := []rune(strings.Repeat("aé€\U0001f600", 50))
	u, ok := Text(string(chars)).(*Unicode)
	if !ok || u.Len() != len(chars) {
		t.Fatalf("Text made %T of length %d; want *Unicode of %d", Text(string(chars)), starlark.Len(u), len(chars))
	}
	for i, c := range chars {
		if got := Str(u.Index(i)); got != string(c) {
			t.Errorf("Index(%d) = %q; want %q", i, got, string(c))
		}
		if at := u.Offset(i); u.Position(at) != i || !strings.HasPrefix(u.Text()[at:], string(c)) {
			t.Errorf("Offset(%d) = %d, whose Position is %d", i, at, u.Position(at))
		}
	}
	for _, s := range []struct{ start, end, step int }{{0, 200, 1}, {3, 70, 1}, {5, 5, 1}, {9, 2, 1}, {1, 199, 3}, {199, -1, -1}, {150, 20, -7}} {
		var want []rune
		for i := s.start; s.step > 0 && i < s.end || s.step < 0 && i > s.end; i += s.step {
			want = append(want, chars[i])
		}
		if got := Str(u.Slice(s.start, s.end, s.step)); got != string(want) {
			t.Errorf("Slice(%d, %d, %d) = %q; want %q", s.start, s.end, s.step, got, string(want))
		}
	}
}

// TestUnicodeASCII checks that text in ASCII is a String, whatever it was made of.
func TestUnicodeASCII(t *testing.T) {
	u := Text("aé").(*Unicode)
	for what, v := range map[string]starlark.Value{
		"Text": Text("abc"), "Index": u.Index(0), "Slice": u.Slice(0, 1, 1), "empty Slice": u.Slice(1, 1, 1), "stepped Slice": u.Slice(0, 2, 2),
	} {
		if _, ok := v.(starlark.String); !ok {
			t.Errorf("%s made %s, a %T; want a String", what, v, v)
		}
	}
	if none, err := u.Binary(syntax.STAR, starlark.MakeInt(0), starlark.Left); none != starlark.String("") {
		t.Errorf("u * 0 = %v, %v; want an empty String", none, err)
	}
}

// TestUnicodeRefuses checks the errors of what does not mix, or is too large.
func TestUnicodeRefuses(t *testing.T) {
	u := Text("é€x").(*Unicode)
	for _, test := range []struct {
		op   syntax.Token
		y    starlark.Value
		want *Class
	}{
		{syntax.PLUS, starlark.String("\xc3\xa9"), UnicodeDecodeError},
		{syntax.PLUS, starlark.MakeInt(1), TypeError},
		{syntax.STAR, starlark.MakeInt64(1 << 40), MemoryError},
	} {
		_, err := u.Binary(test.op, test.y, starlark.Left)
		if e, ok := err.(*Exception); !ok || !e.IsA(test.want) {
			t.Errorf("u %s %s: %v; want %s", test.op, test.y, err, test.want.Name())
		}
	}
	var v starlark.Value
	err := UnpackArgs("f", starlark.Tuple{u}, nil, "x", &v)
	if want := "'ascii' codec can't encode characters in position 0-1: ordinal not in range(128)"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("UnpackArgs(%s) = %v; want %s", u, err, want)
	}
	if err := UnpackAny("f", starlark.Tuple{u}, nil, "x", &v); err != nil || v != starlark.Value(u) {
		t.Errorf("UnpackAny(%s) = %v, %v", u, v, err)
	}
}

// TestSurrogates checks that a lone surrogate is one character.
func TestSurrogates(t *testing.T) {
	text := string(AppendRune(AppendRune([]byte("a"), 0xd83d), 0xdfff))
	u := Text(text).(*Unicode)
	if got, want := u.Repr(), `u'a\ud83d\udfff'`; got != want || u.Len() != 3 {
		t.Errorf("%q is %s of length %d; want %s of 3", text, got, u.Len(), want)
	}
}
