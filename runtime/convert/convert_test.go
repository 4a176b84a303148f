package convert

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	stock "go.starlark.net/lib/time"
	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"
	"go.starlark.net/syntax"
)

type server struct {
	Name string `json:"name"`
	Port int8   `starwire:"port,omitempty" json:"ignored"`
}

type base struct {
	ID     int
	Shadow string
}

type config struct {
	base
	*Embedded
	Hosts  []server        `starwire:"hosts"`
	Limits map[string]int  `starwire:"limits,omitempty"`
	Any    any             `starwire:"any,omitempty"`
	Next   *config         `starwire:"next,omitempty"`
	Shadow int             `starwire:"shadow,omitzero"`
	Addr   netip.Addr      `starwire:"addr,omitzero"`
	When   time.Time       `starwire:"when,omitzero"`
	Wait   time.Duration   `starwire:"wait,omitempty"`
	Raw    starlark.Value  `starwire:"raw,omitempty"`
	Call   func(int) int   `starwire:"call,omitempty"`
	Out    string          `starwire:"-"`
	hidden int             //lint:ignore U1000 for reflection to pass over
	Chan   chan int        `json:"-"`
	Dict   *starlark.Dict  `starwire:",omitempty"`
	Big    *big.Int        `starwire:"big,omitempty"`
	Nested [2]map[int]bool `starwire:"nested,omitzero"`
}

type Embedded struct {
	Deep string `starwire:"deep,omitempty"`
}

type level string

func (l level) MarshalText() ([]byte, error) {
	if l == "bad" {
		return nil, errors.New("no such level")
	}
	return []byte("level " + l), nil
}

func (l *level) UnmarshalText(text []byte) error {
	rest, ok := strings.CutPrefix(string(text), "level ")
	*l = level(rest)
	if !ok {
		return errors.New("no such level")
	}
	return nil
}

func TestToValue(t *testing.T) {
	now := time.Unix(1_000_000, 0).UTC()
	five := 5
	huge := new(big.Int).Lsh(big.NewInt(1), 100)
	var noInt *int
	var noAny any
	for _, tt := range []struct {
		in   any
		want string // starlark's text of it
	}{
		{nil, "None"}, {noInt, "None"}, {&noAny, "None"}, {(*config)(nil), "None"}, {(func())(nil), "None"},
		{true, "True"}, {int8(-5), "-5"}, {uint64(math.MaxUint64), "18446744073709551615"}, {&five, "5"}, {uintptr(1), "1"},
		{huge, huge.String()}, {*huge, huge.String()},
		{1.5, "1.5"}, {float32(0.5), "0.5"}, {math.Inf(1), "+inf"},
		{"text", `"text"`}, {"\xff\x00", `"\xff\x00"`}, {[]byte("bytes"), `"bytes"`}, {[]byte(nil), `""`}, {json.RawMessage(`{}`), `"{}"`},
		{json.Number("12"), "12"}, {json.Number("1e2"), "100.0"},
		{now, now.Format("2006-01-02 15:04:05.999999999 -0700 MST")}, {time.Second, "1s"},
		{[]int{1, 2}, "[1, 2]"}, {[]int(nil), "[]"}, {[2]bool{true, false}, "[True, False]"}, {[]any{nil, "x", []any{}}, `[None, "x", []]`},
		{map[string]int{"b": 2, "a": 1}, `{"a": 1, "b": 2}`}, {map[string]int(nil), "{}"},
		{map[int]string{10: "x", 9: "y"}, `{9: "y", 10: "x"}`},
		{map[any]any{"a": 1, 2: nil, true: 3}, `{True: 3, 2: None, "a": 1}`},
		{map[netip.Addr]int{netip.MustParseAddr("::1"): 1}, `{"::1": 1}`},
		{level("x"), `"level x"`}, {netip.MustParseAddr("10.0.0.1"), `"10.0.0.1"`},
		{starlark.Tuple{starlark.MakeInt(1)}, "(1,)"}, {[]starlark.Value{starlark.None}, "[None]"},
		{server{"a", 0}, `{"name": "a"}`}, {&server{"a", 1}, `{"name": "a", "port": 1}`}, {[]server{}, "[]"},
		{
			config{base: base{ID: 7, Shadow: "base"}, Hosts: []server{{"a", 1}}, Limits: map[string]int{"x": 1}},
			`{"ID": 7, "Shadow": "base", "hosts": [{"name": "a", "port": 1}], "limits": {"x": 1}}`,
		},
		{
			config{Embedded: &Embedded{"deep"}, Next: &config{Shadow: 1}, Wait: time.Minute, Addr: netip.MustParseAddr("::1"), Any: []any{1}, Big: huge},
			`{"ID": 0, "Shadow": "", "deep": "deep", "hosts": [], "any": [1], "next": {"ID": 0, "Shadow": "", "hosts": [], "shadow": 1}, ` +
				`"addr": "::1", "wait": 1m0s, "big": ` + huge.String() + `}`,
		},
		{struct {
			A    int
			Rest map[string]any `starwire:",rest"`
		}{1, map[string]any{"z": 1, "b": "x"}}, `{"A": 1, "b": "x", "z": 1}`},
		{func() {}, "<built-in function function>"},
		{map[string]any{"f": func() {}}, `{"f": <built-in function f>}`},
	} {
		v, err := ToValue(tt.in)
		if err != nil || v.String() != tt.want {
			t.Errorf("ToValue(%#v) = %v, %v; want %s", tt.in, v, err, tt.want)
		}
	}
}

