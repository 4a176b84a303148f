package pysyntax

import (
	"maps"
	"slices"

	"go.starlark.net/syntax"
)

// A scope is where names are bound: the module, a function, a lambda or a comprehension.
//
// What a block that becomes a function of its own assigns to would be that function's, in Starlark. So
// such a variable is kept in an object instead: x becomes $frame1.x all through the program. That
// object is made on entry to the function, by FrameName; at module level it is GlobalName.
type scope struct {
	kind   scopeKind
	parent *scope
	vars   map[string]*variable
	global map[string]syntax.Position // names declared global here, and where
	frame  string                     // the name of the object that holds the boxed variables
	catch  bool                       // a try … except is directly in here, which needs the object too
	seal   bool                       // of a comprehension: its variables are seen by nobody else
}

type scopeKind uint8

const (
	moduleScope scopeKind = iota
	functionScope
	lambdaScope
	comprehensionScope
)

// A variable is a name in the scope that binds it.
type variable struct {
	boxed bool
	leak  bool // a list comprehension binds it, which in Python 2 is seen outside
	param bool
	own   bool // bound otherwise than by an import
}

// A use is a name that an expression reads.
type use struct {
	id    *syntax.Ident
	scope *scope
}

// scopes finds every scope of a file and which variables need a box.
type scopes struct {
	p     *parser
	of    map[syntax.Node]*scope // of functions, lambdas and comprehensions
	uses  []use
	decls []*scope // functions with global declarations
	early []string // names that the module's own code mentions before it binds them
	depth int      // of the statement or expression being looked at
	bools *bools
}

func analyze(p *parser, f *syntax.File) (*scopes, *scope) {
	a := &scopes{p: p, of: make(map[syntax.Node]*scope), bools: newBools()}
	module := a.open(nil, moduleScope, nil)
	module.frame = GlobalName
	a.stmts(module, f.Stmts, false)
	a.bools.solve()
	for _, s := range a.decls {
		for name := range s.global {
			a.declare(s, module, name)
		}
	}
	if p.Mode == Script && p.Known != nil {
		for name, v := range module.vars { // str = str(x) begins with the host's str
			v.boxed = v.boxed || v.own && p.Known(name)
		}
	}
	if p.Mode == Script && p.Session != nil {
		for _, v := range module.vars {
			v.boxed = v.boxed || v.leak
		}
	}
	if p.Mode == Script {
		for _, name := range a.early { // as in a loop that sets it for its next round
			if v := module.vars[name]; v != nil {
				v.boxed = true
			}
		}
	}
	for _, u := range a.uses {
		if s, v := u.scope.lookup(u.id.Name); v != nil && v.leak && !v.boxed {
			if s.kind == lambdaScope {
				p.refuse(u.id.NamePos, "using the variable of a list comprehension after it is not supported in a lambda; rename one of them")
				continue
			}
			v.boxed = true
		}
	}
	return a, module
}

// declare makes a global declaration good: the function shares the name's box with the module, unless
// it could not be mistaken for anything but the global anyway.
func (a *scopes) declare(s, module *scope, name string) {
	v := s.vars[name]
	if v != nil && v.param {
		a.p.refuse(s.global[name], "name '%s' is a parameter and global", name)
	}
	delete(s.vars, name)
	shared := v != nil
	for outer := s.parent; outer.kind != moduleScope; outer = outer.parent {
		shared = shared || outer.vars[name] != nil
	}
	if shared {
		box := module.bind(name)
		box.boxed = true
		box.leak = box.leak || v != nil && v.leak
	}
}

// open makes the scope of a node.
func (a *scopes) open(parent *scope, kind scopeKind, n syntax.Node) *scope {
	s := &scope{kind: kind, parent: parent, vars: make(map[string]*variable)}
	if n != nil {
		a.of[n] = s
	}
	return s
}

func (s *scope) bind(name string) *variable {
	v := s.vars[name]
	if v == nil {
		v = new(variable)
		s.vars[name] = v
	}
	return v
}

// lookup finds what a name means in s: a variable and the scope that binds it, or nil for a name of the
// host's or of an earlier chunk.
func (s *scope) lookup(name string) (*scope, *variable) {
	for s.kind != moduleScope {
		if _, ok := s.global[name]; ok {
			for s.kind != moduleScope {
				s = s.parent
			}
			break
		}
		if v := s.vars[name]; v != nil {
			return s, v
		}
		s = s.parent
	}
	return s, s.vars[name]
}

// here returns the function or module whose code s is part of: that of a comprehension runs where it stands.
func (s *scope) here() *scope {
	for s.kind == comprehensionScope {
		s = s.parent
	}
	return s
}

// boxed lists the names of s that need a box, sorted.
func (s *scope) boxed() []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(s.vars)) {
		if s.vars[name].boxed {
			names = append(names, name)
		}
	}
	return names
}

