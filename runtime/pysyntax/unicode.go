package pysyntax

import (
	"slices"
	"strings"

	"go.starlark.net/syntax"
)

// Unicode text that is ASCII is a string of the interpreter's, whose own + and slices with a step would
// make a str of it. So where a file may have such text, + is a call of AddName, and what is sliced goes
// through SlicedName, unless the operands can be seen to be none.

// unicodeWords are in the names by which a program comes by unicode text, beside literals: json, simplejson,
// get_json, unichr, unicode.
var unicodeWords = []string{"decode", "json", "unichr", "unicode"}

// mentionsUnicode reports whether one of them is in a name in the text.
func mentionsUnicode(tokens []token) bool {
	for _, t := range tokens {
		if t.kind != tokName {
			continue
		}
		name := strings.ToLower(t.text)
		if slices.ContainsFunc(unicodeWords, func(word string) bool { return strings.Contains(name, word) }) {
			return true
		}
	}
	return false
}

// constant returns the literal that is the unicode text which a call makes, or nil. Among the constants
// of a program equal strings are one, so the text must be that of no str.
func (l *lowerer) constant(c *syntax.CallExpr) syntax.Expr {
	if l.p.Unicode == nil {
		return nil
	}
	if lit, ok := asStr(c).(*syntax.Literal); ok {
		if s := lit.Value.(string); s != "" && !l.p.strs[s] {
			lit.Value = l.p.Unicode(s)
			return lit
		}
	}
	return nil
}

// isWide reports whether an expression can be seen to be unicode text, perhaps beyond ASCII: the
// interpreter looks for none in a str.
func isWide(x syntax.Expr) bool {
	c, ok := x.(*syntax.CallExpr)
	if !ok {
		return false
	}
	switch fn := c.Fn.(type) {
	case *syntax.Ident:
		return fn.Name == "unicode" || fn.Name == "unichr" || fn.Name == UnicodeName && asStr(c) == syntax.Expr(c)
	case *syntax.DotExpr:
		return fn.Name.Name == "decode"
	}
	return false
}

// wide is isWide, of variables too.
func (b *bools) wide(x syntax.Expr) bool {
	x = unparenthesized(x)
	id, ok := x.(*syntax.Ident)
	return ok && b.wides[id.Name] || isWide(x)
}

// mayJoin reports whether x + y may be a sum of texts one of which is unicode.
func mayJoin(x, y syntax.Expr) bool {
	a, b := textOf(x), textOf(y)
	return a != noText && b != noText && (a == anyText || b == anyText)
}

type textKind uint8

const (
	noText  textKind = iota // it is something else
	strText                 // a str, if it is text
	anyText                 // nobody can tell
)

// textOf says whether an expression, before it is lowered, may be text.
func textOf(x syntax.Expr) textKind {
	switch x := unparenthesized(x).(type) {
	case *syntax.Literal:
		if x.Token == syntax.STRING {
			return strText
		}
		return noText
	case *syntax.ListExpr, *syntax.TupleExpr, *syntax.DictExpr, *syntax.Comprehension, *syntax.UnaryExpr, *syntax.LambdaExpr:
		return noText
	case *syntax.BinaryExpr:
		switch x.Op {
		case syntax.PLUS, syntax.PERCENT, syntax.STAR, syntax.AND, syntax.OR:
			return anyText
		}
		return noText
	case *syntax.CallExpr:
		switch fn := x.Fn.(type) {
		case *syntax.Ident:
			switch {
			case strFunctions.has(fn.Name):
				return strText
			case numberFunctions.has(fn.Name):
				return noText
			}
		case *syntax.DotExpr:
			switch {
			case strMethodNames.has(fn.Name.Name):
				return strText
			case numberMethods.has(fn.Name.Name):
				return noText
			}
		}
	}
	return anyText
}

// What built-in functions and methods return, as far as it matters.
var (
	strFunctions    = words{"bin", "chr", "hex", "oct", "raw_input", "repr", "str"}
	numberFunctions = words{"abs", "divmod", "float", "hash", "int", "len", "list", "long", "map", "ord", "range", "round", "set", "sorted", "sum", "tuple", "xrange", "zip"}
	strMethodNames  = words{"b64encode", "dumps", "encode", "hexdigest", "read", "readline", "recv", "strftime", "urlencode"}
	numberMethods   = words{"count", "fileno", "find", "index", "items", "keys", "readlines", "rfind", "rindex", "split", "splitlines", "tell", "time", "values"}
)
