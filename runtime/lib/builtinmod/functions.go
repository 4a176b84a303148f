package builtinmod

import (
	"math/big"
	"math/bits"
	"slices"
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"starwire/runtime/host"
	"starwire/runtime/py"
)

// mapFn is map(function, *sequences), which returns a list; shorter sequences go on with None.
//
// bltinmodule.c, builtin_map.
func mapFn(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(kwargs) > 0 || len(args) < 2 {
		return nil, py.TypeError.Errorf("map() requires at least two args")
	}
	columns, rows, err := columnsOf(thread, args[1:])
	if err != nil {
		return nil, err
	}
	for _, c := range columns {
		rows = max(rows, len(c))
	}
	if err := host.Reserve(thread, int64(rows)*int64(len(columns)+2)*valueSize); err != nil {
		return nil, err
	}
	out := make([]starlark.Value, rows)
	for i := range out {
		if i%spendEvery == 0 {
			if err := host.Spend(thread, spendEvery); err != nil {
				return nil, err
			}
		}
		row := make(starlark.Tuple, len(columns))
		for j, c := range columns {
			row[j] = starlark.None
			if i < len(c) {
				row[j] = c[i]
			}
		}
		switch {
		case args[0] != starlark.None:
			if out[i], err = starlark.Call(thread, args[0], row, nil); err != nil {
				return nil, err
			}
		case len(row) == 1:
			out[i] = row[0]
		default:
			out[i] = row
		}
	}
	return starlark.NewList(out), nil
}

// columnsOf collects sequences; rows is the length of the shortest.
func columnsOf(thread *starlark.Thread, seqs starlark.Tuple) (columns [][]starlark.Value, rows int, err error) {
	for i, seq := range seqs {
		c, err := collect(thread, seq)
		if err != nil {
			return nil, 0, err
		}
		if columns = append(columns, c); i == 0 || len(c) < rows {
			rows = len(c)
		}
	}
	return columns, rows, nil
}

// zip is zip(*sequences), which returns a list.
func zip(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(kwargs) > 0 {
		return nil, py.TypeError.Errorf("zip() takes no keyword arguments")
	}
	if slices.ContainsFunc(args, func(v starlark.Value) bool { return starlark.Len(v) < 0 }) {
		return zipSteps(thread, args)
	}
	columns, rows, err := columnsOf(thread, args)
	if err != nil {
		return nil, err
	}
	if err := host.Reserve(thread, int64(rows)*int64(len(columns)+2)*valueSize); err != nil {
		return nil, err
	}
	out := make([]starlark.Value, rows)
	for i := range out {
		if i%spendEvery == 0 {
			if err := host.Spend(thread, spendEvery); err != nil {
				return nil, err
			}
		}
		row := make(starlark.Tuple, len(columns))
		for j, c := range columns {
			row[j] = c[i]
		}
		out[i] = row
	}
	return starlark.NewList(out), nil
}

// zipSteps is zip of what has no length, and so may have no end: it takes an item of each, until one has
// no more.
func zipSteps(thread *starlark.Thread, seqs starlark.Tuple) (starlark.Value, error) {
	steps := make([]Step, len(seqs))
	for i, seq := range seqs {
		it, err := newIterator(thread, seq)
		if err != nil {
			return nil, py.TypeError.Errorf("zip argument #%d must support iteration", i+1)
		}
		steps[i] = it.step
	}
	out := new(starlark.List)
	for n := 1; n <= maxItems; n++ {
		row := make(starlark.Tuple, len(steps))
		for i, step := range steps {
			v, err := step()
			if v == nil || err != nil {
				return out, err
			}
			row[i] = v
		}
		if err := out.Append(row); err != nil {
			return nil, err
		}
		if n%spendEvery == 0 {
			if err := host.Spend(thread, spendEvery); err != nil {
				return nil, err
			}
		}
	}
	return nil, py.MemoryError.New(nil)
}

// filter is filter(function or None, sequence): of a string a string, of a tuple a tuple, else a list.
//
// bltinmodule.c, builtin_filter.
func filter(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var fn, seq starlark.Value
	if err := unpack(b, args, kwargs, 2, &fn, &seq); err != nil {
		return nil, err
	}
	var kept []starlark.Value
	err := each(thread, seq, func(v starlark.Value) (bool, error) {
		keep := v
		if fn != starlark.None {
			var err error
			if keep, err = starlark.Call(thread, fn, starlark.Tuple{v}, nil); err != nil {
				return false, err
			}
		}
		if keep.Truth() {
			kept = append(kept, v)
		}
		return true, nil
	})
	if err != nil {
		return nil, err
	}
	switch seq.(type) {
	case starlark.String, *py.Unicode:
		var s strings.Builder
		for _, v := range kept {
			s.WriteString(py.Str(v))
		}
		if py.IsUnicode(seq) {
			return py.Text(s.String()), nil
		}
		return starlark.String(s.String()), nil
	case starlark.Tuple:
		return starlark.Tuple(kept), nil
	}
	return starlark.NewList(kept), nil
}

