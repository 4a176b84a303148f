package runtime

import (
	"strings"

	"go.starlark.net/resolve"
	"go.starlark.net/syntax"

	"starwire/runtime/guards"
	"starwire/runtime/pysyntax"
)

// showName displays the value of an expression statement. No author can write
// it, nor any other name with a dollar sign.
const showName = "$show"

// rewriteGlobals makes a session's chunk read and write its global variables as
// attributes of $global: x = f(y) becomes $global.x = $global.f($global.y). The
// interpreter gives each compiled file globals of its own, but a session has one
// set, and a function must see what they are when it is called.
//
// scopes is the same text, resolved: it tells which names are global. With show,
// expression statements outside functions are handed to $show.
func rewriteGlobals(file, scopes *syntax.File, show bool) {
	r := &rewriter{global: make(map[*syntax.Ident]bool), show: show}
	ids, resolved := idents(file), idents(scopes)
	for i, id := range ids {
		if b, ok := resolved[i].Binding.(*resolve.Binding); ok {
			switch b.Scope {
			case resolve.Global, resolve.Predeclared, resolve.Universal:
				r.global[id] = !isConstant(id.Name) && !strings.Contains(id.Name, "$")
			}
		}
	}
	file.Stmts = r.stmts(file.Stmts, true)
}

// isConstant reports whether a name is a value rather than a variable.
func isConstant(name string) bool { return name == "None" || name == "True" || name == "False" }

// idents lists the identifiers of a tree in the order of a walk, which is the
// same for two trees of one text.
func idents(file *syntax.File) []*syntax.Ident {
	var ids []*syntax.Ident
	syntax.Walk(file, func(n syntax.Node) bool {
		if id, ok := n.(*syntax.Ident); ok {
			ids = append(ids, id)
		}
		return true
	})
	return ids
}

type rewriter struct {
	global map[*syntax.Ident]bool
	show   bool
}

// attribute returns $global.x for the identifier x.
func attribute(id *syntax.Ident) *syntax.DotExpr {
	return &syntax.DotExpr{
		X:    &syntax.Ident{NamePos: id.NamePos, Name: pysyntax.GlobalName},
		Dot:  id.NamePos,
		Name: &syntax.Ident{NamePos: id.NamePos, Name: id.Name},
	}
}

// publish returns $global.x = x, for a statement that binds the chunk's own x.
func publish(id *syntax.Ident) syntax.Stmt {
	return &syntax.AssignStmt{
		LHS:   attribute(id),
		OpPos: id.NamePos,
		Op:    syntax.EQ,
		RHS:   &syntax.Ident{NamePos: id.NamePos, Name: id.Name},
	}
}

func (r *rewriter) stmts(stmts []syntax.Stmt, top bool) []syntax.Stmt {
	var out []syntax.Stmt // nil for none, as IfStmt.Span wants it
	for _, s := range stmts {
		switch s := s.(type) {
		case *syntax.AssignStmt:
			s.LHS, s.RHS = r.expr(s.LHS), r.expr(s.RHS)
		case *syntax.DefStmt:
			r.exprs(s.Params)
			s.Body = r.stmts(s.Body, false)
			out = append(out, s)
			if top && !strings.Contains(s.Name.Name, "$") {
				out = append(out, publish(s.Name))
			}
			continue
		case *syntax.ExprStmt:
			shown := top && r.show && !isStatement(s.X)
			s.X = r.expr(s.X)
			if shown {
				start, end := s.X.Span()
				s.X = &syntax.CallExpr{
					Fn:     &syntax.Ident{NamePos: start, Name: showName},
					Lparen: start,
					Args:   []syntax.Expr{s.X},
					Rparen: end,
				}
			}
		case *syntax.ForStmt:
			s.Vars, s.X = r.expr(s.Vars), r.expr(s.X)
			s.Body = r.stmts(s.Body, top)
		case *syntax.WhileStmt:
			s.Cond = r.expr(s.Cond)
			s.Body = r.stmts(s.Body, top)
		case *syntax.IfStmt:
			s.Cond = r.expr(s.Cond)
			s.True, s.False = r.stmts(s.True, top), r.stmts(s.False, top)
		case *syntax.ReturnStmt:
			if s.Result != nil {
				s.Result = r.expr(s.Result)
			}
		case *syntax.LoadStmt:
			out = append(out, s)
			for _, id := range s.To {
				out = append(out, publish(id))
			}
			continue
		}
		out = append(out, s)
	}
	return out
}

// isStatement reports whether an expression is a call that stands for a statement.
func isStatement(x syntax.Expr) bool {
	c, ok := x.(*syntax.CallExpr)
	if !ok {
		return false
	}
	fn, ok := c.Fn.(*syntax.Ident)
	return ok && (pysyntax.IsStatement(fn.Name) || fn.Name == guards.DoneName)
}

func (r *rewriter) exprs(list []syntax.Expr) {
	for i, x := range list {
		list[i] = r.expr(x)
	}
}

// expr returns the expression with its global names replaced.
func (r *rewriter) expr(x syntax.Expr) syntax.Expr {
	switch x := x.(type) {
	case *syntax.Ident:
		if r.global[x] {
			return attribute(x)
		}
	case *syntax.BinaryExpr:
		x.X, x.Y = r.expr(x.X), r.expr(x.Y)
	case *syntax.CallExpr:
		x.Fn = r.expr(x.Fn)
		r.exprs(x.Args)
	case *syntax.Comprehension:
		for _, c := range x.Clauses {
			switch c := c.(type) {
			case *syntax.ForClause:
				c.Vars, c.X = r.expr(c.Vars), r.expr(c.X)
			case *syntax.IfClause:
				c.Cond = r.expr(c.Cond)
			}
		}
		x.Body = r.expr(x.Body)
	case *syntax.CondExpr:
		x.Cond, x.True, x.False = r.expr(x.Cond), r.expr(x.True), r.expr(x.False)
	case *syntax.DictEntry:
		x.Key, x.Value = r.expr(x.Key), r.expr(x.Value)
	case *syntax.DictExpr:
		r.exprs(x.List)
	case *syntax.DotExpr:
		x.X = r.expr(x.X)
	case *syntax.IndexExpr:
		x.X, x.Y = r.expr(x.X), r.expr(x.Y)
	case *syntax.LambdaExpr:
		r.exprs(x.Params)
		x.Body = r.expr(x.Body)
	case *syntax.ListExpr:
		r.exprs(x.List)
	case *syntax.ParenExpr:
		x.X = r.expr(x.X)
	case *syntax.SliceExpr:
		x.X, x.Lo, x.Hi, x.Step = r.expr(x.X), r.expr(x.Lo), r.expr(x.Hi), r.expr(x.Step)
	case *syntax.TupleExpr:
		r.exprs(x.List)
	case *syntax.UnaryExpr:
		x.X = r.expr(x.X)
	}
	return x
}
