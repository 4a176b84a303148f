// Package sslmod offers Python 2.7's module ssl to scripts, and to httplib the
// TLS connections it talks through, on top of crypto/tls and the sockets of
// socketmod.
//
// Differences from CPython 2.7:
//
//   - Go verifies certificates (D16): addresses in subjectAltName count, the
//     common name does not, a wildcard is a whole label. The exceptions and
//     their texts are CPython's, with Go's finding as their cause.
//   - There is nothing below TLS 1.2 (D20). PROTOCOL_TLSv1 and PROTOCOL_TLSv1_1
//     mean what PROTOCOL_TLS does; set_ciphers selects among the suites that
//     crypto/tls calls secure.
//   - No environment variable and no function turns verification off for
//     everyone (D17). The run's default context is frozen.
//   - A failed handshake closes the connection, and wrapping closes the plain
//     socket: nothing can be sent in the clear by mistake (D1).
//   - A timeout is one exception that is both an ssl.SSLError, as in CPython 2.7,
//     and a socket.timeout. A handshake has one deadline for all of it.
//   - An end without close_notify is an SSLEOFError for httplib; recv shows ”
//     while suppress_ragged_eofs is on, but not for a record cut in the middle.
//   - cadata takes PEM in any string, and DER.
//   - CRL checks fail every certificate: there are no revocation lists.
//   - The default authorities are read at a handshake, so get_ca_certs and
//     cert_store_stats show those loaded by name only.
//   - NPN, Diffie-Hellman parameters, server name callbacks and connect_ex are
//     absent, and so is renegotiation. pending() is 0 or 1.
package sslmod
