package pysyntax

import (
	"slices"

	"go.starlark.net/syntax"

	"starwire/runtime/lazy"
)

// Python's bools are ints: True + 1 is 2, and ['no', 'yes'][x > 1] an item. Starlark's are not. So where
// an operand may be a bool the host's functions stand for the operators (AddName and those after it), and
// only there: what is written, and what each variable is bound to, tells where it cannot.

// A boolKind says whether an expression may be a bool.
type boolKind uint8

const (
	neverBool boolKind = iota // it is something else
	maybeBool                 // nobody can tell: a parameter, an attribute, what an unknown function returns
	surelyBool
)

// bools are the kinds of a file's variables, by name: names count as one wherever they are bound.
type bools struct {
	kinds map[string]boolKind
	from  map[string][]string // the variables that are bound to a variable's value

	nones map[string]bool // the variables that may be None
	wides map[string]bool // those that may be unicode text beyond ASCII
}

func newBools() *bools {
	return &bools{make(map[string]boolKind), make(map[string][]string), make(map[string]bool), make(map[string]bool)}
}

// bind notes that a name is bound to the value of x, which is nil if that is unknown.
func (b *bools) bind(name string, x syntax.Expr) {
	if _, ok := b.kinds[name]; !ok {
		b.kinds[name] = neverBool
	}
	if x == nil {
		b.raise(name, maybeBool)
		return
	}
	b.leaves(x, func(leaf syntax.Expr) {
		if id, ok := leaf.(*syntax.Ident); ok && !isBoolName(id.Name) {
			b.from[id.Name] = append(b.from[id.Name], name)
			return
		}
		b.raise(name, b.leaf(leaf))
		if givesNone(leaf) {
			b.nones[name] = true
		}
		if isWide(leaf) {
			b.wides[name] = true
		}
	})
}

// givesNone reports whether None is among the values that an expression often has: it is None, an
// attribute, or what get returns of a dict that has no such key.
func givesNone(x syntax.Expr) bool {
	switch x := x.(type) {
	case *syntax.Ident:
		return x.Name == "None"
	case *syntax.DotExpr:
		return true
	case *syntax.CallExpr:
		fn, ok := x.Fn.(*syntax.DotExpr)
		return ok && (fn.Name.Name == "get" && len(x.Args) == 1 || fn.Name.Name == "getheader" || fn.Name.Name == "pop")
	}
	return false
}

// mayBeNone reports whether what is compared with a number may be None, which is less than any.
func (b *bools) mayBeNone(x syntax.Expr) bool {
	switch x := unparenthesized(x).(type) {
	case *syntax.Ident:
		return x.Name == "None" || b.nones[x.Name]
	case *syntax.CallExpr:
		switch fn := x.Fn.(type) {
		case *syntax.Ident:
			return !internal(fn.Name) && !notBoolFunctions.has(fn.Name)
		case *syntax.DotExpr:
			return !notBoolMethods.has(fn.Name.Name)
		}
	default:
		return givesNone(x)
	}
	return false
}

func (b *bools) raise(name string, k boolKind) {
	if b.kinds[name] < k {
		b.kinds[name] = k
	}
}

// bindAll is bind for a target: a tuple of names takes a tuple apart.
func (b *bools) bindAll(target, x syntax.Expr) {
	target = unparenthesized(target)
	if id, ok := target.(*syntax.Ident); ok {
		b.bind(id.Name, x)
		return
	}
	var names, values []syntax.Expr
	switch t := target.(type) {
	case *syntax.TupleExpr:
		names = t.List
	case *syntax.ListExpr:
		names = t.List
	}
	switch v := unparenthesized(x).(type) {
	case *syntax.TupleExpr:
		values = v.List
	case *syntax.ListExpr:
		values = v.List
	}
	for i, name := range names {
		if len(values) == len(names) {
			b.bindAll(name, values[i])
		} else {
			b.bindAll(name, nil)
		}
	}
}

// solve spreads the kinds from variable to variable.
func (b *bools) solve() {
	var todo []string
	for name, k := range b.kinds {
		if k > neverBool {
			todo = append(todo, name)
		}
	}
	for name := range b.from { // the host's names, and those of earlier chunks
		if _, bound := b.kinds[name]; !bound && !notBoolFunctions.has(name) {
			b.kinds[name] = maybeBool
			todo = append(todo, name)
		}
	}
	for len(todo) > 0 {
		name := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, to := range b.from[name] {
			if b.kinds[to] < b.kinds[name] {
				b.kinds[to] = b.kinds[name]
				todo = append(todo, to)
			}
		}
	}
}

