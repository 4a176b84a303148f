package pysyntax

import (
	"strings"
	"unicode/utf8"

	"go.starlark.net/syntax"
)

// exprList parses one expression, or several with commas between or after them, which are a tuple.
func (p *parser) exprList() syntax.Expr {
	x := p.test()
	if !p.tok().is(",") {
		return x
	}
	return &syntax.TupleExpr{List: p.moreTests(x)}
}

// moreTests parses what follows the first expression of a list up to its end; a comma may be last.
func (p *parser) moreTests(x syntax.Expr) []syntax.Expr {
	list := []syntax.Expr{x}
	for p.got(",") && !p.endsList() {
		list = append(list, p.test())
	}
	return list
}

// endsList reports whether the next token cannot begin an expression but may follow a list of them.
func (p *parser) endsList() bool {
	t := p.tok()
	switch t.kind {
	case tokNewline, tokEOF:
		return true
	case tokOp:
		switch t.text {
		case "`":
			return p.backquotes > 0
		case ")", "]", "}", "=", ":", ";",
			"+=", "-=", "*=", "/=", "//=", "%=", "&=", "|=", "^=", "<<=", ">>=", "**=":
			return true
		}
	case tokName:
		return t.text == "in" || t.text == "for" || t.text == "if"
	}
	return false
}

// test parses a conditional expression, a lambda, or what binds tighter.
func (p *parser) test() syntax.Expr {
	p.enter()
	defer p.leave()
	if p.tok().is("lambda") {
		return p.lambda(p.test)
	}
	if t := p.tok(); t.is("yield") {
		return p.yield()
	}
	x := p.orTest()
	if !p.tok().is("if") {
		return x
	}
	ifPos := p.take().pos
	cond := p.orTest()
	elsePos := p.want("else")
	return &syntax.CondExpr{If: ifPos, Cond: cond, True: x, ElsePos: elsePos, False: p.test()}
}

// testNoCond parses the condition of a comprehension, where "if" begins the next clause.
func (p *parser) testNoCond() syntax.Expr {
	if p.tok().is("lambda") {
		return p.lambda(p.testNoCond)
	}
	return p.orTest()
}

func (p *parser) lambda(body func() syntax.Expr) syntax.Expr {
	p.enter()
	defer p.leave()
	pos := p.take().pos
	params := p.params(":")
	p.want(":")
	return &syntax.LambdaExpr{Lambda: pos, Params: params, Body: body()}
}

// yield refuses a generator. What it would yield is parsed, to find what else is wrong.
func (p *parser) yield() syntax.Expr {
	pos := p.take().pos
	p.refuse(pos, "generators (yield) are not supported; collect the values in a list and return it")
	if p.endsList() {
		return ident("None", pos)
	}
	return p.exprList()
}

func (p *parser) orTest() syntax.Expr {
	x := p.andTest()
	for p.tok().is("or") {
		pos := p.take().pos
		x = &syntax.BinaryExpr{X: x, OpPos: pos, Op: syntax.OR, Y: p.andTest()}
	}
	return x
}

func (p *parser) andTest() syntax.Expr {
	x := p.notTest()
	for p.tok().is("and") {
		pos := p.take().pos
		x = &syntax.BinaryExpr{X: x, OpPos: pos, Op: syntax.AND, Y: p.notTest()}
	}
	return x
}

func (p *parser) notTest() syntax.Expr {
	if !p.tok().is("not") {
		return p.comparison()
	}
	p.enter()
	defer p.leave()
	pos := p.take().pos
	return &syntax.UnaryExpr{OpPos: pos, Op: syntax.NOT, X: p.notTest()}
}

// binary returns the operator below comparisons that a text is, and how tight it
// binds: 0 for what is none.
func binary(text string) (op syntax.Token, prec int) {
	switch text {
	case "|":
		return syntax.PIPE, 1
	case "^":
		return syntax.CIRCUMFLEX, 2
	case "&":
		return syntax.AMP, 3
	case "<<":
		return syntax.LTLT, 4
	case ">>":
		return syntax.GTGT, 4
	case "+":
		return syntax.PLUS, 5
	case "-":
		return syntax.MINUS, 5
	case "*":
		return syntax.STAR, 6
	case "/":
		return syntax.SLASH, 6
	case "//":
		return syntax.SLASHSLASH, 6
	case "%":
		return syntax.PERCENT, 6
	}
	return syntax.ILLEGAL, 0
}

