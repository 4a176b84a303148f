package pyport

import (
	"strings"

	"go.starlark.net/syntax"

	"starwire/runtime/pysyntax"
)

// literal writes a number or a string: as the author did, where Starlark reads the same.
func (w *writer) literal(x *syntax.Literal, prec int) {
	w.at(x.TokenPos)
	if x.Token != syntax.STRING {
		w.put(number(x))
		return
	}
	parts := literalParts(x)
	if len(parts) > maxParts { // a sum that long would be too deep
		parts = []part{{text: x.Raw, value: x.Value.(string)}}
	}
	if len(parts) == 1 {
		w.string(parts[0].text, x.Value.(string))
		return
	}
	base := w.line
	join := func() {
		for i, part := range parts {
			if i > 0 {
				w.put(" + ")
				pos := x.TokenPos
				pos.Line, pos.Col = base+part.line, part.column
				if part.line == 0 {
					pos.Col += x.TokenPos.Col - 1
				}
				w.at(pos)
			}
			w.string(part.text, part.value)
		}
	}
	if prec > sumPrec || w.brackets == 0 {
		w.bracketed("(", join, syntax.Position{}, ")")
	} else {
		join()
	}
}

// maxParts is how many string literals that are one are written as a sum.
const maxParts = 200

// string writes a string literal: text is the author's, value what it stands for.
func (w *writer) string(text, value string) {
	if bare := strings.TrimLeft(text, "uUbB"); reads(bare, value) {
		w.put(bare)
		if n := strings.Count(bare, "\n"); !w.still {
			w.line += int32(n)
		}
		return
	}
	if !w.still {
		w.line += int32(strings.Count(text, "\n"))
	}
	if quoted := syntax.Quote(value, false); reads(quoted, value) {
		w.put(quoted)
		return
	}
	w.put(w.member("raw") + "(" + syntax.Quote(value, true) + ")")
}

// reads reports whether Starlark reads the text as the value.
func reads(text string, value any) bool {
	x, err := new(syntax.FileOptions).ParseExpr("", text, 0)
	if err != nil {
		return false
	}
	lit, ok := x.(*syntax.Literal)
	return ok && lit.Value == value
}

// number returns the text of a number.
func number(x *syntax.Literal) string {
	if len(x.Raw) > 0 && reads(x.Raw, x.Value) {
		return x.Raw
	}
	text := strings.TrimRight(x.Raw, "lL")
	if reads(text, x.Value) {
		return text
	}
	if octal := strings.TrimLeft(text, "0"); octal != "" && reads("0o"+octal, x.Value) {
		return "0o" + octal
	}
	return exact(x.Value)
}

// A part is one of the string literals that are one string because they follow each other.
type part struct {
	text, value  string
	line, column int32 // line counts from the first part's, column from 1
}

// literalParts takes a string literal apart.
func literalParts(x *syntax.Literal) []part {
	var parts []part
	src := x.Raw
	line, begin := int32(0), 0
	for i := 0; i < len(src); {
		switch c := src[i]; {
		case c == '\n':
			line, begin = line+1, i+1
			i++
		case c == '#':
			for i < len(src) && src[i] != '\n' {
				i++
			}
		case c == ' ' || c == '\t' || c == '\f' || c == '\\' || c == '\r':
			i++
		default:
			n := stringEnd(src[i:])
			text := src[i : i+n]
			value, ok := stringValue(text)
			if !ok { // no text of a literal's that the parser accepted
				return []part{{text: src, value: x.Value.(string)}}
			}
			parts = append(parts, part{text, value, line, int32(len([]rune(src[begin:i]))) + 1})
			if breaks := strings.Count(text, "\n"); breaks > 0 {
				line, begin = line+int32(breaks), i+strings.LastIndexByte(text, '\n')+1
			}
			i += n
		}
	}
	if len(parts) == 0 { // of a string that no author wrote
		return []part{{text: src, value: x.Value.(string)}}
	}
	return parts
}

// stringEnd returns the length of the string literal that s begins with.
func stringEnd(s string) int {
	i := strings.IndexAny(s, `"'`)
	if i < 0 {
		return len(s)
	}
	quote := s[i : i+1]
	if strings.HasPrefix(s[i:], strings.Repeat(quote, 3)) {
		quote = s[i : i+3]
	}
	for i += len(quote); i < len(s); i++ {
		if s[i] == '\\' {
			i++
		} else if strings.HasPrefix(s[i:], quote) {
			return i + len(quote)
		}
	}
	return len(s)
}

// stringValue returns what one string literal of Python's stands for.
func stringValue(text string) (string, bool) {
	s, err := pysyntax.Read("", text, pysyntax.Config{Mode: pysyntax.Script})
	if err != nil || len(s.File.Stmts) != 1 || !isDoc(s.File.Stmts[0]) {
		return "", false
	}
	value, ok := s.File.Stmts[0].(*syntax.ExprStmt).X.(*syntax.Literal).Value.(string)
	return value, ok
}
