package guards

import "go.starlark.net/syntax"

// Tree puts functions of the runtime in the place of the operators and methods of the
// interpreter that may take long, or whose result may be much larger than their
// operands: the interpreter itself heeds no limit while they work. It leaves alone
// what is small by the text alone, as i*2 and n%10, and where an operand is a mere
// name, it makes x * y of it where x and y turn out to be small numbers, and calls
// the function otherwise.
//
// declared holds names that do not mean what they mean in the language. If the tree
// is a chunk of a session, nothing is known of its global variables.
func Tree(file *syntax.File, declared *Declared, session bool) {
	g := guarder{newScope(&declared.scope, nil, file.Stmts, session)}
	g.stmts(file.Stmts)
}

// A guarder rewrites what belongs to one scope.
type guarder struct{ scope *scope }

func (g guarder) stmts(stmts []syntax.Stmt) {
	for i, s := range stmts {
		switch s := s.(type) {
		case *syntax.AssignStmt:
			g.target(s.LHS)
			s.RHS = g.expr(s.RHS)
			if s.Op == syntax.PERCENT_EQ || s.Op == syntax.LTLT_EQ {
				stmts[i] = g.spelledOut(s)
			} else {
				g.augmented(s)
			}
		case *syntax.DefStmt:
			g.params(s.Params)
			guarder{newScope(g.scope, s.Params, s.Body, false)}.stmts(s.Body)
		case *syntax.ExprStmt:
			s.X = g.expr(s.X)
		case *syntax.ForStmt:
			g.target(s.Vars)
			s.X = g.expr(s.X)
			g.stmts(s.Body)
		case *syntax.WhileStmt:
			s.Cond = g.expr(s.Cond)
			g.stmts(s.Body)
		case *syntax.IfStmt:
			s.Cond = g.expr(s.Cond)
			g.stmts(s.True)
			g.stmts(s.False)
		case *syntax.ReturnStmt:
			if s.Result != nil {
				s.Result = g.expr(s.Result)
			}
		}
	}
}

// augmented guards the operator of x op= y.
func (g guarder) augmented(s *syntax.AssignStmt) {
	if s.Op == syntax.EQ {
		return
	}
	x, y := g.scope.kindOf(s.LHS), g.scope.kindOf(s.RHS)
	var tested []syntax.Expr
	switch s.Op {
	case syntax.STAR_EQ:
		if isProduct(x, y) {
			return
		}
		tested = untested(x, s.LHS, y, s.RHS)
	case syntax.MINUS_EQ, syntax.AMP_EQ, syntax.CIRCUMFLEX_EQ, syntax.PIPE_EQ:
		if x != anything || y != anything {
			return
		}
		tested = []syntax.Expr{s.LHS}
	case syntax.PLUS_EQ:
		if x == anything && y == anything && !isShort(s.RHS) {
			s.RHS = probing(SumName, s.OpPos, s.RHS)
		}
		return
	default:
		return
	}
	guarded := call(OperandName, s.OpPos, s.RHS)
	if isRepeatable(s.RHS) {
		if cond := allAre(SmallName, s.OpPos, tested); cond != nil {
			s.RHS = &syntax.CondExpr{If: s.OpPos, Cond: cond, True: repeat(s.RHS), ElsePos: s.OpPos, False: guarded}
			return
		}
	}
	s.RHS = guarded
}

