package runtime

import (
	"strings"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/manual"
)

// helpFn is help([x]): it prints what the manual says about x, or of what a
// string names.
func helpFn(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x starlark.Value = starlark.String("")
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 0, &x); err != nil {
		return nil, err
	}
	r := stateOf(thread).task.run
	lookup := r.predeclared
	if _, ok := manual.For(x, lookup); !ok { // it may be a .py file's
		lookup = r.rt.pythonNames().get
	}
	text := manual.PageFor(x, lookup, 0)
	thread.Print(thread, strings.TrimSuffix(text, "\n"))
	return starlark.None, host.Spend(thread, len(text)/host.BytesPerStep)
}

// predeclared returns what a name stands for unless the script defines it, or nil.
func (r *run) predeclared(name string) starlark.Value {
	if v := r.rt.predeclared.get(name); v != nil {
		return v
	}
	if m := r.specialModule(name); m != nil {
		return m
	}
	return starlark.Universe[name]
}
