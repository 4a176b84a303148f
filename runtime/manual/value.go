package manual

import (
	"reflect"
	"regexp"
	"slices"
	"strings"

	"go.starlark.net/starlark"

	"starwire/runtime/lazy"
	"starwire/runtime/py"
)

// For returns the entry of a value: a module, a class, a function, a bound method,
// or the class of any other. Functions of a script and what an embedder adds get
// an entry made of what they say of themselves. ok is false for a value that the
// manual knows nothing of.
//
// lookup returns the value of a global name, or nil. It tells functions of the
// same name apart, as urllib.quote and rfc822.quote, by asking for urllib and
// rfc822; where it is nil, For does not know those.
func For(v starlark.Value, lookup func(name string) starlark.Value) (e Entry, ok bool) {
	t := manual()
	if v.Type() == "module" {
		return t.module(v), true
	}
	switch v := v.(type) {
	case *starlark.Function:
		return functionEntry(v), true
	case *py.Class:
		return t.exceptionClass(v), true
	case interface {
		starlark.Callable
		Owner() starlark.Value
	}: // a method as its class has it
		owner, ok := For(v.Owner(), lookup)
		if !ok {
			return Entry{}, false
		}
		return t.lookup(owner.Name + "." + v.Name())
	case *starlark.Builtin:
		if receiver := v.Receiver(); receiver != nil {
			owner, ok := t.class(receiver)
			if !ok {
				return Entry{}, false
			}
			return t.lookup(owner.Name + "." + v.Name())
		}
		return t.callable(v, lookup)
	case starlark.Callable:
		if v.Type() == "type" {
			return t.callable(v, lookup)
		}
	}
	return t.class(v)
}

// module returns the entry of a module, one made of its members' names if it is
// the embedder's.
func (t *table) module(v starlark.Value) Entry {
	name := strings.TrimSuffix(strings.TrimPrefix(v.String(), `<module "`), `">`)
	for _, known := range t.byType[name] {
		if e := t.entries[known]; e.Kind == Module {
			return e
		}
	}
	text := "A module that the program around this runtime has added."
	if m, ok := v.(starlark.HasAttrs); ok && len(m.AttrNames()) > 0 {
		text += " It has " + strings.Join(m.AttrNames(), ", ") + "."
	}
	return Entry{Name: name, Kind: Module, Signature: "module " + name, Text: text}
}

// exceptionClass returns the entry of an exception class, one made of what the
// class says of itself if it has none.
func (t *table) exceptionClass(c *py.Class) Entry {
	name := c.QualifiedName()
	for _, known := range t.byType[name] {
		if e := t.entries[known]; e.Kind == Exception {
			return e
		}
	}
	e := Entry{Name: name, Kind: Exception, Signature: "exception " + name + "(*args)", Text: c.Doc(),
		Params: []Param{{Name: "args", Kind: VarArgs}}}
	for _, base := range c.Bases() {
		e.Bases = append(e.Bases, base.QualifiedName())
	}
	if len(e.Bases) > 0 {
		e.Signature += " < " + strings.Join(e.Bases, ", ")
	}
	return e
}

// callable returns the entry of a function or class that a global name or a
// module leads to.
func (t *table) callable(v starlark.Callable, lookup func(string) starlark.Value) (Entry, bool) {
	names := t.byLast[v.Name()]
	for _, name := range names {
		if lookup != nil && same(v, resolve(name, lookup)) {
			e := t.entries[name]
			if target, ok := t.target(e); ok {
				e = target
			}
			return e, true
		}
	}
	if v.Type() == "type" { // of a .py file's type(x)
		if e, ok := t.ofType(v.Name(), v); ok {
			return e, true
		}
	}
	if lookup == nil && len(names) == 1 {
		if e := t.entries[names[0]]; e.Kind == Function || e.Kind.isClass() {
			return e, true
		}
	}
	return Entry{}, false
}

// same reports whether x and y are one object.
func same(x, y starlark.Value) bool {
	return y != nil && reflect.TypeOf(x) == reflect.TypeOf(y) && reflect.TypeOf(x).Comparable() && x == y
}

