package collectionsmod

import (
	"slices"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"starwire/runtime/host"
	"starwire/runtime/lazy"
	"starwire/runtime/lib/builtinmod"
	"starwire/runtime/py"
)

var (
	counters       lazy.Value[*py.DictKind]
	counterMethods lazy.Methods
)

// counterKind returns the class Counter.
//
// collections.py, Counter.
func counterKind() *py.DictKind {
	return counters.Get(func() *py.DictKind {
		return &py.DictKind{
			Module: "collections", Class: "Counter", Lenient: true,
			Make: func(thread *starlark.Thread, k *py.DictKind, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
				d := k.New(thread, new(starlark.Dict))
				return d, count(thread, d, syntax.PLUS, args, kwargs)
			},
			Missing: func(*py.SubDict, starlark.Value) (starlark.Value, error) { return starlark.MakeInt(0), nil },
			Get:     dictAttr(&counterMethods, counterFunctions),
			Names:   dictNames(&counterMethods, counterFunctions),
			Static: func(_ *py.DictKind, name string) starlark.Value {
				if name == "fromkeys" {
					return counterMethods.Get(counterFunctions)[name]
				}
				return nil
			},
			Parts:  counterParts,
			Binary: counterBinary,
		}
	})
}

func counterFunctions() map[string]lazy.Method {
	return map[string]lazy.Method{
		"copy": func(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			if err := noArgs(b, args, kwargs); err != nil {
				return nil, err
			}
			d := b.Receiver().(*py.SubDict)
			held, err := copyOf(thread, d.Dict())
			if err != nil {
				return nil, err
			}
			return d.Kind().New(thread, held), nil
		},
		"elements": counterElements,
		"fromkeys": func(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
			return nil, py.NotImplementedError.Errorf("Counter.fromkeys() is undefined.  Use Counter(iterable) instead.")
		},
		"most_common": mostCommon,
		"subtract": func(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			return starlark.None, count(thread, b.Receiver().(*py.SubDict), syntax.MINUS, args, kwargs)
		},
		"update": func(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			return starlark.None, count(thread, b.Receiver().(*py.SubDict), syntax.PLUS, args, kwargs)
		},
	}
}

// arithmetic is x + y or x - y of two counts.
func arithmetic(thread *starlark.Thread, op syntax.Token, x, y starlark.Value) (starlark.Value, error) {
	if op == syntax.PLUS {
		return builtinmod.Add(thread, nil, starlark.Tuple{x, y}, nil)
	}
	return builtinmod.Plain(syntax.MINUS)(thread, nil, starlark.Tuple{x, y}, nil)
}

// tally returns what is counted under a key, 0 if there is none.
func tally(d *starlark.Dict, key starlark.Value) (starlark.Value, error) {
	v, found, err := d.Get(key)
	if err != nil || found {
		return v, err
	}
	return starlark.MakeInt(0), nil
}

// count adds to the counts, or takes from them, those of a mapping, or one for each item of an iterable,
// and then those of the keyword arguments.
//
// collections.py, Counter.update and Counter.subtract.
func count(thread *starlark.Thread, d *py.SubDict, op syntax.Token, args starlark.Tuple, kwargs []starlark.Tuple) error {
	if err := atMostOne(args); err != nil {
		return err
	}
	add := func(key, n starlark.Value) error {
		if err := builtinmod.Hashable(key); err != nil {
			return err
		}
		old, err := tally(d.Dict(), key)
		if err != nil {
			return err
		}
		sum, err := arithmetic(thread, op, old, n)
		if err != nil {
			return err
		}
		return d.Dict().SetKey(key, sum)
	}
	var tick builtinmod.Ticker
	addAll := func(items []starlark.Tuple, empty bool) error {
		for _, item := range items {
			if err := tick.Tick(thread); err != nil {
				return err
			}
			if empty { // what is no number may be counted, too
				if err := d.Dict().SetKey(item[0], item[1]); err != nil {
					return err
				}
				continue
			}
			if err := add(item[0], item[1]); err != nil {
				return err
			}
		}
		return nil
	}
	if len(args) == 1 && args[0] != starlark.None {
		if m, ok := args[0].(starlark.IterableMapping); ok {
			if err := addAll(m.Items(), op == syntax.PLUS && d.Len() == 0); err != nil {
				return err
			}
		} else if err := builtinmod.Each(thread, args[0], func(key starlark.Value) (bool, error) {
			return true, add(key, starlark.MakeInt(1))
		}); err != nil {
			return err
		}
	}
	return addAll(kwargs, op == syntax.PLUS && d.Len() == 0)
}

// byCount returns the items, the largest counts first.
func byCount(thread *starlark.Thread, d *py.SubDict) ([]starlark.Tuple, error) {
	if err := host.Reserve(thread, int64(d.Len())*2*itemSize); err != nil {
		return nil, err
	}
	items := d.Items()
	var failed error
	var tick builtinmod.Ticker
	slices.SortStableFunc(items, func(x, y starlark.Tuple) (n int) {
		if failed == nil {
			failed = tick.Tick(thread)
		}
		if failed == nil {
			n, failed = builtinmod.Compare(thread, y[1], x[1])
		}
		return n
	})
	return items, failed
}

