package pyport

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"go.starlark.net/syntax"

	"starwire/runtime"
	"starwire/runtime/pysyntax"
)

// File returns the Starlark program that does what the Python 2 program src does. The name is for
// errors and decides nothing.
//
// The error is a pysyntax.ErrorList of the places that have no equivalent, each with a remedy. The program
// comes with it, and has a comment at each; it is nil if src cannot be parsed at all.
func File(name string, src []byte) ([]byte, error) {
	rt, err := runtime.New(runtime.Config{Dialect: runtime.DialectPython})
	if err != nil {
		return nil, err
	}
	source, err := pysyntax.Read(name, string(src), rt.PythonSyntax())
	var refused pysyntax.ErrorList
	if err != nil && (!errors.As(err, &refused) || source.File == nil) {
		return nil, err
	}
	if err == nil { // what the compiler refuses: an argument after *args
		var wrong *runtime.SyntaxError
		if _, err := rt.Parse(name, src); errors.As(err, &wrong) {
			for _, p := range wrong.Problems {
				refused = append(refused, syntax.Error{Pos: p.Pos, Msg: p.Msg})
			}
			return nil, refused
		}
	}
	session := rt.NewSession()
	defer session.Close()
	w, text := write(string(src), source, session, refused)
	if len(w.refused) == 0 {
		rt, err := runtime.New(runtime.Config{Dialect: runtime.DialectStarlark})
		if err == nil {
			_, err = rt.Parse(name, text) // what is written must at least compile
		}
		if err == nil {
			return text, nil
		}
		var wrong *runtime.SyntaxError
		if !errors.As(err, &wrong) || wrong.Problems[0].Msg != tooDeep {
			return nil, fmt.Errorf("%s: the program in Starlark does not compile: %w", name, err)
		}
		pos := w.sourceOf(text, wrong.Problems[0].Pos)
		refused = append(refused, syntax.Error{Pos: pos, Msg: "nested too deeply for Starlark; split this"})
		w, text = write(string(src), source, session, refused)
	}
	slices.SortStableFunc(w.refused, func(a, b syntax.Error) int {
		if a.Pos.Line != b.Pos.Line {
			return int(a.Pos.Line) - int(b.Pos.Line)
		}
		return int(a.Pos.Col) - int(b.Pos.Col)
	})
	return text, w.refused
}

// tooDeep is what Starlark's parser says of calls in calls, and is all that it may say of a ported program.
const tooDeep = "excessive nesting"

// write writes the program, in which some places are refused already.
func write(src string, source *pysyntax.Source, session *runtime.Session, refused pysyntax.ErrorList) (*writer, []byte) {
	w := newWriter(src, source, session)
	for _, e := range refused {
		w.refuse(e.Pos, "%s", e.Msg)
	}
	return w, w.program()
}

// sourceOf returns where the author has what stands at pos in the program.
func (w *writer) sourceOf(program []byte, pos syntax.Position) syntax.Position {
	rest := program
	for range pos.Line - 1 {
		_, rest, _ = bytes.Cut(rest, []byte("\n"))
	}
	for range pos.Col - 1 { // which counts characters
		_, size := utf8.DecodeRune(rest)
		rest = rest[size:]
	}
	return w.stood(len(w.out) - len(rest)) // the prologue came later, in front
}

// A writer writes one program.
type writer struct {
	layout
	session *runtime.Session
	tree    *syntax.File
	refused pysyntax.ErrorList

	names   map[string]string           // what a name made by pysyntax is called
	taken   map[string]bool             // names that mean something already
	bound   map[string][]syntax.Expr    // names that the author binds, and to what: nil for what is no module's
	uses    map[string]int              // how often each name made by pysyntax is mentioned
	loaded  map[string]string           // members of python2 and what they are called
	handled bool                        // something asks which exception is being handled
	plain   map[*syntax.DefStmt]bool    // try blocks that catch can call
	from    map[*syntax.AssignStmt]bool // imports that a load has done
	heads   map[string]string           // names that the head of the program defines, and to what
	numbers map[string]int              // the last one given to names with the same beginning
	renamed map[string]string           // names of the author's that Starlark reserves
	counts  map[string]int              // how often each name occurs; nil until asked
}