type loop struct{ Next *loop }

// fewer lowers the limit of values for a test.
func fewer(t *testing.T) {
	t.Helper()
	maxValues = 50000
	t.Cleanup(func() { maxValues = MaxValues })
}

func TestToValueErrors(t *testing.T) {
	fewer(t)
	self := []any{nil}
	self[0] = self
	selfMap := map[string]any{}
	selfMap["m"] = map[string]any{"again": selfMap}
	ring := &loop{}
	ring.Next = &loop{Next: ring}
	var pointer any
	pointer = &pointer
	var deep any
	for range MaxDepth + 1 {
		deep = []any{deep}
	}
	for _, tt := range []struct {
		in   any
		want string
	}{
		{make(chan int), "a chan int does not convert"},
		{complex(1, 2), "a complex128 does not convert"},
		{errors.New("x"), "an error does not convert; its text does"},
		{level("bad"), "no such level"},
		{json.Number("x"), `"x" is not a number`},
		{map[string]any{"hosts": []any{1, map[string]any{"port": make(chan int)}}}, "hosts[1].port: a chan int does not convert"},
		{map[string]any{"odd key": complex64(1)}, `["odd key"]: a complex64 does not convert`},
		{map[string]any{"": complex64(1)}, `[""]: a complex64 does not convert`},
		{map[int]any{5: complex64(1)}, "[5]: a complex64 does not convert"},
		{map[any]int{complex64(1): 1}, "[key]: a complex64 does not convert"},
		{map[any]int{[1]int{1}: 1}, "[[1]]: no key for a dict: unhashable type: list"},
		{map[any]int{int8(1): 1, int16(1): 2}, "[1]: two keys are the same for a dict"},
		{struct {
			A    int            `json:"a"`
			Rest map[string]int `starwire:",rest"`
		}{1, map[string]int{"a": 2}}, "a: two keys are the same for a dict"},
		{config{Hosts: []server{{}}, Any: []any{nil, new(complex128)}}, "any[1]: a complex128 does not convert"},
		{config{Nested: [2]map[int]bool{}, Raw: nil, Any: config{Any: make(chan bool)}}, "any.any: a chan bool does not convert"},
		{self, "[0]: contains itself"},
		{selfMap, "m.again: contains itself"},
		{ring, "Next.Next: contains itself"},
		{pointer, "contains itself"},
		{deep, "nested more than 1000 deep"},
		{make([]bool, 50000), "more than 50000 values"},
		{[][]byte{make([]byte, 50000*32), make([]byte, 50000*32)}, "more than 50000 values"},
	} {
		v, err := ToValue(tt.in)
		var e *Error
		if !errors.As(err, &e) || !(err.Error() == tt.want || strings.Contains(tt.want, " than ") && strings.HasSuffix(err.Error(), tt.want)) {
			t.Errorf("ToValue(%T) = %v, %v; want %s", tt.in, v, err, tt.want)
		}
	}
	if _, err := ToDict(map[string]any{"config": config{Hosts: []server{{}}, Any: []any{complex64(1)}}, "ok": 1}); err == nil ||
		err.Error() != "config.any[0]: a complex64 does not convert" {
		t.Errorf("ToDict: %v", err)
	}
}

// eval evaluates a Starlark expression.
func eval(t *testing.T, expr string) starlark.Value {
	t.Helper()
	env := starlark.StringDict{"struct": starlark.NewBuiltin("struct", starlarkstruct.Make), "time": stock.Module, "set": starlark.Universe["set"]}
	v, err := starlark.EvalOptions(&syntax.FileOptions{Set: true}, &starlark.Thread{}, "x.star", expr, env)
	if err != nil {
		t.Fatalf("%s: %v", expr, err)
	}
	return v
}

