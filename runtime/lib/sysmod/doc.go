// Package sysmod is the part of Python 2.7's module sys that scripts use:
// arguments, the standard streams, exit, and what tells one interpreter from
// another.
//
// Differences from CPython 2.7's sys:
//
//   - exit ends the run, and catch lets it. The try statement of .py files and sessions catches it as
//     SystemExit.
//   - executable is "", as it is where CPython cannot tell: a script has no use
//     for the path, and an embedder may not want it known.
//   - The streams cannot be replaced. stdout and stderr are those of the thread
//     that writes, so what the workers of parallel print keeps its order.
package sysmod
