package runtime

import (
	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// A rangeValue is what range returns: the interpreter's, but its iterators end
// early once the run is stopped. A range costs nothing to make and may have more
// items than any deadline allows to walk over, and much that walks over an
// iterable, such as list += range(n) or f(*range(n)), asks nobody.
type rangeValue struct {
	stockRange
	run   *run
	start int
	step  int
}

// A stockRange is the interpreter's own range.
type stockRange interface {
	starlark.Indexable
	starlark.Iterable
	starlark.Sliceable
	starlark.Comparable
	starlark.Container
}

var (
	_ starlark.Sequence   = rangeValue{}
	_ starlark.Indexable  = rangeValue{}
	_ starlark.Sliceable  = rangeValue{}
	_ starlark.Comparable = rangeValue{}
	_ starlark.Container  = rangeValue{}
)

// rangeFn is range([start,] stop[, step]).
func rangeFn(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	v, err := universe("range").CallInternal(thread, args, kwargs)
	if err != nil {
		return nil, err
	}
	return newRange(v.(stockRange), stateOf(thread).task.run), nil
}

func newRange(r stockRange, run *run) rangeValue {
	v := rangeValue{stockRange: r, run: run}
	n := r.Len()
	if n > 0 {
		v.start = intOf(r.Index(0))
	}
	if n > 1 {
		v.step = intOf(r.Index(1)) - v.start
	}
	return v
}

func intOf(v starlark.Value) int {
	n, _ := v.(starlark.Int).Int64() // a range's items are ints
	return int(n)
}

// Slice returns a part of the range.
func (r rangeValue) Slice(start, end, step int) starlark.Value {
	return newRange(r.stockRange.Slice(start, end, step).(stockRange), r.run)
}

// CompareSameType compares the items of two ranges.
func (r rangeValue) CompareSameType(op syntax.Token, y starlark.Value, depth int) (bool, error) {
	return r.stockRange.CompareSameType(op, y.(rangeValue).stockRange, depth)
}

// Iterate returns an iterator that heeds the run's end.
func (r rangeValue) Iterate() starlark.Iterator {
	return &rangeIterator{run: r.run, next: r.start, step: r.step, left: r.Len()}
}

type rangeIterator struct {
	run              *run
	next, step, left int
	task             *task // whose code the loop is, from the first check on
}

// checkEvery is how many items built-ins handle between two looks at whether the
// run was stopped.
const checkEvery = 1 << 12

// Next returns the next item. A stopped run is not told that there are more: its
// thread ends at its next step.
func (it *rangeIterator) Next(p *starlark.Value) bool {
	if it.left <= 0 {
		return false
	}
	*p = starlark.MakeInt(it.next)
	it.next += it.step
	it.left--
	if it.left&(checkEvery-1) == 0 && it.left > 0 {
		if it.task == nil {
			it.task = it.run.current.Load()
		}
		if it.task.over.Load() == stopped {
			it.left = 0
		}
	}
	return true
}

// Done does nothing.
func (it *rangeIterator) Done() {}
