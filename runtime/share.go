package runtime

import (
	"maps"
	"reflect"
	"slices"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starwire/runtime/host"
	"starwire/runtime/lib/filemod"
	"starwire/runtime/py"
	"starwire/runtime/pysyntax"
)

// A sharing freezes what functions on several threads at once can reach from
// some values: their elements, captured variables, and the global variables that
// functions read, which Freeze leaves alone. No other value is frozen.
//
// It keeps a list of what is still to be gone through rather than recurse: data
// may be nested deeper than a stack is.
type sharing struct {
	thread *starlark.Thread
	run    *run

	todo   []starlark.Value
	seen   map[any]struct{}
	freeze []starlark.Value // what has a state of its own
	vars   map[*starlark.Module]starlark.StringDict
	frames []frame // shared until done
	err    error
}

// A holder is a value of ours that holds others, whose Freeze leaves what
// functions read alone.
type holder interface {
	held() []starlark.Value
}

// share freezes what can be reached from values. The variables of dialect
// functions cannot be frozen; they are not assignable until done is called. The
// error is a value that cannot be shared, or the end of the run.
func (t *task) share(thread *starlark.Thread, values []starlark.Value) (done func(), err error) {
	s := &sharing{
		thread: thread, run: t.run,
		seen: make(map[any]struct{}),
		vars: make(map[*starlark.Module]starlark.StringDict),
	}
	done = func() {
		for _, f := range s.frames {
			f.unshare()
		}
	}
	s.add(values...)
	for n := 0; len(s.todo) > 0 && s.err == nil; n++ {
		v := s.todo[len(s.todo)-1]
		s.todo = s.todo[:len(s.todo)-1]
		s.visit(v)
		if n%1024 == 1023 && s.err == nil {
			s.err = host.Spend(thread, 1024)
		}
	}
	if s.err != nil {
		return done, s.err
	}
	freeze(s.freeze...)
	return done, nil
}

// add puts values on the list, those without parts excepted.
func (s *sharing) add(values ...starlark.Value) {
	for _, v := range values {
		switch v.(type) {
		case nil, starlark.NoneType, starlark.Bool, starlark.Int, starlark.Float, starlark.String, starlark.Bytes, *py.Class:
		default:
			s.todo = append(s.todo, v)
		}
	}
}

// first reports whether a thing with an identity is met for the first time.
func (s *sharing) first(identity any) bool {
	if _, ok := s.seen[identity]; ok {
		return false
	}
	s.seen[identity] = struct{}{}
	return true
}

// visit adds the parts of v to the list, and v to what is to be frozen.
func (s *sharing) visit(v starlark.Value) {
	switch v := v.(type) {
	case starlark.Tuple:
		if len(v) > 0 && s.first(tupleKey{&v[0], len(v)}) {
			s.add(v...)
		}
	case *starlark.List:
		if s.first(v) {
			s.freeze = append(s.freeze, v)
			for i := range v.Len() {
				s.add(v.Index(i))
			}
		}
	case *starlark.Dict:
		if s.first(v) {
			s.freeze = append(s.freeze, v)
			for key, value := range v.Entries() {
				s.add(key, value)
			}
		}
	case *starlark.Set:
		if s.first(v) {
			s.freeze = append(s.freeze, v)
			for elem := range v.Elements() {
				s.add(elem)
			}
		}
	case *starlark.Function:
		if s.first(v) {
			s.function(v)
		}
	case *starlark.Builtin:
		s.add(v.Receiver())
	case *starlarkstruct.Struct:
		if s.first(v) {
			for _, name := range v.AttrNames() {
				if field, err := v.Attr(name); err == nil {
					s.add(field)
				}
			}
		}
	case *starlarkstruct.Module: // ours, an embedder's, or a loaded file: frozen
	case *py.Exception:
		if s.first(v) {
			s.add(v.Args...)
			s.add(slices.Collect(maps.Values(v.Fields))...)
		}
	case *py.Named:
		if s.first(v) {
			s.add(v.Tuple()...)
		}
	case interface{ Held() []starlark.Value }: // of a module's: what it holds is not all that Freeze reaches
		if s.first(v) {
			s.freeze = append(s.freeze, v.(starlark.Value))
			s.add(v.Held()...)
		}
	case *callFrame:
		if s.first(v) {
			v.share()
			s.frames = append(s.frames, v)
			s.add(slices.Collect(maps.Values(v.vars))...)
		}
	case moduleVariables:
		if s.first(v) {
			v.share()
			s.frames = append(s.frames, v)
			s.add(slices.Collect(maps.Values(v.snapshot()))...)
		}
	case *globals: // each function that reads it says what
		if s.first(v) {
			v.share()
			s.frames = append(s.frames, v)
		}
	case holder:
		if s.first(v) {
			s.freeze = append(s.freeze, v.(starlark.Value))
			s.add(v.held()...)
		}
	default:
		if !shareable(v) {
			s.err = py.TypeError.Errorf("parallel: a value of type %s belongs to the thread that made it and cannot be shared", v.Type())
			return
		}
		s.freeze = append(s.freeze, v)
	}
}

// shareable reports whether several threads may hold v, once it is frozen. What
// can only be gone through once, as a generator or a file, cannot even tell that
// it is frozen but on the thread it knows.
func shareable(v starlark.Value) bool {
	switch v := v.(type) {
	case starlark.Sequence:
		return true
	case *filemod.File:
		return v.Standard()
	case starlark.Iterable:
		return reflect.TypeOf(v).PkgPath() == reflect.TypeFor[starlark.List]().PkgPath() // "abc".codepoints()
	}
	return true
}

// function adds what a function can reach: the defaults of its parameters, the
// variables it captured, and the global variables it reads.
func (s *sharing) function(fn *starlark.Function) {
	for i := range fn.NumParams() {
		s.add(fn.ParamDefault(i))
	}
	for i := range fn.NumFreeVars() {
		_, v := fn.FreeVar(i)
		s.add(v)
	}
	vars := s.variables(fn.Module())
	names, ok := s.run.readsOf(fn)
	if !ok { // of another run, whose globals are frozen, or an embedder's
		s.add(slices.Collect(maps.Values(vars))...)
		return
	}
	g, _ := fn.Module().Predeclared()[pysyntax.GlobalName].(*globals)
	for _, name := range names {
		v := vars[name]
		if v == nil && g != nil {
			s.add(g)
			v = g.variable(name)
		}
		s.add(v)
	}
}

// variables returns the global variables of a module.
func (s *sharing) variables(m *starlark.Module) starlark.StringDict {
	vars, ok := s.vars[m]
	if !ok {
		vars = m.Globals()
		s.vars[m] = vars
	}
	return vars
}
