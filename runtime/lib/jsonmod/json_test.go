package jsonmod

import (
	"encoding/json"
	"errors"
	"math/rand"
	"strings"
	"testing"

	stock "go.starlark.net/lib/json"
	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starwire/runtime/lib/libtest"
	"starwire/runtime/py"
)

func TestRecorded(t *testing.T) {
	libtest.Run(t, "testdata/json.session", Module())
}

func call(t *testing.T, name string, args starlark.Tuple, kwargs ...starlark.Tuple) (starlark.Value, error) {
	t.Helper()
	return starlark.Call(new(starlark.Thread), Module().Members[name], args, kwargs)
}

func kw(name string, v starlark.Value) starlark.Tuple {
	return starlark.Tuple{starlark.String(name), v}
}

// Every string, whatever its bytes, is written as JSON that another parser
// reads, and one of UTF-8 comes back as it was.
func TestEveryStringIsValidJSON(t *testing.T) {
	rnd := rand.New(rand.NewSource(1))
	texts := []string{"\x7f", "\xff", "\xed\xa0\x80", "\xed\xa0\xbd\xed\xb8\x80", "a\xe2\x82", "\u2028\u2029", "\U0001f600", "<&>"}
	for range 2000 {
		b := make([]byte, rnd.Intn(12))
		for i := range b {
			b[i] = byte(rnd.Intn(256))
		}
		texts = append(texts, string(b))
	}
	for _, s := range texts {
		for _, f := range []struct {
			name   string
			kwargs []starlark.Tuple
		}{{"dumps", nil}, {"dumps", []starlark.Tuple{kw("ensure_ascii", starlark.False)}}, {"encode", nil}} {
			v, err := call(t, f.name, starlark.Tuple{starlark.String(s)}, f.kwargs...)
			if err != nil {
				t.Fatalf("%s(%q): %v", f.name, s, err)
			}
			text, _ := starlark.AsString(v)
			if !json.Valid([]byte(text)) {
				t.Errorf("%s(%q) = %s; not valid JSON", f.name, s, text)
			}
			back, err := call(t, "loads", starlark.Tuple{v})
			if err != nil {
				t.Errorf("loads(%s(%q)): %v", f.name, s, err)
			} else if py.CheckUTF8(s) == nil && back != starlark.String(s) && !strings.Contains(s, "\xed\xa0\xbd\xed\xb8\x80") {
				t.Errorf("loads(%s(%q)) = %s", f.name, s, back)
			}
		}
	}
}

func TestDepth(t *testing.T) {
	nest := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	for _, name := range []string{"loads", "decode"} {
		if _, err := call(t, name, starlark.Tuple{starlark.String(nest(MaxDepth))}); err != nil {
			t.Errorf("%s of %d levels: %v", name, MaxDepth, err)
		}
		for _, text := range []string{nest(MaxDepth + 1), strings.Repeat("[", 1<<22), strings.Repeat(`{"a":`, 1<<20), strings.Repeat(`[{"a":`, 1<<20)} {
			_, err := call(t, name, starlark.Tuple{starlark.String(text)})
			if err == nil || !strings.HasPrefix(err.Error(), "ValueError: Nested more than 1000 levels deep: line 1 column ") {
				t.Errorf("%s(%.10q…) error = %v", name, text, err)
			}
		}
	}
	for _, n := range []int{MaxDepth, MaxDepth + 1, 1 << 20} {
		var v starlark.Value = starlark.NewList(nil)
		for range n - 1 {
			v = starlark.Tuple{v}
		}
		for _, name := range []string{"dumps", "encode", "encode_indent"} {
			_, err := call(t, name, starlark.Tuple{v})
			if want := n > MaxDepth; (err != nil) != want {
				t.Errorf("%s of %d levels: %v; want an error: %v", name, n, err, want)
			}
		}
	}
	list := starlark.NewList(nil)
	list.Append(list)
	_, err := call(t, "dumps", starlark.Tuple{list}, kw("check_circular", starlark.False))
	if err == nil || err.Error() != "ValueError: nested too deeply for JSON (more than 1000 levels)" {
		t.Errorf("dumps without check_circular of a list in itself: %v", err)
	}
}

