package pysyntax

import (
	"fmt"

	"go.starlark.net/syntax"

	"starwire/runtime/lazy"
)

// A comparison is one operator of a chain a < b <= c.
type comparison struct {
	op  string
	pos syntax.Position
}

func comparisons() map[string]syntax.Token {
	return comparisonsTable.Get(func() map[string]syntax.Token {
		return map[string]syntax.Token{
			"==": syntax.EQL, "!=": syntax.NEQ, "<>": syntax.NEQ, "<": syntax.LT, ">": syntax.GT, "<=": syntax.LE, ">=": syntax.GE,
			"in": syntax.IN, "not in": syntax.NOT_IN,
		}
	})
}

var comparisonsTable lazy.Value[map[string]syntax.Token]

// compareOp consumes a comparison operator, if one is next. Two words are located as Starlark's parser
// locates them, at the second.
func (p *parser) compareOp() (c comparison, ok bool) {
	t := p.tok()
	switch {
	case t.is("not") && p.ahead(1).is("in"):
		p.i++
		return comparison{"not in", p.take().pos}, true
	case t.is("is") && p.ahead(1).is("not"):
		p.i += 2
		return comparison{"is not", t.pos}, true
	case t.is("is"):
		p.i++
		return comparison{"is", t.pos}, true
	}
	if _, ok := comparisons()[t.text]; ok && (t.kind == tokOp || t.kind == tokName) {
		p.i++
		return comparison{t.text, t.pos}, true
	}
	return comparison{}, false
}

// comparison parses a comparison, or a chain of them: a < b < c is a < b and b < c with b evaluated
// once.
func (p *parser) comparison() syntax.Expr {
	operands := []syntax.Expr{p.arith(0)}
	var ops []comparison
	for {
		op, ok := p.compareOp()
		if !ok {
			break
		}
		ops = append(ops, op)
		operands = append(operands, p.arith(0))
	}
	if len(ops) == 0 {
		return operands[0]
	}
	if len(ops) > maxNesting {
		p.fail(ops[maxNesting].pos, "this comparison is too long; split it")
	}
	return chain(operands[0], operands[1:], ops)
}

// chain joins comparisons. The right side of each but the last is also the left side of the next. Where
// evaluating it twice could be noticed it gets a name, in a comprehension over lists of one:
// [a < t and t < c for t in [b]][0], with a named too so that it is evaluated before b.
func chain(left syntax.Expr, operands []syntax.Expr, ops []comparison) syntax.Expr {
	mid := operands[0]
	if len(ops) == 1 {
		return compare(left, ops[0], mid)
	}
	rest := func(left, mid syntax.Expr) syntax.Expr {
		return &syntax.BinaryExpr{
			X: compare(left, ops[0], mid), OpPos: ops[1].pos, Op: syntax.AND,
			Y: chain(clone(mid), operands[1:], ops[1:]),
		}
	}
	if atomic(mid) {
		return rest(left, mid)
	}
	pos := ops[0].pos
	clause := func(name string, x syntax.Expr) *syntax.ForClause {
		return &syntax.ForClause{For: pos, Vars: ident(name, pos), In: pos, X: list(pos, x)}
	}
	var clauses []syntax.Node
	if !atomic(left) {
		clauses = append(clauses, clause("$left", left))
		left = ident("$left", pos)
	}
	name := fmt.Sprintf("$mid%d", len(operands)) // an inner chain must still see this one
	clauses = append(clauses, clause(name, mid))
	body := rest(left, ident(name, pos))
	return &syntax.IndexExpr{
		X:      &syntax.Comprehension{Lbrack: pos, Body: body, Clauses: clauses, Rbrack: pos},
		Lbrack: pos,
		Y:      number(0, pos),
		Rbrack: pos,
	}
}

// atomic reports whether evaluating x once or twice, early or late, is all the same.
func atomic(x syntax.Expr) bool {
	switch x := x.(type) {
	case *syntax.Ident, *syntax.Literal:
		return true
	case *syntax.ParenExpr:
		return atomic(x.X)
	case *syntax.UnaryExpr:
		_, lit := x.X.(*syntax.Literal)
		return lit
	}
	return false
}

// compare makes one comparison. Nothing but itself equals None, so "is None" is ==.
func compare(x syntax.Expr, c comparison, y syntax.Expr) syntax.Expr {
	if op, ok := comparisons()[c.op]; ok {
		return &syntax.BinaryExpr{X: x, OpPos: c.pos, Op: op, Y: y}
	}
	if isNone(x) || isNone(y) {
		op := syntax.EQL
		if c.op == "is not" {
			op = syntax.NEQ
		}
		return &syntax.BinaryExpr{X: x, OpPos: c.pos, Op: op, Y: y}
	}
	is := call(IsName, c.pos, x, y)
	if c.op == "is not" {
		return &syntax.UnaryExpr{OpPos: c.pos, Op: syntax.NOT, X: is}
	}
	return is
}

func isNone(x syntax.Expr) bool {
	id, ok := x.(*syntax.Ident)
	return ok && id.Name == "None"
}
