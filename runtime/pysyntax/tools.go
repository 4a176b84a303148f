package pysyntax

import (
	"strings"

	"go.starlark.net/syntax"
)

// A Source is what Read knows of a text.
type Source struct {
	// File is the program, as Parse returns it. What is refused is missing from it: a class is pass, a
	// yield is what it would yield. It is nil where the text makes no sense.
	File *syntax.File

	// Comments are the comments of the text, in its order.
	Comments []syntax.Comment

	// Globals are the names of the module's variables that are fields of GlobalName's object.
	Globals []string
}

// Read is Parse for tools that write programs: what it returns is there even if there is an error, which
// is an ErrorList, as far as the text could be understood.
func Read(filename, src string, c Config) (*Source, error) {
	opts := c.Options
	if opts == nil {
		all := everything
		opts = &all
	}
	c.Unicode = nil // calls tell what is unicode
	p := newParser(&filename, src, c)
	f, err := p.read()
	s := &Source{Comments: p.scan.comments}
	if f == nil {
		return s, err
	}
	f.Path, f.Options = filename, opts
	if deep := CheckDepth(f); deep != nil {
		return s, deep
	}
	s.File = f
	seen := make(map[string]bool)
	syntax.Walk(f, func(n syntax.Node) bool {
		if d, ok := n.(*syntax.DotExpr); ok {
			if id, ok := d.X.(*syntax.Ident); ok && id.Name == GlobalName && !seen[d.Name.Name] {
				seen[d.Name.Name] = true
				s.Globals = append(s.Globals, d.Name.Name)
			}
		}
		return true
	})
	return s, err
}

// comment moves to the end of the line, over a comment.
func (s *scanner) comment() {
	pos, start := s.pos(), s.off
	for !s.eof() && !s.newline() {
		s.advance()
	}
	s.comments = append(s.comments, syntax.Comment{Start: pos, Text: strings.TrimRight(s.src[start:s.off], " \t\f")})
}
