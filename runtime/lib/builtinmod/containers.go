package builtinmod

import (
	"slices"

	"go.starlark.net/starlark"

	"starwire/runtime/lazy"
	"starwire/runtime/py"
)

// The methods of containers that Starlark lacks or has otherwise.
var listTable, tupleTable, dictTable, setTable lazy.Methods

func listMethods() map[string]*starlark.Builtin {
	return listTable.Get(func() map[string]function {
		return map[string]function{
			"count":   seqCount,
			"extend":  listExtend,
			"index":   seqIndex,
			"pop":     listPop,
			"remove":  listRemove,
			"reverse": listReverse,
			"sort":    listSort,
		}
	})
}

func tupleMethods() map[string]*starlark.Builtin {
	return tupleTable.Get(func() map[string]function {
		return map[string]function{"count": seqCount, "index": seqIndex}
	})
}

func dictMethods() map[string]*starlark.Builtin {
	return dictTable.Get(func() map[string]function {
		return map[string]function{
			"copy":       dictCopy,
			"has_key":    dictHasKey,
			"iteritems":  dictIter,
			"iterkeys":   dictIter,
			"itervalues": dictIter,
			"keys":       dictKeys,
			"pop":        dictPop,
			"popitem":    dictPopItem,
			"setdefault": dictSetDefault,
			"update":     dictUpdate,
		}
	})
}

func setMethods() map[string]*starlark.Builtin {
	return setTable.Get(func() map[string]function {
		return map[string]function{
			"copy":                setCopy,
			"difference_update":   setChange,
			"intersection_update": setChange,
			"isdisjoint":          setIsDisjoint,
			"pop":                 setPop,
			"remove":              setRemove,
			"update":              setChange,
		}
	})
}

// elements returns the items of the list or tuple that a method was called on.
func elements(b *starlark.Builtin) []starlark.Value {
	seq, _ := sequence(b.Receiver())
	all := make([]starlark.Value, seq.Len())
	for i := range all {
		all[i] = seq.Index(i)
	}
	return all
}

// hashable returns the error of a value that cannot be a key, or none.
func hashable(v starlark.Value) error {
	if err := py.CheckKey(v); err != nil {
		return err
	}
	if _, err := v.Hash(); err != nil {
		return unhashable(v)
	}
	return nil
}

// place returns the index of the first item that equals x, or -1.
func place(thread *starlark.Thread, items []starlark.Value, x starlark.Value) (int, error) {
	for i, item := range items {
		if eq, err := equal(thread, item, x); eq || err != nil {
			return i, err
		}
	}
	return -1, nil
}

func seqCount(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x starlark.Value
	if err := unpack(b, args, kwargs, 1, &x); err != nil {
		return nil, err
	}
	n := 0
	for _, item := range elements(b) {
		eq, err := equal(thread, item, x)
		if err != nil {
			return nil, err
		}
		if eq {
			n++
		}
	}
	return starlark.MakeInt(n), nil
}

func seqIndex(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x, start, end starlark.Value
	if err := unpack(b, args, kwargs, 1, &x, &start, &end); err != nil {
		return nil, err
	}
	all := elements(b)
	i, j, err := bounds(len(all), start, end)
	if err != nil {
		return nil, err
	}
	at := -1
	if i <= j {
		if at, err = place(thread, all[i:j], x); err != nil {
			return nil, err
		}
	}
	switch {
	case at >= 0:
		return starlark.MakeInt(i + at), nil
	case is[*starlark.List](b.Receiver()):
		return nil, py.ValueError.Errorf("%s is not in list", py.Repr(x))
	}
	return nil, py.ValueError.Errorf("tuple.index(x): x not in tuple")
}

// replaceAll gives the list other items.
func replaceAll(list *starlark.List, items []starlark.Value) error {
	if err := list.Clear(); err != nil {
		return err
	}
	for _, v := range items {
		if err := list.Append(v); err != nil {
			return err
		}
	}
	return nil
}

