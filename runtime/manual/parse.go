package manual

import (
	"fmt"
	"strings"

	"starwire/runtime/lazy"
)

// parse adds the entries of one file to t.
func (t *table) parse(file, text string) error {
	var heads []Entry // of the entry at hand
	var body []string
	start := 0
	add := func() error {
		if len(heads) == 0 {
			return nil
		}
		text, types, see := splitBody(body)
		if text == "" {
			return fmt.Errorf("%s:%d: %s has no text", file, start, heads[0].Name)
		}
		for _, e := range heads {
			e.Text, e.types, e.See = text, types, see
			if err := t.add(e); err != nil {
				return fmt.Errorf("%s:%d: %w", file, start, err)
			}
		}
		heads, body = nil, nil
		return nil
	}
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimSuffix(line, "\n")
		rest, indented := strings.CutPrefix(line, "    ")
		switch {
		case strings.HasPrefix(line, "#"):
		case line == "":
			body = append(body, "")
		case indented && len(heads) == 0:
			return fmt.Errorf("%s:%d: text without a head", file, n)
		case indented:
			body = append(body, rest)
		case line[0] == ' ':
			return fmt.Errorf("%s:%d: text is indented by four spaces", file, n)
		default:
			if strings.Join(body, "") != "" {
				if err := add(); err != nil {
					return err
				}
			}
			e, err := parseHead(line)
			if err != nil {
				return fmt.Errorf("%s:%d: %w", file, n, err)
			}
			start = n
			heads, body = append(heads, e), nil
		}
	}
	return add()
}

// splitBody takes the directives out of an entry's text.
func splitBody(lines []string) (text string, types, see []string) {
	kept := lines[:0:0]
	for _, line := range lines {
		if name, ok := strings.CutPrefix(line, "@type "); ok {
			types = append(types, name)
		} else if list, ok := strings.CutPrefix(line, "@see "); ok {
			see = append(see, strings.Split(list, ", ")...)
		} else {
			kept = append(kept, line)
		}
	}
	return strings.Trim(strings.Join(kept, "\n"), "\n"), types, see
}

func kindOf() map[string]Kind {
	return kindOfTable.Get(func() map[string]Kind {
		return map[string]Kind{"topic": Topic, "module": Module, "class": Class, "type": Type, "exception": Exception}
	})
}

var kindOfTable lazy.Value[map[string]Kind]

// isName reports whether s is a name, with dots in it or not.
func isName(s string) bool {
	start := true // of a part
	for i := range len(s) {
		switch c := s[i]; {
		case c == '_', 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9' && !start:
			start = false
		case c == '.' && !start:
			start = true
		default:
			return false
		}
	}
	return !start
}

// parseHead reads a head line.
func parseHead(line string) (Entry, error) {
	var e Entry
	rest := line
	if word, after, ok := strings.Cut(line, " "); ok && kindOf()[word] != 0 {
		e.Kind, rest = kindOf()[word], after
	}
	if e.Kind.isClass() {
		head, bases, ok := cutLast(rest, " < ")
		if ok {
			rest, e.Bases = head, strings.Split(bases, ", ")
		}
	}
	end := strings.IndexAny(rest, "(: ")
	if end < 0 {
		end = len(rest)
	}
	e.Name, rest = rest[:end], rest[end:]
	if !isName(e.Name) {
		return e, fmt.Errorf("%q is no name", e.Name)
	}
	e.Signature = strings.TrimPrefix(line, "class ")
	switch value, isConstant := strings.CutPrefix(rest, " = "); {
	case e.Kind == Topic || e.Kind == Module || e.Kind == Type:
		if rest != "" {
			return e, fmt.Errorf("%s: unexpected %q", e.Name, rest)
		}
		e.Signature = line
	case strings.HasPrefix(rest, "("):
		params, after, ok := cutCall(rest)
		if !ok {
			return e, fmt.Errorf("%s: unbalanced parentheses", e.Name)
		}
		var err error
		if e.Params, err = parseParams(params); err != nil {
			return e, fmt.Errorf("%s: %w", e.Name, err)
		}
		if e.Kind == 0 {
			e.Kind = Function
			e.Result, ok = strings.CutPrefix(after, " -> ")
			if after != "" && (!ok || e.Result == "") {
				return e, fmt.Errorf("%s: unexpected %q", e.Name, after)
			}
		} else if after != "" {
			return e, fmt.Errorf("%s: unexpected %q", e.Name, after)
		}
	case e.Kind != 0:
		return e, fmt.Errorf("%s: a %s has parameters", e.Name, e.Kind)
	case isConstant && value != "":
		e.Kind, e.Value = Constant, value
	case strings.HasPrefix(rest, ": ") && len(rest) > 2:
		e.Kind, e.Result = Attribute, rest[2:]
	default:
		return e, fmt.Errorf("%s: want (parameters), = value or : type", e.Name)
	}
	return e, nil
}

// cutLast is strings.Cut at the last sep.
func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// cutCall cuts "(params) rest" at the parenthesis that closes the first one.
func cutCall(s string) (params, rest string, ok bool) {
	depth := 0
	quoted := byte(0)
	for i := range len(s) {
		switch c := s[i]; {
		case quoted != 0:
			if c == quoted {
				quoted = 0
			}
		case c == '"' || c == '\'':
			quoted = c
		case c == '(' || c == '[' || c == '{':
			depth++
		case c == ')' || c == ']' || c == '}':
			if depth--; depth == 0 {
				return s[1:i], s[i+1:], true
			}
		}
	}
	return "", "", false
}

// splitList splits at the commas that are outside of brackets and quotes.
func splitList(s string) []string {
	var parts []string
	for s != "" {
		i := 0
		for depth, quoted := 0, byte(0); i < len(s); i++ {
			c := s[i]
			switch {
			case quoted != 0:
				if c == quoted {
					quoted = 0
				}
				continue
			case c == '"' || c == '\'':
				quoted = c
			case strings.IndexByte("([{", c) >= 0:
				depth++
			case strings.IndexByte(")]}", c) >= 0:
				depth--
			}
			if c == ',' && depth == 0 {
				break
			}
		}
		parts = append(parts, strings.TrimSpace(s[:i]))
		s = s[min(i+1, len(s)):]
	}
	return parts
}

// parseParams reads what is between the parentheses of a signature.
func parseParams(s string) ([]Param, error) {
	var params []Param
	kind := Normal
	for _, part := range splitList(s) {
		switch part {
		case "/":
			for i := range params {
				if params[i].Kind == Normal {
					params[i].Kind = PositionalOnly
				}
			}
			continue
		case "*":
			kind = KeywordOnly
			continue
		}
		p := Param{Kind: kind}
		var hasDefault bool
		p.Name, p.Default, hasDefault = strings.Cut(part, "=")
		if name, ok := strings.CutPrefix(p.Name, "**"); ok {
			p.Name, p.Kind = name, KwArgs
		} else if name, ok := strings.CutPrefix(p.Name, "*"); ok {
			p.Name, p.Kind, kind = name, VarArgs, KeywordOnly
		}
		if !isName(p.Name) || strings.Contains(p.Name, ".") || hasDefault && p.Default == "" {
			return nil, fmt.Errorf("%q is no parameter", part)
		}
		params = append(params, p)
	}
	return params, nil
}
