// Package urllibmod is the part of Python 2.7's urllib that HTTP scripts use:
// quoting, urlencode and the functions that take URLs apart.
//
// Text is a str or unicode, as in Python 2, and keeps its type. The differences from
// CPython 2.7's urllib.py:
//
//   - urlencode of a dict follows the order of insertion, not of hashes.
//   - A port beyond 63 bits is splitnport's largest int64, not a long.
//
// What opens URLs, and the module as a whole, is in package urlopenmod.
package urllibmod
