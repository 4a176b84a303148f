package pysyntax

import (
	"go.starlark.net/syntax"
)

// A flow is what a break, continue or return has to get out of, innermost first.
//
// The block of a try is a function. It returns None if control goes on after it; otherwise the caller
// goes on with what it returned: 1 to break, 2 to continue, or a tuple with the value to return. The
// block of a with is a loop that runs once; leaving it for a loop around it sets a flag and breaks.
type flow struct {
	outer    *flow
	kind     flowKind
	function bool   // of bottom: there is a function to return from
	flag     string // of loop: set by a break, for its else; of with: 1 or 2, set by break or continue
	used     [3]bool
}

type flowKind uint8

const (
	bottom flowKind = iota // a function's body, or the file's
	loopFlow
	withFlow
	blockFlow // a function made of a try
)

// Indexes of used: the ways in which control leaves a block.
const (
	leaveByReturn = iota
	leaveByBreak
	leaveByContinue
)

// within runs f with a flow inside the current one.
func (l *lowerer) within(inner *flow, f func()) *flow {
	inner.outer = l.flow
	l.flow = inner
	f()
	l.flow = inner.outer
	return inner
}

// bottom is the function's or file's flow that f is in.
func (f *flow) bottom() *flow {
	for f.kind != bottom {
		f = f.outer
	}
	return f
}

// inLoop reports whether there is a loop to break.
func (f *flow) inLoop() bool {
	for f.kind != bottom && f.kind != loopFlow {
		f = f.outer
	}
	return f.kind == loopFlow
}

// leave appends what a break or continue in the flow becomes.
func (l *lowerer) leave(out []syntax.Stmt, f *flow, tok syntax.Token, pos syntax.Position) []syntax.Stmt {
	if !f.inLoop() {
		l.p.refuse(pos, "%s outside a loop", tok)
		return out
	}
	way := leaveByBreak
	if tok == syntax.CONTINUE {
		way = leaveByContinue
	}
	f.used[way] = true
	switch f.kind {
	case blockFlow:
		return append(out, &syntax.ReturnStmt{Return: pos, Result: number(way, pos)})
	case withFlow:
		out = append(out, assign(ident(f.flag, pos), number(way, pos), pos))
		tok = syntax.BREAK
	case loopFlow:
		if f.flag != "" && tok == syntax.BREAK {
			out = append(out, assign(ident(f.flag, pos), ident("True", pos), pos))
		}
	}
	return append(out, &syntax.BranchStmt{Token: tok, TokenPos: pos})
}

// returnStmt appends what a return becomes; result may be nil.
func (l *lowerer) returnStmt(out []syntax.Stmt, pos syntax.Position, result syntax.Expr) []syntax.Stmt {
	if !l.flow.bottom().function {
		l.p.refuse(pos, "return outside a function")
		return out
	}
	if l.returns().kind == bottom {
		return append(out, &syntax.ReturnStmt{Return: pos, Result: result})
	}
	if result == nil {
		result = ident("None", pos)
	}
	return append(out, &syntax.ReturnStmt{Return: pos, Result: &syntax.TupleExpr{List: []syntax.Expr{result}}})
}

// returns finds the function or block that a return here leaves.
func (l *lowerer) returns() *flow {
	f := l.flow
	for f.kind != bottom && f.kind != blockFlow {
		f = f.outer
	}
	f.used[leaveByReturn] = true
	return f
}