func listExtend(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x starlark.Value
	if err := unpack(b, args, kwargs, 1, &x); err != nil {
		return nil, err
	}
	items, err := collect(thread, x)
	if err != nil {
		return nil, err
	}
	list := b.Receiver().(*starlark.List)
	for _, v := range items {
		if err := list.Append(v); err != nil {
			return nil, err
		}
	}
	return starlark.None, nil
}

func listPop(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	index := starlark.MakeInt(-1)
	if err := unpack(b, args, kwargs, 0, &index); err != nil {
		return nil, err
	}
	list := b.Receiver().(*starlark.List)
	n, i := list.Len(), clampInt(index)
	if n == 0 {
		return nil, py.IndexError.Errorf("pop from empty list")
	}
	if i < 0 {
		i += n
	}
	if i < 0 || i >= n {
		return nil, py.IndexError.Errorf("pop index out of range")
	}
	return take(list, i)
}

// take removes item i of the list and returns it.
func take(list *starlark.List, i int) (starlark.Value, error) {
	pop, err := list.Attr("pop")
	if err != nil {
		return nil, err
	}
	return starlark.Call(new(starlark.Thread), pop, starlark.Tuple{starlark.MakeInt(i)}, nil)
}

func listRemove(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x starlark.Value
	if err := unpack(b, args, kwargs, 1, &x); err != nil {
		return nil, err
	}
	i, err := place(thread, elements(b), x)
	if err != nil {
		return nil, err
	}
	if i < 0 {
		return nil, py.ValueError.Errorf("list.remove(x): x not in list")
	}
	_, err = take(b.Receiver().(*starlark.List), i)
	return starlark.None, err
}

func listReverse(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := noArgs(b, args, kwargs); err != nil {
		return nil, err
	}
	items := elements(b)
	slices.Reverse(items)
	return starlark.None, replaceAll(b.Receiver().(*starlark.List), items)
}

