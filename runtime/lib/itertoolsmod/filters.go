package itertoolsmod

import (
	"go.starlark.net/starlark"

	"starwire/runtime/lib/builtinmod"
	"starwire/runtime/py"
)

// holds is whether the predicate, None for what is true by itself, holds of v.
func holds(thread *starlark.Thread, predicate, v starlark.Value) (bool, error) {
	if predicate == starlark.None {
		return bool(v.Truth()), nil
	}
	v, err := starlark.Call(thread, predicate, starlark.Tuple{v}, nil)
	if err != nil {
		return false, err
	}
	return bool(v.Truth()), nil
}

// ifilter is ifilter(predicate, iterable) and ifilterfalse.
func ifilter(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := exactly(b, args, kwargs, 2); err != nil {
		return nil, err
	}
	next, err := builtinmod.Steps(thread, args[1])
	if err != nil {
		return nil, err
	}
	want := b.Name() == "ifilter"
	var tick builtinmod.Ticker
	return iterator(thread, b, func() (starlark.Value, error) {
		for {
			v, err := next()
			if v == nil || err != nil {
				return nil, err
			}
			if ok, err := holds(thread, args[0], v); err != nil {
				return nil, err
			} else if ok == want {
				return v, nil
			}
			if err := tick.Tick(thread); err != nil {
				return nil, err
			}
		}
	})
}

// takeWhile is takewhile(predicate, iterable).
func takeWhile(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := exactly(b, args, kwargs, 2); err != nil {
		return nil, err
	}
	next, err := builtinmod.Steps(thread, args[1])
	if err != nil {
		return nil, err
	}
	done := false
	return iterator(thread, b, func() (starlark.Value, error) {
		if done {
			return nil, nil
		}
		v, err := next()
		if v == nil || err != nil {
			return nil, err
		}
		result, err := starlark.Call(thread, args[0], starlark.Tuple{v}, nil)
		if err != nil {
			return nil, err
		}
		if done = !bool(result.Truth()); done {
			return nil, nil
		}
		return v, nil
	})
}

// dropWhile is dropwhile(predicate, iterable).
func dropWhile(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := exactly(b, args, kwargs, 2); err != nil {
		return nil, err
	}
	next, err := builtinmod.Steps(thread, args[1])
	if err != nil {
		return nil, err
	}
	begun := false
	var tick builtinmod.Ticker
	return iterator(thread, b, func() (starlark.Value, error) {
		for {
			v, err := next()
			if v == nil || err != nil || begun {
				return v, err
			}
			result, err := starlark.Call(thread, args[0], starlark.Tuple{v}, nil)
			if err != nil {
				return nil, err
			}
			if begun = !bool(result.Truth()); begun {
				return v, nil
			}
			if err := tick.Tick(thread); err != nil {
				return nil, err
			}
		}
	})
}

// compress is compress(data, selectors).
func compress(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var data, selectors starlark.Value
	if err := py.UnpackAny(b.Name(), args, kwargs, "data?", &data, "selectors?", &selectors); err != nil {
		return nil, err
	}
	if data == nil {
		return nil, missing("data", 1)
	}
	if selectors == nil {
		return nil, missing("selectors", 2)
	}
	next, err := builtinmod.Steps(thread, data)
	if err != nil {
		return nil, err
	}
	selected, err := builtinmod.Steps(thread, selectors)
	if err != nil {
		return nil, err
	}
	var tick builtinmod.Ticker
	return iterator(thread, b, func() (starlark.Value, error) {
		for {
			v, err := next()
			if v == nil || err != nil {
				return nil, err
			}
			s, err := selected()
			if s == nil || err != nil {
				return nil, err
			}
			if s.Truth() {
				return v, nil
			}
			if err := tick.Tick(thread); err != nil {
				return nil, err
			}
		}
	})
}

// A grouping is what a groupby and its groups share.
type grouping struct {
	thread     *starlark.Thread
	next       builtinmod.Step
	key        starlark.Value // the function, or None
	target     starlark.Value // the key of the last group that was returned, or nil
	currentKey starlark.Value // of the last item that was taken, or nil
	current    starlark.Value // that item, or nil once a group returned it
	tick       builtinmod.Ticker
}

// advance takes the next item; false at the end.
func (g *grouping) advance() (bool, error) {
	v, err := g.next()
	if v == nil || err != nil {
		return false, err
	}
	key := v
	if g.key != starlark.None {
		if key, err = starlark.Call(g.thread, g.key, starlark.Tuple{v}, nil); err != nil {
			return false, err
		}
	}
	g.current, g.currentKey = v, key
	return true, g.tick.Tick(g.thread)
}

// groupBy is groupby(iterable, key=None).
//
// itertoolsmodule.c, groupby_next and _grouper_next.
func groupBy(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	g := &grouping{thread: thread, key: starlark.None}
	var seq starlark.Value
	if err := py.UnpackAny(b.Name(), args, kwargs, "iterable?", &seq, "key?", &g.key); err != nil {
		return nil, err
	}
	if seq == nil {
		return nil, missing("iterable", 1)
	}
	var err error
	if g.next, err = builtinmod.Steps(thread, seq); err != nil {
		return nil, err
	}
	return iterator(thread, b, func() (starlark.Value, error) {
		for {
			if g.currentKey != nil {
				if g.target == nil {
					break
				}
				if same, err := builtinmod.EqualTo(thread, g.target, g.currentKey); err != nil {
					return nil, err
				} else if !same {
					break
				}
			}
			if more, err := g.advance(); !more || err != nil {
				return nil, err
			}
		}
		g.target = g.currentKey
		return starlark.Tuple{g.currentKey, g.group(g.target)}, nil
	})
}

// group returns the iterator over the items whose key is target.
func (g *grouping) group(target starlark.Value) starlark.Value {
	return builtinmod.NewIterator(g.thread, "itertools._grouper", func() (starlark.Value, error) {
		if g.current == nil {
			if more, err := g.advance(); !more || err != nil {
				return nil, err
			}
		}
		if same, err := builtinmod.EqualTo(g.thread, target, g.currentKey); !same || err != nil {
			return nil, err
		}
		v := g.current
		g.current = nil
		return v, nil
	})
}
