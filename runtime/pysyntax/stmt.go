package pysyntax

import (
	"go.starlark.net/syntax"

	"starwire/runtime/lazy"
)

// stmt parses one statement, or a line of simple ones, and appends what it means to out.
func (p *parser) stmt(out []syntax.Stmt) []syntax.Stmt {
	switch t := p.tok(); t.kind {
	case tokIndent:
		p.fail(t.pos, "unexpected indent")
	case tokName:
		if parse := compound(t.text); parse != nil {
			p.prologue = false
			return append(out, parse(p))
		}
	case tokOp:
		if t.text == "@" {
			return p.decorated(out)
		}
	}
	return p.simpleLine(out)
}

// compound returns what parses the statement that begins with a word and holds others, or nil.
func compound(word string) func(*parser) syntax.Stmt {
	switch word {
	case "if":
		return (*parser).ifStmt
	case "while":
		return (*parser).whileStmt
	case "for":
		return (*parser).forStmt
	case "def":
		return (*parser).def
	case "try":
		return (*parser).try
	case "with":
		return (*parser).with
	case "class":
		return (*parser).class
	}
	return nil
}

// suite parses the block after a colon. It is never empty.
func (p *parser) suite() []syntax.Stmt {
	p.enter()
	defer p.leave()
	colon := p.want(":")
	var stmts []syntax.Stmt
	if !p.at(tokNewline) {
		stmts = p.simpleLine(nil)
	} else {
		p.i++
		if !p.at(tokIndent) {
			p.unexpected("want an indented block")
		}
		p.i++
		for !p.at(tokDedent) && !p.at(tokEOF) {
			stmts = p.stmt(stmts)
		}
		if p.at(tokDedent) {
			p.i++
		}
	}
	if len(stmts) == 0 {
		stmts = []syntax.Stmt{pass(colon)}
	}
	return stmts
}

// simpleLine parses simple statements with semicolons between them, to the end of the line.
func (p *parser) simpleLine(out []syntax.Stmt) []syntax.Stmt {
	for {
		out = p.simple(out)
		if !p.got(";") || p.at(tokNewline) {
			break
		}
	}
	if !p.at(tokNewline) {
		p.unexpected("want the end of the statement")
	}
	p.i++
	return out
}

// simple parses a statement that holds no others.
func (p *parser) simple(out []syntax.Stmt) []syntax.Stmt {
	t := *p.tok()
	prologue := p.prologue
	p.prologue = prologue && t.kind == tokString
	if t.kind != tokName {
		return append(out, p.exprStmt())
	}
	switch t.text {
	case "return":
		p.i++
		var result syntax.Expr
		if !p.endsList() {
			result = p.exprList()
		}
		return append(out, &syntax.ReturnStmt{Return: t.pos, Result: result})
	case "pass", "break", "continue":
		p.i++
		tok := map[string]syntax.Token{"pass": syntax.PASS, "break": syntax.BREAK, "continue": syntax.CONTINUE}[t.text]
		return append(out, &syntax.BranchStmt{Token: tok, TokenPos: t.pos})
	case "import":
		return p.imports(out)
	case "from":
		p.prologue = prologue
		return p.from(out)
	case "print":
		if p.printStmt() {
			return p.print(out)
		}
	case "load":
		if s := p.load(); s != nil {
			return append(out, s)
		}
	case "exec":
		if p.Mode == Script || p.operandAfterName() {
			p.refuse(t.pos, "exec is not supported; define a function and call it")
			p.i++
			p.exprList() // with "in" and the dicts, if they are given
			return append(out, pass(t.pos))
		}
	case "raise":
		return append(out, p.raise())
	case "assert":
		if p.Mode == Script || p.operandAfterName() {
			return append(out, p.assert())
		}
	case "nonlocal":
		if p.operandAfterName() {
			p.refuse(t.pos, "nonlocal is Python 3's; keep the value in a list or dict and change that")
			p.global()
			return append(out, pass(t.pos))
		}
	case "del":
		return p.del(out)
	case "global":
		return append(out, p.global())
	}
	return append(out, p.exprStmt())
}

// operandAfterName reports whether the token after the next begins an operand and cannot go on an
// expression that the next one began: the next is then a statement's keyword, not a variable.
func (p *parser) operandAfterName() bool {
	switch t := p.ahead(1); t.kind {
	case tokInt, tokFloat, tokString:
		return true
	case tokName:
		switch t.text {
		case "and", "or", "in", "is", "if", "for", "else", "as":
			return false
		case "not":
			return !p.ahead(2).is("in")
		}
		return true
	case tokOp:
		return t.text == "{" || t.text == "~" || t.text == "`"
	}
	return false
}

