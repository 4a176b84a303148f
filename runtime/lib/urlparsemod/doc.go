// Package urlparsemod is Python 2.7's module urlparse: URLs in parts and whole.
//
// Text is a str or unicode, and keeps its type, function by function as
// urlparse.py. Differences:
//
//   - A result never equals a plain tuple, as Starlark compares values of one
//     type only: compare tuple(r).
//   - parse_qs keeps the order in which names appear.
//   - The lists of schemes (uses_netloc, …) cannot be changed.
package urlparsemod
