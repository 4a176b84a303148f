// Package py answers one question: how does Python 2.7 say it?
//
// It has the exception classes and their instances as Starlark values and Go
// errors (Class, Exception), Python's two texts of a value (Str, Repr), and the
// primitives that httplib.py leans on: int(), strip() and split() over byte
// strings (Int10, Int16, Strip, Split).
//
// It knows nothing of HTTP, of sockets or of the run a script belongs to.
package py
