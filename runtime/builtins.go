package runtime

import (
	"slices"
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starwire/runtime/guards"
	"starwire/runtime/lazy"
	"starwire/runtime/lib/filemod"
	"starwire/runtime/panics"
	"starwire/runtime/py"
	"starwire/runtime/pysyntax"
)

// builtins are the functions every script finds beside Starlark's own, or in
// place of them, made on first use.
func builtins() map[string]*starlark.Builtin { return builtinTable.Get(newBuiltins) }

var (
	builtinTable lazy.Value[map[string]*starlark.Builtin]
	newBuiltins  func() map[string]*starlark.Builtin // makeBuiltins
)

// What the functions do leads back to the table of them.
func init() { newBuiltins = makeBuiltins }

func makeBuiltins() map[string]*starlark.Builtin {
	type function = func(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error)
	builtins := make(map[string]*starlark.Builtin, 128)
	for name, fn := range map[string]function{
		"attempt":    attemptFn,
		"catch":      catchFn,
		"fail":       failFn,
		"getattr":    getattrFn,
		"help":       helpFn,
		"int":        intFn,
		"isinstance": isinstanceFn,
		"issubclass": issubclassFn,
		"parallel":   parallelFn,
		"print":      printFn,
		"range":      rangeFn,
		"repr":       reprFn,
		"sorted":     sortedFn,
		"str":        strFn,
		"struct":     starlarkstruct.Make,
		"using":      usingFn,

		guards.ContainsName: contains,
		guards.DoneName:     done,
		guards.FormatName:   percent,
		guards.MethodName:   methodFn,
		guards.MultiplyName: multiply,
		guards.OperandName:  newOperand,
		guards.SetItemName:  setItem,
		guards.ShiftName:    shiftLeft,

		pysyntax.PrintName:      printStmt,
		pysyntax.ImportName:     importName,
		pysyntax.ImportFromName: importFrom,
		pysyntax.PowerName:      power,
		pysyntax.IsName:         is,
		pysyntax.SetName:        set,

		pysyntax.FrameName:     newFrame,
		pysyntax.TryName:       try,
		pysyntax.FinallyName:   finally,
		pysyntax.ExceptName:    except,
		pysyntax.ReraiseName:   reraise,
		pysyntax.RaiseName:     raise,
		pysyntax.AssertName:    assert,
		pysyntax.WithName:      with,
		pysyntax.DelNameName:   delName,
		pysyntax.DelAttrName:   delAttr,
		pysyntax.DelItemName:   delItem,
		pysyntax.DelSliceName:  delSlice,
		pysyntax.SetSliceName:  setSlice,
		pysyntax.GeneratorName: newGenerator,
		pysyntax.LeakName:      leak,
	} {
		builtins[name] = starlark.NewBuiltin(name, panics.Safe(fn))
	}
	for _, f := range guards.ComparisonNames {
		builtins[f.Name] = starlark.NewBuiltin(f.Name, panics.Safe(comparing(f.Op)))
	}
	for _, f := range guards.SetNames {
		builtins[f.Name] = starlark.NewBuiltin(f.Name, panics.Safe(setOperation(f.Op)))
	}
	for name, w := range walkers() {
		builtins[name] = starlark.NewBuiltin(name, panics.Safe(walker(name, w)))
	}
	builtins["open"] = filemod.Builtin
	return builtins
}

// strFn is str(x): Starlark's, but for exceptions inside containers.
func strFn(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(kwargs) == 0 && len(args) == 1 {
		switch x := args[0].(type) {
		case starlark.String:
			return x, nil
		case starlark.Bytes:
		default:
			text, err := textOf(thread, x)
			return starlark.String(text), err
		}
	}
	return starlark.Call(thread, starlark.Universe["str"], args, kwargs)
}

// reprFn is repr(x).
func reprFn(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x starlark.Value
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 1, &x); err != nil {
		return nil, err
	}
	text, err := reprOf(thread, x)
	return starlark.String(text), err
}

// failFn is fail(exc), fail(cls, *args) and fail(*texts, sep=" ").
func failFn(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(args) > 0 {
		switch x := args[0].(type) {
		case *py.Exception:
			if len(args) > 1 || len(kwargs) > 0 {
				return nil, py.TypeError.Errorf("fail: an exception takes no further arguments")
			}
			return nil, x
		case *py.Class:
			v, err := starlark.Call(thread, x, args[1:], kwargs)
			if err != nil {
				return nil, err
			}
			return nil, v.(*py.Exception)
		}
	}
	sep := " "
	if err := starlark.UnpackArgs(b.Name(), nil, kwargs, "sep?", &sep); err != nil {
		return nil, err
	}
	texts := make([]string, len(args))
	for i, v := range args {
		var err error
		if texts[i], err = textOf(thread, v); err != nil {
			return nil, err
		}
	}
	return nil, py.Error.New(nil, starlark.String(strings.Join(texts, sep)))
}

// isinstanceFn is isinstance(x, cls_or_tuple).
func isinstanceFn(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x, types starlark.Value
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 2, &x, &types); err != nil {
		return nil, err
	}
	ok, err := isInstance(x, types, 0)
	return starlark.Bool(ok), err
}

// issubclassFn is issubclass(cls, cls_or_tuple).
func issubclassFn(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x, types starlark.Value
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 2, &x, &types); err != nil {
		return nil, err
	}
	switch c := x.(type) {
	case *py.Class:
		ok, err := c.Matches(types)
		return starlark.Bool(ok), err
	case interface{ IsSubclass(of starlark.Value) bool }:
		return starlark.Bool(isSubclass(c.IsSubclass, types, 0)), nil
	}
	return nil, py.TypeError.Errorf("issubclass() arg 1 must be a class")
}

// isSubclass asks of each class in types, or of the one that it is.
func isSubclass(is func(of starlark.Value) bool, types starlark.Value, depth int) bool {
	tuple, ok := types.(starlark.Tuple)
	if !ok || depth > maxTypes {
		return is(types)
	}
	return slices.ContainsFunc(tuple, func(t starlark.Value) bool { return isSubclass(is, t, depth+1) })
}

// maxTypes bounds tuples of types inside tuples of types.
const maxTypes = 100

// isInstance reports whether x is an instance of a class, of a type that a
// built-in function stands for, or of one of a tuple of them.
func isInstance(x, types starlark.Value, depth int) (bool, error) {
	switch t := types.(type) {
	case *py.Class:
		e, ok := x.(*py.Exception)
		return ok && e.IsA(t), nil
	case starlark.Tuple:
		if depth > maxTypes {
			break
		}
		for _, u := range t {
			if ok, err := isInstance(x, u, depth+1); ok || err != nil {
				return ok, err
			}
		}
		return false, nil
	case *starlark.Function:
	case *starlark.Builtin:
		if t.Receiver() == nil {
			return isOfType(x, t.Name()), nil
		}
	case interface{ HasInstance(x starlark.Value) bool }: // a class that has classes below it
		return t.HasInstance(x), nil
	case starlark.Callable:
		return isOfType(x, t.Name()), nil
	}
	return false, py.TypeError.Errorf("isinstance() arg 2 must be a class, type, or tuple of classes and types")
}

// isOfType reports whether x is of the type with that constructor: str, int, …,
// or a module's, as httplib.HTTPResponse.
func isOfType(x starlark.Value, name string) bool {
	switch x := x.(type) {
	case starlark.String:
		return name == "str"
	case starlark.Bool: // Python's bool is a kind of int
		return name == "bool" || name == "int"
	case *py.SubDict:
		return name == "dict"
	default:
		return name == x.Type()
	}
}
