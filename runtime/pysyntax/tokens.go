package pysyntax

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.starlark.net/syntax"
)

// kind is the class of a token.
type kind uint8

const (
	tokEOF     kind = iota
	tokError        // scanning stopped here; the scanner has the error
	tokNewline      // the end of a logical line
	tokIndent
	tokDedent
	tokName // identifiers and keywords alike: Python 2 and Starlark differ in which are which
	tokInt
	tokFloat
	tokString
	tokOp // text is the operator or delimiter
)

// A token is one word of the source. Columns count runes from 1, as package syntax does.
type token struct {
	kind  kind
	text  string // as written; a view of the source
	start int    // byte offset of text
	pos   syntax.Position
	end   syntax.Position
	val   any // of tokInt: int64 or *big.Int; of tokFloat: float64; of tokString: a strLit
}

// is reports whether t is the given operator or keyword.
func (t *token) is(text string) bool {
	return (t.kind == tokOp || t.kind == tokName) && t.text == text
}

// maxIndent bounds nested blocks, as CPython's tokenizer does, and maxBrackets nested brackets.
const (
	maxIndent   = 100
	maxBrackets = 200
)

// A scanner cuts source text into tokens: logical lines, joined over brackets, triple quotes and
// trailing backslashes, with the indentation of each turned into tokIndent and tokDedent.
//
// Python Language Reference 2.7 §2.1.
type scanner struct {
	src       string
	mode      Mode
	off       int
	file      *string
	line, col int32

	tokens   []token
	comments []syntax.Comment
	brackets []token   // open ones, innermost last
	indents  []int     // columns of open blocks; indents[0] is 0
	refused  ErrorList // what is understood but not supported
	err      error     // why the scan stopped at a tokError; a syntax.Error
	atEOF    bool      // the error is that the source ended too soon
	openLine bool      // the last line ended in a backslash
}

// scan returns the tokens of src. The last is tokEOF or, where the text cannot be cut further, tokError.
func scan(file *string, src string, mode Mode) *scanner {
	s := &scanner{src: src, mode: mode, file: file, line: 1, col: 1, indents: []int{0}}
	s.src = strings.TrimPrefix(s.src, "\ufeff")
	if nul := strings.IndexByte(s.src, 0); nul >= 0 { // Starlark's scanner would take it for the end
		for s.off < nul {
			s.advance()
		}
		s.fail(s.pos(), "the source holds a NUL byte")
	}
	for s.err == nil && s.logicalLine() {
	}
	if s.err != nil {
		s.emit(tokError, s.off, s.pos(), nil)
	}
	return s
}

func (s *scanner) pos() syntax.Position { return syntax.MakePosition(s.file, s.line, s.col) }

// fail records the first error. Tokens before it stand, so that an earlier mistake is reported first.
func (s *scanner) fail(pos syntax.Position, format string, args ...any) {
	if s.err == nil {
		s.err = syntax.Error{Pos: pos, Msg: fmt.Sprintf(format, args...)}
	}
}

// refuse records a word that is understood but not supported. The scan goes on.
func (s *scanner) refuse(pos syntax.Position, format string, args ...any) {
	s.refused = append(s.refused, syntax.Error{Pos: pos, Msg: fmt.Sprintf(format, args...)})
}

// failEOF is fail for a text that more input could complete.
func (s *scanner) failEOF(pos syntax.Position, format string, args ...any) {
	if s.err == nil {
		s.atEOF = true
	}
	s.fail(pos, format, args...)
}

// emit appends the token that began at byte offset start and ends here.
func (s *scanner) emit(k kind, start int, pos syntax.Position, val any) {
	s.tokens = append(s.tokens, token{kind: k, text: s.src[start:s.off], start: start, pos: pos, end: s.pos(), val: val})
}

// peek returns the byte n places ahead, or 0 at the end.
func (s *scanner) peek(n int) byte {
	if s.off+n < len(s.src) {
		return s.src[s.off+n]
	}
	return 0
}

func (s *scanner) eof() bool { return s.off >= len(s.src) }

// newline reports whether a line ends here; "\n", "\r\n" and "\r" all end one.
func (s *scanner) newline() bool { return !s.eof() && (s.src[s.off] == '\n' || s.src[s.off] == '\r') }

// advance moves over one rune, or over one line ending.
func (s *scanner) advance() {
	c := s.src[s.off]
	switch {
	case c == '\r' && s.peek(1) == '\n':
		s.off += 2
		s.line, s.col = s.line+1, 1
	case c == '\n' || c == '\r':
		s.off++
		s.line, s.col = s.line+1, 1
	case c < utf8.RuneSelf:
		s.off++
		s.col++
	default:
		_, n := utf8.DecodeRuneInString(s.src[s.off:])
		s.off += n
		s.col++
	}
}

// skip moves over n bytes of ASCII without a line ending.
func (s *scanner) skip(n int) {
	s.off += n
	s.col += int32(n)
}

// logicalLine scans one logical line and reports whether there may be another.
func (s *scanner) logicalLine() bool {
	width, ok := s.indentation()
	if s.eof() {
		s.finish()
		return false
	}
	if !ok { // blank or only a comment
		if s.newline() {
			s.advance()
		}
		return true
	}
	s.indent(width)
	for s.err == nil {
		s.blanks()
		switch {
		case s.err != nil:
			return false
		case s.eof():
			if n := len(s.brackets); n > 0 {
				open := s.brackets[n-1]
				s.failEOF(open.pos, "%q is never closed", open.text)
				return false
			}
			s.emit(tokNewline, s.off, s.pos(), nil)
			return true
		case s.newline():
			if len(s.brackets) > 0 {
				s.advance()
				continue
			}
			s.emit(tokNewline, s.off, s.pos(), nil)
			s.advance()
			return true
		default:
			s.word()
		}
	}
	return false
}

