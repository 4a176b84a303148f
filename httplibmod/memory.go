package httplibmod

import "unsafe"

// This file holds the package's only uses of unsafe: the two views between
// strings and bytes that spare a copy of each body.

// ownedString returns b as a string without copying. The caller made b, nothing
// else holds it, and it is never written again.
func ownedString(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// viewBytes returns the bytes of s without copying, to be read and not kept.
func viewBytes(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }
