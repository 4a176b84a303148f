package check

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"go.starlark.net/resolve"
	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"starwire/runtime"
	"starwire/runtime/lazy"
	"starwire/runtime/pysyntax"
)

// guarded matches a try that is ready for an import to fail.
func guarded() *regexp.Regexp {
	return guardedTable.Get(func() *regexp.Regexp {
		return regexp.MustCompile(`(?m)^\s*except(\s*:|[^:\n]*\b(ImportError|StandardError|Exception)\b)`)
	})
}

var guardedTable lazy.Value[*regexp.Regexp]

// imports checks that what the file imports is there: modules, files beside it,
// names of modules.
func (f *file) imports(tree *syntax.File) {
	if guarded().MatchString(strings.Join(f.lines, "\n")) {
		return
	}
	syntax.Walk(tree, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.LoadStmt:
			name, _ := n.Module.Value.(string)
			if v, ok := f.checker.session.Lookup(name); (!ok || v.Type() != "module") && f.beside(name) {
				return true
			}
			if m := f.module(n.Module.TokenPos, name); m != nil {
				for _, id := range n.From {
					f.member(id.NamePos, m, name, id.Name)
				}
			}
		case *syntax.CallExpr:
			fn, ok := n.Fn.(*syntax.Ident)
			if !ok || len(n.Args) == 0 {
				return true
			}
			path, pos, ok := text(n.Args[0])
			switch {
			case !ok:
			case fn.Name == pysyntax.ImportName:
				f.module(pos, path)
			case fn.Name == pysyntax.ImportFromName && len(n.Args) == 2:
				m := f.module(pos, path)
				if name, pos, ok := text(n.Args[1]); ok && m != nil {
					f.member(pos, m, path, name)
				}
			}
		}
		return true
	})
}

// text returns the value of a string literal, and where it stands.
func text(x syntax.Expr) (string, syntax.Position, bool) {
	lit, ok := x.(*syntax.Literal)
	if !ok {
		return "", syntax.Position{}, false
	}
	s, ok := lit.Value.(string)
	return s, lit.TokenPos, ok
}

// module returns the built-in module of that path. nil means that it is a file,
// or that there is none, which is a problem.
func (f *file) module(pos syntax.Position, path string) starlark.HasAttrs {
	first, rest, _ := strings.Cut(path, ".")
	if strings.ContainsAny(path, "/\\") || strings.HasSuffix(path, ".star") || strings.HasSuffix(path, ".py") {
		f.add(pos, Name, "there is no file "+path+" to load", "")
		return nil
	}
	v, _ := f.checker.session.Lookup(first)
	m, _ := v.(starlark.HasAttrs)
	if m == nil || v.Type() != "module" {
		if !f.beside(first+".py") && !f.beside(first+".star") {
			f.add(pos, Name, "No module named "+path+runtime.DidYouMean(first, f.checker.modules()), runtime.ModuleRemedy(path))
		}
		return nil
	}
	for rest != "" {
		first, rest, _ = strings.Cut(rest, ".")
		v, err := m.Attr(first)
		if m, _ = v.(starlark.HasAttrs); err != nil || m == nil || v.Type() != "module" {
			f.add(pos, Name, "No module named "+path, "")
			return nil
		}
	}
	return m
}

// member checks a name that is imported from a module.
func (f *file) member(pos syntax.Position, m starlark.HasAttrs, module, name string) {
	if v, err := m.Attr(name); v == nil || err != nil {
		remedy, meant := runtime.AttributeRemedy(module, name), ""
		if remedy == "" {
			meant = runtime.DidYouMean(name, m.AttrNames())
		}
		f.add(pos, Attribute, fmt.Sprintf("module %s has no attribute %s%s", module, name, meant), remedy)
	}
}

// beside reports whether there is a file of that name, relative to the one that
// is checked. What is not looked for at all counts as there: a program from
// standard input has no folder.
func (f *file) beside(name string) bool {
	if strings.HasPrefix(f.name, "<") {
		return true
	}
	if !filepath.IsAbs(name) {
		name = filepath.Join(filepath.Dir(f.name), name)
	}
	_, err := os.Stat(name)
	return err == nil
}

// modules lists the built-in modules.
func (c *Checker) modules() (names []string) {
	for _, name := range c.session.Names() {
		if v, _ := c.session.Lookup(name); v != nil && v.Type() == "module" {
			names = append(names, name)
		}
	}
	return names
}

// globals checks the names that a .py file looks up when it runs: as in Python
// they may be bound later, but somewhere they must be.
func (f *file) globals(tree *syntax.File) {
	bound := make(map[string]bool)
	target := make(map[*syntax.DotExpr]bool)
	bind := func(x syntax.Expr) {
		syntax.Walk(x, func(n syntax.Node) bool {
			if d, ok := global(n); ok {
				bound[d.Name.Name], target[d] = true, true
			}
			return true
		})
	}
	syntax.Walk(tree, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.AssignStmt:
			if n.Op == syntax.EQ {
				bind(n.LHS)
			}
		case *syntax.ForStmt:
			bind(n.Vars)
		}
		return true
	})
	for _, b := range tree.Module.(*resolve.Module).Globals {
		bound[b.First.Name] = true
	}
	syntax.Walk(tree, func(n syntax.Node) bool {
		d, ok := global(n)
		if !ok || bound[d.Name.Name] || target[d] || strings.HasPrefix(d.Name.Name, "$") {
			return true
		}
		if _, ok := f.checker.session.Lookup(d.Name.Name); !ok {
			remedy, meant := runtime.NameRemedy(d.Name.Name), ""
			if remedy == "" {
				meant = runtime.DidYouMean(d.Name.Name, f.checker.session.Names())
			}
			f.add(d.Name.NamePos, Name, "undefined: "+d.Name.Name+meant, remedy)
		}
		return true
	})
}

// global returns $global.x.
func global(n syntax.Node) (*syntax.DotExpr, bool) {
	d, ok := n.(*syntax.DotExpr)
	if !ok {
		return nil, false
	}
	id, ok := d.X.(*syntax.Ident)
	return d, ok && id.Name == pysyntax.GlobalName
}
