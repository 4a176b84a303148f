package pysyntax

import (
	"fmt"

	"go.starlark.net/syntax"
)

// A lowerer rewrites a tree of the parser's into one of package syntax's.
type lowerer struct {
	p      *parser
	scopes *scopes
	scope  *scope
	flow   *flow
	fn     string          // the function's name, for those of its blocks
	doc    *syntax.Literal // the module's docstring, or nil
	count  int             // of names made up
	bools  *bools          // nil where operators are Starlark's

	unicode bool // text may be of type unicode, so that + must look at it
}

// lower replaces what only this package knows in the file's tree.
func lower(p *parser, f *syntax.File) {
	a, module := analyze(p, f)
	l := &lowerer{p: p, scopes: a, scope: module, flow: &flow{kind: bottom}, fn: "<toplevel>"}
	if l.python(AddName) {
		l.bools = a.bools
		l.unicode = p.unicode || mentionsUnicode(p.tokens)
	}
	if len(f.Stmts) > 0 && isDoc(f.Stmts[0]) {
		l.doc = f.Stmts[0].(*syntax.ExprStmt).X.(*syntax.Literal)
	}
	f.Stmts = l.stmts(f.Stmts)
}

// name makes up a name.
func (l *lowerer) name(prefix string) string {
	l.count++
	return fmt.Sprintf("$%s%d", prefix, l.count)
}

// variable returns what stands for a name in its scope: itself or a field of its box.
func (l *lowerer) variable(id *syntax.Ident) syntax.Expr {
	s, v := l.scope.lookup(id.Name)
	if internal(id.Name) {
		return id
	}
	if id.Name == "__doc__" && v == nil && l.p.Mode == Script {
		if l.doc == nil || l.doc.Token != syntax.STRING {
			return ident("None", id.NamePos)
		}
		return &syntax.Literal{Token: syntax.STRING, TokenPos: id.NamePos, Raw: syntax.Quote(l.doc.Value.(string), false), Value: l.doc.Value}
	}
	if v == nil && (l.p.Known == nil || l.p.Known(id.Name)) || v != nil && !v.boxed {
		return id
	}
	return dot(ident(s.frame, id.NamePos), id.Name, id.NamePos)
}

// stmts rewrites a block. It may come out empty only if it is the file.
func (l *lowerer) stmts(stmts []syntax.Stmt) []syntax.Stmt {
	out := make([]syntax.Stmt, 0, len(stmts))
	for _, s := range stmts {
		out = l.stmt(out, s)
	}
	return out
}

// block is stmts for a block that must not be empty.
func (l *lowerer) block(stmts []syntax.Stmt, pos syntax.Position) []syntax.Stmt {
	return orPass(l.stmts(stmts), pos)
}

func orPass(stmts []syntax.Stmt, pos syntax.Position) []syntax.Stmt {
	if len(stmts) == 0 {
		return []syntax.Stmt{pass(pos)}
	}
	return stmts
}

// stmt rewrites one statement and appends what becomes of it to out.
func (l *lowerer) stmt(out []syntax.Stmt, s syntax.Stmt) []syntax.Stmt {
	switch s := s.(type) {
	case *syntax.AssignStmt:
		if fn := l.operator(s.Op); fn != "" {
			return l.augmented(out, &augStmt{target: s.LHS, pos: s.OpPos, fn: fn, value: s.RHS})
		}
		if fn := l.augmentedArithmetic(s.Op, s.LHS, s.RHS); fn != "" {
			return l.augmented(out, &augStmt{target: s.LHS, pos: s.OpPos, fn: fn, value: s.RHS})
		}
		s.LHS, s.RHS = l.target(s.LHS), l.expr(s.RHS)
	case *augStmt:
		return l.augmented(out, s)
	case *syntax.ExprStmt:
		s.X = l.expr(s.X)
	case *syntax.IfStmt:
		l.ifStmt(s)
	case *syntax.ForStmt:
		return l.loop(out, s, nil, s.For)
	case *syntax.WhileStmt:
		return l.loop(out, s, nil, s.While)
	case *loopStmt:
		return l.loop(out, s.loop, s.orelse, s.elsePos)
	case *syntax.DefStmt:
		return l.def(out, s)
	case *syntax.LoadStmt:
		return l.load(out, s)
	case *syntax.ReturnStmt:
		return l.returnStmt(out, s.Return, l.expr(s.Result))
	case *syntax.BranchStmt:
		if s.Token != syntax.PASS {
			return l.leave(out, l.flow, s.Token, s.TokenPos)
		}
	case *tryStmt:
		return l.try(out, s)
	case *withStmt:
		return l.with(out, s)
	case *delStmt:
		return append(out, l.del(s))
	case *globalStmt:
		return out
	}
	return append(out, s)
}

