package itertoolsmod

import (
	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/lib/builtinmod"
	"starwire/runtime/py"
)

// valueSize is the bytes that a value takes.
const valueSize = 16

// room asks for the room that a slice takes when it grows next.
func room(thread *starlark.Thread, n, capacity int) error {
	if n < capacity {
		return nil
	}
	return host.Reserve(thread, int64(2*n)*valueSize)
}

// fromIterable is chain.from_iterable(iterables).
func fromIterable(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := exactly(b, args, kwargs, 1); err != nil {
		return nil, err
	}
	return chained(thread, args[0])
}

// chain is chain(*iterables).
func chain(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(kwargs) > 0 {
		return nil, py.TypeError.Errorf("chain() does not take keyword arguments")
	}
	return chained(thread, args)
}

func chained(thread *starlark.Thread, iterables starlark.Value) (starlark.Value, error) {
	outer, err := builtinmod.Steps(thread, iterables)
	if err != nil {
		return nil, err
	}
	var inner builtinmod.Step
	var tick builtinmod.Ticker
	return builtinmod.NewIterator(thread, "itertools.chain", func() (starlark.Value, error) {
		for outer != nil {
			if inner != nil {
				if v, err := inner(); v != nil || err != nil {
					return v, err
				}
				inner = nil
			}
			if err := tick.Tick(thread); err != nil {
				return nil, err
			}
			next, err := outer()
			if err != nil {
				return nil, err
			}
			if next == nil {
				outer = nil
				break
			}
			if inner, err = builtinmod.Steps(thread, next); err != nil {
				outer = nil
				return nil, err
			}
		}
		return nil, nil
	}), nil
}

// Errors of islice's arguments.
const (
	badStop    = "Stop argument for islice() must be None or an integer: 0 <= x <= maxint."
	badIndices = "Indices for islice() must be None or an integer: 0 <= x <= maxint."
	badStep    = "Step for islice() must be a positive integer or None."
)

// islice is islice(iterable, stop) and islice(iterable, start, stop[, step]).
//
// itertoolsmodule.c, islice_new and islice_next.
func islice(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var seq, a1, a2, a3 starlark.Value
	if len(kwargs) > 0 {
		return nil, py.TypeError.Errorf("islice() does not take keyword arguments")
	}
	switch {
	case len(args) < 2:
		return nil, py.TypeError.Errorf("islice expected at least 2 arguments, got %d", len(args))
	case len(args) > 4:
		return nil, py.TypeError.Errorf("islice expected at most 4 arguments, got %d", len(args))
	}
	if err := starlark.UnpackPositionalArgs(b.Name(), args, nil, 2, &seq, &a1, &a2, &a3); err != nil {
		return nil, err
	}
	given := func(v starlark.Value) bool { return v != nil && v != starlark.None }
	start, stop, by := 0, -1, 1
	var err error
	if a2 == nil {
		if given(a1) {
			if stop, err = py.CInt(a1); err != nil || stop < 0 {
				return nil, py.ValueError.Errorf(badStop)
			}
		}
	} else {
		if given(a1) {
			if start, err = py.CInt(a1); err != nil {
				start = -1
			}
		}
		if given(a2) {
			if stop, err = py.CInt(a2); err != nil {
				return nil, py.ValueError.Errorf(badStop)
			}
			if stop < 0 {
				start = -1
			}
		}
		if start < 0 {
			return nil, py.ValueError.Errorf(badIndices)
		}
	}
	if given(a3) {
		if by, err = py.CInt(a3); err != nil || by < 1 {
			return nil, py.ValueError.Errorf(badStep)
		}
	}
	next, err := builtinmod.Steps(thread, seq)
	if err != nil {
		return nil, err
	}
	at, want := 0, start // how many items were taken, and which is the next to return
	var tick builtinmod.Ticker
	return iterator(thread, b, func() (starlark.Value, error) {
		for at < want {
			if v, err := next(); v == nil || err != nil {
				return nil, err
			}
			at++
			if err := tick.Tick(thread); err != nil {
				return nil, err
			}
		}
		if stop >= 0 && at >= stop {
			return nil, nil
		}
		v, err := next()
		if v == nil || err != nil {
			return nil, err
		}
		at++
		if old := want; old+by < old || stop >= 0 && old+by > stop {
			want = stop
		} else {
			want += by
		}
		return v, nil
	})
}

