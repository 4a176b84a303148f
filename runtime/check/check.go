// Package check finds mistakes in scripts without running them: what does not
// parse or resolve, attributes that modules do not have, calls that cannot work,
// errors that nobody looks at.
package check

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.starlark.net/resolve"
	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"starwire/runtime"
	"starwire/runtime/manual"
)

// A Problem is a mistake in a script.
type Problem struct {
	File    string `json:"file"`
	Line    int    `json:"line"`   // from 1
	Column  int    `json:"column"` // in characters, from 1
	Rule    Rule   `json:"rule"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`   // what to write instead
	Source  string `json:"source,omitempty"` // the line
}

// String shows the problem to a person: the place, what is wrong, the line with a
// caret, and a hint if there is one.
func (p Problem) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s:%d:%d: %s\n", p.File, p.Line, p.Column, p.Message)
	text := strings.TrimLeft(p.Source, " \t")
	if indent := len(p.Source) - len(text); text != "" && len(text) < 200 && p.Column > indent {
		fmt.Fprintf(&b, "    %s\n    %s^\n", text, strings.Repeat(" ", p.Column-1-indent))
	}
	if p.Hint != "" {
		fmt.Fprintf(&b, "hint: %s\n", p.Hint)
	}
	return b.String()
}

// A Rule names a kind of mistake.
type Rule string

// The rules.
const (
	Syntax    Rule = "syntax"    // not a program
	Name      Rule = "name"      // a name that nothing defines
	Attribute Rule = "attribute" // a module has no such attribute
	Call      Rule = "call"      // arguments that the function does not take
	Discarded Rule = "discarded" // the result of catch, and the error with it
	Python    Rule = "python"    // what only Python has
)

// A Checker checks files by what their scripts would find.
type Checker struct {
	rt      *runtime.Runtime
	session *runtime.Session
}

// New returns a Checker for the scripts of a Runtime. Close it.
func New(rt *runtime.Runtime) *Checker { return &Checker{rt, rt.NewSession()} }

// Close releases what the Checker holds.
func (c *Checker) Close() error { return c.session.Close() }

// Check returns the mistakes in a file, in the order of its text.
func (c *Checker) Check(name string, src []byte) []Problem {
	f := &file{checker: c, name: name, lines: strings.Split(string(src), "\n")}
	text := string(src)
	tree, err := c.rt.Parse(name, src)
	if err != nil && tree == nil {
		if plain := f.formatted(text); plain != text { // what else is wrong is to be found too
			text = plain
			tree, err = c.rt.Parse(name, []byte(text))
		}
	}
	var syn *runtime.SyntaxError
	if errors.As(err, &syn) && tree == nil {
		f.syntax(syn, text)
	} else if tree != nil {
		if syn != nil {
			for _, p := range syn.Problems {
				f.add(p.Pos, Name, p.Msg, p.Hint)
			}
		}
		f.tree(tree)
	}
	slices.SortStableFunc(f.problems, func(a, b Problem) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
	return slices.CompactFunc(f.problems, func(a, b Problem) bool { return a.Line == b.Line && a.Column == b.Column && a.Message == b.Message })
}

// A file is being checked.
type file struct {
	checker  *Checker
	name     string
	lines    []string
	problems []Problem

	binds map[*resolve.Binding]int             // how many times a variable is bound
	defs  map[*resolve.Binding]*syntax.DefStmt // functions of the file
	mods  map[*resolve.Binding]string          // modules that import statements bind
	types map[*resolve.Binding]manual.Entry    // classes whose instances assignments bind
}

func (f *file) add(pos syntax.Position, rule Rule, message, hint string) {
	p := Problem{File: f.name, Line: int(pos.Line), Column: int(pos.Col), Rule: rule, Message: message, Hint: hint}
	if i := p.Line - 1; i >= 0 && i < len(f.lines) {
		p.Source = strings.TrimSuffix(f.lines[i], "\r")
	}
	f.problems = append(f.problems, p)
}

// tree looks at a resolved syntax tree.
func (f *file) tree(tree *syntax.File) {
	f.bindings(tree)
	f.infer(tree)
	f.imports(tree)
	f.globals(tree)
	syntax.Walk(tree, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.DotExpr:
			f.dot(n)
		case *syntax.AssignStmt:
			f.assigned(n.LHS)
		case *syntax.CallExpr:
			f.call(n)
		case *syntax.ExprStmt:
			if call, ok := n.X.(*syntax.CallExpr); ok {
				f.discarded(call)
			}
		}
		return true
	})
}

