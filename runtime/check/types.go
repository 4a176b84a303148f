package check

import (
	"fmt"
	"slices"
	"strings"

	"go.starlark.net/resolve"
	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"starwire/runtime"
	"starwire/runtime/manual"
)

// This file knows the types of values: of what the classes and functions of
// modules return, by the manual, and of variables that are bound once, to that.

// entryOf returns what the manual says of a value.
func (f *file) entryOf(v starlark.Value) (manual.Entry, bool) {
	if v == nil {
		return manual.Entry{}, false
	}
	return manual.For(v, func(name string) starlark.Value {
		v, _ := f.checker.session.Lookup(name)
		return v
	})
}

// typeOf returns the class of a module's whose instance an expression certainly is.
func (f *file) typeOf(x syntax.Expr) (manual.Entry, bool) {
	switch x := x.(type) {
	case *syntax.Ident:
		b := binding(x)
		if b == nil || f.binds[b] != 1 {
			return manual.Entry{}, false
		}
		e, ok := f.types[b]
		return e, ok
	case *syntax.ParenExpr:
		return f.typeOf(x.X)
	case *syntax.CallExpr:
		if dot, ok := x.Fn.(*syntax.DotExpr); ok {
			if m, ok := f.method(dot); ok {
				return classNamed(m.Result)
			}
		}
		e, ok := f.entryOf(f.value(x.Fn))
		switch {
		case !ok:
			return manual.Entry{}, false
		case e.Kind == manual.Function:
			return classNamed(e.Result)
		case e.Kind == manual.Class && strings.Contains(e.Name, "."):
			return e, true
		}
	}
	return manual.Entry{}, false
}

// classNamed returns the class of a module that has that name.
func classNamed(name string) (manual.Entry, bool) {
	e, ok := manual.Lookup(name)
	return e, ok && strings.Contains(name, ".") && (e.Kind == manual.Class || e.Kind == manual.Type)
}

// method returns what the manual says of a method of a value whose type is known.
func (f *file) method(x *syntax.DotExpr) (manual.Entry, bool) {
	class, ok := f.typeOf(x.X)
	if !ok {
		return manual.Entry{}, false
	}
	e, ok := manual.Lookup(class.Name + "." + x.Name.Name)
	return e, ok && e.Kind == manual.Function
}

// attribute checks an attribute of a value whose type is known.
func (f *file) attribute(x *syntax.DotExpr) {
	class, ok := f.typeOf(x.X)
	if !ok || strings.HasPrefix(x.Name.Name, "_") {
		return
	}
	var names []string
	for _, member := range manual.Members(class.Name) {
		names = append(names, member[strings.LastIndexByte(member, '.')+1:])
	}
	if len(names) == 0 || slices.Contains(names, x.Name.Name) {
		return
	}
	name := class.Name[strings.LastIndexByte(class.Name, '.')+1:]
	f.add(x.Name.NamePos, Attribute, fmt.Sprintf("%s has no attribute %s%s", name, x.Name.Name, runtime.DidYouMean(x.Name.Name, names)), "")
}

// infer notes the types of the variables that assignments bind.
func (f *file) infer(tree *syntax.File) {
	f.types = make(map[*resolve.Binding]manual.Entry)
	syntax.Walk(tree, func(n syntax.Node) bool {
		a, ok := n.(*syntax.AssignStmt)
		if !ok || a.Op != syntax.EQ {
			return true
		}
		id, ok := a.LHS.(*syntax.Ident)
		if !ok || binding(id) == nil {
			return true
		}
		if e, ok := f.typeOf(a.RHS); ok {
			f.types[binding(id)] = e
		}
		return true
	})
}