// exprStmt parses an assignment or an expression by itself.
func (p *parser) exprStmt() syntax.Stmt {
	x := p.exprList()
	t := p.tok()
	if t.kind != tokOp {
		return &syntax.ExprStmt{X: asStr(x)}
	}
	if op, ok := augmented()[t.text]; ok {
		p.i++
		p.target(x, t.pos)
		return &syntax.AssignStmt{LHS: x, OpPos: t.pos, Op: op, RHS: p.exprList()}
	}
	switch t.text {
	case "**=":
		p.i++
		p.target(x, t.pos)
		p.extended = true
		return &augStmt{target: x, pos: t.pos, fn: PowerName, value: p.exprList()}
	case "=":
		return p.assign(x)
	}
	return &syntax.ExprStmt{X: asStr(x)}
}

func augmented() map[string]syntax.Token {
	return augmentedTable.Get(func() map[string]syntax.Token {
		return map[string]syntax.Token{
			"+=": syntax.PLUS_EQ, "-=": syntax.MINUS_EQ, "*=": syntax.STAR_EQ, "/=": syntax.SLASH_EQ,
			"//=": syntax.SLASHSLASH_EQ, "%=": syntax.PERCENT_EQ, "&=": syntax.AMP_EQ, "|=": syntax.PIPE_EQ,
			"^=": syntax.CIRCUMFLEX_EQ, "<<=": syntax.LTLT_EQ, ">>=": syntax.GTGT_EQ,
		}
	})
}

var augmentedTable lazy.Value[map[string]syntax.Token]

// assign parses the rest of x = y or x = y = z. Of several targets each gets the one value, from the
// left: (x, y) = [z] * 2.
func (p *parser) assign(x syntax.Expr) syntax.Stmt {
	var lhs []syntax.Expr
	first := p.tok().pos
	if s, ok := x.(*syntax.SliceExpr); ok {
		p.i++
		p.sliced = true
		args := append([]syntax.Expr{p.exprList(), s.X}, bounds(s)...)
		return &syntax.ExprStmt{X: call(SetSliceName, first, args...)}
	}
	for p.tok().is("=") {
		p.target(x, p.take().pos)
		lhs = append(lhs, x)
		x = p.exprList()
	}
	if len(lhs) == 1 {
		return &syntax.AssignStmt{LHS: lhs[0], OpPos: first, Op: syntax.EQ, RHS: x}
	}
	copies := &syntax.BinaryExpr{X: list(first, x), OpPos: first, Op: syntax.STAR, Y: number(len(lhs), first)}
	return assign(&syntax.TupleExpr{List: lhs}, copies, first)
}

// bounds returns the three limits of a slice, None where the author left one out.
func bounds(s *syntax.SliceExpr) []syntax.Expr {
	limits := []syntax.Expr{s.Lo, s.Hi, s.Step}
	for i, x := range limits {
		if x == nil {
			limits[i] = ident("None", s.Lbrack)
		}
	}
	return limits
}

// target checks that x can be assigned to, by what is at pos.
func (p *parser) target(x syntax.Expr, pos syntax.Position) {
	switch x := x.(type) {
	case *syntax.Ident, *syntax.IndexExpr, *syntax.DotExpr:
	case *syntax.ParenExpr:
		p.target(x.X, pos)
	case *syntax.TupleExpr:
		for _, e := range x.List {
			p.target(e, pos)
		}
	case *syntax.ListExpr:
		for _, e := range x.List {
			p.target(e, pos)
		}
	case *syntax.SliceExpr:
		p.refuse(x.Lbrack, "a slice is not supported here; assign to it in a statement of its own")
	case *syntax.CallExpr:
		p.fail(x.Lparen, "cannot assign to a function call")
	case *syntax.Literal:
		p.fail(x.TokenPos, "cannot assign to a literal")
	default:
		p.fail(pos, "cannot assign to an expression")
	}
}

// targets parses the variables of a for loop or clause, up to "in".
func (p *parser) targets() syntax.Expr {
	x := p.primary()
	if p.tok().is(",") {
		list := []syntax.Expr{x}
		for p.got(",") && !p.tok().is("in") {
			list = append(list, p.primary())
		}
		x = &syntax.TupleExpr{List: list}
	}
	p.target(x, p.tok().pos)
	return x
}

func (p *parser) ifStmt() syntax.Stmt {
	first := &syntax.IfStmt{If: p.take().pos, Cond: p.test()}
	first.True = p.suite()
	for last := first; ; {
		t := p.tok()
		switch {
		case t.is("elif"):
			elif := &syntax.IfStmt{If: p.take().pos, Cond: p.test()}
			elif.True = p.suite()
			last.ElsePos, last.False = t.pos, []syntax.Stmt{elif}
			last = elif
		case t.is("else"):
			last.ElsePos = p.take().pos
			last.False = p.suite()
			return first
		default:
			return first
		}
	}
}

