package builtinmod

import (
	"slices"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/py"
)

// An order is what sorted, list.sort, min and max go by.
type order struct {
	cmp, key starlark.Value // nil for none
	reverse  bool
}

// sortOptions unpacks (cmp=None, key=None, reverse=False).
func sortOptions(b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (order, error) {
	var o order
	var reverse starlark.Value = starlark.False
	if err := py.UnpackAny(b.Name(), args, kwargs, "cmp??", &o.cmp, "key??", &o.key, "reverse?", &reverse); err != nil {
		return o, err
	}
	o.reverse = bool(reverse.Truth())
	return o, nil
}

// keyed returns key(v), or v.
func (o *order) keyed(thread *starlark.Thread, v starlark.Value) (starlark.Value, error) {
	if o.key == nil {
		return v, nil
	}
	return starlark.Call(thread, o.key, starlark.Tuple{v}, nil)
}

func (o *order) compare(thread *starlark.Thread, x, y starlark.Value) (int, error) {
	if o.cmp == nil {
		return compare(thread, x, y)
	}
	v, err := starlark.Call(thread, o.cmp, starlark.Tuple{x, y}, nil)
	if err != nil {
		return 0, err
	}
	return outcome(v)
}

// sort sorts the items, equal ones in the order they have. The first error ends the comparing.
//
// listobject.c, listsort.
func (o *order) sort(thread *starlark.Thread, items []starlark.Value) error {
	type keyed struct{ key, item starlark.Value }
	all := make([]keyed, len(items))
	for i, item := range items {
		key, err := o.keyed(thread, item)
		if err != nil {
			return err
		}
		all[i] = keyed{key, item}
	}
	if o.reverse { // equal ones keep their order this way
		slices.Reverse(all)
	}
	var failed error
	n := 0
	slices.SortStableFunc(all, func(x, y keyed) int {
		if failed != nil {
			return 0
		}
		if n++; n%1024 == 0 {
			failed = host.Spend(thread, 1024)
		}
		c, err := o.compare(thread, x.key, y.key)
		if err != nil {
			failed = err
			return 0
		}
		return c
	})
	if failed != nil {
		return failed
	}
	if o.reverse {
		slices.Reverse(all)
	}
	for i := range all {
		items[i] = all[i].item
	}
	return nil
}

// sorted is sorted(iterable, cmp=None, key=None, reverse=False).
func sorted(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(args) == 0 {
		return nil, py.TypeError.Errorf("Required argument 'iterable' (pos 1) not found")
	}
	o, err := sortOptions(b, args[1:], kwargs)
	if err != nil {
		return nil, err
	}
	items, err := collect(thread, args[0])
	if err != nil {
		return nil, err
	}
	if err := o.sort(thread, items); err != nil {
		return nil, err
	}
	return starlark.NewList(items), nil
}

// Sorted is sorted(iterable).
func Sorted(thread *starlark.Thread, iterable starlark.Value) (*starlark.List, error) {
	items, err := collect(thread, iterable)
	if err != nil {
		return nil, err
	}
	var o order
	if err := o.sort(thread, items); err != nil {
		return nil, err
	}
	return starlark.NewList(items), nil
}

// extreme is min and max: of an iterable, or of the arguments.
//
// bltinmodule.c, min_max.
func extreme(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var o order
	if err := py.UnpackAny(b.Name(), nil, kwargs, "key??", &o.key); err != nil {
		return nil, err
	}
	var seq starlark.Value = args
	switch len(args) {
	case 0:
		return nil, py.TypeError.Errorf("%s expected 1 arguments, got 0", b.Name())
	case 1:
		seq = args[0]
	}
	var best, bestKey starlark.Value
	err := each(thread, seq, func(v starlark.Value) (bool, error) {
		key, err := o.keyed(thread, v)
		if err != nil {
			return false, err
		}
		if best != nil {
			c, err := compare(thread, key, bestKey)
			if err != nil || b.Name() == "max" && c <= 0 || b.Name() == "min" && c >= 0 {
				return err == nil, err
			}
		}
		best, bestKey = v, key
		return true, nil
	})
	if err == nil && best == nil {
		err = py.ValueError.Errorf("%s() arg is an empty sequence", b.Name())
	}
	return best, err
}

// cmp is cmp(x, y).
func cmp(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x, y starlark.Value
	if err := unpack(b, args, kwargs, 2, &x, &y); err != nil {
		return nil, err
	}
	n, err := compare(thread, x, y)
	return sign(n), err
}