// mostCommon is Counter.most_common(n=None).
func mostCommon(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var limit starlark.Value = starlark.None
	if err := py.UnpackAny(b.Name(), args, kwargs, "n?", &limit); err != nil {
		return nil, err
	}
	items, err := byCount(thread, b.Receiver().(*py.SubDict))
	if err != nil {
		return nil, err
	}
	if limit != starlark.None {
		n, ok := limit.(starlark.Int)
		if !ok {
			return nil, py.TypeError.Errorf("an integer is required")
		}
		if most, ok := n.Int64(); ok && most < int64(len(items)) {
			items = items[:max(most, 0)]
		} else if n.Sign() < 0 {
			items = nil
		}
	}
	values := make([]starlark.Value, len(items))
	for i, item := range items {
		values[i] = item
	}
	return starlark.NewList(values), nil
}

// counterElements is Counter.elements(): each key as often as it was counted.
func counterElements(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := noArgs(b, args, kwargs); err != nil {
		return nil, err
	}
	d := b.Receiver().(*py.SubDict)
	if err := host.Reserve(thread, int64(d.Len())*itemSize); err != nil {
		return nil, err
	}
	items, at, left, one := d.Items(), -1, starlark.MakeInt(0), starlark.MakeInt(1)
	return builtinmod.NewIterator(thread, "itertools.chain", func() (starlark.Value, error) {
		for left.Sign() <= 0 {
			if at++; at >= len(items) {
				at = len(items)
				return nil, nil
			}
			switch n := items[at][1].(type) {
			case starlark.Int:
				left = n
			case starlark.Bool:
				if n {
					left = one
				}
			default:
				_, err := py.CInt(n)
				return nil, err
			}
		}
		left = left.Sub(one)
		return items[at][0], nil
	}), nil
}

// counterParts is what repr shows: the counts, the largest first.
func counterParts(d *py.SubDict) []starlark.Value {
	if d.Len() == 0 {
		return nil
	}
	thread, release := running(d)
	defer release()
	items, err := byCount(thread, d)
	if err != nil {
		return []starlark.Value{d.Dict()}
	}
	shown := starlark.NewDict(len(items))
	for _, item := range items {
		if err := shown.SetKey(item[0], item[1]); err != nil {
			return []starlark.Value{d.Dict()}
		}
	}
	return []starlark.Value{shown}
}

// counterBinary is + - | & of two Counters: what is positive of the sums, the differences, the larger and
// the smaller counts.
//
// collections.py, Counter.__add__ and those behind it.
func counterBinary(x *py.SubDict, op syntax.Token, other starlark.Value, side starlark.Side) (starlark.Value, error) {
	y, ok := other.(*py.SubDict)
	if !ok || y.Kind() != x.Kind() || side == starlark.Right {
		return nil, noOperator(x, op, other, side)
	}
	thread, release := running(x)
	defer release()
	zero := starlark.MakeInt(0)
	result := x.Kind().New(thread, new(starlark.Dict))
	var tick builtinmod.Ticker
	put := func(key, n starlark.Value) error {
		if err := tick.Tick(thread); err != nil {
			return err
		}
		if c, err := builtinmod.Compare(thread, n, zero); err != nil || c <= 0 {
			return err
		}
		return result.Dict().SetKey(key, n)
	}
	if err := host.Reserve(thread, int64(x.Len())*itemSize); err != nil {
		return nil, err
	}
	for key, n := range x.Entries() {
		m, err := tally(y.Dict(), key)
		if err != nil {
			return nil, err
		}
		switch op {
		case syntax.PLUS, syntax.MINUS:
			n, err = arithmetic(thread, op, n, m)
		default:
			var c int
			if c, err = builtinmod.Compare(thread, n, m); c < 0 == (op == syntax.PIPE) {
				n = m
			}
		}
		if err != nil {
			return nil, err
		}
		if err := put(key, n); err != nil {
			return nil, err
		}
	}
	if op == syntax.AMP {
		return result, nil
	}
	for key, n := range y.Entries() {
		if err := tick.Tick(thread); err != nil {
			return nil, err
		}
		if found, err := x.Has(key); found || err != nil {
			if err != nil {
				return nil, err
			}
			continue
		}
		if op == syntax.MINUS {
			var err error
			if n, err = arithmetic(thread, op, zero, n); err != nil {
				return nil, err
			}
		}
		if err := put(key, n); err != nil {
			return nil, err
		}
	}
	return result, nil
}

// noOperator is the TypeError of an operator with what is no Counter; nil of one that y may have.
func noOperator(x *py.SubDict, op syntax.Token, y starlark.Value, side starlark.Side) error {
	switch op {
	case syntax.PLUS, syntax.MINUS, syntax.PIPE, syntax.AMP:
	default:
		return nil
	}
	switch y.(type) {
	case *starlark.Dict, *starlark.List, starlark.Tuple, *starlark.Set, starlark.String, starlark.Int, starlark.Float, starlark.Bool, starlark.NoneType, *py.SubDict:
	default:
		return nil
	}
	left, right := starlark.Value(x), y
	if side == starlark.Right {
		left, right = y, x
	}
	return py.TypeError.Errorf("unsupported operand type(s) for %s: '%s' and '%s'", op, py.TypeName(left), py.TypeName(right))
}

// itemSize is the bytes that an item takes in a dict.
const itemSize = 64