// reduce is reduce(function, sequence[, initial]).
func reduce(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var fn, seq, total starlark.Value
	if err := unpack(b, args, kwargs, 2, &fn, &seq, &total); err != nil {
		return nil, err
	}
	err := each(thread, seq, func(v starlark.Value) (bool, error) {
		if total == nil {
			total = v
			return true, nil
		}
		var err error
		total, err = starlark.Call(thread, fn, starlark.Tuple{total, v}, nil)
		return true, err
	})
	if err == nil && total == nil {
		err = py.TypeError.Errorf("reduce() of empty sequence with no initial value")
	}
	return total, err
}

// enumerate is enumerate(sequence, start=0); it returns a list.
func enumerate(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var seq starlark.Value
	start := starlark.MakeInt(0)
	if err := py.UnpackAny(b.Name(), args, kwargs, "sequence", &seq, "start?", &start); err != nil {
		return nil, err
	}
	it, err := newIterator(thread, seq)
	if err != nil {
		return nil, err
	}
	n, one := start, starlark.MakeInt(1)
	return NewIterator(thread, "enumerate", func() (starlark.Value, error) {
		v, err := it.step()
		if v == nil || err != nil {
			return nil, err
		}
		pair := starlark.Tuple{n, v}
		n = n.Add(one)
		return pair, nil
	}), nil
}

// reversed is reversed(sequence).
func reversed(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var seq starlark.Value
	if err := unpack(b, args, kwargs, 1, &seq); err != nil {
		return nil, err
	}
	d, isDict := seq.(*py.SubDict)
	if _, ok := seq.(starlark.Indexable); !ok && !(isDict && d.Kind().Ordered) {
		return nil, py.TypeError.Errorf("argument to reversed() must be a sequence")
	}
	items, err := collect(thread, seq)
	if err != nil {
		return nil, err
	}
	i := len(items)
	return &iterator{thread, "reversed", func() (starlark.Value, error) {
		if i == 0 {
			return nil, nil
		}
		i--
		return items[i], nil
	}}, nil
}

// anyAll is any(iterable) and all(iterable).
func anyAll(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var seq starlark.Value
	if err := unpack(b, args, kwargs, 1, &seq); err != nil {
		return nil, err
	}
	found := starlark.Bool(b.Name() == "all")
	err := each(thread, seq, func(v starlark.Value) (bool, error) {
		if v.Truth() != found {
			found = !found
			return false, nil
		}
		return true, nil
	})
	return found, err
}

// rangeFn is range(stop) and range(start, stop, step=1): a list.
func rangeFn(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	r, err := xrange(thread, b, args, kwargs)
	if err != nil {
		return nil, err
	}
	if n := starlark.Len(r); n > maxItems {
		return nil, py.MemoryError.New(nil)
	}
	items, err := collect(thread, r)
	if err != nil {
		return nil, err
	}
	return starlark.NewList(items), nil
}

// xrange is xrange(stop) and xrange(start, stop, step=1).
func xrange(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(kwargs) > 0 {
		return nil, py.TypeError.Errorf("%s() does not take keyword arguments", b.Name())
	}
	limits := make(starlark.Tuple, len(args))
	for i, arg := range args {
		n, _ := number(arg)
		if _, ok := n.(starlark.Int); !ok {
			part := []string{"start", "end", "step"}[min(i, 2)]
			if len(args) == 1 {
				part = "end"
			}
			return nil, py.TypeError.Errorf("%s() integer %s argument expected, got %s.", b.Name(), part, py.TypeName(arg))
		}
		limits[i] = n
	}
	switch {
	case len(args) == 0:
		return nil, py.TypeError.Errorf("%s() requires 1-3 int arguments", b.Name())
	case len(args) == 3 && limits[2].(starlark.Int).Sign() == 0:
		if b.Name() == "range" {
			return nil, py.ValueError.Errorf("range() step argument must not be zero")
		}
		return nil, py.ValueError.Errorf("xrange() arg 3 must not be zero")
	}
	return starlark.Call(thread, starlark.Universe["range"], limits, nil)
}

// length is len(x).
func length(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x starlark.Value
	if err := unpack(b, args, kwargs, 1, &x); err != nil {
		return nil, err
	}
	n := starlark.Len(x)
	if is[*py.Exception](x) { // which has items, and no length
		n = -1
	}
	if n < 0 {
		if n := attrOf(x, "__len__"); n != nil {
			return starlark.Call(new(starlark.Thread), n, nil, nil)
		}
		return nil, py.TypeError.Errorf("object of type '%s' has no len()", py.TypeName(x))
	}
	return starlark.MakeInt(n), nil
}