func newWriter(src string, source *pysyntax.Source, session *runtime.Session) *writer {
	w := &writer{
		session: session,
		tree:    source.File,
		names:   map[string]string{},
		taken:   map[string]bool{},
		bound:   map[string][]syntax.Expr{},
		uses:    map[string]int{},
		loaded:  map[string]string{},
		plain:   map[*syntax.DefStmt]bool{},
		from:    map[*syntax.AssignStmt]bool{},
		heads:   map[string]string{},
		renamed: map[string]string{},
		numbers: map[string]int{},
	}
	w.layout = newLayout(src, source.Comments)
	w.collect()
	w.plan(w.tree.Stmts)
	return w
}

// program returns the text.
func (w *writer) program() []byte {
	w.header()
	stmts := w.tree.Stmts
	if len(stmts) > 0 && isDoc(stmts[0]) && isUTF8(stmts[0]) { // else it needs what is loaded
		w.stmts(stmts[:1])
		stmts = stmts[1:]
	}
	head := len(w.out)
	w.stmts(stmts)
	w.rest()
	text := string(w.out)
	body := strings.TrimLeft(text[head:], "\n")
	if prologue := w.prologue(); prologue != "" {
		if head > 0 {
			prologue = "\n" + prologue
		}
		if body != "" {
			prologue += "\n"
		}
		return []byte(text[:head] + prologue + body)
	}
	return []byte(text)
}

// prologue is what the program begins with: what it loads, and the variables that the head defines.
func (w *writer) prologue() string {
	var lines []string
	if len(w.loaded) == 0 && len(w.tree.Stmts) > 0 { // for the words of its errors
		w.member(pysyntax.PrintName)
	}
	if len(w.loaded) > 0 {
		var parts []string
		for _, member := range slices.Sorted(maps.Keys(w.loaded)) {
			if as := w.loaded[member]; as != member {
				parts = append(parts, as+" = "+syntax.Quote(member, false))
			} else {
				parts = append(parts, syntax.Quote(member, false))
			}
		}
		slices.SortStableFunc(parts, func(a, b string) int { // names of their own come last
			return strings.Compare(a[:1], b[:1])
		})
		lines = append(lines, wrap(`load("python2", `, parts))
	}
	for _, name := range slices.Sorted(maps.Keys(w.heads)) {
		lines = append(lines, name+" = "+w.heads[name])
	}
	if len(lines) == 0 {
		return ""
	}
	return strings.Join(lines, "\n") + "\n"
}

// maxWidth is where long lines that are not the author's are broken.
const maxWidth = 100

// wrap writes a call over as many lines as it needs.
func wrap(head string, parts []string) string {
	text := head
	width := len(head)
	for i, part := range parts {
		if i < len(parts)-1 {
			part += ", "
		}
		if width+len(part) > maxWidth {
			text = strings.TrimSuffix(text, " ") + "\n    "
			width = 4
		}
		text += part
		width += len(part)
	}
	return text + ")"
}

// isDoc reports whether the statement is a string by itself.
func isDoc(s syntax.Stmt) bool {
	x, ok := s.(*syntax.ExprStmt)
	if !ok {
		return false
	}
	_, ok = x.X.(*syntax.Literal)
	return ok
}

// isUTF8 reports whether a docstring can be written as Starlark strings. The text may be UTF-8 though
// the literals that it is made of are not.
func isUTF8(s syntax.Stmt) bool {
	x := s.(*syntax.ExprStmt).X.(*syntax.Literal)
	text, ok := x.Value.(string)
	return ok && utf8.ValidString(text) &&
		!slices.ContainsFunc(literalParts(x), func(p part) bool { return !utf8.ValidString(p.value) })
}

// refuse notes a place that has no equivalent, and marks it.
func (w *writer) refuse(pos syntax.Position, format string, args ...any) {
	e := syntax.Error{Pos: pos, Msg: fmt.Sprintf(format, args...)}
	for _, other := range w.refused {
		if other == e {
			return
		}
	}
	w.refused = append(w.refused, e)
	w.mark(e)
}