// bindings notes what the names of the file stand for.
func (f *file) bindings(tree *syntax.File) {
	f.binds = make(map[*resolve.Binding]int)
	f.defs = make(map[*resolve.Binding]*syntax.DefStmt)
	f.mods = make(map[*resolve.Binding]string)
	bind := func(x syntax.Expr) {
		syntax.Walk(x, func(n syntax.Node) bool {
			if id, ok := n.(*syntax.Ident); ok {
				f.binds[binding(id)]++
			}
			_, isIndex := n.(*syntax.IndexExpr)
			_, isDot := n.(*syntax.DotExpr)
			return !isIndex && !isDot
		})
	}
	syntax.Walk(tree, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.AssignStmt:
			bind(n.LHS)
			if id, ok := n.LHS.(*syntax.Ident); ok {
				if module, ok := imported(n.RHS); ok {
					f.mods[binding(id)] = module
				}
			}
		case *syntax.ForStmt:
			bind(n.Vars)
		case *syntax.DefStmt:
			f.binds[binding(n.Name)]++
			f.defs[binding(n.Name)] = n
		case *syntax.LoadStmt:
			for _, id := range n.To {
				f.binds[binding(id)]++
			}
		}
		return true
	})
}

func binding(id *syntax.Ident) *resolve.Binding {
	b, _ := id.Binding.(*resolve.Binding)
	return b
}

// imported returns the module that an expression made of an import statement is.
func imported(x syntax.Expr) (string, bool) {
	call, ok := x.(*syntax.CallExpr)
	if !ok || len(call.Args) != 1 {
		return "", false
	}
	fn, ok := call.Fn.(*syntax.Ident)
	if !ok || fn.Name != "$import" {
		return "", false
	}
	arg, ok := call.Args[0].(*syntax.Literal)
	if !ok {
		return "", false
	}
	name, _ := arg.Value.(string)
	first, _, _ := strings.Cut(name, ".")
	return first, true
}

// value returns what an expression certainly stands for, or nil: a predeclared
// name that the file does not bind, or an attribute of a module.
func (f *file) value(x syntax.Expr) starlark.Value {
	switch x := x.(type) {
	case *syntax.Ident:
		b := binding(x)
		if b == nil {
			return nil
		}
		name := ""
		switch b.Scope {
		case resolve.Predeclared, resolve.Universal:
			name = x.Name
		case resolve.Global:
			if f.binds[b] == 1 {
				name = f.mods[b]
			}
		}
		if name == "" {
			return nil
		}
		v, _ := f.checker.session.Lookup(name)
		return v
	case *syntax.DotExpr:
		v := f.value(x.X)
		if v == nil || v.Type() != "module" && v.Type() != "type" {
			return nil
		}
		a, err := v.(starlark.HasAttrs).Attr(x.Name.Name)
		if err != nil {
			return nil
		}
		return a
	}
	return nil
}

// dot checks an attribute of a module.
func (f *file) dot(x *syntax.DotExpr) {
	v := f.value(x.X)
	if v == nil || v.Type() != "module" {
		f.attribute(x)
		return
	}
	m := v.(starlark.HasAttrs)
	if a, err := m.Attr(x.Name.Name); a == nil || err != nil {
		name := exprName(x.X)
		remedy, meant := runtime.AttributeRemedy(name, x.Name.Name), ""
		if remedy == "" {
			meant = runtime.DidYouMean(x.Name.Name, m.AttrNames())
		}
		f.add(x.Name.NamePos, Attribute, fmt.Sprintf("module %s has no attribute %s%s", name, x.Name.Name, meant), remedy)
	}
}

// assigned checks what is assigned to: a module's members are not.
func (f *file) assigned(x syntax.Expr) {
	dot, ok := x.(*syntax.DotExpr)
	if !ok {
		return
	}
	v := f.value(dot.X)
	if v == nil || v.Type() != "module" {
		return
	}
	if _, ok := v.(starlark.HasSetField); ok {
		return
	}
	name := exprName(dot.X)
	f.add(dot.Name.NamePos, Attribute, fmt.Sprintf("%s.%s cannot be assigned", name, dot.Name.Name), runtime.AssignmentRemedy(name, dot.Name.Name))
}

// exprName writes a dotted name as the author did.
func exprName(x syntax.Expr) string {
	switch x := x.(type) {
	case *syntax.Ident:
		return x.Name
	case *syntax.DotExpr:
		return exprName(x.X) + "." + x.Name.Name
	}
	return "it"
}

