package py

import (
	"testing"

	"go.starlark.net/starlark"
)

func TestCallMethod(t *testing.T) {
	thread := new(starlark.Thread)
	v, err := CallMethod(thread, starlark.String("a-b"), "split", starlark.String("-"))
	if err != nil || v.String() != `["a", "b"]` {
		t.Errorf(`CallMethod("a-b", "split", "-") = %v, %v; want ["a", "b"]`, v, err)
	}
	if _, err := CallMethod(thread, starlark.String(""), "split", starlark.String("")); err == nil {
		t.Error("CallMethod lost the method's error")
	}
	for _, v := range []starlark.Value{starlark.String(""), starlark.None} {
		want := "AttributeError: '" + TypeName(v) + "' object has no attribute 'nope'"
		if _, err := CallMethod(thread, v, "nope"); err == nil || err.Error() != want {
			t.Errorf("CallMethod(%v, nope) = %v; want %s", v, err, want)
		}
	}
}
