// Package socketmod offers Python 2.7's module socket to scripts, as far as a
// client needs it, and to Go the connections that httplib talks through.
//
// A Socket owns one connection. Timeouts are Python's: they bound each
// operation, not an exchange. The end of the run ends every operation at once.
// What may be dialled, and how names are resolved, is the Host's matter.
//
// Differences from CPython 2.7, besides servers and datagrams, which are absent:
//
//   - connect with timeout 0 raises EINPROGRESS and starts nothing: no script
//     could wait for the end of it.
//   - A port beyond 65535 is gaierror(-8), not the port modulo 65536.
//   - A timeout of NaN is out of range, not 0.
//   - Wrapping a socket in TLS closes the plain one: nothing can pass TLS by.
//   - Over TLS, writes of a non-blocking socket block.
//   - recv returns at most 64 KiB a call.
//   - A file of makefile keeps the connection open until it is closed, or the run
//     ends: nothing is collected before. A read that fails keeps what it had received.
//   - Functions that only resolve names (getaddrinfo, gethostbyname, …) are absent.
package socketmod
