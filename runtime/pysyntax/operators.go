package pysyntax

import (
	"go.starlark.net/syntax"
)

// In a script the operators below mean what they do in Python 2, if the host has functions for them
// (Config.Known): / divides integers to an integer, % formats with widths, True == 1, values of different types
// have an order, and strings can be iterated over. Where the operands show that Starlark's own operator does the same, it stays.

// python reports whether the function is to stand for an operator of the language.
func (l *lowerer) python(name string) bool {
	return l.p.Mode == Script && l.p.Known != nil && l.p.Known(name)
}

// binary rewrites an operation whose operands are rewritten already.
func (l *lowerer) binary(x *syntax.BinaryExpr) syntax.Expr {
	name := l.operator(x.Op)
	if name == "" {
		return x
	}
	switch x.Op {
	case syntax.SLASH:
		if isFloat(x.X) || isFloat(x.Y) {
			return x
		}
	case syntax.PERCENT:
		if lit, ok := x.X.(*syntax.Literal); ok && lit.Token != syntax.STRING && lit.Token != syntax.FLOAT {
			return x
		}
	case syntax.EQL, syntax.NEQ:
		x.X, x.Y = asStr(x.X), asStr(x.Y)
		if notNumber(x.X) || notNumber(x.Y) {
			return x
		}
	case syntax.LT, syntax.LE, syntax.GT, syntax.GE:
		if isNumeral(x.X) || isNumeral(x.Y) {
			return x
		}
	}
	c := call(name, x.OpPos, x.X, x.Y)
	if x.Op == syntax.NEQ {
		return &syntax.UnaryExpr{OpPos: x.OpPos, Op: syntax.NOT, X: c}
	}
	return c
}

// operator names the function that stands for an operator, or is empty.
func (l *lowerer) operator(op syntax.Token) string {
	name := ""
	switch op {
	case syntax.SLASH, syntax.SLASH_EQ:
		if !l.p.trueDiv {
			name = DivideName
		}
	case syntax.PERCENT, syntax.PERCENT_EQ:
		name = ModuloName
	case syntax.EQL, syntax.NEQ:
		name = EqualName
	case syntax.LT:
		name = LessName
	case syntax.LE:
		name = LessOrEqualName
	case syntax.GT:
		name = GreaterName
	case syntax.GE:
		name = GreaterOrEqualName
	}
	if name == "" || !l.python(name) {
		return ""
	}
	return name
}

// isNumeral reports whether x is a number as it is written: what it is compared with is one, as a rule. Strings
// are compared with unicode text, too.
func isNumeral(x syntax.Expr) bool {
	lit, ok := x.(*syntax.Literal)
	return ok && lit.Token != syntax.STRING && lit.Token != syntax.BYTES
}

func isFloat(x syntax.Expr) bool {
	lit, ok := x.(*syntax.Literal)
	return ok && lit.Token == syntax.FLOAT
}

// notNumber reports whether x can be seen to be neither a number nor a bool, nor to hold one.
func notNumber(x syntax.Expr) bool {
	switch x := x.(type) {
	case *syntax.Literal:
		return x.Token == syntax.STRING
	case *syntax.Ident:
		return x.Name == "None"
	case *syntax.ListExpr: // an empty dict may equal one of a class of its own
		return len(x.List) == 0
	}
	return false
}

// iterable wraps what a for goes over, unless it can be seen to be no string.
func (l *lowerer) iterable(x syntax.Expr) syntax.Expr {
	if !l.python(IterateName) {
		return x
	}
	pos := syntax.Position{}
	switch x := x.(type) {
	case *syntax.ListExpr, *syntax.DictExpr, *syntax.TupleExpr, *syntax.Comprehension:
		return x
	case *syntax.ParenExpr:
		if _, ok := x.X.(*syntax.TupleExpr); ok {
			return x
		}
	case *syntax.CallExpr:
		if fn, ok := x.Fn.(*syntax.Ident); ok && (fn.Name == "range" || fn.Name == "xrange" || fn.Name == "enumerate" || fn.Name == GeneratorName) {
			return x
		}
		pos = x.Lparen
	case *syntax.DotExpr:
		pos = x.Dot
	}
	if !pos.IsValid() {
		pos = syntax.Start(x)
	}
	return call(IterateName, pos, x)
}

// An augStmt is x **= y, or another augmented assignment whose operator is a function.
type augStmt struct {
	syntax.Stmt
	target syntax.Expr
	pos    syntax.Position
	fn     string
	value  syntax.Expr
}

func (s *augStmt) Span() (start, end syntax.Position) { return s.pos, s.pos }

// augmented rewrites x op= y as x = op(x, y), with what comes before the last dot or bracket of x
// evaluated once.
func (l *lowerer) augmented(out []syntax.Stmt, s *augStmt) []syntax.Stmt {
	once := func(x *syntax.Expr) {
		if !atomic(*x) {
			name := ident(l.name("part"), s.pos)
			out = append(out, assign(name, *x, s.pos))
			*x = clone(name)
		}
	}
	target := l.target(s.target)
	for {
		paren, ok := target.(*syntax.ParenExpr)
		if !ok {
			break
		}
		target = paren.X
	}
	switch x := target.(type) {
	case *syntax.DotExpr:
		once(&x.X)
	case *syntax.IndexExpr:
		once(&x.X)
		once(&x.Y)
	case *syntax.Ident:
	default:
		l.p.refuse(s.pos, "an augmented assignment has one target")
		return out
	}
	return append(out, assign(target, call(s.fn, s.pos, clone(target), l.expr(s.value)), s.pos))
}
