package pysyntax

import (
	"go.starlark.net/syntax"

	"starwire/runtime/lazy"
)

// generator rewrites a generator expression: (f(x) for x in y if x) becomes
//
//	$generator(y, lambda $item: [f(x) for x in [$item] if x])
//
// and each further for clause is a generator in the place of f(x), whose items take its place.
func (l *lowerer) generator(x *syntax.Comprehension) syntax.Expr {
	inner := *l
	inner.scope = l.scopes.of[x]
	first := x.Clauses[0].(*syntax.ForClause)
	outer := l.iterable(l.expr(first.X))
	c := inner.generate(x, x.Clauses[1:], first, outer)
	l.count = inner.count
	return c
}

// generate makes the generator of one for clause, over outer, and of the clauses after it.
func (l *lowerer) generate(x *syntax.Comprehension, rest []syntax.Node, clause *syntax.ForClause, outer syntax.Expr) syntax.Expr {
	pos := clause.For
	item := l.name("item")
	one := &syntax.Comprehension{Lbrack: pos, Rbrack: pos}
	one.Clauses = []syntax.Node{&syntax.ForClause{For: pos, Vars: l.target(clause.Vars), In: clause.In, X: list(pos, ident(item, pos))}}
	args := []syntax.Expr{outer, &syntax.LambdaExpr{Lambda: pos, Params: []syntax.Expr{ident(item, pos)}, Body: one}}
	for i, c := range rest {
		switch c := c.(type) {
		case *syntax.IfClause:
			c.Cond = l.expr(c.Cond)
			one.Clauses = append(one.Clauses, c)
		case *syntax.ForClause:
			one.Body = l.generate(x, rest[i+1:], c, l.iterable(l.expr(c.X)))
			return call(GeneratorName, pos, append(args, ident("True", pos))...)
		}
	}
	one.Body = l.expr(x.Body)
	return call(GeneratorName, pos, args...)
}

// consumers are built-in functions that take all of an iterable before they look at any of it, or
// cannot tell: for these a list will do.
func consumers() map[string]bool {
	return consumersTable.Get(func() map[string]bool {
		return map[string]bool{
			"list": true, "tuple": true, "sorted": true, "set": true, "frozenset": true, "dict": true,
			"sum": true, "min": true, "max": true,
		}
	})
}

var consumersTable lazy.Value[map[string]bool]

// call rewrites a call. A generator that is its first argument and will be used up at once is a list.
func (l *lowerer) call(x *syntax.CallExpr) {
	if len(x.Args) > 0 {
		if g, ok := x.Args[0].(*genExpr); ok && l.consumes(x.Fn) {
			x.Args[0] = g.Comprehension
		}
	}
	x.Fn = l.expr(x.Fn)
	l.exprs(x.Args)
}

// consumes reports whether fn is one of consumers or a method join.
func (l *lowerer) consumes(fn syntax.Expr) bool {
	switch fn := fn.(type) {
	case *syntax.DotExpr:
		return fn.Name.Name == "join"
	case *syntax.Ident:
		_, v := l.scope.lookup(fn.Name)
		return consumers()[fn.Name] && v == nil && l.p.Mode == Script
	}
	return false
}