// indentation measures the white space that begins a line, tabs going to the next multiple of eight,
// and reports whether there is anything on the line but a comment. It stops before the line's end.
func (s *scanner) indentation() (width int, ok bool) {
	for ; !s.eof(); s.skip(1) {
		switch s.src[s.off] {
		case ' ':
			width++
		case '\t':
			width += 8 - width%8
		case '\f':
			width = 0
		default:
			if s.src[s.off] == '#' {
				s.comment()
			}
			return width, !s.eof() && !s.newline()
		}
	}
	return width, false
}

// indent emits what it takes to get from the current block's column to width.
func (s *scanner) indent(width int) {
	top := len(s.indents) - 1
	if width > s.indents[top] {
		if len(s.indents) > maxIndent {
			s.fail(s.pos(), "too many levels of indentation")
			return
		}
		s.indents = append(s.indents, width)
		s.emit(tokIndent, s.off, s.pos(), nil)
		return
	}
	for ; width < s.indents[top]; top-- {
		s.indents = s.indents[:top]
		s.emit(tokDedent, s.off, s.pos(), nil)
	}
	if width != s.indents[top] {
		s.fail(s.pos(), "unindent does not match any outer indentation level")
	}
}

// finish closes the open blocks at the end of the text.
func (s *scanner) finish() {
	for range s.indents[1:] {
		s.emit(tokDedent, s.off, s.pos(), nil)
	}
	s.indents = s.indents[:1]
	s.emit(tokEOF, s.off, s.pos(), nil)
}

// blanks moves over what separates tokens: spaces, a comment, a backslash before a line's end.
func (s *scanner) blanks() {
	for !s.eof() {
		switch c := s.src[s.off]; {
		case c == ' ' || c == '\t' || c == '\f':
			s.skip(1)
		case c == '#':
			s.comment()
		case c == '\\':
			pos := s.pos()
			s.skip(1)
			if s.eof() {
				s.failEOF(pos, "the file ends after a line continuation")
				return
			}
			if !s.newline() {
				s.fail(pos, "unexpected character after a line continuation")
				return
			}
			s.advance()
			s.openLine = s.eof()
		default:
			return
		}
	}
}

// operators, longest first within each first byte.
var operators = []string{
	"**=", "//=", "<<=", ">>=",
	"**", "//", "<<", ">>", "<=", ">=", "==", "!=", "<>",
	"+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=",
	"+", "-", "*", "/", "%", "&", "|", "^", "~", "<", ">", "=",
	"(", ")", "[", "]", "{", "}", ",", ":", ".", ";", "@", "`",
}

// word scans one token. The scanner is neither at the end nor at white space.
func (s *scanner) word() {
	c := s.src[s.off]
	switch {
	case c == '"' || c == '\'':
		s.str(s.off, s.pos(), "")
	case '0' <= c && c <= '9', c == '.' && isDigit(s.peek(1)):
		s.number()
	case c >= utf8.RuneSelf || isNameByte(c):
		s.name()
	default:
		s.operator()
	}
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isNameByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || isDigit(c)
}

// name scans an identifier, or the string that a prefix such as u or r begins.
func (s *scanner) name() {
	start, pos := s.off, s.pos()
	for !s.eof() {
		c := s.src[s.off]
		if c < utf8.RuneSelf {
			if !isNameByte(c) {
				break
			}
			s.skip(1)
			continue
		}
		if r, _ := utf8.DecodeRuneInString(s.src[s.off:]); !unicode.IsLetter(r) {
			break
		}
		s.advance()
	}
	if s.off == start {
		r, _ := utf8.DecodeRuneInString(s.src[s.off:])
		s.fail(pos, "unexpected character %q", r)
		return
	}
	word := s.src[start:s.off]
	if c := s.peek(0); c == '"' || c == '\'' {
		switch strings.ToLower(word) {
		case "f", "fr", "rf":
			s.refuse(pos, `f"…" is Python 3's; write "%%s" %% x`)
			s.str(start, pos, strings.TrimLeft(strings.ToLower(word), "f"))
			return
		}
		if stringPrefix(word) {
			s.str(start, pos, word)
			return
		}
	}
	s.emit(tokName, start, pos, nil)
}

// operator scans punctuation and keeps the stack of open brackets.
func (s *scanner) operator() {
	start, pos := s.off, s.pos()
	for _, op := range operators {
		if !strings.HasPrefix(s.src[s.off:], op) {
			continue
		}
		if op == "(" || op == "[" || op == "{" {
			if len(s.brackets) == maxBrackets {
				s.fail(pos, "too many nested brackets")
				return
			}
			s.brackets = append(s.brackets, token{text: op, pos: pos})
		} else if op == ")" || op == "]" || op == "}" {
			n := len(s.brackets) - 1
			if n < 0 {
				s.fail(pos, "%q was never opened", op)
				return
			}
			if open := s.brackets[n]; op != closer(open.text) {
				s.fail(pos, "%q does not close the %q of line %d", op, open.text, open.pos.Line)
				return
			}
			s.brackets = s.brackets[:n]
		}
		s.skip(len(op))
		s.emit(tokOp, start, pos, nil)
		return
	}
	if c := s.src[s.off]; c == '!' {
		s.fail(pos, "unexpected character '!'; write not, or !=")
	} else {
		s.fail(pos, "unexpected character %q", c)
	}
}

// closer returns the bracket that closes another.
func closer(open string) string {
	switch open {
	case "(":
		return ")"
	case "[":
		return "]"
	}
	return "}"
}
