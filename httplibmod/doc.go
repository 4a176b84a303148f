// Package httplibmod is Python 2.7's httplib as a Starlark module: what would
// CPython 2.7.18's httplib do here?
//
// It follows httplib.py function by function over package wire, which knows
// what the bytes mean. A head is given to wire's strict parser first, which
// takes one pass and one string; where that refuses it, Python's own rule reads
// the same bytes again, line by line. Whatever the strict parser accepts,
// Python's rule reads the same way.
//
// TestTranscripts and TestWalks replay what CPython 2.7.18 did; the tests named
// below hold the single rows.
//
// The module reaches the outside through the thread's host.Host alone: on a
// thread without one it can build connections and parse responses, and connect
// to nothing. Module is immutable and can be shared by any number of threads.
//
// # Additions to CPython 2.7
//
//   - HTTPConnection and HTTPSConnection take, by name, policy="strict" (refuse
//     what RFC 9112 lets a client refuse), deadline (seconds for a whole exchange),
//     max_body (bytes that one read may return) and limits (a dict of the others),
//     and have attributes of these names. TestPolicies, TestOptions, TestLimits
//   - Scripts that the command starwire runs begin with socket.getdefaulttimeout() at
//     60 seconds, or what --socket-timeout says, where 2.7 has None: in front of a
//     person, what hangs says so. testdata/cli/http.txtar
//   - resp.save(file) writes the rest of a body to a path or an open file and
//     returns the bytes; the kernel moves them where it can. TestSave
//   - for piece in resp.chunks(n) reads a body piece by piece. TestChunks
//   - progress=True, given to save, request or send, tells whoever watches the run
//     how far the transfer has come: the command shows a bar. TestProgress
//
// # Differences from CPython 2.7
//
// Where Starlark forces it:
//
//   - There are no subclasses: response_class, _create_connection and
//     _validate_path are attributes that take functions. The other methods whose
//     names begin with an underscore can be called, and not replaced; _read_chunked
//     of a body without chunks is an AssertionError. TestTranscripts
//   - What can be assigned is what the manual says, and keeps its type: of a
//     response, debuglevel and strict; of the classes, debuglevel, strict,
//     auto_open, default_port, _http_vsn and _http_vsn_str, for connections made
//     afterwards. Anything else is an AttributeError. TestAttributes
//   - Connections, responses and messages are no keys of a dict, and have no order
//     among each other. Their repr shows no address. TestAttributes
//   - _is_legal_header_name and _is_illegal_header_value return bools, not
//     matches. TestAttributes
//   - An IncompleteRead wants a partial that has a length; 2.7 misses it when the
//     exception is shown. TestAttributes
//   - A host is ASCII, as a str in 2.7 is; 2.7 takes a unicode one beyond Latin-1
//     and encodes it, which a script does by writing its xn-- form. TestHostPort
//   - chunked, will_close and isclosed() are bools, never 0 or 1, which Starlark
//     does not take for the same. Arguments that Python tests for truth take
//     either. TestFraming
//   - Headers go out, and items() come back, in the order they were given:
//     Starlark's dicts have one. TestWire
//   - Bodies and field values are strings that may hold any bytes; bytes are
//     taken wherever a string is. TestHostPort
//   - msg.pop(name[, default]) stands in for del msg[name], and refuses no name
//     either. TestMessageSession
//   - msg.plist and msg.getplist() are new lists each time: what a script does to
//     them does not reach getparam. The attributes of a message that can be
//     assigned keep their types. TestMessageSession, TestMessageSetField
//   - A message can be made from a string: HTTPMessage(text). TestMessageFromString
//   - A date of blanks alone is no date; 2.7 raises IndexError. TestMessageSession
//
// Where 2.7.18 loops, serves bytes of one answer as another, leaks, or lets
// data become protocol:
//
//   - D1: any failure to connect, in the tunnel and in the TLS handshake too,
//     closes the socket and leaves the connection idle. TestConnectFailure
//   - D2: lines put but not sent are dropped by close() and by a new request.
//     TestStaleLines
//   - D3, H13: the method must be a token; a wrong one raises ValueError before
//     anything else happens. TestRefusedRequests
//   - D3, H14: no controls in header names, no NUL in values, and no line ends
//     but CRLF followed by a space or a tab. A Host field of the caller's holds no
//     space and no slash besides (CVE-2023-29406). TestRefusedRequests,
//     TestPoliciesOfRequests
//   - D4, H16: set_tunnel checks host, port and headers, and copies them; CONNECT
//     goes out in one write, an IPv6 address in brackets; the proxy's answer is
//     bounded like any other. TestTunnel, TestRefusedRequests
//   - D5, H3, H4: a response that is closed before its end, an answer that breaks
//     the framing, and a timeout close the socket; a getresponse that failed
//     leaves Request-sent until close(), and another one raises ResponseNotReady.
//     TestReuse, TestBlocked
//   - D6, H10, H11, H12: chunked with a Content-Length, chunked in HTTP/1.0, a
//     Content-Length that is not just digits, and any other transfer coding are
//     read as in 2.7, but the connection is not used again. What we read of these
//     fields ourselves is unfolded, and only spaces and tabs are white space around
//     it. A Content-Length of 2^63 and more counts as 2^63-1. TestFraming, TestReuse
//   - H17: 204, 304 and answers to HEAD have no body, whatever they say. TestReuse
//   - D7, H5: every 1xx answer but 101 is skipped, at most 100 of them. TestInterim
//   - D8, H6: every line of a head counts toward the limit of 100, dropped ones
//     too; so do those of each interim head and of the trailers, which a bare LF
//     may end. One head has at most 1 MiB. TestInterim, TestChunked
//   - D9, H7, H8, H9: a chunk size is 1 to 16 hex digits after leading zeros and
//     below 2^63, ended by CRLF, as is the data. Anything else is IncompleteRead.
//     TestChunked
//   - D10, H15: a Transfer-Encoding of the caller's keeps Content-Length away;
//     both, or two Content-Lengths, are a ValueError. TestWire, TestRefusedRequests
//   - D11: a file counts from its offset; a body of unknown length is gathered to
//     find it, up to 64 MiB; what no socket can send is a TypeError before the
//     headers go. A file that shrinks while it is sent is an HTTPException.
//     TestBodies, TestRefusedRequests
//   - D12: read of a negative amount reads all, and of what is no integer is a
//     TypeError. TestPlainRead
//   - D13: after a timeout or a reset inside a body every read raises it again.
//     TestFailedReadFails
//   - D14: IncompleteRead.partial has all that the call decoded. TestChunked
//   - D15: ports are 1 to 65535; brackets go with a port argument too; an IPv6
//     address without brackets wants one. A host has at most 253 bytes. TestHostPort
//   - D16, D17, D20: certificates are verified by today's rules, TLS is 1.2 or
//     newer, and only a context of the script's own turns that off. sslmod has the
//     details, and one more: a timeout over TLS is an ssl.SSLError, as in 2.7, and
//     a socket.timeout at once. sslmod: TestNames, TestVersions, TestTimeouts
//   - D18: userinfo never gets into the Host field. TestHostField
//   - D19, H2: HTTP/0.9 is for the first answer on a plain connection, and not for
//     what follows an interim one. TestReuse, TestInterim
//   - D21: the debug output shows credentials, as in 2.7, and is never on unless
//     asked for. TestTranscripts
//   - D22, H18: memory follows the bytes received. TestMemoryFollowsData
//   - H1: before a request goes out on a used connection, what arrived meanwhile
//     is looked at: line ends are dropped; for anything else, and at the server's
//     end, a new connection is opened. TestReuse
//
// # Additions
//
// What Python's httplib does not have. A program that does not use them sees
// nothing of them.
//
//   - HTTPConnection(…, policy="strict") refuses what RFC 9112 lets a client
//     refuse; the default, "python", is the list above. TestPolicies,
//     TestPoliciesOfReuse, TestPoliciesOfRequests
//   - deadline= bounds an exchange as a whole, beside timeout=, which bounds each
//     wait; max_body= and limits= bound what a server can send. TestOptions,
//     TestLimits, TestMaxBody
//   - resp.save(file) writes the body to a file, resp.chunks(n) goes over it in
//     pieces; progress=True shows how far a long transfer has come. TestSave,
//     TestChunks, TestProgress
//   - http.client is httplib under Python 3's name: see HTTPModule.
//     TestClientConstants, TestClientResponse, TestClientErrors
package httplibmod
