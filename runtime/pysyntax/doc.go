// Package pysyntax answers: which Starlark program does this Python source mean?
//
// Parse reads the union of Python 2.7's grammar and Starlark's and returns a syntax tree for package
// starlark. What Starlark has is built as its own parser builds it, node for node and position for
// position. What only Python has is written in terms of Starlark's statements and of a few functions
// that the host predeclares, whose names begin with a dollar sign so that no author can type them.
//
// # Modes
//
// Interactive is for sessions and documentation examples. A text that Starlark accepts has Starlark's
// meaning, with one exception: a statement that begins with the bare word print (alone, or before [, -, +
// or >>, which the function print cannot be an operand of) is Python's print statement, unless the text
// itself binds the name print. (And a NUL byte, at which Starlark's scanner silently stops, is an error.)
//
// Script is for .py files, and follows Python 2.7 where the two differ: print and exec are keywords, so
// print (a, b) shows a tuple; b"…" is an ordinary string; \u is an escape in u"…" only; bytes that are
// not UTF-8 are kept.
//
// # What the host predeclares
//
// The predicate given to starlark.FileProgram must accept these names, and the predeclared environment
// must hold these functions. Each is called as f in CPython's bytecode of the same statement.
package pysyntax

// The names that compiled programs use beside their author's.
const (
	// PrintName is print(*items, nl=True, file=None). It writes the items to file, or, if that is
	// None, to standard output: str of each, a space between. Before its first item it writes a
	// space if the last thing printed to that file asks for one (a print with nl=False, unless what
	// it printed ended in white space other than a space: softspace). With nl it ends the line.
	//
	// One print statement may be several calls, all but the last with nl=False. No items and nl
	// ends the line; a file is anything with a write method. It returns None.
	// CPython: PRINT_ITEM, PRINT_NEWLINE, PRINT_ITEM_TO, PRINT_NEWLINE_TO.
	PrintName = "$print"

	// ImportName is import(path). It returns what "import path" binds: of "a.b", having seen to it
	// that the module a.b exists and is an attribute of its parent, the module a. The path is a
	// string. An unknown module is ImportError("No module named " + path).
	// CPython: IMPORT_NAME.
	ImportName = "$import"

	// ImportFromName is importfrom(path, name). It returns the attribute name of the module path, or
	// the module path.name. Neither existing is ImportError("cannot import name " + name).
	// CPython: IMPORT_NAME, IMPORT_FROM.
	ImportFromName = "$from"

	// PowerName is pow(x, y): x ** y, which of integers is an integer if y >= 0, and else a float.
	// CPython: BINARY_POWER.
	PowerName = "$pow"

	// IsName is is(x, y): whether the two are one object. Strings, numbers and tuples that are equal
	// and of one type are one object. Never called with None, True or False.
	// CPython: COMPARE_OP (is).
	IsName = "$is"

	// SetName is set(list): the set of the elements.
	// CPython: BUILD_SET.
	SetName = "$set"
)
