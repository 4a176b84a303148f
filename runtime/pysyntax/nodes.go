package pysyntax

import (
	"go.starlark.net/syntax"
)

// The parser's trees hold these nodes beside package syntax's; lower replaces them. The statements embed
// the nil interface for its unexported method, so none may meet package syntax's walkers.

// A tryStmt is try … except … else … finally.
type tryStmt struct {
	syntax.Stmt
	pos     syntax.Position
	body    []syntax.Stmt
	clauses []exceptClause
	orelse  []syntax.Stmt
	final   []syntax.Stmt // nil without finally
	handler syntax.Position
}

// An exceptClause is except types, target: body. types is nil in the clause that catches all, target in
// one that gives the exception no name.
type exceptClause struct {
	pos           syntax.Position
	types, target syntax.Expr
	body          []syntax.Stmt
}

// A withStmt is with x as target: body.
type withStmt struct {
	syntax.Stmt
	pos       syntax.Position
	x, target syntax.Expr // target may be nil
	body      []syntax.Stmt
}

// A loopStmt is a for or while loop with an else.
type loopStmt struct {
	syntax.Stmt
	loop    syntax.Stmt // *syntax.ForStmt or *syntax.WhileStmt
	elsePos syntax.Position
	orelse  []syntax.Stmt
}

// A delStmt deletes one name, attribute, item or slice.
type delStmt struct {
	syntax.Stmt
	pos    syntax.Position
	target syntax.Expr
}

// A globalStmt declares names global in a function.
type globalStmt struct {
	syntax.Stmt
	names []*syntax.Ident
}

// A genExpr is a generator expression.
type genExpr struct {
	*syntax.Comprehension
}

func (s *tryStmt) Span() (start, end syntax.Position)    { return s.pos, s.handler }
func (s *withStmt) Span() (start, end syntax.Position)   { return s.pos, s.pos }
func (s *loopStmt) Span() (start, end syntax.Position)   { return s.loop.Span() }
func (s *delStmt) Span() (start, end syntax.Position)    { return s.pos, s.pos }
func (s *globalStmt) Span() (start, end syntax.Position) { return s.names[0].Span() }

// clone copies an expression of those atomic accepts. A tree must not hold one node twice: the resolver
// notes in it what it means in its place.
func clone(x syntax.Expr) syntax.Expr {
	switch x := x.(type) {
	case *syntax.Ident:
		return &syntax.Ident{NamePos: x.NamePos, Name: x.Name}
	case *syntax.Literal:
		return &syntax.Literal{Token: x.Token, TokenPos: x.TokenPos, Raw: x.Raw, Value: x.Value}
	case *syntax.ParenExpr:
		return &syntax.ParenExpr{Lparen: x.Lparen, X: clone(x.X), Rparen: x.Rparen}
	case *syntax.UnaryExpr:
		return &syntax.UnaryExpr{OpPos: x.OpPos, Op: x.Op, X: clone(x.X)}
	case *syntax.DotExpr:
		return &syntax.DotExpr{X: clone(x.X), Dot: x.Dot, Name: ident(x.Name.Name, x.Name.NamePos)}
	case *syntax.IndexExpr:
		return &syntax.IndexExpr{X: clone(x.X), Lbrack: x.Lbrack, Y: clone(x.Y), Rbrack: x.Rbrack}
	}
	panic("unreachable")
}

// The makers below build nodes that the author did not write, located at pos.

func ident(name string, pos syntax.Position) *syntax.Ident {
	return &syntax.Ident{NamePos: pos, Name: name}
}

// call makes a call of one of the names this package adds.
func call(name string, pos syntax.Position, args ...syntax.Expr) *syntax.CallExpr {
	return &syntax.CallExpr{Fn: ident(name, pos), Lparen: pos, Args: args, Rparen: pos}
}

// str makes a string literal.
func str(s string, pos syntax.Position) *syntax.Literal {
	return &syntax.Literal{Token: syntax.STRING, TokenPos: pos, Raw: syntax.Quote(s, false), Value: s}
}

func number(n int, pos syntax.Position) *syntax.Literal {
	return &syntax.Literal{Token: syntax.INT, TokenPos: pos, Raw: "0", Value: int64(n)}
}

func assign(lhs, rhs syntax.Expr, pos syntax.Position) syntax.Stmt {
	return &syntax.AssignStmt{LHS: lhs, OpPos: pos, Op: syntax.EQ, RHS: rhs}
}

func pass(pos syntax.Position) syntax.Stmt {
	return &syntax.BranchStmt{Token: syntax.PASS, TokenPos: pos}
}

func keyword(name string, value syntax.Expr, pos syntax.Position) syntax.Expr {
	return &syntax.BinaryExpr{X: ident(name, pos), OpPos: pos, Op: syntax.EQ, Y: value}
}

func compareTo(x syntax.Expr, op syntax.Token, y syntax.Expr, pos syntax.Position) syntax.Expr {
	return &syntax.BinaryExpr{X: x, OpPos: pos, Op: op, Y: y}
}

func list(pos syntax.Position, elems ...syntax.Expr) syntax.Expr {
	return &syntax.ListExpr{Lbrack: pos, List: elems, Rbrack: pos}
}

func dot(x syntax.Expr, name string, pos syntax.Position) *syntax.DotExpr {
	return &syntax.DotExpr{X: x, Dot: pos, Name: ident(name, pos)}
}
