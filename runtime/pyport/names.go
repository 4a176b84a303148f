package pyport

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"starwire/runtime"
	"starwire/runtime/py"
	"starwire/runtime/pysyntax"
)

// reserved reports whether a word is no name in Starlark.
func reserved(word string) bool {
	switch word {
	case "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else", "except",
		"finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "load", "nonlocal", "not", "or", "pass",
		"raise", "return", "try", "while", "with", "yield":
		return true
	}
	return false
}

// collect notes every name of the program: what the author binds, what the compiled forms mention, and
// whether anything asks which exception is being handled.
func (w *writer) collect() {
	bind := func(x syntax.Expr, to syntax.Expr) {
		syntax.Walk(x, func(n syntax.Node) bool {
			switch n := n.(type) {
			case *syntax.Ident:
				w.bound[n.Name] = append(w.bound[n.Name], to)
			case *syntax.DotExpr, *syntax.IndexExpr, *syntax.SliceExpr:
				return false
			}
			return true
		})
	}
	params := func(list []syntax.Expr) {
		for _, x := range list {
			switch x := x.(type) {
			case *syntax.Ident:
				bind(x, nil)
			case *syntax.BinaryExpr:
				bind(x.X, nil)
			case *syntax.UnaryExpr:
				if x.X != nil {
					bind(x.X, nil)
				}
			}
		}
	}
	syntax.Walk(w.tree, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.Ident:
			w.taken[n.Name] = true
			if strings.HasPrefix(n.Name, "$") {
				w.uses[n.Name]++
			}
		case *syntax.AssignStmt:
			bind(n.LHS, n.RHS)
		case *syntax.ForStmt:
			bind(n.Vars, nil)
		case *syntax.ForClause:
			bind(n.Vars, nil)
		case *syntax.DefStmt:
			bind(n.Name, nil)
			params(n.Params)
		case *syntax.LambdaExpr:
			params(n.Params)
		case *syntax.LoadStmt:
			for _, id := range n.To {
				bind(id, nil)
			}
		case *syntax.DotExpr:
			if n.Name.Name == "exc_info" || n.Name.Name == "exc_clear" {
				w.handled = true
			}
		case *syntax.CallExpr:
			if c := called(n, pysyntax.RaiseName); c != nil && len(c.Args) == 0 {
				w.handled = true
			}
			if path, _ := importPath(n); path != "" {
				first, _, _ := strings.Cut(path, ".")
				w.handled = w.handled || first == "traceback" || w.module(first) == nil
			}
		}
		return true
	})
}

// importPath returns the module, and the name in it, that a call made of an import statement asks for.
func importPath(x syntax.Expr) (path, name string) {
	c := called(x, pysyntax.ImportName)
	if c == nil {
		if c = called(x, pysyntax.ImportFromName); c == nil {
			return "", ""
		}
		name = c.Args[1].(*syntax.Literal).Value.(string)
	}
	return c.Args[0].(*syntax.Literal).Value.(string), name
}

// module returns the built-in module of that name, or nil.
func (w *writer) module(name string) starlark.HasAttrs {
	v, ok := w.session.Lookup(name)
	if !ok || v.Type() != "module" {
		return nil
	}
	return v.(starlark.HasAttrs)
}

// resolve returns the value that a dotted path has in the built-in modules, or nil.
func (w *writer) resolve(path string) starlark.Value {
	parts := strings.Split(path, ".")
	m := w.module(parts[0])
	if m == nil {
		return nil
	}
	var v starlark.Value = m
	for _, part := range parts[1:] {
		h, ok := v.(starlark.HasAttrs)
		if !ok {
			return nil
		}
		a, err := h.Attr(part)
		if err != nil || a == nil {
			return nil
		}
		v = a
	}
	return v
}

// free reports whether the author gives the name no meaning of his own, but for importing the module of
// that name.
func (w *writer) free(name string) bool {
	for _, to := range w.bound[name] {
		if to == nil {
			return false
		}
		path, member := importPath(to)
		first, _, _ := strings.Cut(path, ".")
		if member != "" || first != name {
			return false
		}
	}
	return true
}

// moduleName returns the name of the built-in module that x is, or "".
func (w *writer) moduleName(x syntax.Expr) string {
	switch x := unparen(x).(type) {
	case *syntax.Ident:
		if w.free(x.Name) && w.module(x.Name) != nil {
			return x.Name
		}
	case *syntax.CallExpr:
		if path, name := importPath(x); path != "" && name == "" && w.resolve(path) != nil {
			first, _, _ := strings.Cut(path, ".")
			return first
		}
	}
	return ""
}

// isCaught reports whether x is certainly a class that catch takes, or a tuple of some: sys.exit does not
// heed catch, and except does.
func (w *writer) isCaught(x syntax.Expr) bool {
	return w.areClasses(x, func(c *py.Class) bool { return !c.IsSubclass(py.SystemExit) && !py.SystemExit.IsSubclass(c) })
}

