package runtime

import (
	"strings"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/panics"
	"starwire/runtime/py"
)

type method = func(thread *starlark.Thread, stock *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error)

// guardedString, guardedList, guardedDict and guardedSet return methods of the
// interpreter's types as it does not bound them itself.
func guardedString(name string) method {
	switch name {
	case "format":
		return stringFormat
	case "join":
		return stringJoin
	case "replace":
		return stringReplace
	case "rsplit", "split", "splitlines":
		return stringSplit
	case "count", "find", "index", "rfind", "rindex":
		return stringSearch
	}
	return nil
}

func guardedList(name string) method {
	switch name {
	case "extend":
		return walkArgs
	case "index":
		return listIndex
	case "remove":
		return listRemove
	}
	return nil
}

func guardedDict(name string) method {
	switch name {
	case "get", "pop", "setdefault":
		return checkKey
	case "update":
		return walkKeys
	}
	return nil
}

func guardedSet(name string) method {
	switch name {
	case "add", "discard", "remove":
		return checkKey
	case "difference", "difference_update", "intersection", "intersection_update",
		"issubset", "issuperset", "symmetric_difference", "symmetric_difference_update", "union", "update":
		return walkKeys
	}
	return nil
}

// methodFn is $method(x, name): x.name.
func methodFn(thread *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	x, name := args[0], string(args[1].(starlark.String))
	v, err := getAttr(thread, x, name)
	if err != nil {
		return v, err
	}
	return guardedMethod(x, name, v), nil
}

// getattrFn is getattr(x, name[, default]): the interpreter's, but its methods are
// those that x.name has.
func getattrFn(thread *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	v, err := universe("getattr").CallInternal(thread, args, kwargs)
	if err != nil {
		return nil, err
	}
	name, _ := starlark.AsString(args[1])
	return guardedMethod(args[0], name, v), nil
}

// guardedMethod returns our own method of x in the place of v, the interpreter's,
// if there is one.
func guardedMethod(x starlark.Value, name string, v starlark.Value) starlark.Value {
	var m method
	switch x.(type) {
	case starlark.String:
		m = guardedString(name)
	case *starlark.List:
		m = guardedList(name)
	case *starlark.Dict:
		m = guardedDict(name)
	case *starlark.Set:
		m = guardedSet(name)
	default:
		if b, ok := v.(*starlark.Builtin); ok && isForeign(x) {
			return panics.Builtin(b)
		}
	}
	stock, ok := v.(*starlark.Builtin)
	if m == nil || !ok || stock.Receiver() != x {
		return v
	}
	return starlark.NewBuiltin(name, func(thread *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		return m(thread, stock, args, kwargs)
	}).BindReceiver(x)
}

// getAttr is x.name, with the interpreter's errors.
func getAttr(thread *starlark.Thread, x starlark.Value, name string) (starlark.Value, error) {
	if h, ok := x.(starlark.HasAttrs); ok {
		v, err := h.Attr(name)
		if v != nil && err == nil {
			return v, nil
		}
		if _, none := err.(starlark.NoSuchAttrError); err != nil && !none {
			return nil, err
		}
	}
	_, err := universe("getattr").CallInternal(thread, starlark.Tuple{x, starlark.String(name)}, nil)
	if err == nil {
		return nil, py.NoAttribute(x, name)
	}
	return nil, &renamedError{strings.TrimPrefix(err.Error(), "getattr: "), err}
}

// A renamedError is an error with another text.
type renamedError struct {
	text string
	err  error
}

func (e *renamedError) Error() string { return e.text }
func (e *renamedError) Unwrap() error { return e.err }

// walkArgs is a method that walks over its arguments into its receiver.
func walkArgs(thread *starlark.Thread, stock *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	watched, some, err := watchArgs(thread, args, valueSize)
	if err != nil {
		return nil, err
	}
	v, err := stock.CallInternal(thread, watched, kwargs)
	if some && err == nil {
		err = host.Spend(thread, 0)
	}
	return v, err
}

// walkKeys is a method that looks up what it walks over.
func walkKeys(thread *starlark.Thread, stock *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	return withKeys(thread, args, 0, func(args starlark.Tuple) (starlark.Value, error) {
		return stock.CallInternal(thread, args, kwargs)
	})
}

// checkKey is a method that looks up its first argument.
func checkKey(thread *starlark.Thread, stock *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(args) > 0 {
		if err := py.CheckKey(args[0]); err != nil {
			return nil, err
		}
	}
	return stock.CallInternal(thread, args, kwargs)
}

// listIndex is list.index.
func listIndex(thread *starlark.Thread, stock *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	list := stock.Receiver().(*starlark.List)
	if len(args) != 1 || len(kwargs) > 0 || isEasy(args[0]) {
		return stock.CallInternal(thread, args, kwargs)
	}
	i, err := indexOf(thread, list, 0, list.Len(), args[0])
	if i < 0 || err != nil {
		if err == nil {
			err = py.ValueError.Errorf("index: value not in list")
		}
		return nil, err
	}
	return starlark.MakeInt(i), nil
}

