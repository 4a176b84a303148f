package functoolsmod

import (
	"sync"
	"testing"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"starwire/runtime/host"
	"starwire/runtime/lib/libtest"
)

// TestFrozenKeys: keys that goroutines share are compared on threads of their own.
func TestFrozenKeys(t *testing.T) {
	thread, _ := libtest.Thread(t, host.Host{})
	compare := starlark.NewBuiltin("cmp", func(on *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
		if on == thread {
			t.Error("compared on the thread that made the keys")
		}
		return args[0].(starlark.Int).Sub(args[1].(starlark.Int)), nil
	})
	keys := make([]starlark.Value, 2)
	makeKeys := starlark.NewBuiltin("make", func(on *starlark.Thread, _ *starlark.Builtin, _ starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
		k, err := starlark.Call(on, Module().Members["cmp_to_key"], starlark.Tuple{compare}, nil)
		if err != nil {
			return nil, err
		}
		for i := range keys {
			if keys[i], err = starlark.Call(on, k, starlark.Tuple{starlark.MakeInt(i)}, nil); err != nil {
				return nil, err
			}
			keys[i].Freeze()
		}
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				for range 100 {
					if less, err := starlark.Compare(syntax.LT, keys[0], keys[1]); !less || err != nil {
						t.Errorf("0 < 1 = %v, %v", less, err)
					}
				}
			})
		}
		wg.Wait()
		return starlark.None, nil
	})
	if _, err := starlark.Call(thread, makeKeys, nil, nil); err != nil {
		t.Fatal(err)
	}
}