func (p *parser) whileStmt() syntax.Stmt {
	s := &syntax.WhileStmt{While: p.take().pos, Cond: p.test()}
	s.Body = p.suite()
	return p.loopElse(s)
}

func (p *parser) forStmt() syntax.Stmt {
	s := &syntax.ForStmt{For: p.take().pos, Vars: p.targets()}
	p.want("in")
	s.X = p.exprList()
	s.Body = p.suite()
	return p.loopElse(s)
}

// loopElse parses the else of a loop, if there is one.
func (p *parser) loopElse(loop syntax.Stmt) syntax.Stmt {
	if !p.tok().is("else") {
		return loop
	}
	p.extended = true
	return &loopStmt{loop: loop, elsePos: p.take().pos, orelse: p.suite()}
}

func (p *parser) def() syntax.Stmt {
	s := &syntax.DefStmt{Def: p.take().pos, Name: p.ident()}
	s.Lparen = p.want("(")
	s.Params = p.params(")")
	s.Rparen = p.want(")")
	if t := p.tok(); t.is("-") && p.ahead(1).is(">") {
		p.refuse(t.pos, "annotations are Python 3's; leave them out")
		p.i += 2
		p.test()
	}
	p.funcs++
	s.Body = p.suite()
	p.funcs--
	return s
}

// params parses parameters up to the closing token, which it leaves.
func (p *parser) params(end string) []syntax.Expr {
	var params []syntax.Expr
	for !p.tok().is(end) {
		switch t := p.tok(); {
		case t.is("*"), t.is("**"):
			x := &syntax.UnaryExpr{OpPos: p.take().pos, Op: syntax.STAR}
			if t.text == "**" {
				x.Op, x.X = syntax.STARSTAR, p.ident()
			} else if p.at(tokName) {
				x.X = p.ident()
			}
			params = append(params, x)
		case t.is("("):
			p.refuse(t.pos, "tuple parameters are not supported; take one parameter and unpack it in the body")
			p.paren()
			params = append(params, ident("$tuple", t.pos))
		default:
			var x syntax.Expr = p.ident()
			if t := p.tok(); t.is(":") && end == ")" {
				p.refuse(t.pos, "annotations are Python 3's; leave them out")
				p.i++
				p.test()
			}
			if p.tok().is("=") {
				eq := p.take().pos
				x = &syntax.BinaryExpr{X: x, OpPos: eq, Op: syntax.EQ, Y: p.test()}
			}
			params = append(params, x)
		}
		if !p.got(",") {
			break
		}
	}
	return params
}

// decorated refuses decorators, and parses what they decorate.
func (p *parser) decorated(out []syntax.Stmt) []syntax.Stmt {
	pos := p.take().pos
	p.refuse(pos, "decorators are not supported; write name = decorator(name) after the def")
	p.primary()
	if !p.at(tokNewline) {
		p.unexpected("want the end of the line")
	}
	p.i++
	if t := p.tok(); !t.is("def") && !t.is("class") && !t.is("@") {
		p.unexpected("want def or class")
	}
	return p.stmt(out)
}

// class refuses a class. Its body is parsed, to find what else is wrong: its functions may be kept.
func (p *parser) class() syntax.Stmt {
	t := p.take()
	p.refuse(t.pos, "classes are not supported; write functions, and keep their data in a dict or struct")
	p.ident()
	if p.got("(") {
		p.args()
		p.want(")")
	}
	p.suite()
	return pass(t.pos)
}

// load parses Starlark's load statement. It returns nil, having consumed nothing, if this is a call of
// a function that the author named load.
func (p *parser) load() syntax.Stmt {
	if !p.ahead(1).is("(") || p.ahead(2).kind != tokString || !p.ahead(3).is(",") || p.bindLoad {
		return nil
	}
	s := &syntax.LoadStmt{Load: p.take().pos}
	p.i++
	s.Module = literalOf(p.str())
	for p.got(",") && !p.tok().is(")") {
		var to *syntax.Ident
		if p.at(tokName) {
			to = p.ident()
			p.want("=")
		}
		if !p.at(tokString) {
			p.unexpected("want the quoted name of what to load")
		}
		lit := literalOf(p.str())
		from := &syntax.Ident{NamePos: lit.TokenPos, Name: lit.Value.(string)}
		from.NamePos.Col++
		if to == nil {
			to = from
		}
		s.To, s.From = append(s.To, to), append(s.From, from)
	}
	s.Rparen = p.want(")")
	return s
}