func (l *lowerer) ifStmt(s *syntax.IfStmt) {
	for {
		s.Cond = l.expr(s.Cond)
		s.True = l.block(s.True, s.If)
		if len(s.False) == 0 {
			return
		}
		// An elif is an if in an else: there may be very many.
		elif, ok := s.False[0].(*syntax.IfStmt)
		if !ok || len(s.False) > 1 || elif.If != s.ElsePos {
			s.False = l.block(s.False, s.ElsePos)
			return
		}
		s = elif
	}
}

// def rewrites a function. Boxed variables get their box on entry, and parameters go into it. The name
// of the function may be such a variable itself.
func (l *lowerer) def(out []syntax.Stmt, s *syntax.DefStmt) []syntax.Stmt {
	l.defaults(s.Params)
	inner := *l
	inner.scope = l.scopes.of[s]
	inner.flow = &flow{kind: bottom, function: true}
	inner.fn = s.Name.Name
	var prologue []syntax.Stmt
	if names := inner.scope.boxed(); inner.scope.catch || len(names) > 0 {
		inner.scope.frame = inner.name("frame")
		var args []syntax.Expr
		for _, name := range names {
			args = append(args, str(name, s.Def))
		}
		prologue = append(prologue, assign(ident(inner.scope.frame, s.Def), call(FrameName, s.Def, list(s.Def, args...)), s.Def))
		params(s.Params, func(id *syntax.Ident) {
			if box := inner.variable(id); box != syntax.Expr(id) {
				prologue = append(prologue, assign(box, ident(id.Name, id.NamePos), id.NamePos))
			}
		})
	}
	body := s.Body
	s.Body = nil
	if len(prologue) > 0 && isDoc(body[0]) {
		s.Body, body = append(s.Body, body[0]), body[1:]
	}
	s.Body = append(append(s.Body, prologue...), inner.stmts(body)...)
	s.Body = orPass(s.Body, s.Def)
	l.count = inner.count
	out = append(out, s)
	if box := l.variable(s.Name); box != syntax.Expr(s.Name) {
		out = append(out, assign(box, ident(s.Name.Name, s.Name.NamePos), s.Name.NamePos))
	}
	return out
}

func isDoc(s syntax.Stmt) bool {
	x, ok := s.(*syntax.ExprStmt)
	return ok && isLiteral(x.X)
}

// defaults rewrites the default values of parameters.
func (l *lowerer) defaults(params []syntax.Expr) {
	for _, x := range params {
		if b, ok := x.(*syntax.BinaryExpr); ok {
			b.Y = l.expr(b.Y)
		}
	}
}

// load puts loaded names that are boxed into their box.
func (l *lowerer) load(out []syntax.Stmt, s *syntax.LoadStmt) []syntax.Stmt {
	out = append(out, s)
	for _, id := range s.To {
		if box := l.variable(id); box != syntax.Expr(id) {
			out = append(out, assign(box, ident(id.Name, id.NamePos), id.NamePos))
		}
	}
	return out
}

// del rewrites the deletion of one target.
func (l *lowerer) del(s *delStmt) syntax.Stmt {
	var c *syntax.CallExpr
	switch x := s.target.(type) {
	case *syntax.Ident:
		home, _ := l.scope.lookup(x.Name)
		c = call(DelNameName, s.pos, ident(home.frame, x.NamePos), str(x.Name, x.NamePos))
	case *syntax.DotExpr:
		c = call(DelAttrName, x.Dot, l.expr(x.X), str(x.Name.Name, x.Name.NamePos))
	case *syntax.IndexExpr:
		c = call(DelItemName, x.Lbrack, l.expr(x.X), l.expr(x.Y))
	case *syntax.SliceExpr:
		c = call(DelSliceName, x.Lbrack, append([]syntax.Expr{l.expr(x.X)}, l.exprs(bounds(x))...)...)
	}
	return &syntax.ExprStmt{X: c}
}

func (l *lowerer) exprs(list []syntax.Expr) []syntax.Expr {
	for i, x := range list {
		list[i] = l.expr(x)
	}
	return list
}