// of returns the kind of an expression, before it is lowered.
func (b *bools) of(x syntax.Expr) boolKind {
	k := neverBool
	b.leaves(x, func(leaf syntax.Expr) {
		if id, ok := leaf.(*syntax.Ident); ok && !isBoolName(id.Name) {
			kind, bound := b.kinds[id.Name]
			if !bound && !notBoolFunctions.has(id.Name) {
				kind = maybeBool
			}
			k = max(k, kind)
			return
		}
		k = max(k, b.leaf(leaf))
	})
	return k
}

// leaves calls f for each expression whose value x may have.
func (b *bools) leaves(x syntax.Expr, f func(syntax.Expr)) {
	switch x := x.(type) {
	case *syntax.ParenExpr:
		b.leaves(x.X, f)
	case *syntax.CondExpr:
		b.leaves(x.True, f)
		b.leaves(x.False, f)
	case *syntax.BinaryExpr:
		if x.Op == syntax.AND || x.Op == syntax.OR {
			b.leaves(x.X, f)
			b.leaves(x.Y, f)
			return
		}
		f(x)
	default:
		f(x)
	}
}

// leaf returns the kind of an expression that is no variable.
func (b *bools) leaf(x syntax.Expr) boolKind {
	switch x := x.(type) {
	case *syntax.Ident:
		if x.Name == "None" {
			return neverBool
		}
		return surelyBool // True and False
	case *syntax.UnaryExpr:
		if x.Op == syntax.NOT {
			return surelyBool
		}
		return neverBool
	case *syntax.BinaryExpr:
		switch x.Op {
		case syntax.EQL, syntax.NEQ, syntax.LT, syntax.LE, syntax.GT, syntax.GE, syntax.IN, syntax.NOT_IN:
			return surelyBool
		case syntax.AMP, syntax.PIPE, syntax.CIRCUMFLEX:
			return maybeBool
		}
		return neverBool
	case *syntax.CallExpr:
		switch fn := x.Fn.(type) {
		case *syntax.Ident:
			_, rebound := b.kinds[fn.Name]
			switch {
			case fn.Name == IsName || boolFunctions.has(fn.Name) && !rebound:
				return surelyBool
			case internal(fn.Name) && fn.Name != ImportFromName || notBoolFunctions.has(fn.Name) && !rebound:
				return neverBool
			}
		case *syntax.DotExpr:
			switch {
			case boolMethods.has(fn.Name.Name):
				return surelyBool
			case notBoolMethods.has(fn.Name.Name):
				return neverBool
			}
		}
		return maybeBool
	case *syntax.DotExpr, *syntax.IndexExpr:
		return maybeBool
	}
	return neverBool // a display, a literal, a slice, a function
}

func isBoolName(name string) bool { return name == "True" || name == "False" || name == "None" }

func unparenthesized(x syntax.Expr) syntax.Expr {
	for {
		p, ok := x.(*syntax.ParenExpr)
		if !ok {
			return x
		}
		x = p.X
	}
}

// words are a few: to look them through takes hardly longer than to look one up,
// and the start need not fill a map.
type words []string

func (w words) has(word string) bool { return slices.Contains(w, word) }

// What built-in functions and methods return, as far as it matters.
var (
	boolFunctions    = words{"all", "any", "bool", "callable", "hasattr", "isinstance", "issubclass"}
	notBoolFunctions = words{"abs", "bin", "bytes", "chr", "cmp", "dict", "dir", "divmod", "enumerate", "file", "filter", "float",
		"format", "hash", "hex", "int", "iter", "len", "list", "long", "map", "oct", "open", "ord", "pow", "range", "raw_input",
		"repr", "reversed", "round", "set", "sorted", "str", "sum", "tuple", "type", "unichr", "unicode", "xrange", "zip", "__name__", "__file__"}
	boolMethods = words{"endswith", "has_key", "isalnum", "isalpha", "isdigit", "isdisjoint", "islower", "isspace", "issubset",
		"issuperset", "istitle", "isupper", "startswith"}
	notBoolMethods = words{"capitalize", "center", "count", "ctime", "decode", "digest", "dumps", "encode", "expandtabs", "fileno",
		"find", "format", "getresponse", "getvalue", "group", "groups", "hexdigest", "index", "items", "join", "keys", "ljust", "lower",
		"lstrip", "partition", "quote", "read", "readline", "readlines", "recv", "replace", "rfind", "rindex", "rjust", "rpartition",
		"rsplit", "rstrip", "split", "splitlines", "strftime", "strip", "swapcase", "tell", "time", "title", "translate", "upper",
		"urlencode", "values", "zfill"}
)

