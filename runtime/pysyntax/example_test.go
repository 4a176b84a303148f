package pysyntax_test

import (
	"fmt"

	"go.starlark.net/starlark"

	"starwire/runtime/pysyntax"
)

// A host compiles a script and predeclares the functions that its statements call.
func ExampleParse() {
	src := `
x = 0777
print "mode", x
`
	file, err := pysyntax.Parse("mode.py", src, pysyntax.Config{Mode: pysyntax.Script})
	if err != nil {
		fmt.Println(err)
		return
	}
	env := starlark.StringDict{
		pysyntax.PrintName: starlark.NewBuiltin("print", func(_ *starlark.Thread, _ *starlark.Builtin, items starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
			fmt.Println("print", items)
			return starlark.None, nil
		}),
	}
	program, err := starlark.FileProgram(file, env.Has)
	if err != nil {
		fmt.Println(err)
		return
	}
	if _, err := program.Init(new(starlark.Thread), env); err != nil {
		fmt.Println(err)
	}
	// Output:
	// print ("mode",)
	// print (511,)
}

// Everything that is refused is said at once, with its place.
func ExampleErrorList() {
	src := "class A: pass\nx = `1`\n"
	_, err := pysyntax.Parse("old.py", src, pysyntax.Config{Mode: pysyntax.Script})
	for _, e := range err.(pysyntax.ErrorList) {
		fmt.Println(e)
	}
	// Output:
	// old.py:1:1: classes are not supported; write functions, and keep their data in a dict or struct
	// old.py:2:5: backquotes are not supported; write repr(…)
}

func ExampleNeedsMore() {
	fmt.Println(pysyntax.NeedsMore("for x in [1, 2]:\n", pysyntax.Interactive))
	fmt.Println(pysyntax.NeedsMore("for x in [1, 2]:\n  print x\n\n", pysyntax.Interactive))
	// Output:
	// true
	// false
}
