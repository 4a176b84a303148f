package builtinmod

import (
	"math"
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"starwire/runtime/host"
	"starwire/runtime/py"
)

// maxDepth bounds the containers in containers that a comparison goes into.
const maxDepth = 1000

func tooDeep() error { return py.RuntimeError.Errorf("maximum recursion depth exceeded in cmp") }

// number returns v as an Int or Float; a bool is 0 or 1.
func number(v starlark.Value) (starlark.Value, bool) {
	switch v := v.(type) {
	case starlark.Int, starlark.Float:
		return v, true
	case starlark.Bool:
		if v {
			return starlark.MakeInt(1), true
		}
		return starlark.MakeInt(0), true
	}
	return nil, false
}

// sequence returns the elements of a list, or of a tuple, named or not.
func sequence(v starlark.Value) (items starlark.Indexable, kind string) {
	switch v := v.(type) {
	case *starlark.List:
		return v, "list"
	case starlark.Tuple:
		return v, "tuple"
	case *py.Named:
		return v, "tuple"
	case py.Stepper: // a deque
		if items, ok := v.(starlark.Indexable); ok {
			return items, v.Type()
		}
	}
	return nil, ""
}

// A comparing is one comparison, which counts the values it goes through.
type comparing struct {
	thread *starlark.Thread
	work   int
}

// equal is x == y.
func equal(thread *starlark.Thread, x, y starlark.Value) (bool, error) {
	c := comparing{thread: thread}
	return c.equal(x, y, 0)
}

// compare is cmp(x, y).
func compare(thread *starlark.Thread, x, y starlark.Value) (int, error) {
	c := comparing{thread: thread}
	return c.compare(x, y, 0)
}

// spend counts n values, and looks at the run's end now and then.
func (c *comparing) spend(n int) error {
	if c.work += n; c.work < 1024 {
		return nil
	}
	n, c.work = c.work, 0
	return host.Spend(c.thread, n)
}

// equal is x == y, for which True is 1 and a time.struct_time a tuple.
func (c *comparing) equal(x, y starlark.Value, depth int) (bool, error) {
	if depth > maxDepth {
		return false, tooDeep()
	}
	if err := c.spend(1); err != nil {
		return false, err
	}
	if x, ok := x.(starlark.String); ok {
		y, ok := y.(starlark.String)
		if !ok || len(x) != len(y) {
			return false, nil
		}
		return x == y, c.spend(len(x) / host.BytesPerStep)
	}
	if nx, ok := number(x); ok {
		ny, ok := number(y)
		if !ok || isNaN(nx) { // to Starlark NaN is NaN
			return false, nil
		}
		return starlark.Equal(nx, ny)
	}
	if sx, kind := sequence(x); kind != "" {
		sy, other := sequence(y)
		if kind != other || sx.Len() != sy.Len() {
			return false, nil
		}
		for i := range sx.Len() {
			if ok, err := c.equal(sx.Index(i), sy.Index(i), depth+1); !ok || err != nil {
				return false, err
			}
		}
		return true, nil
	}
	if dx, ok := py.AsDict(x); ok {
		dy, ok := py.AsDict(y)
		if !ok || dx.Len() != dy.Len() || !py.SameOrder(x, y) {
			return false, nil
		}
		for k, v := range dx.Entries() {
			w, found, err := dy.Get(k)
			if err != nil || !found {
				return false, err
			}
			if ok, err := c.equal(v, w, depth+1); !ok || err != nil {
				return false, err
			}
		}
		return true, nil
	}
	deep := py.Comparison{Spend: c.spend}
	return deep.CompareDepth(syntax.EQL, x, y, depth)
}

