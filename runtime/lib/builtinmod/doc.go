// Package builtinmod is Python 2.7's module __builtin__, with the methods and operators of its types:
// what .py files find in place of Starlark's own.
//
//   - [Members] are the built-in functions and types: sorted with cmp, map that returns a list, xrange.
//   - [Attr] looks up an attribute as Python does: str.encode, dict.iteritems, list.sort.
//   - [Div], [Mod], [Equal] and [Iterate] stand for operators that Starlark has otherwise.
//
// # Differences from CPython 2.7
//
// There is one type of text: unicode values are str values that hold UTF-8. They show no u, their length
// and indexes are those of bytes, and encode('utf-8') and decode('utf-8') change nothing. ASCII text is
// therefore the same but for its repr and type. (unicode-text.txtar holds what works as in CPython.)
//
// There is one type of integer. One beyond 63 bits is a long to isinstance, type and repr; a smaller one is
// an int, even if it was written 10L. (exception-items.txtar)
//
// A dict keeps the order of insertion, where CPython's is arbitrary. (dict-methods.txtar; what urllib2 and
// cookielib send has CPython's order.)
//
// Bools are ints in arithmetic, comparisons, formats and indexes (bool-arithmetic.txtar), but True and 1 are
// different keys of a dict that holds both; x[True] finds what is under 1.
//
// sys.exit ends the program: except SystemExit does not catch it, finally clauses run.
//
// There is no eval, no frozenset, no bytearray and no complex; dicts have no views.
package builtinmod
