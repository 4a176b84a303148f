package guards

import (
	"iter"

	"go.starlark.net/syntax"
)

// Declared are names that an embedder declared: they may mean anything. It is not
// changed, and may be used by several goroutines. The zero Declared has none.
type Declared struct{ scope scope }

// Declare returns the names given as declared ones.
func Declare(names ...iter.Seq[string]) *Declared {
	d := &Declared{scope{kinds: make(map[string]kind)}}
	for _, seq := range names {
		for name := range seq {
			d.scope.kinds[name] = anything
		}
	}
	return d
}

// A scope tells what can be seen of the local variables of a function, or of the
// global ones of a file, by its text alone: those that are only ever given
// numbers need no guards.
type scope struct {
	outer *scope
	kinds map[string]kind // of the variables that belong to it
	open  bool            // others may give its variables values: nothing is known of them
}

// A kind is what is known of a value. Each includes the ones below it.
type kind int

const (
	anything kind = iota
	numeric       // an int or a float of any size, a bool
	word          // of 64 bits at most
)

// kind returns what is known of the variable of that name.
func (s *scope) kind(name string) kind {
	for ; s != nil; s = s.outer {
		if k, ok := s.kinds[name]; ok {
			return k
		}
	}
	return anything
}

// binds reports whether a name is a variable here, rather than predeclared.
func (s *scope) binds(name string) bool {
	for ; s != nil; s = s.outer {
		if _, ok := s.kinds[name]; ok || s.open {
			return true
		}
	}
	return false
}

// isWordFunction reports whether the built-in of that name returns a number of one
// word whatever it gets.
func isWordFunction(name string) bool {
	switch name {
	case "len", "ord", "bool", "isinstance", "hasattr":
		return true
	}
	return false
}

// kindOf returns what is known of the value of x.
func (s *scope) kindOf(x syntax.Expr) kind {
	switch x := unparen(x).(type) {
	case *syntax.Literal:
		switch x.Value.(type) {
		case int64, float64:
			return word
		}
		if isNumber(x) {
			return numeric
		}
	case *syntax.Ident:
		if x.Name == "True" || x.Name == "False" {
			return word
		}
		return s.kind(x.Name)
	case *syntax.UnaryExpr:
		switch x.Op {
		case syntax.NOT:
			return word
		case syntax.MINUS, syntax.PLUS, syntax.TILDE:
			return min(s.kindOf(x.X), numeric)
		}
	case *syntax.BinaryExpr:
		switch x.Op {
		case syntax.EQL, syntax.NEQ, syntax.LT, syntax.LE, syntax.GT, syntax.GE, syntax.IN, syntax.NOT_IN:
			return word
		case syntax.AND, syntax.OR:
			return min(s.kindOf(x.X), s.kindOf(x.Y))
		case syntax.AMP, syntax.PIPE, syntax.CIRCUMFLEX, syntax.SLASHSLASH:
			return min(s.kindOf(x.X), s.kindOf(x.Y))
		case syntax.PERCENT:
			if k := s.kindOf(x.X); k != anything && s.kindOf(x.Y) == word {
				return word
			}
			fallthrough
		case syntax.PLUS, syntax.MINUS, syntax.STAR, syntax.SLASH, syntax.LTLT, syntax.GTGT:
			return min(s.kindOf(x.X), s.kindOf(x.Y), numeric)
		}
	case *syntax.CondExpr:
		return min(s.kindOf(x.True), s.kindOf(x.False))
	case *syntax.CallExpr:
		if fn, ok := x.Fn.(*syntax.Ident); ok && isWordFunction(fn.Name) && !s.binds(fn.Name) {
			return word
		}
	}
	return anything
}

// maxRounds bounds the looking for numbers: what takes longer is not worth it.
const maxRounds = 8

// newScope returns the scope of a function's body, or of a file, with those
// parameters.
func newScope(outer *scope, params []syntax.Expr, body []syntax.Stmt, open bool) *scope {
	s := &scope{outer: outer, kinds: make(map[string]kind), open: open}
	b := bindings{scope: s}
	for _, p := range params {
		b.unknown(p)
	}
	b.stmts(body)
	if open {
		clear(s.kinds)
		return s
	}
	// Suppose that all are words, and take back what the text does not bear out.
	for round := 0; ; round++ {
		changed := false
		for _, v := range b.values {
			if k := b.kindOf(v); k < s.kinds[v.name] {
				s.kinds[v.name] = k
				changed = true
			}
		}
		if !changed {
			return s
		}
		if round == maxRounds {
			for name := range s.kinds {
				s.kinds[name] = anything
			}
			return s
		}
	}
}