// resume appends what the caller of a block does with what it returned, which is in the variable.
func (l *lowerer) resume(out []syntax.Stmt, used [3]bool, signal string, pos syntax.Position) []syntax.Stmt {
	if used[leaveByBreak] {
		out = append(out, l.onSignal(signal, leaveByBreak, l.leave(nil, l.flow, syntax.BREAK, pos), pos))
	}
	if used[leaveByContinue] {
		out = append(out, l.onSignal(signal, leaveByContinue, l.leave(nil, l.flow, syntax.CONTINUE, pos), pos))
	}
	if !used[leaveByReturn] {
		return out
	}
	var result syntax.Expr = ident(signal, pos) // handed on as it is
	if l.returns().kind == bottom {
		result = &syntax.IndexExpr{X: result, Lbrack: pos, Y: number(0, pos), Rbrack: pos}
	}
	return append(out, &syntax.IfStmt{
		If:   pos,
		Cond: compareTo(ident(signal, pos), syntax.NEQ, ident("None", pos), pos),
		True: []syntax.Stmt{&syntax.ReturnStmt{Return: pos, Result: result}},
	})
}

func (l *lowerer) onSignal(signal string, way int, then []syntax.Stmt, pos syntax.Position) syntax.Stmt {
	return &syntax.IfStmt{
		If:   pos,
		Cond: compareTo(ident(signal, pos), syntax.EQL, number(way, pos), pos),
		True: orPass(then, pos),
	}
}

// loop rewrites a for or while statement. Its else runs unless a break has set the flag.
func (l *lowerer) loop(out []syntax.Stmt, s syntax.Stmt, orelse []syntax.Stmt, pos syntax.Position) []syntax.Stmt {
	inner := &flow{kind: loopFlow}
	if orelse != nil {
		inner.flag = l.name("broke")
	}
	switch s := s.(type) {
	case *syntax.ForStmt:
		s.X, s.Vars = l.iterable(l.expr(s.X)), l.target(s.Vars)
		l.within(inner, func() { s.Body = l.block(s.Body, s.For) })
	case *syntax.WhileStmt:
		s.Cond = l.expr(s.Cond)
		l.within(inner, func() { s.Body = l.block(s.Body, s.While) })
	}
	if orelse == nil {
		return append(out, s)
	}
	if !inner.used[leaveByBreak] {
		return append(append(out, s), l.stmts(orelse)...)
	}
	return append(out, assign(ident(inner.flag, pos), ident("False", pos), pos), s, &syntax.IfStmt{
		If:   pos,
		Cond: &syntax.UnaryExpr{OpPos: pos, Op: syntax.NOT, X: ident(inner.flag, pos)},
		True: l.block(orelse, pos),
	})
}

// with rewrites a with statement: a loop that runs once over what WithName returns.
func (l *lowerer) with(out []syntax.Stmt, s *withStmt) []syntax.Stmt {
	inner := &flow{kind: withFlow, flag: l.name("left")}
	loop := &syntax.ForStmt{For: s.pos, Vars: ident(l.name("with"), s.pos), X: call(WithName, s.pos, l.expr(s.x))}
	if s.target != nil {
		loop.Vars = l.target(s.target)
	}
	l.within(inner, func() { loop.Body = l.block(s.body, s.pos) })
	if inner.used[leaveByBreak] || inner.used[leaveByContinue] {
		out = append(out, assign(ident(inner.flag, s.pos), number(0, s.pos), s.pos))
	}
	out = append(out, loop)
	inner.used[leaveByReturn] = false // a return leaves the loop by itself
	return l.resume(out, inner.used, inner.flag, s.pos)
}

// try rewrites a try statement. With finally, all but that is a block:
//
//	def block(): …
//	signal, error = $finally(block)
//	…the finally…
//	if error != None: $reraise(error)
//	…what the signal asks for…
func (l *lowerer) try(out []syntax.Stmt, s *tryStmt) []syntax.Stmt {
	if s.final == nil {
		return l.tryExcept(out, s)
	}
	signal, raised := l.name("signal"), l.name("error")
	var used [3]bool
	out, used = l.protect(out, s.pos, FinallyName, nil, signal, raised, func() []syntax.Stmt {
		if len(s.clauses) == 0 {
			return l.stmts(s.body)
		}
		return l.tryExcept(nil, s)
	})
	out = append(out, l.stmts(s.final)...)
	out = append(out, &syntax.IfStmt{
		If:   s.pos,
		Cond: compareTo(ident(raised, s.pos), syntax.NEQ, ident("None", s.pos), s.pos),
		True: []syntax.Stmt{&syntax.ExprStmt{X: call(ReraiseName, s.pos, ident(raised, s.pos))}},
	})
	return l.resume(out, used, signal, s.pos)
}

