package pysyntax

import (
	"errors"
	"fmt"
	"slices"

	"go.starlark.net/syntax"
)

// A parser is a recursive-descent parser of the union of Python 2.7's grammar and Starlark's. It builds
// package syntax's trees: for what Starlark accepts, the tree that its own parser builds.
//
// Python Language Reference 2.7 §10.
type parser struct {
	Config
	scan        *scanner
	tokens      []token
	i           int // the next token
	depth       int // open statements and expressions
	funcs       int // enclosing functions
	backquotes  int // open ones
	refused     ErrorList
	trueDiv     bool                           // from __future__ import division
	unicodeText bool                           // from __future__ import unicode_literals
	unicode     bool                           // there is a literal of type unicode
	strs        map[string]bool                // the literals that are none, and the names of keyword arguments
	printFn     bool                           // print is a function: from __future__ import print_function
	prologue    bool                           // only the docstring and __future__ imports came yet
	printed     bool                           // a print statement was found
	sliced      bool                           // an assignment to a slice was, which Starlark's parser takes and its resolver does not
	bindLoad    bool                           // the text gives load a meaning, so load(…) is a call
	sealed      map[*syntax.Comprehension]bool // those made of set comprehensions, whose variables are their own
	extended    bool                           // the tree holds nodes of this package
	compound    bool                           // the last statement of the text so far is a compound one
}

// maxNesting bounds statements in statements and expressions in expressions, as Starlark's parser does.
const maxNesting = 1000

// stop is the panic that ends a parse; it never leaves the package.
type stop struct {
	err     syntax.Error
	atEOF   bool // more text could mend it
	complex bool // nested too deeply
}

func newParser(file *string, src string, c Config) *parser {
	s := scan(file, src, c.Mode)
	p := &parser{Config: c, scan: s, tokens: s.tokens, prologue: true, sealed: make(map[*syntax.Comprehension]bool), strs: make(map[string]bool)}
	if c.Session != nil {
		p.trueDiv, p.printFn = c.Session.Division, c.Session.PrintFunction
	}
	for i, t := range s.tokens[:len(s.tokens)-1] {
		next := s.tokens[i+1]
		if t.is("def") && next.is("load") || t.is("load") && next.is("=") || t.is("import") && next.is("load") ||
			t.is("as") && next.is("load") {
			p.bindLoad = true
		}
	}
	return p
}

// parse parses the whole text. The error is an ErrorList.
func (p *parser) parse() (*syntax.File, error) {
	f, err := p.read()
	if err != nil {
		return nil, err
	}
	return f, nil
}

// read parses the whole text. The error is an ErrorList; the tree comes with it, without what is refused,
// if the text makes sense otherwise.
func (p *parser) read() (*syntax.File, error) {
	var f *syntax.File
	st := recovering(func() {
		f = p.file()
		if p.extended || p.Known != nil || p.Attr != nil {
			lower(p, f)
		}
	})
	errs := slices.Concat(p.scan.refused, p.refused)
	if st != nil {
		f, errs = nil, append(errs, st.err)
	}
	if len(errs) == 0 {
		return f, nil
	}
	slices.SortStableFunc(errs, func(a, b syntax.Error) int {
		if a.Pos.Line != b.Pos.Line {
			return int(a.Pos.Line - b.Pos.Line)
		}
		return int(a.Pos.Col - b.Pos.Col)
	})
	return f, errs
}

// recovering calls f and returns why it stopped, or nil.
func recovering(f func()) (st *stop) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case stop:
			st = &r
		default:
			panic(r)
		}
	}()
	f()
	return nil
}

func (p *parser) file() *syntax.File {
	var stmts []syntax.Stmt
	for !p.at(tokEOF) {
		if p.at(tokNewline) { // a line with nothing but a backslash before it
			p.i++
			continue
		}
		p.compound = compound(p.tok().text) != nil || p.tok().is("@")
		stmts = p.stmt(stmts)
	}
	return &syntax.File{Stmts: stmts}
}

// tok is the next token. The pointer is good until the parser moves.
func (p *parser) tok() *token { return &p.tokens[p.i] }

