// Package filemod is Python 2.7's file object and the built-in function open.
// It also makes the standard streams of module sys.
//
// What may be opened is the Host's business (Host.Open); what is read and
// written is charged to its Budget; what is left open is closed with the run.
// Texts are bytes, whatever the mode, as in Python 2 on Linux.
//
// Differences from CPython 2.7's file objects:
//
//   - Nothing written is buffered, so flush has nothing to do and no order of
//     reads and writes is undefined.
//   - Iteration and the read methods share one buffer and may be mixed.
//   - A read from a pipe, a terminal or a socket ends with the run, and what had
//     arrived stays there to be read.
//   - Universal newlines (mode U) are refused.
//   - seek and tell stand still while a loop over the lines goes on: they speak of
//     the line that comes next.
//   - A frozen file, as any global of a loaded file is, refuses every operation.
package filemod
