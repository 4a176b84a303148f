package check

import (
	"errors"
	"path"
	"strings"

	"go.starlark.net/syntax"

	"starwire/runtime"
	"starwire/runtime/pysyntax"
)

// constructs are what the functions of the Python dialect stand for, and what to
// write in a Starlark file.
var constructs = []struct{ prefix, what, hint string }{
	{"$print", "the print statement", "print is a function: print(x)"},
	{"$import", "import", "the modules are there without an import; load(\"./lib.star\", \"f\") loads a file"},
	{"$from", "from … import", "load(\"httplib\", \"OK\") binds names of a module"},
	{"$try", "try", "value, error = catch(types, fn, …)"},
	{"$finally", "try … finally", "for x in using(value): closes it at the end of the block"},
	{"$raise", "raise", "fail(exception)"},
	{"$assert", "assert", "if not …: fail(AssertionError, text)"},
	{"$with", "with", "for x in using(value):"},
	{"$del", "del", "d.pop(key)"},
	{"$is", "is", "=="},
	{"$pow", "the operator **", "multiply, or math.pow(x, y)"},
	{"$generator", "a generator expression", "a list: [… for …]"},
	{"$set", "a set display", "set([…])"},
}

// syntax tells what is wrong with a text that does not parse. A Starlark file may
// be Python: then all the places are told at once.
func (f *file) syntax(err *runtime.SyntaxError, src string) {
	before := len(f.problems)
	if path.Ext(f.name) != ".py" {
		_, perr := f.python(src)
		if perr == nil && len(f.problems) > before {
			return
		}
		var list pysyntax.ErrorList
		if errors.As(perr, &list) {
			for _, e := range list {
				if e.Pos.Line != err.Problems[0].Pos.Line {
					f.add(e.Pos, Syntax, e.Msg, "")
				}
			}
		}
	}
	for _, p := range err.Problems {
		rule := Syntax
		if p.Hint != "" && strings.Contains(p.Hint, ".py") {
			rule = Python
		}
		f.add(p.Pos, rule, p.Msg, p.Hint)
	}
}

// python adds the Python statements of a text that is Python.
func (f *file) python(src string) (*syntax.File, error) {
	tree, err := pysyntax.Parse(f.name, src, pysyntax.Config{
		Mode:    pysyntax.Script,
		Exports: func(string) ([]string, error) { return nil, nil },
	})
	if err != nil {
		return nil, err
	}
	type place struct {
		line int32
		what string
	}
	seen := map[place]bool{}
	modules := map[*syntax.Ident]string{} // which one a $import or $from is for
	syntax.Walk(tree, func(n syntax.Node) bool {
		if c, ok := n.(*syntax.CallExpr); ok && len(c.Args) > 0 {
			if fn, ok := c.Fn.(*syntax.Ident); ok && (fn.Name == pysyntax.ImportName || fn.Name == pysyntax.ImportFromName) {
				modules[fn], _, _ = text(c.Args[0])
			}
		}
		id, ok := n.(*syntax.Ident)
		if !ok || !strings.HasPrefix(id.Name, "$") {
			return true
		}
		for _, c := range constructs {
			if strings.HasPrefix(id.Name, c.prefix) {
				if at := (place{id.NamePos.Line, c.what}); !seen[at] && id.NamePos.IsValid() {
					seen[at] = true
					hint := c.hint + "; or name the file .py"
					if remedy := runtime.ModuleRemedy(modules[id]); remedy != "" {
						hint = "there is no " + modules[id] + " in any case: " + remedy
					}
					f.add(id.NamePos, Python, "Starlark does not have "+c.what, hint)
				}
				break
			}
		}
		return true
	})
	return tree, nil
}

// formatted adds f-strings. It returns src with a blank in place of each letter
// that makes one, so that it is a string.
func (f *file) formatted(src string) string {
	plain := []byte(src)
	line, begin := 1, 0 // of the line
	for i := 0; i < len(src); {
		switch c := src[i]; {
		case c == '\n':
			line, begin = line+1, i+1
			i++
		case c == '#':
			for i < len(src) && src[i] != '\n' {
				i++
			}
		case c == '"' || c == '\'':
			if word := wordBefore(src[:i]); strings.EqualFold(word, "f") || strings.EqualFold(word, "fr") || strings.EqualFold(word, "rf") {
				start := i - len(word)
				name := f.name
				f.add(syntax.MakePosition(&name, int32(line), int32(len([]rune(src[begin:start]))+1)), Python,
					"neither Starlark nor Python 2.7 has f-strings", `"{} of {}".format(a, b), or "%s of %s" % (a, b)`)
				for j := start; j < i; j++ {
					plain[j] = ' '
				}
			}
			quote := string(c)
			if strings.HasPrefix(src[i:], strings.Repeat(quote, 3)) {
				quote = src[i : i+3]
			}
			for i += len(quote); i < len(src) && !strings.HasPrefix(src[i:], quote); i++ {
				if src[i] == '\\' {
					i++
				}
				if i < len(src) && src[i] == '\n' {
					if len(quote) == 1 {
						break
					}
					line, begin = line+1, i+1
				}
			}
			if i < len(src) && src[i] != '\n' {
				i += len(quote)
			}
		default:
			i++
		}
	}
	return string(plain)
}

func wordBefore(s string) string {
	i := len(s)
	for i > 0 && (s[i-1] == '_' || 'a' <= s[i-1]|0x20 && s[i-1]|0x20 <= 'z' || '0' <= s[i-1] && s[i-1] <= '9') {
		i--
	}
	return s[i:]
}
