package pyport

import (
	"slices"
	"strings"

	"go.starlark.net/syntax"

	"starwire/runtime/pysyntax"
)

// block writes statements one level deeper. It is never empty.
func (w *writer) block(stmts []syntax.Stmt) {
	w.depth++
	n := len(w.out)
	w.stmts(stmts)
	if strings.TrimSpace(string(w.code(n))) == "" {
		w.word("pass")
	}
	w.depth--
}

// code is what was written from offset n on, without comments.
func (w *writer) code(n int) []byte {
	var code []byte
	for line := range strings.Lines(string(w.out[n:])) {
		if text := strings.TrimSpace(line); !strings.HasPrefix(text, "#") {
			code = append(code, text...)
		}
	}
	return code
}

// word writes a line that the author did not.
func (w *writer) word(text string) {
	w.put(strings.Repeat(w.unit, w.depth) + text)
	w.newline()
}

// stmts writes a list of statements.
func (w *writer) stmts(stmts []syntax.Stmt) {
	for i := 0; i < len(stmts); i++ {
		if t := tryAt(stmts[i:]); t != nil {
			w.try(t)
			i += t.stmts - 1
			continue
		}
		if n := w.print(stmts[i:]); n > 0 {
			i += n - 1
			continue
		}
		if n := w.load(stmts[i:]); n > 0 {
			i += n - 1
			continue
		}
		w.stmt(stmts[i])
	}
}

// stmt writes one statement.
func (w *writer) stmt(s syntax.Stmt) {
	switch s := s.(type) {
	case *syntax.AssignStmt:
		w.assign(s)
	case *syntax.ExprStmt:
		w.begin(start(s.X))
		w.expr(s.X, lowest)
		w.end()
	case *syntax.BranchStmt:
		if s.Token == syntax.PASS && w.refusedAt(s.TokenPos) {
			w.quote(s.TokenPos)
			w.word("pass")
			return
		}
		w.begin(s.TokenPos)
		w.put(s.Token.String())
		w.end()
	case *syntax.ReturnStmt:
		w.begin(s.Return)
		w.put("return")
		if s.Result != nil {
			w.put(" ")
			w.list(s.Result)
		}
		w.end()
	case *syntax.DefStmt:
		w.begin(s.Def)
		w.def(s, w.name(s.Name.Name))
	case *syntax.ForStmt:
		w.forStmt(s)
	case *syntax.WhileStmt:
		w.begin(s.While)
		w.put("while ")
		w.expr(s.Cond, lowest)
		w.colon()
		w.block(s.Body)
	case *syntax.IfStmt:
		w.begin(s.If)
		w.put("if ")
		w.branches(s)
	case *syntax.LoadStmt:
		w.loadStmt(s)
	}
}

// refusedAt reports whether what stood at pos is refused.
func (w *writer) refusedAt(pos syntax.Position) bool {
	return slices.ContainsFunc(w.refused, func(e syntax.Error) bool { return e.Pos == pos })
}

// colon ends the line that begins a block.
func (w *writer) colon() {
	w.put(":")
	w.end()
	w.still = false
}

// def writes a function after the word def is due.
func (w *writer) def(s *syntax.DefStmt, name string) {
	w.put("def " + name + "(")
	w.params(s.Params, true)
	w.put(")")
	w.colon()
	w.block(s.Body)
}

// params writes parameters.
func (w *writer) params(params []syntax.Expr, breaks bool) {
	if breaks {
		w.brackets++
		defer func() { w.brackets-- }()
	}
	for i, x := range params {
		if i > 0 {
			w.put(", ")
		}
		switch x := x.(type) {
		case *syntax.BinaryExpr:
			w.expr(x.X, highest)
			w.put("=")
			w.expr(x.Y, lowest)
		case *syntax.UnaryExpr:
			w.at(x.OpPos)
			w.put(x.Op.String())
			if x.X != nil {
				w.expr(x.X, highest)
			}
		default:
			w.expr(x, highest)
		}
	}
}

// branches writes an if from its condition on.
func (w *writer) branches(s *syntax.IfStmt) {
	for {
		w.expr(s.Cond, lowest)
		w.colon()
		w.block(s.True)
		if len(s.False) == 0 {
			return
		}
		elif, ok := s.False[0].(*syntax.IfStmt)
		if !ok || len(s.False) > 1 || elif.If != s.ElsePos {
			w.orelse(s)
			return
		}
		w.begin(elif.If)
		w.put("elif ")
		s = elif
	}
}

// orelse writes the else of an if.
func (w *writer) orelse(s *syntax.IfStmt) {
	w.begin(s.ElsePos)
	w.put("else:")
	w.end()
	w.block(s.False)
}

func (w *writer) forStmt(s *syntax.ForStmt) {
	w.begin(s.For)
	w.put("for ")
	if id, ok := s.Vars.(*syntax.Ident); ok && strings.HasPrefix(id.Name, "$") {
		w.put(w.name(id.Name))
	} else {
		w.target(s.Vars)
	}
	w.put(" in ")
	if c := called(s.X, pysyntax.WithName); c != nil && w.closes(c.Args[0]) {
		w.put("using(")
		w.brackets++
		w.expr(c.Args[0], lowest)
		w.brackets--
		w.put(")")
	} else {
		w.expr(s.X, lowest)
	}
	w.colon()
	w.block(s.Body)
}

