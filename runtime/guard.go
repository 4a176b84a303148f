package runtime

import (
	"math/big"

	"go.starlark.net/syntax"
)

// Names of the functions to which guardTree leaves what may take long, or much.
const (
	multiplyName = "$mul"     // x * y
	shiftName    = "$lshift"  // x << y
	formatName   = "$percent" // x % y
	operandName  = "$operand" // the y of x *= y
	methodName   = "$method"  // x.join, x.replace, …
)

// isGuard reports whether a call of the function stands for an operator.
func isGuard(name string) bool {
	switch name {
	case multiplyName, shiftName, formatName, methodName:
		return true
	}
	return false
}

// Factors by which a number, and anything, may be multiplied unguarded.
const (
	smallFactor    = 1 << 16
	smallestFactor = 2
)

// guardTree puts our own functions in the place of the operators and methods of the
// interpreter whose result may be much larger than their operands, or that may
// recurse over nested data: the interpreter itself heeds no limit while they
// work. It leaves alone what is small by the text alone, as i*2 and n%10.
func guardTree(file *syntax.File) {
	rewriteExprs(file, guardExpr)
	for _, s := range statements(file.Stmts) {
		if a, ok := s.(*syntax.AssignStmt); ok {
			switch a.Op {
			case syntax.STAR_EQ, syntax.LTLT_EQ:
				a.RHS = call(operandName, a.OpPos, a.RHS)
			case syntax.PERCENT_EQ:
				if !isNumber(a.RHS) {
					a.RHS = call(operandName, a.OpPos, a.RHS)
				}
			}
		}
	}
}

// guardExpr returns what stands for x.
func guardExpr(x syntax.Expr) syntax.Expr {
	switch x := x.(type) {
	case *syntax.BinaryExpr:
		switch x.Op {
		case syntax.STAR:
			if !smallProduct(x.X, x.Y) && !smallProduct(x.Y, x.X) {
				return call(multiplyName, x.OpPos, x.X, x.Y)
			}
		case syntax.LTLT:
			if !isNumber(x.X) {
				return call(shiftName, x.OpPos, x.X, x.Y)
			}
		case syntax.PERCENT:
			if !numeric(x.X) && !isNumber(x.Y) {
				return call(formatName, x.OpPos, x.X, x.Y)
			}
		}
	case *syntax.DotExpr:
		if guardedNames[x.Name.Name] {
			return call(methodName, x.Dot, x.X, &syntax.Literal{
				Token: syntax.STRING, TokenPos: x.NamePos, Raw: `"` + x.Name.Name + `"`, Value: x.Name.Name,
			})
		}
	}
	return x
}

// smallProduct reports whether y is a factor that makes little of x.
func smallProduct(x, y syntax.Expr) bool {
	l, ok := unparen(y).(*syntax.Literal)
	if !ok {
		return false
	}
	switch v := l.Value.(type) {
	case float64:
		return true
	case int64:
		return v <= smallestFactor || v <= smallFactor && numeric(x)
	}
	return false
}

// isNumber reports whether x is a number as it is written.
func isNumber(x syntax.Expr) bool {
	if l, ok := unparen(x).(*syntax.Literal); ok {
		switch l.Value.(type) {
		case int64, float64, *big.Int:
			return true
		}
	}
	return false
}

// numeric reports whether x can only be a number: no text, and no sequence.
func numeric(x syntax.Expr) bool {
	switch x := unparen(x).(type) {
	case *syntax.BinaryExpr:
		return x.Op == syntax.SLASH || x.Op == syntax.SLASHSLASH
	case *syntax.UnaryExpr:
		return x.Op == syntax.MINUS || x.Op == syntax.TILDE
	}
	return isNumber(x)
}

func unparen(x syntax.Expr) syntax.Expr {
	for {
		p, ok := x.(*syntax.ParenExpr)
		if !ok {
			return x
		}
		x = p.X
	}
}

// call returns fn(args...), all at one position: the one that errors tell.
func call(fn string, at syntax.Position, args ...syntax.Expr) *syntax.CallExpr {
	return &syntax.CallExpr{Fn: &syntax.Ident{NamePos: at, Name: fn}, Lparen: at, Args: args, Rparen: at}
}

// statements lists all statements, those inside others too.
func statements(stmts []syntax.Stmt) []syntax.Stmt {
	var all []syntax.Stmt
	var add func([]syntax.Stmt)
	add = func(stmts []syntax.Stmt) {
		for _, s := range stmts {
			all = append(all, s)
			switch s := s.(type) {
			case *syntax.DefStmt:
				add(s.Body)
			case *syntax.ForStmt:
				add(s.Body)
			case *syntax.WhileStmt:
				add(s.Body)
			case *syntax.IfStmt:
				add(s.True)
				add(s.False)
			}
		}
	}
	add(stmts)
	return all
}

