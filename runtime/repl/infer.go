package repl

import (
	"slices"
	"strings"

	"go.starlark.net/starlark"

	"starwire/runtime/manual"
)

// A thing is what an expression before the cursor stands for: a value, or at
// least what the manual says of the type it will have. Nothing is called to find
// out.
type thing struct {
	value starlark.Value
	entry *manual.Entry // of the class whose instance it is, where value is nil
}

// members returns the attributes of a thing.
func (x thing) members(s names, private bool) (found []candidate) {
	add := func(name string, c func() candidate) {
		if strings.HasPrefix(name, "_") && !private {
			return
		}
		found = append(found, c())
	}
	if x.value == nil {
		if x.entry == nil {
			return nil
		}
		for _, full := range manual.Members(x.entry.Name) {
			name := full[strings.LastIndexByte(full, '.')+1:]
			add(name, func() candidate {
				e, _ := manual.Lookup(full)
				return ofEntry(name, e)
			})
		}
		return found
	}
	v, ok := x.value.(starlark.HasAttrs)
	if !ok {
		return nil
	}
	class, known := entryOf(s, x.value)
	for _, name := range v.AttrNames() {
		add(name, func() candidate {
			if known {
				if e, ok := manual.Lookup(class.Name + "." + name); ok {
					return ofEntry(name, e)
				}
			}
			a, err := v.Attr(name)
			if err != nil {
				return candidate{name, name}
			}
			return ofValue(s, name, a)
		})
	}
	return found
}

// attr returns an attribute of a thing.
func (x thing) attr(name string) thing {
	if v, ok := x.value.(starlark.HasAttrs); ok {
		if a, err := v.Attr(name); err == nil && a != nil {
			return thing{value: a}
		}
		return thing{}
	}
	if x.entry == nil {
		return thing{}
	}
	e, ok := manual.Lookup(x.entry.Name + "." + name)
	if !ok {
		return thing{}
	}
	if e.Kind == manual.Function {
		return thing{entry: &e}
	}
	return resultOf(e)
}

// call returns what a call of the thing returns.
func (x thing) call(s names) thing {
	e := x.entry
	if x.value != nil {
		if found, ok := entryOf(s, x.value); ok {
			e = &found
		}
	}
	switch {
	case e == nil:
		return thing{}
	case e.Kind == manual.Function:
		return resultOf(*e)
	}
	return thing{entry: e} // a class makes instances
}

// resultOf returns what a function returns or an attribute holds, as far as the
// manual tells.
func resultOf(e manual.Entry) thing {
	if e.Result == "" {
		return thing{}
	}
	scope := e.Name
	for {
		i := strings.LastIndexByte(scope, '.')
		if i < 0 {
			break
		}
		scope = scope[:i]
		if found, ok := manual.Lookup(scope + "." + e.Result); ok && isClass(found) {
			return thing{entry: &found}
		}
	}
	if found, ok := manual.Lookup(e.Result); ok && isClass(found) {
		return thing{entry: &found}
	}
	return thing{}
}

func isClass(e manual.Entry) bool {
	return e.Kind == manual.Class || e.Kind == manual.Type || e.Kind == manual.Exception
}

// params returns the parameters of a call of the thing.
func (x thing) params(s names) []manual.Param {
	if x.value != nil {
		if e, ok := entryOf(s, x.value); ok {
			return e.Params
		}
	} else if x.entry != nil {
		return x.entry.Params
	}
	return nil
}

func (x thing) isType(name string) bool {
	if x.value != nil {
		return x.value.Type() == name
	}
	return x.entry != nil && (x.entry.Name == name || strings.HasSuffix(x.entry.Name, "."+name))
}

// resolve returns what the operand at the end of text stands for: a name or a
// literal, with attributes and calls behind it.
func (c *question) resolve(text string) thing {
	var steps []string // from the last: ".name" and "()"
	for {
		end := len(text)
		if end == 0 {
			return thing{}
		}
		last := text[end-1]
		switch {
		case last == ')':
			open := opening(text)
			if open <= 0 || !isWordByte(text[open-1]) {
				return thing{}
			}
			steps = append(steps, "()")
			text = text[:open]
			continue
		case last == '"' || last == '\'':
			return c.follow(thing{value: starlark.String("")}, steps)
		case last == ']' || last == '}':
			open := opening(text)
			if open < 0 || open > 0 && (isWordByte(text[open-1]) || text[open-1] == ')' || text[open-1] == ']') {
				return thing{} // an element
			}
			if last == ']' {
				return c.follow(thing{value: new(starlark.List)}, steps)
			}
			return c.follow(thing{value: new(starlark.Dict)}, steps)
		case !isWordByte(last):
			return thing{}
		}
		start := wordStart(text)
		word := text[start:]
		if start > 0 && text[start-1] == '.' {
			steps = append(steps, word)
			text = text[:start-1]
			continue
		}
		v, ok := c.s.Lookup(word)
		if !ok {
			return thing{}
		}
		return c.follow(thing{value: v}, steps)
	}
}

// follow takes the steps, the last of the list first.
func (c *question) follow(x thing, steps []string) thing {
	for _, step := range slices.Backward(steps) {
		if step == "()" {
			x = x.call(c.s)
		} else {
			x = x.attr(step)
		}
	}
	return x
}

// opening returns where the bracket that text ends in was opened, or -1.
func opening(text string) int {
	at := locate(text[:len(text)-1])
	if len(at.brackets) == 0 {
		return -1
	}
	return at.brackets[len(at.brackets)-1]
}

func isWordByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c >= 0x80
}

// wordStart returns where the word begins that text ends in.
func wordStart(text string) int {
	i := len(text)
	for i > 0 && isWordByte(text[i-1]) {
		i--
	}
	return i
}

// A cursor is a place in source text.
type cursor struct {
	text     string
	comment  bool
	quote    string // of the string it is in, or ""
	start    int    // where that string's text begins
	brackets []int  // that are open
}

// locate tells where the end of text is.
func locate(text string) cursor {
	at := cursor{text: text}
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case at.comment:
			at.comment = c != '\n'
			i++
		case at.quote != "":
			switch {
			case c == '\\':
				i += 2
			case strings.HasPrefix(text[i:], at.quote):
				i += len(at.quote)
				at.quote = ""
			default:
				if c == '\n' && len(at.quote) == 1 {
					at.quote = ""
				}
				i++
			}
		case c == '#':
			at.comment = true
			i++
		case c == '"' || c == '\'':
			at.quote = string(c)
			if strings.HasPrefix(text[i:], strings.Repeat(at.quote, 3)) {
				at.quote = text[i : i+3]
			}
			i += len(at.quote)
			at.start = i
		default:
			switch c {
			case '(', '[', '{':
				at.brackets = append(at.brackets, i)
			case ')', ']', '}':
				if len(at.brackets) > 0 {
					at.brackets = at.brackets[:len(at.brackets)-1]
				}
			}
			i++
		}
	}
	return at
}

// open returns the place of the innermost open bracket of a kind, or -1.
func (at cursor) open(kind byte) int {
	for _, i := range slices.Backward(at.brackets) {
		if at.text[i] == kind {
			return i
		}
	}
	return -1
}

// innermost returns the bracket that is open, or 0.
func (at cursor) innermost() byte {
	if len(at.brackets) == 0 {
		return 0
	}
	return at.text[at.brackets[len(at.brackets)-1]]
}
