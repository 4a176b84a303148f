package runtime

import (
	"errors"
	"slices"
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"starwire/runtime/host"
	"starwire/runtime/py"
)

// The interpreter's built-ins that walk over iterables count no steps and heed
// no deadline. Ours of the same names are theirs, but over large iterables.

// universe returns a built-in of the interpreter.
func universe(name string) *starlark.Builtin { return starlark.Universe[name].(*starlark.Builtin) }

// A walk is how large the result of a built-in is that walks over its arguments.
type walk struct {
	itemSize int64 // bytes of the result for each item
	keys     bool  // the items are looked up
	ordered  bool  // the items are compared
}

// walkers are the built-ins of the interpreter that walk over iterables, but for
// sorted.
func walkers() map[string]walk {
	return map[string]walk{
		"all": {}, "any": {}, "max": {ordered: true}, "min": {ordered: true},
		"bytes": {itemSize: 1}, "enumerate": {itemSize: 6 * valueSize}, "list": {itemSize: valueSize},
		"reversed": {itemSize: valueSize}, "tuple": {itemSize: valueSize}, "zip": {itemSize: 2 * valueSize},
		"dict": {itemSize: entrySize, keys: true}, "set": {itemSize: entrySize, keys: true},
	}
}

const entrySize = 4 * valueSize // bytes of an item of a dict or a set

// walker returns the built-in of that name.
func walker(name string, w walk) func(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
	stock := universe(name)
	return func(thread *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		switch {
		case w.keys:
			return withKeys(thread, args, w.itemSize, func(args starlark.Tuple) (starlark.Value, error) {
				return stock.CallInternal(thread, args, kwargs)
			})
		case w.ordered && !areLight(args):
			return extreme(thread, stock, args, kwargs)
		}
		watched, some, err := watchArgs(thread, args, w.itemSize)
		if err != nil {
			return nil, err
		}
		v, err := stock.CallInternal(thread, watched, kwargs)
		if some && err == nil {
			err = host.Spend(thread, 0)
		}
		return v, err
	}
}

// fewItems are not worth the watching.
const fewItems = 1 << 10

// watchArgs returns the arguments with the large iterables among them replaced
// by watched ones, and whether there are some. itemSize is what each item takes in
// the result, in bytes.
func watchArgs(thread *starlark.Thread, args starlark.Tuple, itemSize int64) (starlark.Tuple, bool, error) {
	some, least := false, int64(-1)
	for i, v := range args {
		n := starlark.Len(v)
		if 0 <= n && n <= fewItems {
			least = 0
			continue
		}
		w := watch(thread, v, n)
		if w == nil {
			continue
		}
		if least < 0 || int64(n) < least {
			least = int64(n)
		}
		if !some {
			args, some = slices.Clone(args), true
		}
		args[i] = w
	}
	if least > 0 {
		if err := reserve(thread, times(least, itemSize)); err != nil {
			return nil, false, err
		}
	}
	return args, some, nil
}

// watch returns an iterable that is v, but counts steps and heeds the run's end;
// nil if v is none, or is looked at otherwise. n is its length, -1 if it has none.
func watch(thread *starlark.Thread, v starlark.Value, n int) starlark.Value {
	switch v := v.(type) {
	case starlark.String, starlark.Bytes: // no iterables
		return nil
	case *starlark.Dict: // dict wants one; iteration is over its keys
		return nil
	case starlark.IterableMapping:
		return nil
	case starlark.Sequence:
		return watchedSequence{watchedIterable{v, thread}, n}
	case starlark.Iterable:
		return watchedIterable{v, thread}
	}
	return nil
}

type watchedIterable struct {
	starlark.Iterable
	thread *starlark.Thread
}

type watchedSequence struct {
	watchedIterable
	n int
}

var _ starlark.Sequence = watchedSequence{}

// Len returns the number of items.
func (w watchedSequence) Len() int { return w.n }

// Iterate returns an iterator that counts steps.
func (w watchedIterable) Iterate() starlark.Iterator {
	return &watchedIterator{Iterator: w.Iterable.Iterate(), thread: w.thread, task: stateOf(w.thread).task}
}

