package pysyntax

import (
	"go.starlark.net/syntax"
)

// printStmt reports whether the word print, next, begins a print statement.
//
// In a session it does where nothing else could be meant: alone, or before something that cannot go on
// an expression, or before [, - or + (the function print can be neither indexed nor added to). Before a
// bracket it is the function, unless what follows the call makes no sense after one: print (a),
func (p *parser) printStmt() bool {
	if p.reserved("print") {
		p.printed = true
		return true
	}
	if p.Mode == Script {
		return false // from __future__ import print_function
	}
	statement := p.operandAfterName()
	if t := p.ahead(1); t.is("(") {
		statement = !p.parses((*parser).exprStmt)
	} else if !statement {
		statement = t.kind == tokNewline || t.kind == tokEOF ||
			t.is(";") || t.is("[") || t.is("-") || t.is("+") || t.is(">>")
	}
	p.printed = p.printed || statement
	return statement
}

// parses reports whether parse succeeds here and ends where a statement may, not on a comma. Nothing is
// consumed.
func (p *parser) parses(parse func(*parser) syntax.Stmt) bool {
	try := *p
	if st := recovering(func() { parse(&try) }); st != nil {
		return st.atEOF || st.complex // not a mistake: more input, or none at all, will do
	}
	return (try.at(tokNewline) || try.tok().is(";")) && !try.tokens[try.i-1].is(",")
}

// print parses a print statement. It becomes calls of PrintName, more than one where an item could run
// code or fail: Python prints the items before it first.
//
// Python Language Reference 2.7 §6.6.
func (p *parser) print(out []syntax.Stmt) []syntax.Stmt {
	pos := p.take().pos
	if p.refusePython3Print() {
		return append(out, pass(pos))
	}
	var file syntax.Expr
	more := !p.endsList()
	if p.got(">>") {
		file = p.test()
		if more = p.got(","); more && p.endsList() {
			p.unexpected("want what to print")
		}
	}
	var items []syntax.Expr
	newline := true
	for more {
		items = append(items, asStr(p.test()))
		if more = p.got(","); more && p.endsList() {
			newline, more = false, false
		}
	}
	if file != nil && len(items) > 1 && !repeatable(file) {
		name := ident("$file", syntax.Start(file))
		out = append(out, assign(name, file, pos))
		file = clone(name)
	}
	at := pos
	for {
		n := 0
		for n < len(items) && n < maxPrintItems && (n == 0 || isLiteral(items[n])) {
			n++
		}
		c := call(PrintName, at, items[:n]...)
		c.Args = c.Args[:n:n]
		if file != nil {
			c.Args = append(c.Args, keyword("file", file, pos))
			if n < len(items) {
				file = clone(file)
			}
		}
		if n < len(items) || !newline {
			c.Args = append(c.Args, keyword("nl", ident("False", at), at))
		}
		out = append(out, &syntax.ExprStmt{X: c})
		if items = items[n:]; len(items) == 0 {
			return out
		}
		at = syntax.Start(items[0])
	}
}

// refusePython3Print refuses print(x, file=f), which Python 2 cannot parse either, with the remedy. It
// reports whether it did, having consumed the call.
func (p *parser) refusePython3Print() bool {
	if !p.tok().is("(") {
		return false
	}
	depth, refused := 0, false
	for i, t := range p.tokens[p.i:] {
		if t.kind != tokOp {
			continue
		}
		switch t.text {
		case "(", "[", "{":
			depth++
		case ")", "]", "}":
			depth--
		case "=":
			switch before := p.tokens[p.i+i-1].text; {
			case !refused && depth == 1 && (before == "file" || before == "end" || before == "sep"):
				refused = true
				p.refuse(t.pos, "this is Python 3's print; write print >>file, x, or begin with from __future__ import print_function")
			}
		}
		if depth == 0 {
			if refused {
				p.i += i + 1
			}
			return refused
		}
	}
	return false
}

// maxPrintItems keeps a call of PrintName below Starlark's limit of 255 arguments.
const maxPrintItems = 200

// repeatable reports whether x is a name, or an attribute of one such as sys.stderr.
func repeatable(x syntax.Expr) bool {
	if dot, ok := x.(*syntax.DotExpr); ok {
		return repeatable(dot.X)
	}
	return atomic(x)
}

func isLiteral(x syntax.Expr) bool {
	_, ok := x.(*syntax.Literal)
	return ok
}
