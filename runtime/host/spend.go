package host

import (
	"context"
	"unsafe"

	"go.starlark.net/starlark"
)

// BytesPerStep is how many bytes a built-in moves for one step of the
// interpreter's: what Spend's callers divide by.
const BytesPerStep = 64

// Spend charges thread with steps that a built-in took on its own, which the
// interpreter did not count, and returns the cause of the run's end, if it has
// ended, because of these steps or otherwise: a long loop in Go calls it now and
// then.
func Spend(thread *starlark.Thread, steps int) error {
	if steps > 0 {
		thread.Steps += uint64(steps)
	}
	h := From(thread)
	if h.Spent != nil {
		h.Spent(thread)
	}
	ctx := h.ctx
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return nil
}

// Reserve is asked before a built-in takes n bytes of memory at once. Its error, which ends the run or is
// a MemoryError, says that there is no room for them.
func Reserve(thread *starlark.Thread, n int64) error {
	if h := From(thread); h.Reserve != nil {
		return h.Reserve(thread, n)
	}
	return nil
}

// Grow returns s with room for n elements more, as slices.Grow does, but asks
// Reserve before it takes much. Its error is Reserve's.
func Grow[S ~[]E, E any](thread *starlark.Thread, s S, n int) (S, error) {
	if cap(s)-len(s) >= n {
		return s, nil
	}
	room := max(len(s)+n, cap(s)+cap(s)/2)
	var elem E
	if err := Reserve(thread, int64(room)*int64(unsafe.Sizeof(elem))); err != nil {
		return s, err
	}
	return append(make(S, 0, room), s...), nil
}

// String returns what b holds without a copy. Nobody may write to b any more.
func String(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
