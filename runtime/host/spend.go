package host

import (
	"context"

	"go.starlark.net/starlark"
)

// BytesPerStep is how many bytes a built-in moves for one step of the
// interpreter's: what Spend's callers divide by.
const BytesPerStep = 64

// Spend charges thread with steps that a built-in took on its own, which the
// interpreter did not count, and returns the cause of the run's end, if it has
// ended: a long loop in Go calls it now and then. A step limit exceeded here
// stops the script at its next step.
func Spend(thread *starlark.Thread, steps int) error {
	if steps > 0 {
		thread.Steps += uint64(steps)
	}
	ctx := Context(thread)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return nil
}