// discarded checks a call whose result is not used.
func (f *file) discarded(call *syntax.CallExpr) {
	fn, ok := call.Fn.(*syntax.Ident)
	if !ok || fn.Name != "catch" && fn.Name != "attempt" || f.value(fn) == nil {
		return
	}
	f.add(fn.NamePos, Discarded, "the result of "+fn.Name+" is discarded, and the error with it",
		"write value, error = "+fn.Name+"(…), or append .unwrap()")
}

// call checks the arguments of a call of a known function.
func (f *file) call(call *syntax.CallExpr) {
	name := exprName(call.Fn)
	if id, ok := call.Fn.(*syntax.Ident); ok {
		if def := f.defs[binding(id)]; def != nil && f.binds[binding(id)] == 1 {
			f.arguments(call, name, defParams(def))
			return
		}
	}
	if dot, ok := call.Fn.(*syntax.DotExpr); ok {
		if e, ok := f.method(dot); ok {
			f.arguments(call, name, e.Params)
			return
		}
	}
	v, ok := f.value(call.Fn).(starlark.Callable)
	if !ok || strings.HasPrefix(name, "$") {
		return
	}
	e, ok := f.entryOf(v)
	if !ok || len(e.Params) == 0 && !strings.Contains(e.Signature, "()") {
		return
	}
	f.arguments(call, name, e.Params)
}

// defParams returns the parameters of a function of the file.
func defParams(def *syntax.DefStmt) []manual.Param {
	var params []manual.Param
	only := false
	for _, x := range def.Params {
		p := manual.Param{Kind: manual.Normal}
		if only {
			p.Kind = manual.KeywordOnly
		}
		switch x := x.(type) {
		case *syntax.Ident:
			p.Name = x.Name
		case *syntax.BinaryExpr:
			p.Name, p.Default = x.X.(*syntax.Ident).Name, "…"
		case *syntax.UnaryExpr:
			only = true
			if x.X == nil {
				continue // the bare *
			}
			p.Name, p.Kind = x.X.(*syntax.Ident).Name, manual.VarArgs
			if x.Op == syntax.STARSTAR {
				p.Kind = manual.KwArgs
			}
		}
		params = append(params, p)
	}
	return params
}

// arguments compares a call with the parameters.
func (f *file) arguments(call *syntax.CallExpr, name string, params []manual.Param) {
	positional, spread := 0, false
	given := map[string]bool{}
	most, varargs, kwargs := 0, false, false
	var names []string
	for _, p := range params {
		switch p.Kind {
		case manual.Normal, manual.PositionalOnly:
			most++
		case manual.VarArgs:
			varargs = true
		case manual.KwArgs:
			kwargs = true
		}
		if p.Kind == manual.Normal || p.Kind == manual.KeywordOnly {
			names = append(names, p.Name)
		}
	}
	for _, arg := range call.Args {
		switch arg := arg.(type) {
		case *syntax.UnaryExpr:
			if arg.Op == syntax.STAR || arg.Op == syntax.STARSTAR {
				spread = true
				continue
			}
			positional++
		case *syntax.BinaryExpr:
			id, ok := arg.X.(*syntax.Ident)
			if arg.Op != syntax.EQ || !ok {
				positional++
				continue
			}
			given[id.Name] = true
			if !kwargs && !slices.Contains(names, id.Name) {
				f.add(id.NamePos, Call, fmt.Sprintf("%s() has no parameter %s%s", name, id.Name, runtime.DidYouMean(id.Name, names)), "")
			}
		default:
			positional++
		}
	}
	if positional > most && !varargs {
		f.add(call.Lparen, Call, fmt.Sprintf("%s() takes at most %s (%d given)", name, plural(most, "positional argument"), positional), "")
		return
	}
	if spread {
		return
	}
	i := 0
	for _, p := range params {
		switch p.Kind {
		case manual.Normal, manual.PositionalOnly:
			if i >= positional && p.Default == "" && !given[p.Name] {
				f.add(call.Lparen, Call, fmt.Sprintf("%s() is called without %s", name, p.Name), "")
			} else if i < positional && given[p.Name] && p.Kind == manual.Normal {
				f.add(call.Lparen, Call, fmt.Sprintf("%s() is given %s twice", name, p.Name), "")
			}
			i++
		case manual.KeywordOnly:
			if p.Default == "" && !given[p.Name] {
				f.add(call.Lparen, Call, fmt.Sprintf("%s() is called without %s", name, p.Name), "")
			}
		}
	}
}

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}
