package pysyntax

import (
	"go.starlark.net/syntax"
)

// try parses try with its clauses.
//
// Python Language Reference 2.7 §7.4.
func (p *parser) try() syntax.Stmt {
	p.extended = true
	s := &tryStmt{pos: p.take().pos}
	s.body = p.suite()
	s.handler = p.tok().pos
	for p.tok().is("except") {
		c := exceptClause{pos: p.take().pos}
		if !p.tok().is(":") {
			c.types = p.test()
			if p.got("as") || p.got(",") {
				c.target = p.test()
				p.target(c.target, p.tok().pos)
			}
		}
		if n := len(s.clauses); n > 0 && s.clauses[n-1].types == nil {
			p.fail(s.clauses[n-1].pos, "the except that catches everything must be the last")
		}
		c.body = p.suite()
		s.clauses = append(s.clauses, c)
	}
	if len(s.clauses) > 0 && p.got("else") {
		s.orelse = p.suite()
	}
	if p.got("finally") {
		s.final = p.suite()
	} else if len(s.clauses) == 0 {
		p.unexpected("want except or finally")
	}
	return s
}

// with parses with a as b, c as d:, which is one with in the other.
//
// Python Language Reference 2.7 §7.5.
func (p *parser) with() syntax.Stmt {
	p.extended = true
	s := &withStmt{pos: p.take().pos}
	s.x = p.test()
	if p.got("as") {
		s.target = p.primary()
		p.target(s.target, p.tok().pos)
	}
	if t := p.tok(); t.is(",") {
		p.enter()
		defer p.leave()
		s.body = []syntax.Stmt{p.with()} // the comma stands for the word
	} else {
		s.body = p.suite()
	}
	return s
}

// raise parses raise with up to three expressions: class or instance, value, traceback.
//
// Python Language Reference 2.7 §6.9.
func (p *parser) raise() syntax.Stmt {
	pos := p.take().pos
	var args []syntax.Expr
	for more := !p.endsList(); more; more = len(args) < 3 && p.got(",") {
		args = append(args, p.test())
	}
	if t := p.tok(); t.is("from") {
		p.refuse(t.pos, "raise … from is Python 3's; leave the cause out")
		p.i++
		p.test()
	}
	return &syntax.ExprStmt{X: call(RaiseName, pos, args...)}
}

// assert parses assert x, y, which is if not x: with AssertName called in it.
//
// Python Language Reference 2.7 §6.3.
func (p *parser) assert() syntax.Stmt {
	pos := p.take().pos
	cond := p.test()
	var args []syntax.Expr
	if p.got(",") {
		args = append(args, p.test())
	}
	return &syntax.IfStmt{
		If:   pos,
		Cond: &syntax.UnaryExpr{OpPos: pos, Op: syntax.NOT, X: cond},
		True: []syntax.Stmt{&syntax.ExprStmt{X: call(AssertName, pos, args...)}},
	}
}

// del parses del with its targets.
//
// Python Language Reference 2.7 §6.5.
func (p *parser) del(out []syntax.Stmt) []syntax.Stmt {
	p.extended = true
	pos := p.take().pos
	x := p.exprList()
	var add func(x syntax.Expr)
	add = func(x syntax.Expr) {
		switch x := x.(type) {
		case *syntax.ParenExpr:
			add(x.X)
		case *syntax.TupleExpr:
			for _, e := range x.List {
				add(e)
			}
		case *syntax.ListExpr:
			for _, e := range x.List {
				add(e)
			}
		case *syntax.Ident, *syntax.DotExpr, *syntax.IndexExpr, *syntax.SliceExpr:
			out = append(out, &delStmt{pos: pos, target: x})
		default:
			p.fail(pos, "del takes a name, an attribute, an item or a slice")
		}
	}
	add(x)
	return out
}

// global parses a declaration of global names.
//
// Python Language Reference 2.7 §6.12.
func (p *parser) global() syntax.Stmt {
	p.extended = true
	p.i++
	s := &globalStmt{names: []*syntax.Ident{p.ident()}}
	for p.got(",") {
		s.names = append(s.names, p.ident())
	}
	return s
}
