package runtime

import (
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"starwire/runtime/host"
	"starwire/runtime/py"
)

// comparison returns what compares values on the thread's account.
func comparison(thread *starlark.Thread) *py.Comparison {
	return &py.Comparison{Spend: func(n int) error { return host.Spend(thread, n) }}
}

// comparing returns the function that stands for a comparison.
func comparing(op syntax.Token) func(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
	return func(thread *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
		if plain, _ := isPlain(args[0]); plain == starlark.True {
			ok, err := starlark.Compare(op, args[0], args[1])
			return starlark.Bool(ok), err
		}
		ok, err := comparison(thread).Compare(op, args[0], args[1])
		return starlark.Bool(ok), err
	}
}

// contains is $in(x, y): x in y.
func contains(thread *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	x, y := args[0], args[1]
	switch y := y.(type) {
	case *starlark.List:
		i, err := indexOf(thread, y, 0, y.Len(), x)
		return starlark.Bool(i >= 0), err
	case starlark.Tuple:
		i, err := indexOf(thread, y, 0, len(y), x)
		return starlark.Bool(i >= 0), err
	case starlark.String:
		if x, ok := x.(starlark.String); ok && len(y) > smallSize {
			found, err := search(thread, string(y), string(x))
			return starlark.Bool(found), err
		}
	case *starlark.Dict, *starlark.Set, *py.SubDict:
		if err := py.CheckKey(x); err != nil {
			return nil, err
		}
	}
	return starlark.Binary(syntax.IN, x, y)
}

// indexOf returns the index of the first item from i to end that equals x, or -1.
func indexOf(thread *starlark.Thread, items starlark.Indexable, i, end int, x starlark.Value) (int, error) {
	c := comparison(thread)
	for ; i < end; i++ {
		if eq, err := c.Compare(syntax.EQL, items.Index(i), x); eq || err != nil {
			return i, err
		}
	}
	return -1, nil
}

// search reports whether text holds part. It looks at the run's end after each
// piece of text.
func search(thread *starlark.Thread, text, part string) (bool, error) {
	for len(text) > smallSize+len(part) {
		if strings.Contains(text[:smallSize+len(part)], part) {
			return true, nil
		}
		text = text[smallSize:]
		if err := host.Spend(thread, smallSize/host.BytesPerStep); err != nil {
			return false, err
		}
	}
	return strings.Contains(text, part), nil
}

// setOperation returns the function that stands for x | y, x & y, x ^ y or x - y.
func setOperation(op syntax.Token) func(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
	return func(thread *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
		return operate(thread, op, args[0], args[1])
	}
}

func operate(thread *starlark.Thread, op syntax.Token, x, y starlark.Value) (starlark.Value, error) {
	switch x := x.(type) {
	case *starlark.Set:
		if y, ok := y.(*starlark.Set); ok && x.Len()+y.Len() > fewItems {
			return combine(thread, op, x, y)
		}
	case *starlark.Dict:
		if y, ok := y.(*starlark.Dict); ok && op == syntax.PIPE && x.Len()+y.Len() > fewItems {
			return merge(thread, x, y)
		}
	}
	return starlark.Binary(op, x, y)
}

// combine is x op y, with the elements in the order that the interpreter has.
func combine(thread *starlark.Thread, op syntax.Token, x, y *starlark.Set) (starlark.Value, error) {
	if err := reserve(thread, times(int64(x.Len()), entrySize)); err != nil {
		return nil, err
	}
	result, work := new(starlark.Set), 0
	tick := func() error {
		if work++; work&(fewItems-1) == 0 {
			return host.Spend(thread, fewItems)
		}
		return nil
	}
	insert := func(from, other *starlark.Set, want bool) error {
		for v := range from.Elements() {
			if err := tick(); err != nil {
				return err
			}
			if other != nil {
				if in, err := other.Has(v); err != nil || in != want {
					if err != nil {
						return err
					}
					continue
				}
			}
			if err := result.Insert(v); err != nil {
				return err
			}
		}
		return nil
	}
	var err error
	switch op {
	case syntax.AMP:
		err = insert(y, x, true)
	case syntax.MINUS:
		err = insert(x, y, false)
	case syntax.CIRCUMFLEX:
		if err = insert(x, y, false); err == nil {
			err = insert(y, x, false)
		}
	default:
		if err = insert(x, nil, false); err == nil {
			err = insert(y, nil, false)
		}
	}
	return result, err
}

// merge is x | y of dicts.
func merge(thread *starlark.Thread, x, y *starlark.Dict) (starlark.Value, error) {
	if err := reserve(thread, times(int64(x.Len()+y.Len()), entrySize)); err != nil {
		return nil, err
	}
	result := new(starlark.Dict)
	for _, d := range []*starlark.Dict{x, y} {
		if err := setAll(thread, result, d); err != nil {
			return nil, err
		}
	}
	return result, nil
}

// mergeInto is x |= y of dicts.
func mergeInto(thread *starlark.Thread, x, y *starlark.Dict) error {
	// There is no such key: this asks whether x may change.
	if _, _, err := x.Delete(new(probe)); err != nil {
		return &renamedError{strings.Replace(err.Error(), "delete from", "apply |= to", 1), err}
	}
	if x == y {
		return nil
	}
	if err := reserve(thread, times(int64(y.Len()), entrySize)); err != nil {
		return err
	}
	return setAll(thread, x, y)
}

// setAll sets the keys that from has in d.
func setAll(thread *starlark.Thread, d, from *starlark.Dict) error {
	work := 0
	for k, v := range from.Entries() {
		if work++; work&(fewItems-1) == 0 {
			if err := host.Spend(thread, fewItems); err != nil {
				return err
			}
		}
		if err := d.SetKey(k, v); err != nil {
			return err
		}
	}
	return nil
}
