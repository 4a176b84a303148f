package pyport

import (
	"strings"

	"go.starlark.net/syntax"

	"starwire/runtime/pysyntax"
)

// A tryForm is what a try statement was compiled to: the block, its call, and what comes of it.
type tryForm struct {
	block          *syntax.DefStmt
	call           *syntax.CallExpr // of $try or $finally
	signal, raised *syntax.Ident
	after          *syntax.IfStmt // of $try: what is done about the exception
	stmts          int            // how many statements belong to it
}

// tryAt returns the try statement that the list begins with, or nil.
func tryAt(stmts []syntax.Stmt) *tryForm {
	if len(stmts) < 2 {
		return nil
	}
	def, ok := stmts[0].(*syntax.DefStmt)
	if !ok || !strings.Contains(def.Name.Name, "$") {
		return nil
	}
	run, ok := stmts[1].(*syntax.AssignStmt)
	if !ok {
		return nil
	}
	both, ok := run.LHS.(*syntax.TupleExpr)
	if !ok {
		return nil
	}
	t := &tryForm{block: def, signal: both.List[0].(*syntax.Ident), raised: both.List[1].(*syntax.Ident), stmts: 2}
	if t.call = called(run.RHS, pysyntax.FinallyName); t.call != nil {
		return t
	}
	t.call = called(run.RHS, pysyntax.TryName)
	if t.call == nil || len(stmts) < 3 {
		return nil
	}
	t.after, _ = stmts[2].(*syntax.IfStmt)
	t.stmts = 3
	return t
}

// clauses returns the except clauses of a try that name classes, and whether another one catches
// everything.
func (t *tryForm) clauses() (clauses []*syntax.IfStmt, all bool) {
	s := t.after
	for len(s.False) == 1 {
		elif, ok := s.False[0].(*syntax.IfStmt)
		if !ok || elif.If != s.ElsePos || called(elif.Cond, pysyntax.ExceptName) == nil {
			break
		}
		clauses = append(clauses, elif)
		s = elif
	}
	return clauses, len(s.False) != 1 || !t.reraises(s.False[0])
}

// reraises reports whether the statement sends on what was raised.
func (t *tryForm) reraises(s syntax.Stmt) bool {
	c := statementCall(s, pysyntax.ReraiseName)
	if c == nil {
		return false
	}
	id, ok := c.Args[0].(*syntax.Ident)
	return ok && id.Name == t.raised.Name
}

// exceptTypes are the classes of a clause.
func exceptTypes(clause *syntax.IfStmt) syntax.Expr {
	return called(clause.Cond, pysyntax.ExceptName).Args[1]
}

// plan finds the try statements whose block catch can call: catch wants the classes before it calls, and
// nothing may ask later which exception is being handled.
func (w *writer) plan(stmts []syntax.Stmt) {
	for i, s := range stmts {
		if t := tryAt(stmts[i:]); t != nil && t.after != nil && !w.handled && w.free("catch") && w.free("BaseException") && w.free("isinstance") {
			clauses, all := t.clauses()
			known := !all // a bare except heeds sys.exit
			for _, c := range clauses {
				known = known && w.isCaught(exceptTypes(c))
			}
			if known {
				w.plain[t.block] = true
				w.uses[t.call.Args[0].(*syntax.Ident).Name]--
			}
		}
		switch s := s.(type) {
		case *syntax.DefStmt:
			w.plan(s.Body)
		case *syntax.ForStmt:
			w.plan(s.Body)
		case *syntax.WhileStmt:
			w.plan(s.Body)
		case *syntax.IfStmt:
			w.plan(s.True)
			w.plan(s.False)
		}
	}
}

// try writes a try statement.
func (w *writer) try(t *tryForm) {
	block := w.name(t.block.Name.Name)
	w.begin(t.block.Def)
	w.def(t.block, block)
	fn := ""
	switch {
	case t.after == nil:
		fn = w.member(pysyntax.FinallyName) + "(" + block + ")"
	case w.plain[t.block]:
		fn = "catch(" + w.classes(t) + ", " + block + ")"
	default:
		fn = w.member(pysyntax.TryName) + "(" + w.name(t.call.Args[0].(*syntax.Ident).Name) + ", " + block + ")"
	}
	raised := w.name(t.raised.Name)
	switch {
	case w.uses[t.signal.Name] > 1:
		w.word(w.name(t.signal.Name) + ", " + raised + " = " + fn)
	case w.plain[t.block]:
		w.word(raised + " = " + fn + ".error")
	default:
		w.word(raised + " = " + fn + "[1]")
	}
	if t.after != nil {
		w.handlers(t, raised)
	}
}

// classes writes the classes that a try catches, as catch wants them.
func (w *writer) classes(t *tryForm) string {
	clauses, all := t.clauses()
	if all || len(clauses) == 0 {
		return "BaseException"
	}
	var types []string
	for _, c := range clauses {
		x := unparen(exceptTypes(c))
		if tuple, ok := x.(*syntax.TupleExpr); ok {
			for _, e := range tuple.List {
				types = append(types, w.text(e))
			}
			continue
		}
		types = append(types, w.text(x))
	}
	if len(types) == 1 {
		return types[0]
	}
	return "(" + strings.Join(types, ", ") + ")"
}

// handlers writes what is done after the block of a try: its except clauses, and its else.
func (w *writer) handlers(t *tryForm, raised string) {
	clauses, all := t.clauses()
	if !w.plain[t.block] {
		w.matches(t, raised, clauses, all)
		return
	}
	// What was caught is of one of the classes: None is of none.
	cond := "if "
	last := t.after
	for _, c := range clauses {
		w.begin(c.If)
		if len(clauses) == 1 && !all {
			w.put("if " + raised + " != None")
		} else {
			w.put(cond + "isinstance(" + raised + ", ")
			w.expr(exceptTypes(c), lowest)
			w.put(")")
		}
		w.colon()
		w.block(c.True)
		cond, last = "elif ", c
	}
	if all {
		w.begin(last.ElsePos)
		w.put(cond + raised + " != None:")
		w.end()
		w.block(last.False)
		cond = "elif "
	}
	switch {
	case isPass(t.after.True):
	case cond == "if ":
		w.stmts(t.after.True)
	default:
		w.word("else:")
		w.block(t.after.True)
	}
}

// matches writes the same for an exception that try_call has caught.
func (w *writer) matches(t *tryForm, raised string, clauses []*syntax.IfStmt, all bool) {
	w.word("if " + raised + " == None:")
	w.block(t.after.True)
	last := t.after
	for _, c := range clauses {
		w.begin(c.If)
		w.put("elif ")
		w.expr(c.Cond, lowest)
		w.colon()
		w.block(c.True)
		last = c
	}
	w.orelse(last)
}

// isPass reports whether the statements do nothing.
func isPass(stmts []syntax.Stmt) bool {
	for _, s := range stmts {
		if b, ok := s.(*syntax.BranchStmt); !ok || b.Token != syntax.PASS {
			return false
		}
	}
	return true
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