// areClasses reports whether x is certainly a class that fits, or a tuple of some.
func (w *writer) areClasses(x syntax.Expr, fits func(c *py.Class) bool) bool {
	is := func(v starlark.Value) bool {
		c, ok := v.(*py.Class)
		return ok && fits(c)
	}
	switch x := unparen(x).(type) {
	case *syntax.TupleExpr:
		for _, e := range x.List {
			if !w.areClasses(e, fits) {
				return false
			}
		}
		return true
	case *syntax.Ident:
		if len(w.bound[x.Name]) == 0 {
			v, _ := w.session.Lookup(x.Name)
			return is(v)
		}
		for _, to := range w.bound[x.Name] {
			if to == nil {
				return false
			}
			path, name := importPath(to)
			if name == "" || !is(w.resolve(path+"."+name)) {
				return false
			}
		}
		return true
	case *syntax.DotExpr:
		if m := w.moduleName(x.X); m != "" {
			return is(w.resolve(m + "." + x.Name.Name))
		}
	}
	return false
}

// isException reports whether raise with these arguments certainly raises what fail does: not SystemExit,
// which ends the program as sys.exit does.
func (w *writer) isException(args []syntax.Expr) bool {
	if !w.free("fail") || len(args) == 0 || len(args) > 2 {
		return false
	}
	if len(args) == 2 {
		return w.isCaught(args[0]) && isText(args[1])
	}
	if c, ok := args[0].(*syntax.CallExpr); ok {
		return w.isCaught(c.Fn)
	}
	_, tuple := unparen(args[0]).(*syntax.TupleExpr)
	return !tuple && w.isCaught(args[0])
}

// isText reports whether x is certainly a string.
func isText(x syntax.Expr) bool {
	switch x := unparen(x).(type) {
	case *syntax.Literal:
		return x.Token == syntax.STRING
	case *syntax.BinaryExpr:
		return x.Op == syntax.PLUS && (isText(x.X) || isText(x.Y)) || x.Op == syntax.PERCENT && isText(x.X)
	case *syntax.CallExpr:
		return called(x, pysyntax.ModuloName) != nil && isText(x.Args[0])
	}
	return false
}

// member returns what a function of the module python2 is called in the program, and sees to it that it is
// loaded. It is "" if there is none.
func (w *writer) member(name string) string {
	member := name
	if strings.HasPrefix(name, "$") {
		member = runtime.PortName(name)
	}
	if member == "" {
		return ""
	}
	if as, ok := w.loaded[member]; ok {
		return as
	}
	as := member
	if len(w.bound[member]) > 0 || reserved(member) {
		as = w.fresh("py_" + member)
	}
	w.loaded[member] = as
	w.taken[as] = true
	return as
}

// name returns what a name is called in the program.
func (w *writer) name(name string) string {
	if i := strings.IndexByte(name, '$'); i >= 0 {
		as, ok := w.names[name]
		if !ok {
			as = w.fresh(readable(name, i))
			w.names[name] = as
			if name == pysyntax.GlobalName {
				w.heads[as] = w.member("module_variables") + "()"
			}
		}
		return as
	}
	if reserved(name) {
		as, ok := w.renamed[name]
		if !ok {
			as = w.fresh(name + "_")
			w.renamed[name] = as
		}
		return as
	}
	if len(w.bound[name]) > 0 {
		return name
	}
	switch name {
	case "__name__":
		w.heads[name] = w.member("module_name") + "()"
		return name
	case "__file__":
		w.heads[name] = w.member("module_file") + "()"
		return name
	}
	if member := runtime.PortName(name); member != "" {
		if as, ok := w.loaded[member]; ok && as != name {
			return as
		}
		w.loaded[member] = name
	}
	return name
}

// readable returns a name to begin with for one that pysyntax made; the first dollar sign is at i.
func readable(name string, i int) string {
	if i > 0 {
		return "try_1"
	}
	base := strings.TrimRight(name[1:], "0123456789")
	switch base {
	case "global":
		return "module"
	case "frame":
		return "local"
	case "file":
		return "out"
	case "with":
		return "_"
	case "tuple":
		return "items"
	}
	return base
}

// fresh returns a name that means nothing yet: base, or base with a number.
func (w *writer) fresh(base string) string {
	name, stem := base, strings.TrimSuffix(base, "_1")
	for w.taken[name] || len(w.bound[name]) > 0 || reserved(name) || known(w.session, name) {
		if w.numbers[stem]++; w.numbers[stem] < 2 {
			w.numbers[stem] = 2
		}
		name = fmt.Sprintf("%s_%d", stem, w.numbers[stem])
	}
	w.taken[name] = true
	return name
}

// known reports whether scripts find a name without defining it.
func known(s *runtime.Session, name string) bool {
	_, ok := s.Lookup(name)
	return ok
}

// exact returns the text of a number's value.
func exact(v any) string {
	switch v := v.(type) {
	case int64:
		return strconv.FormatInt(v, 10)
	case *big.Int:
		return v.String()
	case float64:
		if math.IsInf(v, 0) { // a literal beyond the range, which Starlark refuses
			return "(1e308 * 10)"
		}
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	return "None"
}