// ahead is the token n places after the next one, or the last.
func (p *parser) ahead(n int) *token { return &p.tokens[min(p.i+n, len(p.tokens)-1)] }

func (p *parser) at(k kind) bool { return p.tok().kind == k }

// take consumes the next token.
func (p *parser) take() token {
	t := *p.tok()
	if t.kind == tokError {
		var err syntax.Error
		errors.As(p.scan.err, &err)
		panic(stop{err: err, atEOF: p.scan.atEOF})
	}
	if t.kind != tokEOF {
		p.i++
	}
	return t
}

// got consumes the next token if it is the given operator or keyword.
func (p *parser) got(text string) bool {
	if !p.tok().is(text) {
		return false
	}
	p.i++
	return true
}

// want consumes the given operator or keyword, and returns where it was.
func (p *parser) want(text string) syntax.Position {
	if !p.tok().is(text) {
		p.unexpected(fmt.Sprintf("want '%s'", text))
	}
	return p.take().pos
}

// fail ends the parse.
func (p *parser) fail(pos syntax.Position, format string, args ...any) {
	panic(stop{err: syntax.Error{Pos: pos, Msg: fmt.Sprintf(format, args...)}})
}

// refuse records a construct that is understood but not supported. The parse goes on, so that every
// such place is found.
func (p *parser) refuse(pos syntax.Position, format string, args ...any) {
	p.refused = append(p.refused, syntax.Error{Pos: pos, Msg: fmt.Sprintf(format, args...)})
}

// unexpected ends the parse at the next token.
func (p *parser) unexpected(want string) {
	t := p.tok()
	what := ""
	switch t.kind {
	case tokError:
		p.take()
	case tokEOF:
		what = "end of file"
	case tokNewline:
		what = "end of line"
	case tokIndent:
		what = "indented line"
	case tokDedent:
		what = "end of block"
	case tokString:
		what = "string"
	default:
		what = "'" + t.text + "'"
	}
	panic(stop{
		err:   syntax.Error{Pos: t.pos, Msg: fmt.Sprintf("unexpected %s, %s", what, want)},
		atEOF: p.unfinished(),
	})
}

// unfinished reports whether nothing but ends of blocks is left, so that another line could mend what is
// wrong.
func (p *parser) unfinished() bool {
	rest := p.tokens[p.i:]
	if p.at(tokNewline) && p.scan.openLine {
		rest = rest[1:]
	}
	for _, t := range rest {
		if t.kind != tokDedent {
			return t.kind == tokEOF
		}
	}
	return false
}

// enter counts a level of nesting; its caller defers leave.
func (p *parser) enter() {
	if p.depth++; p.depth > maxNesting {
		panic(stop{err: syntax.Error{Pos: p.tok().pos, Msg: "nested too deeply; split this"}, complex: true})
	}
}

func (p *parser) leave() { p.depth-- }

// reserved reports whether a word cannot be a name. print, exec and assert are statements only where
// Starlark's reading of them makes no sense; async, await, nonlocal and load are names in Python 2.
func (p *parser) reserved(word string) bool {
	switch word {
	case "and", "as", "break", "class", "continue", "def", "del", "elif", "else", "except", "finally", "for",
		"from", "global", "if", "import", "in", "is", "lambda", "not", "or", "pass", "raise", "return", "try",
		"while", "with", "yield":
		return true
	case "print":
		return p.Mode == Script && !p.printFn
	case "exec", "assert":
		return p.Mode == Script
	}
	return false
}

// ident consumes a name.
func (p *parser) ident() *syntax.Ident {
	t := p.tok()
	if t.kind != tokName {
		p.unexpected("want a name")
	}
	if p.reserved(t.text) {
		p.fail(t.pos, "%s is a keyword, not a name", t.text)
	}
	p.i++
	return &syntax.Ident{NamePos: t.pos, Name: t.text}
}

// attribute consumes the name after a dot, or of a keyword argument, where print and exec are harmless.
func (p *parser) attribute() *syntax.Ident {
	if t := p.tok(); t.is("print") || t.is("exec") || t.is("assert") {
		p.i++
		return &syntax.Ident{NamePos: t.pos, Name: t.text}
	}
	return p.ident()
}
