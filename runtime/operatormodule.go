package runtime

import (
	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starwire/runtime/lazy"
	"starwire/runtime/lib/operatormod"
)

// operatorModule returns the module operator, whose functions are those that stand for
// the operators of .py files.
func operatorModule() *starlarkstruct.Module {
	return operators.Get("operator", func() starlark.StringDict { return operatormod.New(pythonOperator).Members })
}

var (
	operators      lazy.Module
	pythonOperator func(name string) *starlark.Builtin
)

// What the functions do leads back to the table of modules.
func init() {
	pythonOperator = func(name string) *starlark.Builtin {
		if b, ok := pythonBuiltins()[name].(*starlark.Builtin); ok {
			return b
		}
		return builtins()[name]
	}
}
