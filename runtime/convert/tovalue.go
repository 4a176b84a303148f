package convert

import (
	"cmp"
	"encoding"
	"encoding/json"
	"maps"
	"math/big"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	stock "go.starlark.net/lib/time"
	"go.starlark.net/starlark"
)

// ToValue converts a Go value, as the package says. The error is an *Error.
func ToValue(x any) (starlark.Value, error) {
	var w walk
	v, err := w.toValue(reflect.ValueOf(x), 0, "")
	return v, rooted(err, "")
}

// ToDict converts what scripts are to find by name: for runtime.Config.Predeclared,
// or a module of runtime.Config.Modules. Functions are called by their keys. The
// error is an *Error.
func ToDict(members map[string]any) (starlark.StringDict, error) {
	var w walk
	dict := make(starlark.StringDict, len(members))
	for _, name := range slices.Sorted(maps.Keys(members)) {
		v, err := w.toValue(reflect.ValueOf(members[name]), 0, name)
		if err != nil {
			return nil, rooted(err, field(name))
		}
		dict[name] = v
	}
	return dict, nil
}

var (
	timeType     = reflect.TypeFor[time.Time]()
	durationType = reflect.TypeFor[time.Duration]()
	bigIntType   = reflect.TypeFor[big.Int]()
)

// isScalar reports whether a struct type stands for one value.
func isScalar(t reflect.Type) bool {
	return t == timeType || t == bigIntType || t.Implements(reflect.TypeFor[encoding.TextMarshaler]())
}

// toValue converts v; name is what a function would be called.
func (w *walk) toValue(v reflect.Value, depth int, name string) (starlark.Value, error) {
	if err := w.enter(depth, 0); err != nil {
		return nil, err
	}
	if !v.IsValid() {
		return starlark.None, nil
	}
	if k := v.Kind(); (k == reflect.Pointer || k == reflect.Interface || k == reflect.Func) && v.IsNil() {
		return starlark.None, nil
	}
	if !isPlain(v.Type()) {
		if x, err := special(v); x != nil || err != nil {
			return x, err
		}
	}
	switch v.Kind() {
	case reflect.Bool:
		return starlark.Bool(v.Bool()), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return starlark.MakeInt64(v.Int()), nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return starlark.MakeUint64(v.Uint()), nil
	case reflect.Float32, reflect.Float64:
		return starlark.Float(v.Float()), nil
	case reflect.String:
		return starlark.String(v.String()), nil
	case reflect.Interface:
		return w.toValue(v.Elem(), depth+1, name)
	case reflect.Pointer:
		return within(w, place{v.Pointer(), v.Type(), 0}, func() (starlark.Value, error) {
			return w.toValue(v.Elem(), depth+1, name)
		})
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			if err := w.enter(depth, v.Len()); err != nil {
				return nil, err
			}
			return starlark.String(v.Bytes()), nil
		}
		if v.Len() == 0 {
			return starlark.NewList(nil), nil
		}
		return within(w, place{v.Pointer(), v.Type(), v.Len()}, func() (starlark.Value, error) { return w.list(v, depth) })
	case reflect.Array:
		return w.list(v, depth)
	case reflect.Map:
		if v.Len() == 0 {
			return starlark.NewDict(0), nil
		}
		return within(w, place{v.Pointer(), v.Type(), 0}, func() (starlark.Value, error) {
			d := starlark.NewDict(v.Len())
			return d, w.mapping(d, v, depth)
		})
	case reflect.Struct:
		return w.structure(v, depth)
	case reflect.Func:
		if name == "" {
			name = "function"
		}
		return makeFunc(name, v, nil)
	}
	return nil, problem("a ", v.Type().String(), " does not convert")
}

// isPlain reports whether a type has no methods and no form of its own: most have
// none, and to ask each value for its methods takes longer than to convert it.
func isPlain(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Interface, reflect.Pointer, reflect.Struct:
		return t == anyType
	}
	return t.PkgPath() == ""
}

