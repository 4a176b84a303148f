package py

import (
	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"
	"go.starlark.net/syntax"
)

// bytesPerStep is how many bytes of text count as one value.
const bytesPerStep = 64

// MaxCompareDepth bounds the containers in containers that a Comparison goes
// into. The interpreter's own comparison gives up at ten.
const MaxCompareDepth = 10_000

// A Comparison compares values as Starlark's operators do, but for two things: it
// goes into nested data much deeper, and it can be stopped. The zero value is
// ready, and is stopped by nothing.
type Comparison struct {
	// Spend, if set, is told now and then of the values compared since the last
	// time. Its error ends the comparison.
	Spend func(values int) error

	work int
}

// A Comparer is a value that holds others, and compares them by c.
type Comparer interface {
	CompareBy(c *Comparison, op syntax.Token, y starlark.Value, depth int) (bool, error)
}

// Compare is x op y, for ==, !=, <, <=, > and >=. A RuntimeError says that x and
// y are nested too deeply.
func (c *Comparison) Compare(op syntax.Token, x, y starlark.Value) (bool, error) {
	return c.CompareDepth(op, x, y, 0)
}

// CompareDepth is Compare inside that many containers.
func (c *Comparison) CompareDepth(op syntax.Token, x, y starlark.Value, depth int) (bool, error) {
	if depth > MaxCompareDepth {
		return false, RuntimeError.Errorf("maximum recursion depth exceeded in cmp")
	}
	if err := c.spend(1); err != nil {
		return false, err
	}
	if d, ok := x.(*SubDict); ok || isSubDict(y) {
		if ok && d.Type() == y.Type() {
			return d.CompareBy(c, op, y, depth)
		}
		x, y = Plain(x), Plain(y)
	}
	switch x := x.(type) {
	case starlark.String:
		if y, ok := y.(starlark.String); ok {
			if err := c.spend(min(len(x), len(y)) / bytesPerStep); err != nil {
				return false, err
			}
		}
	case *starlark.List:
		if y, ok := y.(*starlark.List); ok {
			return c.sequences(op, x, y, depth)
		}
	case starlark.Tuple:
		if y, ok := y.(starlark.Tuple); ok {
			return c.sequences(op, x, y, depth)
		}
	case *Named:
		if y, ok := y.(*Named); ok && x.typ == y.typ {
			return c.sequences(op, x.items, y.items, depth)
		}
	case *starlark.Dict:
		if y, ok := y.(*starlark.Dict); ok && isEquality(op) {
			eq, err := c.dicts(x, y, depth)
			return eq == (op == syntax.EQL), err
		}
	case *starlark.Set:
		if y, ok := y.(*starlark.Set); ok {
			return c.sets(op, x, y)
		}
	case *starlarkstruct.Struct:
		if y, ok := y.(*starlarkstruct.Struct); ok && isEquality(op) {
			eq, err := c.structs(x, y, depth)
			return eq == (op == syntax.EQL), err
		}
	case Comparer:
		if x.(starlark.Value).Type() == y.Type() {
			return x.CompareBy(c, op, y, depth)
		}
	}
	return starlark.Compare(op, x, y)
}

func isEquality(op syntax.Token) bool { return op == syntax.EQL || op == syntax.NEQ }

// spendEvery is how many values are compared between two calls of Spend.
const spendEvery = 1 << 10

func (c *Comparison) spend(n int) error {
	c.work += n
	if c.work < spendEvery || c.Spend == nil {
		return nil
	}
	n, c.work = c.work, 0
	return c.Spend(n)
}

// sequences compares the items: equal ones lead to the next, the first that
// differ decide.
func (c *Comparison) sequences(op syntax.Token, x, y starlark.Indexable, depth int) (bool, error) {
	if x.Len() != y.Len() && isEquality(op) {
		return op == syntax.NEQ, nil
	}
	for i := range min(x.Len(), y.Len()) {
		eq, err := c.CompareDepth(syntax.EQL, x.Index(i), y.Index(i), depth+1)
		switch {
		case err != nil:
			return false, err
		case eq:
		case isEquality(op):
			return op == syntax.NEQ, nil
		default:
			return c.CompareDepth(op, x.Index(i), y.Index(i), depth+1)
		}
	}
	return ordered(op, x.Len()-y.Len()), nil
}

// ordered is n op 0.
func ordered(op syntax.Token, n int) bool {
	switch op {
	case syntax.EQL:
		return n == 0
	case syntax.NEQ:
		return n != 0
	case syntax.LT:
		return n < 0
	case syntax.LE:
		return n <= 0
	case syntax.GT:
		return n > 0
	}
	return n >= 0
}

func (c *Comparison) dicts(x, y *starlark.Dict, depth int) (bool, error) {
	if x.Len() != y.Len() {
		return false, nil
	}
	for k, v := range x.Entries() {
		w, found, err := y.Get(k)
		if err != nil || !found {
			return false, err
		}
		if eq, err := c.CompareDepth(syntax.EQL, v, w, depth+1); !eq || err != nil {
			return false, err
		}
	}
	return true, nil
}

// sets compares by what they contain: x < y says that x is part of y.
func (c *Comparison) sets(op syntax.Token, x, y *starlark.Set) (bool, error) {
	switch op {
	case syntax.GT:
		return c.sets(syntax.LT, y, x)
	case syntax.GE:
		return c.sets(syntax.LE, y, x)
	case syntax.NEQ:
		eq, err := c.sets(syntax.EQL, x, y)
		return !eq, err
	}
	if n := x.Len() - y.Len(); n > 0 || op == syntax.EQL && n != 0 || op == syntax.LT && n == 0 {
		return false, nil
	}
	for v := range x.Elements() {
		if err := c.spend(1); err != nil {
			return false, err
		}
		if found, err := y.Has(v); !found || err != nil {
			return false, err
		}
	}
	return true, nil
}

func (c *Comparison) structs(x, y *starlarkstruct.Struct, depth int) (bool, error) {
	names, others := x.AttrNames(), y.AttrNames()
	if len(names) != len(others) {
		return false, nil
	}
	if eq, err := c.CompareDepth(syntax.EQL, x.Constructor(), y.Constructor(), depth+1); !eq || err != nil {
		return false, err
	}
	for i, name := range names {
		if name != others[i] {
			return false, nil
		}
		v, err := x.Attr(name)
		if err != nil {
			return false, err
		}
		w, err := y.Attr(name)
		if err != nil {
			return false, err
		}
		if eq, err := c.CompareDepth(syntax.EQL, v, w, depth+1); !eq || err != nil {
			return false, err
		}
	}
	return true, nil
}
