package runtime

import (
	"maps"
	"slices"

	"go.starlark.net/resolve"
	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"starwire/runtime/pysyntax"
)

// reads says which global variables the functions of a program read, themselves
// or through functions inside them. A compiled function does not tell, and
// parallel has to freeze just what its workers can reach. The key is where the
// function begins; a program without functions has none.
type reads map[place][]string

// A place is a position in the one file of a program.
type place struct{ line, col int32 }

func placeOf(pos syntax.Position) place { return place{pos.Line, pos.Col} }

// readsOf returns the reads of a program, from its syntax tree as the resolver
// left it.
func readsOf(file *syntax.File) reads {
	w := readsWalk{reads: make(reads)}
	w.walk(file)
	return w.reads
}

type readsWalk struct {
	reads reads
	names map[string]struct{} // of the function that is gone through, or nil
}

func (w *readsWalk) walk(n syntax.Node) {
	syntax.Walk(n, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.DefStmt:
			for _, p := range n.Params {
				w.walk(p) // defaults belong to the code around the function
			}
			w.function(n.Function, func() {
				for _, s := range n.Body {
					w.walk(s)
				}
			})
			return false
		case *syntax.LambdaExpr:
			for _, p := range n.Params {
				w.walk(p)
			}
			w.function(n.Function, func() { w.walk(n.Body) })
			return false
		case *syntax.DotExpr:
			if id, ok := n.X.(*syntax.Ident); ok && id.Name == pysyntax.GlobalName {
				w.add(n.Name.Name)
			}
		case *syntax.Ident:
			if b, ok := n.Binding.(*resolve.Binding); ok && b.Scope == resolve.Global {
				w.add(n.Name)
			}
		}
		return true
	})
}

// function goes through the body of a function. What it reads, the function
// around it reads too.
func (w *readsWalk) function(fn any, body func()) {
	outer := w.names
	w.names = make(map[string]struct{})
	body()
	if f, ok := fn.(*resolve.Function); ok {
		at := placeOf(f.Pos)
		for _, name := range w.reads[at] { // what the dialect makes of one statement may share its place
			w.names[name] = struct{}{}
		}
		w.reads[at] = slices.Sorted(maps.Keys(w.names))
	}
	inner := w.names
	w.names = outer
	for name := range inner {
		w.add(name)
	}
}

func (w *readsWalk) add(name string) {
	if w.names != nil {
		w.names[name] = struct{}{}
	}
}

// addReads makes a program's reads known to the run.
func (r *run) addReads(prog *starlark.Program, list reads) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.reads == nil {
		r.reads = make(map[*starlark.Program]reads)
	}
	r.reads[prog] = list
}

// readsOf returns the names of the global variables that fn reads; ok is false
// if its program is not known to the run.
func (r *run) readsOf(fn *starlark.Function) (names []string, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	list, ok := r.reads[fn.Module().Program()]
	return list[placeOf(fn.Position())], ok
}
