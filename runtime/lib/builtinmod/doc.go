// Package builtinmod is Python 2.7's module __builtin__, with the methods and operators of its types:
// what .py files find in place of Starlark's own.
//
//   - [Members] are the built-in functions and types: sorted with cmp, map that returns a list, xrange.
//   - [Attr] looks up an attribute as Python does: str.encode, dict.iteritems, list.sort.
//   - [Div], [Mod], [Equal] and [Iterate] stand for operators that Starlark has otherwise.
//
// # Differences from CPython 2.7
//
// Unicode text has the type, methods, operators and errors of CPython's (unicode-*.txtar). Text that is
// ASCII is a string of the interpreter's, so that it is the same key of a dict as the str that equals it;
// [py.IsUnicode] tells the two apart. Therefore:
//
//   - A str, which shows no u, is what comes of such text by a slice with a step, by + in a file that has
//     no unicode literal and does not mention decode, json, unicode or unichr, and by functions of modules
//     other than json and re that put text together, such as urllib.unquote, urlparse.urljoin, os.path.join
//     and StringIO. Functions that return a part of their text return unicode.
//   - The KeyError of x[u'k'] shows 'k', and errors of the interpreter's own operators call the type str.
//   - What would raise only because such text meets a str beyond ASCII goes on in the same places.
//
// Of all unicode text:
//
//   - print, sys.stdout.write and sys.stderr.write write UTF-8, where CPython asks the terminal for an
//     encoding, and has none for a pipe or file.
//   - Characters are those of a wide build (sys.maxunicode is 0x10ffff), letters and their case those of
//     today's Unicode. Numbers are not read from other scripts' digits; isdigit raises NotImplementedError
//     of numbers that are no decimal digits.
//   - Modules other than json take bytes: UnicodeEncodeError tells of unicode text beyond ASCII, also where
//     CPython's StringIO, re, string, urlparse and host names would take it; encode('utf-8') it first. What
//     httplib would find when it sends is found before anything is sent.
//   - u in s, of a str s and u beyond ASCII, is a TypeError where u is a parameter or comes out of a
//     container or a function; write u in s.decode('utf-8'). (none-compare.txtar has what works.)
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
// different keys of a dict that holds both, which a display of both is refused for; x[True] finds what is
// under 1.
//
// None is less than any number where an operand is an attribute or what an unknown function returns, or a
// variable that is bound to None, to an attribute, or to what get returns (none-compare.txtar). Elsewhere a
// comparison of it with a number that is written there is a TypeError.
//
// There is no eval, no frozenset, no bytearray and no complex; dicts have no views.
package builtinmod
