package repl

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.starlark.net/starlark"

	"starwire/runtime/manual"
)

// A names is what completion asks a session.
type names interface {
	Lookup(name string) (starlark.Value, bool)
	Names() []string
}

// A completion is the answer to a Tab: text to insert, or what could come.
type completion struct {
	insert string
	list   []string
}

// A candidate is a word that can stand at the cursor.
type candidate struct {
	text string // to be typed
	show string // in a list: text, and the parameters of a function
}

// complete returns what can come after text, the statement up to the cursor.
func complete(s names, text string) completion {
	c := question{s: s, text: text, cursor: locate(text)}
	prefix, found := c.candidates()
	var matches []candidate
	for _, m := range found {
		if len(m.text) >= len(prefix) && strings.EqualFold(m.text[:len(prefix)], prefix) &&
			(c.cursor.quote != "" || strings.HasPrefix(m.text, prefix)) {
			matches = append(matches, m)
		}
	}
	if len(matches) == 0 {
		return completion{}
	}
	common := matches[0].text
	for _, m := range matches[1:] {
		n := 0
		for n < len(common) && n < len(m.text) && common[n] == m.text[n] {
			n++
		}
		common = common[:n]
	}
	if len(common) > len(prefix) {
		return completion{insert: common[len(prefix):]}
	}
	if len(matches) == 1 {
		return completion{}
	}
	list := make([]string, len(matches))
	for i, m := range matches {
		list[i] = m.show
	}
	return completion{list: list}
}

// question is one question.
type question struct {
	s      names
	text   string
	cursor cursor
}

// candidates returns the word before the cursor, and those it may become.
func (c *question) candidates() (prefix string, found []candidate) {
	if c.cursor.comment {
		return "", nil
	}
	if c.cursor.quote != "" {
		return c.inString()
	}
	line := c.text[strings.LastIndexByte(c.text, '\n')+1:]
	if name, ok := strings.CutPrefix(line, "%"); ok {
		return c.command(name)
	}
	if prefix, found, ok := c.imports(strings.TrimLeft(line, " ")); ok {
		return prefix, found
	}
	start := wordStart(c.text)
	prefix = c.text[start:]
	if start > 0 && c.text[start-1] == '.' {
		base := c.resolve(c.text[:start-1])
		return prefix, base.members(c.s, strings.HasPrefix(prefix, "_"))
	}
	if prefix != "" && '0' <= prefix[0] && prefix[0] <= '9' {
		return "", nil
	}
	found = c.keywords()
	for _, name := range c.s.Names() {
		if strings.HasPrefix(name, "$") || strings.HasPrefix(name, "_") && !strings.HasPrefix(prefix, "_") {
			continue
		}
		v, _ := c.s.Lookup(name)
		found = append(found, ofValue(c.s, name, v))
	}
	if prefix != "" {
		words := statementWords
		if c.cursor.innermost() != 0 {
			words = []string{"and", "else", "for", "if", "in", "lambda", "not", "or"}
		}
		for _, word := range words {
			found = append(found, candidate{word, word})
		}
	}
	slices.SortStableFunc(found, func(a, b candidate) int { return strings.Compare(a.text, b.text) })
	return prefix, slices.CompactFunc(found, func(a, b candidate) bool { return a.text == b.text })
}

// statementWords begin statements, or stand between expressions.
var statementWords = []string{
	"and", "assert", "break", "continue", "def", "elif", "else", "except", "finally", "for", "from", "global",
	"if", "import", "in", "lambda", "load", "not", "pass", "raise", "return", "try", "while", "with",
}

// ofValue is the candidate for a name that stands for v. An open parenthesis
// comes with the name of a function.
func ofValue(s names, name string, v starlark.Value) candidate {
	if _, ok := v.(starlark.Callable); !ok {
		return candidate{name, name}
	}
	e, ok := entryOf(s, v)
	if !ok {
		return candidate{name + "(", name + "()"}
	}
	return ofEntry(name, e)
}

// ofEntry is the candidate for a name that the manual describes.
func ofEntry(name string, e manual.Entry) candidate {
	switch e.Kind {
	case manual.Function:
	case manual.Class, manual.Exception:
		return candidate{name, name}
	default:
		return candidate{name, name}
	}
	i := strings.IndexByte(e.Signature, '(')
	if i < 0 {
		return candidate{name + "(", name + "()"}
	}
	params := e.Signature[i:]
	if j := strings.LastIndexByte(params, ')'); j >= 0 {
		params = params[:j+1]
	}
	return candidate{name + "(", name + params}
}

func entryOf(s names, v starlark.Value) (manual.Entry, bool) {
	return manual.For(v, func(name string) starlark.Value {
		v, _ := s.Lookup(name)
		return v
	})
}

