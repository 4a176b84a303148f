package convert

import (
	"encoding"
	"math"
	"math/big"
	"reflect"
	"strconv"
	"strings"
	"time"

	stock "go.starlark.net/lib/time"
	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starwire/runtime/py"
)

// FromValue converts a Starlark value to the type that dst points to, as the
// package says, and stores it there. The error is an *Error; then *dst is as it
// was. What *dst led to, such as a map or a pointer's target, is never changed:
// it is replaced.
func FromValue(v starlark.Value, dst any) error {
	var w walk
	return rooted(w.store(v, reflect.ValueOf(dst)), "")
}

// store is FromValue on a walk.
func (w *walk) store(v starlark.Value, dst reflect.Value) error {
	if dst.Kind() != reflect.Pointer || dst.IsNil() {
		return problem("want a pointer to store the value, not ", typeName(dst))
	}
	to := reflect.New(dst.Type().Elem()).Elem()
	to.Set(dst.Elem())
	if err := w.fromValue(v, to, 0); err != nil {
		return err
	}
	dst.Elem().Set(to)
	return nil
}

func typeName(v reflect.Value) string {
	switch {
	case !v.IsValid():
		return "nil"
	case v.Kind() == reflect.Pointer && v.IsNil():
		return "a nil " + v.Type().String()
	}
	return v.Type().String()
}

var (
	valueType = reflect.TypeFor[starlark.Value]()
	textType  = reflect.TypeFor[encoding.TextUnmarshaler]()
	anyType   = reflect.TypeFor[any]()
)

// fromValue converts v into dst, which can be set.
func (w *walk) fromValue(v starlark.Value, dst reflect.Value, depth int) error {
	if err := w.enter(depth, 0); err != nil {
		return err
	}
	if v == nil {
		return problem("there is no value")
	}
	t := dst.Type()
	plain := isPlain(t)
	if !plain && (t.Implements(valueType) || t.Kind() == reflect.Interface && t.NumMethod() > 0) {
		if rv := reflect.ValueOf(v); rv.Type().AssignableTo(t) {
			dst.Set(rv)
			return nil
		}
		return want(t.String(), v)
	}
	switch t {
	case anyType:
		x, err := w.toAny(v, depth)
		if err == nil {
			dst.Set(reflect.Zero(t))
			if x != nil {
				dst.Set(reflect.ValueOf(x))
			}
		}
		return err
	case timeType:
		if x, ok := v.(stock.Time); ok {
			dst.Set(reflect.ValueOf(time.Time(x)))
			return nil
		}
		if _, ok := v.(starlark.String); !ok { // of RFC 3339
			return want("a time", v)
		}
	case durationType:
		if x, ok := v.(stock.Duration); ok {
			dst.SetInt(int64(x))
			return nil
		}
		return want("a duration", v)
	case bigIntType:
		if x, ok := v.(starlark.Int); ok {
			dst.Set(reflect.ValueOf(*x.BigInt()))
			return nil
		}
		return want("int", v)
	}
	if !plain && t.Kind() != reflect.Pointer && reflect.PointerTo(t).Implements(textType) {
		s, ok := v.(starlark.String)
		if !ok {
			return want("a string", v)
		}
		fresh := reflect.New(t)
		if err := fresh.Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(s)); err != nil {
			return &Error{Problem: err.Error(), Err: err}
		}
		dst.Set(fresh.Elem())
		return nil
	}
	if v == starlark.None {
		switch t.Kind() {
		case reflect.Pointer, reflect.Map, reflect.Slice:
			dst.SetZero()
			return nil
		}
	}
	switch t.Kind() {
	case reflect.Pointer:
		p := copied(dst)
		if err := w.fromValue(v, p.Elem(), depth+1); err != nil {
			return err
		}
		dst.Set(p)
		return nil
	case reflect.Slice:
		return w.slice(v, dst, depth)
	case reflect.Array:
		return w.array(v, dst, depth)
	case reflect.Map:
		return w.goMap(v, dst, depth)
	case reflect.Struct:
		return w.goStruct(v, dst, depth)
	case reflect.Func:
		return problem("a ", py.TypeName(v), " does not convert; Runtime.Bind makes Go functions of a script's")
	}
	return scalar(v, dst)
}