// arith parses operators that bind at least as tight as prec, from the left.
func (p *parser) arith(prec int) syntax.Expr {
	x := p.power()
	for {
		t := p.tok()
		op, tight := binary(t.text)
		if t.kind != tokOp || tight == 0 || tight < prec {
			return x
		}
		pos := p.take().pos
		x = &syntax.BinaryExpr{X: x, OpPos: pos, Op: op, Y: p.arith(tight + 1)}
	}
}

// unary returns the sign that a text is, or ILLEGAL.
func unary(text string) syntax.Token {
	switch text {
	case "-":
		return syntax.MINUS
	case "+":
		return syntax.PLUS
	case "~":
		return syntax.TILDE
	}
	return syntax.ILLEGAL
}

// power parses x ** y, which binds tighter than a sign before it and looser than one after it.
func (p *parser) power() syntax.Expr {
	p.enter()
	defer p.leave()
	if t := p.tok(); t.kind == tokOp {
		if op := unary(t.text); op != syntax.ILLEGAL {
			pos := p.take().pos
			return &syntax.UnaryExpr{OpPos: pos, Op: op, X: p.power()}
		}
	}
	x := p.primary()
	if !p.tok().is("**") {
		return x
	}
	pos := p.take().pos
	return call(PowerName, pos, x, p.power())
}

// primary parses an operand and the calls, indexes and attributes after it.
func (p *parser) primary() syntax.Expr {
	x := p.atom()
	for {
		switch t := p.tok(); {
		case t.is("."):
			dot := p.take().pos
			x = &syntax.DotExpr{X: x, Dot: dot, Name: p.attribute()}
		case t.is("["):
			x = p.subscript(x)
		case t.is("("):
			lparen := p.take().pos
			args := p.args()
			x = &syntax.CallExpr{Fn: x, Lparen: lparen, Args: args, Rparen: p.want(")")}
		default:
			return x
		}
	}
}

// subscript parses an index or a slice of x.
func (p *parser) subscript(x syntax.Expr) syntax.Expr {
	lbrack := p.take().pos
	var lo, hi, step syntax.Expr
	if !p.tok().is(":") {
		lo = p.exprList()
		if p.tok().is("]") {
			return &syntax.IndexExpr{X: x, Lbrack: lbrack, Y: lo, Rbrack: p.take().pos}
		}
	}
	p.want(":")
	if !p.endsList() {
		hi = p.test()
	}
	if p.got(":") && !p.endsList() {
		step = p.test()
	}
	return &syntax.SliceExpr{X: x, Lbrack: lbrack, Lo: lo, Hi: hi, Step: step, Rbrack: p.want("]")}
}

// args parses the arguments of a call, up to its closing bracket.
//
// Python allows f(*args, key=value), Starlark does not: the key goes first. That is the order in which
// CPython 2.7 evaluates them too.
func (p *parser) args() []syntax.Expr {
	var args []syntax.Expr
	star := -1 // where *args is
	for !p.tok().is(")") {
		if t := p.tok(); t.is("*") || t.is("**") {
			op := syntax.STAR
			if t.text == "**" {
				op = syntax.STARSTAR
			} else if star < 0 {
				star = len(args)
			}
			pos := p.take().pos
			args = append(args, &syntax.UnaryExpr{OpPos: pos, Op: op, X: p.test()})
		} else if t.kind == tokName && p.ahead(1).is("=") {
			x := p.attribute()
			eq := p.take().pos
			p.strs[t.text] = true
			key := &syntax.BinaryExpr{X: x, OpPos: eq, Op: syntax.EQ, Y: p.test()}
			args = append(args, key)
			if n := len(args) - 1; star >= 0 && star == n-1 {
				args[star], args[n] = key, args[star]
				star = n
			}
		} else {
			x := p.test()
			if p.tok().is("=") {
				p.fail(p.tok().pos, "a keyword argument must have the form name=value")
			}
			if p.tok().is("for") {
				x = p.generator(syntax.Start(x), x)
			}
			args = append(args, x)
		}
		if !p.got(",") {
			break
		}
	}
	return args
}