// resolve returns what a name such as "os.path.join" stands for, or nil.
func resolve(name string, lookup func(string) starlark.Value) starlark.Value {
	first, rest, more := strings.Cut(name, ".")
	v := lookup(first)
	for more && v != nil {
		first, rest, more = strings.Cut(rest, ".")
		h, ok := v.(starlark.HasAttrs)
		if !ok {
			return nil
		}
		var err error
		if v, err = h.Attr(first); err != nil {
			return nil
		}
	}
	return v
}

// class returns the entry of the class that v is an instance of. Of several
// classes whose instances have v's type, it is the one that repr(v) names:
// <httplib.HTTPResponse instance>.
func (t *table) class(v starlark.Value) (Entry, bool) {
	if x, ok := v.(*py.Exception); ok {
		return t.exceptionClass(x.Class()), true
	}
	return t.ofType(v.Type(), v)
}

// ofType returns the entry of the class whose instances have the type of that
// name. If there are several, repr(v) decides, or else it is the one that the
// others derive from.
func (t *table) ofType(name string, v starlark.Value) (Entry, bool) {
	var found []Entry
	for _, class := range t.byType[name] {
		if e := t.entries[class]; e.Kind.isClass() {
			found = append(found, e)
		}
	}
	if len(found) > 1 {
		if m := instance().FindStringSubmatch(py.Repr(v)); m != nil {
			for _, e := range found {
				if e.Name == m[1] {
					return e, true
				}
			}
		}
	}
	for _, e := range found { // the class that the others derive from
		if !slices.ContainsFunc(found, func(base Entry) bool { return slices.Contains(e.Bases, base.Name) }) {
			return e, true
		}
	}
	return Entry{}, false
}

func instance() *regexp.Regexp {
	return instanceTable.Get(func() *regexp.Regexp {
		return regexp.MustCompile(`^<([\w.]+) (?:instance|object)>$`)
	})
}

var instanceTable lazy.Value[*regexp.Regexp]

// maxDefault is the longest default, in bytes, that a signature shows.
const maxDefault = 40

// functionEntry describes a function of the script's own.
func functionEntry(fn *starlark.Function) Entry {
	e := Entry{Name: fn.Name(), Kind: Function, Text: docstring(fn.Doc()), plain: true}
	// The parameters *args and **kwargs come last, whatever the order of a call.
	n := fn.NumParams()
	if fn.HasKwargs() {
		n--
	}
	if fn.HasVarargs() {
		n--
	}
	param := func(i int, kind ParamKind) {
		name, _ := fn.Param(i)
		p := Param{Name: name, Kind: kind}
		if v := fn.ParamDefault(i); v != nil {
			if p.Default = py.Repr(v); len(p.Default) > maxDefault {
				p.Default = "…"
			}
		}
		e.Params = append(e.Params, p)
	}
	only := n - fn.NumKwonlyParams()
	for i := range only {
		param(i, Normal)
	}
	if fn.HasVarargs() {
		param(n, VarArgs)
	}
	for i := only; i < n; i++ {
		param(i, KeywordOnly)
	}
	if fn.HasKwargs() {
		param(fn.NumParams()-1, KwArgs)
	}
	e.Signature = e.Name + "(" + formatParams(e.Params) + ")"
	return e
}

// formatParams writes parameters as a def does.
func formatParams(params []Param) string {
	var parts []string
	star := false
	for _, p := range params {
		text := p.Name
		switch p.Kind {
		case VarArgs:
			text, star = "*"+text, true
		case KwArgs:
			text = "**" + text
		case KeywordOnly:
			if !star {
				parts, star = append(parts, "*"), true
			}
		}
		if p.Default != "" {
			text += "=" + p.Default
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, ", ")
}

// docstring takes the common indentation off all lines but the first, as
// Python's inspect.cleandoc does.
func docstring(s string) string {
	lines := strings.Split(strings.ReplaceAll(s, "\t", "        "), "\n")
	indent := -1
	for _, line := range lines[1:] {
		if text := strings.TrimLeft(line, " "); text != "" {
			if n := len(line) - len(text); indent < 0 || n < indent {
				indent = n
			}
		}
	}
	lines[0] = strings.TrimSpace(lines[0])
	for i, line := range lines[1:] {
		lines[i+1] = strings.TrimRight(line[min(max(indent, 0), len(line)):], " ")
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}
