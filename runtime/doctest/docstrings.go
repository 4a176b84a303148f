package doctest

import (
	"path"
	"strings"

	"go.starlark.net/syntax"

	"starwire/runtime/pysyntax"
)

// isScript reports whether the file is a script, whose examples are in its
// docstrings, rather than a document.
func isScript(name string) bool {
	switch path.Ext(name) {
	case ".star", ".py", ".bzl", ".sky":
		return true
	}
	return false
}

// docstrings returns the text of a script without everything but its docstrings,
// line for line: those of the file and of its functions. Text that is no program
// has none; to run it tells why.
func docstrings(name, text string) string {
	mode := pysyntax.Interactive
	if path.Ext(name) == ".py" {
		mode = pysyntax.Script
	}
	file, err := pysyntax.Parse(name, text, pysyntax.Config{
		Mode: mode, Exports: func(string) ([]string, error) { return nil, nil },
	})
	if err != nil {
		return ""
	}
	lines := make([]string, strings.Count(text, "\n")+1)
	add := func(body []syntax.Stmt) {
		if len(body) == 0 {
			return
		}
		stmt, ok := body[0].(*syntax.ExprStmt)
		if !ok {
			return
		}
		lit, ok := stmt.X.(*syntax.Literal)
		if !ok || lit.Token != syntax.STRING {
			return
		}
		value := strings.Split(lit.Value.(string), "\n")
		if raw := strings.Split(lit.Raw, "\n"); len(raw) != len(value) {
			value = raw // escapes make lines of their own; the lines of the file count
		}
		copy(lines[min(int(lit.TokenPos.Line)-1, len(lines)):], value)
	}
	add(file.Stmts)
	syntax.Walk(file, func(n syntax.Node) bool {
		if def, ok := n.(*syntax.DefStmt); ok {
			add(def.Body)
		}
		return true
	})
	return strings.Join(lines, "\n")
}
