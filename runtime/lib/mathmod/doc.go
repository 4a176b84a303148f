// Package mathmod is the module math: Python 2.7's functions, with its errors
// for what is outside a function's domain or range, and the members of
// go.starlark.net/lib/math that Python has not (mod, remainder, round).
//
// Differences from CPython 2.7's math:
//
//   - ceil and floor return an int, as go.starlark.net's and Python 3's do: a
//     script's division is always that of floats, and an index must be an int.
//   - factorial goes up to MaxFactorial.
//   - The last digit may differ from that of a C library.
package mathmod

// MaxFactorial is the largest argument of factorial.
const MaxFactorial = 100_000
