package builtinmod

import (
	"maps"
	"slices"

	"go.starlark.net/starlark"

	"starwire/runtime/py"
)

// Members returns the built-in functions and types. power is the function that x ** y calls.
func Members(power func(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error)) starlark.StringDict {
	members := make(starlark.StringDict)
	for name, fn := range map[string]function{
		"abs": abs, "all": anyAll, "any": anyAll, "apply": apply, "bin": base, "callable": callable, "chr": chr,
		"cmp": cmp, "delattr": delAttr, "dir": dir, "divmod": divMod, "enumerate": enumerate, "filter": filter,
		"format": format, "getattr": getAttr, "hasattr": hasAttr, "hash": hash, "hex": base, "iter": iter,
		"len": length, "map": mapFn, "max": extreme, "min": extreme, "next": next, "oct": base, "ord": ord,
		"pow": pow(power), "range": rangeFn, "reduce": reduce, "repr": repr, "reversed": reversed, "round": round,
		"setattr": setAttr, "sorted": sorted, "sum": sum, "unichr": unichr, "xrange": xrange, "zip": zip,
	} {
		members[name] = starlark.NewBuiltin(name, fn)
	}
	for _, t := range named() {
		members[t.name] = t
	}
	return members
}

// tables are the methods by the kind of value they belong to.
func methodsOf(v starlark.Value) map[string]*starlark.Builtin {
	switch v.(type) {
	case starlark.String:
		if py.IsUnicode(v) {
			return asciiMethods()
		}
		return strMethods()
	case starlark.Bytes:
		return strMethods()
	case *py.Unicode:
		return unicodeMethods()
	case *starlark.List:
		return listMethods()
	case *starlark.Dict:
		return dictMethods()
	case starlark.Tuple:
		return tupleMethods()
	case *starlark.Set:
		return setMethods()
	case starlark.Int, starlark.Bool:
		return intMethods()
	case starlark.Float:
		return floatMethods()
	}
	return nil
}

// HasAttr reports whether Attr finds the name otherwise than the interpreter would, on any value.
func HasAttr(name string) bool {
	return slices.ContainsFunc([]map[string]*starlark.Builtin{
		strMethods(), unicodeMethods(), listMethods(), dictMethods(), tupleMethods(), setMethods(), intMethods(), floatMethods(),
	}, func(m map[string]*starlark.Builtin) bool { return m[name] != nil }) ||
		name == "__class__" || name == "__name__" || name == "func_name" || name == "__doc__"
}

// Attr returns the attribute that Python finds, or its AttributeError.
//
// object.c, PyObject_GenericGetAttr.
func Attr(v starlark.Value, name string) (starlark.Value, error) {
	if m := methodsOf(v)[name]; m != nil {
		return m.BindReceiver(v), nil
	}
	if t, ok := v.(*Type); ok && name == "__class__" {
		return TypeOf(t), nil
	}
	if v, ok := v.(starlark.HasAttrs); ok {
		a, err := v.Attr(name)
		if a != nil {
			return a, nil
		}
		if _, ok := err.(starlark.NoSuchAttrError); err != nil && !ok {
			return nil, err
		}
	}
	switch name {
	case "__class__":
		return TypeOf(v), nil
	case "__name__", "func_name":
		switch v := v.(type) {
		case *starlark.Function:
			return starlark.String(functionName(v)), nil
		case *starlark.Builtin:
			if name == "__name__" {
				return starlark.String(v.Name()), nil
			}
		}
	case "__doc__":
		if f, ok := v.(*starlark.Function); ok && f.Doc() != "" {
			return starlark.String(f.Doc()), nil
		}
		return starlark.None, nil
	}
	return nil, py.NoAttribute(v, name)
}

// functionName is Python's name of a function.
func functionName(f *starlark.Function) string {
	if f.Name() == "lambda" {
		return "<lambda>"
	}
	return f.Name()
}

// GetAttr is x.name, for the names that HasAttr picks.
func GetAttr(_ *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	return Attr(args[0], string(args[1].(starlark.String)))
}

// getAttr is getattr(x, name[, default]).
func getAttr(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x, otherwise starlark.Value
	var name string
	if err := unpack(b, args, kwargs, 2, &x, &name, &otherwise); err != nil {
		return nil, err
	}
	v, err := Attr(x, name)
	if e, ok := err.(*py.Exception); ok && otherwise != nil && e.IsA(py.AttributeError) {
		return otherwise, nil
	}
	return v, err
}

// hasAttr is hasattr(x, name).
func hasAttr(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x starlark.Value
	var name string
	if err := unpack(b, args, kwargs, 2, &x, &name); err != nil {
		return nil, err
	}
	_, err := Attr(x, name)
	return starlark.Bool(err == nil), nil
}

// setAttr is setattr(x, name, value).
func setAttr(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x, v starlark.Value
	var name string
	if err := unpack(b, args, kwargs, 3, &x, &name, &v); err != nil {
		return nil, err
	}
	if x, ok := x.(starlark.HasSetField); ok {
		return starlark.None, x.SetField(name, v)
	}
	return nil, py.NoAttribute(x, name)
}

// delAttr is delattr(x, name), which no value allows.
func delAttr(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x starlark.Value
	var name string
	if err := unpack(b, args, kwargs, 2, &x, &name); err != nil {
		return nil, err
	}
	if _, err := Attr(x, name); err != nil {
		return nil, err
	}
	return nil, py.AttributeError.Errorf("'%s' object attribute '%s' cannot be deleted", py.TypeName(x), name)
}

// dir is dir(x): the names of its attributes, sorted.
func dir(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x starlark.Value
	if err := unpack(b, args, kwargs, 1, &x); err != nil {
		return nil, err
	}
	names := slices.Collect(maps.Keys(methodsOf(x)))
	if t, ok := TypeOf(x).(*Type); ok && names != nil {
		names = append(names, stock(t.name)...)
	} else if x, ok := x.(starlark.HasAttrs); ok {
		names = x.AttrNames()
	}
	slices.Sort(names)
	return stringList(slices.Compact(names)), nil
}
