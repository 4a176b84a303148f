package sslmod

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"reflect"
	"strings"

	"go.starlark.net/starlark"

	"starwire/runtime/lazy"
	"starwire/runtime/lib/socketmod"
	"starwire/runtime/py"
)

// The exception classes of module ssl. SSLError is socket.sslerror too.
var (
	SSLError           = socketmod.SSLError
	SSLZeroReturnError = py.NewClass("ssl", "SSLZeroReturnError", py.Spec{Doc: "The peer has closed the TLS connection."}, SSLError)
	SSLWantReadError   = py.NewClass("ssl", "SSLWantReadError", py.Spec{Doc: "A non-blocking socket has nothing to read yet."}, SSLError)
	SSLWantWriteError  = py.NewClass("ssl", "SSLWantWriteError", py.Spec{Doc: "A non-blocking socket cannot be written yet."}, SSLError)
	SSLSyscallError    = py.NewClass("ssl", "SSLSyscallError", py.Spec{Doc: "A system error below TLS."}, SSLError)
	SSLEOFError        = py.NewClass("ssl", "SSLEOFError", py.Spec{Doc: "The connection ended without TLS's goodbye."}, SSLError)

	// TimeoutError is the SSLError of an operation that took too long. It is a
	// socket.timeout as well, which it is not in CPython 2.7: a script that
	// catches either catches it.
	TimeoutError = py.NewClass("ssl", "SSLError", py.Spec{
		Doc: "A TLS operation did not finish within the socket's timeout.",
	}, SSLError, socketmod.TimeoutClass)

	CertificateError = py.NewClass("ssl", "CertificateError", py.Spec{
		Doc: "The peer's certificate is valid, but not for the host name.",
	}, py.ValueError)
)

// The numbers SSL_get_error returns.
const (
	sslErrorSSL      = 1
	sslErrorWantRead = 2
	sslErrorEOF      = 8
)

// errNoGoodbye is the end of a connection between two TLS records, without
// close_notify: a truncation cannot be told from an end.
var errNoGoodbye error = noGoodbye{}

type noGoodbye struct{}

func (noGoodbye) Error() string {
	return "tls: connection closed without close_notify: " + io.ErrUnexpectedEOF.Error()
}
func (noGoodbye) Unwrap() error { return io.ErrUnexpectedEOF }

// A fault is an error of the TLS library by OpenSSL's names.
type fault struct {
	number  int    // errno
	library string // "SSL"
	reason  string // "CERTIFICATE_VERIFY_FAILED", or "" where OpenSSL's tables have no name
	text    string
	line    int // of _ssl.c in CPython 2.7
	class   *py.Class
}

// handshakeLine is the line of _ssl.c that the errors of a handshake name.
const handshakeLine = 727

// newFault makes the SSLError for a fault. Modules/_ssl.c, fill_and_set_sslerror:
// "[LIBRARY: REASON] text (_ssl.c:line)".
func newFault(cause error, f fault) *py.Exception {
	class := f.class
	if class == nil {
		class = SSLError
	}
	var where string
	reason, library := starlark.Value(starlark.None), starlark.Value(starlark.None)
	if f.library != "" {
		library = starlark.String(f.library)
		where = "[" + f.library + "] "
		if f.reason != "" {
			reason = starlark.String(f.reason)
			where = "[" + f.library + ": " + f.reason + "] "
		}
	}
	e := class.New(cause, starlark.MakeInt(f.number),
		starlark.String(fmt.Sprintf("%s%s (_ssl.c:%d)", where, f.text, f.line)))
	e.Set("library", library)
	e.Set("reason", reason)
	return e
}

// sslFault is a fault of the protocol, as an operation reports it: errno 1, and
// OpenSSL's text, which is the reason in small letters.
func sslFault(cause error, reason string) *py.Exception {
	return newFault(cause, fault{
		number: sslErrorSSL, library: "SSL", reason: reason,
		text: strings.ToLower(strings.ReplaceAll(reason, "_", " ")), line: handshakeLine,
	})
}

func eofError(cause error) *py.Exception {
	return newFault(cause, fault{
		class: SSLEOFError, number: sslErrorEOF,
		text: "EOF occurred in violation of protocol", line: handshakeLine,
	})
}

func wantReadError(cause error) *py.Exception {
	return newFault(cause, fault{
		class: SSLWantReadError, number: sslErrorWantRead,
		text: "The operation did not complete (read)", line: handshakeLine,
	})
}

// timeoutError has one argument, like CPython's.
func timeoutError(cause error, text string) *py.Exception {
	return TimeoutError.New(cause, starlark.String(text))
}

// mapError turns an error of crypto/tls into an exception, or returns nil for
// an error of the transport below.
func (s *SSLSocket) mapError(err error, reading, ended bool) error {
	var header tls.RecordHeaderError
	var op *net.OpError
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return s.slow(err, reading)
	case err == io.EOF && ended || err == io.EOF && s.shaking:
		return eofError(errNoGoodbye)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return eofError(err)
	case err == io.EOF:
		return nil
	case errors.As(err, &header):
		if strings.Contains(header.Msg, "oversized") {
			return sslFault(err, "ENCRYPTED_LENGTH_TOO_LONG")
		}
		return sslFault(err, "WRONG_VERSION_NUMBER")
	case errors.As(err, &op):
		if number, ok := alertNumber(op.Err); ok {
			return alertError(err, number, op.Op == "remote error")
		}
		return nil
	}
	return protocolError(err)
}

