package builtinmod

import (
	"slices"
	"unicode/utf8"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/lazy"
	"starwire/runtime/py"
)

// Iterate returns what a for goes over: the bytes of a string, each a string; the characters of a Unicode; a list as it is at each
// step, so that it may change meanwhile; the keys of a dict, whose values may change.
//
// CPython: GET_ITER.
func Iterate(thread *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	switch x := args[0].(type) {
	case starlark.String, starlark.Bytes, *py.Unicode, *starlark.List, *starlark.Dict, *starlark.Set, *py.SubDict, py.Stepper:
		return newIterator(thread, x)
	case starlark.Iterable:
		return x, nil
	default:
		return nil, py.NotIterable(x)
	}
}

// An iterator goes over something once; it is what iter(x) returns.
type iterator struct {
	thread *starlark.Thread // whose loop an error of step ends
	name   string
	step   func() (starlark.Value, error) // the next item, or nil at the end
}

var (
	_ starlark.Iterable  = (*iterator)(nil)
	_ starlark.HasAttrs  = (*iterator)(nil)
	_ starlark.Container = (*iterator)(nil)
)

// letter returns the string of one byte.
func letter(b byte) starlark.Value {
	return letters.Get(func() *[256]starlark.Value {
		var all [256]starlark.Value
		for i := range all {
			all[i] = starlark.String([]byte{byte(i)})
		}
		return &all
	})[b]
}

var letters lazy.Value[*[256]starlark.Value]

// character returns the unicode text of one character, which is ASCII.
func character(b byte) starlark.Value {
	return characters.Get(func() *[utf8.RuneSelf]starlark.Value {
		var all [utf8.RuneSelf]starlark.Value
		for i := range all {
			all[i] = py.Text(string(rune(i)))
		}
		return &all
	})[b]
}

var characters lazy.Value[*[utf8.RuneSelf]starlark.Value]

// newIterator returns an iterator over x. The error is a TypeError for what cannot be iterated over.
func newIterator(thread *starlark.Thread, x starlark.Value) (*iterator, error) {
	switch x := py.Plain(x).(type) {
	case *iterator:
		return x, nil
	case *shownIterator:
		return x.iterator, nil
	case py.Stepper:
		name, step := x.Steps()
		return &iterator{thread, name, step}, nil
	case starlark.String, starlark.Bytes:
		s, _ := py.AsBytes(x)
		item := letter
		if py.IsUnicode(x) {
			item = character
		}
		i := -1
		return &iterator{thread, "iterator", func() (starlark.Value, error) {
			if i++; i >= len(s) {
				i = len(s)
				return nil, nil
			}
			return item(s[i]), nil
		}}, nil
	case *py.Unicode:
		rest := x.Text()
		return &iterator{thread, "iterator", func() (starlark.Value, error) {
			if rest == "" {
				return nil, nil
			}
			_, size := py.DecodeRune(rest)
			c := rest[:size]
			rest = rest[size:]
			return py.Text(c), nil
		}}, nil
	case *starlark.List:
		i := -1
		return &iterator{thread, "listiterator", func() (starlark.Value, error) {
			if i++; i >= x.Len() {
				i = x.Len()
				return nil, nil
			}
			return x.Index(i), nil
		}}, nil
	case *starlark.Dict:
		return fixed(thread, "dictionary-keyiterator", x.Keys(), x.Len, "dictionary changed size during iteration"), nil
	case *starlark.Set:
		return fixed(thread, "setiterator", slices.Collect(x.Elements()), x.Len, "Set changed size during iteration"), nil
	}
	it := starlark.Iterate(x)
	if it == nil {
		return nil, py.NotIterable(x)
	}
	done := false
	return &iterator{thread, "iterator", func() (v starlark.Value, err error) {
		if done || !it.Next(&v) {
			if !done {
				done = true
				it.Done()
			}
			return nil, nil
		}
		return v, nil
	}}, nil
}

// fixed returns an iterator over the items of a container, which must keep its size meanwhile.
func fixed(thread *starlark.Thread, name string, items []starlark.Value, size func() int, changed string) *iterator {
	i, n := -1, len(items)
	return &iterator{thread, name, func() (starlark.Value, error) {
		if i >= n {
			return nil, nil
		}
		if size() != n {
			return nil, py.RuntimeError.Errorf("%s", changed)
		}
		if i++; i >= n {
			return nil, nil
		}
		return items[i], nil
	}}
}

// String shows no address, which Python's does.
func (it *iterator) String() string { return "<" + it.name + " object>" }

// Type returns the name of the iterator's type.
func (it *iterator) Type() string { return it.name }

// Freeze does nothing: what it goes over is frozen by whoever else has it.
func (it *iterator) Freeze() {}

// Truth is always true.
func (it *iterator) Truth() starlark.Bool { return true }

// Hash refuses.
func (it *iterator) Hash() (uint32, error) {
	return 0, py.TypeError.Errorf("unhashable type: '%s'", it.name)
}

// Iterate returns the iterator itself: what one loop has taken, no other gets.
func (it *iterator) Iterate() starlark.Iterator { return it }

// Next produces the next item. An error ends the loop, and is raised after it.
func (it *iterator) Next(p *starlark.Value) bool {
	v, err := it.step()
	if err != nil {
		host.From(it.thread).Raise(it.thread, err)
		return false
	}
	*p = v
	return v != nil
}

// Has goes on to the first item that equals x: x in it.
//
// abstract.c, _PySequence_IterSearch.
func (it *iterator) Has(x starlark.Value) (bool, error) {
	found := false
	err := each(it.thread, it, func(v starlark.Value) (more bool, err error) {
		found, err = equal(it.thread, v, x)
		return !found, err
	})
	return found, err
}