// listSort is list.sort(cmp=None, key=None, reverse=False).
func listSort(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	o, err := sortOptions(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	items := elements(b)
	if err := o.sort(thread, items); err != nil {
		return nil, err
	}
	return starlark.None, replaceAll(b.Receiver().(*starlark.List), items)
}

func dictCopy(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	d := b.Receiver().(*starlark.Dict)
	c := starlark.NewDict(d.Len())
	for k, v := range d.Entries() {
		if err := c.SetKey(k, v); err != nil {
			return nil, err
		}
	}
	return c, noArgs(b, args, kwargs)
}

func dictHasKey(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var key starlark.Value
	if err := unpack(b, args, kwargs, 1, &key); err != nil {
		return nil, err
	}
	if err := hashable(key); err != nil {
		return nil, err
	}
	_, found, err := b.Receiver().(*starlark.Dict).Get(key)
	return starlark.Bool(found), err
}

func dictKeys(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	return starlark.NewList(b.Receiver().(*starlark.Dict).Keys()), noArgs(b, args, kwargs)
}

// dictIter is d.iterkeys, d.itervalues and d.iteritems().
func dictIter(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	d := b.Receiver().(*starlark.Dict)
	name, items := "dictionary-keyiterator", []starlark.Value(nil)
	switch b.Name() {
	case "iterkeys":
		items = d.Keys()
	case "itervalues":
		name = "dictionary-valueiterator"
		for _, v := range d.Entries() {
			items = append(items, v)
		}
	default:
		name = "dictionary-itemiterator"
		for _, item := range d.Items() {
			items = append(items, item)
		}
	}
	return fixed(thread, name, items, d.Len, "dictionary changed size during iteration"), noArgs(b, args, kwargs)
}

func dictPop(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var key, otherwise starlark.Value
	if err := unpack(b, args, kwargs, 1, &key, &otherwise); err != nil {
		return nil, err
	}
	if err := hashable(key); err != nil {
		return nil, err
	}
	v, found, err := b.Receiver().(*starlark.Dict).Delete(key)
	switch {
	case err != nil || found:
		return v, err
	case otherwise != nil:
		return otherwise, nil
	}
	return nil, py.KeyError.New(nil, key)
}

func dictPopItem(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := noArgs(b, args, kwargs); err != nil {
		return nil, err
	}
	d := b.Receiver().(*starlark.Dict)
	keys := d.Keys()
	if len(keys) == 0 {
		return nil, py.KeyError.Errorf("popitem(): dictionary is empty")
	}
	v, _, err := d.Delete(keys[0])
	if err != nil {
		return nil, err
	}
	return starlark.Tuple{keys[0], v}, nil
}

func dictSetDefault(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var key starlark.Value
	var value starlark.Value = starlark.None
	if err := unpack(b, args, kwargs, 1, &key, &value); err != nil {
		return nil, err
	}
	if err := hashable(key); err != nil {
		return nil, err
	}
	d := b.Receiver().(*starlark.Dict)
	v, found, err := d.Get(key)
	if found || err != nil {
		return v, err
	}
	return value, d.SetKey(key, value)
}

func dictUpdate(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(args) > 1 {
		return nil, py.TypeError.Errorf("update expected at most 1 arguments, got %d", len(args))
	}
	return starlark.None, updateDict(thread, b.Receiver().(*starlark.Dict), args, kwargs)
}

// dictFromKeys is dict.fromkeys(iterable, value=None).
func dictFromKeys(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var keys starlark.Value
	var value starlark.Value = starlark.None
	if err := unpack(b, args, kwargs, 1, &keys, &value); err != nil {
		return nil, err
	}
	d := new(starlark.Dict)
	return d, each(thread, keys, func(k starlark.Value) (bool, error) {
		if err := hashable(k); err != nil {
			return false, err
		}
		return true, d.SetKey(k, value)
	})
}

func setCopy(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	s := b.Receiver().(*starlark.Set)
	c := starlark.NewSet(s.Len())
	for e := range s.Elements() {
		if err := c.Insert(e); err != nil {
			return nil, err
		}
	}
	return c, noArgs(b, args, kwargs)
}

// setChange is s.update, s.difference_update and s.intersection_update(*iterables).
func setChange(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(kwargs) > 0 {
		return nil, py.TypeError.Errorf("%s() takes no keyword arguments", b.Name())
	}
	s := b.Receiver().(*starlark.Set)
	for _, arg := range args {
		other := new(starlark.Set)
		if err := each(thread, arg, func(v starlark.Value) (bool, error) {
			if err := hashable(v); err != nil {
				return false, err
			}
			return true, other.Insert(v)
		}); err != nil {
			return nil, err
		}
		if b.Name() == "update" {
			for e := range other.Elements() {
				if err := s.Insert(e); err != nil {
					return nil, err
				}
			}
			continue
		}
		for _, e := range slices.Collect(s.Elements()) {
			in, err := other.Has(e)
			if err != nil {
				return nil, err
			}
			if in == (b.Name() == "difference_update") {
				if _, err := s.Delete(e); err != nil {
					return nil, err
				}
			}
		}
	}
	return starlark.None, nil
}

func setIsDisjoint(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x starlark.Value
	if err := unpack(b, args, kwargs, 1, &x); err != nil {
		return nil, err
	}
	s, disjoint := b.Receiver().(*starlark.Set), true
	err := each(thread, x, func(v starlark.Value) (bool, error) {
		if err := hashable(v); err != nil {
			return false, err
		}
		in, err := s.Has(v)
		disjoint = !in
		return disjoint, err
	})
	return starlark.Bool(disjoint), err
}

func setPop(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := noArgs(b, args, kwargs); err != nil {
		return nil, err
	}
	s := b.Receiver().(*starlark.Set)
	for e := range s.Elements() {
		_, err := s.Delete(e)
		return e, err
	}
	return nil, py.KeyError.Errorf("pop from an empty set")
}

func setRemove(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x starlark.Value
	if err := unpack(b, args, kwargs, 1, &x); err != nil {
		return nil, err
	}
	if err := hashable(x); err != nil {
		return nil, err
	}
	found, err := b.Receiver().(*starlark.Set).Delete(x)
	if err == nil && !found {
		err = py.KeyError.New(nil, x)
	}
	return starlark.None, err
}