// arithmetic names the function for an operator of numbers, for operands of these kinds; it is empty if
// the operator may stay. Of & | ^ it takes a sure bool: their other operands, sets, change in place.
func (l *lowerer) arithmetic(op syntax.Token, x, y syntax.Expr) string {
	if l.bools == nil {
		return ""
	}
	name, least := "", maybeBool
	switch op {
	case syntax.PLUS:
		name = AddName
	case syntax.MINUS:
		name = SubtractName
	case syntax.STAR:
		name = MultiplyName
	case syntax.SLASHSLASH:
		name = FloorName
	case syntax.LTLT:
		name = ShiftLeftName
	case syntax.GTGT:
		name = ShiftRightName
	case syntax.AMP:
		name, least = AndName, surelyBool
	case syntax.PIPE:
		name, least = OrName, surelyBool
	case syntax.CIRCUMFLEX:
		name, least = XorName, surelyBool
	default:
		return ""
	}
	if op == syntax.PLUS && l.unicode && mayJoin(x, y) {
		return name
	}
	if op == syntax.PLUS && (notNumeric(x) || notNumeric(y)) {
		return ""
	}
	if l.bools.of(x) < least && l.bools.of(y) < least {
		return ""
	}
	return name
}

// maxTextOperands bounds how far notNumeric looks for the text at the front of a sum.
const maxTextOperands = 50

// notNumeric reports whether x can be seen to be text or a container, which is never added to a bool.
func notNumeric(x syntax.Expr) bool {
	switch x := unparenthesized(x).(type) {
	case *syntax.Literal:
		return x.Token == syntax.STRING
	case *syntax.ListExpr, *syntax.TupleExpr, *syntax.DictExpr, *syntax.Comprehension:
		return true
	case *syntax.BinaryExpr: // 'a' + b + c, 'a %s' % b + c
		y := syntax.Expr(x)
		for range maxTextOperands {
			b, ok := unparenthesized(y).(*syntax.BinaryExpr)
			if !ok {
				lit, ok := unparenthesized(y).(*syntax.Literal)
				return ok && lit.Token == syntax.STRING
			}
			if b.Op != syntax.PLUS && b.Op != syntax.PERCENT {
				return false
			}
			y = b.X
		}
	}
	return false
}

// augmentedArithmetic is arithmetic for x op= y.
func (l *lowerer) augmentedArithmetic(op syntax.Token, x, y syntax.Expr) string {
	plain, ok := augmentedOps()[op]
	if !ok {
		return ""
	}
	fn := l.arithmetic(plain, x, y)
	if fn == AddName {
		return InPlaceName
	}
	return fn
}

func augmentedOps() map[syntax.Token]syntax.Token {
	return augmentedOpsTable.Get(func() map[syntax.Token]syntax.Token {
		return map[syntax.Token]syntax.Token{
			syntax.PLUS_EQ: syntax.PLUS, syntax.MINUS_EQ: syntax.MINUS, syntax.STAR_EQ: syntax.STAR, syntax.SLASHSLASH_EQ: syntax.SLASHSLASH,
			syntax.LTLT_EQ: syntax.LTLT, syntax.GTGT_EQ: syntax.GTGT, syntax.AMP_EQ: syntax.AMP, syntax.PIPE_EQ: syntax.PIPE,
			syntax.CIRCUMFLEX_EQ: syntax.CIRCUMFLEX,
		}
	})
}

var augmentedOpsTable lazy.Value[map[syntax.Token]syntax.Token]

