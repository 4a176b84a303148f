package guards

import "go.starlark.net/syntax"

func (g guarder) list(xs []syntax.Expr) {
	for i, x := range xs {
		xs[i] = g.expr(x)
	}
}

// params rewrites the defaults of parameters.
func (g guarder) params(xs []syntax.Expr) {
	for _, x := range xs {
		if b, ok := x.(*syntax.BinaryExpr); ok {
			b.Y = g.expr(b.Y)
		}
	}
}

// target rewrites the expressions inside what is assigned to.
func (g guarder) target(x syntax.Expr) {
	switch x := x.(type) {
	case *syntax.ParenExpr:
		g.target(x.X)
	case *syntax.TupleExpr:
		for _, e := range x.List {
			g.target(e)
		}
	case *syntax.ListExpr:
		for _, e := range x.List {
			g.target(e)
		}
	case *syntax.IndexExpr:
		x.X, x.Y = g.expr(x.X), g.key(g.expr(x.Y))
	case *syntax.DotExpr:
		x.X = g.expr(x.X)
	}
}

// comprehension guards a comprehension, whose variables are its own. Its first
// iterable belongs to the code around it.
func (g guarder) comprehension(x *syntax.Comprehension) syntax.Expr {
	inner := guarder{&scope{outer: g.scope, kinds: make(map[string]kind)}}
	b := bindings{scope: inner.scope}
	for _, c := range x.Clauses {
		if c, ok := c.(*syntax.ForClause); ok {
			b.unknown(c.Vars)
		}
	}
	for i, c := range x.Clauses {
		switch c := c.(type) {
		case *syntax.ForClause:
			if i == 0 {
				if id, ok := unparen(c.Vars).(*syntax.Ident); ok && len(x.Clauses) == 1 {
					inner.scope.kinds[id.Name] = g.scope.kindOfItem(c.X, false)
				}
				c.X = g.expr(c.X)
			} else {
				c.X = inner.expr(c.X)
			}
			inner.target(c.Vars)
		case *syntax.IfClause:
			c.Cond = inner.expr(c.Cond)
		}
	}
	if e, ok := x.Body.(*syntax.DictEntry); ok {
		e.Key, e.Value = inner.key(inner.expr(e.Key)), inner.expr(e.Value)
	} else {
		x.Body = inner.expr(x.Body)
	}
	return x
}

func (g guarder) expr(x syntax.Expr) syntax.Expr {
	switch x := x.(type) {
	case nil:
		return nil
	case *syntax.BinaryExpr:
		x.X, x.Y = g.expr(x.X), g.expr(x.Y)
	case *syntax.CallExpr:
		if fn, ok := x.Fn.(*syntax.DotExpr); ok && isKeyMethod(fn.Name.Name) && len(x.Args) > 0 && isPositional(x.Args[0]) {
			fn.X = g.expr(fn.X)
			x.Args[0] = g.key(x.Args[0])
		} else {
			x.Fn = g.expr(x.Fn)
		}
		for i, arg := range x.Args {
			switch arg := arg.(type) {
			case *syntax.BinaryExpr:
				if arg.Op == syntax.EQ { // name=value
					arg.Y = g.expr(arg.Y)
					continue
				}
			case *syntax.UnaryExpr:
				if arg.Op == syntax.STAR || arg.Op == syntax.STARSTAR {
					arg.X = g.expr(arg.X)
					continue
				}
			}
			x.Args[i] = g.expr(arg)
		}
	case *syntax.Comprehension:
		return g.comprehension(x)
	case *syntax.CondExpr:
		x.Cond, x.True, x.False = g.expr(x.Cond), g.expr(x.True), g.expr(x.False)
	case *syntax.DictEntry:
		x.Key, x.Value = g.key(g.expr(x.Key)), g.expr(x.Value)
		return x
	case *syntax.DictExpr:
		g.list(x.List)
	case *syntax.DotExpr:
		x.X = g.expr(x.X)
	case *syntax.IndexExpr:
		x.X, x.Y = g.expr(x.X), g.key(g.expr(x.Y))
	case *syntax.LambdaExpr:
		g.params(x.Params)
		x.Body = guarder{newScope(g.scope, x.Params, nil, false)}.expr(x.Body)
	case *syntax.ListExpr:
		g.list(x.List)
	case *syntax.ParenExpr:
		x.X = g.expr(x.X)
	case *syntax.SliceExpr:
		x.X, x.Lo, x.Hi, x.Step = g.expr(x.X), g.expr(x.Lo), g.expr(x.Hi), g.expr(x.Step)
	case *syntax.TupleExpr:
		g.list(x.List)
	case *syntax.UnaryExpr:
		if x.X != nil {
			x.X = g.expr(x.X)
		}
	}
	return g.guarded(x)
}