// rewriteExprs replaces each expression of the file by f of it, inner ones first.
// What is assigned to stays what it is, but for the expressions inside it.
func rewriteExprs(file *syntax.File, f func(syntax.Expr) syntax.Expr) {
	r := exprRewriter{f}
	for _, s := range statements(file.Stmts) {
		switch s := s.(type) {
		case *syntax.AssignStmt:
			r.target(s.LHS)
			s.RHS = r.expr(s.RHS)
		case *syntax.DefStmt:
			r.params(s.Params)
		case *syntax.ExprStmt:
			s.X = r.expr(s.X)
		case *syntax.ForStmt:
			r.target(s.Vars)
			s.X = r.expr(s.X)
		case *syntax.WhileStmt:
			s.Cond = r.expr(s.Cond)
		case *syntax.IfStmt:
			s.Cond = r.expr(s.Cond)
		case *syntax.ReturnStmt:
			if s.Result != nil {
				s.Result = r.expr(s.Result)
			}
		}
	}
}

type exprRewriter struct {
	f func(syntax.Expr) syntax.Expr
}

func (r exprRewriter) list(xs []syntax.Expr) {
	for i, x := range xs {
		xs[i] = r.expr(x)
	}
}

// params rewrites the defaults of parameters.
func (r exprRewriter) params(xs []syntax.Expr) {
	for _, x := range xs {
		if b, ok := x.(*syntax.BinaryExpr); ok {
			b.Y = r.expr(b.Y)
		}
	}
}

// target rewrites the expressions inside what is assigned to.
func (r exprRewriter) target(x syntax.Expr) {
	switch x := x.(type) {
	case *syntax.ParenExpr:
		r.target(x.X)
	case *syntax.TupleExpr:
		for _, e := range x.List {
			r.target(e)
		}
	case *syntax.ListExpr:
		for _, e := range x.List {
			r.target(e)
		}
	case *syntax.IndexExpr:
		x.X, x.Y = r.expr(x.X), r.expr(x.Y)
	case *syntax.DotExpr:
		x.X = r.expr(x.X)
	}
}

func (r exprRewriter) expr(x syntax.Expr) syntax.Expr {
	switch x := x.(type) {
	case nil:
		return nil
	case *syntax.BinaryExpr:
		x.X, x.Y = r.expr(x.X), r.expr(x.Y)
	case *syntax.CallExpr:
		x.Fn = r.expr(x.Fn)
		for i, arg := range x.Args {
			switch arg := arg.(type) {
			case *syntax.BinaryExpr:
				if arg.Op == syntax.EQ { // name=value
					arg.Y = r.expr(arg.Y)
					continue
				}
			case *syntax.UnaryExpr:
				if arg.Op == syntax.STAR || arg.Op == syntax.STARSTAR {
					arg.X = r.expr(arg.X)
					continue
				}
			}
			x.Args[i] = r.expr(arg)
		}
	case *syntax.Comprehension:
		for _, c := range x.Clauses {
			switch c := c.(type) {
			case *syntax.ForClause:
				r.target(c.Vars)
				c.X = r.expr(c.X)
			case *syntax.IfClause:
				c.Cond = r.expr(c.Cond)
			}
		}
		x.Body = r.expr(x.Body)
	case *syntax.CondExpr:
		x.Cond, x.True, x.False = r.expr(x.Cond), r.expr(x.True), r.expr(x.False)
	case *syntax.DictEntry:
		x.Key, x.Value = r.expr(x.Key), r.expr(x.Value)
		return x
	case *syntax.DictExpr:
		r.list(x.List)
	case *syntax.DotExpr:
		x.X = r.expr(x.X)
	case *syntax.IndexExpr:
		x.X, x.Y = r.expr(x.X), r.expr(x.Y)
	case *syntax.LambdaExpr:
		r.params(x.Params)
		x.Body = r.expr(x.Body)
	case *syntax.ListExpr:
		r.list(x.List)
	case *syntax.ParenExpr:
		x.X = r.expr(x.X)
	case *syntax.SliceExpr:
		x.X, x.Lo, x.Hi, x.Step = r.expr(x.X), r.expr(x.Lo), r.expr(x.Hi), r.expr(x.Step)
	case *syntax.TupleExpr:
		r.list(x.List)
	case *syntax.UnaryExpr:
		if x.X != nil {
			x.X = r.expr(x.X)
		}
	}
	return r.f(x)
}
