package panics

import (
	"errors"
	"strings"
	"testing"

	"go.starlark.net/starlark"
)

// TestPanics calls functions that panic, and ones that do not.
func TestPanics(t *testing.T) {
	fn := func(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
		if len(args) > 1 {
			return nil, errors.New("an error")
		}
		return starlark.Tuple{b.Receiver(), args[0]}, nil
	}
	bound := starlark.NewBuiltin("fn", fn).BindReceiver(starlark.String("self"))
	for name, b := range map[string]*starlark.Builtin{
		"Safe":    starlark.NewBuiltin("fn", Safe(fn)).BindReceiver(starlark.String("self")),
		"Builtin": Builtin(bound),
	} {
		if b.Name() != "fn" || b.Receiver() != starlark.String("self") {
			t.Errorf("%s: %s of %v; want fn of self", name, b.Name(), b.Receiver())
		}
		call := func(args ...starlark.Value) (starlark.Value, error) {
			return starlark.Call(new(starlark.Thread), b, args, nil)
		}
		if v, err := call(starlark.None); err != nil || v.String() != `("self", None)` {
			t.Errorf("%s: a call = %v, %v", name, v, err)
		}
		var p *Error
		if _, err := call(starlark.None, starlark.None); errors.As(err, &p) || err == nil || err.Error() != "an error" {
			t.Errorf("%s: a call that fails: %v; want its error", name, err)
		}
		if _, err := call(); !errors.As(err, &p) || !strings.Contains(string(p.Stack), "TestPanics") ||
			p.Error() != "internal error: runtime error: index out of range [0] with length 0" {
			t.Errorf("%s: a call that panics: %v; want an *Error with its stack", name, err)
		}
	}
	if b := Builtin(starlark.NewBuiltin("free", fn)); b.Receiver() != nil {
		t.Errorf("a function has the receiver %v", b.Receiver())
	}
}