// enter counts a level of the tree. What comes after the analysis recurses over the same tree, so this
// bounds it all.
func (a *scopes) enter(n syntax.Node) {
	if a.depth++; a.depth > maxDepth {
		panic(stop{err: tooDeep(n), complex: true})
	}
}

func (a *scopes) leave() { a.depth-- }

// stmts analyzes statements of the scope. inBlock says that they will be in a function of their own.
func (a *scopes) stmts(s *scope, stmts []syntax.Stmt, inBlock bool) {
	for _, st := range stmts {
		a.stmt(s, st, inBlock)
	}
}

func (a *scopes) stmt(s *scope, st syntax.Stmt, inBlock bool) {
	a.enter(st)
	defer a.leave()
	switch st := st.(type) {
	case *syntax.AssignStmt:
		a.expr(s, st.RHS)
		if st.Op != syntax.EQ { // which reads it first
			a.expr(s, st.LHS)
		}
		a.target(s, st.LHS, inBlock)
		if st.Op == syntax.EQ {
			a.bools.bindAll(st.LHS, st.RHS)
		}
		if !isImport(st.RHS) {
			targets(st.LHS, func(id *syntax.Ident) { s.bind(id.Name).own = true })
		}
	case *syntax.ExprStmt:
		a.expr(s, st.X)
	case *syntax.ReturnStmt:
		a.expr(s, st.Result)
	case *syntax.IfStmt:
		a.expr(s, st.Cond)
		a.stmts(s, st.True, inBlock)
		a.stmts(s, st.False, inBlock)
	case *syntax.ForStmt:
		a.expr(s, st.X)
		a.target(s, st.Vars, inBlock)
		a.loopVars(st.Vars, st.X)
		a.stmts(s, st.Body, inBlock)
	case *syntax.WhileStmt:
		a.expr(s, st.Cond)
		a.stmts(s, st.Body, inBlock)
	case *syntax.DefStmt:
		a.target(s, st.Name, inBlock)
		a.bools.bind(st.Name.Name, none)
		s.bind(st.Name.Name).own = true
		inner := a.function(s, functionScope, st, st.Params)
		a.stmts(inner, st.Body, false)
	case *syntax.LoadStmt:
		for _, id := range st.To {
			a.target(s, id, inBlock)
			a.bools.bind(id.Name, nil)
		}
	case *augStmt:
		a.expr(s, st.value)
		a.expr(s, st.target)
		a.target(s, st.target, inBlock)
	case *loopStmt:
		a.stmt(s, st.loop, inBlock)
		a.stmts(s, st.orelse, inBlock)
	case *withStmt:
		a.expr(s, st.x)
		a.target(s, st.target, inBlock)
		if st.target != nil {
			a.bools.bindAll(st.target, nil)
		}
		a.stmts(s, st.body, inBlock)
	case *tryStmt:
		a.try(s, st, inBlock)
	case *delStmt:
		if id, ok := st.target.(*syntax.Ident); ok {
			s.bind(id.Name).boxed = true
		} else {
			a.expr(s, st.target)
		}
	case *globalStmt:
		a.global(s, st)
	}
}

// isImport reports whether an assignment of x was an import statement: what it binds is as good as what
// the host predeclares.
func isImport(x syntax.Expr) bool {
	for {
		switch y := x.(type) {
		case *syntax.DotExpr:
			x = y.X
			continue
		case *syntax.CallExpr:
			fn, ok := y.Fn.(*syntax.Ident)
			return ok && (fn.Name == ImportName || fn.Name == ImportFromName)
		}
		return false
	}
}

func (a *scopes) try(s *scope, st *tryStmt, inBlock bool) {
	inside := inBlock || st.final != nil // only finally itself stays where it is
	s.catch = s.catch || len(st.clauses) > 0
	a.stmts(s, st.body, true)
	for _, c := range st.clauses {
		a.expr(s, c.types)
		a.target(s, c.target, inside)
		if c.target != nil {
			a.bools.bindAll(c.target, nil)
		}
		a.stmts(s, c.body, inside)
	}
	a.stmts(s, st.orelse, inside)
	a.stmts(s, st.final, inBlock)
}

func (a *scopes) global(s *scope, st *globalStmt) {
	if s.kind == moduleScope {
		return // everything here is
	}
	if s.global == nil {
		s.global = make(map[string]syntax.Position)
		a.decls = append(a.decls, s)
	}
	for _, id := range st.names {
		s.global[id.Name] = id.NamePos
	}
}

// none stands for a value that is no bool.
var none = &syntax.Ident{Name: "None"}

