package libtest

import (
	"context"
	"errors"
	"testing"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
)

// EndedRun returns the thread of a run that is over, and why it is: what takes
// long must notice, and return that error.
func EndedRun() (thread *starlark.Thread, why error) {
	ctx, cancel := context.WithCancelCause(context.Background())
	why = errors.New("why")
	cancel(why)
	thread = new(starlark.Thread)
	host.Attach(thread, ctx, host.Host{})
	return thread, why
}

// Huge returns a range of 2**30 integers, which takes long to go over.
func Huge(t testing.TB) starlark.Value {
	t.Helper()
	v, err := starlark.Call(new(starlark.Thread), starlark.Universe["range"], starlark.Tuple{starlark.MakeInt(1 << 30)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return v
}
