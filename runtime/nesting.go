package runtime

import (
	"strings"

	"go.starlark.net/syntax"

	"starwire/runtime/pysyntax"
)

// Starlark's parser recurses for each open bracket and each prefix operator, and
// a Go stack that overflows ends the process. These bounds are far beyond what
// people write and far below what a stack holds.
const (
	maxBrackets = 1000
	maxPrefixes = 100_000 // not, lambda, else and signs, in one file
)

// checkNesting refuses a Starlark text that could exhaust the parser's stack.
func checkNesting(name, text string) error {
	depth, prefixes := 0, 0
	sign := false // the last token was a sign
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case c == '#':
			if n := strings.IndexByte(text[i:], '\n'); n >= 0 {
				i += n
			} else {
				i = len(text)
			}
			continue
		case c == '"' || c == '\'':
			i += stringLen(text[i:])
			sign = false
			continue
		case c == '(' || c == '[' || c == '{':
			if depth++; depth > maxBrackets {
				return tooDeep(name, text[:i], "these brackets are nested too deeply")
			}
			sign = false
		case c == ')' || c == ']' || c == '}':
			depth = max(depth-1, 0)
			sign = false
		case c == '-' || c == '+' || c == '~':
			if sign {
				prefixes++
			}
			sign = true
		case 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || c >= 0x80:
			n := 1
			for i+n < len(text) && isWord(text[i+n]) {
				n++
			}
			switch text[i : i+n] {
			case "not", "lambda", "else":
				prefixes++
			}
			i += n
			sign = false
			continue
		case c > ' ':
			sign = false
		}
		if prefixes > maxPrefixes {
			return tooDeep(name, text[:i], "there are too many operators in one file")
		}
		i++
	}
	return nil
}

func isWord(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c >= 0x80
}

// stringLen returns the length of the string literal that text begins with, or
// of the rest of its line if it is never closed.
func stringLen(text string) int {
	quote := text[:1]
	if strings.HasPrefix(text, quote+quote+quote) {
		quote = text[:3]
	}
	for i := len(quote); i < len(text); i++ {
		switch {
		case text[i] == '\\':
			i++
		case strings.HasPrefix(text[i:], quote):
			return i + len(quote)
		case text[i] == '\n' && len(quote) == 1:
			return i
		}
	}
	return len(text)
}

// tooDeep is the error for what follows the text before it.
func tooDeep(name, before, msg string) error {
	line := 1 + strings.Count(before, "\n")
	col := len(before) - strings.LastIndexByte(before, '\n')
	return pysyntax.ErrorList{{Pos: syntax.MakePosition(&name, int32(line), int32(col)), Msg: msg}}
}
