// Package manual answers one question: what is this, and how is it used?
//
// It holds one table of everything a script can name or hold: modules, classes,
// functions, methods, attributes, constants, exceptions, and a few topics. The
// built-in help, the REPL's completion and the command's help read the same one.
// The table is text, embedded in the program and parsed when somebody first asks:
// a program that never does pays nothing for it.
//
// # The text
//
// The files text/*.txt hold entries. An entry is one or more head lines, which
// begin in the first column, and the text below them, which is indented by four
// spaces. Several head lines in a row share their text.
//
//	module urllib                                     a module
//	class httplib.HTTPSConnection(host, …) < httplib.HTTPConnection
//	type socket._fileobject                           a class that scripts cannot call
//	exception httplib.BadStatusLine(line) < httplib.HTTPException
//	urllib.quote(s, safe="/") -> str                  a function or method, and what it returns
//	httplib.HTTPResponse.status: int                  an attribute, and what it holds
//	httplib.OK = 200                                  a constant; or another name for something
//	topic errors                                      a page about no one thing
//
// Parameters are written as in Python 3: those before a "/" are positional only,
// those after a "*" keywords only. A line that begins with "#" is a comment.
//
// In the text, a line that begins with a word and two spaces describes a
// parameter, or whatever that word is; lines indented further go on with it.
// Lines indented by another four spaces are shown as they are: examples, whose
// >>> prompts a test runs. Everything else is paragraphs, which are filled. Two
// directives are not shown: "@type NAME" is what type() says of the instances of
// a class, if that is not the last part of its name, and "@see NAME, NAME" lists
// what else to read.
package manual