// closes reports whether x makes what a with statement closes, and does nothing else with.
func (w *writer) closes(x syntax.Expr) bool {
	c, ok := x.(*syntax.CallExpr)
	if !ok || !w.free("using") {
		return false
	}
	switch fn := c.Fn.(type) {
	case *syntax.Ident:
		return fn.Name == "open" && w.free("open")
	case *syntax.DotExpr:
		switch w.moduleName(fn.X) + "." + fn.Name.Name {
		case "urllib.urlopen", "httplib.HTTPConnection", "httplib.HTTPSConnection":
			return true
		}
	}
	return false
}

// assign writes an assignment.
func (w *writer) assign(s *syntax.AssignStmt) {
	if w.from[s] || w.redundant(s) {
		return
	}
	if id, ok := s.LHS.(*syntax.Ident); ok && strings.HasPrefix(id.Name, "$") {
		if called(s.RHS, pysyntax.FrameName) != nil && w.uses[id.Name] == 1 {
			return // nothing uses it
		}
		w.still = called(s.RHS, pysyntax.FrameName) != nil || isFlag(s.RHS)
		defer func() { w.still = false }()
	}
	w.begin(start(s.LHS))
	w.target(s.LHS)
	w.put(" " + s.Op.String() + " ")
	w.list(s.RHS)
	w.end()
}

// target writes what is assigned to.
func (w *writer) target(x syntax.Expr) {
	w.checkTarget(x)
	w.list(x)
}

// checkTarget refuses attributes that only a call could read, which is no target.
func (w *writer) checkTarget(x syntax.Expr) {
	switch x := x.(type) {
	case *syntax.DotExpr:
		if reserved(x.Name.Name) {
			w.refuse(x.Name.NamePos, "%s is a keyword of Starlark, and cannot be assigned as an attribute; rename it", x.Name.Name)
		}
	case *syntax.ParenExpr:
		w.checkTarget(x.X)
	case *syntax.TupleExpr:
		for _, x := range x.List {
			w.checkTarget(x)
		}
	case *syntax.ListExpr:
		for _, x := range x.List {
			w.checkTarget(x)
		}
	}
}

// isFlag reports whether x is what flags of loops are set to.
func isFlag(x syntax.Expr) bool {
	switch x := x.(type) {
	case *syntax.Ident:
		return x.Name == "True" || x.Name == "False"
	case *syntax.Literal:
		return x.Raw == "0"
	}
	return false
}

// called returns x if it is a call of the function of that name.
func called(x syntax.Expr, name string) *syntax.CallExpr {
	if c, ok := x.(*syntax.CallExpr); ok {
		if fn, ok := c.Fn.(*syntax.Ident); ok && fn.Name == name {
			return c
		}
	}
	return nil
}

// statementCall returns the call that a statement is, if it is one of the function of that name.
func statementCall(s syntax.Stmt, name string) *syntax.CallExpr {
	if x, ok := s.(*syntax.ExprStmt); ok {
		return called(x.X, name)
	}
	return nil
}

// print writes the calls of one print statement, and returns how many statements it has written. Python
// prints each item before it looks at the next: calls are joined where looking at an item can do nothing.
func (w *writer) print(stmts []syntax.Stmt) int {
	c := statementCall(stmts[0], pysyntax.PrintName)
	if c == nil {
		return 0
	}
	n := 1
	items, keywords := printArgs(c)
	file := keywords["file"]
	for keywords["nl"] != nil && n < len(stmts) {
		next := statementCall(stmts[n], pysyntax.PrintName)
		if next == nil {
			break
		}
		more, nextKeywords := printArgs(next)
		if len(more) == 0 || next.Lparen != start(more[0]) || !simple(more[0]) || file != nil && !simple(file) {
			break
		}
		items, keywords = append(slices.Clone(items), more...), nextKeywords
		n++
	}
	w.begin(c.Lparen)
	w.put(w.member(pysyntax.PrintName) + "(")
	w.brackets++
	for i, x := range items {
		if i > 0 {
			w.put(", ")
		}
		w.expr(x, lowest)
	}
	w.brackets--
	comma := ""
	if len(items) > 0 {
		comma = ", "
	}
	if file != nil {
		w.put(comma + "file=")
		w.expr(file, lowest)
		comma = ", "
	}
	if keywords["nl"] != nil {
		w.put(comma + "nl=False")
	}
	w.put(")")
	w.end()
	return n
}

// printArgs takes the arguments of a print statement's call apart.
func printArgs(c *syntax.CallExpr) (items []syntax.Expr, keywords map[string]syntax.Expr) {
	keywords = map[string]syntax.Expr{}
	for _, x := range c.Args {
		if b, ok := x.(*syntax.BinaryExpr); ok && b.Op == syntax.EQ {
			keywords[b.X.(*syntax.Ident).Name] = b.Y
		} else {
			items = append(items, x)
		}
	}
	return items, keywords
}

// simple reports whether evaluating x does nothing and cannot fail.
func simple(x syntax.Expr) bool {
	switch x := x.(type) {
	case *syntax.Ident, *syntax.Literal:
		return true
	case *syntax.ParenExpr:
		return simple(x.X)
	}
	return false
}