// listRemove is list.remove.
func listRemove(thread *starlark.Thread, stock *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	list := stock.Receiver().(*starlark.List)
	if len(args) != 1 || len(kwargs) > 0 || isEasy(args[0]) {
		return stock.CallInternal(thread, args, kwargs)
	}
	i, err := indexOf(thread, list, 0, list.Len(), args[0])
	if i < 0 || err != nil {
		if err == nil {
			err = py.ValueError.Errorf("remove: element not found")
		}
		return nil, err
	}
	pop, err := list.Attr("pop")
	if err != nil {
		return nil, err
	}
	if _, err := pop.(*starlark.Builtin).CallInternal(thread, starlark.Tuple{starlark.MakeInt(i)}, nil); err != nil {
		return nil, err
	}
	return starlark.None, nil
}

// isLight reports whether to compare v with anything takes little time.
func isLight(v starlark.Value) bool {
	plain, _ := isPlain(v)
	return plain == starlark.True
}

// isEasy reports whether to look for v among any million others takes little time:
// a float is compared with each integer as a fraction, a large integer as such.
func isEasy(v starlark.Value) bool {
	switch v := v.(type) {
	case starlark.Float:
		return false
	case starlark.Int:
		_, small := v.Int64()
		return small
	}
	return isLight(v)
}

// stringSearch is str.count, str.find, str.index, str.rfind or str.rindex.
func stringSearch(thread *starlark.Thread, stock *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := host.Spend(thread, len(stock.Receiver().(starlark.String))/host.BytesPerStep); err != nil {
		return nil, err
	}
	return stock.CallInternal(thread, args, kwargs)
}

// stringFormat is str.format.
func stringFormat(thread *starlark.Thread, stock *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	f := &formatting{thread: thread}
	safe := f.args(args)
	if len(kwargs) > 0 {
		pairs := make([]starlark.Tuple, len(kwargs))
		for i, kv := range kwargs {
			pairs[i] = starlark.Tuple{kv[0], f.arg(kv[1])}
		}
		kwargs = pairs
	}
	// A field may be used as often as there are braces.
	if f.size >= smallSize/64 {
		f.size = times(f.size, int64(1+strings.Count(string(stock.Receiver().(starlark.String)), "{")))
	}
	return f.do(func() (starlark.Value, error) { return stock.CallInternal(thread, safe, kwargs) })
}

// stringJoin is str.join.
func stringJoin(thread *starlark.Thread, stock *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(args) != 1 || len(kwargs) > 0 {
		return stock.CallInternal(thread, args, kwargs)
	}
	seq, ok := args[0].(starlark.Indexable)
	if it, iterable := args[0].(starlark.Iterable); !ok && iterable { // a dict, a set, an iterator
		var items []starlark.Value
		iter := watchedIterable{it, thread}.Iterate()
		defer iter.Done()
		for x := starlark.Value(nil); iter.Next(&x); {
			items = append(items, x)
		}
		if err := host.Spend(thread, 0); err != nil {
			return nil, err
		}
		list := starlark.NewList(items)
		seq, ok, args = list, true, starlark.Tuple{list}
	}
	if ok {
		n := seq.Len()
		size := times(int64(n), int64(len(stock.Receiver().(starlark.String))))
		for i := 0; i < n && size >= 0; i++ {
			s, ok := seq.Index(i).(starlark.String)
			if !ok {
				break
			}
			size += int64(len(s))
		}
		if err := reserve(thread, size); err != nil {
			return nil, err
		}
	}
	return walkArgs(thread, stock, args, nil)
}

// stringReplace is str.replace.
func stringReplace(thread *starlark.Thread, stock *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	s := string(stock.Receiver().(starlark.String))
	if err := host.Spend(thread, len(s)/host.BytesPerStep); err != nil {
		return nil, err
	}
	if len(args) >= 2 {
		old, ok1 := starlark.AsString(args[0])
		with, ok2 := starlark.AsString(args[1])
		if ok1 && ok2 && len(with) > len(old) && times(int64(len(s)+1), int64(len(with))) >= smallSize {
			n := int64(strings.Count(s, old))
			if len(args) > 2 {
				if most, err := starlark.AsInt32(args[2]); err == nil && most >= 0 {
					n = min(n, int64(most))
				}
			}
			if err := reserve(thread, int64(len(s))+times(n, int64(len(with)-len(old)))); err != nil {
				return nil, err
			}
		}
	}
	return stock.CallInternal(thread, args, kwargs)
}

// stringSplit is str.split, str.rsplit or str.splitlines. Each part takes two
// words in the list and two more of its own.
func stringSplit(thread *starlark.Thread, stock *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if s := string(stock.Receiver().(starlark.String)); len(s) >= smallSize/16 {
		if err := host.Spend(thread, len(s)/host.BytesPerStep); err != nil {
			return nil, err
		}
		sep := "\n"
		if len(args) > 0 {
			if text, ok := args[0].(starlark.String); ok && text != "" {
				sep = string(text)
			}
		}
		n := int64(strings.Count(s, sep)) + 1
		if len(args) == 0 { // white space
			n = int64(len(s)/2) + 1
		}
		if err := reserve(thread, times(n, 2*valueSize)); err != nil {
			return nil, err
		}
	}
	return stock.CallInternal(thread, args, kwargs)
}
