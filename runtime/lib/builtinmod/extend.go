package builtinmod

import (
	"maps"
	"slices"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/py"
)

// What modules in Python need of Python's built-ins: iterators, comparisons, operators.

// A Step returns the next item of something, or nil at the end.
type Step = func() (starlark.Value, error)

// maxNesting bounds iterators that take their items from others: each takes room on the stack.
const maxNesting = 5000

// nesting is the key of the thread's count of steps that are under way, each inside the one before.
const nesting = "starwire.builtinmod.nesting"

// NewIterator returns an iterator of the named type, whose items step returns. Its loops belong to
// the thread. step may ask other iterators; that they are nested too deeply is a RuntimeError.
func NewIterator(thread *starlark.Thread, name string, step Step) starlark.Value {
	depth, ok := thread.Local(nesting).(*int)
	if !ok {
		depth = new(int)
		thread.SetLocal(nesting, depth)
	}
	return &iterator{thread, name, func() (starlark.Value, error) {
		if *depth++; *depth > maxNesting {
			*depth--
			return nil, py.RuntimeError.Errorf("maximum recursion depth exceeded")
		}
		defer func() { *depth-- }()
		return step()
	}}
}

// Steps returns what goes over x, as iter does. The error is a TypeError for what cannot be iterated over.
func Steps(thread *starlark.Thread, x starlark.Value) (Step, error) {
	it, err := newIterator(thread, x)
	if err != nil {
		return nil, err
	}
	return it.step, nil
}

// Each calls f for each item of x until it returns false or an error. It counts steps.
func Each(thread *starlark.Thread, x starlark.Value, f func(v starlark.Value) (bool, error)) error {
	return each(thread, x, f)
}

// Collect returns the items of x: list(x).
func Collect(thread *starlark.Thread, x starlark.Value) ([]starlark.Value, error) {
	return collect(thread, x)
}

// EqualTo is x == y.
func EqualTo(thread *starlark.Thread, x, y starlark.Value) (bool, error) { return equal(thread, x, y) }

// Compare is cmp(x, y).
func Compare(thread *starlark.Thread, x, y starlark.Value) (int, error) { return compare(thread, x, y) }

// UpdateDict is d.update(*args, **kwargs).
func UpdateDict(thread *starlark.Thread, d *starlark.Dict, args starlark.Tuple, kwargs []starlark.Tuple) error {
	return updateDict(thread, d, args, kwargs)
}

// Hashable returns the TypeError of what can be no key, or nil.
func Hashable(v starlark.Value) error { return hashable(v) }

// A Ticker counts work that calls nothing of the script's, and looks at the run's end now and then.
// The zero Ticker is ready.
type Ticker int

// Tick counts one step on the thread's account. The error is the end of the run.
func (t *Ticker) Tick(thread *starlark.Thread) error {
	if *t++; *t%spendEvery != 0 {
		return nil
	}
	return host.Spend(thread, spendEvery)
}

// DictNames lists the methods of dicts.
func DictNames() []string {
	names := slices.Collect(maps.Keys(dictMethods()))
	return append(names, stock("dict")...)
}

// A shownIterator is an iterator whose text says what it returns.
type shownIterator struct {
	*iterator
	text func() string
}

// String returns the text.
func (it *shownIterator) String() string { return it.text() }

// NewShownIterator is NewIterator for an iterator with a text of its own.
func NewShownIterator(thread *starlark.Thread, name string, text func() string, step Step) starlark.Value {
	return &shownIterator{NewIterator(thread, name, step).(*iterator), text}
}

// Reduce is reduce(function, sequence[, initial]).
func Reduce(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	return reduce(thread, b, args, kwargs)
}
