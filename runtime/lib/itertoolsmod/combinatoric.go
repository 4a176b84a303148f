package itertoolsmod

import (
	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/lib/builtinmod"
	"starwire/runtime/py"
)

// maxPool bounds the values of one item.
const maxPool = 1 << 26

// picked returns the items of the pool that the indices name.
func picked(thread *starlark.Thread, pool []starlark.Value, indices []int) (starlark.Value, error) {
	if err := charge(thread, len(indices)); err != nil {
		return nil, err
	}
	items := make(starlark.Tuple, len(indices))
	for i, at := range indices {
		items[i] = pool[at]
	}
	return items, nil
}

// charge asks for the room of an item of n values, and counts the work.
func charge(thread *starlark.Thread, n int) error {
	if n < 1<<10 {
		return nil
	}
	if err := host.Reserve(thread, int64(n)*valueSize); err != nil {
		return err
	}
	return host.Spend(thread, n/perStep)
}

// indicesUpTo returns 0, 1, …, n-1.
func indicesUpTo(thread *starlark.Thread, n int) ([]int, error) {
	if n > maxPool {
		return nil, py.MemoryError.New(nil)
	}
	if err := charge(thread, n); err != nil {
		return nil, err
	}
	indices := make([]int, n)
	for i := range indices {
		indices[i] = i
	}
	return indices, nil
}

// product is product(*iterables, repeat=1).
func product(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	times := 1
	for _, kv := range kwargs {
		if name, _ := starlark.AsString(kv[0]); name != "repeat" {
			return nil, py.TypeError.Errorf("'%s' is an invalid keyword argument for this function", name)
		}
	}
	for _, kv := range kwargs {
		var err error
		if times, err = py.CInt(kv[1]); err != nil {
			return nil, err
		}
		if times < 0 {
			return nil, py.ValueError.Errorf("repeat argument cannot be negative")
		}
	}
	if len(args) == 0 {
		times = 0
	}
	pools := make([][]starlark.Value, len(args))
	for i, arg := range args {
		items, err := builtinmod.Collect(thread, arg)
		if err != nil {
			return nil, err
		}
		pools[i] = items
	}
	if times > maxPool/max(len(args), 1) {
		return nil, py.MemoryError.New(nil)
	}
	n := times * len(args)
	if err := charge(thread, n); err != nil {
		return nil, err
	}
	at := make([]int, n)
	begun, done := false, false
	return iterator(thread, b, func() (starlark.Value, error) {
		if done {
			return nil, nil
		}
		if begun {
			i := n - 1
			for ; i >= 0; i-- {
				if at[i]++; at[i] < len(pools[i%len(pools)]) {
					break
				}
				at[i] = 0
			}
			done = i < 0
		} else {
			for i := range n {
				done = done || len(pools[i%len(pools)]) == 0
			}
		}
		begun = true
		if done {
			return nil, nil
		}
		if err := charge(thread, n); err != nil {
			return nil, err
		}
		items := make(starlark.Tuple, n)
		for i := range items {
			items[i] = pools[i%len(pools)][at[i]]
		}
		return items, nil
	})
}

// pool reads the arguments iterable and r.
func pool(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple, optional bool) ([]starlark.Value, int, error) {
	var seq, r starlark.Value
	if err := py.UnpackAny(b.Name(), args, kwargs, "iterable?", &seq, "r?", &r); err != nil {
		return nil, 0, err
	}
	if seq == nil {
		return nil, 0, missing("iterable", 1)
	}
	if r == nil && !optional {
		return nil, 0, missing("r", 2)
	}
	items, err := builtinmod.Collect(thread, seq)
	if err != nil {
		return nil, 0, err
	}
	if r == nil || optional && r == starlark.None {
		return items, len(items), nil
	}
	n, err := py.CInt(r)
	if err == nil && n < 0 {
		err = py.ValueError.Errorf("r must be non-negative")
	}
	return items, n, err
}

// permutations is permutations(iterable, r=None).
//
// itertoolsmodule.c, permutations_next.
func permutations(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	items, r, err := pool(thread, b, args, kwargs, true)
	if err != nil {
		return nil, err
	}
	n := len(items)
	indices, err := indicesUpTo(thread, n)
	if err != nil {
		return nil, err
	}
	cycles := make([]int, min(r, n))
	for i := range cycles {
		cycles[i] = n - i
	}
	begun, done := false, r > n
	return iterator(thread, b, func() (starlark.Value, error) {
		if done {
			return nil, nil
		}
		if begun {
			i := r - 1
			for ; i >= 0; i-- {
				if cycles[i]--; cycles[i] > 0 {
					j := n - cycles[i]
					indices[i], indices[j] = indices[j], indices[i]
					break
				}
				first := indices[i]
				copy(indices[i:], indices[i+1:])
				indices[n-1] = first
				cycles[i] = n - i
				if err := charge(thread, n-i); err != nil {
					return nil, err
				}
			}
			if done = i < 0; done {
				return nil, nil
			}
		}
		begun = true
		return picked(thread, items, indices[:r])
	})
}

// combinations is combinations(iterable, r) and combinations_with_replacement.
//
// itertoolsmodule.c, combinations_next and cwr_next.
func combinations(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	items, r, err := pool(thread, b, args, kwargs, false)
	if err != nil {
		return nil, err
	}
	n, again := len(items), b.Name() != "combinations"
	done := r > n
	if again {
		done = n == 0 && r > 0
	}
	var indices []int
	if !done {
		if indices, err = indicesUpTo(thread, r); err != nil {
			return nil, err
		}
		if again {
			clear(indices)
		}
	}
	begun := false
	return iterator(thread, b, func() (starlark.Value, error) {
		if done {
			return nil, nil
		}
		if begun {
			last := func(i int) int { // the largest index that may be at i
				if again {
					return n - 1
				}
				return i + n - r
			}
			i := r - 1
			for i >= 0 && indices[i] == last(i) {
				i--
			}
			if done = i < 0; done {
				return nil, nil
			}
			indices[i]++
			for j := i + 1; j < r; j++ {
				if indices[j] = indices[j-1]; !again {
					indices[j]++
				}
			}
		}
		begun = true
		return picked(thread, items, indices)
	})
}
