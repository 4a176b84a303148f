package runtime

import (
	"go.starlark.net/starlark"

	"starwire/runtime/lazy"
	"starwire/runtime/py"
	"starwire/runtime/pysyntax"
)

// ported are the members of the module python2 that stand for what .py files have
// under names no author can write: the operators and statements that Starlark has
// otherwise, or not at all. A program that was a .py file loads them.
func ported() map[string]string {
	return portedTable.Get(func() map[string]string {
		return map[string]string{
			pysyntax.AttrName:           "getattr",
			pysyntax.PowerName:          "pow",
			pysyntax.SetName:            "set",
			pysyntax.UnicodeName:        "u",
			pysyntax.DivideName:         "div",
			pysyntax.ModuloName:         "mod",
			pysyntax.EqualName:          "eq",
			pysyntax.LessName:           "lt",
			pysyntax.LessOrEqualName:    "le",
			pysyntax.GreaterName:        "gt",
			pysyntax.GreaterOrEqualName: "ge",
			pysyntax.AddName:            "add",
			pysyntax.SubtractName:       "subtract",
			pysyntax.MultiplyName:       "multiply",
			pysyntax.FloorName:          "floor_div",
			pysyntax.ShiftLeftName:      "shift_left",
			pysyntax.ShiftRightName:     "shift_right",
			pysyntax.AndName:            "bit_and",
			pysyntax.OrName:             "bit_or",
			pysyntax.XorName:            "bit_xor",
			pysyntax.InPlaceName:        "add_in_place",
			pysyntax.NegativeName:       "negative",
			pysyntax.InvertName:         "invert",
			pysyntax.IndexName:          "item",
			pysyntax.ContainsName:       "contains",
			pysyntax.SlicedName:         "sliced",
			pysyntax.IsName:             "same",
			pysyntax.IterateName:        "each",
			pysyntax.GeneratorName:      "generate",
			pysyntax.PrintName:          "print",
			pysyntax.ImportName:         "import_module",
			pysyntax.ImportFromName:     "import_from",
			pysyntax.FrameName:          "variables",
			pysyntax.TryName:            "try_call",
			pysyntax.FinallyName:        "finally_call",
			pysyntax.ExceptName:         "matches",
			pysyntax.ReraiseName:        "reraise",
			pysyntax.RaiseName:          "raise_error",
			pysyntax.AssertName:         "assert_failed",
			pysyntax.WithName:           "entering",
			pysyntax.DelNameName:        "forget",
			pysyntax.DelAttrName:        "delete_attr",
			pysyntax.DelItemName:        "delete_item",
			pysyntax.DelSliceName:       "delete_slice",
			pysyntax.SetSliceName:       "set_slice",
			pysyntax.LeakName:           "remember",
		}
	})
}

var portedTable lazy.Value[map[string]string]

// PortName returns the name under which the module python2 has what .py files
// find under the given name: div for pysyntax.DivideName, sorted for sorted. It
// is "" for what Starlark programs find themselves.
func PortName(name string) string {
	if name == "print" { // of from __future__ import print_function
		return "print_function"
	}
	if p := ported()[name]; p != "" {
		return p
	}
	if pythonBuiltins().Has(name) {
		return name
	}
	return ""
}

// portModule is the name of the module that the programs load which starwire port
// writes. It is no predeclared name.
const portModule = "python2"

// portMembers are what is in it: Python 2's built-in functions, and functions for
// its operators and statements. They are made on first use.
func portMembers() starlark.StringDict { return portTable.Get(makePortMembers) }

var portTable lazy.Value[starlark.StringDict]

func makePortMembers() starlark.StringDict {
	pythonBuiltins, builtins := pythonBuiltins(), builtins()
	members := starlark.StringDict{}
	for name, v := range pythonBuiltins {
		if _, internal := ported()[name]; !internal && name != "print" {
			members[name] = v
		}
	}
	members["print_function"] = pythonBuiltins["print"]
	for name, member := range ported() {
		switch {
		case members[member] != nil: // a function that Python has itself
		case pythonBuiltins[name] != nil:
			members[member] = pythonBuiltins[name]
		default:
			members[member] = builtins[name]
		}
	}
	for name, fn := range map[string]func(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error){
		"module_variables": newModuleVariables,
		"module_name":      portedName,
		"module_file":      portedFile,
		"raw":              raw,
	} {
		members[name] = starlark.NewBuiltin(name, fn)
	}
	return members
}

// moduleVariables are the variables of a module that was a .py file and whose
// functions assign them: $global as a value.
type moduleVariables struct{ *globals }

var _ frame = moduleVariables{}

// newModuleVariables is python2.module_variables().
func newModuleVariables(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 0); err != nil {
		return nil, err
	}
	r := stateOf(thread).task.run
	return moduleVariables{newGlobals(r, r.rt.pythonNames())}, nil
}

// Freeze freezes the values: the module was loaded, and others read them.
func (m moduleVariables) Freeze() { m.snapshot().Freeze() }

// portedName is python2.module_name(), which is __name__ in a .py file.
func portedName(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 0); err != nil {
		return nil, err
	}
	return starlark.String(moduleName(thread)), nil
}

// portedFile is python2.module_file(), which is __file__ in a .py file.
func portedFile(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 0); err != nil {
		return nil, err
	}
	return starlark.String(callerFile(thread, 1)), nil
}

// raw is python2.raw(b"…"): the str of these bytes, which need not be UTF-8.
func raw(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var v starlark.Value
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 1, &v); err != nil {
		return nil, err
	}
	text, ok := v.(starlark.Bytes)
	if !ok {
		return nil, py.TypeError.Errorf("raw: want bytes, not %s", py.TypeName(v))
	}
	return starlark.String(text), nil
}