// protect appends a block and the call of the function name that runs it, and tells how control may
// leave the block.
func (l *lowerer) protect(out []syntax.Stmt, pos syntax.Position, name string, args []syntax.Expr, signal, raised string, body func() []syntax.Stmt) ([]syntax.Stmt, [3]bool) {
	l.count++
	block := ident(blockName(l.fn, l.count), pos)
	def := &syntax.DefStmt{Def: pos, Name: block, Lparen: pos, Rparen: pos}
	inner := l.within(&flow{kind: blockFlow}, func() { def.Body = orPass(body(), pos) })
	both := &syntax.TupleExpr{List: []syntax.Expr{ident(signal, pos), ident(raised, pos)}}
	run := assign(both, call(name, pos, append(args, ident(block.Name, pos))...), pos)
	return append(out, def, run), inner.used
}

// tryExcept rewrites a try statement without its finally:
//
//	def block(): …
//	signal, error = $try($frame, block)
//	if error == None:
//	    …what the signal asks for, and the else…
//	elif $except(error, types):
//	    target = error
//	    …
//	else:
//	    $reraise(error)
func (l *lowerer) tryExcept(out []syntax.Stmt, s *tryStmt) []syntax.Stmt {
	signal, raised := l.name("signal"), l.name("error")
	frame := []syntax.Expr{ident(l.frame(), s.pos)}
	out, used := l.protect(out, s.pos, TryName, frame, signal, raised, func() []syntax.Stmt { return l.stmts(s.body) })
	cond := compareTo(ident(raised, s.pos), syntax.EQL, ident("None", s.pos), s.pos)
	first := &syntax.IfStmt{If: s.pos, Cond: cond}
	first.True = l.resume(nil, used, signal, s.pos)
	first.True = orPass(append(first.True, l.stmts(s.orelse)...), s.pos)
	last := first
	caught := false
	for _, c := range s.clauses {
		if c.types == nil {
			last.ElsePos, last.False = c.pos, l.block(c.body, c.pos)
			caught = true
			break
		}
		elif := &syntax.IfStmt{If: c.pos, Cond: call(ExceptName, c.pos, ident(raised, c.pos), l.expr(c.types))}
		elif.True = orPass(append(l.bindError(c, raised), l.stmts(c.body)...), c.pos)
		last.ElsePos, last.False = c.pos, []syntax.Stmt{elif}
		last = elif
	}
	if !caught {
		last.ElsePos = s.pos
		last.False = []syntax.Stmt{&syntax.ExprStmt{X: call(ReraiseName, s.pos, ident(raised, s.pos))}}
	}
	return append(out, first)
}

// frame is the object of the function around, which knows what exception is being handled.
func (l *lowerer) frame() string {
	s := l.scope
	for s.kind != moduleScope && s.kind != functionScope {
		s = s.parent
	}
	return s.frame
}

// bindError gives the exception its name. A tuple of names gets the exception's arguments, as
// except socket.error, (errno, text) does in Python 2.
func (l *lowerer) bindError(c exceptClause, raised string) []syntax.Stmt {
	if c.target == nil {
		return nil
	}
	pos := syntax.Start(c.target)
	var value syntax.Expr = ident(raised, pos)
	target := c.target
	for {
		paren, ok := target.(*syntax.ParenExpr)
		if !ok {
			break
		}
		target = paren.X
	}
	switch target.(type) {
	case *syntax.TupleExpr, *syntax.ListExpr:
		value = dot(value, "args", pos)
	}
	return []syntax.Stmt{assign(l.target(c.target), value, pos)}
}