// into returns what expr converts to as T.
func into[T any](v starlark.Value) (any, error) {
	var x T
	err := FromValue(v, &x)
	return x, err
}

func TestFromValue(t *testing.T) {
	five := 5
	p := &five
	huge := new(big.Int).Lsh(big.NewInt(1), 100)
	for _, tt := range []struct {
		expr string
		into func(starlark.Value) (any, error)
		want any
	}{
		{"True", into[bool], true}, {"-5", into[int8], int8(-5)}, {"255", into[uint8], uint8(255)}, {"1 << 63", into[uint64], uint64(1 << 63)},
		{"5", into[*int], p}, {"5", into[**int], &p}, {"None", into[*int], (*int)(nil)},
		{"1.5", into[float64], 1.5}, {"2", into[float32], float32(2)}, {"1 << 100", into[float64], math.Ldexp(1, 100)},
		{`"x"`, into[string], "x"}, {`b"x"`, into[string], "x"}, {`"x"`, into[[]byte], []byte("x")}, {`b"x"`, into[[]byte], []byte("x")},
		{"[1, 2]", into[[]byte], []byte{1, 2}}, {"None", into[[]byte], []byte(nil)}, {`"{}"`, into[json.RawMessage], json.RawMessage("{}")},
		{"[1, 2]", into[[]int], []int{1, 2}}, {"(1, 2)", into[[]int], []int{1, 2}}, {"range(3)", into[[]int], []int{0, 1, 2}},
		{"set([1])", into[[]int], []int{1}}, {"[]", into[[]int], []int{}}, {"None", into[[]int], []int(nil)},
		{"[1, 2]", into[[2]int], [2]int{1, 2}},
		{`{"a": 1}`, into[map[string]int], map[string]int{"a": 1}}, {`{1: "x"}`, into[map[int]string], map[int]string{1: "x"}},
		{"struct(a=1)", into[map[string]int], map[string]int{"a": 1}}, {"None", into[map[string]int], map[string]int(nil)},
		{`{"::1": 1}`, into[map[netip.Addr]int], map[netip.Addr]int{netip.MustParseAddr("::1"): 1}},
		{"1 << 100", into[big.Int], *huge}, {"1 << 100", into[*big.Int], huge},
		{`"level x"`, into[level], level("x")}, {`"level x"`, into[*level], new(level("x"))},
		{"time.from_timestamp(0)", into[time.Time], time.Unix(0, 0)}, {`"1970-01-01T00:00:00Z"`, into[time.Time], time.Unix(0, 0).UTC()},
		{"time.second", into[time.Duration], time.Second},
		{"[1]", into[starlark.Value], starlark.NewList([]starlark.Value{starlark.MakeInt(1)})}, {"None", into[starlark.Value], starlark.None},
		{`"x"`, into[starlark.String], starlark.String("x")},

		{"None", into[any], nil}, {"5", into[any], int64(5)}, {"1 << 100", into[any], huge}, {"1.5", into[any], 1.5}, {`b"x"`, into[any], []byte("x")},
		{`[None, True, "x", (1,), {"a": {}}, set([2]), struct(s=1)]`, into[any],
			[]any{nil, true, "x", []any{int64(1)}, map[string]any{"a": map[string]any{}}, []any{int64(2)}, map[string]any{"s": int64(1)}}},
		{"time.second", into[any], time.Second},

		{`{"name": "a", "port": 1}`, into[server], server{"a", 1}}, {`struct(name="a")`, into[server], server{"a", 0}}, {`{}`, into[*server], &server{}},
		{
			`{"ID": 7, "Shadow": "base", "deep": "d", "hosts": [{"name": "a"}, struct(port=1)], "shadow": 1, "next": {"ID": 8}, "any": {"x": [1]}, "addr": "::1", "nested": [{1: True}, {}]}`,
			into[config],
			config{
				base: base{7, "base"}, Embedded: &Embedded{"d"}, Hosts: []server{{"a", 0}, {"", 1}}, Shadow: 1, Next: &config{base: base{ID: 8}},
				Any: map[string]any{"x": []any{int64(1)}}, Addr: netip.MustParseAddr("::1"), Nested: [2]map[int]bool{{1: true}, {}},
			},
		},
		{`{"A": 1, "b": "x", "c": [2]}`, into[rest], rest{1, map[string]any{"b": "x", "c": []any{int64(2)}}}},
	} {
		got, err := tt.into(eval(t, tt.expr))
		if tm, ok := got.(time.Time); ok && err == nil && tm.Equal(tt.want.(time.Time)) {
			continue
		}
		if err != nil || !reflect.DeepEqual(got, tt.want) {
			t.Errorf("FromValue(%s) = %#v, %v; want %#v", tt.expr, got, err, tt.want)
		}
	}
}