// scalar converts what has no parts.
func scalar(v starlark.Value, dst reflect.Value) error {
	t := dst.Type()
	switch t.Kind() {
	case reflect.Bool:
		if x, ok := v.(starlark.Bool); ok {
			dst.SetBool(bool(x))
			return nil
		}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		if x, ok := v.(starlark.Int); ok {
			n, ok := x.Int64()
			if !ok || dst.OverflowInt(n) {
				return problem("the int ", cut(x.String()), " is out of range for ", t.String())
			}
			dst.SetInt(n)
			return nil
		}
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		if x, ok := v.(starlark.Int); ok {
			n, ok := x.Uint64()
			if !ok || dst.OverflowUint(n) {
				return problem("the int ", cut(x.String()), " is out of range for ", t.String())
			}
			dst.SetUint(n)
			return nil
		}
	case reflect.Float32, reflect.Float64:
		var f float64
		switch x := v.(type) {
		case starlark.Float:
			f = float64(x)
		case starlark.Int:
			if f = float64(x.Float()); math.IsInf(f, 0) {
				return problem("the int is out of range for ", t.String())
			}
		default:
			return want(t.String(), v)
		}
		if dst.OverflowFloat(f) {
			return problem("the ", v.Type(), " ", cut(v.String()), " is out of range for ", t.String())
		}
		dst.SetFloat(f)
		return nil
	case reflect.String:
		if s, ok := py.AsBytes(v); ok {
			dst.SetString(s)
			return nil
		}
	default:
		return problem("there is no ", t.String(), " in Starlark")
	}
	return want(t.String(), v)
}

func want(what string, got starlark.Value) error {
	return problem("want ", what, ", got ", py.TypeName(got))
}

// elements calls f with the items of a list, a tuple, a set or another sequence.
func (w *walk) elements(v starlark.Value, what string, f func(i int, item starlark.Value) error) error {
	seq, ok := v.(starlark.Sequence)
	if _, mapping := v.(starlark.Mapping); !ok || mapping {
		return want(what, v)
	}
	if err := w.insideValue(v); err != nil {
		return err
	}
	defer w.outsideValue(v)
	it := seq.Iterate()
	defer it.Done()
	var item starlark.Value
	for i := 0; it.Next(&item); i++ {
		if err := f(i, item); err != nil {
			return at(err, index(i))
		}
	}
	return nil
}

// insideValue is inside for a Starlark value. Only what is behind a pointer can
// contain itself.
func (w *walk) insideValue(v starlark.Value) error {
	if reflect.TypeOf(v).Kind() != reflect.Pointer {
		return nil
	}
	return w.inside(v)
}

func (w *walk) outsideValue(v starlark.Value) {
	if reflect.TypeOf(v).Kind() == reflect.Pointer {
		w.outside(v)
	}
}

func (w *walk) slice(v starlark.Value, dst reflect.Value, depth int) error {
	t := dst.Type()
	if s, ok := py.AsBytes(v); ok && t.Elem().Kind() == reflect.Uint8 {
		if err := w.enter(depth, len(s)); err != nil {
			return err
		}
		b := reflect.MakeSlice(t, len(s), len(s))
		copy(b.Bytes(), s)
		dst.Set(b)
		return nil
	}
	out := reflect.MakeSlice(t, 0, 0)
	what := "a list"
	if t.Elem().Kind() == reflect.Uint8 {
		what = "a string"
	}
	err := w.elements(v, what, func(_ int, item starlark.Value) error {
		x := reflect.New(t.Elem()).Elem()
		if err := w.fromValue(item, x, depth+1); err != nil {
			return err
		}
		out = reflect.Append(out, x)
		return nil
	})
	if err == nil {
		dst.Set(out)
	}
	return err
}

func (w *walk) array(v starlark.Value, dst reflect.Value, depth int) error {
	n, t := 0, dst.Type()
	err := w.elements(v, "a list", func(i int, item starlark.Value) error {
		if n = i + 1; n > dst.Len() {
			return problem("want no more items for a ", t.String())
		}
		return w.fromValue(item, dst.Index(i), depth+1)
	})
	if err == nil && n != dst.Len() {
		return problem("want ", t.String(), ", got ", strconv.Itoa(n), " items")
	}
	return err
}