// atom parses an operand.
func (p *parser) atom() syntax.Expr {
	switch t := p.tok(); t.kind {
	case tokInt:
		p.i++
		return &syntax.Literal{Token: syntax.INT, TokenPos: t.pos, Raw: t.text, Value: t.val}
	case tokFloat:
		p.i++
		return &syntax.Literal{Token: syntax.FLOAT, TokenPos: t.pos, Raw: t.text, Value: t.val}
	case tokString:
		return p.str()
	case tokName:
		if !p.reserved(t.text) {
			return p.ident()
		}
	case tokOp:
		switch t.text {
		case "(":
			return p.paren()
		case "[":
			return p.list()
		case "{":
			return p.brace()
		case "`":
			return p.backquote()
		}
	}
	p.unexpected("want an expression")
	panic("unreachable")
}

// str parses a string literal and those right after it, which are one string.
func (p *parser) str() syntax.Expr {
	first := p.take()
	lit := first.val.(strLit)
	end := first.start + len(first.text)
	wide, narrow := p.strPart(first.pos, &lit)
	parts := []string{lit.value}
	for p.at(tokString) {
		t := p.take()
		next := t.val.(strLit)
		if next.bytes != lit.bytes {
			p.fail(t.pos, "a string and a bytes literal cannot be joined")
		}
		w, n := p.strPart(t.pos, &next)
		wide, narrow = wide || w, narrow || n
		parts = append(parts, next.value)
		end = t.start + len(t.text)
	}
	tok := syntax.STRING
	if lit.bytes {
		tok = syntax.BYTES
	}
	x := &syntax.Literal{Token: tok, TokenPos: first.pos, Raw: p.scan.src[first.start:end], Value: strings.Join(parts, "")}
	switch {
	case !wide || p.Known == nil || !p.Known(UnicodeName):
		p.strs[x.Value.(string)] = true
		return x
	case narrow:
		p.refuse(first.pos, "a str and a unicode literal with characters beyond ASCII cannot be joined; write u before each of them")
	}
	p.unicode = true
	return call(UnicodeName, first.pos, x)
}

// literalOf returns the literal of which an expression is the value, of type str or unicode, or nil.
func literalOf(x syntax.Expr) *syntax.Literal {
	if c, ok := x.(*syntax.CallExpr); ok && len(c.Args) == 1 {
		if fn, ok := c.Fn.(*syntax.Ident); ok && fn.Name == UnicodeName {
			x = c.Args[0]
		}
	}
	lit, _ := x.(*syntax.Literal)
	return lit
}

// asStr returns the literal in place of a unicode literal that is ASCII, where the two do the same.
func asStr(x syntax.Expr) syntax.Expr {
	if lit := literalOf(x); lit != nil && lit.Token == syntax.STRING && isASCII(lit.Value.(string)) {
		return lit
	}
	return x
}

// strPart looks at one of the literals of a string. wide reports whether it is of type unicode, narrow
// whether it is a str that is not ASCII.
func (p *parser) strPart(pos syntax.Position, lit *strLit) (wide, narrow bool) {
	if p.Mode != Script {
		return false, false
	}
	wide = lit.isUnicode(p.unicodeText)
	if wide && lit.prefix != "u" && lit.prefix != "ur" { // its escapes are those of u'…'
		v, msg := unescape(lit.text, lit.prefix == "r", true, true)
		if msg != "" {
			p.refuse(pos, "%s", msg)
		}
		lit.value = v
	}
	return wide, !wide && !isASCII(lit.value)
}

func isASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
}

// paren parses a parenthesised expression, a tuple or a generator expression.
func (p *parser) paren() syntax.Expr {
	lparen := p.take().pos
	if p.tok().is(")") {
		return &syntax.TupleExpr{Lparen: lparen, Rparen: p.take().pos}
	}
	x := p.test()
	if p.tok().is("for") {
		x = p.generator(lparen, x)
	} else if p.tok().is(",") {
		x = &syntax.TupleExpr{List: p.moreTests(x)}
	}
	return &syntax.ParenExpr{Lparen: lparen, X: x, Rparen: p.want(")")}
}