// izip is izip(*iterables).
func izip(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(kwargs) > 0 {
		return nil, py.TypeError.Errorf("izip() does not take keyword arguments")
	}
	steps, err := sources(thread, b, args, 1)
	if err != nil {
		return nil, err
	}
	return iterator(thread, b, func() (starlark.Value, error) {
		row, err := rowOf(thread, steps)
		if row == nil || err != nil || len(row) == 0 {
			return nil, err
		}
		return row, nil
	})
}

// rowOf takes an item of each, or returns nil if one has no more.
func rowOf(thread *starlark.Thread, steps []builtinmod.Step) (starlark.Tuple, error) {
	row := make(starlark.Tuple, len(steps))
	for i, step := range steps {
		v, err := step()
		if v == nil || err != nil {
			return nil, err
		}
		row[i] = v
	}
	return row, host.Spend(thread, len(row)/perStep)
}

// perStep is how many values count as one step of the run's.
const perStep = 16

// izipLongest is izip_longest(*iterables, fillvalue=None).
func izipLongest(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var fill starlark.Value = starlark.None
	for _, kv := range kwargs {
		if name, _ := starlark.AsString(kv[0]); name != "fillvalue" {
			return nil, py.TypeError.Errorf("izip_longest() got an unexpected keyword argument")
		}
		fill = kv[1]
	}
	steps, err := sources(thread, b, args, 1)
	if err != nil {
		return nil, err
	}
	left := len(steps)
	return iterator(thread, b, func() (starlark.Value, error) {
		if left == 0 {
			return nil, nil
		}
		row := make(starlark.Tuple, len(steps))
		for i, step := range steps {
			row[i] = fill
			if step == nil {
				continue
			}
			v, err := step()
			switch {
			case err != nil:
				return nil, err
			case v != nil:
				row[i] = v
			default:
				steps[i] = nil
				if left--; left == 0 {
					return nil, nil
				}
			}
		}
		return row, host.Spend(thread, len(row)/perStep)
	})
}

// imap is imap(function, *iterables).
func imap(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(kwargs) > 0 {
		return nil, py.TypeError.Errorf("imap() does not take keyword arguments")
	}
	if len(args) < 2 {
		return nil, py.TypeError.Errorf("imap() must have at least two arguments.")
	}
	steps, err := sources(thread, b, args[1:], 2)
	if err != nil {
		return nil, err
	}
	return iterator(thread, b, func() (starlark.Value, error) {
		row, err := rowOf(thread, steps)
		if row == nil || err != nil {
			return nil, err
		}
		if args[0] == starlark.None {
			return row, nil
		}
		return starlark.Call(thread, args[0], row, nil)
	})
}

// starmap is starmap(function, iterable).
func starmap(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := exactly(b, args, kwargs, 2); err != nil {
		return nil, err
	}
	next, err := builtinmod.Steps(thread, args[1])
	if err != nil {
		return nil, err
	}
	return iterator(thread, b, func() (starlark.Value, error) {
		v, err := next()
		if v == nil || err != nil {
			return nil, err
		}
		row, err := builtinmod.Collect(thread, v)
		if err != nil {
			return nil, err
		}
		return starlark.Call(thread, args[0], row, nil)
	})
}

// tee is tee(iterable, n=2).
func tee(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(kwargs) > 0 {
		return nil, py.TypeError.Errorf("tee() takes no keyword arguments")
	}
	if len(args) < 1 || len(args) > 2 {
		bound := "least 1 argument"
		if len(args) > 2 {
			bound = "most 2 arguments"
		}
		return nil, py.TypeError.Errorf("function takes at %s (%d given)", bound, len(args))
	}
	n := 2
	if len(args) > 1 {
		var err error
		if n, err = py.CInt(args[1]); err != nil {
			return nil, err
		}
		if n < 0 {
			return nil, py.ValueError.Errorf("n must be >= 0")
		}
	}
	next, err := builtinmod.Steps(thread, args[0])
	if err != nil {
		return nil, err
	}
	if err := host.Reserve(thread, min(int64(n), 1<<40)*4*valueSize); err != nil {
		return nil, err
	}
	if n > maxPool {
		return nil, py.MemoryError.New(nil)
	}
	// What one has taken and others have not waits in a list, which lives as long as one of them is in it.
	type link struct {
		v    starlark.Value
		next *link
	}
	first, tees := new(link), make(starlark.Tuple, n)
	for i := range tees {
		at := first
		tees[i] = builtinmod.NewIterator(thread, "itertools.tee", func() (starlark.Value, error) {
			if at.next == nil {
				v, err := next()
				if v == nil || err != nil {
					return nil, err
				}
				if at.next == nil { // else next asked this iterator
					at.next = &link{v: v}
				}
			}
			at = at.next
			return at.v, nil
		})
	}
	return tees, nil
}