// imports completes import statements.
func (c *question) imports(line string) (prefix string, found []candidate, ok bool) {
	words := strings.Fields(line)
	if len(words) == 0 || !strings.HasSuffix(line, " ") && len(words) == 1 {
		return "", nil, false
	}
	start := wordStart(c.text)
	prefix = c.text[start:]
	switch {
	case words[0] == "import", words[0] == "from" && !slices.Contains(words[1:], "import"):
		if words[0] == "from" && strings.HasSuffix(line, " ") && len(words) > 1 {
			return prefix, []candidate{{"import ", "import"}}, true
		}
		for _, name := range c.s.Names() {
			if v, _ := c.s.Lookup(name); isModule(v) {
				found = append(found, candidate{name, name})
			}
		}
		return prefix, found, true
	case words[0] == "from" && len(words) > 2 && words[2] == "import":
		v, _ := c.s.Lookup(words[1])
		for _, m := range (thing{value: v}).members(c.s, strings.HasPrefix(prefix, "_")) {
			name := strings.TrimSuffix(m.text, "(")
			found = append(found, candidate{name, name})
		}
		return prefix, found, true
	}
	return "", nil, false
}

func isModule(v starlark.Value) bool {
	return v != nil && v.Type() == "module"
}

// command completes the REPL's own commands.
func (c *question) command(text string) (prefix string, found []candidate) {
	name, rest, ok := strings.Cut(text, " ")
	if !ok {
		for _, cmd := range commands() {
			found = append(found, candidate{cmd.name, "%" + cmd.name + " " + cmd.args})
		}
		return name, found
	}
	switch name {
	case "save":
		return files(rest, "")
	case "trace":
		return rest, []candidate{{"on", "on"}, {"off", "off"}}
	}
	sub := question{s: c.s, text: rest, cursor: locate(rest)}
	return sub.candidates()
}

// keywords returns the keyword arguments that the innermost call can take.
func (c *question) keywords() (found []candidate) {
	open := c.cursor.open('(')
	if open < 0 {
		return nil
	}
	for _, param := range c.resolve(c.text[:open]).params(c.s) {
		switch param.Kind {
		case manual.Normal, manual.KeywordOnly:
			show := param.Name + "="
			if param.Default != "" {
				show += param.Default
			}
			found = append(found, candidate{param.Name + "=", show})
		}
	}
	return found
}

// inString completes inside a string literal, by what it is an argument of.
func (c *question) inString() (prefix string, found []candidate) {
	prefix = c.text[c.cursor.start:]
	before := strings.TrimRight(c.text[:c.cursor.start-len(c.cursor.quote)], " \n")
	open := c.cursor.open('(')
	callee := ""
	if open >= 0 {
		callee = c.text[wordStart(c.text[:open]):open]
	}
	quote := c.cursor.quote
	switch {
	case c.cursor.innermost() == '{' && headersDict(c.text[:c.cursor.open('{')]),
		c.cursor.innermost() == '[' && c.resolve(c.text[:c.cursor.open('[')]).isType("HTTPMessage"):
		return prefix, headerNames(prefix)
	case c.cursor.innermost() != '(':
		return prefix, nil
	case callee == "load" && strings.HasSuffix(before, "("):
		for _, name := range c.s.Names() {
			if v, _ := c.s.Lookup(name); isModule(v) {
				found = append(found, candidate{name + quote, name})
			}
		}
		prefix, more := files(prefix, quote)
		return prefix, append(found, more...)
	case callee == "load":
		module := strings.Trim(strings.TrimSpace(strings.SplitN(c.text[open+1:], ",", 2)[0]), `"'`)
		v, _ := c.s.Lookup(module)
		for _, m := range (thing{value: v}).members(c.s, false) {
			name := strings.TrimSuffix(m.text, "(")
			found = append(found, candidate{name + quote, name})
		}
		return prefix, found
	case callee == "open" && strings.HasSuffix(before, "("):
		return files(prefix, quote)
	case slices.Contains([]string{"getheader", "putheader", "getheaders", "has_key", "getrawheader", "getfirstmatchingheader", "getallmatchingheaders"}, callee) && strings.HasSuffix(before, "("):
		for _, h := range headerNames(prefix) {
			found = append(found, candidate{h.text + quote, h.show})
		}
		return prefix, found
	case slices.Contains([]string{"request", "putrequest"}, callee) && strings.HasSuffix(before, "("):
		for _, m := range []string{"CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"} {
			found = append(found, candidate{m + quote, m})
		}
		return prefix, found
	}
	return prefix, nil
}

// headersDict reports whether a dict that begins behind text is one of header fields.
func headersDict(text string) bool {
	text = strings.TrimRight(text, " ")
	text = strings.TrimRight(strings.TrimSuffix(text, "="), " ")
	return strings.HasSuffix(strings.ToLower(text), "headers")
}

// headerNames returns the field names, in the case that was begun.
func headerNames(prefix string) (found []candidate) {
	for _, name := range fieldNames {
		if prefix != "" && prefix == strings.ToLower(prefix) {
			name = strings.ToLower(name)
		}
		found = append(found, candidate{name, name})
	}
	return found
}

// files returns the files that a path may become: folders, and files of any kind.
func files(path, quote string) (prefix string, found []candidate) {
	folder, prefix := filepath.Split(path)
	entries, err := os.ReadDir(filepath.Clean("./" + folder))
	if filepath.IsAbs(path) {
		entries, err = os.ReadDir(folder)
	}
	if err != nil {
		return prefix, nil
	}
	for _, e := range entries {
		name := e.Name()
		if strings.HasPrefix(name, ".") && !strings.HasPrefix(prefix, ".") {
			continue
		}
		if e.IsDir() {
			found = append(found, candidate{name + "/", name + "/"})
		} else {
			found = append(found, candidate{name + quote, name})
		}
	}
	return prefix, found
}