// A watchedIterator looks at the run's end at each item: to insert one into a set
// may take milliseconds.
type watchedIterator struct {
	starlark.Iterator
	thread *starlark.Thread
	task   *task
	n      int
}

// Next returns the next item, and none to a run that was stopped.
func (it *watchedIterator) Next(p *starlark.Value) bool {
	if it.task.over.Load() == stopped {
		return false
	}
	if it.n++; it.n&(fewItems-1) == 0 && host.Spend(it.thread, fewItems) != nil {
		return false
	}
	return it.Iterator.Next(p)
}

// withKeys calls f with arguments whose items are looked up: those that cannot be
// keys are an error, and end the walk.
func withKeys(thread *starlark.Thread, args starlark.Tuple, itemSize int64, f func(starlark.Tuple) (starlark.Value, error)) (starlark.Value, error) {
	watched, some, err := watchArgs(thread, args, itemSize)
	if err != nil {
		return nil, err
	}
	k := &keyWatch{}
	for i, v := range watched {
		switch v.(type) {
		case *starlark.Dict, *starlark.Set, starlark.String, starlark.Bytes, starlark.IterableMapping:
			continue // its keys are keys
		}
		if it, ok := v.(starlark.Iterable); ok {
			if !some {
				watched, some = slices.Clone(watched), true
			}
			watched[i] = keyedIterable{it, k}
			if seq, ok := v.(starlark.Sequence); ok {
				watched[i] = keyedSequence{keyedIterable{it, k}, seq.Len()}
			}
		}
	}
	v, err := f(watched)
	if k.err != nil {
		return nil, k.err
	}
	if some && err == nil {
		err = host.Spend(thread, 0)
	}
	return v, err
}

// A keyWatch notes that an item cannot be a key.
type keyWatch struct{ err error }

// A keyedIterable ends where an item cannot be a key, nor the first of a pair.
type keyedIterable struct {
	starlark.Iterable
	watch *keyWatch
}

type keyedSequence struct {
	keyedIterable
	n int
}

var _ starlark.Sequence = keyedSequence{}

// Len returns the number of items.
func (k keyedSequence) Len() int { return k.n }

// Iterate returns an iterator over the items that can be keys.
func (k keyedIterable) Iterate() starlark.Iterator {
	return &keyedIterator{k.Iterable.Iterate(), k.watch}
}

type keyedIterator struct {
	starlark.Iterator
	watch *keyWatch
}

// Next returns the next item.
func (it *keyedIterator) Next(p *starlark.Value) bool {
	if !it.Iterator.Next(p) {
		return false
	}
	v := *p
	if pair, ok := v.(*starlark.List); ok && pair.Len() > 0 {
		v = pair.Index(0)
	}
	if err := py.CheckKey(v); err != nil {
		it.watch.err = err
		return false
	}
	return true
}

// areLight reports whether the arguments of max or min, or their items, can be
// compared in no time.
func areLight(args starlark.Tuple) bool {
	if len(args) == 1 {
		seq, ok := args[0].(starlark.Indexable)
		if !ok {
			return false
		}
		if _, ok := seq.(rangeValue); ok {
			return true
		}
		for i := range min(seq.Len(), fewItems+1) {
			if i == fewItems || !isLight(seq.Index(i)) {
				return false
			}
		}
		return true
	}
	return !slices.ContainsFunc(args, func(v starlark.Value) bool { return !isLight(v) })
}

// extreme is max or min of what may take long to compare.
func extreme(thread *starlark.Thread, stock *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var key starlark.Callable
	if err := starlark.UnpackArgs(stock.Name(), nil, kwargs, "key?", &key); err != nil {
		return nil, err
	}
	var items starlark.Value = args
	if len(args) == 1 {
		items = args[0]
	}
	iterable, ok := items.(starlark.Iterable)
	if !ok || len(args) == 0 {
		return stock.CallInternal(thread, args, kwargs)
	}
	op := syntax.GT
	if stock.Name() == "min" {
		op = syntax.LT
	}
	c := comparison(thread)
	iter := watchedIterable{iterable, thread}.Iterate()
	defer iter.Done()
	var best, bestKey, x starlark.Value
	for iter.Next(&x) {
		k := x
		if key != nil {
			var err error
			if k, err = starlark.Call(thread, key, starlark.Tuple{x}, nil); err != nil {
				return nil, err
			}
		}
		better := best == nil
		if !better {
			var err error
			if better, err = c.Compare(op, k, bestKey); err != nil {
				return nil, named(stock.Name(), err)
			}
		}
		if better {
			best, bestKey = x, k
		}
	}
	if err := host.Spend(thread, 0); err != nil {
		return nil, err
	}
	if best == nil {
		return stock.CallInternal(thread, starlark.Tuple{starlark.Tuple{}}, nil) // its error
	}
	return best, nil
}