// spelledOut returns x = x % y for x %= y, and the same for <<, if that needs a guard:
// their right side has no say in what they do. What comes before the last dot or
// bracket of x is evaluated once.
func (g guarder) spelledOut(s *syntax.AssignStmt) syntax.Stmt {
	x, y := g.scope.kindOf(s.LHS), g.scope.kindOf(s.RHS)
	op := s.Op - syntax.PLUS_EQ + syntax.PLUS
	if op == syntax.PERCENT && (x != anything || y != anything) {
		return s
	}
	if isIdent(s.LHS) || isRepeatable(s.LHS) && isRepeatable(s.RHS) {
		s.Op, s.RHS = syntax.EQ, g.binary(&syntax.BinaryExpr{X: repeat(s.LHS), OpPos: s.OpPos, Op: op, Y: s.RHS})
		return s
	}
	at := s.OpPos
	name := func(name string) syntax.Expr { return &syntax.Ident{NamePos: at, Name: name} }
	once := func(v string, x syntax.Expr) syntax.Node {
		return &syntax.ForClause{For: at, Vars: name(v), In: at, X: &syntax.ListExpr{Lbrack: at, List: []syntax.Expr{x}, Rbrack: at}}
	}
	c := &syntax.Comprehension{Lbrack: at, Rbrack: at}
	switch x := unparen(s.LHS).(type) {
	case *syntax.IndexExpr:
		c.Clauses = []syntax.Node{once("$x", x.X), once("$i", x.Y)}
		old := &syntax.IndexExpr{X: name("$x"), Lbrack: x.Lbrack, Y: name("$i"), Rbrack: x.Rbrack}
		c.Body = call(SetItemName, at, name("$x"), name("$i"), call(functionOf(op), at, old, s.RHS))
	case *syntax.DotExpr:
		c.Clauses = []syntax.Node{once("$x", x.X)}
		old := &syntax.DotExpr{X: name("$x"), Dot: x.Dot, NamePos: x.NamePos, Name: x.Name}
		field := &syntax.Literal{Token: syntax.STRING, TokenPos: x.NamePos, Raw: `"` + x.Name.Name + `"`, Value: x.Name.Name}
		c.Body = call(SetItemName, at, name("$x"), field, call(functionOf(op), at, old, s.RHS), &syntax.Ident{NamePos: at, Name: "True"})
	default:
		return s // no target of an augmented assignment, as the resolver will say
	}
	return &syntax.ExprStmt{X: call(DoneName, at, c)}
}

// functionOf names the functions that stand for % and <<.
func functionOf(op syntax.Token) string {
	if op == syntax.PERCENT {
		return FormatName
	}
	return ShiftName
}

// isProduct reports whether the product of such values is hardly larger than they
// are.
func isProduct(x, y kind) bool { return x != anything && y == word || x == word && y != anything }

// untested lists those of two operands that have to be looked at: of two numbers
// one, as the product of a small one and any other is hardly larger than that.
func untested(x kind, xExpr syntax.Expr, y kind, yExpr syntax.Expr) []syntax.Expr {
	switch {
	case x != anything && y != anything, y == word:
		return []syntax.Expr{xExpr}
	case x == word:
		return []syntax.Expr{yExpr}
	}
	return []syntax.Expr{xExpr, yExpr}
}

// guarded returns what stands for x, whose parts are guarded.
func (g guarder) guarded(x syntax.Expr) syntax.Expr {
	switch x := x.(type) {
	case *syntax.BinaryExpr:
		return g.binary(x)
	case *syntax.CallExpr:
		g.receiver(x)
	case *syntax.DotExpr:
		if isGuardedMethod(x.Name.Name) {
			return call(MethodName, x.Dot, x.X, &syntax.Literal{
				Token: syntax.STRING, TokenPos: x.NamePos, Raw: `"` + x.Name.Name + `"`, Value: x.Name.Name,
			})
		}
	}
	return x
}

// receiver guards x.f() if x may be of the embedder's: f is no method that the
// interpreter's types have, and x not one of our modules.
func (g guarder) receiver(c *syntax.CallExpr) {
	dot, ok := c.Fn.(*syntax.DotExpr)
	if !ok || isStockMethod(dot.Name.Name) || isText(dot.X) {
		return
	}
	if id, ok := unparen(dot.X).(*syntax.Ident); ok && !g.scope.binds(id.Name) {
		return
	}
	dot.X = probing(ReceiverName, dot.Dot, dot.X)
}

