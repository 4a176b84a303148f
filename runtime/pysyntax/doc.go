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
// print (a) is a call of the function; print (a), with a comma at its end, which Starlark does not
// accept, is the statement.
//
// Script is for .py files, and follows Python 2.7 where the two differ: print, exec and assert are
// keywords, so print (a, b) shows a tuple; b"…" is an ordinary string; \u is an escape in u"…" only;
// bytes that are not UTF-8 are kept; the variables of a list comprehension are seen outside it; and with
// the host's help (Config.Known, Config.Attr) operators and methods are Python's too.
//
// # How statements compile
//
// An import is an assignment, so that it works in functions and conditionals. The protected part of a
// try is a function of its own that FinallyName or TryName calls; handlers, else and finally stay where
// they are. What a protected part, a global declaration or del makes of a variable could not be said of
// a Starlark variable, so it is a field of an object all through the program: FrameName's for a function,
// GlobalName's for the module. A with is a loop that runs once. The tracebacks of all this become the
// author's by FrameFunction.
//
// # What is refused
//
// Classes, generators (yield), decorators, exec, backquotes, tuple parameters, complex numbers, \N{…},
// relative imports, a dict display with both True and 1, and import * within functions or of modules whose names are not known before the
// program runs. Each is refused at its place with what to write instead, all of them at once.
//
// # Differences from CPython 2.7
//
// A variable of an enclosing function that is not set yet is an UnboundLocalError in the words of its own
// function, where CPython has a NameError about a free variable. An exception that leaves a with block
// and is caught nowhere yet is not what a bare raise in a finally clause raises. continue is allowed in a
// finally clause. In a session the variables of list comprehensions are not seen outside.
package pysyntax
