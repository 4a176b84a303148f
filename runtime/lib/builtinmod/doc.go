// Package builtinmod is Python 2.7's module __builtin__, with the methods and operators of its types:
// what .py files find in place of Starlark's own.
//
//   - [Members] are the built-in functions and types: sorted with cmp, map that returns a list, xrange.
//   - [Attr] looks up an attribute as Python does: str.encode, dict.iteritems, list.sort.
//   - [Div], [Mod], [Equal] and [Iterate] stand for operators that Starlark has otherwise.
//
// # Differences from CPython 2.7
//
// Unicode text that is ASCII is a str, which it equals in CPython too: it shows no u, and its type is str.
// Text beyond ASCII is of type unicode, with the methods, errors and operators of CPython's
// (unicode-methods.txtar, unicode-codecs.txtar), but:
//
//   - What would raise only because a unicode operand that is ASCII meets a str that is not, or because the
//     format of u'{}'.format(x) cannot be told from a str's, goes on.
//   - print writes UTF-8, where CPython asks the terminal for an encoding, and has none for a pipe or file.
//   - Characters are those of a wide build (sys.maxunicode is 0x10ffff), letters and their case those of
//     today's Unicode. Numbers are not read from other scripts' digits; isdigit raises NotImplementedError
//     of numbers that are no decimal digits.
//   - Modules other than json take bytes: UnicodeEncodeError tells of unicode text beyond ASCII, also where
//     CPython's StringIO, re, string, urlparse and host names would take it; encode('utf-8') it first. What
//     httplib would find when it sends is found before anything is sent.
//   - u in s, of a str s, is a TypeError; write u in s.decode('utf-8').
//
// A .star file's json has no unicode: there, strings are UTF-8.
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
// There is no eval, no frozenset, no bytearray and no complex; dicts have no views.
package builtinmod