func (g guarder) binary(b *syntax.BinaryExpr) syntax.Expr {
	x, y := g.scope.kindOf(b.X), g.scope.kindOf(b.Y)
	known := x != anything || y != anything
	switch b.Op {
	case syntax.STAR:
		switch {
		case isProduct(x, y), isFraction(b.X), isFraction(b.Y):
		case isText(b.X), isText(b.Y):
			return call(MultiplyName, b.OpPos, b.X, b.Y)
		default:
			return either(b, SmallName, untested(x, b.X, y, b.Y), MultiplyName)
		}
	case syntax.LTLT:
		if !isNumber(b.X) {
			return either(b, SmallName, []syntax.Expr{b.X}, ShiftName)
		}
	case syntax.PERCENT:
		if !known {
			if isText(b.X) {
				return call(FormatName, b.OpPos, b.X, b.Y)
			}
			return either(b, SmallName, []syntax.Expr{b.X}, FormatName)
		}
	case syntax.PLUS:
		if !known && !isShort(b.X) && !isShort(b.Y) {
			b.X = probing(SumName, b.OpPos, b.X)
		}
	case syntax.PIPE, syntax.AMP, syntax.CIRCUMFLEX, syntax.MINUS:
		if !known {
			return either(b, SmallName, []syntax.Expr{b.X}, SetNames.Of(b.Op))
		}
	case syntax.EQL, syntax.NEQ, syntax.LT, syntax.LE, syntax.GT, syntax.GE:
		if !known && !isAtom(b.X) && !isAtom(b.Y) {
			tested := b.X
			if !isIdent(b.X) && isIdent(b.Y) {
				tested = b.Y
			}
			return either(b, PlainName, []syntax.Expr{tested}, ComparisonNames.Of(b.Op))
		}
	case syntax.IN, syntax.NOT_IN:
		return g.membership(b)
	}
	return b
}

// membership guards x in y.
func (g guarder) membership(b *syntax.BinaryExpr) syntax.Expr {
	switch y := unparen(b.Y).(type) {
	case *syntax.Literal:
		return b
	case *syntax.ListExpr:
		if allShort(y.List) {
			return b
		}
	case *syntax.TupleExpr:
		if allShort(y.List) {
			return b
		}
	}
	if isShort(b.X) || g.scope.kindOf(b.X) != anything {
		return b
	}
	not := b.Op == syntax.NOT_IN
	b.Op = syntax.IN
	in := either(b, ItemName, []syntax.Expr{b.X}, ContainsName)
	if not {
		return &syntax.UnaryExpr{OpPos: b.OpPos, Op: syntax.NOT, X: in}
	}
	return in
}

// key returns what stands for an expression that may be the key of a dict.
func (g guarder) key(x syntax.Expr) syntax.Expr {
	if g.scope.kindOf(x) != anything || isShort(x) || isText(x) {
		return x
	}
	return probing(KeyName, syntax.Start(x), x)
}

// either returns b as it is, if the probe says of all tested operands that it can be, and
// otherwise the function of its operands. Where they cannot be evaluated twice
// it is the function alone.
func either(b *syntax.BinaryExpr, probe string, tested []syntax.Expr, fn string) syntax.Expr {
	guarded := call(fn, b.OpPos, b.X, b.Y)
	if !isRepeatable(b.X) || !isRepeatable(b.Y) {
		return guarded
	}
	cond := allAre(probe, b.OpPos, tested)
	if cond == nil {
		return guarded
	}
	return &syntax.ParenExpr{Lparen: b.OpPos, Rparen: b.OpPos, X: &syntax.CondExpr{
		If:      b.OpPos,
		Cond:    cond,
		True:    &syntax.BinaryExpr{X: repeat(b.X), OpPos: b.OpPos, Op: b.Op, Y: repeat(b.Y)},
		ElsePos: b.OpPos,
		False:   guarded,
	}}
}

// allAre returns probe[x] for each x, joined by and; nil if one of them is no mere
// name.
func allAre(probe string, at syntax.Position, tested []syntax.Expr) syntax.Expr {
	var cond syntax.Expr
	for _, x := range tested {
		if !isIdent(x) && !isShort(x) {
			return nil
		}
		test := probing(probe, at, repeat(x))
		if cond == nil {
			cond = test
		} else {
			cond = &syntax.BinaryExpr{X: cond, OpPos: at, Op: syntax.AND, Y: test}
		}
	}
	return cond
}

// probing returns probe[x].
func probing(probe string, at syntax.Position, x syntax.Expr) syntax.Expr {
	return &syntax.IndexExpr{X: &syntax.Ident{NamePos: at, Name: probe}, Lbrack: at, Y: x, Rbrack: at}
}

// call returns fn(args...), all at one position: the one that errors tell.
func call(fn string, at syntax.Position, args ...syntax.Expr) *syntax.CallExpr {
	return &syntax.CallExpr{Fn: &syntax.Ident{NamePos: at, Name: fn}, Lparen: at, Args: args, Rparen: at}
}
