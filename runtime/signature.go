package runtime

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"go.starlark.net/syntax"

	"starwire/runtime/lazy"
)

// missingArgs is how the interpreter complains of too few arguments, somewhere at
// the beginning of the function.
func missingArgs() *regexp.Regexp {
	return missingArgsTable.Get(func() *regexp.Regexp {
		return regexp.MustCompile(`^function (\S+) missing (\d+) arguments? \(`)
	})
}

var missingArgsTable lazy.Value[*regexp.Regexp]

// badArgs is how it complains of arguments of all kinds.
func badArgs() *regexp.Regexp {
	return badArgsTable.Get(func() *regexp.Regexp {
		return regexp.MustCompile(`^function \S+ (?:missing|accepts|got) `)
	})
}

var badArgsTable lazy.Value[*regexp.Regexp]

// A signature is what a function says of its parameters.
type signature struct {
	name     string
	at       place // where the function begins
	required int
	open     bool // there may be more arguments than that
}

// tooFew returns CPython's words for a call, with some arguments missing, of the
// function with that name that is around pos, or "" if it is not known.
//
// ceval.c, PyEval_EvalCodeEx.
func (r *run) tooFew(pos syntax.Position, name, missing string) string {
	var sig *signature
	all := r.signatures(pos.Filename())
	for i, s := range all { // the last one that begins before pos
		if at := placeOf(pos); s.name == name && (s.at.line < at.line || s.at.line == at.line && s.at.col <= at.col) {
			sig = &all[i]
		}
	}
	n, err := strconv.Atoi(missing)
	if sig == nil || err != nil || n > sig.required {
		return ""
	}
	if name == "lambda" {
		name = "<lambda>"
	}
	how, plural := "exactly", "s"
	if sig.open {
		how = "at least"
	}
	if sig.required == 1 {
		plural = ""
	}
	return fmt.Sprintf("%s() takes %s %d argument%s (%d given)", name, how, sig.required, plural, sig.required-n)
}

// signatures returns those of a file's functions, in the order of the text.
func (r *run) signatures(file string) []signature {
	r.mu.Lock()
	defer r.mu.Unlock()
	if all, ok := r.sigs[file]; ok {
		return all
	}
	var all []signature
	if text, ok := r.sources[file]; ok {
		if tree, err := r.rt.parse(file, text, r.rt.IsPython(file)); err == nil {
			syntax.Walk(tree, func(n syntax.Node) bool {
				switch n := n.(type) {
				case *syntax.DefStmt:
					if !strings.Contains(n.Name.Name, "$") {
						all = append(all, signatureOf(n.Name.Name, n.Def, n.Params))
					}
				case *syntax.LambdaExpr:
					all = append(all, signatureOf("lambda", n.Lambda, n.Params))
				}
				return true
			})
		}
	}
	if r.sigs == nil {
		r.sigs = make(map[string][]signature)
	}
	r.sigs[file] = all
	return all
}

func signatureOf(name string, pos syntax.Position, params []syntax.Expr) signature {
	sig := signature{name: name, at: placeOf(pos)}
	for _, p := range params {
		switch p := p.(type) {
		case *syntax.Ident:
			sig.required++
		case *syntax.BinaryExpr:
			sig.open = true
		case *syntax.UnaryExpr:
			sig.open = sig.open || p.Op == syntax.STAR && p.X != nil
		}
	}
	return sig
}

// assignedAt reports whether the item whose bracket is at the position is what an
// assignment assigns to.
func (r *run) assignedAt(pos syntax.Position) bool {
	line := []rune(r.sourceLine(pos))
	at := int(pos.Col) - 1
	if at < 0 || at >= len(line) || line[at] != '[' {
		return false
	}
	depth := 0
	var quote rune
	for i := at; i < len(line); i++ {
		switch c := line[i]; {
		case quote != 0:
			if c == '\\' {
				i++
			} else if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '[' || c == '(' || c == '{':
			depth++
		case c == ']' || c == ')' || c == '}':
			if depth--; depth < 0 {
				return false
			}
		case depth > 0 || c == ' ' || c == '\t':
		default:
			return c == '=' && (i+1 == len(line) || line[i+1] != '=')
		}
	}
	return false
}
