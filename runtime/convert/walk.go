package convert

import (
	"strconv"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
)

// Limits of one conversion.
const (
	MaxDepth  = 1000    // values inside one another
	MaxValues = 4 << 20 // values; 64 bytes that are copied count as one
)

var maxValues = MaxValues // less in tests

// A walk goes through one value.
type walk struct {
	thread *starlark.Thread // to be charged, or nil
	values int              // so far
	billed int              // of them, charged to thread
	path   map[any]struct{} // the containers around the value
}

// enter counts a value and n bytes that are copied.
func (w *walk) enter(depth, n int) error {
	if depth > MaxDepth {
		return problem("nested more than ", strconv.Itoa(MaxDepth), " deep")
	}
	w.values += 1 + n/64
	if w.values > maxValues {
		return problem("more than ", strconv.Itoa(maxValues), " values")
	}
	if w.values-w.billed >= 1024 {
		return w.bill()
	}
	return nil
}

// bill charges the thread with the values since the last time.
func (w *walk) bill() error {
	if w.thread == nil {
		return nil
	}
	n := w.values - w.billed
	w.billed = w.values
	return host.Spend(w.thread, n)
}

// inside notes that a container is gone through; the error is that it already is.
func (w *walk) inside(container any) error {
	if _, ok := w.path[container]; ok {
		return problem("contains itself")
	}
	if w.path == nil {
		w.path = make(map[any]struct{})
	}
	w.path[container] = struct{}{}
	return nil
}

func (w *walk) outside(container any) { delete(w.path, container) }