// compare is cmp(x, y). Values of different types have an order, too: None, then numbers, then by the
// names of the types.
//
// object.c, default_3way_compare.
func (c *comparing) compare(x, y starlark.Value, depth int) (int, error) {
	if depth > maxDepth {
		return 0, tooDeep()
	}
	if err := c.spend(1); err != nil {
		return 0, err
	}
	if x, ok := x.(starlark.String); ok {
		if y, ok := y.(starlark.String); ok {
			if wide := py.IsUnicode(x); wide != py.IsUnicode(y) {
				narrow := string(x)
				if wide {
					narrow = string(y)
				}
				if !py.IsASCII(narrow) {
					return 0, py.NotASCII(narrow)
				}
			}
			return strings.Compare(string(x), string(y)), c.spend(min(len(x), len(y)) / host.BytesPerStep)
		}
	}
	if is[*py.Unicode](x) || is[*py.Unicode](y) {
		tx, okX, errX := py.AsText(x)
		ty, okY, errY := py.AsText(y)
		if okX && okY {
			if errX != nil {
				return 0, errX
			}
			if errY != nil {
				return 0, errY
			}
			return strings.Compare(tx, ty), c.spend(min(len(tx), len(ty)) / host.BytesPerStep)
		}
	}
	nx, xIsNumber := number(x)
	ny, yIsNumber := number(y)
	if xIsNumber && yIsNumber {
		return threeWay(nx, ny)
	}
	sx, kx := sequence(x)
	sy, ky := sequence(y)
	if kx != "" && kx == ky {
		for i := range min(sx.Len(), sy.Len()) {
			eq, err := c.equal(sx.Index(i), sy.Index(i), depth+1)
			if err != nil {
				return 0, err
			}
			if !eq {
				return c.compare(sx.Index(i), sy.Index(i), depth+1)
			}
		}
		return sx.Len() - sy.Len(), nil
	}
	eq, err := c.equal(x, y, depth)
	if eq || err != nil {
		return 0, err
	}
	if dx, ok := py.AsDict(x); ok {
		if dy, ok := py.AsDict(y); ok {
			return c.dicts(dx, dy, depth)
		}
	}
	if x.Type() == y.Type() {
		return threeWay(x, y)
	}
	return strings.Compare(rank(x, xIsNumber), rank(y, yIsNumber)), nil
}

// rank is what orders values of different types.
func rank(v starlark.Value, isNumber bool) string {
	switch {
	case v == starlark.None:
		return ""
	case isNumber:
		return "\x01"
	}
	return "\x02" + py.TypeName(v)
}

func threeWay(x, y starlark.Value) (int, error) {
	if less, err := starlark.Compare(syntax.LT, x, y); err != nil || less {
		return -1, err
	}
	more, err := starlark.Compare(syntax.GT, x, y)
	if more {
		return 1, err
	}
	return 0, err
}

// dicts orders dicts that differ: by size, then by the smallest key whose value differs.
//
// dictobject.c, dict_compare.
func (c *comparing) dicts(x, y *starlark.Dict, depth int) (int, error) {
	if n := x.Len() - y.Len(); n != 0 {
		return n, nil
	}
	kx, vx, err := c.smallestDifference(x, y, depth)
	if err != nil {
		return 0, err
	}
	ky, vy, err := c.smallestDifference(y, x, depth)
	if err != nil {
		return 0, err
	}
	if n, err := c.compare(kx, ky, depth+1); n != 0 || err != nil {
		return n, err
	}
	return c.compare(vx, vy, depth+1)
}

// smallestDifference returns the smallest key of x whose value is not y's, and the value.
func (c *comparing) smallestDifference(x, y *starlark.Dict, depth int) (key, value starlark.Value, err error) {
	for k, v := range x.Entries() {
		if w, found, _ := y.Get(k); found {
			if eq, err := c.equal(v, w, depth+1); eq || err != nil {
				if err != nil {
					return nil, nil, err
				}
				continue
			}
		}
		if key != nil {
			if n, err := c.compare(k, key, depth+1); err != nil || n >= 0 {
				if err != nil {
					return nil, nil, err
				}
				continue
			}
		}
		key, value = k, v
	}
	if key == nil {
		key, value = starlark.None, starlark.None
	}
	return key, value, nil
}

// sign makes -1, 0 or 1 of a comparison's outcome.
func sign(n int) starlark.Int {
	switch {
	case n < 0:
		return starlark.MakeInt(-1)
	case n > 0:
		return starlark.MakeInt(1)
	}
	return starlark.MakeInt(0)
}

// outcome is the sign of what a cmp function returned.
func outcome(v starlark.Value) (int, error) {
	n, ok := number(v)
	if n, isInt := n.(starlark.Int); ok && isInt {
		return n.Sign(), nil
	}
	return 0, py.TypeError.Errorf("comparison function must return int, not %s", py.TypeName(v))
}

// clampInt returns n as an int; what lies beyond a half of its range is that half,
// to which the length of a string can still be added.
func clampInt(n starlark.Int) int {
	const far = math.MaxInt/2 + 1
	i, ok := n.Int64()
	if !ok {
		return n.Sign() * far
	}
	return int(max(-far, min(far, i)))
}