// loopVars notes what a loop over x binds: range gives numbers, a display its elements, anything else
// who knows what.
func (a *scopes) loopVars(vars, x syntax.Expr) {
	switch x := unparenthesized(x).(type) {
	case *syntax.CallExpr:
		if fn, ok := x.Fn.(*syntax.Ident); ok && (fn.Name == "range" || fn.Name == "xrange") {
			a.bools.bindAll(vars, none)
			return
		}
	case *syntax.ListExpr:
		for _, e := range x.List {
			a.bools.bindAll(vars, e)
		}
		return
	case *syntax.TupleExpr:
		for _, e := range x.List {
			a.bools.bindAll(vars, e)
		}
		return
	}
	a.bools.bindAll(vars, nil)
}

// function opens the scope of a def or lambda. Default values belong to the scope around it.
func (a *scopes) function(s *scope, kind scopeKind, n syntax.Node, list []syntax.Expr) *scope {
	for _, x := range list {
		if b, ok := x.(*syntax.BinaryExpr); ok {
			a.expr(s, b.Y)
			if id, ok := b.X.(*syntax.Ident); ok && givesNone(b.Y) {
				a.bools.nones[id.Name] = true
			}
		}
	}
	inner := a.open(s, kind, n)
	params(list, func(id *syntax.Ident) {
		inner.bind(id.Name).param = true
		a.bools.bind(id.Name, nil)
	})
	return inner
}

// target analyzes what is assigned to.
func (a *scopes) target(s *scope, x syntax.Expr, inBlock bool) {
	switch x := x.(type) {
	case nil:
	case *syntax.Ident:
		v := s.bind(x.Name)
		v.boxed = v.boxed || inBlock && !internal(x.Name)
	case *syntax.ParenExpr:
		a.target(s, x.X, inBlock)
	case *syntax.TupleExpr:
		for _, e := range x.List {
			a.target(s, e, inBlock)
		}
	case *syntax.ListExpr:
		for _, e := range x.List {
			a.target(s, e, inBlock)
		}
	default:
		a.expr(s, x)
	}
}

func (a *scopes) exprs(s *scope, list []syntax.Expr) {
	for _, x := range list {
		a.expr(s, x)
	}
}

// expr analyzes an expression, which may be nil.
func (a *scopes) expr(s *scope, x syntax.Expr) {
	a.enter(x)
	defer a.leave()
	switch x := x.(type) {
	case *syntax.Ident:
		a.uses = append(a.uses, use{x, s})
		if home, v := s.lookup(x.Name); v == nil && !internal(x.Name) && home == s.here() {
			a.early = append(a.early, x.Name)
		}
	case *syntax.ParenExpr:
		a.expr(s, x.X)
	case *syntax.UnaryExpr:
		a.expr(s, x.X)
	case *syntax.BinaryExpr:
		if x.Op != syntax.EQ {
			a.expr(s, x.X)
		}
		a.expr(s, x.Y)
	case *syntax.CondExpr:
		a.expr(s, x.Cond)
		a.expr(s, x.True)
		a.expr(s, x.False)
	case *syntax.CallExpr:
		a.expr(s, x.Fn)
		a.exprs(s, x.Args)
	case *syntax.DotExpr:
		a.expr(s, x.X)
	case *syntax.IndexExpr:
		a.expr(s, x.X)
		a.expr(s, x.Y)
	case *syntax.SliceExpr:
		a.exprs(s, []syntax.Expr{x.X, x.Lo, x.Hi, x.Step})
	case *syntax.ListExpr:
		a.exprs(s, x.List)
	case *syntax.TupleExpr:
		a.exprs(s, x.List)
	case *syntax.DictExpr:
		a.exprs(s, x.List)
	case *syntax.DictEntry:
		a.expr(s, x.Key)
		a.expr(s, x.Value)
	case *syntax.LambdaExpr:
		inner := a.function(s, lambdaScope, x, x.Params)
		a.expr(inner, x.Body)
	case *genExpr:
		a.comprehension(s, x.Comprehension, true)
	case *syntax.Comprehension:
		a.comprehension(s, x, x.Curly || a.p.sealed[x] || a.p.Mode != Script)
	}
}

// comprehension opens a scope for a comprehension's variables. Those of Python 2's list comprehensions
// are variables of the function around them too.
func (a *scopes) comprehension(s *scope, x *syntax.Comprehension, seal bool) {
	a.expr(s, x.Clauses[0].(*syntax.ForClause).X)
	inner := a.open(s, comprehensionScope, x)
	inner.seal = seal
	home := inner
	for home != nil && home.kind == comprehensionScope {
		if home.seal {
			home = nil
			break
		}
		home = home.parent
	}
	for i, c := range x.Clauses {
		switch c := c.(type) {
		case *syntax.ForClause:
			if i > 0 {
				a.expr(inner, c.X)
			}
			a.target(inner, c.Vars, false)
			a.loopVars(c.Vars, c.X)
			if home != nil {
				targets(c.Vars, func(id *syntax.Ident) {
					if !internal(id.Name) {
						home.bind(id.Name).leak = true
					}
				})
			}
		case *syntax.IfClause:
			a.expr(inner, c.Cond)
		}
	}
	a.expr(inner, x.Body)
}
