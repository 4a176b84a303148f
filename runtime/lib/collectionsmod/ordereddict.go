package collectionsmod

import (
	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/lazy"
	"starwire/runtime/lib/builtinmod"
	"starwire/runtime/py"
)

var (
	orderedDicts       lazy.Value[*py.DictKind]
	orderedDictMethods lazy.Methods
)

// OrderedDict returns the class OrderedDict. Every dict keeps its order here; its instances mind it when they
// are compared, and can be gone through backwards.
//
// collections.py, OrderedDict.
func OrderedDict() *py.DictKind {
	return orderedDicts.Get(func() *py.DictKind {
		return &py.DictKind{
			Module: "collections", Class: "OrderedDict", Ordered: true,
			Make: func(thread *starlark.Thread, k *py.DictKind, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
				if err := atMostOne(args); err != nil {
					return nil, err
				}
				d := k.New(thread, new(starlark.Dict))
				return d, updateOrdered(thread, d, args, kwargs)
			},
			Get:   dictAttr(&orderedDictMethods, orderedDictFunctions),
			Names: dictNames(&orderedDictMethods, orderedDictFunctions),
			Static: func(k *py.DictKind, name string) starlark.Value {
				if name == "fromkeys" {
					return starlark.NewBuiltin(name, func(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
						d, err := fromKeys(thread, b, args, kwargs)
						if err != nil {
							return nil, err
						}
						return k.New(thread, d), nil
					})
				}
				return nil
			},
			Parts: func(d *py.SubDict) []starlark.Value {
				if d.Len() == 0 {
					return nil
				}
				items := make([]starlark.Value, 0, d.Len())
				for _, item := range d.Items() {
					items = append(items, item)
				}
				return []starlark.Value{starlark.NewList(items)}
			},
		}
	})
}

func orderedDictFunctions() map[string]lazy.Method {
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
		"popitem": orderedPopItem,
		"update": func(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			if len(args) > 1 {
				return nil, py.TypeError.Errorf("update() takes at most 2 positional arguments (%d given)", len(args)+1)
			}
			return starlark.None, updateOrdered(thread, b.Receiver().(*py.SubDict), args, kwargs)
		},
	}
}

// updateOrdered is OrderedDict.update(*args, **kwargs), whose pairs are unpacked.
//
// _abcoll.py, MutableMapping.update.
func updateOrdered(thread *starlark.Thread, d *py.SubDict, args starlark.Tuple, kwargs []starlark.Tuple) error {
	if len(args) == 1 {
		_, isMapping := args[0].(starlark.Mapping)
		if !isMapping {
			if err := builtinmod.Each(thread, args[0], func(pair starlark.Value) (bool, error) {
				items, err := builtinmod.Collect(thread, pair)
				switch {
				case err != nil:
					return false, err
				case len(items) > 2:
					return false, py.ValueError.Errorf("too many values to unpack")
				case len(items) == 1:
					return false, py.ValueError.Errorf("need more than 1 value to unpack")
				case len(items) == 0:
					return false, py.ValueError.Errorf("need more than 0 values to unpack")
				}
				if err := builtinmod.Hashable(items[0]); err != nil {
					return false, err
				}
				return true, d.SetKey(items[0], items[1])
			}); err != nil {
				return err
			}
			args = nil
		}
	}
	return builtinmod.UpdateDict(thread, d.Dict(), args, kwargs)
}

// spendEvery is how many keys are gone through for one step of the run's.
const spendEvery = 64

// orderedPopItem is OrderedDict.popitem(last=True).
func orderedPopItem(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var last starlark.Value = starlark.True
	if err := py.UnpackAny(b.Name(), args, kwargs, "last?", &last); err != nil {
		return nil, err
	}
	d := b.Receiver().(*py.SubDict).Dict()
	var key starlark.Value
	if last.Truth() {
		if err := host.Spend(thread, d.Len()/spendEvery); err != nil {
			return nil, err
		}
		for k := range d.Entries() {
			key = k
		}
	} else {
		for k := range d.Entries() {
			key = k
			break
		}
	}
	if key == nil {
		return nil, py.KeyError.Errorf("dictionary is empty")
	}
	v, _, err := d.Delete(key)
	if err != nil {
		return nil, err
	}
	return starlark.Tuple{key, v}, nil
}