func TestDigits(t *testing.T) {
	for n, ok := range map[int]bool{18: true, 19: true, MaxDigits: true, MaxDigits + 1: false, 1 << 20: false} {
		v, err := call(t, "loads", starlark.Tuple{starlark.String(" " + strings.Repeat("7", n))})
		if ok && (err != nil || len(v.String()) != n) || !ok && (err == nil || err.Error() != "ValueError: Integer of more than 4300 digits: line 1 column 2 (char 1)") {
			t.Errorf("%d digits: %v", n, err)
		}
	}
}

// What go.starlark.net's module returns, ours does.
func TestStock(t *testing.T) {
	st := starlarkstruct.FromStringDict(starlark.String("struct"), starlark.StringDict{"b": starlark.MakeInt(1), "a": starlark.None})
	set := starlark.NewSet(1)
	set.Insert(starlark.MakeInt(1))
	dict := starlark.NewDict(2)
	dict.SetKey(starlark.String("b"), starlark.Tuple{starlark.True, starlark.Float(1), starlark.Float(1e100)})
	dict.SetKey(starlark.String("a"), starlark.NewList(nil))
	dict.SetKey(starlark.String("c"), starlark.NewDict(0))
	same := func(name string, args starlark.Tuple, kwargs ...starlark.Tuple) {
		t.Helper()
		want, err := starlark.Call(new(starlark.Thread), stock.Module.Members[name], args, kwargs)
		got, gotErr := call(t, name, args, kwargs...)
		if (err == nil) != (gotErr == nil) {
			t.Errorf("%s(%s): %v; want %v", name, args, gotErr, err)
		} else if err == nil {
			if eq, _ := starlark.Equal(got, want); !eq {
				t.Errorf("%s(%s) = %s; want %s", name, args, got, want)
			}
		} else if x := (*py.Exception)(nil); !errors.As(gotErr, &x) {
			t.Errorf("%s(%s): %v; want an exception", name, args, gotErr)
		}
	}
	deep := starlark.Tuple{dict, st, set, starlark.String("\u20ac\"\n"), starlark.MakeInt(1).Add(starlark.MakeInt64(1 << 62))}
	bad := starlark.NewDict(1)
	bad.SetKey(starlark.MakeInt(1), starlark.None)
	inf, _ := starlark.Call(new(starlark.Thread), starlark.Universe["float"], starlark.Tuple{starlark.String("inf")}, nil)
	for _, v := range []starlark.Value{deep, dict, bad, inf, starlark.Universe["len"], starlark.NewList([]starlark.Value{starlark.None})} {
		same("encode", starlark.Tuple{v})
		same("encode_indent", starlark.Tuple{v})
		same("encode_indent", starlark.Tuple{v}, kw("prefix", starlark.String("> ")), kw("indent", starlark.String("  ")))
	}
	for _, s := range []string{`{"b": [1, 2.5, {"a": "x"}], "c": [], "d": { }, "e": "[\"{"}`, `null`, `[1,`, `nul`, `{"a":1}x`, "", `[01]`, `NaN`} {
		same("indent", starlark.Tuple{starlark.String(s)})
		same("indent", starlark.Tuple{starlark.String(s)}, kw("prefix", starlark.String("> ")), kw("indent", starlark.String("")))
		same("decode", starlark.Tuple{starlark.String(s)})
		same("decode", starlark.Tuple{starlark.String(s), starlark.None})
	}
	if _, err := call(t, "encode_indent", starlark.Tuple{starlark.None}, kw("indent", starlark.String(strings.Repeat(" ", 1001)))); err == nil {
		t.Error("encode_indent by 1001 bytes: no error")
	}
}