// repr is repr(x).
func repr(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x starlark.Value
	if err := unpack(b, args, kwargs, 1, &x); err != nil {
		return nil, err
	}
	s, err := texter(thread).Repr(x)
	if err != nil {
		return nil, err
	}
	return result(thread, s)
}

// format is format(value, spec="").
func format(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x starlark.Value
	var specText starlark.String
	if err := unpack(b, args, kwargs, 1, &x, &specText); err != nil {
		return nil, err
	}
	spec := string(specText)
	if u, ok := x.(*py.Unicode); ok {
		s, err := formatUnicode(u, spec)
		if err != nil {
			return nil, err
		}
		return textResult(thread, s)
	}
	s, err := formatSpec(thread, x, spec)
	if err == nil && (py.IsUnicode(x) || py.IsUnicode(specText)) {
		return py.Text(s), nil
	}
	return py.Bytes(s), err
}

// callable is callable(x).
func callable(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x starlark.Value
	if err := unpack(b, args, kwargs, 1, &x); err != nil {
		return nil, err
	}
	return starlark.Bool(isCallable(x)), nil
}

// apply is apply(function, args=(), kwargs={}).
func apply(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var fn starlark.Value
	var of starlark.Value = starlark.Tuple{}
	keywords := new(starlark.Dict)
	if err := unpack(b, args, kwargs, 1, &fn, &of, &keywords); err != nil {
		return nil, err
	}
	positional, err := collect(thread, of)
	if err != nil {
		return nil, err
	}
	for _, item := range keywords.Items() {
		if !is[starlark.String](item[0]) {
			return nil, py.TypeError.Errorf("keywords must be strings")
		}
	}
	return starlark.Call(thread, fn, positional, keywords.Items())
}

// hash is hash(x). The number is not CPython's.
func hash(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x starlark.Value
	if err := unpack(b, args, kwargs, 1, &x); err != nil {
		return nil, err
	}
	if err := hashable(x); err != nil {
		return nil, err
	}
	n, err := x.Hash()
	if err != nil {
		return nil, err
	}
	return starlark.MakeUint64(uint64(n)), nil
}

// pow is pow(x, y[, z]); power is the operator **.
func pow(power function) function {
	return func(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		var x, y, z starlark.Value
		if err := unpack(b, args, kwargs, 2, &x, &y, &z); err != nil {
			return nil, err
		}
		if z == nil || z == starlark.None {
			return power(thread, b, args[:2], nil)
		}
		nx, okX := x.(starlark.Int)
		ny, okY := y.(starlark.Int)
		nz, okZ := z.(starlark.Int)
		switch {
		case !okX || !okY || !okZ:
			return nil, py.TypeError.Errorf("pow() 3rd argument not allowed unless all arguments are integers")
		case ny.Sign() < 0:
			return nil, py.TypeError.Errorf("pow() 2nd argument cannot be negative when 3rd argument specified")
		case nz.Sign() == 0:
			return nil, py.ValueError.Errorf("pow() 3rd argument cannot be 0")
		}
		if err := host.Spend(thread, ny.BigInt().BitLen()); err != nil {
			return nil, err
		}
		n, err := powMod(thread, nx.BigInt(), ny.BigInt(), nz.BigInt())
		if err != nil {
			return nil, err
		}
		return starlark.Binary(syntax.PERCENT, starlark.MakeBigInt(n), nz)
	}
}

// maxPowMod bounds what Exp does at once: multiplications of one word. It is enough
// for numbers of 8192 bits, and takes a tenth of a second.
const maxPowMod = 1 << 28

// powMod is x**y modulo z but for the sign. Of large numbers it looks at the run's end
// at each bit of y.
func powMod(thread *starlark.Thread, x, y, z *big.Int) (*big.Int, error) {
	words := int64(z.BitLen()/bits.UintSize + 1)
	if words*words <= maxPowMod/int64(y.BitLen()+1) {
		return new(big.Int).Exp(x, y, z), nil
	}
	z = new(big.Int).Abs(z)
	x = new(big.Int).Mod(x, z)
	n := new(big.Int).Mod(big.NewInt(1), z)
	for i := y.BitLen() - 1; i >= 0; i-- {
		n.Mod(n.Mul(n, n), z)
		if y.Bit(i) == 1 {
			n.Mod(n.Mul(n, x), z)
		}
		if err := host.Spend(thread, int(words)); err != nil {
			return nil, err
		}
	}
	return n, nil
}
