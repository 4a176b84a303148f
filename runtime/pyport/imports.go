package pyport

import (
	"strings"

	"go.starlark.net/syntax"

	"starwire/runtime/pysyntax"
)

// redundant reports whether an assignment is an import of what every script finds under that name.
func (w *writer) redundant(s *syntax.AssignStmt) bool {
	id, ok := s.LHS.(*syntax.Ident)
	return ok && called(s.RHS, pysyntax.ImportName) != nil && !ownModule(s.RHS) && w.moduleName(s.RHS) == id.Name && w.free(id.Name)
}

// ownModule reports whether x imports a module that is not the same in Python files: json makes unicode text there.
func ownModule(x syntax.Expr) bool {
	c, ok := x.(*syntax.CallExpr)
	if !ok {
		return false
	}
	path, _ := importPath(c)
	return path == "json"
}

// load writes a load statement for the names of one from … import at module level, and returns how many
// statements it stands for. It is for names that nothing else binds: load's are no global variables.
func (w *writer) load(stmts []syntax.Stmt) int {
	if w.depth > 0 {
		return 0
	}
	var parts []string
	n, from, module := 0, syntax.Position{}, ""
	for ; n < len(stmts); n++ {
		s, ok := stmts[n].(*syntax.AssignStmt)
		if !ok {
			break
		}
		c := called(s.RHS, pysyntax.ImportFromName)
		if c == nil || n > 0 && syntax.Start(c.Args[0]) != from {
			break
		}
		id, ok := s.LHS.(*syntax.Ident)
		path, name := importPath(c)
		if !ok || ownModule(c) || len(w.bound[id.Name]) != 1 || strings.HasPrefix(name, "_") || reserved(id.Name) || strings.Contains(path, ".") || w.resolve(path+"."+name) == nil {
			break
		}
		from, module = syntax.Start(c.Args[0]), path
		switch {
		case c.Lparen == id.NamePos && !w.mentioned(id.Name): // one of import *
		case id.Name == name:
			parts = append(parts, syntax.Quote(name, false))
		default:
			parts = append(parts, id.Name+" = "+syntax.Quote(name, false))
		}
	}
	if n == 0 {
		return 0
	}
	if len(parts) > 0 {
		w.begin(from)
		w.put(wrap("load("+syntax.Quote(module, false)+", ", named(parts)))
		w.end()
	}
	return n
}

// named puts the names that are given another name last, where load wants them.
func named(parts []string) []string {
	var plain, other []string
	for _, p := range parts {
		if strings.Contains(p, " = ") {
			other = append(other, p)
		} else {
			plain = append(plain, p)
		}
	}
	return append(plain, other...)
}

// mentioned reports whether a name occurs beside where it is bound.
func (w *writer) mentioned(name string) bool {
	if w.counts == nil {
		w.counts = map[string]int{}
		syntax.Walk(w.tree, func(n syntax.Node) bool {
			if id, ok := n.(*syntax.Ident); ok {
				w.counts[id.Name]++
			}
			return true
		})
	}
	return w.counts[name] > 1
}

// imported writes what an import statement asks for: the built-in module, or one found when the program runs.
func (w *writer) imported(x *syntax.CallExpr, fn string) {
	w.at(x.Lparen)
	path, name := importPath(x)
	full := path
	if name != "" {
		full += "." + name
	}
	first, _, _ := strings.Cut(path, ".")
	switch {
	case w.resolve(full) == nil || !w.free(first) || ownModule(x):
		w.put(w.member(fn) + "(" + syntax.Quote(path, false))
		if name != "" {
			w.put(", " + syntax.Quote(name, false))
		}
		w.put(")")
	case name != "":
		w.put(full)
	default:
		w.put(first)
	}
}

// loadStmt writes Starlark's own load.
func (w *writer) loadStmt(s *syntax.LoadStmt) {
	w.begin(s.Load)
	var parts []string
	for i, from := range s.From {
		if to := s.To[i].Name; to != from.Name {
			parts = append(parts, to+" = "+syntax.Quote(from.Name, false))
		} else {
			parts = append(parts, syntax.Quote(from.Name, false))
		}
	}
	w.put(wrap("load("+syntax.Quote(s.Module.Value.(string), false)+", ", named(parts)))
	w.line = max(w.line, s.Rparen.Line)
	w.end()
}