// named puts the name of a built-in before an error of the interpreter's, as the
// interpreter does.
func named(name string, err error) error {
	var own *py.Exception
	var end py.Uncatchable
	if errors.As(err, &own) || errors.As(err, &end) {
		return err
	}
	return &renamedError{name + ": " + err.Error(), err}
}

// sortedFn is sorted(iterable, key=None, reverse=False).
func sortedFn(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var iterable starlark.Iterable
	var key starlark.Callable
	var reverse bool
	if err := starlark.UnpackArgs("sorted", args, kwargs, "iterable", &iterable, "key?", &key, "reverse?", &reverse); err != nil {
		return nil, err
	}
	n := starlark.Len(iterable)
	if 0 <= n && n <= fewItems && key == nil && areLight(args[:min(len(args), 1)]) {
		return universe("sorted").CallInternal(thread, args, kwargs)
	}
	if n > 0 {
		if err := reserve(thread, times(int64(n), 3*valueSize)); err != nil {
			return nil, err
		}
	}
	s := sorting{thread: thread, comparison: comparison(thread)}
	iter := iterable.Iterate()
	defer iter.Done()
	var x starlark.Value
	for iter.Next(&x) {
		if len(s.items)&(fewItems-1) == 0 {
			if err := host.Spend(thread, fewItems); err != nil {
				return nil, err
			}
		}
		k := x
		if key != nil {
			var err error
			if k, err = starlark.Call(thread, key, starlark.Tuple{x}, nil); err != nil {
				return nil, err
			}
		}
		s.items = append(s.items, keyed{k, x})
	}
	if err := host.Spend(thread, 0); err != nil {
		return nil, err
	}
	s.sort(reverse)
	if s.err != nil {
		return nil, s.err
	}
	values := make([]starlark.Value, len(s.items))
	for i, item := range s.items {
		values[i] = item.value
	}
	return starlark.NewList(values), nil
}

type keyed struct{ key, value starlark.Value }

// A sorting is a call of sorted over many items.
type sorting struct {
	thread     *starlark.Thread
	comparison *py.Comparison
	items      []keyed
	tick       int
	err        error // of a comparison, or why the run ended
}

func (s *sorting) sort(reverse bool) {
	slices.SortStableFunc(s.items, func(a, b keyed) int {
		if reverse {
			a, b = b, a
		}
		return s.compare(a.key, b.key)
	})
}

// compare orders two keys. After an error it calls all keys equal, so that the
// sort comes to its end soon.
func (s *sorting) compare(x, y starlark.Value) int {
	if s.tick++; s.tick&(fewItems-1) == 0 && s.err == nil {
		s.err = host.Spend(s.thread, fewItems)
	}
	if s.err != nil {
		return 0
	}
	for i, pair := range [2][2]starlark.Value{{y, x}, {x, y}} {
		less, err := s.comparison.Compare(syntax.LT, pair[0], pair[1])
		if err != nil {
			s.err = err
			return 0
		}
		if less {
			return 1 - 2*i
		}
	}
	return 0
}

// maxDigits bounds the text of a number that int reads: the time it takes grows
// with the square of its length.
const maxDigits = 200_000

// intFn is int(x, base=10).
func intFn(thread *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(args) > 0 {
		if s, ok := args[0].(starlark.String); ok && len(s) > maxDigits && len(strings.TrimSpace(string(s))) > maxDigits {
			return nil, py.ValueError.Errorf("int: a number of more than %d digits", maxDigits)
		}
	}
	return universe("int").CallInternal(thread, args, kwargs)
}
