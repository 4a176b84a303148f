package collectionsmod

import (
	"go.starlark.net/starlark"

	"starwire/runtime/lazy"
	"starwire/runtime/lib/builtinmod"
	"starwire/runtime/py"
)

var (
	defaultDicts       lazy.Value[*py.DictKind]
	defaultDictMethods lazy.Methods
)

// defaultDictKind returns the class defaultdict.
//
// _collectionsmodule.c, defdict_init, defdict_missing and defdict_repr.
func defaultDictKind() *py.DictKind {
	return defaultDicts.Get(func() *py.DictKind {
		return &py.DictKind{
			Module: "collections", Class: "defaultdict", Builtin: true,
			Make: makeDefaultDict,
			Missing: func(d *py.SubDict, key starlark.Value) (starlark.Value, error) {
				if d.Factory() == starlark.None {
					return nil, py.KeyError.New(nil, key)
				}
				if err := d.Changing(); err != nil {
					return nil, err // before the factory, which several threads could call at once
				}
				thread, release := running(d)
				defer release()
				v, err := starlark.Call(thread, d.Factory(), nil, nil)
				if err != nil {
					return nil, err
				}
				return v, d.Dict().SetKey(key, v)
			},
			Get: func(d *py.SubDict, name string) (starlark.Value, error) {
				if name == "default_factory" {
					return d.Factory(), nil
				}
				return defaultDictAttr(d, name)
			},
			Names: func() []string {
				return append(dictNames(&defaultDictMethods, defaultDictFunctions)(), "default_factory")
			},
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
			Parts: func(d *py.SubDict) []starlark.Value { return []starlark.Value{d.Factory(), d.Dict()} },
		}
	})
}

func defaultDictAttr(d *py.SubDict, name string) (starlark.Value, error) {
	return dictAttr(&defaultDictMethods, defaultDictFunctions)(d, name)
}

func defaultDictFunctions() map[string]lazy.Method {
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
			c := d.Kind().New(thread, held)
			c.SetFactory(d.Factory())
			return c, nil
		},
	}
}

// makeDefaultDict is defaultdict(default_factory=None, *args, **kwargs).
func makeDefaultDict(thread *starlark.Thread, k *py.DictKind, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var factory starlark.Value = starlark.None
	if len(args) > 0 {
		factory, args = args[0], args[1:]
		if _, ok := factory.(starlark.Callable); !ok && factory != starlark.None {
			return nil, py.TypeError.Errorf("first argument must be callable or None")
		}
	}
	if len(args) > 1 {
		return nil, py.TypeError.Errorf("dict expected at most 1 arguments, got %d", len(args))
	}
	d := k.New(thread, new(starlark.Dict))
	d.SetFactory(factory)
	return d, builtinmod.UpdateDict(thread, d.Dict(), args, kwargs)
}

// fromKeys is the dict of dict.fromkeys(iterable, value=None).
func fromKeys(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (*starlark.Dict, error) {
	var keys starlark.Value
	var value starlark.Value = starlark.None
	if err := py.UnpackAny(b.Name(), args, kwargs, "iterable", &keys, "value?", &value); err != nil {
		return nil, err
	}
	d := new(starlark.Dict)
	return d, builtinmod.Each(thread, keys, func(key starlark.Value) (bool, error) {
		if err := builtinmod.Hashable(key); err != nil {
			return false, err
		}
		return true, d.SetKey(key, value)
	})
}