// boolBinary rewrites an operation whose operands are not rewritten yet, if they may be bools, or returns nil.
func (l *lowerer) boolBinary(x *syntax.BinaryExpr) syntax.Expr {
	if fn := l.arithmetic(x.Op, x.X, x.Y); fn != "" {
		return call(fn, x.OpPos, l.expr(x.X), l.expr(x.Y))
	}
	if l.bools == nil {
		return nil
	}
	switch x.Op {
	case syntax.PERCENT, syntax.SLASH, syntax.LT, syntax.LE, syntax.GT, syntax.GE: // see binary for where these stay
		name := l.operator(x.Op)
		if name != "" && (isLiteral(x.X) && l.bools.of(x.Y) == surelyBool || isLiteral(x.Y) && l.bools.of(x.X) == surelyBool) ||
			name != "" && x.Op != syntax.PERCENT && x.Op != syntax.SLASH && (l.bools.mayBeNone(x.X) || l.bools.mayBeNone(x.Y)) {
			return call(name, x.OpPos, l.expr(x.X), l.expr(x.Y))
		}
		return nil
	case syntax.IN, syntax.NOT_IN:
		if l.bools.of(x.X) != surelyBool && !l.bools.wide(x.X) {
			if textOf(x.X) != strText {
				withTwins(x.Y, l.bools.of(x.X) == maybeBool)
			}
			return nil
		}
	default:
		return nil
	}
	c := call(ContainsName, x.OpPos, l.expr(x.X), l.expr(x.Y))
	if x.Op == syntax.NOT_IN {
		return &syntax.UnaryExpr{OpPos: x.OpPos, Op: syntax.NOT, X: c}
	}
	return c
}

// withTwins adds to a display, in which something is looked for, the numbers that equal its bools, and the
// bools that equal its numbers if it may be one: the interpreter finds only what is of the same type.
func withTwins(display syntax.Expr, mayBeBool bool) {
	var list *[]syntax.Expr
	switch x := unparenthesized(display).(type) {
	case *syntax.ListExpr:
		list = &x.List
	case *syntax.TupleExpr:
		list = &x.List
	default:
		return
	}
	var have [4]bool // 0, 1, False and True
	for _, e := range *list {
		switch e := unparenthesized(e).(type) {
		case *syntax.Literal:
			switch e.Value {
			case int64(0), 0.0:
				have[0] = true
			case int64(1), 1.0:
				have[1] = true
			}
		case *syntax.Ident:
			have[2] = have[2] || e.Name == "False"
			have[3] = have[3] || e.Name == "True"
		}
	}
	pos := syntax.Start(display)
	for i, twin := range [4]syntax.Expr{number(0, pos), number(1, pos), ident("False", pos), ident("True", pos)} {
		if other := (i + 2) % 4; have[other] && !have[i] && (i < 2 || mayBeBool) {
			*list = append(*list, twin)
		}
	}
}

// mixedKeys refuses a dict display with True and 1 among its keys, or False and 0: they are one key in
// Python 2, and two of the interpreter's.
func (l *lowerer) mixedKeys(x *syntax.DictExpr) {
	if l.bools == nil {
		return
	}
	var bools, numbers [2]bool
	for _, e := range x.List {
		entry, ok := e.(*syntax.DictEntry)
		if !ok {
			continue
		}
		at, seen := -1, &numbers
		switch key := unparenthesized(entry.Key).(type) {
		case *syntax.Ident:
			if seen = &bools; key.Name == "True" {
				at = 1
			} else if key.Name == "False" {
				at = 0
			}
		case *syntax.Literal:
			switch key.Value {
			case int64(0), 0.0:
				at = 0
			case int64(1), 1.0:
				at = 1
			}
		}
		if at < 0 {
			continue
		}
		if seen[at] = true; bools[at] && numbers[at] {
			l.p.refuse(syntax.Start(entry.Key), "%s and %d are one key in Python 2 and two here; write one of them", [2]string{"False", "True"}[at], at)
		}
	}
}

// boolUnary is boolBinary for a sign.
func (l *lowerer) boolUnary(x *syntax.UnaryExpr) syntax.Expr {
	if l.bools == nil || x.X == nil {
		return nil
	}
	switch k := l.bools.of(x.X); {
	case x.Op == syntax.MINUS && k >= maybeBool:
		return call(NegativeName, x.OpPos, l.expr(x.X))
	case x.Op == syntax.TILDE && k == surelyBool:
		return call(InvertName, x.OpPos, l.expr(x.X))
	}
	return nil
}

// boolIndex reports whether the index is a bool; of a display, whose items one is picked from, whether it may be.
func (l *lowerer) boolIndex(x *syntax.IndexExpr) bool {
	if l.bools == nil {
		return false
	}
	least := surelyBool
	switch unparenthesized(x.X).(type) {
	case *syntax.ListExpr, *syntax.TupleExpr:
		least = maybeBool
	}
	return l.bools.of(x.Y) >= least
}
