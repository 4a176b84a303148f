package pyport

import (
	"strings"

	"go.starlark.net/syntax"

	"starwire/runtime/lazy"
	"starwire/runtime/pysyntax"
)

// How tight operators bind in Starlark. An expression in a place that wants tighter ones gets brackets.
const (
	lowest = iota // conditional expressions and lambdas
	orPrec
	andPrec
	notPrec
	comparisonPrec
	orBitsPrec
	xorPrec
	andBitsPrec
	shiftPrec
	sumPrec
	productPrec
	unaryPrec
	highest // operands with what follows them
)

func precedence() map[syntax.Token]int {
	return precedenceTable.Get(func() map[syntax.Token]int {
		return map[syntax.Token]int{
			syntax.OR: orPrec, syntax.AND: andPrec, syntax.IN: comparisonPrec, syntax.NOT_IN: comparisonPrec,
			syntax.EQL: comparisonPrec, syntax.NEQ: comparisonPrec, syntax.LT: comparisonPrec, syntax.LE: comparisonPrec,
			syntax.GT: comparisonPrec, syntax.GE: comparisonPrec, syntax.PIPE: orBitsPrec, syntax.CIRCUMFLEX: xorPrec,
			syntax.AMP: andBitsPrec, syntax.LTLT: shiftPrec, syntax.GTGT: shiftPrec, syntax.PLUS: sumPrec, syntax.MINUS: sumPrec,
			syntax.STAR: productPrec, syntax.SLASH: productPrec, syntax.SLASHSLASH: productPrec, syntax.PERCENT: productPrec,
		}
	})
}

var precedenceTable lazy.Value[map[syntax.Token]int]

// start returns where an expression begins in the source. A call of a function that stands for an operator
// begins with its first operand.
func start(x syntax.Expr) syntax.Position {
	for {
		switch y := x.(type) {
		case *syntax.CallExpr:
			if fn, ok := y.Fn.(*syntax.Ident); ok && strings.HasPrefix(fn.Name, "$") {
				if len(y.Args) > 0 {
					if first := start(y.Args[0]); before(first, fn.NamePos) {
						return first
					}
				}
				return fn.NamePos
			}
			x = y.Fn
		case *syntax.DotExpr:
			x = y.X
		case *syntax.IndexExpr:
			x = y.X
		case *syntax.SliceExpr:
			x = y.X
		case *syntax.BinaryExpr:
			x = y.X
		case *syntax.CondExpr:
			x = y.True
		case *syntax.TupleExpr:
			if y.Lparen.IsValid() || len(y.List) == 0 {
				return y.Lparen
			}
			x = y.List[0]
		default:
			return syntax.Start(x)
		}
	}
}

// before reports whether p comes before q in the source.
func before(p, q syntax.Position) bool {
	return p.Line < q.Line || p.Line == q.Line && p.Col < q.Col
}

// text returns an expression on one line.
func (w *writer) text(x syntax.Expr) string {
	keep, n := w.layout, len(w.out)
	w.still = true
	w.expr(x, lowest)
	text := string(w.out[n:])
	marks := w.marks
	w.layout = keep
	w.out, w.marks = w.out[:n], marks
	return text
}

// list writes what may be a tuple without brackets.
func (w *writer) list(x syntax.Expr) {
	t, ok := x.(*syntax.TupleExpr)
	if !ok || t.Lparen.IsValid() || len(t.List) < 2 {
		w.expr(x, lowest)
		return
	}
	w.exprs(t.List)
}

func (w *writer) exprs(list []syntax.Expr) {
	for i, x := range list {
		if i > 0 {
			w.put(", ")
		}
		w.expr(x, lowest)
	}
}

// bracketed writes what f does between brackets, in which lines may break.
func (w *writer) bracketed(open string, f func(), end syntax.Position, close string) {
	w.put(open)
	w.brackets++
	f()
	w.at(end)
	w.brackets--
	w.put(close)
}

