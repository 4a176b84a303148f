package randommod

import (
	"math"
	"math/big"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/py"
)

// random is random(): a float of [0, 1).
func random(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := py.UnpackArgs(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	f, err := generatorOf(b).random()
	return starlark.Float(f), err
}

// seed is seed(a=None).
func seed(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var from starlark.Value = starlark.None
	if err := py.UnpackArgs(b.Name(), args, kwargs, "a?", &from); err != nil {
		return nil, err
	}
	return starlark.None, generatorOf(b).reseed(from)
}

// maxBits bounds what getrandbits draws.
const maxBits = 1 << 20

// getRandBits is getrandbits(k).
func getRandBits(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var k int
	if err := py.UnpackArgs(b.Name(), args, kwargs, "k", &k); err != nil {
		return nil, err
	}
	switch {
	case k <= 0:
		return nil, py.ValueError.Errorf("number of bits must be greater than zero")
	case k > maxBits:
		return nil, py.OverflowError.Errorf("at most %d bits", maxBits)
	}
	if err := host.Spend(thread, k/32); err != nil {
		return nil, err
	}
	n, err := generatorOf(b).bits(k)
	if err != nil {
		return nil, err
	}
	return starlark.MakeBigInt(n), nil
}

// randInt is randint(a, b): an int of [a, b].
func randInt(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var from, to starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "a", &from, "b", &to); err != nil {
		return nil, err
	}
	i, err := integer(from, "arg 1")
	if err != nil {
		return nil, err
	}
	j, err := integer(to, "stop")
	if err != nil {
		return nil, err
	}
	return generatorOf(b).inRange(i, j.Add(starlark.MakeInt(1)), starlark.MakeInt(1), true)
}

// randRange is randrange(stop) and randrange(start, stop, step=1).
//
// random.py, Random.randrange.
func randRange(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var startV, stopV, stepV starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "start", &startV, "stop??", &stopV, "step??", &stepV); err != nil {
		return nil, err
	}
	start, err := integer(startV, "arg 1")
	if err != nil {
		return nil, err
	}
	if stopV == nil {
		if start.Sign() <= 0 {
			return nil, py.ValueError.Errorf("empty range for randrange()")
		}
		return generatorOf(b).inRange(starlark.MakeInt(0), start, starlark.MakeInt(1), true)
	}
	stop, err := integer(stopV, "stop")
	if err != nil {
		return nil, err
	}
	step, plain := starlark.MakeInt(1), true
	if stepV != nil {
		if step, err = integer(stepV, "step"); err != nil {
			return nil, err
		}
		one, ok := step.Int64()
		plain = ok && one == 1
	}
	return generatorOf(b).inRange(start, stop, step, plain)
}

// integer returns what a number with nothing behind its point is.
func integer(v starlark.Value, which string) (starlark.Int, error) {
	switch v := v.(type) {
	case starlark.Int:
		return v, nil
	case starlark.Bool:
		if v {
			return starlark.MakeInt(1), nil
		}
		return starlark.MakeInt(0), nil
	case starlark.Float:
		if n, err := starlark.NumberToInt(v); err == nil && n.Float() == v {
			return n, nil
		}
	}
	return starlark.Int{}, py.ValueError.Errorf("non-integer %s for randrange()", which)
}

// inRange returns start + step*i for an i of those below stop.
func (g *generator) inRange(start, stop, step starlark.Int, plain bool) (starlark.Value, error) {
	width := stop.Sub(start)
	if plain {
		if width.Sign() <= 0 {
			return nil, py.ValueError.Errorf("empty range for randrange() (%s,%s, %s)", start, stop, width)
		}
		n, err := g.choose(width)
		return start.Add(n), err
	}
	one := starlark.MakeInt(1)
	switch step.Sign() {
	case 0:
		return nil, py.ValueError.Errorf("zero step for randrange()")
	case 1:
		width = width.Add(step).Sub(one).Div(step)
	default:
		width = width.Add(step).Add(one).Div(step)
	}
	if width.Sign() <= 0 {
		return nil, py.ValueError.Errorf("empty range for randrange()")
	}
	n, err := g.choose(width)
	return start.Add(step.Mul(n)), err
}

// choose returns a number of [0, n).
//
// random.py, Random._randbelow and randrange.
func (g *generator) choose(n starlark.Int) (starlark.Int, error) {
	if small, ok := n.Int64(); ok && small < 1<<53 {
		f, err := g.random()
		return starlark.MakeInt64(int64(f * float64(small))), err
	}
	limit := n.BigInt()
	if limit.BitLen() > maxBits {
		return starlark.Int{}, py.OverflowError.Errorf("at most %d bits", maxBits)
	}
	last, _ := new(big.Float).SetInt(new(big.Int).Sub(limit, big.NewInt(1))).Float64()
	k := limit.BitLen()
	if !math.IsInf(last, 0) {
		k = int(1.00001 + math.Log2(last))
	}
	for {
		r, err := g.bits(k)
		if err != nil || r.Cmp(limit) < 0 {
			return starlark.MakeBigInt(r), err
		}
	}
}