// slow is the exception for a deadline.
func (s *SSLSocket) slow(err error, reading bool) error {
	if wait, ok := s.GetTimeout().Duration(); ok && wait == 0 {
		return wantReadError(err)
	}
	switch {
	case s.shaking:
		return timeoutError(err, "_ssl.c:711: The handshake operation timed out")
	case reading:
		return timeoutError(err, "The read operation timed out")
	}
	return timeoutError(err, "The write operation timed out")
}

// alertNumber returns the number of a TLS alert: crypto/tls keeps its type, an
// uint8 with a text, to itself.
func alertNumber(err error) (uint8, bool) {
	v := reflect.ValueOf(err)
	if v.Kind() != reflect.Uint8 || v.Type().PkgPath() != "crypto/tls" {
		return 0, false
	}
	return uint8(v.Uint()), true
}

// alertError is the exception for an alert that the peer sent, or that we sent.
func alertError(err error, number uint8, remote bool) error {
	names := localFaults()
	if remote {
		names = remoteAlerts()
	}
	if reason := names[number]; reason != "" {
		return sslFault(err, reason)
	}
	return protocolError(err)
}

// remoteAlerts are OpenSSL's reasons for the alerts of RFC 8446 §6.
func remoteAlerts() map[uint8]string {
	return remoteAlertsTable.Get(func() map[uint8]string {
		return map[uint8]string{
			10: "SSLV3_ALERT_UNEXPECTED_MESSAGE", 20: "SSLV3_ALERT_BAD_RECORD_MAC", 21: "TLSV1_ALERT_DECRYPTION_FAILED",
			22: "TLSV1_ALERT_RECORD_OVERFLOW", 30: "SSLV3_ALERT_DECOMPRESSION_FAILURE", 40: "SSLV3_ALERT_HANDSHAKE_FAILURE",
			41: "SSLV3_ALERT_NO_CERTIFICATE", 42: "SSLV3_ALERT_BAD_CERTIFICATE", 43: "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE",
			44: "SSLV3_ALERT_CERTIFICATE_REVOKED", 45: "SSLV3_ALERT_CERTIFICATE_EXPIRED", 46: "SSLV3_ALERT_CERTIFICATE_UNKNOWN",
			47: "SSLV3_ALERT_ILLEGAL_PARAMETER", 48: "TLSV1_ALERT_UNKNOWN_CA", 49: "TLSV1_ALERT_ACCESS_DENIED",
			50: "TLSV1_ALERT_DECODE_ERROR", 51: "TLSV1_ALERT_DECRYPT_ERROR", 60: "TLSV1_ALERT_EXPORT_RESTRICTION",
			70: "TLSV1_ALERT_PROTOCOL_VERSION", 71: "TLSV1_ALERT_INSUFFICIENT_SECURITY", 80: "TLSV1_ALERT_INTERNAL_ERROR",
			86: "TLSV1_ALERT_INAPPROPRIATE_FALLBACK", 90: "TLSV1_ALERT_USER_CANCELLED", 100: "TLSV1_ALERT_NO_RENEGOTIATION",
			109: "TLSV13_ALERT_MISSING_EXTENSION", 110: "TLSV1_UNSUPPORTED_EXTENSION", 112: "TLSV1_UNRECOGNIZED_NAME",
			113: "TLSV1_BAD_CERTIFICATE_STATUS_RESPONSE", 116: "TLSV13_ALERT_CERTIFICATE_REQUIRED",
			120: "TLSV1_ALERT_NO_APPLICATION_PROTOCOL",
		}
	})
}

var remoteAlertsTable lazy.Value[map[uint8]string]

// localFaults are OpenSSL's reasons for what makes us send these alerts.
func localFaults() map[uint8]string {
	return localFaultsTable.Get(func() map[uint8]string {
		return map[uint8]string{
			10: "UNEXPECTED_MESSAGE", 20: "DECRYPTION_FAILED_OR_BAD_RECORD_MAC", 22: "DATA_LENGTH_TOO_LONG",
			40: "BAD_HANDSHAKE_STATE", 70: "UNSUPPORTED_PROTOCOL", 80: "INTERNAL_ERROR", 100: "NO_RENEGOTIATION",
		}
	})
}

var localFaultsTable lazy.Value[map[uint8]string]

// protocolError is the exception for what crypto/tls refuses by a text only.
func protocolError(err error) error {
	text := err.Error()
	if !strings.HasPrefix(text, "tls: ") && !strings.HasPrefix(text, "x509: ") && !strings.Contains(text, ": tls: ") {
		return nil
	}
	switch {
	case strings.Contains(text, "unsupported protocol version"), strings.Contains(text, "unsupported version"):
		return sslFault(err, "UNSUPPORTED_PROTOCOL")
	case strings.Contains(text, "no supported versions"):
		return sslFault(err, "NO_PROTOCOLS_AVAILABLE")
	case strings.Contains(text, "unconfigured cipher suite"), strings.Contains(text, "unsupported cipher suite"):
		return sslFault(err, "WRONG_CIPHER_RETURNED")
	case strings.Contains(text, "unexpected message"), strings.Contains(text, "received unexpected handshake message"):
		return sslFault(err, "UNEXPECTED_MESSAGE")
	}
	return newFault(err, fault{number: sslErrorSSL, library: "SSL", text: strings.TrimPrefix(text, "tls: "), line: handshakeLine})
}

// verifyError is the refusal of a certificate chain, whatever is wrong with it:
// the cause says what.
func verifyError(cause error) *py.Exception {
	return newFault(cause, fault{
		number: sslErrorSSL, library: "SSL", reason: "CERTIFICATE_VERIFY_FAILED",
		text: "certificate verify failed", line: handshakeLine,
	})
}