// expr writes an expression for a place that wants operators that bind at least as tight as prec.
func (w *writer) expr(x syntax.Expr, prec int) {
	if own := precedenceOf(x); own < prec {
		w.bracketed("(", func() { w.expr(x, lowest) }, syntax.Position{}, ")")
		return
	}
	switch x := x.(type) {
	case *syntax.Ident:
		w.at(x.NamePos)
		w.put(w.name(x.Name))
	case *syntax.Literal:
		w.literal(x, prec)
	case *syntax.ParenExpr:
		w.at(x.Lparen)
		w.bracketed("(", func() {
			w.list(x.X)
		}, x.Rparen, ")")
	case *syntax.UnaryExpr:
		w.at(x.OpPos)
		if x.Op == syntax.NOT {
			w.put("not ")
			w.expr(x.X, notPrec)
			return
		}
		w.put(x.Op.String())
		w.expr(x.X, unaryPrec)
	case *syntax.BinaryExpr:
		w.binary(x)
	case *syntax.CondExpr:
		w.expr(x.True, orPrec)
		w.at(x.If)
		w.put(" if ")
		w.expr(x.Cond, orPrec)
		w.at(x.ElsePos)
		w.put(" else ")
		w.expr(x.False, lowest)
	case *syntax.CallExpr:
		w.callExpr(x)
	case *syntax.DotExpr:
		w.dot(x)
	case *syntax.IndexExpr:
		w.expr(x.X, highest)
		w.bracketed("[", func() { w.expr(x.Y, lowest) }, x.Rbrack, "]")
	case *syntax.SliceExpr:
		w.slice(x)
	case *syntax.ListExpr:
		w.at(x.Lbrack)
		w.bracketed("[", func() { w.exprs(x.List) }, x.Rbrack, "]")
	case *syntax.TupleExpr:
		w.tuple(x)
	case *syntax.DictExpr:
		w.at(x.Lbrace)
		w.bracketed("{", func() { w.exprs(x.List) }, x.Rbrace, "}")
	case *syntax.DictEntry:
		w.expr(x.Key, lowest)
		w.put(": ")
		w.expr(x.Value, lowest)
	case *syntax.LambdaExpr:
		w.at(x.Lambda)
		w.put("lambda")
		if len(x.Params) > 0 {
			w.put(" ")
			w.params(x.Params, false)
		}
		w.put(": ")
		w.expr(x.Body, lowest)
	case *syntax.Comprehension:
		w.comprehension(x)
	}
}

// precedenceOf returns how tight the outermost operator of x binds.
func precedenceOf(x syntax.Expr) int {
	switch x := x.(type) {
	case *syntax.BinaryExpr:
		return precedence()[x.Op]
	case *syntax.CondExpr, *syntax.LambdaExpr:
		return lowest
	case *syntax.UnaryExpr:
		if x.Op == syntax.NOT {
			return notPrec
		}
		return unaryPrec
	}
	return highest
}

func (w *writer) binary(x *syntax.BinaryExpr) {
	prec := precedence()[x.Op]
	left := prec
	if prec == comparisonPrec { // which do not chain in Starlark
		left++
	}
	w.expr(x.X, left)
	w.put(" ")
	if x.Op != syntax.NOT_IN { // located at its second word
		w.at(x.OpPos)
	}
	w.put(x.Op.String() + " ")
	w.expr(x.Y, prec+1)
}

func (w *writer) slice(x *syntax.SliceExpr) {
	w.expr(x.X, highest)
	w.bracketed("[", func() {
		if x.Lo != nil {
			w.expr(x.Lo, lowest)
		}
		w.put(":")
		if x.Hi != nil {
			w.expr(x.Hi, lowest)
		}
		if x.Step != nil {
			w.put(":")
			w.expr(x.Step, lowest)
		}
	}, x.Rbrack, "]")
}

// tuple writes a tuple with brackets.
func (w *writer) tuple(x *syntax.TupleExpr) {
	w.at(start(x))
	w.bracketed("(", func() {
		w.exprs(x.List)
		if len(x.List) == 1 {
			w.put(",")
		}
	}, x.Rparen, ")")
}