func TestOurOwnValues(t *testing.T) {
	named := (&py.NamedType{Name: "P", Fields: []string{"x"}}).New(starlark.MakeInt(1))
	st := starlarkstruct.FromStringDict(starlark.String("struct"), starlark.StringDict{"b": starlark.MakeInt(1), "a": starlark.None})
	tests := []struct {
		v      starlark.Value
		kwargs []starlark.Tuple
		want   string
	}{
		{named, nil, "[1]"},
		{st, nil, `{"a": null, "b": 1}`},
		{starlark.Tuple{st}, []starlark.Tuple{kw("indent", starlark.String("\t"))}, "[\n\t{\n\t\t\"a\": null, \n\t\t\"b\": 1\n\t}\n]"},
		{starlark.Universe["len"], nil, "error: TypeError: <built-in function len> is not JSON serializable"},
		{st, []starlark.Tuple{kw("indent", starlark.MakeInt(1001))}, "error: ValueError: indent is more than 1000"},
		{st, []starlark.Tuple{kw("indent", starlark.Float(1))}, "error: TypeError: indent must be an int or a string, not float"},
		{st, []starlark.Tuple{kw("cls", starlark.True)}, "error: TypeError: dumps: cls must be None"},
		{st, []starlark.Tuple{kw("separators", starlark.Tuple{st, st})}, "error: TypeError: separators must be strings"},
	}
	for _, tt := range tests {
		v, err := call(t, "dumps", starlark.Tuple{tt.v}, tt.kwargs...)
		got, _ := starlark.AsString(v)
		if err != nil {
			got = "error: " + err.Error()
		}
		if got != tt.want {
			t.Errorf("dumps(%s, %v) = %s; want %s", tt.v, tt.kwargs, got, tt.want)
		}
	}
}

func TestEndsWithTheRun(t *testing.T) {
	thread, why := libtest.EndedRun()
	// Twice itself, a thousand times: a text of 2**1000 numbers.
	var wide starlark.Value = starlark.MakeInt(1)
	for range MaxDepth - 1 {
		wide = starlark.Tuple{wide, wide}
	}
	tests := map[string]starlark.Value{
		"loads": starlark.String("[" + strings.Repeat("0,", 1000) + "0]"), "dumps": libtest.Huge(t), "encode": wide,
		"indent": starlark.String("[" + strings.Repeat("0,", 1000) + "0]"),
	}
	for name, arg := range tests {
		if _, err := starlark.Call(thread, Module().Members[name], starlark.Tuple{arg}, nil); !errors.Is(err, why) {
			t.Errorf("%s in a cancelled run: %v; want its cause", name, err)
		}
	}
	// A script's default for bad text must not hide the end of the run.
	if _, err := starlark.Call(thread, Module().Members["decode"], starlark.Tuple{tests["loads"], starlark.None}, nil); !errors.Is(err, why) {
		t.Errorf("decode with a default in a cancelled run: %v; want its cause", err)
	}
}

func FuzzLoads(f *testing.F) {
	for _, s := range []string{`[1, {"a": "\ud83d\ude00"}]`, `{"a":}`, "\"\xff\"", `[[[`, `-1.5e-3`, `"\u00`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v, err := call(t, "loads", starlark.Tuple{starlark.String(s)})
		if json.Valid([]byte(s)) && err != nil {
			var x *py.Exception
			if !errors.As(err, &x) || !x.IsA(py.UnicodeError) && len(s) < 1000 {
				t.Fatalf("loads(%q): %v; but it is valid", s, err)
			}
		}
		if err != nil {
			return
		}
		text, err := call(t, "dumps", starlark.Tuple{v})
		if err != nil {
			t.Fatalf("dumps(%s): %v", v, err)
		}
		again, err := call(t, "loads", starlark.Tuple{text})
		if err != nil {
			t.Fatalf("loads(%s): %v", text, err)
		}
		// Texts, not values: a NaN is not equal to itself.
		if text2, err := call(t, "dumps", starlark.Tuple{again}); err != nil || text2 != text {
			t.Errorf("dumps(loads(%s)) = %v, %v", text, text2, err)
		}
	})
}