// bindings collects what the variables of a scope are given.
type bindings struct {
	scope  *scope
	values []binding
}

// A binding is name = x, or name op= x, or a turn of for name in x, or of for
// name, other in x.
type binding struct {
	name  string
	op    syntax.Token // EQ, or that of the augmented assignment
	x     syntax.Expr
	loop  bool
	first bool
}

func (b *bindings) kindOf(v binding) kind {
	switch {
	case v.loop:
		return b.scope.kindOfItem(v.x, v.first)
	case v.op == syntax.EQ:
		return b.scope.kindOf(v.x)
	}
	op := v.op - syntax.PLUS_EQ + syntax.PLUS
	return b.scope.kindOf(&syntax.BinaryExpr{X: &syntax.Ident{Name: v.name}, Op: op, Y: v.x})
}

// kindOfItem returns what is known of the items of x, or of the first of each pair
// in it.
func (s *scope) kindOfItem(x syntax.Expr, first bool) kind {
	c, ok := unparen(x).(*syntax.CallExpr)
	if !ok {
		return anything
	}
	fn, ok := c.Fn.(*syntax.Ident)
	if !ok || s.binds(fn.Name) {
		return anything
	}
	switch {
	case !first && (fn.Name == "range" || fn.Name == "xrange"):
		return word
	case first && fn.Name == "enumerate" && len(c.Args) == 1:
		return word
	}
	return anything
}

func (b *bindings) bind(v binding) {
	if _, ok := b.scope.kinds[v.name]; !ok {
		b.scope.kinds[v.name] = word
	}
	b.values = append(b.values, v)
}

// unknown notes that whatever names x binds may be anything.
func (b *bindings) unknown(x syntax.Expr) {
	switch x := x.(type) {
	case *syntax.Ident:
		b.scope.kinds[x.Name] = anything
	case *syntax.ParenExpr:
		b.unknown(x.X)
	case *syntax.UnaryExpr: // *args, **kwargs, *
		if x.X != nil {
			b.unknown(x.X)
		}
	case *syntax.BinaryExpr: // name=default
		b.unknown(x.X)
	case *syntax.TupleExpr:
		for _, e := range x.List {
			b.unknown(e)
		}
	case *syntax.ListExpr:
		for _, e := range x.List {
			b.unknown(e)
		}
	}
}

// assign notes that x is given the value of y, or items of y.
func (b *bindings) assign(x syntax.Expr, op syntax.Token, y syntax.Expr, loop bool) {
	switch x := unparen(x).(type) {
	case *syntax.Ident:
		b.bind(binding{name: x.Name, op: op, x: y, loop: loop})
	case *syntax.TupleExpr:
		b.items(x, x.List, y, loop)
	case *syntax.ListExpr:
		b.items(x, x.List, y, loop)
	}
}

// items notes that each of the names gets its part of y.
func (b *bindings) items(all syntax.Expr, names []syntax.Expr, y syntax.Expr, loop bool) {
	if t, ok := unparen(y).(*syntax.TupleExpr); ok && !loop && len(names) > 0 && len(t.List) == len(names) {
		for i, x := range names {
			b.assign(x, syntax.EQ, t.List[i], false)
		}
		return
	}
	if len(names) == 2 && loop {
		id, ok := unparen(names[0]).(*syntax.Ident)
		if !ok {
			b.unknown(all)
			return
		}
		b.bind(binding{name: id.Name, op: syntax.EQ, x: y, loop: true, first: true})
		b.unknown(names[1])
		return
	}
	b.unknown(all)
}

func (b *bindings) stmts(stmts []syntax.Stmt) {
	for _, s := range stmts {
		switch s := s.(type) {
		case *syntax.AssignStmt:
			b.assign(s.LHS, s.Op, s.RHS, false)
		case *syntax.DefStmt:
			b.unknown(s.Name)
		case *syntax.ForStmt:
			b.assign(s.Vars, syntax.EQ, s.X, true)
			b.stmts(s.Body)
		case *syntax.WhileStmt:
			b.stmts(s.Body)
		case *syntax.IfStmt:
			b.stmts(s.True)
			b.stmts(s.False)
		case *syntax.LoadStmt:
			for _, id := range s.To {
				b.unknown(id)
			}
		}
	}
}
