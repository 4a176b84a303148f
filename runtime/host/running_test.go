package host_test

import (
	"context"
	"testing"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
)

// TestRunning: work goes on on the thread that made a value while that runs, and else on another one.
func TestRunning(t *testing.T) {
	thread, released := &starlark.Thread{Name: "made"}, 0
	other := &starlark.Thread{Name: "other"}
	host.Attach(thread, context.Background(), host.Host{NewThread: func(string) (*starlark.Thread, func()) {
		return other, func() { released++ }
	}})
	on := func(shared bool) *starlark.Thread {
		got, release := host.Running(thread, shared, "x")
		release()
		return got
	}
	if got := on(false); got != other {
		t.Errorf("Running of a thread at rest = %s; want another", got.Name)
	}
	busy := starlark.NewBuiltin("busy", func(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
		if got := on(false); got != thread {
			t.Errorf("Running of a thread that runs = %s; want itself", got.Name)
		}
		if got := on(true); got != other {
			t.Errorf("Running for several goroutines = %s; want another", got.Name)
		}
		return starlark.None, nil
	})
	if _, err := starlark.Call(thread, busy, nil, nil); err != nil {
		t.Fatal(err)
	}
	if released != 2 {
		t.Errorf("%d threads were released; want 2", released)
	}
}