// choice is choice(seq).
func choice(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var v starlark.Value
	if err := py.UnpackAny(b.Name(), args, kwargs, "seq", &v); err != nil {
		return nil, err
	}
	seq, ok := v.(starlark.Indexable)
	if !ok {
		return nil, py.TypeError.Errorf("object of type '%s' has no len()", py.TypeName(v))
	}
	i, err := generatorOf(b).below(seq.Len())
	if err != nil {
		return nil, err
	}
	if seq.Len() == 0 {
		kind := py.TypeName(v)
		if kind == "str" {
			kind = "string"
		}
		return nil, py.IndexError.Errorf("%s index out of range", kind)
	}
	return seq.Index(i), nil
}

// shuffle is shuffle(x, random=None), of a list, in place.
func shuffle(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var v starlark.Value
	var source starlark.Callable
	if err := py.UnpackArgs(b.Name(), args, kwargs, "x", &v, "random??", &source); err != nil {
		return nil, err
	}
	x, ok := v.(starlark.HasSetIndex)
	if !ok {
		return nil, py.TypeError.Errorf("'%s' object does not support item assignment", py.TypeName(v))
	}
	g := generatorOf(b)
	if err := host.Spend(thread, x.Len()); err != nil {
		return nil, err
	}
	for i := x.Len() - 1; i > 0; i-- {
		j := 0
		if source != nil {
			f, err := starlark.Call(thread, source, nil, nil)
			if err != nil {
				return nil, err
			}
			at, ok := starlark.AsFloat(f)
			if j = int(at * float64(i+1)); !ok || j < 0 || j > i || i >= x.Len() {
				return nil, py.IndexError.Errorf("list index out of range")
			}
		} else {
			var err error
			if j, err = g.below(i + 1); err != nil {
				return nil, err
			}
		}
		a, c := x.Index(i), x.Index(j)
		if err := x.SetIndex(i, c); err != nil {
			return nil, err
		}
		if err := x.SetIndex(j, a); err != nil {
			return nil, err
		}
	}
	return starlark.None, nil
}

// sample is sample(population, k).
//
// random.py, Random.sample.
func sample(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var population starlark.Value
	var k int
	if err := py.UnpackArgs(b.Name(), args, kwargs, "population", &population, "k", &k); err != nil {
		return nil, err
	}
	seq, ok := population.(starlark.Indexable)
	if !ok {
		if set, isSet := population.(*starlark.Set); isSet {
			var items starlark.Tuple
			for v := range set.Elements() {
				items = append(items, v)
			}
			seq, ok = items, true
		}
	}
	if !ok {
		return nil, py.TypeError.Errorf("object of type '%s' has no len()", py.TypeName(population))
	}
	n := seq.Len()
	if k < 0 || k > n {
		return nil, py.ValueError.Errorf("sample larger than population")
	}
	g := generatorOf(b)
	setSize := 21.0
	if k > 5 {
		setSize += math.Pow(4, math.Ceil(math.Log(float64(k)*3)/math.Log(4)))
	}
	small := float64(n) <= setSize
	cost := k
	if small {
		cost = n
	}
	if err := host.Spend(thread, cost); err != nil {
		return nil, err
	}
	const item, taking = 16, 32 // bytes: of a value in a list, of a place in the map
	size := int64(k) * (item + taking)
	if small {
		size = int64(k+n) * item
	}
	if err := host.Reserve(thread, size); err != nil {
		return nil, err
	}
	out := make([]starlark.Value, k)
	if small {
		pool := make([]starlark.Value, n)
		for i := range pool {
			pool[i] = seq.Index(i)
		}
		for i := range out {
			j, err := g.below(n - i)
			if err != nil {
				return nil, err
			}
			out[i], pool[j] = pool[j], pool[n-i-1]
		}
		return starlark.NewList(out), nil
	}
	taken := make(map[int]bool, k)
	for i := range out {
		if i%1024 == 0 { // the map takes its time
			if err := host.Spend(thread, 0); err != nil {
				return nil, err
			}
		}
		j, err := g.below(n)
		for ; err == nil && taken[j]; j, err = g.below(n) {
		}
		if err != nil {
			return nil, err
		}
		taken[j] = true
		out[i] = seq.Index(j)
	}
	return starlark.NewList(out), nil
}
