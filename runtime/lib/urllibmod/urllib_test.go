package urllibmod

import (
	"errors"
	"strings"
	"testing"

	"go.starlark.net/starlark"

	"starwire/runtime/lib/libtest"
)

func TestRecorded(t *testing.T) {
	libtest.Run(t, "testdata/urllib.session", Module())
}

func TestUnquoteUndoesQuote(t *testing.T) {
	var all strings.Builder
	for c := range 256 {
		all.WriteByte(byte(c))
	}
	s := all.String()
	for _, safe := range []string{"", "/", "a+ "} {
		if got := Unquote(Quote(s, safe)); got != s {
			t.Errorf("Unquote(Quote(%q, %q)) = %q", s, safe, got)
		}
	}
	if got := UnquotePlus(QuotePlus(s, "")); got != s {
		t.Errorf("UnquotePlus(QuotePlus(%q)) = %q", s, got)
	}
}

func TestURLEncodeOfMappings(t *testing.T) {
	thread := new(starlark.Thread)
	want := "a=1&b=2"
	d := starlark.NewDict(2)
	d.SetKey(starlark.String("a"), starlark.MakeInt(1))
	d.SetKey(starlark.String("b"), starlark.MakeInt(2))
	for _, query := range []starlark.Value{d, onlyItems{d}} {
		v, err := starlark.Call(thread, Module().Members["urlencode"], starlark.Tuple{query}, nil)
		if err != nil || v != starlark.String(want) {
			t.Errorf("urlencode(%s) = %v, %v; want %q", query.Type(), v, err, want)
		}
	}
}

// onlyItems is a value that has nothing but the method items.
type onlyItems struct{ d *starlark.Dict }

func (o onlyItems) String() string        { return "onlyItems" }
func (o onlyItems) Type() string          { return "onlyItems" }
func (o onlyItems) Freeze()               {}
func (o onlyItems) Truth() starlark.Bool  { return true }
func (o onlyItems) Hash() (uint32, error) { return 0, errors.New("unhashable") }
func (o onlyItems) AttrNames() []string   { return []string{"items"} }
func (o onlyItems) Attr(name string) (starlark.Value, error) {
	if name == "items" {
		return o.d.Attr("items")
	}
	return nil, nil
}

func TestURLEncodeEndsWithTheRun(t *testing.T) {
	thread, why := libtest.EndedRun()
	query := starlark.Tuple{starlark.Tuple{starlark.String("a"), libtest.Huge(t)}}
	_, err := starlark.Call(thread, Module().Members["urlencode"], starlark.Tuple{query, starlark.True}, nil)
	if !errors.Is(err, why) {
		t.Errorf("urlencode in a cancelled run: %v; want its cause", err)
	}
}
