// Package stringiomod is Python 2.7's module StringIO, files that live in memory,
// and cStringIO, under which name the same class is offered.
//
// Differences from CPython 2.7's StringIO:
//
//   - truncate to more than there is changes nothing, as its documentation says.
//   - Writing far behind the end fills a gap of MaxGap bytes at most.
//   - A str beyond ASCII and unicode text do not mix when the second is written, and
//     not only when all of it is read.
//   - There are no attributes buf and buflist: use getvalue.
package stringiomod

// MaxGap is how many bytes a write may fill with NULs between the end and the
// position it writes at.
const MaxGap = 64 << 20
