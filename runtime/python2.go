package runtime

import (
	"maps"
	"path"
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"starwire/runtime/lazy"
	"starwire/runtime/lib/builtinmod"
	"starwire/runtime/lib/sysmod"
	"starwire/runtime/panics"
	"starwire/runtime/py"
	"starwire/runtime/pysyntax"
)

// Names of .py files whose values differ from file to file.
const (
	moduleNameName = "__name__"
	fileNameName   = "__file__"
)

// pythonBuiltins are what .py files find beside what every script does, or in
// place of it: Python 2's built-in functions, types and operators. They are made on
// first use.
func pythonBuiltins() starlark.StringDict { return pythonTable.Get(makePythonBuiltins) }

var pythonTable lazy.Value[starlark.StringDict]

func makePythonBuiltins() starlark.StringDict {
	env := builtinmod.Members(power)
	for name, fn := range map[string]func(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error){
		"print":     pythonPrint,
		"raw_input": rawInput,

		pysyntax.DivideName:  builtinmod.Div,
		pysyntax.ModuloName:  builtinmod.Mod,
		pysyntax.EqualName:   builtinmod.Equal,
		pysyntax.IterateName: builtinmod.Iterate,

		pysyntax.LessName:           builtinmod.Order,
		pysyntax.LessOrEqualName:    builtinmod.Order,
		pysyntax.GreaterName:        builtinmod.Order,
		pysyntax.GreaterOrEqualName: builtinmod.Order,

		pysyntax.AttrName:    pythonAttr,
		pysyntax.UnicodeName: builtinmod.UnicodeText,

		pysyntax.AddName:        builtinmod.Add,
		pysyntax.SubtractName:   builtinmod.Arithmetic(syntax.MINUS, operator(syntax.MINUS)),
		pysyntax.MultiplyName:   builtinmod.Arithmetic(syntax.STAR, mul),
		pysyntax.FloorName:      builtinmod.Plain(syntax.SLASHSLASH),
		pysyntax.ShiftLeftName:  builtinmod.Arithmetic(syntax.LTLT, func(_ *starlark.Thread, x, y starlark.Value) (starlark.Value, error) { return shl(x, y) }),
		pysyntax.ShiftRightName: builtinmod.Plain(syntax.GTGT),
		pysyntax.AndName:        builtinmod.Arithmetic(syntax.AMP, operator(syntax.AMP)),
		pysyntax.OrName:         builtinmod.Arithmetic(syntax.PIPE, operator(syntax.PIPE)),
		pysyntax.XorName:        builtinmod.Arithmetic(syntax.CIRCUMFLEX, operator(syntax.CIRCUMFLEX)),
		pysyntax.InPlaceName:    builtinmod.InPlace,
		pysyntax.NegativeName:   builtinmod.Sign(syntax.MINUS),
		pysyntax.InvertName:     builtinmod.Sign(syntax.TILDE),
		pysyntax.IndexName:      builtinmod.Index,
		pysyntax.ContainsName:   builtinmod.Contains,
		pysyntax.SlicedName:     builtinmod.Sliced,
	} {
		env[name] = starlark.NewBuiltin(name, panics.Safe(fn))
	}
	env["bytes"] = env["str"]
	env["exit"], env["quit"] = sysmod.Exit, sysmod.Exit
	env[pysyntax.SetName] = env["set"]
	return env
}

// pythonAttr is $attr(x, name).
func pythonAttr(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	v, err := builtinmod.GetAttr(thread, b, args, kwargs)
	if method, ok := v.(*starlark.Builtin); ok && isForeign(args[0]) {
		v = panics.Builtin(method)
	}
	return v, err
}

// operator is x op y within the run's limits.
func operator(op syntax.Token) func(*starlark.Thread, starlark.Value, starlark.Value) (starlark.Value, error) {
	return func(thread *starlark.Thread, x, y starlark.Value) (starlark.Value, error) {
		return operate(thread, op, x, y)
	}
}

// namesOf returns the predeclared names of a dialect.
func (rt *Runtime) namesOf(python bool) *predeclared {
	if python {
		return rt.pythonNames()
	}
	return &rt.predeclared
}

// newPythonNames returns the names of .py files. What the embedder declares stands.
func (rt *Runtime) newPythonNames() *predeclared {
	values := maps.Clone(rt.predeclared.values)
	for name, v := range pythonBuiltins() {
		if rt.config.Predeclared[name] == nil && rt.config.Modules[name] == nil {
			values[name] = v
		}
	}
	return &predeclared{values: values, python: true}
}

// knownInPython reports whether a name means something in .py files without
// their defining it.
func (rt *Runtime) knownInPython(name string) bool {
	return rt.pythonNames().has(name) || isOwn(name, true) || starlark.Universe.Has(name)
}

// isOwn reports whether each run, or each file, has a value of its own for the name.
func isOwn(name string, python bool) bool {
	return isSpecial(name) || name == pysyntax.GlobalName ||
		python && (name == moduleNameName || name == fileNameName)
}

// moduleName is __name__ of the file that the thread runs.
func moduleName(thread *starlark.Thread) string {
	if f := stateOf(thread).loading; f != nil {
		return strings.TrimSuffix(path.Base(f.name), path.Ext(f.name))
	}
	return "__main__"
}

// pythonPrint is print(*args, sep=" ", end="\n", file=None), of files that say
// from __future__ import print_function.
func pythonPrint(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var sep, end starlark.Value = starlark.String(" "), starlark.String("\n")
	var file starlark.Value
	if err := py.UnpackAny(b.Name(), nil, kwargs, "sep??", &sep, "end??", &end, "file??", &file); err != nil {
		return nil, err
	}
	between, ok := py.CharsOf(sep)
	if !ok {
		return nil, py.TypeError.Errorf("sep must be None, str or unicode, not %s", py.TypeName(sep))
	}
	last, ok := py.CharsOf(end)
	if !ok {
		return nil, py.TypeError.Errorf("end must be None, str or unicode, not %s", py.TypeName(end))
	}
	line := make([]py.Chars, 0, 2*len(args)+1)
	for i, v := range args {
		if i > 0 {
			line = append(line, between)
		}
		c, err := builtinmod.Shown(thread, v)
		if err != nil {
			return nil, err
		}
		line = append(line, c)
	}
	return starlark.None, writeLine(thread, file, append(line, last))
}

// rawInput is raw_input(prompt=""): a line of standard input, without its end.
//
// bltinmodule.c, builtin_raw_input.
func rawInput(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var prompt starlark.Value = starlark.String("")
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 0, &prompt); err != nil {
		return nil, py.TypeError.Errorf("%w", err)
	}
	text := py.Str(prompt)
	if out := &stateOf(thread).task.run.out; out.isSoft(nil) {
		text = " " + text
	}
	if err := writeTo(thread, nil, text); err != nil {
		return nil, err
	}
	stdin := attr(stateOf(thread).task.run.specialModule("sys"), "stdin")
	v, err := py.CallMethod(thread, stdin, "readline")
	if err != nil {
		return nil, err
	}
	line := py.Str(v)
	if line == "" {
		return nil, py.EOFError.Errorf("EOF when reading a line")
	}
	return starlark.String(strings.TrimSuffix(line, "\n")), nil
}
