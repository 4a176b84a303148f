package pysyntax

import (
	"strings"

	"go.starlark.net/syntax"
)

// imports parses import a, b.c, d as e. Each is an assignment, so that it works wherever a statement
// does and binds what Python binds: import b.c binds b, import b.c as d binds what b.c is.
func (p *parser) imports(out []syntax.Stmt) []syntax.Stmt {
	p.i++
	for {
		path, pos := p.dotted()
		var value syntax.Expr = call(ImportName, pos, str(path, pos))
		parts := strings.Split(path, ".")
		name := ident(parts[0], pos)
		if p.got("as") {
			name = p.ident()
			for _, part := range parts[1:] {
				value = dot(value, part, pos)
			}
		}
		out = append(out, assign(name, value, pos))
		if !p.got(",") {
			return out
		}
	}
}

// dotted parses a module's name.
func (p *parser) dotted() (string, syntax.Position) {
	id := p.ident()
	path := id.Name
	for p.got(".") {
		path += "." + p.attribute().Name
	}
	return path, id.NamePos
}

// from parses from a import b, c as d, with or without brackets.
func (p *parser) from(out []syntax.Stmt) []syntax.Stmt {
	prologue := p.prologue
	p.prologue = false
	fromPos := p.take().pos
	relative := p.tok().is(".")
	if relative {
		p.refuse(p.tok().pos, "a relative import needs a package, and this is not in one; name the module in full")
		for p.got(".") {
		}
	}
	module, modulePos := "", p.tok().pos
	if !relative || !p.tok().is("import") {
		module, modulePos = p.dotted()
	}
	p.want("import")
	if t := p.tok(); t.is("*") {
		p.i++
		if relative {
			return append(out, pass(fromPos))
		}
		return p.star(out, module, modulePos, t.pos)
	}
	open := p.got("(")
	for {
		name := p.ident()
		as := name
		if p.got("as") {
			as = p.ident()
		}
		if module == "__future__" {
			p.future(name, fromPos, prologue)
		} else {
			value := call(ImportFromName, name.NamePos, str(module, modulePos), str(name.Name, name.NamePos))
			out = append(out, assign(as, value, as.NamePos))
		}
		if !p.got(",") || open && p.tok().is(")") {
			break
		}
	}
	if open {
		p.want(")")
	}
	if module == "__future__" {
		p.prologue = prologue
	}
	return out
}

// future obeys one name of from __future__ import.
func (p *parser) future(name *syntax.Ident, pos syntax.Position, prologue bool) {
	if !prologue && p.Mode == Script {
		p.refuse(pos, "from __future__ imports must come before everything else in the file")
		return
	}
	switch name.Name {
	case "print_function":
		p.printFn = true
	case "division":
		p.trueDiv = true
	case "unicode_literals":
		p.unicodeText = true
	case "nested_scopes", "generators", "absolute_import", "with_statement":
		// Starlark's scopes are already so.
	default:
		p.refuse(name.NamePos, "future feature %s is not defined", name.Name)
	}
}

// star imports every name the module exports.
func (p *parser) star(out []syntax.Stmt, module string, modulePos, starPos syntax.Position) []syntax.Stmt {
	const remedy = "list them: from %s import a, b"
	if p.funcs > 0 {
		p.refuse(starPos, "import * within a function is not supported; name what you use, or "+remedy, module)
		return out
	}
	if p.Exports == nil {
		p.refuse(starPos, "import * is not supported here, because names must be known before the program runs; "+remedy, module)
		return out
	}
	names, err := p.Exports(module)
	if err != nil {
		p.refuse(modulePos, "%v", err)
		return out
	}
	for _, name := range names {
		value := call(ImportFromName, modulePos, str(module, modulePos), str(name, modulePos))
		out = append(out, assign(ident(name, starPos), value, starPos))
	}
	return out
}