type rest struct {
	A    int
	Rest map[string]any `starwire:",rest"`
}

func TestFromValueErrors(t *testing.T) {
	fewer(t)
	for _, tt := range []struct {
		expr string
		into func(starlark.Value) (any, error)
		want string
	}{
		{"1", into[bool], "want bool, got int"}, {"True", into[int], "want int, got bool"}, {"1.0", into[int], "want int, got float"},
		{"128", into[int8], "the int 128 is out of range for int8"}, {"-1", into[uint], "the int -1 is out of range for uint"},
		{"1 << 64", into[int], "the int 18446744073709551616 is out of range for int"}, {"1 << 64", into[uint64], "the int 18446744073709551616 is out of range for uint64"},
		{"(1 << 500) * (1 << 500) * (1 << 500)", into[float64], "the int is out of range for float64"}, {"1e300", into[float32], "the float 1e+300 is out of range for float32"},
		{`"1"`, into[float64], "want float64, got str"}, {"1", into[string], "want string, got int"}, {"None", into[int], "want int, got NoneType"},
		{"None", into[server], "want a dict, got NoneType"}, {"[]", into[map[string]int], "want a dict, got list"}, {"{}", into[[]int], "want a list, got dict"},
		{`"x"`, into[[]int], "want a list, got str"}, {"5", into[[]byte], "want a string, got int"}, {"[256]", into[[]byte], "[0]: the int 256 is out of range for uint8"},
		{"[1]", into[[2]int], "want [2]int, got 1 items"}, {"[1, 2, 3]", into[[2]int], "[2]: want no more items for a [2]int"},
		{"range(1 << 30)", into[[2]int], "[2]: want no more items for a [2]int"}, {"range(1 << 30)", into[[]int], "more than 50000 values"},
		{`{1: 2}`, into[map[string]int], "[1][key]: want string, got int"}, {`{"a": "x"}`, into[map[string]int], "a: want int, got str"},
		{`{1: 2}`, into[any], "[1][key]: want string, got int"}, {"len", into[any], "a function does not convert"},
		{"[lambda: 1]", into[[]any], "[0]: a function does not convert"}, {"len", into[func()], "a function does not convert; Runtime.Bind makes Go functions of a script's"},
		{"1", into[chan int], "there is no chan int in Starlark"}, {"1", into[fmt.Stringer], ""}, {"1", into[error], "want error, got int"},
		{"1", into[*starlark.List], "want *starlark.List, got int"}, {"1", into[time.Time], "want a time, got int"}, {"1", into[time.Duration], "want a duration, got int"},
		{`"x"`, into[big.Int], "want int, got str"}, {`"x"`, into[level], "no such level"}, {"1", into[level], "want a string, got int"},
		{`{"1": 1, "01": 2}`, into[map[number1]int], `["01"]: two keys are the same for a map[convert.number1]int`},
		{`{(1, 2): 1}`, into[map[any]int], "[(1, 2)]: a tuple is no key for a map[interface {}]int"},

		{`{"hosts": [{}, {}, {"port": 300}]}`, into[config], "hosts[2].port: the int 300 is out of range for int8"},
		{`{"next": {"next": {"limits": {"odd key": "x"}}}}`, into[config], `next.next.limits["odd key"]: want int, got str`},
		{`{"hosts": [{"tiemout": 1}]}`, into[config], "hosts[0].tiemout: unknown key; there are name, port"},
		{`{1: 1}`, into[server], "[1]: want a string for a key, got int"}, {`{"Out": 1}`, into[struct {
			Out int `json:"-"`
			A   int
		}], "Out: unknown key; there are A"},
		{"struct(name=1)", into[server], "name: want string, got int"},
		{`{"c": len}`, into[rest], "c: a function does not convert"},
	} {
		got, err := tt.into(eval(t, tt.expr))
		var e *Error
		switch {
		case tt.want == "" && err == nil:
		case tt.want == "" || !errors.As(err, &e) || !(err.Error() == tt.want || strings.Contains(tt.want, "than ") && strings.HasSuffix(err.Error(), tt.want)):
			t.Errorf("FromValue(%s) = %#v, %v; want %q", tt.expr, got, err, tt.want)
		}
	}
	for _, dst := range []any{nil, 5, (*int)(nil), server{}} {
		if err := FromValue(starlark.None, dst); err == nil || !strings.Contains(err.Error(), "want a pointer") {
			t.Errorf("FromValue into %T: %v", dst, err)
		}
	}
	if err := FromValue(nil, new(int)); err == nil {
		t.Error("FromValue(nil) has no error")
	}
}