// comprehension writes a comprehension.
func (w *writer) comprehension(x *syntax.Comprehension) {
	open, end := "[", "]"
	if x.Curly {
		open, end = "{", "}"
	}
	w.at(x.Lbrack)
	w.bracketed(open, func() {
		w.expr(x.Body, lowest)
		for _, c := range x.Clauses {
			switch c := c.(type) {
			case *syntax.ForClause:
				w.put(" ")
				w.at(c.For)
				w.put("for ")
				w.target(c.Vars)
				w.put(" in ")
				w.expr(c.X, orPrec)
			case *syntax.IfClause:
				w.put(" ")
				w.at(c.If)
				w.put("if ")
				w.expr(c.Cond, orPrec)
			}
		}
	}, x.Rbrack, end)
}

// dot writes an attribute.
func (w *writer) dot(x *syntax.DotExpr) {
	if reserved(x.Name.Name) {
		w.at(start(x))
		w.put("getattr(")
		w.brackets++
		w.expr(x.X, lowest)
		w.brackets--
		w.put(", " + syntax.Quote(x.Name.Name, false) + ")")
		return
	}
	if lit, ok := x.X.(*syntax.Literal); ok && lit.Token == syntax.INT {
		w.expr(&syntax.ParenExpr{X: x.X}, highest)
	} else {
		w.expr(x.X, highest)
	}
	w.at(x.Dot)
	w.put("." + x.Name.Name)
}

// callExpr writes a call.
func (w *writer) callExpr(x *syntax.CallExpr) {
	if fn, ok := x.Fn.(*syntax.Ident); ok && strings.HasPrefix(fn.Name, "$") {
		w.helper(x, fn)
		return
	}
	w.expr(x.Fn, highest)
	w.bracketed("(", func() { w.args(x.Args) }, x.Rparen, ")")
}

// args writes the arguments of a call.
func (w *writer) args(args []syntax.Expr) {
	for i, x := range args {
		if i > 0 {
			w.put(", ")
		}
		switch x := x.(type) {
		case *syntax.BinaryExpr:
			if x.Op == syntax.EQ {
				w.keyword(x)
				continue
			}
		case *syntax.UnaryExpr:
			if x.Op == syntax.STAR || x.Op == syntax.STARSTAR {
				w.at(x.OpPos)
				w.put(x.Op.String())
				w.expr(x.X, lowest)
				continue
			}
		}
		w.expr(x, lowest)
	}
}

// keyword writes name=value.
func (w *writer) keyword(x *syntax.BinaryExpr) {
	name := x.X.(*syntax.Ident)
	w.at(name.NamePos)
	if reserved(name.Name) {
		w.refuse(name.NamePos, "%s is a keyword of Starlark, and no name of an argument; rename the parameter", name.Name)
	}
	w.put(name.Name + "=")
	w.expr(x.Y, lowest)
}

// helper writes a call that stands for an operator or statement of Python's.
func (w *writer) helper(x *syntax.CallExpr, fn *syntax.Ident) {
	switch fn.Name {
	case pysyntax.ImportName, pysyntax.ImportFromName:
		w.imported(x, fn.Name)
		return
	case pysyntax.RaiseName:
		if w.isException(x.Args) {
			w.helperCall("fail", x)
			return
		}
	case pysyntax.AssertName:
		if w.free("fail") && w.free("AssertionError") {
			w.put("fail(AssertionError")
			if len(x.Args) > 0 {
				w.put(", ")
			}
			w.brackets++
			w.exprs(x.Args)
			w.brackets--
			w.put(")")
			return
		}
	}
	name := w.member(fn.Name)
	if name == "" {
		w.refuse(fn.NamePos, "this has no equivalent in Starlark")
		name = "None"
	}
	w.helperCall(name, x)
}

// helperCall writes a call of a function that the author did not call.
func (w *writer) helperCall(name string, x *syntax.CallExpr) {
	w.at(start(x))
	w.put(name)
	w.bracketed("(", func() { w.args(x.Args) }, syntax.Position{}, ")")
}