// items calls f with the items of a dict, another mapping or a struct.
func (w *walk) items(v starlark.Value, f func(k, item starlark.Value) error) error {
	if err := w.insideValue(v); err != nil {
		return err
	}
	defer w.outsideValue(v)
	switch v := v.(type) {
	case *starlarkstruct.Struct:
		for _, name := range v.AttrNames() {
			item, err := v.Attr(name)
			if err == nil {
				err = f(starlark.String(name), item)
			}
			if err != nil {
				return at(err, field(name))
			}
		}
		return nil
	case starlark.IterableMapping:
		for _, item := range v.Items() {
			if err := f(item[0], item[1]); err != nil {
				return at(err, key(item[0]))
			}
		}
		return nil
	}
	return want("a dict", v)
}

func (w *walk) goMap(v starlark.Value, dst reflect.Value, depth int) error {
	t := dst.Type()
	out := reflect.MakeMap(t)
	err := w.items(v, func(k, item starlark.Value) error {
		kv, x := reflect.New(t.Key()).Elem(), reflect.New(t.Elem()).Elem()
		if err := w.fromValue(k, kv, depth+1); err != nil {
			return at(err, "[key]")
		}
		if !kv.Comparable() {
			return problem("a ", k.Type(), " is no key for a ", t.String())
		}
		if out.MapIndex(kv).IsValid() {
			return problem("two keys are the same for a ", t.String())
		}
		if err := w.fromValue(item, x, depth+1); err != nil {
			return err
		}
		out.SetMapIndex(kv, x)
		return nil
	})
	if err == nil {
		dst.Set(out)
	}
	return err
}

func (w *walk) goStruct(v starlark.Value, dst reflect.Value, depth int) error {
	st := structOf(dst.Type())
	var rest, restOut reflect.Value
	if st.rest != nil {
		rest = settable(dst, st.rest)
		restOut = reflect.MakeMap(rest.Type())
	}
	err := w.items(v, func(k, item starlark.Value) error {
		name, ok := starlark.AsString(k)
		if !ok {
			return problem("want a string for a key, got ", py.TypeName(k))
		}
		if i, ok := st.byName[name]; ok {
			return w.fromValue(item, settable(dst, st.fields[i].index), depth+1)
		}
		if st.rest == nil {
			return problem("unknown key; there are ", st.names())
		}
		x := reflect.New(rest.Type().Elem()).Elem()
		if err := w.fromValue(item, x, depth+1); err != nil {
			return err
		}
		restOut.SetMapIndex(reflect.ValueOf(strings.Clone(name)).Convert(rest.Type().Key()), x)
		return nil
	})
	if err == nil && st.rest != nil {
		rest.Set(restOut)
	}
	return err
}

// toAny converts to the type that is natural for v.
func (w *walk) toAny(v starlark.Value, depth int) (any, error) {
	switch v := v.(type) {
	case starlark.NoneType:
		return nil, nil
	case starlark.Bool:
		return bool(v), nil
	case starlark.Int:
		if n, ok := v.Int64(); ok {
			return n, nil
		}
		return new(big.Int).Set(v.BigInt()), nil
	case starlark.Float:
		return float64(v), nil
	case starlark.String:
		return string(v), nil
	case *py.Unicode:
		return v.Text(), nil
	case starlark.Bytes:
		if err := w.enter(depth, len(v)); err != nil {
			return nil, err
		}
		return []byte(v), nil
	case stock.Time:
		return time.Time(v), nil
	case stock.Duration:
		return time.Duration(v), nil
	case *starlarkstruct.Struct, starlark.IterableMapping:
		m := make(map[string]any)
		dst := reflect.ValueOf(&m).Elem()
		err := w.goMap(v, dst, depth)
		return m, err
	case starlark.Sequence:
		list := []any{}
		err := w.elements(v, "a list", func(_ int, item starlark.Value) error {
			if err := w.enter(depth+1, 0); err != nil {
				return err
			}
			x, err := w.toAny(item, depth+1)
			list = append(list, x)
			return err
		})
		return list, err
	}
	return nil, problem("a ", py.TypeName(v), " does not convert")
}