// list parses a list display or comprehension.
func (p *parser) list() syntax.Expr {
	lbrack := p.take().pos
	if p.tok().is("]") {
		return &syntax.ListExpr{Lbrack: lbrack, Rbrack: p.take().pos}
	}
	x := p.test()
	if p.tok().is("for") {
		p.extended = p.extended || p.Mode == Script // its variables are seen outside
		return p.comprehension(lbrack, x, "]")
	}
	list := p.moreTests(x)
	return &syntax.ListExpr{Lbrack: lbrack, List: list, Rbrack: p.want("]")}
}

// brace parses a dict or set display or comprehension.
func (p *parser) brace() syntax.Expr {
	lbrace := p.take().pos
	if p.tok().is("}") {
		return &syntax.DictExpr{Lbrace: lbrace, Rbrace: p.take().pos}
	}
	x := p.test()
	if !p.tok().is(":") {
		return p.set(lbrace, x)
	}
	entry := p.entry(x)
	if p.tok().is("for") {
		return p.comprehension(lbrace, entry, "}")
	}
	list := []syntax.Expr{entry}
	for p.got(",") && !p.tok().is("}") {
		list = append(list, p.entry(p.test()))
	}
	return &syntax.DictExpr{Lbrace: lbrace, List: list, Rbrace: p.want("}")}
}

func (p *parser) entry(key syntax.Expr) syntax.Expr {
	colon := p.want(":")
	return &syntax.DictEntry{Key: key, Colon: colon, Value: p.test()}
}

// set parses the rest of a set display or comprehension, which is SetName called with a list.
func (p *parser) set(lbrace syntax.Position, x syntax.Expr) syntax.Expr {
	if p.tok().is("for") {
		c := p.comprehension(lbrace, x, "}").(*syntax.Comprehension)
		c.Curly = false
		p.sealed[c] = true
		return call(SetName, lbrace, c)
	}
	list := p.moreTests(x)
	return call(SetName, lbrace, &syntax.ListExpr{Lbrack: lbrace, List: list, Rbrack: p.want("}")})
}

// comprehension parses the clauses after body up to the closing bracket. It consumes the bracket
// unless that is a parenthesis, which belongs to a call or to a pair around a generator expression.
func (p *parser) comprehension(lbrack syntax.Position, body syntax.Expr, end string) syntax.Expr {
	c := &syntax.Comprehension{Curly: end == "}", Lbrack: lbrack, Body: body}
	for {
		switch t := p.tok(); {
		case t.is("for"):
			pos := p.take().pos
			vars := p.targets()
			in := p.want("in")
			x := p.orTest()
			if end == "]" && p.tok().is(",") { // [x for x in 1, 2], of list comprehensions only
				x = &syntax.TupleExpr{List: p.moreTests(x)}
			}
			c.Clauses = append(c.Clauses, &syntax.ForClause{For: pos, Vars: vars, In: in, X: x})
		case t.is("if"):
			pos := p.take().pos
			c.Clauses = append(c.Clauses, &syntax.IfClause{If: pos, Cond: p.testNoCond()})
		case t.is(end):
			c.Rbrack = t.pos
			if end != ")" {
				p.i++
			}
			return c
		default:
			p.unexpected("want '" + end + "', for or if")
		}
	}
}

// generator parses the clauses of a generator expression.
func (p *parser) generator(lparen syntax.Position, body syntax.Expr) syntax.Expr {
	p.extended = true
	return &genExpr{Comprehension: p.comprehension(lparen, body, ")").(*syntax.Comprehension)}
}

// backquote refuses `x`.
func (p *parser) backquote() syntax.Expr {
	pos := p.take().pos
	p.refuse(pos, "backquotes are not supported; write repr(…)")
	p.backquotes++
	x := p.exprList()
	p.backquotes--
	p.want("`")
	return x
}
