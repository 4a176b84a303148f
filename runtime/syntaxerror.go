package runtime

import (
	"errors"
	"fmt"
	"strings"

	"go.starlark.net/resolve"
	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"starwire/runtime/lazy"
	"starwire/runtime/pysyntax"
)

// A SyntaxError says why a source text is not a program.
type SyntaxError struct {
	Problems []Problem // at least one, in the order of the text
}

// A Problem is one place where a text goes wrong.
type Problem struct {
	Pos    syntax.Position
	Msg    string
	Source string // the line of source text there
	Hint   string // what to write instead, or ""
}

// Error returns the first problem as "file:line:col: text".
func (e *SyntaxError) Error() string {
	p := &e.Problems[0]
	s := p.Pos.String() + ": " + p.Msg
	if n := len(e.Problems) - 1; n > 0 {
		s += fmt.Sprintf(" (and %d more)", n)
	}
	return s
}

// maxProblems bounds what is shown of them.
const maxProblems = 10

func (e *SyntaxError) format() string {
	var b strings.Builder
	for i, p := range e.Problems {
		if i == maxProblems {
			fmt.Fprintf(&b, "and %d more\n", len(e.Problems)-i)
			break
		}
		fmt.Fprintf(&b, "%s: SyntaxError: %s\n", p.Pos, p.Msg)
		writeSource(&b, p.Source, p.Pos.Col)
		if p.Hint != "" {
			fmt.Fprintf(&b, "hint: %s\n", p.Hint)
		}
	}
	return b.String()
}

// syntaxError wraps what the parsers and the resolver refuse in text.
func (rt *Runtime) syntaxError(text string, err error) error {
	e := new(SyntaxError)
	add := func(pos syntax.Position, msg string) {
		if len(e.Problems) >= keptProblems {
			return
		}
		line := lineOf(text, int(pos.Line))
		e.Problems = append(e.Problems, Problem{Pos: pos, Msg: msg, Source: line})
	}
	var python pysyntax.ErrorList
	var names resolve.ErrorList
	var single syntax.Error
	switch {
	case errors.As(err, &python):
		for _, p := range python {
			add(p.Pos, p.Msg)
		}
	case errors.As(err, &names):
		for _, p := range names {
			if len(e.Problems) < keptProblems {
				add(p.Pos, p.Msg+rt.spelling(p.Msg))
				last := &e.Problems[len(e.Problems)-1]
				last.Hint = missingModule(last)
			}
		}
	case errors.As(err, &single):
		add(single.Pos, single.Msg)
		p := &e.Problems[0]
		if p.Hint = remedy(p); p.Hint == "" && rt.isPythonOnly(text) {
			p.Hint = "Python has this, Starlark has not: name the file .py"
		}
	default:
		return err
	}
	return e
}

// isPythonOnly reports whether text, which is no Starlark, would be good in a .py
// file.
func (rt *Runtime) isPythonOnly(text string) bool {
	if rt.config.Dialect == DialectStarlark {
		return false
	}
	_, err := pysyntax.Parse("x.py", text, rt.PythonSyntax())
	return err == nil
}

// keptProblems bounds the problems that a SyntaxError lists.
const keptProblems = 100

// spelling completes the resolver's "undefined: x", which knows the file's own
// names but not the predeclared ones.
func (rt *Runtime) spelling(msg string) string {
	name, ok := strings.CutPrefix(msg, "undefined: ")
	if !ok || strings.Contains(name, " ") {
		return ""
	}
	return didYouMean(name, rt.knownNames())
}

// missingModule returns what to use in place of a module of Python's, if that is
// what an undefined name with a dot behind it means, or "".
func missingModule(p *Problem) string {
	name, ok := strings.CutPrefix(p.Msg, "undefined: ")
	if !ok || p.Pos.Col < 1 {
		return ""
	}
	name, _, _ = strings.Cut(name, " ")
	line := []rune(p.Source)
	at := string(line[min(int(p.Pos.Col)-1, len(line)):])
	if !strings.HasPrefix(at, name+".") {
		return ""
	}
	return ModuleRemedy(name)
}

// remedies say what to write in place of Python's statements, in a Starlark file.
func remedies() map[string]string {
	return remediesTable.Get(func() map[string]string {
		return map[string]string{
			"try":      "Starlark has no try: use catch(types, fn, …), or name the file .py",
			"except":   "Starlark has no try: use catch(types, fn, …), or name the file .py",
			"finally":  "Starlark has no try: use \"for x in using(value):\", or name the file .py",
			"import":   "the modules are there without an import; load(\"./lib.star\", \"f\") loads a file; or name the file .py",
			"from":     "load(\"httplib\", \"OK\") binds names of a module; or name the file .py",
			"print":    "print is a function: print(x); or name the file .py",
			"with":     "use \"for x in using(value):\", or name the file .py",
			"raise":    "use fail(exception), or name the file .py",
			"assert":   "use \"if not …: fail(AssertionError, text)\", or name the file .py",
			"del":      "use d.pop(key), or name the file .py",
			"class":    "Starlark has no classes: use functions, dicts and closures",
			"global":   "Starlark functions cannot rebind globals: return the value, or keep it in a dict or list",
			"nonlocal": "keep the value in a dict or list that the inner function changes",
			"is":       "use ==, or name the file .py",
			"yield":    "Starlark has no generators: return a list",
			"async":    "there are no coroutines: a call returns when it is done",
			"await":    "there are no coroutines: a call returns when it is done",
		}
	})
}

var remediesTable lazy.Value[map[string]string]

// remedy returns what to write instead of what stands at a problem, or "".
func remedy(p *Problem) string {
	line := strings.TrimSpace(p.Source)
	if strings.HasPrefix(line, ">>>") {
		return "this is a session, not a script: starwire doctest FILE runs its examples, and the REPL takes them as they are"
	}
	first := line
	for i := range len(line) {
		if !isWord(line[i]) {
			first = line[:i]
			break
		}
	}
	if r := remedies()[first]; r != "" && !strings.HasPrefix(line, "print(") {
		return r
	}
	if got, ok := strings.CutPrefix(p.Msg, "got "); ok {
		word, _, _ := strings.Cut(got, ",")
		if r := remedies()[word]; r != "" {
			return r
		}
	}
	if strings.Contains(p.Msg, "does not associate") {
		return "compare in two steps: a < b and b < c; or name the file .py"
	}
	return ""
}

// knownNames lists every name a script can use without defining it.
func (rt *Runtime) knownNames() []string {
	var names []string
	for name := range rt.predeclared.all() {
		if !strings.HasPrefix(name, "$") {
			names = append(names, name)
		}
	}
	names = append(names, specialModules[:]...)
	return append(names, starlark.Universe.Keys()...)
}
