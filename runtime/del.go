package runtime

import (
	"math"

	"go.starlark.net/starlark"

	"starwire/runtime/py"
)

// delAttr is $delattr(x, name). No value of Starlark's lets go of an attribute.
func delAttr(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x starlark.Value
	var name string
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 2, &x, &name); err != nil {
		return nil, err
	}
	if attr(x, name) == nil {
		return nil, py.NoAttribute(x, name)
	}
	return nil, py.AttributeError.Errorf("'%s' object attribute '%s' cannot be deleted", py.TypeName(x), name)
}

// delItem is $delitem(x, key).
//
// CPython: DELETE_SUBSCR.
func delItem(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x, key starlark.Value
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 2, &x, &key); err != nil {
		return nil, err
	}
	switch x := x.(type) {
	case interface {
		DeleteKey(key starlark.Value) error
	}:
		return starlark.None, x.DeleteKey(key)
	case *starlark.Dict:
		_, found, err := x.Delete(key)
		if err == nil && !found {
			err = py.KeyError.New(nil, key)
		}
		return starlark.None, err
	case *starlark.List:
		i, ok := key.(starlark.Int)
		if !ok {
			return nil, py.TypeError.Errorf("list indices must be integers, not %s", py.TypeName(key))
		}
		at, ok := i.Int64()
		if at < 0 {
			at += int64(x.Len())
		}
		if !ok || at < 0 || at >= int64(x.Len()) {
			return nil, py.IndexError.Errorf("list assignment index out of range")
		}
		return starlark.None, splice(x, int(at), int(at)+1, nil)
	}
	// A mapping of a module's: rfc822.Message's del heeds no absence.
	if pop := attr(x, "pop"); pop != nil {
		_, err := starlark.Call(thread, pop, starlark.Tuple{key, starlark.None}, nil)
		return starlark.None, err
	}
	if _, ok := x.(starlark.Indexable); ok {
		return nil, py.TypeError.Errorf("'%s' object doesn't support item deletion", py.TypeName(x))
	}
	return nil, py.TypeError.Errorf("'%s' object does not support item deletion", py.TypeName(x))
}

// delSlice is $delslice(x, lo, hi, step).
//
// listobject.c, list_ass_subscript.
func delSlice(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x, lo, hi, step starlark.Value
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 4, &x, &lo, &hi, &step); err != nil {
		return nil, err
	}
	list, ok := x.(*starlark.List)
	if !ok {
		return nil, noSlice(x, "deletion")
	}
	s, err := sliceOf(list.Len(), lo, hi, step)
	if err != nil {
		return nil, err
	}
	if s.step == 1 {
		return starlark.None, splice(list, s.start, max(s.start, s.stop), nil)
	}
	gone := make(map[int]bool, s.len())
	for i := range s.len() {
		gone[s.start+i*s.step] = true
	}
	var kept []starlark.Value
	for i := range list.Len() {
		if !gone[i] {
			kept = append(kept, list.Index(i))
		}
	}
	return starlark.None, splice(list, 0, list.Len(), kept)
}

// setSlice is $setslice(value, x, lo, hi, step): the assignment to a slice.
//
// listobject.c, list_ass_subscript.
func setSlice(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var value, x, lo, hi, step starlark.Value
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 5, &value, &x, &lo, &hi, &step); err != nil {
		return nil, err
	}
	list, ok := x.(*starlark.List)
	if !ok {
		return nil, noSlice(x, "assignment")
	}
	iter := starlark.Iterate(value)
	if iter == nil {
		return nil, py.TypeError.Errorf("can only assign an iterable")
	}
	var elems []starlark.Value
	var e starlark.Value
	for iter.Next(&e) {
		elems = append(elems, e)
	}
	iter.Done()
	s, err := sliceOf(list.Len(), lo, hi, step)
	if err != nil {
		return nil, err
	}
	if s.step == 1 {
		return starlark.None, splice(list, s.start, max(s.start, s.stop), elems)
	}
	if len(elems) != s.len() {
		return nil, py.ValueError.Errorf("attempt to assign sequence of size %d to extended slice of size %d", len(elems), s.len())
	}
	for i, e := range elems {
		if err := list.SetIndex(s.start+i*s.step, e); err != nil {
			return nil, err
		}
	}
	return starlark.None, nil
}

// noSlice is the error of changing a slice of what is no list.
func noSlice(x starlark.Value, what string) error {
	if _, ok := py.AsDict(x); ok { // whose key a slice would be
		return py.TypeError.Errorf("unhashable type")
	}
	return py.TypeError.Errorf("'%s' object does not support item %s", py.TypeName(x), what)
}

// splice replaces the elements of the list from i to j.
func splice(list *starlark.List, i, j int, with []starlark.Value) error {
	var tail []starlark.Value
	tail = append(tail, with...)
	for k := j; k < list.Len(); k++ {
		tail = append(tail, list.Index(k))
	}
	head := make([]starlark.Value, i)
	for k := range i {
		head[k] = list.Index(k)
	}
	if err := list.Clear(); err != nil {
		return err // frozen, or being iterated over
	}
	for _, e := range append(head, tail...) {
		if err := list.Append(e); err != nil {
			return err
		}
	}
	return nil
}

// A span is a slice's indexes: start, start+step, … before stop.
type span struct{ start, stop, step int }

func (s span) len() int {
	switch {
	case s.step > 0 && s.start < s.stop:
		return (s.stop-s.start-1)/s.step + 1
	case s.step < 0 && s.start > s.stop:
		return (s.start-s.stop-1)/-s.step + 1
	}
	return 0
}

// sliceOf returns the indexes of a slice of n elements.
//
// sliceobject.c, PySlice_GetIndicesEx.
func sliceOf(n int, lo, hi, step starlark.Value) (span, error) {
	s := span{step: 1}
	if step != starlark.None {
		i, err := sliceIndex(step)
		if err != nil {
			return s, err
		}
		if i == 0 {
			return s, py.ValueError.Errorf("slice step cannot be zero")
		}
		s.step = i
	}
	least, most := 0, n
	if s.step < 0 {
		least, most = -1, n-1
	}
	limit := func(v starlark.Value, otherwise int) (int, error) {
		if v == starlark.None {
			return otherwise, nil
		}
		i, err := sliceIndex(v)
		if err != nil {
			return 0, err
		}
		if i < 0 {
			i += n
		}
		return min(max(i, least), most), nil
	}
	var err error
	if s.step > 0 {
		s.start, err = limit(lo, least)
	} else {
		s.start, err = limit(lo, most)
	}
	if err != nil {
		return s, err
	}
	if s.step > 0 {
		s.stop, err = limit(hi, most)
	} else {
		s.stop, err = limit(hi, least)
	}
	return s, err
}

// sliceIndex returns an index of a slice, large ones cut to what a list can hold.
func sliceIndex(v starlark.Value) (int, error) {
	i, ok := v.(starlark.Int)
	if !ok {
		return 0, py.TypeError.Errorf("slice indices must be integers or None or have an __index__ method")
	}
	const far = math.MaxInt / 4
	n, ok := i.Int64()
	switch {
	case !ok && i.Sign() < 0, n < -far:
		return -far, nil
	case !ok, n > far:
		return far, nil
	}
	return int(n), nil
}