// Done leaves the iterator where it is: another loop may go on from there.
func (it *iterator) Done() {}

var iteratorMethods lazy.Methods

func iteratorFunctions() map[string]lazy.Method { return map[string]lazy.Method{"next": iteratorNext} }

func iteratorNext(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := py.UnpackAny(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	v, err := b.Receiver().(*iterator).step()
	if v == nil && err == nil {
		err = py.StopIteration.New(nil)
	}
	return v, err
}

// Attr returns next.
func (it *iterator) Attr(name string) (starlark.Value, error) {
	if name == "next" {
		return iteratorMethods.Get(iteratorFunctions)[name].BindReceiver(it), nil
	}
	return nil, nil
}

// AttrNames lists what Attr knows.
func (it *iterator) AttrNames() []string { return []string{"next"} }

// maxItems bounds what a built-in collects: an iterable is asked for its items before anyone counts them.
const maxItems = 1 << 26

// spendEvery is how many items are handled between two looks at the run's end: few,
// as an item may take long to put into a set whose members' hashes are the same.
const spendEvery = 64

// each calls f for each item of x until it returns false or an error.
func each(thread *starlark.Thread, x starlark.Value, f func(v starlark.Value) (bool, error)) error {
	it, err := newIterator(thread, x)
	if err != nil {
		return err
	}
	for n := 1; ; n++ {
		v, err := it.step()
		if v == nil || err != nil {
			return err
		}
		if more, err := f(v); !more || err != nil {
			return err
		}
		if n%spendEvery == 0 {
			if err := host.Spend(thread, spendEvery); err != nil {
				return err
			}
		}
		if n > maxItems {
			return py.MemoryError.New(nil)
		}
	}
}

// valueSize is the bytes that a value takes in a list.
const valueSize = 16

// collect returns the items of x.
func collect(thread *starlark.Thread, x starlark.Value) ([]starlark.Value, error) {
	var items []starlark.Value
	if n := starlark.Len(x); n > maxItems {
		return nil, py.MemoryError.New(nil)
	} else if n > 0 {
		if err := host.Reserve(thread, int64(n)*valueSize); err != nil {
			return nil, err
		}
		items = make([]starlark.Value, 0, n)
	}
	err := each(thread, x, func(v starlark.Value) (bool, error) {
		items = append(items, v)
		return true, nil
	})
	return items, err
}

// maxText bounds the text that one call makes.
const maxText = 1 << 28 // bytes

// result returns text that a built-in made, and charges its steps.
func result(thread *starlark.Thread, s string) (starlark.Value, error) {
	if err := host.Spend(thread, len(s)/host.BytesPerStep); err != nil {
		return nil, err
	}
	return starlark.String(s), nil
}

// texter returns what writes the texts of values as the run lets it.
func texter(thread *starlark.Thread) py.Texter {
	return py.Texter{Spend: func(values, size int) error {
		if err := host.Spend(thread, values); err != nil {
			return err
		}
		return host.Reserve(thread, int64(size)) // which the text grows by next
	}}
}

// Str returns Python 2's str(v), or the end of the run.
func Str(thread *starlark.Thread, v starlark.Value) (string, error) { return texter(thread).Str(v) }

// Repr returns Python 2's repr(v), or the end of the run.
func Repr(thread *starlark.Thread, v starlark.Value) (string, error) { return texter(thread).Repr(v) }

// textResult is result of unicode text, in UTF-8.
func textResult(thread *starlark.Thread, s string) (starlark.Value, error) {
	if err := host.Spend(thread, len(s)/host.BytesPerStep); err != nil {
		return nil, err
	}
	return py.Text(s), nil
}

// iter is iter(x) and iter(callable, sentinel).
//
// bltinmodule.c, builtin_iter; iterobject.c, calliter_iternext.
func iter(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x, sentinel starlark.Value
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 1, &x, &sentinel); err != nil {
		return nil, err
	}
	if sentinel == nil {
		if v := attrOf(x, "next"); v != nil && isIterable(x) { // an iterator, a generator, a file
			return x, nil
		}
		return newIterator(thread, x)
	}
	if !isCallable(x) {
		return nil, py.TypeError.Errorf("iter(v, w): v must be callable")
	}
	done := false
	return &iterator{thread, "callable-iterator", func() (starlark.Value, error) {
		if done {
			return nil, nil
		}
		v, err := starlark.Call(thread, x, nil, nil)
		if err != nil {
			done = true
			return nil, err
		}
		if done, err = equal(thread, v, sentinel); done || err != nil {
			return nil, err
		}
		return v, nil
	}}, nil
}

func isIterable(v starlark.Value) bool { _, ok := v.(starlark.Iterable); return ok }
func isCallable(v starlark.Value) bool { _, ok := v.(starlark.Callable); return ok }

// attrOf returns an attribute that the value has itself, or nil.
func attrOf(v starlark.Value, name string) starlark.Value {
	if v, ok := v.(starlark.HasAttrs); ok {
		if a, err := v.Attr(name); err == nil {
			return a
		}
	}
	return nil
}

// next is next(iterator[, default]).
func next(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x, otherwise starlark.Value
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 1, &x, &otherwise); err != nil {
		return nil, err
	}
	if it, ok := x.(*iterator); ok && otherwise != nil {
		v, err := it.step()
		if v == nil && err == nil {
			v = otherwise
		}
		return v, err
	}
	step := attrOf(x, "next")
	if step == nil {
		return nil, py.TypeError.Errorf("%s object is not an iterator", py.TypeName(x))
	}
	v, err := starlark.Call(thread, step, nil, nil)
	if stopped(err) && otherwise != nil {
		return otherwise, nil
	}
	return v, err
}
