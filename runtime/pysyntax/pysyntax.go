package pysyntax

import (
	"slices"
	"strings"

	"go.starlark.net/syntax"
)

// A Mode says whose text this is, where Python 2 and Starlark read the same words differently.
type Mode uint8

const (
	// Interactive is a line typed or pasted into a session, or a documentation example. What Starlark
	// accepts means what it means in Starlark, so print(…) is the function; Python's statements are
	// additions.
	Interactive Mode = iota

	// Script is a .py file. It means what Python 2.7 says: print (a, b) shows a tuple, b"…" is a str,
	// "\u0041" is six characters.
	Script
)

// Config says how to parse. The zero value is Interactive with every option of the language on.
type Config struct {
	Mode Mode

	// Options are passed on to the resolver and compiler with the tree. Nil means sets, while,
	// recursion, top-level control flow and global reassignment.
	Options *syntax.FileOptions

	// Exports returns the names that "from module import *" binds, or an error that says why there
	// are none. They must be known before the program runs, because Starlark resolves names then.
	// Nil refuses the statement.
	Exports func(module string) ([]string, error)

	// Known reports whether the host predeclares a name. If it is set, a name that is neither known
	// nor bound in the text is looked up when it is read, and a NameError then, as in Python; and in
	// scripts the operators for which the host has functions (DivideName and those after it) are
	// calls of these. Nil leaves unknown names to the resolver, which refuses the program.
	Known func(name string) bool

	// Attr reports whether the host looks up the attribute with this name itself, in scripts:
	// x.name is then AttrName called. It is for methods that Starlark's own types lack or have
	// otherwise. Nil means none.
	Attr func(name string) bool

	// Unicode returns the string that is the value of a unicode literal, which is ASCII, as a constant
	// of the program: one that the host knows from the str. Nil means that all unicode literals are
	// calls of UnicodeName.
	Unicode func(text string) string

	// Session is set if the text is one of several that share their global variables. What it imports
	// from __future__ then holds for those that follow, unless it is refused, and in scripts they see
	// the variables of its list comprehensions.
	Session *Session
}

// A Session is what the texts of a session hand on: the features of __future__ that they imported.
type Session struct {
	Division      bool // / is true division
	PrintFunction bool // print is a function
}

// everything is the language of design: scripts are programs, not configuration.
var everything = syntax.FileOptions{
	Set: true, While: true, TopLevelControl: true, GlobalReassign: true, Recursion: true,
}

// Parse returns the Starlark program that src means, ready for starlark.FileProgram. Every position in
// it is that of the author's text. The names that the program uses beside the author's are listed at
// PrintName.
//
// The error is an ErrorList: everything refused, in the order of the text, up to the first place where
// the text makes no sense at all.
func Parse(filename, src string, c Config) (*syntax.File, error) {
	opts := c.Options
	if opts == nil {
		all := everything
		opts = &all
	}
	p := newParser(&filename, src, c)
	f, err := p.parse()
	if f != nil {
		f.Path, f.Options = filename, opts
	}
	if c.Mode == Interactive && !strings.Contains(src, "\x00") {
		if plain, perr := opts.Parse(filename, src, 0); perr == nil && (!p.printed && !p.sliced || bindsPrint(plain)) {
			f, err = plain, nil
		}
	}
	if err == nil {
		err = CheckDepth(f)
	}
	if err != nil {
		return nil, err
	}
	if c.Session != nil {
		*c.Session = Session{Division: p.trueDiv, PrintFunction: p.printFn}
	}
	return f, nil
}

// An ErrorList is what Parse found wrong, in the order of the text; it is never empty.
// errors.As finds the first syntax.Error.
type ErrorList []syntax.Error

func (e ErrorList) Error() string { return e[0].Error() }

// Unwrap returns the errors, for package errors.
func (e ErrorList) Unwrap() []error {
	errs := make([]error, len(e))
	for i, err := range e {
		errs[i] = err
	}
	return errs
}

// maxDepth bounds the syntax tree. The resolver and the compiler recurse over it, and a Go stack that
// overflows ends the process.
const maxDepth = 10_000

