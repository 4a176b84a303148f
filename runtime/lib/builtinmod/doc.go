// Package builtinmod is Python 2.7's module __builtin__, with the methods and operators of its types:
// what .py files find in place of Starlark's own.
//
//   - [Members] are the built-in functions and types: sorted with cmp, map that returns a list, xrange.
//   - [Attr] looks up an attribute as Python does: str.encode, dict.iteritems, list.sort.
//   - [Div], [Mod], [Equal] and [Iterate] stand for operators that Starlark has otherwise.
//
// # Differences from CPython 2.7
//
// Unicode text has the type, methods, operators and errors of CPython's (unicode-*.txtar), also in the
// modules (unicode-modules.txtar, unicode-re.txtar). Text that is ASCII is a string of the interpreter's, so
// that it is the same key of a dict as the str that equals it; [py.IsUnicode] tells the two apart. Therefore:
//
//   - A str, which shows no u, is what comes of such text by a slice that is empty, and by + and slices with
//     a step in a file that has no unicode literal and no name with decode, json, unichr or unicode in it.
//   - The KeyError of x[u'k'] shows 'k', and errors of the interpreter's own operators call the type str.
//   - What would raise only because such text meets a str beyond ASCII goes on in such files, and in "in".
//
// Of all unicode text:
//
//   - Standard streams have the encoding UTF-8, whatever they are, as CPython's have where the environment
//     says PYTHONIOENCODING=utf-8 (unicode-print.txtar).
//   - Characters are those of a wide build (sys.maxunicode is 0x10ffff), letters and their case those of
//     today's Unicode. Numbers are not read from other scripts' digits; isdigit raises NotImplementedError
//     of numbers that are no decimal digits.
//   - Modules that send, hash, encode or log bytes tell by UnicodeEncodeError of text beyond ASCII, also
//     where CPython's logging and host names would take it; encode('utf-8') it first. What httplib would find
//     when it sends is found before anything is sent.
//   - \b and \B with re.UNICODE are an error where the text is not ASCII.
//   - u in s, of a str s and u beyond ASCII, is a TypeError where u is a parameter or comes out of a
//     container or a function; write u in s.decode('utf-8'). (none-compare.txtar has what works.)
//
// A .star file's json has no unicode: there, strings are UTF-8.
//
// There is one type of integer. One beyond 63 bits is a long to isinstance, type and repr; a smaller one is
// an int, which shows no L, even if it was written 10L or comes of a long, as 2**64 % 10 does.
// (exception-items.txtar) What shows str of it, as print and %s do, is the same.
//
// A dict keeps the order of insertion, where CPython's is arbitrary. (dict-methods.txtar; what urllib2 and
// cookielib send has CPython's order.)
//
// Bools are ints in arithmetic, comparisons, formats and indexes (bool-arithmetic.txtar, bool-membership.txtar),
// but True and 1 are different keys of a dict or a set that holds both, which a display of both is refused
// for; x[True] finds what is under 1. A parameter that is a bool finds only itself, and it is a TypeError as an
// operand of &, |, ^, ~ and the sign +, and as the bound of a slice, where nothing else shows what it is.
//
// None is less than any number where an operand is an attribute or what an unknown function returns, or a
// variable that is bound to None, to an attribute, or to what get returns (none-compare.txtar). Elsewhere a
// comparison of it with a number that is written there is a TypeError.
//
// "in" finds nothing in a dict for what cannot be its key, and | joins two dicts, where CPython raises TypeError.
//
// There is no eval, no frozenset, no bytearray and no complex; dicts have no views.
package builtinmod
