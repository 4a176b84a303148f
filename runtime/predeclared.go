package runtime

import (
	"iter"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"
)

// predeclared is what is predeclared in a dialect, the same for all runs: values, and
// the built-in modules, which are made when they are first asked for. They are not
// changed once there are runs.
type predeclared struct {
	values starlark.StringDict
	python bool
}

// get returns what a name stands for, or nil.
func (p *predeclared) get(name string) starlark.Value {
	if v := p.values[name]; v != nil {
		return v
	}
	m := builtinModule(name)
	switch {
	case m == nil:
		return nil
	case p.python:
		return forPython(m)
	}
	return m
}

// has reports whether the name stands for something.
func (p *predeclared) has(name string) bool { return p.values.Has(name) || isBuiltinModule(name) }

// all lists the names, each once, in no order.
func (p *predeclared) all() iter.Seq[string] {
	return func(yield func(string) bool) {
		for name := range p.values {
			if !yield(name) {
				return
			}
		}
		for name := range builtinModuleNames() {
			if !p.values.Has(name) && !yield(name) {
				return
			}
		}
	}
}

// of returns the values of some names, those that there are.
func (p *predeclared) of(some iter.Seq[string]) starlark.StringDict {
	dict := make(starlark.StringDict)
	for name := range some {
		if v := p.get(name); v != nil {
			dict[name] = v
		}
	}
	return dict
}

// builtinModule returns the module of that name that is the same for all runs, or nil.
func builtinModule(name string) *starlarkstruct.Module {
	if name == tracebackName {
		return tracebackModule()
	}
	for i := range builtinModules {
		if builtinModules[i].name == name {
			return builtinModules[i].get()
		}
	}
	return nil
}

// isBuiltinModule reports whether there is one, without making it.
func isBuiltinModule(name string) bool {
	for i := range builtinModules {
		if builtinModules[i].name == name {
			return true
		}
	}
	return name == tracebackName
}

// builtinModuleNames lists the modules that are the same for all runs.
func builtinModuleNames() iter.Seq[string] {
	return func(yield func(string) bool) {
		for i := range builtinModules {
			if !yield(builtinModules[i].name) {
				return
			}
		}
		yield(tracebackName)
	}
}
