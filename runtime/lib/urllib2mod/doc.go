// Package urllib2mod is Python 2.7's module urllib2: urlopen, Request, the
// exceptions URLError and HTTPError, openers, and handlers for HTTP and HTTPS,
// redirects, proxies, Basic and Digest authentication, and cookies.
//
// It is built as urllib2.py is: an opener asks its handlers, in order, for methods
// named protocol_open, protocol_request, protocol_response and http_error_NNN, and
// calls those that are there; a method assigned to a handler's attribute before
// build_opener counts as well. Requests have the header lines of CPython, in its
// order: that of a dict's hashes.
//
// The differences from CPython 2.7's urllib2.py:
//
//   - Scripts cannot derive classes from handlers: assign functions to the
//     attributes of an instance.
//   - There is no FTPHandler, FileHandler and CacheFTPHandler: ftp and file URLs
//     are URLError, with what to use instead.
//   - A run that was granted no environment variables has no proxies.
package urllib2mod