// target rewrites what is assigned to, which may be nil.
func (l *lowerer) target(x syntax.Expr) syntax.Expr {
	switch x := x.(type) {
	case *syntax.DotExpr:
		x.X = l.expr(x.X)
	case *syntax.IndexExpr:
		x.X, x.Y = l.expr(x.X), l.expr(x.Y)
	case *syntax.ParenExpr:
		x.X = l.target(x.X)
	case *syntax.TupleExpr:
		for i, e := range x.List {
			x.List[i] = l.target(e)
		}
	case *syntax.ListExpr:
		for i, e := range x.List {
			x.List[i] = l.target(e)
		}
	default:
		return l.expr(x)
	}
	return x
}

// expr rewrites an expression, which may be nil.
func (l *lowerer) expr(x syntax.Expr) syntax.Expr {
	switch x := x.(type) {
	case *syntax.Ident:
		return l.variable(x)
	case *syntax.ParenExpr:
		x.X = l.expr(x.X)
	case *syntax.UnaryExpr:
		if y := l.boolUnary(x); y != nil {
			return y
		}
		x.X = l.expr(x.X)
	case *syntax.BinaryExpr:
		if y := l.boolBinary(x); y != nil {
			return y
		}
		if x.Op != syntax.EQ {
			x.X = l.expr(x.X)
		}
		x.Y = l.expr(x.Y)
		return l.binary(x)
	case *syntax.CondExpr:
		x.Cond, x.True, x.False = l.expr(x.Cond), l.expr(x.True), l.expr(x.False)
	case *syntax.CallExpr:
		if lit := l.constant(x); lit != nil {
			return lit
		}
		l.call(x)
	case *syntax.DotExpr:
		x.X = l.expr(x.X)
		if l.p.Mode == Script && l.p.Attr != nil && l.p.Attr(x.Name.Name) {
			return call(AttrName, x.Dot, x.X, str(x.Name.Name, x.Name.NamePos))
		}
	case *syntax.IndexExpr:
		if l.boolIndex(x) {
			return call(IndexName, x.Lbrack, l.expr(x.X), l.expr(x.Y))
		}
		x.X, x.Y = l.expr(x.X), l.expr(x.Y)
	case *syntax.SliceExpr:
		sliced := x.Step != nil && l.unicode && textOf(x.X) == anyText && l.python(SlicedName)
		x.X, x.Lo, x.Hi, x.Step = l.expr(x.X), l.expr(x.Lo), l.expr(x.Hi), l.expr(x.Step)
		if sliced {
			x.X = call(SlicedName, x.Lbrack, x.X)
		}
	case *syntax.ListExpr:
		l.exprs(x.List)
	case *syntax.TupleExpr:
		l.exprs(x.List)
	case *syntax.DictExpr:
		l.mixedKeys(x)
		l.exprs(x.List)
	case *syntax.DictEntry:
		x.Key, x.Value = l.expr(x.Key), l.expr(x.Value)
	case *syntax.LambdaExpr:
		l.defaults(x.Params)
		inner := *l
		inner.scope = l.scopes.of[x]
		x.Body = inner.expr(x.Body)
		l.count = inner.count
	case *syntax.Comprehension:
		l.comprehension(x)
	case *genExpr:
		return l.generator(x.Comprehension)
	}
	return x
}

// comprehension rewrites a comprehension. Where Python's variable is seen outside, a condition that is
// always true keeps the box up to date.
func (l *lowerer) comprehension(x *syntax.Comprehension) {
	inner := *l
	inner.scope = l.scopes.of[x]
	var clauses []syntax.Node
	for i, c := range x.Clauses {
		clauses = append(clauses, c)
		switch c := c.(type) {
		case *syntax.ForClause:
			if i == 0 {
				c.X = l.iterable(l.expr(c.X))
			} else {
				c.X = inner.iterable(inner.expr(c.X))
			}
			c.Vars = inner.target(c.Vars)
			if !inner.scope.seal {
				clauses = inner.leak(clauses, c)
			}
		case *syntax.IfClause:
			c.Cond = inner.expr(c.Cond)
		}
	}
	x.Clauses = clauses
	x.Body = inner.expr(x.Body)
	l.count = inner.count
}

// leak appends the conditions that give the variables of a list comprehension to the scope around it.
func (l *lowerer) leak(clauses []syntax.Node, c *syntax.ForClause) []syntax.Node {
	home := l.scope
	for home.kind == comprehensionScope {
		if home.seal {
			return clauses
		}
		home = home.parent
	}
	targets(c.Vars, func(id *syntax.Ident) {
		if s, v := home.lookup(id.Name); v != nil && v.leak && v.boxed {
			pos := id.NamePos
			set := call(LeakName, pos, ident(s.frame, pos), str(id.Name, pos), ident(id.Name, pos))
			clauses = append(clauses, &syntax.IfClause{If: pos, Cond: set})
		}
	})
	return clauses
}
