package guards

import (
	"math/big"

	"go.starlark.net/syntax"
)

// isRepeatable reports whether x can be evaluated twice: it calls nothing, and is
// short.
func isRepeatable(x syntax.Expr) bool {
	switch x := unparen(x).(type) {
	case *syntax.DotExpr:
		return isIdent(x.X)
	case *syntax.IndexExpr:
		return isIdent(x.X) && (isIdent(x.Y) || isShort(x.Y))
	case *syntax.UnaryExpr:
		return x.Op == syntax.MINUS && isNumber(x.X)
	default:
		return isIdent(x) || isShort(x)
	}
}

// repeat returns a copy of what isRepeatable accepts.
func repeat(x syntax.Expr) syntax.Expr {
	switch x := unparen(x).(type) {
	case *syntax.Ident:
		return &syntax.Ident{NamePos: x.NamePos, Name: x.Name}
	case *syntax.Literal:
		l := *x
		return &l
	case *syntax.DotExpr:
		return &syntax.DotExpr{X: repeat(x.X), Dot: x.Dot, NamePos: x.NamePos, Name: repeat(x.Name).(*syntax.Ident)}
	case *syntax.IndexExpr:
		return &syntax.IndexExpr{X: repeat(x.X), Lbrack: x.Lbrack, Y: repeat(x.Y), Rbrack: x.Rbrack}
	case *syntax.UnaryExpr:
		return &syntax.UnaryExpr{OpPos: x.OpPos, Op: x.Op, X: repeat(x.X)}
	}
	return x
}

func isIdent(x syntax.Expr) bool {
	_, ok := unparen(x).(*syntax.Ident)
	return ok
}

// isShort reports whether x is a literal that is short in every sense, or None.
func isShort(x syntax.Expr) bool {
	switch x := unparen(x).(type) {
	case *syntax.Literal:
		return len(x.Raw) <= MaxPlain
	case *syntax.Ident:
		return x.Name == "None" || x.Name == "True" || x.Name == "False"
	case *syntax.ListExpr:
		return len(x.List) == 0
	case *syntax.DictExpr:
		return len(x.List) == 0
	case *syntax.TupleExpr:
		return len(x.List) == 0
	}
	return false
}

// isAtom reports whether x is short, and of a type that no other equals: an empty
// dict may equal one of a class of its own.
func isAtom(x syntax.Expr) bool {
	_, isDict := unparen(x).(*syntax.DictExpr)
	return isShort(x) && !isDict
}

func allShort(list []syntax.Expr) bool {
	for _, x := range list {
		if !isShort(x) {
			return false
		}
	}
	return true
}

// isText reports whether x is text as it is written, or the formatting of one.
func isText(x syntax.Expr) bool {
	switch x := unparen(x).(type) {
	case *syntax.Literal:
		return x.Token == syntax.STRING || x.Token == syntax.BYTES
	case *syntax.CallExpr:
		fn, ok := x.Fn.(*syntax.Ident)
		return ok && fn.Name == FormatName && isText(x.Args[0])
	}
	return false
}

// isPositional reports whether an argument of a call is one by its place.
func isPositional(x syntax.Expr) bool {
	switch x := x.(type) {
	case *syntax.BinaryExpr:
		return x.Op != syntax.EQ
	case *syntax.UnaryExpr:
		return x.Op != syntax.STAR && x.Op != syntax.STARSTAR
	}
	return true
}

// isFraction reports whether x is a float as it is written.
func isFraction(x syntax.Expr) bool {
	l, ok := unparen(x).(*syntax.Literal)
	return ok && l.Token == syntax.FLOAT
}

// isNumber reports whether x is a number as it is written.
func isNumber(x syntax.Expr) bool {
	if l, ok := unparen(x).(*syntax.Literal); ok {
		switch l.Value.(type) {
		case int64, float64, *big.Int:
			return true
		}
	}
	return false
}

func unparen(x syntax.Expr) syntax.Expr {
	for {
		p, ok := x.(*syntax.ParenExpr)
		if !ok {
			return x
		}
		x = p.X
	}
}
