package doctest

import (
	"strings"

	"go.starlark.net/syntax"

	"starwire/runtime/py"
)

// matches reports whether the output of an example is the expected one. A line
// that is a string literal, or a structure that holds some, may quote them
// either way.
func matches(want, got string, o Options) bool {
	if want == got {
		return true
	}
	if o.NormalizeWhitespace {
		want, got = strings.Join(strings.Fields(want), " "), strings.Join(strings.Fields(got), " ")
	}
	if want == got || o.Ellipsis && ellipsis(want, got) {
		return true
	}
	w, ok := canonical(want)
	if !ok {
		return false
	}
	g, ok := canonical(got)
	return ok && (w == g || o.Ellipsis && ellipsis(w, g))
}

// ellipsis matches want, in which "..." stands for any text, against got.
func ellipsis(want, got string) bool {
	parts := strings.Split(want, "...")
	if len(parts) == 1 {
		return want == got
	}
	first, last := parts[0], parts[len(parts)-1]
	if !strings.HasPrefix(got, first) || !strings.HasSuffix(got[len(first):], last) {
		return false
	}
	got = got[len(first) : len(got)-len(last)]
	for _, p := range parts[1 : len(parts)-1] {
		i := strings.Index(got, p)
		if i < 0 {
			return false
		}
		got = got[i+len(p):]
	}
	return true
}

// canonical writes every string literal of each line in one way of quoting. ok
// is false if some line has no balanced quotes.
func canonical(text string) (string, bool) {
	var b strings.Builder
	for i := 0; i < len(text); {
		c := text[i]
		if c != '\'' && c != '"' {
			b.WriteByte(c)
			i++
			continue
		}
		end := i + 1
		for end < len(text) && text[end] != c && text[end] != '\n' {
			if text[end] == '\\' {
				end++
			}
			end++
		}
		if end >= len(text) || text[end] != c {
			return "", false
		}
		literal := text[i : end+1]
		value, err := new(syntax.FileOptions).ParseExpr("", "b"+literal, 0) // as bytes: any \xhh is one byte
		if err != nil {
			return "", false
		}
		b.WriteString(py.Quote(value.(*syntax.Literal).Value.(string)))
		i = end + 1
	}
	return b.String(), true
}

// lastLine returns the last line of an expected traceback, and whether want is one.
func lastLine(want string) (string, bool) {
	if !strings.HasPrefix(want, "Traceback (") {
		return "", false
	}
	lines := strings.Split(strings.TrimRight(want, "\n"), "\n")
	for i, line := range lines[1:] {
		// The stack is indented; the exception begins at the margin.
		if line != "" && line[0] != ' ' && line[0] != '\t' && line != "..." {
			return strings.Join(lines[1+i:], "\n"), true
		}
	}
	return "", true
}