// special converts a value by its type or its methods; nil if it has none that count.
func special(v reflect.Value) (starlark.Value, error) {
	switch x := v.Interface().(type) {
	case starlark.Value:
		return x, nil
	case time.Time:
		return stock.Time(x), nil
	case time.Duration:
		return stock.Duration(x), nil
	case big.Int:
		return starlark.MakeBigInt(new(big.Int).Set(&x)), nil
	case *big.Int:
		return starlark.MakeBigInt(new(big.Int).Set(x)), nil
	case json.Number:
		return number(x)
	case encoding.TextMarshaler:
		text, err := x.MarshalText()
		if err != nil {
			return nil, &Error{Problem: err.Error(), Err: err}
		}
		return starlark.String(text), nil
	case error:
		return nil, problem("an error does not convert; its text does")
	}
	return nil, nil
}

// A place is where a container of Go's is, and how much of it.
type place struct {
	at  uintptr
	typ reflect.Type
	len int
}

// within converts a container while it is noted as gone through.
func within[T any](w *walk, container any, convert func() (T, error)) (T, error) {
	if err := w.inside(container); err != nil {
		var none T
		return none, err
	}
	defer w.outside(container)
	return convert()
}

func number(n json.Number) (starlark.Value, error) {
	if i, ok := new(big.Int).SetString(string(n), 10); ok {
		return starlark.MakeBigInt(i), nil
	}
	f, err := strconv.ParseFloat(string(n), 64)
	if err != nil {
		return nil, &Error{Problem: strconv.Quote(cut(string(n))) + " is not a number", Err: err}
	}
	return starlark.Float(f), nil
}

func (w *walk) list(v reflect.Value, depth int) (starlark.Value, error) {
	var items []starlark.Value
	for i := range v.Len() {
		item, err := w.toValue(v.Index(i), depth+1, "")
		if err != nil {
			return nil, at(err, index(i))
		}
		items = append(items, item)
	}
	return starlark.NewList(items), nil
}

// mapping puts the items of a map into d, its keys in order: a script sees it.
func (w *walk) mapping(d *starlark.Dict, v reflect.Value, depth int) error {
	type item struct {
		key   starlark.Value
		value reflect.Value
	}
	items := make([]item, 0, v.Len())
	for it := v.MapRange(); it.Next(); {
		k, err := w.toValue(it.Key(), depth+1, "")
		if err != nil {
			return at(err, "[key]")
		}
		items = append(items, item{k, it.Value()})
	}
	slices.SortFunc(items, func(a, b item) int { return compareKeys(a.key, b.key) })
	for _, it := range items {
		name, _ := starlark.AsString(it.key)
		value, err := w.toValue(it.value, depth+1, name)
		if err != nil {
			return at(err, key(it.key))
		}
		if _, found, err := d.Get(it.key); err != nil {
			return &Error{Path: key(it.key), Problem: "no key for a dict: " + err.Error(), Err: err}
		} else if found {
			return &Error{Path: key(it.key), Problem: "two keys are the same for a dict"}
		}
		if err := d.SetKey(it.key, value); err != nil {
			return &Error{Path: key(it.key), Problem: err.Error(), Err: err}
		}
	}
	return nil
}

func compareKeys(a, b starlark.Value) int {
	if x, ok := a.(starlark.String); ok {
		if y, ok := b.(starlark.String); ok {
			return strings.Compare(string(x), string(y))
		}
	}
	if x, ok := a.(starlark.Int); ok {
		if y, ok := b.(starlark.Int); ok {
			n, _ := x.Cmp(y, 1) // integers always compare
			return n
		}
	}
	return cmp.Or(strings.Compare(a.Type(), b.Type()), strings.Compare(a.String(), b.String()))
}

func (w *walk) structure(v reflect.Value, depth int) (starlark.Value, error) {
	st := structOf(v.Type())
	d := starlark.NewDict(len(st.fields))
	for _, f := range st.fields {
		fv, ok := get(v, f.index)
		if !ok || f.omitEmpty && isEmpty(fv) || f.omitZero && fv.IsZero() {
			continue
		}
		value, err := w.toValue(fv, depth+1, f.name)
		if err != nil {
			return nil, at(err, field(f.name))
		}
		d.SetKey(starlark.String(f.name), value) // a new dict takes every string
	}
	if st.rest != nil {
		if rest, ok := get(v, st.rest); ok {
			if err := w.mapping(d, rest, depth); err != nil {
				return nil, err
			}
		}
	}
	return d, nil
}
