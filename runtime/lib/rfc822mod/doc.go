// Package rfc822mod is what Python 2.7's httplib.HTTPMessage stands on: the
// parts of rfc822.py and mimetools.py that read dates, addresses and MIME types
// from a field's value, with their results and their quirks.
//
// The parsers are pure functions of a string (ParseDate, ParseAddresses,
// ParseType, and the transfer encodings). Each reads its input once or twice,
// never recurses on it, and takes no more memory than a fixed multiple of it, so
// that a peer may send what it likes. Members and MIMEMembers have the same as
// Starlark built-ins under Python's names. The Message classes of the two modules
// live with HTTPMessage, in httplibmod.
//
// # Differences from CPython 2.7
//
//   - A text that has an empty part where rfc822.py indexes its first or last
//     byte (all blanks, "-Nov-94 1 2") is no date; in 2.7 it raises IndexError.
//   - A number in a date that does not fit 64 bits makes the text no date, and a
//     zone that does not fit is an unknown one; in 2.7 they become longs.
//   - Comments and groups may nest to any depth; 2.7 raises RuntimeError
//     (maximum recursion depth exceeded) at some hundreds.
//   - An AddressList cannot be changed; its addresslist is a frozen list.
//   - choose_boundary shows neither the host's address nor user and process.
//   - mimetools has no pipeto and pipethrough, which start other programs, and no
//     warning goes to standard error for uuencoded lines with a wrong length.
package rfc822mod
