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
// and indexes are those of bytes, and encode('utf-8') and decode('utf-8') change nothing.
//
// There is one type of integer. One beyond 63 bits is a long to isinstance and type, but shows no L.
//
// A dict keeps the order of insertion. True and 1 are different keys.
//
// There is no eval, no frozenset, no bytearray and no complex; dicts have no views.
package builtinmod
