// Package lazy holds what is made on first use, so that the start of the program,
// and a script that does without, need not wait for it.
//
// What a function of sync.OnceValue does, these do without code that runs at the
// start: their zero values are ready, and what makes the value may refer back to
// them.
package lazy

import (
	"sync"
	"sync/atomic"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starwire/runtime/panics"
)

// A Value is made once, on first use. The zero value is ready for use, by several
// goroutines at a time; it must not be copied.
type Value[T any] struct {
	made  atomic.Bool
	once  sync.Once
	value T
}

// Get returns what make returned in the first call, which others wait for.
func (v *Value[T]) Get(make func() T) T {
	if !v.made.Load() {
		v.fill(make)
	}
	return v.value
}

func (v *Value[T]) fill(make func() T) {
	v.once.Do(func() {
		v.value = make()
		v.made.Store(true)
	})
}

// A Module is a module of Starlark's, made on first use and frozen. It is as a
// Value is. A panic in one of its functions is an error.
type Module struct{ v Value[*starlarkstruct.Module] }

// Get returns the module. Its members are those of the first call.
func (m *Module) Get(name string, members func() starlark.StringDict) *starlarkstruct.Module {
	if m.v.made.Load() {
		return m.v.value
	}
	return m.v.Get(func() *starlarkstruct.Module {
		module := &starlarkstruct.Module{Name: name, Members: members()}
		for name, v := range module.Members {
			if b, ok := v.(*starlark.Builtin); ok {
				module.Members[name] = safe(b)
			}
		}
		module.Freeze()
		return module
	})
}

// safeFunctions are the functions of modules: what stands for each, and for itself. One
// that is in several modules is the same in all.
var safeFunctions sync.Map // of *starlark.Builtin by *starlark.Builtin

// safe returns what does what b does, but for panics.
func safe(b *starlark.Builtin) starlark.Value {
	if s, ok := safeFunctions.Load(b); ok {
		return s.(*starlark.Builtin)
	}
	s, _ := safeFunctions.LoadOrStore(b, panics.Builtin(b))
	safeFunctions.Store(s, s)
	return s.(*starlark.Builtin)
}

// Methods are the methods of a type by name, made on first use. They are as a Value is.
// A panic in one of them is an error.
type Methods struct {
	v Value[map[string]*starlark.Builtin]
}

// A Method is the function of a method; its receiver is b.Receiver().
type Method = func(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error)

// Get returns the methods, built-ins that values bind themselves to. Their
// functions are those of the first call.
func (m *Methods) Get(functions func() map[string]Method) map[string]*starlark.Builtin {
	if m.v.made.Load() {
		return m.v.value
	}
	return m.v.Get(func() map[string]*starlark.Builtin {
		all := functions()
		methods := make(map[string]*starlark.Builtin, len(all))
		for name, fn := range all {
			methods[name] = starlark.NewBuiltin(name, panics.Safe(fn))
		}
		return methods
	})
}