// number1 ignores zeros in front.
type number1 string

func (n *number1) UnmarshalText(text []byte) error {
	*n = number1(strings.TrimLeft(string(text), "0"))
	return nil
}

// TestBounds: what contains itself, is deep or is many, is an error, both ways.
func TestBounds(t *testing.T) {
	fewer(t)
	list := starlark.NewList(nil)
	list.Append(list)
	dict := starlark.NewDict(1)
	inner := starlark.NewDict(1)
	dict.SetKey(starlark.String("d"), starlark.Tuple{inner})
	inner.SetKey(starlark.String("again"), dict)
	var deep starlark.Value = starlark.None
	var wide starlark.Value = starlark.String(strings.Repeat("x", 1000))
	for range 5000 {
		deep = starlark.Tuple{deep}
	}
	for range 60 {
		wide = starlark.Tuple{wide, wide}
	}
	type tree []tree
	for _, tt := range []struct {
		v    starlark.Value
		into func(starlark.Value) (any, error)
		want string
	}{
		{list, into[any], "[0]: contains itself"},
		{list, into[tree], "[0]: contains itself"},
		{dict, into[any], "d[0].again: contains itself"},
		{dict, into[map[string]any], "d[0].again: contains itself"},
		{deep, into[any], "nested more than 1000 deep"},
		{deep, into[tree], "nested more than 1000 deep"},
		{wide, into[any], "more than 50000 values"},
		{wide, into[[]any], "more than 50000 values"},
	} {
		_, err := tt.into(tt.v)
		var e *Error
		if !errors.As(err, &e) || !strings.HasSuffix(err.Error(), tt.want) || len(err.Error()) > 1000 {
			t.Errorf("error %v; want %s", err, tt.want)
		}
	}
	if list.Append(starlark.None) != nil {
		t.Error("the list is still being iterated over")
	}
}

// TestUnchanged: an error leaves what there was, and nothing is written through
// pointers and maps.
func TestUnchanged(t *testing.T) {
	five := 5
	inner := &Embedded{"before"}
	m := map[string]int{"x": 1}
	type all struct {
		*Embedded
		P *int
		M map[string]int
		L []int
		N server
	}
	before := all{Embedded: inner, P: &five, M: m, L: []int{1}, N: server{"n", 1}}
	x := before
	if err := FromValue(eval(t, `{"P": 6, "deep": "after", "M": {"y": 2}, "L": [2], "N": {"port": 1000}}`), &x); err == nil || !reflect.DeepEqual(x, before) {
		t.Errorf("after an error %v: %+v; want %+v", err, x, before)
	}
	err := FromValue(eval(t, `{"P": 6, "deep": "after", "M": {"y": 2}, "L": [2], "N": {"port": 3}}`), &x)
	want := all{Embedded: &Embedded{"after"}, P: new(6), M: map[string]int{"y": 2}, L: []int{2}, N: server{"n", 3}}
	if err != nil || !reflect.DeepEqual(x, want) {
		t.Errorf("%+v, %v; want %+v", x, err, want)
	}
	if five != 5 || inner.Deep != "before" || len(m) != 1 || m["x"] != 1 {
		t.Errorf("what there was is now %d, %+v, %v", five, inner, m)
	}
}

// TestRoundTrip: what ToValue makes, FromValue reads.
func TestRoundTrip(t *testing.T) {
	in := config{
		base: base{ID: 1, Shadow: "s"}, Embedded: &Embedded{"d"}, Hosts: []server{{"a", 1}, {"b", 0}}, Limits: map[string]int{"x": 1, "y": 2},
		Any: []any{int64(1), "x", nil, true, map[string]any{"k": 1.5}}, Next: &config{Hosts: []server{}}, Shadow: 3,
		Addr: netip.MustParseAddr("10.0.0.1"), When: time.Unix(5, 6).UTC(), Wait: time.Hour, Raw: starlark.MakeInt(5), Big: big.NewInt(9),
	}
	v, err := ToValue(in)
	if err != nil {
		t.Fatal(err)
	}
	var out config
	if err := FromValue(v, &out); err != nil || !reflect.DeepEqual(in, out) {
		t.Errorf("%+v, %v; want %+v", out, err, in)
	}
}