// CheckDepth refuses a tree so deep that resolving or compiling it could exhaust the Go stack: the
// parsers build one level for each operator of a+a+a+…. The error is an ErrorList.
// Parse has checked the trees it returns; trees from elsewhere need this before starlark.FileProgram.
func CheckDepth(f *syntax.File) error {
	var at syntax.Node
	depth := 0
	syntax.Walk(f, func(n syntax.Node) bool {
		if n == nil {
			depth--
			return true
		}
		if depth == maxDepth {
			at = n
		}
		if at != nil {
			return false
		}
		depth++
		return true
	})
	if at == nil {
		return nil
	}
	return ErrorList{tooDeep(at)}
}

// tooDeep is the error for a node below which the tree is too deep. A left-deep chain begins where its
// statement does, and Span would recurse to find that.
func tooDeep(n syntax.Node) syntax.Error {
	const long = "this expression is too long; split it"
	switch n := n.(type) {
	case *syntax.BinaryExpr:
		return syntax.Error{Pos: n.OpPos, Msg: long}
	case *syntax.CallExpr:
		return syntax.Error{Pos: n.Lparen, Msg: long}
	case *syntax.IndexExpr:
		return syntax.Error{Pos: n.Lbrack, Msg: long}
	case *syntax.SliceExpr:
		return syntax.Error{Pos: n.Lbrack, Msg: long}
	case *syntax.DotExpr:
		return syntax.Error{Pos: n.Dot, Msg: long}
	case *syntax.IfStmt:
		return syntax.Error{Pos: n.If, Msg: "this if has too many branches; split it"}
	}
	return syntax.Error{Pos: syntax.Start(n), Msg: "this is nested too deeply; split it"}
}

// Names returns the names of the file's global variables, sorted, without those that this package made
// up: what its statements outside functions bind, and what is kept in GlobalName's object.
func Names(f *syntax.File) []string {
	var names []string
	bound(f.Stmts, func(id *syntax.Ident) {
		if !strings.Contains(id.Name, "$") {
			names = append(names, id.Name)
		}
	})
	syntax.Walk(f, func(n syntax.Node) bool {
		if dot, ok := n.(*syntax.DotExpr); ok {
			if id, ok := dot.X.(*syntax.Ident); ok && id.Name == GlobalName {
				names = append(names, dot.Name.Name)
			}
		}
		return true
	})
	slices.Sort(names)
	return slices.Compact(names)
}

// bindsPrint reports whether the file gives the name print a meaning of its own, anywhere.
func bindsPrint(f *syntax.File) bool {
	found := false
	isPrint := func(id *syntax.Ident) { found = found || id.Name == "print" }
	bound(f.Stmts, isPrint)
	syntax.Walk(f, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.DefStmt:
			params(n.Params, isPrint)
			bound(n.Body, isPrint)
		case *syntax.LambdaExpr:
			params(n.Params, isPrint)
		case *syntax.ForClause:
			targets(n.Vars, isPrint)
		}
		return !found
	})
	return found
}

// bound calls f for every name that the statements bind in their own scope.
func bound(stmts []syntax.Stmt, f func(*syntax.Ident)) {
	for _, s := range stmts {
		switch s := s.(type) {
		case *syntax.AssignStmt:
			targets(s.LHS, f)
		case *syntax.DefStmt:
			f(s.Name)
		case *syntax.ForStmt:
			targets(s.Vars, f)
			bound(s.Body, f)
		case *syntax.WhileStmt:
			bound(s.Body, f)
		case *syntax.IfStmt:
			bound(s.True, f)
			bound(s.False, f)
		case *syntax.LoadStmt:
			for _, id := range s.To {
				f(id)
			}
		}
	}
}

// targets calls f for every name in the left side of an assignment.
func targets(x syntax.Expr, f func(*syntax.Ident)) {
	switch x := x.(type) {
	case *syntax.Ident:
		f(x)
	case *syntax.ParenExpr:
		targets(x.X, f)
	case *syntax.TupleExpr:
		for _, e := range x.List {
			targets(e, f)
		}
	case *syntax.ListExpr:
		for _, e := range x.List {
			targets(e, f)
		}
	}
}

// params calls f for every parameter name.
func params(list []syntax.Expr, f func(*syntax.Ident)) {
	for _, x := range list {
		switch x := x.(type) {
		case *syntax.Ident:
			f(x)
		case *syntax.BinaryExpr:
			targets(x.X, f)
		case *syntax.UnaryExpr:
			if x.X != nil {
				targets(x.X, f)
			}
		}
	}
}
